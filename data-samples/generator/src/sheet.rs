//! Sources as tables: what each row says, and the tool it is kept with. Each
//! strand of the programme describes its sources so, and here they are
//! written, with the dirt that their tool brings along.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use serde::Serialize;

use crate::calendar::Day;
use crate::design::Site;
use crate::dirt::has_impossible_date;
use crate::kobo_xlsx::Rows;
use crate::rng::{Rng, Stream};
use crate::submissions::{COPY_FIELDS, Every, Form, Kind, Plan, Record, frame, plan};
use crate::text::{Text, Version};

/// The tool a source is kept with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    /// A list kept by hand: comma-separated, with blank lines at the end.
    Register,
    /// A KoboToolbox form; one with a repeat is exported as XLSX, others as CSV.
    Kobo(Form),
    /// What Facebook or LINE write: UTF-8 with a byte order mark, no dirt.
    Platform,
}

/// The cells of one row.
type Cells<'a> = Box<dyn Fn(usize, &mut Text) -> Vec<String> + Sync + 'a>;

/// A source.
pub(crate) struct Sheet<'a> {
    /// `csv` of `csv/youth.csv`.
    pub(crate) folder: &'static str,
    /// `youth` of `csv/youth.csv`.
    pub(crate) stem: &'static str,
    /// What a row is, for the README.
    pub(crate) row_is: &'static str,
    pub(crate) tool: Tool,
    /// The columns of its own, without those that a tool adds.
    pub(crate) columns: Vec<&'static str>,
    /// How many rows it has before the dirt.
    pub(crate) rows: usize,
    /// The day a row cannot do without, and the site that wrote it.
    pub(crate) about: Box<dyn Fn(usize) -> (Day, Site) + Sync + 'a>,
    pub(crate) cells: Cells<'a>,
    /// A group of questions asked several times in one submission.
    pub(crate) repeat: Option<Repeat<'a>>,
}

/// A repeat of a KoboToolbox form.
pub(crate) struct Repeat<'a> {
    pub(crate) name: &'static str,
    pub(crate) columns: Vec<&'static str>,
    /// How often it is there in a row of the form.
    pub(crate) count: Box<dyn Fn(usize) -> usize + Sync + 'a>,
    /// The cells of one of them.
    pub(crate) cells: Box<dyn Fn(usize, usize) -> Vec<String> + Sync + 'a>,
}

/// How many rows of one source were written, and what is wrong with them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceRows {
    /// Folder and name without ending, such as `csv/youth`.
    pub source: String,
    /// Rows written, without header; of a form its submissions.
    pub rows: usize,
    /// Rows of its repeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat_rows: Option<usize>,
    /// Rows that stand there twice.
    pub duplicates: u32,
    /// Mistaken rows with a date that does not exist, beside the correct one.
    pub impossible_dates: u32,
    /// Mistaken submissions the office has rejected.
    pub not_approved: u32,
    /// Correct submissions received weeks late.
    pub late: u32,
    /// What a row is.
    #[serde(skip)]
    pub row_is: &'static str,
    /// The repeat and what its rows are, where there is one.
    #[serde(skip)]
    pub repeat: Option<&'static str>,
    /// The ending of its files.
    #[serde(skip)]
    pub ending: &'static str,
}

impl SourceRows {
    /// What it is kept in, in words.
    pub(crate) fn kept_in(&self) -> &'static str {
        match self.source.split('/').next() {
            Some("kobo") => "KoboToolbox export",
            Some("facebook") => "Facebook export",
            Some("line") => "LINE export",
            _ => "list",
        }
    }
}

/// The rows of a source in the order they are written.
pub(crate) enum Order {
    /// Submissions of a form.
    Submissions(Plan),
    /// Rows of a list, with their version.
    Listed(Vec<(u32, Version)>),
}

/// Every so many rows of a list one stands there twice.
const DUPLICATE_EVERY: u32 = 41;
/// Every so many rows one has a mistaken row before it.
const IMPOSSIBLE_EVERY: u32 = 53;

impl Sheet<'_> {
    /// A number of its own, from its name (FNV-1a).
    fn number(&self) -> u64 {
        let name = self.folder.bytes().chain(self.stem.bytes());
        let hash = name.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        hash & 0xff_ffff
    }

    /// The ending of its files.
    pub(crate) fn ending(&self) -> &'static str {
        match (self.tool, &self.repeat) {
            (Tool::Kobo(_), Some(_)) => "xlsx",
            _ => "csv",
        }
    }

    /// The rows in the order they are written, and how many are wrong.
    pub(crate) fn order(&self, seed: u64) -> (Order, SourceRows) {
        let mut rows = SourceRows {
            source: format!("{}/{}", self.folder, self.stem),
            row_is: self.row_is,
            repeat: self.repeat.as_ref().map(|repeat| repeat.name),
            ending: self.ending(),
            ..SourceRows::default()
        };
        if let Tool::Kobo(form) = self.tool {
            let records =
                (0..self.rows).map(|row| Record { day: (self.about)(row).0, may_be_mistaken: true });
            let plan = plan(seed, form, records);
            rows.rows = plan.submissions.len();
            rows.duplicates = plan.dirt.duplicate_submissions;
            rows.impossible_dates = plan.dirt.impossible_dates;
            rows.not_approved = plan.dirt.not_approved_submissions;
            rows.late = plan.dirt.late_submissions;
            let order = Order::Submissions(plan);
            rows.repeat_rows =
                self.repeat.as_ref().map(|_| (0..rows.rows).map(|at| self.weight(&order, at)).sum());
            return (order, rows);
        }
        let mut listed = Vec::with_capacity(self.rows + self.rows / 16);
        let mut rng = Rng::keyed(seed, Stream::Registers, self.number());
        let mut duplicate = Every::new(&mut rng, DUPLICATE_EVERY);
        let mut impossible = Every::new(&mut rng, IMPOSSIBLE_EVERY);
        for (row, number) in (0..self.rows).zip(0u32..) {
            if self.tool == Tool::Register {
                if has_impossible_date((self.about)(row).0) && impossible.hits() {
                    listed.push((number, Version::Impossible));
                    rows.impossible_dates += 1;
                }
                if duplicate.hits() {
                    listed.push((number, Version::Right));
                    rows.duplicates += 1;
                }
            }
            listed.push((number, Version::Right));
        }
        rows.rows = listed.len();
        (Order::Listed(listed), rows)
    }

    /// Rows of the largest table that stand at a place of the order.
    pub(crate) fn weight(&self, order: &Order, at: usize) -> usize {
        match (&self.repeat, order) {
            (Some(repeat), Order::Submissions(plan)) => (repeat.count)(plan.submissions[at].record as usize),
            _ => 1,
        }
    }

    /// Writes a range of the order as one complete file.
    pub(crate) fn write(
        &self,
        seed: u64,
        order: &Order,
        places: Range<usize>,
        path: &Path,
    ) -> Result<(), String> {
        match (order, &self.repeat) {
            (Order::Listed(listed), _) => self.write_list(seed, &listed[places], path).map_err(in_words),
            (Order::Submissions(plan), None) => self.write_csv(seed, plan, places, path).map_err(in_words),
            (Order::Submissions(plan), Some(repeat)) => {
                self.write_book(seed, plan, repeat, places, path).map_err(in_words)
            }
        }
    }

    fn write_list(&self, seed: u64, listed: &[(u32, Version)], path: &Path) -> Result<(), csv::Error> {
        let mut file = BufWriter::new(File::create(path)?);
        if self.tool == Tool::Platform {
            file.write_all("\u{feff}".as_bytes())?;
        }
        let mut out = csv::Writer::from_writer(file);
        out.write_record(&self.columns)?;
        for &(row, version) in listed {
            let mut text = Text::of(seed, self.number(), row as usize, version);
            out.write_record((self.cells)(row as usize, &mut text))?;
        }
        let mut file = out.into_inner().map_err(|e| e.into_error())?;
        if self.tool == Tool::Register {
            file.write_all(b"\n\n")?;
        }
        file.flush()?;
        Ok(())
    }

    fn write_csv(&self, seed: u64, plan: &Plan, places: Range<usize>, path: &Path) -> Result<(), csv::Error> {
        let mut out = csv::WriterBuilder::new()
            .delimiter(b';')
            .quote_style(csv::QuoteStyle::Always)
            .terminator(csv::Terminator::CRLF)
            .from_path(path)?;
        let ends = ["start", "end"];
        out.write_record(ends.iter().chain(&self.columns).chain(&COPY_FIELDS).chain(&["_index"]))?;
        for (at, index) in places.zip(1u32..) {
            let (frame, cells) = self.submission(seed, plan, at);
            out.write_field(&frame.start)?;
            out.write_field(&frame.end)?;
            for cell in cells {
                out.write_field(cell)?;
            }
            out.write_field(frame.id.to_string())?;
            for cell in &frame.copied {
                out.write_field(cell)?;
            }
            out.write_field(index.to_string())?;
            out.write_record(None::<&[u8]>)?;
        }
        out.flush()?;
        Ok(())
    }

    /// The frame and the answers of the submission at a place of the plan.
    fn submission(&self, seed: u64, plan: &Plan, at: usize) -> (crate::submissions::Frame, Vec<String>) {
        let submission = &plan.submissions[at];
        let row = submission.record as usize;
        let (day, site) = (self.about)(row);
        let form = match self.tool {
            Tool::Kobo(form) => form,
            Tool::Register | Tool::Platform => Form::Workshops,
        };
        let version = match submission.kind {
            Kind::Correct | Kind::Duplicate => Version::Right,
            Kind::ImpossibleDate => Version::Impossible,
            Kind::NotApproved => Version::Rejected,
        };
        let mut text = Text::of(seed, self.number(), row, version);
        (frame(seed, form, at, submission, day, site), (self.cells)(row, &mut text))
    }

    fn write_book(
        &self,
        seed: u64,
        plan: &Plan,
        repeat: &Repeat,
        places: Range<usize>,
        path: &Path,
    ) -> Result<(), XlsxError> {
        let mut workbook = Workbook::new();
        let created = ExcelDateTime::from_ymd(2022, 1, 15)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        let mut out = Rows::new(workbook.add_worksheet_with_constant_memory()?, self.stem)?;
        let ends = ["start", "end"];
        let names = ends.iter().chain(&self.columns).chain(&COPY_FIELDS).chain(&["_index"]);
        out.header(names.copied())?;
        for (at, index) in places.clone().zip(1u32..) {
            let (frame, cells) = self.submission(seed, plan, at);
            out.text(&frame.start)?;
            out.text(&frame.end)?;
            for cell in cells {
                out.text(&cell)?;
            }
            out.number(frame.id as f64)?;
            for cell in &frame.copied {
                out.text(cell)?;
            }
            out.number(index.into())?;
            out.next_row();
        }
        let mut out = Rows::new(workbook.add_worksheet_with_constant_memory()?, repeat.name)?;
        let copied = COPY_FIELDS.map(|name| format!("_submission_{name}"));
        let parents = ["_parent_table_name", "_parent_index"];
        let names = repeat.columns.iter().chain(&parents).copied();
        out.header(names.chain(copied.iter().map(String::as_str)))?;
        for (at, index) in places.zip(1u32..) {
            let (frame, _) = self.submission(seed, plan, at);
            let row = plan.submissions[at].record as usize;
            for part in 0..(repeat.count)(row) {
                for cell in (repeat.cells)(row, part) {
                    out.text(&cell)?;
                }
                out.text(self.stem)?;
                out.number(index.into())?;
                out.number(frame.id as f64)?;
                for cell in &frame.copied {
                    out.text(cell)?;
                }
                out.next_row();
            }
        }
        workbook.save(path)
    }
}

fn in_words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
