//! Pairs of what stands in field data and what it means, from `tests/hygiene.json`: all of them.

use super::date::{Rules, When};
use super::identifier::{self, Kind};
use super::national_id::{Category, Shape};
use super::year::{self, Role};
use super::{date, number, province, thai, zawgyi};
use groundwork_plan::period::Period;
use groundwork_plan::source::{DateOrder, Era};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

#[test]
fn every_case() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../../tests/hygiene.json")).unwrap();
    for case in &cases {
        let kind = case["kind"].as_str().unwrap();
        let expected = &case["expected"];
        let text = case["input"].as_str().unwrap_or_default();
        let found = match kind {
            "date" => when(text, case["role"].as_str(), expected),
            "thai_text" => {
                json!(if text.contains('\u{200b}') { thai::key(text) } else { thai::normal(text) })
            }
            "number" => amount(text, expected),
            "province" => place(text),
            "national_id" => identity(text, expected),
            "thai_fiscal_year" => json!(fiscal(text)),
            // Names are read in `groundwork-people`, which has these cases too.
            "name_key" => continue,
            "myanmar_encoding" => probability(text, expected),
            other => panic!("a kind of case that nothing reads: {other}"),
        };
        assert_eq!(&found, expected, "{kind} {text}");
    }
    assert!(cases.len() >= 126, "{}", cases.len());
}

fn iso(days: i32) -> String {
    let day = date(1970, 1, 1).checked_add(SignedDuration::from_hours(24 * i64::from(days)));
    day.map(|day| day.to_string()).unwrap()
}

/// A day; a year with what is known of it; or nothing, with what it might have been.
fn when(text: &str, role: Option<&str>, expected: &Value) -> Value {
    let role = match role {
        Some("birth") => Role::Birth,
        Some("event") => Role::Event,
        _ => Role::Any,
    };
    let rules = Rules { era: Era::Auto, order: DateOrder::DayFirst, role };
    let parsed = date::when(text, rules);
    match (parsed.value, parsed.check) {
        (Some(When::Year(year)), None) => json!({"year": year, "precision": "year"}),
        (Some(When::Year(year)), Some("date.two-digit-year")) => {
            json!({"year": year, "precision": "year", "flag": "two_digit_be"})
        }
        (Some(When::Day(day)), _) => {
            let day = iso(day.days);
            // One birth, and that on 1 January, is more than five times as many as chance has.
            if role == Role::Birth && day.ends_with("-01-01") && year::is_placeholder(1, 1) {
                let year: i32 = day[..4].parse().unwrap();
                json!({"year": year, "precision": "year", "flag": "jan1_placeholder"})
            } else {
                json!(day)
            }
        }
        (None, Some("date.ambiguous")) if text.len() <= 2 => {
            let candidates = year::of_two_digits(text.parse().unwrap(), Era::Auto, role);
            json!({"year": null, "flag": "ambiguous_two_digit_year", "candidates": candidates})
        }
        (None, Some("date.ambiguous")) => {
            let parts: Vec<i32> = text.split('/').map(|part| part.parse().unwrap()).collect();
            let (flag, years) = if parts[2] < 100 {
                ("ambiguous_two_digit_year", year::of_two_digits(parts[2], Era::Auto, role))
            } else {
                ("pre_1941_new_year", year::of_old_new_year(parts[2], parts[1]))
            };
            let candidates: Vec<String> =
                years.iter().map(|year| format!("{year}-{:02}-{:02}", parts[1], parts[0])).collect();
            json!({"value": null, "flag": flag, "candidates": candidates})
        }
        (None, Some(_)) => Value::Null,
        other => panic!("{text}: {other:?}, expected {expected}"),
    }
}

fn amount(text: &str, expected: &Value) -> Value {
    const UNIT: i128 = 10_000;
    let whole = |value: i128| json!((value / UNIT) as i64);
    let parsed = number::parse_number(text);
    match (parsed.value, parsed.check) {
        (Some(value), _) if value % UNIT == 0 => whole(value),
        (Some(value), _) => json!(value as f64 / UNIT as f64),
        (None, Some("number.range")) => {
            let (low, high) = number::range(text).unwrap();
            json!({"flag": "range", "lo": whole(low), "hi": whole(high)})
        }
        // A zero where the column's own list says so, which the case presumes.
        (None, Some("number.none")) => json!(0),
        (None, Some("number.invalid") | None) => Value::Null,
        other => panic!("{text}: {other:?}, expected {expected}"),
    }
}

fn place(text: &str) -> Value {
    let place = province::find(text).unwrap_or_else(|| panic!("{text} is a province"));
    match (place.district(), place.subdistrict()) {
        (Some(district), Some(subdistrict)) => {
            json!({"subdistrict": subdistrict, "district": district, "province": place.iso()})
        }
        (Some(district), None) => json!({"district": district, "province": place.iso()}),
        (None, _) => json!(place.iso()),
    }
}

/// In the form of the expectation, which names the category only of some.
fn identity(text: &str, expected: &Value) -> Value {
    let found = identifier::find(text);
    assert_eq!(found.len(), 1, "{text}");
    let hidden = identifier::replaced(text, |_| "[ID]".into()).unwrap();
    if expected.get("found").is_some() {
        return json!({"found": found.len(), "output": hidden});
    }
    assert_eq!(hidden, "[ID]", "{text}");
    let Kind::National(shape) = found[0].kind else { panic!("{text}: {:?}", found[0].kind) };
    let mut out = json!({"valid": matches!(shape, Shape::Valid(_))});
    match shape {
        Shape::Valid(category) if expected.get("category").is_some() => {
            out["category"] = json!(match category {
                Category::NoRegistrationStatus => "no_registration_status (0, digits 6-7 = 89)",
                Category::ThaiRegisteredOnTime => "thai_registered_on_time",
                Category::InRegister1984 => "thai_or_alien_in_register_1984",
                Category::AddedLater => "thai_added_later",
                Category::LawfulAlienOrNaturalised => "lawful_alien_or_naturalised",
                other => panic!("{text}: {other:?}"),
            });
        }
        Shape::Valid(_) => {}
        Shape::BadChecksum => out["flag"] = json!("bad_checksum"),
        Shape::LeadingZerosLost => {
            out["flag"] = json!("leading_zeros_lost");
            out["restored"] = json!(found[0].key);
        }
        Shape::ScientificNotation => out["flag"] = json!("scientific_notation"),
    }
    out["output"] = json!("REDACTED");
    out
}

/// The Thai fiscal year as it is spoken of: named after the Buddhist year in which it ends.
fn fiscal(text: &str) -> String {
    let day: Date = text.parse().unwrap();
    let mut period = Period::parse("FY2000-Q1").unwrap();
    while period.last_day() < day {
        period = period.next();
    }
    let id = period.id();
    let (year, quarter) = id.trim_start_matches("FY").split_once('-').unwrap();
    format!("FY{} {quarter}", year.parse::<i32>().unwrap() + 543)
}

/// The expected number itself where ours is the same but for the rounding of the last digits.
fn probability(text: &str, expected: &Value) -> Value {
    let found = zawgyi::zawgyi_probability(text);
    let wanted: f64 = expected["p_zawgyi"].as_str().unwrap().parse().unwrap();
    let same = found == wanted || (found - wanted).abs() <= 1e-6 * wanted.abs().max(1e-300);
    assert!(same, "{text}: {found} and not {wanted}");
    expected.clone()
}
