//! Answers: small results as plain structs.

use crate::{Store, failed};
use arrow::array::{Array, ArrowPrimitiveType, Float64Array, Int64Array, PrimitiveArray, StringArray};
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::indicator::{Asked, Pass};
use groundwork_plan::query::Query;
use serde::{Deserialize, Serialize};

/// Floating numbers bit by bit, so that what is kept is what was counted.
mod exact {
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(number: &f64, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(number.to_bits())
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<f64, D::Error> {
        u64::deserialize(from).map(f64::from_bits)
    }
}

/// What was counted for one cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellCount {
    /// The site, or empty for all sites together.
    pub site: String,
    /// The period.
    pub period: String,
    /// The dimension, or empty.
    pub dimension: String,
    /// The category, or empty.
    pub category: String,
    /// What the units add to the numerator.
    #[serde(with = "exact")]
    pub y: f64,
    /// What they add to the denominator.
    #[serde(with = "exact")]
    pub x: f64,
    /// How many are immature.
    #[serde(with = "exact")]
    pub immature: f64,
    /// The sum of the squares of what the units add to the numerator.
    #[serde(with = "exact")]
    pub squares: f64,
    /// The largest that one unit adds to the numerator.
    #[serde(with = "exact")]
    pub top: f64,
    /// How many units there are.
    pub n: u64,
}

/// What one cluster of a cell adds up to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClusterSum {
    /// The site, or empty for all sites together.
    pub site: String,
    /// The period.
    pub period: String,
    /// The dimension, or empty.
    pub dimension: String,
    /// The category, or empty.
    pub category: String,
    /// Which cluster; empty for units without one.
    pub cluster: String,
    /// Above.
    #[serde(with = "exact")]
    pub y: f64,
    /// Below.
    #[serde(with = "exact")]
    pub x: f64,
}

/// The value of one rank of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankedValue {
    /// Site, period, dimension and category.
    pub cell: [String; 4],
    /// The rank, from 1.
    pub rank: u64,
    /// The value.
    #[serde(with = "exact")]
    pub value: f64,
}

impl CellCount {
    /// Reads rows of the query of [`groundwork_plan::indicator::Indicator::cells`].
    ///
    /// # Errors
    /// When a column is not of the type of the query.
    pub fn read(batch: &RecordBatch, out: &mut Vec<Self>) -> Result<(), Diagnostic> {
        let cells = Cells { immature: Some(numbers(batch, 6)?), ..Cells::of(batch, [4, 5, 7, 8, 9])? };
        out.extend((0..batch.num_rows()).map(|i| cells.cell(i)));
        Ok(())
    }

    /// Reads rows of the query of [`groundwork_plan::indicator::Asked::Together`], for each of the members.
    ///
    /// # Errors
    /// When a column is not of the type of the query.
    fn read_together(batch: &RecordBatch, of_members: &mut [Vec<Self>]) -> Result<(), Diagnostic> {
        for (at, out) in of_members.iter_mut().enumerate() {
            let first = 4 + 5 * at;
            let cells = Cells::of(batch, [first, first + 1, first + 2, first + 3, first + 4])?;
            let is_one = |i: &usize| there(cells.n, *i) > 0;
            out.extend((0..batch.num_rows()).filter(is_one).map(|i| cells.cell(i)));
        }
        Ok(())
    }
}

/// The columns of an answer that cells are read from.
struct Cells<'a> {
    texts: Texts<'a>,
    y: &'a Float64Array,
    x: &'a Float64Array,
    /// Nothing where none can be.
    immature: Option<&'a Float64Array>,
    squares: &'a Float64Array,
    top: &'a Float64Array,
    n: &'a Int64Array,
}

impl<'a> Cells<'a> {
    /// Behind the four texts, with the places of `y, x, squares, top, n`.
    fn of(batch: &'a RecordBatch, [y, x, squares, top, n]: [usize; 5]) -> Result<Self, Diagnostic> {
        Ok(Self {
            texts: Texts::of(batch, 0)?,
            y: numbers(batch, y)?,
            x: numbers(batch, x)?,
            immature: None,
            squares: numbers(batch, squares)?,
            top: numbers(batch, top)?,
            n: integers(batch, n)?,
        })
    }

    fn cell(&self, row: usize) -> CellCount {
        CellCount {
            site: self.texts.get(0, row),
            period: self.texts.get(1, row),
            dimension: self.texts.get(2, row),
            category: self.texts.get(3, row),
            y: there(self.y, row),
            x: there(self.x, row),
            immature: self.immature.map_or(0.0, |immature| there(immature, row)),
            squares: there(self.squares, row),
            top: there(self.top, row),
            n: u64::try_from(there(self.n, row)).unwrap_or(0),
        }
    }
}

impl ClusterSum {
    /// Reads rows of the query of [`groundwork_plan::indicator::Indicator::clusters`].
    ///
    /// # Errors
    /// When a column is not of the type of the query.
    pub fn read(batch: &RecordBatch, out: &mut Vec<Self>) -> Result<(), Diagnostic> {
        let texts = Texts::of(batch, 0)?;
        let cluster = strings(batch, 4)?;
        let (y, x) = (numbers(batch, 5)?, numbers(batch, 6)?);
        for i in 0..batch.num_rows() {
            out.push(Self {
                cluster: if cluster.is_null(i) { String::new() } else { cluster.value(i).to_owned() },
                site: texts.get(0, i),
                period: texts.get(1, i),
                dimension: texts.get(2, i),
                category: texts.get(3, i),
                y: there(y, i),
                x: there(x, i),
            });
        }
        Ok(())
    }
}

impl RankedValue {
    /// Reads rows of the query of [`groundwork_plan::indicator::Indicator::ranked`].
    ///
    /// # Errors
    /// When a column is not of the type of the query.
    pub fn read(batch: &RecordBatch, out: &mut Vec<Self>) -> Result<(), Diagnostic> {
        let texts = Texts::of(batch, 0)?;
        let (rank, value) = (integers(batch, 4)?, numbers(batch, 5)?);
        for i in 0..batch.num_rows() {
            out.push(Self {
                cell: [0, 1, 2, 3].map(|at| texts.get(at, i)),
                rank: u64::try_from(there(rank, i)).unwrap_or(0),
                value: there(value, i),
            });
        }
        Ok(())
    }
}

/// A column of rows: numbers, or texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Column {
    /// Numbers; nothing where one is missing.
    Numbers(Vec<Option<f64>>),
    /// Texts; nothing where one is missing.
    Texts(Vec<Option<String>>),
}

impl Column {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Column::Numbers(values) => values.len(),
            Column::Texts(values) => values.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a row has a value.
    pub fn is_there(&self, row: usize) -> bool {
        match self {
            Column::Numbers(values) => values.get(row).is_some_and(Option::is_some),
            Column::Texts(values) => values.get(row).is_some_and(Option::is_some),
        }
    }

    /// Keeps the rows that are marked.
    pub fn retain(&mut self, keep: &[bool]) {
        let mut marks = keep.iter();
        let mut kept = || marks.next().copied().unwrap_or(false);
        match self {
            Column::Numbers(values) => values.retain(|_| kept()),
            Column::Texts(values) => values.retain(|_| kept()),
        }
    }

    /// The numbers of rows that have one.
    pub fn numbers(&self) -> Vec<f64> {
        match self {
            Column::Numbers(values) => values.iter().flatten().copied().collect(),
            Column::Texts(_) => Vec::new(),
        }
    }
}

impl Store {
    /// Answers a query of [`groundwork_plan::evaluation::Data::query`], which has so many columns,
    /// floating numbers or texts.
    ///
    /// # Errors
    /// When the database fails.
    pub fn columns(&self, query: &Query, count: usize) -> Result<Vec<Column>, Diagnostic> {
        let mut out: Vec<Column> = Vec::new();
        self.each(query, |batch| {
            for at in 0..count {
                let is_text = batch.column(at).data_type() == &DataType::Utf8;
                if out.len() <= at {
                    out.push(if is_text { Column::Texts(Vec::new()) } else { Column::Numbers(Vec::new()) });
                }
                match out.get_mut(at) {
                    Some(Column::Texts(values)) => {
                        values.extend(strings(batch, at)?.iter().map(|text| text.map(str::to_owned)));
                    }
                    Some(Column::Numbers(values)) => values.extend(numbers(batch, at)?.iter()),
                    None => {}
                }
            }
            Ok(())
        })?;
        Ok(out)
    }

    /// Answers a query of [`groundwork_plan::indicator::Indicator::cells`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn cells(&self, query: &Query) -> Result<Vec<CellCount>, Diagnostic> {
        let mut out = Vec::new();
        self.each(query, |batch| CellCount::read(batch, &mut out))?;
        Ok(out)
    }

    /// The cells of each member of a pass, by its questions.
    ///
    /// # Errors
    /// When the database fails.
    pub fn cells_of(&self, pass: &Pass, queries: &[Query]) -> Result<Vec<Vec<CellCount>>, Diagnostic> {
        match (&pass.asked, queries) {
            (Asked::Together(_), [query]) => {
                let mut cells = vec![Vec::new(); pass.members.len()];
                self.each(query, |batch| CellCount::read_together(batch, &mut cells))?;
                Ok(cells)
            }
            _ => queries.iter().map(|query| self.cells(query)).collect(),
        }
    }

    /// Answers a query of [`groundwork_plan::indicator::Indicator::clusters`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn clusters(&self, query: &Query) -> Result<Vec<ClusterSum>, Diagnostic> {
        let mut out = Vec::new();
        self.each(query, |batch| ClusterSum::read(batch, &mut out))?;
        Ok(out)
    }

    /// Answers a query of [`groundwork_plan::indicator::Indicator::ranked`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn ranked(&self, query: &Query) -> Result<Vec<RankedValue>, Diagnostic> {
        let mut out = Vec::new();
        self.each(query, |batch| RankedValue::read(batch, &mut out))?;
        Ok(out)
    }

    /// Answers a query with its rows, some thousand at a time, at least once. The types are those of
    /// the query.
    ///
    /// # Errors
    /// When the database fails, and those of `take`.
    pub fn rows<E: From<Diagnostic>>(
        &self,
        query: &Query,
        mut take: impl FnMut(RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        let text = query.to_string();
        self.catch_up(&text)?;
        let mut statement = self.connection()?.prepare(&text).map_err(failed)?;
        let rows = statement.stream_arrow([]).map_err(failed)?;
        take(RecordBatch::new_empty(rows.get_schema()))?;
        for batch in rows {
            take(batch.map_err(failed)?)?;
        }
        Ok(())
    }

    /// Answers a query whose columns are two whole numbers and texts, row by row.
    ///
    /// # Errors
    /// When the database fails.
    pub fn texts(
        &self,
        query: &Query,
        mut take: impl FnMut([i64; 2], &[Option<&str>]),
    ) -> Result<(), Diagnostic> {
        self.each(query, |batch| {
            let numbers = [integers(batch, 0)?, integers(batch, 1)?];
            let texts: Vec<&StringArray> =
                (2..batch.num_columns()).map(|at| strings(batch, at)).collect::<Result<_, _>>()?;
            let mut row: Vec<Option<&str>> = Vec::with_capacity(texts.len());
            for at in 0..batch.num_rows() {
                row.clear();
                row.extend(texts.iter().map(|text| text.is_valid(at).then(|| text.value(at))));
                take(numbers.map(|n| there(n, at)), &row);
            }
            Ok(())
        })
    }

    /// Answers a query whose columns are one text and whole numbers.
    pub fn counted(&self, query: &Query) -> Result<Vec<(String, Vec<i64>)>, Diagnostic> {
        let mut out = Vec::new();
        self.each(query, |batch| {
            let texts = strings(batch, 0)?;
            let columns: Vec<&Int64Array> =
                (1..batch.num_columns()).map(|at| integers(batch, at)).collect::<Result<_, _>>()?;
            for i in 0..batch.num_rows() {
                out.push((texts.value(i).to_owned(), columns.iter().map(|c| there(c, i)).collect()));
            }
            Ok(())
        })?;
        Ok(out)
    }

    fn each(
        &self,
        query: &Query,
        mut take: impl FnMut(&RecordBatch) -> Result<(), Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let text = query.to_string();
        self.catch_up(&text)?;
        let mut statement = self.connection()?.prepare(&text).map_err(failed)?;
        for batch in statement.stream_arrow([]).map_err(failed)? {
            take(&batch.map_err(failed)?)?;
        }
        Ok(())
    }
}

struct Texts<'a>(Vec<&'a StringArray>);

impl<'a> Texts<'a> {
    fn of(batch: &'a RecordBatch, first: usize) -> Result<Self, Diagnostic> {
        (first..first + 4).map(|at| strings(batch, at)).collect::<Result<_, _>>().map(Self)
    }

    fn get(&self, column: usize, row: usize) -> String {
        self.0.get(column).map(|c| c.value(row).to_owned()).unwrap_or_default()
    }
}

fn column<T: Array + 'static>(batch: &RecordBatch, at: usize) -> Result<&T, Diagnostic> {
    batch.columns().get(at).and_then(|c| c.as_any().downcast_ref()).ok_or_else(|| {
        Diagnostic::bug("store.answer", format!("column {at} of an answer is not of the expected type"))
    })
}

/// A number of an answer: zero where one is missing, whose place in the column holds anything.
fn there<T: ArrowPrimitiveType>(numbers: &PrimitiveArray<T>, row: usize) -> T::Native {
    if numbers.is_valid(row) { numbers.value(row) } else { T::Native::default() }
}

fn strings(batch: &RecordBatch, at: usize) -> Result<&StringArray, Diagnostic> {
    column(batch, at)
}

fn numbers(batch: &RecordBatch, at: usize) -> Result<&Float64Array, Diagnostic> {
    column(batch, at)
}

fn integers(batch: &RecordBatch, at: usize) -> Result<&Int64Array, Diagnostic> {
    column(batch, at)
}
