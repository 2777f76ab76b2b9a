//! The workbook of a run in a language: the performance table for readers, the tables as they stand
//! in the CSV files, definitions and notes. Every number is one of the tables; no cell is a formula.

use super::figures::period_label;
use super::manifest::Manifest;
use super::report::{limits, method};
use super::tables::Row;
use crate::files::Folder;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::indicator::{Direction, Indicator};
use groundwork_plan::number::{Unit, digits, format_day, format_exact};
use groundwork_plan::period::Period;
use groundwork_plan::plan::Plan;
use groundwork_plan::text::Language;
use groundwork_report::{Templates, Words, standing};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

/// The rows that a worksheet holds below its header.
const ROWS: usize = 1_048_575;

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
    pub(super) manifest: &'a Manifest,
}

impl Sheets<'_> {
    /// Writes the workbook of every language that a report is in; in English where there is none.
    pub(super) fn write(&self) -> Result<Folder, Vec<Diagnostic>> {
        let mut languages: Vec<Language> =
            self.plan.reports.iter().flat_map(|r| &r.languages).copied().collect();
        if languages.is_empty() {
            languages.push(Language::En);
        }
        languages.sort();
        languages.dedup();
        let written = |language: &Language| {
            let words = Words::of(&Templates::built_in(), *language)?;
            let bytes = self.workbook(&words).map_err(|e| {
                vec![Diagnostic::bug("workbook.xlsx", format!("the workbook could not be written: {e}"))]
            })?;
            Ok((format!("reports/indicators-{language}.xlsx"), bytes))
        };
        languages.par_iter().map(written).collect()
    }

    fn workbook(&self, words: &Words) -> Result<Vec<u8>, XlsxError> {
        let say = |path: &str| words.fill(path, &[]);
        let mut workbook = Workbook::new();
        // The day of the exports: a workbook never reads the clock.
        let day = self.plan.calendar.as_of;
        let created = excel_day(day.year(), day.month(), day.day())?;
        workbook.set_properties(
            &DocProperties::new().set_title(self.title(words)).set_creation_datetime(&created),
        );
        let style = Style::new();
        let mut left = Vec::new();
        workbook.push_worksheet(self.performance(words, &style)?);
        for (name, file, frozen) in [("data", "indicators.csv", 3), ("estimates", "estimates.csv", 2)] {
            let bytes = self.tables.get(file).map(Vec::as_slice).unwrap_or_default();
            let (sheet, more) = table(&say(&format!("workbook.{name}")), bytes, frozen, &style)?;
            workbook.push_worksheet(sheet);
            if more > 0 {
                left.push((file, more));
            }
        }
        workbook.push_worksheet(self.definitions(words, &style)?);
        workbook.push_worksheet(self.notes(words, &style, &left)?);
        workbook.save_to_buffer()
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
    fn performance(&self, words: &Words, style: &Style) -> Result<Worksheet, XlsxError> {
        let language = words.language();
        let say = |path: &str| words.fill(path, &[]);
        let mut sheet = Worksheet::new();
        sheet.set_name(sheet_name(&say("workbook.performance")))?;
        let columns: [(&str, f64, &Format); 17] = [
            ("indicators.indicator", 44.0, &style.plain),
            ("evidence.site", 18.0, &style.plain),
            ("changes.period", 22.0, &style.plain),
            ("workbook.group", 26.0, &style.plain),
            ("workbook.unit", 12.0, &style.plain),
            // As the unit of the indicator asks for.
            ("workbook.baseline", 11.0, &style.plain),
            ("indicators.target", 11.0, &style.plain),
            ("workbook.actual", 11.0, &style.plain),
            ("workbook.lower", 11.0, &style.plain),
            ("workbook.upper", 11.0, &style.plain),
            ("indicators.achievement", 11.0, &style.share),
            ("workbook.progress", 11.0, &style.share),
            ("indicators.status", 26.0, &style.plain),
            ("methods.numerator", 12.0, &style.plain),
            ("methods.denominator", 12.0, &style.plain),
            ("n", 9.0, &style.count),
            ("workbook.published", 34.0, &style.plain),
        ];
        for (at, (path, width, format)) in (0u16..).zip(columns) {
            let name = if path == "evidence.site" { say("workbook.site") } else { say(path) };
            sheet.write_string_with_format(0, at, name, &style.head)?;
            sheet.set_column_width(at, width)?.set_column_format(at, format)?;
        }
        let rows = self.rows.get(..self.rows.len().min(ROWS)).unwrap_or_default();
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
            let group = match key.dimension.as_str() {
                "" => String::new(),
                dimension => format!(
                    "{}: {}",
                    self.plan.labels.word(dimension, language),
                    self.plan.labels.category(dimension, &key.category, language)
                ),
            };
            let texts = [title, &site, &period, &group, &unit_word(cell.unit(), words)];
            for (column, text) in (0u16..).zip(texts) {
                string(&mut sheet, at, column, text, None)?;
            }
            let figures = cell.figures();
            let interval = figures.and_then(|f| f.interval());
            let value = style.of(cell.unit());
            let numbers = [
                (row.baseline, Some(value)),
                (row.target, Some(value)),
                (cell.value(), Some(value)),
                (interval.map(|i| i.0), Some(value)),
                (interval.map(|i| i.1), Some(value)),
                (row.achievement, None),
                (row.progress, None),
            ];
            for (column, (number, format)) in (5u16..).zip(numbers) {
                figure(&mut sheet, at, column, number, format)?;
            }
            let direction = indicator.map_or(Direction::Increase, |i| i.direction);
            let place = standing(Some(cell), row.target, super::report::direction(direction));
            if place != "none" {
                string(&mut sheet, at, 12, &shown(place, words), None)?;
            }
            figure(&mut sheet, at, 13, figures.map(|f| f.numerator()), None)?;
            figure(&mut sheet, at, 14, figures.and_then(|f| f.denominator()), None)?;
            figure(&mut sheet, at, 15, figures.map(|f| f.n() as f64), None)?;
            let status = say(&format!("status.{}", cell.status().word()));
            let reason = format!("reason.{}", cell.reason());
            let told = match say(&reason) {
                text if cell.reason().is_empty() || text == status => status,
                text if text == reason => format!("{status}: {}", cell.reason().replace('_', " ")),
                text => format!("{status}: {text}"),
            };
            string(&mut sheet, at, 16, &told, None)?;
        }
        layout(&mut sheet, rows.len(), columns.len(), 1)?;
        Ok(sheet)
    }

    /// What each indicator is.
    fn definitions(&self, words: &Words, style: &Style) -> Result<Worksheet, XlsxError> {
        let language = words.language();
        let say = |path: &str| words.fill(path, &[]);
        let mut sheet = Worksheet::new();
        sheet.set_name(sheet_name(&say("workbook.definitions")))?;
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
            sheet.write_string_with_format(0, at, say(name), &style.head)?;
            sheet.set_column_width(at, width)?;
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
                string(&mut sheet, at, column, text, Some(&style.prose))?;
            }
        }
        layout(&mut sheet, self.plan.indicators.len(), columns.len(), 2)?;
        Ok(sheet)
    }

    /// Who, when, for whom, and how to read the sheets.
    fn notes(&self, words: &Words, style: &Style, left: &[(&str, usize)]) -> Result<Worksheet, XlsxError> {
        let language = words.language();
        let say = |path: &str| words.fill(path, &[]);
        let plan = self.plan;
        let mut sheet = Worksheet::new();
        sheet.set_name(sheet_name(&say("workbook.notes")))?;
        sheet.set_column_width(0, 110)?;
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
        lines.push(format!(
            "{} {} · groundwork {}",
            say("provenance.run"),
            self.manifest.run_id(),
            env!("CARGO_PKG_VERSION")
        ));
        string(&mut sheet, 0, 0, &self.title(words), Some(&style.head))?;
        for (at, line) in (1u32..).zip(&lines) {
            string(&mut sheet, at, 0, line, Some(&style.prose))?;
        }
        printed(&mut sheet);
        Ok(sheet)
    }
}

/// A CSV file as a sheet, typed: its values are those of the file. How many rows did not fit.
fn table(name: &str, bytes: &[u8], frozen: u16, style: &Style) -> Result<(Worksheet, usize), XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(sheet_name(name))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let mut header: Vec<String> = Vec::new();
    let (mut rows, mut more) = (0usize, 0usize);
    for record in reader.records().flatten() {
        if header.is_empty() {
            header = record.iter().map(str::to_owned).collect();
            for (column, name) in (0u16..).zip(&header) {
                sheet.write_string_with_format(0, column, name, &style.head)?;
                let width = if TEXTS.contains(&name.as_str()) { 20.0 } else { 13.0 };
                let format = if DAYS.contains(&name.as_str()) { &style.day } else { &style.plain };
                sheet.set_column_width(column, width)?.set_column_format(column, format)?;
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
                string(&mut sheet, at, column, value, None)?;
            } else if let Some(day) = parsed_day(value).filter(|_| DAYS.contains(&name.as_str())) {
                sheet.write_datetime(at, column, day)?;
            } else if let Some(number) = value.parse::<f64>().ok().filter(|n| n.is_finite()) {
                sheet.write_number(at, column, number)?;
            } else {
                string(&mut sheet, at, column, value, None)?;
            }
        }
    }
    layout(&mut sheet, rows, header.len(), frozen)?;
    Ok((sheet, more))
}

/// Formats of cells.
struct Style {
    head: Format,
    prose: Format,
    day: Format,
    plain: Format,
    count: Format,
    share: Format,
    ratio: Format,
    score: Format,
    amount: Format,
}

impl Style {
    fn new() -> Self {
        let top = Format::new().set_align(FormatAlign::Top);
        let number = |format: &str| top.clone().set_num_format(format);
        Self {
            head: top.clone().set_bold().set_text_wrap().set_background_color("E8EAED"),
            prose: top.clone().set_text_wrap(),
            day: number("yyyy-mm-dd"),
            count: number("#,##0"),
            share: number("0.0%"),
            ratio: number("#,##0.0"),
            score: number("0.00"),
            amount: number("#,##0.00"),
            plain: top,
        }
    }

    fn of(&self, unit: &Unit) -> &Format {
        match unit {
            Unit::Share => &self.share,
            Unit::Count => &self.count,
            Unit::Ratio => &self.ratio,
            Unit::Score => &self.score,
            Unit::Amount(_) => &self.amount,
        }
    }
}

/// A text, never a formula, never longer than a cell; in the format of its column where none is given.
fn string(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: Option<&Format>,
) -> Result<(), XlsxError> {
    if !text.is_empty() {
        // A sign outside the first plane takes two places in a workbook.
        let mut room = LETTERS;
        let fits = |c: &char| {
            let fits = room >= c.len_utf16();
            room = room.saturating_sub(c.len_utf16());
            fits
        };
        let text: String = text.chars().take_while(fits).collect();
        match format {
            Some(format) => sheet.write_string_with_format(row, column, text, format)?,
            None => sheet.write_string(row, column, text)?,
        };
    }
    Ok(())
}

/// A number with the digits of the CSV, in the format of its column where none is given; no cell where
/// there is none.
fn figure(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: Option<f64>,
    format: Option<&Format>,
) -> Result<(), XlsxError> {
    let value = value.and_then(|v| format_exact(v).parse::<f64>().ok()).filter(|v| v.is_finite());
    if let Some(value) = value {
        match format {
            Some(format) => sheet.write_number_with_format(row, column, value, format)?,
            None => sheet.write_number(row, column, value)?,
        };
    }
    Ok(())
}

/// A header that stays on screen and on every page, and filters over the rows.
fn layout(sheet: &mut Worksheet, rows: usize, columns: usize, frozen: u16) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(1, frozen)?;
    let last = (u32::try_from(rows).unwrap_or(0), u16::try_from(columns.saturating_sub(1)).unwrap_or(0));
    if rows > 0 {
        sheet.autofilter(0, 0, last.0, last.1)?;
    }
    sheet.set_repeat_rows(0, 0)?;
    printed(sheet);
    Ok(())
}

/// Printed on A4 across, as wide as a page.
fn printed(sheet: &mut Worksheet) {
    const A4: u8 = 9;
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
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
