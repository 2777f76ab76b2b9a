//! From the plan to who is counted: which indicators count the same people, and which a part of
//! those of another.

use crate::frame::{Counting, Frame, Meaning, Measure, OwnDimension, Time};
use crate::names::{Names, Said};
use groundwork_plan::derive::{Band, Banded, DeriveRule};
use groundwork_plan::evaluation::Data;
use groundwork_plan::expression::{Expression, Operator, Tree};
use groundwork_plan::indicator::Measure as Side;
use groundwork_plan::indicator::{Indicator, IndicatorPeriod, Kind, MeasureOf, Missing, Window};
use groundwork_plan::plan::Plan;
use groundwork_plan::source::{ColumnType, Source};
use jiff::civil::Date;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// What is counted within an indicator whose people are set against those of no other.
pub(crate) const OWN_PARTS: [&str; 3] = ["keys", "everyone", "figures"];

impl Frame {
    /// What a plan says of how its cells hang together. `complete` has the columns, by source, that are
    /// missing in no row, among those of [`Source::told_apart_by`].
    pub fn of(plan: &Plan, names: &Names, complete: &BTreeSet<(String, String)>) -> Self {
        let implied = implied(plan, names);
        let sensitive = plan.policy.sensitive.iter().cloned().collect();
        let mut frame = Frame { sensitive, ..Frame::default() };
        for source in &plan.sources {
            frame.understand(source, plan, &names.said(&source.id));
        }
        let once = Once::of(plan, names, complete);
        for indicator in plan.indicators.iter().filter(|i| i.people) {
            if let Some(mut measure) = measure(indicator, names, &once) {
                let own = measure.own_dimension.as_mut().map(|own| &mut own.from);
                for counting in
                    [measure.numerator.as_mut(), measure.denominator.as_mut(), own].into_iter().flatten()
                {
                    close(counting, &implied);
                }
                measure.sensitive = is_sensitive(indicator, &frame.sensitive);
                measure.days = days(indicator);
                measure.columns.extend(names.said(indicator.kind.from()).other_columns());
                frame.measures.insert(indicator.id.clone(), measure);
            }
        }
        frame
    }

    /// What the columns of a source are made from.
    fn understand(&mut self, source: &Source, plan: &Plan, said: &Said<'_>) {
        let key = |column: &str| (said.population().to_owned(), column.to_owned());
        let columns = plan.columns(&source.id);
        let whole = columns.iter().filter(|(_, kind)| *kind == ColumnType::Integer);
        self.whole.extend(whole.map(|(name, _)| key(&said.column(name))));
        for derived in &source.derived {
            if derived.rule.columns().iter().any(|column| self.sensitive.contains(*column)) {
                self.sensitive.insert(derived.name.clone());
            }
            let all = |holds: &Expression| said.conditions(Some(holds)).into_iter().collect::<Vec<_>>();
            let words = match &derived.rule {
                DeriveRule::Bands(banded, bands) => {
                    let base = match banded {
                        Banded::Column(name) => said.column(name),
                        Banded::Age { born, at } => {
                            let base = format!("age:{}:{}", said.column(born), said.column(at));
                            self.whole.insert(key(&base));
                            base
                        }
                    };
                    let within = |band: &Band| {
                        let from = band.from.map(|from| format!("{base} >= {from}"));
                        let to = band.to.map(|to| format!("{base} < {}", to.saturating_add(1)));
                        (band.word.clone(), from.into_iter().chain(to).collect())
                    };
                    bands.iter().map(within).collect()
                }
                DeriveRule::Holds(holds) => {
                    vec![("true".to_owned(), all(holds)), ("false".to_owned(), Vec::new())]
                }
                DeriveRule::Choose(choices) => {
                    choices.iter().map(|(word, holds)| (word.clone(), all(holds))).collect()
                }
                DeriveRule::Value(_) => continue,
            };
            self.meanings.insert(key(&said.column(&derived.name)), Meaning { words });
        }
    }
}

/// The rows that an evaluation asks for, and those of them that have every value it needs.
pub fn rows_of(data: &Data, names: &Names) -> (Counting, Counting) {
    let said = names.said(&data.from);
    let mut asked = said.rows();
    asked.conditions.extend(said.conditions(data.filter.as_ref()));
    let mut complete = asked.clone();
    let needed = data.columns.iter().filter(|c| !c.role.may_be_missing());
    complete.conditions.extend(needed.map(|c| format!("{} is known", said.words(&c.what))));
    (asked, complete)
}

/// The columns that have another value in every row, by population: who is counted by such a column is
/// counted by row.
struct Once(BTreeSet<(String, String)>);

impl Once {
    fn of(plan: &Plan, names: &Names, complete: &BTreeSet<(String, String)>) -> Self {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for source in &plan.sources {
            let said = names.said(&source.id);
            let is_complete = |column: &&str| complete.contains(&(source.id.clone(), (*column).to_owned()));
            let own = source.told_apart_by().filter(is_complete).map(|column| said.column(column)).collect();
            // What is so for one source of a population says nothing of the rows of the others.
            match found.entry(said.population().to_owned()) {
                Entry::Vacant(place) => _ = place.insert(own),
                Entry::Occupied(mut all) => all.get_mut().retain(|column| own.contains(column)),
            }
        }
        let of_one = |(population, columns): (String, BTreeSet<String>)| {
            columns.into_iter().map(move |column| (population.clone(), column))
        };
        Self(found.into_iter().flat_map(of_one).collect())
    }

    /// What is counted where people are counted by a column.
    fn people(&self, said: &Said<'_>, column: &str) -> String {
        let column = said.column(column);
        let is_once = self.0.contains(&(said.population().to_owned(), column.clone()));
        if is_once { ROWS.to_owned() } else { column }
    }
}

/// What rows are counted as.
const ROWS: &str = "rows";

/// A condition that can be decided only where something was recorded, with what it then implies.
type Implied = (BTreeSet<String>, String);

/// Those of whom a condition holds are among those of whom it is known.
fn implied(plan: &Plan, names: &Names) -> Vec<Implied> {
    let mut out = Vec::new();
    for indicator in &plan.indicators {
        if let Kind::Proportion(kind) = &indicator.kind
            && let said = names.said(&kind.from)
            && let Some(known) = said.known(kind.missing, &kind.numerator)
        {
            out.push((said.conditions(Some(&kind.numerator)), known));
        }
    }
    out
}

fn close(counting: &mut Counting, implied: &[Implied]) {
    for (when, then) in implied {
        if !when.is_empty() && when.is_subset(&counting.conditions) {
            counting.conditions.insert(then.clone());
        }
    }
}

impl Said<'_> {
    /// The condition that a row is not left out for missing values.
    fn known(&self, missing: Missing, expression: &Expression) -> Option<String> {
        match missing {
            Missing::SkipIfAny => Some(format!("{} is known", self.words(expression))),
            Missing::SkipIfAll => Some(format!("a part of {} is known", self.words(expression))),
            Missing::Zero => None,
        }
    }

    fn counted(&self, of: &str, period_by: Option<&str>, site_by: Option<&str>) -> String {
        let by = |word: &str, column: Option<&str>| {
            column.map(|c| format!(" {word} {}", self.column(c))).unwrap_or_default()
        };
        format!("{of} of {}{}{}", self.population(), by("by", period_by), by("at", site_by))
    }

    fn summed(&self, of: &Expression, over: &str) -> String {
        format!("sum:{} over {over}", self.words(of).replace(' ', "_"))
    }
}

fn measure(indicator: &Indicator, names: &Names, once: &Once) -> Option<Measure> {
    let said = names.said(indicator.kind.from());
    let filter = || said.where_holds(indicator.filter.as_ref());
    let people = |of: &str, more: Vec<String>, window: Window| {
        let mut counting = Counting {
            of: said.counted(of, indicator.period_by.as_deref(), indicator.site_by.as_deref()),
            conditions: filter(),
            time: time(window),
        };
        counting.conditions.extend(more);
        counting
    };
    let own = |part: &str| Counting {
        of: format!("{part} of {}", indicator.id),
        conditions: BTreeSet::new(),
        time: Time::Moment,
    };
    let [keys, everyone, figures] = OWN_PARTS;
    let measure = |numerator, denominator| Some(Measure { numerator, denominator, ..Measure::default() });
    // Missing values add nothing, so that a sum is the same whether they are left out or zero.
    let amount = |of: &Expression, denominator: Counting| {
        let mut amount = Counting { of: said.summed(of, &denominator.of), ..denominator.clone() };
        amount.conditions = filter();
        Some(Measure { denominator: Some(denominator), amount: Some(amount), ..Measure::default() })
    };
    match &indicator.kind {
        Kind::Count(k) => measure(Some(people(ROWS, vec![], k.window)), None),
        Kind::DistinctCount(k) => measure(Some(people(&once.people(&said, &k.of), vec![], k.window)), None),
        Kind::Sum(k) => {
            let known = said.known(k.missing, &k.of).into_iter().collect();
            amount(&k.of, people(ROWS, known, k.window))
        }
        Kind::Mean(k) => {
            let known = said.known(k.missing, &k.of).into_iter().collect();
            amount(&k.of, people(ROWS, known, k.window))
        }
        Kind::Quantile(k) => {
            let known = said.known(k.missing, &k.of).into_iter().collect();
            let measure = amount(&k.of, people(ROWS, known, k.window))?;
            Some(Measure { tail: Some(k.share().min(1.0 - k.share())), ..measure })
        }
        Kind::Change(k) => {
            let known = [&k.before, &k.after].map(|of| format!("{} is known", said.words(of))).to_vec();
            measure(None, Some(people(ROWS, known, k.window)))
        }
        Kind::Index(k) => {
            let columns: Vec<String> = k.items.iter().map(|i| said.column(&i.column)).collect();
            let known = match k.missing {
                Missing::SkipIfAny => columns.iter().map(|c| format!("{c} is known")).collect(),
                Missing::SkipIfAll => vec![format!("one of {} is known", columns.join(", "))],
                Missing::Zero => vec![],
            };
            measure(None, Some(people(ROWS, known, k.window)))
        }
        Kind::Proportion(k) => {
            let of = k.of.as_deref().map_or(ROWS.to_owned(), |of| once.people(&said, of));
            let known = said.known(k.missing, &k.numerator).into_iter().collect();
            let denominator = people(&of, known, k.window);
            let mut numerator = denominator.clone();
            numerator.conditions.extend(said.conditions(Some(&k.numerator)));
            measure(Some(numerator), Some(denominator))
        }
        Kind::Completion(k) => {
            let by = format!("{} and {} months", said.column(&k.entered), k.within_months);
            let denominator = Counting {
                of: said.counted(ROWS, Some(&by), indicator.site_by.as_deref()),
                conditions: filter(),
                time: Time::Moment,
            };
            let own = indicator.kind.own_dimension()?;
            // What a step means depends on all of them.
            let dates = k.steps.iter().chain(&k.exits).map(|date| said.column(date));
            let called = format!("{}:{}", own.name, dates.collect::<Vec<_>>().join(":"));
            let mut numerator = denominator.clone();
            let last = k.steps.last().cloned().unwrap_or_default();
            numerator.conditions.insert(Counting::category(&called, &last));
            let mut measure = measure(Some(numerator), Some(denominator.clone()))?;
            measure.grows = [k.window == Window::ToDate; 2];
            measure.columns.insert(own.name.clone(), called);
            let outcomes = own.categories.iter().filter(|c| !k.steps.contains(c)).cloned();
            measure.own_dimension = Some(OwnDimension {
                name: own.name,
                from: denominator,
                parts: std::iter::once(last).chain(outcomes).collect(),
                chain: k.steps.clone(),
            });
            Some(measure)
        }
        Kind::Cascade(k) => {
            let led = format!("led by someone of {}", names.said(&k.tree.from).population());
            let all = people(&said.column(&k.of), vec![led], k.window);
            let mut measure = measure(Some(all.clone()), None)?;
            measure.own_dimension = indicator.kind.own_dimension().map(|own| OwnDimension {
                name: own.name,
                from: all,
                parts: own.categories,
                chain: Vec::new(),
            });
            Some(measure)
        }
        Kind::Ratio(k) => {
            let side = |m: &Side| {
                let said = names.said(&m.from);
                let of = match &m.of {
                    MeasureOf::Rows => ROWS.to_owned(),
                    MeasureOf::Distinct(column) => once.people(&said, column),
                    MeasureOf::Sum(_) => return None,
                };
                Some(Counting {
                    of: said.counted(&of, m.period_by.as_deref(), m.site_by.as_deref()),
                    conditions: said.where_holds(m.filter.as_ref()),
                    // Those trained so far: a side of a ratio to date is a series.
                    time: match time(m.window) {
                        Time::ToDate => Time::Moment,
                        time => time,
                    },
                })
            };
            let sum = match &k.numerator.of {
                MeasureOf::Sum(of) => Some(of),
                MeasureOf::Rows | MeasureOf::Distinct(_) => None,
            };
            let m = &k.numerator;
            let said = names.said(&m.from);
            let amount = sum.map(|of| Counting {
                of: said.summed(of, &said.counted(ROWS, m.period_by.as_deref(), m.site_by.as_deref())),
                conditions: said.where_holds(m.filter.as_ref()),
                time: time(m.window),
            });
            let (above, below) = (side(&k.numerator), side(&k.denominator));
            let grows = |side: &Option<Counting>, m: &Side| side.is_some() && m.window == Window::ToDate;
            let grows = [grows(&above, &k.numerator), grows(&below, &k.denominator)];
            Some(Measure { amount, grows, ..measure(above, below)? })
        }
        Kind::Rate(k) => {
            let m = &k.events;
            let said = names.said(&m.from);
            let counting = Counting {
                of: said.counted(ROWS, m.period_by.as_deref(), m.site_by.as_deref()),
                conditions: said.where_holds(m.filter.as_ref()),
                time: time(m.window),
            };
            measure(Some(counting), None)
        }
        Kind::Stock(_) => measure(None, Some(own(keys))),
        Kind::Sustained(_) | Kind::Concentration(_) => {
            let denominator = own(everyone);
            let mut numerator = denominator.clone();
            numerator.conditions.insert("numerator".into());
            measure(Some(numerator), Some(denominator))
        }
        Kind::Union(_) => measure(Some(own(figures)), None),
        Kind::Derived(_) => None,
    }
}

fn time(window: Window) -> Time {
    match window {
        Window::InPeriod => Time::InPeriod,
        Window::ToDate => Time::ToDate,
    }
}

fn days(indicator: &Indicator) -> BTreeMap<(String, String), (Date, Date)> {
    let place = |p: &IndicatorPeriod| (p.site.clone().unwrap_or_default(), p.id.clone());
    indicator.periods.iter().map(|p| (place(p), (p.first_day, p.last_day))).collect()
}

/// Whether it counts by a condition on a column that protects people in a case.
fn is_sensitive(indicator: &Indicator, sensitive: &BTreeSet<String>) -> bool {
    let mut expressions: Vec<&Expression> = indicator.filter.iter().collect();
    match &indicator.kind {
        Kind::Proportion(k) => expressions.push(&k.numerator),
        Kind::Ratio(k) => {
            expressions.extend([&k.numerator, &k.denominator].into_iter().filter_map(|m| m.filter.as_ref()))
        }
        Kind::Rate(k) => expressions.extend(k.events.filter.as_ref()),
        _ => {}
    }
    expressions.iter().any(|e| e.columns().iter().any(|column| sensitive.contains(*column)))
}

/// The conditions of an expression, each by itself.
pub(crate) fn conditions(expression: Option<Tree>) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut open: Vec<Tree> = expression.into_iter().collect();
    while let Some(tree) = open.pop() {
        match tree {
            Tree::Binary(left, Operator::And, right) => open.extend([*left, *right]),
            Tree::Not(inner) => match turned(&inner) {
                Some(tree) => open.push(tree),
                None => {
                    out.insert(words(&Tree::Not(inner)));
                }
            },
            other => {
                out.insert(words(&other));
            }
        }
    }
    out
}

/// The opposite of a condition without `not`; nothing where there is none. What cannot be decided is in
/// neither.
fn turned(tree: &Tree) -> Option<Tree> {
    let not = |tree: &Tree| turned(tree).unwrap_or_else(|| Tree::Not(Box::new(tree.clone())));
    match tree {
        Tree::Not(inner) => Some((**inner).clone()),
        Tree::IsMissing(inner, missing) => Some(Tree::IsMissing(inner.clone(), !missing)),
        Tree::Binary(left, operator, right) => {
            let opposite = match operator {
                Operator::And => return both_turned(left, Operator::Or, right, &not),
                Operator::Or => return both_turned(left, Operator::And, right, &not),
                Operator::Equal => Operator::NotEqual,
                Operator::NotEqual => Operator::Equal,
                Operator::Less => Operator::GreaterOrEqual,
                Operator::LessOrEqual => Operator::Greater,
                Operator::Greater => Operator::LessOrEqual,
                Operator::GreaterOrEqual => Operator::Less,
                _ => return None,
            };
            Some(Tree::Binary(left.clone(), opposite, right.clone()))
        }
        _ => None,
    }
}

fn both_turned(left: &Tree, operator: Operator, right: &Tree, not: &dyn Fn(&Tree) -> Tree) -> Option<Tree> {
    Some(Tree::Binary(Box::new(not(left)), operator, Box::new(not(right))))
}

/// An expression in words that are the same however it is written.
pub(crate) fn words(tree: &Tree) -> String {
    let list = |items: &[Tree]| items.iter().map(words).collect::<Vec<_>>().join(", ");
    match tree {
        Tree::Column(name) => name.clone(),
        Tree::Text(text) => format!("'{text}'"),
        Tree::Number(number) => number.clone(),
        Tree::Day(day) => day.to_string(),
        Tree::Truth(truth) => truth.to_string(),
        Tree::Binary(left, operator, right) => {
            let sign = match operator {
                Operator::And => "and",
                Operator::Or => "or",
                Operator::Equal => "=",
                Operator::NotEqual => "<>",
                Operator::Less => "<",
                Operator::LessOrEqual => "<=",
                Operator::Greater => ">",
                Operator::GreaterOrEqual => ">=",
                Operator::Plus => "+",
                Operator::Minus | Operator::Days => "-",
                Operator::Times => "*",
                Operator::Divided => "/",
            };
            let side = |tree: &Tree| match tree {
                Tree::Binary(..) => format!("({})", words(tree)),
                _ => words(tree),
            };
            format!("{} {sign} {}", side(left), side(right))
        }
        Tree::Not(inner) => format!("not ({})", words(inner)),
        Tree::Negative(inner) => format!("-({})", words(inner)),
        Tree::IsMissing(inner, true) => format!("{} is missing", words(inner)),
        Tree::IsMissing(inner, false) => format!("{} is there", words(inner)),
        Tree::In(inner, items) => format!("{} in ({})", words(inner), list(items)),
        Tree::Call(function, arguments) => format!("{function:?}({})", list(arguments)).to_lowercase(),
        Tree::PeriodStart => "period_start".into(),
        Tree::PeriodEnd => "period_end".into(),
    }
}
