//! How numbers are written for readers: once, here, for text, tables and charts alike.

use crate::text::Language;

/// What a value is measured in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// A share of a whole, held as a fraction and written in per cent.
    Share,
    /// A number of people, families, sessions.
    Count,
    /// A quotient of two numbers, such as people for each volunteer.
    Ratio,
    /// An index or a score between 0 and 1.
    Score,
    /// An amount, such as an income, with its unit in the singular: `THB`.
    Amount(String),
}

impl Unit {
    /// The word that `indicators.csv` uses.
    pub fn word(&self) -> &str {
        match self {
            Unit::Share => "share",
            Unit::Count => "count",
            Unit::Ratio => "ratio",
            Unit::Score => "score",
            Unit::Amount(unit) => unit,
        }
    }

    fn decimals(&self) -> usize {
        match self {
            Unit::Share | Unit::Count => 0,
            Unit::Ratio => 1,
            Unit::Score => 2,
            Unit::Amount(_) => 0,
        }
    }
}

/// A value for readers: `62%`, `1,204`, `8.4`, `9,500 THB`.
pub fn format_value(value: f64, unit: &Unit) -> String {
    match unit {
        Unit::Share => format!("{}%", grouped(value * 100.0, 0)),
        Unit::Count | Unit::Ratio | Unit::Score => grouped(value, unit.decimals()),
        Unit::Amount(name) => format!("{} {name}", grouped(value, 0)),
    }
}

/// An interval for readers, without the unit's sign: `57–67`, `6.9–10.2`.
pub fn format_interval(lower: f64, upper: f64, unit: &Unit) -> String {
    let factor = if *unit == Unit::Share { 100.0 } else { 1.0 };
    let (a, b) = (grouped(lower * factor, unit.decimals()), grouped(upper * factor, unit.decimals()));
    if a.starts_with('−') || b.starts_with('−') { format!("{a} to {b}") } else { format!("{a}–{b}") }
}

/// A difference of two values, always signed; shares differ by percentage points.
pub fn format_difference(value: f64, unit: &Unit) -> String {
    let factor = if *unit == Unit::Share { 100.0 } else { 1.0 };
    let text = grouped(value * factor, unit.decimals());
    let zero = text.chars().all(|c| matches!(c, '0' | '.'));
    if text.starts_with('−') || zero { text } else { format!("+{text}") }
}

/// A number as `indicators.csv` and the evidence table write it: at most six decimals, no
/// trailing zeros, no grouping.
pub fn format_exact(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// A number with grouped thousands and a true minus sign.
pub fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    let zero = out.chars().all(|c| matches!(c, '0' | '.'));
    if value < 0.0 && !zero { format!("−{out}") } else { out }
}

/// A day as readers of a language write it; Thai readers count years in the Buddhist era.
pub fn format_day(day: jiff::civil::Date, language: Language) -> String {
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const TH: [&str; 12] = [
        "มกราคม",
        "กุมภาพันธ์",
        "มีนาคม",
        "เมษายน",
        "พฤษภาคม",
        "มิถุนายน",
        "กรกฎาคม",
        "สิงหาคม",
        "กันยายน",
        "ตุลาคม",
        "พฤศจิกายน",
        "ธันวาคม",
    ];
    let month = usize::from(day.month().unsigned_abs()).saturating_sub(1);
    match language {
        Language::Th => {
            format!("{} {} {}", day.day(), TH.get(month).unwrap_or(&""), i32::from(day.year()) + 543)
        }
        Language::En | Language::My => {
            format!("{} {} {}", day.day(), EN.get(month).unwrap_or(&""), day.year())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_readers() {
        assert_eq!(format_value(0.6179775, &Unit::Share), "62%");
        assert_eq!(format_value(1204.0, &Unit::Count), "1,204");
        assert_eq!(format_value(1_234_567.0, &Unit::Count), "1,234,567");
        assert_eq!(format_value(8.4444, &Unit::Ratio), "8.4");
        assert_eq!(format_interval(0.57, 0.67, &Unit::Share), "57–67");
        assert_eq!(format_interval(-0.124, 0.723, &Unit::Share), "−12 to 72");
        assert_eq!(format_difference(0.14, &Unit::Share), "+14");
        assert_eq!(format_difference(-0.001, &Unit::Share), "0");
    }

    #[test]
    fn exact_numbers_have_no_trailing_zeros() {
        assert_eq!(format_exact(0.5), "0.5");
        assert_eq!(format_exact(55.0 / 89.0), "0.617978");
        assert_eq!(format_exact(1204.0), "1204");
        assert_eq!(format_exact(-0.0), "0");
    }

    #[test]
    fn thai_readers_count_years_in_the_buddhist_era() {
        let day = jiff::civil::date(2021, 12, 31);
        assert_eq!(format_day(day, Language::Th), "31 ธันวาคม 2564");
        assert_eq!(format_day(day, Language::En), "31 December 2021");
    }
}
