//! Comparing a run directory with the truth that the generator wrote.

use groundwork::table::Table;
use serde_json::Value;
use std::path::Path;

/// Relative difference that the six decimals of `indicators.csv` leave.
const ROUNDING: f64 = 1e-6;

/// The truth counts exposure in days, the pipeline in years of the Gregorian calendar.
const DAYS_A_YEAR: f64 = 365.2425;

/// Compares every true number with `indicators.csv`; gives how many were compared. A number that
/// the disclosure policy withholds cannot be compared, so the run must be for an internal
/// audience, where nothing is withheld.
pub fn compare(run: &Path, truth: &Path) -> Result<usize, String> {
    let table = Table::read(&run.join("indicators.csv"))?;
    let text = std::fs::read(truth).map_err(|e| format!("{}: {e}", truth.display()))?;
    let truth: Value = serde_json::from_slice(&text).map_err(|e| e.to_string())?;
    let mut compared = 0;
    let mut wrong = Vec::new();
    for cell in truth["cells"].as_array().into_iter().flatten() {
        let text = |key: &str| cell[key].as_str().unwrap_or_default();
        let keys = ["indicator", "site", "period", "dimension", "category"].map(|key| (key, text(key)));
        let status = table.get(&keys, "status")?;
        for column in ["numerator", "denominator", "value", "lower", "upper"] {
            let Some(mut wanted) = cell[column].as_f64() else {
                continue;
            };
            if text("indicator") == "volunteer_departures" && column == "denominator" {
                wanted /= DAYS_A_YEAR;
            }
            let found = table.get(&keys, column)?;
            let same = match found.parse::<f64>() {
                Ok(found) => (found - wanted).abs() <= ROUNDING * wanted.abs().max(1.0),
                // What was never recorded is not zero; the truth says 0 there.
                Err(_) => wanted == 0.0 && status != "published",
            };
            if !same {
                let place = keys.map(|(_, value)| value).join(" ");
                wrong.push(format!("{place} {column}: {found} ({status}), truth {wanted}"));
            }
            compared += 1;
        }
    }
    if compared == 0 {
        return Err("the truth holds no numbers".into());
    }
    if wrong.is_empty() { Ok(compared) } else { Err(wrong.join("\n")) }
}
