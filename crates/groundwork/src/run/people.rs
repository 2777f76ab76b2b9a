//! Who is who: the rows of a step of `people` go through the comparison, and each gets its person.
//!
//! Names go from the database to the comparison and no further: what comes back is a number for each
//! row. The columns that held them are gone from the tables afterwards.

use crate::files::{hash_file, read_file};
use crate::run::load::{InputFile, Loaded};
use crate::ui::Progress;
use arrow::array::{ArrayRef, StringArray, UInt32Array, UInt64Array};
use arrow::record_batch::RecordBatch;
use groundwork_people::{Decision, Doubtful, Field, Kind, Linked, Rows, Told, link};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::people::{People, PeopleKind, least, most, people_table};
use groundwork_plan::plan::Plan;
use groundwork_sources::KEY_FILE;
use groundwork_stats::linkage::unique_reach::UniqueReach;
use groundwork_stats::thresholds::REACH_THRESHOLDS;
use groundwork_store::Store;
use std::path::Path;
use std::sync::Arc;

/// What is known of a step.
#[derive(Debug)]
pub(crate) struct PeopleFound {
    /// The step.
    pub(crate) id: String,
    /// The least probability of a link.
    pub(crate) threshold: f64,
    /// The different people, as a band.
    pub(crate) reach: UniqueReach,
    /// How it was found.
    pub(crate) told: Told,
    /// The most doubtful pairs, each with where a row of both stands.
    pub(crate) doubtful: Vec<(Doubtful, [RowPlace; 2])>,
}

/// A row of a source: for those who have the export.
#[derive(Debug, Clone)]
pub(crate) struct RowPlace {
    /// The source.
    pub(crate) source: String,
    /// The number of its file.
    pub(crate) file: i64,
    /// The row, as the file numbers it.
    pub(crate) row: i64,
}

/// Pairs between these probabilities are worth a look, and no more of them are kept.
const DOUBTFUL: (f64, f64) = (0.3, 0.95);
const DOUBTFUL_MOST: usize = 1000;

/// Where a row of a step stands.
struct Place {
    /// Which of the step's sources, in order.
    register: usize,
    file: i64,
    row: i64,
}

/// Finds out who is who for a step whose sources are all loaded, and puts it beside their rows.
pub(super) fn identify(
    store: &Store,
    plan: &Plan,
    people: &People,
    base: &Path,
    loaded: &mut Loaded,
    progress: &Progress,
) -> Result<(), Diagnostic> {
    progress.step(&format!("find out who is who: {}", people.id));
    let (linked, places) = compared(store, plan, people, base, loaded)?;
    let of =
        |threshold: f64| linked.as_ref().map(|linked| linked.people(threshold)).transpose().map_err(refused);
    let [lowest, .., highest] = REACH_THRESHOLDS;
    let found = [of(people.threshold)?, of(lowest)?, of(highest)?].map(Option::unwrap_or_default);
    let done: Vec<&str> =
        plan.people.iter().take_while(|step| step.id != people.id).map(|s| s.id.as_str()).collect();
    for (at, register) in people.registers.iter().enumerate() {
        let Some(source) = plan.source(&register.source) else { continue };
        store.run(&people.declare(&source.id))?;
        let rows: Vec<usize> = (0..places.len()).filter(|row| places[*row].register == at).collect();
        if !rows.is_empty() {
            store.append(&people_table(&people.id, &source.id), batch(people, &rows, &places, &found)?)?;
        }
        let is_last =
            !plan.people.iter().skip(done.len() + 1).any(|step| step.register(&source.id).is_some());
        for statement in people.join(source, &plan.sources, &done, is_last) {
            store.run(&statement)?;
        }
    }
    if let Some(linked) = linked {
        progress.step(&format!(
            "  {} rows are of {} to {} people",
            linked.told.rows, linked.reach.lower, linked.reach.upper
        ));
        let place = |row: usize| {
            let place = places.get(row);
            RowPlace {
                source: place
                    .and_then(|p| people.registers.get(p.register))
                    .map(|r| r.source.clone())
                    .unwrap_or_default(),
                file: place.map_or(0, |place| place.file),
                row: place.map_or(0, |place| place.row),
            }
        };
        let doubtful = linked.doubtful(DOUBTFUL.0, DOUBTFUL.1, DOUBTFUL_MOST).into_iter();
        let doubtful = doubtful.map(|pair| (pair.clone(), pair.rows.map(place))).collect();
        let (id, threshold) = (people.id.clone(), people.threshold);
        loaded.people.push(PeopleFound { id, threshold, reach: linked.reach, told: linked.told, doubtful });
    }
    Ok(())
}

/// Compares the rows of a step; nothing where there are none. The places are those of the rows, in
/// the order in which they went in.
fn compared(
    store: &Store,
    plan: &Plan,
    people: &People,
    base: &Path,
    loaded: &mut Loaded,
) -> Result<(Option<Linked>, Vec<Place>), Diagnostic> {
    let fields = people.fields.iter().map(|field| Field { name: field.name.clone(), kind: kind(field.kind) });
    // Without a key whoever knows a name can find its record in a review.
    let secret = std::fs::read(base.join(KEY_FILE)).unwrap_or_default();
    let mut rows = Rows::new(fields.collect(), secret.trim_ascii());
    let mut places = Vec::new();
    for (register, of) in people.registers.iter().enumerate() {
        store.texts(&people.rows(of, plan.calendar.as_of), |[file, row], values| {
            rows.push(values);
            places.push(Place { register, file, row });
        })?;
    }
    if rows.is_empty() {
        return Ok((None, places));
    }
    let decisions = match &people.decisions {
        Some(name) => decisions(base, name, people, loaded)?,
        None => Vec::new(),
    };
    match link(rows, people.threshold, &decisions) {
        Ok(linked) => Ok((Some(linked), places)),
        Err(refusal) if refusal.code == "no_comparison" => Ok((None, places)),
        Err(refusal) => Err(refused(refusal)),
    }
}

fn kind(kind: PeopleKind) -> Kind {
    match kind {
        PeopleKind::Name => Kind::Name,
        PeopleKind::Born => Kind::Born,
        PeopleKind::Sex => Kind::Sex,
        PeopleKind::Phone => Kind::Phone,
        PeopleKind::Address => Kind::Address,
        PeopleKind::Place => Kind::Place,
        PeopleKind::Identifier => Kind::Identifier,
        PeopleKind::Exact => Kind::Exact,
        PeopleKind::Text => Kind::Text,
    }
}

fn refused(refusal: groundwork_stats::Refusal) -> Diagnostic {
    Diagnostic::bug("people.refused", format!("who is who could not be found out: {}", refusal.message))
}

/// The people of some rows, as a table; rows of a step that says nothing are of nobody.
fn batch(
    people: &People,
    rows: &[usize],
    places: &[Place],
    found: &[Vec<u32>; 3],
) -> Result<RecordBatch, Diagnostic> {
    let whole = |n: i64| u64::try_from(n).unwrap_or_default();
    let files: Vec<u32> =
        rows.iter().map(|row| u32::try_from(places[*row].file).unwrap_or_default()).collect();
    let numbers: Vec<u64> = rows.iter().map(|row| whole(places[*row].row)).collect();
    let names = |found: &Vec<u32>| -> ArrayRef {
        let name = |row: &usize| found.get(*row).map(|person| format!("p{person:08}"));
        Arc::new(rows.iter().map(name).collect::<StringArray>())
    };
    let mut columns: Vec<(String, ArrayRef)> = vec![
        ("_file".into(), Arc::new(UInt32Array::from(files))),
        ("_row".into(), Arc::new(UInt64Array::from(numbers))),
    ];
    let ids = [people.id.clone(), least(&people.id), most(&people.id)];
    columns.extend(ids.into_iter().zip(found.iter().map(names)));
    let columns = columns.into_iter().map(|(name, values)| (name, values, true));
    RecordBatch::try_from_iter_with_nullable(columns)
        .map_err(|e| Diagnostic::bug("people.batch", format!("people could not be written down: {e}")))
}

/// What people decided on doubtful pairs; the file is one of the inputs.
fn decisions(
    base: &Path,
    name: &str,
    people: &People,
    loaded: &mut Loaded,
) -> Result<Vec<Decision>, Diagnostic> {
    let path = base.join(name);
    let bytes = read_file(&path, name)?;
    let mut table = csv::Reader::from_reader(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes));
    let broken = |message: String| {
        Diagnostic::pipeline("people.decisions", people.span, message).hint(
            "A file of decisions has the columns `record`, `other` and `decision`, as `groundwork review` writes them.",
        )
    };
    let unreadable = |_| broken(format!("the decisions in `{name}` cannot be read as CSV"));
    let headers = table.headers().map_err(unreadable)?.clone();
    let place = |wanted: &str| headers.iter().position(|header| header.trim() == wanted);
    let (Some(one), Some(other), Some(decision)) = (place("record"), place("other"), place("decision"))
    else {
        return Err(broken(format!("`{name}` has no column `record`, `other` or `decision`")));
    };
    let mut out = Vec::new();
    let mut rows = 0;
    for row in table.records() {
        let row = row.map_err(unreadable)?;
        rows += 1;
        let key = |at: usize| u128::from_str_radix(row.get(at).unwrap_or_default().trim(), 16).ok();
        let same = match row.get(decision).unwrap_or_default().trim().to_lowercase().as_str() {
            "same" | "yes" | "y" | "ใช่" => true,
            "different" | "no" | "n" | "ไม่ใช่" => false,
            // Not decided.
            "" | "unsure" | "?" => continue,
            _ => {
                return Err(broken(format!(
                    "row {} of `{name}` decides neither `same` nor `different`",
                    rows + 1
                )));
            }
        };
        let (Some(one), Some(other)) = (key(one), key(other)) else {
            return Err(broken(format!("row {} of `{name}` does not name two records", rows + 1)));
        };
        out.push(Decision { one, other, same });
    }
    if !loaded.files.contains_key(name) {
        let (sha256, bytes) = hash_file(&path, name)?;
        loaded.files.insert(name.to_owned(), InputFile { sha256, bytes, rows });
    }
    Ok(out)
}
