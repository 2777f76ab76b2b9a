//! Thai words in Latin letters, by their sound.
//!
//! Much as the Royal Institute writes them (RTGS 1999), which is how schools and offices spell
//! names, and with one spelling for one sound: `ณัฐ` and `นัท` are both `nat`, `จันทร์` and `จัน`
//! both `chan`. Tones and the length of vowels are left out. What is silent by custom and not by a
//! mark is known only for the commonest patterns.

/// A consonant with the vowels written around it.
#[derive(Clone, Copy, Default)]
struct Unit {
    consonant: char,
    /// The vowel written before it.
    lead: Option<char>,
    /// The vowel written above, below or after it.
    mark: Option<char>,
    /// Another one after it.
    tail: Option<char>,
    /// A silenced letter stood after it, which ends a syllable.
    ends: bool,
    /// It is sounded together with the next consonant: `เกรียง`.
    joined: bool,
}

impl Unit {
    fn has_vowel(&self) -> bool {
        self.lead.is_some() || self.mark.is_some()
    }
}

/// The word in Latin letters; what is not Thai is left out.
pub(super) fn romanised(word: &str) -> String {
    let units = units(word);
    let mut out = String::with_capacity(units.len() * 3);
    // Whether the syllable has a vowel and may still take a final consonant.
    let mut open = false;
    let mut at = 0;
    while let Some(unit) = units.get(at).copied() {
        let rest = units.get(at + 1..).unwrap_or_default();
        let next = rest.first().copied();
        at += 1;
        if let Some(next) = next.filter(|_| unit.joined && is_s(unit.consonant)) {
            // `ประเสริฐ`: the second has no sound.
            out.push('s');
            out.push_str(vowel(next));
            open = true;
            at += 1;
            continue;
        }
        if unit.joined {
            if !is_silent_ho(unit.consonant, next.map_or(' ', |next| next.consonant)) {
                out.push_str(first(unit.consonant));
            }
            continue;
        }
        if unit.has_vowel() {
            // An ending that is written and not said: `ชาติ`, `วุฒิ`, `เหตุ`.
            let is_ending = next.is_none() && open && unit.lead.is_none() && unit.tail.is_none();
            if is_ending && matches!(unit.mark, Some('ิ' | 'ุ')) && last(unit.consonant) == "t" {
                out.push('t');
                break;
            }
            out.push_str(first(unit.consonant));
            out.push_str(vowel(unit));
            open = !matches!(unit.mark, Some('ำ' | 'ะ')) && !matches!(unit.lead, Some('ไ' | 'ใ'));
            continue;
        }
        if open && (unit.ends || !begins_a_syllable(rest)) {
            out.push_str(last(unit.consonant));
            open = false;
            continue;
        }
        let Some(next) = next else {
            out.push_str(first(unit.consonant));
            break;
        };
        if is_silent_ho(unit.consonant, next.consonant) {
            continue;
        }
        let bare = rest.iter().take_while(|unit| !unit.has_vowel()).count();
        let is_cluster = second_of_cluster(unit.consonant, next.consonant);
        if bare == 0 {
            if next.consonant == 'ร' && is_s(unit.consonant) {
                // `ศรี` is si.
                out.push('s');
                out.push_str(vowel(next));
                open = true;
                at += 1;
            } else {
                out.push_str(first(unit.consonant));
                out.push_str(if is_cluster && next.lead.is_none() { "" } else { "a" });
            }
        } else if let [one, two, ..] = rest
            && [one, two].iter().all(|unit| unit.consonant == 'ร' && !unit.has_vowel())
        {
            // `วรรณ`, `ธรรม`.
            out.push_str(first(unit.consonant));
            out.push('a');
            at += 2;
            match units.get(at) {
                Some(after) if !after.has_vowel() => {
                    out.push_str(last(after.consonant));
                    at += 1;
                }
                _ => out.push('n'),
            }
        } else if next.consonant == 'ว' && bare >= 2 {
            // `สวย`, `บวร`.
            out.push_str(first(unit.consonant));
            out.push_str("ua");
            open = true;
            at += 1;
        } else if is_cluster && bare >= 2 {
            out.push_str(first(unit.consonant));
            out.push_str(first(next.consonant));
            out.push('o');
            open = true;
            at += 1;
        } else if bare == 2 && rest.len() == 2 && !unit.ends {
            // `ชนก` is chanok.
            out.push_str(first(unit.consonant));
            out.push('a');
        } else {
            out.push_str(first(unit.consonant));
            out.push('o');
            open = true;
        }
    }
    out
}

/// Takes a word apart; letters that a mark silences are left out.
fn units(word: &str) -> Vec<Unit> {
    let signs: Vec<char> = word.chars().filter(|c| !matches!(c, '\u{e47}'..='\u{e4b}' | '\u{e4d}')).collect();
    let mut out: Vec<Unit> = Vec::new();
    let mut lead = None;
    for (at, &c) in signs.iter().enumerate() {
        let next = signs.get(at + 1).copied().unwrap_or(' ');
        let before = out.last().copied();
        match c {
            'เ' | 'แ' | 'โ' | 'ใ' | 'ไ' => lead = Some(c),
            // Silent, with its vowel, and with `ท` or `ต` before a silent `ร`.
            '\u{e4c}' => {
                let gone = out.pop();
                if gone.is_some_and(|gone| gone.consonant == 'ร')
                    && out
                        .last()
                        .is_some_and(|unit| matches!(unit.consonant, 'ท' | 'ต' | 'ด') && !unit.has_vowel())
                {
                    out.pop();
                }
                if let Some(unit) = out.last_mut() {
                    unit.ends = true;
                }
            }
            'อ' if lead.is_none()
                && next != 'อ'
                && before
                    .is_some_and(|unit| carries(&unit) && (!is_mark(next) || unit.lead == Some('เ'))) =>
            {
                mark(&mut out, 'อ');
            }
            'ย' if lead.is_none()
                && before.is_some_and(|unit| unit.lead == Some('เ') && unit.mark == Some('ี')) =>
            {
                mark(&mut out, 'ย');
            }
            // `ไชย` is chai.
            'ย' if lead.is_none()
                && before.is_some_and(|unit| unit.lead == Some('ไ') && unit.mark.is_none()) => {}
            'ก'..='ฮ' => {
                let mut unit = Unit { consonant: c, lead: lead.take(), ..Unit::default() };
                let is_last = signs.get(at + 1).is_none();
                if let Some(before) =
                    out.last_mut().filter(|before| unit.lead.is_none() && joins(before, c, next, is_last))
                {
                    unit.lead = before.lead.take();
                    before.joined = true;
                }
                out.push(unit);
            }
            _ if is_mark(c) => mark(&mut out, c),
            _ => {}
        }
    }
    out
}

fn is_mark(c: char) -> bool {
    matches!(c, 'ะ'..='ู')
}

fn mark(units: &mut [Unit], with: char) {
    if let Some(unit) = units.last_mut() {
        match unit.mark {
            None => unit.mark = Some(with),
            Some(_) => unit.tail = Some(with),
        }
    }
}

/// Whether a consonant is sounded together with the one before, whose vowel stands before both.
fn joins(before: &Unit, consonant: char, next: char, is_last: bool) -> bool {
    let Some(lead) = before.lead.filter(|_| before.mark.is_none()) else { return false };
    let is_s = is_s(before.consonant);
    (second_of_cluster(before.consonant, consonant) && (!is_s || next == 'ิ'))
        && (matches!(lead, 'ไ' | 'ใ') || !is_last)
}

/// Whether a consonant after an open syllable begins another: two consonants at the end of a word
/// are a syllable, as in `ศิริพร`, and three are the end of one and another, as in `ณัฐพล`.
fn begins_a_syllable(rest: &[Unit]) -> bool {
    rest.len() == 1 && rest.iter().all(|unit| !unit.has_vowel())
}

/// Whether `อ` after this unit is its vowel.
fn carries(unit: &Unit) -> bool {
    matches!((unit.lead, unit.mark), (None, None) | (None | Some('เ'), Some('ื')) | (Some('เ'), None))
}

/// `ห` before a sonorant has no sound.
fn is_silent_ho(consonant: char, next: char) -> bool {
    consonant == 'ห' && matches!(next, 'ง' | 'ญ' | 'น' | 'ม' | 'ย' | 'ร' | 'ล' | 'ว')
}

fn second_of_cluster(consonant: char, next: char) -> bool {
    match next {
        'ร' => {
            matches!(consonant, 'ก' | 'ข' | 'ค' | 'ต' | 'ป' | 'พ' | 'ส' | 'ศ' | 'ท' | 'บ' | 'ด' | 'ฟ' | 'ซ')
        }
        'ล' => matches!(consonant, 'ก' | 'ข' | 'ค' | 'ป' | 'พ' | 'ผ' | 'บ' | 'ฟ'),
        'ว' => matches!(consonant, 'ก' | 'ข' | 'ค'),
        _ => is_silent_ho(consonant, next),
    }
}

/// Consonants after which `ร` has no sound.
fn is_s(consonant: char) -> bool {
    matches!(consonant, 'ส' | 'ศ' | 'ซ' | 'ท')
}

/// A consonant at the beginning of a syllable.
fn first(consonant: char) -> &'static str {
    match consonant {
        'ก' => "k",
        'ข' | 'ฃ' | 'ค' | 'ฅ' | 'ฆ' => "kh",
        'ง' => "ng",
        'จ' | 'ฉ' | 'ช' | 'ฌ' => "ch",
        'ซ' | 'ส' | 'ศ' | 'ษ' => "s",
        'ญ' | 'ย' => "y",
        'ฎ' | 'ด' => "d",
        'ฏ' | 'ต' => "t",
        'ฐ' | 'ฑ' | 'ฒ' | 'ถ' | 'ท' | 'ธ' => "th",
        'ณ' | 'น' => "n",
        'บ' => "b",
        'ป' => "p",
        'ผ' | 'พ' | 'ภ' => "ph",
        'ฝ' | 'ฟ' => "f",
        'ม' => "m",
        'ร' => "r",
        'ฤ' => "ri",
        'ล' | 'ฬ' => "l",
        'ว' => "w",
        'ห' | 'ฮ' => "h",
        _ => "",
    }
}

/// A consonant at the end of a syllable.
fn last(consonant: char) -> &'static str {
    match consonant {
        'ก' | 'ข' | 'ค' | 'ฆ' => "k",
        'จ' | 'ฉ' | 'ช' | 'ซ' | 'ฌ' | 'ฎ' | 'ฏ' | 'ฐ' | 'ฑ' | 'ฒ' | 'ด' | 'ต' | 'ถ' | 'ท' | 'ธ' | 'ศ'
        | 'ษ' | 'ส' => "t",
        'น' | 'ณ' | 'ญ' | 'ร' | 'ล' | 'ฬ' => "n",
        'บ' | 'ป' | 'พ' | 'ฟ' | 'ภ' => "p",
        'ม' => "m",
        'ง' => "ng",
        'ย' => "i",
        'ว' => "o",
        _ => "",
    }
}

fn vowel(unit: Unit) -> &'static str {
    match (unit.lead, unit.mark) {
        (Some('เ'), Some('ี')) if unit.tail.is_some() => "ia",
        (Some('เ'), Some('ื')) => "uea",
        (Some('เ'), Some('อ' | 'ิ')) => "oe",
        (Some('เ'), Some('า')) => "ao",
        (Some('เ'), _) => "e",
        (Some('แ'), _) => "ae",
        (Some('โ'), _) => "o",
        (Some('ใ' | 'ไ'), _) => "ai",
        (_, Some('ะ' | 'ั' | 'า')) => "a",
        (_, Some('ำ')) => "am",
        (_, Some('ิ' | 'ี')) => "i",
        (_, Some('ึ' | 'ื')) => "ue",
        (_, Some('ุ' | 'ู')) => "u",
        (_, Some('อ')) => "o",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::romanised;

    #[test]
    fn names_as_offices_write_them() {
        for (thai, latin) in [
            ("สมชาย", "somchai"),
            ("ชัยวัฒน์", "chaiwat"),
            ("ธนากร", "thanakon"),
            ("ศิริพร", "siriphon"),
            ("บุญมี", "bunmi"),
            ("วิไล", "wilai"),
            ("วรรณา", "wanna"),
            ("ทองดี", "thongdi"),
            ("ณัฐวุฒิ", "natwut"),
            ("แก้ว", "kaeo"),
            ("พิมพ์ชนก", "phimchanok"),
            ("แลงอ่อง", "laengong"),
            ("เพลง", "phleng"),
            ("ประเสริฐ", "prasoet"),
            ("เกรียงไกร", "kriangkrai"),
            ("คำปัน", "khampan"),
            ("แซ่ลี", "saeli"),
        ] {
            assert_eq!(romanised(thai), latin, "{thai}");
        }
    }

    #[test]
    fn one_sound_has_one_spelling() {
        for (one, other) in
            [("ณัฐ", "นัท"), ("กัญญา", "กันยา"), ("พิมพ์", "พิม"), ("ศรี", "สี"), ("จันทร์", "จัน"), ("สมชัย", "สมไชย")]
        {
            assert_eq!(romanised(one), romanised(other), "{one} {other}");
        }
    }
}
