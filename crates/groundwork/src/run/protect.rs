//! Protecting: everything that a run found passes the gate together, and with what earlier releases
//! told the same readers.

use super::Request;
use super::compute::Results;
use crate::files::Folder;
use groundwork_disclosure::{Contrast, Frame, Passed, Published, Unreleased, release_jointly};
use groundwork_plan::diag::{Diagnostic, Fault};
use groundwork_plan::disclosure::Audience;
use groundwork_plan::plan::Plan;
use std::borrow::Cow;
use std::io::Read;
use std::path::PathBuf;

/// The column of the ledger before those of the numbers.
const RUN: &str = "run";

/// So many cells are named in a message.
const NAMED: usize = 10;

/// Applies the disclosure policy. `earlier` is what the ledger holds.
pub(super) fn protect(
    plan: &Plan,
    results: Results,
    contrasts: Vec<Contrast>,
    earlier: &[Published],
) -> Result<Passed, Diagnostic> {
    let frame = Frame { largest: results.largest, ..Frame::of(plan) };
    release_jointly(results.cells, contrasts, &plan.policy, &frame, earlier).map_err(|refusal| {
        let mut named = refusal.cells.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
        if refusal.cells.len() > NAMED {
            named.push_str(&format!("; and {} more", refusal.cells.len() - NAMED));
        }
        Diagnostic { fault: Fault::Disclosure, ..Diagnostic::machine(
            "disclosure.by-comparison",
            format!("somebody could be found by comparing this release with an earlier one: {named}"),
        ) }
        .hint("Publish when enough has changed, for example with the next period, or leave these indicators out of the release.")
    })
}

/// Searches the finished tables, charts and descriptions for identifiers and withheld numbers. The
/// pages of reports are set from these.
pub(super) fn last_look(files: &Folder, unreleased: &Unreleased) -> Result<(), Vec<Diagnostic>> {
    let hits: Vec<Diagnostic> = files
        .iter()
        .filter_map(|(name, bytes)| {
            let what = unpacked(bytes).iter().find_map(|text| unreleased.found_in(text))?;
            let message = format!("{what} stands in {name}");
            let problem = Diagnostic {
                fault: Fault::Disclosure,
                ..Diagnostic::machine("disclosure.last-look", message)
            };
            Some(problem.hint(
                "Look for it in the titles, notes and categories of the pipeline, and in its file names.",
            ))
        })
        .collect();
    if hits.is_empty() { Ok(()) } else { Err(hits) }
}

/// The texts in a file: itself, or the parts of a workbook, with a line for each cell of a sheet. The
/// pages of a PDF and the columns of Parquet hold what is looked at elsewhere.
fn unpacked(bytes: &[u8]) -> Vec<Cow<'_, str>> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return vec![Cow::Borrowed(text)];
    }
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for at in 0..archive.len() {
        let Ok(mut part) = archive.by_index(at) else { continue };
        let is_sheet = part.name().is_ok_and(|name| name.starts_with("xl/worksheets/"));
        let mut text = String::new();
        if part.read_to_string(&mut text).is_ok() {
            out.push(Cow::Owned(if is_sheet { without_tags(&text) } else { text }));
        }
    }
    out
}

/// What stands between the tags of XML, each on a line of its own.
fn without_tags(xml: &str) -> String {
    let between = xml.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    between.filter(|text| !text.is_empty()).flat_map(|text| [text, "\n"]).collect()
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
