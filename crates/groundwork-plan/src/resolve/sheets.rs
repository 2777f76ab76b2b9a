//! The indicators of sheets join those of the pipeline file, so that what follows sees one list.

use crate::diag::Diagnostic;
use crate::indicator_sheet::{IndicatorsFrom, Sheets};
use crate::location::{Location, Span};
use crate::yaml::{Key, Node, Value};

/// Adds the indicators of the sheets to the tree of the pipeline; the file and how many it has.
pub(crate) fn join(
    root: &mut Node,
    sheets: &Sheets<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<(String, u64)> {
    let start = Span { start: root.span.start, end: root.span.start + 1 };
    let Value::Map(_) = &root.value else {
        return None;
    };
    let Some(from) = IndicatorsFrom::of(root) else {
        if root.get("indicators").is_none() && root.get("indicators_from").is_none() {
            problems.push(
                Diagnostic::pipeline("pipeline.missing-key", start, "the pipeline lacks the key `indicators`")
                    .hint("`indicators`: The measures, by identifier; or name a spreadsheet under `indicators_from`."),
            );
        }
        return None;
    };
    if sheets.is_empty() {
        let message = format!("the indicators of `{}` were not read", from.file);
        problems.push(Diagnostic::pipeline("indicator-sheet.not-read", from.span, message));
    }
    let mut written = sheets.read(from.span);
    problems.append(&mut written.problems);
    let rows = written.entries.len() as u64;
    let Value::Map(keys) = &mut root.value else {
        return None;
    };
    let at = match keys.iter().position(|(key, _)| key.name == "indicators") {
        Some(at) => at,
        None => {
            let key = Key { span: from.span, name: "indicators".to_owned() };
            keys.push((key, Node { span: from.span, value: Value::Nothing }));
            keys.len() - 1
        }
    };
    if let Some((_, indicators)) = keys.get_mut(at) {
        if let Value::Nothing = indicators.value {
            indicators.value = Value::Map(Vec::new());
        }
        if let Value::Map(all) = &mut indicators.value {
            for (key, node) in written.entries {
                match all.iter().find(|(known, _)| known.name == key.name) {
                    Some((known, _)) => problems.push(twice(&key, known.span, sheets)),
                    None => all.push((key, node)),
                }
            }
        }
    }
    Some((from.file, rows))
}

fn twice(key: &Key, first: Span, sheets: &Sheets<'_>) -> Diagnostic {
    let first = match sheets.located(Location::Pipeline(first)) {
        Location::Cell(place) => format!("in {place}"),
        Location::Pipeline(_) | Location::Export(_) | Location::CommandLine => "in the pipeline".to_owned(),
    };
    let message = format!("an indicator `{}` stands already {first}", key.name);
    Diagnostic::pipeline("indicator-sheet.id-twice", key.span, message)
        .hint("Give one of them another `id`, or leave one out; an `id` that begins with `#` is not read.")
}
