//! Indicators: every column, date and condition bound to its source.

use super::sources::months_at;
use super::{Resolver, localised};
use crate::expression::Scope;
use crate::indicator::{
    Completion, Count, Dimension, Direction, DistinctCount, Indicator, Kind, Mean, Measure, MeasureOf,
    Proportion, Ratio, Sum, Sustained, Window,
};
use crate::number::Unit;
use crate::period::Calendar;
use crate::plan::{columns, find};
use crate::site::Site;
use crate::source::{ColumnType, Source};
use crate::yaml::{Key, Node};
use std::collections::BTreeMap;

/// What an indicator can be bound to.
struct Ground<'a> {
    sources: &'a [Source],
    sites: &'a [Site],
    site_ids: Vec<String>,
    calendar: &'a Calendar,
}

/// The rows that an indicator, or one side of a ratio, is computed from.
struct Rows {
    from: String,
    columns: Vec<(String, ColumnType)>,
}

impl Resolver {
    pub(super) fn indicators(
        &mut self,
        root: &Node,
        sources: &[Source],
        sites: &[Site],
        calendar: &Calendar,
    ) -> Vec<Indicator> {
        let ground =
            Ground { sources, sites, site_ids: sites.iter().map(|s| s.id.clone()).collect(), calendar };
        let entries = root.get("indicators").map(Node::entries).unwrap_or_default();
        entries.iter().filter_map(|(key, node)| self.indicator(key, node, &ground)).collect()
    }

    fn indicator(&mut self, key: &Key, node: &Node, ground: &Ground) -> Option<Indicator> {
        let word = node.text_at("kind")?;
        let is_ratio = word == "ratio";
        let rows = if is_ratio { None } else { Some(self.rows(node, ground)?) };
        if is_ratio {
            for name in ["where", "period_by", "site_by", "disaggregate"] {
                if let Some(at) = node.get(name) {
                    self.problem(
                        "indicator.ratio-side",
                        at.span,
                        format!("`{name}` of a ratio stands inside its numerator and its denominator"),
                    )
                    .hints
                    .push(if name == "disaggregate" {
                        "A ratio has no cells by category: its two sides count different things.".into()
                    } else {
                        format!("Move `{name}` into `numerator` and into `denominator`.")
                    });
                }
            }
        }
        let filter = match (&rows, node.get("where")) {
            (Some(rows), Some(at)) => self.condition(at, &ground.scope(rows)),
            _ => None,
        };
        let has_period = !matches!(word, "completion" | "sustained" | "ratio");
        let period_by = match &rows {
            Some(rows) if has_period => self.period_by(key, node, rows, ground),
            _ => None,
        };
        let site_by = match &rows {
            Some(rows) => self.site_by(key, node, rows, ground),
            None => None,
        };
        let disaggregate = match &rows {
            Some(rows) => self.dimensions(node, rows, ground),
            None => Vec::new(),
        };
        let kind = self.kind(word, key, node, rows.as_ref(), ground)?;
        let site_by = match &kind {
            // A ratio is computed by site when both sides know theirs.
            Kind::Ratio(r) => r.numerator.site_by.clone().filter(|_| r.denominator.site_by.is_some()),
            _ => site_by,
        };
        let unit = match &kind {
            Kind::Count(_) | Kind::DistinctCount(_) => Unit::Count,
            Kind::Proportion(_) | Kind::Completion(_) | Kind::Sustained(_) => Unit::Share,
            Kind::Ratio(_) => Unit::Ratio,
            Kind::Sum(_) | Kind::Mean(_) => match node.text_at("unit") {
                Some(unit) => Unit::Amount(unit.to_owned()),
                None => Unit::Ratio,
            },
        };
        if let Some(at) = node.get("unit")
            && !matches!(kind, Kind::Sum(_) | Kind::Mean(_))
        {
            self.problem(
                "indicator.unit",
                at.span,
                format!("`unit` belongs to `sum` and `mean`; a {word} has its own unit"),
            );
        }
        let number = |key: &str| node.text_at(key).and_then(|t| t.parse::<f64>().ok());
        let baseline = number("baseline");
        let targets = self.targets(node, ground, &unit);
        if let (Some(at), Some(value), Unit::Share) = (node.get("baseline"), baseline, &unit) {
            self.share_in_range(at, value);
        }
        Some(Indicator {
            id: key.name.clone(),
            title: localised(Some(node), "title").unwrap_or_default(),
            definition: localised(Some(node), "definition"),
            named_parts: localised(node.get("parts"), "numerator")
                .map(|numerator| (numerator, localised(node.get("parts"), "denominator"))),
            kind,
            filter,
            site_by,
            period_by,
            disaggregate,
            direction: match node.text_at("direction") {
                Some("decrease") => Direction::Decrease,
                _ => Direction::Increase,
            },
            unit,
            baseline,
            targets,
            headline: node.text_at("headline") != Some("false"),
        })
    }

    fn kind(
        &mut self,
        word: &str,
        key: &Key,
        node: &Node,
        rows: Option<&Rows>,
        ground: &Ground,
    ) -> Option<Kind> {
        let window = window_at(node, Window::InPeriod);
        if word == "ratio" {
            let numerator = self.measure(key, node.get("numerator")?, ground)?;
            let denominator = self.measure(key, node.get("denominator")?, ground)?;
            return Some(Kind::Ratio(Ratio { numerator, denominator }));
        }
        let rows = rows?;
        let from = rows.from.clone();
        let numeric = |kind: &ColumnType| matches!(kind, ColumnType::Integer | ColumnType::Number);
        let date = |kind: &ColumnType| matches!(kind, ColumnType::Date | ColumnType::Timestamp);
        Some(match word {
            "count" => Kind::Count(Count { from, window }),
            "distinct_count" => {
                let of = self.column_at(node, "of", rows, "an identifier", |_| true)?;
                Kind::DistinctCount(DistinctCount { from, of, window })
            }
            "sum" => {
                let of = self.column_at(node, "of", rows, "a number", numeric)?;
                Kind::Sum(Sum { from, of, window })
            }
            "mean" => {
                let of = self.column_at(node, "of", rows, "a number", numeric)?;
                Kind::Mean(Mean { from, of, window })
            }
            "proportion" => {
                let of = match node.get("of") {
                    Some(_) => Some(self.column_at(node, "of", rows, "an identifier", |_| true)?),
                    None => None,
                };
                let numerator = self.condition(node.get("numerator")?, &ground.scope(rows))?;
                Kind::Proportion(Proportion { from, numerator, of, window })
            }
            "completion" => {
                let entered = self.column_at(node, "entered", rows, "a date", date)?;
                let steps = node.get("steps")?;
                if steps.items().is_empty() {
                    self.problem(
                        "indicator.no-steps",
                        steps.span,
                        "`steps` is empty, expected at least the date of completion",
                    );
                }
                for step in steps.items() {
                    let name = step.text().unwrap_or_default();
                    if let Some(kind) = self.known_column(step, name, &from, &rows.columns)
                        && !date(kind)
                    {
                        let message = format!("the step `{name}` is {}, expected a date", kind.word());
                        self.problem("indicator.wrong-type", step.span, message);
                    }
                }
                Kind::Completion(Completion {
                    from,
                    entered,
                    steps: node.texts_at("steps"),
                    within_months: months_at(node, "within"),
                    window: window_at(node, Window::ToDate),
                })
            }
            "sustained" => Kind::Sustained(Sustained {
                of: self.column_at(node, "of", rows, "an identifier", |_| true)?,
                month: self.column_at(node, "month", rows, "a date", date)?,
                holds: self.condition(node.get("holds")?, &ground.scope(rows))?,
                months: months_at(node, "for"),
                from,
            }),
            _ => return None,
        })
    }

    fn measure(&mut self, key: &Key, node: &Node, ground: &Ground) -> Option<Measure> {
        let rows = self.rows(node, ground)?;
        let numeric = |kind: &ColumnType| matches!(kind, ColumnType::Integer | ColumnType::Number);
        let of = match (node.get("distinct"), node.get("sum")) {
            (Some(_), Some(at)) => {
                self.problem("indicator.measure", at.span, "a measure has either `distinct` or `sum`");
                return None;
            }
            (Some(_), None) => {
                MeasureOf::Distinct(self.column_at(node, "distinct", &rows, "an identifier", |_| true)?)
            }
            (None, Some(_)) => MeasureOf::Sum(self.column_at(node, "sum", &rows, "a number", numeric)?),
            (None, None) => MeasureOf::Rows,
        };
        let cluster = match node.get("cluster") {
            Some(_) => Some(self.column_at(node, "cluster", &rows, "an identifier", |_| true)?),
            None => None,
        };
        let filter = match node.get("where") {
            Some(at) => Some(self.condition(at, &ground.scope(&rows))?),
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

    fn rows(&mut self, node: &Node, ground: &Ground) -> Option<Rows> {
        let at = node.get("from")?;
        let from = at.text()?.to_owned();
        if find(ground.sources, &from).is_none() {
            let names: Vec<&str> = ground.sources.iter().map(|s| s.id.as_str()).collect();
            self.unknown("indicator.unknown-source", at.span, "source", &from, names);
            return None;
        }
        Some(Rows { columns: columns(ground.sources, &from), from })
    }

    fn column_at(
        &mut self,
        node: &Node,
        key: &str,
        rows: &Rows,
        wanted: &str,
        is_good: impl Fn(&ColumnType) -> bool,
    ) -> Option<String> {
        let at = node.get(key)?;
        let name = at.text()?;
        let kind = self.known_column(at, name, &rows.from, &rows.columns)?;
        if !is_good(kind) {
            let message = format!("`{name}` is {}, expected {wanted}", kind.word());
            self.problem("indicator.wrong-type", at.span, message);
            return None;
        }
        Some(name.to_owned())
    }

    fn period_by(&mut self, key: &Key, node: &Node, rows: &Rows, ground: &Ground) -> Option<String> {
        let date = |kind: &ColumnType| matches!(kind, ColumnType::Date | ColumnType::Timestamp);
        if node.get("period_by").is_some() {
            return self.column_at(node, "period_by", rows, "a date", date);
        }
        if ground.calendar.periods.len() > 1 {
            let dates: Vec<String> = rows
                .columns
                .iter()
                .filter(|(_, kind)| date(kind))
                .map(|(name, _)| format!("`{name}`"))
                .collect();
            let problem = self.problem(
                "indicator.no-period",
                key.span,
                format!("`{}` does not say which date of `{}` decides the period", key.name, rows.from),
            );
            problem.hints.push(if dates.is_empty() {
                format!(
                    "Give `{}` a column of type date, or let the calendar have one period only.",
                    rows.from
                )
            } else {
                format!("Set `period_by` to one of {}.", dates.join(", "))
            });
        }
        None
    }

    fn site_by(&mut self, key: &Key, node: &Node, rows: &Rows, ground: &Ground) -> Option<String> {
        if node.get("site_by").is_some() {
            return self.column_at(node, "site_by", rows, "a site", |kind| *kind == ColumnType::Site);
        }
        if ground.sites.is_empty() {
            return None;
        }
        let found: Vec<&String> =
            rows.columns.iter().filter(|(_, kind)| *kind == ColumnType::Site).map(|(name, _)| name).collect();
        match found.as_slice() {
            [only] => Some((*only).clone()),
            [] => {
                self.problem(
                    "indicator.no-site",
                    key.span,
                    format!(
                        "no column of `{}` is a site, so `{}` is computed for all sites together only",
                        rows.from, key.name
                    ),
                )
                .severity = crate::diag::Severity::Warning;
                None
            }
            several => {
                let names: Vec<String> = several.iter().map(|n| format!("`{n}`")).collect();
                self.problem(
                    "indicator.several-sites",
                    key.span,
                    format!("`{}` has several columns of type site", rows.from),
                )
                .hints
                .push(format!("Set `site_by` to one of {}.", names.join(", ")));
                None
            }
        }
    }

    fn dimensions(&mut self, node: &Node, rows: &Rows, ground: &Ground) -> Vec<Dimension> {
        let mut out: Vec<Dimension> = Vec::new();
        for item in node.get("disaggregate").map(Node::items).unwrap_or_default() {
            let Some(name) = item.text() else { continue };
            if out.iter().any(|d| d.name == name) {
                continue;
            }
            let categories = match self.known_column(item, name, &rows.from, &rows.columns) {
                None => continue,
                Some(ColumnType::Category(words)) => words.iter().map(|w| w.id.clone()).collect(),
                Some(ColumnType::Boolean) => vec!["true".to_owned(), "false".to_owned()],
                Some(ColumnType::Site) => ground.site_ids.clone(),
                Some(kind) => {
                    let message = format!("`{name}` is {}, expected a category or a boolean", kind.word());
                    self.problem("indicator.not-a-dimension", item.span, message)
                        .hints
                        .push("A dimension needs categories that are known beforehand: declare the column as `category` with its `values`.".into());
                    continue;
                }
            };
            out.push(Dimension { name: name.to_owned(), categories });
        }
        out
    }

    fn targets(&mut self, node: &Node, ground: &Ground, unit: &Unit) -> BTreeMap<String, f64> {
        let mut out = BTreeMap::new();
        for (key, value) in node.get("target").map(Node::entries).unwrap_or_default() {
            if ground.calendar.period(&key.name).is_none() && !ground.calendar.periods.is_empty() {
                let ids: Vec<String> = ground.calendar.periods.iter().map(|p| p.id()).collect();
                self.unknown(
                    "indicator.unknown-period",
                    key.span,
                    "period of the calendar",
                    &key.name,
                    ids.iter().map(String::as_str),
                );
            }
            if let Some(number) = value.text().and_then(|t| t.parse::<f64>().ok()) {
                if *unit == Unit::Share {
                    self.share_in_range(value, number);
                }
                out.insert(key.name.clone(), number);
            }
        }
        out
    }

    fn share_in_range(&mut self, at: &Node, value: f64) {
        if !(0.0..=1.0).contains(&value) {
            self.problem(
                "indicator.share",
                at.span,
                format!("`{value}` is not a share, expected a fraction between 0 and 1"),
            )
            .hints
            .push(format!("Write {} per cent as {}.", value, value / 100.0));
        }
    }
}

impl Ground<'_> {
    fn scope(&self, rows: &Rows) -> Scope<'_> {
        Scope { of: format!("source `{}`", rows.from), columns: rows.columns.clone(), sites: &self.site_ids }
    }
}

fn window_at(node: &Node, otherwise: Window) -> Window {
    match node.text_at("window") {
        Some("in_period") => Window::InPeriod,
        Some("to_date") => Window::ToDate,
        _ => otherwise,
    }
}
