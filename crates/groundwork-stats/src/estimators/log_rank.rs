//! Whether groups differ in their times to an event: `log_rank` and
//! `log_rank.peto_peto.rho1`.
//!
//! # Estimand
//!
//! None: a test that the hazard of the event is the same in all groups at
//! every time. It says whether groups differ, not by how much; the difference
//! in restricted means ([`restricted_mean`](super::restricted_mean)) says that.
//!
//! # Assumptions
//!
//! One kind of event, censoring that has nothing to do with what would have
//! come, independent people. Late entry is allowed: only risk sets are
//! compared. The test is at its best when the ratio of the hazards is constant
//! and may miss curves that cross. With strata groups are compared within each
//! stratum only.
//!
//! # Method
//!
//! At each event time, with d events among n at risk and n_i of them in group
//! i, the events in group i have mean d n_i/n given the margins. Over all
//! times (and strata),
//!
//! ```text
//! O_i = Σ w d_i,  E_i = Σ w d n_i/n,
//! V_ij = Σ w² d (n - d)/(n - 1) n_i/n (δ_ij - n_j/n)
//! ```
//!
//! and the statistic is (O - E)' V⁻¹ (O - E) without the last group, referred
//! to chi-square with one degree of freedom less than there are groups. The
//! weight w is 1 for the log-rank test, and the pooled survival curve just
//! before the time for the Peto-Peto test in the form of Harrington and
//! Fleming (rho = 1), which looks at early differences.
//!
//! # Small samples
//!
//! Chi-square is an approximation; below five expected events in a group a
//! warning says so (`few_expected_events`).
//!
//! # Refusals
//!
//! `too_few_groups`, `strata_differ`, `competing_events`, `no_events`,
//! `group_never_at_risk`, `groups_not_comparable`.
//!
//! # Source
//!
//! Mantel N (1966). Evaluation of survival data and two new rank order
//! statistics arising in its consideration. Cancer Chemotherapy Reports
//! 50:163-170. Peto R, Peto J (1972). Asymptotically efficient rank invariant
//! test procedures. Journal of the Royal Statistical Society A 135:185-207.
//! Harrington DP, Fleming TR (1982). A class of rank test procedures for
//! censored survival data. Biometrika 69:553-566.

use super::risk_table::{Moment, RiskTable, Running, visit_events};
use crate::estimate::Refusal;
use crate::linalg::{Matrix, solve_positive};
use crate::special::chi_squared_sf;
use crate::thresholds::EXPECTED_EVENTS_FEW;
use crate::warning::Warning;

/// The id of the method with equal weights.
pub const METHOD: &str = "log_rank";

/// The id of the method weighted by the pooled survival curve.
pub const METHOD_PETO_PETO: &str = "log_rank.peto_peto.rho1";

/// How events are weighted over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// All alike: the log-rank test.
    #[default]
    Equal,
    /// By the pooled survival curve just before the event, so that early events
    /// count more: the Peto-Peto test with rho = 1.
    PetoPeto,
}

/// A test of several groups against each other.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupTest {
    /// The chi-square statistic.
    pub statistic: f64,
    /// Its degrees of freedom, one less than there are groups.
    pub df: f64,
    /// The p-value, the upper tail of chi-square.
    pub p_value: f64,
    /// The (weighted) events of each group.
    pub observed: Vec<f64>,
    /// The (weighted) events of each group that would be expected if all had
    /// the same hazards.
    pub expected: Vec<f64>,
    /// The people of each group.
    pub n: Vec<u64>,
    /// The id of the method.
    pub method: &'static str,
    /// `few_expected_events`, where it applies.
    pub warnings: Vec<Warning>,
}

/// Compares groups, one table each.
///
/// # Refusals
///
/// * `too_few_groups`: fewer than two.
/// * `competing_events`: a table has several kinds of event.
/// * `no_events`: nobody had the event.
/// * `group_never_at_risk`: nobody of a group was under observation at any
///   event.
/// * `groups_not_comparable`: two groups were never at risk at the same time.
///
/// # Warnings
///
/// * `few_expected_events`: fewer than five in a group.
pub fn log_rank(groups: &[RiskTable], weight: Weight) -> Result<GroupTest, Refusal> {
    let groups: Vec<Option<&RiskTable>> = groups.iter().map(Some).collect();
    compare(&[groups], weight)
}

/// Compares groups within strata.
///
/// `strata` holds for each stratum one table a group, in the same order in
/// every stratum; nothing stands for a group that has nobody in the stratum.
///
/// # Refusals
///
/// Those of [`log_rank`], and `strata_differ`: the strata do not list the same
/// number of groups.
pub fn log_rank_stratified(strata: &[Vec<Option<RiskTable>>], weight: Weight) -> Result<GroupTest, Refusal> {
    let strata: Vec<Vec<_>> =
        strata.iter().map(|groups| groups.iter().map(Option::as_ref).collect()).collect();
    compare(&strata, weight)
}

fn compare(strata: &[Vec<Option<&RiskTable>>], weight: Weight) -> Result<GroupTest, Refusal> {
    let groups = check_strata(strata)?;
    for table in strata.iter().flatten().flatten() {
        table.check_one_cause()?;
    }
    let mut observed = vec![Running::default(); groups];
    let mut expected = vec![Running::default(); groups];
    let mut variance = vec![Running::default(); groups * groups];
    let mut linked = Linked::new(groups);
    for stratum in strata {
        let mut survival = 1.0;
        visit_events(stratum, |moments| {
            let n = moments.iter().map(|moment| moment.at_risk).sum::<u64>() as f64;
            let d = moments.iter().map(|moment| moment.events).sum::<u64>() as f64;
            let w = match weight {
                Weight::Equal => 1.0,
                Weight::PetoPeto => survival,
            };
            survival *= (n - d) / n;
            if d < n {
                linked.link(moments);
            }
            let spread = if n > 1.0 { w * w * d * ((n - d) / (n - 1.0)) } else { 0.0 };
            for (i, moment) in moments.iter().enumerate() {
                let share = moment.at_risk as f64 / n;
                observed[i].add(w * moment.events as f64);
                expected[i].add(w * d * share);
                // The last group follows from the others.
                for (j, other) in moments[..i].iter().enumerate() {
                    variance[i * groups + j].add(-spread * share * (other.at_risk as f64 / n));
                }
                variance[i * groups + i].add(spread * share * ((n - moment.at_risk as f64) / n));
            }
        });
    }
    let observed: Vec<f64> = observed.into_iter().map(Running::value).collect();
    let expected: Vec<f64> = expected.into_iter().map(Running::value).collect();
    if observed.iter().all(|&observed| observed == 0.0) {
        return Err(no_events());
    }
    if expected.contains(&0.0) {
        return Err(never_at_risk());
    }
    linked.check()?;
    let scores: Vec<f64> = observed.iter().zip(&expected).map(|(o, e)| o - e).collect();
    let (statistic, df, p_value) =
        chi_square(&scores, |i, j| variance[i.max(j) * groups + i.min(j)].value())?;
    let mut warnings = Vec::new();
    if expected.iter().any(|&expected| expected < EXPECTED_EVENTS_FEW) {
        warnings.push(few_expected());
    }
    Ok(GroupTest {
        statistic,
        df,
        p_value,
        observed,
        expected,
        n: people(strata, groups),
        method: match weight {
            Weight::Equal => METHOD,
            Weight::PetoPeto => METHOD_PETO_PETO,
        },
        warnings,
    })
}

/// The number of groups, two at least and the same in every stratum.
pub(super) fn check_strata(strata: &[Vec<Option<&RiskTable>>]) -> Result<usize, Refusal> {
    let groups = strata.first().map_or(0, Vec::len);
    if strata.iter().any(|stratum| stratum.len() != groups) {
        return Err(Refusal::new(
            "strata_differ",
            "the strata do not list the same groups",
            "list every group in every stratum, and mark where it has nobody",
        ));
    }
    if groups < 2 {
        return Err(Refusal::new(
            "too_few_groups",
            "there are fewer than two groups, so there is nothing to compare",
            "describe the one group by its curve",
        ));
    }
    Ok(groups)
}

/// How many people each group has over all strata.
pub(super) fn people(strata: &[Vec<Option<&RiskTable>>], groups: usize) -> Vec<u64> {
    let of = |group: usize| strata.iter().filter_map(move |stratum| stratum.get(group).copied().flatten());
    (0..groups).map(|group| of(group).map(RiskTable::n).sum()).collect()
}

/// The statistic s' V⁻¹ s without the last group, its degrees of freedom and
/// its p-value; the scores of all groups sum to zero.
pub(super) fn chi_square(
    scores: &[f64],
    variance: impl Fn(usize, usize) -> f64,
) -> Result<(f64, f64, f64), Refusal> {
    let free = scores.len() - 1;
    let scores = &scores[..free];
    let statistic = if free == 1 {
        let variance = variance(0, 0);
        (variance > 0.0 && variance.is_finite()).then(|| scores[0] * (scores[0] / variance))
    } else {
        // Scaled to a unit diagonal, so that singular means singular.
        let scale: Vec<f64> = (0..free).map(|i| variance(i, i).sqrt()).collect();
        let scaled: Vec<f64> = scores.iter().zip(&scale).map(|(score, scale)| score / scale).collect();
        let entries = (0..free * free).map(|at| {
            let (i, j) = (at / free, at % free);
            variance(i, j) / scale[i] / scale[j]
        });
        let matrix = Matrix::new(free, free, entries.collect());
        let solved = solve_positive(&matrix, &scaled);
        solved.map(|solved| scaled.iter().zip(&solved).map(|(score, solved)| score * solved).sum())
    };
    match statistic {
        Some(statistic) if f64::is_finite(statistic) && statistic >= 0.0 => {
            let df = free as f64;
            Ok((statistic, df, chi_squared_sf(statistic, df)))
        }
        _ => Err(not_comparable()),
    }
}

/// Which groups were compared with each other at some event, directly or
/// through a third: groups that were not make the variance singular.
pub(super) struct Linked {
    first: Vec<usize>,
}

impl Linked {
    pub(super) fn new(groups: usize) -> Self {
        Self { first: (0..groups).collect() }
    }

    pub(super) fn link(&mut self, moments: &[Moment]) {
        let mut at_risk = moments.iter().zip(&self.first).filter(|(moment, _)| moment.at_risk > 0);
        let Some((_, &to)) = at_risk.next() else { return };
        let other = |first: &usize| *first != to;
        while let Some(from) = moments
            .iter()
            .zip(&self.first)
            .find_map(|(moment, first)| (moment.at_risk > 0 && other(first)).then_some(*first))
        {
            self.first.iter_mut().filter(|first| **first == from).for_each(|first| *first = to);
        }
    }

    pub(super) fn check(&self) -> Result<(), Refusal> {
        if self.first.windows(2).all(|pair| pair[0] == pair[1]) { Ok(()) } else { Err(not_comparable()) }
    }
}

pub(super) fn not_comparable() -> Refusal {
    Refusal::new(
        "groups_not_comparable",
        "two groups were never under observation at the same event, so their times cannot be compared",
        "compare groups whose follow-up overlaps, or describe each by its own curve",
    )
}

pub(super) fn no_events() -> Refusal {
    Refusal::new(
        "no_events",
        "nobody had the event, so there is nothing to compare",
        "report that no event was seen and how long people were observed",
    )
}

pub(super) fn never_at_risk() -> Refusal {
    Refusal::new(
        "group_never_at_risk",
        "nobody of a group was under observation when an event happened",
        "leave the group out of the comparison and say so",
    )
}

pub(super) fn few_expected() -> Warning {
    Warning::new(
        "few_expected_events",
        "fewer than five events are expected in a group, so the p-value is a rough one",
    )
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn table(time: &[f64], event: &[u8]) -> RiskTable {
        RiskTable::from_rows(time, event, 1, None).expect("a table")
    }

    #[test]
    fn log_rank_by_hand() {
        // Group one: events at 1 and 3; group two: event at 2, censored at 4.
        let groups = [table(&[1.0, 3.0], &[1, 1]), table(&[2.0, 4.0], &[1, 0])];
        let found = log_rank(&groups, Weight::Equal).expect("a test");
        // E1 = 2/4 + 1/3 + 1/2, V = 1/4 + 2/9 + 1/4.
        assert!((found.expected[0] - 4.0 / 3.0).abs() < 1e-15);
        assert_eq!((found.observed[0], found.observed[1], found.df), (2.0, 1.0, 1.0));
        let statistic = (2.0 / 3.0) * (2.0 / 3.0) / (1.0 / 2.0 + 2.0 / 9.0);
        assert!((found.statistic - statistic).abs() < 1e-14);
        assert_eq!((found.n.as_slice(), found.method), (&[2, 2][..], "log_rank"));
        assert_eq!(found.warnings[0].code, "few_expected_events");
        // Peto-Peto: weights 1, 3/4, 1/2.
        let found = log_rank(&groups, Weight::PetoPeto).expect("a test");
        assert_eq!(found.observed, [1.5, 0.75]);
        assert!((found.expected[0] - 1.0).abs() < 1e-15);
        let statistic = 0.25 / (0.25 + 0.5625 * 2.0 / 9.0 + 0.0625);
        assert!((found.statistic - statistic).abs() < 1e-14);
    }

    #[test]
    fn log_rank_of_a_single_stratum_is_the_plain_one() {
        let (one, two) = (table(&[1.0, 3.0, 3.0], &[1, 1, 0]), table(&[2.0, 4.0], &[1, 0]));
        let plain = log_rank(&[one.clone(), two.clone()], Weight::Equal).expect("a test");
        let strata = [vec![Some(one.clone()), Some(two.clone())]];
        assert_eq!(log_rank_stratified(&strata, Weight::Equal), Ok(plain.clone()));
        // The same stratum twice doubles events, variance and statistic.
        let strata = [strata[0].clone(), strata[0].clone(), vec![Some(one), None]];
        let twice = log_rank_stratified(&strata, Weight::Equal).expect("a test");
        assert!((twice.statistic - 2.0 * plain.statistic).abs() < 1e-13);
        assert_eq!(twice.n, [9, 4]);
    }

    /// Three groups of a hundred with two kinds of event, in two strata.
    pub(in crate::estimators) fn three_groups() -> Vec<(usize, f64, u8, usize)> {
        let mut state = 99_u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
        };
        let row = |_| {
            let group = (3.0 * next()) as usize;
            let time = 1.0 + (20.0 * next() * (1.0 + 0.2 * group as f64)).floor();
            (group, time, (3.0 * next()) as u8, (2.0 * next()) as usize)
        };
        (0..300).map(row).collect()
    }

    #[test]
    fn log_rank_of_three_groups() {
        let rows = three_groups();
        let group = |group: usize| {
            let (time, event): (Vec<f64>, Vec<u8>) =
                rows.iter().filter(|row| row.0 == group).map(|row| (row.1, u8::from(row.2 > 0))).unzip();
            table(&time, &event)
        };
        let groups = [group(0), group(1), group(2)];
        // The values of lifelines 0.30.3.
        for (weight, expected) in
            [(Weight::Equal, 10.672_764_788_991_039), (Weight::PetoPeto, 6.763_544_953_584_311)]
        {
            let found = log_rank(&groups, weight).expect("a test");
            assert!((found.statistic / expected - 1.0).abs() < 1e-12, "{}", found.statistic);
            // With two degrees of freedom the tail is an exponential.
            assert!((found.p_value / libm::exp(-0.5 * expected) - 1.0).abs() < 1e-11);
        }
    }

    #[test]
    fn log_rank_refuses() {
        let (one, two) = (table(&[1.0, 3.0], &[1, 1]), table(&[2.0, 4.0], &[1, 0]));
        assert_eq!(code(log_rank(&[], Weight::Equal)), Some("too_few_groups"));
        assert_eq!(code(log_rank(std::slice::from_ref(&one), Weight::Equal)), Some("too_few_groups"));
        let none = table(&[5.0], &[0]);
        assert_eq!(code(log_rank(&[none.clone(), none.clone()], Weight::Equal)), Some("no_events"));
        let early = table(&[0.5], &[0]);
        assert_eq!(code(log_rank(&[one.clone(), early], Weight::Equal)), Some("group_never_at_risk"));
        let late = RiskTable::from_rows(&[9.0], &[1], 1, Some(&[8.0])).expect("a table");
        assert_eq!(code(log_rank(&[one.clone(), late], Weight::Equal)), Some("groups_not_comparable"));
        let kinds = RiskTable::from_rows(&[1.0], &[2], 2, None).expect("a table");
        assert_eq!(code(log_rank(&[one.clone(), kinds], Weight::Equal)), Some("competing_events"));
        let strata = [vec![Some(one.clone()), Some(two)], vec![Some(one)]];
        assert_eq!(code(log_rank_stratified(&strata, Weight::Equal)), Some("strata_differ"));
    }

    #[test]
    fn log_rank_refuses_three_groups_that_do_not_meet() {
        let late = |time: &[f64]| RiskTable::from_rows(time, &[1, 1], 1, Some(&[8.0, 8.0])).expect("a table");
        let groups = [table(&[1.0, 3.0], &[1, 1]), late(&[9.0, 11.0]), late(&[10.0, 12.0])];
        assert_eq!(code(log_rank(&groups, Weight::Equal)), Some("groups_not_comparable"));
        let groups = [
            table(&[1.0, 3.0], &[1, 1]),
            table(&[1.5, 3.5], &[1, 1]),
            late(&[9.0, 11.0]),
            late(&[10.0, 12.0]),
        ];
        assert_eq!(code(log_rank(&groups, Weight::Equal)), Some("groups_not_comparable"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn log_rank_does_not_depend_on_the_order_of_the_groups(
            rows in proptest::collection::vec((0_u8..20, 0_u8..2), 30..90),
        ) {
            let groups: Vec<RiskTable> = (0..3).map(|group| {
                let (time, event): (Vec<f64>, Vec<u8>) =
                    rows.iter().skip(group).step_by(3).map(|row| (f64::from(row.0), row.1)).unzip();
                table(&time, &event)
            }).collect();
            if let Ok(found) = log_rank(&groups, Weight::PetoPeto) {
                prop_assert!((0.0..=1.0).contains(&found.p_value) && found.df == 2.0);
                let (o, e): (f64, f64) = (found.observed.iter().sum(), found.expected.iter().sum());
                prop_assert!((o - e).abs() < 1e-12 * o.max(1.0));
                let turned = [groups[2].clone(), groups[0].clone(), groups[1].clone()];
                let again = log_rank(&turned, Weight::PetoPeto).expect("a test");
                prop_assert!((again.statistic - found.statistic).abs() < 1e-10 * found.statistic.max(1.0));
            }
        }
    }
}
