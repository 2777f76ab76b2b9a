//! Attacks on published tables: the audit finds what an attacker finds. The files are not part of
//! this repository; without them the test says so and skips.

use groundwork_disclosure::{End, Fact, Puzzle, Unknown};
use serde_json::Value;
use std::collections::BTreeMap;

/// Coefficients of percentages have four decimals.
const SCALE: f64 = 10_000.0;
/// The file writes no limit as a very large one.
const NO_LIMIT: f64 = 1e5;

fn whole(value: f64) -> i64 {
    (value * SCALE).round() as i64
}

/// The number at `key`, unless it stands for no limit.
fn limit(fact: &Value, key: &str) -> Option<i64> {
    fact[key].as_f64().filter(|v| v.abs() < NO_LIMIT).map(whole)
}

fn puzzle(attack: &Value) -> (Puzzle, Vec<(usize, i64)>) {
    let names: Vec<&String> = attack["vars"].as_object().expect("variables").keys().collect();
    let place: BTreeMap<&str, usize> = names.iter().enumerate().map(|(at, n)| (n.as_str(), at)).collect();
    let mut puzzle = Puzzle::default();
    for name in &names {
        let ends = &attack["vars"][name.as_str()];
        puzzle.unknowns.push(Unknown { lower: ends[0].as_i64().unwrap_or(0), upper: ends[1].as_i64() });
    }
    let terms = |sum: &Value, scale: &dyn Fn(f64) -> i64| -> Vec<(usize, i64)> {
        let sum = sum.as_object().expect("a sum");
        sum.iter().map(|(name, a)| (place[name.as_str()], scale(a.as_f64().expect("a number")))).collect()
    };
    for fact in attack["facts"].as_array().expect("facts") {
        let terms = terms(&fact["lin"], &whole);
        let large = terms.iter().any(|(_, a)| a % SCALE as i64 != 0);
        // Amounts are exact; only percentages come with limits that stand for none.
        let exact = |key: &str| fact[key].as_f64().map(whole);
        let (lower, upper) =
            if large { (limit(fact, "lo"), limit(fact, "hi")) } else { (exact("lo"), exact("hi")) };
        puzzle.facts.push(Fact { terms, lower, upper });
    }
    (puzzle, terms(&attack["target"], &|a| a as i64))
}

#[test]
fn the_audit_finds_what_an_attacker_finds() {
    let Ok(text) =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/disclosure/attacks.json"))
    else {
        println!("skipped: the attacks are not on this machine");
        return;
    };
    let attacks: Vec<Value> = serde_json::from_slice(&text).expect("a list of attacks");
    let mut count = 0;
    for attack in attacks.iter().filter(|a| a["kind"] == "linear") {
        let (mut puzzle, target) = puzzle(attack);
        // A target that may be negative, or a sum, is a number of its own.
        puzzle.unknowns.push(Unknown { lower: -1_000_000, upper: Some(1_000_000) });
        let own = puzzle.unknowns.len() - 1;
        let mut terms = target;
        terms.push((own, -1));
        puzzle.facts.push(Fact { terms, lower: Some(0), upper: Some(0) });
        let ends = &attack["attacker_interval"];
        match puzzle.range(&[(own, 1)]) {
            (End::At(low, _), End::At(high, _)) => {
                assert_eq!([Some(low), Some(high)], [ends[0].as_i64(), ends[1].as_i64()], "{}", attack["id"]);
            }
            other => panic!("{}: {other:?}", attack["id"]),
        }
        count += 1;
    }
    println!("{count} attacks");
    assert!(count > 20);
}
