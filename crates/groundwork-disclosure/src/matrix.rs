//! The joint matrix: every number of people that a run may publish, and how the numbers add up.
//!
//! A *quantity* is a number of people with an address: who is counted, under which conditions,
//! where and when. Cells of different indicators that publish the same number share a quantity. A
//! *relation* is a sum of quantities that is zero: a total less its parts. Where parts do not make
//! up a total, the rest is a quantity too, one that nobody publishes and everybody can compute:
//! people without a site, people in two quarters, people who did not answer.

use crate::cell::{Cell, CellKey, Counts, Finding};
use crate::counting::OWN_PARTS;
use crate::frame::{Counting, Frame};
use crate::shown::{By, Counted, address, amount, conditions_of, counted, whole};
use crate::{alternatives, sets};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// When those counted belong together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum When {
    /// From a first to a last day, both included.
    Days(Date, Date),
    /// A period that cannot be set against others.
    Moment(String),
}

impl When {
    /// All days.
    pub(crate) const EVER: When = When::Days(Date::MIN, Date::MAX);
}

/// Which number of people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address {
    pub(crate) of: String,
    pub(crate) conditions: BTreeSet<String>,
    pub(crate) site: String,
    pub(crate) when: When,
}

impl Address {
    /// The population that they are counted in.
    pub(crate) fn population(&self) -> &str {
        let after = self.of.split_once(" of ").map_or("", |(_, after)| after);
        after.split(' ').next().unwrap_or_default()
    }

    /// Whether they are counted in no source, but within an indicator of its own.
    pub(crate) fn is_of_an_indicator(&self) -> bool {
        match self.of.split_once(" of ") {
            Some((what, _)) => OWN_PARTS.contains(&what),
            None => true,
        }
    }
}

/// A number of people.
#[derive(Debug, Clone)]
pub(crate) struct Quantity {
    /// Which; missing for a rest that no cell publishes.
    pub(crate) address: Option<Address>,
    pub(crate) value: i64,
    /// The threshold of the strictest cell that shows it or that it can be computed from.
    pub(crate) threshold: i64,
    /// Whether nobody may find out that it is everybody or nobody.
    pub(crate) class: bool,
    /// Known to readers whatever this release does: from an earlier one, or nothing was recorded.
    pub(crate) given: bool,
    /// The cells that show it.
    pub(crate) cells: Vec<usize>,
    /// The relations that it is in, with its coefficient there.
    pub(crate) relations: Vec<(usize, i64)>,
}

impl Quantity {
    /// Whether readers must not find it out.
    pub(crate) fn is_protected(&self) -> bool {
        self.class || (self.value > 0 && self.value < self.threshold)
    }
}

/// Terms that add up to zero.
#[derive(Debug, Clone)]
pub(crate) struct Relation {
    pub(crate) terms: Vec<(usize, i64)>,
}

/// Every quantity and every relation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Matrix {
    pub(crate) quantities: Vec<Quantity>,
    pub(crate) relations: Vec<Relation>,
    /// The quantities that each cell shows.
    pub(crate) shown: Vec<Vec<usize>>,
    /// Totals and a category of them that holds everybody.
    pub(crate) everybody: Vec<(usize, usize)>,
    /// The first quantity of each cell.
    numerators: Vec<Option<usize>>,
    /// The amount of each cell that one person dominates somewhere.
    amounts: BTreeMap<usize, usize>,
    by_address: BTreeMap<Address, usize>,
    seen: BTreeSet<Vec<(usize, i64)>>,
}

/// The groups of people behind estimates, by the cell that stands for them.
pub(crate) type Groups = BTreeMap<CellKey, Vec<(Counting, u64)>>;

/// How the condition of the category `unknown` ends.
const UNKNOWN_CATEGORY: &str = " = 'unknown'";

/// Who is counted, under which conditions, at which site.
type Line = (String, BTreeSet<String>, String);

/// Numbers by the first and the last day that they are of.
type Spans = BTreeMap<(Date, Date), usize>;

/// The cells of one table: the parts of a total by the categories of a dimension.
type Tables = BTreeMap<(Address, String), Vec<(Vec<String>, usize)>>;

impl Matrix {
    /// The matrix of the cells of a run; `thresholds` has one entry a cell. It is whole with
    /// [`Self::with_rows`].
    /// `given` is what earlier releases published, as readers know it.
    /// `groups` are those behind estimates: first all of them, then what they fall into.
    pub(crate) fn of(
        cells: &[Cell],
        frame: &Frame,
        thresholds: &[i64],
        groups: &Groups,
        given: &[(Address, i64)],
    ) -> Self {
        let mut matrix = Matrix::default();
        let mut tables = Tables::new();
        for (at, cell) in cells.iter().enumerate() {
            let mut shown = Vec::new();
            if cell.people {
                let threshold = thresholds.get(at).copied().unwrap_or(1);
                let groups = groups.get(&cell.key).map(Vec::as_slice).unwrap_or_default();
                let groups = groups.iter().map(|(counting, people)| Counted {
                    counting: counting.clone(),
                    people: *people as f64,
                    by: By::Nothing,
                });
                let amount = amount(cell, frame);
                let of_people = counted(cell, frame).into_iter().chain(groups);
                for Counted { counting, people, by } in of_people.chain(amount) {
                    let Some(value) = whole(people) else { continue };
                    let is_amount = counting.of.starts_with("sum:");
                    let threshold = if is_amount { 0 } else { threshold };
                    let given = cell.finding == Finding::NoData;
                    let total = address(&counting, &cell.key, frame.measures.get(&cell.key.indicator));
                    let categories =
                        if by == By::Nothing { Vec::new() } else { conditions_of(&cell.key, frame) };
                    let mut own = total.clone();
                    own.conditions.extend(categories.iter().cloned());
                    let id = matrix.quantity(own, value, threshold, &cell.key.indicator);
                    if let Some(quantity) = matrix.quantities.get_mut(id) {
                        quantity.given |= given;
                        if !quantity.cells.contains(&at) {
                            quantity.cells.push(at);
                        }
                    }
                    shown.push(id);
                    if is_amount {
                        matrix.amounts.insert(at, id);
                    }
                    if by == By::Category && !categories.is_empty() {
                        let table = tables.entry((total, cell.key.dimension.clone())).or_default();
                        if !table.iter().any(|(_, known)| *known == id) {
                            table.push((categories, id));
                        }
                    }
                }
            }
            if cell.counts == Counts::Groups {
                matrix.relate_groups(&shown);
            }
            matrix.numerators.push(shown.first().copied());
            shown.sort_unstable();
            shown.dedup();
            matrix.shown.push(shown);
        }
        for (address, value) in given {
            let id = matrix.quantity(address.clone(), *value, 0, "earlier");
            if let Some(quantity) = matrix.quantities.get_mut(id) {
                quantity.given = true;
            }
        }
        matrix.relate_categories(&tables);
        matrix.relate_own_dimensions(cells, frame);
        sets::relate(&mut matrix, frame);
        alternatives::relate(&mut matrix);
        matrix.relate_nested_columns(frame);
        matrix.relate_sites();
        matrix.relate_periods();
        matrix
    }

    /// The whole matrix, where readers are told how many rows these sources have.
    #[must_use]
    pub(crate) fn with_rows(mut self, rows: &BTreeMap<Counting, u64>) -> Self {
        self.relate_all(rows);
        self.relate_conditions();
        self
    }

    /// The groups behind an estimate, where they make up all of its rows.
    fn relate_groups(&mut self, shown: &[usize]) {
        let Some((all, groups)) = shown.split_first() else { return };
        let sum: i64 = groups.iter().map(|id| self.value(*id)).sum();
        if groups.len() > 1 && sum == self.value(*all) && !groups.contains(all) {
            self.union(*all, groups);
        }
    }

    /// The categories of a dimension that an indicator itself has: some make up everyone together,
    /// and some lie within each other.
    fn relate_own_dimensions(&mut self, cells: &[Cell], frame: &Frame) {
        let mut unions = Vec::new();
        for cell in cells.iter().filter(|cell| cell.people && cell.key.dimension.is_empty()) {
            let measure = frame.measures.get(&cell.key.indicator);
            let Some(own) = measure.and_then(|m| m.own_dimension.as_ref()) else { continue };
            let total = address(&own.from, &cell.key, measure);
            let category = |name: &String| {
                let mut address = total.clone();
                let (dimension, category) = (own.name.clone(), name.clone());
                let key = CellKey { dimension, category, ..cell.key.clone() };
                address.conditions.extend(conditions_of(&key, frame));
                self.at(&address)
            };
            let parts: Option<Vec<usize>> = own.parts.iter().map(category).collect();
            if let (Some(total), Some(parts)) = (self.at(&total), parts) {
                unions.push((total, parts));
            }
            for step in own.chain.windows(2) {
                if let [Some(wide), Some(narrow)] = [&step[0], &step[1]].map(category) {
                    unions.push((wide, vec![narrow]));
                }
            }
        }
        for (total, parts) in unions {
            self.union(total, &parts);
        }
    }

    /// All rows of a source, which reports tell, and those that an evaluation asks for, against the
    /// stretches of days that they fall into.
    fn relate_all(&mut self, rows: &BTreeMap<Counting, u64>) {
        let lines = self.lines();
        let ever = self.by_address.iter().filter(|(address, _)| address.when == When::EVER);
        let ever: Vec<(Address, usize)> = ever.map(|(address, id)| (address.clone(), *id)).collect();
        for (line, spans) in lines.into_iter().filter(|(line, _)| line.2.is_empty()) {
            let of: String = line.0.split(' ').take(3).collect::<Vec<_>>().join(" ");
            let tilings = tilings(Date::MIN, Date::MAX, &spans, 2);
            let told = rows.iter().filter(|(all, _)| all.of == of && all.conditions.is_subset(&line.1));
            for known in told.filter_map(|(_, rows)| i64::try_from(*rows).ok()) {
                for tiles in &tilings {
                    self.at_most(known, tiles);
                }
            }
            let asked = ever.iter().filter(|(all, _)| all.of == of && all.conditions.is_subset(&line.1));
            for total in asked.map(|(_, id)| *id) {
                for tiles in tilings.iter().filter(|tiles| !tiles.contains(&total)) {
                    self.union(total, tiles);
                }
            }
        }
    }

    /// Parts that together are no more than a number that readers know. What is left is nothing that
    /// has to be protected: rows without a date, or of other times.
    fn at_most(&mut self, known: i64, parts: &[usize]) {
        let left = known - parts.iter().map(|part| self.value(*part)).sum::<i64>();
        if left >= 0 {
            let known = self.given(known);
            let left = self.rest(left, &[]);
            let mut terms = vec![(known, 1), (left, -1)];
            terms.extend(parts.iter().map(|part| (*part, -1)));
            self.add(terms);
        }
    }

    /// A number that readers know.
    fn given(&mut self, value: i64) -> usize {
        let id = self.rest(value, &[]);
        if let Some(quantity) = self.quantities.get_mut(id) {
            quantity.given = true;
        }
        id
    }

    fn quantity(&mut self, address: Address, value: i64, threshold: i64, indicator: &str) -> usize {
        let mut address = address;
        loop {
            match self.by_address.get(&address) {
                Some(id) => {
                    let known = self.quantities.get_mut(*id);
                    if let Some(known) = known.filter(|known| known.value == value) {
                        known.threshold = known.threshold.max(threshold);
                        return *id;
                    }
                    // Counted in another way after all: a quantity of its own.
                    address.of.push_str(" · ");
                    address.of.push_str(indicator);
                }
                None => {
                    let id = self.quantities.len();
                    self.by_address.insert(address.clone(), id);
                    self.quantities.push(Quantity {
                        address: Some(address),
                        value,
                        threshold,
                        class: false,
                        given: false,
                        cells: Vec::new(),
                        relations: Vec::new(),
                    });
                    return id;
                }
            }
        }
    }

    /// The quantity with this address.
    pub(crate) fn at(&self, address: &Address) -> Option<usize> {
        self.by_address.get(address).copied()
    }

    /// Every address with its quantity.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = (&Address, usize)> {
        self.by_address.iter().map(|(address, id)| (address, *id))
    }

    pub(crate) fn value(&self, id: usize) -> i64 {
        self.quantities.get(id).map_or(0, |q| q.value)
    }

    /// What is left of some numbers; of none, it is nothing that has to be protected.
    fn rest(&mut self, value: i64, of: &[usize]) -> usize {
        let threshold = of.iter().filter_map(|id| self.quantities.get(*id)).map(|q| q.threshold).max();
        self.quantities.push(Quantity {
            address: None,
            value,
            threshold: threshold.unwrap_or(0),
            class: false,
            given: false,
            cells: Vec::new(),
            relations: Vec::new(),
        });
        self.quantities.len() - 1
    }

    /// What is left of some numbers, with an address, so that it is the same wherever it is left.
    pub(crate) fn rest_at(&mut self, address: Address, value: i64, of: &[usize]) -> usize {
        let threshold = of.iter().filter_map(|id| self.quantities.get(*id)).map(|q| q.threshold).max();
        self.quantity(address, value, threshold.unwrap_or(0), "rest")
    }

    pub(crate) fn add(&mut self, mut terms: Vec<(usize, i64)>) {
        terms.sort_unstable();
        if !self.seen.insert(terms.clone()) {
            return;
        }
        let id = self.relations.len();
        for (quantity, a) in &terms {
            if let Some(quantity) = self.quantities.get_mut(*quantity) {
                quantity.relations.push((id, *a));
            }
        }
        self.relations.push(Relation { terms });
    }

    /// A total and its parts. Parts that overlap give away how many are in several, and who is in
    /// no other part; parts that fall short give away the rest.
    pub(crate) fn union(&mut self, total: usize, parts: &[usize]) {
        let sum: i64 = parts.iter().map(|part| self.value(*part)).sum();
        let gap = self.value(total) - sum;
        let mut terms = vec![(total, 1)];
        terms.extend(parts.iter().map(|part| (*part, -1)));
        let everyone: Vec<usize> = parts.iter().copied().chain([total]).collect();
        // That one part is everybody is for readers to find out; several parts are known to be all.
        let alone = parts.len() == 1;
        if gap == 0 && !alone {
            self.add(terms);
            return;
        }
        if gap < 0 && alone {
            return;
        }
        let key = {
            let mut key = terms.clone();
            key.sort_unstable();
            key.push((usize::MAX, 0));
            key
        };
        if !self.seen.insert(key) {
            return;
        }
        if gap >= 0 {
            let rest = self.rest(gap, &everyone);
            terms.push((rest, -1));
            self.add(terms);
            return;
        }
        let overlap = self.rest(-gap, &everyone);
        terms.push((overlap, 1));
        self.add(terms);
        for part in parts {
            let elsewhere = self.value(total) - self.value(*part);
            if elsewhere >= 0 {
                let elsewhere = self.rest(elsewhere, &everyone);
                self.add(vec![(total, 1), (*part, -1), (elsewhere, -1)]);
            }
        }
    }

    /// The categories of a dimension make up the total; those of a crossing make up every margin.
    fn relate_categories(&mut self, tables: &Tables) {
        for ((total, _), parts) in tables {
            let depth = parts.first().map_or(0, |(categories, _)| categories.len()).min(4);
            for kept in 0..(1usize << depth) - 1 {
                let mut margins: BTreeMap<Vec<&String>, Vec<usize>> = BTreeMap::new();
                for (categories, id) in parts {
                    let margin = categories.iter().enumerate().filter(|(at, _)| kept & (1 << at) != 0);
                    margins.entry(margin.map(|(_, category)| category).collect()).or_default().push(*id);
                }
                for (margin, ids) in margins {
                    let mut address = total.clone();
                    address.conditions.extend(margin.into_iter().cloned());
                    let Some(total) = self.by_address.get(&address).copied() else { continue };
                    self.union(total, &ids);
                    for (categories, id) in parts.iter().filter(|(_, id)| ids.contains(id)) {
                        let everybody = self.value(total) > 0 && self.value(*id) == self.value(total);
                        let known = !categories.iter().any(|c| c.ends_with(UNKNOWN_CATEGORY));
                        if everybody && known && ids.len() > 1 {
                            self.everybody.push((total, *id));
                        }
                    }
                }
            }
        }
    }

    /// Districts within provinces: the coarse category is made up of its fine ones.
    fn relate_nested_columns(&mut self, frame: &Frame) {
        for nesting in &frame.nestings {
            let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for (fine, coarse) in &nesting.within {
                let fine = Counting::category(&nesting.fine, fine);
                let coarse = Counting::category(&nesting.coarse, coarse);
                for (address, id) in &self.by_address {
                    if address.conditions.contains(&fine) && !address.conditions.contains(&coarse) {
                        let mut above = address.clone();
                        above.conditions.remove(&fine);
                        above.conditions.insert(coarse.clone());
                        if let Some(total) = self.by_address.get(&above) {
                            parts.entry(*total).or_default().push(*id);
                        }
                    }
                }
            }
            for (total, parts) in parts {
                self.union(total, &parts);
            }
        }
    }

    fn relate_sites(&mut self) {
        let mut groups: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
        for (address, id) in &self.by_address {
            if !address.site.is_empty() {
                groups.entry(Address { site: String::new(), ..address.clone() }).or_default().push(*id);
            }
        }
        for (total, parts) in groups {
            if let Some(total) = self.by_address.get(&total).copied() {
                self.union(total, &parts);
            }
        }
    }

    /// Longer stretches of days against the shorter ones that they are made of.
    fn relate_periods(&mut self) {
        for spans in self.lines().into_values().filter(|spans| spans.len() > 1) {
            for ((first, last), total) in &spans {
                for tiles in tilings(*first, *last, &spans, 1) {
                    self.union(*total, &tiles);
                }
            }
        }
    }

    /// Numbers that differ in nothing but the days that they are of.
    fn lines(&self) -> BTreeMap<Line, Spans> {
        let mut lines: BTreeMap<Line, Spans> = BTreeMap::new();
        for (address, id) in &self.by_address {
            if let When::Days(first, last) = address.when {
                let line = (address.of.clone(), address.conditions.clone(), address.site.clone());
                lines.entry(line).or_default().insert((first, last), *id);
            }
        }
        lines
    }

    /// Those for whom more holds are a part of those for whom less does. Only the next wider ones
    /// are looked at, between which and them there are none: the others follow from them.
    fn relate_conditions(&mut self) {
        let mut pairs = Vec::new();
        for (address, part) in &self.by_address {
            let conditions: Vec<&String> = address.conditions.iter().collect();
            let most = if conditions.len() > MANY_CONDITIONS { 2 } else { conditions.len() };
            let mut next: Vec<Vec<usize>> = Vec::new();
            for left_out in 1..=most {
                subsets(conditions.len(), left_out, &mut |without: &[usize]| {
                    if next.iter().any(|found| found.iter().all(|at| without.contains(at))) {
                        return;
                    }
                    let mut wider = address.clone();
                    for at in without {
                        if let Some(condition) = conditions.get(*at) {
                            wider.conditions.remove(*condition);
                        }
                    }
                    if let Some(whole) = self.by_address.get(&wider) {
                        pairs.push((*whole, *part));
                        next.push(without.to_vec());
                    }
                });
            }
        }
        for (whole, part) in pairs {
            if !self.are_related(whole, part) {
                self.union(whole, &[part]);
            }
        }
    }

    fn are_related(&self, a: usize, b: usize) -> bool {
        let of = |id: usize| self.quantities.get(id).map(|q| q.relations.as_slice()).unwrap_or_default();
        of(b).iter().any(|(relation, _)| of(a).iter().any(|(other, _)| other == relation))
    }

    /// The number of people in the numerator of a cell.
    pub(crate) fn numerator(&self, cell: usize) -> Option<usize> {
        self.numerators.get(cell).copied().flatten()
    }

    /// The amount of a cell, where it is set against others.
    pub(crate) fn amount(&self, cell: usize) -> Option<usize> {
        self.amounts.get(&cell).copied()
    }

    /// Those in the denominator of a cell who are not in its numerator.
    pub(crate) fn complement(&self, cell: usize) -> Option<usize> {
        let shown = self.shown.get(cell)?;
        let rest = |id: &usize| self.quantities.get(*id).is_some_and(|q| q.cells.is_empty() && !q.given);
        let quantities = shown.iter().filter_map(|id| self.quantities.get(*id));
        let mut near: Vec<usize> =
            quantities.flat_map(|quantity| &quantity.relations).map(|(relation, _)| *relation).collect();
        near.sort_unstable();
        near.iter().filter_map(|at| self.relations.get(*at)).find_map(|relation| {
            match relation.terms.as_slice() {
                [(a, _), (b, _), (c, _)] if rest(c) && shown.contains(a) && shown.contains(b) => Some(*c),
                _ => None,
            }
        })
    }
}

/// Beyond so many conditions, only one or two are left out to find those for whom less holds.
const MANY_CONDITIONS: usize = 10;

/// Every way to choose `size` of `n`, in order.
fn subsets(n: usize, size: usize, take: &mut impl FnMut(&[usize])) {
    let mut chosen: Vec<usize> = (0..size).collect();
    if size > n {
        return;
    }
    loop {
        take(&chosen);
        let Some(at) = (0..size).rev().find(|at| chosen.get(*at).is_some_and(|c| *c < n - size + at)) else {
            return;
        };
        let first = chosen.get(at).map_or(0, |c| c + 1);
        for (step, place) in chosen.iter_mut().skip(at).enumerate() {
            *place = first + step;
        }
    }
}

/// Ways to make a stretch of days up from shorter ones, with few gaps: from the shortest pieces, and
/// from the longest.
fn tilings(first: Date, last: Date, spans: &Spans, most_gaps: usize) -> Vec<Vec<usize>> {
    let inside: Vec<((Date, Date), usize)> = spans
        .iter()
        .filter(|((from, to), _)| *from >= first && *to <= last && (*from, *to) != (first, last))
        .map(|(span, id)| (*span, *id))
        .collect();
    let mut out: Vec<Vec<usize>> = Vec::new();
    for longest in [false, true] {
        let (mut at, mut gaps, mut tiles) = (first, 0, Vec::new());
        let mut done = false;
        while !done {
            let next = inside.iter().filter(|((from, _), _)| *from >= at);
            let next = match longest {
                false => next.min_by_key(|((from, to), _)| (*to, std::cmp::Reverse(*from))),
                true => next.min_by_key(|((from, to), _)| (*from, std::cmp::Reverse(*to))),
            };
            let Some(((from, to), id)) = next else { break };
            gaps += usize::from(*from > at);
            tiles.push(*id);
            match to.tomorrow() {
                Ok(day) if *to < last => at = day,
                _ => done = true,
            }
        }
        gaps += usize::from(!done);
        if gaps <= most_gaps && !tiles.is_empty() && !out.contains(&tiles) {
            out.push(tiles);
        }
    }
    out
}
