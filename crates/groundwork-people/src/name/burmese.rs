//! Burmese and Shan names in Latin letters, a word a syllable.
//!
//! Burmese names have no order of family and given name; each syllable is a word, and is written
//! together with the others or apart. The letters are those that Burmese people use for their
//! names, which no office has fixed: `အောင်` is aung, `ခင်` khin, `ထွန်း` tun.

/// One syllable: its consonant with medials, its vowel signs, and what closes it.
#[derive(Default)]
struct Syllable {
    initial: String,
    medials: String,
    vowels: String,
    last: Option<char>,
}

/// The syllables of a text in the Myanmar script, in Latin letters.
pub(super) fn syllables(text: &str) -> Vec<String> {
    let signs: Vec<char> = text.chars().collect();
    let mut out: Vec<Syllable> = Vec::new();
    let mut at = 0;
    while let Some(&c) = signs.get(at) {
        let next = signs.get(at + 1).copied().unwrap_or('\0');
        let tone_then_asat =
            matches!(next, '\u{1037}' | '\u{1038}') && signs.get(at + 2) == Some(&'\u{103a}');
        let closes = matches!(next, '\u{103a}' | '\u{1039}') || tone_then_asat;
        match c {
            _ if consonant(c).is_some() && closes && !out.is_empty() => {
                if let Some(syllable) = out.last_mut() {
                    syllable.last = Some(c);
                }
                at += usize::from(next == '\u{1039}' || next == '\u{103a}');
            }
            // A stacked consonant begins the next syllable.
            _ if consonant(c).is_some() => {
                out.push(Syllable {
                    initial: consonant(c).unwrap_or_default().to_owned(),
                    ..Syllable::default()
                });
            }
            // Independent vowels.
            'ဥ' | 'ဦ' => out.push(Syllable { initial: "u".into(), ..Syllable::default() }),
            'ဣ' | 'ဤ' => out.push(Syllable { initial: "i".into(), ..Syllable::default() }),
            'ဩ' | 'ဪ' => out.push(Syllable { initial: "o".into(), ..Syllable::default() }),
            'ဧ' => out.push(Syllable { initial: "e".into(), ..Syllable::default() }),
            '\u{103b}'..='\u{103e}' | '\u{1082}' => {
                if let Some(syllable) = out.last_mut() {
                    syllable.medials.push(c);
                }
            }
            '\u{102b}'..='\u{1036}' | '\u{1083}'..='\u{1086}' | '\u{1062}' => {
                if let Some(syllable) = out.last_mut() {
                    syllable.vowels.push(c);
                }
            }
            _ => {}
        }
        at += 1;
    }
    out.iter().map(Syllable::romanised).filter(|word| !word.is_empty()).collect()
}

impl Syllable {
    fn romanised(&self) -> String {
        let has = |sign: char| self.vowels.contains(sign);
        let mut out = String::new();
        let palatal = self.medials.contains(['\u{103b}', '\u{103c}']);
        match self.initial.as_str() {
            "k" | "g" if palatal => out.push_str("ky"),
            "kh" if palatal => out.push_str("ch"),
            "y" if self.medials.contains('\u{103e}') => out.push_str("sh"),
            initial => {
                out.push_str(initial);
                if palatal {
                    out.push('y');
                }
            }
        }
        let has_w = self.medials.contains(['\u{103d}', '\u{1082}']);
        let aw = has('\u{1031}') && (has('\u{102c}') || has('\u{102b}') || has('\u{1062}'));
        let i = has('\u{102d}') || has('\u{102e}');
        let u = has('\u{102f}') || has('\u{1030}');
        let rhyme = match self.last {
            Some('က' | 'ၵ') if aw => "auk",
            Some('က' | 'ၵ') if i && u => "aik",
            Some('က') => "et",
            Some('ၵ') => "ak",
            Some('င') if aw => "aung",
            Some('င') if i && u => "aing",
            Some('င') if has('\u{1062}') || has('\u{1083}') || has('\u{102c}') => "ang",
            Some('င') => "in",
            Some('စ') => "it",
            Some('ည' | 'ဉ') => "i",
            Some('တ' | 'ပ') if i => "eik",
            Some('တ' | 'ပ') if u => "ok",
            Some('တ' | 'ပ' | 'ၸ') if has_w => "ut",
            Some('တ' | 'ပ' | 'ၸ') => "at",
            Some('န' | 'မ' | 'ၼ') if i && u => "oen",
            Some('န' | 'မ') if i => "ein",
            Some('ၼ') if i => "in",
            Some('ၼ' | 'န' | 'မ') if u => "on",
            Some('န' | 'မ') if has_w => "un",
            Some('န' | 'ၼ') => "an",
            Some('မ') => "am",
            Some('ယ' | 'ၺ') if has('\u{1062}') || has('\u{1083}') => "ai",
            Some('ယ') => "e",
            Some('ႆ') => "ai",
            Some('ဝ') => "ao",
            _ if aw => "aw",
            _ if i && u => "o",
            _ if has('\u{1086}') || has('\u{1032}') => "e",
            _ if has('\u{1031}') || has('\u{1084}') => "e",
            _ if i => "i",
            _ if u => "u",
            _ if has('\u{1036}') => "an",
            _ if matches!(self.initial.as_str(), "u" | "i" | "o" | "e") => "",
            _ => "a",
        };
        // `ြင့်` and `ွန့်`: names end them with a t, but so little that both are written.
        if has_w && !matches!(rhyme, "un" | "ut") {
            out.push('w');
        }
        out.push_str(rhyme);
        out
    }
}

fn consonant(c: char) -> Option<&'static str> {
    Some(match c {
        'က' | 'ၵ' => "k",
        'ခ' | 'ၶ' => "kh",
        'ဂ' | 'ဃ' => "g",
        'င' => "ng",
        'စ' | 'ဆ' | 'ၸ' => "s",
        'ဇ' | 'ဈ' => "z",
        'ည' | 'ဉ' | 'ၺ' => "ny",
        'ဋ' | 'တ' => "t",
        'ဌ' | 'ထ' => "ht",
        'ဍ' | 'ဎ' | 'ဒ' | 'ဓ' => "d",
        'ဏ' | 'န' | 'ၼ' => "n",
        'ပ' => "p",
        'ဖ' | 'ၽ' => "ph",
        'ၾ' => "f",
        'ဗ' | 'ဘ' => "b",
        'မ' => "m",
        'ယ' | 'ရ' => "y",
        'လ' | 'ဠ' => "l",
        'ဝ' => "w",
        'သ' => "th",
        'ႁ' | 'ဟ' => "h",
        'အ' | 'ဢ' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::syllables;

    #[test]
    fn names_as_burmese_people_write_them() {
        for (burmese, latin) in [
            ("အောင်ကျော်", "aung kyaw"),
            ("ဒေါ်ချိုမင်းဖြိုး", "daw cho min phyo"),
            ("မောင်စန်းမင်းဦး", "maung san min u"),
            ("ခင်", "khin"),
            ("ထွန်း", "htun"),
            ("နိုင်", "naing"),
            ("လွင်", "lwin"),
            ("သူ", "thu"),
            ("ဇော်", "zaw"),
            ("ရီ", "yi"),
            ("သီတာ", "thi ta"),
        ] {
            assert_eq!(syllables(burmese).join(" "), latin, "{burmese}");
        }
    }
}
