//! The description of a dot chart in words.

use super::{DotInterval, Row};
use crate::alt::{self, Sentences};
use crate::table::{Shown, Summary};

impl DotInterval {
    /// Describes the chart: the values of every row, extremes and order, and what is not shown.
    pub(super) fn describe(&self, rows: &[Row], summary: Summary) -> String {
        let words = &self.about.words;
        let mut out = Sentences::new(&self.about);
        let thai = out.thai();
        let cells = || rows.iter().flat_map(|row| &row.cells);
        let level = alt::level(cells().chain(rows.iter().filter_map(|row| row.contrast.as_ref())));
        out.opening("Dot chart", "แผนภูมิจุด", level);
        for (i, row) in rows.iter().enumerate() {
            let mut parts: Vec<String> = self
                .sites
                .iter()
                .zip(&row.cells)
                .map(|(site, shown)| alt::named(&site.name, shown, &self.unit, words))
                .collect();
            if let Some(reading) = row.contrast.as_ref().and_then(Shown::reading) {
                parts.push(alt::compared(reading, &self.unit, summary, thai));
            }
            let end = if thai { "" } else { "." };
            let text = format!("{}: {}{end}", row.spec.label.trim(), parts.join(", "));
            // The first row is the headline.
            out.add(if i == 0 { 1 } else { 3 }, text);
        }
        let values: Vec<(String, f64)> = rows
            .iter()
            .flat_map(|row| {
                self.sites.iter().zip(&row.cells).filter_map(|(site, shown)| {
                    let name = format!("{}, {}", row.spec.label.trim(), site.name);
                    Some((name.trim_end_matches(", ").to_owned(), shown.reading()?.value))
                })
            })
            .collect();
        out.extremes(&values, &self.unit);
        if let [first, second] = self.sites.as_slice() {
            let pairs: Vec<(f64, f64)> = rows
                .iter()
                .filter_map(|row| match row.cells.as_slice() {
                    [a, b] => Some((a.reading()?.value, b.reading()?.value)),
                    _ => None,
                })
                .collect();
            let higher = pairs.iter().filter(|(a, b)| a > b).count();
            let (all, a, b) = (pairs.len(), &first.name, &second.name);
            if all > 1 {
                out.add(
                    2,
                    if thai {
                        format!("{a} สูงกว่า {b} ใน {higher} จาก {all} แถว")
                    } else {
                        format!("{a} is higher than {b} in {higher} of {all} rows.")
                    },
                );
            }
        }
        out.hidden(cells());
        out.finish()
    }
}
