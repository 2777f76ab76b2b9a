//! Indicator sheets: a worksheet, or a delimited text, that writes one indicator a row.
//!
//! The file is read elsewhere and comes here as cells. A row becomes the same tree as an indicator
//! in YAML, so that everything after it is checked and resolved once. The cells get byte ranges of
//! their own behind the text of the pipeline; in the end, a problem at such a range is given the
//! address of its cell.

mod cell;
mod header;

use crate::diag::Diagnostic;
use crate::language::INDICATOR;
use crate::location::{CellPlace, Location, Span};
use crate::shape::{Entry, Kinds, Shape};
use crate::site::spelling_key;
use crate::yaml::{Key, Node, Value};
use header::{Column, Headers};
use std::collections::BTreeMap;

/// The sheets that a pipeline takes indicators from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorsFrom {
    /// The file, relative to the folder of the pipeline.
    pub file: String,
    /// The worksheets of a workbook; the first one where it is empty.
    pub sheets: Vec<String>,
    /// The encoding of delimited text, as the Encoding Standard names it.
    pub encoding: Option<String>,
    /// Where the pipeline names the file.
    pub span: Span,
}

/// One sheet, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndicatorSheet {
    /// The file, as the pipeline names it.
    pub file: String,
    /// The worksheet, for workbooks.
    pub sheet: Option<String>,
    /// Every cell with something in it, row by row.
    pub cells: Vec<SheetCell>,
    /// Cells that were made one: the first and the last, each as row and column.
    pub merged: Vec<((u32, u32), (u32, u32))>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetCell {
    /// Its row, from 1.
    pub row: u32,
    /// Its column, from 1.
    pub column: u32,
    /// Its text.
    pub text: String,
    /// Whether a formula left an error in it.
    pub broken: bool,
}

/// Which sheets the text of a pipeline names. Nothing where it names none or cannot be read;
/// [`crate::resolve`] then says why.
pub fn indicators_from(text: &str) -> Option<IndicatorsFrom> {
    IndicatorsFrom::of(&crate::yaml::parse(text).ok()?)
}

impl IndicatorsFrom {
    pub(crate) fn of(root: &Node) -> Option<Self> {
        let node = root.get("indicators_from")?;
        let file = node.get("file").unwrap_or(node);
        let sheets = match node.text_at("sheet") {
            Some(sheet) => vec![sheet.to_owned()],
            None => node.texts_at("sheet"),
        };
        let encoding = node.text_at("encoding").map(str::to_owned);
        Some(Self { file: file.text()?.to_owned(), sheets, encoding, span: file.span })
    }
}

/// Sheets whose cells have byte ranges behind the text of a pipeline.
pub(crate) struct Sheets<'a> {
    sheets: Vec<(&'a IndicatorSheet, Vec<Placed<'a>>)>,
    /// Where each cell begins, in order.
    places: Vec<(usize, CellPlace)>,
}

/// A cell and its byte range.
#[derive(Debug, Clone, Copy)]
struct Placed<'a> {
    cell: &'a SheetCell,
    span: Span,
}

impl Placed<'_> {
    fn text(&self) -> &str {
        cell::trim(&self.cell.text)
    }
}

/// What a sheet leads to.
pub(crate) struct Written {
    /// The indicators as the YAML of a pipeline would have them.
    pub(crate) entries: Vec<(Key, Node)>,
    /// What is wrong with the sheet itself.
    pub(crate) problems: Vec<Diagnostic>,
}

impl<'a> Sheets<'a> {
    pub(crate) fn new(text: &str, sheets: &'a [IndicatorSheet]) -> Self {
        let mut start = text.len() + 1;
        let mut out = Self { sheets: Vec::new(), places: Vec::new() };
        for sheet in sheets {
            let mut placed = Vec::new();
            for cell in &sheet.cells {
                let span = Span { start, end: start + cell.text.len() };
                out.places.push((start, place(sheet, cell.row, cell.column)));
                placed.push(Placed { cell, span });
                start = span.end + 1;
            }
            out.sheets.push((sheet, placed));
        }
        out
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sheets.is_empty()
    }

    /// The address of the cell, for a range behind the text of the pipeline.
    pub(crate) fn located(&self, location: Location) -> Location {
        let Location::Pipeline(span) = location else {
            return location;
        };
        let after = self.places.partition_point(|(start, _)| *start <= span.start);
        match after.checked_sub(1).and_then(|at| self.places.get(at)) {
            Some((_, place)) => Location::Cell(place.clone()),
            None => location,
        }
    }

    /// The indicators of every sheet; `named` is where the pipeline names the file.
    pub(crate) fn read(&self, named: Span) -> Written {
        let mut written = Written { entries: Vec::new(), problems: Vec::new() };
        for (sheet, placed) in &self.sheets {
            written.sheet(sheet, placed, named);
        }
        written
    }
}

fn place(sheet: &IndicatorSheet, row: u32, column: u32) -> CellPlace {
    CellPlace { file: sheet.file.clone(), sheet: sheet.sheet.clone(), row, column }
}

impl Written {
    fn sheet(&mut self, sheet: &IndicatorSheet, placed: &[Placed<'_>], named: Span) {
        let mut rows: BTreeMap<u32, Vec<Placed<'_>>> = BTreeMap::new();
        for cell in placed.iter().filter(|p| p.cell.broken || !p.text().is_empty()) {
            rows.entry(cell.cell.row).or_default().push(*cell);
        }
        let headers = Headers::new();
        let is_id = |p: &Placed<'_>| matches!(headers.column(p.text()), Some(Column::Id));
        // What stands above the header, such as a title of the sheet, is not read.
        let Some((header_row, header)) = rows.iter().find(|(_, cells)| cells.iter().any(is_id)) else {
            let at = placed.first().map_or(named, |first| first.span);
            self.problems.push(
                Diagnostic::pipeline(
                    "indicator-sheet.no-id",
                    at,
                    format!("`{}` has no row with the header `id`", place(sheet, 1, 1).whole()),
                )
                .hint("Let the first row name the columns: `id`, `title`, `kind`, `source` and so on."),
            );
            return;
        };
        if self.merged(sheet, *header_row, placed) {
            return;
        }
        let columns = self.columns(&headers, header);
        for cells in rows.range(header_row + 1..).map(|(_, cells)| cells) {
            self.row(&columns, cells);
        }
    }

    /// Reports merged cells in the table; whether there are any.
    fn merged(&mut self, sheet: &IndicatorSheet, header: u32, placed: &[Placed<'_>]) -> bool {
        let mut found = false;
        for (first, last) in sheet.merged.iter().filter(|(_, last)| last.0 >= header) {
            let at = placed.iter().find(|p| (p.cell.row, p.cell.column) == *first);
            // Blank cells that were merged, such as a line under the table, hold nothing back.
            let Some(at) = at else { continue };
            let address = |(row, column)| place(sheet, row, column).address();
            let message = format!("the cells {}:{} are merged", address(*first), address(*last));
            self.problems.push(Diagnostic::pipeline("indicator-sheet.merged-cells", at.span, message).hint(
                "Take the merging away and write into each cell what is meant there: of merged cells, all but the first are empty. A header such as `target 2021-Q4` names a key and what stands below it.",
            ));
            found = true;
        }
        found
    }

    /// What the columns hold, by their number.
    fn columns(&mut self, headers: &Headers, header: &[Placed<'_>]) -> BTreeMap<u32, Column> {
        let mut out: BTreeMap<u32, Column> = BTreeMap::new();
        for cell in header {
            let text = cell.text();
            let Some(column) = headers.column(text) else {
                let shown = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let message = format!("an indicator has no column `{shown}`");
                self.problems.push(
                    Diagnostic::pipeline("pipeline.unknown-key", cell.span, message)
                        .did_you_mean(text, headers.names())
                        .hint("A column that is not for groundwork has a header that begins with `#`."),
                );
                out.insert(cell.cell.column, Column::Ignored);
                continue;
            };
            if column != Column::Ignored && out.values().any(|other| *other == column) {
                let message = format!("two columns are `{}`", column.name());
                self.problems.push(
                    Diagnostic::pipeline("indicator-sheet.column-twice", cell.span, message)
                        .hint("Leave one of them out, or let its header begin with `#`."),
                );
            } else {
                out.insert(cell.cell.column, column);
            }
        }
        out
    }

    fn row(&mut self, columns: &BTreeMap<u32, Column>, cells: &[Placed<'_>]) {
        let mut id = None;
        let mut keyed: Vec<(&[String], &Placed<'_>)> = Vec::new();
        for cell in cells {
            match columns.get(&cell.cell.column) {
                Some(Column::Id) => id = Some(cell),
                Some(Column::Key(path)) => keyed.push((path, cell)),
                Some(Column::Ignored) => {}
                None => self.problems.push(
                    Diagnostic::pipeline(
                        "indicator-sheet.no-header",
                        cell.span,
                        "the column of this cell has no header",
                    )
                    .hint("Give the column a header; one that begins with `#` is not read."),
                ),
            }
        }
        let Some(id) = id else {
            if let Some((_, first)) = keyed.first() {
                self.problems.push(
                    Diagnostic::pipeline("pipeline.missing-key", first.span, "the row has no `id`")
                        .hint("Every indicator has an identifier of its own, such as `reach`."),
                );
            }
            return;
        };
        if id.text().starts_with('#') {
            return;
        }
        if let Err(problem) = cell::node(id.cell, id.span, &Shape::Text) {
            self.problems.push(problem);
            return;
        }
        let name = id.text().to_owned();
        let known = Known::of(&keyed);
        let mut entries: Vec<(Key, Node)> = Vec::new();
        for (path, cell) in keyed {
            let (path, shape) = known.path(path, cell.text());
            let read = cell::node(cell.cell, cell.span, shape);
            if let Err(problem) = read.and_then(|node| insert(&mut entries, &path, node)) {
                self.problems.push(problem);
            }
        }
        let node = Node { span: id.span, value: Value::Map(entries) };
        self.entries.push((Key { span: id.span, name }, node));
    }
}

/// The keys of a row: those of its kind, or of any kind where its kind is not known.
struct Known {
    kind: Option<&'static crate::shape::Object>,
}

impl Known {
    fn of(keyed: &[(&[String], &Placed<'_>)]) -> Self {
        let cell = keyed.iter().find(|(path, _)| *path == [INDICATOR.tag]).map(|(_, cell)| cell.text());
        let word = cell.map(spelling_key);
        Self { kind: INDICATOR.kinds.iter().find(|k| Some(spelling_key(k.name)) == word) }
    }

    fn entry(&self, key: &str) -> Option<&'static Entry> {
        let Kinds { shared, kinds, .. } = &INDICATOR;
        let own = self.kind.into_iter().flat_map(|k| k.keys);
        let any = kinds.iter().filter(|_| self.kind.is_none()).flat_map(|k| k.keys);
        shared.iter().chain(own).chain(any).find(|entry| entry.key == key)
    }

    /// Where a cell stands in the indicator, and what it may hold.
    fn path(&self, path: &[String], text: &str) -> (Vec<String>, &'static Shape) {
        let mut path = path.to_vec();
        // A number is the level of the interval, a word that of the results framework.
        if path == ["level"] && text.parse::<f64>().is_err() {
            path.insert(0, "sheet".to_owned());
        }
        // `by` means the dimensions, but for a kind that has a key of that name.
        if path == ["by"] && self.kind.is_some() && self.entry("by").is_none() {
            path = vec!["disaggregate".to_owned()];
        }
        let mut shape = path.first().and_then(|key| self.entry(key)).map_or(&Shape::Text, |e| &e.shape);
        for key in path.iter().skip(1) {
            shape = below(shape, key).unwrap_or(&Shape::Text);
        }
        if let Shape::Localised = shape {
            path.push("en".to_owned());
            shape = &Shape::Text;
        }
        (path, shape)
    }
}

/// The shape of what stands at a key.
fn below(shape: &'static Shape, key: &str) -> Option<&'static Shape> {
    match shape {
        Shape::Localised => below(&LOCALISED, key),
        Shape::Object(object) => object.keys.iter().find(|entry| entry.key == key).map(|entry| &entry.shape),
        Shape::Map(item) => Some(item),
        Shape::Either(_, second) => below(second, key),
        Shape::Text
        | Shape::Integer
        | Shape::Number
        | Shape::Boolean
        | Shape::Date
        | Shape::Period
        | Shape::Months
        | Shape::Expression
        | Shape::OneOf(_)
        | Shape::List(_)
        | Shape::Kinds(_) => None,
    }
}

static LOCALISED: Shape = Shape::Object(&crate::language::LOCALISED);

/// Puts a value at its path; objects are made on the way, and joined where they are there.
fn insert(entries: &mut Vec<(Key, Node)>, path: &[String], node: Node) -> Result<(), Diagnostic> {
    let Some((first, rest)) = path.split_first() else {
        return Ok(());
    };
    let at = entries.iter().position(|(key, _)| key.name == *first);
    let span = node.span;
    let new = |value| (Key { span, name: first.clone() }, value);
    match (at.and_then(|at| entries.get_mut(at)), rest.is_empty()) {
        (None, true) => entries.push(new(node)),
        (None, false) => {
            let mut inside = Vec::new();
            insert(&mut inside, rest, node)?;
            entries.push(new(Node { span, value: Value::Map(inside) }));
        }
        (Some((_, Node { value: Value::Map(inside), .. })), false) => insert(inside, rest, node)?,
        (Some((_, Node { value: Value::Map(inside), .. })), true) => {
            let Value::Map(more) = node.value else {
                return Err(cell::twice(first, span));
            };
            for (key, value) in more {
                insert(inside, &[key.name], value)?;
            }
        }
        (Some(_), _) => return Err(cell::twice(first, span)),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
