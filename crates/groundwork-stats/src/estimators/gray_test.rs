//! Whether groups differ in the cumulative incidence of one kind of event:
//! `gray.rho0`.
//!
//! # Estimand
//!
//! None: a test that the cumulative incidence of one kind of event is the same
//! in all groups at every time, when other kinds compete with it. The log-rank
//! test of that kind with the others taken for censoring asks another question
//! (whether its rate among those still at risk is the same) and can say yes
//! where the shares that had the event differ.
//!
//! # Assumptions
//!
//! Those of the cumulative incidence ([`aalen_johansen`](super::aalen_johansen));
//! nobody enters late. With strata groups are compared within each only.
//!
//! # Method
//!
//! In group k let S_k be the curve to the first event of any kind, F_k the
//! incidence of the kind asked for, and n_k the number at risk; all three just
//! before the time t. With h_k = n_k/S_k, H = Σ h_k, and the risk sets in which
//! those with another event stay, R_k = h_k (1 - F_k), R = Σ R_k, the score of
//! group i is
//!
//! ```text
//! z_i = Σ (d_i - d R_i/R)
//! ```
//!
//! over times with d_i events of the kind in group i and d in all. Its
//! variance sums what an event in each group k moves, with F the common
//! incidence (steps d/H) and S_k, F just after t in
//!
//! ```text
//! a_ik = h_i (δ_ik - h_k/H)                c_ik(t) = Σ a_ik d/(H (1 - F))
//! own kind:   u_ik = a_ik + (1 - (1 - F)/S_k) (c_ik(∞) - c_ik(t)),  σ² = S_k d/(H n_k)
//! other kind: u_ik = (1 - F)/S_k (c_ik(∞) - c_ik(t)),               σ² = S_k² e_k/n_k²
//! v_ij = Σ_t Σ_k u_ik u_jk σ²
//! ```
//!
//! with e_k the other events of group k, and σ² lowered for ties, by the factors
//! 1 - (d - 1)/(H S_k - 1) and 1 - (e_k - 1)/(n_k - 1). The statistic z' v⁻¹ z
//! without the last group is referred to chi-square with one degree of freedom
//! less than there are groups.
//!
//! # Small samples
//!
//! Chi-square is an approximation; below five expected events in a group a
//! warning says so (`few_expected_events`).
//!
//! # Refusals
//!
//! `too_few_groups`, `strata_differ`, `unknown_cause`, `delayed_entry`,
//! `no_events`, `group_never_at_risk`, `groups_not_comparable`,
//! `incidence_above_one`.
//!
//! # Source
//!
//! Gray RJ (1988). A class of k-sample tests for comparing the cumulative
//! incidence of a competing risk. Annals of Statistics 16:1141-1154.

use super::log_rank::{
    GroupTest, Linked, check_strata, chi_square, few_expected, never_at_risk, no_events, not_comparable,
    people,
};
use super::risk_table::{Moment, RiskTable, Running, visit_events};
use crate::estimate::Refusal;
use crate::thresholds::EXPECTED_EVENTS_FEW;

/// The id of the method.
pub const METHOD: &str = "gray.rho0";

/// Compares the cumulative incidence of a cause in several groups.
///
/// `groups` holds one table each, all with the same causes; `cause` is numbered
/// from 1. The result has the events of the cause as `observed` and those that
/// a common incidence would give as `expected`.
///
/// # Refusals
///
/// * `too_few_groups`: fewer than two.
/// * `unknown_cause`: a table has no such cause.
/// * `delayed_entry`: somebody entered late, for which the test is not made.
/// * `no_events`: nobody had the event of the cause.
/// * `group_never_at_risk`: nobody of a group was under observation at any event
///   of the cause.
/// * `groups_not_comparable`: the groups were not under observation together.
/// * `incidence_above_one`: a large group ended long before a small one.
///
/// # Warnings
///
/// * `few_expected_events`: fewer than five in a group.
pub fn gray_test(groups: &[RiskTable], cause: usize) -> Result<GroupTest, Refusal> {
    let groups: Vec<Option<&RiskTable>> = groups.iter().map(Some).collect();
    compare(&[groups], cause)
}

/// Compares the cumulative incidence of a cause within strata.
///
/// `strata` holds for each stratum one table a group, in the same order in
/// every stratum; nothing stands for a group that has nobody in the stratum.
///
/// # Refusals
///
/// Those of [`gray_test`], and `strata_differ`: the strata do not list the same
/// number of groups.
pub fn gray_test_stratified(strata: &[Vec<Option<RiskTable>>], cause: usize) -> Result<GroupTest, Refusal> {
    let strata: Vec<Vec<_>> =
        strata.iter().map(|groups| groups.iter().map(Option::as_ref).collect()).collect();
    compare(&strata, cause)
}

/// What is known of the groups at one event time.
struct State {
    /// For each group, just before the time: the curve to any event, the
    /// incidence of the cause, and the curve just after.
    before: Vec<f64>,
    share: Vec<f64>,
    after: Vec<f64>,
    /// The weight h of each group, and what is at risk.
    weight: Vec<f64>,
    at_risk: Vec<f64>,
    /// Events of the cause, and other events.
    own: Vec<f64>,
    other: Vec<f64>,
    /// The common incidence before and after.
    common: (f64, f64),
}

impl State {
    fn new(groups: usize) -> Self {
        Self {
            before: vec![1.0; groups],
            share: vec![0.0; groups],
            after: vec![1.0; groups],
            weight: vec![0.0; groups],
            at_risk: vec![0.0; groups],
            own: vec![0.0; groups],
            other: vec![0.0; groups],
            common: (0.0, 0.0),
        }
    }

    /// Takes in the next event time.
    fn go_on(&mut self, stratum: &[Option<&RiskTable>], moments: &[Moment], cause: usize) {
        self.common.0 = self.common.1;
        for (k, (table, moment)) in stratum.iter().zip(moments).enumerate() {
            // What the time before left behind.
            if self.at_risk[k] > 0.0 {
                self.share[k] += self.before[k] * self.own[k] / self.at_risk[k];
                self.before[k] = self.after[k];
            }
            let events = table.and_then(|table| moment.row.map(|row| table.events(row))).unwrap_or(&[]);
            self.own[k] = events.get(cause - 1).copied().unwrap_or(0) as f64;
            self.other[k] = moment.events as f64 - self.own[k];
            let n = moment.at_risk as f64;
            self.at_risk[k] = n;
            self.weight[k] = if moment.at_risk > 0 { n / self.before[k] } else { 0.0 };
            if moment.at_risk > 0 {
                self.after[k] = self.before[k] * ((n - moment.events as f64) / n);
            }
        }
        let total = self.total();
        if total > 0.0 {
            self.common.1 += self.own.iter().sum::<f64>() / total;
        }
    }

    fn total(&self) -> f64 {
        self.weight.iter().sum()
    }

    /// a_ik.
    fn moved(&self, i: usize, k: usize, total: f64) -> f64 {
        let own = if i == k { self.weight[i] } else { 0.0 };
        own - self.weight[i] * self.weight[k] / total
    }

    /// What a_ik adds to c_ik.
    fn pull(&self, i: usize, k: usize, total: f64, events: f64) -> f64 {
        self.moved(i, k, total) * events / (total * (1.0 - self.common.0))
    }
}

fn compare(strata: &[Vec<Option<&RiskTable>>], cause: usize) -> Result<GroupTest, Refusal> {
    let groups = check_strata(strata)?;
    for table in strata.iter().flatten().flatten() {
        if cause == 0 || cause > table.causes() {
            return Err(Refusal::new(
                "unknown_cause",
                "a table has no such kind of event",
                "build the tables of all groups with the same kinds of event",
            ));
        }
        if table.delayed() {
            return Err(Refusal::new(
                "delayed_entry",
                "somebody came under observation late, for which this test is not made",
                "compare the cumulative incidences of the groups at stated times",
            ));
        }
    }
    let mut observed = vec![Running::default(); groups];
    let mut expected = vec![Running::default(); groups];
    let mut variance = vec![Running::default(); groups * groups];
    let mut linked = Linked::new(groups);
    let mut above_one = false;
    for stratum in strata {
        let pulled = pulls(stratum, cause, groups, |state, events, total, moments| {
            above_one |= state.common.0 >= 1.0;
            if events < state.at_risk.iter().sum() {
                linked.link(moments);
            }
            let set = |k: usize| state.weight[k] * (1.0 - state.share[k]);
            let sets: f64 = (0..groups).map(set).sum();
            for i in 0..groups {
                observed[i].add(state.own[i]);
                // In rounding a risk set may come out as nothing.
                let share = if sets > 0.0 { set(i) / sets } else { state.weight[i] / total };
                expected[i].add(events * share);
            }
        });
        add_variance(stratum, cause, groups, &pulled, &mut variance);
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
    if above_one {
        return Err(Refusal::new(
            "incidence_above_one",
            "the common incidence of the groups comes out above one, because a large group ended its follow-up before a small one",
            "compare the cumulative incidences of the groups at stated times",
        ));
    }
    let scores: Vec<f64> = observed.iter().zip(&expected).map(|(o, e)| o - e).collect();
    if !scores.iter().all(|score| score.is_finite()) {
        return Err(not_comparable());
    }
    let (statistic, df, p_value) =
        chi_square(&scores, |i, j| variance[i.max(j) * groups + i.min(j)].value())?;
    let mut warnings = Vec::new();
    if expected.iter().any(|&expected| expected < EXPECTED_EVENTS_FEW) {
        warnings.push(few_expected());
    }
    let n = people(strata, groups);
    Ok(GroupTest { statistic, df, p_value, observed, expected, n, method: METHOD, warnings })
}

/// The first pass: visits the times with events of the cause, and gives c(∞).
fn pulls(
    stratum: &[Option<&RiskTable>],
    cause: usize,
    groups: usize,
    mut visit: impl FnMut(&State, f64, f64, &[Moment]),
) -> Vec<f64> {
    let mut state = State::new(groups);
    let mut pulled = vec![Running::default(); groups * groups];
    visit_events(stratum, |moments| {
        state.go_on(stratum, moments, cause);
        let (events, total) = (state.own.iter().sum::<f64>(), state.total());
        if events > 0.0 {
            for i in 0..groups {
                for k in 0..groups {
                    pulled[i * groups + k].add(state.pull(i, k, total, events));
                }
            }
            visit(&state, events, total, moments);
        }
    });
    pulled.into_iter().map(Running::value).collect()
}

/// The second pass: what each event moves, squared.
fn add_variance(
    stratum: &[Option<&RiskTable>],
    cause: usize,
    groups: usize,
    pulled: &[f64],
    variance: &mut [Running],
) {
    let mut state = State::new(groups);
    let mut so_far = vec![Running::default(); groups * groups];
    let mut moved = vec![0.0; groups];
    visit_events(stratum, |moments| {
        state.go_on(stratum, moments, cause);
        let (events, total) = (state.own.iter().sum::<f64>(), state.total());
        if events > 0.0 {
            for i in 0..groups {
                for k in 0..groups {
                    so_far[i * groups + k].add(state.pull(i, k, total, events));
                }
            }
        }
        for k in 0..groups {
            let n = state.at_risk[k];
            if n == 0.0 {
                continue;
            }
            let rest = |i: usize| pulled[i * groups + k] - so_far[i * groups + k].value();
            let ahead = if state.after[k] > 0.0 { (1.0 - state.common.1) / state.after[k] } else { 0.0 };
            let mut add = |moved: &[f64], spread: f64| {
                for i in 0..groups {
                    for j in 0..=i {
                        variance[i * groups + j].add(moved[i] * moved[j] * spread);
                    }
                }
            };
            if events > 0.0 {
                let share = state.before[k] / total;
                let mut spread = share * events / n;
                if events > 1.0 {
                    spread *= (1.0 - (events - 1.0) / (total * state.before[k] - 1.0)).max(0.0);
                }
                for (i, moved) in moved.iter_mut().enumerate() {
                    *moved = state.moved(i, k, total) + (1.0 - ahead) * rest(i);
                }
                add(&moved, spread);
            }
            let other = state.other[k];
            if other > 0.0 && ahead != 0.0 {
                let mut spread = state.before[k] / n * (state.before[k] / n) * other;
                if other > 1.0 {
                    spread *= 1.0 - (other - 1.0) / (n - 1.0);
                }
                for (i, moved) in moved.iter_mut().enumerate() {
                    *moved = ahead * rest(i);
                }
                add(&moved, spread);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::log_rank::{Weight, log_rank};
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn table(time: &[f64], cause: &[u8], causes: u8) -> RiskTable {
        RiskTable::from_rows(time, cause, causes, None).expect("a table")
    }

    #[test]
    fn gray_test_without_competing_events_has_the_scores_of_the_log_rank_test() {
        let groups = [
            table(&[1.0, 3.0, 4.0, 7.0, 9.0], &[1, 1, 0, 1, 0], 1),
            table(&[2.0, 3.0, 5.0, 6.0, 8.0], &[1, 0, 1, 0, 1], 1),
        ];
        let gray = gray_test(&groups, 1).expect("a test");
        let plain = log_rank(&groups, Weight::Equal).expect("a test");
        for group in 0..2 {
            assert_eq!(gray.observed[group], plain.observed[group]);
            assert!((gray.expected[group] - plain.expected[group]).abs() < 1e-14);
        }
        assert_eq!((gray.method, gray.df), ("gray.rho0", 1.0));
        assert!((gray.statistic / plain.statistic - 1.0).abs() < 0.3);
    }

    #[test]
    fn gray_test_does_not_depend_on_the_order_of_the_groups() {
        let groups = [
            table(&[1.0, 3.0, 4.0, 7.0, 9.0, 9.0], &[1, 2, 0, 1, 0, 2], 2),
            table(&[2.0, 3.0, 5.0, 6.0, 8.0, 9.5], &[1, 0, 1, 2, 1, 0], 2),
            table(&[1.0, 2.0, 4.0, 6.0, 8.5, 9.7], &[2, 0, 1, 2, 1, 0], 2),
        ];
        let found = gray_test(&groups, 1).expect("a test");
        let turned =
            gray_test(&[groups[2].clone(), groups[0].clone(), groups[1].clone()], 1).expect("a test");
        assert!((found.statistic - turned.statistic).abs() < 1e-12 * found.statistic);
        assert_eq!(found.df, 2.0);
        let strata = [groups.iter().cloned().map(Some).collect::<Vec<_>>()];
        assert_eq!(gray_test_stratified(&strata, 1), Ok(found.clone()));
        let strata = [strata[0].clone(), strata[0].clone()];
        let twice = gray_test_stratified(&strata, 1).expect("a test");
        assert!((twice.statistic - 2.0 * found.statistic).abs() < 1e-11 * found.statistic);
    }

    #[test]
    fn gray_test_of_three_groups_and_two_strata() {
        let rows = super::super::log_rank::tests::three_groups();
        let group = |keep: &dyn Fn(usize, usize) -> bool| {
            let (time, cause): (Vec<f64>, Vec<u8>) =
                rows.iter().filter(|row| keep(row.0, row.3)).map(|row| (row.1, row.2)).unzip();
            table(&time, &cause, 2)
        };
        let groups: Vec<RiskTable> = (0..3).map(|of| group(&|group, _| group == of)).collect();
        let strata: Vec<Vec<Option<RiskTable>>> = (0..2)
            .map(|stratum| (0..3).map(|of| Some(group(&|group, at| (group, at) == (of, stratum)))).collect())
            .collect();
        // The values of a second program after Gray's own algorithm.
        for (cause, plain, stratified) in [
            (1, 11.203_847_937_326_152, 9.376_392_345_144_591),
            (2, 0.037_344_836_514_403_32, 0.163_128_894_780_1),
        ] {
            let found = gray_test(&groups, cause).expect("a test");
            assert!((found.statistic / plain - 1.0).abs() < 1e-11, "{}", found.statistic);
            let found = gray_test_stratified(&strata, cause).expect("a test");
            assert!((found.statistic / stratified - 1.0).abs() < 1e-11, "{}", found.statistic);
        }
    }

    #[test]
    fn gray_test_refuses() {
        let (one, two) = (table(&[1.0, 3.0], &[1, 2], 2), table(&[2.0, 4.0], &[2, 0], 2));
        assert_eq!(code(gray_test(std::slice::from_ref(&one), 1)), Some("too_few_groups"));
        assert_eq!(code(gray_test(&[one.clone(), two.clone()], 3)), Some("unknown_cause"));
        assert_eq!(code(gray_test(&[one.clone(), two.clone()], 0)), Some("unknown_cause"));
        assert_eq!(code(gray_test(&[two.clone(), two.clone()], 1)), Some("no_events"));
        let early = table(&[0.5], &[0], 2);
        assert_eq!(code(gray_test(&[one.clone(), early], 1)), Some("group_never_at_risk"));
        let late = RiskTable::from_rows(&[9.0, 9.5], &[1, 1], 2, Some(&[8.0, 0.0])).expect("a table");
        assert_eq!(code(gray_test(&[one.clone(), late], 1)), Some("delayed_entry"));
        // Everybody has the event at the same time: nothing varies.
        let same = table(&[1.0, 1.0], &[1, 1], 2);
        assert!(gray_test(&[same.clone(), same], 1).is_err());
    }
}
