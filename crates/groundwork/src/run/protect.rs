//! Protecting: everything that a run found passes the gate together, and with what earlier releases
//! told the same readers.

use super::compute::Results;
use super::load::Asked;
use super::unpack::unpacked;
use super::{Loaded, Request};
use crate::cache::Cache;
use crate::files::{Folder, sha256};
use groundwork_disclosure::{
    Contrast, Estimate, Frame, Names, Passed, Published, Remember, Unreleased, release_remembering,
};
use groundwork_plan::diag::{Diagnostic, Fault};
use groundwork_plan::disclosure::Audience;
use groundwork_plan::indicator::source_table;
use groundwork_plan::plan::Plan;
use groundwork_plan::query::{From, Select, SqlType, Value};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The column of the ledger before those of the numbers.
const RUN: &str = "run";

/// So many cells are named in a message.
const NAMED: usize = 10;

/// What a run found.
pub(super) struct Found {
    pub(super) results: Results,
    pub(super) contrasts: Vec<Contrast>,
    pub(super) estimates: Vec<Estimate>,
}

/// The columns by which rows are told apart that are missing in no row. An engine is not asked.
fn complete(
    plan: &Plan,
    loaded: &Loaded,
    asked: Asked<'_>,
) -> Result<BTreeSet<(String, String)>, Diagnostic> {
    let mut complete = BTreeSet::new();
    if loaded.counted_by.is_some() {
        return Ok(complete);
    }
    for source in &plan.sources {
        for column in source.told_apart_by() {
            let missing = Select::from(From::Table(source_table(&source.id)), "s")
                .column(Value::CountRows.cast(SqlType::Double), "n")
                .filter(Value::column("s", column).is_missing());
            let counts = asked.columns(&missing.query(), 1)?;
            if counts.first().is_some_and(|n| n.numbers() == [0.0]) {
                complete.insert((source.id.clone(), column.to_owned()));
            }
        }
    }
    Ok(complete)
}

/// Applies the disclosure policy. `earlier` is what the ledger holds, and `remember` may know what was
/// judged before.
pub(super) fn protect(
    plan: &Plan,
    found: Found,
    loaded: &Loaded,
    names: &Names,
    asked: Asked<'_>,
    earlier: &[Published],
    remember: &Remember<'_>,
) -> Result<Passed, Diagnostic> {
    let complete = complete(plan, loaded, asked)?;
    let Found { results, contrasts, estimates } = found;
    let rows = names.rows(loaded.sources.iter().map(|source| (source.id.clone(), source.staged.kept)));
    let Results { cells, largest, households, .. } = results;
    let frame = Frame { largest, rows, households, ..Frame::of(plan, names, &complete) };
    let recognised = names.recognised(earlier);
    let passed =
        release_remembering(cells, contrasts, estimates, &plan.policy, &frame, &recognised, remember);
    passed.map_err(|refusal| {
        let mut named = refusal.cells.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
        if refusal.cells.len() > NAMED {
            named.push_str(&format!("; and {} more", refusal.cells.len() - NAMED));
        }
        let problem = if earlier.is_empty() {
            let message = format!("nothing that could be withheld proves that nobody is found: {named}");
            return Diagnostic { fault: Fault::Disclosure, ..Diagnostic::machine("disclosure.no-proof", message) }
                .hint("Leave these indicators or their smallest categories out of the release.");
        } else {
            format!("somebody could be found by comparing this release with an earlier one: {named}")
        };
        Diagnostic { fault: Fault::Disclosure, ..Diagnostic::machine("disclosure.by-comparison", problem) }
        .hint("Publish when enough has changed, for example with the next period, or leave these indicators out of the release.")
    })
}

/// The last look at finished files.
pub(super) struct LastLook<'a> {
    unreleased: &'a Unreleased,
    /// Where the files are kept by their hashes that a run let out that looked for the same.
    kept: Option<(&'a Cache, String)>,
    let_out: BTreeSet<String>,
}

impl<'a> LastLook<'a> {
    pub(super) fn new(unreleased: &'a Unreleased, cache: Option<&'a Cache>) -> Self {
        let texts: Vec<&str> = std::iter::once("let out").chain(unreleased.texts()).collect();
        let kept = cache.map(|cache| (cache, cache.key(&texts)));
        let let_out = kept.as_ref().and_then(|(cache, key)| cache.answer(key)).unwrap_or_default();
        Self { unreleased, kept, let_out }
    }

    /// Searches files for identifiers and withheld numbers, with everything that is packed in them but
    /// copies of files that were `seen`. What cannot be unpacked is not let out either.
    pub(super) fn at(&self, files: &Folder, seen: &Folder) -> Vec<Diagnostic> {
        let problem = |message: String, hint: &str| {
            let problem = Diagnostic::machine("disclosure.last-look", message);
            Diagnostic { fault: Fault::Disclosure, ..problem }.hint(hint)
        };
        let is_new = |bytes: &[u8]| self.let_out.is_empty() || !self.let_out.contains(&sha256(bytes));
        let taken_apart = |(name, bytes): (&String, &Vec<u8>)| {
            if !is_new(bytes) {
                return Ok(Vec::new());
            }
            unpacked(name, bytes, 0).ok_or_else(|| {
                let message = format!("{name} could not be unpacked and looked through");
                problem(message, "Report this: every file that a run writes can be unpacked.")
            })
        };
        let mut parts: Vec<(String, String)> =
            files.keys().map(|name| ("the name of a file".to_owned(), name.clone())).collect();
        let mut hits = Vec::new();
        for inside in files.par_iter().map(taken_apart).collect::<Vec<_>>() {
            match inside {
                Ok(inside) => parts.extend(inside),
                Err(problem) => hits.push(problem),
            }
        }
        // Tables travel in every report and workbook; a text is looked through once. Few have one length.
        let seen = seen.values().filter_map(|bytes| str::from_utf8(bytes).ok());
        let mut known: BTreeSet<(usize, &str)> = seen.map(|text| (text.len(), text)).collect();
        let news: Vec<&(String, String)> =
            parts.iter().filter(|(_, text)| known.insert((text.len(), text))).collect();
        let looked_at = |(part, text): &&(String, String)| {
            let message = format!("{} stands in {part}", self.unreleased.found_in(text)?);
            let hint = "Look for it in the titles, notes and categories of the pipeline, in the words of its templates, and in its file names.";
            Some(problem(message, hint))
        };
        hits.extend(news.par_iter().filter_map(looked_at).collect::<Vec<_>>());
        hits
    }

    /// Keeps that all files of a run were looked at and nothing was found in them.
    pub(super) fn let_out(&self, files: &Folder) {
        let Some((cache, key)) = &self.kept else { return };
        let all: BTreeSet<String> = files.par_iter().map(|(_, bytes)| sha256(bytes)).collect();
        if !all.is_subset(&self.let_out) {
            cache.keep(key, &all);
        }
    }
}

/// The ledger of a pipeline.
pub(crate) struct Ledger {
    path: PathBuf,
    name: String,
    begun: bool,
    /// What earlier runs published.
    pub(super) earlier: Vec<Published>,
    known: bool,
}

impl Ledger {
    /// Reads the ledger that a pipeline names; a release to the organisation itself has none. Lines
    /// of this very run are left out, so that running again gives the same bytes.
    pub(super) fn read(request: &Request, plan: &Plan, run: &str) -> Result<Option<Self>, Diagnostic> {
        let Some(name) = plan.policy.ledger.clone().filter(|_| plan.policy.audience > Audience::Internal)
        else {
            return Ok(None);
        };
        let path = request.folder.join(&name);
        let mut ledger = Self { path, name, begun: false, earlier: Vec::new(), known: false };
        let text = match std::fs::read(&ledger.path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Some(ledger)),
            Err(e) => return Err(ledger.broken(&format!("cannot be read: {e}"))),
        };
        ledger.begun = true;
        let mut reader = csv::Reader::from_reader(text.as_slice());
        let wanted: Vec<&str> = std::iter::once(RUN).chain(Published::COLUMNS).collect();
        let header = reader.headers().map_err(|_| ledger.broken("is not a table"))?.clone();
        if header.iter().ne(wanted.iter().copied()) {
            return Err(ledger.broken(&format!("has other columns than {}", wanted.join(", "))));
        }
        for (at, record) in reader.records().enumerate() {
            let record =
                record.map_err(|_| ledger.broken(&format!("cannot be understood in line {}", at + 2)))?;
            let fields: Vec<&str> = record.iter().skip(1).collect();
            let number = Published::read(&fields)
                .ok_or_else(|| ledger.broken(&format!("cannot be understood in line {}", at + 2)))?;
            if record.get(0) == Some(run) {
                ledger.known = true;
            } else {
                ledger.earlier.push(number);
            }
        }
        Ok(Some(ledger))
    }

    fn broken(&self, what: &str) -> Diagnostic {
        Diagnostic::command_line("ledger.unreadable", format!("the ledger {} {what}", self.name))
            .hint("Bring back the file as the last run left it; without it, nothing protects people from being found by comparison.")
    }

    /// What to add to the file once the run is written: its path, and the lines.
    pub(super) fn lines(&self, run: &str, published: &[Published]) -> Option<(PathBuf, Vec<u8>)> {
        if self.known {
            return None;
        }
        let mut table = csv::Writer::from_writer(Vec::new());
        if !self.begun {
            table.write_record(std::iter::once(RUN).chain(Published::COLUMNS)).ok()?;
        }
        for number in published {
            let fields = number.fields();
            table.write_record(std::iter::once(run).chain(fields.iter().map(String::as_str))).ok()?;
        }
        Some((self.path.clone(), table.into_inner().ok()?))
    }
}
