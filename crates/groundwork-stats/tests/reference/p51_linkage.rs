//! A register of 5,000 records with known people, linked from end to end.
//!
//! febrl3 (Christen 2008): 2,000 people, up to five slips of the pen in a copy.
//! The comparisons and blocking rules are made here, record by record, as a
//! database would; everything else is the crate.

use std::collections::BTreeMap;

use groundwork_stats::linkage::agreement::{of_pairs, pairwise};
use groundwork_stats::linkage::clusters::{Pair, connected_components};
use groundwork_stats::linkage::fellegi_sunter::{Known, fellegi_sunter};
use groundwork_stats::linkage::model::Model;
use groundwork_stats::linkage::patterns::Patterns;
use groundwork_stats::linkage::training::{lambda_from_rules, pool_passes, shares_by_chance};
use groundwork_stats::linkage::unique_reach::{Untold, missed_by_blocking, unique_reach};
use groundwork_stats::random::Stream;
use groundwork_stats::thresholds::REACH_THRESHOLDS;
use libtest_mimic::Trial;
use strsim::{damerau_levenshtein, jaro_winkler};

use crate::support::{Ended, Table, case};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        case("p51_linkage_with_a_number", || linked(true)),
        case("p51_linkage_without_a_number", || linked(false)),
    ]
}

/// The fields that are compared; the identity number comes last.
const FIELDS: [&str; 6] =
    ["given_name", "surname", "date_of_birth", "street_number", "postcode", "soc_sec_id"];
const LEVELS: [u8; 6] = [5, 5, 4, 2, 4, 4];

/// Fields that are equal in the pairs to look at; the last rule is for names
/// that changed places.
const RULES: [&[usize]; 9] = [&[5], &[0, 1], &[2], &[0, 4], &[1, 4], &[3, 4], &[0, 3], &[1, 3], &[0, 2]];

struct Records(Vec<Vec<String>>);

impl Records {
    fn level(&self, field: usize, one: usize, other: usize) -> u8 {
        let (one, other) = (&self.0[field][one], &self.0[field][other]);
        if one.is_empty() || other.is_empty() {
            return 0;
        }
        if one == other {
            return 1;
        }
        match field {
            0 | 1 => {
                let alike = jaro_winkler(one, other);
                [0.92, 0.88, 0.7].iter().position(|&least| alike >= least).map_or(5, |at| at as u8 + 2)
            }
            3 => 2,
            _ => (damerau_levenshtein(one, other) as u8).min(3) + 1,
        }
    }

    fn patterns(&self, fields: &[usize], pairs: impl Iterator<Item = (usize, usize)>) -> Patterns {
        let mut counts: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        for (one, other) in pairs {
            let pattern = fields.iter().map(|&field| self.level(field, one, other)).collect();
            *counts.entry(pattern).or_default() += 1;
        }
        let levels: Vec<u8> = fields.iter().map(|&field| LEVELS[field]).collect();
        let (rows, counts): (Vec<Vec<u8>>, Vec<u64>) = counts.into_iter().unzip();
        Patterns::new(&levels, &rows.concat(), &counts).expect("patterns")
    }

    /// The pairs whose values agree in all fields of a rule.
    fn block(&self, rule: &[usize]) -> Vec<(usize, usize)> {
        let mut blocks: BTreeMap<Vec<&str>, Vec<usize>> = BTreeMap::new();
        for record in 0..self.0[0].len() {
            let key: Vec<&str> = rule.iter().map(|&field| self.0[field][record].as_str()).collect();
            if key.iter().all(|value| !value.is_empty()) {
                blocks.entry(key).or_default().push(record);
            }
        }
        let mut pairs = Vec::new();
        for block in blocks.values() {
            for (at, &one) in block.iter().enumerate() {
                pairs.extend(block[at + 1..].iter().map(|&other| (one, other)));
            }
        }
        pairs
    }
}

fn linked(with_number: bool) -> Ended {
    let table = Table::open("febrl3.csv")?;
    let records = Records(FIELDS.map(|name| table.text(name).into_iter().map(String::from).collect()).into());
    let people: Vec<u32> = table
        .text("rec_id")
        .iter()
        .map(|id| id.split('-').nth(1).expect("a person").parse().expect("a number"))
        .collect();
    let n = people.len();
    let fields: Vec<usize> = (0..if with_number { 6 } else { 5 }).collect();

    // u from pairs drawn at random.
    let mut stream = Stream::new(&[1; 32], 0);
    let mut end = || stream.index(n as u64) as usize;
    let drawn = std::iter::repeat_with(|| (end(), end())).filter(|(one, other)| one != other);
    let u = shares_by_chance(&records.patterns(&fields, drawn.take(300_000))).expect("u");
    // m from two passes.
    let passes: Vec<Vec<Option<Vec<f64>>>> = [2, 4]
        .map(|blocked| {
            let others: Vec<usize> = fields.iter().copied().filter(|&field| field != blocked).collect();
            let known: Vec<Known> =
                others.iter().map(|&field| Known { m: None, u: Some(u[field].clone()) }).collect();
            let patterns = records.patterns(&others, records.block(&[blocked]).into_iter());
            let found = fellegi_sunter(&patterns, &known, None).expect("a model");
            let m = |field: &usize| {
                others.iter().position(|at| at == field).map(|at| found.model.m()[at].clone())
            };
            fields.iter().map(m).collect()
        })
        .into();
    let m = pool_passes(&passes).expect("m");
    let strict = records.block(&[0, 1, 2]).len() as u64;
    let lambda = lambda_from_rules(strict, 0.4, (n * (n - 1) / 2) as u64).expect("lambda");
    let model = Model::new(lambda, m, u).expect("a model");

    let rules = RULES.iter().filter(|rule| with_number || !rule.contains(&5));
    let mut candidates: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for pair in rules.clone().flat_map(|rule| records.block(rule)) {
        *candidates.entry(pair).or_default() += 1;
    }
    // The expected matches that so many rules bring together.
    let mut by_rules = vec![0.0; rules.count()];
    let pairs: Vec<Pair> = candidates
        .into_iter()
        .map(|((one, other), brought)| {
            let pattern: Vec<u8> = fields.iter().map(|&field| records.level(field, one, other)).collect();
            let probability = model.probability(&pattern).expect("a probability");
            by_rules[brought - 1] += probability;
            Pair { one: one as u32, other: other as u32, probability }
        })
        .collect();
    let missed = missed_by_blocking(&by_rules).expect("a number");
    let clusters = connected_components(n, &pairs, 0.5).expect("clusters");
    let agreement = pairwise(&clusters.of, &people).expect("an agreement");
    // Splink with its demonstration settings: 0.997 with the number, 0.987
    // without, and 2,006 and 2,052 people.
    let reached = if with_number { 0.997 } else { 0.98 };
    assert!(agreement.f1().expect("pairs") >= reached, "{agreement:?}");
    let untold = Untold { missed, ..Untold::default() };
    let reach = unique_reach(n, &pairs, &REACH_THRESHOLDS, untold).expect("a reach");
    assert!(reach.lower <= 2000 && 2000 <= reach.upper, "{reach:?}");
    assert_eq!(reach.single(), Ok(clusters.sizes.len() as u64));
    let off = clusters.sizes.len() as f64 / 2000.0 - 1.0;
    assert!(off.abs() < if with_number { 0.005 } else { 0.025 }, "{off}");
    // What the model expects of its links is about what is true of them.
    let edges = of_pairs(&pairs, 0.5, &people).expect("an agreement");
    let close = |expected: Option<f64>, truth: Option<f64>| {
        let (expected, truth) = (expected.expect("a share"), truth.expect("a share"));
        assert!((expected - truth).abs() < 0.01, "{expected} where {truth} is true");
    };
    close(reach.at[0].precision, edges.precision());
    close(reach.at[0].recall, edges.recall());
    Ok(())
}
