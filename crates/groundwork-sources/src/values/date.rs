//! Days: many ways of writing them, two eras, and spreadsheet serial numbers.
//!
//! The year of every value is judged on its own, since one column may mix eras. Nothing is rolled
//! over, no century is guessed, and what has two readings has none.

use super::Parsed;
use super::month::{DateWord, date_word};
use super::text::{ascii_digits, is_dash, trim};
use super::year::{self, Role};
use groundwork_plan::source::{DateOrder, Era};
use jiff::SignedDuration;
use jiff::civil::{Date, date};

/// In which era the year of a value was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WrittenEra {
    /// Common era.
    Common,
    /// Buddhist era.
    Buddhist,
    /// A year that some program had converted twice.
    Repaired,
}

/// A day, and how its year was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day {
    /// Days since 1970-01-01.
    pub(crate) days: i32,
    /// The era of the year as written.
    pub(crate) era: WrittenEra,
}

impl Day {
    /// Whether it is 1 January, which people write for a day that nobody knows.
    pub(crate) fn is_new_year(self) -> bool {
        let day = date(1970, 1, 1).checked_add(SignedDuration::from_hours(24 * i64::from(self.days)));
        day.is_ok_and(|day| (day.month(), day.day()) == (1, 1))
    }
}

/// How the texts of a column are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rules {
    /// The calendar of the years.
    pub(crate) era: Era,
    /// The order of the parts where the year does not come first.
    pub(crate) order: DateOrder,
    /// What the dates are of, which decides what two digits of a year may mean.
    pub(crate) role: Role,
}

/// What a text says of when: a day, or only its year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// A day.
    Day(Day),
    /// A year of the common era, without month and day.
    Year(i32),
}

/// What a date fails: the name of the check.
type Check = &'static str;

const INVALID: Check = "date.invalid";
const AMBIGUOUS: Check = "date.ambiguous";
const IMPOSSIBLE: Check = "date.impossible";
const OUT_OF_RANGE: Check = "date.out-of-range";
const OTHER_ERA: Check = "date.era";
const YEAR_ONLY: Check = "date.year-only";
const TWO_DIGITS: Check = "date.two-digit-year";

/// The day that a text names.
///
/// Fails `date.invalid` (no date at all), `date.ambiguous` (two readings, or no full day),
/// `date.year-only` (a year without its day), `date.impossible` (no such day), `date.out-of-range`
/// (no era fits the year, or the day lies outside 1900 to 2100) and `date.era` (a year that is not
/// of the declared era). Notes `date.two-digit-year` where two digits of a year have one reading
/// in that role.
pub(crate) fn parse(text: &str, rules: Rules) -> Parsed<Day> {
    match when(text, rules) {
        Parsed { value: Some(When::Day(day)), check } => Parsed { value: Some(day), check },
        Parsed { value: Some(When::Year(_)), .. } => Parsed::failed(YEAR_ONLY),
        Parsed { value: None, check } => Parsed { value: None, check },
    }
}

/// What a text says of when, a year without its day included.
pub(crate) fn when(text: &str, rules: Rules) -> Parsed<When> {
    let text = trim(text);
    if text.is_empty() || is_dash(text) {
        return Parsed::missing();
    }
    let mut noted = false;
    match read(&ascii_digits(text), rules, &mut noted) {
        Ok(value) if noted => Parsed::noted(value, TWO_DIGITS),
        Ok(value) => Parsed::value(value),
        Err(check) => Parsed::failed(check),
    }
}

/// The day that a typed cell of a worksheet holds as its serial number: days since 1899-12-30,
/// the time of day as the fraction. Serial numbers are counted in the common era, whatever era
/// the column declares for its written years.
///
/// Fails as [`parse`] does.
pub(crate) fn from_serial(serial: f64, era: Era) -> Parsed<Day> {
    read_serial(serial, era).into()
}

fn read(text: &str, rules: Rules, noted: &mut bool) -> Result<When, Check> {
    let is_plain = |b: u8| b.is_ascii_digit() || b == b'.';
    if text.bytes().all(is_plain) && text.bytes().filter(|b| *b == b'.').count() <= 1 {
        return plain_number(text, rules, noted);
    }
    let date_part = without_time(text)?;
    if date_part.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'/' | b'-' | b'.' | b' ')) {
        numeric(date_part, rules, noted)
    } else {
        worded(date_part, rules, noted)
    }
}

/// A text of digits alone: a serial number, eight digits that begin with a year (as LINE writes
/// them), or a year without its day.
fn plain_number(text: &str, rules: Rules, noted: &mut bool) -> Result<When, Check> {
    let era = rules.era;
    let whole = text.split('.').next().unwrap_or_default();
    let number = |from: usize, to: usize| whole[from..to].parse::<i32>().map_err(|_| INVALID);
    match (whole.len(), text.contains('.')) {
        (2, false) => {
            *noted = true;
            Ok(When::Year(two_digits(number(0, 2)?, rules)?))
        }
        (4, false) => Ok(When::Year(common_year(number(0, 4)?, era)?.0)),
        (6, false) if is_month(number(0, 4)?, number(4, 6)?) => Err(AMBIGUOUS),
        (5 | 6, _) => {
            let serial: f64 = text.parse().map_err(|_| INVALID)?;
            if (FIRST_SERIAL..LAST_SERIAL).contains(&serial)
                || (FIRST_BUDDHIST_SERIAL..LAST_BUDDHIST_SERIAL).contains(&serial)
            {
                read_serial(serial, era).map(When::Day)
            } else {
                Err(INVALID)
            }
        }
        (8, false) => match number(0, 4)? {
            year @ (1900..=2100 | 2400..=2700) => {
                assemble(year, number(4, 6)?, number(6, 8)?, era).map(When::Day)
            }
            _ => Err(INVALID),
        },
        _ => Err(INVALID),
    }
}

/// Whether six digits are as likely a year and its month, as statistics have them, as a serial number.
fn is_month(year: i32, month: i32) -> bool {
    matches!(year, 1900..=2100 | 2480..=2643) && (1..=12).contains(&month)
}

/// Serial numbers that a text may be: from 1927-05-18 (below that, small numbers are more likely
/// something else) to 2100-12-31, and the years 2400 to 2700 of dates typed in the Buddhist era.
const FIRST_SERIAL: f64 = 10_000.0;
const LAST_SERIAL: f64 = 73_416.0;
const FIRST_BUDDHIST_SERIAL: f64 = 182_623.0;
const LAST_BUDDHIST_SERIAL: f64 = 292_560.0;

fn read_serial(serial: f64, era: Era) -> Result<Day, Check> {
    if !(1.0..2_958_466.0).contains(&serial) {
        return Err(OUT_OF_RANGE);
    }
    // A time within half a millisecond of midnight belongs to the day that begins.
    let whole = (serial + 0.5 / 86_400_000.0).floor() as i64;
    let day = match whole {
        60 => return Err(IMPOSSIBLE),
        ..60 => whole + 1,
        _ => whole,
    };
    let written =
        date(1899, 12, 30).checked_add(SignedDuration::from_hours(24 * day)).map_err(|_| OUT_OF_RANGE)?;
    let era = match written.year() {
        1900..=2100 => Era::Ce,
        _ if era == Era::Ce => return Err(OTHER_ERA),
        _ => Era::Auto,
    };
    assemble(i32::from(written.year()), i32::from(written.month()), i32::from(written.day()), era)
}

/// The text without a time of day and its zone at the end. The day stays as it was written.
fn without_time(text: &str) -> Result<&str, Check> {
    let Some(colon) = text.find(':') else {
        return Ok(text);
    };
    let before = &text[..colon];
    let hour_length = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (date_part, hour) = before.split_at(colon - hour_length);
    let is_hour = (1..=2).contains(&hour_length) && hour.parse::<u8>().is_ok_and(|h| h <= 24);
    let after = &text[colon + 1..];
    let is_minute = after.get(..2).is_some_and(|minute| {
        minute.bytes().all(|b| b.is_ascii_digit()) && minute.parse::<u8>().is_ok_and(|m| m <= 59)
    });
    // Before and after noon, as Google writes it for Thai readers.
    let after = after.replace("ก่อนเที่ยง", "").replace("หลังเที่ยง", "");
    let is_zone = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '+' | '-' | '.' | ' ' | 'น');
    let separated = date_part.ends_with([' ', 'T', 't', ',']);
    if is_hour && is_minute && separated && after.len() <= 32 && after.chars().all(is_zone) {
        Ok(trim(date_part.trim_end_matches([' ', 'T', 't', ','])))
    } else {
        Err(INVALID)
    }
}

/// Three numbers with one kind of separator.
fn numeric(text: &str, rules: Rules, noted: &mut bool) -> Result<When, Check> {
    let separator = text.chars().find(|c| matches!(c, '/' | '-' | '.')).ok_or(INVALID)?;
    let parts: Vec<&str> = text.split(separator).map(str::trim).collect();
    if !parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())) {
        return Err(INVALID);
    }
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let number = |place: usize| parts.get(place).and_then(|p| p.parse::<i32>().ok()).ok_or(INVALID);
    let (year, month, day) = match (lengths.as_slice(), rules.order) {
        ([4, 1..=2, 1..=2], _) => (number(0)?, number(1)?, number(2)?),
        ([1..=2, 1..=2, 4 | 2], DateOrder::DayFirst) => (number(2)?, number(1)?, number(0)?),
        ([1..=2, 1..=2, 4 | 2], DateOrder::MonthFirst) => (number(2)?, number(0)?, number(1)?),
        ([1..=2, 1..=2, 1] | [1..=2, 4] | [4, 1..=2], _) => return Err(AMBIGUOUS),
        _ => return Err(INVALID),
    };
    let is_short = lengths.iter().all(|length| *length <= 2);
    let year = if is_short { two_digits(year, rules)? } else { year };
    *noted = is_short;
    // Registers write zeros for a day and a month that nobody knows.
    if month == 0 && day == 0 {
        return Ok(When::Year(common_year(year, rules.era)?.0));
    }
    assemble(year, month, day, if is_short { Era::Auto } else { rules.era }).map(When::Day)
}

/// The year of the common era that two digits mean in a role, where only one can be meant.
fn two_digits(digits: i32, rules: Rules) -> Result<i32, Check> {
    match year::of_two_digits(digits, rules.era, rules.role).as_slice() {
        [year] => Ok(*year),
        _ => Err(AMBIGUOUS),
    }
}

/// A date with its month as a word.
fn worded(text: &str, rules: Rules, noted: &mut bool) -> Result<When, Check> {
    let mut era = rules.era;
    let mut is_thai = false;
    let mut month = None;
    let mut numbers: Vec<&str> = Vec::new();
    let mut month_after = 0;
    let is_gap = |c: char| c.is_whitespace() || matches!(c, ',' | '/' | '-' | '.');
    let mut rest = text.trim_start_matches(is_gap);
    while let Some(first) = rest.chars().next() {
        let end = if first.is_ascii_digit() {
            rest.find(|c: char| !c.is_ascii_digit())
        } else {
            rest.find(|c: char| c.is_ascii_digit() || (is_gap(c) && c != '.'))
        };
        let (token, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after.trim_start_matches(is_gap);
        if first.is_ascii_digit() {
            numbers.push(token);
            continue;
        }
        match date_word(token).ok_or(INVALID)? {
            DateWord::Filler => {}
            DateWord::BuddhistEra => era = agreed(era, Era::Be)?,
            DateWord::CommonEra => era = agreed(era, Era::Ce)?,
            DateWord::Month(_) if month.is_some() => return Err(INVALID),
            DateWord::Month(number) => {
                is_thai = token.contains(|c| matches!(c, '\u{e00}'..='\u{e7f}'));
                month = Some(number);
                month_after = numbers.len();
            }
        }
    }
    let month = month.ok_or(INVALID)?;
    let lengths: Vec<usize> = numbers.iter().map(|number| number.len()).collect();
    let (year, day) = match (lengths.as_slice(), month_after) {
        ([1..=2, 4], 0 | 1) => (numbers[1], numbers[0]),
        ([4, 1..=2], 1) => (numbers[0], numbers[1]),
        ([1..=2, 2], 1) => (numbers[1], numbers[0]),
        ([1..=2, 1..=2] | [4] | [1..=2], _) => return Err(AMBIGUOUS),
        _ => return Err(INVALID),
    };
    let number = |digits: &str| digits.parse::<i32>().map_err(|_| INVALID);
    if year.len() == 2 {
        // Beside the Thai name of a month two digits are Buddhist by custom; a birth may still be
        // that of an elder.
        let custom = is_thai && era == Era::Auto && rules.role != Role::Birth;
        let era = if custom { Era::Be } else { era };
        let year = two_digits(number(year)?, Rules { era, ..rules })?;
        *noted = !custom;
        return assemble(year, i32::from(month), number(day)?, Era::Auto).map(When::Day);
    }
    assemble(number(year)?, i32::from(month), number(day)?, era).map(When::Day)
}

/// The era of a column beside the era that a value names.
fn agreed(declared: Era, named: Era) -> Result<Era, Check> {
    if declared == Era::Auto || declared == named { Ok(named) } else { Err(OTHER_ERA) }
}

/// The year of the common era that a written year means, and how it was written.
fn common_year(year: i32, era: Era) -> Result<(i32, WrittenEra), Check> {
    match (era, year) {
        (Era::Auto | Era::Be, 2400..=2700) => Ok((year - 543, WrittenEra::Buddhist)),
        (Era::Auto | Era::Ce, 1900..=2100) => Ok((year, WrittenEra::Common)),
        (Era::Auto, 2900..=3250) => Ok((year - 1086, WrittenEra::Repaired)),
        (Era::Auto, 1300..=1600) => Ok((year + 543, WrittenEra::Repaired)),
        (Era::Auto, _) => Err(OUT_OF_RANGE),
        (Era::Ce | Era::Be, _) => Err(OTHER_ERA),
    }
}

/// The day of a written year, month and day.
fn assemble(year: i32, month: i32, day: i32, era: Era) -> Result<Day, Check> {
    let (common_year, written) = common_year(year, era)?;
    let field = |value: i32| i8::try_from(value).map_err(|_| IMPOSSIBLE);
    let year_field = i16::try_from(common_year).map_err(|_| OUT_OF_RANGE)?;
    let day = Date::new(year_field, field(month)?, field(day)?).map_err(|_| IMPOSSIBLE)?;
    if !(1900..=2100).contains(&common_year) {
        return Err(OUT_OF_RANGE);
    }
    if written == WrittenEra::Buddhist && year::of_old_new_year(year, month).len() > 1 {
        return Err(AMBIGUOUS);
    }
    let days = day.duration_since(date(1970, 1, 1)).as_hours() / 24;
    Ok(Day { days: i32::try_from(days).map_err(|_| OUT_OF_RANGE)?, era: written })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(parsed: Parsed<Day>) -> Result<String, &'static str> {
        match (parsed.value, parsed.check) {
            (Some(day), None) => date(1970, 1, 1)
                .checked_add(SignedDuration::from_hours(24 * i64::from(day.days)))
                .map(|d| d.to_string())
                .map_err(|_| "not a day"),
            (_, Some(check)) => Err(check),
            (None, None) => Err("missing"),
        }
    }

    fn auto(text: &str) -> Result<String, &'static str> {
        iso(parse(text, rules(Era::Auto, DateOrder::DayFirst, Role::Any)))
    }

    fn rules(era: Era, order: DateOrder, role: Role) -> Rules {
        Rules { era, order, role }
    }

    #[test]
    fn one_day_in_many_forms() {
        for text in [
            "2022-06-15",
            "2565-06-15",
            "15/06/2565",
            "15-6-2565",
            "15.06.2565",
            "2022/06/15",
            "๑๕/๐๖/๒๕๖๕",
            "၁၅/ဝ၆/၂ဝ၂၂",
            "15 มิ.ย. 2565",
            "15 มิย 2565",
            "15มิถุนายน2565",
            "วันพุธที่ 15 มิถุนายน พ.ศ. 2565",
            "15 ဇွန် 2022",
            "၁၅ ရက် ဇွန်လ ၂၀၂၂ ခုနှစ်",
            "15 June 2022",
            "June 15th, 2022",
            "Wed, 15 Jun 2022 23:59:59 +0700",
            "15-Jun-2022",
            "2022 Jun 15",
            "2022-06-15T00:30:00.000+07:00",
            "2022-06-15T23:30:00Z",
            "15/06/2565 10:30 น.",
            "2022/06/15 3:00:00 PM GMT+3",
            "2022/06/15 9:05:09 หลังเที่ยง GMT+7",
            "44727",
            "44727.9999",
            "243054",
            "15/06/3108",
            "1479-06-15",
        ] {
            assert_eq!(auto(text).as_deref(), Ok("2022-06-15"), "{text}");
        }
    }

    #[test]
    fn two_digits_of_a_year_have_a_meaning_only_in_a_role() {
        let of = |text, role| {
            iso(Parsed { check: None, ..parse(text, rules(Era::Auto, DateOrder::DayFirst, role)) })
        };
        assert_eq!(of("15/06/65", Role::Event).as_deref(), Ok("2022-06-15"));
        assert_eq!(of("15/06/21", Role::Event).as_deref(), Ok("2021-06-15"));
        assert_eq!(of("15 มิ.ย. 65", Role::Any).as_deref(), Ok("2022-06-15"));
        assert_eq!(of("15 มิย 65", Role::Event).as_deref(), Ok("2022-06-15"));
        for text in ["15/06/48", "15/06/65", "15 มิ.ย. 48", "65"] {
            assert!(of(text, Role::Birth).is_err(), "{text}");
        }
        // Between them no window decides.
        assert!(of("15/06/35", Role::Event).is_err());
        let noted = parse("15/06/65", rules(Era::Auto, DateOrder::DayFirst, Role::Event));
        assert_eq!(noted.check, Some(TWO_DIGITS));
    }

    #[test]
    fn days_that_do_not_exist_are_not_rolled_over() {
        for text in ["29/02/2564", "31/11/2020", "2022-13-01", "2/26/2019", "15/00/2565", "0/5/2565"] {
            assert_eq!(auto(text), Err(IMPOSSIBLE), "{text}");
        }
        assert_eq!(auto("29/02/2563").as_deref(), Ok("2020-02-29"));
        assert_eq!(auto("29/02/2567").as_deref(), Ok("2024-02-29"));
    }

    #[test]
    fn what_has_two_readings_has_none() {
        for text in [
            "15/06/65",
            "65",
            "มิ.ย. 2565",
            "06/2565",
            "02/02/2483",
            "2022-06",
            "15 Jun 65",
            "202301",
            "256601",
        ] {
            assert_eq!(auto(text), Err(AMBIGUOUS), "{text}");
        }
        for text in ["2565", "2022", "00/00/2550", "0/0/2550"] {
            assert_eq!(auto(text), Err(YEAR_ONLY), "{text}");
        }
        assert_eq!(auto("02/04/2483").as_deref(), Ok("1940-04-02"));
        assert_eq!(auto("02/02/1940").as_deref(), Ok("1940-02-02"));
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "yesterday",
            "5",
            "123",
            "9999",
            "99999",
            "15062022",
            "1.5",
            "10:30",
            "15/06-2565",
            "15//2565",
            "2022-06-15T99:00",
            "2022-06-15 x",
            "๑",
            "15 xx 2565",
            "/",
            "มิ.ย.",
            ".",
            "15 มิ.ย. 2565 มิ.ย.",
        ] {
            let found = auto(text);
            assert!(matches!(found, Err(INVALID | AMBIGUOUS | OUT_OF_RANGE)), "{text}: {found:?}");
        }
        for text in ["15/06/1750", "15/06/2800", "15/06/2420", "15/06/2690"] {
            assert_eq!(auto(text), Err(OUT_OF_RANGE), "{text}");
        }
        assert_eq!(auto("-"), Err("missing"));
    }

    #[test]
    fn a_declared_era_is_not_overruled() {
        let of = |text, era| iso(parse(text, rules(era, DateOrder::DayFirst, Role::Any)));
        assert_eq!(of("15/06/2565", Era::Be).as_deref(), Ok("2022-06-15"));
        assert_eq!(of("15/06/2022", Era::Be), Err(OTHER_ERA));
        assert_eq!(of("15/06/2565", Era::Ce), Err(OTHER_ERA));
        assert_eq!(of("15 มิ.ย. พ.ศ. 2565", Era::Ce), Err(OTHER_ERA));
        assert_eq!(of("44727", Era::Be).as_deref(), Ok("2022-06-15"));
        assert_eq!(of("243054", Era::Ce), Err(OTHER_ERA));
    }

    #[test]
    fn the_month_comes_first_only_where_that_is_declared() {
        let first = |text| iso(parse(text, rules(Era::Auto, DateOrder::MonthFirst, Role::Any)));
        assert_eq!(first("2/26/2019").as_deref(), Ok("2019-02-26"));
        assert_eq!(first("2019-02-26").as_deref(), Ok("2019-02-26"));
        assert_eq!(auto("3/1/2019").as_deref(), Ok("2019-01-03"));
    }

    #[test]
    fn serial_numbers_of_typed_cells() {
        assert_eq!(iso(from_serial(1.0, Era::Auto)).as_deref(), Ok("1900-01-01"));
        assert_eq!(iso(from_serial(61.0, Era::Auto)).as_deref(), Ok("1900-03-01"));
        assert_eq!(iso(from_serial(60.0, Era::Auto)), Err(IMPOSSIBLE));
        assert_eq!(iso(from_serial(43_996.999_999_999_9, Era::Be)).as_deref(), Ok("2020-06-15"));
        assert_eq!(iso(from_serial(f64::NAN, Era::Auto)), Err(OUT_OF_RANGE));
        assert_eq!(iso(from_serial(-3.0, Era::Auto)), Err(OUT_OF_RANGE));
        assert_eq!(iso(from_serial(73_415.0, Era::Auto)).as_deref(), Ok("2100-12-31"));
    }
}
