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
}

impl Frequency {
    /// Every frequency.
    pub const ALL: [Frequency; 3] = [Frequency::Month, Frequency::Quarter, Frequency::Year];

    /// The word in the pipeline language.
    pub fn word(self) -> &'static str {
        match self {
            Frequency::Month => "month",
            Frequency::Quarter => "quarter",
            Frequency::Year => "year",
        }
    }

    fn months(self) -> i64 {
        match self {
            Frequency::Month => 1,
            Frequency::Quarter => 3,
            Frequency::Year => 12,
        }
    }
}

/// One period: its first day, and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    first: Date,
    frequency: Frequency,
}

impl Period {
    /// Reads `2021-11`, `2021-Q4` or `2021`.
    pub fn parse(text: &str) -> Option<Self> {
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

    /// How the period is written: `2021-11`, `2021-Q4` or `2021`.
    pub fn id(self) -> String {
        let (year, month) = (self.first.year(), self.first.month());
        match self.frequency {
            Frequency::Month => format!("{year:04}-{month:02}"),
            Frequency::Quarter => format!("{year:04}-Q{}", (month - 1) / 3 + 1),
            Frequency::Year => format!("{year:04}"),
        }
    }
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
        Some(Self { periods, as_of })
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
    fn a_calendar_has_every_period_once() {
        let from = Period::parse("2019-Q3").unwrap();
        let to = Period::parse("2021-Q4").unwrap();
        let calendar = Calendar::between(from, to, date(2022, 1, 15)).unwrap();
        assert_eq!(calendar.periods.len(), 10);
        assert!(Calendar::between(to, from, date(2022, 1, 15)).is_none());
    }
}
