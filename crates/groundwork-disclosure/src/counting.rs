//! From the plan to who is counted: which indicators count the same people, and which a part of
//! those of another.

use crate::frame::{Counting, Frame, Meaning, Measure, OwnDimension, Time};
use groundwork_plan::derive::{Band, Banded, DeriveRule};
use groundwork_plan::evaluation::Data;
use groundwork_plan::expression::{Expression, Operator, Tree};
use groundwork_plan::indicator::{Indicator, Kind, MeasureOf, Missing, Window};
use groundwork_plan::plan::Plan;
use groundwork_plan::source::{ColumnType, Source};
use std::collections::{BTreeMap, BTreeSet};

impl Frame {
    /// What a plan says of how its cells hang together.
    pub fn of(plan: &Plan) -> Self {
        let implied = implied(plan);
        let sensitive = plan.policy.sensitive.iter().cloned().collect();
        let mut frame = Frame { sensitive, ..Frame::default() };
        for source in &plan.sources {
            frame.understand(source, plan);
        }
        for indicator in plan.indicators.iter().filter(|i| i.people) {
            if let Some(mut measure) = measure(indicator) {
                let own = measure.own_dimension.as_mut().map(|own| &mut own.from);
                for counting in
                    [measure.numerator.as_mut(), measure.denominator.as_mut(), own].into_iter().flatten()
                {
                    close(counting, &implied);
                }
                measure.sensitive = is_sensitive(indicator, &frame.sensitive);
                measure.days = days(indicator);
                frame.measures.insert(indicator.id.clone(), measure);
            }
        }
        frame
    }

    /// What the columns of a source are made from.
    fn understand(&mut self, source: &Source, plan: &Plan) {
        let key = |column: &str| (source.id.clone(), column.to_owned());
        let columns = plan.columns(&source.id);
        let whole = columns.iter().filter(|(_, kind)| *kind == ColumnType::Integer);
        self.whole.extend(whole.map(|(name, _)| key(name)));
        for derived in &source.derived {
            if derived.rule.columns().iter().any(|column| self.sensitive.contains(*column)) {
                self.sensitive.insert(derived.name.clone());
            }
            let all = |holds: &Expression| conditions(Some(holds)).into_iter().collect::<Vec<_>>();
            let words = match &derived.rule {
                DeriveRule::Bands(banded, bands) => {
                    let base = match banded {
                        Banded::Column(name) => name.clone(),
                        Banded::Age { born, at } => {
                            let base = format!("age:{born}:{at}");
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
            self.meanings.insert(key(&derived.name), Meaning { words });
        }
    }
}

/// The rows that an evaluation asks for, and those of them that have every value it needs.
pub fn rows_of(data: &Data) -> (Counting, Counting) {
    let mut asked = Counting::rows(&data.from);
    asked.conditions = conditions(data.filter.as_ref());
    let mut complete = asked.clone();
    let needed = data.columns.iter().filter(|c| !c.role.may_be_missing());
    complete.conditions.extend(needed.map(|c| format!("{} is known", words(&c.what.tree))));
    (asked, complete)
}

/// A condition that can be decided only where something was recorded, with what it then implies.
type Implied = (BTreeSet<String>, String);

/// Those of whom a condition holds are among those of whom it is known.
fn implied(plan: &Plan) -> Vec<Implied> {
    let mut out = Vec::new();
    for indicator in &plan.indicators {
        if let Kind::Proportion(kind) = &indicator.kind
            && let Some(known) = known(kind.missing, &kind.numerator)
        {
            out.push((conditions(Some(&kind.numerator)), known));
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

/// The condition that a row is not left out for missing values.
fn known(missing: Missing, expression: &Expression) -> Option<String> {
    match missing {
        Missing::SkipIfAny => Some(format!("{} is known", words(&expression.tree))),
        Missing::SkipIfAll => Some(format!("a part of {} is known", words(&expression.tree))),
        Missing::Zero => None,
    }
}

fn measure(indicator: &Indicator) -> Option<Measure> {
    let people = |of: &str, from: &str, more: Vec<String>, window: Window| {
        let filter = indicator.filter.as_ref();
        let mut counting = Counting {
            of: counted(of, from, indicator.period_by.as_deref(), indicator.site_by.as_deref()),
            conditions: conditions(filter),
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
    const ROWS: &str = "rows";
    let measure = |numerator, denominator| Some(Measure { numerator, denominator, ..Measure::default() });
    // Missing values add nothing, so that a sum is the same whether they are left out or zero.
    let amount = |of: &Expression, denominator: Counting| {
        let mut amount = Counting { of: summed(of, &denominator.of), ..denominator.clone() };
        amount.conditions = conditions(indicator.filter.as_ref());
        Some(Measure { denominator: Some(denominator), amount: Some(amount), ..Measure::default() })
    };
    match &indicator.kind {
        Kind::Count(k) => measure(Some(people(ROWS, &k.from, vec![], k.window)), None),
        Kind::DistinctCount(k) => measure(Some(people(&k.of, &k.from, vec![], k.window)), None),
        Kind::Sum(k) => {
            let known = known(k.missing, &k.of).into_iter().collect();
            amount(&k.of, people(ROWS, &k.from, known, k.window))
        }
        Kind::Mean(k) => {
            let known = known(k.missing, &k.of).into_iter().collect();
            amount(&k.of, people(ROWS, &k.from, known, k.window))
        }
        Kind::Quantile(k) => {
            let known = known(k.missing, &k.of).into_iter().collect();
            let measure = amount(&k.of, people(ROWS, &k.from, known, k.window))?;
            Some(Measure { tail: Some(k.share().min(1.0 - k.share())), ..measure })
        }
        Kind::Change(k) => {
            let known = [&k.before, &k.after].map(|of| format!("{} is known", words(&of.tree))).to_vec();
            measure(None, Some(people(ROWS, &k.from, known, k.window)))
        }
        Kind::Index(k) => {
            let columns: Vec<&str> = k.items.iter().map(|i| i.column.as_str()).collect();
            let known = match k.missing {
                Missing::SkipIfAny => columns.iter().map(|c| format!("{c} is known")).collect(),
                Missing::SkipIfAll => vec![format!("one of {} is known", columns.join(", "))],
                Missing::Zero => vec![],
            };
            measure(None, Some(people(ROWS, &k.from, known, k.window)))
        }
        Kind::Proportion(k) => {
            let of = k.of.as_deref().unwrap_or(ROWS);
            let known: Vec<String> = known(k.missing, &k.numerator).into_iter().collect();
            let denominator = people(of, &k.from, known, k.window);
            let mut numerator = denominator.clone();
            numerator.conditions.extend(conditions(Some(&k.numerator)));
            measure(Some(numerator), Some(denominator))
        }
        Kind::Completion(k) => {
            let by = format!("{} and {} months", k.entered, k.within_months);
            let denominator = Counting {
                of: counted(ROWS, &k.from, Some(&by), indicator.site_by.as_deref()),
                conditions: conditions(indicator.filter.as_ref()),
                // Cohorts of different periods are not set against each other.
                time: Time::Moment,
            };
            let mut numerator = denominator.clone();
            let last = k.steps.last().cloned().unwrap_or_default();
            numerator.conditions.insert(Counting::category("step", &last));
            let mut measure = measure(Some(numerator), Some(denominator.clone()))?;
            let own = indicator.kind.own_dimension()?;
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
            let led = format!("led by someone of {}", k.tree.from);
            let all = people(&k.of, &k.from, vec![led], k.window);
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
            let side = |m: &groundwork_plan::indicator::Measure| {
                let of = match &m.of {
                    MeasureOf::Rows => ROWS,
                    MeasureOf::Distinct(column) => column.as_str(),
                    MeasureOf::Sum(_) => return None,
                };
                Some(Counting {
                    of: counted(of, &m.from, m.period_by.as_deref(), m.site_by.as_deref()),
                    conditions: conditions(m.filter.as_ref()),
                    // Those trained so far: a side of a ratio is not set against earlier periods.
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
            let amount = sum.map(|of| Counting {
                of: summed(of, &counted(ROWS, &m.from, m.period_by.as_deref(), m.site_by.as_deref())),
                conditions: conditions(m.filter.as_ref()),
                time: time(m.window),
            });
            let measure = measure(side(&k.numerator), side(&k.denominator))?;
            Some(Measure { amount, ..measure })
        }
        Kind::Rate(k) => {
            let m = &k.events;
            let counting = Counting {
                of: counted(ROWS, &m.from, m.period_by.as_deref(), m.site_by.as_deref()),
                conditions: conditions(m.filter.as_ref()),
                time: time(m.window),
            };
            measure(Some(counting), None)
        }
        Kind::Stock(_) => measure(None, Some(own("keys"))),
        Kind::Sustained(_) | Kind::Concentration(_) => {
            let denominator = own("everyone");
            let mut numerator = denominator.clone();
            numerator.conditions.insert("numerator".into());
            measure(Some(numerator), Some(denominator))
        }
        Kind::Union(_) => measure(Some(own("figures")), None),
        Kind::Derived(_) => None,
    }
}

fn counted(of: &str, from: &str, period_by: Option<&str>, site_by: Option<&str>) -> String {
    let by = |word: &str, column: Option<&str>| column.map(|c| format!(" {word} {c}")).unwrap_or_default();
    format!("{of} of {from}{}{}", by("by", period_by), by("at", site_by))
}

fn summed(of: &Expression, over: &str) -> String {
    format!("sum:{} over {over}", words(&of.tree).replace(' ', "_"))
}

fn time(window: Window) -> Time {
    match window {
        Window::InPeriod => Time::InPeriod,
        Window::ToDate => Time::ToDate,
    }
}

fn days(indicator: &Indicator) -> BTreeMap<(String, String), (jiff::civil::Date, jiff::civil::Date)> {
    let of = |p: &groundwork_plan::indicator::IndicatorPeriod| {
        ((p.site.clone().unwrap_or_default(), p.id.clone()), (p.first_day, p.last_day))
    };
    indicator.periods.iter().map(of).collect()
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
fn conditions(expression: Option<&Expression>) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut open: Vec<Tree> = expression.map(|e| e.tree.clone()).into_iter().collect();
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
fn words(tree: &Tree) -> String {
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
