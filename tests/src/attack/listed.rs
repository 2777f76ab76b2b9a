//! Attacks that are known: each becomes rows, a small pipeline publishes every fact of it that a
//! table can hold, and what is finally published is attacked. The list is not part of this
//! repository; without it the test says so and skips.

use super::published;
use crate::program::{repository, run};
use groundwork_stats::simplex::{Solution, minimise};
use serde_json::Value;
use std::fmt::Write as _;

/// More than this is money.
const MOST: u64 = 10_000;

/// A fact or a target: which parts, and how many people they are.
struct Count {
    parts: Vec<usize>,
    people: u64,
}

/// An attack on counts: its parts with how many people each has, what is published, and what may not
/// be found.
struct Attack {
    id: String,
    people: Vec<u64>,
    facts: Vec<Count>,
    target: Vec<usize>,
    secret: u64,
}

impl Attack {
    /// From the list; nothing where a fact is not a count of some parts.
    fn read(attack: &Value) -> Option<Self> {
        let names: Vec<&String> = attack["vars"].as_object()?.keys().collect();
        let parts = |sum: &Value| -> Option<Vec<usize>> {
            let sum = sum.as_object()?;
            let one = |(name, a): (&String, &Value)| {
                (a.as_f64() == Some(1.0)).then(|| names.iter().position(|n| *n == name))?
            };
            sum.iter().map(one).collect()
        };
        let mut facts = Vec::new();
        for fact in attack["facts"].as_array()? {
            let people = fact["lo"].as_u64().filter(|low| fact["hi"].as_u64() == Some(*low))?;
            facts.push(Count { parts: parts(&fact["lin"])?, people });
        }
        let target = parts(&attack["target"])?;
        // Sums of money are no counts.
        if facts.iter().any(|fact| fact.people > MOST) {
            return None;
        }
        let low = |name: &String| attack["vars"][name.as_str()][0].as_f64().unwrap_or(0.0);
        let secret = attack["secret"].as_u64().or_else(|| attack["attacker_interval"][0].as_u64())?;
        // Some table that fits everything.
        let mut rows: Vec<(Vec<usize>, f64)> =
            facts.iter().map(|f| (f.parts.clone(), f.people as f64)).collect();
        rows.push((target.clone(), secret as f64));
        let lows: Vec<f64> = names.iter().map(|name| low(name)).collect();
        let width = names.len();
        let mut table = vec![0.0; width * rows.len()];
        for (at, (parts, _)) in rows.iter().enumerate() {
            parts.iter().for_each(|part| table[at * width + part] = 1.0);
        }
        let right: Vec<f64> =
            rows.iter().map(|(parts, value)| value - parts.iter().map(|p| lows[*p]).sum::<f64>()).collect();
        let Solution::Optimal { point, .. } = minimise(&vec![0.0; width], &table, &right) else {
            return None;
        };
        let people = point.iter().zip(&lows).map(|(x, low)| (x + low).round() as u64).collect();
        let id = attack["id"].as_str()?.to_owned();
        Some(Self { id, people, facts, target, secret })
    }

    fn threshold(&self) -> u64 {
        (self.secret + 1).max(10)
    }

    fn pipeline(&self) -> String {
        let mut out = String::from(
            "groundwork: 1\nprogramme: {id: t, title: Test}\n\
             calendar: {periods: quarter, from: 2021-Q1, to: 2021-Q1, as_of: 2021-07-15}\naudience: public\n",
        );
        _ = writeln!(out, "disclosure: {{threshold: {}}}", self.threshold());
        let words: Vec<String> = (0..self.people.len()).map(|part| format!("p{part}: [p{part}]")).collect();
        _ = writeln!(
            out,
            "sources:\n  rows:\n    export: rows.csv\n    columns: {{on: date, part: {{type: category, values: {{{}}}}}}}\nindicators:",
            words.join(", ")
        );
        let facts = self.facts.iter().map(|fact| &fact.parts);
        for (at, parts) in facts.chain([&self.target]).enumerate() {
            let words: Vec<String> = parts.iter().map(|part| format!("'p{part}'")).collect();
            _ = writeln!(
                out,
                "  f{at}: {{kind: count, title: T, from: rows, period_by: on, where: \"part in ({})\"}}",
                words.join(", ")
            );
        }
        out
    }

    fn rows(&self) -> String {
        let mut out = String::from("on,part\n");
        for (part, people) in self.people.iter().enumerate() {
            (0..*people).for_each(|_| _ = writeln!(out, "2021-02-10,p{part}"));
        }
        out
    }

    /// What a reader of everything that is published can make of the target.
    fn bounds(&self, published: &[bool]) -> Result<(f64, f64), String> {
        let width = self.people.len();
        let facts: Vec<&Count> =
            self.facts.iter().zip(published).filter(|(_, p)| **p).map(|(f, _)| f).collect();
        let mut table = vec![0.0; width * facts.len()];
        for (at, fact) in facts.iter().enumerate() {
            fact.parts.iter().for_each(|part| table[at * width + part] = 1.0);
        }
        let right: Vec<f64> = facts.iter().map(|fact| fact.people as f64).collect();
        let end = |sign: f64| {
            let mut cost = vec![0.0; width];
            self.target.iter().for_each(|part| cost[*part] = sign);
            match minimise(&cost, &table, &right) {
                Solution::Optimal { value, .. } => Ok(value * sign),
                Solution::Unbounded => Ok(-sign * f64::INFINITY),
                other => Err(format!("{}: {other:?}", self.id)),
            }
        };
        Ok(((end(1.0)? - 1e-6).ceil(), (end(-1.0)? + 1e-6).floor()))
    }
}

/// Publishes every attack on counts and attacks what comes out.
pub(super) fn attacks() -> Result<(), String> {
    let path = repository().join("../shared/disclosure/attacks.json");
    let Ok(text) = std::fs::read(path) else {
        println!("skipped: the attacks are not on this machine");
        return Ok(());
    };
    let listed: Vec<Value> = serde_json::from_slice(&text).map_err(|e| e.to_string())?;
    let attacks: Vec<Attack> = listed.iter().filter_map(Attack::read).collect();
    let mut wrong = String::new();
    for attack in &attacks {
        let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
        let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text);
        write("pipeline.yaml", attack.pipeline()).map_err(|e| e.to_string())?;
        write("rows.csv", attack.rows()).map_err(|e| e.to_string())?;
        let output = run(folder.path(), &["run", "pipeline.yaml", "--out", "out"]);
        if output.status.code() != Some(0) {
            return Err(format!("{}: {}", attack.id, String::from_utf8_lossy(&output.stderr)));
        }
        let cells = published::cells(&folder.path().join("out"))?;
        let seen = |at: usize| {
            let of = format!("f{at}");
            cells.iter().any(|(key, cell)| key[0] == of && cell.numerator.is_some())
        };
        let shown: Vec<bool> = (0..attack.facts.len()).map(seen).collect();
        let (low, high) = attack.bounds(&shown)?;
        let wide = attack.threshold() as f64;
        let all = attack.bounds(&vec![true; attack.facts.len()])?;
        println!(
            "{}: {} of {} facts published, the target lies between {low} and {high}; with all of them between {} and {}",
            attack.id,
            shown.iter().filter(|s| **s).count(),
            shown.len(),
            all.0,
            all.1
        );
        // Nobody in a group is nobody to be found.
        if attack.secret > 0 && (high < wide || high - low < wide - 1.0 || seen(attack.facts.len())) {
            _ = writeln!(wrong, "{}: {} lies between {low} and {high}", attack.id, attack.secret);
        }
    }
    if attacks.len() < 10 {
        return Err(format!("only {} attacks are on counts", attacks.len()));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}
