//! Yes and no.

use super::Parsed;
use super::text::{ascii_digits, is_dash, trim};

const YES: [&str; 9] = ["yes", "true", "1", "1.0", "y", "ใช่", "ဟုတ်ကဲ့", "ဟုတ်", "ဟုတ်တယ်"];
const NO: [&str; 10] = ["no", "false", "0", "0.0", "n", "ไม่ใช่", "ไม่", "မဟုတ်", "မဟုတ်ဘူး", "မဟုတ်ပါ"];

/// Yes or no, in English, Thai or Burmese.
///
/// Fails `boolean.invalid` for any other word. The Thai words for "there is" and "there is not"
/// are left out: they answer other questions than yes and no do.
pub(crate) fn parse(text: &str) -> Parsed<bool> {
    let text = trim(text);
    if text.is_empty() || is_dash(text) {
        return Parsed::missing();
    }
    let word = ascii_digits(text).to_lowercase();
    if YES.contains(&word.as_str()) {
        Parsed::value(true)
    } else if NO.contains(&word.as_str()) {
        Parsed::value(false)
    } else {
        Parsed::failed("boolean.invalid")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_in_three_languages() {
        for text in ["Yes", "TRUE", "1", "๑", " y ", "ใช่", "ဟုတ်ကဲ့"] {
            assert_eq!(parse(text), Parsed::value(true), "{text}");
        }
        for text in ["No", "False", "0", "၀", "n", "ไม่ใช่", "ไม่", "မဟုတ်"] {
            assert_eq!(parse(text), Parsed::value(false), "{text}");
        }
        for text in ["", "  ", "-"] {
            assert_eq!(parse(text), Parsed::missing(), "{text}");
        }
        for text in ["มี", "2", "perhaps"] {
            assert_eq!(parse(text), Parsed::failed("boolean.invalid"), "{text}");
        }
    }
}
