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

    /// How many decimals readers see. An amount has as many as its size needs for three digits:
    /// `9,500`, `47.3`, `0.62`.
    fn decimals(&self, value: f64) -> usize {
        match self {
            Unit::Share | Unit::Count => 0,
            // So that what is not nothing is not written as nothing.
            Unit::Ratio if value != 0.0 && value.abs() < 0.05 => 4,
            Unit::Ratio => 1,
            Unit::Score => 2,
            Unit::Amount(_) if value == value.trunc() || !value.is_finite() => 0,
            Unit::Amount(_) => match value.abs() {
                size if size >= 100.0 => 0,
                size if size >= 10.0 => 1,
                _ => 2,
            },
        }
    }
}

/// A value as readers of a language write it: `62%`, `1,204`, `8.4`, `9,500 THB`.
pub fn format_value(value: f64, unit: &Unit, language: Language) -> String {
    match unit {
        Unit::Share => format!("{}%", grouped(value * 100.0, 0, language)),
        Unit::Count | Unit::Ratio | Unit::Score => grouped(value, unit.decimals(value), language),
        Unit::Amount(name) => format!("{} {name}", grouped(value, unit.decimals(value), language)),
    }
}

/// An interval for readers, without the unit's sign: `57–67`, `6.9–10.2`.
pub fn format_interval(lower: f64, upper: f64, unit: &Unit, language: Language) -> String {
    let factor = if *unit == Unit::Share { 100.0 } else { 1.0 };
    // Both limits with the decimals of the finer one.
    let decimals = unit.decimals(lower).max(unit.decimals(upper));
    let limit = |value: f64| grouped(value * factor, decimals, language);
    between(&limit(lower), &limit(upper), language)
}

/// Two limits that are written already: `57–67`, and `−8 to −2` where a dash could be a minus.
pub fn between(lower: &str, upper: &str, language: Language) -> String {
    let to = match (lower.starts_with('−') || upper.starts_with('−'), language) {
        (false, _) => "–",
        (true, Language::En) => " to ",
        (true, Language::Th) => " ถึง ",
        (true, Language::My) => " မှ ",
    };
    format!("{lower}{to}{upper}")
}

/// A difference of two values, always signed; shares differ by percentage points.
pub fn format_difference(value: f64, unit: &Unit, language: Language) -> String {
    let factor = if *unit == Unit::Share { 100.0 } else { 1.0 };
    signed(value * factor, unit.decimals(value), language)
}

/// A number as `indicators.csv` and the evidence table write it: at most six decimals, no
/// trailing zeros, no grouping.
pub fn format_exact(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// A number with grouped thousands and a true minus sign, in the digits of a language.
pub fn grouped(value: f64, decimals: usize, language: Language) -> String {
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
    let minus = if value < 0.0 && !is_zero(&text) { "−" } else { "" };
    format!("{minus}{}", digits(&out, language))
}

/// The same with a plus sign before what is more than nothing.
pub fn signed(value: f64, decimals: usize, language: Language) -> String {
    let plus = if value > 0.0 && !is_zero(&format!("{value:.decimals$}")) { "+" } else { "" };
    format!("{plus}{}", grouped(value, decimals, language))
}

/// Whether a number is nothing as it is written.
fn is_zero(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '0' | '.'))
}

/// A text with its digits as a language writes them: Burmese has digits of its own, Thai readers
/// read the common ones.
pub fn digits(text: &str, language: Language) -> String {
    match language {
        Language::En | Language::Th => text.to_owned(),
        Language::My => text
            .chars()
            .map(|c| match c.to_digit(10) {
                Some(digit) if c.is_ascii_digit() => char::from_u32('၀' as u32 + digit).unwrap_or(c),
                _ => c,
            })
            .collect(),
    }
}

/// The name of a month, 1 to 12; nothing for another number.
pub fn month_name(month: i8, language: Language) -> &'static str {
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
    const MY: [&str; 12] =
        ["ဇန်နဝါရီ", "ဖေဖော်ဝါရီ", "မတ်", "ဧပြီ", "မေ", "ဇွန်", "ဇူလိုင်", "ဩဂုတ်", "စက်တင်ဘာ", "အောက်တိုဘာ", "နိုဝင်ဘာ", "ဒီဇင်ဘာ"];
    let names = match language {
        Language::En => EN,
        Language::Th => TH,
        Language::My => MY,
    };
    usize::try_from(month).ok().and_then(|m| names.get(m.wrapping_sub(1)).copied()).unwrap_or("")
}

/// The year as a language counts it: Thai readers count from the Buddhist era, 543 years before.
pub fn year_of(year: i16, language: Language) -> i32 {
    if language == Language::Th { i32::from(year) + 543 } else { i32::from(year) }
}

/// A day as readers of a language write it: `31 December 2021`, `31 ธันวาคม 2564`,
/// `၂၀၂၁ ခုနှစ် ဒီဇင်ဘာ ၃၁ ရက်`.
pub fn format_day(day: jiff::civil::Date, language: Language) -> String {
    let (month, year) = (month_name(day.month(), language), year_of(day.year(), language));
    match language {
        Language::En | Language::Th => format!("{} {month} {year}", day.day()),
        Language::My => digits(&format!("{year} ခုနှစ် {month} {} ရက်", day.day()), language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_readers() {
        assert_eq!(format_value(0.6179775, &Unit::Share, Language::En), "62%");
        assert_eq!(format_value(1204.0, &Unit::Count, Language::En), "1,204");
        assert_eq!(format_value(1_234_567.0, &Unit::Count, Language::En), "1,234,567");
        assert_eq!(format_value(8.4444, &Unit::Ratio, Language::En), "8.4");
        assert_eq!(format_value(0.005574, &Unit::Ratio, Language::En), "0.0056");
        assert_eq!(format_interval(0.57, 0.67, &Unit::Share, Language::En), "57–67");
        assert_eq!(format_interval(-0.124, 0.723, &Unit::Share, Language::En), "−12 to 72");
        assert_eq!(format_difference(0.14, &Unit::Share, Language::En), "+14");
        assert_eq!(format_difference(-0.001, &Unit::Share, Language::En), "0");
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

    #[test]
    fn burmese_readers_read_digits_of_their_own_and_the_year_first() {
        let day = jiff::civil::date(2021, 12, 31);
        assert_eq!(format_day(day, Language::My), "၂၀၂၁ ခုနှစ် ဒီဇင်ဘာ ၃၁ ရက်");
        assert_eq!(digits("62% (57–66)", Language::My), "၆၂% (၅၇–၆၆)");
        assert_eq!(format_value(0.62, &Unit::Share, Language::My), "၆၂%");
        assert_eq!(format_interval(-0.12, 0.7, &Unit::Share, Language::My), "−၁၂ မှ ၇၀");
        assert_eq!(format_difference(1204.0, &Unit::Amount("m2".into()), Language::My), "+၁,၂၀၄");
        assert_eq!(format_value(3.0, &Unit::Amount("m2".into()), Language::My), "၃ m2");
        assert_eq!(digits("๖๒ 62", Language::En), "๖๒ 62");
        assert_eq!(month_name(13, Language::En), "");
    }

    #[test]
    fn small_amounts_keep_their_decimals() {
        let unit = Unit::Amount("THB".into());
        assert_eq!(format_value(9500.0, &unit, Language::En), "9,500 THB");
        assert_eq!(format_value(9500.4, &unit, Language::En), "9,500 THB");
        assert_eq!(format_value(47.25, &unit, Language::En), "47.2 THB");
        assert_eq!(format_value(0.618, &unit, Language::En), "0.62 THB");
        assert_eq!(format_value(3.0, &unit, Language::En), "3 THB");
        assert_eq!(format_interval(0.4, 12.0, &unit, Language::En), "0.40–12.00");
        assert_eq!(format_difference(-0.3, &unit, Language::En), "−0.30");
    }
}
