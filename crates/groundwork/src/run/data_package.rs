//! `datapackage.json`: what the tables of a run hold, column by column, in a form that programs know
//! (Data Package 2.0). Written after the last look, because it holds hashes.

use crate::files::{Folder, sha256};
use groundwork_plan::plan::Plan;
use serde_json::{Map, Value, json};

pub(super) const NAME: &str = "datapackage.json";

/// Name, type and meaning of a column.
type Column = (&'static str, &'static str, &'static str);

/// A table: file, title, columns.
struct Described {
    name: &'static str,
    title: &'static str,
    columns: &'static [Column],
}

const TABLES: [Described; 5] = [
    Described {
        name: "adaptations",
        title: "How the model was adapted, in the fields of FRAME",
        columns: &ADAPTATIONS,
    },
    Described {
        name: "indicators",
        title: "Every number: one row for each indicator, site, period and category",
        columns: &INDICATORS,
    },
    Described { name: "estimates", title: "What evaluations estimate", columns: &ESTIMATES },
    Described { name: "issues", title: "What the checks found, never with a value", columns: &ISSUES },
    Described {
        name: "disclosure",
        title: "What is withheld, why, and how far a reader could narrow it down",
        columns: &DISCLOSURE,
    },
];

const INDICATORS: [Column; 22] = [
    ("indicator", "string", "The identifier of the indicator"),
    ("site", "string", "The identifier of the site; empty for all sites together"),
    ("period", "string", "The period: 2021-Q4, 2021-11, 2021, FY2022; M001-M012 since a site opened"),
    ("period_start", "date", "Its first day"),
    ("period_end", "date", "Its last day, which is part of it"),
    ("dimension", "string", "What the row is divided by; empty for a total; crossings as sex × age"),
    ("category", "string", "Which part of it; crossings as female × 10–14"),
    ("numerator", "number", "What is counted or added up"),
    ("denominator", "number", "What it is divided by"),
    ("value", "number", "The value; shares are fractions"),
    ("lower", "number", "Lower limit of the interval"),
    ("upper", "number", "Upper limit of the interval"),
    ("level", "number", "Level of the interval, a fraction"),
    ("method", "string", "How value and interval were obtained"),
    ("n", "integer", "Units that the value rests on"),
    ("unit", "string", "share, count, ratio, score, or the unit of an amount"),
    ("status", "string", "published, withheld, no_data, undefined or refused"),
    ("reason", "string", "Why it is not simply published"),
    ("baseline", "number", "The value at the start"),
    ("target", "number", "What should be reached in the period"),
    ("achievement", "number", "Value ÷ target, where more is better"),
    ("progress", "number", "(Value − baseline) ÷ (target − baseline)"),
];

const ESTIMATES: [Column; 21] = [
    ("evaluation", "string", "The identifier of the evaluation"),
    ("indicator", "string", "The indicator, or the column that is the outcome"),
    ("estimand", "string", "What is estimated"),
    ("term", "string", "Which part of it"),
    ("contrast", "string", "What is set against what"),
    ("estimate", "number", "The estimate"),
    ("std_error", "number", "Its standard error"),
    ("lower", "number", "Lower limit of the interval"),
    ("upper", "number", "Upper limit of the interval"),
    ("level", "number", "Level of the interval, a fraction"),
    ("statistic", "number", "Test statistic"),
    ("df", "number", "Degrees of freedom"),
    ("p_value", "number", "Two-sided p-value"),
    ("p_adjusted", "number", "The same, adjusted for the other tests of the evaluation"),
    ("n", "integer", "Units behind it"),
    ("n_clusters", "integer", "Clusters behind it"),
    ("method", "string", "The method"),
    ("verdict", "string", "adapted, worse, inconclusive or not_supported"),
    ("status", "string", "published, withheld, no_data, undefined or refused"),
    ("reason", "string", "Why it is not simply published, or what must be told beside it"),
    ("plan_item", "string", "How it stands to the locked analysis plan"),
];

const ISSUES: [Column; 8] = [
    ("source", "string", "The source"),
    ("file", "string", "The export"),
    ("sheet", "string", "The worksheet"),
    ("row", "integer", "The row in the file"),
    ("column", "string", "The column"),
    ("check", "string", "The rule"),
    ("severity", "string", "How bad it is"),
    ("action", "string", "What was done: row_set_aside, value_missing, kept or stopped"),
];

const ADAPTATIONS: [Column; 15] = [
    ("site", "string", "The identifier of the site"),
    ("adaptation", "string", "The identifier of the adaptation"),
    ("on", "string", "Its day"),
    ("stage", "string", "When in the life of the programme"),
    ("planned", "string", "Whether it was planned"),
    ("decided_by", "string", "Who decided"),
    ("what", "string", "What was modified"),
    ("level", "string", "For whom"),
    ("nature", "string", "How"),
    ("consistent", "string", "Whether the core stayed"),
    ("goal", "string", "What for"),
    ("reason", "string", "What led to it"),
    ("component", "string", "The core component that it touches"),
    ("description", "string", "In words"),
    ("moves", "string", "The indicators that it was meant to move"),
];

const DISCLOSURE: [Column; 9] = [
    ("indicator", "string", "The identifier of the indicator"),
    ("site", "string", "The identifier of the site; empty for all sites together"),
    ("period", "string", "The period"),
    ("dimension", "string", "What the row is divided by; empty for a total"),
    ("category", "string", "Which part of it"),
    ("reason", "string", "Why it is withheld"),
    ("threshold", "integer", "The smallest count that is published here"),
    ("at_least", "number", "What a reader could know it to be at least"),
    ("at_most", "number", "What a reader could know it to be at most"),
];

/// The description of the tables among the files of a run.
pub(super) fn describe(plan: &Plan, run_id: &str, files: &Folder) -> Vec<u8> {
    let mut resources: Vec<Value> = Vec::new();
    for table in &TABLES {
        for ending in ["csv", "parquet"] {
            let path = format!("{}.{ending}", table.name);
            if let Some(bytes) = files.get(&path) {
                resources.push(resource(table, ending, &path, bytes));
            }
        }
    }
    let package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        // The day of the exports: nothing here reads the clock.
        "created": format!("{}T00:00:00Z", plan.calendar.as_of),
        "description": format!("Run {run_id} of groundwork. An empty cell is no number; it is never zero."),
        "name": plan.programme.id.to_lowercase(),
        "resources": resources,
        "title": plan.programme.title.en,
        "version": run_id,
    });
    let mut text = serde_json::to_vec_pretty(&package).unwrap_or_default();
    text.push(b'\n');
    text
}

fn resource(table: &Described, ending: &str, path: &str, bytes: &[u8]) -> Value {
    let fields: Vec<Value> = table
        .columns
        .iter()
        .map(|(name, kind, about)| json!({"description": about, "name": name, "type": kind}))
        .collect();
    let mut schema = Map::new();
    schema.insert("fields".into(), json!(fields));
    schema.insert("missingValues".into(), json!([""]));
    let is_csv = ending == "csv";
    let mut out = json!({
        "bytes": bytes.len(),
        "format": ending,
        "hash": format!("sha256:{}", sha256(bytes)),
        "mediatype": if is_csv { "text/csv" } else { "application/vnd.apache.parquet" },
        "name": if is_csv { table.name.to_owned() } else { format!("{}-{ending}", table.name) },
        "path": path,
        "schema": schema,
        "title": table.title,
        "type": "table",
    });
    if let (true, Some(map)) = (is_csv, out.as_object_mut()) {
        map.insert("encoding".into(), json!("utf-8"));
    }
    out
}
