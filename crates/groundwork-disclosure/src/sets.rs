//! Conditions on one column as sets of its values, so that numbers of people under different
//! conditions can be set against each other: `age < 10` lies within `age < 12`, and who is between
//! them is left when one is taken from the other; `part in ('a', 'b')` is made up of `a` and `b`.
//!
//! What is left has an address of its own, so that it is the same number however it is computed.

use crate::frame::Frame;
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
    Below {
        at: f64,
        included: bool,
    },
    Above {
        at: f64,
        included: bool,
    },
    Numbers(Vec<f64>),
    /// From a first number up to and without a second one.
    Range(f64, f64),
    Missing,
    There,
    Any(Vec<Test>),
    /// Of a column that is made from this one: the tests of each word, the first of which holds, and
    /// whether it is one that is asked for; and whether what has no word is.
    Made {
        words: Vec<(Vec<Test>, bool)>,
        none: bool,
    },
}

/// The words of a category that has no value.
const UNKNOWN: &str = "unknown";

/// What a condition says of a column, where it is of one of the plain forms in which the gate writes
/// conditions.
fn plain(condition: &str) -> Option<(&str, Test)> {
    let is_name = |name: &str| {
        let letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
        name.chars().all(letter) && name.chars().any(char::is_alphabetic)
    };
    if is_name(condition) {
        return Some((condition, Test::Words(vec!["true".into()])));
    }
    if let Some(inner) = condition.strip_suffix(" is known") {
        let (name, test) = plain(unwrapped(inner))?;
        return test.compares().then_some((name, Test::There));
    }
    if let Some((left, right)) = sides(condition, " or ") {
        let ((a, left), (b, right)) = (plain(left)?, plain(right)?);
        return (a == b).then_some((a, Test::Any(vec![left, right])));
    }
    if let Some(inner) = condition.strip_prefix("not (").and_then(|rest| rest.strip_suffix(')')) {
        return match plain(inner)? {
            (name, Test::Words(words)) if is_name(inner) && words.len() == 1 => {
                Some((name, Test::Words(vec!["false".into()])))
            }
            (name, Test::Words(words)) => Some((name, Test::Not(words))),
            _ => None,
        };
    }
    let (name, rest) = condition.split_once(' ')?;
    if !is_name(name) {
        return None;
    }
    let word = |text: &str| {
        let word = text.strip_prefix('\'')?.strip_suffix('\'')?;
        (!word.contains('\'')).then(|| word.to_owned())
    };
    let compared = |sign: &str, text: &str| -> Option<Test> {
        let day = text.parse::<jiff::civil::Date>().ok();
        let since = |day| day - jiff::civil::date(2000, 1, 1);
        let number = match day {
            Some(day) => f64::from(since(day).get_days()),
            None => text.parse().ok()?,
        };
        let test = match sign {
            "=" => Test::Numbers(vec![number]),
            "<" | "<=" => Test::Below { at: number, included: sign == "<=" },
            ">" | ">=" => Test::Above { at: number, included: sign == ">=" },
            _ => return None,
        };
        Some(if day.is_some() { test.whole() } else { test })
    };
    let test = match rest.split_once(' ') {
        _ if rest == "is missing" => Test::Missing,
        _ if rest == "is there" => Test::There,
        Some(("=", value)) if value.starts_with('\'') => Test::Words(vec![word(value)?]),
        Some(("<>", value)) => Test::Not(vec![word(value)?]),
        Some(("in", list)) => {
            let items: Vec<&str> = list.strip_prefix('(')?.strip_suffix(')')?.split(", ").collect();
            match items.iter().map(|item| word(item)).collect() {
                Some(words) => Test::Words(words),
                None => Test::Any(items.into_iter().map(|item| compared("=", item)).collect::<Option<_>>()?),
            }
        }
        Some((sign, value)) => compared(sign, value)?,
        None => return None,
    };
    Some((name, test))
}

/// The two sides of a condition about the first such word, ` or ` or ` and `, that stands in no
/// brackets and no text.
pub(crate) fn sides<'c>(condition: &'c str, word: &str) -> Option<(&'c str, &'c str)> {
    let (mut depth, mut quoted) = (0, false);
    for (at, c) in condition.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            ' ' if !quoted && depth == 0 => {
                if let Some(right) = condition.get(at..).and_then(|rest| rest.strip_prefix(word)) {
                    return Some((unwrapped(condition.get(..at)?), unwrapped(right)));
                }
            }
            _ => {}
        }
    }
    None
}

/// Without the brackets around it.
fn unwrapped(condition: &str) -> &str {
    let Some(inner) = condition.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else {
        return condition;
    };
    let (mut depth, mut quoted) = (0, false);
    for c in inner.chars() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return condition;
        }
    }
    inner
}

/// What a condition on a column of a population says, of the column that it is made from in the end.
fn test(condition: &str, population: &str, frame: &Frame) -> Option<(String, Test)> {
    resolved(condition, population, frame, 0)
}

fn resolved(condition: &str, population: &str, frame: &Frame, depth: usize) -> Option<(String, Test)> {
    let (name, test) = plain(condition)?;
    let key = (population.to_owned(), name.to_owned());
    if frame.whole.contains(&key) {
        return Some((key.1, test.whole()));
    }
    let Some(meaning) = frame.meanings.get(&key).filter(|_| depth < MOST_STEPS) else {
        return Some((key.1, test));
    };
    let every: Vec<String> = meaning.words.iter().map(|(word, _)| word.clone()).collect();
    let (asked, others): (&Vec<String>, bool) = match &test {
        Test::Words(words) => (words, false),
        Test::Not(words) => (words, true),
        Test::There => (&every, false),
        _ => return Some((key.1, test)),
    };
    let mut base: Option<String> = None;
    let mut words = Vec::new();
    for (word, conditions) in &meaning.words {
        let mut tests = Vec::new();
        for condition in conditions {
            let (column, test) = resolved(condition, population, frame, depth + 1)?;
            if base.get_or_insert_with(|| column.clone()) != &column {
                return Some((key.1, test));
            }
            tests.push(test);
        }
        words.push((tests, asked.contains(word) != others));
    }
    let none = !others && asked.iter().any(|word| word == UNKNOWN);
    Some((base?, Test::Made { words, none }))
}

/// Columns are made from columns that are made from others, up to so many steps.
const MOST_STEPS: usize = 4;

impl Test {
    /// Whether it compares a value, and so can be decided where there is one and nowhere else.
    fn compares(&self) -> bool {
        match self {
            Test::Missing | Test::There | Test::Made { .. } => false,
            Test::Any(tests) => tests.iter().all(Test::compares),
            Test::Words(_)
            | Test::Not(_)
            | Test::Below { .. }
            | Test::Above { .. }
            | Test::Numbers(_)
            | Test::Range(..) => true,
        }
    }

    /// The same of whole numbers: nothing lies between one and the next.
    fn whole(self) -> Self {
        let next = |at: f64| at.floor() + 1.0;
        match self {
            Test::Below { at, included } => {
                Test::Below { at: if included { next(at) } else { at.ceil() }, included: false }
            }
            Test::Above { at, included } => {
                Test::Above { at: if included { at.ceil() } else { next(at) }, included: true }
            }
            Test::Numbers(list) => {
                Test::Any(list.into_iter().map(|at| Test::Range(at.ceil(), next(at))).collect())
            }
            Test::Any(tests) => Test::Any(tests.into_iter().map(Test::whole).collect()),
            other => other,
        }
    }
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
        tests.for_each(|test| values.take(test));
        values.numbers.sort_by(f64::total_cmp);
        values.numbers.dedup();
        let mixed = !values.words.is_empty() && !values.numbers.is_empty();
        let many = values.words.len() + 2 * values.numbers.len() + 3 > MOST_VALUES;
        (!mixed && !many).then_some(values)
    }

    fn take(&mut self, test: &Test) {
        match test {
            Test::Words(words) | Test::Not(words) => {
                self.words.extend(words.iter().filter(|w| *w != UNKNOWN).cloned());
            }
            Test::Below { at, .. } | Test::Above { at, .. } => self.numbers.push(*at),
            Test::Numbers(numbers) => self.numbers.extend(numbers),
            Test::Range(from, to) => self.numbers.extend([*from, *to]),
            Test::Missing | Test::There => {}
            Test::Any(tests) => tests.iter().for_each(|test| self.take(test)),
            Test::Made { words, .. } => words.iter().flat_map(|(tests, _)| tests).for_each(|t| self.take(t)),
        }
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
            Test::Range(from, to) => numbers(&|number, _| number >= *from && number < *to),
            Test::Below { at, included } => {
                let below = |number: f64, own: bool| number < *at || (own && *included && number == *at);
                numbers(&below) | OTHERS
            }
            Test::Above { at, included } => {
                numbers(&|number, own| number > *at || (number == *at && (!own || *included)))
            }
            Test::Any(tests) => tests.iter().fold(0, |mask, test| mask | self.mask(test)),
            Test::Made { words, none } => {
                let (mut left, mut out) = (self.all(), 0);
                for (tests, asked) in words {
                    let holds = tests.iter().fold(self.all() & !MISSING, |mask, t| mask & self.mask(t));
                    if *asked {
                        out |= holds & left;
                    }
                    left &= !holds;
                }
                if *none { out | left } else { out }
            }
        }
    }

    /// A set of values in words that are the same whichever conditions it came from, and mean the same:
    /// what is left beside named values says which those are.
    fn name(&self, mask: Mask) -> String {
        let mut out = Vec::new();
        let has = |at: usize| mask & (1 << at) != 0;
        let quoted = |word: &String| format!("'{word}'");
        out.extend(has(0).then(|| UNKNOWN.to_owned()));
        out.extend(has(1).then(|| match self.numbers.first() {
            Some(first) => format!("below {first}"),
            None => {
                let words: Vec<String> = self.words.iter().map(quoted).collect();
                format!("others than ({})", words.join(", "))
            }
        }));
        let words = self.words.iter().enumerate().filter(|(at, _)| has(2 + at));
        out.extend(words.map(|(_, word)| quoted(word)));
        for (at, number) in self.numbers.iter().enumerate() {
            out.extend(has(2 + 2 * at).then(|| number.to_string()));
            out.extend(has(3 + 2 * at).then(|| match self.numbers.get(at + 1) {
                Some(next) => format!("between {number} and {next}"),
                None => format!("above {number}"),
            }));
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
    /// Whether no two of them overlap, but for the whole.
    disjoint: bool,
}

fn are_disjoint(masks: impl Iterator<Item = Mask>) -> bool {
    let (mut any, mut values) = (0, 0);
    masks.for_each(|mask| (any, values) = (any | mask, values + mask.count_ones()));
    any.count_ones() == values
}

/// The tests of a column that a number is of, and the number.
type Tested = (Vec<Test>, usize);

/// Every group with more than one number in it.
fn groups(matrix: &Matrix, frame: &Frame) -> Vec<Group> {
    let mut found: BTreeMap<(String, Address), Vec<Tested>> = BTreeMap::new();
    for (address, id) in matrix.addresses() {
        let population = address.population();
        let mut by_column: BTreeMap<String, Vec<(&String, Test)>> = BTreeMap::new();
        for condition in &address.conditions {
            if let Some((column, test)) = test(condition, population, frame) {
                by_column.entry(column).or_default().push((condition, test));
            }
        }
        for (column, tests) in by_column {
            let mut rest = address.clone();
            rest.conditions.retain(|condition| tests.iter().all(|(known, _)| *known != condition));
            let tests = tests.into_iter().map(|(_, test)| test).collect();
            found.entry((column, rest)).or_default().push((tests, id));
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
        let inner = sets.iter().map(|(mask, _)| *mask).filter(|mask| *mask != values.all());
        let disjoint = are_disjoint(inner);
        if sets.len() > 1 && (disjoint || sets.len() <= MOST_SETS) {
            out.push(Group { column, rest, values, sets, disjoint });
        }
    }
    out
}

/// Sets the numbers of every group against each other.
pub(crate) fn relate(matrix: &mut Matrix, frame: &Frame) {
    for group in groups(matrix, frame) {
        // Where no two overlap there is one way to make up the whole, whatever one begins with.
        let disjoint = group.disjoint;
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
    use crate::frame::Meaning;

    #[test]
    fn conditions_become_sets() {
        let frame = Frame {
            meanings: BTreeMap::from([
                (
                    ("s".to_owned(), "band".to_owned()),
                    Meaning {
                        words: vec![
                            ("0-9".into(), vec!["age >= 0".into(), "age < 10".into()]),
                            ("10-17".into(), vec!["age >= 10".into(), "age < 18".into()]),
                        ],
                    },
                ),
                (
                    ("s".to_owned(), "minor".to_owned()),
                    Meaning {
                        words: vec![("true".into(), vec!["age < 18".into()]), ("false".into(), vec![])],
                    },
                ),
            ]),
            whole: BTreeSet::from([("s".to_owned(), "age".to_owned())]),
            ..Frame::default()
        };
        let mask = |conditions: &[&str], of: &str| {
            let test = |condition: &str| test(condition, "s", &frame).unwrap().1;
            let tests: Vec<Test> = conditions.iter().map(|c| test(c)).collect();
            let values = Values::of(tests.iter()).unwrap();
            values.mask(&test(of))
        };
        let ages = ["age < 10", "age < 12", "age >= 12", "age = 11"];
        let [young, older, rest, eleven] = ages.map(|of| mask(&ages, of));
        assert_eq!((young & older, older & rest, eleven & older, eleven & young), (young, 0, eleven, 0));
        let words =
            ["sex = 'f'", "sex in ('f', 'm')", "sex <> 'f'", "sex is missing", "(sex = 'f') or (sex = 'm')"];
        let [f, both, not, missing, one] = words.map(|of| mask(&words, of));
        assert_eq!((f & both, f & not, missing & not, (f | not) & both, one), (f, 0, 0, both, both));
        let truth = ["yes", "not (yes)", "yes = 'unknown'"];
        let [yes, no, unknown] = truth.map(|of| mask(&truth, of));
        assert_eq!((yes & no, yes & unknown, unknown), (0, 0, MISSING));
        let bands = ["band = '0-9'", "band = '10-17'", "age <= 9", "age <= 17", "minor", "not (minor)"];
        let [young, older, nine, seventeen, minor, adult] = bands.map(|of| mask(&bands, of));
        assert_eq!((young & older, nine & young, nine & older), (0, young, 0));
        assert_eq!((seventeen, minor & adult, minor & older), (minor, 0, older));
        let known = ["sex = 'f'", "sex = 'f' is known", "sex <> 'f'", "sex is missing", "yes is known"];
        let [f, there, not, missing, _] = known.map(|of| mask(&known, of));
        assert_eq!((there, there & missing), (f | not, 0));
        let bands = ["band = '0-9'", "band = '10-17'", "band = '0-9' is known", "age >= 18"];
        let [young, older, known, adult] = bands.map(|of| mask(&bands, of));
        assert_eq!((known, known & adult), (young | older, 0));
        assert_eq!(test("sex is missing is known", "s", &frame), None);
        assert_eq!(test("(sex is missing) or (sex = 'f') is known", "s", &frame), None);
        assert_eq!(test("a part of (x) is known", "s", &frame), None);
        assert_eq!(test("coalesce(a, 'b') = 'c'", "s", &frame), None);
        assert_eq!(sides("(a = ' or ') or ((b) or (c))", " or "), Some(("a = ' or '", "(b) or (c)")));
    }
}
