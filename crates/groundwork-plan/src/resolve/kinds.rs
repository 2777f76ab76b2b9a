//! Kinds of indicators: every column, date and condition that a kind needs, bound to its source.

use super::Resolver;
use super::indicators::{Ground, Rows, window_at};
use super::sources::months_at;
use crate::expression::{Expression, Scope};
use crate::indicator::{
    Cascade, Change, Completion, Concentration, Count, Derived, DistinctCount, Exposure, Index, IndexItem,
    Indicator, Kind, Linked, Mean, Measure, MeasureOf, Missing, Proportion, Quantile, Rate, Ratio, Stock,
    Sum, Summary, Sustained, Tree, Union, Window, median,
};
use crate::number::Unit;
use crate::source::ColumnType;
use crate::yaml::{Key, Node};

fn is_date(kind: &ColumnType) -> bool {
    matches!(kind, ColumnType::Date | ColumnType::Timestamp)
}

fn is_number(kind: &ColumnType) -> bool {
    matches!(kind, ColumnType::Integer | ColumnType::Number)
}

fn anything(_: &ColumnType) -> bool {
    true
}

/// A share of 1 that is written as a decimal, in thousandths.
fn thousandths(node: &Node, key: &str) -> Option<u32> {
    let share: f64 = node.text_at(key)?.parse().ok()?;
    let whole = (share * 1000.0).round();
    ((1.0..=999.0).contains(&whole) && (share * 1000.0 - whole).abs() < 1e-9).then_some(whole as u32)
}

impl Resolver {
    /// The kind of an indicator whose rows come from one source.
    pub(super) fn kind_of_rows(
        &mut self,
        word: &str,
        key: &Key,
        node: &Node,
        rows: &Rows,
        ground: &Ground,
    ) -> Option<Kind> {
        let window = window_at(node, Window::InPeriod);
        let from = rows.from.clone();
        let missing =
            Missing::ALL.into_iter().find(|m| Some(m.word()) == node.text_at("missing")).unwrap_or_default();
        let scope = ground.scope(rows, false);
        if missing != Missing::SkipIfAny
            && let Some(at) = node.get("of").filter(|_| word != "proportion")
        {
            self.no_dates_to_fill(at, missing, rows);
        }
        Some(match word {
            "count" => Kind::Count(Count { from, window }),
            "distinct_count" => {
                let of = self.column_at(node, "of", rows, "an identifier", anything)?;
                let linked =
                    ground.people.iter().find(|step| step.id == of && step.register(&from).is_some());
                let linked = linked.map(|step| Linked { wide: step.wide_band.is_some() });
                Kind::DistinctCount(DistinctCount { from, of, window, linked })
            }
            "sum" => Kind::Sum(Sum { of: self.number_at(node, "of", &scope)?, from, missing, window }),
            "mean" => Kind::Mean(Mean { of: self.number_at(node, "of", &scope)?, from, missing, window }),
            "median" => {
                let of = self.number_at(node, "of", &scope)?;
                Kind::Quantile(Quantile { from, of, missing, window, thousandths: median::THOUSANDTHS })
            }
            "quantile" => {
                let of = self.number_at(node, "of", &scope)?;
                let Some(thousandths) = thousandths(node, "at") else {
                    self.not_a_share(node, "at", "0.9");
                    return None;
                };
                Kind::Quantile(Quantile { from, of, missing, window, thousandths })
            }
            "proportion" => {
                let of = match node.get("of") {
                    Some(_) => Some(self.column_at(node, "of", rows, "an identifier", anything)?),
                    None => None,
                };
                let numerator = self.condition(node.get("numerator")?, &ground.scope(rows, true))?;
                Kind::Proportion(Proportion { from, numerator, of, missing, window })
            }
            "index" => Kind::Index(Index { items: self.items(node, rows)?, from, missing, window }),
            "change" => Kind::Change(Change {
                before: self.number_at(node, "before", &scope)?,
                after: self.number_at(node, "after", &scope)?,
                from,
                window,
            }),
            "union" => Kind::Union(Union { of: self.number_at(node, "of", &scope)?, from, window }),
            "stock" => Kind::Stock(Stock {
                of: self.number_at(node, "of", &scope)?,
                key: self.column_at(node, "key", rows, "an identifier", anything)?,
                carry_months: months_at(node, "carry"),
                from,
            }),
            "concentration" => {
                let Some(top_thousandths) = thousandths(node, "top") else {
                    self.not_a_share(node, "top", "0.2");
                    return None;
                };
                let of = self.column_at(node, "of", rows, "an identifier", anything)?;
                let by = self.column_at(node, "by", rows, "an identifier", anything)?;
                Kind::Concentration(Concentration { from, of, by, top_thousandths, window })
            }
            "cascade" => Kind::Cascade(self.cascade(key, node, rows, ground, window)?),
            "completion" => Kind::Completion(self.completion(node, rows)?),
            "sustained" => Kind::Sustained(Sustained {
                of: self.column_at(node, "of", rows, "an identifier", anything)?,
                month: self.column_at(node, "month", rows, "a date", is_date)?,
                holds: self.condition(node.get("holds")?, &scope)?,
                months: months_at(node, "for"),
                from,
            }),
            _ => return None,
        })
    }

    fn not_a_share(&mut self, node: &Node, key: &str, example: &str) {
        if let Some(at) = node.get(key) {
            let message = format!("`{key}` is not a share between 0 and 1 with at most three decimals");
            self.problem("indicator.not-a-share", at.span, message)
                .hints
                .push(format!("Write `{key}: {example}`."));
        }
    }

    /// A missing date cannot count as zero.
    fn no_dates_to_fill(&mut self, at: &Node, missing: Missing, rows: &Rows) {
        let of = at.text().unwrap_or_default();
        let date =
            rows.columns.iter().find(|(name, kind)| is_date(kind) && names(of).any(|word| word == name));
        if let Some((name, _)) = date {
            let message = format!(
                "`missing: {}` counts what is missing as zero, and `{name}` is a date",
                missing.word()
            );
            self.problem("indicator.missing-date", at.span, message).hints.push(
                "Leave rows without a date out with `missing: skip_if_any`, or derive the number of days as a column of the source.".into(),
            );
        }
    }

    fn number_at(&mut self, node: &Node, key: &str, scope: &Scope) -> Option<Expression> {
        self.number(node.get(key)?, scope)
    }

    fn completion(&mut self, node: &Node, rows: &Rows) -> Option<Completion> {
        let entered = self.column_at(node, "entered", rows, "a date", is_date)?;
        let steps = node.get("steps")?;
        if steps.items().is_empty() {
            self.problem(
                "indicator.no-steps",
                steps.span,
                "`steps` is empty, expected at least the date of completion",
            );
        }
        for step in [Some(steps), node.get("exits")].into_iter().flatten().flat_map(Node::items) {
            let name = step.text().unwrap_or_default();
            if let Some(kind) = self.known_column(step, name, &rows.from, &rows.columns)
                && !is_date(kind)
            {
                let message = format!("the step `{name}` is {}, expected a date", kind.word());
                self.problem("indicator.wrong-type", step.span, message);
            }
        }
        Some(Completion {
            from: rows.from.clone(),
            entered,
            steps: node.texts_at("steps"),
            exits: node.texts_at("exits"),
            within_months: months_at(node, "within"),
            window: window_at(node, Window::ToDate),
        })
    }

    fn cascade(
        &mut self,
        key: &Key,
        node: &Node,
        rows: &Rows,
        ground: &Ground,
        window: Window,
    ) -> Option<Cascade> {
        let tree = node.get("tree")?;
        let people = self.rows(tree, ground)?;
        let person = self.column_at(tree, "person", &people, "an identifier", anything);
        let trained_by = self.column_at(tree, "trained_by", &people, "an identifier", anything);
        Some(Cascade {
            from: rows.from.clone(),
            of: self.column_at(node, "of", rows, "an identifier", anything)?,
            led_by: self.column_at(node, "led_by", rows, "an identifier", anything)?,
            tree: Tree { from: people.from, person: person?, trained_by: trained_by? },
            window,
            table: format!("generations:{}", key.name),
        })
    }

    fn items(&mut self, node: &Node, rows: &Rows) -> Option<Vec<IndexItem>> {
        let at = node.get("items")?;
        let mut items = Vec::new();
        for (key, item) in at.entries() {
            let number = |name: &str| item.text_at(name).and_then(|t| t.parse::<f64>().ok());
            let (Some(from), Some(to)) = (number("from"), number("to")) else { continue };
            let weight = number("weight").unwrap_or(1.0);
            if from == to {
                let message = format!("`{}` has one end only, expected two different ones", key.name);
                self.problem("indicator.item-ends", item.span, message);
            }
            if weight <= 0.0 {
                let message = format!("the weight of `{}` is not above zero", key.name);
                self.problem("indicator.item-weight", item.span, message)
                    .hints
                    .push("To count an item the other way, turn its ends round: `from: 4, to: 0`.".into());
            }
            let found = rows.columns.iter().find(|(name, _)| *name == key.name).map(|(_, kind)| kind);
            match found {
                Some(kind) if is_number(kind) => {}
                Some(kind) => {
                    let message = format!("`{}` is {}, expected a number", key.name, kind.word());
                    self.problem("indicator.wrong-type", key.span, message);
                }
                None => {
                    let names = rows.columns.iter().map(|(name, _)| name.as_str());
                    let what = format!("column of source `{}`", rows.from);
                    self.unknown("source.unknown-column", key.span, &what, &key.name, names);
                }
            }
            items.push(IndexItem { column: key.name.clone(), from, to, weight });
        }
        if items.is_empty() {
            self.problem("indicator.no-items", at.span, "`items` is empty, expected at least one column");
            return None;
        }
        Some(items)
    }

    pub(super) fn ratio(&mut self, key: &Key, node: &Node, ground: &Ground) -> Option<Ratio> {
        let numerator = self.measure(key, node.get("numerator")?, ground);
        let denominator = self.measure(key, node.get("denominator")?, ground);
        let clusters = ["numerator", "denominator"].map(|side| node.get(side)?.get("cluster"));
        if let [Some(at), None] | [None, Some(at)] = clusters {
            let message = "one side of the ratio names its clusters, and the other does not";
            self.problem("indicator.ratio-cluster", at.span, message)
                .hints
                .push("Set `cluster` on both sides, or on neither.".into());
        }
        Some(Ratio { numerator: numerator?, denominator: denominator? })
    }

    pub(super) fn rate(&mut self, key: &Key, node: &Node, ground: &Ground) -> Option<Rate> {
        let counted = node.get("events")?;
        let events = self.measure(key, counted, ground);
        self.events_are_counts(counted, events.as_ref(), ground);
        let at = node.get("exposure")?;
        let rows = self.rows(at, ground)?;
        let enters = self.column_at(at, "enters", &rows, "a date", is_date);
        let leaves = match at.get("leaves") {
            Some(_) => Some(self.column_at(at, "leaves", &rows, "a date", is_date)?),
            None => None,
        };
        let filter = match at.get("where") {
            Some(at) => Some(self.condition(at, &ground.scope(&rows, true))?),
            None => None,
        };
        Some(Rate {
            events: events?,
            exposure: Exposure {
                filter,
                site_by: self.site_by(key, at, &rows, ground),
                enters: enters?,
                leaves,
                from: rows.from,
            },
            per_months: months_at(node, "per"),
        })
    }

    /// Events are whole, and those of the period in which people were exposed.
    fn events_are_counts(&mut self, at: &Node, events: Option<&Measure>, ground: &Ground) {
        if let Some(at) = at.get("window").filter(|at| at.text() == Some("to_date")) {
            let message = "the events of a rate are those of the period, as its exposure is";
            self.problem("indicator.rate-window", at.span, message)
                .hints
                .push("Leave `window` out; for all events so far, use a `ratio`.".into());
        }
        if let Some(at) = at.get("cluster") {
            let message = "a rate has no clusters: its interval is that of a count";
            self.problem("indicator.rate-cluster", at.span, message)
                .hints
                .push("Leave `cluster` out, or use a `ratio`, which has an interval from clusters.".into());
        }
        let (Some(events), Some(at)) = (events, at.get("sum")) else { return };
        let MeasureOf::Sum(value) = &events.of else { return };
        let columns = ground.columns(&events.from);
        let broken = |name: &&str| columns.iter().any(|(n, kind)| n == name && *kind != ColumnType::Integer);
        if let Some(name) = value.columns().into_iter().find(broken) {
            let message = format!("events are whole, and `{name}` need not be");
            self.problem("indicator.rate-events", at.span, message)
                .hints
                .push("Declare the column as `integer`, or use a `ratio` for amounts.".into());
        }
    }

    fn measure(&mut self, key: &Key, node: &Node, ground: &Ground) -> Option<Measure> {
        let rows = self.rows(node, ground)?;
        let of = match (node.get("distinct"), node.get("sum")) {
            (Some(_), Some(at)) => {
                self.problem("indicator.measure", at.span, "a measure has either `distinct` or `sum`");
                return None;
            }
            (Some(_), None) => {
                MeasureOf::Distinct(self.column_at(node, "distinct", &rows, "an identifier", anything)?)
            }
            (None, Some(_)) => MeasureOf::Sum(self.number_at(node, "sum", &ground.scope(&rows, false))?),
            (None, None) => MeasureOf::Rows,
        };
        let cluster = match node.get("cluster") {
            Some(_) => Some(self.column_at(node, "cluster", &rows, "an identifier", anything)?),
            None => None,
        };
        let filter = match node.get("where") {
            Some(at) => Some(self.condition(at, &ground.scope(&rows, true))?),
            None => None,
        };
        Some(Measure {
            of,
            filter,
            site_by: self.site_by(key, node, &rows, ground),
            period_by: self.period_by(key, node, &rows, ground),
            window: window_at(node, Window::InPeriod),
            cluster,
            from: rows.from,
        })
    }

    /// The formulas, once every other indicator is known.
    pub(super) fn formulas(
        &mut self,
        waiting: Vec<(&Key, &Node)>,
        mut indicators: Vec<Indicator>,
        ground: &Ground,
    ) -> Vec<Indicator> {
        let mut waiting = waiting;
        let declared: Vec<String> = waiting.iter().map(|(key, _)| key.name.clone()).collect();
        loop {
            let before = waiting.len();
            let mut rest = Vec::new();
            for (key, node) in waiting {
                let text = node.text_at("formula").unwrap_or_default();
                let needs_other = declared.iter().any(|name| {
                    !indicators.iter().any(|i| i.id == *name) && names(text).any(|word| word == name)
                });
                if needs_other {
                    rest.push((key, node));
                } else if let Some(indicator) = self.formula(key, node, &indicators, ground) {
                    indicators.push(indicator);
                }
            }
            waiting = rest;
            if waiting.is_empty() || waiting.len() == before {
                break;
            }
        }
        for (key, _) in waiting {
            self.problem(
                "indicator.circle",
                key.span,
                format!("`{}` is made from itself, directly or by others", key.name),
            )
            .hints
            .push("Let one of the formulas name only indicators that are counted from sources.".into());
        }
        indicators
    }

    fn formula(
        &mut self,
        key: &Key,
        node: &Node,
        indicators: &[Indicator],
        ground: &Ground,
    ) -> Option<Indicator> {
        let at = node.get("formula")?;
        for name in ["disaggregate", "where", "from", "period_by", "periods", "site_by"] {
            if let Some(at) = node.get(name) {
                let message =
                    format!("a formula has no `{name}`: it is computed from the totals of other indicators");
                self.problem("indicator.formula-key", at.span, message)
                    .hints
                    .push("Give the indicators in the formula what they need, or make the formula a `ratio`, which has categories.".into());
            }
        }
        let columns = indicators.iter().map(|i| (i.id.clone(), ColumnType::Number)).collect();
        let scope = Scope {
            of: "the indicators".into(),
            columns,
            sites: &ground.site_ids,
            has_period: false,
            measurements: false,
        };
        let formula = self.number(at, &scope)?;
        if formula.columns().is_empty() {
            self.problem("indicator.formula-inputs", at.span, "the formula names no indicator")
                .hints
                .push("Name indicators by their identifiers, such as `spending / reach`.".into());
            return None;
        }
        let inputs: Vec<&Indicator> =
            formula.columns().iter().filter_map(|name| indicators.iter().find(|i| i.id == *name)).collect();
        if let Some(name) = added_quotient(&formula.tree, &inputs) {
            self.problem(
                "indicator.average-of-shares",
                at.span,
                format!("the formula adds `{name}` to something else, and a share or a quotient has no sum"),
            )
            .hints
            .push("An average of percentages gives a site of ten the weight of a site of a thousand. Let one `proportion` or `ratio` count the numerators and the denominators of both: it keeps their sums and divides once.".into());
            return None;
        }
        let sources: Vec<_> = inputs.iter().map(|i| &i.periods).collect();
        if sources.windows(2).any(|pair| pair[0] != pair[1]) {
            self.problem(
                "indicator.formula-periods",
                at.span,
                "the formula mixes indicators of different periods",
            )
            .hints
            .push("Give them the same `periods`.".into());
            return None;
        }
        let by_site = !inputs.is_empty() && inputs.iter().all(|i| i.site_by.is_some());
        let people = inputs.iter().any(|i| i.people);
        let periods = inputs.first().map(|i| i.periods.clone());
        let mut indicator = self.common(key, node, Kind::Derived(Derived { formula }), ground);
        indicator.site_by = by_site.then(String::new);
        indicator.people = people;
        if let Some(periods) = periods {
            indicator.periods = periods;
        }
        Some(indicator)
    }
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// An indicator that has no sum and stands on one side of a `+`, beside another indicator.
fn added_quotient<'t>(tree: &'t crate::expression::Tree, inputs: &[&Indicator]) -> Option<&'t str> {
    use crate::expression::{Operator, Tree as T};
    let quotient = |name: &str| {
        inputs.iter().find(|i| i.id == name).is_some_and(|i| match i.kind.summary() {
            Summary::Share
            | Summary::RowMean
            | Summary::ClusteredRatio
            | Summary::Quotient
            | Summary::Quantile(_)
            | Summary::Rate { .. }
            | Summary::TopShare { .. } => true,
            Summary::Derived => matches!(i.unit, Unit::Share | Unit::Ratio),
            Summary::FullCount | Summary::Total | Summary::Bounds => false,
        })
    };
    let columns = |tree: &'t T| {
        let mut found: Vec<&'t str> = Vec::new();
        tree.walk(&mut |part| {
            if let T::Column(name) = part {
                found.push(name);
            }
        });
        found
    };
    let mut added = None;
    tree.walk(&mut |part| {
        if let T::Binary(left, Operator::Plus, right) = part {
            let (left, right) = (columns(left), columns(right));
            if !left.is_empty() && !right.is_empty() {
                added = added.or(left.into_iter().chain(right).find(|name| quotient(name)));
            }
        }
    });
    added
}
