//! Group-time effects and their summaries.

use groundwork_stats::Estimate;
use groundwork_stats::estimators::callaway_santanna::{
    Aggregation, Comparison, GroupTimeEffects, aggregate_calendar, aggregate_dynamic, aggregate_group,
    aggregate_simple, callaway_santanna,
};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::support::{
    EXACT, Ended, Table, assert_close, assert_relative, case, cases, estimate, number, reference,
};

/// The reference software works with about twelve digits.
const PRINTED: f64 = 1e-6;

pub(crate) fn trials() -> Vec<Trial> {
    vec![case("p39_callaway_santanna", counties), case("p39_callaway_santanna_to_more_digits", made_up)]
}

fn whole(values: &[f64]) -> Vec<i32> {
    values.iter().map(|&value| value as i32).collect()
}

fn counties() -> Ended {
    let (file, tolerance) = reference("P39_callaway_santanna.json", PRINTED);
    let data = Table::open("mpdta.csv")?;
    let unit: Vec<u32> = data.numbers("countyreal").iter().map(|&label| label as u32).collect();
    let year = whole(&data.numbers("year"));
    let first: Vec<Option<i32>> =
        whole(&data.numbers("first_treat")).iter().map(|&first| (first > 0).then_some(first)).collect();
    let outcome = data.numbers("lemp");
    for (name, comparison) in
        [("never_treated", Comparison::NeverTreated), ("not_yet_treated", Comparison::NotYetTreated)]
    {
        let expected = &file["expected"][name];
        let found = callaway_santanna(&unit, &year, &first, &outcome, comparison, 0.95).expect("effects");
        let close = |what: &str, estimate: &Estimate, value: &Value, error: &Value| {
            assert_close(what, estimate.value, number(value), tolerance);
            assert_close(what, estimate.std_error.expect("an error"), number(error), tolerance);
        };
        let listed = cases(&expected["att_gt"]);
        assert_eq!(found.effects.len(), listed.len());
        for (found, expected) in found.effects.iter().zip(listed) {
            assert_eq!(f64::from(found.group), number(&expected["group"]));
            assert_eq!(f64::from(found.time), number(&expected["time"]));
            let what = format!("{name} {} {}", found.group, found.time);
            close(&what, &found.estimate, &expected["att"], &expected["se"]);
        }
        let simple = estimate(aggregate_simple(&found, 0.95));
        close("simple", &simple, &expected["simple"]["overall_att"], &expected["simple"]["overall_se"]);
        for (kind, aggregate) in summaries() {
            let expected = &expected[kind];
            let found = aggregate(&found, 0.95).expect("a summary");
            close(kind, &found.overall, &expected["overall_att"], &expected["overall_se"]);
            assert_eq!(found.parts.len(), cases(&expected["egt"]).len());
            for (index, part) in found.parts.iter().enumerate() {
                assert_eq!(f64::from(part.at), number(&expected["egt"][index]));
                close(kind, &part.estimate, &expected["att"][index], &expected["se"][index]);
            }
        }
        if comparison == Comparison::NeverTreated {
            for (found, published) in found.effects.iter().zip(cases(&file["published"]["att_gt_never_4dp"]))
            {
                assert!((found.estimate.value - number(published)).abs() <= 0.5001e-4);
            }
        }
    }
    Ok(())
}

type Aggregate = fn(&GroupTimeEffects, f64) -> Result<Aggregation, groundwork_stats::Refusal>;

fn summaries() -> [(&'static str, Aggregate); 3] {
    [("group", aggregate_group), ("dynamic", aggregate_dynamic), ("calendar", aggregate_calendar)]
}

fn made_up() -> Ended {
    let (file, tolerance) = reference("causal.json", EXACT);
    let data = Table::open("staggered_panel.csv")?;
    let unit: Vec<u32> = data.numbers("unit").iter().map(|&label| label as u32).collect();
    let year = whole(&data.numbers("year"));
    let first: Vec<Option<i32>> =
        data.numbers_or_missing("first").iter().map(|first| first.map(|first| first as i32)).collect();
    let outcome = data.numbers("y");
    for (name, comparison) in [
        ("callaway_santanna_never", Comparison::NeverTreated),
        ("callaway_santanna_not_yet", Comparison::NotYetTreated),
    ] {
        let expected = &file[name];
        let found = callaway_santanna(&unit, &year, &first, &outcome, comparison, 0.9).expect("effects");
        let close = |what: &str, estimate: &Estimate, expected: &Value| {
            assert_relative(what, estimate.value, number(&expected["att"]), tolerance);
            assert_relative(what, estimate.std_error.expect("an error"), number(&expected["se"]), tolerance);
        };
        let listed = cases(&expected["att_gt"]);
        assert_eq!(found.effects.len(), listed.len());
        for (found, expected) in found.effects.iter().zip(listed) {
            assert_eq!(f64::from(found.group), number(&expected["group"]));
            assert_eq!(f64::from(found.time), number(&expected["time"]));
            assert_eq!(f64::from(found.base), number(&expected["base"]));
            close(&format!("{name} {} {}", found.group, found.time), &found.estimate, expected);
        }
        close("simple", &estimate(aggregate_simple(&found, 0.9)), &expected["simple"]);
        for (kind, aggregate) in summaries() {
            let expected = &expected[kind];
            let found = aggregate(&found, 0.9).expect("a summary");
            close(kind, &found.overall, &expected["overall"]);
            assert_eq!(found.parts.len(), cases(&expected["parts"]).len());
            for (part, expected) in found.parts.iter().zip(cases(&expected["parts"])) {
                assert_eq!(f64::from(part.at), number(&expected["at"]));
                close(kind, &part.estimate, expected);
            }
        }
        let codes: Vec<&str> = found.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, ["always_treated", "incomplete_units", "singleton_cohort"]);
        // What the table of refusals asks for.
        let (refusals, _) = reference("P90_refusals.json", 0.0);
        let required = refusals["expected"]["cs_singleton_cohort"]["reason_code"].as_str();
        for effect in &found.effects {
            let flagged = effect.estimate.warnings.iter().any(|warning| Some(warning.code) == required);
            assert_eq!(flagged, effect.n_treated == 1);
        }
    }
    Ok(())
}
