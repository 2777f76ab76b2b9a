//! Where the parts of a dot chart stand.

use super::{DotInterval, Row};
use crate::axis::Axis;
use crate::canvas::Type;
use crate::scaffold::{self, GAP};
use crate::scene::Anchor;
use crate::table::{Shown, Summary};
use crate::theme::SiteStyle;
use groundwork_plan::number::Unit;

/// Least distance of two sites in a row, in points.
pub(super) const PITCH: f64 = 12.0;
/// Room above and below the sites of a row together, in points.
const PAD: f64 = 10.0;
/// Room between the two panels, in points.
pub(super) const BETWEEN: f64 = 30.0;
/// Least width of the panel of differences, in points, as long as there is room.
const NARROWEST: f64 = 66.0;
/// Where things stand from left to right.
pub(super) struct Layout {
    pub(super) value: (f64, f64),
    pub(super) difference: Option<(f64, f64)>,
    /// Right end of the values written out.
    pub(super) column: Option<f64>,
    pub(super) axis: Axis,
    pub(super) difference_axis: Axis,
}
/// Where the name of each site stands beside its marks: row, place in points, anchor; nothing
/// for a site without a value.
pub(super) type Names = Vec<Option<(usize, f64, Anchor)>>;

impl DotInterval {
    pub(super) fn layout(&self, rows: &[Row], summary: Summary) -> Layout {
        let width = self.about.width();
        let readings = rows.iter().flat_map(|r| &r.cells).filter_map(Shown::reading);
        let axis = Axis::of_values(readings.flat_map(|r| r.extent()), &self.unit, self.about.language);
        let compared = rows.iter().filter_map(|r| r.contrast.as_ref()?.reading());
        let compared = compared.flat_map(|r| r.extent());
        let difference_axis = match summary {
            Summary::Difference => Axis::of_differences(compared, &self.unit, self.about.language),
            Summary::Ratio => Axis::of_ratios(compared, self.about.language),
        };
        let labels = rows.iter().flat_map(|row| {
            let label = Type::ROW.wrap(&row.spec.label, width * 0.34);
            let note = self.note(row).into_iter().map(|line| Type::SMALL.width(&line));
            label.into_iter().map(|line| Type::ROW.width(&line)).chain(note)
        });
        let label_width = labels.fold(0.0, f64::max);
        let half =
            |axis: &Axis| axis.ticks.last().map_or(0.0, |(_, text)| Type::SMALL.width(text) / 2.0 + 1.0);
        let left = if label_width > 0.0 { label_width + 11.0 } else { 8.0 };
        if self.difference_title.is_some() {
            let room = width - left - BETWEEN - half(&difference_axis);
            let split = left + f64::max(f64::min(room * 0.66, room - NARROWEST), room * 0.45);
            let difference = Some((split + BETWEEN, width - half(&difference_axis)));
            return Layout { value: (left, split), difference, column: None, axis, difference_axis };
        }
        let texts = rows.iter().flat_map(|r| &r.cells).filter_map(Shown::reading);
        let column =
            texts.map(|r| Type::VALUE.width(&r.text(&self.unit, self.about.language))).fold(0.0, f64::max);
        let beside = width - column - f64::max(12.0, half(&axis) + 4.0);
        let (right, column) = if column > 0.0 && beside - left >= 100.0 {
            (beside, Some(width))
        } else {
            (width - half(&axis), None)
        };
        Layout { value: (left, right), difference: None, column, axis, difference_axis }
    }

    /// Breaks labels and words into lines, and so finds the height of every row.
    pub(super) fn measure(&self, rows: &mut [Row], layout: &Layout) {
        let several = self.sites.len() > 1;
        let words = &self.about.words;
        for row in rows {
            row.label = Type::ROW.wrap(&row.spec.label, self.about.width() * 0.34);
            row.note = self.note(row);
            row.words = row
                .cells
                .iter()
                .zip(&self.sites)
                .map(|(shown, site)| match shown.hidden() {
                    Some(status) if several && !site.name.is_empty() => {
                        format!("{}: {}", site.name, words.get(status))
                    }
                    Some(status) => words.get(status).to_owned(),
                    None => String::new(),
                })
                .map(|text| match text.is_empty() {
                    true => Vec::new(),
                    false => scaffold::hidden_lines(&text, layout.value.1 - layout.value.0),
                })
                .collect();
            let compared = row.contrast.and_then(|shown| shown.hidden());
            row.contrast_words = match (compared, layout.difference) {
                (Some(status), Some((from, to))) => scaffold::hidden_lines(words.get(status), to - from),
                _ => Vec::new(),
            };
            row.parts =
                row.words.iter().map(|lines| f64::max(PITCH, Type::SMALL.height(lines) + 3.0)).collect();
            let label: f64 = Type::ROW.height(&row.label) + Type::SMALL.height(&row.note);
            let sites: f64 = row.parts.iter().sum();
            let compared = Type::SMALL.height(&row.contrast_words);
            row.height = f64::max(sites + PAD, f64::max(label, compared) + 6.0);
        }
    }

    /// The numbers of cases of a row, in the order of the sites.
    fn note(&self, row: &Row) -> Vec<String> {
        if !self.with_n || row.cells.iter().all(|shown| shown.reading().is_none()) {
            return Vec::new();
        }
        let count = |shown: &Shown| {
            shown.reading().map_or("–".to_owned(), |r| self.about.value(r.n as f64, &Unit::Count))
        };
        if row.cells.len() > 3 {
            return Vec::new();
        }
        let counts: Vec<String> = row.cells.iter().map(count).collect();
        Type::SMALL.wrap(&format!("n = {}", counts.join(" · ")), self.about.width() * 0.34)
    }

    /// Where the names of the sites can stand. `None` when one of them has no room anywhere; then
    /// there is a legend.
    pub(super) fn direct_labels(&self, rows: &[Row], layout: &Layout) -> Option<Names> {
        let (from, to) = layout.value;
        let place = |v: f64| {
            let (first, last) = layout.axis.ends;
            from + (v - first) / (last - first) * (to - from)
        };
        let whole = |row: &&Row| row.cells.iter().all(|shown| shown.reading().is_some());
        let first_whole = rows.iter().position(|row| whole(&row));
        let limit = if layout.difference.is_some() { to + BETWEEN - 8.0 } else { to };
        self.sites
            .iter()
            .enumerate()
            .map(|(i, site)| {
                let has = |row: &Row| row.cells.get(i).and_then(Shown::reading).is_some();
                let at = first_whole.or_else(|| rows.iter().position(has));
                let Some((at, row)) = at.and_then(|at| Some((at, rows.get(at)?))) else {
                    return Some(None);
                };
                let Some(reading) = row.cells.get(i).and_then(Shown::reading) else {
                    return Some(None);
                };
                let width = Type::site(&SiteStyle::of(site.role)).width(&site.name);
                let (lower, value, upper) = reading.ends();
                let right = f64::max(place(upper), place(value) + 4.0) + GAP;
                let left = f64::min(place(lower), place(value) - 4.0) - GAP;
                let others = row.cells.iter().filter_map(Shown::reading).map(|r| r.value);
                let highest = others.fold(value, f64::max) <= value;
                let fits_right = right + width <= limit;
                let fits_left = left - width >= from + 3.0;
                match (fits_right, fits_left) {
                    (true, false) => Some(Some((at, right, Anchor::Start))),
                    (true, true) if highest => Some(Some((at, right, Anchor::Start))),
                    (_, true) => Some(Some((at, left, Anchor::End))),
                    (false, false) => None,
                }
            })
            .collect()
    }
}
