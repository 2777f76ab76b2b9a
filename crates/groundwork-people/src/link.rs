//! From rows to people.

use crate::block::Keys;
use crate::cohere::{Link, cohering};
use crate::compare::{Comparer, Comparison, level};
use crate::records::{Column, Field, Kind, Records, Rows};
use crate::review::{Calibration, Decision, Verdict};
use crate::train::{Learnt, learn};
use groundwork_stats::Refusal;
use groundwork_stats::linkage::clusters::{Pair, connected_components};
use groundwork_stats::linkage::model::probability;
use groundwork_stats::linkage::unique_reach::{UniqueReach, Untold, missed_by_blocking, unique_reach};
use groundwork_stats::thresholds::REACH_THRESHOLDS;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Pairs less likely than this are not listed; they are of one person so seldom that they decide
/// nothing.
const LISTED: f64 = 0.02;

/// What speaks against a pair that somebody decided is of two people, in bits.
const DECIDED: f64 = 60.0;

/// Who is who among rows. It holds no value of any row.
#[derive(Debug)]
pub struct Linked {
    records: Records,
    /// Pairs of records, in order, with what decisions make of them.
    pairs: Vec<Listed>,
    /// For each record the probability that two rows with its content are of one person.
    own: Vec<f64>,
    /// What different people are, over the thresholds.
    pub reach: UniqueReach,
    /// What a reader is told.
    pub told: Told,
}

/// A pair of records that may be of one person.
#[derive(Debug, Clone, Copy)]
struct Listed {
    one: u32,
    other: u32,
    probability: f64,
    pattern: u64,
}

/// What a reader is told of how it was found: numbers, and names of fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// Rows, and different contents among them.
    pub rows: u64,
    /// Different contents of rows.
    pub records: u64,
    /// The share of pairs that are of one person.
    pub lambda: f64,
    /// What each comparison says.
    pub comparisons: Vec<ComparisonTold>,
    /// Rules, and the pairs that each brought together.
    pub rules: Vec<(String, u64)>,
    /// Keys that so many records have that their pairs were not compared.
    pub keys_left_out: u64,
    /// The rules whose pairs taught what a match is.
    pub taught_by: Vec<String>,
    /// Rows that say so little that even a row with the same content would not be linked.
    pub unlinkable: u64,
    /// How many people so many rows are of, at the threshold.
    pub sizes: Vec<(u32, u64)>,
    /// Rows with an identifier, and different ones among them.
    pub identifiers: Option<(u64, u64)>,
    /// People where only what is the same in every field counts as one, and equal identifiers do.
    pub exact: u64,
    /// Decisions that were taken, and how many of them name records that are not there.
    pub decisions: (u64, u64),
    /// Codes of what a reader must be warned of.
    pub warnings: Vec<&'static str>,
}

/// What one comparison says.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonTold {
    /// The field.
    pub field: String,
    /// For each level: words, its share among pairs of one person, and of different people.
    pub levels: Vec<(&'static str, f64, f64)>,
}

impl ComparisonTold {
    /// What each level says for a match, in bits.
    pub fn bits(&self) -> impl Iterator<Item = f64> {
        self.levels.iter().map(|(_, m, u)| libm::log2(m / u))
    }
}

/// Links rows.
///
/// `threshold` is the least probability of a link, above 0 and at most 1; `decisions` are what
/// people decided on pairs.
///
/// # Errors
///
/// `empty` without rows; `no_comparison` where no field has values to compare;
/// `threshold_out_of_range`.
pub fn link(rows: Rows, threshold: f64, decisions: &[Decision]) -> Result<Linked, Refusal> {
    if rows.is_empty() {
        return Err(refusal("empty", "there are no records", "report that nobody was reached"));
    }
    let records = rows.records();
    let comparer = Comparer::new(&records);
    let says_something = records.columns.iter().any(has_values);
    if comparer.comparisons.is_empty() || !says_something {
        return Err(refusal(
            "no_comparison",
            "no field of the records can be compared",
            "name the columns that hold names, birthdays, telephones or identifiers",
        ));
    }
    let keys = Keys::new(&comparer);
    let compared = keys.compared(&comparer);
    let learnt = learn(&comparer, &keys, &compared);
    let weights: Vec<f64> = compared
        .kept
        .par_iter()
        .map(|kept| learnt.weight(&comparer, kept.one, kept.other, kept.pattern))
        .collect();
    let ruled = Verdict::of(decisions, &records.keys);
    let calibration = Calibration::fit(
        compared
            .kept
            .iter()
            .zip(&weights)
            .filter_map(|(kept, w)| Some((*w, *ruled.get(&(kept.one, kept.other))?))),
    );
    let mut by_rules = vec![0.0; keys.rules.len()];
    let mut pairs = Vec::new();
    for (kept, weight) in compared.kept.iter().zip(&weights) {
        let own = calibration.probability(*weight);
        let rules = kept.rules.count_ones() as usize;
        if let Some(sum) = rules.checked_sub(1).and_then(|at| by_rules.get_mut(at)) {
            *sum += own;
        }
        let decided = ruled.get(&(kept.one, kept.other));
        let probability = decided.map_or(own, |same| f64::from(u8::from(*same)));
        if probability >= LISTED || decided.is_some() {
            pairs.push(Listed { one: kept.one, other: kept.other, probability, pattern: kept.pattern });
        }
    }
    // Decisions on pairs that no rule brought together.
    for (&(one, other), &same) in &ruled {
        if same && pairs.binary_search_by_key(&(one, other), |pair| (pair.one, pair.other)).is_err() {
            let pattern = comparer.pattern(one, other);
            pairs.push(Listed { one, other, probability: 1.0, pattern });
        }
    }
    pairs.sort_unstable_by_key(|pair| (pair.one, pair.other));
    let links: Vec<Link> = pairs
        .iter()
        .map(|pair| Link { one: pair.one, other: pair.other, probability: pair.probability })
        .collect();
    let against = |one: u32, other: u32| match ruled.get(&(one, other)) {
        Some(true) => 0.0,
        Some(false) => -DECIDED,
        None => learnt.against(&comparer, one, other),
    };
    for (pair, probability) in pairs.iter_mut().zip(cohering(&links, &against)) {
        pair.probability = probability;
    }
    let own: Vec<f64> = (0..records.len() as u32)
        .into_par_iter()
        .map(|record| {
            let pattern = comparer.pattern(record, record);
            calibration.probability(learnt.weight(&comparer, record, record, pattern))
        })
        .collect();
    let untold =
        Untold { missed: missed_by_blocking(&by_rules).unwrap_or(0.0), ..apart(&comparer, &learnt, &pairs)? };
    let rows_of_pairs = of_rows(&records, &pairs, &own);
    let reach = unique_reach(records.of_row.len(), &rows_of_pairs, &REACH_THRESHOLDS, untold)?;
    let mut told = told(&comparer, &keys, &learnt, &compared.pairs_of_rule);
    told.unlinkable =
        records.of_row.iter().filter(|record| own[**record as usize] < threshold).count() as u64;
    told.decisions = (decisions.len() as u64, decisions.len() as u64 - ruled.len() as u64);
    if learnt.matches < 100.0 {
        told.warnings.push("few_matches");
    }
    if learnt.passes.is_empty() {
        told.warnings.push("nothing_learnt");
    }
    drop(comparer);
    let mut linked = Linked { records, pairs, own, reach, told };
    let people = linked.people(threshold)?;
    linked.told.sizes = sizes(&people);
    linked.told.exact = exact(&linked.records)?;
    linked.told.identifiers = identifiers(&linked.records);
    Ok(linked)
}

impl Linked {
    /// The person of each row, in the order in which rows came, as a number that does not depend
    /// on that order: by the first record of the person, in the order of contents.
    ///
    /// # Errors
    ///
    /// `threshold_out_of_range`.
    pub fn people(&self, threshold: f64) -> Result<Vec<u32>, Refusal> {
        let pairs = of_rows(&self.records, &self.pairs, &self.own);
        let found = connected_components(self.records.of_row.len(), &pairs, threshold)?;
        let mut first = vec![u32::MAX; found.sizes.len()];
        for (cluster, record) in found.of.iter().zip(&self.records.of_row) {
            let first = &mut first[*cluster as usize];
            *first = (*first).min(*record);
        }
        // Several people may have the same first record: rows of one content that are not linked.
        let mut order: Vec<u32> = (0..first.len() as u32).collect();
        order.sort_by_key(|cluster| (first[*cluster as usize], *cluster));
        let mut number = vec![0; first.len()];
        order.iter().enumerate().for_each(|(at, cluster)| number[*cluster as usize] = at as u32);
        Ok(found.of.iter().map(|cluster| number[*cluster as usize]).collect())
    }

    /// The pairs whose probability lies between two, the most doubtful first and no more than
    /// `most`, for a review: they teach the most.
    pub fn doubtful(&self, from: f64, to: f64, most: usize) -> Vec<Doubtful> {
        let comparer = Comparer::new(&self.records);
        let key = |record: u32| self.records.keys[record as usize];
        let is_doubtful = |pair: &&Listed| (from..=to).contains(&pair.probability);
        let mut pairs: Vec<&Listed> = self.pairs.iter().filter(is_doubtful).collect();
        let doubt = |pair: &Listed| (pair.probability - 0.5).abs();
        pairs.sort_by(|a, b| doubt(a).total_cmp(&doubt(b)).then((a.one, a.other).cmp(&(b.one, b.other))));
        pairs.truncate(most);
        let mut first: BTreeMap<u32, usize> = BTreeMap::new();
        for (row, record) in self.records.of_row.iter().enumerate() {
            first.entry(*record).or_insert(row);
        }
        let first_row = |record: u32| first.get(&record).copied().unwrap_or_default();
        let levels = |pattern: u64| {
            let comparisons = comparer.comparisons.iter().enumerate();
            let words = comparisons.map(|(at, comparison)| {
                let level = usize::from(level(pattern, at));
                let words = level.checked_sub(1).and_then(|at| comparison.levels().get(at)).copied();
                (comparison.name(&self.records), words.unwrap_or("not known"))
            });
            words.collect()
        };
        pairs
            .into_iter()
            .map(|pair| Doubtful {
                one: key(pair.one),
                other: key(pair.other),
                rows: [first_row(pair.one), first_row(pair.other)],
                probability: pair.probability,
                levels: levels(pair.pattern),
            })
            .collect()
    }

    /// The fields that were compared.
    pub fn fields(&self) -> &[Field] {
        &self.records.fields
    }
}

/// A pair that somebody should look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubtful {
    /// The name of one record: a hash of its content.
    pub one: u128,
    /// The name of the other.
    pub other: u128,
    /// A row of each, by its place among all rows.
    pub rows: [usize; 2],
    /// The probability that both are of one person.
    pub probability: f64,
    /// Each field, and how it compares.
    pub levels: Vec<(String, &'static str)>,
}

fn refusal(code: &'static str, message: &'static str, instead: &'static str) -> Refusal {
    Refusal { code, message: message.into(), instead: instead.into() }
}

fn has_values(column: &Column) -> bool {
    match column {
        Column::Names(names) => names.records > 0,
        Column::Born(born) => born.iter().any(Option::is_some),
        Column::Sex(_) => false,
        Column::Words(words) => words.records > 0,
    }
}

/// Pairs of rows that join what pairs of records join. Rows with one content are of one person
/// where that content is unlikely in two people, or where another record is linked with it, since
/// each of them is linked with that one.
fn of_rows(records: &Records, pairs: &[Listed], own: &[f64]) -> Vec<Pair> {
    let mut first = vec![u32::MAX; records.len()];
    let mut best = own.to_vec();
    for pair in pairs {
        for record in [pair.one, pair.other] {
            let best = &mut best[record as usize];
            *best = best.max(pair.probability);
        }
    }
    let mut out = Vec::with_capacity(pairs.len());
    for (row, record) in records.of_row.iter().enumerate() {
        let first = &mut first[*record as usize];
        if *first == u32::MAX {
            *first = row as u32;
        } else {
            out.push(Pair { one: *first, other: row as u32, probability: best[*record as usize] });
        }
    }
    out.extend(pairs.iter().map(|pair| Pair {
        one: first[pair.one as usize],
        other: first[pair.other as usize],
        probability: pair.probability,
    }));
    out
}

/// What is expected under names that have nothing in common, such as a nickname and an official name.
/// No pair of that kind is likely enough to be found, and the share of it among pairs of one person
/// that was learnt says how many there are: of two records, one or both stand under another name, so
/// that a share m of pairs is a share r = 1 - √(1 - m) of records.
fn apart(comparer: &Comparer<'_>, learnt: &Learnt, pairs: &[Listed]) -> Result<Untold, Refusal> {
    let name = comparer.comparisons.iter().position(|comparison| matches!(comparison, Comparison::Name(_)));
    let Some((at, last)) = name.and_then(|at| Some((at, learnt.model.m().get(at)?.last().copied()?))) else {
        return Ok(Untold::default());
    };
    let different = comparer.comparisons.get(at).map_or(0, |comparison| comparison.levels().len());
    let (mut found, mut otherwise) = (0.0, 0.0);
    for pair in pairs {
        match usize::from(level(pair.pattern, at)) {
            0 => {}
            level if level == different => otherwise += pair.probability,
            _ => found += pair.probability,
        }
    }
    let apart_pairs = (found * last / (1.0 - last).max(0.5) - otherwise).max(0.0);
    let all = found + otherwise + apart_pairs;
    let share = if all > 0.0 { 1.0 - (1.0 - apart_pairs / all).max(0.0).sqrt() } else { 0.0 };
    let links: Vec<Pair> = pairs
        .iter()
        .map(|pair| Pair { one: pair.one, other: pair.other, probability: pair.probability })
        .collect();
    let people = connected_components(comparer.records.len(), &links, REACH_THRESHOLDS[0])?;
    Ok(Untold { missed: 0.0, apart: lost(&people.size_counts(), share), apart_pairs })
}

/// How many records stand apart where each does with the same chance, from how many people were found
/// with so many records that do not: those with the most records first, of whom people with fewer are
/// what is left.
fn lost(found: &[(u32, u64)], share: f64) -> f64 {
    let mut left: BTreeMap<u32, f64> = found.iter().map(|(size, people)| (*size, *people as f64)).collect();
    let mut lost = 0.0;
    for size in (2..=found.last().map_or(0, |(size, _)| *size)).rev() {
        let stay = libm::pow(1.0 - share, f64::from(size));
        let Some(people) = left.get(&size).map(|left| left.max(0.0) / stay) else { continue };
        lost += people * (share * f64::from(size) - libm::pow(share, f64::from(size)));
        // Of their people some are found with one record less, two, and so on.
        let mut chance = stay;
        for fewer in 1..=size.saturating_sub(2) {
            chance *= f64::from(size - fewer + 1) / f64::from(fewer) * share / (1.0 - share);
            *left.entry(size - fewer).or_default() -= people * chance;
        }
    }
    lost
}

fn told(comparer: &Comparer<'_>, keys: &Keys, learnt: &Learnt, pairs_of_rule: &[u64]) -> Told {
    let records = comparer.records;
    let comparisons =
        comparer.comparisons.iter().enumerate().map(|(at, comparison): (usize, &Comparison)| {
            let (m, u) = (&learnt.model.m()[at], &learnt.model.u()[at]);
            let levels =
                comparison.levels().iter().zip(m.iter().zip(u)).map(|(words, (m, u))| (*words, *m, *u));
            ComparisonTold { field: comparison.name(records), levels: levels.collect() }
        });
    let rule = |at: usize| keys.rules.get(at).map(|rule| rule.words(&records.fields)).unwrap_or_default();
    Told {
        rows: records.of_row.len() as u64,
        records: records.len() as u64,
        lambda: learnt.model.lambda(),
        comparisons: comparisons.collect(),
        rules: pairs_of_rule.iter().enumerate().map(|(at, pairs)| (rule(at), *pairs)).collect(),
        keys_left_out: keys.left_out,
        taught_by: learnt.passes.iter().map(|at| rule(*at)).collect(),
        ..Told::default()
    }
}

fn sizes(people: &[u32]) -> Vec<(u32, u64)> {
    let mut rows: BTreeMap<u32, u32> = BTreeMap::new();
    people.iter().for_each(|person| *rows.entry(*person).or_default() += 1);
    let mut out: BTreeMap<u32, u64> = BTreeMap::new();
    rows.values().for_each(|rows| *out.entry(*rows).or_default() += 1);
    out.into_iter().collect()
}

fn identifiers(records: &Records) -> Option<(u64, u64)> {
    match records.first(Kind::Identifier) {
        Some(Column::Words(words)) => {
            let rows = records.of_row.iter().filter(|record| words.get(**record).is_some()).count();
            Some((rows as u64, words.texts.len() as u64))
        }
        _ => None,
    }
}

/// People where rows are of one only when their content or an identifier is the same.
fn exact(records: &Records) -> Result<u64, Refusal> {
    let mut first_with: BTreeMap<u32, u32> = BTreeMap::new();
    let mut pairs = Vec::new();
    if let Some(Column::Words(words)) = records.first(Kind::Identifier) {
        for record in 0..records.len() as u32 {
            let Some(word) = words.get(record) else { continue };
            match first_with.get(&word) {
                Some(first) => pairs.push(Pair { one: *first, other: record, probability: 1.0 }),
                None => {
                    first_with.insert(word, record);
                }
            }
        }
    }
    Ok(connected_components(records.len(), &pairs, 1.0)?.sizes.len() as u64)
}

/// The probability that belongs to a weight.
pub(crate) fn of_weight(weight: f64) -> f64 {
    probability(weight)
}

#[cfg(test)]
mod tests {
    use super::lost;

    #[test]
    fn records_that_stand_apart_by_hand() {
        // A hundred people with two records each, of which one in ten stands apart: 81 are found with
        // two, and 2 · 0.1 - 0.01 = 0.19 records a person are people of their own.
        assert!((lost(&[(1, 38), (2, 81)], 0.1) - 19.0).abs() < 1e-9);
        // A hundred with three: 72.9 are found with three and 24.3 with two, of whom nobody has two.
        let of_three = lost(&[(2, 243), (3, 729)], 0.1) / 10.0;
        assert!((of_three - 100.0 * (0.3 - 0.001)).abs() < 1e-9, "{of_three}");
        assert_eq!(lost(&[], 0.2), 0.0);
    }
}
