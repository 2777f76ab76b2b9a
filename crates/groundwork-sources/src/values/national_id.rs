//! Thai thirteen-digit numbers: whether one is well formed, and what its beginning says.
//!
//! The check digit is `(11 - Σ dᵢ·(14 - i) mod 11) mod 10` over the first twelve digits. Numbers
//! that begin with 0 are real: they are the ones of people without a registered status, whom a
//! validator that wants 1 to 8 leaves out, and whose zeros a spreadsheet drops.

/// What a text that looks like a number of a person turns out to be. The number itself states the
/// legal status of its holder, so neither it nor its category ever leaves the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Thirteen digits with the right check digit.
    Valid(Category),
    /// Thirteen digits with another check digit; somebody's number all the same.
    BadChecksum,
    /// Eleven or twelve digits that the zeros in front make a valid number.
    LeadingZerosLost,
    /// A number that a spreadsheet has written in powers of ten, and so has destroyed.
    ScientificNotation,
}

/// What the first digit says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    /// 0: no registered status; digits six and seven are 89 for those of the resolution of 2005.
    NoRegistrationStatus,
    /// 1: born Thai and registered in time.
    ThaiRegisteredOnTime,
    /// 2: born Thai and registered late.
    ThaiRegisteredLate,
    /// 3: in the registers of 1984.
    InRegister1984,
    /// 4: in the registers of 1984, moved without a number.
    MovedWithoutNumber,
    /// 5: added later.
    AddedLater,
    /// 6: entered unlawfully, or for a time.
    TemporaryEntry,
    /// 7: child of somebody with 6, born in Thailand.
    ChildOfTemporaryEntry,
    /// 8: lawful alien, or naturalised.
    LawfulAlienOrNaturalised,
    /// 9: reserved.
    Reserved,
}

/// What thirteen ASCII digits are.
pub(crate) fn thirteen(digits: &str) -> Shape {
    let category = category(digits);
    match (has_check_digit(digits), category) {
        (true, Some(category)) => Shape::Valid(category),
        _ => Shape::BadChecksum,
    }
}

/// The valid number that eleven or twelve digits were before a spreadsheet took their zeros.
pub(crate) fn with_zeros(digits: &str) -> Option<String> {
    let restored = format!("{digits:0>13}");
    (matches!(digits.len(), 11 | 12) && !digits.starts_with('0') && has_check_digit(&restored))
        .then_some(restored)
}

/// Whether the thirteenth digit follows from the twelve before it.
fn has_check_digit(digits: &str) -> bool {
    let values: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    let Some((check, rest)) = values.split_last() else { return false };
    let sum: u32 = rest.iter().zip((2..=13).rev()).map(|(digit, weight)| digit * weight).sum();
    values.len() == 13 && (11 - sum % 11) % 10 == *check
}

fn category(digits: &str) -> Option<Category> {
    Some(match digits.as_bytes().first()? {
        b'0' => Category::NoRegistrationStatus,
        b'1' => Category::ThaiRegisteredOnTime,
        b'2' => Category::ThaiRegisteredLate,
        b'3' => Category::InRegister1984,
        b'4' => Category::MovedWithoutNumber,
        b'5' => Category::AddedLater,
        b'6' => Category::TemporaryEntry,
        b'7' => Category::ChildOfTemporaryEntry,
        b'8' => Category::LawfulAlienOrNaturalised,
        b'9' => Category::Reserved,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_of_every_first_digit() {
        for (digits, category) in [
            ("0000089001001", Category::NoRegistrationStatus),
            ("1000099999003", Category::ThaiRegisteredOnTime),
            ("2000099999001", Category::ThaiRegisteredLate),
            ("3000099999000", Category::InRegister1984),
            ("4000099999008", Category::MovedWithoutNumber),
            ("5000099999006", Category::AddedLater),
            ("6000050001000", Category::TemporaryEntry),
            ("8000072001009", Category::LawfulAlienOrNaturalised),
        ] {
            assert_eq!(thirteen(digits), Shape::Valid(category), "{digits}");
        }
        assert_eq!(thirteen("1000099999004"), Shape::BadChecksum);
    }

    #[test]
    fn every_change_of_one_digit_is_noticed() {
        let right = "8000072001009";
        for place in 0..13 {
            for digit in b'0'..=b'9' {
                let mut changed = right.as_bytes().to_vec();
                changed[place] = digit;
                let changed = String::from_utf8(changed).unwrap();
                let is_valid = matches!(thirteen(&changed), Shape::Valid(_));
                // Modulo ten after modulo eleven: a few changes slip through, none of the last digit.
                assert!(changed == right || !is_valid || place < 12, "{changed}");
            }
        }
    }

    #[test]
    fn lost_zeros_come_back() {
        assert_eq!(with_zeros("999989001008").as_deref(), Some("0999989001008"));
        assert_eq!(with_zeros("999989001009"), None);
        assert_eq!(with_zeros("1000099999003"), None);
    }
}
