//! Spelling: how a true value looks once several people have typed it.
//!
//! Every function takes the sequence of one row, so that a row is spelled the
//! same wherever and whenever it is written.

use crate::calendar::{Civil, Day, month_length};
use crate::design::Site;
use crate::programme::Sex;
use crate::rng::Rng;

/// Years between the common and the Buddhist era.
const BUDDHIST: i32 = 543;

/// Replaces the digits 0 to 9 by Thai digits.
pub(crate) fn thai_digits(text: &str) -> String {
    text.chars()
        .map(|c| match c.to_digit(10) {
            Some(digit) => char::from_u32('๐' as u32 + digit).unwrap_or(c),
            None => c,
        })
        .collect()
}

/// A date in one of four spellings: ISO in the common era (three in five), in
/// the Buddhist era as ISO or day first, or day first in Thai digits.
pub(crate) fn date(rng: &mut Rng, day: Day) -> String {
    spell(rng.below(20), day.civil())
}

fn spell(choice: u64, Civil { year, month, day }: Civil) -> String {
    let buddhist = year + BUDDHIST;
    match choice {
        0..=11 => format!("{year:04}-{month:02}-{day:02}"),
        12..=14 => format!("{buddhist:04}-{month:02}-{day:02}"),
        15..=17 => format!("{day:02}/{month:02}/{buddhist:04}"),
        _ => thai_digits(&format!("{day:02}/{month:02}/{buddhist:04}")),
    }
}

/// Whether a month has a day after its last that people nevertheless write:
/// 29 or 30 February, or the 31st of a month of thirty days.
pub(crate) fn has_impossible_date(day: Day) -> bool {
    let Civil { year, month, .. } = day.civil();
    month_length(year, month) < 31
}

/// The day after the last of the month, day first, in either era.
pub(crate) fn impossible_date(rng: &mut Rng, day: Day) -> String {
    let Civil { year, month, .. } = day.civil();
    let day = month_length(year, month) + 1;
    if rng.chance(1, 2) {
        format!("{day:02}/{month:02}/{:04}", year + BUDDHIST)
    } else {
        format!("{day:02}/{month:02}/{year:04}")
    }
}

/// The province of a site.
pub(crate) fn province(rng: &mut Rng, site: Site) -> &'static str {
    match site {
        Site::ChiangRai => {
            rng.pick(&["Chiang Rai", "Chiang Rai", "Chiang Rai", "Chiangrai", "เชียงราย", "เชียงราย"])
        }
        Site::Nan => rng.pick(&["Nan", "Nan", "Nan", "nan", "น่าน", "จ.น่าน"]),
    }
}

/// A sex, in English, as a letter or in Thai; blank when never recorded.
pub(crate) fn sex(rng: &mut Rng, sex: Sex) -> &'static str {
    let spellings = match sex {
        Sex::Female => ["female", "F", "หญิง"],
        Sex::Male => ["male", "M", "ชาย"],
        Sex::Unknown => return "",
    };
    match rng.below(10) {
        0..=6 => spellings[0],
        7 => spellings[1],
        _ => spellings[2],
    }
}

/// An amount in baht: plain, with a comma, or in Thai digits.
pub(crate) fn baht(rng: &mut Rng, amount: u32) -> String {
    match rng.below(10) {
        0..=5 => amount.to_string(),
        6..=8 if amount >= 1000 => format!("{},{:03}", amount / 1000, amount % 1000),
        6..=8 => amount.to_string(),
        _ => thai_digits(&amount.to_string()),
    }
}

/// An age in years; one in ten in Thai digits, one in twenty left blank.
pub(crate) fn age(rng: &mut Rng, years: i32) -> String {
    match rng.below(20) {
        0 => String::new(),
        1..=2 => thai_digits(&years.to_string()),
        _ => years.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    #[test]
    fn dates_are_spelled_in_four_ways() {
        let day = Day::of(2020, 8, 15).civil();
        assert_eq!(spell(0, day), "2020-08-15");
        assert_eq!(spell(12, day), "2563-08-15");
        assert_eq!(spell(15, day), "15/08/2563");
        assert_eq!(spell(18, day), "๑๕/๐๘/๒๕๖๓");
    }

    #[test]
    fn impossible_dates_do_not_exist() {
        let mut rng = Rng::stream(1, Stream::WorkshopText);
        for _ in 0..20 {
            let text = impossible_date(&mut rng, Day::of(2021, 2, 3));
            assert!(["29/02/2564", "29/02/2021"].contains(&text.as_str()));
            let text = impossible_date(&mut rng, Day::of(2020, 11, 3));
            assert!(["31/11/2563", "31/11/2020"].contains(&text.as_str()));
            // 2020 is a leap year.
            let text = impossible_date(&mut rng, Day::of(2020, 2, 3));
            assert!(["30/02/2563", "30/02/2020"].contains(&text.as_str()));
        }
        assert!(!has_impossible_date(Day::of(2020, 8, 15)));
    }

    #[test]
    fn amounts_keep_their_value() {
        let mut rng = Rng::stream(2, Stream::FollowUpText);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            seen.insert(baht(&mut rng, 9_500));
            assert!(["0", "๐"].contains(&baht(&mut rng, 0).as_str()));
        }
        let seen: Vec<_> = seen.iter().map(String::as_str).collect();
        assert_eq!(seen, ["9,500", "9500", "๙๕๐๐"]);
    }
}
