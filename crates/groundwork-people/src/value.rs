//! Values other than names, by what is compared.

/// The sex of a person, as records have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

impl Sex {
    /// From a word of a record; nothing for any other word.
    pub fn read(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().trim_end_matches('.') {
            "f"
            | "female"
            | "woman"
            | "girl"
            | "w"
            | "หญิง"
            | "ญ"
            | "ผู้หญิง"
            | "เพศหญิง"
            | "မ"
            | "အမျိုးသမီး"
            | "2" => Some(Sex::Female),
            "m" | "male" | "man" | "boy" | "ชาย" | "ช" | "ผู้ชาย" | "เพศชาย" | "ကျား" | "အမျိုးသား" | "1" => {
                Some(Sex::Male)
            }
            _ => None,
        }
    }
}

/// When somebody was born.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Born {
    /// On a day: year, month, day of the common era.
    On(i16, u8, u8),
    /// About a year: from an age, or from a birthday on 1 January, which registers write where
    /// they know the year alone.
    About(i16),
}

impl Born {
    /// From `2014-03-05`, or `~2014` where the year is known about. A 1 January is a year.
    pub fn read(text: &str) -> Option<Self> {
        if let Some(year) = text.strip_prefix('~') {
            return year.trim().parse().ok().map(Born::About);
        }
        let mut parts = text.splitn(3, '-');
        let year = parts.next()?.parse().ok()?;
        let (month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(if (month, day) == (1, 1) { Born::About(year) } else { Born::On(year, month, day) })
    }

    /// The year.
    pub fn year(self) -> i16 {
        match self {
            Born::On(year, ..) | Born::About(year) => year,
        }
    }

    /// Whether two days differ by a slip: one digit, day and month the wrong way round, or the
    /// digits of one part.
    pub(crate) fn is_slip_of(self, other: Self) -> bool {
        let (Born::On(y, m, d), Born::On(year, month, day)) = (self, other) else { return false };
        let digits = |y: i16, m: u8, d: u8| format!("{y:04}{m:02}{d:02}");
        (y == year && m == day && d == month)
            || strsim::osa_distance(&digits(y, m, d), &digits(year, month, day)) <= 1
    }
}

/// Digits of a telephone without the prefix of the country, or the text as it is where it holds
/// none but a pseudonym.
pub fn phone(text: &str) -> Option<String> {
    if text.starts_with("id:") {
        return Some(text.to_owned());
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let local = digits.strip_prefix("66").filter(|rest| rest.len() >= 8).unwrap_or(&digits);
    let local = local.trim_start_matches('0');
    // Fewer digits are no telephone, and all the same ones stand for none.
    let several = local.chars().any(|c| !local.starts_with(c));
    (local.len() >= 7 && several).then(|| local.to_owned())
}

/// An identifier without signs and blanks; nothing where it holds one letter or digit over and
/// over, which stands for none.
pub fn identifier(text: &str) -> Option<String> {
    let plain: String =
        text.chars().filter(|c| c.is_alphanumeric() || *c == ':').flat_map(char::to_lowercase).collect();
    let several = plain.chars().any(|c| !plain.starts_with(c));
    (plain.chars().count() >= 3 && several).then_some(plain)
}

/// A text in lower case, with signs as blanks and one blank between words; nothing where nothing is
/// left.
pub fn plain(text: &str) -> Option<String> {
    let lower: String = text
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() || ('\u{e00}'..='\u{109f}').contains(&c) { c } else { ' ' })
        .collect();
    let words: Vec<&str> = lower.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn births_on_the_first_of_january_are_years() {
        assert_eq!(Born::read("2010-01-01"), Some(Born::About(2010)));
        assert_eq!(Born::read("~2010"), Some(Born::About(2010)));
        assert_eq!(Born::read("2010-03-01"), Some(Born::On(2010, 3, 1)));
        assert_eq!(Born::read("soon"), None);
    }

    #[test]
    fn slips_of_dates() {
        let day = Born::On(2010, 3, 1);
        for (other, is_slip) in [
            (Born::On(2010, 1, 3), true),
            (Born::On(2011, 3, 1), true),
            (Born::On(2010, 3, 10), true),
            (Born::On(2010, 4, 2), false),
            (Born::About(2010), false),
        ] {
            assert_eq!(day.is_slip_of(other), is_slip, "{other:?}");
        }
    }

    #[test]
    fn telephones_and_identifiers() {
        assert_eq!(phone("+66 81-234-5678"), phone("0812345678"));
        assert_eq!(phone("0000000000"), None);
        assert_eq!(phone("12"), None);
        assert_eq!(identifier("G-12 34"), Some("g1234".into()));
        assert_eq!(identifier("999"), None);
        assert_eq!(plain(" 12, Long  Road. "), Some("12 long road".into()));
    }
}
