//! The last look: finished files are searched for what must not be in them, whatever wrote them.
//!
//! Identifiers are recognised by their form: Thai national identity numbers (13 digits with a
//! check digit, in any script and with any separators), e-mail addresses and Thai telephone
//! numbers. Amounts that were withheld are searched for where they cannot be there by chance: whole
//! numbers of seven digits or more, unlike every number that was published. Shares, means and counts
//! of people are too alike for that.

use crate::cell::{Cell, Finding};
use groundwork_plan::number::format_exact;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Digits under which a number may stand somewhere by chance.
const DIGITS: usize = 7;

/// Numbers that were withheld, as texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unreleased(BTreeSet<String>);

impl Unreleased {
    /// The numbers of the cells that are withheld, less those of the others.
    pub(crate) fn of(cells: &[Cell], reasons: &[Option<&'static str>]) -> Self {
        let chosen = |withheld: bool| {
            let of = cells.iter().zip(reasons).filter(move |(_, reason)| reason.is_some() == withheld);
            of.flat_map(|(cell, _)| numbers(cell)).map(format_exact)
        };
        let digits = |text: &String| if text.contains('.') { 0 } else { text.len() };
        let mut kept: BTreeSet<String> = chosen(true).filter(|text| digits(text) >= DIGITS).collect();
        if !kept.is_empty() {
            chosen(false).for_each(|published| _ = kept.remove(&published));
        }
        Self(kept)
    }

    /// The texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// What is wrong with a file, if anything: an identifier, or a number that was withheld.
    pub fn found_in(&self, text: &str) -> Option<&'static str> {
        let latin = match text.is_ascii() {
            true => Cow::Borrowed(text),
            false => Cow::Owned(text.chars().map(latin_digit).collect()),
        };
        let identifier = runs(&latin).find_map(|run| run.identifier());
        let address = || has_email(&latin).then_some("an e-mail address");
        identifier.or_else(address).or_else(|| self.has_number(&latin))
    }

    fn has_number(&self, text: &str) -> Option<&'static str> {
        let shortest = self.0.iter().map(String::len).min()?;
        let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
        let same = |word: &str| self.0.contains(&word.trim_matches(['.', ',']).replace(',', ""));
        let tokens = text.split(|c: char| !number(c)).filter(|token| token.len() >= shortest);
        // In a table of values separated by commas, each field is a number by itself.
        let mut words = tokens.flat_map(|token| std::iter::once(token).chain(token.split(',')));
        words.any(same).then_some("a number that is withheld")
    }
}

fn numbers(cell: &Cell) -> Vec<f64> {
    let mut out = vec![cell.numerator];
    out.extend(cell.denominator);
    if let Finding::Value { value, interval } = &cell.finding {
        out.push(*value);
        out.extend(interval.iter().flat_map(|(low, high, _)| [*low, *high]));
    }
    out
}

/// Thai, Burmese and Arabic-Indic digits as Latin ones.
fn latin_digit(c: char) -> char {
    let from = |zero: char| (c as u32).checked_sub(zero as u32).filter(|d| *d < 10);
    let digit = ['\u{e50}', '\u{1040}', '\u{660}'].into_iter().find_map(from);
    digit.and_then(|d| char::from_digit(d, 10)).unwrap_or(c)
}

/// Groups of digits with a blank or a hyphen between them.
struct Run<'a> {
    groups: Vec<&'a str>,
    /// Whether letters or other digits stand before the first group, or after the last.
    open: (bool, bool),
}

/// How people write identity numbers, and telephone numbers at home and from abroad: digits in each group.
const WRITTEN: [&[usize]; 8] =
    [&[13], &[1, 4, 5, 2, 1], &[10], &[3, 7], &[3, 3, 4], &[11], &[2, 9], &[2, 2, 3, 4]];

impl Run<'_> {
    /// What the run is, however it is grouped, or what is written in it among other numbers.
    fn identifier(&self) -> Option<&'static str> {
        let (before, after) = self.open;
        if !before && !after {
            let said = said(&self.groups.concat());
            if said.is_some() {
                return said;
            }
        }
        let last = self.groups.len();
        (0..last).filter(|first| *first > 0 || !before).find_map(|first| {
            WRITTEN.iter().find_map(|lengths| {
                let groups = self.groups.get(first..first + lengths.len())?;
                let alike = groups.iter().map(|group| group.len()).eq(lengths.iter().copied());
                let bounded = first + lengths.len() < last || !after;
                if alike && bounded { said(&groups.concat()) } else { None }
            })
        })
    }
}

/// What some digits are.
fn said(digits: &str) -> Option<&'static str> {
    let begins = |with: [&str; 3]| with.iter().any(|p| digits.starts_with(p));
    match digits.len() {
        13 if is_identity_number(digits) => Some("a national identity number"),
        10 if begins(["06", "08", "09"]) => Some("a telephone number"),
        11 if begins(["666", "668", "669"]) => Some("a telephone number"),
        _ => None,
    }
}

fn is_identity_number(digits: &str) -> bool {
    let digits: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits.iter().take(12).zip((2..=13).rev()).map(|(d, weight)| d * weight).sum();
    digits.first().is_some_and(|d| *d > 0) && digits.last() == Some(&((11 - sum % 11) % 10))
}

/// The runs of a text.
fn runs(text: &str) -> impl Iterator<Item = Run<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let (before, rest) = text.split_at_checked(from)?;
        let begin = rest.find(|c: char| c.is_ascii_digit())?;
        let before = rest.get(..begin)?.chars().next_back().or_else(|| before.chars().next_back());
        let mut rest = rest.get(begin..)?;
        let mut groups = Vec::new();
        loop {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let (group, after) = rest.split_at(end);
            groups.push(group);
            rest = after;
            let next = after.strip_prefix([' ', '-']);
            match next.filter(|next| next.starts_with(|c: char| c.is_ascii_digit())) {
                Some(next) => rest = next,
                None => break,
            }
        }
        from = text.len() - rest.len();
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let open = (before.is_some_and(|c| word(c) || c == '.'), rest.starts_with(word));
        Some(Run { groups, open })
    })
}

fn has_email(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    text.match_indices('@').any(|(at, _)| {
        let (before, after) = text.split_at(at);
        let host: String = after.chars().skip(1).take_while(|c| part(*c)).collect();
        let host = host.trim_end_matches('.');
        before.chars().next_back().is_some_and(part)
            && host.rsplit_once('.').is_some_and(|(name, end)| {
                !name.is_empty() && end.len() >= 2 && end.chars().all(|c| c.is_ascii_alphabetic())
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&'static str> {
        Unreleased(BTreeSet::from(["0.291667".to_owned(), "18340".to_owned()])).found_in(text)
    }

    #[test]
    fn identifiers_are_found_in_any_script_and_with_separators() {
        // An invented number with a right check digit.
        for text in [
            "9999999999994",
            "9-9999-99999-99-4",
            "๙ ๙๙๙๙ ๙๙๙๙๙ ๙๙ ๔",
            "(9999999999994)",
            "7 9999999999994 is",
        ] {
            assert_eq!(found(text), Some("a national identity number"), "{text}");
        }
        for text in ["write to a.b@example.org.", "<c@d.co.th>"] {
            assert_eq!(found(text), Some("an e-mail address"), "{text}");
        }
        for text in [
            "081-234-5678",
            "+66 81 234 5678",
            "๐๘๑๒๓๔๕๖๗๘",
            "081-234-5678 by day",
            "12 081 234 5678 7",
            "call 0812345678 .",
        ] {
            assert_eq!(found(text), Some("a telephone number"), "{text}");
        }
    }

    #[test]
    fn numbers_hashes_and_dates_are_not_identifiers() {
        let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        for text in [
            hash,
            "9999999999995",
            "2021-10-01,2021-12-31,7,24,0.25",
            "volunteer@",
            "a @ b.c",
            "0.0812345678",
            "2021-08-12 2021-10-01",
            "a0812345678",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn a_withheld_number_is_found_however_it_is_grouped() {
        for text in ["7,24,0.291667,", "18,340 THB", "a,18340,b", "18340."] {
            assert_eq!(found(text), Some("a number that is withheld"), "{text}");
        }
        assert_eq!(found("0.2916 and 1834"), None);
    }
}
