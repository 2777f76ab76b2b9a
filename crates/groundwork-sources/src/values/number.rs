//! Whole numbers and numbers with up to four decimals.

use super::Parsed;
use super::text::{ascii_digits, is_dash, trim};

/// Decimals that a number keeps.
pub(crate) const SCALE: i8 = 4;
/// Digits that a number keeps, decimals included.
pub(crate) const PRECISION: u8 = 18;

const LIMIT: i128 = 10i128.pow(PRECISION as u32);

/// Words and signs around an amount that say what is counted, not how much.
const UNITS: [&str; 9] = ["฿", "บาท", "thb", "baht", "คน", "ราย", "ครั้ง", "แห่ง", "ယောက်"];

/// A number in units of a ten-thousandth.
///
/// Fails `number.invalid`, `number.ambiguous` (a comma that may be a decimal sign), `number.range`
/// (two ends of a range, such as `10-15`), `number.none` (a word for "none", which is a zero only
/// where the pipeline says so) and `number.out-of-range`; notes `number.rounded` where more than four decimals stood, and rounds
/// them to the nearest, halves away from zero.
pub(crate) fn parse_number(text: &str) -> Parsed<i128> {
    let plain = match read(text) {
        Ok(Some(plain)) => plain,
        Ok(None) => return Parsed::missing(),
        Err(check) => return Parsed::failed(check),
    };
    let mut rounded = false;
    let mut value: i128 = 0;
    if plain.whole.len() > PRECISION as usize {
        return Parsed::failed("number.out-of-range");
    }
    for digit in plain.whole.bytes() {
        value = value * 10 + i128::from(digit - b'0');
    }
    let decimals = plain.fraction.as_bytes();
    for place in 0..SCALE as usize {
        value = value * 10 + i128::from(decimals.get(place).map_or(0, |d| d - b'0'));
    }
    if let Some(further) = decimals.get(SCALE as usize..) {
        rounded = further.iter().any(|d| *d != b'0');
        if further.first().is_some_and(|d| *d >= b'5') {
            value += 1;
        }
    }
    if value >= LIMIT {
        return Parsed::failed("number.out-of-range");
    }
    let value = if plain.negative { -value } else { value };
    if rounded { Parsed::noted(value, "number.rounded") } else { Parsed::value(value) }
}

/// A whole number.
///
/// Fails `number.invalid`, `number.ambiguous`, `number.out-of-range`, and `number.not-whole` where
/// decimals other than zero stand.
pub(crate) fn parse_integer(text: &str) -> Parsed<i64> {
    let plain = match read(text) {
        Ok(Some(plain)) => plain,
        Ok(None) => return Parsed::missing(),
        Err(check) => return Parsed::failed(check),
    };
    if plain.fraction.bytes().any(|d| d != b'0') {
        return Parsed::failed("number.not-whole");
    }
    let sign = if plain.negative { "-" } else { "" };
    match format!("{sign}{}", plain.whole).parse() {
        Ok(value) => Parsed::value(value),
        Err(_) => Parsed::failed("number.out-of-range"),
    }
}

/// A number with all of its digits, to the nearest floating number; `1.5e6` is one as well.
///
/// Fails `number.invalid`, `number.ambiguous` and `number.out-of-range`.
pub(crate) fn parse_measurement(text: &str) -> Parsed<f64> {
    let scientific = ascii_digits(trim(text));
    let is_scientific = scientific.contains(['e', 'E'])
        && scientific.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    let written = match read(text) {
        Ok(Some(plain)) => {
            let sign = if plain.negative { "-" } else { "" };
            format!("{sign}{}.{}", plain.whole, plain.fraction)
        }
        Ok(None) => return Parsed::missing(),
        Err(_) if is_scientific => scientific.into_owned(),
        Err(check) => return Parsed::failed(check),
    };
    match written.parse::<f64>() {
        Ok(value) if value.is_finite() => Parsed::value(value),
        Ok(_) => Parsed::failed("number.out-of-range"),
        Err(_) => Parsed::failed("number.invalid"),
    }
}

/// Words for "there is none".
const NONE: [&str; 6] = ["ไม่มี", "none", "nil", "no", "မရှိ", "မရှိပါ"];

/// The ends of a range in units of a ten-thousandth: `10-15`, `๑๐ – ๑๕ คน`, `10 ถึง 15`.
pub(crate) fn range(text: &str) -> Option<(i128, i128)> {
    let text = ascii_digits(trim(text));
    let parts: Vec<&str> = ["ถึง", " to ", "–", "—", "−", "~", "-"]
        .into_iter()
        .map(|mark| text.split(mark).collect::<Vec<_>>())
        .find(|parts| parts.len() == 2)?;
    let end = |part: &str| if trim(part).is_empty() { None } else { parse_number(part).value };
    match (end(parts[0]), end(parts[1])) {
        (Some(low), Some(high)) if low < high => Some((low, high)),
        _ => None,
    }
}

/// A number taken apart: ASCII digits before and after the decimal point.
struct Plain {
    negative: bool,
    whole: String,
    fraction: String,
}

fn read(text: &str) -> Result<Option<Plain>, &'static str> {
    let text = trim(text);
    if text.is_empty() || is_dash(text) {
        return Ok(None);
    }
    if NONE.contains(&text.to_lowercase().as_str()) {
        return Err("number.none");
    }
    let text = ascii_digits(text).to_lowercase();
    let Some((negative, body)) = without_signs(&text) else {
        return Err(if range(&text).is_some() { "number.range" } else { "number.invalid" });
    };
    let (whole, fraction) = match body.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (body, ""),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err("number.invalid");
    }
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        let comma_after_point =
            fraction.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') && fraction.contains(',');
        return Err(if comma_after_point { "number.ambiguous" } else { "number.invalid" });
    }
    let whole = grouped(whole)?;
    let whole = whole.trim_start_matches('0');
    Ok(Some(Plain {
        negative,
        whole: if whole.is_empty() { "0".to_owned() } else { whole.to_owned() },
        fraction: fraction.to_owned(),
    }))
}

/// The text without its sign, its brackets and its unit, and whether the number is negative.
/// At most one of each is taken off.
fn without_signs(text: &str) -> Option<(bool, &str)> {
    let mut rest = trim(text);
    let mut negative = false;
    let mut has_sign = false;
    if let Some(inner) = rest.strip_prefix('(') {
        rest = trim(inner.strip_suffix(')')?);
        negative = true;
        has_sign = true;
    }
    let mut has_unit = false;
    loop {
        let unit = UNITS.iter().find_map(|unit| rest.strip_prefix(unit).or_else(|| rest.strip_suffix(unit)));
        if let (Some(inner), false) = (unit, has_unit) {
            rest = trim(inner);
            has_unit = true;
        } else if let (Some(inner), false) = (rest.strip_prefix(['-', '−', '+']), has_sign) {
            negative = !rest.starts_with('+');
            rest = trim(inner);
            has_sign = true;
        } else {
            break;
        }
    }
    let is_body = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | '\'') || c.is_whitespace();
    (rest.chars().any(|c| c.is_ascii_digit()) && rest.chars().all(is_body)).then_some((negative, rest))
}

/// The digits of a whole number, whose thousands may be set apart by commas, blanks or apostrophes.
fn grouped(text: &str) -> Result<String, &'static str> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    let has_comma = text.contains(',');
    let wrong = if has_comma { "number.ambiguous" } else { "number.invalid" };
    let marks: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    if marks.windows(2).any(|pair| pair[0] != pair[1]) {
        return Err(wrong);
    }
    let groups: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).collect();
    let (first, others) = groups.split_first().ok_or(wrong)?;
    let first_fits = (1..=3).contains(&first.len()) && !first.starts_with('0');
    if first_fits && others.iter().all(|group| group.len() == 3) { Ok(groups.concat()) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_signs_units_and_thousands() {
        for (text, expected) in [
            ("12", 120_000),
            ("၁၂", 120_000),
            ("1,250.50", 12_505_000),
            ("1 250", 12_500_000),
            ("1\u{a0}250.5", 12_505_000),
            ("฿1,250", 12_500_000),
            ("-฿1,250", -12_500_000),
            ("฿ -5", -50_000),
            ("1,250 บาท", 12_500_000),
            ("THB 5", 50_000),
            ("5 คน", 50_000),
            ("(1,250)", -12_500_000),
            ("+.5", 5_000),
            ("007", 70_000),
            ("0.12345000", 1_235),
        ] {
            assert_eq!(parse_number(text).value, Some(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_decided_is_not_decided() {
        for text in ["1,5", "12,34", "0,123", "1.234,50", "1 250,5", "1,25,000"] {
            assert_eq!(parse_number(text), Parsed::failed("number.ambiguous"), "{text}");
        }
        for text in ["10-15", "๑๐–๑๕ คน", "10 ถึง 15"] {
            assert_eq!(parse_number(text), Parsed::failed("number.range"), "{text}");
            assert_eq!(range(text), Some((100_000, 150_000)), "{text}");
        }
        for text in ["ไม่มี", "None", "မရှိပါ"] {
            assert_eq!(parse_number(text), Parsed::failed("number.none"), "{text}");
        }
        for text in [
            "O5", "15-10", "1 2", "--5", "5-", "45%", "2.02E+11", "NaN", "inf", "1.2.3", "(5", ".", "฿",
            "+-5", "()",
        ] {
            assert_eq!(parse_number(text), Parsed::failed("number.invalid"), "{text}");
        }
        for text in ["", " ", "-", "—"] {
            assert_eq!(parse_number(text), Parsed::missing(), "{text}");
        }
    }

    #[test]
    fn rounding_and_range_are_never_silent() {
        assert_eq!(parse_number("0.00005"), Parsed::noted(1, "number.rounded"));
        assert_eq!(parse_number("-1.23454"), Parsed::noted(-12_345, "number.rounded"));
        assert_eq!(parse_number("99999999999999.9999").value, Some(LIMIT - 1));
        assert_eq!(parse_number("99999999999999.99995"), Parsed::failed("number.out-of-range"));
        assert_eq!(parse_number(&"9".repeat(400)), Parsed::failed("number.out-of-range"));
    }

    #[test]
    fn whole_numbers() {
        assert_eq!(parse_integer("5.0"), Parsed::value(5));
        assert_eq!(parse_integer("-9223372036854775808"), Parsed::value(i64::MIN));
        assert_eq!(parse_integer("9223372036854775808"), Parsed::failed("number.out-of-range"));
        assert_eq!(parse_integer("5.5"), Parsed::failed("number.not-whole"));
        assert_eq!(parse_integer("1,250"), Parsed::value(1250));
    }
}
