//! A sheet and YAML that say the same are the same plan, and problems have the address of a cell.

use super::{IndicatorSheet, SheetCell};
use crate::diag::Diagnostic;
use crate::plan::Plan;
use crate::{resolve, resolve_with};

const START: &str = "groundwork: 1
programme: {id: t, title: T}
calendar: {periods: quarter, from: 2021-Q1, to: 2021-Q4, as_of: 2022-01-15}
sites: {north: {name: North}, south: {name: South}}
sources:
  visits:
    export: v.csv
    columns:
      who: text
      led_by: text
      site: site
      on: date
      filed_on: date
      done_on: date
      minutes: number
      before: number
      after: number
      sex: {type: category, values: {female: [F], male: [M]}}
      urgent: boolean
audience: partner
";

/// A sheet from rows whose cells stand between `|`; `/` in a cell is a line break.
fn sheet(rows: &str) -> IndicatorSheet {
    let mut cells = Vec::new();
    for (row, line) in rows.lines().enumerate() {
        for (column, text) in line.split('|').enumerate().filter(|(_, text)| !text.trim().is_empty()) {
            let text = text.replace('/', "\n");
            cells.push(SheetCell { row: row as u32 + 1, column: column as u32 + 1, text, broken: false });
        }
    }
    IndicatorSheet { file: "i.xlsx".into(), sheet: Some("plan".into()), cells, merged: Vec::new() }
}

fn plan(rows: &str) -> Plan {
    let checked = resolve_with(&format!("{START}indicators_from: i.xlsx\n"), &[sheet(rows)]);
    assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
    checked.value.unwrap()
}

fn problems_of(sheet: IndicatorSheet, rest: &str) -> Vec<Diagnostic> {
    resolve_with(&format!("{START}indicators_from: i.xlsx\n{rest}"), &[sheet]).diagnostics
}

/// Code and address of every problem.
fn said(rows: &str) -> Vec<(&'static str, String)> {
    let place = |d: &Diagnostic| match &d.location {
        crate::location::Location::Cell(place) => place.address(),
        other => format!("{other:?}"),
    };
    problems_of(sheet(rows), "").iter().map(|d| (d.code, place(d))).collect()
}

fn same(rows: &str, yaml: &str) {
    let checked = resolve(&format!("{START}indicators:\n{yaml}"));
    assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
    assert_eq!(plan(rows).indicators, checked.value.unwrap().indicators);
}

#[test]
fn a_row_is_the_indicator_that_yaml_would_say() {
    same(
        "id|Title|Title (TH)|kind|source|of|where|by|date|target|unit
seen|People seen|ผู้รับบริการ|Distinct count|visits|who|sex = 'female'|sex; urgent; sex × urgent|on|2021-Q1: 10; 2021-Q4: north = 20, south = 25|
waited|Minutes||sum|visits|minutes|||on||minutes",
        "  seen: {kind: distinct_count, title: {en: People seen, th: ผู้รับบริการ}, from: visits, of: who, where: sex = 'female', disaggregate: [sex, urgent, [sex, urgent]], period_by: on, target: {2021-Q1: 10, 2021-Q4: {north: 20, south: 25}}}
  waited: {kind: sum, title: Minutes, from: visits, of: minutes, period_by: on, unit: minutes}
",
    );
}

#[test]
fn a_key_below_another_has_a_column_or_stands_in_the_cell_above_it() {
    let yaml = "  each: {kind: ratio, title: Visits for each person, numerator: {from: visits, period_by: on, where: \"sex in ('female', 'male')\", cluster: led_by}, denominator: {distinct: who, from: visits, period_by: on, cluster: led_by}, baseline: {north: 2, south: 3}}\n";
    same(
        "id|title|kind|numerator|denominator|baseline
each|Visits for each person|ratio|from: visits; where: sex in ('female', 'male'); period_by: on/cluster: led_by|distinct: who; from: visits; period_by: on; cluster: led_by|north: 2; south: 3",
        yaml,
    );
    same(
        "id|title|kind|numerator from|numerator where|Numerator: period by|numerator.cluster|denominator|denominator_period_by|denominator cluster|Baseline north|baseline (south)
each|Visits for each person|ratio|visits|sex in ('female', 'male')|on|led_by|distinct: who; from: visits|on|led_by|2|3",
        yaml,
    );
    same(
        "id|title|kind|source|numerator|date|Target 2021-Q1|Target 2021-Q4 south|Target 2021-Q4 north
late|Late|proportion|visits|minutes > 30|on|0.5|0.25|0.2",
        "  late: {kind: proportion, title: Late, from: visits, numerator: minutes > 30, period_by: on, target: {2021-Q1: 0.5, 2021-Q4: {south: 0.25, north: 0.2}}}\n",
    );
}

#[test]
fn every_kind_of_value_has_a_cell() {
    same(
        "id|title|kind|source|entered|steps|within|items|before|after|date|people|headline|level|rationale th|rationale|direction|adds_up_over
done|Done|completion|visits|on|filed_on; done_on|12 months|||||||outcome|เหตุผล|Why|decrease|
wellbeing|Wellbeing|index|visits||||minutes: from = 0, to = 60; before: from = 4, to = 0, weight = 2|||on|FALSE|no||||Increase|
gain|Gain|change|visits|||||before|after|on||||||||
n|Visits|count|visits|||||||on|||||||sites, periods",
        "  done: {kind: completion, title: Done, from: visits, entered: on, steps: [filed_on, done_on], within: 12 months, sheet: {level: outcome, rationale: {en: Why, th: เหตุผล}}, direction: decrease}
  wellbeing: {kind: index, title: Wellbeing, from: visits, items: {minutes: {from: 0, to: 60}, before: {from: 4, to: 0, weight: 2}}, period_by: on, people: false, headline: false}
  gain: {kind: change, title: Gain, from: visits, before: before, after: after, period_by: on}
  n: {kind: count, title: Visits, from: visits, period_by: on, adds_up_over: [sites, periods]}
",
    );
}

#[test]
fn by_is_the_leader_where_the_kind_has_one_and_the_dimensions_elsewhere() {
    same(
        "id|title|kind|source|of|by|disaggregate|top|date
top|Top|concentration|visits|who|led_by|sex|0.2|on
n|N|count|visits||sex|||on",
        "  top: {kind: concentration, title: Top, from: visits, of: who, by: led_by, disaggregate: [sex], top: 0.2, period_by: on}
  n: {kind: count, title: N, from: visits, disaggregate: [sex], period_by: on}
",
    );
}

#[test]
fn headers_are_known_in_thai_and_what_stands_above_them_is_not_read() {
    same(
        "ตัวชี้วัดของโครงการ

\u{feff}รหัส|ชื่อ|ชื่อ (ไทย)|ชนิด|แหล่งข้อมูล|วันที่|จำแนกตาม|เป้าหมาย 2021-Q1|# remarks

n|Visits|การเยี่ยม|count|visits|on|sex|5|by hand
# m|Not yet|||||||
",
        "  n: {kind: count, title: {en: Visits, th: การเยี่ยม}, from: visits, period_by: on, disaggregate: [sex], target: {2021-Q1: 5}}\n",
    );
}

#[test]
fn a_cell_may_hold_what_yaml_would() {
    same(
        "id|title|kind|source|date|by|target
n|N|count|visits|on|[sex, [sex, urgent]]|{2021-Q1: {north: 1, south: 2}}",
        "  n: {kind: count, title: N, from: visits, period_by: on, disaggregate: [sex, [sex, urgent]], target: {2021-Q1: {north: 1, south: 2}}}\n",
    );
}

#[test]
fn problems_have_the_address_of_their_cell_and_the_codes_of_yaml() {
    let rows = "id|title|kind|source|of|date|by|target|colour
a|A|cuont|visits||on|||
b|B|mean|vists|minuts|on|||
c|C|mean|visits|minuts|on|||
d||sum|visits|minutes|on|||
e|E|count|visits|who|on|whom|2022-Q4: 5|
|F|count|visits||on|||
g|G|count|visits||on||north|
";
    assert_eq!(
        said(rows),
        [
            ("pipeline.unknown-key", "I1".to_owned()),
            ("pipeline.unknown-kind", "C2".to_owned()),
            ("indicator.unknown-source", "D3".to_owned()),
            ("expression.unknown-column", "E4".to_owned()),
            ("pipeline.missing-key", "A5".to_owned()),
            ("pipeline.unknown-key", "E6".to_owned()),
            ("source.unknown-column", "G6".to_owned()),
            ("indicator.unknown-period", "H6".to_owned()),
            ("pipeline.missing-key", "B7".to_owned()),
            ("pipeline.wrong-shape", "H8".to_owned()),
        ]
    );
    let all = problems_of(sheet(rows), "");
    assert!(all.iter().all(|d| !d.hints.is_empty()), "{all:#?}");
}

#[test]
fn an_identifier_stands_once_in_sheet_and_pipeline() {
    let rows = "id|title|kind|source|date\nn|N|count|visits|on\nn|M|count|visits|on\nm|M|count|visits|on\n";
    let all =
        problems_of(sheet(rows), "indicators: {m: {kind: count, title: M, from: visits, period_by: on}}\n");
    let messages: Vec<&str> = all.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "an indicator `n` stands already in i.xlsx, sheet \"plan\", A2",
            "an indicator `m` stands already in the pipeline",
        ]
    );
}

#[test]
fn what_a_spreadsheet_can_do_wrong_is_said() {
    assert_eq!(said("title|kind\nN|count\n"), [("indicator-sheet.no-id", "A1".to_owned())]);
    let twice = "id|title|kind|source|from|date\nn|N|count|visits||on\n";
    assert_eq!(said(twice), [("indicator-sheet.column-twice", "E1".to_owned())]);
    let key = "id|title|kind|source|date|target|target 2021-Q1\nn|N|count|visits|on|2021-Q1: 1|1\n";
    assert_eq!(said(key), [("indicator-sheet.key-twice", "G2".to_owned())]);
    let headless = "id|title|kind|source|date\nn|N|count|visits|on|stray\n";
    assert_eq!(said(headless), [("indicator-sheet.no-header", "F2".to_owned())]);
    for formula in ["=1+1", "@sum(a1)", "+n", "-n"] {
        let rows = format!("id|title|kind|source|date\nn|{formula}|count|visits|on\n");
        assert_eq!(
            said(&rows),
            [("pipeline.missing-key", "A2".to_owned()), ("indicator-sheet.formula", "B2".to_owned())]
        );
    }
    let mut broken = sheet("id|title|kind|source|date\nn|#REF!|count|visits|on\n");
    broken.cells.iter_mut().filter(|c| c.text.starts_with("#REF")).for_each(|c| c.broken = true);
    assert!(problems_of(broken, "").iter().any(|d| d.code == "indicator-sheet.broken-cell"));
    let mut merged = sheet("My indicators\nid|title|kind|source|date\nn|N|count|visits|on\n");
    merged.merged = vec![((1, 1), (1, 5))];
    assert!(problems_of(merged.clone(), "").is_empty());
    merged.merged.push(((2, 4), (2, 5)));
    let all = problems_of(merged, "");
    assert_eq!(all[0].message, "the cells D2:E2 are merged");
}

#[test]
fn a_sheet_that_nobody_read_is_said() {
    let codes: Vec<&str> =
        resolve(&format!("{START}indicators_from: i.xlsx\n")).diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["indicator-sheet.not-read"]);
    let codes: Vec<&str> = resolve(START).diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["pipeline.missing-key"]);
}

#[test]
fn no_cell_makes_it_panic() {
    for text in [";", ":", "=", "a:", ":b", "×", "' ;", "{", "[", "{a: ", "\u{200b}", "a: b = c, d", "๑: ๒"]
    {
        for header in ["target", "by", "items", "numerator", "sheet", "title", "id", "baseline", "tree"] {
            for kind in ["ratio", "index", "cascade", "nothing"] {
                let rows = format!("id|kind|{header}\nn|{kind}|{text}\n");
                let _ = problems_of(sheet(&rows), "");
            }
        }
    }
}
