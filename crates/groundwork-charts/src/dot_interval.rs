//! Dots with intervals: sites against indicators, and beside them what the sites differ by.
//!
//! Whether two sites differ cannot be read off the overlap of their intervals, so the difference
//! has a panel and an interval of its own.

mod alt;
mod layout;
mod paint;

use crate::figure::{About, ChartSite, Figure};
use crate::table::{Shown, Summary, Table, cell, contrast};
use groundwork_disclosure::{CellKey, Released, Status};
use groundwork_plan::number::Unit;

/// The most sites and rows that are read as one picture.
const MOST_SITES: usize = 4;
const MOST_ROWS: usize = 15;

/// Sites against indicators, with intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct DotInterval {
    /// Title, description, language, width.
    pub about: About,
    /// The unit of every value.
    pub unit: Unit,
    /// The title of the panel of values: `Share of households`.
    pub value_title: String,
    /// The title of the panel of differences: `Difference, points`. Without it there is no such
    /// panel, and the values are written out beside the dots.
    pub difference_title: Option<String>,
    /// The sites, in the order in which each row shows them.
    pub sites: Vec<ChartSite>,
    /// The rows, from the top.
    pub rows: Vec<DotRow>,
    /// Whether the rows are put in the order of their difference, the largest first and those
    /// without one last.
    pub by_difference: bool,
    /// Whether the numbers of cases are written below the label of a row, in the order of the
    /// sites, for up to three of them.
    pub with_n: bool,
}

/// One row of a [`DotInterval`].
#[derive(Debug, Clone, PartialEq)]
pub struct DotRow {
    /// What the row is about.
    pub label: String,
    /// The cell of each site, in the order of the sites.
    pub cells: Vec<CellKey>,
    /// What is compared, and the reference.
    pub contrast: Option<(CellKey, CellKey)>,
}

/// A row after its numbers are looked up, with the height of each of its parts.
struct Row<'a> {
    label: Vec<String>,
    note: Vec<String>,
    spec: &'a DotRow,
    cells: Vec<Shown>,
    contrast: Option<Shown>,
    /// Words for what is not shown, for each site.
    words: Vec<Vec<String>>,
    contrast_words: Vec<String>,
    /// Height of each site's part, and of the row, in points.
    parts: Vec<f64>,
    height: f64,
}

impl DotInterval {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let (mut rows, summary) = self.read(released);
        let layout = self.layout(&rows, summary);
        self.measure(&mut rows, &layout);
        let direct = self.direct_labels(&rows, &layout);
        let canvas = self.paint(&rows, &layout, direct.as_ref());
        let alt = self.describe(&rows, summary);
        Figure::new(canvas.finish(), &self.about, &self.table(&rows, summary), alt)
            .at_most(MOST_SITES, self.sites.len(), "sites")
            .at_most(MOST_ROWS, self.rows.len(), "rows")
    }

    fn read<'a>(&'a self, released: &Released) -> (Vec<Row<'a>>, Summary) {
        let found: Vec<_> = self
            .rows
            .iter()
            .map(|row| {
                let keys = row.contrast.as_ref().filter(|_| self.difference_title.is_some());
                keys.map(|keys| contrast(released, keys, &self.unit))
            })
            .collect();
        let known = || found.iter().flatten();
        let summary = known()
            .find(|(shown, _)| shown.reading().is_some())
            .or_else(|| known().find(|(_, summary)| summary.is_some()))
            .and_then(|(_, summary)| *summary)
            .unwrap_or(Summary::Difference);
        let mut rows: Vec<Row> = self
            .rows
            .iter()
            .zip(found)
            .map(|(row, compared)| Row {
                label: Vec::new(),
                note: Vec::new(),
                spec: row,
                cells: (0..self.sites.len())
                    .map(|i| match row.cells.get(i) {
                        Some(key) => cell(released, key, &self.unit),
                        None => Shown::Hidden(Status::NoData),
                    })
                    .collect(),
                // One axis cannot hold differences and ratios.
                contrast: compared.map(|(shown, of)| match (&shown, of) {
                    (Shown::Value(_), Some(of)) if of != summary => Shown::Hidden(Status::Undefined),
                    _ => shown,
                }),
                words: Vec::new(),
                contrast_words: Vec::new(),
                parts: Vec::new(),
                height: 0.0,
            })
            .collect();
        if self.by_difference {
            let gap = |row: &Row| row.contrast.as_ref().and_then(Shown::reading).map(|r| r.value);
            rows.sort_by(|a, b| match (gap(a), gap(b)) {
                (Some(a), Some(b)) => b.total_cmp(&a),
                (a, b) => b.is_some().cmp(&a.is_some()),
            });
        }
        (rows, summary)
    }

    fn table(&self, rows: &[Row], summary: Summary) -> Table {
        let mut table = Table::default();
        for row in rows {
            for (key, shown) in row.spec.cells.iter().zip(&row.cells) {
                table.cell(&row.spec.label, key, *shown, &self.unit);
            }
            if let (Some(keys), Some(shown)) = (&row.spec.contrast, row.contrast) {
                table.contrast(&row.spec.label, keys, shown, &self.unit, summary);
            }
        }
        table
    }
}
