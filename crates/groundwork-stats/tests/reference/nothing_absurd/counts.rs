//! Counts of people: shares, lists, and who trained whom.

use groundwork_stats::estimators::capture_loglinear::{Histories, Model, capture_model};
use groundwork_stats::estimators::capture_recapture::{Chao, chao_lower_bound, chapman, lincoln_petersen};
use groundwork_stats::estimators::cascade::{Trainer, cascade};
use groundwork_stats::estimators::kitagawa::{Side, kitagawa};
use groundwork_stats::estimators::mantel_haenszel::{
    Stratum, breslow_day, cmh, mantel_haenszel_odds_ratio, mantel_haenszel_risk_difference,
    mantel_haenszel_risk_ratio,
};
use groundwork_stats::estimators::mantel_haenszel_exact::mantel_haenszel_exact;
use groundwork_stats::estimators::standardisation::{crude_rate, standardised_rate};
use groundwork_stats::estimators::union_bounds::{
    Limits, union_bounds_margins, union_bounds_pairs, union_bounds_sharp, union_bounds_within, union_clash,
};
use groundwork_stats::simplex::minimise;

use super::{COUNTS, LEVELS, Probe, columns, flags};

pub(crate) fn probe(probe: &mut Probe) {
    two_lists(probe);
    many_lists(probe);
    cascades(probe);
    programmes(probe);
    strata(probe);
    standards(probe);
}

fn two_lists(probe: &mut Probe) {
    for first in COUNTS {
        for second in COUNTS {
            for both in COUNTS {
                probe.given = format!("{both} of {first} and {second}");
                probe.ask("lincoln_petersen", || lincoln_petersen(first, second, both));
                probe.ask("chapman", || chapman(first, second, both, 0.95));
                probe.ask("union_bounds_pairs", || union_bounds_pairs(&[first, second], &[both]));
                probe.ask("union_bounds_sharp", || union_bounds_sharp(&[first, second], &[Some(both)]));
                let lists = [first.into(), Limits { least: first.min(second), most: second }];
                let shared = Some(Limits { least: both / 2, most: both });
                probe.ask("union_bounds_within", || union_bounds_within(&lists, &[shared], Some(both)));
                probe.ask("union_bounds_within", || union_bounds_within(&lists, &[None], Some(second)));
                probe.ask("union_clash", || union_clash(&lists, &[shared], Some(both)));
                for form in [Chao::Abundance, Chao::Lists, Chao::BiasCorrected] {
                    probe.ask("chao_lower_bound", || chao_lower_bound(&[first, second, both], form, 0.95));
                }
            }
            probe.ask("union_bounds_margins", || union_bounds_margins(&[first, second]));
        }
    }
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        probe.ask("chapman", || chapman(466, 630, 37, level));
        probe.ask("chao_lower_bound", || chao_lower_bound(&[25, 22, 13], Chao::Lists, level));
        probe.ask("chao_lower_bound", || chao_lower_bound(&[], Chao::Lists, level));
    }
    probe.given = "no lists".to_string();
    probe.ask("union_bounds_margins", || union_bounds_margins(&[]));
    probe.ask("union_bounds_pairs", || union_bounds_pairs(&[], &[]));
    probe.ask("union_bounds_sharp", || union_bounds_sharp(&[], &[]));
    probe.ask("union_bounds_sharp", || union_bounds_sharp(&[1; 70], &[]));
    probe.ask("union_bounds_within", || union_bounds_within(&[], &[], Some(0)));
    probe.ask("union_clash", || union_clash(&[], &[], Some(0)));
}

fn many_lists(probe: &mut Probe) {
    let by_history = |count: &dyn Fn(u64) -> u64| {
        (0..8_u64).map(|history| if history == 0 { 0 } else { count(history) }).collect::<Vec<u64>>()
    };
    for (kind, counts) in [
        ("plain", by_history(&|history| 40 / history)),
        ("one each", by_history(&|_| 1)),
        ("nobody", by_history(&|_| 0)),
        ("everybody on all", by_history(&|history| if history == 7 { 50 } else { 0 })),
        ("nobody twice", by_history(&|history| if history.is_power_of_two() { 9 } else { 0 })),
        ("one twice", by_history(&|history| if history.is_power_of_two() { 9 } else { history % 4 / 3 })),
        ("an empty list", by_history(&|history| if history < 4 { 6 } else { 0 })),
        ("huge", by_history(&|_| u64::MAX)),
        ("large", by_history(&|history| 1 << (7 * history))),
    ] {
        probe.given = format!("lists of {kind}");
        let Some(histories) = probe.ask("Histories::new", || Histories::new(3, &counts)) else { continue };
        for model in [
            Model::Constant,
            Model::Lists,
            Model::Pairs(&[]),
            Model::Pairs(&[(0, 1)]),
            Model::Pairs(&[(0, 1), (1, 2)]),
            Model::Pairs(&[(0, 1), (1, 2), (0, 2)]),
            Model::Pairs(&[(0, usize::MAX)]),
            Model::Behaviour,
            Model::PeopleDiffer,
            Model::PeopleAndListsDiffer,
        ] {
            for level in LEVELS {
                probe.ask("capture_model", || capture_model(&histories, model, level));
            }
        }
    }
    for (kind, list) in flags(9) {
        probe.given = format!("three lists of {kind}");
        let half: Vec<bool> = (0..9).map(|person| person > 4).collect();
        probe.ask("Histories::from_columns", || Histories::from_columns(&[&list, &half, &list]));
    }
    probe.given = "no lists".to_string();
    probe.ask("Histories::from_columns", || Histories::from_columns(&[]));
    probe.ask("Histories::new", || Histories::new(usize::MAX, &[]));
}

fn cascades(probe: &mut Probe) {
    let shapes: Vec<(&str, Vec<u32>, Vec<Trainer>)> = vec![
        ("nobody", vec![], vec![]),
        ("one seed", vec![u32::MAX], vec![Trainer::Nobody]),
        ("unknown", vec![1, 2], vec![Trainer::Unknown; 2]),
        ("one trainer", (0..50).collect(), vec![Trainer::Person(99); 50]),
        ("a line", (0..50).collect(), (0..50).map(|at| Trainer::Person(at + 1)).collect()),
        ("a ring", (0..50).collect(), (0..50).map(|at| Trainer::Person((at + 1) % 50)).collect()),
        ("a tree", (1..64).collect(), (1..64).map(|at| Trainer::Person(at / 2)).collect()),
        (
            "a bush",
            (1..200).collect(),
            (1_u32..200)
                .map(|at| if at < 5 { Trainer::Nobody } else { Trainer::Person(at * at % at.min(17)) })
                .collect(),
        ),
        ("different lengths", vec![1, 2], vec![Trainer::Nobody]),
        ("the same person", vec![3; 9], vec![Trainer::Nobody; 9]),
    ];
    for (kind, people, trainers) in &shapes {
        for level in LEVELS {
            probe.given = format!("{kind} at {level:?}");
            probe.ask("cascade", || cascade(people, trainers, None, level));
        }
        for (of_flags, closed) in flags(people.len()) {
            probe.given = format!("{kind} with {of_flags} closed");
            probe.ask("cascade", || cascade(people, trainers, Some(&closed), 0.95));
        }
        probe.ask("cascade", || cascade(people, trainers, Some(&[]), 0.95));
    }
}

fn programmes(probe: &mut Probe) {
    for (of_cost, cost) in columns(3) {
        for (of_rows, rows) in columns(6) {
            for (of_right, right) in columns(2) {
                probe.given = format!("{of_cost} on {of_rows} and {of_right}");
                probe.value("minimise", || minimise(&cost, &rows, &right));
            }
        }
    }
}

fn strata(probe: &mut Probe) {
    let some = [
        (0, 0),
        (0, 5),
        (5, 5),
        (2, 5),
        (6, 5),
        (0, 1),
        (1, 1),
        (40, 100),
        (1 << 40, 1 << 41),
        (u64::MAX, u64::MAX),
    ];
    let stratum = |(x1, n1): (u64, u64), (x2, n2): (u64, u64)| Stratum { x1, n1, x2, n2 };
    let ask = |probe: &mut Probe, strata: &[Stratum], level: f64| {
        probe.ask("mantel_haenszel_odds_ratio", || mantel_haenszel_odds_ratio(strata, level));
        probe.ask("mantel_haenszel_risk_ratio", || mantel_haenszel_risk_ratio(strata, level));
        probe.ask("mantel_haenszel_risk_difference", || mantel_haenszel_risk_difference(strata, level));
        probe.ask("mantel_haenszel_exact", || mantel_haenszel_exact(strata, level));
        probe.ask("cmh", || cmh(strata, true));
        probe.ask("cmh", || cmh(strata, false));
        probe.ask("breslow_day", || breslow_day(strata));
    };
    for one in some {
        for other in some {
            for more in [(0, 0), (2, 5), (5, 5), (0, 5)] {
                probe.given = format!("{one:?} against {other:?} beside {more:?}");
                let alone = stratum(one, other);
                ask(probe, &[alone], 0.95);
                ask(probe, &[alone, stratum(more, (3, 7))], 0.95);
                ask(probe, &[alone, stratum((3, 7), more), stratum((1, 2), (1, 2))], 0.95);
            }
        }
    }
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        ask(probe, &[stratum((3, 9), (5, 8)), stratum((6, 7), (2, 6))], level);
    }
    probe.given = "no strata".to_string();
    ask(probe, &[], 0.95);
}

fn standards(probe: &mut Probe) {
    for length in [0, 1, 3] {
        for (of_one, one) in columns(length) {
            for (of_other, other) in columns(length) {
                probe.given = format!("{length} strata of {of_one} and {of_other}");
                let plain = vec![4.0; length];
                let (a, b) = (
                    Side { numerator: &one, denominator: &other },
                    Side { numerator: &other, denominator: &plain },
                );
                for (first, second) in [(a, b), (b, a), (a, a)] {
                    probe.ask("kitagawa", || kitagawa(first, second));
                }
                for events in [vec![0; length], vec![3; length], vec![u64::MAX; length], vec![1]] {
                    probe.ask("standardised_rate", || standardised_rate(&events, &one, &other, 0.95));
                    probe.ask("crude_rate", || crude_rate(&events, &one));
                }
            }
        }
    }
    for level in LEVELS {
        probe.given = format!("the level {level:?}");
        probe.ask("standardised_rate", || {
            standardised_rate(&[3, 0, 9], &[80.0, 70.0, 90.0], &[1.0; 3], level)
        });
    }
}
