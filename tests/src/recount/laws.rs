//! Laws of the cells of one run, which hold whatever was counted: `unknown` is always there, parts
//! of what adds up add up, parts of what does not lie between the largest and the sum, and the
//! ratio of the whole is that of the sums.

use super::Said;
use super::oracle::Key;
use super::programme::{Kind, Programme};
use std::collections::BTreeMap;

/// The parts of one total: every category of one dimension.
struct Parts<'a> {
    total: &'a Said,
    parts: Vec<(&'a str, &'a Said)>,
}

/// Checks every law.
pub(super) fn hold(programme: &Programme, cells: &BTreeMap<Key, Said>) -> Result<(), String> {
    let mut groups: BTreeMap<Key, Parts<'_>> = BTreeMap::new();
    for (key, said) in cells.iter().filter(|(key, _)| !key.3.is_empty()) {
        let whole = (key.0.clone(), key.1.clone(), key.2.clone(), String::new(), String::new());
        let total = cells.get(&whole).ok_or_else(|| format!("{key:?} has no total"))?;
        let group = (key.0.clone(), key.1.clone(), key.2.clone(), key.3.clone(), String::new());
        groups.entry(group).or_insert(Parts { total, parts: Vec::new() }).parts.push((&key.4, said));
    }
    for (key, group) in &groups {
        let indicator = programme.indicators.iter().find(|i| i.id == key.0);
        let kind = &indicator.ok_or_else(|| format!("{key:?} is of no indicator"))?.kind;
        law(kind, &key.3, group).map_err(|law| format!("seed {}: {key:?}: {law}", programme.seed))?;
    }
    for (key, said) in cells.iter().filter(|(_, said)| said.status == "published") {
        let (above, below) = (number(&said.numerator), number(&said.denominator));
        let value = number(&said.value);
        let kind = programme.indicators.iter().find(|i| i.id == key.0).map(|i| &i.kind);
        if kind.is_some_and(is_quotient) && !near(value * below, above, below.abs() + value.abs()) {
            return Err(format!("seed {}: {key:?}: {value} is not {above} by {below}", programme.seed));
        }
    }
    Ok(())
}

fn law(kind: &Kind, dimension: &str, group: &Parts<'_>) -> Result<(), String> {
    let is_own = matches!(dimension, "generation" | "step");
    let unknown = dimension.split(" × ").map(|_| "unknown").collect::<Vec<_>>().join(" × ");
    if dimension != "step" && !group.parts.iter().any(|(category, _)| *category == unknown) {
        return Err("`unknown` is not there".into());
    }
    let sum = |of: fn(&Said) -> &String| group.parts.iter().map(|(_, said)| number(of(said))).sum::<f64>();
    let most = group.parts.iter().map(|(_, said)| number(&said.numerator)).fold(0.0, f64::max);
    let (above, below) = (number(&group.total.numerator), number(&group.total.denominator));
    let (parts_above, parts_below) = (sum(|said| &said.numerator), sum(|said| &said.denominator));
    let slack = 1e-6 * group.parts.len() as f64;
    let adds_up = near(parts_above, above, slack) && near(parts_below, below, slack);
    let lies_between = most <= above + slack && above <= parts_above + slack;
    match kind {
        // Of a step each share has the same denominator.
        Kind::Completion { .. } if is_own => {
            let same = |(_, said): &(&str, &Said)| said.denominator == group.total.denominator;
            if group.parts.iter().all(same) { Ok(()) } else { Err("a step has another denominator".into()) }
        }
        Kind::Cascade if is_own && !lies_between => {
            Err(format!("{above} does not lie between {most} and {parts_above}"))
        }
        Kind::Cascade if is_own => Ok(()),
        // The largest leaders of each category need not be the largest of all.
        Kind::Concentration { .. } => {
            if near(parts_below, below, slack) {
                Ok(())
            } else {
                Err("people do not add up".into())
            }
        }
        _ if !adds_up => Err(format!("{parts_above} by {parts_below} is not {above} by {below}")),
        Kind::DistinctCount if !lies_between => Err("a person is in no category".into()),
        _ => Ok(()),
    }
}

/// Whether the value is the numerator by the denominator.
fn is_quotient(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Mean(_)
            | Kind::Proportion(_)
            | Kind::ProportionOfPeople(_)
            | Kind::Ratio(..)
            | Kind::Rate { .. }
            | Kind::Index(_)
            | Kind::Completion { .. }
            | Kind::Sustained { .. }
            | Kind::Change
            | Kind::Concentration { .. }
    )
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or(0.0)
}

fn near(a: f64, b: f64, slack: f64) -> bool {
    (a - b).abs() <= 2e-6 * (1.0 + slack)
}
