//! A pass over people. Different people are put together first, once for all indicators that count
//! the same column of a source, with a mark for each indicator in which they count; a person's
//! category is resolved over all of their rows. Then people are counted by mark for every
//! dimension.

use super::passes::{bucket, bucket_length, levels, same_place};
use super::units::{Scope, Units, category_of, dimension_column, zero};
use super::{Counted, Dimension, Indicator, Kind, Pass, UNKNOWN, Window, source_table};
use crate::query::{From, JoinKind, Query, Select, SqlType, Statement, Value};

/// The marks of one number of 64 bits, without its sign and some to spare.
const MARKS: usize = 60;

pub(super) struct PeoplePass<'a> {
    first: &'a Indicator,
    members: Vec<(usize, &'a Indicator)>,
}

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

    fn of(&self) -> &str {
        match &self.first.kind {
            Kind::DistinctCount(kind) => &kind.of,
            _ => "",
        }
    }

    fn indicators(&self) -> impl Iterator<Item = &'a Indicator> {
        self.members.iter().map(|(_, indicator)| *indicator)
    }

    pub(super) fn finish(self, table: &str) -> Pass {
        let name = |part: &str| format!("{table}:{part}");
        let (seen, known, heads, sums) = (name("seen"), name("known"), name("heads"), name("sums"));
        let levels = levels(self.indicators());
        let mut columns: Vec<&str> = Vec::new();
        for column in levels.iter().flatten().flat_map(|d| &d.columns) {
            if !columns.contains(&column.as_str()) {
                columns.push(column);
            }
        }
        let mut made = vec![(seen.clone(), self.seen()), (heads.clone(), self.heads(&seen))];
        if !columns.is_empty() {
            made.push((known.clone(), self.known(&columns)));
        }
        let of_levels = levels.iter().map(|level| self.counted(&heads, &known, *level)).collect();
        made.push((sums.clone(), Query::UnionAll(of_levels)));
        let tables: Vec<String> = made.iter().map(|(table, _)| table.clone()).collect();
        Pass {
            source: self.first.kind.from().to_owned(),
            units: self.of().to_owned(),
            prepare: made.into_iter().map(|(table, query)| Statement::CreateTable(table, query)).collect(),
            members: (0..self.members.len()).map(|at| (self.members[at].0, cells(&sums, at))).collect(),
            dismantle: tables.into_iter().map(Statement::DropTable).collect(),
        }
    }

    fn rows(&self) -> Select {
        let of = Value::column("s", self.of());
        Select::from(From::Table(source_table(self.first.kind.from())), "s")
            .group(of.clone().cast(SqlType::Text), "unit")
            .filter(of.is_there())
    }

    /// Every person once a site and month or quarter, with the marks of their rows.
    fn seen(&self) -> Query {
        let column = |name: &str| Value::column("s", name);
        let mut scan = self.rows();
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
        scan.column(Value::Call("bit_or", vec![marks.unwrap_or(zero()).cast(SqlType::Integer)]), "marks")
            .query()
    }

    /// Each person's categories, over everything that is known of them.
    fn known(&self, columns: &[&str]) -> Query {
        let mut people = self.rows();
        for name in columns {
            let text = || Value::column("s", *name).cast(SqlType::Text);
            let (least, most) = (Value::Call("min", vec![text()]), Value::Call("max", vec![text()]));
            let only =
                Value::Case(vec![(least.clone().binary("=", most), least)], Box::new(Value::text(UNKNOWN)));
            // It is never empty; Sail gets lost where it can tell that something is never missing.
            let only = Value::Call("nullif", vec![only, Value::text("")]);
            people = people.column(only, dimension_column(name));
        }
        people.query()
    }

    /// Every person once a site and period, and once a period for all sites together.
    fn heads(&self, seen: &str) -> Query {
        let scopes = match &self.first.site_by {
            Some(_) => vec![Scope::EverySite, Scope::AllSites],
            None => vec![Scope::AllSites],
        };
        let of_scope = |scope| {
            let units = Units { indicator: self.first, scope, household: None };
            let site_by = self.first.site_by.as_deref();
            let heads = Select::from(From::Table(seen.to_owned()), "s")
                .group(units.site(site_by), "site")
                .group(units.period(), "period")
                .group(Value::column("s", "unit"), "unit")
                .column(Value::Call("bit_or", vec![Value::column("s", "marks")]), "marks");
            let heads = units.with_site(heads, site_by);
            units.with_periods(heads, self.first.period_by.as_deref(), Window::InPeriod).query()
        };
        Query::UnionAll(scopes.into_iter().map(of_scope).collect())
    }

    /// People by their marks and, where there is a dimension, by category.
    fn counted(&self, heads: &str, known: &str, level: Option<&Dimension>) -> Query {
        let column = |name: &str| Value::column("d", name);
        let select = Select::from(From::Table(heads.to_owned()), "d")
            .group(column("site"), "site")
            .group(column("period"), "period")
            .group(column("marks"), "marks")
            .column(Value::CountRows, "n")
            .column(Value::text(level.map_or("", |d| d.name.as_str())), "dimension");
        let Some(dimension) = level else {
            return select.column(Value::text(""), "category").query();
        };
        let category = category_of(dimension, &|column| Value::column("a", dimension_column(column)));
        let same = Value::column("a", "unit").binary("=", column("unit"));
        select
            .group(category, "category")
            .join(JoinKind::Inner, From::Table(known.to_owned()), "a", same)
            .query()
    }
}

/// The mark of an indicator.
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
        .filter(column("marks").binary("&", bit(at)).binary(">", zero()));
    Counted::Sums(select.query())
}
