//! What a reader of a run directory holds in hand: every cell of its tables, and every text.

use groundwork::table::Table;
use std::collections::BTreeMap;
use std::path::Path;

/// Which cell: indicator, site, period, dimension, category.
pub(super) type Key = [String; 5];

/// A cell as `indicators.csv` has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    pub(super) first: String,
    pub(super) last: String,
    pub(super) status: String,
    pub(super) numerator: Option<f64>,
    pub(super) denominator: Option<f64>,
    pub(super) n: Option<f64>,
    pub(super) figures: Vec<String>,
}

/// The cells of a run.
pub(super) fn cells(out: &Path) -> Result<BTreeMap<Key, Cell>, String> {
    let names = ["indicator", "site", "period", "dimension", "category"];
    let more = ["period_start", "period_end", "status"];
    let figures = ["numerator", "denominator", "n", "value", "lower", "upper", "achievement", "progress"];
    let wanted: Vec<String> = names.iter().chain(&more).chain(&figures).map(|n| (*n).to_owned()).collect();
    let mut cells = BTreeMap::new();
    for row in Table::read(&out.join("indicators.csv"))?.only(&wanted)? {
        let key: Key = row[..5].to_vec().try_into().map_err(|_| "a short row")?;
        let number = |at: usize| row[at].parse::<f64>().ok();
        let cell = Cell {
            first: row[5].clone(),
            last: row[6].clone(),
            status: row[7].clone(),
            numerator: number(8),
            denominator: number(9),
            n: number(10),
            figures: row[8..].to_vec(),
        };
        if cell.status == "withheld" && cell.figures.iter().any(|f| !f.is_empty()) {
            return Err(format!("{key:?} is withheld and has figures"));
        }
        cells.insert(key, cell);
    }
    Ok(cells)
}

/// How many rows of each source count, as the manifest says.
pub(super) fn rows(out: &Path) -> Result<BTreeMap<String, f64>, String> {
    let text = std::fs::read_to_string(out.join("manifest.json")).map_err(|e| e.to_string())?;
    let manifest: serde_json::Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let sources = manifest["sources"].as_array().cloned().unwrap_or_default();
    let kept = |source: &serde_json::Value| {
        Some((source["id"].as_str()?.to_owned(), source["rows"]["kept"].as_f64()?))
    };
    Ok(sources.iter().filter_map(kept).collect())
}

/// The Parquet file says what the CSV file says, row by row and figure by figure.
pub(super) fn parquet_is_the_same(out: &Path) -> Result<usize, String> {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::Field;
    let bytes = std::fs::read(out.join("indicators.parquet")).map_err(|e| e.to_string())?;
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).map_err(|e| e.to_string())?;
    let csv = Table::read(&out.join("indicators.csv"))?;
    let mut rows = 0;
    for row in reader.get_row_iter(None).map_err(|e| e.to_string())? {
        let row = row.map_err(|e| e.to_string())?;
        let said = csv.rows.get(rows).ok_or("indicators.parquet has more rows than indicators.csv")?;
        rows += 1;
        for (at, (name, field)) in row.get_column_iter().enumerate() {
            let text = &said[at];
            let same = match field {
                Field::Null => text.is_empty(),
                Field::Str(word) => word == text || text.strip_prefix('\'') == Some(word),
                Field::Double(number) => {
                    text.parse::<f64>().is_ok_and(|t| (t - number).abs() <= 1e-9 * number.abs().max(1.0))
                }
                Field::Long(number) => text.parse() == Ok(*number),
                // A date; it is no figure.
                _ => true,
            };
            if !same {
                return Err(format!("row {rows}: {name} is {field} in Parquet and {text} in CSV"));
            }
        }
    }
    if rows == csv.rows.len() { Ok(rows) } else { Err(format!("{rows} rows of {}", csv.rows.len())) }
}
