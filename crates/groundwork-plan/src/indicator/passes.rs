//! Passes: indicators over one source share one look at its rows.
//!
//! Kinds that count rows share a [`RowPass`], different people of one column a [`PeoplePass`].
//! Both end in a small table of sums, whatever the number of rows, from which every indicator,
//! site, period and category is added up. Sums are of whole numbers and exact decimals, so that
//! nothing depends on the order in which rows are put together.
//!
//! Kinds that look at each row's neighbours, or at the period itself, stand alone: see `units.rs`.

use super::people_pass::PeoplePass;
use super::row_pass::RowPass;
use super::rows::{Amount, RowMeasure};
use super::tally::Tally;
use super::{Counted, Dimension, Indicator, Kind, Summary, Window};
use crate::period::Frequency;
use crate::query::{Query, SqlType, Statement, Value};
use crate::source::ColumnType;

/// The marks of one number of 64 bits, without its sign and some to spare.
pub(super) const MARKS: usize = 60;

/// How the indicators of a plan are computed.
#[derive(Debug, Clone, Default)]
pub struct Passes {
    /// Several indicators each.
    pub shared: Vec<Pass>,
    /// Indicators that are computed from units of their own, by their place in the plan.
    pub alone: Vec<usize>,
}

/// One look at the rows of a source for several indicators.
#[derive(Debug, Clone)]
pub struct Pass {
    /// The source.
    pub source: String,
    /// What is put together: `rows`, or the column of the people.
    pub units: String,
    /// What puts rows together in tables and adds these up, in order.
    pub scans: Vec<Statement>,
    /// The table of the last of them in one look, where that can be.
    pub tally: Option<Tally>,
    /// What is made then, in order.
    pub sums: Vec<Statement>,
    /// Each indicator by its place in the plan.
    pub members: Vec<usize>,
    /// How their cells are asked for then.
    pub asked: Asked,
    /// What takes the tables away again.
    pub dismantle: Vec<Statement>,
}

/// How the cells of the members of a pass are asked for.
#[derive(Debug, Clone)]
pub enum Asked {
    /// Together: after site, period, dimension and category, for each member `y, x, squares, top, n`. Where
    /// `n` is zero a member has no cell.
    Together(Query),
    /// Each by itself, added up from this.
    Each(Vec<Counted>),
}

impl Pass {
    /// The questions for the cells of its members.
    pub fn queries(&self, all: &[Indicator]) -> Vec<Query> {
        match &self.asked {
            Asked::Together(query) => vec![query.clone()],
            Asked::Each(counted) => {
                let members = self.members.iter().filter_map(|at| all.get(*at)).zip(counted);
                members.map(|(member, of)| member.cells(of, &member.disaggregate, true)).collect()
            }
        }
    }

    /// Everything that has to be made, in order; the last is what cells are added up from.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.scans.iter().chain(&self.sums)
    }
}

impl Passes {
    /// Spreads indicators over passes. `columns` gives the columns of a source.
    pub fn of(
        indicators: &[Indicator],
        columns: &dyn Fn(&str) -> Vec<(String, ColumnType)>,
        sites: &[&str],
    ) -> Self {
        let known = |source: &str| Known { columns: columns(source), sites };
        let mut passes = Passes::default();
        let mut rows: Vec<RowPass<'_>> = Vec::new();
        let mut people: Vec<PeoplePass<'_>> = Vec::new();
        for (at, indicator) in indicators.iter().enumerate() {
            if let Kind::DistinctCount(kind) = &indicator.kind
                && kind.window == Window::InPeriod
                && !uses_period(indicator)
            {
                match people.iter_mut().find(|pass| pass.takes(indicator)) {
                    Some(pass) => pass.add(at, indicator),
                    None => people.push(PeoplePass::new(at, indicator)),
                }
                continue;
            }
            match row_member(indicator) {
                None => passes.alone.push(at),
                Some(measure) => {
                    let known = known(indicator.kind.from());
                    match rows.iter_mut().find(|pass| pass.takes(indicator, &measure, &known)) {
                        Some(pass) => pass.add(at, indicator, &measure, &known),
                        None => {
                            let mut pass = RowPass::new(indicator);
                            pass.add(at, indicator, &measure, &known);
                            rows.push(pass);
                        }
                    }
                }
            }
        }
        let rows = rows.into_iter().enumerate().map(|(at, pass)| {
            let known = known(pass.source());
            pass.finish(&format!("pass:{at}"), &known)
        });
        let people = people.into_iter().enumerate().map(|(at, pass)| {
            let known = known(pass.source());
            pass.finish(&format!("people:{at}"), &known)
        });
        passes.shared = rows.chain(people).collect();
        passes
    }
}

/// What is known of the rows of a source beforehand.
pub(super) struct Known<'a> {
    /// The columns.
    pub(super) columns: Vec<(String, ColumnType)>,
    /// The sites.
    pub(super) sites: &'a [&'a str],
}

impl Known<'_> {
    /// What a column holds.
    pub(super) fn kind(&self, name: &str) -> Option<&ColumnType> {
        self.columns.iter().find(|(column, _)| column == name).map(|(_, kind)| kind)
    }

    /// How many values a column may have, where they are few; a missing one is one of them.
    pub(super) fn few_values(&self, name: &str) -> Option<usize> {
        match self.kind(name)? {
            ColumnType::Category(words) => Some(words.len() + 1),
            ColumnType::Boolean => Some(3),
            ColumnType::Site => Some(self.sites.len() + 1),
            ColumnType::Text | ColumnType::Integer | ColumnType::Number | ColumnType::Measurement => None,
            ColumnType::Date | ColumnType::Timestamp => None,
        }
    }

    /// The words that a column may hold, as texts, where they are few enough to have a mark each.
    pub(super) fn words(&self, name: &str) -> Option<Vec<&str>> {
        match self.kind(name)? {
            ColumnType::Category(words) if (1..MARKS).contains(&words.len()) => {
                Some(words.iter().map(|word| word.id.as_str()).collect())
            }
            ColumnType::Boolean => Some(vec!["true", "false"]),
            _ => None,
        }
    }
}

pub(super) fn same_place(a: &Indicator, b: &Indicator) -> bool {
    a.kind.from() == b.kind.from() && a.site_by == b.site_by && a.period_by == b.period_by
}

fn uses_period(indicator: &Indicator) -> bool {
    indicator.filter.as_ref().is_some_and(|f| f.uses_period())
}

/// What a row adds to an indicator that can share a pass.
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
pub(super) fn bucket_length<'a>(mut indicators: impl Iterator<Item = &'a Indicator>) -> Frequency {
    let in_quarters =
        |i: &Indicator| i.periods.iter().all(|p| p.first_day.month() % 3 == 1 && p.last_day.month() % 3 == 0);
    if indicators.all(in_quarters) { Frequency::Quarter } else { Frequency::Month }
}

/// The first day of the unit of time of a day of part `s`.
pub(super) fn bucket(length: Frequency, day: &str) -> Value {
    let truncated = Value::Call("date_trunc", vec![Value::text(length.word()), Value::column("s", day)]);
    truncated.cast(SqlType::Day)
}

/// The dimensions of several indicators, each once; `None` is the total.
pub(super) fn levels<'a>(indicators: impl Iterator<Item = &'a Indicator>) -> Vec<Option<&'a Dimension>> {
    let mut levels = vec![None];
    for dimension in indicators.flat_map(|i| &i.disaggregate) {
        if !levels.iter().flatten().any(|d: &&Dimension| d.name == dimension.name) {
            levels.push(Some(dimension));
        }
    }
    levels
}
