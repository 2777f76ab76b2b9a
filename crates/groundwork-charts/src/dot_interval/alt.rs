//! The description of a dot chart in words.

use super::{DotInterval, Row};
use crate::alt::{self, Description, Sentences};
use crate::catalogue::Phrase;
use crate::table::{Shown, Summary};

impl DotInterval {
    /// Describes the chart: the values of every row, extremes and order, and what is not shown.
    pub(super) fn describe(&self, rows: &[Row], summary: Summary) -> Description {
        let mut out = Sentences::new(&self.about);
        let language = self.about.language;
        let cells = || rows.iter().flat_map(|row| &row.cells);
        let level = alt::level(cells().chain(rows.iter().filter_map(|row| row.contrast.as_ref())));
        out.opening(Phrase::DotChart, level);
        // Of several rows only one may have a difference to show.
        let shown =
            rows.iter().filter(|r| r.contrast.as_ref().is_some_and(|c| c.reading().is_some())).count();
        for (i, row) in rows.iter().enumerate() {
            let mut parts: Vec<String> = self
                .sites
                .iter()
                .zip(&row.cells)
                .map(|(site, shown)| alt::named(&site.name, shown, &self.unit, &self.about))
                .collect();
            if let Some(reading) = row.contrast.as_ref().and_then(Shown::reading) {
                let compared = alt::compared(reading, &self.unit, summary, language);
                if rows.len() == 1 {
                    out.stands_out(&compared);
                } else if shown == 1 {
                    out.stands_out(&format!("{}: {compared}", row.spec.label.trim()));
                }
                parts.push(compared);
            }
            out.row(i, &row.spec.label, &parts);
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
            if pairs.len() > 1 {
                let (higher, all) = (self.about.count(higher), self.about.count(pairs.len()));
                out.find(2, Phrase::HigherIn, &[&first.name, &second.name, &higher, &all]);
            }
        }
        out.hidden(cells());
        out.finish()
    }
}
