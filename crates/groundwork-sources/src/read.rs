//! All files of a source: several at a time, handed on in order.

use crate::cleaning::CleaningLog;
use crate::codebook::Codebook;
use crate::job::{Failure, Job, Make, Outcome, Parent};
use crate::pseudonym::Pseudonyms;
use crate::row::Halt;
use crate::typed::{ColumnTally, EraTally};
use crate::{Context, EraCount, Reading, diagnose, files, kin};
use arrow::array::RecordBatch;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Source;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Batches of one file that may wait for the files before it.
const WAITING: usize = 8;

/// Reads all files of a source on `context.threads` threads, and hands their batches to `sink` in
/// the order of files and rows, whatever the number of threads. What the columns of a batch are,
/// [`crate::schema`] says; a batch has 131,072 rows at most and never rows of two files.
///
/// # Errors
/// All problems of the source at once. `sink` may have been called before; what it took is then
/// not the whole source and is to be thrown away. A problem of `sink` ends the reading and is
/// returned alone.
pub fn read(
    source: &Source,
    context: &Context<'_>,
    sink: &mut dyn FnMut(RecordBatch) -> Result<(), Diagnostic>,
) -> Result<Reading, Vec<Diagnostic>> {
    read_into(source, context, &Ok, sink)
}

/// Reads all files of a source as [`read`] does, has every batch made into something on the thread
/// that read it, and hands that to `sink` in order.
pub(crate) fn read_into<T: Send>(
    source: &Source,
    context: &Context<'_>,
    make: &Make<'_, T>,
    sink: &mut dyn FnMut(T) -> Result<(), Diagnostic>,
) -> Result<Reading, Vec<Diagnostic>> {
    let job = prepare(source, context).map_err(|diagnostic| vec![diagnostic])?;
    let (senders, receivers): (VecDeque<_>, Vec<_>) = (0..job.files.len())
        .map(|ordinal| {
            let (sender, receiver) = sync_channel(WAITING);
            ((ordinal, sender), receiver)
        })
        .unzip();
    let files = job.files.len().max(1);
    let queue = Queue {
        waiting: Mutex::new(senders),
        done: Mutex::new((0..job.files.len()).map(|_| None).collect()),
        abandoned: AtomicBool::new(false),
        failed: AtomicBool::new(false),
        threads: context.threads.div_ceil(files),
        make,
    };
    let workers = context.threads.clamp(1, files);
    let refused = std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| queue.work(&job));
        }
        let refused = hand_on(receivers, sink);
        if refused.is_some() {
            queue.abandoned.store(true, Ordering::Relaxed);
        }
        refused
    });
    match refused {
        Some(diagnostic) => Err(vec![diagnostic]),
        None => {
            let done = queue.done.into_inner().unwrap_or_else(PoisonError::into_inner);
            gather(&job, done)
        }
    }
}

/// Every problem that the files and headers of a source have, without reading the rows.
pub fn check(source: &Source, context: &Context<'_>) -> Vec<Diagnostic> {
    let job = match prepare(source, context) {
        Ok(job) => job,
        Err(diagnostic) => return vec![diagnostic],
    };
    let failures: Vec<(usize, Failure)> = (0..job.files.len())
        .filter_map(|ordinal| job.open(ordinal).err().map(|failure| (ordinal, failure)))
        .collect();
    problems(&job, failures)
}

/// Finds the files of a source and, for a repeat, those of its parent.
fn prepare<'a>(source: &'a Source, context: &Context<'a>) -> Result<Job<'a>, Diagnostic> {
    let export = source.export().ok_or_else(|| diagnose::no_export(source.span, &source.id))?;
    let own = files(source, context.base)?;
    let parent = match &export.repeat_of {
        None => None,
        Some(id) => {
            let (parent, parent_export) = kin::parent_of(source, export, id, context.sources)?;
            let parent_files = files(parent, context.base)?;
            let pairs = kin::pair(export, (&source.id, &own), (&parent.id, &parent_files))?;
            Some(Parent { source: parent, export: parent_export, files: parent_files, pairs })
        }
    };
    let pseudonyms = Pseudonyms::beside(context.base);
    let codebook = Codebook::of(export, context.base)?;
    let cleaning = CleaningLog::of(source, export, context.base)?;
    Ok(Job { source, export, cleaning, sites: context.sites, files: own, pseudonyms, codebook, parent })
}

/// Calls `sink` with what was made of one file after the other; the problem it reports, if any.
fn hand_on<T>(
    receivers: Vec<Receiver<T>>,
    sink: &mut dyn FnMut(T) -> Result<(), Diagnostic>,
) -> Option<Diagnostic> {
    // Receivers that are dropped on the way out make every sender give up.
    for receiver in receivers {
        for batch in receiver {
            if let Err(diagnostic) = sink(batch) {
                return Some(diagnostic);
            }
        }
    }
    None
}

type Done = Vec<Option<Result<Outcome, Failure>>>;

/// The files that wait for a worker, and what became of the others.
struct Queue<'a, T> {
    waiting: Mutex<VecDeque<(usize, SyncSender<T>)>>,
    done: Mutex<Done>,
    /// Nobody wants the rows any more.
    abandoned: AtomicBool,
    /// Some file has a problem: of the others only the headers are looked at.
    failed: AtomicBool,
    /// Threads for one file.
    threads: usize,
    make: &'a Make<'a, T>,
}

impl<T: Send> Queue<'_, T> {
    /// Works on one file after the other, in order, until none waits.
    fn work(&self, job: &Job<'_>) {
        loop {
            let next = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some((ordinal, sender)) = next else {
                return;
            };
            let outcome = catch_unwind(AssertUnwindSafe(|| self.one(job, ordinal, &sender)))
                .unwrap_or_else(|_| Err(diagnose::engine("a worker").into()));
            drop(sender);
            if let Err(Failure::Header(_) | Failure::Problem(_)) = &outcome {
                self.failed.store(true, Ordering::Relaxed);
            }
            let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(place) = done.get_mut(ordinal) {
                *place = Some(outcome);
            }
        }
    }

    fn one(&self, job: &Job<'_>, ordinal: usize, sender: &SyncSender<T>) -> Result<Outcome, Failure> {
        if self.abandoned.load(Ordering::Relaxed) {
            return Err(Failure::Abandoned);
        }
        if self.failed.load(Ordering::Relaxed) {
            return Err(job.open(ordinal).err().unwrap_or(Failure::Abandoned));
        }
        job.read(ordinal, self.threads, self.make, &mut |made| sender.send(made).map_err(|_| Halt::Abandoned))
    }
}

/// Puts the outcomes of all files together.
fn gather(job: &Job<'_>, done: Done) -> Result<Reading, Vec<Diagnostic>> {
    let mut outcomes = Vec::new();
    let mut failures = Vec::new();
    for (ordinal, result) in done.into_iter().enumerate() {
        match result {
            Some(Ok(outcome)) => outcomes.push(outcome),
            Some(Err(failure)) => failures.push((ordinal, failure)),
            None => failures.push((ordinal, diagnose::engine("a worker").into())),
        }
    }
    if !failures.is_empty() {
        let mut diagnostics = problems(job, failures);
        if diagnostics.is_empty() {
            diagnostics.push(diagnose::engine("a worker"));
        }
        return Err(diagnostics);
    }
    let mut tallies = vec![ColumnTally::default(); job.source.columns.len()];
    let mut reading = Reading::default();
    for mut outcome in outcomes {
        reading.rows += outcome.read.rows;
        reading.set_aside += outcome.set_aside;
        reading.files.push(outcome.read);
        reading.issues.append(&mut outcome.issues);
        for header in outcome.ignored {
            if !reading.ignored_columns.contains(&header) {
                reading.ignored_columns.push(header);
            }
        }
        for (sum, tally) in tallies.iter_mut().zip(&outcome.columns) {
            sum.add(tally);
        }
    }
    reading.issues.extend(job.cleaning.iter().flat_map(|log| log.unused(&job.source.id)));
    for (column, tally) in job.source.columns.iter().zip(tallies) {
        if let Some(EraTally { common, buddhist, repaired }) = tally.eras {
            reading.eras.push(EraCount { column: column.name.clone(), common, buddhist, repaired });
        }
        reading.reasons.push((column.name.clone(), tally.reasons));
        reading.identifiers.push((column.name.clone(), tally.identifiers));
    }
    Ok(reading)
}

/// The problems of the files: columns first, in the order of the source, then the others. A column
/// that no file has is one problem and not one for each file.
fn problems(job: &Job<'_>, failures: Vec<(usize, Failure)>) -> Vec<Diagnostic> {
    let mut headers = Vec::new();
    let mut others = Vec::new();
    for (ordinal, failure) in failures {
        match failure {
            Failure::Abandoned => {}
            Failure::Header(header) => headers.push((ordinal, header)),
            Failure::Problem(diagnostic) => others.push(*diagnostic),
        }
    }
    let name = |ordinal: usize| job.files.get(ordinal).map_or("", |file| file.name.as_str());
    let mut diagnostics = Vec::new();
    for (place, column) in job.source.columns.iter().enumerate() {
        let lacking: Vec<_> = headers.iter().filter(|(_, header)| header.unknown.contains(&place)).collect();
        // Of several files, all must lack it; a file alone is named all the same.
        if let (Some((_, first)), true) =
            (lacking.first(), lacking.len() > 1 && lacking.len() == job.files.len())
        {
            let source = &job.source.id;
            diagnostics.push(diagnose::unknown_column(source, column, None, &first.headers));
        } else {
            diagnostics.extend(lacking.iter().map(|(ordinal, header)| {
                let file = Some(name(*ordinal));
                diagnose::unknown_column(&job.source.id, column, file, &header.headers)
            }));
        }
        for (ordinal, header) in &headers {
            let several = header.ambiguous.iter().find(|(at, _)| *at == place);
            if let Some((_, count)) = several {
                diagnostics.push(diagnose::ambiguous_column(column, name(*ordinal), *count));
            }
        }
    }
    diagnostics.append(&mut others);
    diagnostics
}
