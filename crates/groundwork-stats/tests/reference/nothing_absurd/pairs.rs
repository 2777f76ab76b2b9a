//! Means, the same people twice, and margins.

use groundwork_stats::Interval;
use groundwork_stats::estimators::equivalence_means::{GroupSummary, equivalence_student, equivalence_welch};
use groundwork_stats::estimators::mcnemar::{
    PairedCounts, mcnemar_chi_squared, mcnemar_exact, mcnemar_mid_p,
};
use groundwork_stats::estimators::mean_t::mean_t;
use groundwork_stats::estimators::mean_welch::mean_difference_welch;
use groundwork_stats::estimators::median_exact::{median_coverage, median_exact};
use groundwork_stats::estimators::non_inferiority::{non_inferiority, non_inferiority_farrington_manning};
use groundwork_stats::estimators::paired_change::paired_change;
use groundwork_stats::estimators::paired_exact::{sign_flip, signed_rank, signed_rank_normal};
use groundwork_stats::estimators::paired_proportions::{paired_difference_newcombe, paired_difference_tango};
use groundwork_stats::estimators::standardised_difference::{standardised_change, standardised_difference};
use groundwork_stats::estimators::verdict::{Direction, Verdict};

use super::{COUNTS, LENGTHS, LEVELS, NUMBERS, Probe, columns, flags};

const DIRECTIONS: [Direction; 2] = [Direction::HigherIsBetter, Direction::LowerIsBetter];

pub(crate) fn probe(probe: &mut Probe) {
    for length in LENGTHS {
        for (of_one, one) in columns(length) {
            means(probe, of_one, &one);
            for (of_other, other) in columns(length) {
                probe.given = format!("{length} rows of {of_one} and {of_other}");
                two_columns(probe, &one, &other, 0.95);
            }
            probe.given = format!("{length} rows of {of_one} and other lengths");
            for other in [vec![], vec![1.0], vec![1.0, 4.0, 2.0], vec![2.0; 40]] {
                two_columns(probe, &one, &other, 0.95);
            }
        }
    }
    let (before, after) =
        ([3.0, 5.0, 4.0, 6.0, 2.0, 7.0, 5.5, 1.0], [4.0, 7.0, 4.5, 9.0, 2.0, 9.0, 6.5, 3.0]);
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        two_columns(probe, &before, &after, level);
        probe.ask("mean_t", || mean_t(&before, level));
        probe.ask("median_exact", || median_exact(&before, level));
        for n in [0, 1, 2, 6, 1000, 10_000_000, usize::MAX] {
            probe.ask("median_coverage", || median_coverage(n, level));
        }
    }
    paired_counts(probe);
    summaries(probe);
    margins(probe);
}

fn means(probe: &mut Probe, of: &str, column: &[f64]) {
    probe.given = format!("{} rows of {of}", column.len());
    for level in [0.95, 0.5, 1e-300, 1.0 - f64::EPSILON / 2.0] {
        probe.ask("mean_t", || mean_t(column, level));
        probe.ask("median_exact", || median_exact(column, level));
    }
}

fn two_columns(probe: &mut Probe, one: &[f64], other: &[f64], level: f64) {
    probe.ask("mean_difference_welch", || mean_difference_welch(one, other, level));
    probe.ask("standardised_difference", || standardised_difference(one, other, level));
    probe.ask("standardised_change", || standardised_change(one, other, level));
    probe.ask("paired_change", || paired_change(one, other, level));
    for alpha in [1.0 - level, level] {
        probe.ask("sign_flip", || sign_flip(one, other, alpha));
        probe.ask("signed_rank", || signed_rank(one, other, alpha));
        probe.ask("signed_rank_normal", || signed_rank_normal(one, other, alpha));
    }
}

fn paired_counts(probe: &mut Probe) {
    let tables = |both: u64, lost: u64, gained: u64| {
        COUNTS.map(|neither| PairedCounts { both, lost, gained, neither })
    };
    for both in [0, 5, 1 << 33, u64::MAX] {
        for lost in COUNTS {
            for gained in COUNTS {
                for counts in tables(both, lost, gained) {
                    probe.given = format!("{counts:?}");
                    changes(probe, counts, 0.95);
                }
            }
        }
    }
    for level in LEVELS {
        for counts in [
            PairedCounts { both: 0, lost: 0, gained: 5, neither: 3 },
            PairedCounts { both: 20, lost: 12, gained: 2, neither: 16 },
            PairedCounts { both: 8, lost: 0, gained: 0, neither: 0 },
        ] {
            probe.given = format!("the level {level:?} and {counts:?}");
            changes(probe, counts, level);
        }
    }
    for length in LENGTHS {
        for (of_before, before) in flags(length) {
            for (of_after, after) in flags(length) {
                probe.given = format!("{length} rows of {of_before} and {of_after}");
                probe.ask("PairedCounts::from_rows", || PairedCounts::from_rows(&before, &after));
                probe.ask("PairedCounts::from_rows", || PairedCounts::from_rows(&before, &[true]));
            }
        }
    }
}

fn changes(probe: &mut Probe, counts: PairedCounts, level: f64) {
    probe.ask("mcnemar_exact", || mcnemar_exact(counts));
    probe.ask("mcnemar_mid_p", || mcnemar_mid_p(counts));
    probe.ask("mcnemar_chi_squared", || mcnemar_chi_squared(counts, false));
    probe.ask("mcnemar_chi_squared", || mcnemar_chi_squared(counts, true));
    probe.ask("paired_difference_tango", || paired_difference_tango(counts, level));
    probe.ask("paired_difference_newcombe", || paired_difference_newcombe(counts, level));
}

fn summaries(probe: &mut Probe) {
    let usual = GroupSummary { mean: 5.2, sd: 1.5, n: 30 };
    for mean in NUMBERS {
        for sd in NUMBERS {
            for n in COUNTS {
                let group = GroupSummary { mean, sd, n };
                probe.given = format!("{group:?}");
                for (low, high) in [(-0.5, 0.5), (-1e300, 1e300), (0.0, 0.0), (1.0, -1.0), (f64::NAN, 1.0)] {
                    for alpha in [0.05, 1.0, f64::NAN] {
                        for (first, second) in [(group, usual), (usual, group), (group, group)] {
                            let welch = probe.ask("equivalence_welch", || {
                                equivalence_welch(first, second, low, high, alpha)
                            });
                            let student = probe.ask("equivalence_student", || {
                                equivalence_student(first, second, low, high, alpha)
                            });
                            for found in [welch, student].into_iter().flatten() {
                                probe.value("position", || found.position());
                                for direction in DIRECTIONS {
                                    probe.value("verdict", || found.verdict(direction));
                                    probe.value("verdict_one_sided", || found.verdict_one_sided(direction));
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn margins(probe: &mut Probe) {
    for n1 in COUNTS {
        for n2 in COUNTS {
            for (x1, x2) in [(0, 0), (n1, n2), (n1 / 2, n2 / 3), (n1, 0), (n1.saturating_add(1), 0)] {
                probe.given = format!("{x1} of {n1} and {x2} of {n2}");
                for direction in DIRECTIONS {
                    for margin in [0.1, 0.999, 1e-300] {
                        non_inferior(probe, (x1, n1), (x2, n2), margin, direction, 0.05);
                    }
                }
            }
        }
    }
    for direction in DIRECTIONS {
        for margin in NUMBERS {
            for alpha in LEVELS {
                probe.given = format!("the margin {margin:?} at {alpha:?}");
                non_inferior(probe, (40, 50), (42, 50), margin, direction, alpha);
                non_inferior(probe, (8, 8), (8, 8), margin, direction, alpha);
            }
        }
        for number in NUMBERS {
            probe.given = format!("limits and a margin of {number:?}");
            let interval = Interval { lower: -number, upper: number, level: 0.95 };
            // A verdict is a word for any numbers.
            probe.value("Verdict::by_margin", || Verdict::by_margin(&interval, number, direction));
        }
    }
    let refused = non_inferiority((1, 0), (0, 0), 0.1, Direction::HigherIsBetter, 0.05);
    let verdict = probe.value("Verdict::of", || Verdict::of(&refused, |found| found.verdict));
    assert_eq!(verdict, Some(Verdict::NotSupported));
}

fn non_inferior(
    probe: &mut Probe,
    first: (u64, u64),
    second: (u64, u64),
    margin: f64,
    direction: Direction,
    alpha: f64,
) {
    probe.ask("non_inferiority", || non_inferiority(first, second, margin, direction, alpha));
    probe.ask("non_inferiority_farrington_manning", || {
        non_inferiority_farrington_manning(first, second, margin, direction, alpha)
    });
}
