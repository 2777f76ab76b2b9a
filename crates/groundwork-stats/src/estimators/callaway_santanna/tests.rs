use proptest::prelude::*;

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
    outcome: Vec<f64>,
}

impl Rows {
    fn add(&mut self, unit: u32, first: Option<i32>, outcomes: &[f64]) {
        for (period, &outcome) in (1..).zip(outcomes) {
            self.unit.push(unit);
            self.period.push(period);
            self.first.push(first);
            self.outcome.push(outcome);
        }
    }

    fn estimate(&self, comparison: Comparison) -> Result<GroupTimeEffects, Refusal> {
        callaway_santanna(&self.unit, &self.period, &self.first, &self.outcome, comparison, 0.95)
    }
}

/// Units of four cohorts over six periods.
fn random_rows(seed: u64, units: u32) -> Rows {
    let mut random = Lcg::new(seed);
    let mut rows = Rows::default();
    for unit in 0..units {
        let first = [None, Some(3), Some(4), Some(6)][unit as usize % 4];
        let level = 100.0 * random.normal();
        let outcomes: Vec<f64> = (1..=6)
            .map(|t| level + random.normal() + if first.is_some_and(|g| t >= g) { 2.0 } else { 0.0 })
            .collect();
        rows.add(unit, first, &outcomes);
    }
    rows
}

#[test]
fn callaway_santanna_by_hand() {
    // Two periods: changes 3, 5 (treated) against 1, 0, 2: 4 - 1 = 3,
    // se² = 2/4 + 2/9.
    let mut rows = Rows::default();
    rows.add(7, Some(2), &[10.0, 13.0]);
    rows.add(3, Some(2), &[0.0, 5.0]);
    rows.add(5, None, &[1.0, 2.0]);
    rows.add(9, None, &[4.0, 4.0]);
    rows.add(1, None, &[8.0, 10.0]);
    let found = rows.estimate(Comparison::NeverTreated).expect("effects");
    assert_eq!((found.effects.len(), found.n_units), (1, 5));
    let effect = &found.effects[0];
    assert_eq!((effect.group, effect.time, effect.base), (2, 2, 1));
    assert_eq!((effect.n_treated, effect.n_comparison), (2, 3));
    assert_eq!(effect.estimate.value, 3.0);
    let se = (0.5_f64 + 2.0 / 9.0).sqrt();
    assert!((effect.estimate.std_error.expect("an error") - se).abs() < 1e-15);
    assert!(has(&effect.estimate.warnings, "small_cohort"));
    // One cell: all summaries are that cell.
    let simple = aggregate_simple(&found, 0.95).expect("an estimate");
    assert_eq!((simple.value, simple.method), (3.0, "cs.simple"));
    assert!((simple.std_error.expect("an error") - se).abs() < 1e-15);
    for (found, at) in [
        (aggregate_group(&found, 0.95), 2),
        (aggregate_dynamic(&found, 0.95), 0),
        (aggregate_calendar(&found, 0.95), 2),
    ] {
        let found = found.expect("a summary");
        assert_eq!((found.parts.len(), found.parts[0].at), (1, at));
        for estimate in [&found.overall, &found.parts[0].estimate] {
            assert_eq!(estimate.value, 3.0);
            assert!((estimate.std_error.expect("an error") - se).abs() < 1e-15);
        }
    }
}

#[test]
fn callaway_santanna_of_a_single_cohort_needs_no_size_correction() {
    let mut rows = random_rows(4, 40);
    rows.first.iter_mut().for_each(|first| *first = first.map(|_| 4));
    let never = rows.estimate(Comparison::NeverTreated).expect("effects");
    let not_yet = rows.estimate(Comparison::NotYetTreated).expect("effects");
    for (one, other) in never.effects.iter().zip(&not_yet.effects) {
        assert_eq!(
            (one.estimate.value, one.estimate.std_error),
            (other.estimate.value, other.estimate.std_error)
        );
    }
    let group = aggregate_group(&never, 0.95).expect("a summary");
    assert_eq!(group.overall.std_error, group.parts[0].estimate.std_error);
    let simple = aggregate_simple(&never, 0.95).expect("an estimate");
    assert!((simple.value - group.overall.value).abs() < 1e-12);
}

#[test]
fn callaway_santanna_flags_cohorts_of_one_unit() {
    let mut rows = random_rows(2, 41);
    rows.add(99, Some(5), &[1.0, 2.0, 3.0, 4.0, 9.0, 9.0]);
    let found = rows.estimate(Comparison::NotYetTreated).expect("effects");
    assert!(has(&found.warnings, "singleton_cohort"));
    for effect in &found.effects {
        let single = effect.group == 5;
        assert_eq!(effect.n_treated == 1, single);
        assert_eq!(has(&effect.estimate.warnings, "singleton_cohort"), single);
        assert_eq!(effect.estimate.interval.is_none(), single);
        assert_eq!(effect.estimate.p_value.is_none(), single);
        assert!(effect.estimate.std_error.is_some());
    }
    let summary = aggregate_group(&found, 0.95).expect("a summary");
    assert!(has(&summary.overall.warnings, "singleton_cohort"));
    assert!(summary.parts.iter().all(|part| (part.at == 5) == part.estimate.interval.is_none()));
}

#[test]
fn callaway_santanna_without_spread_has_no_error() {
    // One treated and one comparison unit: the difference alone.
    let mut rows = Rows::default();
    rows.add(1, Some(2), &[0.1, 5.3]);
    rows.add(2, None, &[0.3, 0.4]);
    let found = rows.estimate(Comparison::NeverTreated).expect("effects");
    let estimate = &found.effects[0].estimate;
    assert!((estimate.value - 5.1).abs() < 1e-15);
    assert_eq!((estimate.std_error, estimate.interval, estimate.p_value), (None, None, None));
    for warning in ["singleton_cohort", "singleton_comparison", "no_variation"] {
        assert!(has(&estimate.warnings, warning), "{warning}");
    }
    // Everybody changes alike, at levels that leave rounding behind.
    let mut rows = Rows::default();
    for unit in 0..12_u32 {
        let level = f64::from(unit) / 7.0;
        let change = if unit < 6 { 0.3 } else { 0.1 };
        rows.add(unit, (unit < 6).then_some(2), &[level, level + change]);
    }
    let found = rows.estimate(Comparison::NeverTreated).expect("effects");
    assert_eq!(found.effects[0].estimate.p_value, None);
}

#[test]
fn callaway_santanna_leaves_out_what_it_cannot_compare() {
    let mut rows = random_rows(1, 40);
    rows.add(100, None, &[1.0, 2.0]);
    rows.add(101, Some(1), &[1.0; 6]);
    rows.add(102, Some(3), &[1.0, f64::from(3), 2.0, 8.0, 3.0]);
    let found = rows.estimate(Comparison::NeverTreated).expect("effects");
    assert_eq!(found.n_units, 40);
    assert!(has(&found.warnings, "incomplete_units") && has(&found.warnings, "always_treated"));
    assert_eq!(found, {
        let mut clean = random_rows(1, 40).estimate(Comparison::NeverTreated).expect("effects");
        clean.warnings.clone_from(&found.warnings);
        clean
    });
    // Without never treated units the last cohort has nobody to be compared
    // with, and serves the others.
    let mut rows = random_rows(1, 40);
    rows.first.iter_mut().for_each(|first| *first = first.or(Some(4)));
    assert_eq!(code(rows.estimate(Comparison::NeverTreated)), Some("no_comparison_units"));
    let found = rows.estimate(Comparison::NotYetTreated).expect("effects");
    assert!(has(&found.warnings, "no_comparison_cells"));
    assert!(found.effects.iter().all(|effect| effect.time < 6));
    assert_eq!(aggregate_group(&found, 0.95).expect("a summary").parts.len(), 2);
}

#[test]
fn callaway_santanna_refuses() {
    let rows = random_rows(3, 12);
    let level = |level| {
        callaway_santanna(
            &rows.unit,
            &rows.period,
            &rows.first,
            &rows.outcome,
            Comparison::NeverTreated,
            level,
        )
    };
    assert_eq!(code(level(95.0)), Some("level_out_of_range"));
    assert_eq!(code(level(f64::NAN)), Some("level_out_of_range"));
    let found = level(0.95).expect("effects");
    assert_eq!(code(aggregate_simple(&found, 0.0)), Some("level_out_of_range"));
    assert_eq!(code(aggregate_group(&found, 1.0)), Some("level_out_of_range"));
    assert_eq!(code(aggregate_dynamic(&found, -1.0)), Some("level_out_of_range"));
    assert_eq!(code(aggregate_calendar(&found, 2.0)), Some("level_out_of_range"));
    let with = |change: fn(&mut Rows)| {
        let mut rows = rows.clone();
        change(&mut rows);
        code(rows.estimate(Comparison::NeverTreated))
    };
    assert_eq!(with(|rows| rows.first.fill(None)), Some("no_treated_units"));
    assert_eq!(with(|rows| rows.first.fill(Some(1))), Some("incomplete_panel"));
    assert_eq!(with(|rows| rows.first.fill(Some(99))), Some("no_treated_units"));
    assert_eq!(with(|rows| rows.outcome[5] = f64::INFINITY), Some("not_finite"));
    assert_eq!(with(|rows| rows.outcome[5] = 1e300), Some("out_of_range"));
    assert_eq!(with(|rows| rows.period[1] = 1), Some("duplicate_rows"));
    assert_eq!(with(|rows| rows.period.truncate(4)), Some("lengths_differ"));
    assert_eq!(with(|rows| rows.period.iter_mut().for_each(|t| *t += 9)), Some("no_treated_units"));
    // Two periods in which nobody was seen twice.
    let sparse =
        callaway_santanna(&[1, 2], &[1, 2], &[None, Some(2)], &[0.0, 0.0], Comparison::NeverTreated, 0.95);
    assert_eq!(code(sparse), Some("incomplete_panel"));
}

#[test]
fn callaway_santanna_takes_periods_of_any_size() {
    let mut rows = random_rows(6, 12);
    for (period, first) in rows.period.iter_mut().zip(&mut rows.first) {
        *period = if *period < 4 { i32::MIN + *period } else { i32::MAX - 6 + *period };
        *first = first.map(|_| i32::MAX);
    }
    let found = rows.estimate(Comparison::NeverTreated).expect("effects");
    assert_eq!(found.effects.len(), 5);
    let dynamic = aggregate_dynamic(&found, 0.95).expect("a summary");
    assert_eq!(dynamic.parts.iter().map(|part| part.at).collect::<Vec<_>>(), [-2, -1, 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Order of rows and names of units change no bit.
    #[test]
    fn callaway_santanna_is_the_same_in_any_order(seed in 0_u64..1000, units in 8_u32..30) {
        let rows = random_rows(seed, units);
        let mut random = Lcg::new(seed + 1);
        let mut order: Vec<usize> = (0..rows.unit.len()).collect();
        shuffle(&mut order, &mut random);
        let mut names: Vec<u32> = (0..units).map(|name| name * 977 + 5).collect();
        shuffle(&mut names, &mut random);
        let other = Rows {
            unit: order.iter().map(|&at| names[rows.unit[at] as usize]).collect(),
            period: order.iter().map(|&at| rows.period[at]).collect(),
            first: order.iter().map(|&at| rows.first[at]).collect(),
            outcome: order.iter().map(|&at| rows.outcome[at]).collect(),
        };
        for comparison in [Comparison::NeverTreated, Comparison::NotYetTreated] {
            let (one, other) = (rows.estimate(comparison), other.estimate(comparison));
            prop_assert_eq!(&one, &other);
            let (one, other) = (one.expect("effects"), other.expect("effects"));
            prop_assert_eq!(aggregate_dynamic(&one, 0.9), aggregate_dynamic(&other, 0.9));
        }
    }

    /// A shift of every unit by its own level changes nothing that shows, and
    /// a change of sign turns the effects round.
    #[test]
    fn callaway_santanna_sees_changes_only(seed in 0_u64..1000) {
        let rows = random_rows(seed, 16);
        let mut moved = rows.clone();
        for (outcome, &unit) in moved.outcome.iter_mut().zip(&rows.unit) {
            *outcome = f64::from(unit) * 8.0 - *outcome;
        }
        let one = rows.estimate(Comparison::NotYetTreated).expect("effects");
        let other = moved.estimate(Comparison::NotYetTreated).expect("effects");
        let (one, other) = (aggregate_group(&one, 0.95), aggregate_group(&other, 0.95));
        let (one, other) = (one.expect("a summary").overall, other.expect("a summary").overall);
        prop_assert!((one.value + other.value).abs() < 1e-11);
        let errors = one.std_error.expect("an error") / other.std_error.expect("an error");
        prop_assert!((errors - 1.0).abs() < 1e-11);
    }

    /// Nothing that is not a number leaves, whatever goes in.
    #[test]
    fn callaway_santanna_gives_numbers_or_refuses(
        rows in proptest::collection::vec((0_u32..5, 1_i32..4, -2.0_f64..2.0), 0..40),
        power in -40_i32..40,
        starts in proptest::collection::vec(proptest::option::of(0_i32..6), 5),
    ) {
        let mut given = Rows::default();
        for (unit, period, outcome) in rows {
            given.unit.push(unit);
            given.period.push(period);
            given.first.push(starts[unit as usize]);
            given.outcome.push(outcome * f64::powi(10.0, power));
        }
        for comparison in [Comparison::NeverTreated, Comparison::NotYetTreated] {
            let Ok(found) = given.estimate(comparison) else { continue };
            for effect in &found.effects {
                let estimate = &effect.estimate;
                prop_assert!(estimate.value.is_finite());
                prop_assert!(estimate.std_error.is_none_or(|error| error.is_finite() && error > 0.0));
                prop_assert!(estimate.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)));
            }
        }
    }
}
