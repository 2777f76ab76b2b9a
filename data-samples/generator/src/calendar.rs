//! Days, months and quarters as whole numbers.
//!
//! Millions of dates are drawn and written, so a day is one integer and the
//! conversions are the usual integer ones (proleptic Gregorian, after
//! Hinnant's `days_from_civil`). A test holds them against `jiff`.

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// Year, month (1 to 12) and day of the month (1 to 31) of a [`Day`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Year of the common era.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: i32,
    /// Day of the month, 1 to 31.
    pub day: i32,
}

/// First day of the reporting period.
pub const PERIOD_START: Day = Day::of(2019, 7, 1);
/// Last day of the reporting period.
pub const PERIOD_END: Day = Day::of(2021, 12, 31);
/// The day the exports were made; nothing later is in them.
pub const EXTRACT: Day = Day::of(2022, 1, 15);

/// Quarters in the reporting period.
pub const QUARTERS: usize = 10;
/// Months in the reporting period.
pub const MONTHS: usize = 30;

const LABELS: [&str; QUARTERS] = [
    "2019-Q3", "2019-Q4", "2020-Q1", "2020-Q2", "2020-Q3", "2020-Q4", "2021-Q1", "2021-Q2", "2021-Q3",
    "2021-Q4",
];

impl Day {
    /// The day `year`-`month`-`day`, which must exist.
    pub const fn of(year: i32, month: i32, day: i32) -> Day {
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let year_of_era = y.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Day(era * 146_097 + day_of_era - 719_468)
    }

    /// Year, month and day.
    pub const fn civil(self) -> Civil {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        Civil { year, month, day }
    }

    /// The same day of the month `months` later, or that month's last day
    /// where it has no such day.
    pub const fn plus_months(self, months: i32) -> Day {
        let Civil { year, month, day } = self.civil();
        let total = year * 12 + month - 1 + months;
        let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
        let length = month_length(year, month);
        Day::of(year, month, if day < length { day } else { length })
    }

    /// `days` later.
    pub const fn plus(self, days: i32) -> Day {
        Day(self.0 + days)
    }
}

/// Days in a month.
pub const fn month_length(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Name of a quarter of the period, `2019-Q3` for 0 to `2021-Q4` for 9.
///
/// # Panics
/// When `quarter` is not below [`QUARTERS`].
pub const fn quarter_label(quarter: usize) -> &'static str {
    LABELS[quarter]
}

/// First day of a quarter of the period.
pub const fn quarter_start(quarter: usize) -> Day {
    PERIOD_START.plus_months(3 * quarter as i32)
}

/// Last day of a quarter of the period.
pub const fn quarter_end(quarter: usize) -> Day {
    PERIOD_START.plus_months(3 * quarter as i32 + 3).plus(-1)
}

/// First day of a month of the period, 0 for 2019-07 to 29 for 2021-12.
pub const fn month_start(month: usize) -> Day {
    PERIOD_START.plus_months(month as i32)
}

/// Name of a month of the period, `2019-07` for 0 to `2021-12` for 29.
pub fn month_label(month: usize) -> String {
    let Civil { year, month, .. } = month_start(month).civil();
    format!("{year:04}-{month:02}")
}

/// The month of the period a day lies in, if it lies in the period.
pub fn month_of(day: Day) -> Option<usize> {
    if day < PERIOD_START || day > PERIOD_END {
        return None;
    }
    let first = PERIOD_START.civil();
    let Civil { year, month, .. } = day.civil();
    Some(((year - first.year) * 12 + month - first.month) as usize)
}

/// The quarter of the period a day lies in, if it lies in the period.
pub fn quarter_of(day: Day) -> Option<usize> {
    month_of(day).map(|month| month / 3)
}

/// The last month of a quarter of the period.
pub const fn quarter_last_month(quarter: usize) -> usize {
    3 * quarter + 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{ToSpan, civil::date};

    #[test]
    fn every_day_agrees_with_jiff() {
        let epoch = date(1970, 1, 1);
        for n in -800..40_000 {
            let theirs = epoch.checked_add(n.days()).unwrap();
            let ours = Day(n).civil();
            assert_eq!(
                (ours.year, ours.month, ours.day),
                (i32::from(theirs.year()), i32::from(theirs.month()), i32::from(theirs.day()))
            );
            assert_eq!(Day::of(ours.year, ours.month, ours.day), Day(n));
            assert_eq!(month_length(ours.year, ours.month), i32::from(theirs.days_in_month()));
            let later = theirs.checked_add(12.months()).unwrap();
            let ours = Day(n).plus_months(12).civil();
            assert_eq!(
                (ours.year, ours.month, ours.day),
                (i32::from(later.year()), i32::from(later.month()), i32::from(later.day()))
            );
        }
    }

    #[test]
    fn quarters_tile_the_period() {
        assert_eq!(quarter_start(0), PERIOD_START);
        assert_eq!(quarter_end(QUARTERS - 1), PERIOD_END);
        for q in 0..QUARTERS {
            let Civil { year, month, .. } = quarter_start(q).civil();
            assert_eq!(quarter_label(q), format!("{year}-Q{}", (month + 2) / 3));
            assert_eq!(month_start(quarter_last_month(q) - 2), quarter_start(q));
            if q > 0 {
                assert_eq!(quarter_end(q - 1).plus(1), quarter_start(q));
            }
        }
        assert_eq!(month_start(MONTHS - 1), Day::of(2021, 12, 1));
        assert_eq!(month_label(MONTHS - 1), "2021-12");
        for n in PERIOD_START.0 - 2..=PERIOD_END.0 + 2 {
            let inside = (PERIOD_START.0..=PERIOD_END.0).contains(&n);
            assert_eq!(month_of(Day(n)).is_some(), inside);
            if let (Some(month), Some(quarter)) = (month_of(Day(n)), quarter_of(Day(n))) {
                assert!(month_start(month) <= Day(n) && Day(n) < month_start(month + 1));
                assert!(quarter_start(quarter) <= Day(n) && Day(n) <= quarter_end(quarter));
            }
        }
    }
}
