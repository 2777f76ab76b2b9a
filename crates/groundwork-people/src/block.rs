//! Which pairs of records are compared: those that share a key of some rule.
//!
//! All pairs of a million records are half a million million. Each rule gives a record some keys,
//! such as its telephone, or a word of its name with its year of birth, and the pairs within a key
//! are compared, each once. A key that very many records have tells little and costs the most, so
//! the largest are left out until the pairs are few enough; how many were is told.

use crate::compare::{Comparer, Comparison, Pattern, level};
use crate::records::{Column, Kind, Names, Reading, hash128};
use crate::value::Born;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A rule that gives keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    /// An identifier.
    Identifier(usize),
    /// All words of a name, by sound.
    Name,
    /// A day of birth.
    Birthday,
    /// A telephone.
    Phone,
    /// An address.
    Address,
    /// A word or a text of its own field.
    Value(usize),
    /// Two words of a name, by their consonants.
    TwoWords,
    /// A word of a name and a year of birth, or the next.
    WordYear,
    /// A word of a name, a place and a sex.
    WordPlace,
    /// The first word of a name and a value of a field.
    WordValue(usize),
    /// A birthday without its year, and how the name begins.
    DayOfYear,
    /// A year of birth, or the next, a place and a sex.
    YearPlace,
}

impl Rule {
    /// What the rule asks to be the same, in words.
    pub(crate) fn words(self, fields: &[crate::records::Field]) -> String {
        let of = |at: usize| fields.get(at).map(|field| field.name.clone()).unwrap_or_default();
        match self {
            Rule::Identifier(at) | Rule::Value(at) => of(at),
            Rule::Name => "name, all words by sound".into(),
            Rule::Birthday => "day of birth".into(),
            Rule::Phone => "telephone".into(),
            Rule::Address => "address".into(),
            Rule::TwoWords => "two words of the name, by consonants".into(),
            Rule::WordYear => "a word of the name, year of birth".into(),
            Rule::WordPlace => "a word of the name, place, sex".into(),
            Rule::WordValue(at) => format!("first word of the name, {}", of(at)),
            Rule::DayOfYear => "day and month of birth, first sound of the name".into(),
            Rule::YearPlace => "year of birth, place, sex".into(),
        }
    }

    /// Whether pairs of this rule can teach what a match is: it asks for one thing only.
    pub(crate) fn teaches(self) -> bool {
        matches!(
            self,
            Rule::Identifier(_) | Rule::Name | Rule::Birthday | Rule::Phone | Rule::Address | Rule::Value(_)
        )
    }

    /// Whether the rule asks for the name alone: all pairs of such names are compared, whatever else
    /// they have.
    pub(crate) fn asks_for_names_alone(self) -> bool {
        matches!(self, Rule::Name | Rule::TwoWords)
    }

    /// Whether a comparison says nothing in the pairs of this rule, which asks for it.
    pub(crate) fn asks_for(self, comparison: &Comparison) -> bool {
        match (self, comparison) {
            (Rule::Identifier(at), Comparison::Identifier(other)) => at == *other,
            (Rule::Value(at), Comparison::Exact(other) | Comparison::Text(other)) => at == *other,
            (Rule::Name, Comparison::Name(_)) => true,
            // A name mostly goes with one sex.
            (Rule::Name, Comparison::Sex(_)) => true,
            (Rule::Birthday, Comparison::Birthday(_) | Comparison::Age(_)) => true,
            (Rule::Phone | Rule::Address, Comparison::Contact) => true,
            _ => false,
        }
    }
}

/// The most pairs that are compared for each record, and at least in all.
const PAIRS_PER_RECORD: u64 = 40;
const PAIRS_LEAST: u64 = 4_000_000;
/// Words of a name that give keys.
const WORDS_FOR_KEYS: usize = 4;

/// Keys of all records: `rule << 56 | hash`, sorted within a record.
pub(crate) struct Keys {
    keys: Vec<u64>,
    starts: Vec<u32>,
    pub(crate) rules: Vec<Rule>,
    /// Keys that so many records have that their pairs are not looked at.
    pub(crate) left_out: u64,
}

/// A pair that may be of one person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    pub(crate) one: u32,
    pub(crate) other: u32,
    pub(crate) pattern: Pattern,
    /// The rules that bring it together, a bit each.
    pub(crate) rules: u64,
}

/// What came of comparing the pairs.
pub(crate) struct Compared {
    /// Pairs by pattern.
    pub(crate) patterns: BTreeMap<Pattern, u64>,
    /// The same, for each rule that teaches.
    pub(crate) by_rule: Vec<BTreeMap<Pattern, u64>>,
    /// Pairs of each rule.
    pub(crate) pairs_of_rule: Vec<u64>,
    /// Pairs that may be of one person, in order.
    pub(crate) kept: Vec<Kept>,
}

impl Keys {
    pub(crate) fn new(comparer: &Comparer<'_>) -> Self {
        let records = comparer.records;
        let mut rules: Vec<Rule> = Vec::new();
        let has = |kind: Kind| records.first(kind).is_some();
        for (at, field) in records.fields.iter().enumerate() {
            match field.kind {
                Kind::Identifier => rules.push(Rule::Identifier(at)),
                Kind::Exact | Kind::Text => rules.extend([Rule::Value(at), Rule::WordValue(at)]),
                _ => {}
            }
        }
        if has(Kind::Name) {
            rules.extend([Rule::Name, Rule::TwoWords]);
        }
        for (kind, rule) in
            [(Kind::Born, Rule::Birthday), (Kind::Phone, Rule::Phone), (Kind::Address, Rule::Address)]
        {
            if has(kind) {
                rules.push(rule);
            }
        }
        if has(Kind::Name) && has(Kind::Born) {
            rules.extend([Rule::WordYear, Rule::DayOfYear]);
        }
        if has(Kind::Name) && has(Kind::Place) {
            rules.push(Rule::WordPlace);
        }
        if has(Kind::Born) && has(Kind::Place) {
            rules.push(Rule::YearPlace);
        }
        let of_record: Vec<Vec<u64>> = (0..records.len() as u32)
            .into_par_iter()
            .map(|record| {
                let mut keys = Vec::new();
                for (at, rule) in rules.iter().enumerate() {
                    keys_of(comparer, *rule, record, &mut |key| {
                        let hash = hash128(key.as_bytes());
                        keys.push((at as u64) << 56 | ((hash ^ (hash >> 64)) as u64 & 0x00ff_ffff_ffff_ffff));
                    });
                }
                keys.sort_unstable();
                keys.dedup();
                keys
            })
            .collect();
        let mut out = Keys { keys: Vec::new(), starts: vec![0], rules, left_out: 0 };
        for keys in of_record {
            out.keys.extend(keys);
            out.starts.push(out.keys.len() as u32);
        }
        out.leave_out_common(records.len() as u64);
        out
    }

    fn of(&self, record: u32) -> &[u64] {
        let at = record as usize;
        &self.keys[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// Takes the keys away that make more pairs than are allowed, the commonest first.
    fn leave_out_common(&mut self, records: u64) {
        let allowed = PAIRS_LEAST.max(PAIRS_PER_RECORD * records);
        let mut sorted = self.keys.clone();
        sorted.par_sort_unstable();
        let mut by_size: BTreeMap<u64, u64> = BTreeMap::new();
        for same in sorted.chunk_by(|one, other| one == other) {
            *by_size.entry(same.len() as u64).or_default() += 1;
        }
        let mut pairs = 0_u64;
        let mut largest = u64::MAX;
        for (size, keys) in &by_size {
            pairs = pairs.saturating_add(keys.saturating_mul(size * (size - 1) / 2));
            if pairs > allowed {
                largest = size - 1;
                break;
            }
        }
        if largest == u64::MAX {
            return;
        }
        let common: Vec<u64> = sorted
            .chunk_by(|one, other| one == other)
            .filter(|same| same.len() as u64 > largest)
            .filter_map(|same| same.first().copied())
            .collect();
        self.left_out = common.len() as u64;
        let mut keys = Vec::with_capacity(self.keys.len());
        let mut starts = vec![0];
        for record in 0..self.starts.len() as u32 - 1 {
            keys.extend(self.of(record).iter().filter(|key| common.binary_search(key).is_err()));
            starts.push(keys.len() as u32);
        }
        (self.keys, self.starts) = (keys, starts);
    }

    /// Compares every pair of records that share a key, each once.
    pub(crate) fn compared(&self, comparer: &Comparer<'_>) -> Compared {
        let teaching: Vec<usize> = (0..self.rules.len()).filter(|at| self.rules[*at].teaches()).collect();
        let mut out = Compared {
            patterns: BTreeMap::new(),
            by_rule: vec![BTreeMap::new(); self.rules.len()],
            pairs_of_rule: vec![0; self.rules.len()],
            kept: Vec::new(),
        };
        for rule in 0..self.rules.len() as u64 {
            let mut entries: Vec<(u64, u32)> = Vec::new();
            for record in 0..self.starts.len() as u32 - 1 {
                let of_rule = self.of(record).iter().filter(|key| **key >> 56 == rule);
                entries.extend(of_rule.map(|key| (*key, record)));
            }
            entries.par_sort_unstable();
            let blocks: Vec<&[(u64, u32)]> =
                entries.chunk_by(|one, other| one.0 == other.0).filter(|block| block.len() > 1).collect();
            let parts: Vec<Part> = blocks
                .par_chunks(blocks.len().div_ceil(64).max(1))
                .map(|blocks| {
                    let mut part = Part::new(self.rules.len());
                    blocks.iter().for_each(|block| self.block(comparer, block, &teaching, &mut part));
                    part
                })
                .collect();
            for part in parts {
                for (pattern, pairs) in part.patterns {
                    *out.patterns.entry(pattern).or_default() += pairs;
                }
                for (at, patterns) in part.by_rule.into_iter().enumerate() {
                    for (pattern, pairs) in patterns {
                        *out.by_rule[at].entry(pattern).or_default() += pairs;
                    }
                }
                for (at, pairs) in part.pairs_of_rule.into_iter().enumerate() {
                    out.pairs_of_rule[at] += pairs;
                }
                out.kept.extend(part.kept);
            }
        }
        out.kept.par_sort_unstable_by_key(|kept| (kept.one, kept.other));
        out
    }

    fn block(&self, comparer: &Comparer<'_>, block: &[(u64, u32)], teaching: &[usize], part: &mut Part) {
        for (at, &(key, one)) in block.iter().enumerate() {
            for &(_, other) in &block[at + 1..] {
                let Some(common) = self.first_in_common(one, other, key) else { continue };
                let pattern = comparer.pattern(one, other);
                *part.patterns.entry(pattern).or_default() += 1;
                for (rule, pairs) in part.pairs_of_rule.iter_mut().enumerate() {
                    if common >> rule & 1 == 1 {
                        *pairs += 1;
                        if teaching.contains(&rule) {
                            *part.by_rule[rule].entry(pattern).or_default() += 1;
                        }
                    }
                }
                if may_match(comparer, pattern) {
                    part.kept.push(Kept { one, other, pattern, rules: common });
                }
            }
        }
    }

    /// The rules by which two records share a key, where this key is the first of them.
    fn first_in_common(&self, one: u32, other: u32, key: u64) -> Option<u64> {
        let (a, b) = (self.of(one), self.of(other));
        let (mut i, mut j, mut common) = (0, 0, 0_u64);
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            match x.cmp(y) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    if common == 0 && *x != key {
                        return None;
                    }
                    common |= 1 << (x >> 56);
                    (i, j) = (i + 1, j + 1);
                }
            }
        }
        Some(common)
    }
}

/// What one thread found.
struct Part {
    patterns: BTreeMap<Pattern, u64>,
    by_rule: Vec<BTreeMap<Pattern, u64>>,
    pairs_of_rule: Vec<u64>,
    kept: Vec<Kept>,
}

impl Part {
    fn new(rules: usize) -> Self {
        Self {
            patterns: BTreeMap::new(),
            by_rule: vec![BTreeMap::new(); rules],
            pairs_of_rule: vec![0; rules],
            kept: Vec::new(),
        }
    }
}

/// Whether a pair can be of one person at all, whatever is learnt: different names need an
/// identifier that is nearly the same.
fn may_match(comparer: &Comparer<'_>, pattern: Pattern) -> bool {
    let mut names = 0;
    let mut different = 0;
    let mut closest = 0;
    for (at, comparison) in comparer.comparisons.iter().enumerate() {
        let level = level(pattern, at);
        match comparison {
            Comparison::Identifier(_) if matches!(level, 1 | 2) => return true,
            Comparison::Name(_) if level > 0 => {
                names += 1;
                different += u8::from(usize::from(level) == comparison.levels().len());
            }
            Comparison::Contact | Comparison::Sex(_) => {}
            _ => closest += u8::from(level == 1),
        }
    }
    names == 0 || different < names || closest >= 2
}

fn keys_of(comparer: &Comparer<'_>, rule: Rule, record: u32, give: &mut impl FnMut(String)) {
    let records = comparer.records;
    let names = match records.first(Kind::Name) {
        Some(Column::Names(names)) => Some(names),
        _ => None,
    };
    let born = match records.first(Kind::Born) {
        Some(Column::Born(born)) => born.get(record as usize).copied().flatten(),
        _ => None,
    };
    let readings = || names.into_iter().flat_map(|names| names.of_record(record));
    let text = |column: Option<&Column>| match column {
        Some(Column::Words(words)) => words.get(record).map(|word| words.texts[word as usize].clone()),
        _ => None,
    };
    let years = || born.into_iter().flat_map(|born| [born.year(), born.year() + 1]);
    match rule {
        Rule::Identifier(at) | Rule::Value(at) => text(records.columns.get(at)).into_iter().for_each(give),
        Rule::Phone => text(records.first(Kind::Phone)).into_iter().for_each(give),
        Rule::Address => text(records.first(Kind::Address)).into_iter().for_each(give),
        Rule::Name => {
            for reading in readings() {
                give(words(names, reading).map(|(sounds, _)| sounds).collect());
                let mut bones: Vec<&str> = words(names, reading).map(|(_, skeleton)| skeleton).collect();
                bones.sort_unstable();
                if bones.len() > 1 {
                    give(bones.join(" "));
                }
            }
        }
        Rule::TwoWords => {
            for reading in readings() {
                let bones: Vec<&str> =
                    words(names, reading).map(|(_, skeleton)| skeleton).take(WORDS_FOR_KEYS).collect();
                for (at, one) in bones.iter().enumerate() {
                    for other in bones.iter().skip(at + 1) {
                        give(format!("{} {}", one.min(other), one.max(other)));
                    }
                }
            }
        }
        Rule::Birthday => {
            if let Some(Born::On(year, month, day)) = born {
                give(format!("{year}-{month}-{day}"));
            }
        }
        Rule::DayOfYear => {
            if let Some(Born::On(_, month, day)) = born {
                for reading in readings() {
                    let begins = words(names, reading).filter_map(|(_, skeleton)| skeleton.chars().next());
                    begins.take(2).for_each(|c| give(format!("{month}-{day} {c}")));
                }
            }
        }
        Rule::WordYear => {
            for reading in readings() {
                for (_, skeleton) in words(names, reading).take(WORDS_FOR_KEYS) {
                    years().for_each(|year| give(format!("{year} {skeleton}")));
                }
            }
        }
        Rule::WordPlace => {
            if let (Some(place), Some(sex)) = (text(records.first(Kind::Place)), comparer.sex(record)) {
                for reading in readings() {
                    for (_, skeleton) in words(names, reading).take(WORDS_FOR_KEYS) {
                        give(format!("{sex:?} {skeleton} {place}"));
                    }
                }
            }
        }
        Rule::WordValue(at) => {
            if let Some(value) = text(records.columns.get(at)) {
                for reading in readings() {
                    for (_, skeleton) in words(names, reading).take(2) {
                        give(format!("{skeleton} {value}"));
                    }
                }
            }
        }
        Rule::YearPlace => {
            if let (Some(place), Some(sex)) = (text(records.first(Kind::Place)), comparer.sex(record)) {
                years().for_each(|year| give(format!("{year} {sex:?} {place}")));
            }
        }
    }
}

/// The words of a reading: sounds and consonants.
fn words<'n>(names: Option<&'n Names>, reading: &'n Reading) -> impl Iterator<Item = (&'n str, &'n str)> {
    reading.words.iter().filter_map(move |word| {
        let word = names?.word(*word);
        Some((word.sounds.as_str(), word.skeleton.as_str()))
    })
}
