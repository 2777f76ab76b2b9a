//! Everything that a reader can set up: how the numbers of all tables of a release add up, hold each
//! other, and follow each other, and which small numbers could be had from that.

use super::bounds::{Fact, Knowledge, Sum};
use super::definitions::{Definition, ROWS, Time, Who};
use super::published::{Cell, Key};
use std::collections::{BTreeMap, BTreeSet};

/// Which number of people: who, where, when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Address {
    of: String,
    from: String,
    by: String,
    holds: BTreeSet<String>,
    site: String,
    /// First and last day; the first is empty for all until the last.
    first: String,
    last: String,
}

/// A number of people.
#[derive(Debug, Clone)]
pub(super) struct Number {
    pub(super) address: Address,
    pub(super) adds_up: bool,
    /// What it is, which only the scoring knows.
    pub(super) truth: f64,
    /// The smallest number that may be shown of it.
    pub(super) threshold: f64,
    /// Who shows it.
    pub(super) cells: Vec<Key>,
    known: bool,
}

/// Something that must not be found.
pub(super) struct Target {
    pub(super) name: String,
    pub(super) sum: Sum,
    pub(super) truth: f64,
    pub(super) threshold: f64,
}

/// All numbers of a release, the facts about them, and what must not be found.
#[derive(Default)]
pub(super) struct Release {
    pub(super) numbers: Vec<Number>,
    by_address: BTreeMap<Address, usize>,
    by_cell: BTreeMap<(Key, bool), usize>,
    /// The cells whose numerator is a part of their denominator.
    shares: BTreeSet<Key>,
    facts: Vec<Fact>,
    derived: Vec<(String, Sum)>,
}

impl Release {
    /// Sets up what the definitions say of the cells. `truth` has the same cells with all figures;
    /// `is_known` says of which of them the reader has the figures.
    pub(super) fn of(
        definitions: &BTreeMap<String, Definition>,
        sensitive: &[String],
        truth: &BTreeMap<Key, Cell>,
        rows: &BTreeMap<String, f64>,
        threshold: f64,
        is_known: &dyn Fn(&Key) -> bool,
    ) -> Self {
        let mut out = Self::default();
        for (key, cell) in truth {
            let Some(definition) = definitions.get(&key[0]) else { continue };
            let of_column = key[3].split(" × ").any(|c| sensitive.iter().any(|s| s == c));
            let strict = of_column || definition.sensitive;
            let threshold = definition.excepted.unwrap_or(threshold);
            let threshold = if strict { threshold.max(10.0) } else { threshold };
            if definition.part {
                out.shares.insert(key.clone());
            }
            for (above, who, value) in [
                (true, above(definition, &key[3]), cell.numerator),
                (false, definition.below.clone(), cell.denominator.or(cell.n)),
            ] {
                let (Some(who), Some(value)) = (who, value) else { continue };
                let own = definition.own.as_ref().is_some_and(|own| own.0 == key[3]);
                let address = address(&who, key, cell, own && !above);
                let id = out.number(address, who.adds_up(), value, threshold, key);
                out.numbers[id].known |= is_known(key);
                out.by_cell.insert((key.clone(), above), id);
            }
        }
        out.cells_against_themselves(definitions, truth);
        out.categories_against_totals(truth);
        out.sites_against_all();
        out.periods_against_each_other();
        out.parts_against_wholes();
        out.all_against_rows(rows);
        out
    }

    fn number(
        &mut self,
        mut address: Address,
        adds_up: bool,
        truth: f64,
        threshold: f64,
        key: &Key,
    ) -> usize {
        if self.by_address.get(&address).is_some_and(|id| self.numbers[*id].truth != truth) {
            // Counted in another way after all.
            address.of.push_str(&format!(" in {}", key[0]));
        }
        let id = *self.by_address.entry(address.clone()).or_insert_with(|| {
            let cells = Vec::new();
            self.numbers.push(Number { address, adds_up, truth, threshold, cells, known: false });
            self.numbers.len() - 1
        });
        let number = &mut self.numbers[id];
        number.threshold = number.threshold.max(threshold);
        number.cells.push(key.clone());
        id
    }

    fn value(&self, sum: &Sum) -> f64 {
        sum.iter().map(|(id, a)| a * self.numbers[*id].truth).sum()
    }

    /// Something that a reader takes for granted, if it is true; where it is exact only with a rest,
    /// the rest is something to be found.
    fn adds_up(&mut self, name: &str, total: usize, parts: &[usize]) {
        let mut sum: Sum = vec![(total, 1.0)];
        sum.extend(parts.iter().map(|part| (*part, -1.0)));
        let exact = parts.iter().chain([&total]).all(|id| self.numbers[*id].adds_up);
        let rest = self.value(&sum);
        let overlapping = || sum.iter().map(|(id, a)| (*id, -a)).collect::<Sum>();
        if exact && rest == 0.0 {
            self.facts.push(Fact { sum, exact: true });
        } else if exact && rest > 0.0 {
            self.facts.push(Fact { sum: sum.clone(), exact: false });
            self.derived.push((format!("{name} (rest)"), sum));
        } else if rest <= 0.0 {
            let over = overlapping();
            self.facts.push(Fact { sum: over.clone(), exact: false });
            self.derived.push((format!("{name} (in several)"), over));
            for part in parts {
                self.holds(*part, total);
            }
        }
    }

    /// A number that is a part of another one.
    fn holds(&mut self, part: usize, whole: usize) {
        let sum = vec![(whole, 1.0), (part, -1.0)];
        if part != whole && self.value(&sum) >= 0.0 {
            self.facts.push(Fact { sum: sum.clone(), exact: false });
            let name = format!("{} less {}", self.name(whole), self.name(part));
            self.derived.push((name, sum));
        }
    }

    fn name(&self, id: usize) -> String {
        self.numbers[id].cells.first().map(|key| key.join("/")).unwrap_or_default()
    }

    /// Numerator, denominator, and the steps of a completion.
    fn cells_against_themselves(
        &mut self,
        definitions: &BTreeMap<String, Definition>,
        truth: &BTreeMap<Key, Cell>,
    ) {
        for key in truth.keys() {
            let Some(definition) = definitions.get(&key[0]) else { continue };
            let number = |key: &Key, above: bool| self.by_cell.get(&(key.clone(), above)).copied();
            if definition.part
                && let (Some(above), Some(below)) = (number(key, true), number(key, false))
            {
                self.holds(above, below);
            }
            let Some((name, parts, chain)) = definition.own.as_ref().filter(|_| key[3].is_empty()) else {
                continue;
            };
            let of = |category: &String| {
                let mut key = key.clone();
                (key[3], key[4]) = (name.clone(), category.clone());
                self.by_cell.get(&(key, true)).copied()
            };
            let parts: Option<Vec<usize>> = parts.iter().map(of).collect();
            let steps: Vec<Option<usize>> = chain.iter().map(of).collect();
            let below = self.by_cell.get(&(key.clone(), false)).copied();
            if let (Some(parts), Some(below)) = (parts, below) {
                self.adds_up(&key.join("/"), below, &parts);
            }
            for pair in steps.windows(2) {
                if let [Some(wide), Some(narrow)] = pair {
                    let sum = vec![(*wide, 1.0), (*narrow, -1.0)];
                    self.derived.push((format!("{} less the next step", self.name(*wide)), sum));
                }
            }
        }
    }

    fn categories_against_totals(&mut self, truth: &BTreeMap<Key, Cell>) {
        let mut groups: BTreeMap<(Key, Key), [Vec<usize>; 2]> = BTreeMap::new();
        for key in truth.keys().filter(|key| !key[3].is_empty()) {
            let columns: Vec<&str> = key[3].split(" × ").collect();
            let categories: Vec<&str> = key[4].split(" × ").collect();
            if columns.len() != categories.len() {
                continue;
            }
            // Against every margin: the total, and for a crossing each of its columns.
            for kept in 0..(1usize << columns.len()) - 1 {
                let chosen = |of: &[&str]| {
                    let kept = of.iter().enumerate().filter(|(at, _)| kept & (1 << at) != 0);
                    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" × ")
                };
                let mut total = key.clone();
                (total[3], total[4]) = (chosen(&columns), chosen(&categories));
                let mut table = key.clone();
                table[4] = String::new();
                for (at, above) in [true, false].into_iter().enumerate() {
                    let ids = [key, &total].map(|key| self.by_cell.get(&(key.clone(), above)).copied());
                    if let [Some(part), Some(whole)] = ids
                        && part != whole
                    {
                        groups.entry((total.clone(), table.clone())).or_default()[at].push(part);
                    }
                }
            }
        }
        for ((total, _), sides) in groups {
            for (parts, above) in sides.iter().zip([true, false]) {
                let own = parts
                    .iter()
                    .any(|id| self.numbers[*id].address.holds.iter().any(|h| h.starts_with("step = ")));
                if let (false, false, Some(whole)) =
                    (own, parts.is_empty(), self.by_cell.get(&(total.clone(), above)).copied())
                {
                    self.adds_up(&total.join("/"), whole, parts);
                }
            }
        }
    }

    fn sites_against_all(&mut self) {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (address, id) in &self.by_address {
            let all = Address { site: String::new(), ..address.clone() };
            if let Some(total) = self.by_address.get(&all).filter(|_| !address.site.is_empty()) {
                groups.entry(*total).or_default().push(*id);
            }
        }
        for (total, parts) in groups {
            self.adds_up(&format!("{} over sites", self.name(total)), total, &parts);
        }
    }

    fn periods_against_each_other(&mut self) {
        for line in self.lines() {
            let within: Vec<usize> =
                line.iter().copied().filter(|id| !self.numbers[*id].address.first.is_empty()).collect();
            let to_date: Vec<usize> =
                line.iter().copied().filter(|id| self.numbers[*id].address.first.is_empty()).collect();
            for total in &within {
                let address = self.numbers[*total].address.clone();
                if let Some(parts) = self.tiles(&within, &address.first, &address.last, *total) {
                    self.adds_up(&format!("{} over periods", self.name(*total)), *total, &parts);
                }
            }
            for pair in to_date.windows(2) {
                let [before, after] = [pair[0], pair[1]];
                self.holds(before, after);
                let days = |id: usize| self.numbers[id].address.last.clone();
                let between = self.tiles(&within, &next_day(&days(before)), &days(after), usize::MAX);
                if let Some(parts) = between {
                    let mut sum: Sum = vec![(after, 1.0), (before, -1.0)];
                    sum.extend(parts.iter().map(|part| (*part, -1.0)));
                    let rest = self.value(&sum);
                    if rest == 0.0 && self.numbers[after].adds_up {
                        self.facts.push(Fact { sum, exact: true });
                    } else if rest <= 0.0 {
                        // Who is new came in the period.
                        self.facts
                            .push(Fact { sum: sum.iter().map(|(id, a)| (*id, -a)).collect(), exact: false });
                    }
                }
            }
        }
    }

    /// Numbers that differ in nothing but their days, the earliest end first.
    fn lines(&self) -> Vec<Vec<usize>> {
        let mut lines: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
        for (address, id) in self.by_address.iter().filter(|(a, _)| !a.last.starts_with(OWN)) {
            let line = Address { first: String::new(), last: String::new(), ..address.clone() };
            lines.entry(line).or_default().push(*id);
        }
        let mut lines: Vec<Vec<usize>> = lines.into_values().collect();
        for line in &mut lines {
            line.sort_by_key(|id| {
                (self.numbers[*id].address.last.clone(), self.numbers[*id].address.first.clone())
            });
        }
        lines
    }

    /// Shorter stretches that make up a longer one without a gap, the shortest that fit.
    fn tiles(&self, of: &[usize], first: &str, last: &str, not: usize) -> Option<Vec<usize>> {
        let (mut at, mut out) = (first.to_owned(), Vec::new());
        loop {
            let fits = |id: &&usize| {
                let a = &self.numbers[**id].address;
                **id != not && a.first == at && a.last.as_str() <= last
            };
            let next = *of.iter().filter(fits).min_by_key(|id| self.numbers[**id].address.last.clone())?;
            out.push(next);
            if self.numbers[next].address.last == last {
                return (out.len() > 1 || not == usize::MAX).then_some(out);
            }
            at = next_day(&self.numbers[next].address.last);
        }
    }

    /// Those for whom more holds are among those for whom less does.
    fn parts_against_wholes(&mut self) {
        let mut groups: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
        for (address, id) in &self.by_address {
            groups.entry(Address { holds: BTreeSet::new(), ..address.clone() }).or_default().push(*id);
        }
        for group in groups.into_values() {
            for part in &group {
                for whole in &group {
                    let [less, more] = [*whole, *part].map(|id| self.numbers[id].address.holds.clone());
                    if less.len() < more.len() && less.is_subset(&more) {
                        self.holds(*part, *whole);
                    }
                }
            }
        }
    }

    /// No more rows count in all periods together than the manifest says of the source.
    fn all_against_rows(&mut self, rows: &BTreeMap<String, f64>) {
        for line in self.lines() {
            let address = self.numbers[line[0]].address.clone();
            let Some(kept) = rows.get(&address.from).filter(|_| address.of == ROWS) else { continue };
            let cells = Vec::new();
            self.numbers.push(Number {
                address,
                adds_up: true,
                truth: *kept,
                threshold: 0.0,
                cells,
                known: true,
            });
            let kept = self.numbers.len() - 1;
            let at_most = |parts: &[usize]| {
                let parts = parts.iter().map(|part| (*part, -1.0));
                Fact { sum: std::iter::once((kept, 1.0)).chain(parts).collect(), exact: false }
            };
            let mut ends = String::new();
            let mut parts = Vec::new();
            for id in &line {
                let a = &self.numbers[*id].address;
                if a.first.is_empty() {
                    self.facts.push(at_most(&[*id]));
                } else if a.first > ends {
                    ends.clone_from(&a.last);
                    parts.push(*id);
                }
            }
            self.facts.push(at_most(&parts));
        }
    }

    /// What adds up to zero for certain.
    pub(super) fn sums(&self) -> impl Iterator<Item = &Sum> {
        self.facts.iter().filter(|fact| fact.exact).map(|fact| &fact.sum)
    }

    /// The numbers of each cell that has any: of a part, that of the whole after it.
    pub(super) fn cells(&self) -> BTreeMap<&Key, Vec<usize>> {
        let mut cells: BTreeMap<&Key, Vec<usize>> = BTreeMap::new();
        for above in [true, false] {
            for ((key, side), id) in &self.by_cell {
                if *side == above {
                    cells.entry(key).or_default().push(*id);
                }
            }
        }
        cells
    }

    /// Whether the numerator of a cell is a part of its denominator.
    pub(super) fn is_share(&self, key: &Key) -> bool {
        self.shares.contains(key)
    }

    /// How many cells with numbers of people a reader has not got.
    pub(super) fn withheld(&self, is_known: &dyn Fn(&Key) -> bool) -> usize {
        self.cells().keys().filter(|key| !is_known(key)).count()
    }

    /// What a reader knows of this release, with what is known from others of the same addresses.
    pub(super) fn knowledge(&self, others: &BTreeMap<Address, f64>) -> Knowledge {
        let mut knowledge = Knowledge { facts: self.facts.clone(), ..Knowledge::default() };
        for (id, number) in self.numbers.iter().enumerate() {
            let before = others.get(&number.address).is_some_and(|value| *value == number.truth);
            if number.known || before {
                knowledge.known.insert(id, number.truth);
            }
        }
        knowledge
    }

    /// The numbers that a reader of this release knows.
    pub(super) fn known(&self) -> BTreeMap<Address, f64> {
        self.numbers.iter().filter(|n| n.known).map(|n| (n.address.clone(), n.truth)).collect()
    }

    /// Numbers that are known from both of two releases and differ by few.
    pub(super) fn changed_by_few(&self, others: &BTreeMap<Address, f64>) -> Vec<String> {
        let few = |(id, number): (usize, &Number)| {
            let change = (others.get(&number.address)? - number.truth).abs();
            let few = number.known && change > 0.0 && change < number.threshold;
            few.then(|| format!("{}: {change} more or less than before", self.name(id)))
        };
        self.numbers.iter().enumerate().filter_map(few).collect()
    }

    /// Small numbers: those that cells would show, and those that could be had from several.
    pub(super) fn targets(&self) -> Vec<Target> {
        let own = self.numbers.iter().enumerate().map(|(id, number)| Target {
            name: self.name(id),
            sum: vec![(id, 1.0)],
            truth: number.truth,
            threshold: number.threshold,
        });
        let derived = self.derived.iter().map(|(name, sum)| Target {
            name: name.clone(),
            sum: sum.clone(),
            truth: self.value(sum),
            threshold: sum.iter().map(|(id, _)| self.numbers[*id].threshold).fold(0.0, f64::max),
        });
        let small = |t: &Target| t.truth >= 1.0 && t.truth < t.threshold;
        own.chain(derived).filter(small).collect()
    }
}

/// How the last day of a number begins that periods cannot be compared by.
const OWN: &str = "own ";

fn above(definition: &Definition, dimension: &str) -> Option<Who> {
    match &definition.own {
        Some((name, _, _)) if name == dimension => definition.below.clone(),
        _ => definition.above.clone(),
    }
}

fn address(who: &Who, key: &Key, cell: &Cell, whole: bool) -> Address {
    let (first, last) = match who.time {
        Time::Within => (cell.first.clone(), cell.last.clone()),
        Time::ToDate => (String::new(), cell.last.clone()),
        Time::Own => (String::new(), format!("{OWN}{}", key[2])),
    };
    let mut holds = who.holds.clone();
    let columns: Vec<&str> = key[3].split(" × ").filter(|c| !c.is_empty() && !whole).collect();
    let step = |column: &str, category: &str| match column {
        "step" => format!("step = {category}"),
        _ => format!("{column} = '{category}'"),
    };
    holds.extend(columns.iter().zip(key[4].split(" × ")).map(|(column, category)| step(column, category)));
    let Who { of, from, by, .. } = who.clone();
    Address { of, from, by, holds, site: key[1].clone(), first, last }
}

fn next_day(day: &str) -> String {
    let next = day.parse::<jiff::civil::Date>().and_then(jiff::civil::Date::tomorrow);
    next.map(|day| day.to_string()).unwrap_or_default()
}
