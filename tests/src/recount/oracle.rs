//! The oracle: every cell of a programme counted again by plain loops over its rows, written from
//! the reference page and not from the program. Slow, and short enough to be read beside the page.

use super::draw::categories;
use super::programme::{Indicator, Kind, Measure, MeasureOf, Programme, Source, Span, period_by};
use super::row::{
    Condition, Missing, ONE, Row, Value, amount, day, days_between, month_of, months_later, word,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Indicator, site, period, dimension, category; all sites together are the empty site.
pub(super) type Key = (String, String, String, String, String);

/// What a cell of `indicators.csv` should say.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expected {
    pub(super) numerator: f64,
    /// Nothing for counts, which have none.
    pub(super) denominator: Option<f64>,
    pub(super) finding: Finding,
    /// The period was not over, or the site opened in it.
    pub(super) partial: bool,
    /// The program may refuse the cell, as its value has no interval.
    pub(super) may_be_refused: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Finding {
    Value(f64),
    /// At least and at most.
    Bounds(f64, f64),
    NoData,
    Undefined(&'static str),
}

/// Something that counts: a row, or a person put together from rows.
struct Unit {
    above: f64,
    below: f64,
    /// The category of each column.
    categories: BTreeMap<&'static str, String>,
    cluster: Option<String>,
}

/// What is looked at: the rows of each source that count, and one site and period.
struct Place<'a> {
    programme: &'a Programme,
    counted: &'a BTreeMap<&'static str, Vec<Row>>,
    indicator: &'a Indicator,
    site: Option<&'a str>,
    span: &'a Span,
}

/// Every cell that the programme promises.
pub(super) fn cells(programme: &Programme) -> BTreeMap<Key, Expected> {
    let counted: BTreeMap<&'static str, Vec<Row>> =
        programme.sources.iter().map(|source| (source.id, counted_rows(programme, source))).collect();
    let mut out = BTreeMap::new();
    for indicator in &programme.indicators {
        let spans = indicator.periods.as_ref().map_or(&programme.periods, |(_, spans)| spans);
        let sites = std::iter::once(None).chain(programme.sites.iter().map(|s| Some(s.id)));
        for site in sites {
            for span in spans.iter().filter(|span| span.site.is_none() || span.site == site) {
                let place = Place { programme, counted: &counted, indicator, site, span };
                place.cells(&mut out);
            }
        }
    }
    out
}

/// The rows that count: received by then, kept, complete, and the first of their name.
fn counted_rows(programme: &Programme, source: &Source) -> Vec<Row> {
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for written in &source.rows {
        let mut row: Row = Row::new();
        for (name, cell) in written {
            if let Some(value) = &cell.value {
                row.insert(name, value.clone());
            }
        }
        if source.id == "visits" {
            derive(&mut row);
        }
        let is_late = source.received && day(&row, "received").is_some_and(|d| d > programme.as_of);
        let is_kept = source.keep.as_ref().is_none_or(|keep| keep.of(&row, programme.as_of) == Some(true));
        let is_complete = source.required.is_none_or(|column| row.contains_key(column));
        if is_late || !is_kept || !is_complete {
            continue;
        }
        let name = source.unique.and_then(|column| row.get(column).cloned());
        if name.is_none_or(|name| seen.insert(name)) {
            out.push(row);
        }
    }
    out
}

fn derive(row: &mut Row) {
    let held = day(row, "held");
    if let (Some(born), Some(held)) = (day(row, "born"), held) {
        let had_birthday = (held.month(), held.day()) >= (born.month(), born.day());
        let age = i32::from(held.year() - born.year()) - i32::from(!had_birthday);
        let band = match age {
            ..0 => None,
            0..=9 => Some("0-9"),
            10..=17 => Some("10-17"),
            _ => Some("18+"),
        };
        row.extend(band.map(|band| ("age", Value::Word(band.into()))));
    }
    if let Some(minutes) = amount(row, "minutes") {
        let band = if minutes < 10 * ONE {
            "<10"
        } else if minutes < 60 * ONE {
            "10-59"
        } else {
            "60+"
        };
        row.insert("length", Value::Word(band.into()));
    }
}

impl Place<'_> {
    fn rows(&self, source: &str) -> &[Row] {
        &self.counted[source]
    }

    /// The last day of the period that had passed when the exports were taken.
    fn observed_to(&self) -> Date {
        self.span.last.min(self.programme.as_of)
    }

    fn is_here(&self, row: &Row) -> bool {
        self.site.is_none_or(|site| word(row, "site").as_deref() == Some(site))
    }

    fn is_now(&self, row: &Row, column: &str, to_date: bool) -> bool {
        day(row, column).is_some_and(|d| d <= self.span.last && (to_date || d >= self.span.first))
    }

    fn passes(&self, filter: Option<&Condition>, row: &Row) -> bool {
        filter.is_none_or(|filter| filter.of(row, self.span.last) == Some(true))
    }

    /// The rows of the indicator's source at this site and time.
    fn here_and_now(&self) -> impl Iterator<Item = &Row> {
        let from = self.indicator.kind.from();
        let (by, to_date) = (period_by(from), self.indicator.to_date);
        self.rows(from).iter().filter(move |row| self.is_here(row) && self.is_now(row, by, to_date))
    }

    /// Those of them for which `where` holds.
    fn taken(&self) -> impl Iterator<Item = &Row> {
        self.here_and_now().filter(|row| self.passes(self.indicator.filter.as_ref(), row))
    }

    fn columns(&self) -> BTreeSet<&'static str> {
        self.indicator.dimensions.iter().flatten().copied().collect()
    }

    /// The categories of a row.
    fn of_row(&self, row: &Row) -> BTreeMap<&'static str, String> {
        let category = |column| word(row, column).unwrap_or_else(|| "unknown".into());
        self.columns().into_iter().map(|column| (column, category(column))).collect()
    }

    /// The categories of a person: the only one in all of their rows that count, or unknown.
    fn of_person(&self, source: &str, column: &str, person: &str) -> BTreeMap<&'static str, String> {
        let theirs = |row: &&Row| word(row, column).as_deref() == Some(person);
        let only = |by: &str| {
            let rows = self.rows(source).iter().filter(theirs);
            let known: BTreeSet<String> = rows.filter_map(|row| word(row, by)).collect();
            if known.len() == 1 { known.into_iter().next() } else { None }
        };
        let category = |by: &'static str| only(by).unwrap_or_else(|| "unknown".into());
        self.columns().into_iter().map(|by| (by, category(by))).collect()
    }

    fn row_unit(&self, row: &Row, above: f64, below: f64) -> Unit {
        Unit { above, below, categories: self.of_row(row), cluster: None }
    }

    fn person_unit(&self, source: &str, column: &str, person: &str, above: f64, below: f64) -> Unit {
        Unit { above, below, categories: self.of_person(source, column, person), cluster: None }
    }

    /// One unit for each row that has a number.
    fn numbers(&self, of: impl Fn(&Row) -> Option<f64>) -> Vec<Unit> {
        self.taken().filter_map(|row| Some(self.row_unit(row, of(row)?, 1.0))).collect()
    }

    /// One unit for each different person, with the cluster that they first appear with.
    fn people<'r>(
        &self,
        rows: impl Iterator<Item = &'r Row>,
        source: &str,
        column: &str,
        cluster: Option<&str>,
        (above, below): (f64, f64),
    ) -> Vec<Unit> {
        let mut rows: Vec<&Row> = rows.collect();
        rows.sort_by_key(|row| day(row, period_by(source)));
        let mut first: BTreeMap<String, Option<String>> = BTreeMap::new();
        for row in rows {
            let with = cluster.and_then(|cluster| word(row, cluster));
            if let Some(person) = word(row, column).filter(|_| cluster.is_none() || with.is_some()) {
                first.entry(person).or_insert(with);
            }
        }
        let unit = |(person, cluster): (String, Option<String>)| Unit {
            cluster,
            ..self.person_unit(source, column, &person, above, below)
        };
        first.into_iter().map(unit).collect()
    }

    /// The units of one side of a ratio.
    fn side(&self, measure: &Measure, sides: (f64, f64)) -> Vec<Unit> {
        let rows = self.rows(measure.from).iter().filter(|row| {
            self.is_here(row)
                && self.is_now(row, period_by(measure.from), measure.to_date)
                && self.passes(measure.filter.as_ref(), row)
        });
        let unit = |row: &Row, number: f64| {
            let cluster = measure.cluster.map(|cluster| word(row, cluster));
            // With clusters, a row without one does not count.
            let counts = cluster.as_ref().is_none_or(Option::is_some);
            let unit = self.row_unit(row, sides.0 * number, sides.1 * number);
            counts.then_some(Unit { cluster: cluster.flatten(), ..unit })
        };
        match &measure.of {
            MeasureOf::Rows => rows.filter_map(|row| unit(row, 1.0)).collect(),
            MeasureOf::Sum(number) => {
                let of = |row: &Row| number.of(Missing::SkipIfAny, row).map(decimal);
                rows.filter_map(|row| unit(row, of(row)?)).collect()
            }
            MeasureOf::Distinct(column) => self.people(rows, measure.from, column, measure.cluster, sides),
        }
    }

    /// What counts, and by the dimension that the kind itself has, what counts there.
    fn units(&self) -> (Vec<Unit>, Vec<(&'static str, Vec<Unit>)>) {
        let indicator = self.indicator;
        let missing = indicator.missing;
        let number = |of: super::row::Number| move |row: &Row| of.of(missing, row).map(decimal);
        let units = match &indicator.kind {
            Kind::Count => self.taken().map(|row| self.row_unit(row, 1.0, 0.0)).collect(),
            Kind::DistinctCount => self.people(self.taken(), "visits", "who", None, (1.0, 0.0)),
            Kind::Sum(of) | Kind::Mean(of) | Kind::Median(of) | Kind::Quantile(of, _) => {
                self.numbers(number(*of))
            }
            Kind::Proportion(holds) => {
                let share =
                    |row: &Row| holds.under(missing, row, self.span.last).map(|h| f64::from(u8::from(h)));
                self.numbers(share)
            }
            Kind::ProportionOfPeople(holds) => {
                let mut people: BTreeMap<String, bool> = BTreeMap::new();
                for row in self.taken() {
                    let decided = holds.under(missing, row, self.span.last);
                    if let (Some(person), Some(decided)) = (word(row, "who"), decided) {
                        *people.entry(person).or_default() |= decided;
                    }
                }
                let unit = |(person, holds): (String, bool)| {
                    self.person_unit("visits", "who", &person, f64::from(u8::from(holds)), 1.0)
                };
                people.into_iter().map(unit).collect()
            }
            Kind::Ratio(above, below) => {
                let mut units = self.side(above, (1.0, 0.0));
                units.extend(self.side(below, (0.0, 1.0)));
                units
            }
            Kind::Rate { events, exposed, .. } => {
                let mut units = self.side(events, (1.0, 0.0));
                for row in self.rows("people") {
                    let Some(joined) = day(row, "joined") else { continue };
                    let end = self.observed_to().tomorrow().expect("a day after");
                    let end = day(row, "left").map_or(end, |left| left.min(end));
                    let days = days_between(joined.max(self.span.first), end);
                    if days > 0 && self.is_here(row) && self.passes(exposed.as_ref(), row) {
                        units.push(self.row_unit(row, 0.0, days as f64));
                    }
                }
                units
            }
            Kind::Index(items) => self.numbers(|row| index(items, missing, row)),
            Kind::Stock { carry } => self.stocks(*carry),
            Kind::Change => self.numbers(|row| Some(decimal(amount(row, "after")? - amount(row, "before")?))),
            Kind::Union => self.numbers(|row| amount(row, "followers").map(decimal)),
            Kind::Concentration { .. } => {
                self.people(self.taken(), "visits", "who", Some("leader"), (1.0, 0.0))
            }
            Kind::Sustained { holds, months } => self.families(holds, *months as i32),
            Kind::Completion { steps, exits, within } => return self.cohort(steps, exits, *within as i32),
            Kind::Cascade => return self.generations(),
            Kind::Derived(..) => Vec::new(),
        };
        (units, Vec::new())
    }

    /// The last number of each key and site.
    fn stocks(&self, carry: u32) -> Vec<Unit> {
        let end = self.observed_to();
        let oldest = months_later(end, -(carry as i32));
        let mut last: BTreeMap<(String, Option<String>), &Row> = BTreeMap::new();
        for row in self.rows("figures").iter().filter(|row| self.is_here(row)) {
            let (Some(page), Some(held)) = (word(row, "page"), day(row, "held")) else { continue };
            let is_fresh = held <= end && held > oldest && amount(row, "followers").is_some();
            if !is_fresh || !self.passes(self.indicator.filter.as_ref(), row) {
                continue;
            }
            let known = last.entry((page, word(row, "site"))).or_insert(row);
            // Of two numbers of one day the one further down counts.
            if day(known, "held") <= Some(held) {
                *known = row;
            }
        }
        let unit = |row: &&Row| self.row_unit(row, amount(row, "followers").map_or(0.0, decimal), 1.0);
        last.values().map(unit).collect()
    }

    fn families(&self, holds: &Condition, needed: i32) -> Vec<Unit> {
        // The last month that was over.
        let last = month_of(self.observed_to().tomorrow().expect("a day after")) - 1;
        let mut families: BTreeMap<String, BTreeMap<i32, bool>> = BTreeMap::new();
        for row in self.rows("months").iter().filter(|row| self.is_here(row)) {
            let (Some(family), Some(month)) = (word(row, "family"), day(row, "month")) else { continue };
            if self.passes(self.indicator.filter.as_ref(), row) {
                let of_month = families.entry(family).or_default().entry(month_of(month)).or_default();
                *of_month |= holds.of(row, self.span.last) == Some(true);
            }
        }
        let mut units = Vec::new();
        for (family, months) in families {
            let first = *months.keys().next().expect("a month");
            if first > last {
                continue;
            }
            let holds_for = |end: i32| (end - needed + 1..=end).all(|m| months.get(&m) == Some(&true));
            let reached = months.keys().any(|month| *month <= last && holds_for(*month));
            let long_enough = last - first + 1 >= needed;
            let (above, below) =
                (f64::from(u8::from(long_enough && reached)), f64::from(u8::from(long_enough)));
            units.push(self.person_unit("months", "family", &family, above, below));
        }
        units
    }

    fn cohort(
        &self,
        steps: &[&'static str],
        exits: &[&'static str],
        within: i32,
    ) -> (Vec<Unit>, Vec<(&'static str, Vec<Unit>)>) {
        let done = steps.last().expect("a step");
        let mut units = Vec::new();
        let mut own: Vec<(&'static str, Vec<Unit>)> =
            steps.iter().copied().chain(["exited", "waiting"]).map(|name| (name, Vec::new())).collect();
        for row in self.rows("cases").iter().filter(|row| self.is_here(row)) {
            let Some(entered) = day(row, "entered").filter(|d| *d <= self.observed_to()) else { continue };
            let due = months_later(entered, within);
            let belongs = self.indicator.to_date || due >= self.span.first;
            if !belongs || !self.passes(self.indicator.filter.as_ref(), row) {
                continue;
            }
            // Who has not had the time is in neither.
            let mature = due <= self.observed_to();
            let in_time = |column: &str| day(row, column).is_some_and(|d| d <= due);
            let unit = |holds: bool| {
                self.row_unit(row, f64::from(u8::from(mature && holds)), f64::from(u8::from(mature)))
            };
            units.push(unit(in_time(done)));
            let left = exits.iter().any(|exit| in_time(exit));
            for (name, of_step) in &mut own {
                let holds = match *name {
                    "exited" => left && !in_time(done),
                    "waiting" => !left && !in_time(done),
                    step => in_time(step),
                };
                of_step.push(unit(holds));
            }
        }
        (units, own)
    }

    fn generations(&self) -> (Vec<Unit>, Vec<(&'static str, Vec<Unit>)>) {
        let people = || self.people(self.taken(), "visits", "who", None, (1.0, 0.0));
        let own = ["1", "2", "3+", "unknown"].map(|generation| {
            let led = self.taken().filter(|row| {
                let leader = word(row, "leader");
                leader.map_or("unknown", |leader| self.generation(&leader)) == generation
            });
            (generation, self.people(led, "visits", "who", None, (1.0, 0.0)))
        });
        (people(), own.into())
    }

    /// Up the tree, step by step; whoever steps more often than there are people runs in a circle.
    fn generation(&self, leader: &str) -> &'static str {
        let rows = self.rows("people");
        let mut person = leader.to_owned();
        for step in 0..=rows.len() {
            let theirs = rows.iter().filter(|row| word(row, "person").as_deref() == Some(&person));
            let theirs: Vec<&Row> = theirs.collect();
            if theirs.is_empty() {
                return "unknown";
            }
            let trainers: BTreeSet<String> =
                theirs.iter().filter_map(|row| word(row, "trained_by")).collect();
            let mut trainers = trainers.into_iter();
            match (trainers.next(), trainers.next()) {
                (None, _) => return ["1", "2", "3+"][step.min(2)],
                (Some(trainer), None) => person = trainer,
                (Some(_), Some(_)) => return "unknown",
            }
        }
        "unknown"
    }

    /// Whether anything was recorded at this site and time that could have counted.
    fn recorded(&self, units: &[Unit]) -> bool {
        match &self.indicator.kind {
            Kind::Count
            | Kind::DistinctCount
            | Kind::Cascade
            | Kind::Mean(_)
            | Kind::Proportion(_)
            | Kind::ProportionOfPeople(_)
            | Kind::Index(_)
            | Kind::Change
            | Kind::Concentration { .. } => self.here_and_now().next().is_some(),
            _ => !units.is_empty(),
        }
    }

    fn cells(&self, out: &mut BTreeMap<Key, Expected>) {
        if let Kind::Derived(operator, a, b) = &self.indicator.kind {
            let found = |name: &str| &out[&self.key(name, "", "")];
            let finding = formula(operator, found(a).finding, found(b).finding);
            let numerator = if let Finding::Value(value) = finding { value } else { 0.0 };
            let may_be_refused = found(a).may_be_refused || found(b).may_be_refused;
            let expected = Expected { may_be_refused, ..self.expected(numerator, finding) };
            out.insert(self.key(&self.indicator.id, "", ""), expected);
            return;
        }
        let (units, own) = self.units();
        let recorded = self.recorded(&units);
        let mut add = |dimension: &str, category: &str, units: &[&Unit]| {
            let key = self.key(&self.indicator.id, dimension, category);
            out.insert(key, self.cell(units, recorded));
        };
        add("", "", &units.iter().collect::<Vec<_>>());
        for dimension in &self.indicator.dimensions {
            let mut crossed = vec![(String::new(), units.iter().collect::<Vec<&Unit>>())];
            for column in dimension {
                let mut next = Vec::new();
                for (name, units) in &crossed {
                    for category in categories(column) {
                        let of = units.iter().copied().filter(|u| u.categories[column] == category);
                        let name =
                            if name.is_empty() { category.into() } else { format!("{name} × {category}") };
                        next.push((name, of.collect()));
                    }
                }
                crossed = next;
            }
            for (category, units) in crossed {
                add(&dimension.join(" × "), &category, &units);
            }
        }
        let name = if matches!(self.indicator.kind, Kind::Cascade) { "generation" } else { "step" };
        for (category, units) in &own {
            add(name, category, &units.iter().collect::<Vec<_>>());
        }
    }

    fn key(&self, indicator: &str, dimension: &str, category: &str) -> Key {
        let site = self.site.unwrap_or_default();
        (indicator.into(), site.into(), self.span.id.clone(), dimension.into(), category.into())
    }

    fn expected(&self, numerator: f64, finding: Finding) -> Expected {
        let opened = self.programme.sites.iter().find(|s| Some(s.id) == self.site).and_then(|s| s.since);
        let within = opened.is_some_and(|d| d > self.span.first && d <= self.span.last);
        let partial = self.span.last > self.programme.as_of || (self.span.site.is_none() && within);
        Expected { numerator, denominator: None, finding, partial, may_be_refused: false }
    }

    fn cell(&self, units: &[&Unit], recorded: bool) -> Expected {
        let above: f64 = units.iter().map(|u| u.above).sum();
        let below: f64 = units.iter().map(|u| u.below).sum();
        let ratio = |above: f64, below: f64| match below {
            _ if !recorded => Finding::NoData,
            0.0 => Finding::Undefined("zero_denominator"),
            _ => Finding::Value(above / below),
        };
        let something = |finding: Finding| if units.is_empty() { Finding::NoData } else { finding };
        let (mut numerator, mut denominator) = (above, Some(below));
        let mut may_be_refused = false;
        let finding = match &self.indicator.kind {
            Kind::Count | Kind::DistinctCount | Kind::Cascade => {
                denominator = None;
                if recorded { Finding::Value(above) } else { Finding::NoData }
            }
            Kind::Sum(_) | Kind::Stock { .. } => something(Finding::Value(above)),
            Kind::Median(_) => something(Finding::Value(quantile(units, 0.5))),
            Kind::Quantile(_, thousandths) => {
                something(Finding::Value(quantile(units, f64::from(*thousandths) / 1000.0)))
            }
            Kind::Union => {
                let most = units.iter().map(|u| u.above).fold(0.0, f64::max);
                something(Finding::Bounds(most, above))
            }
            Kind::Rate { months, .. } => {
                let spans = below / (f64::from(*months) * 365.2425 / 12.0);
                denominator = Some(spans);
                ratio(above, spans)
            }
            Kind::Concentration { thousandths } => {
                let mut leaders: BTreeMap<&Option<String>, f64> = BTreeMap::new();
                for unit in units {
                    *leaders.entry(&unit.cluster).or_default() += 1.0;
                }
                let mut brought: Vec<f64> = leaders.into_values().collect();
                brought.sort_by(|a, b| b.total_cmp(a));
                let top = (brought.len() * *thousandths as usize).div_ceil(1000);
                numerator = brought.iter().take(top).sum();
                denominator = Some(above);
                ratio(numerator, above)
            }
            Kind::Ratio(measure, _) => {
                may_be_refused = measure.cluster.is_some();
                ratio(above, below)
            }
            _ => ratio(above, below),
        };
        Expected { denominator, may_be_refused, ..self.expected(numerator, finding) }
    }
}

fn decimal(amount: i64) -> f64 {
    amount as f64 / ONE as f64
}

/// Each item between its ends, weighted and averaged.
fn index(items: &[(&str, i64, i64, i64)], missing: Missing, row: &Row) -> Option<f64> {
    let there = items.iter().filter(|(column, ..)| row.contains_key(column)).count();
    match missing {
        Missing::SkipIfAny if there < items.len() => return None,
        Missing::SkipIfAll if there == 0 => return None,
        _ => {}
    }
    let share = |(column, from, to, weight): &(&str, i64, i64, i64)| {
        let share = amount(row, column).map_or(0.0, |a| (decimal(a) - *from as f64) / (to - from) as f64);
        share * *weight as f64
    };
    Some(items.iter().map(share).sum::<f64>() / items.iter().map(|i| i.3 as f64).sum::<f64>())
}

/// Between the two nearest ranks in proportion.
fn quantile(units: &[&Unit], share: f64) -> f64 {
    let mut values: Vec<f64> = units.iter().map(|u| u.above).collect();
    values.sort_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else { return 0.0 };
    let at = share * last as f64;
    let below = (at + 1e-9).floor() as usize;
    let way = (at - below as f64).max(0.0);
    values[below] + way * (values[(below + 1).min(last)] - values[below])
}

fn formula(operator: &str, a: Finding, b: Finding) -> Finding {
    match (a, b) {
        (Finding::Value(_), Finding::Value(0.0)) if operator == "/" => Finding::Undefined("zero_denominator"),
        (Finding::Value(a), Finding::Value(b)) => Finding::Value(match operator {
            "+" => a + b,
            "-" => a - b,
            _ => a / b,
        }),
        (Finding::Value(_), other) | (other, _) => match other {
            Finding::Bounds(..) => Finding::Undefined("input_is_bounds"),
            Finding::Undefined(_) => Finding::Undefined("input_undefined"),
            other => other,
        },
    }
}
