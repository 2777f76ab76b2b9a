use proptest::prelude::*;

use super::super::callaway_santanna::{Comparison, callaway_santanna};
use super::*;
use crate::linalg::testing::{Lcg, shuffle};

fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
    outcome.err().map(|refusal| refusal.code)
}

fn has(warnings: &[Warning], code: &str) -> bool {
    warnings.iter().any(|warning| warning.code == code)
}

#[derive(Clone, Debug, Default)]
struct Rows {
    unit: Vec<u32>,
    period: Vec<i32>,
    first: Vec<Option<i32>>,
    y: Vec<f64>,
    x: Vec<f64>,
}

impl Rows {
    /// Units of three cohorts over six periods; one row in `gaps` is missing.
    fn new(seed: u64, units: u32, gaps: usize) -> Self {
        let mut random = Lcg::new(seed);
        let mut rows = Self::default();
        for unit in 0..units {
            let first = [None, Some(3), Some(5)][unit as usize % 3];
            let level = 20.0 * random.normal();
            for period in 1..=6 {
                let (x, noise) = (random.normal(), random.normal());
                if gaps == 0 || random.below(gaps) > 0 {
                    let effect = if first.is_some_and(|g| period >= g) { 2.0 } else { 0.0 };
                    rows.add(unit, period, first, level + 0.5 * x + effect + noise, x);
                }
            }
        }
        rows
    }

    fn add(&mut self, unit: u32, period: i32, first: Option<i32>, y: f64, x: f64) {
        self.unit.push(unit);
        self.period.push(period);
        self.first.push(first);
        self.y.push(y);
        self.x.push(x);
    }

    fn plain(&self) -> Result<EventStudy, Refusal> {
        sun_abraham(&self.unit, &self.period, &self.first, &self.y, &[], 0.95)
    }

    fn adjusted(&self) -> Result<EventStudy, Refusal> {
        sun_abraham(&self.unit, &self.period, &self.first, &self.y, &[&self.x], 0.95)
    }
}

#[test]
fn sun_abraham_by_hand() {
    // Two periods, changes 3 and 5 against 1, 0 and 2: 4 - 1 = 3. Residuals
    // are halves of the deviations: Σ (u'e)² = 2/4 + 2/9; K = 1 + 2.
    let mut rows = Rows::default();
    for (unit, first, one, two) in [
        (7, Some(2), 10.0, 13.0),
        (3, Some(2), 0.0, 5.0),
        (5, None, 1.0, 2.0),
        (9, None, 4.0, 4.0),
        (1, None, 8.0, 10.0),
    ] {
        rows.add(unit, 1, first, one, 0.0);
        rows.add(unit, 2, first, two, 0.0);
    }
    let found = rows.plain().expect("a study");
    assert!((found.att.value - 3.0).abs() < 1e-14);
    let se = ((0.5 + 2.0 / 9.0) * 5.0 / 4.0 * 9.0 / 7.0_f64).sqrt();
    assert!((found.att.std_error.expect("an error") - se).abs() < 1e-14);
    assert_eq!((found.att.df, found.att.n_clusters, found.att.n), (Some(4.0), Some(5), 2));
    assert_eq!((found.n_rows, found.n_units, found.n_parameters), (10, 5, 3));
    assert_eq!((found.events.len(), found.events[0].at), (1, 0));
    assert_eq!(found.events[0].estimate, found.att);
    assert!(has(&found.warnings, "few_clusters") && has(&found.att.warnings, "small_cohort"));
    assert_eq!(code(rows.adjusted()), Some("collinear"));
}

#[test]
fn sun_abraham_is_callaway_santanna_after_the_start() {
    // In a complete panel without covariates, effects at and after the start
    // are the same differences of means.
    let rows = Rows::new(5, 30, 0);
    let study = rows.plain().expect("a study");
    let effects =
        callaway_santanna(&rows.unit, &rows.period, &rows.first, &rows.y, Comparison::NeverTreated, 0.95)
            .expect("effects");
    let mut compared = 0;
    for effect in effects.effects.iter().filter(|effect| effect.time >= effect.group) {
        let of_study =
            study.cells.iter().find(|cell| (cell.cohort, cell.time) == (effect.group, effect.time));
        let of_study = &of_study.expect("a cell").estimate;
        assert!((of_study.value - effect.estimate.value).abs() < 1e-12);
        // Up to the factor for small samples the errors are the same too.
        let (rows, units) = (180.0, 30.0);
        let factor: f64 = units / (units - 1.0) * (rows - 1.0) / (rows - study.n_parameters as f64);
        let ratio = of_study.std_error.expect("an error") / effect.estimate.std_error.expect("an error");
        assert!((ratio / factor.sqrt() - 1.0).abs() < 1e-11);
        compared += 1;
    }
    assert_eq!(compared, 6);
    let shares: f64 =
        study.cells.iter().filter(|cell| cell.time >= cell.cohort).map(|cell| cell.estimate.value).sum();
    assert!((study.att.value - shares / 6.0).abs() < 1e-12);
}

#[test]
fn sun_abraham_leaves_out_what_is_not_linked() {
    // A cohort that was not seen before its start.
    let mut rows = Rows::new(2, 30, 0);
    for unit in 50..56 {
        for period in 4..=6 {
            rows.add(unit, period, Some(4), f64::from(unit * period as u32 % 11), 0.3);
        }
    }
    let found = rows.plain().expect("a study");
    assert!(has(&found.warnings, "cells_left_out"));
    assert!(found.cells.iter().all(|cell| cell.cohort != 4));
    // The comparison units were seen in separate periods only.
    let mut rows = Rows::default();
    for unit in 0..12 {
        let first = (unit < 6).then_some(2);
        for period in 1..=2 {
            if unit < 6 || unit % 2 == u32::from(period == 1) {
                rows.add(unit, period, first, f64::from(unit * 7 % 5), 0.0);
            }
        }
    }
    assert_eq!(code(rows.plain()), Some("not_linked"));
}

#[test]
fn sun_abraham_flags_cohorts_of_one_unit() {
    let mut rows = Rows::new(3, 30, 0);
    for period in 1..=6 {
        rows.add(90, period, Some(4), f64::from(period * period), 0.1);
    }
    let found = rows.plain().expect("a study");
    assert!(has(&found.warnings, "singleton_cohort") && has(&found.att.warnings, "singleton_cohort"));
    assert!(found.att.interval.is_some());
    for cell in &found.cells {
        assert!(cell.estimate.std_error.is_some());
        assert_eq!(cell.estimate.interval.is_none(), cell.cohort == 4);
        assert_eq!(cell.estimate.p_value.is_none(), cell.cohort == 4);
    }
    // A single comparison unit leaves no interval at all.
    let mut rows = Rows::new(3, 30, 0);
    rows.first.iter_mut().zip(&rows.unit).for_each(|(first, &unit)| {
        *first = if unit == 0 { None } else { first.or(Some(4)) };
    });
    let found = rows.plain().expect("a study");
    assert!(has(&found.att.warnings, "singleton_comparison"));
    assert!(found.events.iter().all(|event| event.estimate.interval.is_none()));
}

#[test]
fn sun_abraham_without_spread_has_no_error() {
    let mut rows = Rows::new(1, 30, 0);
    for ((y, &unit), (&period, first)) in
        rows.y.iter_mut().zip(&rows.unit).zip(rows.period.iter().zip(&rows.first))
    {
        let effect = if first.is_some_and(|g| period >= g) { 0.7 } else { 0.0 };
        *y = f64::from(unit) / 7.0 + 0.1 * f64::from(period) + effect;
    }
    let found = rows.plain().expect("a study");
    assert!((found.att.value - 0.7).abs() < 1e-13);
    assert_eq!((found.att.std_error, found.att.p_value), (None, None));
    assert!(has(&found.att.warnings, "no_variation"));
    rows.y.fill(0.0);
    assert_eq!(rows.adjusted().expect("a study").covariates[0].std_error, None);
}

#[test]
fn sun_abraham_refuses() {
    let rows = Rows::new(4, 12, 0);
    let with = |change: fn(&mut Rows)| {
        let mut rows = rows.clone();
        change(&mut rows);
        code(rows.adjusted())
    };
    assert_eq!(with(|rows| rows.first.fill(None)), Some("no_treated_units"));
    assert_eq!(with(|rows| rows.first.fill(Some(3))), Some("no_comparison_units"));
    assert_eq!(with(|rows| rows.y[3] = f64::NAN), Some("not_finite"));
    assert_eq!(with(|rows| rows.x[3] = f64::INFINITY), Some("not_finite"));
    assert_eq!(with(|rows| rows.y[3] = 1e300), Some("out_of_range"));
    assert_eq!(with(|rows| rows.x.truncate(3)), Some("lengths_differ"));
    assert_eq!(with(|rows| rows.y.clear()), Some("lengths_differ"));
    assert_eq!(with(|rows| rows.period[1] = 1), Some("duplicate_rows"));
    assert_eq!(with(|rows| rows.x.fill(2.5)), Some("collinear"));
    assert_eq!(
        with(|rows| {
            for (x, (&period, first)) in rows.x.iter_mut().zip(rows.period.iter().zip(&rows.first)) {
                *x = 2550.0 + f64::from(period) * f64::from(first.unwrap_or(1));
            }
        }),
        Some("collinear")
    );
    let level = sun_abraham(&rows.unit, &rows.period, &rows.first, &rows.y, &[], 95.0);
    assert_eq!(code(level), Some("level_out_of_range"));
    let twice = sun_abraham(&rows.unit, &rows.period, &rows.first, &rows.y, &[&rows.x, &rows.x], 0.95);
    assert_eq!(code(twice), Some("collinear"));
    let pair = Rows::new(4, 2, 0);
    assert_eq!(code(pair.plain()), Some("too_few_clusters"));
    // One unit a cohort: the model fits every row, and leaves nothing of x.
    let small = Rows::new(4, 3, 0);
    assert_eq!(small.plain().expect("a study").att.std_error, None);
    assert_eq!(code(small.adjusted()), Some("collinear"));
    let mut short = Rows::new(4, 3, 0);
    short.period.iter_mut().for_each(|period| *period = 7 - *period);
    short.first.iter_mut().for_each(|first| *first = first.map(|_| 6));
    let keep: Vec<usize> = (0..18).filter(|&row| short.period[row] > 4).collect();
    let pick = |values: &[f64]| keep.iter().map(|&row| values[row]).collect::<Vec<_>>();
    let found = sun_abraham(
        &keep.iter().map(|&row| short.unit[row]).collect::<Vec<_>>(),
        &keep.iter().map(|&row| short.period[row]).collect::<Vec<_>>(),
        &keep.iter().map(|&row| short.first[row]).collect::<Vec<_>>(),
        &pick(&short.y),
        &[&pick(&short.x), &pick(&short.x), &pick(&short.y)],
        0.95,
    );
    assert_eq!(code(found), Some("too_few_rows"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn sun_abraham_is_the_same_in_any_order(seed in 0_u64..500, gaps in 2_usize..8) {
        let rows = Rows::new(seed, 24, gaps);
        let mut random = Lcg::new(seed);
        let mut order: Vec<usize> = (0..rows.unit.len()).collect();
        shuffle(&mut order, &mut random);
        let mut names: Vec<u32> = (0..24).map(|name| name * 31 + 2).collect();
        shuffle(&mut names, &mut random);
        let mut other = Rows::default();
        for &at in &order {
            other.add(names[rows.unit[at] as usize], rows.period[at], rows.first[at], rows.y[at], rows.x[at]);
        }
        prop_assert_eq!(rows.plain(), other.plain());
        prop_assert_eq!(rows.adjusted(), other.adjusted());
    }

    #[test]
    fn sun_abraham_gives_numbers_or_refuses(
        rows in proptest::collection::vec((0_u32..5, 1_i32..4, -2.0_f64..2.0), 0..40),
        power in -40_i32..40,
        starts in proptest::collection::vec(proptest::option::of(0_i32..6), 5),
    ) {
        let mut given = Rows::default();
        for (unit, period, value) in rows {
            let x = value * value;
            given.add(unit, period, starts[unit as usize], value * f64::powi(10.0, power), x);
        }
        for found in [given.plain(), given.adjusted()] {
            let Ok(found) = found else { continue };
            for estimate in found.events.iter().map(|event| &event.estimate).chain(&found.covariates) {
                prop_assert!(estimate.value.is_finite());
                prop_assert!(estimate.std_error.is_none_or(|error| error.is_finite() && error > 0.0));
                prop_assert!(estimate.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)));
            }
        }
    }
}
