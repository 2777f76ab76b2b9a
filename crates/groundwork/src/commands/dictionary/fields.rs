//! The fields of a reference sheet: what the plan knows, and what the pipeline says beside it.

use super::columns::{exports, missing, used};
use super::{Field, Sheet};
use crate::run::{method, method_in_words};
use groundwork_plan::expression::Expression;
use groundwork_plan::indicator::{
    Dimension, Direction, Indicator, IndicatorPeriod, Kind, Measure, Missing, Window,
};
use groundwork_plan::method::CellMethod;
use groundwork_plan::number::{Unit, format_exact};
use groundwork_plan::period::{Frequency, Period};
use groundwork_plan::plan::Plan;
use groundwork_plan::source::{Check, CheckRule, Source};
use groundwork_plan::text::Language;

/// One of two texts; English stands in where there is no catalogue.
pub(super) fn in_words(language: Language, en: &'static str, th: &'static str) -> &'static str {
    match language {
        Language::Th => th,
        Language::En | Language::My => en,
    }
}

/// The reference sheet of an indicator.
pub(super) fn sheet(plan: &Plan, indicator: &Indicator, language: Language) -> Sheet {
    let of = Of { plan, indicator, language };
    let said = |key: &'static str| indicator.sheet.get(key).map(|text| text.get(language).to_owned());
    let (numerator, denominator) = indicator.parts(language);
    let none = || of.words("none", "ไม่มี").to_owned();
    let mut fields: Vec<Field> = Vec::new();
    let mut add = |key, en, th, value| {
        fields.push(Field { key, label: in_words(language, en, th), value });
    };
    add("level", "Level", "ระดับ", said("level"));
    add("contributes_to", "Contributes to", "มีส่วนต่อเป้าหมาย", said("contributes_to"));
    add("definition", "Definition", "คำนิยาม", Some(indicator.sentence(language)));
    add("kind", "Kind of measure", "ชนิดของตัวชี้วัด", Some(indicator.kind.word().replace('_', " ")));
    add("unit", "Unit of measure", "หน่วยวัด", Some(of.unit()));
    add("data_type", "Data type", "ชนิดข้อมูล", Some(of.data_type()));
    add("numerator", "Numerator", "ตัวตั้ง", Some(numerator));
    add("denominator", "Denominator", "ตัวหาร", Some(denominator.unwrap_or_else(none)));
    add("rows", "Rows that count", "แถวที่นับ", Some(of.rows()));
    add("disaggregation", "Disaggregated by", "จำแนกตาม", Some(of.dimensions().unwrap_or_else(none)));
    add("direction", "Desired direction", "ทิศทางที่ต้องการ", Some(of.direction()));
    add("rationale", "Rationale", "เหตุผล", said("rationale"));
    add("data_source", "Data source", "แหล่งข้อมูล", said("data_source"));
    add("exports", "Exports and columns", "ไฟล์ส่งออกและคอลัมน์", Some(of.exports()));
    add("collection", "Method of data collection", "วิธีเก็บข้อมูล", said("collection"));
    add("construction", "Estimator and interval", "วิธีคำนวณและช่วงความเชื่อมั่น", Some(of.construction()));
    add("missing", "Missing values", "ค่าที่ขาดหาย", Some(of.missing()));
    add("adding_up", "Adding up", "การรวมค่า", Some(of.adding_up()));
    add("frequency", "Reporting frequency", "ความถี่ในการรายงาน", Some(of.frequency()));
    add("responsible", "Responsible", "ผู้รับผิดชอบ", said("responsible"));
    add("baseline", "Baseline", "ค่าฐาน", of.baseline());
    add("targets", "Targets", "ค่าเป้าหมาย", of.targets());
    add("checks", "Data quality checks", "การตรวจคุณภาพข้อมูล", Some(of.checks().unwrap_or_else(none)));
    add("limitations", "Known limitations", "ข้อจำกัดที่ทราบ", said("limitations"));
    add("protection", "Protection of people", "การคุ้มครองบุคคล", Some(of.protection()));
    add("notes", "Notes", "หมายเหตุ", said("notes"));
    Sheet { id: indicator.id.clone(), title: indicator.title.get(language).to_owned(), fields }
}

struct Of<'a> {
    plan: &'a Plan,
    indicator: &'a Indicator,
    language: Language,
}

impl<'a> Of<'a> {
    fn words(&self, en: &'static str, th: &'static str) -> &'static str {
        in_words(self.language, en, th)
    }

    fn unit(&self) -> String {
        match &self.indicator.unit {
            Unit::Share => self.words("per cent", "ร้อยละ").to_owned(),
            Unit::Count => self.indicator.parts(self.language).0,
            Unit::Ratio => match self.indicator.parts(self.language) {
                (above, Some(below)) if matches!(self.indicator.kind, Kind::Ratio(_)) => {
                    format!("{above} ÷ {below}")
                }
                _ => self.words("number", "จำนวน").to_owned(),
            },
            Unit::Score => self.words("score from 0 to 1", "คะแนนตั้งแต่ 0 ถึง 1").to_owned(),
            Unit::Amount(unit) => unit.clone(),
        }
    }

    fn data_type(&self) -> String {
        let words = match &self.indicator.unit {
            Unit::Share => {
                self.words("share, a fraction in indicators.csv", "สัดส่วน เก็บเป็นเศษส่วนใน indicators.csv")
            }
            Unit::Count => self.words("whole number", "จำนวนเต็ม"),
            Unit::Ratio | Unit::Score | Unit::Amount(_) => self.words("number", "ตัวเลข"),
        };
        words.to_owned()
    }

    /// Which rows, and which of them in a period.
    fn rows(&self) -> String {
        let indicator = self.indicator;
        let side = |en, th, measure: &Measure| {
            let (filter, period_by) = (measure.filter.as_ref(), measure.period_by.as_deref());
            format!("{}: {}", self.words(en, th), self.rows_of(filter, period_by, measure.window))
        };
        match &indicator.kind {
            Kind::Ratio(ratio) => [
                side("numerator", "ตัวตั้ง", &ratio.numerator),
                side("denominator", "ตัวหาร", &ratio.denominator),
            ]
            .join(" / "),
            Kind::Rate(rate) => [
                side("events", "เหตุการณ์", &rate.events),
                format!(
                    "{}: {}",
                    self.words("person-time", "คน-เวลา"),
                    self.rows_of(rate.exposure.filter.as_ref(), None, Window::InPeriod)
                ),
            ]
            .join(" / "),
            Kind::Derived(_) => self.words("those of its indicators", "ตามตัวชี้วัดที่ใช้").to_owned(),
            kind => {
                let window = kind.window().unwrap_or(Window::InPeriod);
                self.rows_of(indicator.filter.as_ref(), indicator.period_by.as_deref(), window)
            }
        }
    }

    fn rows_of(&self, filter: Option<&Expression>, period_by: Option<&str>, window: Window) -> String {
        let which = match filter {
            Some(filter) => format!("{} {}", self.words("those for which", "เฉพาะที่"), filter.text),
            None => self.words("all that passed the checks", "ทุกแถวที่ผ่านการตรวจ").to_owned(),
        };
        let when = match window {
            Window::InPeriod => self.words("in the period by", "ในช่วงเวลาตาม"),
            Window::ToDate => self.words("up to the end of the period by", "จนถึงสิ้นช่วงเวลาตาม"),
        };
        match period_by {
            Some(column) => format!("{which}; {when} {column}"),
            None => which,
        }
    }

    fn dimensions(&self) -> Option<String> {
        let own = self.indicator.kind.own_dimension();
        let dimensions = self.indicator.disaggregate.iter().chain(&own);
        let words = |d: &Dimension| match d.columns.len() {
            1 => format!("{} ({})", d.name, d.categories.join(", ")),
            _ => d.name.clone(),
        };
        let site = self.indicator.site_by.as_ref().map(|_| self.words("site", "พื้นที่").to_owned());
        let all: Vec<String> = site.into_iter().chain(dimensions.map(words)).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    fn direction(&self) -> String {
        match self.indicator.direction {
            Direction::Increase => self.words("increase", "เพิ่มขึ้น").to_owned(),
            Direction::Decrease => self.words("decrease", "ลดลง").to_owned(),
        }
    }

    /// Every export that the rows come from, and the columns that are looked at.
    fn exports(&self) -> String {
        if let Kind::Derived(derived) = &self.indicator.kind {
            let names = derived.formula.columns().join(", ");
            return format!("{} {names}", self.words("those of the indicators", "ของตัวชี้วัด"));
        }
        let mut out = Vec::new();
        for used in used(self.indicator) {
            let mut sources: Vec<&Source> = Vec::new();
            exports(self.plan, &used.source, &used.columns, &mut sources);
            let mut files: Vec<(&str, Vec<&str>)> = Vec::new();
            for export in sources.iter().filter_map(|source| source.export()) {
                let at = files.iter().position(|(file, _)| *file == export.pattern).unwrap_or(files.len());
                if at == files.len() {
                    files.push((&export.pattern, Vec::new()));
                }
                files[at].1.extend(export.sheet.as_deref());
            }
            let files: Vec<String> = files
                .into_iter()
                .map(|(file, sheets)| match sheets.is_empty() {
                    true => file.to_owned(),
                    false => format!("{file} ({})", sheets.join(", ")),
                })
                .collect();
            let columns: Vec<String> = used.columns.iter().map(|name| header(&sources, name)).collect();
            let columns = if columns.is_empty() {
                self.words("rows only", "เฉพาะจำนวนแถว").to_owned()
            } else {
                columns.join(", ")
            };
            out.push(format!("{}: {columns} ← {}", used.source, files.join(", ")));
        }
        out.join("; ")
    }

    /// How value and interval are obtained.
    fn construction(&self) -> String {
        let Indicator { kind, level, .. } = self.indicator;
        let summary = kind.summary();
        let chosen = self.indicator.method;
        if chosen == CellMethod::default_of(summary) && (level - 0.95).abs() < 1e-9 {
            return method(self.indicator).get(self.language).to_owned();
        }
        let level = format_exact(level * 100.0);
        format!("{} ({level}%): {}", chosen.id(), method_in_words(chosen))
    }

    fn missing(&self) -> String {
        let words = match missing(&self.indicator.kind) {
            Some(Missing::SkipIfAny) => self.words(
                "a row in which something is missing is left out (skip_if_any)",
                "แถวที่มีค่าขาดหายไม่ถูกนับ (skip_if_any)",
            ),
            Some(Missing::SkipIfAll) => self.words(
                "a row in which everything is missing is left out; what is missing in others counts as zero or as not holding (skip_if_all)",
                "แถวที่ค่าขาดหายทั้งหมดไม่ถูกนับ ค่าที่ขาดหายในแถวอื่นนับเป็นศูนย์ (skip_if_all)",
            ),
            Some(Missing::Zero) => self.words(
                "what is missing counts as zero or as not holding (zero)",
                "ค่าที่ขาดหายนับเป็นศูนย์ (zero)",
            ),
            None => self.words(
                "a row without the value it is counted by is left out; a cell without rows is no data, never zero",
                "แถวที่ไม่มีค่าที่ใช้นับไม่ถูกนับ ช่องที่ไม่มีแถวคือไม่มีข้อมูล ไม่ใช่ศูนย์",
            ),
        };
        words.to_owned()
    }

    fn adding_up(&self) -> String {
        let additivity = self.indicator.kind.additivity();
        let yes = |yes: bool| {
            if yes { self.words("yes", "ได้") } else { self.words("no", "ไม่ได้") }
        };
        format!(
            "{}: {}; {}: {}",
            self.words("over sites", "ข้ามพื้นที่"),
            yes(additivity.sites),
            self.words("over periods", "ข้ามช่วงเวลา"),
            yes(additivity.periods)
        )
    }

    fn frequency(&self) -> String {
        let calendar = &self.plan.calendar;
        let plain = |period: &IndicatorPeriod| Period::parse_in(&period.id, calendar.fiscal);
        let first = self.indicator.periods.iter().find_map(plain).map(Period::frequency);
        let words = match first {
            Some(Frequency::Month) => self.words("every month", "ทุกเดือน"),
            Some(Frequency::Quarter) => self.words("every quarter", "ทุกไตรมาส"),
            Some(Frequency::Year) => self.words("every year", "ทุกปี"),
            Some(Frequency::FiscalQuarter(_)) => {
                self.words("every quarter of the fiscal year", "ทุกไตรมาสของปีงบประมาณ")
            }
            Some(Frequency::FiscalYear(_)) => self.words("every fiscal year", "ทุกปีงบประมาณ"),
            None => self.words("by months since each site opened", "ตามจำนวนเดือนตั้งแต่เปิดพื้นที่"),
        };
        words.to_owned()
    }

    fn value(&self, value: f64) -> String {
        match &self.indicator.unit {
            Unit::Share => format!("{}%", format_exact(value * 100.0)),
            Unit::Amount(unit) => format!("{} {unit}", format_exact(value)),
            Unit::Count | Unit::Ratio | Unit::Score => format_exact(value),
        }
    }

    /// The name of a site; the empty one is all together.
    fn site(&self, id: &str) -> &'a str {
        match self.plan.sites.iter().find(|site| site.id == id) {
            Some(site) => site.name.get(self.language),
            None => self.words("all sites", "รวมทุกพื้นที่"),
        }
    }

    fn baseline(&self) -> Option<String> {
        let all = self.indicator.baselines.iter();
        let words: Vec<String> =
            all.map(|(site, value)| format!("{} {}", self.site(site), self.value(*value))).collect();
        (!words.is_empty()).then(|| words.join("; "))
    }

    /// The targets in the order of the periods.
    fn targets(&self) -> Option<String> {
        let mut out = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        for period in &self.indicator.periods {
            if seen.contains(&period.id.as_str()) {
                continue;
            }
            seen.push(&period.id);
            let of_period = self.indicator.targets.iter().filter(|((_, id), _)| *id == period.id);
            let words: Vec<String> = of_period
                .map(|((site, _), value)| format!("{} {}", self.site(site), self.value(*value)))
                .collect();
            if !words.is_empty() {
                out.push(format!("{}: {}", period.id, words.join(", ")));
            }
        }
        (!out.is_empty()).then(|| out.join("; "))
    }

    fn checks(&self) -> Option<String> {
        let mut sources: Vec<&Source> = Vec::new();
        for used in used(self.indicator) {
            exports(self.plan, &used.source, &used.columns, &mut sources);
        }
        let words = |source: &&Source| {
            let rules: Vec<String> = source.checks.iter().map(rule).collect();
            (!rules.is_empty()).then(|| format!("{}: {}", source.id, rules.join(", ")))
        };
        let all: Vec<String> = sources.iter().filter_map(words).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    fn protection(&self) -> String {
        if !self.indicator.people {
            return self.words("not about people; nothing is withheld", "ไม่ใช่ข้อมูลบุคคล ไม่มีการปกปิด").to_owned();
        }
        let audience = self.plan.policy.audience;
        match self.language {
            Language::Th => {
                format!("ไม่เปิดเผยจำนวนคนที่น้อยกว่า {} สำหรับผู้อ่านระดับ {}", audience.threshold(), audience.word())
            }
            Language::En | Language::My => format!(
                "counts of people under {} are withheld from the audience `{}`",
                audience.threshold(),
                audience.word()
            ),
        }
    }
}

/// A check in the words of the language.
fn rule(check: &Check) -> String {
    let word = check.rule.word();
    match &check.rule {
        CheckRule::Unique(columns) | CheckRule::Required(columns) => {
            format!("{word} ({})", columns.join(", "))
        }
        CheckRule::Holds(condition) => format!("{word} ({})", condition.text),
        CheckRule::AtLeastRows(rows) => format!("{word} ({rows})"),
    }
}

/// A column, with its header in the export where that is another.
fn header(sources: &[&Source], name: &str) -> String {
    let column = sources.iter().flat_map(|source| &source.columns).find(|column| column.name == name);
    match column {
        Some(column) if column.from != name => format!("{name} ({})", column.from),
        _ => name.to_owned(),
    }
}
