//! Periods: half-open intervals of days with a frequency, and the calendar that lists them.

use jiff::civil::{Date, date};
use jiff::{Span as TimeSpan, ToSpan};

/// How long one period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Frequency {
    /// A calendar month, written `2021-11`.
    Month,
    /// A calendar quarter, written `2021-Q4`.
    Quarter,
    /// A calendar year, written `2021`.
    Year,
    /// A quarter of a fiscal year, written `FY2022-Q1`.
    FiscalQuarter(Fiscal),
    /// A fiscal year, written `FY2022`.
    FiscalYear(Fiscal),
}

/// When fiscal years begin, and after which of their two calendar years they are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fiscal {
    /// The first month, 1 to 12.
    pub first_month: i8,
    /// Named after the year in which it begins, as DHIS2 does, and not after the one in which it
    /// ends, as Thailand does.
    pub named_by_start: bool,
}

/// The Thai fiscal year: from October, named after the year in which it ends.
impl Default for Fiscal {
    fn default() -> Self {
        Self { first_month: 10, named_by_start: false }
    }
}

impl Fiscal {
    /// The first day of the fiscal year of this name.
    fn first_day(self, name: i16) -> Option<Date> {
        let begins_before = self.first_month > 1 && !self.named_by_start;
        Date::new(if begins_before { name - 1 } else { name }, self.first_month, 1).ok()
    }

    /// The name of the fiscal year that a day belongs to.
    fn name(self, day: Date) -> i16 {
        let started = if day.month() >= self.first_month { day.year() } else { day.year() - 1 };
        if self.first_month > 1 && !self.named_by_start { started + 1 } else { started }
    }

    /// The quarter of the fiscal year that a day belongs to, 1 to 4.
    fn quarter(self, day: Date) -> i8 {
        (day.month() - self.first_month).rem_euclid(12) / 3 + 1
    }
}

impl Frequency {
    /// The words in the pipeline language.
    pub const WORDS: [&str; 5] = ["month", "quarter", "year", "fiscal_quarter", "fiscal_year"];

    /// The frequency of a word.
    pub fn named(word: &str, fiscal: Fiscal) -> Option<Self> {
        Some(match word {
            "month" => Frequency::Month,
            "quarter" => Frequency::Quarter,
            "year" => Frequency::Year,
            "fiscal_quarter" => Frequency::FiscalQuarter(fiscal),
            "fiscal_year" => Frequency::FiscalYear(fiscal),
            _ => return None,
        })
    }

    /// The word in the pipeline language.
    pub fn word(self) -> &'static str {
        match self {
            Frequency::Month => "month",
            Frequency::Quarter => "quarter",
            Frequency::Year => "year",
            Frequency::FiscalQuarter(_) => "fiscal_quarter",
            Frequency::FiscalYear(_) => "fiscal_year",
        }
    }

    pub(crate) fn months(self) -> i64 {
        match self {
            Frequency::Month => 1,
            Frequency::Quarter | Frequency::FiscalQuarter(_) => 3,
            Frequency::Year | Frequency::FiscalYear(_) => 12,
        }
    }

    /// The period that begins on this day, if one does.
    fn beginning(self, first: Date) -> Option<Period> {
        let begins = first.day() == 1
            && match self {
                Frequency::Month => true,
                Frequency::Quarter => first.month() % 3 == 1,
                Frequency::Year => first.month() == 1,
                Frequency::FiscalQuarter(f) => (first.month() - f.first_month).rem_euclid(3) == 0,
                Frequency::FiscalYear(f) => first.month() == f.first_month,
            };
        begins.then_some(Period { first, frequency: self })
    }
}

/// One period: its first day, and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    first: Date,
    frequency: Frequency,
}

impl Period {
    /// Reads `2021-11`, `2021-Q4` or `2021`; `FY2022` and `FY2022-Q1` as the Thai fiscal year.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_in(text, Fiscal::default())
    }

    /// Reads a period where fiscal years begin in a month of one's own.
    pub fn parse_in(text: &str, fiscal: Fiscal) -> Option<Self> {
        if let Some(text) = text.strip_prefix("FY") {
            let plain = Self::parse(text)?;
            let first = fiscal.first_day(plain.first.year())?;
            return match plain.frequency {
                Frequency::Year => Some(Self { first, frequency: Frequency::FiscalYear(fiscal) }),
                Frequency::Quarter => {
                    let months = i64::from(plain.first.month() - 1);
                    let first = shift_months(first, months);
                    Some(Self { first, frequency: Frequency::FiscalQuarter(fiscal) })
                }
                _ => None,
            };
        }
        let (year, rest) = match text.split_once('-') {
            Some((year, rest)) => (year, Some(rest)),
            None => (text, None),
        };
        if year.len() != 4 {
            return None;
        }
        let year: i16 = year.parse().ok()?;
        let (month, frequency) = match rest {
            None => (1, Frequency::Year),
            Some(rest) => match rest.strip_prefix(['Q', 'q']) {
                Some(q) => {
                    let q: i8 = q.parse().ok().filter(|q| (1..=4).contains(q))?;
                    (3 * (q - 1) + 1, Frequency::Quarter)
                }
                None if rest.len() == 2 => (rest.parse().ok()?, Frequency::Month),
                None => return None,
            },
        };
        let first = Date::new(year, month, 1).ok()?;
        Some(Self { first, frequency })
    }

    /// The frequency.
    pub fn frequency(self) -> Frequency {
        self.frequency
    }

    /// The first day.
    pub fn first_day(self) -> Date {
        self.first
    }

    /// The last day, which is part of the period.
    pub fn last_day(self) -> Date {
        shift_months(self.first, self.frequency.months()).yesterday().unwrap_or(Date::MAX)
    }

    /// The period after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self { first: shift_months(self.first, self.frequency.months()), frequency: self.frequency }
    }

    /// The period before this one.
    #[must_use]
    pub fn previous(self) -> Self {
        Self { first: shift_months(self.first, -self.frequency.months()), frequency: self.frequency }
    }

    /// The year that the period is named after, and its quarter where it is one.
    pub fn year_and_quarter(self) -> (i16, i8) {
        match self.frequency {
            Frequency::Month | Frequency::Quarter | Frequency::Year => {
                (self.first.year(), (self.first.month() - 1) / 3 + 1)
            }
            Frequency::FiscalQuarter(f) | Frequency::FiscalYear(f) => {
                (f.name(self.first), f.quarter(self.first))
            }
        }
    }

    /// How the period is written: `2021-11`, `2021-Q4`, `2021`, `FY2022-Q1` or `FY2022`.
    pub fn id(self) -> String {
        let (year, quarter) = self.year_and_quarter();
        match self.frequency {
            Frequency::Month => format!("{year:04}-{:02}", self.first.month()),
            Frequency::Quarter => format!("{year:04}-Q{quarter}"),
            Frequency::Year => format!("{year:04}"),
            Frequency::FiscalQuarter(_) => format!("FY{year:04}-Q{quarter}"),
            Frequency::FiscalYear(_) => format!("FY{year:04}"),
        }
    }
}

/// Days since the beginning of 1970, as Arrow counts them.
pub fn since_1970(day: Date) -> Option<i32> {
    day.since(date(1970, 1, 1)).ok().map(|span| span.get_days())
}

/// A date moved by calendar months; a day that the month has not becomes its last.
pub fn shift_months(day: Date, months: i64) -> Date {
    let span: TimeSpan = months.months();
    day.checked_add(span).unwrap_or(if months < 0 { Date::MIN } else { Date::MAX })
}

/// The calendar of a plan: the periods in order, and the day on which the data was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// Every period, in order, without a gap. Never empty.
    pub periods: Vec<Period>,
    /// Only what was received on or before this day counts, where a source says when it was received.
    pub as_of: Date,
    /// When fiscal years begin.
    pub fiscal: Fiscal,
    /// Months counted from the opening of each site, as a second clock.
    pub since_opening: Option<SinceOpening>,
}

/// A second clock: stretches of months since a site opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SinceOpening {
    /// How long a stretch is, months.
    pub every_months: u32,
    /// Where the last one ends, months after the opening.
    pub up_to_months: u32,
}

impl Calendar {
    /// The periods from one to another, both included; `None` when they are of different
    /// frequency, out of order, or more than 1,200.
    pub fn between(from: Period, to: Period, as_of: Date) -> Option<Self> {
        if from.frequency() != to.frequency() || from > to {
            return None;
        }
        let mut periods = vec![from];
        let mut last = from;
        while last < to {
            last = last.next();
            periods.push(last);
            if periods.len() > 1200 {
                return None;
            }
        }
        Some(Self { periods, as_of, fiscal: Fiscal::default(), since_opening: None })
    }

    /// The frequency of a word, with the calendar's own fiscal year.
    pub fn frequency_named(&self, word: &str) -> Option<Frequency> {
        Frequency::named(word, self.fiscal)
    }

    /// The first day of the first period, and the last day of the last.
    fn ends(&self) -> Option<(Date, Date)> {
        Some((self.periods.first()?.first_day(), self.periods.last()?.last_day()))
    }

    /// The whole periods of another frequency between the ends of the calendar.
    pub fn of_frequency(&self, frequency: Frequency) -> Vec<Period> {
        let Some((first, last)) = self.ends() else {
            return Vec::new();
        };
        let months = (0..frequency.months()).map(|month| shift_months(first, month));
        let Some(mut period) = months.into_iter().find_map(|day| frequency.beginning(day)) else {
            return Vec::new();
        };
        let mut periods = Vec::new();
        while period.last_day() <= last {
            periods.push(period);
            period = period.next();
        }
        periods
    }

    /// The stretches since a site opened that lie within the calendar: how each is written, its
    /// first and its last day. They begin with the calendar month of the opening.
    pub fn since_opening(&self, opened: Option<Date>) -> Vec<(String, Date, Date)> {
        let (Some(clock), Some(opened), Some((from, to))) = (self.since_opening, opened, self.ends()) else {
            return Vec::new();
        };
        let month_of_opening = opened.first_of_month();
        let every = clock.every_months.max(1);
        (0..clock.up_to_months / every)
            .map(|at| {
                let (begin, end) = (at * every, (at + 1) * every);
                let first = shift_months(month_of_opening, i64::from(begin));
                let last = shift_months(month_of_opening, i64::from(end)).yesterday().unwrap_or(Date::MAX);
                (format!("M{:03}-M{end:03}", begin + 1), first, last)
            })
            .filter(|(_, first, last)| *first >= from && *last <= to)
            .collect()
    }

    /// The period with this id.
    pub fn period(&self, id: &str) -> Option<Period> {
        self.periods.iter().copied().find(|p| p.id() == id)
    }

    /// The last period.
    pub fn last(&self) -> Period {
        self.periods.last().copied().unwrap_or(Period { first: date(1970, 1, 1), frequency: Frequency::Year })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_ends_on_its_last_day() {
        let q4 = Period::parse("2021-Q4").unwrap();
        assert_eq!(q4.first_day(), date(2021, 10, 1));
        assert_eq!(q4.last_day(), date(2021, 12, 31));
        assert_eq!(q4.next().id(), "2022-Q1");
        assert_eq!(q4.previous().id(), "2021-Q3");
    }

    #[test]
    fn a_period_is_read_as_it_is_written() {
        for id in ["2020-02", "2020-Q1", "2020"] {
            assert_eq!(Period::parse(id).unwrap().id(), id);
        }
        for wrong in ["2020-Q5", "2020-13", "20-Q1", "2020-2", "Q1 2020", "", "2020-ก"] {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Period::parse("2020-02").unwrap().last_day(), date(2020, 2, 29));
    }

    #[test]
    fn twelve_months_after_a_leap_day_is_the_last_of_february() {
        assert_eq!(shift_months(date(2020, 2, 29), 12), date(2021, 2, 28));
    }

    #[test]
    fn the_thai_fiscal_year_begins_in_october_and_is_named_by_its_end() {
        let year = Period::parse("FY2022").unwrap();
        assert_eq!((year.first_day(), year.last_day()), (date(2021, 10, 1), date(2022, 9, 30)));
        let second = Period::parse("FY2022-Q2").unwrap();
        assert_eq!((second.first_day(), second.last_day()), (date(2022, 1, 1), date(2022, 3, 31)));
        assert_eq!(second.next().next().next().id(), "FY2023-Q1");
        let by_start = Fiscal { first_month: 10, named_by_start: true };
        assert_eq!(Period::parse_in("FY2021", by_start).unwrap().first_day(), date(2021, 10, 1));
        let july = Fiscal { first_month: 7, named_by_start: false };
        let quarter = Period::parse_in("FY2022-Q3", july).unwrap();
        assert_eq!((quarter.first_day(), quarter.id()), (date(2022, 1, 1), "FY2022-Q3".to_owned()));
        assert_eq!(Period::parse("FY2022-02"), None);
    }

    #[test]
    fn the_second_clock_counts_from_the_opening() {
        let quarter = |text| Period::parse(text).unwrap();
        let mut calendar =
            Calendar::between(quarter("2019-Q3"), quarter("2021-Q4"), date(2022, 1, 15)).unwrap();
        calendar.since_opening = Some(SinceOpening { every_months: 12, up_to_months: 36 });
        let opened = calendar.since_opening(Some(date(2019, 7, 15)));
        // The third year is not over when the calendar ends.
        let ids: Vec<&str> = opened.iter().map(|(id, _, _)| id.as_str()).collect();
        assert_eq!(ids, ["M001-M012", "M013-M024"]);
        assert_eq!((opened[1].1, opened[1].2), (date(2020, 7, 1), date(2021, 6, 30)));
        assert_eq!(calendar.since_opening(Some(date(2008, 1, 1))), []);
        let months = calendar.of_frequency(Frequency::Month);
        assert_eq!((months.len(), months[0].id()), (30, "2019-07".to_owned()));
        assert_eq!(calendar.of_frequency(Frequency::Year).len(), 2);
    }

    #[test]
    fn a_calendar_has_every_period_once() {
        let from = Period::parse("2019-Q3").unwrap();
        let to = Period::parse("2021-Q4").unwrap();
        let calendar = Calendar::between(from, to, date(2022, 1, 15)).unwrap();
        assert_eq!(calendar.periods.len(), 10);
        assert!(Calendar::between(to, from, date(2022, 1, 15)).is_none());
    }
}
