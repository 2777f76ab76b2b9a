//! The workbook of a run in a language: the performance table for readers, the tables as they stand
//! in the CSV files, definitions and notes. Every number is one of the tables; no cell is a formula.
//!
//! A workbook is gone through twice: first for what it says, from which its identifier is made, and then,
//! where no earlier run wrote one that says the same, to write it.

use super::figures::period_label;
use super::report::{limits, method};
use super::tables::Row;
use crate::cache::Cache;
use crate::files::{Folder, sha256};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::indicator::{Direction, Indicator};
use groundwork_plan::number::{Unit, digits, format_day, format_exact};
use groundwork_plan::period::Period;
use groundwork_plan::plan::Plan;
use groundwork_plan::text::Language;
use groundwork_report::{Templates, Words, standing};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The rows that a worksheet holds below its header.
const ROWS: usize = 1_048_575;

/// How hard a workbook is packed, of 9. The usual 6 takes longer than anything else in it.
const QUICKLY: u8 = 3;

/// The letters that a cell holds.
const LETTERS: usize = 32_767;

/// The text columns of the tables; all others but the days are numbers.
const TEXTS: [&str; 18] = [
    "category",
    "contrast",
    "dimension",
    "estimand",
    "evaluation",
    "indicator",
    "method",
    "period",
    "plan_item",
    "reason",
    "site",
    "status",
    "term",
    "unit",
    "verdict",
    "source",
    "check",
    "action",
];

/// The columns of the tables that hold days.
const DAYS: [&str; 2] = ["period_start", "period_end"];

/// What a workbook is made from.
pub(super) struct Sheets<'a> {
    pub(super) plan: &'a Plan,
    pub(super) rows: &'a [Row<'a>],
    pub(super) tables: &'a Folder,
    /// Where workbooks are kept, and looked for.
    pub(super) cache: Option<&'a Cache>,
}

/// Workbooks, with the identifiers that they print, by their files.
#[derive(Debug, Clone, Default)]
pub(super) struct Workbooks {
    pub(super) files: Folder,
    pub(super) ids: BTreeMap<String, String>,
}

impl Sheets<'_> {
    /// Writes the workbook of every language that a report is in; in English where there is none.
    pub(super) fn write(&self) -> Result<Workbooks, Vec<Diagnostic>> {
        let mut languages: Vec<Language> =
            self.plan.reports.iter().flat_map(|r| &r.languages).copied().collect();
        if languages.is_empty() {
            languages.push(Language::En);
        }
        languages.sort();
        languages.dedup();
        let written = |language: &Language| -> Result<(String, String, Vec<u8>), Vec<Diagnostic>> {
            let words = Words::of(&Templates::built_in(), *language)?;
            let (id, bytes) = self.workbook(&words).map_err(|e| {
                vec![Diagnostic::bug("workbook.xlsx", format!("the workbook could not be written: {e}"))]
            })?;
            Ok((format!("reports/indicators-{language}.xlsx"), id, bytes))
        };
        let mut out = Workbooks::default();
        for workbook in languages.par_iter().map(written).collect::<Vec<_>>() {
            let (name, id, bytes) = workbook?;
            out.ids.insert(name.clone(), id);
            out.files.insert(name, bytes);
        }
        Ok(out)
    }

    /// The identifier of a workbook, and the workbook.
    fn workbook(&self, words: &Words) -> Result<(String, Vec<u8>), XlsxError> {
        let mut said = format!("{}{}", self.title(words), self.plan.calendar.as_of).into_bytes();
        for sheet in self.sheets(words, None, "")? {
            said.extend(sheet.said.finalize());
        }
        let said = sha256(&said);
        let id: String = said.chars().take(16).collect();
        let kept = self.cache.map(|cache| (cache, cache.key(&["workbook", &said])));
        if let Some(bytes) = kept.as_ref().and_then(|(cache, key)| cache.bytes(key)) {
            return Ok((id, bytes));
        }
        let mut workbook = Workbook::new();
        workbook.set_zip_compression_level(QUICKLY);
        // The day of the exports: a workbook never reads the clock.
        let day = self.plan.calendar.as_of;
        let created = excel_day(day.year(), day.month(), day.day())?;
        workbook.set_properties(
            &DocProperties::new().set_title(self.title(words)).set_creation_datetime(&created),
        );
        for sheet in self.sheets(words, Some(&Style::new()), &id)? {
            workbook.push_worksheet(sheet.written);
        }
        let bytes = workbook.save_to_buffer()?;
        // To let go of every cell takes a while, for which nobody waits.
        rayon::spawn(|| drop(workbook));
        if let Some((cache, key)) = kept {
            cache.keep_bytes(&key, &bytes);
        }
        Ok((id, bytes))
    }

    /// The sheets, written where there is a style, with an identifier.
    fn sheets<'s>(
        &self,
        words: &Words,
        style: Option<&'s Style>,
        id: &str,
    ) -> Result<Vec<Sheet<'s>>, XlsxError> {
        let sheet = |name: &str| Sheet::new(&words.fill(&format!("workbook.{name}"), &[]), style);
        let of_table = |name: &str, file: &str, frozen: u16| {
            let bytes = self.tables.get(file).map(Vec::as_slice).unwrap_or_default();
            table(bytes, frozen, sheet(name)?)
        };
        // The two sheets with a row for each cell, side by side.
        let (performance, data) = rayon::join(
            || self.performance(words, sheet("performance")?),
            || of_table("data", "indicators.csv", 3),
        );
        let ((data, more_data), (estimates, more)) = (data?, of_table("estimates", "estimates.csv", 2)?);
        let left = [("indicators.csv", more_data), ("estimates.csv", more)];
        let left: Vec<(&str, usize)> = left.into_iter().filter(|(_, more)| *more > 0).collect();
        let definitions = self.definitions(words, sheet("definitions")?)?;
        let notes = self.notes(words, &left, id, sheet("notes")?)?;
        Ok(vec![performance?, data, estimates, definitions, notes])
    }

    fn title(&self, words: &Words) -> String {
        let language = words.language();
        let programme = self.plan.programme.title.get(language);
        let periods = &self.plan.calendar.periods;
        let named = |p: Option<&Period>| p.map(|p| period_label(*p, language)).unwrap_or_default();
        let (first, last) = (named(periods.first()), named(periods.last()));
        let period = if first == last { first } else { format!("{first} – {last}") };
        words.fill("workbook.titles", &[("programme", programme), ("period", &period)])
    }

    /// One row for each cell, with names instead of identifiers.
    fn performance<'s>(&self, words: &Words, mut sheet: Sheet<'s>) -> Result<Sheet<'s>, XlsxError> {
        let language = words.language();
        let say = |path: &str| words.fill(path, &[]);
        let columns: [(&str, f64, Look); 17] = [
            ("indicators.indicator", 44.0, Look::Plain),
            ("evidence.site", 18.0, Look::Plain),
            ("changes.period", 22.0, Look::Plain),
            ("workbook.group", 26.0, Look::Plain),
            ("workbook.unit", 12.0, Look::Plain),
            // As the unit of the indicator asks for.
            ("workbook.baseline", 11.0, Look::Plain),
            ("indicators.target", 11.0, Look::Plain),
            ("workbook.actual", 11.0, Look::Plain),
            ("workbook.lower", 11.0, Look::Plain),
            ("workbook.upper", 11.0, Look::Plain),
            ("indicators.achievement", 11.0, Look::Share),
            ("workbook.progress", 11.0, Look::Share),
            ("indicators.status", 26.0, Look::Plain),
            ("methods.numerator", 12.0, Look::Plain),
            ("methods.denominator", 12.0, Look::Plain),
            ("n", 9.0, Look::Count),
            ("workbook.published", 34.0, Look::Plain),
        ];
        for (at, (path, width, look)) in (0u16..).zip(columns) {
            let name = if path == "evidence.site" { say("workbook.site") } else { say(path) };
            sheet.string(0, at, &name, Look::Head)?;
            sheet.column(at, width, look)?;
        }
        let rows = self.rows.get(..self.rows.len().min(ROWS)).unwrap_or_default();
        let mut groups: BTreeMap<(&str, &str), String> = BTreeMap::new();
        let mut told = BTreeMap::new();
        for (at, row) in (1u32..).zip(rows) {
            let (cell, key) = (row.cell, row.cell.key());
            let indicator = self.plan.indicator(&key.indicator);
            let title = indicator.map_or(key.indicator.as_str(), |i| i.title.get(language));
            let site = match self.plan.sites.iter().find(|s| s.id == key.site) {
                Some(site) => site.name.get(language).to_owned(),
                None if key.site.is_empty() => say("all_sites"),
                None => key.site.clone(),
            };
            let period = Period::parse_in(&key.period, self.plan.calendar.fiscal);
            let period = period.map_or_else(|| key.period.clone(), |p| period_label(p, language));
            let group = groups.entry((&key.dimension, &key.category)).or_insert_with(|| {
                let labels = &self.plan.labels;
                match key.dimension.as_str() {
                    "" => String::new(),
                    dimension => format!(
                        "{}: {}",
                        labels.word(dimension, language),
                        labels.category(dimension, &key.category, language)
                    ),
                }
            });
            let texts = [title, &site, &period, group, &unit_word(cell.unit(), words)];
            for (column, text) in (0u16..).zip(texts) {
                sheet.string(at, column, text, Look::Unset)?;
            }
            let figures = cell.figures();
            let interval = figures.and_then(|f| f.interval());
            let value = Look::of(cell.unit());
            let numbers = [
                (row.baseline, value),
                (row.target, value),
                (cell.value(), value),
                (interval.map(|i| i.0), value),
                (interval.map(|i| i.1), value),
                (row.achievement, Look::Unset),
                (row.progress, Look::Unset),
            ];
            for (column, (number, look)) in (5u16..).zip(numbers) {
                sheet.figure(at, column, number, look)?;
            }
            let direction = indicator.map_or(Direction::Increase, |i| i.direction);
            let place = standing(Some(cell), row.target, super::report::direction(direction));
            if place != "none" {
                sheet.string(at, 12, &shown(place, words), Look::Unset)?;
            }
            sheet.figure(at, 13, figures.map(|f| f.numerator()), Look::Unset)?;
            sheet.figure(at, 14, figures.and_then(|f| f.denominator()), Look::Unset)?;
            sheet.figure(at, 15, figures.map(|f| f.n() as f64), Look::Unset)?;
            let told = told.entry((cell.status(), cell.reason())).or_insert_with(|| {
                let status = say(&format!("status.{}", cell.status().word()));
                let reason = format!("reason.{}", cell.reason());
                match say(&reason) {
                    text if cell.reason().is_empty() || text == status => status,
                    text if text == reason => format!("{status}: {}", cell.reason().replace('_', " ")),
                    text => format!("{status}: {text}"),
                }
            });
            sheet.string(at, 16, told, Look::Unset)?;
        }
        sheet.layout(rows.len(), columns.len(), 1)?;
        Ok(sheet)
    }

    /// What each indicator is.
    fn definitions<'s>(&self, words: &Words, mut sheet: Sheet<'s>) -> Result<Sheet<'s>, XlsxError> {
        let language = words.language();
        let say = |path: &str| words.fill(path, &[]);
        let columns = [
            ("workbook.identifier", 26.0),
            ("indicators.indicator", 34.0),
            ("methods.what", 60.0),
            ("methods.numerator", 34.0),
            ("methods.denominator", 34.0),
            ("workbook.unit", 12.0),
            ("workbook.better", 14.0),
            ("methods.how", 60.0),
            ("methods.title", 40.0),
        ];
        for (at, (path, width)) in (0u16..).zip(columns) {
            let name = if path == "methods.title" { "workbook.adding" } else { path };
            sheet.string(0, at, &say(name), Look::Head)?;
            sheet.column(at, width, Look::Unset)?;
        }
        for (at, indicator) in (1u32..).zip(&self.plan.indicators) {
            let (numerator, denominator) = indicator.parts(language);
            let better = match indicator.direction {
                Direction::Increase => say("workbook.increase"),
                Direction::Decrease => say("workbook.decrease"),
            };
            let texts = [
                indicator.id.clone(),
                indicator.title.get(language).to_owned(),
                indicator.sentence(language),
                numerator,
                denominator.unwrap_or_default(),
                unit_word(&indicator.unit, words),
                better,
                method(indicator).get(language).to_owned(),
                say(&format!("methods.additive.{}", additive(indicator))),
            ];
            for (column, text) in (0u16..).zip(&texts) {
                sheet.string(at, column, text, Look::Prose)?;
            }
        }
        sheet.layout(self.plan.indicators.len(), columns.len(), 2)?;
        Ok(sheet)
    }

    /// Who, when, for whom, and how to read the sheets.
    fn notes<'s>(
        &self,
        words: &Words,
        left: &[(&str, usize)],
        id: &str,
        mut sheet: Sheet<'s>,
    ) -> Result<Sheet<'s>, XlsxError> {
        let language = words.language();
        let say = |path: &str| words.fill(path, &[]);
        let plan = self.plan;
        sheet.column(0, 110.0, Look::Unset)?;
        let (threshold, audience) = (plan.policy.threshold("", ""), plan.policy.audience.word());
        let audience = say(&format!("workbook.audiences.{audience}"));
        let threshold = digits(&threshold.to_string(), language);
        let rules = ["on_track", "probably_on_track", "probably_behind", "behind", "cannot_tell"]
            .map(|id| format!("{}: {}", shown(id, words), say(&format!("indicators.rules.{id}"))))
            .join("; ");
        let sheets =
            ["performance", "data", "estimates", "definitions"].map(|s| say(&format!("workbook.{s}")));
        let [performance, data, estimates, definitions] = &sheets;
        let published = say("workbook.published");
        let mut lines: Vec<String> = Vec::new();
        lines.extend(plan.programme.notice.as_ref().map(|n| n.get(language).to_owned()));
        lines.push(format!("{} {}", say("data_to"), format_day(plan.calendar.as_of, language)));
        lines.push(words.fill("workbook.audience", &[("audience", &audience), ("threshold", &threshold)]));
        lines.push(words.fill(
            "workbook.sheets",
            &[
                ("performance", performance),
                ("data", data),
                ("estimates", estimates),
                ("definitions", definitions),
            ],
        ));
        lines.push(words.fill("workbook.empty", &[("published", &published)]));
        lines.push(say("workbook.shares"));
        lines.push(words.fill("workbook.status", &[("rules", &rules)]));
        lines.push(say("workbook.achieved"));
        for (file, more) in left {
            let more = digits(&more.to_string(), language);
            lines.push(words.fill("workbook.more", &[("n", &more), ("sheet", file)]));
        }
        lines.extend(limits(plan).iter().map(|l| l.get(language).to_owned()));
        lines.push(say("limits.intervals"));
        lines.push(format!("{} {id} · groundwork {}", say("workbook.identifier"), env!("CARGO_PKG_VERSION")));
        sheet.string(0, 0, &self.title(words), Look::Head)?;
        for (at, line) in (1u32..).zip(&lines) {
            sheet.string(at, 0, line, Look::Prose)?;
        }
        sheet.printed();
        Ok(sheet)
    }
}

/// A CSV file as a sheet, typed: its values are those of the file. How many rows did not fit.
fn table<'s>(bytes: &[u8], frozen: u16, mut sheet: Sheet<'s>) -> Result<(Sheet<'s>, usize), XlsxError> {
    if sheet.style.is_none() {
        sheet.says(0, frozen, *b"file", bytes, Look::Unset);
        let rows = csv::Reader::from_reader(bytes).byte_records().flatten().count();
        return Ok((sheet, rows.saturating_sub(ROWS)));
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let mut header: Vec<String> = Vec::new();
    let (mut rows, mut more) = (0usize, 0usize);
    for record in reader.records().flatten() {
        if header.is_empty() {
            header = record.iter().map(str::to_owned).collect();
            for (column, name) in (0u16..).zip(&header) {
                sheet.string(0, column, name, Look::Head)?;
                let width = if TEXTS.contains(&name.as_str()) { 20.0 } else { 13.0 };
                let look = if DAYS.contains(&name.as_str()) { Look::Day } else { Look::Plain };
                sheet.column(column, width, look)?;
            }
            continue;
        }
        if rows == ROWS {
            more += 1;
            continue;
        }
        rows += 1;
        let at = u32::try_from(rows).unwrap_or(u32::MAX);
        for ((column, value), name) in (0u16..).zip(&record).zip(&header) {
            if TEXTS.contains(&name.as_str()) {
                sheet.string(at, column, value, Look::Unset)?;
            } else if let Some(day) = parsed_day(value).filter(|_| DAYS.contains(&name.as_str())) {
                sheet.day(at, column, value, day)?;
            } else if let Some(number) = value.parse::<f64>().ok().filter(|n| n.is_finite()) {
                sheet.number(at, column, number, Look::Unset)?;
            } else {
                sheet.string(at, column, value, Look::Unset)?;
            }
        }
    }
    sheet.layout(rows, header.len(), frozen)?;
    Ok((sheet, more))
}

/// How a cell looks; where it is unset, as its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Unset,
    Head,
    Prose,
    Day,
    Plain,
    Count,
    Share,
    Ratio,
    Score,
    Amount,
}

impl Look {
    fn of(unit: &Unit) -> Self {
        match unit {
            Unit::Share => Look::Share,
            Unit::Count => Look::Count,
            Unit::Ratio => Look::Ratio,
            Unit::Score => Look::Score,
            Unit::Amount(_) => Look::Amount,
        }
    }
}

/// The formats of cells.
struct Style([(Look, Format); 9]);

impl Style {
    fn new() -> Self {
        let top = Format::new().set_align(FormatAlign::Top);
        let number = |format: &str| top.clone().set_num_format(format);
        Self([
            (Look::Head, top.clone().set_bold().set_text_wrap().set_background_color("E8EAED")),
            (Look::Prose, top.clone().set_text_wrap()),
            (Look::Day, number("yyyy-mm-dd")),
            (Look::Count, number("#,##0")),
            (Look::Share, number("0.0%")),
            (Look::Ratio, number("#,##0.0")),
            (Look::Score, number("0.00")),
            (Look::Amount, number("#,##0.00")),
            (Look::Plain, top),
        ])
    }

    fn format(&self, look: Look) -> Option<&Format> {
        self.0.iter().find(|(known, _)| *known == look).map(|(_, format)| format)
    }
}

/// A sheet: what it says, or where it has a style the sheet as it is written.
struct Sheet<'s> {
    said: Sha256,
    style: Option<&'s Style>,
    written: Worksheet,
}

impl<'s> Sheet<'s> {
    fn new(name: &str, style: Option<&'s Style>) -> Result<Self, XlsxError> {
        let mut sheet = Self { said: Sha256::new(), style, written: Worksheet::new() };
        sheet.written.set_name(sheet_name(name))?;
        sheet.says(0, 0, *b"name", name.as_bytes(), Look::Unset);
        Ok(sheet)
    }

    /// Something is said at a place, of a kind.
    fn says(&mut self, row: u32, column: u16, kind: [u8; 4], what: &[u8], look: Look) {
        if self.style.is_none() {
            let length = u32::try_from(what.len()).unwrap_or(u32::MAX);
            let place = [row, u32::from(column), look as u32, length].map(u32::to_le_bytes);
            self.said.update(kind);
            self.said.update(place.as_flattened());
            self.said.update(what);
        }
    }

    /// A text, never a formula, never longer than a cell.
    fn string(&mut self, row: u32, column: u16, text: &str, look: Look) -> Result<(), XlsxError> {
        if text.is_empty() {
            return Ok(());
        }
        self.says(row, column, *b"text", text.as_bytes(), look);
        if let Some(style) = self.style {
            // A sign outside the first plane takes two places in a workbook.
            let mut room = LETTERS;
            let fits = |c: &char| {
                let fits = room >= c.len_utf16();
                room = room.saturating_sub(c.len_utf16());
                fits
            };
            // Hardly any is that long.
            let text: String =
                if text.len() <= LETTERS { text.to_owned() } else { text.chars().take_while(fits).collect() };
            match style.format(look) {
                Some(format) => self.written.write_string_with_format(row, column, text, format)?,
                None => self.written.write_string(row, column, text)?,
            };
        }
        Ok(())
    }

    fn number(&mut self, row: u32, column: u16, number: f64, look: Look) -> Result<(), XlsxError> {
        self.says(row, column, *b"real", &number.to_le_bytes(), look);
        if let Some(style) = self.style {
            match style.format(look) {
                Some(format) => self.written.write_number_with_format(row, column, number, format)?,
                None => self.written.write_number(row, column, number)?,
            };
        }
        Ok(())
    }

    /// A number with the digits of the CSV; no cell where there is none.
    fn figure(&mut self, row: u32, column: u16, value: Option<f64>, look: Look) -> Result<(), XlsxError> {
        let Some(value) = value.filter(|v| v.is_finite()) else { return Ok(()) };
        if self.style.is_none() {
            self.says(row, column, *b"real", &value.to_le_bytes(), look);
            return Ok(());
        }
        match format_exact(value).parse() {
            Ok(value) => self.number(row, column, value, look),
            Err(_) => Ok(()),
        }
    }

    fn day(&mut self, row: u32, column: u16, text: &str, day: ExcelDateTime) -> Result<(), XlsxError> {
        self.says(row, column, *b"date", text.as_bytes(), Look::Unset);
        if self.style.is_some() {
            self.written.write_datetime(row, column, day)?;
        }
        Ok(())
    }

    fn column(&mut self, column: u16, width: f64, look: Look) -> Result<(), XlsxError> {
        self.says(0, column, *b"wide", &width.to_le_bytes(), look);
        if let Some(style) = self.style {
            self.written.set_column_width(column, width)?;
            if let Some(format) = style.format(look) {
                self.written.set_column_format(column, format)?;
            }
        }
        Ok(())
    }

    /// A header that stays on screen and on every page, and filters over the rows.
    fn layout(&mut self, rows: usize, columns: usize, frozen: u16) -> Result<(), XlsxError> {
        let last = (u32::try_from(rows).unwrap_or(0), u16::try_from(columns.saturating_sub(1)).unwrap_or(0));
        self.says(last.0, last.1, *b"head", &frozen.to_le_bytes(), Look::Unset);
        self.written.set_freeze_panes(1, frozen)?;
        if rows > 0 {
            self.written.autofilter(0, 0, last.0, last.1)?;
        }
        self.written.set_repeat_rows(0, 0)?;
        self.printed();
        Ok(())
    }

    /// Printed on A4 across, as wide as a page.
    fn printed(&mut self) {
        const A4: u8 = 9;
        self.written.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
    }
}

/// A name that a worksheet may have.
fn sheet_name(text: &str) -> String {
    const LONGEST: usize = 31;
    let plain = |c: char| if "[]:*?/\\'".contains(c) { ' ' } else { c };
    text.chars().map(plain).take(LONGEST).collect()
}

fn excel_day(year: i16, month: i8, day: i8) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(year).unwrap_or(1970);
    ExcelDateTime::from_ymd(year, month.unsigned_abs(), day.unsigned_abs())
}

/// A day from 1900 on, which is where the days of workbooks begin.
fn parsed_day(text: &str) -> Option<ExcelDateTime> {
    let day: jiff::civil::Date = text.parse().ok()?;
    (day.to_string() == text).then(|| excel_day(day.year(), day.month(), day.day()).ok()).flatten()
}

fn unit_word(unit: &Unit, words: &Words) -> String {
    match unit {
        Unit::Amount(name) => name.clone(),
        other => words.fill(&format!("workbook.units.{}", other.word()), &[]),
    }
}

fn additive(indicator: &Indicator) -> &'static str {
    let additivity = indicator.kind.additivity();
    match (additivity.sites, additivity.periods) {
        (true, true) => "both",
        (true, false) => "sites",
        (false, true) => "periods",
        (false, false) => "neither",
    }
}

/// A standing with its shape: `● On track`.
fn shown(id: &str, words: &Words) -> String {
    let shape = match id {
        "on_track" => "●",
        "probably_on_track" => "◕",
        "probably_behind" => "◔",
        "behind" => "○",
        _ => "?",
    };
    format!("{shape} {}", words.fill(&format!("standing.{id}"), &[]))
}
