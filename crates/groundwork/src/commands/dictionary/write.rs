//! Reference sheets as Markdown, CSV, a workbook, and JSON.

use super::Sheet;
use super::fields::in_words;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::plan::Plan;
use groundwork_plan::text::Language;
use groundwork_plan::text::as_cell;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use serde_json::{Map, Value, json};

fn title(language: Language) -> &'static str {
    in_words(language, "Indicator reference sheets", "เอกสารอ้างอิงตัวชี้วัด")
}

fn to_be_completed(language: Language) -> &'static str {
    in_words(language, "to be completed", "ต้องกรอกเพิ่ม")
}

/// Indicators with fields that nobody has filled in, and the names of those.
fn open(sheets: &[Sheet]) -> impl Iterator<Item = (&Sheet, Vec<&'static str>)> {
    let labels = |sheet: &Sheet| sheet.open().map(|field| field.label).collect::<Vec<_>>();
    sheets.iter().map(move |sheet| (sheet, labels(sheet))).filter(|(_, labels)| !labels.is_empty())
}

pub(super) fn markdown(plan: &Plan, sheets: &[Sheet], language: Language) -> String {
    let open_word = to_be_completed(language);
    let mut out = format!("# {}\n\n{}\n", title(language), cell(plan.programme.title.get(language)));
    let columns = in_words(language, "| field | |", "| หัวข้อ | |");
    for sheet in sheets {
        out.push_str(&format!("\n## {}\n\n`{}`\n\n{columns}\n|---|---|\n", cell(&sheet.title), sheet.id));
        for field in &sheet.fields {
            let value = match &field.value {
                Some(value) => cell(value),
                None => format!("*{open_word}*"),
            };
            out.push_str(&format!("| {} | {value} |\n", field.label));
        }
    }
    let last = in_words(language, "To be completed", "ข้อมูลที่ต้องกรอกเพิ่ม");
    out.push_str(&format!("\n## {last}\n\n"));
    if open(sheets).next().is_none() {
        out.push_str(in_words(language, "Nothing: every field is filled in.\n", "ไม่มี กรอกครบทุกหัวข้อแล้ว\n"));
        return out;
    }
    out.push_str(in_words(language, "| indicator | fields |\n", "| ตัวชี้วัด | หัวข้อ |\n"));
    out.push_str("|---|---|\n");
    for (sheet, labels) in open(sheets) {
        out.push_str(&format!("| `{}` | {} |\n", sheet.id, labels.join(", ")));
    }
    out
}

/// A text in a cell of a Markdown table.
fn cell(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace('*', "\\*")
}

/// The headers and the rows of a table with one row an indicator; the last column lists what is to
/// be completed.
fn table(sheets: &[Sheet], language: Language, header: impl Fn(&super::Field) -> String) -> Vec<Vec<String>> {
    let mut first = vec!["indicator".to_owned(), "title".to_owned()];
    first.extend(sheets.iter().take(1).flat_map(|sheet| &sheet.fields).map(header));
    first.push("to_be_completed".to_owned());
    let row = |sheet: &Sheet| {
        let value =
            |value: &Option<String>| value.clone().unwrap_or_else(|| to_be_completed(language).to_owned());
        let mut row = vec![sheet.id.clone(), sheet.title.clone()];
        row.extend(sheet.fields.iter().map(|field| value(&field.value)));
        row.push(sheet.open().map(|field| field.key).collect::<Vec<_>>().join("; "));
        row
    };
    std::iter::once(first).chain(sheets.iter().map(row)).collect()
}

pub(super) fn csv(sheets: &[Sheet], language: Language) -> Result<Vec<u8>, Diagnostic> {
    let failed = |e: &dyn std::error::Error| {
        Diagnostic::bug("dictionary.csv", format!("the dictionary could not be written: {e}"))
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in table(sheets, language, |field| field.key.to_owned()) {
        writer.write_record(row.into_iter().map(as_cell)).map_err(|e| failed(&e))?;
    }
    writer.into_inner().map_err(|e| failed(&e))
}

pub(super) fn json(plan: &Plan, sheets: &[Sheet], language: Language) -> Vec<u8> {
    let one = |sheet: &Sheet| {
        let fields: Map<String, Value> =
            sheet.fields.iter().map(|field| (field.key.to_owned(), json!(field.value))).collect();
        let open: Vec<&str> = sheet.open().map(|field| field.key).collect();
        json!({"id": sheet.id, "title": sheet.title, "fields": fields, "to_be_completed": open})
    };
    let all: Vec<Value> = sheets.iter().map(one).collect();
    let whole = json!({
        "schema": "groundwork.dictionary/1",
        "programme": plan.programme.id,
        "language": language.code(),
        "indicators": all,
    });
    let mut text = serde_json::to_vec_pretty(&whole).unwrap_or_default();
    text.push(b'\n');
    text
}

/// The width of a column of text, in characters.
const WIDTH: f64 = 32.0;

pub(super) fn xlsx(plan: &Plan, sheets: &[Sheet], language: Language) -> Result<Vec<u8>, Diagnostic> {
    workbook(plan, sheets, language)
        .map_err(|e| Diagnostic::bug("dictionary.xlsx", format!("the dictionary could not be written: {e}")))
}

fn workbook(plan: &Plan, sheets: &[Sheet], language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The day of the exports: a workbook never reads the clock.
    let day = plan.calendar.as_of;
    let year = u16::try_from(day.year()).unwrap_or(1970);
    let created = ExcelDateTime::from_ymd(year, day.month().unsigned_abs(), day.day().unsigned_abs())?;
    let about = DocProperties::new().set_title(title(language)).set_creation_datetime(&created);
    workbook.set_properties(&about);
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let open_text = text.clone().set_italic().set_font_color("7A4B00").set_background_color("FFF4D6");
    let mut rows = table(sheets, language, |field| field.label.to_owned());
    if let Some(first) = rows.first_mut() {
        let last = first.len() - 1;
        first[0] = in_words(language, "Indicator", "รหัส").to_owned();
        first[1] = in_words(language, "Title", "ชื่อตัวชี้วัด").to_owned();
        first[last] = in_words(language, "To be completed", "ต้องกรอกเพิ่ม").to_owned();
    }
    // The sheet of its own below says what is to be completed, by the names of the fields.
    rows.iter_mut().for_each(|row| {
        row.pop();
    });
    let mut sheet = Worksheet::new();
    sheet.set_name(in_words(language, "Indicators", "ตัวชี้วัด"))?;
    for (at, row) in (0u32..).zip(&rows) {
        for (column, value) in (0u16..).zip(row) {
            let is_open = at > 0 && column > 1 && *value == to_be_completed(language);
            let format = match (at, is_open) {
                (0, _) => &head,
                (_, true) => &open_text,
                (_, false) => &text,
            };
            sheet.write_string_with_format(at, column, value, format)?;
        }
    }
    layout(&mut sheet, rows.first().map_or(0, Vec::len), 2)?;
    workbook.push_worksheet(sheet);
    let mut list = Worksheet::new();
    list.set_name(in_words(language, "To be completed", "ต้องกรอกเพิ่ม"))?;
    let heads = in_words(language, "Indicator", "รหัส");
    list.write_string_with_format(0, 0, heads, &head)?;
    list.write_string_with_format(0, 1, in_words(language, "Field", "หัวข้อ"), &head)?;
    let entries = open(sheets).flat_map(|(sheet, labels)| labels.into_iter().map(|label| (&sheet.id, label)));
    for (at, (id, label)) in (1u32..).zip(entries) {
        list.write_string_with_format(at, 0, id, &text)?;
        list.write_string_with_format(at, 1, label, &text)?;
    }
    layout(&mut list, 2, 0)?;
    workbook.push_worksheet(list);
    workbook.save_to_buffer()
}

/// A header that stays, and columns wide enough to read.
fn layout(sheet: &mut Worksheet, columns: usize, frozen: u16) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(1, frozen)?;
    for column in 0..u16::try_from(columns).unwrap_or(u16::MAX) {
        sheet.set_column_width(column, WIDTH)?;
    }
    Ok(())
}
