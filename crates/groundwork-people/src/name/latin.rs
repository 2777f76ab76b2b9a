//! Words in Latin letters by their sound, so that spellings of one name become one.

use unicode_normalization::UnicodeNormalization as _;

/// Letters that stand for one sound, longest first. What stands right of the arrow is never folded
/// again, so the order is that of the text.
const SOUNDS: [(&str, &str); 54] = [
    ("aung", "on"),
    ("aong", "on"),
    ("oung", "on"),
    ("awng", "on"),
    ("aing", "en"),
    ("yane", "ien"),
    ("ine", "en"),
    ("chh", "c"),
    ("tch", "c"),
    ("eik", "ek"),
    ("igh", "e"),
    ("aye", "e"),
    ("ch", "c"),
    ("ky", "c"),
    ("gy", "c"),
    ("kh", "k"),
    ("hk", "k"),
    ("gh", "k"),
    ("ck", "k"),
    ("th", "t"),
    ("ht", "t"),
    ("dt", "t"),
    ("dh", "d"),
    ("ph", "p"),
    ("hp", "p"),
    ("bp", "p"),
    ("bh", "p"),
    ("hs", "s"),
    ("sh", "s"),
    ("hl", "l"),
    ("hm", "m"),
    ("hn", "n"),
    ("hw", "w"),
    ("wh", "w"),
    ("rh", "r"),
    ("ng", "n"),
    ("oo", "u"),
    ("ou", "u"),
    ("ue", "u"),
    ("eu", "u"),
    ("ee", "i"),
    ("ea", "i"),
    ("ay", "e"),
    ("ai", "e"),
    ("ei", "e"),
    ("ey", "e"),
    ("ae", "e"),
    ("ao", "o"),
    ("au", "o"),
    ("aw", "o"),
    ("oe", "o"),
    ("ow", "o"),
    ("er", "o"),
    ("ir", "o"),
];

/// A lower-case word in Latin letters by its sound: `htun` and `tun` are both `tun`, `moe` and
/// `mo` both `mo`, `chanpen` and `janpen` both `canpen`.
pub(super) fn sounds(word: &str) -> String {
    let plain: String = word.nfd().filter(|c| c.is_ascii_alphabetic()).collect();
    let mut out = String::with_capacity(plain.len());
    let mut rest = plain.as_str();
    while let Some(c) = rest.chars().next() {
        if let Some((from, to)) = SOUNDS.iter().find(|(from, _)| rest.starts_with(from)) {
            let after = rest.get(from.len()..).unwrap_or_default();
            // Before another vowel these begin its syllable: `mayoe`, `mawin`, `meri`.
            let begins = from.ends_with(['y', 'w', 'r']) && !from.starts_with(['k', 'g']);
            // `aye` is one sound, `mayer` is not.
            let is_apart = (begins && after.starts_with(is_vowel))
                || (*from == "aye" && (after.starts_with(is_vowel) || after.starts_with('r')));
            if !is_apart {
                push(&mut out, to);
                rest = after;
                continue;
            }
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        let after = rest.chars().next().unwrap_or(' ');
        match c {
            'j' => push(&mut out, "c"),
            'c' => push(&mut out, if matches!(after, 'e' | 'i') { "s" } else { "k" }),
            'q' => push(&mut out, "k"),
            'x' => push(&mut out, "ks"),
            'v' => push(&mut out, "w"),
            'y' => push(&mut out, "i"),
            'w' if !out.is_empty() && !out.ends_with(is_vowel) => push(&mut out, "u"),
            // Silent between a vowel and a consonant: `porn`, `sandar`, `mah`.
            'r' | 'h' if out.ends_with(is_vowel) && !is_vowel(after) && after != 'r' => {}
            _ => push(&mut out, c.encode_utf8(&mut [0; 4])),
        }
    }
    let last = match out.chars().last() {
        Some('d') => "t",
        Some('b') => "p",
        Some('g') => "k",
        _ => return out,
    };
    out.pop();
    push(&mut out, last);
    out
}

/// Adds letters, each once where it would stand twice.
fn push(out: &mut String, letters: &str) {
    for letter in letters.chars() {
        if !out.ends_with(letter) {
            out.push(letter);
        }
    }
}

pub(super) fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// The consonants of a word that was folded, and `a` for a vowel that it begins with: what scripts
/// agree on.
pub(super) fn skeleton(sounds: &str) -> String {
    let mut out = String::with_capacity(sounds.len());
    for (at, c) in sounds.chars().enumerate() {
        match c {
            _ if is_vowel(c) => {
                if at == 0 {
                    out.push('a');
                }
            }
            'w' | 'y' | 'h' if at > 0 => {}
            _ => {
                if !out.ends_with(c) {
                    out.push(c);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name() {
        for (one, other) in [
            ("htun", "tun"),
            ("phyo", "pyo"),
            ("moe", "mo"),
            ("khine", "khaing"),
            ("kyaw", "jaw"),
            ("sanda", "sandar"),
            ("chanpen", "janpen"),
            ("thanakorn", "thanakon"),
            ("siriphon", "siriporn"),
            ("suu", "su"),
            ("yee", "yi"),
            ("mia", "mya"),
            ("way", "wei"),
            ("zinn", "zin"),
            ("hsan", "san"),
            ("nwae", "nwe"),
            ("prasert", "prasoet"),
            ("aye", "ay"),
            ("nyein", "nyane"),
            ("lwin", "luin"),
            ("mayer", "mayoe"),
        ] {
            assert_eq!(sounds(one), sounds(other), "{one} {other}");
        }
    }

    #[test]
    fn different_names_stay_apart() {
        for (one, other) in [
            ("tin", "tun"),
            ("phyu", "phyo"),
            ("zaw", "saw"),
            ("myint", "myat"),
            ("win", "wai"),
            ("naing", "nan"),
        ] {
            assert_ne!(sounds(one), sounds(other));
        }
    }

    #[test]
    fn skeletons_are_consonants() {
        assert_eq!(skeleton("somcai"), "smc");
        assert_eq!(skeleton("aunut"), "ant");
    }
}
