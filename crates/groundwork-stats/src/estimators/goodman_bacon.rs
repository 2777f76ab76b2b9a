//! What a static two-way regression would compare, where places start at
//! different times: `goodman_bacon`.
//!
//! # Estimand
//!
//! None that anybody would ask for, and that is the point. The one coefficient
//! of a regression with effects of units and periods is a mean of differences
//! in differences between pairs of groups. This says how much each kind of pair
//! weighs in it and what it finds:
//!
//! * started and never: units that start against those that never do;
//! * earlier and later: those that start earlier, against those that start later
//!   and have not yet;
//! * later and earlier: those that start later, against those that have started
//!   already. Where effects grow or fade with time this is no comparison with
//!   what would have happened, and may turn the sign of the whole.
//!
//! # Assumptions
//!
//! None for the arithmetic. For the first two kinds to be effects: parallel
//! trends and no anticipation, as for
//! [`callaway_santanna`](super::callaway_santanna).
//!
//! # Method
//!
//! With n_k the units of a group and D_k the share of the periods in which it is
//! treated, the weights are, before they are made to add up to one,
//!
//! ```text
//! started and never        n_k n_0 D_k (1 - D_k)
//! earlier k and later l    n_k n_l (D_k - D_l) (1 - D_k)
//! later l and earlier k    n_k n_l (D_k - D_l) D_l
//! ```
//!
//! and the effect of a pair is the difference of the changes of its groups' means:
//! from before the start to after it; for two groups that both start, over the
//! periods in which one of them does not change. Σ weight · effect is the
//! coefficient. Units without a row in some period, and those treated from the
//! first period on, are left out.
//!
//! # Small samples
//!
//! A decomposition of means: exact, without an error.
//!
//! # Refusals
//!
//! Those of the panel (`lengths_differ`, `empty`, `not_finite`,
//! `out_of_range`, `too_few_periods`, `adoption_varies`, `duplicate_rows`), `incomplete_panel`,
//! `no_treated_units`, and `one_start` where all units start at once and none
//! never, so that there is no pair.
//!
//! # Source
//!
//! Goodman-Bacon A (2021). Difference-in-differences with variation in
//! treatment timing. Journal of Econometrics 225:254-277.

use std::ops::Range;

use super::adoption_panel::{AdoptionPanel, no_treated_units};
use crate::estimate::Refusal;
use crate::linalg::accumulate::mean;
use crate::sum::{Sum, sum};

/// The id of the method.
pub const METHOD: &str = "goodman_bacon";

/// What stands against what in a pair of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pair {
    /// Units that start against units that never do.
    StartedAndNever,
    /// Units that start earlier against those that have not started yet.
    EarlierAndLater,
    /// Units that start later against those that have started already.
    LaterAndEarlier,
}

/// All pairs of one kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairKind {
    /// What stands against what.
    pub pair: Pair,
    /// Their part of all weight, a share.
    pub weight: f64,
    /// The mean of their effects by weight, in the units of the outcome.
    pub effect: f64,
}

/// What a static regression is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct StaticRegression {
    /// Its coefficient, in the units of the outcome.
    pub coefficient: f64,
    /// The kinds of pairs that there are, in the order of [`Pair`].
    pub kinds: Vec<PairKind>,
    /// The units behind it.
    pub n_units: u64,
}

/// Units that start together, or never.
struct Group {
    /// The place of the first treated period; the number of periods for never.
    first: usize,
    units: f64,
    /// The mean outcome of every period.
    means: Vec<f64>,
}

/// Takes the coefficient of a static two-way regression apart.
///
/// One row a unit and period: `unit` its label, `period` its period,
/// `first_treated` the period in which the unit started, the same in all its rows
/// and `None` where it never did, and `outcome`. All have the same length and any
/// order. See the [module](self) for the method and the refusals.
pub fn goodman_bacon(
    unit: &[u32],
    period: &[i32],
    first_treated: &[Option<i32>],
    outcome: &[f64],
) -> Result<StaticRegression, Refusal> {
    let mut panel = AdoptionPanel::new(unit, period, first_treated, outcome)?;
    let periods = panel.periods.len();
    panel.units.retain(|unit| unit.rows.len() == periods);
    if panel.units.is_empty() {
        return Err(Refusal::new(
            "incomplete_panel",
            "no unit that could be used was observed in every period",
            "leave out the periods that few units were observed in, or combine periods",
        ));
    }
    let starts = panel.cohorts();
    if starts.is_empty() {
        return Err(no_treated_units());
    }
    let started: Vec<Group> = starts.iter().map(|&first| Group::new(Some(first), &panel, outcome)).collect();
    let never = Group::new(None, &panel, outcome);

    let mut pairs: Vec<(Pair, f64, f64)> = Vec::new();
    for (at, one) in started.iter().enumerate() {
        let share = one.share(periods);
        if never.units > 0.0 {
            let weight = one.units * never.units * share * (1.0 - share);
            pairs.push((
                Pair::StartedAndNever,
                weight,
                one.against(&never, 0..one.first, one.first..periods),
            ));
        }
        for later in started.iter().skip(at + 1) {
            let apart = one.units * later.units * (share - later.share(periods));
            let between = one.first..later.first;
            let effect = one.against(later, 0..one.first, between.clone());
            pairs.push((Pair::EarlierAndLater, apart * (1.0 - share), effect));
            let effect = later.against(one, between, later.first..periods);
            pairs.push((Pair::LaterAndEarlier, apart * later.share(periods), effect));
        }
    }
    let all = sum(&pairs.iter().map(|(_, weight, _)| *weight).collect::<Vec<_>>());
    if all <= 0.0 {
        return Err(Refusal::new(
            "one_start",
            "all units start in the same period and none never does, so there is nothing to compare them with",
            "add units that never started, or report the changes without calling them effects",
        ));
    }
    let of = |wanted: &dyn Fn(Pair) -> bool| {
        let chosen = pairs.iter().filter(|(pair, ..)| wanted(*pair));
        let weights: Sum = chosen.clone().map(|(_, weight, _)| weight / all).collect();
        let effects: Sum = chosen.map(|(_, weight, effect)| weight / all * effect).collect();
        (weights.value(), effects.value())
    };
    let kinds = [Pair::StartedAndNever, Pair::EarlierAndLater, Pair::LaterAndEarlier].into_iter();
    let kinds = kinds.filter_map(|pair| {
        let (weight, effect) = of(&|other| other == pair);
        (weight > 0.0).then(|| PairKind { pair, weight, effect: effect / weight })
    });
    Ok(StaticRegression {
        coefficient: of(&|_| true).1,
        kinds: kinds.collect(),
        n_units: panel.units.len() as u64,
    })
}

impl Group {
    fn new(first: Option<i32>, panel: &AdoptionPanel, outcome: &[f64]) -> Self {
        let units = panel.units.iter().filter(|unit| unit.first == first);
        let means = (0..panel.periods.len()).map(|period| {
            let rows = units.clone().filter_map(|unit| panel.rows.get(unit.rows.start + period));
            mean(&rows.map(|row| outcome[row.row]).collect::<Vec<_>>())
        });
        Self {
            first: first.map_or(panel.periods.len(), |first| panel.periods.partition_point(|&at| at < first)),
            units: units.clone().count() as f64,
            means: means.collect(),
        }
    }

    /// The share of the periods in which the group is treated.
    fn share(&self, periods: usize) -> f64 {
        (periods - self.first) as f64 / periods as f64
    }

    /// The change of the group less that of another.
    fn against(&self, other: &Self, before: Range<usize>, after: Range<usize>) -> f64 {
        let change = |group: &Self| mean(&group.means[after.clone()]) - mean(&group.means[before.clone()]);
        change(self) - change(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};

    fn code(found: Result<StaticRegression, Refusal>) -> Option<&'static str> {
        found.err().map(|refusal| refusal.code)
    }

    /// Rows of units with their starts, over so many periods from 1 on.
    fn rows(starts: &[Option<i32>], periods: i32) -> (Vec<u32>, Vec<i32>, Vec<Option<i32>>) {
        let unit = (0..starts.len() as u32).flat_map(|unit| (0..periods).map(move |_| unit)).collect();
        let period = starts.iter().flat_map(|_| 1..=periods).collect();
        let first = starts.iter().flat_map(|&first| (0..periods).map(move |_| first)).collect();
        (unit, period, first)
    }

    #[test]
    fn two_groups_by_hand() {
        // One starts in the third of four periods, one never: 6 - 1.5 less 3.5 - 1.5.
        let (unit, period, first) = rows(&[Some(3), None], 4);
        let y = [1.0, 2.0, 5.0, 7.0, 1.0, 2.0, 3.0, 4.0];
        let found = goodman_bacon(&unit, &period, &first, &y).expect("a decomposition");
        assert_eq!(found.coefficient, 2.5);
        assert_eq!(found.kinds, [PairKind { pair: Pair::StartedAndNever, weight: 1.0, effect: 2.5 }]);
    }

    /// The coefficient of the treatment with effects of units and periods, by taking means out of a
    /// complete panel.
    fn two_way(starts: &[Option<i32>], periods: i32, y: &[f64]) -> f64 {
        let width = periods as usize;
        let treated: Vec<f64> = starts
            .iter()
            .flat_map(|first| {
                (1..=periods).map(move |at| f64::from(u8::from(first.is_some_and(|f| at >= f))))
            })
            .collect();
        let demeaned = |values: &[f64]| -> Vec<f64> {
            let all = mean(values);
            let of_unit: Vec<f64> = values.chunks(width).map(mean).collect();
            let of_period: Vec<f64> = (0..width)
                .map(|at| mean(&values.iter().skip(at).step_by(width).copied().collect::<Vec<_>>()))
                .collect();
            let value = |(i, v): (usize, &f64)| v - of_unit[i / width] - of_period[i % width] + all;
            values.iter().enumerate().map(value).collect()
        };
        let (d, y) = (demeaned(&treated), demeaned(y));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        dot(&d, &y) / dot(&d, &d)
    }

    #[test]
    fn the_parts_make_the_coefficient_of_the_regression() {
        let mut draw = Lcg::new(7);
        for starts in [
            vec![Some(2), Some(4), Some(4), None, None],
            vec![Some(2), Some(5), Some(6)],
            vec![Some(3), None, None, Some(6), Some(6), Some(2)],
        ] {
            let (unit, period, first) = rows(&starts, 6);
            let y: Vec<f64> = unit.iter().map(|_| draw.uniform() * 10.0 - 5.0).collect();
            let found = goodman_bacon(&unit, &period, &first, &y).expect("a decomposition");
            assert!((found.coefficient - two_way(&starts, 6, &y)).abs() < 1e-12);
            let weights: f64 = found.kinds.iter().map(|kind| kind.weight).sum();
            assert!((weights - 1.0).abs() < 1e-14);
            // The order of rows changes no bit.
            let mut order: Vec<usize> = (0..y.len()).collect();
            shuffle(&mut order, &mut draw);
            let turned = goodman_bacon(
                &order.iter().map(|&i| unit[i]).collect::<Vec<_>>(),
                &order.iter().map(|&i| period[i]).collect::<Vec<_>>(),
                &order.iter().map(|&i| first[i]).collect::<Vec<_>>(),
                &order.iter().map(|&i| y[i]).collect::<Vec<_>>(),
            );
            assert_eq!(turned, Ok(found));
        }
    }

    #[test]
    fn effects_that_grow_turn_the_sign() {
        // No trend and no shock; the effect is one more in every period since the start.
        let starts = [Some(3), Some(6)];
        let (unit, period, first) = rows(&starts, 12);
        let grown = |(at, first): (&i32, &Option<i32>)| first.map_or(0.0, |f| f64::from((at - f + 1).max(0)));
        let y: Vec<f64> = period.iter().zip(&first).map(grown).collect();
        let found = goodman_bacon(&unit, &period, &first, &y).expect("a decomposition");
        let of = |pair: Pair| found.kinds.iter().find(|kind| kind.pair == pair).expect("the pair").effect;
        assert!(of(Pair::EarlierAndLater) > 0.0 && of(Pair::LaterAndEarlier) < 0.0);
        assert!(found.coefficient < 0.0);
    }

    #[test]
    fn goodman_bacon_refuses() {
        let (unit, period, first) = rows(&[Some(2), Some(2)], 3);
        assert_eq!(code(goodman_bacon(&unit, &period, &first, &[0.0; 6])), Some("one_start"));
        let (unit, period, first) = rows(&[None, None], 3);
        assert_eq!(code(goodman_bacon(&unit, &period, &first, &[0.0; 6])), Some("no_treated_units"));
        assert_eq!(code(goodman_bacon(&[1, 2], &[1, 2], &[None; 2], &[0.0; 2])), Some("incomplete_panel"));
        assert_eq!(code(goodman_bacon(&[], &[], &[], &[])), Some("empty"));
    }
}
