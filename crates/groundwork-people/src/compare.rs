//! Two records, field by field: the levels of their comparisons.
//!
//! A level is a number from 1, the closest, to the last, anything else; 0 where a value is missing.
//! Fields that say the same thing are one comparison: telephone, address and place are all about a
//! household, and each would count in full for brothers and sisters.

use crate::records::{Column, Kind, Names, Reading, Records, Words};
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
const NAME: [&str; 6] = [
    "the same",
    "the same but for spelling or order",
    "one holds the other",
    "one word that the other has",
    "the first word, or two",
    "different",
];
const BIRTHDAY: [&str; 5] =
    ["the same day", "a slip of the pen", "the same year", "within four years", "different"];
const AGE: [&str; 5] = [
    "within a year",
    "two years apart",
    "three or four years apart",
    "five to nine years apart",
    "different",
];
const SEX: [&str; 2] = ["the same", "different"];
const CONTACT: [&str; 4] = ["the same telephone", "the same address", "the same place", "different"];
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
            Comparison::Name(_) => &[0.60, 0.14, 0.08, 0.04, 0.06, 0.08],
            Comparison::Birthday(_) => &[0.84, 0.06, 0.03, 0.03, 0.04],
            Comparison::Age(_) => &[0.78, 0.09, 0.06, 0.04, 0.03],
            Comparison::Sex(_) => &[0.97, 0.03],
            Comparison::Contact => &[0.40, 0.10, 0.30, 0.20],
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
                    0 | 1 => 1,
                    2 => 2,
                    3 | 4 => 3,
                    5..=9 => 4,
                    _ => 5,
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
        for (level, words) in [(1, self.phone), (2, self.address), (3, self.place)] {
            let Some((words, a, b)) = words.and_then(|w| Some((w, w.get(one)?, w.get(other)?))) else {
                continue;
            };
            compared = true;
            if a == b {
                return (level, words.share(a));
            }
        }
        (if compared { 4 } else { 0 }, 1.0)
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
    const DIFFERENT: Self = Self { level: 6, bits: 0.0, words: 0, count: 0 };
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
        let mut found: [Option<u8>; 8] = [None; 8];
        let mut bits = 0.0;
        let mut partly = false;
        for pass in 0..3 {
            for (at, &word) in short.words.iter().enumerate() {
                if found.get(at).copied().flatten().is_some() {
                    continue;
                }
                for (place, &other) in long.words.iter().enumerate() {
                    if taken >> place & 1 == 1 {
                        continue;
                    }
                    let joined = match pass {
                        0 => (word == other).then_some(1),
                        1 => self.is_close(word, other).then_some(1),
                        _ => self.is_glued(word, long, place).then_some(2),
                    };
                    let Some(width) = joined.filter(|width| *width == 1 || taken >> (place + 1) & 1 == 0)
                    else {
                        continue;
                    };
                    taken |= if width == 2 { 3 } else { 1 } << place;
                    if let Some(slot) = found.get_mut(at) {
                        *slot = Some(place as u8);
                    }
                    bits += if width == 2 {
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
        // A short form of one word of the other: `นี` of `อรุณี`.
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
        let first = found[0] == Some(0);
        let level = if matched == short.words.len() && whole_long {
            2
        } else if matched == short.words.len() && matched >= 2 {
            3
        } else if (matched == 1 && short.words.len() == 1) || partly {
            4
        } else if first || matched >= 2 {
            5
        } else {
            return NamesCompared::DIFFERENT;
        };
        NamesCompared { level, bits, words: matched.max(1) as u32, count: 0 }
    }

    /// Whether two words may be spellings of one.
    fn is_close(&self, one: u32, other: u32) -> bool {
        let (a, b) = (self.word(one), self.word(other));
        let (short, long) = (a.sounds.len().min(b.sounds.len()), a.sounds.len().max(b.sounds.len()));
        if short < 3 || long - short > 3 || (a.letters ^ b.letters).count_ones() > 5 {
            return false;
        }
        if a.skeleton == b.skeleton && (a.skeleton.len() >= 3 || (a.skeleton.len() == 2 && short >= 4)) {
            return true;
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
        whole.len() == first.len() + second.len()
            && whole.starts_with(first.as_str())
            && whole.ends_with(second.as_str())
    }
}
