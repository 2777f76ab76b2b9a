//! `people.csv`: how it was found out who is who, in numbers that a person can read.

use super::people::PeopleFound;
use super::quality::pooled;
use super::tables::Table;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::number::format_exact;

/// The table; nothing where no step found anything.
pub(super) fn people_csv(found: &[PeopleFound], threshold: u64) -> Result<Option<Vec<u8>>, Diagnostic> {
    if found.is_empty() {
        return Ok(None);
    }
    let mut table =
        Table::new(&["people", "section", "item", "level", "value", "among_same", "among_different"])?;
    for step in found {
        let mut row = |section: &str, item: &str, level: &str, value: String, shares: Option<(f64, f64)>| {
            let share = |share: Option<f64>| share.map(format_exact).unwrap_or_default();
            table.row([
                step.id.clone(),
                section.to_owned(),
                item.to_owned(),
                level.to_owned(),
                value,
                share(shares.map(|(m, _)| m)),
                share(shares.map(|(_, u)| u)),
            ])
        };
        let (told, reach) = (&step.told, &step.reach);
        for (item, value) in [
            ("rows", told.rows),
            ("different_rows", told.records),
            ("lower", reach.lower),
            ("upper", reach.upper),
            ("exact", told.exact),
            ("unlinkable_rows", told.unlinkable),
            ("keys_left_out", told.keys_left_out),
        ] {
            row("reach", item, "", value.to_string(), None)?;
        }
        row("reach", "expected", "", format_exact(reach.expected), None)?;
        if let Some((rows, numbers)) = told.identifiers {
            row("reach", "rows_with_identifier", "", rows.to_string(), None)?;
            row("reach", "different_identifiers", "", numbers.to_string(), None)?;
        }
        for at in &reach.at {
            let level = format_exact(at.threshold);
            row("thresholds", "people", &level, at.unique.to_string(), None)?;
            for (item, share) in [("expected_precision", at.precision), ("expected_recall", at.recall)] {
                row("thresholds", item, &level, share.map(format_exact).unwrap_or_default(), None)?;
            }
        }
        for comparison in &told.comparisons {
            for ((level, m, u), bits) in comparison.levels.iter().zip(comparison.bits()) {
                row("weights", &comparison.field, level, format_exact(bits), Some((*m, *u)))?;
            }
        }
        for (rule, pairs) in &told.rules {
            row("pairs", rule, "", pairs.to_string(), None)?;
        }
        for rule in &told.taught_by {
            row("taught_by", rule, "", String::new(), None)?;
        }
        for (rows, people) in pooled(&told.sizes, threshold) {
            row("sizes", "people", &rows, people.to_string(), None)?;
        }
        let (decisions, lost) = told.decisions;
        row("decisions", "taken", "", (decisions - lost).to_string(), None)?;
        row("decisions", "of_records_not_there", "", lost.to_string(), None)?;
        for warning in &told.warnings {
            row("warnings", warning, "", String::new(), None)?;
        }
    }
    table.finish().map(Some)
}
