//! What a column seems to hold, by its values, and what speaks for it. For a draft of a pipeline,
//! which a person reads; a run never guesses.

use crate::values::date::{self, Day, Rules, WrittenEra};
use crate::values::year::Role;
use crate::values::{Parsed, boolean, identifier, number, province, text};
use groundwork_plan::source::{DateOrder, Era};

/// A type with its evidence. No value of the data stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The word of the type in a pipeline.
    pub kind: &'static str,
    /// For dates: whether the month comes first.
    pub month_first: bool,
    /// For places: the provinces named, by ISO code and English name.
    pub provinces: Vec<(String, String)>,
    /// What speaks for the type, in a few words.
    pub because: String,
    /// What a person should look at.
    pub problem: Option<String>,
}

/// The shortest mean length, in characters, of texts that people wrote in sentences.
const SENTENCES: usize = 40;

/// The type that the values of a column, without the missing ones, speak for.
pub fn guess(header: &str, values: &[String]) -> Guess {
    let count = values.len();
    let all = |test: &dyn Fn(&str) -> bool| count > 0 && values.iter().all(|value| test(value));
    let made = |kind, because: String| Guess {
        kind,
        month_first: false,
        provinces: Vec::new(),
        because,
        problem: None,
    };
    if count == 0 {
        return made("text", "no value at all".into());
    }
    let identifiers =
        values.iter().filter(|value| !identifier::find(value).is_empty() || value.starts_with("id:")).count();
    if identifiers > 0 {
        let problem = Some("holds identifiers of people, which become pseudonyms".into());
        return Guess {
            problem,
            ..made("text", format!("{identifiers} of {count} values hold an identifier"))
        };
    }
    if let Some(guess) = days(values) {
        return guess;
    }
    let places = values.iter().filter_map(|value| province::find(value));
    let provinces: Vec<(String, String)> =
        places.map(|place| (place.iso(), place.name().to_owned())).collect();
    let named = values.iter().any(|value| value.chars().any(char::is_alphabetic));
    if provinces.len() == count && named {
        let mut codes = provinces;
        codes.sort();
        codes.dedup();
        let because = format!("all {count} values are Thai provinces");
        return Guess { provinces: codes, ..made("site", because) };
    }
    let is_choice = header.contains('/') || header.contains(" | ");
    let words = ["yes", "no", "true", "false", "ใช่", "ไม่ใช่"];
    if all(&|value| boolean::parse(value).value.is_some())
        && (is_choice || values.iter().all(|value| words.contains(&value.to_lowercase().as_str())))
    {
        return made("boolean", format!("all {count} values are yes or no"));
    }
    let is_identifier = header.ends_with("id") || header.ends_with("_index") || header.ends_with("ID");
    let begins_with_zero = |value: &String| matches!(value.as_bytes(), [b'0', b'0'..=b'9', ..]);
    let has_lost_zeros = || values.iter().any(begins_with_zero);
    if !is_identifier && !has_lost_zeros() {
        if all(&|value| number::parse_integer(value).value.is_some()) {
            return made("integer", format!("all {count} values are whole numbers"));
        }
        if all(&|value| number::parse_number(value).value.is_some()) {
            return made("number", format!("all {count} values are numbers"));
        }
        let numbers = values.iter().filter(|value| number::parse_number(value).value.is_some()).count();
        if numbers * 10 >= count * 9 {
            let problem = Some(format!("{} of {count} values are no numbers", count - numbers));
            return Guess { problem, ..made("number", format!("{numbers} of {count} values are numbers")) };
        }
    }
    let length = values.iter().map(|value| value.chars().count()).sum::<usize>() / count;
    if length >= SENTENCES {
        let problem = Some("free text: it is read only where a pipeline names it".into());
        return Guess { problem, ..made("free text", format!("{length} characters on average")) };
    }
    made("text", "nothing more special fits".into())
}

/// Dates, in the order of day and month that more values fit.
fn days(values: &[String]) -> Option<Guess> {
    let read = |order: DateOrder| -> Vec<Parsed<Day>> {
        let rules = Rules { era: Era::Auto, order, role: Role::Any };
        values.iter().map(|value| date::parse(value, rules)).collect()
    };
    let is_written = |value: &String| {
        text::ascii_digits(value).bytes().any(|b| matches!(b, b'-' | b'/'))
            || value.len() == 8
            || !value.is_ascii()
    };
    let good = |parsed: &[Parsed<Day>]| parsed.iter().filter(|p| p.value.is_some()).count();
    let (day_first, month_first) = (read(DateOrder::DayFirst), read(DateOrder::MonthFirst));
    let is_month_first = good(&month_first) > good(&day_first);
    let parsed = if is_month_first { month_first } else { day_first };
    let (count, fitting) = (values.len(), good(&parsed));
    if fitting * 10 < count * 9 || !values.iter().any(is_written) {
        return None;
    }
    let era =
        |wanted: WrittenEra| parsed.iter().filter(|p| p.value.is_some_and(|day| day.era == wanted)).count();
    let (buddhist, repaired) = (era(WrittenEra::Buddhist), era(WrittenEra::Repaired));
    let problem = match (fitting < count, repaired) {
        (true, _) => Some(format!("{} of {count} values are no days", count - fitting)),
        (false, 1..) => Some(format!("{repaired} years were converted twice")),
        (false, 0) => None,
    };
    Some(Guess {
        kind: "date",
        month_first: is_month_first,
        provinces: Vec::new(),
        because: format!("{fitting} of {count} values are days, {buddhist} of them of the Buddhist era"),
        problem,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(header: &str, values: &[&str]) -> &'static str {
        guess(header, &values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>()).kind
    }

    #[test]
    fn a_type_by_the_values() {
        assert_eq!(kind("on", &["2565-06-15", "15/06/2565", "15 มิ.ย. 2565"]), "date");
        assert_eq!(kind("share", &["0.5", "0.0", "1"]), "number");
        assert_eq!(kind("code", &["05", "10"]), "text");
        assert_eq!(kind("site", &["Nan", "น่าน", "Chiang Rai"]), "site");
        assert_eq!(kind("n", &["55", "57"]), "integer");
        assert_eq!(kind("q/red", &["1", "0"]), "boolean");
        assert_eq!(kind("ok", &["yes", "No"]), "boolean");
        assert_eq!(kind("n", &["1", "2.5"]), "number");
        assert_eq!(kind("phone", &["0812345678"]), "text");
        assert_eq!(kind("code", &["007", "012"]), "text");
        assert_eq!(kind("x", &[]), "text");
        assert!(guess("d", &["2/26/2019".to_owned(), "3/1/2019".to_owned()]).month_first);
    }
}
