//! Conditions on one column as sets of its values, so that numbers of people under different
//! conditions can be set against each other: `age < 10` lies within `age < 12`, and who is between
//! them is left when one is taken from the other; `part in ('a', 'b')` is made up of `a` and `b`.
//!
//! What is left has an address of its own, so that it is the same number however it is computed.

use crate::matrix::{Address, Matrix};
use std::collections::{BTreeMap, BTreeSet};

/// Values of a column, one bit each; the first stands for those without one, the second for all
/// values that no condition names.
type Mask = u128;

const MISSING: Mask = 1;
const OTHERS: Mask = 2;
/// More values than a mask has bits, and more conditions than are compared with each other, are left
/// alone.
const MOST_VALUES: usize = 120;
const MOST_SETS: usize = 48;

/// A condition on one column.
#[derive(Debug, Clone, PartialEq)]
enum Test {
    Words(Vec<String>),
    Not(Vec<String>),
    Below { at: f64, included: bool },
    Above { at: f64, included: bool },
    Numbers(Vec<f64>),
    Missing,
    There,
}

/// The words of a category that has no value.
const UNKNOWN: &str = "unknown";

/// What a condition says of a column, where it is of one of the plain forms in which the gate writes
/// conditions.
fn test(condition: &str) -> Option<(&str, Test)> {
    let is_name = |name: &str| {
        name.chars().all(|c| c.is_alphanumeric() || c == '_') && name.chars().any(char::is_alphabetic)
    };
    if is_name(condition) {
        return Some((condition, Test::Words(vec!["true".into()])));
    }
    if let Some(name) = condition.strip_prefix("not (").and_then(|rest| rest.strip_suffix(')')) {
        return is_name(name).then(|| (name, Test::Words(vec!["false".into()])));
    }
    let (name, rest) = condition.split_once(' ')?;
    if !is_name(name) {
        return None;
    }
    let word = |text: &str| {
        let word = text.strip_prefix('\'')?.strip_suffix('\'')?;
        (!word.contains('\'')).then(|| word.to_owned())
    };
    let number = |text: &str| -> Option<f64> {
        let day = || text.parse::<jiff::civil::Date>().ok();
        let days = |day: jiff::civil::Date| {
            f64::from(day.year()) * 372.0 + f64::from(day.month()) * 31.0 + f64::from(day.day())
        };
        text.parse().ok().or_else(|| day().map(days))
    };
    let test = match rest.split_once(' ') {
        _ if rest == "is missing" => Test::Missing,
        _ if rest == "is there" => Test::There,
        Some(("=", value)) => match word(value) {
            Some(word) => Test::Words(vec![word]),
            None => Test::Numbers(vec![number(value)?]),
        },
        Some(("<>", value)) => Test::Not(vec![word(value)?]),
        Some(("<", value)) => Test::Below { at: number(value)?, included: false },
        Some(("<=", value)) => Test::Below { at: number(value)?, included: true },
        Some((">", value)) => Test::Above { at: number(value)?, included: false },
        Some((">=", value)) => Test::Above { at: number(value)?, included: true },
        Some(("in", list)) => {
            let items: Vec<&str> = list.strip_prefix('(')?.strip_suffix(')')?.split(", ").collect();
            match items.iter().map(|item| word(item)).collect() {
                Some(words) => Test::Words(words),
                None => Test::Numbers(items.into_iter().map(number).collect::<Option<_>>()?),
            }
        }
        _ => return None,
    };
    Some((name, test))
}

/// The values of a column that conditions name, in order.
#[derive(Default)]
struct Values {
    words: BTreeSet<String>,
    numbers: Vec<f64>,
}

impl Values {
    fn of<'a>(tests: impl Iterator<Item = &'a Test>) -> Option<Self> {
        let mut values = Self::default();
        for test in tests {
            match test {
                Test::Words(words) | Test::Not(words) => {
                    values.words.extend(words.iter().filter(|w| *w != UNKNOWN).cloned());
                }
                Test::Below { at, .. } | Test::Above { at, .. } => values.numbers.push(*at),
                Test::Numbers(numbers) => values.numbers.extend(numbers),
                Test::Missing | Test::There => {}
            }
        }
        values.numbers.sort_by(f64::total_cmp);
        values.numbers.dedup();
        let mixed = !values.words.is_empty() && !values.numbers.is_empty();
        let many = values.words.len() + 2 * values.numbers.len() + 3 > MOST_VALUES;
        (!mixed && !many).then_some(values)
    }

    /// Every value: missing, others, then each word, or each number and each gap after one.
    fn all(&self) -> Mask {
        let values = 2 + self.words.len() + 2 * self.numbers.len();
        (1 << values) - 1
    }

    fn mask(&self, test: &Test) -> Mask {
        let word = |word: &String| match self.words.iter().position(|known| known == word) {
            Some(at) => 1 << (2 + at),
            None => MISSING,
        };
        let words = |list: &[String]| list.iter().map(word).fold(0, |a, b| a | b);
        // `OTHERS` is what lies below the first number.
        let numbers = |holds: &dyn Fn(f64, bool) -> bool| {
            let each = self.numbers.iter().enumerate().map(|(at, number)| {
                let (own, after) = (1 << (2 + 2 * at), 1 << (3 + 2 * at));
                (Mask::from(holds(*number, true)) * own) | (Mask::from(holds(*number, false)) * after)
            });
            each.fold(0, |a, b| a | b)
        };
        match test {
            Test::Words(list) => words(list),
            Test::Not(list) => self.all() & !MISSING & !words(list),
            Test::Missing => MISSING,
            Test::There => self.all() & !MISSING,
            Test::Numbers(list) => numbers(&|number, own| own && list.contains(&number)),
            Test::Below { at, included } => {
                let below = |number: f64, own: bool| number < *at || (own && *included && number == *at);
                numbers(&below) | OTHERS
            }
            Test::Above { at, included } => {
                numbers(&|number, own| number > *at || (number == *at && (!own || *included)))
            }
        }
    }

    /// A set of values in words that are the same whichever conditions it came from.
    fn name(&self, mask: Mask) -> String {
        let mut out = Vec::new();
        let has = |at: usize| mask & (1 << at) != 0;
        out.extend(has(0).then(|| UNKNOWN.to_owned()));
        out.extend(has(1).then(|| "others".to_owned()));
        let words = self.words.iter().enumerate().filter(|(at, _)| has(2 + at));
        out.extend(words.map(|(_, word)| format!("'{word}'")));
        for (at, number) in self.numbers.iter().enumerate() {
            out.extend(has(2 + 2 * at).then(|| number.to_string()));
            out.extend(has(3 + 2 * at).then(|| format!("above {number}")));
        }
        out.join(", ")
    }
}

/// Numbers that differ in nothing but which values of one column they are of.
struct Group {
    column: String,
    rest: Address,
    values: Values,
    sets: Vec<(Mask, usize)>,
}

/// The tests of a column that a number is of, and the number.
type Tested = (Vec<Test>, usize);

/// Every group with more than one number in it.
fn groups(matrix: &Matrix) -> Vec<Group> {
    let mut found: BTreeMap<(String, Address), Vec<Tested>> = BTreeMap::new();
    for (address, id) in matrix.addresses() {
        let mut by_column: BTreeMap<&str, Vec<(&String, Test)>> = BTreeMap::new();
        for condition in &address.conditions {
            if let Some((column, test)) = test(condition) {
                by_column.entry(column).or_default().push((condition, test));
            }
        }
        for (column, tests) in by_column {
            let mut rest = address.clone();
            rest.conditions.retain(|condition| tests.iter().all(|(known, _)| *known != condition));
            let tests = tests.into_iter().map(|(_, test)| test).collect();
            found.entry((column.to_owned(), rest)).or_default().push((tests, id));
        }
    }
    let mut out = Vec::new();
    for ((column, rest), members) in found {
        let Some(values) = Values::of(members.iter().flat_map(|(tests, _)| tests)) else { continue };
        let mask = |tests: &Vec<Test>| tests.iter().fold(values.all(), |mask, test| mask & values.mask(test));
        let mut sets: Vec<(Mask, usize)> = members.iter().map(|(tests, id)| (mask(tests), *id)).collect();
        sets.extend(matrix.at(&rest).map(|id| (values.all(), id)));
        // The widest first; of those as wide, in the order of their values.
        sets.sort_by_key(|(mask, id)| (std::cmp::Reverse(mask.count_ones()), *mask, *id));
        sets.dedup_by_key(|(mask, _)| *mask);
        if sets.len() > 1 && sets.len() <= MOST_SETS {
            out.push(Group { column, rest, values, sets });
        }
    }
    out
}

/// Sets the numbers of every group against each other.
pub(crate) fn relate(matrix: &mut Matrix) {
    for group in groups(matrix) {
        let inner: Vec<Mask> =
            group.sets.iter().map(|(mask, _)| *mask).filter(|mask| *mask != group.values.all()).collect();
        // Where no two overlap there is one way to make up the whole, whatever one begins with.
        let disjoint = inner.iter().map(|mask| mask.count_ones()).sum::<u32>()
            == inner.iter().fold(0, |a, b| a | b).count_ones();
        for (at, (whole, id)) in group.sets.iter().enumerate() {
            let parts: Vec<(Mask, usize)> =
                group.sets.iter().skip(at + 1).filter(|(mask, _)| mask & !whole == 0).copied().collect();
            for first in 0..parts.len() {
                let (mut covered, mut chosen) = (0, Vec::new());
                let rest = parts.iter().enumerate().filter(|(at, _)| *at != first).map(|(_, part)| part);
                for (mask, part) in parts.iter().skip(first).take(1).chain(rest) {
                    if covered & mask == 0 {
                        covered |= mask;
                        chosen.push(*part);
                        if chosen.len() == 1 && !disjoint {
                            group.made_up(matrix, (*whole, *id), covered, &chosen);
                        }
                    }
                }
                group.made_up(matrix, (*whole, *id), covered, &chosen);
                if disjoint {
                    break;
                }
            }
        }
        group.overlaps(matrix);
    }
}

impl Group {
    /// A number, the parts of it that are known, and what is left of it.
    fn made_up(&self, matrix: &mut Matrix, (whole, id): (Mask, usize), covered: Mask, parts: &[usize]) {
        let left = whole & !covered;
        let sum: i64 = parts.iter().map(|part| matrix.value(*part)).sum();
        let value = matrix.value(id) - sum;
        if left == 0 || value < 0 || !self.rest.of.starts_with("rows ") {
            matrix.union(id, parts);
            return;
        }
        let everyone: Vec<usize> = parts.iter().copied().chain([id]).collect();
        let left = self.number(matrix, left, value, &everyone);
        let mut terms = vec![(id, 1), (left, -1)];
        terms.extend(parts.iter().map(|part| (*part, -1)));
        matrix.add(terms);
    }

    /// Two sets and everything in either: those in both are counted twice.
    fn overlaps(&self, matrix: &mut Matrix) {
        if !self.rest.of.starts_with("rows ") {
            return;
        }
        for (at, (a, first)) in self.sets.iter().enumerate() {
            for (b, second) in self.sets.iter().skip(at + 1) {
                let (either, both) = (a | b, a & b);
                let known = self.sets.iter().find(|(mask, _)| *mask == either).map(|(_, id)| *id);
                let Some(either) = known.filter(|id| both != 0 && id != first && id != second) else {
                    continue;
                };
                let value = matrix.value(*first) + matrix.value(*second) - matrix.value(either);
                if value >= 0 {
                    let both = self.number(matrix, both, value, &[*first, *second, either]);
                    matrix.add(vec![(*first, 1), (*second, 1), (either, -1), (both, -1)]);
                }
            }
        }
    }

    /// The number with these values, known or not.
    fn number(&self, matrix: &mut Matrix, mask: Mask, value: i64, of: &[usize]) -> usize {
        let known = self.sets.iter().find(|(set, id)| *set == mask && matrix.value(*id) == value);
        if let Some((_, id)) = known {
            return *id;
        }
        let mut address = self.rest.clone();
        address.conditions.insert(format!("{} is one of {}", self.column, self.values.name(mask)));
        matrix.rest_at(address, value, of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_become_sets() {
        let mask = |conditions: &[&str], of: &str| {
            let tests: Vec<Test> = conditions.iter().map(|c| test(c).unwrap().1).collect();
            let values = Values::of(tests.iter()).unwrap();
            values.mask(&test(of).unwrap().1)
        };
        let ages = ["age < 10", "age < 12", "age >= 12", "age = 11"];
        let [young, older, rest, eleven] = ages.map(|of| mask(&ages, of));
        assert_eq!((young & older, older & rest, eleven & older, eleven & young), (young, 0, eleven, 0));
        let words = ["sex = 'f'", "sex in ('f', 'm')", "sex <> 'f'", "sex is missing"];
        let [f, both, not, missing] = words.map(|of| mask(&words, of));
        assert_eq!((f & both, f & not, missing & not, (f | not) & both), (f, 0, 0, both));
        let truth = ["yes", "not (yes)", "yes = 'unknown'"];
        let [yes, no, unknown] = truth.map(|of| mask(&truth, of));
        assert_eq!((yes & no, yes & unknown, unknown), (0, 0, MISSING));
        assert_eq!(test("a part of (x) is known"), None);
        assert_eq!(test("coalesce(a, 'b') = 'c'"), None);
    }
}
