//! What resolving says of pipelines that cannot be run.

use crate::diag::Diagnostic;
use crate::resolve;

const START: &str = "groundwork: 1
programme: {id: t, title: T}
calendar: {periods: quarter, from: 2021-Q1, to: 2021-Q4, as_of: 2022-01-15}
sites: {north: {name: North}, south: {name: South}}
sources:
  visits: {export: v.csv, columns: {who: text, site: site, on: date, minutes: number}}
audience: partner
";

fn problems(rest: &str) -> Vec<Diagnostic> {
    resolve(&format!("{START}{rest}")).diagnostics
}

fn codes(rest: &str) -> Vec<&'static str> {
    problems(rest).iter().map(|d| d.code).collect()
}

#[test]
fn a_sound_pipeline_resolves() {
    let checked = resolve(&format!(
        "{START}indicators:\n  n: {{kind: count, title: N, from: visits, period_by: on}}\n"
    ));
    assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
    let plan = checked.value.unwrap();
    assert_eq!(plan.calendar.periods.len(), 4);
    assert_eq!(plan.indicators[0].site_by.as_deref(), Some("site"));
}

#[test]
fn a_problem_is_said_once() {
    // The indicator is declared and has a problem; the evaluation that names it has none.
    let rest = "indicators:\n  m: {kind: mean, title: M, from: visits, of: minuts, period_by: on}\nevaluations:\n  e: {design: site_comparison, question: Q, indicators: [m], reference: north}\n";
    assert_eq!(codes(rest), ["expression.unknown-column"]);
}

#[test]
fn contradictions_are_reported_where_they_stand() {
    let kinds = [
        ("indicators:\n  n: {kind: count, title: N, from: visits}\n", "indicator.no-period"),
        (
            "indicators:\n  n: {kind: sum, title: N, from: visits, of: who, period_by: on}\n",
            "expression.not-a-number",
        ),
        (
            "indicators:\n  n: {kind: count, title: N, from: visits, period_by: on, disaggregate: [who]}\n",
            "indicator.not-a-dimension",
        ),
        (
            "indicators:\n  n: {kind: count, title: N, from: visits, period_by: on, target: {2022-Q1: 4}}\n",
            "indicator.unknown-period",
        ),
        (
            "indicators:\n  n: {kind: proportion, title: N, from: visits, numerator: minutes > 1, period_by: on, target: {2021-Q1: 40}}\n",
            "indicator.share",
        ),
        (
            "indicators:\n  n: {kind: count, title: N, from: visits, period_by: on}\nevaluations:\n  e: {design: site_comparison, question: Q, indicators: [n], reference: north}\n",
            "evaluation.full-count",
        ),
    ];
    for (rest, code) in kinds {
        assert_eq!(codes(rest), [code], "{rest}");
    }
}

#[test]
fn every_error_has_a_way_out_or_names_what_is_wrong() {
    let all = problems(
        "indicators:\n  n: {kind: cout, title: N}\n  m: {kind: count, titel: M, from: vists, period_by: on}\nreport: {}\n",
    );
    let codes: Vec<&str> = all.iter().map(|d| d.code).collect();
    assert_eq!(
        codes,
        [
            "pipeline.unknown-kind",
            "pipeline.missing-key",
            "pipeline.unknown-key",
            "indicator.unknown-source",
            "pipeline.unknown-key",
        ]
    );
    assert!(all.iter().all(|d| !d.hints.is_empty()), "{all:?}");
}

#[test]
fn sources_that_need_each_other_are_a_circle() {
    let text = "groundwork: 1
programme: {id: t, title: T}
calendar: {periods: year, from: 2021, to: 2021, as_of: 2022-01-15}
sources:
  a: {summary: {of: b, by: x}}
  b: {summary: {of: a, by: x}}
indicators: {n: {kind: count, title: N, from: a}}
audience: partner
";
    let codes: Vec<&str> = resolve(text).diagnostics.iter().map(|d| d.code).collect();
    assert!(codes.contains(&"source.circle"), "{codes:?}");
}

#[test]
fn no_text_makes_it_panic() {
    let text = format!("{START}indicators:\n  n: {{kind: count, title: N, from: visits, period_by: on}}\n");
    for end in (0..text.len()).filter(|i| text.is_char_boundary(*i)) {
        let _ = resolve(&text[..end]);
        let _ = resolve(&text[end..]);
    }
}
