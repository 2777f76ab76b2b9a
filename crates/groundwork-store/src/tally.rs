//! Tallies: rows are looked at once and put in groups, where a group is a place in a list.

mod codes;
mod sums;

use crate::Store;
use arrow::record_batch::RecordBatch;
use codes::{Calendar, Together, Whole};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::indicator::{Code, Number, Tally};
use rayon::iter::{IntoParallelRefIterator as _, IntoParallelRefMutIterator as _, ParallelIterator as _};
use std::borrow::Cow;
use std::sync::mpsc::sync_channel;

/// The most groups of rows that there is room for.
const GROUPS_MOST: usize = 1_000_000;

/// So many batches are added together, by a thread for each way of putting rows in groups.
const BATCHES: usize = 32;

impl Store {
    /// Makes the table of a tally. `false`, without the table, where the rows hold what its codes and
    /// whole numbers cannot: the statements of the pass then make it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tally(&self, tally: &Tally) -> Result<bool, Diagnostic> {
        let mut counting = Counting::new(tally);
        let fits = std::thread::scope(|threads| {
            // Rows are added while the next ones come.
            let (send, come) = sync_channel::<Vec<RecordBatch>>(1);
            let adding = threads.spawn(|| come.into_iter().all(|batches| counting.add(&batches).is_some()));
            let mut held = Vec::new();
            let looked = self.rows(&tally.look, |batch| {
                held.push(batch);
                if held.len() < BATCHES {
                    return Ok(());
                }
                send.send(std::mem::take(&mut held)).map_err(|_| Stop::Unfit)
            });
            let looked = looked.and_then(|()| send.send(held).map_err(|_| Stop::Unfit));
            drop(send);
            let fits = adding.join().unwrap_or(false);
            match looked {
                Err(Stop::Failed(problem)) => Err(problem),
                Err(Stop::Unfit) => Ok(false),
                Ok(()) => Ok(fits),
            }
        });
        if !fits? {
            return Ok(false);
        }
        let Some(sums) = counting.sums(self)? else { return Ok(false) };
        self.take_over(&tally.table, sums)?;
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
    /// The largest, without its sign.
    most: u64,
    /// How many there are.
    count: u64,
}

/// Rows put in groups in one way: by sight, by place, and by what stands apart.
#[derive(Default)]
struct Groups<'a> {
    apart: Together<'a>,
    /// Their places among all that stands apart, in the same order.
    places: &'a [usize],
    rows: Vec<u64>,
    /// For each number, every group.
    sums: Vec<Vec<Sum>>,
    /// The same for squares; nothing for a number without.
    squares: Vec<Vec<i128>>,
}

/// Rows while they are looked at.
struct Counting<'a> {
    tally: &'a Tally,
    /// The keys; what they are together is the place of a row.
    keys: Together<'a>,
    /// What conditions look at; what is seen of it together is the sight of a row.
    told: Together<'a>,
    /// What was seen, in the order of appearance.
    sights: Vec<usize>,
    /// Where it stands among them, from 1.
    known: Vec<u32>,
    groups: Vec<Groups<'a>>,
    /// Digits behind the point of each number.
    digits: Vec<u8>,
    calendar: Calendar,
}

/// What is seen of some rows.
struct Seen {
    places: Vec<usize>,
    sights: Vec<usize>,
    /// The codes of what stands apart.
    apart: Vec<Vec<u8>>,
    /// The columns of the look that hold numbers.
    numbers: Vec<Option<Whole>>,
}

impl<'a> Counting<'a> {
    fn new(tally: &'a Tally) -> Self {
        let groups = |apart: &'a Vec<usize>| {
            let codes = apart.iter().filter_map(|at| tally.apart.get(*at)).collect();
            Groups { places: apart, apart: Together(codes), ..Groups::default() }
        };
        let told = Together(tally.told.iter().collect());
        Self {
            tally,
            keys: Together(tally.keys.iter().collect()),
            sights: Vec::new(),
            known: vec![0; told.ways()],
            told,
            groups: tally.groups.iter().map(groups).collect(),
            digits: Vec::new(),
            calendar: Calendar::of(&tally.keys),
        }
    }

    /// Adds rows; nothing where one of them does not fit.
    fn add(&mut self, batches: &[RecordBatch]) -> Option<()> {
        let seen = batches.par_iter().map(|batch| self.seen(batch));
        let mut seen = seen.collect::<Option<Vec<Seen>>>()?;
        let places = self.keys.ways();
        for seen in &mut seen {
            for (place, sight) in seen.places.iter_mut().zip(&seen.sights) {
                let known = self.known.get_mut(*sight)?;
                if *known == 0 {
                    self.sights.push(*sight);
                    *known = u32::try_from(self.sights.len()).ok()?;
                }
                *place += (*known as usize - 1) * places;
            }
        }
        if let Some(seen) = seen.first() {
            let digits = |number: &Number| Some(seen.numbers.get(number.place)?.as_ref()?.digits);
            self.digits = self.tally.numbers.iter().map(digits).collect::<Option<_>>()?;
        }
        let (together, tally) = (self.sights.len() * places, self.tally);
        self.groups.par_iter_mut().map(|groups| groups.add(&seen, together, tally)).collect()
    }

    /// What is seen of some rows; nothing where one of them does not fit.
    fn seen(&self, batch: &RecordBatch) -> Option<Seen> {
        let numbers = batch.columns().iter().map(Whole::of).collect::<Option<Vec<_>>>()?;
        let codes = |code: &Code| {
            let number = numbers.get(code.place)?.as_ref();
            match (&code.cuts, number) {
                (None, None) => self.calendar.codes(batch.columns().get(code.place)?),
                (Some(cuts), Some(number)) => number.codes(cuts),
                _ => None,
            }
        };
        let together = |of: &Together<'_>| {
            let mut places = vec![0; batch.num_rows()];
            for code in &of.0 {
                step(&mut places, &codes(code)?, code.values());
            }
            Some(places)
        };
        let (places, sights) = (together(&self.keys)?, together(&self.told)?);
        let apart = self.tally.apart.iter().map(codes).collect::<Option<_>>()?;
        Some(Seen { places, sights, apart, numbers })
    }
}

impl Groups<'_> {
    /// Adds rows, of which there are so many sights and places together.
    fn add(&mut self, seen: &[Seen], together: usize, tally: &Tally) -> Option<()> {
        let size = together * self.apart.ways();
        if size > GROUPS_MOST {
            return None;
        }
        self.rows.resize(size.max(self.rows.len()), 0);
        self.sums.resize_with(tally.numbers.len(), Vec::new);
        self.squares.resize_with(tally.numbers.len(), Vec::new);
        for (number, (sums, squares)) in tally.numbers.iter().zip(self.sums.iter_mut().zip(&mut self.squares))
        {
            sums.resize(self.rows.len(), Sum::default());
            squares.resize(if number.squares.is_some() { self.rows.len() } else { 0 }, 0);
        }
        for seen in seen {
            let mut places = Cow::Borrowed(&seen.places);
            for (code, at) in self.apart.0.iter().zip(self.places) {
                step(places.to_mut(), seen.apart.get(*at)?, code.values());
            }
            for group in places.iter() {
                self.rows[*group] += 1;
            }
            for (at, number) in tally.numbers.iter().enumerate() {
                let whole = seen.numbers.get(number.place)?.as_ref()?;
                let (sums, squares) = (&mut self.sums[at], &mut self.squares[at]);
                for ((group, value), is_there) in places.iter().zip(&whole.values).zip(&whole.is_there) {
                    let sum = &mut sums[*group];
                    sum.sum = sum.sum.checked_add(*value)?;
                    sum.most = sum.most.max(value.unsigned_abs());
                    sum.count += u64::from(*is_there);
                }
                if number.squares.is_some() {
                    for (group, value) in places.iter().zip(&whole.values) {
                        let square = i128::from(*value) * i128::from(*value);
                        squares[*group] = squares[*group].checked_add(square)?;
                    }
                }
            }
        }
        Some(())
    }
}

/// The places of rows with one more code, which has so many values.
fn step(places: &mut [usize], codes: &[u8], values: usize) {
    for (place, code) in places.iter_mut().zip(codes) {
        *place = *place * values + usize::from(*code);
    }
}
