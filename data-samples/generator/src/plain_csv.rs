//! Writes the training list and the registration list: plain comma-separated
//! files kept by hand, with a few blank lines at the end.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use crate::calendar::Day;
use crate::design::{LANGUAGES, Site};
use crate::dirt;
use crate::kobo_xlsx::volunteer_id;
use crate::programme::{Case, CloseReason, Programme, Sex};
use crate::rng::{Rng, Stream};
use crate::strands::registration::{Residence, left};
use crate::strands::volunteers::VolunteerLife;

const TRAININGS: [&str; 7] = ["training_id", "volunteer", "sex", "site", "language", "held_on", "trained_by"];

const REGISTRATION: [&str; 14] = [
    "case_id",
    "child",
    "sex",
    "site",
    "district",
    "group",
    "identified_on",
    "documents_gathered_on",
    "filed_on",
    "approved_on",
    "id_received_on",
    "closed_on",
    "close_reason",
    "left_on",
];

/// Every so many rows of the training list one stands there twice.
const DUPLICATE_EVERY: usize = 17;

/// Rows of the training list as positions in the programme's, the copied ones
/// right after their original.
pub(crate) fn training_rows(programme: &Programme) -> Vec<u32> {
    let shift = Rng::keyed(programme.seed, Stream::Plan, 1 << 40).below(DUPLICATE_EVERY as u64);
    let mut rows = Vec::new();
    for (position, row) in (0..programme.trainings.len()).zip(0u32..) {
        rows.push(row);
        if position % DUPLICATE_EVERY == shift as usize {
            rows.push(row);
        }
    }
    rows
}

/// Writes the given rows of the training list as one file.
pub(crate) fn write_trainings(
    programme: &Programme,
    life: &VolunteerLife,
    rows: &[u32],
    path: &Path,
) -> Result<(), csv::Error> {
    write_table(path, &TRAININGS, rows.iter(), |&row| {
        let training = programme.trainings[row as usize];
        let volunteer = programme.volunteers[training.volunteer as usize];
        let mut rng = Rng::keyed(programme.seed, Stream::TrainingText, row.into());
        let sex = adult_sex(programme.seed, training.volunteer);
        // Left out at some refreshers, never at the first training.
        let left_blank = rng.chance(1, 10) && training.day > volunteer.trained;
        let sex = if left_blank { Sex::Unknown } else { sex };
        let site = volunteer.site;
        [
            format!("T{:03}", training.event),
            volunteer_id(training.volunteer),
            dirt::sex(&mut rng, sex).to_owned(),
            dirt::province(&mut rng, site).to_owned(),
            LANGUAGES[site.index()][usize::from(volunteer.language)].to_owned(),
            dirt::date(&mut rng, training.day),
            // Written down at the first training only.
            if training.day > volunteer.trained {
                String::new()
            } else {
                life.trained_by(training.volunteer)
            },
        ]
    })
}

/// Two volunteers in three are women.
pub(crate) fn adult_sex(seed: u64, volunteer: u32) -> Sex {
    if Rng::keyed(seed, Stream::Volunteer, volunteer.into()).chance(2, 3) { Sex::Female } else { Sex::Male }
}

/// Writes a range of the registration list as one file.
pub(crate) fn write_registration(
    programme: &Programme,
    rows: Range<usize>,
    path: &Path,
) -> Result<(), csv::Error> {
    write_table(path, &REGISTRATION, rows, |row| {
        let case = &programme.cases[row];
        let Case { site, identified, documents, filed, approved, received, closed } = *case;
        let residence = Residence::of(programme.seed, row);
        let mut rng = Rng::keyed(programme.seed, Stream::RegistrationText, row as u64);
        let sex = child_sex(programme.seed, row);
        let sex = dirt::sex(&mut rng, sex).to_owned();
        let province = site_name(&mut rng, site);
        let mut date = |day: Option<Day>| day.map_or_else(String::new, |d| dirt::date(&mut rng, d));
        [
            format!("R{:04}", row + 1),
            format!("C{:04}", row + 1),
            sex,
            province,
            residence.district(case).unwrap_or_default().to_owned(),
            residence.group(case).unwrap_or_default().to_owned(),
            date(Some(identified)),
            date(documents),
            date(filed),
            date(approved),
            date(received),
            date(closed.map(|(day, _)| day)),
            closed.map_or("", |(_, reason)| reason_key(reason)).to_owned(),
            date(left(case)),
        ]
    })
}

fn site_name(rng: &mut Rng, site: Site) -> String {
    dirt::province(rng, site).to_owned()
}

/// Half of the children are girls; of one in fifty nobody wrote it down.
pub(crate) fn child_sex(seed: u64, child: usize) -> Sex {
    match Rng::keyed(seed, Stream::Child, child as u64).below(100) {
        0..=1 => Sex::Unknown,
        2..=50 => Sex::Female,
        _ => Sex::Male,
    }
}

const fn reason_key(reason: CloseReason) -> &'static str {
    match reason {
        CloseReason::Completed => "completed",
        CloseReason::MovedAway => "moved_away",
        CloseReason::AgedOut => "aged_out",
        CloseReason::Refused => "refused",
    }
}

/// Writes a header, one line a row and two blank lines.
fn write_table<T, const N: usize>(
    path: &Path,
    header: &[&str; N],
    rows: impl Iterator<Item = T>,
    cells: impl Fn(T) -> [String; N],
) -> Result<(), csv::Error> {
    let mut out = csv::Writer::from_writer(BufWriter::new(File::create(path)?));
    out.write_record(header)?;
    for row in rows {
        out.write_record(cells(row))?;
    }
    let mut file = out.into_inner().map_err(|e| e.into_error())?;
    file.write_all(b"\n\n")?;
    file.flush()?;
    Ok(())
}
