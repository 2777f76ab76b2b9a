//! Comparing a run directory with the truth that the generator wrote.

use crate::table::Table;
use serde_json::Value;
use std::path::Path;

/// Compares every true count with `indicators.csv`; gives how many were compared. A count that
/// the disclosure policy withholds cannot be compared, so the run must be for an internal
/// audience, where nothing is withheld.
pub fn compare(run: &Path, truth: &Path) -> Result<usize, String> {
    let table = Table::read(&run.join("indicators.csv"))?;
    let text = std::fs::read(truth).map_err(|e| format!("{}: {e}", truth.display()))?;
    let truth: Value = serde_json::from_slice(&text).map_err(|e| e.to_string())?;
    let counts = &truth["counts"];
    let mut compared = 0;
    let mut wrong = Vec::new();
    let mut check =
        |indicator: &str, row: &Value, category: &str, column: &str, wanted: &Value| -> Result<(), String> {
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let dimension = if category.is_empty() { "" } else { "sex" };
            let (site, period) = (text("site"), text("period"));
            let keys = [
                ("indicator", indicator),
                ("site", &site),
                ("period", &period),
                ("dimension", dimension),
                ("category", category),
            ];
            let found = table.get(&keys, column)?;
            let status = table.get(&keys, "status")?;
            let wanted = wanted.as_u64().ok_or("a count of the truth is not a whole number")?;
            // What was never recorded is not zero; the truth says 0 there.
            let same = if wanted == 0 && status == "no_data" { true } else { found == wanted.to_string() };
            if !same {
                wrong.push(format!(
                    "{indicator} {site} {period} {category} {column}: {found} ({status}), truth {wanted}"
                ));
            }
            compared += 1;
            Ok(())
        };
    let rows = |name: &str| counts[name].as_array().cloned().unwrap_or_default();
    for row in rows("reach") {
        check("reach", &row, row["sex"].as_str().unwrap_or_default(), "numerator", &row["people"])?;
    }
    for row in rows("volunteer_multiplier") {
        check("volunteer_multiplier", &row, "", "numerator", &row["people_reached_by_volunteers"])?;
        check("volunteer_multiplier", &row, "", "denominator", &row["volunteers_trained"])?;
        check("active_volunteer_multiplier", &row, "", "denominator", &row["volunteers_active"])?;
    }
    for row in rows("livelihood_self_sufficiency") {
        check("livelihood_self_sufficiency", &row, "", "numerator", &row["self_sufficient"])?;
        check("livelihood_self_sufficiency", &row, "", "denominator", &row["families_long_enough"])?;
    }
    for row in rows("registration_completion") {
        check("registration_completion", &row, "", "numerator", &row["completed"])?;
        check("registration_completion", &row, "", "denominator", &row["mature"])?;
    }
    if compared == 0 {
        return Err("the truth holds no counts".into());
    }
    if wrong.is_empty() { Ok(compared) } else { Err(wrong.join("\n")) }
}
