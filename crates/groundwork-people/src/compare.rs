//! Two records, field by field: the levels of their comparisons.
//!
//! A level is a number from 1, the closest, to the last, anything else; 0 where a value is missing.
//! Fields that say the same thing are one comparison: telephone, address and place are all about a
//! household, and each would count in full for brothers and sisters.

use crate::records::{Column, Kind, Names, Reading, Records, Word, Words};
use crate::value::{Born, Sex};

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// A field of names.
    Name(usize),
    /// Days of birth that are both known to the day.
    Birthday(usize),
    /// Years of birth, one of them known about.
    Age(usize),
    /// Sex, by field; titles stand in where it is missing.
    Sex(Option<usize>),
    /// Telephone, address and place.
    Contact,
    /// An identifier.
    Identifier(usize),
    /// A word.
    Exact(usize),
    /// A text.
    Text(usize),
}

/// Words for the levels of names, from the closest.
const NAME: [&str; 7] = [
    "the same",
    "the same but for spelling or order",
    "one holds the other",
    "alike",
    "one word that the other has",
    "the first word, or two",
    "different",
];
const BIRTHDAY: [&str; 5] =
    ["the same day", "a slip of the pen", "the same year", "within four years", "different"];
const AGE: [&str; 6] = [
    "the same year",
    "a year apart",
    "two years apart",
    "three or four years apart",
    "five to nine years apart",
    "different",
];
const SEX: [&str; 2] = ["the same", "different"];
const CONTACT: [&str; 6] = [
    "the same telephone",
    "the same address",
    "the same place",
    "the same place, another telephone",
    "different",
    "different, another telephone",
];
/// The levels of the contact at which something is the same.
pub(crate) const CONTACT_SHARED: u8 = 4;
const IDENTIFIER: [&str; 3] = ["the same", "a slip of the pen", "different"];
const EXACT: [&str; 2] = ["the same", "different"];
const TEXT: [&str; 4] = ["the same", "nearly the same", "alike", "different"];

impl Comparison {
    /// Words for its levels, the closest first.
    pub(crate) fn levels(&self) -> &'static [&'static str] {
        match self {
            Comparison::Name(_) => &NAME,
            Comparison::Birthday(_) => &BIRTHDAY,
            Comparison::Age(_) => &AGE,
            Comparison::Sex(_) => &SEX,
            Comparison::Contact => &CONTACT,
            Comparison::Identifier(_) => &IDENTIFIER,
            Comparison::Exact(_) => &EXACT,
            Comparison::Text(_) => &TEXT,
        }
    }

    /// The shares of its levels among pairs of one person, before anything is learnt.
    pub(crate) fn expected(&self) -> &'static [f64] {
        match self {
            Comparison::Name(_) => &[0.58, 0.13, 0.08, 0.04, 0.04, 0.05, 0.08],
            Comparison::Birthday(_) => &[0.84, 0.06, 0.03, 0.03, 0.04],
            Comparison::Age(_) => &[0.44, 0.34, 0.09, 0.06, 0.04, 0.03],
            Comparison::Sex(_) => &[0.97, 0.03],
            Comparison::Contact => &[0.40, 0.10, 0.25, 0.05, 0.15, 0.05],
            Comparison::Identifier(_) => &[0.92, 0.04, 0.04],
            Comparison::Exact(_) => &[0.85, 0.15],
            Comparison::Text(_) => &[0.75, 0.10, 0.05, 0.10],
        }
    }

    /// What a reader calls it.
    pub(crate) fn name(&self, records: &Records) -> String {
        let of = |at: &usize| records.fields.get(*at).map(|field| field.name.clone()).unwrap_or_default();
        match self {
            Comparison::Name(at) | Comparison::Birthday(at) | Comparison::Identifier(at) => of(at),
            Comparison::Exact(at) | Comparison::Text(at) => of(at),
            Comparison::Age(at) => format!("{}, year", of(at)),
            Comparison::Sex(_) => "sex".to_owned(),
            Comparison::Contact => "contact".to_owned(),
        }
    }
}

/// The comparisons of records, with their columns at hand.
#[derive(Debug)]
pub(crate) struct Comparer<'r> {
    pub(crate) records: &'r Records,
    pub(crate) comparisons: Vec<Comparison>,
    phone: Option<&'r Words>,
    address: Option<&'r Words>,
    place: Option<&'r Words>,
    sexes: Vec<Option<Sex>>,
}

/// The levels of a pair, four bits each, the first comparison lowest.
pub(crate) type Pattern = u64;

/// The most comparisons that fit.
pub(crate) const COMPARISONS_MOST: usize = 16;

/// The level of a comparison in a pattern.
pub(crate) fn level(pattern: Pattern, comparison: usize) -> u8 {
    (pattern >> (4 * comparison) & 15) as u8
}

impl<'r> Comparer<'r> {
    pub(crate) fn new(records: &'r Records) -> Self {
        let mut comparisons = Vec::new();
        let mut has_contact = false;
        let names = match records.first(Kind::Name) {
            Some(Column::Names(names)) => Some(names),
            _ => None,
        };
        let sex = records.fields.iter().position(|field| field.kind == Kind::Sex);
        for (at, field) in records.fields.iter().enumerate() {
            match field.kind {
                Kind::Name => comparisons.push(Comparison::Name(at)),
                Kind::Born => comparisons.extend([Comparison::Birthday(at), Comparison::Age(at)]),
                Kind::Sex => {}
                Kind::Phone | Kind::Address | Kind::Place => has_contact = true,
                Kind::Identifier => comparisons.push(Comparison::Identifier(at)),
                Kind::Exact => comparisons.push(Comparison::Exact(at)),
                Kind::Text => comparisons.push(Comparison::Text(at)),
            }
        }
        let written: &[Option<Sex>] = match records.first(Kind::Sex) {
            Some(Column::Sex(sexes)) => sexes,
            _ => &[],
        };
        let sexes: Vec<Option<Sex>> = (0..records.len())
            .map(|record| {
                let by_title = || names.and_then(|names| names.sex.get(record).copied().flatten());
                written.get(record).copied().flatten().or_else(by_title)
            })
            .collect();
        if sexes.iter().any(Option::is_some) {
            comparisons.push(Comparison::Sex(sex));
        }
        if has_contact {
            comparisons.push(Comparison::Contact);
        }
        comparisons.truncate(COMPARISONS_MOST);
        let words = |kind: Kind| match records.first(kind) {
            Some(Column::Words(words)) => Some(words),
            _ => None,
        };
        Self {
            records,
            comparisons,
            phone: words(Kind::Phone),
            address: words(Kind::Address),
            place: words(Kind::Place),
            sexes,
        }
    }

    pub(crate) fn sex(&self, record: u32) -> Option<Sex> {
        self.sexes.get(record as usize).copied().flatten()
    }

    /// The levels of every comparison.
    pub(crate) fn pattern(&self, one: u32, other: u32) -> Pattern {
        let levels = self.comparisons.iter().enumerate();
        levels.fold(0, |pattern, (at, comparison)| {
            pattern | Pattern::from(self.compared(comparison, one, other)) << (4 * at)
        })
    }

    fn column(&self, at: usize) -> &'r Column {
        &self.records.columns[at]
    }

    fn compared(&self, comparison: &Comparison, one: u32, other: u32) -> u8 {
        match comparison {
            Comparison::Name(at) => match self.column(*at) {
                Column::Names(names) => names.compared(one, other).level,
                _ => 0,
            },
            Comparison::Birthday(at) => match self.births(*at, one, other) {
                Some((Born::On(..), Born::On(..))) => {
                    self.births(*at, one, other).map_or(0, |(a, b)| birthday(a, b))
                }
                _ => 0,
            },
            Comparison::Age(at) => match self.births(*at, one, other) {
                Some((Born::On(..), Born::On(..))) | None => 0,
                Some((a, b)) => match a.year().abs_diff(b.year()) {
                    0 => 1,
                    1 => 2,
                    2 => 3,
                    3 | 4 => 4,
                    5..=9 => 5,
                    _ => 6,
                },
            },
            Comparison::Sex(_) => match (self.sex(one), self.sex(other)) {
                (Some(a), Some(b)) => 1 + u8::from(a != b),
                _ => 0,
            },
            Comparison::Contact => self.contact(one, other).0,
            Comparison::Identifier(at) | Comparison::Exact(at) | Comparison::Text(at) => {
                match self.column(*at) {
                    Column::Words(words) => match (words.get(one), words.get(other)) {
                        (Some(a), Some(b)) => words_compared(comparison, words, a, b),
                        _ => 0,
                    },
                    _ => 0,
                }
            }
        }
    }

    fn births(&self, at: usize, one: u32, other: u32) -> Option<(Born, Born)> {
        match self.column(at) {
            Column::Born(born) => Some(((*born.get(one as usize)?)?, (*born.get(other as usize)?)?)),
            _ => None,
        }
    }

    /// The level of the contact, and the share of the records that have what is shared.
    pub(crate) fn contact(&self, one: u32, other: u32) -> (u8, f64) {
        let mut compared = false;
        let mut another_phone = 0;
        for (level, words) in [(1, self.phone), (2, self.address), (3, self.place)] {
            let Some((words, a, b)) = words.and_then(|w| Some((w, w.get(one)?, w.get(other)?))) else {
                continue;
            };
            compared = true;
            if a == b {
                return (if level == 3 { 3 + another_phone } else { level }, words.share(a));
            }
            if level == 1 {
                another_phone = 1;
            }
        }
        (if compared { 5 + another_phone } else { 0 }, 1.0)
    }

    /// The share of the records that have the value that both records have, for comparisons of
    /// words.
    pub(crate) fn share(&self, at: usize, record: u32) -> f64 {
        match self.column(at) {
            Column::Words(words) => words.get(record).map_or(1.0, |word| words.share(word)),
            _ => 1.0,
        }
    }
}

fn birthday(one: Born, other: Born) -> u8 {
    if one == other {
        1
    } else if one.is_slip_of(other) {
        2
    } else if one.year() == other.year() {
        3
    } else if one.year().abs_diff(other.year()) <= 4 {
        4
    } else {
        5
    }
}

fn words_compared(comparison: &Comparison, words: &Words, a: u32, b: u32) -> u8 {
    if a == b {
        return 1;
    }
    let (one, other) = (&words.texts[a as usize], &words.texts[b as usize]);
    match comparison {
        Comparison::Identifier(_) => {
            let pseudonym = one.starts_with("id:") || other.starts_with("id:");
            if !pseudonym
                && one.len() >= 5
                && one.len().abs_diff(other.len()) <= 1
                && strsim::osa_distance(one, other) <= 1
            {
                2
            } else {
                3
            }
        }
        Comparison::Text(_) => match strsim::jaro_winkler(one, other) {
            0.92.. => 2,
            0.82.. => 3,
            _ => 4,
        },
        _ => 2,
    }
}

/// How two names compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NamesCompared {
    pub(crate) level: u8,
    /// How rare what they have in common is: minus log2 of the product of the shares of its words.
    pub(crate) bits: f64,
    /// How many words they have in common.
    pub(crate) words: u32,
    /// How many records have the whole name, where it is the same.
    pub(crate) count: u32,
}

impl NamesCompared {
    const DIFFERENT: Self = Self { level: 7, bits: 0.0, words: 0, count: 0 };
}

impl Names {
    /// The closest of the readings of two records.
    pub(crate) fn compared(&self, one: u32, other: u32) -> NamesCompared {
        let mut best = NamesCompared { level: 0, ..NamesCompared::DIFFERENT };
        for a in self.of_record(one) {
            for b in self.of_record(other) {
                let found = self.aligned(a, b);
                let closer =
                    found.level < best.level || (found.level == best.level && found.bits > best.bits);
                if best.level == 0 || closer {
                    best = found;
                }
                if best.level == 1 {
                    return best;
                }
            }
        }
        best
    }

    /// How rare the words of a reading are together.
    pub(crate) fn bits(&self, reading: &Reading) -> f64 {
        reading.words.iter().map(|word| -libm::log2(self.share(*word))).sum()
    }

    fn aligned(&self, a: &Reading, b: &Reading) -> NamesCompared {
        if a.whole == b.whole {
            // What is written together is one word that is rare only because it is.
            let words = a.words.len().max(b.words.len()) as u32;
            return NamesCompared {
                level: 1,
                bits: self.bits(a).min(self.bits(b)),
                words,
                count: a.count.max(b.count),
            };
        }
        let (short, long) = if a.words.len() <= b.words.len() { (a, b) } else { (b, a) };
        let mut taken = 0_u32;
        // For each word of the shorter name how it was found: as it is, nearly, or alike.
        let mut found: [Option<(u8, Closeness)>; 8] = [None; 8];
        let mut bits = 0.0;
        for closeness in [Closeness::Same, Closeness::Close, Closeness::Glued, Closeness::Alike] {
            for (at, &word) in short.words.iter().enumerate() {
                if found.get(at).copied().flatten().is_some() {
                    continue;
                }
                for (place, &other) in long.words.iter().enumerate() {
                    if taken >> place & 1 == 1 {
                        continue;
                    }
                    let is_found = match closeness {
                        Closeness::Same => word == other,
                        Closeness::Close => self.is_close(word, other),
                        Closeness::Glued => taken >> (place + 1) & 1 == 0 && self.is_glued(word, long, place),
                        Closeness::Alike => self.word(word).is_alike(self.word(other)),
                    };
                    if !is_found {
                        continue;
                    }
                    let is_glued = closeness == Closeness::Glued;
                    taken |= if is_glued { 3 } else { 1 } << place;
                    if let Some(slot) = found.get_mut(at) {
                        *slot = Some((place as u8, closeness));
                    }
                    bits += if is_glued {
                        let second = long.words.get(place + 1).copied().unwrap_or(other);
                        -libm::log2(self.share(other)) - libm::log2(self.share(second))
                    } else {
                        -libm::log2(self.share(word).max(self.share(other)))
                    };
                    break;
                }
            }
        }
        let matched = found.iter().flatten().count();
        let roughly = found.iter().flatten().any(|(_, closeness)| *closeness == Closeness::Alike);
        // A short form of one word of the other: `นี` of `อรุณี`.
        let mut partly = false;
        if matched == 0 && short.words.len() == 1 {
            let own = &self.word(short.words[0]).sounds;
            let is_part = |word: &u32| {
                let whole = &self.word(*word).sounds;
                own.len() >= 2
                    && whole.len() > own.len()
                    && (whole.ends_with(own.as_str()) || whole.starts_with(own.as_str()))
            };
            partly = long.words.iter().any(is_part);
            bits = if own.len() >= 4 { 6.0 } else { own.len() as f64 };
        }
        let whole_long = taken.count_ones() as usize == long.words.len();
        let whole_short = matched == short.words.len();
        let first = matches!(found[0], Some((0, closeness)) if closeness != Closeness::Alike);
        let level = if whole_short && whole_long && !roughly {
            2
        } else if let Some(level) = self.wholes_compared(a, b) {
            bits = self.bits(a).min(self.bits(b));
            level
        } else if whole_short && matched >= 2 && !roughly {
            3
        } else if whole_short && (whole_long || matched >= 2) {
            4
        } else if (whole_short && matched == 1 && !roughly) || partly {
            5
        } else if first || matched >= 2 {
            6
        } else {
            return NamesCompared::DIFFERENT;
        };
        NamesCompared { level, bits, words: matched.max(1) as u32, count: 0 }
    }

    /// Whether two names are nearly the same, or alike, when all their words are written together.
    fn wholes_compared(&self, a: &Reading, b: &Reading) -> Option<u8> {
        if a.words.len() == b.words.len() {
            return None;
        }
        let (a, b) = (self.wholes.get(a.whole as usize)?, self.wholes.get(b.whole as usize)?);
        if a.sounds.len().min(b.sounds.len()) < 6 || !a.is_alike(b) {
            return None;
        }
        Some(if distance(&a.sounds, &b.sounds, 2) <= 2 { 2 } else { 4 })
    }

    /// Whether two words may be spellings of one.
    fn is_close(&self, one: u32, other: u32) -> bool {
        let (a, b) = (self.word(one), self.word(other));
        let (short, long) = (a.sounds.len().min(b.sounds.len()), a.sounds.len().max(b.sounds.len()));
        if short < 3 || long - short > 3 || (a.letters ^ b.letters).count_ones() > 5 {
            return false;
        }
        // Scripts and spellers agree on consonants; a vowel at the beginning is one of them.
        if a.skeleton == b.skeleton && (a.skeleton.len() >= 3 || (a.skeleton.len() == 2 && short >= 4)) {
            return !a.skeleton.starts_with('a') || distance(&a.sounds, &b.sounds, 2) <= 2;
        }
        // Short words differ by a letter and are other names: tin and tun.
        if long < 6 || long - short > 2 {
            return false;
        }
        let distance = strsim::osa_distance(&a.sounds, &b.sounds);
        distance <= 1 || (distance == 2 && long >= 7)
    }

    /// Whether a word is two words of another name, written together.
    fn is_glued(&self, word: u32, long: &Reading, place: usize) -> bool {
        let (Some(first), Some(second)) = (long.words.get(place), long.words.get(place + 1)) else {
            return false;
        };
        let (first, second) = (&self.word(*first).sounds, &self.word(*second).sounds);
        let whole = &self.word(word).sounds;
        // A sound that ends one and begins the other is written once.
        let once = usize::from(first.chars().last() == second.chars().next());
        whole.len() + once == first.len() + second.len()
            && whole.starts_with(first.as_str())
            && whole.ends_with(second.as_str())
    }
}

/// How a word of one name is found in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closeness {
    Same,
    Close,
    Glued,
    Alike,
}

impl Word {
    /// Whether two words sound alike, as far as their length allows: vowels and consonants that
    /// writers confuse count half.
    fn is_alike(&self, other: &Word) -> bool {
        let (short, long) = {
            let (a, b) = (self.sounds.len(), other.sounds.len());
            (a.min(b), a.max(b))
        };
        let most = match long {
            0..=2 => return false,
            3 => 1,
            4..=5 => 2,
            6..=7 => 3,
            _ => long / 2,
        };
        if 2 * (long - short) > most + 2
            || ((self.letters ^ other.letters) & !VOWELS).count_ones() as usize > most
        {
            return false;
        }
        distance(&self.sounds, &other.sounds, most) <= most
    }
}

/// The letters of vowels.
const VOWELS: u32 = 1 | 1 << 4 | 1 << 8 | 1 << 14 | 1 << 20;

/// How far two words by sound are apart, in halves of a letter: vowels that are others, more or
/// missing count half, as do consonants that writers of several scripts confuse, and a glide or a
/// last `t` after `n` that one of them leaves out. Numbers above `most` are only known to be above.
fn distance(one: &str, other: &str, most: usize) -> usize {
    const LONGEST: usize = 64;
    let (a, b) = (one.as_bytes(), other.as_bytes());
    if a.len() >= LONGEST || b.len() >= LONGEST {
        return usize::MAX;
    }
    let is_vowel = |c: u8| matches!(c, b'a' | b'e' | b'i' | b'o' | b'u');
    let missing = |word: &[u8], at: usize| match word[at] {
        c if is_vowel(c) => 1,
        b'h' | b'w' | b'r' => 1,
        b't' if at + 1 == word.len() && at > 0 && word[at - 1] == b'n' => 1,
        _ => 2,
    };
    let changed = |x: u8, y: u8| {
        let confused = |group: &[u8]| group.contains(&x) && group.contains(&y);
        if x == y {
            0
        } else if (is_vowel(x) && is_vowel(y))
            || [&b"lnr"[..], b"szc", b"pb", b"td", b"kg", b"wu", b"fp", b"mn"]
                .iter()
                .any(|group| confused(group))
        {
            1
        } else {
            2
        }
    };
    let (mut before, mut row) = ([0_usize; LONGEST], [0_usize; LONGEST]);
    for j in 0..b.len() {
        row[j + 1] = row[j] + missing(b, j);
    }
    for i in 0..a.len() {
        let earlier = before;
        before = row;
        row[0] = before[0] + missing(a, i);
        let mut least = row[0];
        for j in 0..b.len() {
            let mut best = (before[j + 1] + missing(a, i)).min(row[j] + missing(b, j));
            best = best.min(before[j] + changed(a[i], b[j]));
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(earlier[j - 1] + 2);
            }
            row[j + 1] = best;
            least = least.min(best);
        }
        if least > most {
            return most + 1;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_writers_confuse_counts_half() {
        for (one, other, apart) in [
            ("abu", "abe", 1),
            ("adin", "adil", 1),
            ("luinsomia", "luinzomia", 1),
            ("mint", "min", 1),
            ("tin", "tun", 1),
            ("somcai", "somcai", 0),
            ("somcai", "smocai", 2),
            ("kanda", "panda", 2),
        ] {
            assert_eq!(distance(one, other, 9), apart, "{one} {other}");
            assert_eq!(distance(other, one, 9), apart, "{other} {one}");
        }
        assert!(distance("somcai", "bunrot", 2) > 2);
    }
}
