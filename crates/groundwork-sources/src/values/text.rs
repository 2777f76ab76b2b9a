//! What all kinds of values have in common: blanks, dashes and digits.

use std::borrow::Cow;

/// The text without the blanks around it. Zero-width spaces and byte order marks count as blanks,
/// since spreadsheets leave them behind.
pub(crate) fn trim(text: &str) -> &str {
    if let [first, .., last] = text.as_bytes()
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return text;
    }
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'))
}

/// A header as it is compared: trimmed, every run of blanks and line breaks as one space, letters composed
/// and what has no width left out.
pub(crate) fn header(text: &str) -> String {
    super::thai::key(trim(text)).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the text is only a dash, as people write it for "nothing".
pub(crate) fn is_dash(text: &str) -> bool {
    let length = text.chars().count();
    (1..=3).contains(&length) && text.chars().all(|c| matches!(c, '-' | '–' | '—' | '−'))
}

/// The text with Thai, Myanmar, Shan and fullwidth digits as ASCII digits, and fullwidth
/// punctuation as ASCII punctuation. The Myanmar letter WA counts as zero where it touches
/// Myanmar digits, for which it is commonly typed.
pub(crate) fn ascii_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = myanmar_run(rest);
        if run > 0 {
            let (digits, after) = rest.split_at(run);
            out.extend(digits.chars().map(|c| match c {
                MYANMAR_WA => '0',
                other => digit(other).unwrap_or(other),
            }));
            rest = after;
            continue;
        }
        out.push(digit(first).or_else(|| fullwidth(first)).unwrap_or(first));
        rest = &rest[first.len_utf8()..];
    }
    Cow::Owned(out)
}

const MYANMAR_WA: char = '\u{101d}';

/// Length in bytes of the run of Myanmar digits and letters WA at the start; 0 without a digit.
fn myanmar_run(text: &str) -> usize {
    let mut length = 0;
    let mut has_digit = false;
    for c in text.chars() {
        match c {
            '\u{1040}'..='\u{1049}' | '\u{1090}'..='\u{1099}' => has_digit = true,
            MYANMAR_WA => {}
            _ => break,
        }
        length += c.len_utf8();
    }
    if has_digit { length } else { 0 }
}

/// The ASCII digit for a digit of another script.
fn digit(c: char) -> Option<char> {
    let zero = match c {
        '\u{0e50}'..='\u{0e59}' => 0x0e50,
        '\u{1040}'..='\u{1049}' => 0x1040,
        '\u{1090}'..='\u{1099}' => 0x1090,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        _ => return None,
    };
    char::from_digit(u32::from(c) - zero, 10)
}

/// The ASCII digit for a decimal digit of any script that names, numbers and dates of the field
/// are written in; none for anything else.
pub(crate) fn decimal(c: char) -> Option<char> {
    if c.is_ascii_digit() {
        return Some(c);
    }
    // Zeros of Arabic, Persian, Devanagari, Bengali, Lao, Khmer, Tai Tham, New Tai Lue and Tai Laing.
    const ZEROS: [u32; 10] = [0x660, 0x6f0, 0x966, 0x9e6, 0xed0, 0x17e0, 0x1a80, 0x1a90, 0x19d0, 0xa9f0];
    digit(c).or_else(|| {
        let code = u32::from(c);
        let zero = ZEROS.into_iter().find(|zero| (*zero..*zero + 10).contains(&code))?;
        char::from_digit(code - zero, 10)
    })
}

/// The ASCII character for a fullwidth one.
fn fullwidth(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xff01 + 0x21),
        '\u{3000}' => Some(' '),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_become_ascii() {
        assert_eq!(ascii_digits("๑๕/๐๖/๒๕๖๕"), "15/06/2565");
        assert_eq!(ascii_digits("၁၅/၀၆/၂၀၂၂"), "15/06/2022");
        assert_eq!(ascii_digits("１２．５"), "12.5");
        assert_eq!(ascii_digits("plain"), "plain");
    }

    #[test]
    fn the_letter_wa_is_a_zero_only_beside_myanmar_digits() {
        assert_eq!(ascii_digits("၁၅/ဝ၆/၂ဝ၂၂"), "15/06/2022");
        assert_eq!(ascii_digits("၁ဝဝ"), "100");
        assert_eq!(ascii_digits("ဝဝ"), "ဝဝ");
    }

    #[test]
    fn headers_lose_blanks_and_line_breaks() {
        assert_eq!(header("\u{feff}What is\n your  name? "), "What is your name?");
    }
}
