//! A pass over rows. It scans a source and puts its rows together by everything that its
//! indicators tell apart: site, month or quarter, the categories that conditions name, the truth
//! of the other comparisons in them, and the columns of dimensions. The dimensions of one scan are
//! as many as keep its groups few; the others get a scan of their own. Where codes can stand for all
//! that is told apart, a [`Tally`] makes the same sums in one look. From the groups, the sums
//! of every indicator are made for every dimension at once.

use super::passes::{Known, bucket, bucket_length, levels, same_place};
use super::rows::{Amount, RowMeasure};
use super::tally::{CATEGORY, Code, DIMENSION, Level, Number, Quantity, Tally, look};
use super::units::{Scope, Units, category_of, zero};
use super::{Asked, Dimension, Indicator, Pass, Summary, Window, row_category, source_table};
use crate::period::{Frequency, shift_months};
use crate::query::{From, Query, Select, SqlType, Statement, Value};
use jiff::civil::Date;

/// The most groups that rows are put together in. Ten times as many no longer fit in the caches
/// of a processor, and one scan then takes longer than several.
const GROUPS_MOST: usize = 200_000;

pub(super) struct RowPass<'a> {
    first: &'a Indicator,
    /// Columns that conditions name, with how many values each may have.
    keys: Vec<(String, usize)>,
    /// Comparisons that rows are put together by.
    atoms: Vec<Value>,
    /// Numbers that are added up.
    numbers: Vec<Value>,
    members: Vec<Member<'a>>,
}

#[derive(Clone)]
struct Member<'a> {
    at: usize,
    indicator: &'a Indicator,
    /// Groups for which all of these hold count.
    holds: Vec<Value>,
    y: Adds,
    x: Adds,
    window: Window,
}

/// One way in which rows are put together: a table, with the columns of the dimensions that it tells.
struct Scan<'a> {
    table: String,
    columns: Vec<&'a str>,
    levels: Vec<Option<&'a Dimension>>,
}

/// What is added up of groups of rows.
struct Added {
    /// The groups count for which this holds.
    when: Option<Value>,
    of: Quantity,
}

/// What a group of rows adds.
#[derive(Clone)]
enum Adds {
    Nothing,
    Rows,
    RowsWhere(Value),
    Number(usize),
}

impl<'a> RowPass<'a> {
    pub(super) fn new(first: &'a Indicator) -> Self {
        Self { first, keys: Vec::new(), atoms: Vec::new(), numbers: Vec::new(), members: Vec::new() }
    }

    pub(super) fn source(&self) -> &'a str {
        self.first.kind.from()
    }

    /// Whether an indicator may join: its rows are the same, and the groups stay few.
    pub(super) fn takes(&self, indicator: &'a Indicator, measure: &RowMeasure, known: &Known<'_>) -> bool {
        if !same_place(self.first, indicator) {
            return false;
        }
        let mut tried = RowPass { first: self.first, keys: self.keys.clone(), ..RowPass::new(self.first) };
        tried.atoms.clone_from(&self.atoms);
        tried.members.clone_from(&self.members);
        tried.add(0, indicator, measure, known);
        let mut levels = levels(tried.members.iter().map(|m| m.indicator)).into_iter();
        levels.all(|level| tried.groups(&columns_of(level), known) <= GROUPS_MOST)
    }

    pub(super) fn add(
        &mut self,
        at: usize,
        indicator: &'a Indicator,
        measure: &RowMeasure,
        known: &Known<'_>,
    ) {
        let filter = indicator.filter.as_ref().map(|f| Value::of(f, "s"));
        let holds = filter.iter().chain(&measure.counts).map(|c| self.condition(c, known)).collect();
        let y = self.adds(&measure.y, known);
        let x = self.adds(&measure.x, known);
        self.members.push(Member { at, indicator, holds, y, x, window: measure.window });
    }

    fn adds(&mut self, amount: &Amount, known: &Known<'_>) -> Adds {
        match amount {
            Amount::Nothing => Adds::Nothing,
            Amount::One => Adds::Rows,
            Amount::Holds(value) => Adds::RowsWhere(self.condition(value, known)),
            Amount::Number(value) => {
                let found = self.numbers.iter().position(|n| n == value);
                Adds::Number(found.unwrap_or_else(|| {
                    self.numbers.push(value.clone());
                    self.numbers.len() - 1
                }))
            }
        }
    }

    /// A condition over groups instead of rows: comparisons of columns with few values stay, and
    /// those of other columns are decided for the rows beforehand.
    fn condition(&mut self, value: &Value, known: &Known<'_>) -> Value {
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
                let few: Option<Vec<(String, usize)>> =
                    columns.iter().map(|c| Some(((*c).to_owned(), known.few_values(c)?))).collect();
                if let Some(few) = few {
                    for key in few {
                        if !self.keys.contains(&key) {
                            self.keys.push(key);
                        }
                    }
                    return other.clone();
                }
                let found = self.atoms.iter().position(|atom| atom == other);
                let at = found.unwrap_or_else(|| {
                    self.atoms.push(other.clone());
                    self.atoms.len() - 1
                });
                Value::column("s", atom_column(at))
            }
        }
    }

    fn length(&self) -> Frequency {
        bucket_length(self.members.iter().map(|m| m.indicator))
    }

    /// The first day of the first period, and the last day of the last.
    fn ends(&self) -> Option<(Date, Date)> {
        let periods = || self.members.iter().flat_map(|m| &m.indicator.periods);
        let first = periods().map(|p| p.first_day).min()?;
        Some((first, periods().map(|p| p.last_day).max()?))
    }

    /// At most so many groups are made when these dimension columns stand apart.
    fn groups(&self, columns: &[&str], known: &Known<'_>) -> usize {
        let months = self.length().months();
        let buckets = match (self.ends(), &self.first.period_by) {
            (Some((first, last)), Some(_)) => {
                (0..).take_while(|at| shift_months(first, at * months) <= last).count()
            }
            _ => 1,
        };
        let others = columns.iter().filter(|c| !self.keys.iter().any(|(key, _)| key == *c));
        let values = others.map(|c| known.few_values(c).unwrap_or(1));
        let keys = self.keys.iter().map(|(_, n)| *n).chain(values);
        let sites = if self.first.site_by.is_some() { known.sites.len() + 1 } else { 1 };
        let all = keys.chain(self.atom_values()).chain([buckets, sites]);
        all.fold(1_usize, usize::saturating_mul)
    }

    /// How many values the atoms have together, for each set of columns that they look at. Borders
    /// cut the line of one number in parts, beside which it may be missing; a comparison for being
    /// the same cuts out a part of its own.
    fn atom_values(&self) -> Vec<usize> {
        let mut by_columns: Vec<(Vec<&str>, usize, usize)> = Vec::new();
        for atom in &self.atoms {
            let columns = atom.columns();
            let cuts = match atom {
                Value::Binary(_, "<" | "<=" | ">" | ">=", _) => 1,
                Value::IsMissing(..) => 0,
                _ => 2,
            };
            match by_columns.iter_mut().find(|(known, ..)| *known == columns) {
                Some((_, n, all_cuts)) => {
                    *n += 1;
                    *all_cuts += cuts;
                }
                None => by_columns.push((columns, 1, cuts)),
            }
        }
        let values = |(columns, n, cuts): (Vec<&str>, usize, usize)| {
            if columns.len() == 1 { cuts + 2 } else { 3_usize.saturating_pow(n as u32) }
        };
        by_columns.into_iter().map(values).collect()
    }

    pub(super) fn finish(self, table: &str, known: &Known<'_>) -> Pass {
        // Dimensions that are scanned together.
        let mut scans: Vec<Vec<Option<&Dimension>>> = Vec::new();
        let wanted = |levels: &[Option<&'a Dimension>]| {
            let mut all: Vec<&'a str> = Vec::new();
            for column in levels.iter().flat_map(|level| columns_of(*level)) {
                if !all.contains(&column) {
                    all.push(column);
                }
            }
            all
        };
        for level in levels(self.members.iter().map(|m| m.indicator)) {
            let fits = |scan: &&mut Vec<Option<&'a Dimension>>| {
                let with: Vec<_> = scan.iter().copied().chain([level]).collect();
                self.groups(&wanted(&with), known) <= GROUPS_MOST
            };
            match scans.iter_mut().find(fits) {
                Some(scan) => scan.push(level),
                None => scans.push(vec![level]),
            }
        }
        let scans: Vec<Scan<'_>> = scans
            .into_iter()
            .enumerate()
            .map(|(at, levels)| Scan { table: format!("{table}:{at}"), columns: wanted(&levels), levels })
            .collect();
        let (sums, cells) = (format!("{table}:sums"), format!("{table}:cells"));
        let of_levels = scans
            .iter()
            .flat_map(|scan| scan.levels.iter().map(|level| self.sums(scan.table.clone(), *level)))
            .collect();
        let scanned = |scan: &Scan<'_>| Statement::CreateTable(scan.table.clone(), self.scan(&scan.columns));
        let summed = Statement::CreateTable(sums.clone(), Query::UnionAll(of_levels));
        Pass {
            source: self.source().to_owned(),
            units: "rows".into(),
            tally: self.tally(&scans, known, &sums),
            scans: scans.iter().map(scanned).chain([summed]).collect(),
            sums: vec![Statement::CreateTable(cells.clone(), self.cells(&sums))],
            members: self.members.iter().map(|m| m.at).collect(),
            asked: Asked::Together(self.asked(&cells)),
            dismantle: scans
                .into_iter()
                .map(|scan| scan.table)
                .chain([sums, cells])
                .map(Statement::DropTable)
                .collect(),
        }
    }

    /// The rows that may count for a member.
    fn rows(&self) -> Select {
        let rows = Select::from(From::Table(source_table(self.source())), "s");
        let (Some(day), Some((from, to))) = (&self.first.period_by, self.ends()) else { return rows };
        let day = || Value::column("s", day);
        let rows = rows.filter(day().binary("<=", Value::Day(to)));
        if self.members.iter().all(|m| m.window == Window::InPeriod) {
            return rows.filter(day().binary(">=", Value::Day(from)));
        }
        rows
    }

    /// The columns with few values that rows are put together by beside site and day: those that
    /// conditions name, and then those of these dimensions that are not among them.
    fn few<'s>(&'s self, dimensions: &[&'s str]) -> (Vec<&'s str>, Vec<&'s str>) {
        let taken = [&self.first.site_by, &self.first.period_by].map(|t| t.as_deref());
        let is_new = |name: &&str| !taken.contains(&Some(*name));
        let keys: Vec<&str> = self.keys.iter().map(|(key, _)| key.as_str()).filter(is_new).collect();
        let others = dimensions.iter().copied().filter(|d| is_new(d) && !keys.contains(d)).collect();
        (keys, others)
    }

    /// The rows put together, with these dimension columns.
    fn scan(&self, dimensions: &[&str]) -> Query {
        let mut scan = self.rows();
        let column = |name: &str| Value::column("s", name);
        if let Some(site) = &self.first.site_by {
            scan = scan.group(column(site), site.clone());
        }
        if let Some(day) = &self.first.period_by {
            scan = scan.group(bucket(self.length(), day), day.clone());
        }
        let (keys, others) = self.few(dimensions);
        for key in keys.into_iter().chain(others) {
            scan = scan.group(column(key), key);
        }
        for (at, atom) in self.atoms.iter().enumerate() {
            scan = scan.group(atom.clone(), atom_column(at));
        }
        scan = scan.column(Value::CountRows, Quantity::Rows.column());
        for (at, number) in self.numbers.iter().enumerate() {
            let added = if self.floats(at) { number.clone().cast(SqlType::Double) } else { number.clone() };
            let size = Value::Call("abs", vec![number.clone()]);
            scan = scan
                .column(added.sum(), format!("sum:{at}"))
                .column(Value::Call("count", vec![number.clone()]), format!("count:{at}"))
                .column(Value::Call("max", vec![size]), format!("max:{at}"));
            let squared = |m: &Member<'_>| m.indicator.squared(number.clone());
            if let Some(square) = self.adding(at).find_map(squared) {
                scan = scan.column(Value::Call("sum", vec![square]), format!("squares:{at}"));
            }
        }
        scan.query()
    }

    /// The members whose values are sums of a number.
    fn adding(&self, number: usize) -> impl Iterator<Item = &Member<'a>> {
        self.members.iter().filter(move |m| matches!(m.y, Adds::Number(of) if of == number))
    }

    /// Whether a number is one for which the order of adding matters.
    fn floats(&self, number: usize) -> bool {
        let adds =
            |m: &Member<'_>| [&m.y, &m.x].iter().any(|a| matches!(a, Adds::Number(of) if *of == number));
        self.members.iter().any(|m| m.indicator.floats && adds(m))
    }

    /// The sums in one look, where every column of the scans has few values and every number is exact.
    fn tally(&self, scans: &[Scan<'_>], known: &Known<'_>, table: &str) -> Option<Tally> {
        let mut keys = Vec::new();
        if let Some(site) = &self.first.site_by {
            keys.push(Code::column(site, known)?);
        }
        if let Some(day) = &self.first.period_by {
            keys.push(Code::days(day, self.length(), self.ends()?)?);
        }
        let mut told = Vec::new();
        for key in self.few(&[]).0 {
            told.push(Code::column(key, known)?);
        }
        let atoms = self.atoms.iter().enumerate().map(|(at, atom)| (atom_column(at), atom.clone()));
        told.extend(Code::comparisons(&atoms.collect::<Vec<_>>(), known)?);
        let mut apart: Vec<Code> = Vec::new();
        let mut groups = Vec::new();
        for scan in scans {
            let mut places = Vec::new();
            for name in self.few(&scan.columns).1 {
                let found = apart.iter().position(|code| code.tells(name));
                places.push(found.unwrap_or(apart.len()));
                if found.is_none() {
                    apart.push(Code::column(name, known)?);
                }
            }
            groups.push(places);
        }
        let mut numbers = Vec::new();
        for (at, number) in self.numbers.iter().enumerate() {
            if self.floats(at) {
                return None;
            }
            let digits = self.adding(at).find_map(|m| m.indicator.digits_squared());
            numbers.push(Number::new(number.clone(), digits));
        }
        let look = look(self.rows(), [&mut keys, &mut told, &mut apart], &mut numbers)?;
        let (mut conditions, mut sums) = (Vec::new(), Vec::new());
        let mut columns = Vec::new();
        for (column, added) in self.members.iter().flat_map(Member::sums) {
            let when = added.when.map(|holds| place_of(holds, &mut conditions));
            columns.push((column, place_of((when, added.of), &mut sums)));
        }
        let levels = scans.iter().enumerate().flat_map(|(of, scan)| {
            scan.levels.iter().map(move |level| Level {
                name: level.map_or("", |d| &d.name).to_owned(),
                category: level.map_or(Value::text(""), |d| category_of(d, &row_category)),
                columns: columns_of(*level).into_iter().map(str::to_owned).collect(),
                of,
                has: self.members.iter().flat_map(|m| vec![m.has(*level); m.sums().len()]).collect(),
            })
        });
        let levels = levels.collect();
        let table = table.to_owned();
        Some(Tally { look, keys, told, apart, numbers, groups, conditions, sums, columns, levels, table })
    }

    /// The sums of every member that has a dimension, or of all for the total, by category.
    fn sums(&self, table: String, level: Option<&Dimension>) -> Query {
        let mut select = Select::from(From::Table(table), "s");
        for name in [&self.first.site_by, &self.first.period_by].into_iter().flatten() {
            select = select.group(Value::column("s", name), name.clone());
        }
        let name = level.map_or("", |d| d.name.as_str());
        select = select.column(Value::text(name), DIMENSION);
        select = match level {
            None => select.column(Value::text(""), CATEGORY),
            Some(dimension) => select.group(category_of(dimension, &row_category), CATEGORY),
        };
        for member in &self.members {
            for (column, added) in member.sums() {
                let value = || added.of.together(added.of_group());
                let value = if member.has(level) { value() } else { Value::Missing(SqlType::Integer) };
                select = select.column(value, column);
            }
        }
        select.query()
    }

    /// The cells of every member: the sums by site and period. Members with the same periods share a
    /// look at the sums.
    fn cells(&self, sums: &str) -> Query {
        let mut alike: Vec<&Member<'_>> = Vec::new();
        for member in &self.members {
            if !alike.iter().any(|other| other.is_alike(member)) {
                alike.push(member);
            }
        }
        let (site_by, period_by) = (self.first.site_by.as_deref(), self.first.period_by.as_deref());
        let of_scope = |like: &&Member<'_>, scope: Scope| {
            let units = Units { indicator: like.indicator, scope, household: None };
            let mut select = Select::from(From::Table(sums.to_owned()), "s")
                .group(units.site(site_by), "site")
                .group(units.period(), "period")
                .group(Value::column("s", DIMENSION), "dimension")
                .group(Value::column("s", CATEGORY), "category");
            for member in &self.members {
                for (column, added) in member.sums() {
                    let value = added.of.together(Value::column("s", &column));
                    let value = if member.is_alike(like) { value } else { Value::Missing(SqlType::Integer) };
                    select = select.column(value, column);
                }
            }
            let select = units.with_site(select, site_by);
            units.with_periods(select, period_by, like.window).query()
        };
        let scopes = Scope::all(site_by);
        Query::UnionAll(
            alike.iter().flat_map(|like| scopes.iter().map(|scope| of_scope(like, *scope))).collect(),
        )
    }

    /// The cells of every member, from the table of them.
    fn asked(&self, cells: &str) -> Query {
        let column = |name: &str| Value::column("s", name);
        let names = ["site", "period", "dimension", "category"];
        let mut select = Select::from(From::Table(cells.to_owned()), "s");
        for name in names {
            select = select.column(column(name), name);
        }
        for member in &self.members {
            let sums = member.sums();
            for what in ["y", "x", "squares", "top", "n"] {
                let name = member.column(what);
                let is_made = sums.iter().any(|(made, _)| *made == name);
                let sum = if is_made { Value::Call("coalesce", vec![column(&name), zero()]) } else { zero() };
                let kind = if what == "n" { SqlType::Integer } else { SqlType::Double };
                select = select.column(sum.cast(kind), name);
            }
        }
        select.order(names.map(column).to_vec()).query()
    }
}

/// The column of a comparison that rows are put together by.
fn atom_column(at: usize) -> String {
    format!("atom:{at}")
}

/// Where something stands in a list, which it is added to where it is not there.
fn place_of<T: PartialEq>(wanted: T, list: &mut Vec<T>) -> usize {
    list.iter().position(|there| *there == wanted).unwrap_or_else(|| {
        list.push(wanted);
        list.len() - 1
    })
}

fn columns_of(level: Option<&Dimension>) -> Vec<&str> {
    level.map(|d| d.columns.iter().map(String::as_str).collect()).unwrap_or_default()
}

impl Added {
    /// What a group of rows adds.
    fn of_group(&self) -> Value {
        let value = Value::column("s", self.of.column());
        match &self.when {
            None => value,
            Some(holds) => Value::Case(vec![(holds.clone(), value)], Box::new(zero())),
        }
    }
}

impl Quantity {
    /// How values are put together: the largest of the largest, the sum of the others.
    fn together(self, value: Value) -> Value {
        Value::Call(if matches!(self, Quantity::Most(_)) { "max" } else { "sum" }, vec![value])
    }
}

impl Member<'_> {
    /// Whether its rows lie in the same periods as those of another one.
    fn is_alike(&self, other: &Self) -> bool {
        self.window == other.window && self.indicator.periods == other.indicator.periods
    }

    /// Whether it is told apart by a dimension, or the total.
    fn has(&self, level: Option<&Dimension>) -> bool {
        level.is_none_or(|d| self.indicator.disaggregate.iter().any(|o| o.name == d.name))
    }

    /// The column of one of its sums.
    fn column(&self, what: &str) -> String {
        format!("{what}:{}", self.at)
    }

    /// What groups add to it, by column: `y`, `x`, `squares` and `n`, and `top`, the largest of its numbers
    /// without their signs; nothing where the conditions do not hold.
    fn sums(&self) -> Vec<(String, Added)> {
        let number = match self.y {
            Adds::Number(at) => Some(at),
            Adds::Nothing | Adds::Rows | Adds::RowsWhere(_) => None,
        };
        let rows = number.map_or(Quantity::Rows, Quantity::Count);
        let adds = |adds: &Adds| match adds {
            Adds::Nothing => None,
            Adds::Rows => Some((None, rows)),
            Adds::RowsWhere(holds) => Some((Some(holds.clone()), rows)),
            Adds::Number(at) => Some((None, Quantity::Sum(*at))),
        };
        let is_mean = matches!(self.indicator.kind.summary(), Summary::RowMean);
        let squares = number.filter(|_| is_mean).map(|at| (None, Quantity::Squares(at)));
        let top = number.map(|at| (None, Quantity::Most(at)));
        let n = Some((None, rows));
        let all = [("y", adds(&self.y)), ("x", adds(&self.x)), ("squares", squares), ("top", top), ("n", n)];
        let added = |(more, of): (Option<Value>, Quantity)| Added {
            when: self.holds.iter().cloned().chain(more).reduce(Value::and),
            of,
        };
        all.into_iter().filter_map(|(what, sum)| Some((self.column(what), added(sum?)))).collect()
    }
}
