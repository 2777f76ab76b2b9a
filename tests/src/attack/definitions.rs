//! What a reader learns from the pipeline that travels inside every report: who is counted in each
//! indicator, written from the reference page of the language and from nothing else.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Who {
    /// Rows of a source, or people by a column of it.
    pub(super) of: String,
    pub(super) from: String,
    /// What decides the period and the site.
    pub(super) by: String,
    /// What has to hold.
    pub(super) holds: BTreeSet<String>,
    pub(super) time: Time,
}

/// Which of them belong to a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Time {
    /// Those of its days.
    Within,
    /// All until its end.
    ToDate,
    /// Something that periods cannot be compared by.
    Own,
}

impl Who {
    /// Whether each of them is in one period, at one site and in one category only.
    pub(super) fn adds_up(&self) -> bool {
        self.of == ROWS
    }
}

/// Each row is one.
pub(super) const ROWS: &str = "rows";

/// An indicator about people.
#[derive(Debug, Clone, Default)]
pub(super) struct Definition {
    /// Those in the numerator, and those in the denominator, where they are people.
    pub(super) above: Option<Who>,
    pub(super) below: Option<Who>,
    /// Whether the numerator is a part of the denominator.
    pub(super) part: bool,
    /// A dimension of its own: its name, categories that add up to the denominator, and categories
    /// of which each holds the next.
    pub(super) own: Option<(String, Vec<String>, Vec<String>)>,
    /// Whether it says something that protects people in a case.
    pub(super) sensitive: bool,
    /// The threshold of an exception that somebody answers for.
    pub(super) excepted: Option<f64>,
}

/// The indicators about people of a pipeline, and its columns that protect people in a case.
pub(super) fn read(pipeline: &str) -> Result<(BTreeMap<String, Definition>, Vec<String>), String> {
    let whole: Value = serde_saphyr::from_str(pipeline).map_err(|e| format!("the pipeline: {e}"))?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let sensitive: Vec<String> = list(&whole["disclosure"]["sensitive"]).iter().filter_map(text).collect();
    let indicators = whole["indicators"].as_object().ok_or("the pipeline has no indicators")?;
    let exceptions = whole["disclosure"]["exceptions"].as_object();
    let exceptions: Vec<&Value> = exceptions.into_iter().flat_map(|all| all.values()).collect();
    let known = known_answers(indicators);
    let mut out = BTreeMap::new();
    for (name, said) in indicators.iter().filter(|(_, said)| said["people"] != Value::Bool(false)) {
        let Some(mut definition) = definition(name, said) else { continue };
        let named = |exception: &&&Value| list(&exception["indicators"]).iter().any(|i| i == name);
        definition.excepted =
            exceptions.iter().find(named).and_then(|exception| exception["threshold"].as_f64());
        for who in [definition.above.as_mut(), definition.below.as_mut()].into_iter().flatten() {
            for (condition, answered) in &known {
                if condition.is_subset(&who.holds) {
                    who.holds.insert(answered.clone());
                }
            }
            let names = |condition: &String| sensitive.iter().any(|column| mentions(condition, column));
            definition.sensitive |= who.holds.iter().any(names);
        }
        out.insert(name.clone(), definition);
    }
    Ok((out, sensitive))
}

fn mentions(condition: &str, column: &str) -> bool {
    condition.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == column)
}

/// Of whom something holds, of those it is known.
fn known_answers(indicators: &serde_json::Map<String, Value>) -> Vec<(BTreeSet<String>, String)> {
    let proportions = indicators.values().filter(|said| said["kind"] == "proportion");
    let known = proportions.filter_map(|said| Some((conditions(&said["numerator"]), answered(said)?)));
    known.filter(|(condition, _)| !condition.is_empty()).collect()
}

/// That a row is not left out of a proportion.
fn answered(said: &Value) -> Option<String> {
    let asked = said["numerator"].as_str()?.to_owned();
    match said["missing"].as_str() {
        Some("zero") => None,
        Some("skip_if_all") => Some(format!("a part of {asked} is known")),
        _ => Some(format!("{asked} is known")),
    }
}

fn definition(name: &str, said: &Value) -> Option<Definition> {
    let word = |key: &str| said[key].as_str().unwrap_or_default().to_owned();
    let who = |of: &str| who(of, said);
    let rows = |more: &str| {
        let mut rows = who(ROWS);
        rows.holds.insert(format!("{more} is known ({})", word("missing")));
        rows
    };
    let own = |part: &str| Who {
        of: format!("{part} of {name}"),
        from: String::new(),
        by: String::new(),
        holds: BTreeSet::new(),
        time: Time::Own,
    };
    let mut out = Definition::default();
    match said["kind"].as_str()? {
        "count" => out.above = Some(who(ROWS)),
        "distinct_count" => out.above = Some(who(&word("of"))),
        "cascade" => {
            let mut all = who(&word("of"));
            all.holds.insert(format!("led by one of {name}"));
            out.above = Some(all);
        }
        "sum" | "mean" | "median" | "quantile" => out.below = Some(rows(&word("of"))),
        "change" => out.below = Some(rows(&format!("{} and {}", word("before"), word("after")))),
        "index" => out.below = Some(rows(&said["items"].to_string())),
        "proportion" => {
            let of = said["of"].as_str().unwrap_or(ROWS);
            let mut below = who(of);
            below.holds.extend(answered(said));
            let mut above = below.clone();
            above.holds.extend(conditions(&said["numerator"]));
            if word("numerator").contains("period_") {
                (above.time, below.time) = (Time::Own, Time::Own);
            }
            (out.above, out.below, out.part) = (Some(above), Some(below), true);
        }
        "completion" => {
            let mut below = who(ROWS);
            below.by = format!("{} + {} at {}", word("entered"), word("within"), word("site_by"));
            // The gate does not set cohorts against other periods (README, what it does not do yet),
            // and the attacker would find them.
            below.time = Time::Own;
            let list = said["steps"].as_array().cloned().unwrap_or_default();
            let steps: Vec<String> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            let last = steps.last()?.clone();
            let mut above = below.clone();
            above.holds.insert(format!("step = {last}"));
            let parts = vec![last, "exited".to_owned(), "waiting".to_owned()];
            out.own = Some(("step".into(), parts, steps));
            (out.above, out.below, out.part) = (Some(above), Some(below), true);
        }
        "ratio" => (out.above, out.below) = (side(&said["numerator"]), side(&said["denominator"])),
        "rate" => out.above = side(&said["events"]),
        "sustained" | "concentration" => {
            let mut above = own("everyone");
            above.holds.insert("in the numerator".into());
            (out.above, out.below, out.part) = (Some(above), Some(own("everyone")), true);
        }
        "stock" => out.below = Some(own("keys")),
        "union" => out.above = Some(own("figures")),
        // Formulas count nobody themselves.
        _ => return None,
    }
    Some(out)
}

/// A side of a ratio; none where it is an amount.
fn side(said: &Value) -> Option<Who> {
    if !said.is_object() || !said["sum"].is_null() {
        return None;
    }
    let mut who = who(said["distinct"].as_str().unwrap_or(ROWS), said);
    // Nor sides to date against earlier periods.
    if who.time == Time::ToDate {
        who.time = Time::Own;
    }
    Some(who)
}

fn who(of: &str, said: &Value) -> Who {
    let word = |key: &str| said[key].as_str().unwrap_or_default();
    let time = match word("window") {
        _ if word("where").contains("period_") => Time::Own,
        "to_date" => Time::ToDate,
        _ => Time::Within,
    };
    Who {
        of: of.to_owned(),
        from: word("from").to_owned(),
        by: format!("{} at {}", word("period_by"), word("site_by")),
        holds: conditions(&said["where"]),
        time,
    }
}

/// The parts of a condition that are joined by `and` alone.
fn conditions(said: &Value) -> BTreeSet<String> {
    let text = match said {
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        _ => return BTreeSet::new(),
    };
    let apart = !text.contains(" or ") && !text.contains('(') && !text.contains(" between ");
    if apart { text.split(" and ").map(str::to_owned).collect() } else { BTreeSet::from([text]) }
}
