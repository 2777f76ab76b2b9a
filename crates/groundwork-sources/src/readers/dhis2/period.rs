//! Period codes.

use jiff::civil::{Date, Weekday, date};
use jiff::{Span, ToSpan as _};

/// Month in which a financial year, or the first of two halves or four quarters, begins.
const NAMED_MONTHS: [(&str, i8); 12] = [
    ("Jan", 1),
    ("Feb", 2),
    ("March", 3),
    ("April", 4),
    ("May", 5),
    ("June", 6),
    ("July", 7),
    ("Aug", 8),
    ("Sep", 9),
    ("Oct", 10),
    ("Nov", 11),
    ("Dec", 12),
];

/// The first and the last day of a period by its code, as days since 1899-12-30, which worksheets
/// count from: `2024`, `202401`, `2024-01`, `2024Q1`, `2024NovQ1`, `2024S1`, `2024AprilS1`,
/// `2024W5`, `2024WedW5`, `2024BiW1`, `20240131`, `2024-01-31`, `202401B`, `2024Oct`. A financial
/// year is named after the year in which it begins.
pub(crate) fn days(code: &str) -> Option<(i32, i32)> {
    let (first, length) = parse(code)?;
    let last = first.checked_add(length).ok()?.yesterday().ok()?;
    Some((serial(first)?, serial(last)?))
}

fn serial(day: Date) -> Option<i32> {
    i32::try_from(day.duration_since(date(1899, 12, 30)).as_hours() / 24).ok()
}

fn parse(code: &str) -> Option<(Date, Span)> {
    let year_text = code.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit()))?;
    let written: i16 = year_text.parse().ok()?;
    // An instance with the Thai calendar writes Buddhist years.
    let year = match written {
        1900..=2100 => written,
        2400..=2700 => written - 543,
        _ => return None,
    };
    let rest = &code[4..];
    let month_of = |month: i8| Date::new(year, month, 1).ok();
    if rest.is_empty() {
        return Some((month_of(1)?, 1.year()));
    }
    let plain = rest.replace('-', "");
    if plain.bytes().all(|b| b.is_ascii_digit()) {
        return match (plain.len(), rest.len()) {
            (2, 2 | 3) => Some((month_of(number(&plain)?)?, 1.month())),
            (4, 4 | 6) => Some((Date::new(year, number(&plain[..2])?, number(&plain[2..])?).ok()?, 1.day())),
            _ => None,
        };
    }
    if let Some(two_months) = rest.strip_suffix('B') {
        let place: i8 = number(two_months)?;
        return (1..=6)
            .contains(&place)
            .then(|| month_of(place * 2 - 1))
            .flatten()
            .map(|first| (first, 2.months()));
    }
    if let Some((weekday, week, length)) = week(rest) {
        return Some((week_of(year, weekday, week)?, length));
    }
    let (name, after) = match NAMED_MONTHS.iter().find(|(name, _)| rest.starts_with(name)) {
        Some((name, month)) => (Some(*month), &rest[name.len()..]),
        None => (None, rest),
    };
    let (place, months): (i8, i8) = match (after.as_bytes(), name) {
        ([], Some(month)) => return Some((month_of(month)?, 1.year())),
        ([b'Q', digit @ b'1'..=b'4'], _) => ((digit - b'1') as i8, 3),
        ([b'S', digit @ b'1'..=b'2'], _) => ((digit - b'1') as i8, 6),
        _ => return None,
    };
    let start = name.unwrap_or(1);
    // Quarters and halves from November belong to the year in which they end.
    let before: i16 = if start == 11 { 1 } else { 0 };
    let first = Date::new(year - before, start, 1).ok()?;
    Some((
        first.checked_add((i32::from(place) * i32::from(months)).months()).ok()?,
        i32::from(months).months(),
    ))
}

fn number(text: &str) -> Option<i8> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Weeks that begin on any day, and pairs of weeks.
fn week(rest: &str) -> Option<(Weekday, i8, Span)> {
    let starts = [
        ("WedW", Weekday::Wednesday),
        ("ThuW", Weekday::Thursday),
        ("SatW", Weekday::Saturday),
        ("SunW", Weekday::Sunday),
        ("FriW", Weekday::Friday),
        ("W", Weekday::Monday),
    ];
    if let Some(pair) = rest.strip_prefix("BiW") {
        let pair = number(pair).filter(|pair| (1..=27).contains(pair))?;
        return Some((Weekday::Monday, pair * 2 - 1, 2.weeks()));
    }
    let (rest, weekday) =
        starts.iter().find_map(|(name, day)| rest.strip_prefix(name).map(|rest| (rest, *day)))?;
    Some((weekday, number(rest).filter(|week| (1..=53).contains(week))?, 1.week()))
}

/// The first day of a week; the first week of a year holds at least four of its days.
fn week_of(year: i16, begins: Weekday, week: i8) -> Option<Date> {
    let fourth = date(year, 1, 4);
    let back = begins.until(fourth.weekday());
    let first = fourth.checked_sub(i32::from(back).days()).ok()?;
    let start = first.checked_add((i32::from(week) - 1).weeks()).ok()?;
    let middle = start.checked_add(3.days()).ok()?;
    (middle.year() == year).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str) -> Option<(String, String)> {
        let day = |days: i32| date(1899, 12, 30).checked_add(days.days()).unwrap().to_string();
        days(code).map(|(first, last)| (day(first), day(last)))
    }

    #[test]
    fn every_kind_of_code() {
        for (code, first, last) in [
            ("2024", "2024-01-01", "2024-12-31"),
            ("202402", "2024-02-01", "2024-02-29"),
            ("2017-01", "2017-01-01", "2017-01-31"),
            ("2024Q4", "2024-10-01", "2024-12-31"),
            ("2024NovQ1", "2023-11-01", "2024-01-31"),
            ("2024S2", "2024-07-01", "2024-12-31"),
            ("2024AprilS1", "2024-04-01", "2024-09-30"),
            ("2024AprilS2", "2024-10-01", "2025-03-31"),
            ("2024W1", "2024-01-01", "2024-01-07"),
            ("2024W5", "2024-01-29", "2024-02-04"),
            ("2020W53", "2020-12-28", "2021-01-03"),
            ("2024WedW1", "2024-01-03", "2024-01-09"),
            ("2024SunW1", "2023-12-31", "2024-01-06"),
            ("2024BiW1", "2024-01-01", "2024-01-14"),
            ("20240131", "2024-01-31", "2024-01-31"),
            ("2024-01-31", "2024-01-31", "2024-01-31"),
            ("202401B", "2024-01-01", "2024-02-29"),
            ("202406B", "2024-11-01", "2024-12-31"),
            ("2024Oct", "2024-10-01", "2025-09-30"),
            ("2024April", "2024-04-01", "2025-03-31"),
            ("256401", "2021-01-01", "2021-01-31"),
        ] {
            assert_eq!(shown(code), Some((first.into(), last.into())), "{code}");
        }
    }

    #[test]
    fn other_codes_are_none() {
        for code in [
            "", "Oct", "2016Q5", "2024W54", "2021W53", "202413", "2024S3", "20240230", "2024X", "202407B",
            "24", "2024Q", "17000101", "2024é",
        ] {
            assert_eq!(days(code), None, "{code}");
        }
    }
}
