//! Writes the workshops as KoboToolbox writes an XLSX export with XML names:
//! one sheet a section, text cells as inline strings, numbers only where Kobo
//! itself counts (`_id`, `_index`, `_parent_index`), no cell for a blank.

use std::ops::Range;
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use crate::design::{LANGUAGES, TOPICS};
use crate::dirt;
use crate::programme::{Leader, Person, Programme, Session, Sex};
use crate::rng::{Rng, Stream};
use crate::strands::volunteers::session_mode;
use crate::submissions::{COPY_FIELDS, Form, Frame, Kind, Plan, Record, Submission, frame};

/// Name of the root sheet and of the form.
const ROOT: &str = "workshops";
/// Name of the repeat and its sheet.
const REPEAT: &str = "attendance";

const QUESTIONS: [&str; 9] = [
    "start",
    "end",
    "group_place/province",
    "group_place/village",
    "held_on",
    "language",
    "topic",
    "led_by",
    "mode",
];

const REPEAT_QUESTIONS: [&str; 3] = ["attendance/participant", "attendance/sex", "attendance/age"];

/// The sessions as records of the form. Only those after the first quarter may
/// be mistaken for one of the quarter before.
pub(crate) fn records(programme: &Programme) -> impl Iterator<Item = Record> + '_ {
    programme.sessions.iter().map(|session| Record { day: session.day, may_be_mistaken: session.quarter > 0 })
}

/// What the workbooks are written from; shared by the threads that write them.
pub(crate) struct Source<'a> {
    programme: &'a Programme,
    plan: &'a Plan,
    /// One bit an attendance: the first of a person, where the sex is never
    /// left blank.
    first_of_person: Vec<u64>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(programme: &'a Programme, plan: &'a Plan) -> Source<'a> {
        let mut seen = vec![0u64; programme.people as usize / 64 + 1];
        let mut first_of_person = vec![0u64; programme.attendance.len() / 64 + 1];
        for (i, &person) in programme.attendance.iter().enumerate() {
            let (word, bit) = (person as usize / 64, 1u64 << (person % 64));
            if seen[word] & bit == 0 {
                seen[word] |= bit;
                first_of_person[i / 64] |= 1 << (i % 64);
            }
        }
        Source { programme, plan, first_of_person }
    }

    /// Attendance rows of the submission at `position` of the plan.
    pub(crate) fn rows(&self, position: usize) -> usize {
        let record = self.plan.submissions[position].record;
        self.programme.participants(record as usize).len()
    }

    fn session(&self, submission: &Submission) -> &Session {
        &self.programme.sessions[submission.record as usize]
    }

    fn frame(&self, position: usize) -> Frame {
        let submission = &self.plan.submissions[position];
        let session = self.session(submission);
        frame(self.programme.seed, Form::Workshops, position, submission, session.day, session.site)
    }

    /// Writes the submissions at `positions` as one complete export; returns
    /// how many attendance rows have no sex.
    pub(crate) fn write(&self, positions: Range<usize>, path: &Path) -> Result<u32, XlsxError> {
        let mut workbook = Workbook::new();
        let created = ExcelDateTime::from_ymd(2022, 1, 15)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        self.write_root(workbook.add_worksheet_with_constant_memory()?, positions.clone())?;
        let mut without_sex = 0;
        // Kobo makes a sheet only when there is a row for it.
        if positions.clone().any(|position| self.rows(position) > 0) {
            let sheet = workbook.add_worksheet_with_constant_memory()?;
            without_sex = self.write_repeat(sheet, positions)?;
        }
        workbook.save(path)?;
        Ok(without_sex)
    }

    fn write_root(&self, sheet: &mut Worksheet, positions: Range<usize>) -> Result<(), XlsxError> {
        let mut out = Rows::new(sheet, ROOT)?;
        let names = QUESTIONS.iter().chain(&COPY_FIELDS).chain(&["_index"]);
        out.header(names.copied())?;
        for (position, index) in positions.zip(1u32..) {
            let submission = &self.plan.submissions[position];
            let frame = self.frame(position);
            out.text(&frame.start)?;
            out.text(&frame.end)?;
            for answer in self.answers(submission) {
                out.text(&answer)?;
            }
            out.number(frame.id as f64)?;
            for cell in &frame.copied {
                out.text(cell)?;
            }
            out.number(index.into())?;
            out.next_row();
        }
        Ok(())
    }

    /// Province, village, day, language, topic, leader and mode of a session.
    fn answers(&self, submission: &Submission) -> [String; 7] {
        let session = self.session(submission);
        let site = session.site;
        // A duplicate is spelled like its original, a mistake on its own.
        let kind = match submission.kind {
            Kind::Correct | Kind::Duplicate => 0,
            Kind::ImpossibleDate => 1,
            Kind::NotApproved => 2,
        };
        let key = u64::from(submission.record) * 3 + kind;
        let mut rng = Rng::keyed(self.programme.seed, Stream::WorkshopText, key);
        let province = dirt::province(&mut rng, site);
        let held_on = match submission.kind {
            Kind::Correct | Kind::Duplicate => dirt::date(&mut rng, session.day),
            Kind::ImpossibleDate => dirt::impossible_date(&mut rng, session.day),
            // A day in the quarter before: no quarter is longer.
            Kind::NotApproved => dirt::date(&mut rng, session.day.plus(-92)),
        };
        [
            province.to_owned(),
            format!("Village {:02}", session.village),
            held_on,
            LANGUAGES[site.index()][usize::from(session.language)].to_owned(),
            TOPICS[usize::from(session.topic)].to_owned(),
            match session.leader {
                Leader::Volunteer(number) => volunteer_id(number),
                Leader::Staff(number) => format!("S{:02}", number + 1),
                Leader::Unrecorded => String::new(),
            },
            session_mode(self.programme.seed, submission.record as usize, session).key().to_owned(),
        ]
    }

    fn write_repeat(&self, sheet: &mut Worksheet, positions: Range<usize>) -> Result<u32, XlsxError> {
        let programme = self.programme;
        let mut out = Rows::new(sheet, REPEAT)?;
        let copied = COPY_FIELDS.map(|name| format!("_submission_{name}"));
        let names = REPEAT_QUESTIONS
            .into_iter()
            .chain(["_parent_table_name", "_parent_index"])
            .chain(copied.iter().map(String::as_str));
        out.header(names)?;
        let mut without_sex = 0;
        for (position, index) in positions.zip(1u32..) {
            let submission = &self.plan.submissions[position];
            let session = self.session(submission);
            let frame = self.frame(position);
            let people = programme.participants(submission.record as usize);
            for (&number, row) in people.iter().zip(session.first as usize..) {
                let person = Person::of(programme.seed, number);
                let mut rng = Rng::keyed(programme.seed, Stream::AttendanceText, row as u64);
                let first = self.first_of_person[row / 64] >> (row % 64) & 1 == 1;
                let left_blank = rng.chance(6, 100) && !first;
                let sex = if left_blank { Sex::Unknown } else { person.sex };
                let years = session.day.civil().year - person.born;
                without_sex += u32::from(sex == Sex::Unknown);
                out.text(&format!("P{:06}", number + 1))?;
                out.text(dirt::sex(&mut rng, sex))?;
                out.text(&dirt::age(&mut rng, years))?;
                out.text(ROOT)?;
                out.number(index.into())?;
                out.number(frame.id as f64)?;
                for cell in &frame.copied {
                    out.text(cell)?;
                }
                out.next_row();
            }
        }
        Ok(without_sex)
    }
}

/// The code of a volunteer.
pub(crate) fn volunteer_id(number: u32) -> String {
    format!("V{:03}", number + 1)
}

/// Writes cells from left to right and rows from top to bottom.
pub(crate) struct Rows<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
    column: u16,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(sheet: &'a mut Worksheet, name: &str) -> Result<Rows<'a>, XlsxError> {
        sheet.set_name(name)?;
        Ok(Rows { sheet, row: 0, column: 0 })
    }

    pub(crate) fn header<'n>(&mut self, names: impl Iterator<Item = &'n str>) -> Result<(), XlsxError> {
        for name in names {
            self.text(name)?;
        }
        self.next_row();
        Ok(())
    }

    /// A text cell, or none when the text is empty.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), XlsxError> {
        if !text.is_empty() {
            self.sheet.write_string(self.row, self.column, text)?;
        }
        self.column += 1;
        Ok(())
    }

    pub(crate) fn number(&mut self, number: f64) -> Result<(), XlsxError> {
        self.sheet.write_number(self.row, self.column, number)?;
        self.column += 1;
        Ok(())
    }

    pub(crate) fn next_row(&mut self) {
        self.row += 1;
        self.column = 0;
    }
}
