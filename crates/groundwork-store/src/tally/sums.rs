//! From groups of rows to the rows of the table: one for each dimension, category, site and unit of time.

use super::codes::Together;
use super::{Counting, Groups};
use crate::Store;
use arrow::array::{Array, ArrayRef, AsArray as _, Decimal128Array, Int64Array, StringArray};
use arrow::compute::concat;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::indicator::{CATEGORY, DIMENSION, Level, Quantity, Tally};
use groundwork_plan::query::{From, Select, Statement, Value};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use std::collections::HashMap;
use std::sync::Arc;

/// The most ways in which conditions are decided.
const DECIDED_MOST: usize = 100_000;

/// The digits of the widest decimal.
const DIGITS_MOST: u8 = 38;

/// The categories of a dimension.
struct Categories<'a> {
    level: &'a Level,
    groups: &'a Groups<'a>,
    names: Vec<String>,
    /// The place of its category among the names, for each way in which its codes come together.
    of_ways: Vec<usize>,
    /// What each place, sight and number of what stands apart adds to the number of such a way.
    of_places: Vec<usize>,
    of_sights: Vec<usize>,
    of_apart: Vec<usize>,
}

/// What is added up of groups, each by its place among the sums.
struct Counts {
    of_ways: Vec<Vec<(usize, Quantity)>>,
    /// So many places, each with ways of its own; one where all have the same.
    places: usize,
}

impl Counts {
    /// Of the groups of a sight in a place.
    fn of(&self, sight: usize, place: usize) -> &[(usize, Quantity)] {
        let at = sight * self.places + if self.places > 1 { place } else { 0 };
        self.of_ways.get(at).map_or(&[], Vec::as_slice)
    }
}

/// What rows add up to: whole numbers in units of their last digit.
struct Row {
    place: usize,
    category: usize,
    sums: Vec<i128>,
}

impl Counting<'_> {
    /// The rows of the table; nothing where a number is too large.
    pub(super) fn sums(&self, store: &Store) -> Result<Option<Vec<RecordBatch>>, Diagnostic> {
        // Conditions may name a key, such as the site.
        let Tally { keys, told, conditions, .. } = self.tally;
        let named = conditions.iter().flat_map(Value::columns);
        let is_key = named.into_iter().any(|name| keys.iter().any(|key| key.tells(name)));
        let (deciding, places) = if is_key { (keys.iter(), self.keys.ways()) } else { ([].iter(), 1) };
        if self.sights.len() * places > DECIDED_MOST {
            return Ok(None);
        }
        let deciding = Together(told.iter().chain(deciding).collect());
        let ways = self.sights.iter().flat_map(|sight| (0..places).map(move |place| sight * places + place));
        let ways: Vec<usize> = ways.collect();
        let holds = worked_out(store, &deciding, &ways, conditions)?;
        let counts = (0..ways.len()).map(|way| self.counts(&holds, way)).collect();
        let counts = Counts { of_ways: counts, places };
        let levels = self.tally.levels.iter().map(|level| self.categories(store, level));
        let levels: Vec<Categories<'_>> = levels.collect::<Result<_, _>>()?;
        let tables = levels.par_iter().map(|level| self.table(level, &self.rows(level, &counts)?));
        let tables: Option<Vec<Vec<(String, ArrayRef)>>> = tables.collect();
        let batches = |tables: Vec<_>| tables.into_iter().map(RecordBatch::try_from_iter).collect();
        tables.map(batches).transpose().map_err(misfit)
    }

    /// What is added up of groups for which the conditions are decided in one way.
    fn counts(&self, holds: &[ArrayRef], way: usize) -> Vec<(usize, Quantity)> {
        let is_true = |at: usize| {
            let holds = holds.get(at).and_then(|holds| holds.as_boolean_opt());
            holds.is_some_and(|holds| holds.is_valid(way) && holds.value(way))
        };
        let all = self.tally.sums.iter().enumerate();
        all.filter(|(_, (when, _))| when.is_none_or(is_true)).map(|(at, (_, of))| (at, *of)).collect()
    }

    fn categories<'s>(&'s self, store: &Store, level: &'s Level) -> Result<Categories<'s>, Diagnostic> {
        let odd = |what| Diagnostic::bug("store.tally", format!("a tally has no {what} of `{}`", level.name));
        let groups = self.groups.get(level.of).ok_or_else(|| odd("groups"))?;
        let codes = self.tally.codes().filter(|code| level.columns.iter().any(|name| code.tells(name)));
        let codes = Together(codes.collect());
        let ways: Vec<usize> = (0..codes.ways()).collect();
        let texts = worked_out(store, &codes, &ways, std::slice::from_ref(&level.category))?;
        let texts = texts.first().and_then(|texts| texts.as_string_opt::<i32>());
        let mut names = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        let of_ways = texts.ok_or_else(|| odd("categories"))?.iter().map(|text| {
            let text = text.unwrap_or_default();
            *known.entry(text).or_insert_with(|| {
                names.push(text.to_owned());
                names.len() - 1
            })
        });
        let of_ways = of_ways.collect();
        let part = |among: &Together<'_>, number: usize| {
            let codes = codes.steps();
            codes.filter_map(|(code, step)| Some(among.code(code, number)? * step)).sum()
        };
        Ok(Categories {
            level,
            groups,
            of_ways,
            names,
            of_places: (0..self.keys.ways()).map(|place| part(&self.keys, place)).collect(),
            of_sights: self.sights.iter().map(|sight| part(&self.told, *sight)).collect(),
            of_apart: (0..groups.apart.ways()).map(|apart| part(&groups.apart, apart)).collect(),
        })
    }

    /// The rows of a dimension; nothing where a number is too large.
    fn rows(&self, of: &Categories<'_>, counts: &Counts) -> Option<Vec<Row>> {
        let mut out = Vec::new();
        for (place, of_place) in of.of_places.iter().enumerate() {
            let mut cells: Vec<Option<Vec<i128>>> = vec![None; of.names.len()];
            for (sight, of_sight) in of.of_sights.iter().enumerate() {
                let counts = counts.of(sight, place);
                let first = (sight * of.of_places.len() + place) * of.of_apart.len();
                for (group, of_apart) in (first..).zip(&of.of_apart) {
                    if of.groups.rows.get(group).is_none_or(|n| *n == 0) {
                        continue;
                    }
                    let category = of.of_ways[of_place + of_sight + of_apart];
                    let cell = cells[category].get_or_insert_with(|| vec![0; self.tally.sums.len()]);
                    for (at, quantity) in counts {
                        of.groups.add_up(group, *quantity, &mut cell[*at])?;
                    }
                }
            }
            let cells = cells.into_iter().enumerate();
            out.extend(cells.filter_map(|(category, sums)| Some(Row { place, category, sums: sums? })));
        }
        Some(out)
    }

    /// The columns of these rows; nothing where a number is too large.
    fn table(&self, of: &Categories<'_>, rows: &[Row]) -> Option<Vec<(String, ArrayRef)>> {
        let places: Vec<usize> = rows.iter().map(|row| row.place).collect();
        let mut columns = self.keys.decoded(&places);
        let names = rows.iter().map(|row| of.names[row.category].as_str());
        let dimension = StringArray::from_iter_values(rows.iter().map(|_| &of.level.name));
        columns.push((DIMENSION.to_owned(), Arc::new(dimension)));
        columns.push((CATEGORY.to_owned(), Arc::new(StringArray::from_iter_values(names))));
        for ((name, at), has) in self.tally.columns.iter().zip(&of.level.has) {
            let (_, quantity) = *self.tally.sums.get(*at)?;
            let sums = rows.iter().map(|row| has.then(|| row.sums[*at]));
            columns.push((name.clone(), self.column(quantity, sums)?));
        }
        Some(columns)
    }

    /// A column of sums; nothing where one is too large.
    fn column(&self, quantity: Quantity, sums: impl Iterator<Item = Option<i128>>) -> Option<ArrayRef> {
        let digits = |number: usize| self.digits.get(number).copied();
        let (behind, more) = match quantity {
            Quantity::Rows | Quantity::Count(_) => {
                let sums = sums.map(|sum| sum.map(i64::try_from).transpose().ok());
                return Some(Arc::new(Int64Array::from(sums.collect::<Option<Vec<_>>>()?)));
            }
            Quantity::Sum(number) | Quantity::Most(number) => (digits(number)?, 1),
            Quantity::Squares(number) => {
                // They are made from numbers with so many digits, where the column may have fewer.
                let made_from = self.tally.numbers.get(number)?.squares?;
                let more = 2 * u32::from(made_from.checked_sub(digits(number)?)?);
                (2 * made_from, 10_i128.checked_pow(more)?)
            }
        };
        let sums = sums.map(|sum| match sum {
            Some(sum) => sum.checked_mul(more).map(Some),
            None => Some(None),
        });
        let array = Decimal128Array::from(sums.collect::<Option<Vec<_>>>()?);
        let array = array.with_precision_and_scale(DIGITS_MOST, i8::try_from(behind).ok()?).ok()?;
        array.validate_decimal_precision(DIGITS_MOST).ok()?;
        Some(Arc::new(array))
    }
}

impl Groups<'_> {
    /// Adds a quantity of one group; nothing where it becomes too large.
    fn add_up(&self, group: usize, quantity: Quantity, to: &mut i128) -> Option<()> {
        let sum = |number: usize| self.sums.get(number)?.get(group);
        let more = match quantity {
            Quantity::Rows => i128::from(*self.rows.get(group)?),
            Quantity::Count(number) => i128::from(sum(number)?.count),
            Quantity::Sum(number) => i128::from(sum(number)?.sum),
            Quantity::Squares(number) => *self.squares.get(number)?.get(group)?,
            Quantity::Most(number) => {
                *to = (*to).max(i128::from(sum(number)?.most));
                return Some(());
            }
        };
        *to = to.checked_add(more)?;
        Some(())
    }
}

/// What values over codes are where these come together so: a column for each value.
fn worked_out(
    store: &Store,
    codes: &Together<'_>,
    ways: &[usize],
    values: &[Value],
) -> Result<Vec<ArrayRef>, Diagnostic> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let (table, order) = ("tally:ways".to_owned(), "tally:order");
    let places = Int64Array::from_iter_values((0_i64..).take(ways.len()));
    let mut columns = codes.decoded(ways);
    columns.push((order.to_owned(), Arc::new(places)));
    store.take_over(&table, vec![RecordBatch::try_from_iter(columns).map_err(misfit)?])?;
    let all = Select::from(From::Table(table.clone()), "s").order(vec![Value::column("s", order)]);
    let values = values.iter().enumerate();
    let query = values.fold(all, |query, (at, value)| query.column(value.clone(), format!("v{at}"))).query();
    let mut batches = Vec::new();
    store.rows(&query, |batch| {
        batches.push(batch);
        Ok::<_, Diagnostic>(())
    })?;
    store.run(&Statement::DropTable(table))?;
    let columns = batches.first().map_or(0, RecordBatch::num_columns);
    let column = |at: usize| {
        let parts: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(at).as_ref()).collect();
        concat(&parts).map_err(misfit)
    };
    (0..columns).map(column).collect()
}

fn misfit(e: ArrowError) -> Diagnostic {
    Diagnostic::bug("store.tally", format!("a tally does not fit together: {e}"))
}
