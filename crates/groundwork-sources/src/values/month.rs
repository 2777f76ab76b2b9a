//! Names of months and the other words that stand in dates.

/// What a word in a date means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateWord {
    /// A month, 1 to 12.
    Month(i8),
    /// The year is of the Buddhist era.
    BuddhistEra,
    /// The year is of the common era.
    CommonEra,
    /// A word that says nothing new, such as the day of the week.
    Filler,
}

/// Thai months: full names, abbreviations without their dots, the short forms of speech, and
/// misspellings that field data has.
const THAI: [&[&str]; 12] = [
    &["มกราคม", "มค", "มกรา", "มกราคา", "มกราค"],
    &["กุมภาพันธ์", "กพ", "กุมภา", "กุมภาพันธุ์", "กุมภาพันธ", "กุมภาพัน", "กุมพาพันธ์"],
    &["มีนาคม", "มีค", "มีนา"],
    &["เมษายน", "เมย", "เมษา", "เมศายน"],
    &["พฤษภาคม", "พค", "พฤษภา", "พฤกษภาคม", "พฤษาคม", "พฤศภาคม", "พฤภาคม"],
    &["มิถุนายน", "มิย", "มิถุนา", "มิถุนายม", "มิุถนายน"],
    &["กรกฎาคม", "กค", "กรกฎา", "กรกฏาคม", "กรกฏา", "กรกดาคม"],
    &["สิงหาคม", "สค", "สิงหา"],
    &["กันยายน", "กย", "กันยา"],
    &["ตุลาคม", "ตค", "ตุลา"],
    &["พฤศจิกายน", "พย", "พฤศจิกา", "พฤษจิกายน", "พฤจิกายน", "พฤศจกายน"],
    &["ธันวาคม", "ธค", "ธันวา", "ธันวาตม"],
];

/// Burmese months.
const BURMESE: [&[&str]; 12] = [
    &["ဇန်နဝါရီ"],
    &["ဖေဖော်ဝါရီ"],
    &["မတ်"],
    &["ဧပြီ"],
    &["မေ"],
    &["ဇွန်"],
    &["ဇူလိုင်"],
    &["ဩဂုတ်", "သြဂုတ်"],
    &["စက်တင်ဘာ"],
    &["အောက်တိုဘာ"],
    &["နိုဝင်ဘာ"],
    &["ဒီဇင်ဘာ"],
];

const ENGLISH: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const ENGLISH_DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const THAI_DAYS: [&str; 8] = ["จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "พฤหัส", "ศุกร์", "เสาร์", "อาทิตย์"];

/// What a word means; `None` for a word that has no business in a date. Dots and case are not
/// looked at.
pub(crate) fn date_word(word: &str) -> Option<DateWord> {
    let word: String = word.chars().filter(|c| *c != '.').flat_map(char::to_lowercase).collect();
    match word.as_str() {
        "" | "of" | "the" | "st" | "nd" | "rd" | "th" => return Some(DateWord::Filler),
        "วันที่" | "ที่" | "เดือน" | "ปี" => return Some(DateWord::Filler),
        "ရက်" | "ရက်နေ့" | "လ" | "နှစ်" | "ခုနှစ်" => {
            return Some(DateWord::Filler);
        }
        "พศ" | "be" => return Some(DateWord::BuddhistEra),
        "คศ" | "ce" | "ad" => return Some(DateWord::CommonEra),
        _ => {}
    }
    month(word.strip_prefix("เดือน").unwrap_or(&word))
        .map(DateWord::Month)
        .or_else(|| is_weekday(&word).then_some(DateWord::Filler))
}

fn month(word: &str) -> Option<i8> {
    let burmese = word.strip_suffix('လ').unwrap_or(word);
    (1i8..)
        .zip(THAI.into_iter().zip(BURMESE))
        .find(|(_, (in_thai, in_burmese))| in_thai.contains(&word) || in_burmese.contains(&burmese))
        .map(|(number, _)| number)
        .or_else(|| (1i8..).zip(ENGLISH).find(|(_, name)| is_english(word, name)).map(|(number, _)| number))
}

/// The full name, its first three letters, or the four of "sept".
fn is_english(word: &str, name: &str) -> bool {
    word == name || name.get(..3) == Some(word) || (word == "sept" && name == "september")
}

fn is_weekday(word: &str) -> bool {
    let thai = word.strip_prefix("วัน").unwrap_or(word);
    let thai = thai.strip_suffix("ที่").unwrap_or(thai);
    THAI_DAYS.contains(&thai) || ENGLISH_DAYS.iter().any(|name| is_english(word, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_in_thai_and_english() {
        for (word, number) in [
            ("ม.ค.", 1),
            ("กุมภาพันธ์", 2),
            ("มี.ค.", 3),
            ("มิ.ย.", 6),
            ("มิย", 6),
            ("กรกฏาคม", 7),
            ("เดือนธันวาคม", 12),
            ("ဇွန်", 6),
            ("သြဂုတ်လ", 8),
            ("Jun", 6),
            ("Sept.", 9),
            ("DECEMBER", 12),
            ("may", 5),
        ] {
            assert_eq!(date_word(word), Some(DateWord::Month(number)), "{word}");
        }
        assert_eq!(date_word("วันพุธที่"), Some(DateWord::Filler));
        assert_eq!(date_word("Wed"), Some(DateWord::Filler));
        assert_eq!(date_word("พ.ศ."), Some(DateWord::BuddhistEra));
        assert_eq!(date_word("ju"), None);
    }
}
