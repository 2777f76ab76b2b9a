//! The description of a trend in words.

use super::{Trend, TrendPanel};
use crate::alt::{self, Sentences};
use crate::table::{Reading, Shown};

use groundwork_plan::number::{Unit, format_value};

/// Values of the lines of every panel, in the order of time, with the labels of their periods.
pub(super) type Series = [Vec<Vec<(String, Shown)>>];

/// Describes a trend: first, last and highest value of every line, and what is not shown.
pub(super) fn describe(trend: &Trend, series: &Series) -> String {
    let mut out = Sentences::new(&trend.about);
    let thai = out.thai();
    let shown = || series.iter().flatten().flatten().map(|(_, shown)| shown);
    out.opening("Line chart", "แผนภูมิเส้น", alt::level(shown()));
    let periods = series.iter().flatten().find(|line| !line.is_empty());
    if let Some([(first, _), .., (last, _)]) = periods.map(Vec::as_slice) {
        out.add(
            1,
            if thai {
                format!("ช่วงเวลา {first} ถึง {last}")
            } else {
                format!("Periods: {first} to {last}.")
            },
        );
    }
    for (i, (panel, lines)) in trend.panels.iter().zip(series).enumerate() {
        let parts: Vec<String> = panel
            .lines
            .iter()
            .zip(lines)
            .map(|(line, values)| {
                let name = line.site.name.trim();
                let name = if name == panel.title.trim() { "" } else { name };
                course(name, values, &panel.unit, thai)
            })
            .filter(|part| !part.is_empty())
            .collect();
        if !parts.is_empty() {
            out.add(if i == 0 { 1 } else { 3 }, sentence(panel, &parts, thai));
        }
    }
    if let Some(band) = &trend.band {
        let label = alt::shorten(band.label.trim(), 80);
        out.add(2, if thai { format!("แถบแรเงา: {label}") } else { format!("Shaded: {label}.") });
    }
    out.hidden(shown());
    out.finish()
}

fn sentence(panel: &TrendPanel, parts: &[String], thai: bool) -> String {
    let end = if thai { "" } else { "." };
    let title = panel.title.trim();
    if title.is_empty() {
        return format!("{}{end}", parts.join("; "));
    }
    format!("{title}: {}{end}", parts.join("; "))
}

/// The course of a line: `Nan rises from 31% (Q3 ’19) to 48% (Q4 ’21), highest 52% (Q3 ’21)`.
fn course(name: &str, values: &[(String, Shown)], unit: &Unit, thai: bool) -> String {
    let known: Vec<(&str, &Reading)> =
        values.iter().filter_map(|(label, shown)| Some((label.as_str(), shown.reading()?))).collect();
    let value = |r: &Reading| format_value(r.value, unit);
    match known.as_slice() {
        [] => String::new(),
        [(label, only)] => format!("{name} {} ({label})", value(only)).trim_start().to_owned(),
        [(from, first), .., (to, last)] => {
            let (a, b) = (value(first), value(last));
            let mut text = match (thai, a == b, first.value < last.value) {
                (false, true, _) => format!("{name} is {a} ({from} and {to})"),
                (false, _, true) => format!("{name} rises from {a} ({from}) to {b} ({to})"),
                (false, _, _) => format!("{name} falls from {a} ({from}) to {b} ({to})"),
                (true, true, _) => format!("{name} เท่ากับ {a} ({from} และ {to})"),
                (true, _, true) => format!("{name} เพิ่มขึ้นจาก {a} ({from}) เป็น {b} ({to})"),
                (true, _, _) => format!("{name} ลดลงจาก {a} ({from}) เป็น {b} ({to})"),
            };
            let order = |x: &&(&str, &Reading), y: &&(&str, &Reading)| x.1.value.total_cmp(&y.1.value);
            let extremes = [
                (known.iter().max_by(order), "highest", "สูงสุด"),
                (known.iter().min_by(order), "lowest", "ต่ำสุด"),
            ];
            for (extreme, english, in_thai) in extremes {
                let Some((label, reading)) = extreme else {
                    continue;
                };
                let written = value(reading);
                if written == a || written == b {
                    continue;
                }
                text.push_str(&if thai {
                    format!(" {in_thai} {written} ({label})")
                } else {
                    format!(", {english} {written} ({label})")
                });
            }
            text.trim_start().to_owned()
        }
    }
}
