//! What the levels of each comparison say, learnt from the records themselves.
//!
//! Nobody has marked which pairs are of one person. What different people have in common by chance
//! (u) comes from pairs drawn at random, without those that the model holds for one person; what
//! one person's records have in common (m) from several passes over the pairs of rules that ask for
//! one thing only, by EM, mixed with what is known of such comparisons from elsewhere, which counts
//! as much as [`EXPECTED_MATCHES`] pairs. The share of pairs that are of one person (lambda) is the
//! one at which the probabilities of all pairs add up to it.

use crate::block::{Compared, Keys};
use crate::compare::{CONTACT_SHARED, Comparer, Comparison, Pattern, level};
use crate::records::Column;
use groundwork_stats::linkage::fellegi_sunter::{Known, fellegi_sunter};
use groundwork_stats::linkage::model::{Model, probability};
use groundwork_stats::linkage::patterns::Patterns;
use groundwork_stats::random::Stream;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// How many pairs the expected shares of levels count for.
const EXPECTED_MATCHES: f64 = 20.0;
/// Pairs drawn at random.
const DRAWN: u64 = 1_000_000;
/// Rounds in which u is freed of pairs of one person.
const ROUNDS: usize = 4;
/// The least share of a level among pairs of different people.
const LEAST_U: f64 = 1e-7;
/// So many records may be of one person, and say nothing of how many people have what they have.
const OWN_RECORDS: u32 = 6;
/// Pairs that tell what names say, about.
const SAID_BY: usize = 200_000;
/// How far that is from what the shares say, before anything is seen, in bits.
const SHIFT_SD: f64 = 2.0;
/// How far what is rare may move the weight of a level that is not the closest, in bits.
const RARITY_BITS: f64 = 8.0;

/// What was learnt.
#[derive(Debug, Clone)]
pub(crate) struct Learnt {
    pub(crate) model: Model,
    /// For each comparison of names, the rarity that its levels have on average, in bits.
    pub(crate) usual: Vec<[Option<f64>; 8]>,
    /// For each comparison of names, by how much two words of one name go together more often than
    /// their shares say, in bits a word.
    pub(crate) lift: Vec<f64>,
    /// For each comparison of names, what its levels say more or less than the shares that were
    /// learnt, in bits: what explains best how the other fields of such pairs compare.
    pub(crate) shift: Vec<[f64; 8]>,
    /// Passes that taught something, by rule.
    pub(crate) passes: Vec<usize>,
    /// The pairs of one person that the passes saw, the most of them.
    pub(crate) matches: f64,
}

/// Learns from the pairs that were compared.
pub(crate) fn learn(comparer: &Comparer<'_>, keys: &Keys, compared: &Compared) -> Learnt {
    let sample = Sample::draw(comparer);
    let comparisons = &comparer.comparisons;
    let count = comparisons.len();
    let mut u = sample.shares(count, comparisons, |_| 1.0);
    let expected: Vec<Vec<f64>> = comparisons.iter().map(|c| c.expected().to_vec()).collect();
    let mut learnt = Learnt {
        model: model(1e-4, expected.clone(), u.clone()),
        usual: vec![[None; 8]; count],
        lift: vec![0.0; count],
        shift: vec![[0.0; 8]; count],
        passes: Vec::new(),
        matches: 0.0,
    };
    let pairs = pairs_of(comparer.records.len());
    for _ in 0..ROUNDS {
        let (m, passes, matches) = passes(comparisons, keys, compared, &u);
        (learnt.passes, learnt.matches) = (passes, matches);
        let m = m.into_iter().zip(&u).map(|(m, u)| falling(m, u)).collect();
        learnt.model = model(learnt.model.lambda(), m, u.clone());
        rarity(comparer, &sample, &mut learnt);
        said_by_names(comparer, keys, compared, &mut learnt);
        let lambda = lambda(comparer, compared, &learnt, pairs);
        learnt.model = model(lambda, learnt.model.m().to_vec(), u.clone());
        u = sample.shares(count, comparisons, |at| {
            let (one, other, pattern) = sample.pairs[at];
            1.0 - probability(learnt.weight(comparer, one, other, pattern))
        });
    }
    learnt
}

fn model(lambda: f64, m: Vec<Vec<f64>>, u: Vec<Vec<f64>>) -> Model {
    let lambda = lambda.clamp(1e-12, 0.5);
    // The shares are made here and add up to one.
    match Model::new(lambda, m, u) {
        Ok(model) => model,
        Err(refusal) => unreachable!("{}", refusal.code),
    }
}

/// All pairs of so many records.
pub(crate) fn pairs_of(records: usize) -> f64 {
    let n = records as f64;
    (n * (n - 1.0) / 2.0).max(1.0)
}

impl Learnt {
    /// The weight of a pair in bits: its pattern, and how rare what it has in common is.
    pub(crate) fn weight(&self, comparer: &Comparer<'_>, one: u32, other: u32, pattern: Pattern) -> f64 {
        self.model.prior_weight() + self.parts(comparer, one, other, pattern).iter().sum::<f64>()
    }

    /// What speaks against a pair, in bits: the sum of what its comparisons take away.
    pub(crate) fn against(&self, comparer: &Comparer<'_>, one: u32, other: u32) -> f64 {
        let parts = self.parts(comparer, one, other, comparer.pattern(one, other));
        parts.iter().map(|part| part.min(0.0)).sum()
    }

    /// What each comparison adds.
    pub(crate) fn parts(&self, comparer: &Comparer<'_>, one: u32, other: u32, pattern: Pattern) -> Vec<f64> {
        let mut out = Vec::with_capacity(comparer.comparisons.len());
        let mut name_speaks = None;
        for (at, comparison) in comparer.comparisons.iter().enumerate() {
            let level = level(pattern, at);
            let plain = self.model.level_weight(at, level).unwrap_or(0.0);
            let m = |level: u8| libm::log2(self.model.m()[at][usize::from(level) - 1]);
            let part = match comparison {
                _ if level == 0 => 0.0,
                Comparison::Name(field) => {
                    let speaks = usize::from(level) < comparison.levels().len();
                    name_speaks = Some(name_speaks.unwrap_or(false) || speaks);
                    match &comparer.records.columns[*field] {
                        Column::Names(names) if speaks => {
                            let found = names.compared(one, other);
                            let rare = self.rarity(at, &found, f64::from(names.records.max(1)));
                            let shift = self.shift[at][usize::from(level)];
                            if level == 1 {
                                m(1) + rare + shift
                            } else {
                                let more =
                                    self.usual[at][usize::from(level)].map_or(0.0, |usual| rare - usual);
                                plain + more.clamp(-RARITY_BITS, RARITY_BITS) + shift
                            }
                        }
                        _ => plain,
                    }
                }
                Comparison::Exact(field) | Comparison::Text(field) if level == 1 => {
                    m(1) - libm::log2(comparer.share(*field, one))
                }
                Comparison::Identifier(field) if level == 1 => {
                    // A number that many records have is a number of something else.
                    let share =
                        comparer.share(*field, one) - f64::from(OWN_RECORDS) / comparer.records.len() as f64;
                    plain.min(m(1) - libm::log2(share.max(LEAST_U)))
                }
                Comparison::Contact if level <= CONTACT_SHARED => {
                    let share = comparer.contact(one, other).1;
                    // The records of the person themselves say nothing of how many others share it.
                    let own = f64::from(OWN_RECORDS - 1) / comparer.records.len() as f64;
                    let others = (share - own).max(1.0 / comparer.records.len() as f64);
                    plain.min(m(level) - libm::log2(others)).max(plain.min(0.0))
                }
                _ => plain,
            };
            out.push(part);
        }
        // People of one household share telephone, address and place: that says nothing for a
        // match where the names do not.
        if name_speaks != Some(true) {
            for (part, comparison) in out.iter_mut().zip(&comparer.comparisons) {
                if *comparison == Comparison::Contact {
                    *part = part.min(0.0);
                }
            }
        }
        out
    }

    /// How rare what two names have in common is, in bits: minus log2 of the chance that somebody
    /// else's name has it.
    fn rarity(&self, at: usize, found: &crate::compare::NamesCompared, records: f64) -> f64 {
        let lift = self.lift[at] * f64::from(found.words.saturating_sub(1));
        let by_words = libm::exp2(-(found.bits - lift).max(0.0));
        let others = f64::from(found.count.saturating_sub(OWN_RECORDS)) / records;
        -libm::log2((by_words + others).clamp(1e-8, 1.0))
    }
}

/// Pairs drawn at random, or all where they are few.
struct Sample {
    pairs: Vec<(u32, u32, Pattern)>,
}

impl Sample {
    fn draw(comparer: &Comparer<'_>) -> Self {
        let n = comparer.records.len() as u32;
        let pairs: Vec<(u32, u32)> = if pairs_of(n as usize) <= DRAWN as f64 {
            (0..n).flat_map(|one| (one + 1..n).map(move |other| (one, other))).collect()
        } else {
            let mut stream = Stream::new(&[11; 32], 0);
            let mut end = || stream.index(u64::from(n)) as u32;
            std::iter::repeat_with(|| (end(), end())).filter(|(a, b)| a != b).take(DRAWN as usize).collect()
        };
        let pairs = pairs.into_par_iter().map(|(a, b)| (a, b, comparer.pattern(a, b))).collect();
        Self { pairs }
    }

    /// The shares of the levels, each pair with a weight.
    fn shares(
        &self,
        count: usize,
        comparisons: &[Comparison],
        weight: impl Fn(usize) -> f64 + Sync + Send,
    ) -> Vec<Vec<f64>> {
        let weights: Vec<f64> = (0..self.pairs.len()).into_par_iter().map(weight).collect();
        (0..count)
            .map(|at| {
                let levels = comparisons[at].levels().len();
                let mut sums = vec![0.5; levels];
                for ((_, _, pattern), weight) in self.pairs.iter().zip(&weights) {
                    if let Some(sum) =
                        usize::from(level(*pattern, at)).checked_sub(1).and_then(|l| sums.get_mut(l))
                    {
                        *sum += weight;
                    }
                }
                normal(sums)
            })
            .collect()
    }
}

/// Shares that add up to one, none too small.
fn normal(sums: Vec<f64>) -> Vec<f64> {
    let total: f64 = sums.iter().sum();
    let shares: Vec<f64> = sums.iter().map(|sum| (sum / total).max(LEAST_U)).collect();
    let total: f64 = shares.iter().sum();
    shares.iter().map(|share| share / total).collect()
}

/// m from the passes, the rules that taught, and the most matches that one of them saw.
fn passes(
    comparisons: &[Comparison],
    keys: &Keys,
    compared: &Compared,
    u: &[Vec<f64>],
) -> (Vec<Vec<f64>>, Vec<usize>, f64) {
    let mut found: Vec<Vec<(f64, Vec<f64>)>> = vec![Vec::new(); comparisons.len()];
    let (mut taught, mut most) = (Vec::new(), 0.0_f64);
    for (at, rule) in keys.rules.iter().enumerate().filter(|(_, rule)| rule.teaches()) {
        let varies = |comparison: usize| {
            let levels =
                compared.by_rule[at].keys().map(|pattern| level(*pattern, comparison)).filter(|l| *l > 0);
            let mut levels: Vec<u8> = levels.collect();
            levels.sort_unstable();
            levels.dedup();
            levels.len() > 1
        };
        let used: Vec<usize> = (0..comparisons.len())
            .filter(|comparison| !rule.asks_for(&comparisons[*comparison]) && varies(*comparison))
            .collect();
        let Some(patterns) = patterns(comparisons, &used, &compared.by_rule[at]) else { continue };
        let known: Vec<Known> = used.iter().map(|at| Known { m: None, u: Some(u[*at].clone()) }).collect();
        let Ok(learnt) = fellegi_sunter(&patterns, &known, None) else { continue };
        taught.push(at);
        most = most.max(learnt.matches);
        for (comparison, m) in used.iter().zip(learnt.model.m()) {
            // How many matches had a value there at all.
            let there = compared.by_rule[at]
                .iter()
                .filter(|(p, _)| level(**p, *comparison) > 0)
                .map(|(_, n)| *n)
                .sum::<u64>();
            let share = there as f64 / patterns.pairs() as f64;
            found[*comparison].push((learnt.matches * share, m.clone()));
        }
    }
    let m = comparisons
        .iter()
        .zip(found)
        .map(|(comparison, found)| {
            let expected = comparison.expected();
            let mut sums: Vec<f64> = expected.iter().map(|share| share * EXPECTED_MATCHES).collect();
            for (matches, m) in middle(found) {
                for (sum, share) in sums.iter_mut().zip(m) {
                    *sum += matches * share;
                }
            }
            normal(sums)
        })
        .collect();
    (m, taught, most)
}

/// The passes without the one that is farthest off on the closest level, where there are three.
fn middle(mut passes: Vec<(f64, Vec<f64>)>) -> Vec<(f64, Vec<f64>)> {
    if passes.len() < 3 {
        return passes;
    }
    passes.sort_by(|one, other| one.1[0].total_cmp(&other.1[0]));
    let median = passes[passes.len() / 2].1[0];
    let far = |pass: &(f64, Vec<f64>)| (pass.1[0] - median).abs();
    let last = passes.len() - 1;
    let farthest = if far(&passes[0]) > far(&passes[last]) { 0 } else { last };
    passes.remove(farthest);
    passes
}

fn patterns(comparisons: &[Comparison], used: &[usize], counts: &BTreeMap<Pattern, u64>) -> Option<Patterns> {
    let levels: Vec<u8> = used.iter().map(|at| comparisons[*at].levels().len() as u8).collect();
    let rows: Vec<u8> =
        counts.keys().flat_map(|pattern| used.iter().map(|at| level(*pattern, *at))).collect();
    let counts: Vec<u64> = counts.values().copied().collect();
    Patterns::new(&levels, &rows, &counts).ok()
}

/// m such that no level says more for a match than one that is closer: neighbours out of order are
/// pooled.
fn falling(m: Vec<f64>, u: &[f64]) -> Vec<f64> {
    // Blocks of neighbouring levels: sums of m and u, and how many levels.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for (m, u) in m.iter().zip(u) {
        blocks.push((*m, *u, 1));
        while let [.., before, last] = blocks.as_slice()
            && before.0 * last.1 < last.0 * before.1
        {
            let pooled = (before.0 + last.0, before.1 + last.1, before.2 + last.2);
            blocks.truncate(blocks.len() - 2);
            blocks.push(pooled);
        }
    }
    let mut out = Vec::with_capacity(m.len());
    for (sum_m, sum_u, levels) in blocks {
        for _ in 0..levels {
            let share = u[out.len()] / sum_u;
            out.push(sum_m * share);
        }
    }
    normal(out)
}

/// The usual rarity of each level of names, and how much more often words go together.
fn rarity(comparer: &Comparer<'_>, sample: &Sample, learnt: &mut Learnt) {
    for (at, comparison) in comparer.comparisons.iter().enumerate() {
        let Comparison::Name(field) = comparison else { continue };
        let Column::Names(names) = &comparer.records.columns[*field] else { continue };
        // The chance that somebody else has the same words, over all records: by the shares of
        // words, for one to eight words.
        let mut by_words = [0.0_f64; 9];
        let mut named = 0.0_f64;
        for record in 0..comparer.records.len() as u32 {
            if let Some(reading) = names.of_record(record).next() {
                named += 1.0;
                by_words[reading.words.len().min(8)] += libm::exp2(-names.bits(reading));
            }
        }
        let same = learnt.model.u()[at][0];
        let chance = |lift: f64| -> f64 {
            let sums = by_words.iter().enumerate().skip(1);
            sums.map(|(words, sum)| sum * libm::exp2(lift * (words as f64 - 1.0))).sum::<f64>()
                / named.max(1.0)
        };
        // The lift at which that is what was seen, between none and three bits a word.
        let (mut low, mut high) = (0.0, 3.0);
        for _ in 0..40 {
            let middle = (low + high) / 2.0;
            if chance(middle) < same { low = middle } else { high = middle }
        }
        learnt.lift[at] = low;
        // The harmonic mean of the chances at each other level.
        let (mut sums, mut weights) = ([0.0_f64; 8], [0.0_f64; 8]);
        let records = f64::from(names.records.max(1));
        for (one, other, pattern) in &sample.pairs {
            let level = usize::from(level(*pattern, at));
            if !(2..7).contains(&level) {
                continue;
            }
            let found = names.compared(*one, *other);
            let rare = learnt.rarity(at, &found, records).min(24.0);
            let weight = 1.0 - probability(learnt.weight(comparer, *one, *other, *pattern));
            sums[level] += weight * libm::exp2(rare);
            weights[level] += weight;
        }
        for (usual, (sum, weight)) in learnt.usual[at].iter_mut().zip(sums.iter().zip(&weights)) {
            // With too few pairs nothing is rare or common.
            *usual = (*weight >= 20.0).then(|| libm::log2(sum / weight));
        }
    }
}

/// What the levels of the first names say, from pairs that were compared for their names alone: the
/// other fields of such pairs are a mixture of what one person's records and what different people's
/// have in common, and the mixture tells how often equal names are of one person. A shift for each
/// level is the one at which the other fields are likeliest, held near none by a normal prior.
fn said_by_names(comparer: &Comparer<'_>, keys: &Keys, compared: &Compared, learnt: &mut Learnt) {
    let is_name = |comparison: &Comparison| matches!(comparison, Comparison::Name(_));
    let Some(at) = comparer.comparisons.iter().position(is_name) else { return };
    let alone = (0..keys.rules.len()).filter(|rule| keys.rules[*rule].asks_for_names_alone());
    let alone = alone.fold(0_u64, |mask, rule| mask | 1 << rule);
    let pairs: Vec<&crate::block::Kept> =
        compared.kept.iter().filter(|kept| kept.rules & alone != 0).collect();
    let step = pairs.len().div_ceil(SAID_BY).max(1);
    let prior = learnt.model.prior_weight();
    // The level, what the name says with the prior, and what all else says.
    let told: Vec<(u8, f64, f64)> = pairs
        .par_iter()
        .step_by(step)
        .map(|kept| {
            let parts = learnt.parts(comparer, kept.one, kept.other, kept.pattern);
            let (all, name) = (parts.iter().sum::<f64>(), parts.get(at).copied().unwrap_or(0.0));
            let level = level(kept.pattern, at);
            (level, prior + name - learnt.shift[at][usize::from(level)], all - name)
        })
        .collect();
    for level in 1..7_u8 {
        let of_level: Vec<(f64, f64)> =
            told.iter().filter(|told| told.0 == level).map(|(_, name, other)| (*name, *other)).collect();
        learnt.shift[at][usize::from(level)] = likeliest_shift(&of_level);
    }
}

/// The shift of the first number of each pair, in bits, at which the second is likeliest.
fn likeliest_shift(told: &[(f64, f64)]) -> f64 {
    // The slope of the logarithm of the likelihood, which falls with the shift near its root.
    let slope = |shift: f64| -> f64 {
        let sum: f64 = told
            .iter()
            .map(|(name, other)| probability(name + shift + other) - probability(name + shift))
            .sum();
        sum * std::f64::consts::LN_2 - shift / (SHIFT_SD * SHIFT_SD)
    };
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if slope(middle) > 0.0 { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// The share of pairs of one person at which the probabilities add up to it.
fn lambda(comparer: &Comparer<'_>, compared: &Compared, learnt: &Learnt, pairs: f64) -> f64 {
    let prior = learnt.model.prior_weight();
    let bits: Vec<f64> = compared
        .kept
        .par_iter()
        .map(|kept| learnt.weight(comparer, kept.one, kept.other, kept.pattern) - prior)
        .collect();
    let mut lambda = 1.0 / comparer.records.len().max(2) as f64;
    for _ in 0..200 {
        let prior = libm::log2(lambda / (1.0 - lambda));
        // One order of summing, whatever the threads.
        let sums: Vec<f64> = bits
            .par_chunks(4096)
            .map(|bits| bits.iter().map(|bits| probability(prior + bits)).sum::<f64>())
            .collect();
        let next = ((sums.iter().sum::<f64>() + 0.5) / (pairs + 1.0)).clamp(1e-12, 0.5);
        let moved = (next / lambda - 1.0).abs();
        lambda = next;
        if moved < 1e-6 {
            break;
        }
    }
    lambda
}
