//! From Zawgyi to Unicode: every character to what it means, every syllable into its order.
//!
//! Zawgyi writes a syllable as the eye sees it: the vowel E and the medial RA before the letter,
//! stacked letters and the small NGA as characters of their own, one character for each width.
//! Unicode (Technical Note 11) has the letter first, and then what belongs to it in one order.

use unicode_normalization::UnicodeNormalization as _;

const ASAT: char = '\u{103a}';
const VIRAMA: char = '\u{1039}';

/// What one character of Zawgyi means.
enum Meaning {
    /// A letter, with what is stacked below it.
    Letter(&'static str),
    /// A letter below the one before.
    Stacked(char),
    /// The small NGA above, with a vowel.
    Kinzi(&'static str),
    /// The vowel E, before its letter.
    E,
    /// The medial RA, before its letter.
    Ra,
    /// Marks in the order of Unicode.
    Marks(&'static str),
    /// Anything else.
    Other,
}

/// A syllable being gathered.
#[derive(Default)]
struct Syllable {
    letter: String,
    kinzi: bool,
    stacked: Option<char>,
    e: bool,
    /// Medials and marks, and whether the asat came before the vowels.
    marks: Vec<char>,
    early_asat: bool,
}

/// The text in Unicode. What is no Burmese stays as it is.
pub(super) fn unicode(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut syllable = Syllable::default();
    let (mut e, mut ra) = (false, false);
    for (place, sign) in signs.iter().enumerate() {
        let next = signs.get(place + 1).copied();
        match meaning(*sign, next, place.checked_sub(1).and_then(|at| signs.get(at)).copied()) {
            Meaning::E => e = true,
            Meaning::Ra => ra = true,
            Meaning::Letter(letter) => {
                syllable.end(&mut out);
                syllable = Syllable { e, ..Syllable::default() };
                syllable.letter.push_str(if letter.is_empty() { "" } else { letter });
                if letter.is_empty() {
                    syllable.letter.push(*sign);
                }
                if ra {
                    syllable.marks.push('\u{103c}');
                }
                (e, ra) = (false, false);
            }
            Meaning::Stacked(letter) => syllable.stacked = Some(letter),
            Meaning::Kinzi(marks) => {
                syllable.kinzi = true;
                syllable.marks.extend(marks.chars());
            }
            Meaning::Marks(marks) if syllable.letter.is_empty() => {
                syllable.end(&mut out);
                out.push_str(marks);
            }
            Meaning::Marks(marks) => {
                if marks.starts_with(ASAT)
                    && !syllable.marks.iter().any(|c| ('\u{102b}'..='\u{1032}').contains(c))
                {
                    syllable.early_asat = true;
                }
                syllable.marks.extend(marks.chars());
            }
            Meaning::Other => {
                syllable.end(&mut out);
                syllable = Syllable::default();
                loose(&mut out, &mut e, &mut ra);
                if *sign == '\u{104e}' {
                    out.push_str("\u{104e}\u{1004}\u{103a}\u{1038}");
                } else {
                    out.push(*sign);
                }
            }
        }
    }
    syllable.end(&mut out);
    loose(&mut out, &mut e, &mut ra);
    out.nfc().collect()
}

/// A vowel or medial that no letter followed.
fn loose(out: &mut String, e: &mut bool, ra: &mut bool) {
    if std::mem::take(e) {
        out.push('\u{1031}');
    }
    if std::mem::take(ra) {
        out.push('\u{103c}');
    }
}

impl Syllable {
    fn end(&mut self, out: &mut String) {
        let syllable = std::mem::take(self);
        if syllable.letter.is_empty() {
            return;
        }
        if syllable.kinzi {
            out.push_str("\u{1004}\u{103a}\u{1039}");
        }
        out.push_str(&syllable.letter);
        if let Some(stacked) = syllable.stacked {
            out.extend([VIRAMA, stacked]);
        }
        let mut marks = syllable.marks;
        if syllable.e {
            marks.push('\u{1031}');
        }
        // An asat on the letter itself stands before everything, one on the vowel AA after it.
        marks.sort_by_key(|mark| match *mark {
            ASAT if syllable.early_asat => 0,
            medial @ '\u{103b}'..='\u{103e}' => 1 + (medial as u32 - 0x103b),
            '\u{1031}' => 10,
            '\u{102d}' | '\u{102e}' | '\u{1032}' => 11,
            '\u{102f}' | '\u{1030}' => 12,
            '\u{102b}' | '\u{102c}' => 13,
            ASAT => 14,
            '\u{1036}' => 15,
            '\u{1037}' => 16,
            _ => 17,
        });
        marks.dedup();
        // Canonical order has the dot below before the asat.
        if let (Some(asat), Some(dot)) =
            (marks.iter().position(|c| *c == ASAT), marks.iter().position(|c| *c == '\u{1037}'))
            && asat < dot
        {
            marks.remove(dot);
            marks.insert(asat, '\u{1037}');
        }
        out.extend(marks);
    }
}

fn is_digit(c: Option<char>) -> bool {
    c.is_some_and(|c| ('\u{1040}'..='\u{1049}').contains(&c))
}

fn is_myanmar(c: Option<char>) -> bool {
    c.is_some_and(|c| ('\u{1000}'..='\u{109f}').contains(&c))
}

/// What a character means, between its neighbours.
fn meaning(sign: char, next: Option<char>, before: Option<char>) -> Meaning {
    match sign {
        '\u{1031}' => Meaning::E,
        '\u{103b}' | '\u{107e}'..='\u{1084}' => Meaning::Ra,
        // The letter NYA without its tail is typed as the vowel U.
        '\u{1025}' if matches!(next, Some('\u{1039}' | '\u{1060}'..='\u{1079}')) => {
            Meaning::Letter("\u{1009}")
        }
        '\u{1025}' if next == Some('\u{102e}') => Meaning::Letter("\u{1025}"),
        // Zero for the letter WA, which it looks like.
        '\u{1040}' if !is_digit(before) && !is_digit(next) && (is_myanmar(next) || is_myanmar(before)) => {
            Meaning::Letter("\u{101d}")
        }
        '\u{1000}'..='\u{102a}' => Meaning::Letter(""),
        '\u{103f}' | '\u{1086}' => Meaning::Letter("\u{103f}"),
        '\u{106a}' => Meaning::Letter("\u{1009}"),
        '\u{106b}' => Meaning::Letter("\u{100a}"),
        '\u{108f}' => Meaning::Letter("\u{1014}"),
        '\u{1090}' => Meaning::Letter("\u{101b}"),
        '\u{106e}' => Meaning::Letter("\u{100d}\u{1039}\u{100d}"),
        '\u{106f}' => Meaning::Letter("\u{100d}\u{1039}\u{100e}"),
        '\u{1091}' => Meaning::Letter("\u{100f}\u{1039}\u{100d}"),
        '\u{1092}' => Meaning::Letter("\u{100b}\u{1039}\u{100c}"),
        '\u{1097}' => Meaning::Letter("\u{100b}\u{1039}\u{100b}"),
        '\u{1064}' => Meaning::Kinzi(""),
        '\u{108b}' => Meaning::Kinzi("\u{102d}"),
        '\u{108c}' => Meaning::Kinzi("\u{102e}"),
        '\u{108d}' => Meaning::Kinzi("\u{1036}"),
        '\u{1096}' => Meaning::Stacked('\u{1010}'),
        '\u{1060}'..='\u{1063}' => Meaning::Stacked(shifted(sign, 0x1060, 0x1000)),
        '\u{1065}' => Meaning::Stacked('\u{1005}'),
        '\u{1066}' | '\u{1067}' => Meaning::Stacked('\u{1006}'),
        '\u{1068}' | '\u{1069}' => Meaning::Stacked(shifted(sign, 0x1068, 0x1007)),
        '\u{106c}' | '\u{106d}' => Meaning::Stacked(shifted(sign, 0x106c, 0x100b)),
        '\u{1070}' => Meaning::Stacked('\u{100f}'),
        '\u{1071}' | '\u{1072}' => Meaning::Stacked('\u{1010}'),
        '\u{1073}' | '\u{1074}' => Meaning::Stacked('\u{1011}'),
        '\u{1075}'..='\u{107a}' => Meaning::Stacked(shifted(sign, 0x1075, 0x1012)),
        '\u{107b}' | '\u{1093}' => Meaning::Stacked('\u{1018}'),
        '\u{107c}' => Meaning::Stacked('\u{1019}'),
        '\u{1085}' => Meaning::Stacked('\u{101c}'),
        '\u{1039}' => Meaning::Marks("\u{103a}"),
        '\u{103a}' | '\u{107d}' => Meaning::Marks("\u{103b}"),
        '\u{103c}' => Meaning::Marks("\u{103d}"),
        '\u{108a}' => Meaning::Marks("\u{103d}\u{103e}"),
        '\u{103d}' | '\u{1087}' => Meaning::Marks("\u{103e}"),
        '\u{1088}' => Meaning::Marks("\u{103e}\u{102f}"),
        '\u{1089}' => Meaning::Marks("\u{103e}\u{1030}"),
        '\u{102f}' | '\u{1033}' => Meaning::Marks("\u{102f}"),
        '\u{1030}' | '\u{1034}' => Meaning::Marks("\u{1030}"),
        '\u{1037}' | '\u{1094}' | '\u{1095}' => Meaning::Marks("\u{1037}"),
        '\u{105a}' => Meaning::Marks("\u{102b}\u{103a}"),
        '\u{108e}' => Meaning::Marks("\u{102d}\u{1036}"),
        '\u{102b}' => Meaning::Marks("\u{102b}"),
        '\u{102c}' => Meaning::Marks("\u{102c}"),
        '\u{102d}' => Meaning::Marks("\u{102d}"),
        '\u{102e}' => Meaning::Marks("\u{102e}"),
        '\u{1032}' => Meaning::Marks("\u{1032}"),
        '\u{1036}' => Meaning::Marks("\u{1036}"),
        '\u{1038}' => Meaning::Marks("\u{1038}"),
        _ => Meaning::Other,
    }
}

/// The letter as far from another as the sign is from its first.
fn shifted(sign: char, first: u32, letter: u32) -> char {
    char::from_u32(sign as u32 - first + letter).unwrap_or(sign)
}
