//! Thai text in one form, whatever keyboard it was typed on.
//!
//! Canonical composition (NFC) leaves most of these alone, and compatibility composition (NFKC)
//! takes SARA AM apart, so the rules stand here. They are those of the Thai input standard
//! (WTT 2.0): leading vowel, consonant, vowel above or below, tone, SARA AM.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

const SARA_A: char = '\u{0e32}';
const SARA_AM: char = '\u{0e33}';
const SARA_E: char = '\u{0e40}';
const SARA_AE: char = '\u{0e41}';
const LAKKHANGYAO: char = '\u{0e45}';
const NIKHAHIT: char = '\u{0e4d}';

/// The text composed (NFC), with no-break spaces as spaces and Thai marks in their order: each
/// once, the vowel before the tone, the tone before SARA AM. Nothing that can be seen is changed;
/// zero-width spaces, which tell where a line may break, stay.
pub(crate) fn normal(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let composed = if is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) };
    let special = |c: char| is_mark(c) || matches!(c, SARA_E | LAKKHANGYAO | SARA_AM | '\u{a0}');
    if !composed.contains(special) {
        return composed;
    }
    let mut text = composed;
    // One pass can bring marks together that the next one sorts; three are never needed.
    for _ in 0..3 {
        let ordered = ordered(&text);
        if *ordered == *text {
            break;
        }
        text = Cow::Owned(ordered);
    }
    text
}

/// The text as it is compared: normal, without characters that have no width.
pub(crate) fn key(text: &str) -> Cow<'_, str> {
    let normal = normal(text);
    if normal.contains(is_invisible) {
        Cow::Owned(normal.chars().filter(|c| !is_invisible(*c)).collect())
    } else {
        normal
    }
}

/// Zero-width spaces and joiners, direction marks, soft hyphens and byte order marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

fn ordered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut before = '\0';
    while let Some(c) = rest.next() {
        if is_mark(c) {
            let mut marks = vec![c];
            while let Some(mark) = rest.next_if(|c| is_mark(*c)) {
                marks.push(mark);
            }
            let ends_in_am = match rest.peek() {
                Some(&SARA_AM) => true,
                Some(&(SARA_A | LAKKHANGYAO)) => marks.contains(&NIKHAHIT),
                _ => false,
            };
            if ends_in_am {
                rest.next();
                marks.retain(|mark| *mark != NIKHAHIT);
                marks.extend(tones_after_am(&mut rest));
            }
            push_marks(&mut out, marks);
            if ends_in_am {
                out.push(SARA_AM);
            }
        } else if c == SARA_AM {
            push_marks(&mut out, tones_after_am(&mut rest));
            out.push(SARA_AM);
        } else if c == SARA_E && rest.next_if_eq(&SARA_E).is_some() {
            out.push(SARA_AE);
        } else if c == LAKKHANGYAO && !matches!(before, 'ฤ' | 'ฦ') {
            out.push(SARA_A);
        } else if c == '\u{a0}' {
            out.push(' ');
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

/// The tones that were typed after SARA AM, which is taken once however often it stands there.
fn tones_after_am(rest: &mut Peekable<Chars<'_>>) -> Vec<char> {
    let mut tones = Vec::new();
    while let Some(c) = rest.next_if(|c| is_tone(*c) || *c == SARA_AM) {
        tones.extend(is_tone(c).then_some(c));
    }
    tones
}

/// Vowels, then tones, then the marks of silence; of each mark one.
fn push_marks(out: &mut String, mut marks: Vec<char>) {
    marks.sort_by_key(|mark| match mark {
        '\u{0e3a}' => 0,
        '\u{0e48}'..='\u{0e4b}' => 2,
        '\u{0e4c}' | '\u{0e4e}' => 3,
        _ => 1,
    });
    marks.dedup();
    out.extend(marks);
}

/// A mark above or below a Thai consonant.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0e31}' | '\u{0e34}'..='\u{0e3a}' | '\u{0e47}'..='\u{0e4e}')
}

fn is_tone(c: char) -> bool {
    matches!(c, '\u{0e48}'..='\u{0e4b}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_typed_in_many_ways() {
        for text in ["น้ำ", "นำ้", "น้ํา", "นํ้า", "น้้ำ", "น้ํำ"]
        {
            assert_eq!(normal(text), "น้ำ", "{}", text.escape_unicode());
        }
        assert_eq!(normal("เเม่"), "แม่");
        assert_eq!(normal("ท\u{e48}\u{e35}"), "ที่");
        assert_eq!(normal("กำ\u{a0}กํา"), "กำ กำ");
        assert_eq!(normal("ตัด\u{e45}"), "ตัดา");
    }

    #[test]
    fn what_is_right_stays() {
        for text in ["ศิริพร์", "ฤๅษี", "น้ำ", "สิทธิ์", "ก\u{200b}ข", "plain", "á", "ကျွန်ုပ်"]
        {
            assert_eq!(normal(text), text);
        }
        assert_eq!(normal("e\u{301}"), "é");
    }

    #[test]
    fn keys_have_nothing_invisible() {
        assert_eq!(key("ก\u{200b}ข\u{feff}"), "กข");
        assert_eq!(key("ศิริพร์"), "ศิริพร์");
    }

    #[test]
    fn the_normal_form_is_its_own_normal_form() {
        let marks: Vec<char> = ('\u{e30}'..='\u{e4e}').chain(['\u{e01}']).collect();
        for a in &marks {
            for b in &marks {
                for c in &marks {
                    let text: String = ['น', *a, *b, *c].iter().collect();
                    let once = normal(&text).into_owned();
                    assert_eq!(normal(&once), once, "{}", text.escape_unicode());
                }
            }
        }
    }
}
