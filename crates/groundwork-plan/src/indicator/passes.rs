//! Passes: indicators over one source share one scan of its rows.
//!
//! A pass puts the rows together by everything that its indicators tell apart: site, month or
//! quarter, the columns of dimensions, the categories that conditions name, and the truth of the
//! other comparisons in them. What is left is small whatever the number of rows, and every
//! indicator, site, period and category is counted from it. Sums are of whole numbers and exact
//! decimals, so that nothing depends on the order in which rows are put together.
//!
//! Different people are put together by person first, once for all indicators that count the same
//! column of a source; a person's category is resolved over all of their rows.
//!
//! Kinds that look at each row's neighbours, or at the period itself, stand alone: see `units.rs`.

use super::rows::{Amount, RowMeasure};
use super::units::{Scope, Units, dimension_column, zero};
use super::{Counted, Indicator, Kind, Summary, UNKNOWN, Window, row_category, source_table};
use crate::period::Frequency;
use crate::query::{From, JoinKind, Query, Select, SqlType, Statement, Value};
use crate::source::ColumnType;
use jiff::civil::Date;

/// The most groups that the columns of one pass may have, before sites and periods. Beyond it the
/// indicators are spread over several passes.
const GROUPS_MOST: usize = 100_000;

/// How the indicators of a plan are computed.
#[derive(Debug, Clone, Default)]
pub struct Passes {
    /// Several indicators each.
    pub shared: Vec<Pass>,
    /// Indicators that are computed from units of their own, by their place in the plan.
    pub alone: Vec<usize>,
}

/// One scan for several indicators.
#[derive(Debug, Clone)]
pub struct Pass {
    /// The source whose rows are scanned.
    pub source: String,
    /// What has to be made, in order.
    pub prepare: Vec<Statement>,
    /// Each indicator by its place in the plan, with what its cells are added up from.
    pub members: Vec<(usize, Counted)>,
    /// What takes the tables away again.
    pub dismantle: Vec<Statement>,
}

impl Passes {
    /// Spreads indicators over passes. `columns` gives the columns of a source.
    pub fn of(indicators: &[Indicator], columns: &dyn Fn(&str) -> Vec<(String, ColumnType)>) -> Self {
        let mut passes = Passes::default();
        let mut rows: Vec<RowPass> = Vec::new();
        let mut people: Vec<(usize, Vec<usize>)> = Vec::new();
        for (at, indicator) in indicators.iter().enumerate() {
            if let Kind::DistinctCount(kind) = &indicator.kind
                && kind.window == Window::InPeriod
                && !uses_period(indicator)
            {
                let alike = |first: &usize| {
                    let (a, b) = (&indicators[*first], indicator);
                    let same_people = matches!((&a.kind, &b.kind), (Kind::DistinctCount(x), Kind::DistinctCount(y)) if x.from == y.from && x.of == y.of);
                    same_people && same_place(a, b) && a.periods == b.periods
                };
                match people.iter_mut().find(|(first, _)| alike(first)) {
                    Some((_, members)) => members.push(at),
                    None => people.push((at, vec![at])),
                }
                continue;
            }
            match row_member(indicator) {
                None => passes.alone.push(at),
                Some(measure) => {
                    let known = columns(indicator.kind.from());
                    let fits = |pass: &&mut RowPass| {
                        same_place(&indicators[pass.first], indicator)
                            && indicators[pass.first].kind.from() == indicator.kind.from()
                            && pass.has_room(indicator, &measure, &known)
                    };
                    match rows.iter_mut().find(fits) {
                        Some(pass) => pass.add(at, indicator, &measure, &known),
                        None => {
                            let mut pass = RowPass::new(at);
                            pass.add(at, indicator, &measure, &known);
                            rows.push(pass);
                        }
                    }
                }
            }
        }
        for (at, pass) in rows.into_iter().enumerate() {
            passes.shared.push(pass.finish(indicators, format!("pass:{at}")));
        }
        for (at, (_, members)) in people.into_iter().enumerate() {
            passes.shared.push(people_pass(indicators, &members, &format!("people:{at}")));
        }
        passes
    }
}

fn same_place(a: &Indicator, b: &Indicator) -> bool {
    a.site_by == b.site_by && a.period_by == b.period_by
}

fn uses_period(indicator: &Indicator) -> bool {
    indicator.filter.as_ref().is_some_and(|f| f.uses_period())
}

/// What a row adds to an indicator that can share a scan.
fn row_member(indicator: &Indicator) -> Option<RowMeasure> {
    let shares = match indicator.kind.summary() {
        Summary::FullCount | Summary::Total | Summary::Share | Summary::RowMean => true,
        Summary::ClusteredRatio
        | Summary::Quotient
        | Summary::Quantile(_)
        | Summary::Rate { .. }
        | Summary::Bounds
        | Summary::TopShare { .. }
        | Summary::Derived => false,
    };
    let measure = indicator.kind.measured().row_measure().filter(|_| shares && !uses_period(indicator))?;
    let parts = [&measure.y, &measure.x].map(|amount| match amount {
        Amount::Holds(value) | Amount::Number(value) => Some(value),
        Amount::Nothing | Amount::One => None,
    });
    let all = parts.into_iter().flatten().chain(&measure.counts);
    let of_rows = all.into_iter().all(|value| value.parts().iter().all(|part| *part == "s"));
    of_rows.then_some(measure)
}

/// The unit of time that rows are put together by: each lies in one period of every indicator.
fn bucket(indicators: &[&Indicator], day: &str) -> Value {
    let whole_quarters = indicators
        .iter()
        .flat_map(|i| &i.periods)
        .all(|p| p.first_day.month() % 3 == 1 && p.last_day.month() % 3 == 0);
    let unit = if whole_quarters { Frequency::Quarter } else { Frequency::Month };
    Value::Call("date_trunc", vec![Value::text(unit.word()), Value::column("s", day)]).cast(SqlType::Day)
}

fn first_and_last(indicators: &[&Indicator]) -> Option<(Date, Date)> {
    let first = indicators.iter().flat_map(|i| &i.periods).map(|p| p.first_day).min()?;
    let last = indicators.iter().flat_map(|i| &i.periods).map(|p| p.last_day).max()?;
    Some((first, last))
}

/// A scan that puts rows together.
struct RowPass {
    first: usize,
    /// Columns that rows are put together by, with how many values each may have.
    keys: Vec<(String, usize)>,
    /// Comparisons that rows are put together by.
    atoms: Vec<Value>,
    /// Numbers that are added up.
    numbers: Vec<Value>,
    members: Vec<Member>,
}

struct Member {
    at: usize,
    filter: Option<Value>,
    counts: Option<Value>,
    y: Adds,
    x: Adds,
    window: Window,
}

/// What a group of rows adds.
enum Adds {
    Nothing,
    Rows,
    RowsWhere(Value),
    Number(usize),
}

impl RowPass {
    fn new(first: usize) -> Self {
        Self { first, keys: Vec::new(), atoms: Vec::new(), numbers: Vec::new(), members: Vec::new() }
    }

    /// Whether the groups stay few enough when the indicator joins.
    fn has_room(&self, indicator: &Indicator, measure: &RowMeasure, known: &[(String, ColumnType)]) -> bool {
        let mut tried = RowPass { first: self.first, keys: self.keys.clone(), ..RowPass::new(self.first) };
        tried.atoms.clone_from(&self.atoms);
        tried.add(0, indicator, measure, known);
        let groups = tried.keys.iter().map(|(_, n)| *n).chain(tried.atoms.iter().map(|_| 3));
        groups.fold(1_usize, usize::saturating_mul) <= GROUPS_MOST
    }

    fn add(
        &mut self,
        at: usize,
        indicator: &Indicator,
        measure: &RowMeasure,
        known: &[(String, ColumnType)],
    ) {
        for column in indicator.dimension_columns() {
            self.key(column, known);
        }
        let filter = indicator.filter.as_ref().map(|f| self.condition(&Value::of(f, "s"), known));
        let counts = measure.counts.as_ref().map(|c| self.condition(c, known));
        let adds = |pass: &mut Self, amount: &Amount| match amount {
            Amount::Nothing => Adds::Nothing,
            Amount::One => Adds::Rows,
            Amount::Holds(value) => Adds::RowsWhere(pass.condition(value, known)),
            Amount::Number(value) => {
                let found = pass.numbers.iter().position(|n| n == value);
                Adds::Number(found.unwrap_or_else(|| {
                    pass.numbers.push(value.clone());
                    pass.numbers.len() - 1
                }))
            }
        };
        let y = adds(self, &measure.y);
        let x = adds(self, &measure.x);
        self.members.push(Member { at, filter, counts, y, x, window: measure.window });
    }

    /// Whether rows can be put together by a column: one with few values. If so, they are.
    fn key(&mut self, name: &str, known: &[(String, ColumnType)]) -> bool {
        let kind = known.iter().find(|(column, _)| column == name).map(|(_, kind)| kind);
        let values = match kind {
            Some(ColumnType::Category(words)) => words.len() + 1,
            Some(ColumnType::Boolean) => 3,
            // How many sites there are is not known here; they are few.
            Some(ColumnType::Site) => 8,
            _ => return false,
        };
        if !self.keys.iter().any(|(key, _)| key == name) {
            self.keys.push((name.to_owned(), values));
        }
        true
    }

    /// A condition over groups instead of rows: comparisons of columns with few values stay, and
    /// those of other columns are decided for the rows beforehand.
    fn condition(&mut self, value: &Value, known: &[(String, ColumnType)]) -> Value {
        match value {
            Value::Binary(left, op @ ("AND" | "OR"), right) => {
                self.condition(left, known).binary(op, self.condition(right, known))
            }
            Value::Not(inner) => Value::Not(Box::new(self.condition(inner, known))),
            Value::IsMissing(inner, wanted) if inner.is_condition() => {
                Value::IsMissing(Box::new(self.condition(inner, known)), *wanted)
            }
            Value::Call("coalesce", arguments) if arguments.iter().all(Value::is_condition) => {
                let arguments = arguments.iter().map(|a| self.condition(a, known)).collect();
                Value::Call("coalesce", arguments)
            }
            Value::Truth(_) => value.clone(),
            other => {
                let columns = other.columns();
                let kind = |name: &str| known.iter().find(|(n, _)| n == name).map(|(_, k)| k);
                let few = |name: &&str| {
                    matches!(
                        kind(name),
                        Some(ColumnType::Category(_) | ColumnType::Boolean | ColumnType::Site)
                    )
                };
                if columns.iter().all(few) {
                    for column in columns {
                        self.key(column, known);
                    }
                    return other.clone();
                }
                let found = self.atoms.iter().position(|atom| atom == other);
                let at = found.unwrap_or_else(|| {
                    self.atoms.push(other.clone());
                    self.atoms.len() - 1
                });
                Value::column("s", format!("atom:{at}"))
            }
        }
    }

    fn finish(self, indicators: &[Indicator], table: String) -> Pass {
        let first = &indicators[self.first];
        let all: Vec<&Indicator> = self.members.iter().map(|m| &indicators[m.at]).collect();
        let mut scan = Select::from(From::Table(source_table(first.kind.from())), "s");
        if let Some(site) = &first.site_by {
            scan = scan.group(Value::column("s", site), site.clone());
        }
        if let Some(day) = &first.period_by {
            scan = scan.group(bucket(&all, day), day.clone());
            if let Some((from, to)) = first_and_last(&all) {
                let value = || Value::column("s", day);
                scan = scan.filter(value().binary("<=", Value::Day(to)));
                if self.members.iter().all(|m| m.window == Window::InPeriod) {
                    scan = scan.filter(value().binary(">=", Value::Day(from)));
                }
            }
        }
        let taken = [&first.site_by, &first.period_by];
        for (key, _) in &self.keys {
            if !taken.iter().any(|t| t.as_ref() == Some(key)) {
                scan = scan.group(Value::column("s", key), key.clone());
            }
        }
        for (at, atom) in self.atoms.iter().enumerate() {
            scan = scan.group(atom.clone(), format!("atom:{at}"));
        }
        scan = scan.column(Value::CountRows, "n");
        for (at, number) in self.numbers.iter().enumerate() {
            scan = scan
                .column(Value::Call("sum", vec![number.clone()]), format!("sum:{at}"))
                .column(Value::Call("count", vec![number.clone()]), format!("count:{at}"))
                .column(Value::Call("max", vec![number.clone()]), format!("max:{at}"));
            let of_this = |m: &&Member| matches!(m.y, Adds::Number(of) if of == at);
            let squared = |m: &Member| indicators[m.at].squared(number.clone());
            if let Some(square) = self.members.iter().filter(of_this).find_map(squared) {
                scan = scan.column(Value::Call("sum", vec![square]), format!("squares:{at}"));
            }
        }
        // A scan that puts nothing apart still gives one row.
        let members = self.members.iter().map(|m| (m.at, m.cells(&indicators[m.at], &table))).collect();
        Pass {
            source: first.kind.from().to_owned(),
            prepare: vec![Statement::CreateTable(table.clone(), scan.query())],
            members,
            dismantle: vec![Statement::DropTable(table)],
        }
    }
}

impl Member {
    fn cells(&self, indicator: &Indicator, table: &str) -> Counted {
        let scopes = match &indicator.site_by {
            Some(_) => vec![Scope::EverySite, Scope::AllSites],
            None => vec![Scope::AllSites],
        };
        let column = |name: String| Value::column("s", name);
        let filled = |value: Value| Value::Call("coalesce", vec![value, zero()]);
        let adds = |adds: &Adds, counted: Option<usize>| match (adds, counted) {
            (Adds::Nothing, _) => zero(),
            (Adds::Rows, Some(number)) => column(format!("count:{number}")),
            (Adds::Rows, None) => column("n".into()),
            (Adds::RowsWhere(holds), _) => {
                Value::Case(vec![(holds.clone(), column("n".into()))], Box::new(zero()))
            }
            (Adds::Number(number), _) => filled(column(format!("sum:{number}"))),
        };
        let number = match self.y {
            Adds::Number(at) => Some(at),
            Adds::Nothing | Adds::Rows | Adds::RowsWhere(_) => None,
        };
        let is_mean = matches!(indicator.kind.summary(), Summary::RowMean);
        let squares = match number.filter(|_| is_mean) {
            Some(at) => filled(column(format!("squares:{at}"))).cast(SqlType::Double),
            None => zero().cast(SqlType::Double),
        };
        let top = match number {
            Some(at) => filled(column(format!("max:{at}"))).cast(SqlType::Double),
            None => zero().cast(SqlType::Double),
        };
        let of_scope = |scope| {
            let units = Units { indicator, scope };
            let site_by = indicator.site_by.as_deref();
            let select = Select::from(From::Table(table.to_owned()), "s")
                .column(units.site(site_by), "site")
                .column(units.period(), "period")
                .column(adds(&self.y, None), "y")
                .column(adds(&self.x, number), "x")
                .column(zero(), "immature")
                .column(squares.clone(), "squares")
                .column(top.clone(), "top")
                .column(adds(&Adds::Rows, number), "n")
                .filter(adds(&Adds::Rows, number).binary(">", zero()));
            let mut select = units.with_site(select, site_by);
            for name in indicator.dimension_columns() {
                select = select.column(row_category(name), dimension_column(name));
            }
            for condition in self.filter.iter().chain(&self.counts) {
                select = select.filter(condition.clone());
            }
            units.with_periods(select, indicator.period_by.as_deref(), self.window).query()
        };
        Counted::Sums(Query::UnionAll(scopes.into_iter().map(of_scope).collect()))
    }
}

/// A scan that puts rows together by person, then people by period, then counts them.
fn people_pass(indicators: &[Indicator], members: &[usize], table: &str) -> Pass {
    let all: Vec<&Indicator> = members.iter().map(|at| &indicators[*at]).collect();
    let first = all[0];
    let of = match &first.kind {
        Kind::DistinctCount(kind) => kind.of.as_str(),
        _ => "",
    };
    let mut dimensions: Vec<&str> = Vec::new();
    for name in all.iter().flat_map(|i| i.dimension_columns()) {
        if !dimensions.contains(&name) {
            dimensions.push(name);
        }
    }
    let source = first.kind.from();
    let column = |name: &str| Value::column("s", name);
    let (seen, known, sums) = (format!("{table}:seen"), format!("{table}:known"), format!("{table}:sums"));
    // Every person once a site and month or quarter.
    let mut scan = Select::from(From::Table(source_table(source)), "s")
        .group(column(of).cast(SqlType::Text), "unit")
        .filter(column(of).is_there());
    if let Some(site) = &first.site_by {
        scan = scan.group(column(site), site.clone());
    }
    if let Some(day) = &first.period_by {
        scan = scan.group(bucket(&all, day), day.clone());
    }
    for name in &dimensions {
        let text = column(name).cast(SqlType::Text);
        scan = scan
            .column(Value::Call("min", vec![text.clone()]), format!("least:{name}"))
            .column(Value::Call("max", vec![text]), format!("most:{name}"));
    }
    for (at, indicator) in all.iter().enumerate() {
        let counts = match &indicator.filter {
            Some(filter) => Value::Call("max", vec![Value::of(filter, "s").flag()]),
            None => Value::integer(1),
        };
        scan = scan.column(counts, format!("counts:{at}"));
    }
    // Each person's categories, over everything that is known of them.
    let mut people = Select::from(From::Table(seen.clone()), "s").group(column("unit"), "unit");
    for name in &dimensions {
        let least = Value::Call("min", vec![column(&format!("least:{name}"))]);
        let most = Value::Call("max", vec![column(&format!("most:{name}"))]);
        let only =
            Value::Case(vec![(least.clone().binary("=", most), least)], Box::new(Value::text(UNKNOWN)));
        people = people.column(only, dimension_column(name));
    }
    let flags: Vec<String> = (0..all.len()).map(|at| format!("counts:{at}")).collect();
    let scopes = match &first.site_by {
        Some(_) => vec![Scope::EverySite, Scope::AllSites],
        None => vec![Scope::AllSites],
    };
    let of_scope = |scope| {
        let units = Units { indicator: first, scope };
        let site_by = first.site_by.as_deref();
        let mut heads = Select::from(From::Table(seen.clone()), "s")
            .group(units.site(site_by), "site")
            .group(units.period(), "period")
            .group(column("unit"), "unit");
        for flag in &flags {
            heads = heads.column(Value::Call("max", vec![column(flag)]), flag.clone());
        }
        let heads = units.with_site(heads, site_by);
        units.with_periods(heads, first.period_by.as_deref(), Window::InPeriod).query()
    };
    let heads = Query::UnionAll(scopes.into_iter().map(of_scope).collect());
    let column = |name: &str| Value::column("d", name);
    let mut counted =
        Select::from(heads.rows(), "d").group(column("site"), "site").group(column("period"), "period");
    for name in &dimensions {
        let by = dimension_column(name);
        counted = counted.group(Value::column("a", &by), by);
    }
    for flag in &flags {
        counted = counted.column(Value::Call("sum", vec![column(flag)]), flag.clone());
    }
    if !dimensions.is_empty() {
        let same = Value::column("a", "unit").binary("=", column("unit"));
        counted = counted.join(JoinKind::Inner, From::Table(known.clone()), "a", same);
    }
    let cells = |at: usize, indicator: &Indicator| {
        let flag = format!("counts:{at}");
        let column = |name: &str| Value::column("u", name);
        let mut select = Select::from(From::Table(sums.clone()), "u")
            .column(column("site"), "site")
            .column(column("period"), "period")
            .column(column(&flag), "y")
            .column(zero(), "x")
            .column(zero(), "immature")
            .column(zero().cast(SqlType::Double), "squares")
            .column(zero().cast(SqlType::Double), "top")
            .column(column(&flag), "n")
            .filter(column(&flag).binary(">", zero()));
        for name in indicator.dimension_columns() {
            let by = dimension_column(name);
            select = select.column(column(&by), by);
        }
        Counted::Sums(select.query())
    };
    let made = |table: &String, query: Query| Statement::CreateTable(table.clone(), query);
    Pass {
        source: source.to_owned(),
        prepare: vec![made(&seen, scan.query()), made(&known, people.query()), made(&sums, counted.query())],
        members: members
            .iter()
            .zip(&all)
            .enumerate()
            .map(|(at, (place, i))| (*place, cells(at, i)))
            .collect(),
        dismantle: [seen, known, sums].map(Statement::DropTable).to_vec(),
    }
}
