//! Tallies: rows are looked at once and added to several tables, in which a group of rows is a place
//! in a list.

use crate::Store;
use arrow::array::{
    Array, ArrayRef, AsArray as _, BooleanArray, Date32Array, Decimal128Array, Int64Array, StringArray,
};
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use arrow::record_batch::RecordBatch;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::indicator::{Code, Number, Tally};
use groundwork_plan::query::{SqlType, Value};
use jiff::civil::{Date, date};
use rayon::iter::{IntoParallelRefIterator as _, IntoParallelRefMutIterator as _, ParallelIterator as _};
use std::borrow::Cow;
use std::sync::Arc;

/// The most groups of rows that a table has room for.
const GROUPS_MOST: usize = 1_000_000;

/// The digits of the widest decimal.
const DIGITS_MOST: u8 = 38;

/// So many batches are added together, by a thread for each table.
const BATCHES: usize = 64;

/// What has not been seen.
const UNSEEN: u32 = u32::MAX;

impl Store {
    /// Puts the tables of a tally together. `false`, without any table, where the rows hold what its
    /// codes and whole numbers cannot: the statements of the pass then make the tables.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tally(&self, tally: &Tally) -> Result<bool, Diagnostic> {
        let mut counting = Counting::new(tally);
        let mut held = Vec::new();
        let looked = self.rows(&tally.look, |batch| {
            held.push(batch);
            if held.len() < BATCHES {
                return Ok(());
            }
            counting.add(&std::mem::take(&mut held)).ok_or(Stop::Unfit)
        });
        let looked = looked.and_then(|()| counting.add(&held).ok_or(Stop::Unfit));
        let tables: Option<Vec<Table<'_>>> = match looked {
            Err(Stop::Failed(problem)) => return Err(problem),
            Err(Stop::Unfit) => None,
            Ok(()) => counting.groups.iter().map(|groups| counting.table(groups)).collect(),
        };
        let Some(tables) = tables else { return Ok(false) };
        tables.into_iter().try_for_each(|table| table.put_in(self))?;
        Ok(true)
    }
}

/// Why no more rows are looked at.
enum Stop {
    Failed(Diagnostic),
    Unfit,
}

impl From<Diagnostic> for Stop {
    fn from(problem: Diagnostic) -> Self {
        Stop::Failed(problem)
    }
}

/// What a group of rows adds up to of one number.
#[derive(Clone, Copy, Default)]
struct Sum {
    sum: i64,
    squares: i128,
    /// The largest, without its sign.
    most: u64,
    /// How many there are.
    count: u64,
}

/// The groups of one table.
struct Groups<'a> {
    name: &'a str,
    /// The codes that stand apart in it.
    apart: Vec<&'a Code>,
    /// How many groups there are of one place and one sight of the comparisons.
    width: usize,
    rows: Vec<i64>,
    /// For every group, all numbers.
    sums: Vec<Sum>,
}

/// Rows while they are looked at.
struct Counting<'a> {
    tally: &'a Tally,
    /// How many places the keys make.
    places: usize,
    /// What was seen of the comparisons, in the order of appearance, and where each sight stands in it.
    sights: Vec<u32>,
    known: Vec<u32>,
    groups: Vec<Groups<'a>>,
    /// Digits behind the point of each number.
    digits: Vec<u8>,
}

/// What is seen of some rows.
struct Seen<'b> {
    /// The place of each row among the keys, and then among keys and sights.
    places: Vec<usize>,
    /// What is seen of the comparisons.
    sights: Vec<usize>,
    /// The numbers that hold the codes.
    packed: Vec<&'b [i64]>,
    numbers: Vec<Whole>,
}

/// The numbers of a column in units of their last digit; zero where one is missing.
struct Whole {
    values: Vec<i64>,
    is_there: Vec<bool>,
    digits: u8,
}

impl<'a> Counting<'a> {
    fn new(tally: &'a Tally) -> Self {
        let groups = |(name, apart): &'a (String, Vec<usize>)| {
            let apart: Vec<&Code> = apart.iter().filter_map(|at| tally.apart.get(*at)).collect();
            let width = apart.iter().map(|code| code.values.len()).product();
            Groups { name, apart, width, rows: Vec::new(), sums: Vec::new() }
        };
        let values = |codes: &[Code]| codes.iter().map(|code| code.values.len()).product();
        Self {
            tally,
            places: values(&tally.keys),
            sights: Vec::new(),
            known: vec![UNSEEN; values(&tally.comparisons)],
            groups: tally.tables.iter().map(groups).collect(),
            digits: Vec::new(),
        }
    }

    /// Adds rows; nothing where one of them does not fit.
    fn add(&mut self, batches: &[RecordBatch]) -> Option<()> {
        let tally = self.tally;
        let seen: Option<Vec<Seen<'_>>> = batches.par_iter().map(|batch| Seen::of(tally, batch)).collect();
        let mut seen = seen?;
        for seen in &mut seen {
            for (place, sight) in seen.places.iter_mut().zip(&seen.sights) {
                *place += self.sight(*sight)? * self.places;
            }
        }
        if let Some(seen) = seen.first() {
            self.digits = seen.numbers.iter().map(|numbers| numbers.digits).collect();
        }
        let (together, numbers) = (self.sights.len() * self.places, &self.tally.numbers);
        self.groups.par_iter_mut().map(|groups| groups.add(&seen, together, numbers)).collect()
    }

    /// Where what is seen of the comparisons stands.
    fn sight(&mut self, seen: usize) -> Option<usize> {
        let known = self.known.get_mut(seen)?;
        if *known == UNSEEN {
            *known = u32::try_from(self.sights.len()).ok()?;
            self.sights.push(u32::try_from(seen).ok()?);
        }
        usize::try_from(*known).ok()
    }

    /// The name of a table, its columns and its rows; nothing where a number is too large.
    fn table(&self, groups: &'a Groups<'a>) -> Option<Table<'a>> {
        let Tally { keys, comparisons, numbers, .. } = self.tally;
        let there: Vec<usize> = (0..groups.rows.len()).filter(|group| groups.rows[*group] > 0).collect();
        let mut out = Table { name: groups.name, columns: Vec::new() };
        // From the code that changes fastest to the one that changes slowest.
        let mut left = there.clone();
        for code in groups.apart.iter().copied().rev().chain(keys.iter().rev()) {
            out.code(code, &mut left);
        }
        let seen = left.iter().map(|sight| usize::try_from(*self.sights.get(*sight)?).ok());
        let mut seen = seen.collect::<Option<Vec<usize>>>()?;
        comparisons.iter().rev().for_each(|code| out.code(code, &mut seen));
        let rows = Int64Array::from_iter_values(there.iter().map(|group| groups.rows[*group]));
        out.columns.push(("n".to_owned(), Arc::new(rows)));
        for (at, (number, digits)) in numbers.iter().zip(&self.digits).enumerate() {
            let sums = || there.iter().map(|group| &groups.sums[group * numbers.len() + at]);
            let some = |sum: &Sum, value: i128| (sum.count > 0).then_some(value);
            out.decimals(
                format!("sum:{at}"),
                *digits,
                sums().map(|sum| some(sum, i128::from(sum.sum))).collect(),
            )?;
            out.decimals(format!("count:{at}"), 0, sums().map(|sum| Some(i128::from(sum.count))).collect())?;
            let most = |sum: &Sum| some(sum, i128::from(sum.most));
            out.decimals(format!("max:{at}"), *digits, sums().map(most).collect())?;
            if let Some(made_from) = number.squares {
                let more = 10_i128.checked_pow(2 * u32::from(made_from.checked_sub(*digits)?))?;
                let squares = sums().map(|sum| sum.squares.checked_mul(more).map(|value| some(sum, value)));
                out.decimals(format!("squares:{at}"), 2 * made_from, squares.collect::<Option<_>>()?)?;
            }
        }
        Some(out)
    }
}

impl<'b> Seen<'b> {
    fn of(tally: &Tally, batch: &'b RecordBatch) -> Option<Self> {
        let (packed, numbers) = batch.columns().split_at_checked(tally.packed)?;
        let packed = packed.iter().map(codes_of).collect::<Option<Vec<&[i64]>>>()?;
        let numbers = numbers.iter().map(whole).collect::<Option<_>>()?;
        let together = |codes: &[Code]| {
            let mut places = vec![0; batch.num_rows()];
            codes.iter().for_each(|code| step(&mut places, code, &packed));
            places
        };
        let (places, sights) = (together(&tally.keys), together(&tally.comparisons));
        Some(Self { places, sights, packed, numbers })
    }
}

impl Groups<'_> {
    /// Adds rows, of which there are so many places and sights.
    fn add(&mut self, seen: &[Seen<'_>], together: usize, numbers: &[Number]) -> Option<()> {
        let size = together * self.width;
        if size > GROUPS_MOST {
            return None;
        }
        if self.rows.len() < size {
            self.rows.resize(size, 0);
            self.sums.resize(size * numbers.len(), Sum::default());
        }
        for seen in seen {
            let mut places = Cow::Borrowed(&seen.places);
            self.apart.iter().for_each(|code| step(places.to_mut(), code, &seen.packed));
            for group in places.iter() {
                self.rows[*group] += 1;
            }
            for (at, (number, whole)) in numbers.iter().zip(&seen.numbers).enumerate() {
                let squares = number.squares.is_some();
                for ((group, value), is_there) in places.iter().zip(&whole.values).zip(&whole.is_there) {
                    self.sums[group * numbers.len() + at].add(*value, *is_there, squares)?;
                }
            }
        }
        Some(())
    }
}

impl Sum {
    fn add(&mut self, value: i64, is_there: bool, squares: bool) -> Option<()> {
        self.sum = self.sum.checked_add(value)?;
        self.most = self.most.max(value.unsigned_abs());
        self.count += u64::from(is_there);
        if squares {
            self.squares = self.squares.checked_add(i128::from(value) * i128::from(value))?;
        }
        Some(())
    }
}

/// A table of groups.
struct Table<'a> {
    name: &'a str,
    columns: Vec<(String, ArrayRef)>,
}

impl Table<'_> {
    /// A column of what the code that changes fastest stands for, which is taken out of the groups.
    fn code(&mut self, code: &Code, groups: &mut [usize]) {
        let of_groups: Vec<usize> = groups.iter().map(|group| group % code.values.len()).collect();
        groups.iter_mut().for_each(|group| *group /= code.values.len());
        self.columns.push((code.name.clone(), decoded(code, &of_groups)));
    }

    /// A column of decimals; nothing where one is too large.
    fn decimals(&mut self, name: String, behind: u8, values: Vec<Option<i128>>) -> Option<()> {
        let array = Decimal128Array::from(values);
        let array = array.with_precision_and_scale(DIGITS_MOST, i8::try_from(behind).ok()?).ok()?;
        array.validate_decimal_precision(DIGITS_MOST).ok()?;
        self.columns.push((name, Arc::new(array)));
        Some(())
    }

    fn put_in(self, store: &Store) -> Result<(), Diagnostic> {
        let batch = RecordBatch::try_from_iter(self.columns)
            .map_err(|e| Diagnostic::bug("store.tally", format!("a tally does not fit together: {e}")))?;
        store.take_over(self.name, vec![batch])
    }
}

/// The numbers of a column that holds codes, of which no row has no code.
fn codes_of(array: &ArrayRef) -> Option<&[i64]> {
    let codes = array.as_primitive_opt::<Int64Type>().filter(|codes| codes.null_count() == 0)?;
    Some(codes.values())
}

/// The numbers of a column of whole numbers or decimals, as far as they have 64 bits.
fn whole(array: &ArrayRef) -> Option<Whole> {
    let is_there: Vec<bool> = match array.nulls() {
        Some(nulls) => nulls.iter().collect(),
        None => vec![true; array.len()],
    };
    let (mut values, digits) = match array.data_type() {
        DataType::Int64 => (array.as_primitive::<Int64Type>().values().to_vec(), 0),
        DataType::Decimal128(_, digits) => {
            let values = array.as_primitive::<Decimal128Type>().values();
            // What stands where one is missing may be anything.
            let narrow = |(value, is_there): (&i128, &bool)| match i64::try_from(*value) {
                Err(_) if !is_there => Some(0),
                narrow => narrow.ok(),
            };
            let values = values.iter().zip(&is_there).map(narrow).collect::<Option<Vec<i64>>>()?;
            (values, u8::try_from(*digits).ok()?)
        }
        _ => return None,
    };
    values.iter_mut().zip(&is_there).for_each(|(value, is_there)| *value *= i64::from(*is_there));
    Some(Whole { values, is_there, digits })
}

/// The places of rows with one more code.
fn step(places: &mut [usize], code: &Code, packed: &[&[i64]]) {
    let ((at, behind), values) = (code.place, code.values.len());
    let mask = (1_u64 << code.bits()) - 1;
    for (place, held) in places.iter_mut().zip(packed.get(at).copied().unwrap_or_default()) {
        *place = *place * values + ((*held as u64 >> behind) & mask) as usize;
    }
}

/// The values that codes stand for.
fn decoded(code: &Code, of_groups: &[usize]) -> ArrayRef {
    let literals = of_groups.iter().map(|at| code.values.get(*at));
    match code.kind {
        SqlType::Day => Arc::new(Date32Array::from_iter(literals.map(|literal| match literal {
            Some(Value::Day(day)) => since_1970(*day),
            _ => None,
        }))),
        SqlType::Truth => Arc::new(BooleanArray::from_iter(literals.map(|literal| match literal {
            Some(Value::Truth(truth)) => Some(*truth),
            _ => None,
        }))),
        _ => Arc::new(StringArray::from_iter(literals.map(|literal| match literal {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        }))),
    }
}

/// Days since the beginning of 1970.
fn since_1970(day: Date) -> Option<i32> {
    day.since(date(1970, 1, 1)).ok().map(|span| span.get_days())
}
