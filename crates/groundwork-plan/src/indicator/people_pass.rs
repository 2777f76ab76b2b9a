//! A pass over people. The rows of a source are looked at once for all indicators that count the same
//! column of it: every person once a site and month or quarter, with a mark for each indicator in which
//! they count and for each category that was seen of them. Whatever follows looks at these. A person's
//! category is resolved over all of their rows; then people are counted by mark and category.

use super::passes::{Known, MARKS, bucket, bucket_length, levels, same_place};
use super::units::{Scope, Units, category_of, dimension_column, zero};
use super::{
    Asked, Counted, Dimension, Indicator, IndicatorPeriod, Kind, Pass, UNKNOWN, Window, source_table,
};
use crate::period::shift_months;
use crate::query::{From, JoinKind, Query, Select, SqlType, Statement, Value};

pub(super) struct PeoplePass<'a> {
    first: &'a Indicator,
    members: Vec<(usize, &'a Indicator)>,
}

/// The columns of a person and of their marks beside those of the source, which cannot be called so.
const UNIT: &str = "person:unit";
const MARKS_SEEN: &str = "person:marks";

impl<'a> PeoplePass<'a> {
    pub(super) fn new(at: usize, first: &'a Indicator) -> Self {
        Self { first, members: vec![(at, first)] }
    }

    /// Whether an indicator counts the same people by the same periods.
    pub(super) fn takes(&self, indicator: &Indicator) -> bool {
        let same_people = match (&self.first.kind, &indicator.kind) {
            (Kind::DistinctCount(a), Kind::DistinctCount(b)) => a.of == b.of,
            _ => false,
        };
        same_people
            && self.members.len() < MARKS
            && same_place(self.first, indicator)
            && self.first.periods == indicator.periods
    }

    pub(super) fn add(&mut self, at: usize, indicator: &'a Indicator) {
        self.members.push((at, indicator));
    }

    pub(super) fn source(&self) -> &'a str {
        self.first.kind.from()
    }

    fn of(&self) -> &str {
        match &self.first.kind {
            Kind::DistinctCount(kind) => &kind.of,
            _ => "",
        }
    }

    fn indicators(&self) -> impl Iterator<Item = &'a Indicator> {
        self.members.iter().map(|(_, indicator)| *indicator)
    }

    pub(super) fn finish(self, table: &str, known: &Known<'_>) -> Pass {
        let name = |part: &str| format!("{table}:{part}");
        let (seen, heads, people, fine, sums) =
            (name("seen"), name("heads"), name("known"), name("fine"), name("sums"));
        let levels = levels(self.indicators());
        let mut columns: Vec<Seen<'_>> = Vec::new();
        for column in levels.iter().flatten().flat_map(|d| &d.columns) {
            if !columns.iter().any(|seen| seen.column == column) {
                columns.push(Seen { column, words: known.words(column) });
            }
        }
        let mut made = vec![(seen.clone(), self.seen(&columns)), (heads.clone(), self.heads(&seen))];
        if !columns.is_empty() {
            made.push((people.clone(), known_of_people(&seen, &columns)));
        }
        made.push((fine.clone(), counted(&heads, &people, &columns)));
        let of_levels = levels.iter().map(|level| rolled_up(&fine, *level)).collect();
        made.push((sums.clone(), Query::UnionAll(of_levels)));
        let tables: Vec<String> = made.iter().map(|(table, _)| table.clone()).collect();
        Pass {
            source: self.source().to_owned(),
            units: self.of().to_owned(),
            scans: Vec::new(),
            tally: None,
            sums: made.into_iter().map(|(table, query)| Statement::CreateTable(table, query)).collect(),
            members: self.members.iter().map(|(at, _)| *at).collect(),
            asked: Asked::Each((0..self.members.len()).map(|at| cells(&sums, at)).collect()),
            dismantle: tables.into_iter().map(Statement::DropTable).collect(),
        }
    }

    /// Every person once a site and month or quarter, with the marks of their rows and what was seen of
    /// their categories.
    fn seen(&self, columns: &[Seen<'_>]) -> Query {
        let column = |name: &str| Value::column("s", name);
        let of = column(self.of());
        let mut scan = Select::from(From::Table(source_table(self.source())), "s")
            .group(of.clone().cast(SqlType::Text), UNIT)
            .filter(of.is_there());
        if let Some(site) = &self.first.site_by {
            scan = scan.group(column(site), site.clone());
        }
        if let Some(day) = &self.first.period_by {
            scan = scan.group(bucket(bucket_length(self.indicators()), day), day.clone());
        }
        let mark = |(at, indicator): (usize, &Indicator)| match &indicator.filter {
            Some(filter) => Value::Case(vec![(Value::of(filter, "s"), bit(at))], Box::new(zero())),
            None => bit(at),
        };
        let marks = self.indicators().enumerate().map(mark).reduce(|a, b| a.binary("+", b));
        scan = scan.column(all_bits(marks.unwrap_or(zero()).cast(SqlType::Integer)), MARKS_SEEN);
        for seen in columns {
            scan = seen.in_rows(scan);
        }
        scan.query()
    }

    /// Every person once a site and period, and once a period for all sites together.
    fn heads(&self, seen: &str) -> Query {
        let scopes = Scope::all(self.first.site_by.as_deref());
        let months = bucket_length(self.indicators()).months();
        let is_one = |p: &IndicatorPeriod| p.site.is_none() && shift_months(p.first_day, months) > p.last_day;
        let of_scope = |scope: &Scope| {
            let scope = *scope;
            let units = Units { indicator: self.first, scope, household: None };
            let site_by = self.first.site_by.as_deref();
            let (unit, marks) = (Value::column("s", UNIT), Value::column("s", MARKS_SEEN));
            let heads = Select::from(From::Table(seen.to_owned()), "s");
            // Where a period is one month or quarter, everybody is there once already.
            let heads = if scope == Scope::EverySite && self.first.periods.iter().all(is_one) {
                let heads = heads.column(units.site(site_by), "site").column(units.period(), "period");
                heads.column(unit, UNIT).column(marks, MARKS_SEEN)
            } else {
                let heads = heads.group(units.site(site_by), "site").group(units.period(), "period");
                heads.group(unit, UNIT).column(all_bits(marks), MARKS_SEEN)
            };
            let heads = units.with_site(heads, site_by);
            units.with_periods(heads, self.first.period_by.as_deref(), Window::InPeriod).query()
        };
        Query::UnionAll(scopes.iter().map(of_scope).collect())
    }
}

/// What is seen of a column of dimensions in the rows of a person.
struct Seen<'a> {
    column: &'a str,
    /// The words that it may hold, where they are few enough to have a mark each.
    words: Option<Vec<&'a str>>,
}

impl Seen<'_> {
    fn least(&self) -> String {
        format!("least:{}", self.column)
    }

    fn most(&self) -> String {
        format!("most:{}", self.column)
    }

    /// Adds what a person's rows of part `s` hold: a mark for each word, or else the first and the last
    /// text.
    fn in_rows(&self, select: Select) -> Select {
        let text = || Value::column("s", self.column).cast(SqlType::Text);
        match &self.words {
            Some(words) => {
                let word = |(at, word): (usize, &&str)| (text().binary("=", Value::text(*word)), bit(at));
                let other = (text().is_there(), bit(words.len()));
                let whens = words.iter().enumerate().map(word).chain([other]).collect();
                let marks = Value::Case(whens, Box::new(zero())).cast(SqlType::Integer);
                select.column(all_bits(marks), dimension_column(self.column))
            }
            None => select
                .column(Value::Call("min", vec![text()]), self.least())
                .column(Value::Call("max", vec![text()]), self.most()),
        }
    }

    /// The one category of a person, from all that was seen in part `s`.
    fn resolved(&self) -> Value {
        let unknown = || Box::new(Value::text(UNKNOWN));
        let column = |name: String| Value::column("s", name);
        match &self.words {
            Some(words) => {
                let marks = all_bits(column(dimension_column(self.column)));
                let only =
                    |(at, word): (usize, &&str)| (marks.clone().binary("=", bit(at)), Value::text(*word));
                Value::Case(words.iter().enumerate().map(only).collect(), unknown())
            }
            None => {
                let least = Value::Call("min", vec![column(self.least())]);
                let most = Value::Call("max", vec![column(self.most())]);
                Value::Case(vec![(least.clone().binary("=", most), least)], unknown())
            }
        }
    }
}

/// Each person's categories, over everything that is known of them.
fn known_of_people(seen: &str, columns: &[Seen<'_>]) -> Query {
    let mut people = Select::from(From::Table(seen.to_owned()), "s").group(Value::column("s", UNIT), UNIT);
    for column in columns {
        // It is never empty; Sail gets lost where it can tell that something is never missing.
        let only = Value::Call("nullif", vec![column.resolved(), Value::text("")]);
        people = people.column(only, dimension_column(column.column));
    }
    people.query()
}

/// People by their marks and all their categories.
fn counted(heads: &str, people: &str, columns: &[Seen<'_>]) -> Query {
    let column = |name: &str| Value::column("d", name);
    let mut select = Select::from(From::Table(heads.to_owned()), "d");
    for name in ["site", "period", MARKS_SEEN] {
        select = select.group(column(name), name);
    }
    for seen in columns {
        let name = dimension_column(seen.column);
        select = select.group(Value::column("a", name.clone()), name);
    }
    if !columns.is_empty() {
        let same = Value::column("a", UNIT).binary("=", column(UNIT));
        select = select.join(JoinKind::Inner, From::Table(people.to_owned()), "a", same);
    }
    select.column(Value::CountRows, "n").query()
}

/// The same by the category of a dimension alone, or of all.
fn rolled_up(fine: &str, level: Option<&Dimension>) -> Query {
    let column = |name: &str| Value::column("d", name);
    let mut select = Select::from(From::Table(fine.to_owned()), "d");
    for name in ["site", "period", MARKS_SEEN] {
        select = select.group(column(name), name);
    }
    select = select
        .column(column("n").sum().cast(SqlType::Integer), "n")
        .column(Value::text(level.map_or("", |d| d.name.as_str())), "dimension");
    match level {
        None => select.column(Value::text(""), "category").query(),
        Some(dimension) => {
            let category = category_of(dimension, &|name| column(&dimension_column(name)));
            select.group(category, "category").query()
        }
    }
}

/// Every mark that is in one of them.
fn all_bits(marks: Value) -> Value {
    Value::Call("bit_or", vec![marks])
}

/// The mark of an indicator, or of a word.
fn bit(at: usize) -> Value {
    Value::integer(1 << at)
}

fn cells(sums: &str, at: usize) -> Counted {
    let column = |name: &str| Value::column("u", name);
    let mut select = Select::from(From::Table(sums.to_owned()), "u");
    for name in ["site", "period", "dimension", "category"] {
        select = select.column(column(name), name);
    }
    let select = select
        .column(column("n"), "y")
        .column(zero(), "x")
        .column(zero(), "immature")
        .column(zero(), "squares")
        .column(zero(), "top")
        .column(column("n"), "n")
        .filter(column(MARKS_SEEN).binary("&", bit(at)).binary(">", zero()));
    Counted::Sums(select.query())
}
