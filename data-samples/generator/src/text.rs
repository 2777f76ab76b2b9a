//! The cells of one row as somebody typed them.
//!
//! A row is spelled from a sequence of its own, so that it looks the same
//! wherever it is written. A mistaken version of a row has a wrong day and is
//! otherwise spelled on its own.

use crate::calendar::Day;
use crate::design::Site;
use crate::dirt;
use crate::programme::Sex;
use crate::rng::{Rng, Stream};

/// What a written row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// As it was.
    Right,
    /// With a day that does not exist.
    Impossible,
    /// With a wrong day; the office has rejected it.
    Rejected,
}

/// Spells the cells of one row.
pub(crate) struct Text {
    rng: Rng,
    version: Version,
}

impl Text {
    /// The spelling of a row of a source with the number `source`.
    pub(crate) fn of(seed: u64, source: u64, row: usize, version: Version) -> Text {
        let key = (source << 40) ^ ((row as u64) * 4 + version as u64);
        Text { rng: Rng::keyed(seed, Stream::SheetText, key), version }
    }

    /// The day that the row cannot do without.
    pub(crate) fn day(&mut self, day: Day) -> String {
        match self.version {
            Version::Right => dirt::date(&mut self.rng, day),
            Version::Impossible => dirt::impossible_date(&mut self.rng, day),
            Version::Rejected => dirt::date(&mut self.rng, day.plus(-31)),
        }
    }

    /// Another day, blank where there is none.
    pub(crate) fn date(&mut self, day: Option<Day>) -> String {
        day.map_or_else(String::new, |day| dirt::date(&mut self.rng, day))
    }

    /// The province of a site.
    pub(crate) fn site(&mut self, site: Site) -> String {
        dirt::province(&mut self.rng, site).to_owned()
    }

    /// A sex, blank where it was never recorded.
    pub(crate) fn sex(&mut self, sex: Sex) -> String {
        dirt::sex(&mut self.rng, sex).to_owned()
    }

    /// Yes or no, in two languages; blank where nobody answered.
    pub(crate) fn yes(&mut self, answer: Option<bool>) -> String {
        let words = match answer {
            Some(true) => ["yes", "ใช่"],
            Some(false) => ["no", "ไม่ใช่"],
            None => return String::new(),
        };
        words[usize::from(self.rng.chance(1, 5))].to_owned()
    }

    /// A whole number; one in twelve in Thai digits, blank where there is none.
    pub(crate) fn whole(&mut self, number: Option<u32>) -> String {
        let Some(number) = number else {
            return String::new();
        };
        let plain = number.to_string();
        if self.rng.chance(1, 12) { dirt::thai_digits(&plain) } else { plain }
    }

    /// An amount: plain, with commas, or in Thai digits.
    pub(crate) fn amount(&mut self, amount: u64) -> String {
        match self.rng.below(10) {
            0..=5 => amount.to_string(),
            6..=8 => with_commas(amount),
            _ => dirt::thai_digits(&amount.to_string()),
        }
    }

    /// One word of a list, in English or (one in four) in Thai; blank where it
    /// was not recorded.
    pub(crate) fn word(&mut self, words: &[Word], position: Option<u8>) -> String {
        let Some(word) = position.and_then(|position| words.get(usize::from(position))) else {
            return String::new();
        };
        if self.rng.chance(1, 4) { word.1.to_owned() } else { word.0.to_owned() }
    }
}

/// A word of a list that people choose from: its key, and what it is in Thai.
pub(crate) type Word = (&'static str, &'static str);

/// An amount with a comma before every three digits from the right.
fn with_commas(amount: u64) -> String {
    let digits = amount.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_a_comma_before_every_three_digits() {
        let spelled = [0, 999, 1_000, 123_456, 1_234_567].map(with_commas);
        assert_eq!(spelled, ["0", "999", "1,000", "123,456", "1,234,567"]);
    }

    #[test]
    fn a_row_is_spelled_the_same_again() {
        let spell = |row| {
            let mut text = Text::of(1, 2, row, Version::Right);
            (text.day(Day::of(2020, 8, 15)), text.site(Site::Nan), text.amount(12_000))
        };
        assert_eq!(spell(3), spell(3));
        assert!((0..9).any(|row| spell(row) != spell(row + 1)));
    }
}
