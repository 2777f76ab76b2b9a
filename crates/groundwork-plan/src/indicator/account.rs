//! The account of a cell: which rows of each source went into it, and why each of the others did
//! not. Every row that counts in a source is in the account exactly once.
//!
//! The reasons, in the order in which they are looked for; a row has the first that applies:
//!
//! | reason | why the row is not in the cell |
//! |---|---|
//! | `site_missing`, `site_other` | it belongs to no site, or to another |
//! | `date_missing`, `date_before`, `date_after` | the date that decides is not there, or outside the period |
//! | `where_undecided`, `where_not` | the condition `where` cannot be decided, or does not hold |
//! | `COLUMN:REASON` | a column that is needed has no value, and why: see [`Reason`] |
//! | `undecided` | what is counted cannot be decided |
//! | `immature` | it came too late to be done by the end of the period |
//! | `left_before` | the person had left before the period began |
//! | empty | it is in the cell |

use super::rows::{Amount, RowMeasure};
use super::units::source_table;
use super::{Indicator, IndicatorPeriod, Kind, Measure, MeasureOf, Missing, Window};
use crate::expression::Expression;
use crate::query::{From, JoinKind, Query, Select, SqlType, Value};
use crate::reason::{Reason, companion};

/// What one source gives to a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The source.
    pub source: String,
    /// Which part of the value it is counted for, where two sources are.
    pub part: Option<&'static str>,
    /// The rows by reason: `reason`, `n`; the rows of the cell have an empty one.
    pub query: Query,
}

/// The rows of one source on their way into a cell.
struct Side<'a> {
    part: Option<&'static str>,
    source: &'a str,
    site_by: Option<&'a str>,
    day: Option<(&'a str, Window)>,
    filter: Option<&'a Expression>,
    /// Columns without which a row cannot be counted.
    required: Vec<&'a str>,
    /// What must hold for the row to count, and the columns that it looks at.
    counts: Vec<Value>,
    /// What else keeps a row out, with the word for it.
    also: Vec<(Value, &'static str)>,
    /// The last day that counts: `last_day` of the period, or `observed_to`.
    until: &'static str,
}

impl Indicator {
    /// What each source gives to the cell of a site (empty: all sites together) and a period.
    /// `has_column` says whether a source has a column. A formula has no rows of its own.
    pub fn accounts(
        &self,
        site: &str,
        period: &IndicatorPeriod,
        has_column: &dyn Fn(&str, &str) -> bool,
    ) -> Vec<Account> {
        self.sides().iter().map(|side| side.account(site, period, has_column)).collect()
    }

    fn sides(&self) -> Vec<Side<'_>> {
        let window = |window| self.period_by.as_deref().map(|day| (day, window));
        let rows = |required, of| Side {
            part: None,
            source: self.kind.from(),
            site_by: self.site_by.as_deref(),
            day: window(of),
            filter: self.filter.as_ref(),
            required,
            counts: Vec::new(),
            also: Vec::new(),
            until: "last_day",
        };
        match &self.kind {
            Kind::Ratio(ratio) => {
                vec![of_measure("numerator", &ratio.numerator), of_measure("denominator", &ratio.denominator)]
            }
            Kind::Rate(rate) => {
                let exposure = &rate.exposure;
                let left = |name: &String| {
                    let left = Value::column("s", name).binary("<=", Value::column("p", "first_day"));
                    (Value::Call("coalesce", vec![left, Value::Truth(false)]), "left_before")
                };
                let exposed = Side {
                    part: Some("exposure"),
                    source: &exposure.from,
                    site_by: exposure.site_by.as_deref(),
                    day: Some((&exposure.enters, Window::ToDate)),
                    filter: exposure.filter.as_ref(),
                    required: Vec::new(),
                    counts: Vec::new(),
                    also: exposure.leaves.iter().map(left).collect(),
                    until: "observed_to",
                };
                vec![of_measure("events", &rate.events), exposed]
            }
            Kind::Completion(kind) => {
                let day = Some((kind.entered.as_str(), Window::ToDate));
                let also = vec![(Value::Not(Box::new(kind.mature())), "immature")];
                vec![Side { day, also, until: "observed_to", ..rows(vec![], Window::ToDate) }]
            }
            Kind::Sustained(kind) => {
                vec![Side {
                    day: Some((kind.month.as_str(), Window::ToDate)),
                    until: "observed_to",
                    ..rows(vec![&kind.of], Window::ToDate)
                }]
            }
            Kind::Stock(kind) => {
                let number = Missing::SkipIfAny.number(&kind.of).is_there();
                vec![Side {
                    counts: vec![number],
                    until: "observed_to",
                    ..rows(vec![&kind.key], Window::ToDate)
                }]
            }
            Kind::DistinctCount(kind) => vec![rows(vec![&kind.of], kind.window)],
            Kind::Cascade(kind) => vec![rows(vec![&kind.of], kind.window)],
            Kind::Concentration(kind) => vec![rows(vec![&kind.of, &kind.by], kind.window)],
            Kind::Proportion(kind) if kind.of.is_some() => {
                let counts = kind.missing.condition(&kind.numerator).1;
                let counts = counts.into_iter().collect();
                vec![Side { counts, ..rows(kind.of.iter().map(String::as_str).collect(), kind.window) }]
            }
            Kind::Count(_)
            | Kind::Sum(_)
            | Kind::Mean(_)
            | Kind::Quantile(_)
            | Kind::Proportion(_)
            | Kind::Index(_)
            | Kind::Change(_)
            | Kind::Union(_) => {
                let measure = self.kind.measured().row_measure();
                measure.map(|m| Side { counts: of_rows(&m), ..rows(vec![], m.window) }).into_iter().collect()
            }
            Kind::Derived(_) => Vec::new(),
        }
    }
}

fn of_rows(measure: &RowMeasure) -> Vec<Value> {
    let number = |amount: &Amount| match amount {
        Amount::Number(number) => Some(number.clone().is_there()),
        Amount::Nothing | Amount::One | Amount::Holds(_) => None,
    };
    measure.counts.clone().into_iter().chain(number(&measure.y)).chain(number(&measure.x)).collect()
}

fn of_measure<'a>(part: &'static str, measure: &'a Measure) -> Side<'a> {
    let (required, counts) = match &measure.of {
        MeasureOf::Rows => (vec![], vec![]),
        MeasureOf::Distinct(of) => (vec![of.as_str()], vec![]),
        MeasureOf::Sum(number) => (vec![], vec![Missing::SkipIfAny.number(number).is_there()]),
    };
    Side {
        part: Some(part),
        source: &measure.from,
        site_by: measure.site_by.as_deref(),
        day: measure.period_by.as_deref().map(|day| (day, measure.window)),
        filter: measure.filter.as_ref(),
        required: required.into_iter().chain(measure.cluster.as_deref()).collect(),
        counts,
        also: Vec::new(),
        until: "last_day",
    }
}

impl Side<'_> {
    fn account(
        &self,
        site: &str,
        period: &IndicatorPeriod,
        has_column: &dyn Fn(&str, &str) -> bool,
    ) -> Account {
        let column = |name: &str| Value::column("s", name);
        let code = |code: &str| Value::text(code);
        let mut whens: Vec<(Value, Value)> = Vec::new();
        if let (Some(by), false) = (self.site_by, site.is_empty()) {
            whens.push((column(by).is_missing(), code("site_missing")));
            whens.push((column(by).binary("<>", Value::text(site)), code("site_other")));
        }
        if let Some((day, window)) = self.day {
            whens.push((column(day).is_missing(), code("date_missing")));
            let (first, last) = (Value::column("p", "first_day"), Value::column("p", self.until));
            if window == Window::InPeriod {
                whens.push((column(day).binary("<", first), code("date_before")));
            }
            whens.push((column(day).binary(">", last), code("date_after")));
        }
        if let Some(filter) = self.filter {
            whens.push((Value::of(filter, "s").is_missing(), code("where_undecided")));
            whens.push((Value::Not(Box::new(Value::of(filter, "s"))), code("where_not")));
        }
        let why = |name: &str| {
            let reason = if has_column(self.source, &companion(name)) {
                column(&companion(name))
            } else {
                Value::text(Reason::NotRecorded.word())
            };
            let reason = Value::Call("coalesce", vec![reason, Value::text(Reason::NotRecorded.word())]);
            Value::Call("concat", vec![Value::text(format!("{name}:")), reason])
        };
        for name in &self.required {
            whens.push((column(name).is_missing(), why(name)));
        }
        for counts in &self.counts {
            let missing = |name: &str| (column(name).is_missing(), why(name));
            let reasons: Vec<(Value, Value)> = counts.columns().into_iter().map(missing).collect();
            let undecided = code("undecided");
            let reason =
                if reasons.is_empty() { undecided } else { Value::Case(reasons, Box::new(undecided)) };
            let holds = Value::Call("coalesce", vec![counts.clone(), Value::Truth(false)]);
            whens.push((Value::Not(Box::new(holds)), reason));
        }
        whens.extend(self.also.iter().map(|(holds, word)| (holds.clone(), code(word))));
        let reason = if whens.is_empty() { code("") } else { Value::Case(whens, Box::new(code(""))) };
        let days = vec![[period.first_day, period.last_day, period.observed_to].map(Value::Day).to_vec()];
        let judged = Select::from(From::Table(source_table(self.source)), "s").column(reason, "reason").join(
            JoinKind::Inner,
            From::Rows(vec!["first_day", "last_day", "observed_to"], days),
            "p",
            Value::Truth(true),
        );
        let reason = Value::column("r", "reason");
        let query = Select::from(judged.query().rows(), "r")
            .group(reason.clone(), "reason")
            .column(Value::CountRows.cast(SqlType::Integer), "n")
            .order(vec![reason])
            .query();
        Account { source: self.source.to_owned(), part: self.part, query }
    }
}
