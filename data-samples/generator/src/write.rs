//! Writes a programme as files.

use std::fmt;
use std::fs;
use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rust_xlsxwriter::XlsxError;
use serde::Serialize;

use crate::programme::{Leader, Programme};
use crate::sheet::{Sheet, SourceRows};
use crate::strands::Strands;
use crate::strands::volunteers::VolunteerLife;
use crate::submissions::{Form, SubmissionDirt, plan};
use crate::truth::{Cell, Counts, Parameters, cells};
use crate::{kobo_csv, kobo_xlsx, plain_csv, readme};

/// Rows of one source in one file, at most; of the workshops these are the
/// attendance rows.
pub const SOURCE_ROW_LIMIT: usize = 200_000;

/// The folders of the sources, by the tool that wrote them.
const FOLDERS: [&str; 4] = ["kobo", "csv", "facebook", "line"];

/// What stands at the top of the truth file.
const NOTE: &str = "Invented data: no person in it exists. Counted while drawing, before the \
                    dirt was added. An empty site is both sites together, where a person who \
                    attends in both counts once.";

/// A file that could not be written, and why.
#[derive(Debug)]
pub struct WriteError {
    path: PathBuf,
    cause: String,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write {}: {}", self.path.display(), self.cause)
    }
}

impl std::error::Error for WriteError {}

/// Turns any cause into a [`WriteError`] about `path`.
fn failed<E: fmt::Display>(path: &Path) -> impl FnOnce(E) -> WriteError + '_ {
    move |cause| WriteError { path: path.to_owned(), cause: cause.to_string() }
}

/// How much dirt was added to the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Dirt {
    /// Submissions that appear again with the same `_uuid`, both forms.
    pub duplicate_submissions: u32,
    /// Mistaken submissions with a date that does not exist, both forms.
    pub impossible_dates: u32,
    /// Mistaken submissions the office has rejected, both forms.
    pub not_approved_submissions: u32,
    /// Correct submissions received weeks late, both forms.
    pub late_submissions: u32,
    /// Rows of the training list that stand there twice.
    pub duplicate_training_rows: u32,
    /// Sessions of which nobody wrote down who led them.
    pub sessions_without_leader: u32,
    /// Attendance rows as written whose sex is blank.
    pub attendance_rows_without_sex: u32,
    /// Months in which the family was not met: income not asked.
    pub followups_not_asked: u32,
    /// Months in which the family was met and did not say.
    pub followups_not_answered: u32,
    /// Months with an income of zero.
    pub followups_with_zero_income: u32,
    /// The first four, of the workshops alone.
    pub workshops: SubmissionDirt,
    /// The first four, of the follow-ups alone.
    pub livelihood_followups: SubmissionDirt,
}

/// Rows written, dirt included, without headers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rows {
    /// Sessions.
    pub workshops: usize,
    /// People at sessions.
    pub attendance: usize,
    /// Families and months.
    pub livelihood_followups: usize,
    /// Volunteers at trainings.
    pub trainings: usize,
    /// Children.
    pub registration: usize,
}

/// What [`write()`] has written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The data files, in the order of the README, then truth and README.
    pub files: Vec<PathBuf>,
    /// Rows of each source.
    pub rows: Rows,
    /// Dirt added.
    pub dirt: Dirt,
    /// The sources of the other strands: rows and dirt of each.
    pub sources: Vec<SourceRows>,
}

#[derive(Serialize)]
struct Truth<'a> {
    invented: bool,
    note: &'a str,
    seed: u64,
    scale: u32,
    parameters: Parameters,
    counts: &'a Counts,
    rows: Rows,
    dirt: Dirt,
    sources: &'a [SourceRows],
}

/// Writes all files of a programme under `dir`, which is made if it is not
/// there. Files of an earlier run under the same names are replaced.
///
/// Workbooks are written row by row, several at a time on several cores; each
/// file's bytes depend on the seed and the scale alone.
pub fn write(programme: &Programme, dir: &Path) -> Result<Written, WriteError> {
    let kobo = dir.join("kobo");
    let csv = dir.join("csv");
    for folder in FOLDERS.map(|folder| dir.join(folder)) {
        fs::create_dir_all(&folder).map_err(failed(&folder))?;
    }
    let strands = Strands::draw(programme);
    let mut written = Written::default();
    write_workshops(programme, &kobo, &mut written)?;
    write_follow_ups(programme, &kobo, &mut written)?;
    write_trainings(programme, &strands.volunteers, &csv, &mut written)?;
    write_registration(programme, &csv, &mut written)?;
    for sheet in strands.sheets(programme) {
        write_sheet(programme.seed, &sheet, dir, &mut written)?;
    }

    let path = dir.join("truth.json");
    let truth = Truth {
        invented: true,
        note: NOTE,
        seed: programme.seed,
        scale: programme.scale,
        parameters: Parameters::of(programme),
        counts: programme.counts(),
        rows: written.rows,
        dirt: written.dirt,
        sources: &written.sources,
    };
    let text = truth.text(&cells(programme, &strands)).map_err(failed(&path))?;
    fs::write(&path, text).map_err(failed(&path))?;
    written.files.push(path);

    let path = dir.join("README.md");
    fs::write(&path, readme::text(programme, &written)).map_err(failed(&path))?;
    written.files.push(path);
    Ok(written)
}

impl Truth<'_> {
    /// The truth as text, with the cells at its end, one a line.
    fn text(&self, cells: &[Cell]) -> serde_json::Result<String> {
        let mut text = serde_json::to_string_pretty(self)?;
        // The last brace closes the truth; the cells come before it.
        text.truncate(text.trim_end_matches('}').trim_end().len());
        text.push_str(",\n  \"cells\": [");
        for (position, cell) in cells.iter().enumerate() {
            text.push_str(if position == 0 { "\n    " } else { ",\n    " });
            text.push_str(&serde_json::to_string(cell)?);
        }
        text.push_str("\n  ]\n}\n");
        Ok(text)
    }
}

/// Writes one source of the strands in one file or several.
fn write_sheet(seed: u64, sheet: &Sheet, dir: &Path, written: &mut Written) -> Result<(), WriteError> {
    let (order, rows) = sheet.order(seed);
    let parts = split(rows.rows, |at| sheet.weight(&order, at));
    let files = name_files(&dir.join(sheet.folder), sheet.stem, sheet.ending(), parts)?;
    in_parallel(&files, |places, path| sheet.write(seed, &order, places, path).map_err(failed(path)))?;
    written.files.extend(files.into_iter().map(|(path, _)| path));
    written.sources.push(rows);
    Ok(())
}

fn write_workshops(programme: &Programme, dir: &Path, written: &mut Written) -> Result<(), WriteError> {
    let plan = plan(programme.seed, Form::Workshops, kobo_xlsx::records(programme));
    let source = kobo_xlsx::Source::new(programme, &plan);
    let parts = split(plan.submissions.len(), |position| source.rows(position));
    let files = name_files(dir, "workshops", "xlsx", parts)?;
    let blanks = in_parallel(&files, |positions, path| {
        let written: Result<u32, XlsxError> = source.write(positions, path);
        written.map_err(failed(path))
    })?;

    written.rows.workshops = plan.submissions.len();
    written.rows.attendance = (0..plan.submissions.len()).map(|i| source.rows(i)).sum();
    written.dirt.attendance_rows_without_sex = blanks.into_iter().sum();
    let unrecorded = |session: &&crate::Session| session.leader == Leader::Unrecorded;
    written.dirt.sessions_without_leader = programme.sessions.iter().filter(unrecorded).count() as u32;
    written.dirt.workshops = plan.dirt;
    written.dirt.add(plan.dirt);
    written.files.extend(files.into_iter().map(|(path, _)| path));
    Ok(())
}

fn write_follow_ups(programme: &Programme, dir: &Path, written: &mut Written) -> Result<(), WriteError> {
    let recorded = kobo_csv::recorded(programme);
    let plan = plan(programme.seed, Form::FollowUps, kobo_csv::records(programme, &recorded));
    let parts = split(plan.submissions.len(), |_| 1);
    for (path, positions) in name_files(dir, "livelihood_followups", "csv", parts)? {
        kobo_csv::write(programme, &recorded, &plan, positions, &path).map_err(failed(&path))?;
        written.files.push(path);
    }
    written.rows.livelihood_followups = plan.submissions.len();
    let blanks = kobo_csv::blanks(programme);
    written.dirt.followups_not_asked = blanks.not_asked;
    written.dirt.followups_not_answered = blanks.not_answered;
    written.dirt.followups_with_zero_income = blanks.zero;
    written.dirt.livelihood_followups = plan.dirt;
    written.dirt.add(plan.dirt);
    Ok(())
}

fn write_trainings(
    programme: &Programme,
    life: &VolunteerLife,
    dir: &Path,
    written: &mut Written,
) -> Result<(), WriteError> {
    let rows = plain_csv::training_rows(programme);
    for (path, part) in name_files(dir, "trainings", "csv", split(rows.len(), |_| 1))? {
        plain_csv::write_trainings(programme, life, &rows[part], &path).map_err(failed(&path))?;
        written.files.push(path);
    }
    written.rows.trainings = rows.len();
    written.dirt.duplicate_training_rows = (rows.len() - programme.trainings.len()) as u32;
    Ok(())
}

fn write_registration(programme: &Programme, dir: &Path, written: &mut Written) -> Result<(), WriteError> {
    let rows = programme.cases.len();
    for (path, part) in name_files(dir, "registration", "csv", split(rows, |_| 1))? {
        plain_csv::write_registration(programme, part, &path).map_err(failed(&path))?;
        written.files.push(path);
    }
    written.rows.registration = rows;
    Ok(())
}

impl Dirt {
    fn add(&mut self, form: SubmissionDirt) {
        self.duplicate_submissions += form.duplicate_submissions;
        self.impossible_dates += form.impossible_dates;
        self.not_approved_submissions += form.not_approved_submissions;
        self.late_submissions += form.late_submissions;
    }
}

/// Splits `0..items` into ranges of at most [`SOURCE_ROW_LIMIT`] rows, where
/// an item has `rows` of them. There is always at least one range.
fn split(items: usize, rows: impl Fn(usize) -> usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut sum) = (0, 0);
    for item in 0..items {
        let own = rows(item);
        let full = sum + own > SOURCE_ROW_LIMIT || item - start >= SOURCE_ROW_LIMIT;
        if full && item > start {
            parts.push(start..item);
            (start, sum) = (item, 0);
        }
        sum += own;
    }
    parts.push(start..items);
    parts
}

/// Names the parts of a source, `stem.ext` for one and `stem-001.ext` and so
/// on for several, and removes such files of an earlier run, so that a run of
/// another size leaves nothing behind that would be counted again.
fn name_files(
    dir: &Path,
    stem: &str,
    extension: &str,
    parts: Vec<Range<usize>>,
) -> Result<Vec<(PathBuf, Range<usize>)>, WriteError> {
    let remove = || -> io::Result<()> {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            if is_part(&entry.file_name().to_string_lossy(), stem, extension) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    };
    remove().map_err(failed(dir))?;
    let single = parts.len() == 1;
    let name = |number: usize| {
        if single { format!("{stem}.{extension}") } else { format!("{stem}-{number:03}.{extension}") }
    };
    let paths = (1..).map(|number| dir.join(name(number)));
    Ok(paths.zip(parts).collect())
}

/// Whether a file name is `stem.extension` or `stem-<digits>.extension`.
fn is_part(name: &str, stem: &str, extension: &str) -> bool {
    let middle = name
        .strip_prefix(stem)
        .and_then(|rest| rest.strip_suffix(extension))
        .and_then(|rest| rest.strip_suffix('.'));
    match middle {
        Some("") => true,
        Some(rest) => {
            rest.strip_prefix('-').is_some_and(|n| n.len() >= 3 && n.bytes().all(|b| b.is_ascii_digit()))
        }
        None => false,
    }
}

/// Writes files on as many threads as there are cores, four at most. The
/// results stand in the order of the files, and so does the first error.
fn in_parallel<T: Send>(
    files: &[(PathBuf, Range<usize>)],
    work: impl Fn(Range<usize>, &Path) -> Result<T, WriteError> + Sync,
) -> Result<Vec<T>, WriteError> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = threads.min(4).min(files.len());
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(files.len()));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((path, part)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = work(part.clone(), path);
                    let stop = result.is_err();
                    if let Ok(mut done) = done.lock() {
                        done.push((path, result));
                    }
                    if stop {
                        next.store(files.len(), Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    done.sort_by_key(|(path, _)| *path);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_split_below_the_limit() {
        let ends = |items, rows| -> Vec<usize> {
            let parts = split(items, |_| rows);
            assert_eq!(parts[0].start, 0);
            assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
            parts.into_iter().map(|part| part.end).collect()
        };
        assert_eq!(ends(0, 1), [0]);
        assert_eq!(ends(200_000, 1), [200_000]);
        assert_eq!(ends(200_001, 1), [200_000, 200_001]);
        assert_eq!(ends(5, 80_000), [2, 4, 5]);
        assert_eq!(ends(200_001, 0), [200_000, 200_001]);
    }

    #[test]
    fn only_own_files_are_taken_for_parts() {
        assert!(is_part("workshops.xlsx", "workshops", "xlsx"));
        assert!(is_part("workshops-001.xlsx", "workshops", "xlsx"));
        assert!(!is_part("workshops-old.xlsx", "workshops", "xlsx"));
        assert!(!is_part("workshops-.xlsx", "workshops", "xlsx"));
        assert!(!is_part("workshops2.xlsx", "workshops", "xlsx"));
        assert!(!is_part("workshops.csv", "workshops", "xlsx"));
    }
}
