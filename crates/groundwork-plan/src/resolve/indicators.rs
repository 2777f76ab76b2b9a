//! Indicators: every column, date and condition bound to its source.

use super::{Resolver, is_plain_name, localised};
use crate::derive::DeriveRule;
use crate::expression::Scope;
use crate::indicator::{
    Dimension, Direction, Indicator, IndicatorPeriod, Kind, Scale, Summary, UNKNOWN, Window,
};
use crate::number::Unit;
use crate::people::People;
use crate::period::Calendar;
use crate::plan::columns;
use crate::reason::only_asked;
use crate::site::Site;
use crate::source::{ColumnType, Source};
use crate::yaml::{Key, Node, Value};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What an indicator can be bound to.
pub(super) struct Ground<'a> {
    sources: &'a [Source],
    pub(super) people: &'a [People],
    sites: &'a [Site],
    pub(super) site_ids: Vec<String>,
    calendar: &'a Calendar,
}

/// The derived columns that something was divided for. A source stands after those that it needs,
/// and a derived column after those of its own.
fn divided(sources: &[Source]) -> BTreeSet<&str> {
    let mut out: BTreeSet<&str> = BTreeSet::new();
    for derived in sources.iter().flat_map(|source| &source.derived) {
        if let DeriveRule::Value(number) = &derived.rule
            && (number.divides() || number.columns().iter().any(|column| out.contains(column)))
        {
            out.insert(&derived.name);
        }
    }
    out
}

/// The rows that an indicator, or one side of a ratio, is computed from.
pub(super) struct Rows {
    pub(super) from: String,
    pub(super) columns: Vec<(String, ColumnType)>,
}

/// The most letters of an id, which stands in the names of files.
const ID_MOST: usize = 100;

impl Resolver {
    pub(super) fn indicators(
        &mut self,
        root: &Node,
        sources: &[Source],
        people: &[People],
        sites: &[Site],
        calendar: &Calendar,
    ) -> Vec<Indicator> {
        let ground = Ground {
            sources,
            people,
            sites,
            site_ids: sites.iter().map(|s| s.id.clone()).collect(),
            calendar,
        };
        let entries = root.get("indicators").map(Node::entries).unwrap_or_default();
        for (key, _) in entries {
            if !is_plain_name(&key.name) || key.name.len() > ID_MOST {
                let message = format!(
                    "the indicator's id is `{}`, expected letters, digits, `-` and `_`, at most {ID_MOST}",
                    key.name
                );
                self.problem("indicator.id", key.span, message)
                    .hints
                    .push("Files of charts are called by it; what readers see is its `title`.".into());
            }
        }
        let (formulas, counted): (Vec<_>, Vec<_>) = entries
            .iter()
            .map(|(key, node)| (key, node))
            .partition(|(_, node)| node.text_at("kind") == Some("derived"));
        let indicators =
            counted.into_iter().filter_map(|(key, node)| self.indicator(key, node, &ground)).collect();
        let mut indicators: Vec<Indicator> = self.formulas(formulas, indicators, &ground);
        // In the order of the file.
        indicators.sort_by_key(|i| entries.iter().position(|(key, _)| key.name == i.id));
        indicators
    }

    fn indicator(&mut self, key: &Key, node: &Node, ground: &Ground) -> Option<Indicator> {
        let word = node.text_at("kind")?;
        let sides: &[&str] = match word {
            "ratio" => &["numerator", "denominator"],
            "rate" => &["events", "exposure"],
            _ => &[],
        };
        if let [first, second] = sides {
            for name in ["where", "period_by", "site_by"] {
                if let Some(at) = node.get(name) {
                    let message =
                        format!("`{name}` of a {word} stands inside its `{first}` and its `{second}`");
                    self.problem("indicator.ratio-side", at.span, message)
                        .hints
                        .push(format!("Move `{name}` into `{first}` and into `{second}`."));
                }
            }
            let kind = match word {
                "ratio" => Kind::Ratio(self.ratio(key, node, ground)?),
                _ => Kind::Rate(self.rate(key, node, ground)?),
            };
            let sites = match &kind {
                Kind::Ratio(r) => [&r.numerator.site_by, &r.denominator.site_by],
                Kind::Rate(r) => [&r.events.site_by, &r.exposure.site_by],
                _ => [&None, &None],
            };
            // It is computed by site when both sides know theirs.
            let site_by = sites[0].clone().filter(|_| sites[1].is_some());
            let disaggregate = self.shared_dimensions(node, &kind, ground);
            let mut indicator = self.common(key, node, kind, ground);
            indicator.site_by = site_by;
            indicator.disaggregate = disaggregate;
            return Some(indicator);
        }
        let rows = self.rows(node, ground)?;
        let filter = node.get("where").and_then(|at| self.condition(at, &ground.scope(&rows, true)));
        let has_period = !matches!(word, "completion" | "sustained");
        let period_by = if has_period { self.period_by(key, node, &rows, ground) } else { None };
        if let Some(at) = node.get("period_by").filter(|_| !has_period) {
            let own = if word == "completion" { "entered" } else { "month" };
            let message = format!("`period_by` has no place here: `{own}` decides who belongs to a period");
            self.problem("indicator.own-period", at.span, message)
                .hints
                .push("Leave `period_by` out.".into());
        }
        let site_by = self.site_by(key, node, &rows, ground);
        let disaggregate = self.dimensions(node, &rows, ground);
        let kind = self.kind_of_rows(word, key, node, &rows, ground)?;
        if let Some(own) = kind.own_dimension()
            && let Some(at) = node.get("disaggregate")
            && disaggregate.iter().any(|d| d.name == own.name)
        {
            let message = format!("a {word} has the dimension `{}` by itself", own.name);
            self.problem("indicator.own-dimension", at.span, message)
                .hints
                .push("Give the column of the source another name.".into());
        }
        let mut indicator = self.common(key, node, kind, ground);
        indicator.filter = only_asked(filter, &indicator.kind.filled_columns(), &rows.columns);
        indicator.period_by = period_by;
        indicator.site_by = site_by;
        indicator.scale = self.scale(node, &disaggregate, &indicator.unit);
        indicator.disaggregate = disaggregate;
        Some(indicator)
    }

    /// The dimension that is a scale of agreement.
    fn scale(&mut self, node: &Node, disaggregate: &[Dimension], unit: &Unit) -> Option<Scale> {
        let at = node.get("scale")?;
        let name = at.text_at("by")?;
        let Some(dimension) = disaggregate.iter().find(|d| d.name == name && d.columns.len() == 1) else {
            let message = format!("`{name}` is no column under `disaggregate`");
            self.problem("indicator.scale", at.span, message).hints.push(
                "Name the column with the answers there as well, so that each of them is counted.".into(),
            );
            return None;
        };
        if *unit != Unit::Count {
            self.problem("indicator.scale", at.span, "a scale needs an indicator that counts")
                .hints
                .push("Use `kind: count` or `kind: distinct_count`: the shares of the answers are made from their counts.".into());
        }
        let neutral = at.text_at("neutral").map(str::to_owned);
        if let Some(word) = neutral.as_ref().filter(|word| !dimension.categories.contains(word)) {
            let span = at.get("neutral").map_or(at.span, |n| n.span);
            let known = dimension.categories.iter().map(String::as_str);
            self.unknown("indicator.scale", span, "answer", word, known);
        }
        Some(Scale { dimension: name.to_owned(), neutral })
    }

    /// What every kind has, with nothing bound to a source yet.
    pub(super) fn common(&mut self, key: &Key, node: &Node, kind: Kind, ground: &Ground) -> Indicator {
        let named = node.text_at("unit");
        let unit = match kind.summary() {
            Summary::FullCount | Summary::Bounds => Unit::Count,
            Summary::Share | Summary::TopShare { .. } => Unit::Share,
            Summary::RowMean if matches!(kind, Kind::Index(_)) => Unit::Score,
            Summary::Total
            | Summary::RowMean
            | Summary::Quantile(_)
            | Summary::Derived
            | Summary::ClusteredRatio
            | Summary::Quotient
            | Summary::Rate { .. } => match named {
                Some("share") => Unit::Share,
                Some(unit) => Unit::Amount(unit.to_owned()),
                None => Unit::Ratio,
            },
        };
        if let Some(at) = node.get("unit")
            && (matches!(unit, Unit::Count | Unit::Score) || unit == Unit::Share && named != Some("share"))
        {
            let message = format!("a {} has its own unit", kind.word());
            self.problem("indicator.unit", at.span, message).hints.push("Leave `unit` out.".into());
        }
        let periods = self.periods(node, ground);
        let additivity = kind.additivity();
        for item in node.get("adds_up_over").map(Node::items).unwrap_or_default() {
            let adds_up = match item.text() {
                Some("sites") => additivity.sites,
                _ => additivity.periods,
            };
            if !adds_up {
                let over = item.text().unwrap_or_default();
                let message = format!("`{}` is a {} and does not add up over {over}", key.name, kind.word());
                self.problem("indicator.not-additive", item.span, message).hints.push(
                    "The cell of all sites together is counted anew, and so is a longer period: ask for it with `periods`. The sum would count someone twice, or give small sites too much weight.".into(),
                );
            }
        }
        let method = self.cell_method(node, &kind);
        let level = self.level(node);
        let baselines = self.by_site(node.get("baseline"), ground, &unit);
        let targets = self.targets(key, node, ground, &periods, &unit, additivity.sites);
        let floats = kind.adds_floats(&divided(ground.sources));
        let sheet = crate::language::SHEET_KEYS
            .iter()
            .filter_map(|name| Some((*name, localised(node.get("sheet"), name)?)))
            .collect();
        Indicator {
            id: key.name.clone(),
            title: localised(Some(node), "title").unwrap_or_default(),
            definition: localised(Some(node), "definition"),
            named_parts: localised(node.get("parts"), "numerator")
                .map(|numerator| (numerator, localised(node.get("parts"), "denominator"))),
            kind,
            filter: None,
            site_by: None,
            period_by: None,
            periods,
            disaggregate: Vec::new(),
            floats,
            scale: None,
            direction: match node.text_at("direction") {
                Some("decrease") => Direction::Decrease,
                _ => Direction::Increase,
            },
            unit,
            people: node.text_at("people") != Some("false"),
            baselines,
            targets,
            headline: node.text_at("headline") != Some("false"),
            method,
            level,
            sheet,
        }
    }

    /// The periods of the calendar, or those of another length between its ends, and those that
    /// are counted from the opening of each site.
    fn periods(&mut self, node: &Node, ground: &Ground) -> Vec<IndicatorPeriod> {
        let calendar = ground.calendar;
        let wanted = node.text_at("periods").and_then(|word| calendar.frequency_named(word));
        let periods = match wanted {
            None => calendar.periods.clone(),
            Some(frequency) => calendar.of_frequency(frequency),
        };
        if let (Some(at), true, false) =
            (node.get("periods"), periods.is_empty(), calendar.periods.is_empty())
        {
            self.problem(
                "indicator.no-whole-period",
                at.span,
                "the calendar holds no whole period of this length",
            );
        }
        let own = |id: String, site: Option<String>, first_day, last_day: Date| IndicatorPeriod {
            id,
            site,
            first_day,
            last_day,
            observed_to: calendar.as_of.min(last_day),
        };
        let mut out: Vec<IndicatorPeriod> =
            periods.iter().map(|p| own(p.id(), None, p.first_day(), p.last_day())).collect();
        for site in ground.sites {
            let opened = calendar.since_opening(site.since);
            out.extend(
                opened.into_iter().map(|(id, first, last)| own(id, Some(site.id.clone()), first, last)),
            );
        }
        out
    }

    pub(super) fn rows(&mut self, node: &Node, ground: &Ground) -> Option<Rows> {
        let (from, columns) = self.rows_named(node, ground.sources)?;
        Some(Rows { from, columns })
    }

    pub(super) fn column_at(
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

    pub(super) fn period_by(
        &mut self,
        key: &Key,
        node: &Node,
        rows: &Rows,
        ground: &Ground,
    ) -> Option<String> {
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

    pub(super) fn site_by(&mut self, key: &Key, node: &Node, rows: &Rows, ground: &Ground) -> Option<String> {
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
            let crossed: Vec<&Node> = match &item.value {
                Value::List(items) => items.iter().collect(),
                Value::Scalar(_) | Value::Nothing | Value::Map(_) => vec![item],
            };
            let twice = crossed
                .iter()
                .enumerate()
                .find(|(at, node)| crossed.iter().take(*at).any(|other| other.text() == node.text()));
            if let Some((_, node)) = twice {
                let name = node.text().unwrap_or_default();
                self.problem("indicator.crossing", item.span, format!("`{name}` is crossed with itself"))
                    .hints
                    .push("A crossing has different columns, such as `[sex, age_band]`.".into());
                continue;
            }
            let parts: Vec<Dimension> =
                crossed.iter().filter_map(|column| self.dimension(column, rows, ground)).collect();
            if parts.is_empty() || parts.len() < crossed.len() {
                continue;
            }
            let crossing = parts.into_iter().reduce(|a, b| {
                let mut categories = Vec::new();
                for x in &a.categories {
                    categories.extend(b.categories.iter().map(|y| format!("{x}{}{y}", Dimension::CROSS)));
                }
                Dimension {
                    categories,
                    name: format!("{}{}{}", a.name, Dimension::CROSS, b.name),
                    columns: a.columns.into_iter().chain(b.columns).collect(),
                }
            });
            out.extend(crossing.filter(|dimension| !out.iter().any(|d| d.name == dimension.name)));
        }
        out
    }

    fn dimension(&mut self, item: &Node, rows: &Rows, ground: &Ground) -> Option<Dimension> {
        let name = item.text()?;
        let mut categories: Vec<String> = match self.known_column(item, name, &rows.from, &rows.columns)? {
            ColumnType::Category(words) => words.iter().map(|w| w.id.clone()).collect(),
            ColumnType::Boolean => vec!["true".to_owned(), "false".to_owned()],
            ColumnType::Site => ground.site_ids.clone(),
            kind => {
                let message = format!("`{name}` is {}, expected a category or a boolean", kind.word());
                self.problem("indicator.not-a-dimension", item.span, message)
                    .hints
                    .push("A dimension needs categories that are known beforehand: declare the column as `category` with its `values`, or derive `bands`.".into());
                return None;
            }
        };
        categories.push(UNKNOWN.to_owned());
        Some(Dimension { name: name.to_owned(), columns: vec![name.to_owned()], categories })
    }

    /// The dimensions of a kind with two sides: columns that both have, with the same categories.
    fn shared_dimensions(&mut self, node: &Node, kind: &Kind, ground: &Ground) -> Vec<Dimension> {
        let mut sides = kind
            .sources()
            .into_iter()
            .map(|from| Rows { from: from.to_owned(), columns: columns(ground.sources, from) });
        let (Some(first), Some(second)) = (sides.next(), sides.next()) else {
            return Vec::new();
        };
        let dimensions = self.dimensions(node, &first, ground);
        let Some(at) = node.get("disaggregate") else {
            return dimensions;
        };
        for dimension in &dimensions {
            for column in &dimension.columns {
                let of = |rows: &Rows| rows.columns.iter().find(|(n, _)| n == column).map(|(_, k)| k.clone());
                if of(&first) != of(&second) {
                    let message =
                        format!("`{column}` is not the same in `{}` and `{}`", first.from, second.from);
                    self.problem("indicator.unlike-sides", at.span, message).hints.push(
                        "Numerator and denominator are divided category by category, so both sources need the column with the same categories.".into(),
                    );
                }
            }
        }
        dimensions
    }

    fn targets(
        &mut self,
        key: &Key,
        node: &Node,
        ground: &Ground,
        periods: &[IndicatorPeriod],
        unit: &Unit,
        adds_up: bool,
    ) -> BTreeMap<(String, String), f64> {
        let mut out = BTreeMap::new();
        for (period, value) in node.get("target").map(Node::entries).unwrap_or_default() {
            if !periods.is_empty() && !periods.iter().any(|p| p.id == period.name) {
                self.unknown(
                    "indicator.unknown-period",
                    period.span,
                    "period of the calendar",
                    &period.name,
                    periods.iter().map(|p| p.id.as_str()),
                );
            }
            let mut by_site = self.by_site(Some(value), ground, unit);
            let everywhere = ground.site_ids.iter().all(|site| by_site.contains_key(site));
            if adds_up && everywhere && !ground.site_ids.is_empty() {
                let sum: f64 = ground.site_ids.iter().filter_map(|site| by_site.get(site)).sum();
                match by_site.get("") {
                    None => {
                        by_site.insert(String::new(), sum);
                    }
                    Some(all) if (all - sum).abs() > 1e-9 * sum.abs().max(1.0) => {
                        let message = format!("the targets of the sites add up to {sum}, not to {all}");
                        self.problem("indicator.target-sum", value.span, message).hints.push(format!(
                            "`{}` adds up over sites; leave `all` out, or mend one of them.",
                            key.name
                        ));
                    }
                    Some(_) => {}
                }
            }
            out.extend(by_site.into_iter().map(|(site, value)| ((site, period.name.clone()), value)));
        }
        out
    }

    /// A number for all sites together, or one for each; `all` and the empty site are the same.
    fn by_site(&mut self, node: Option<&Node>, ground: &Ground, unit: &Unit) -> BTreeMap<String, f64> {
        let mut out = BTreeMap::new();
        let Some(node) = node else {
            return out;
        };
        let number = |node: &Node| node.text().and_then(|t| t.parse::<f64>().ok());
        match &node.value {
            Value::Map(entries) => {
                for (site, value) in entries {
                    let id = if site.name == "all" { "" } else { site.name.as_str() };
                    if !id.is_empty() && !ground.site_ids.iter().any(|s| s == id) {
                        let known = ground.site_ids.iter().map(String::as_str).chain(["all"]);
                        match ground.sites.iter().find(|s| s.is_spelt(id)) {
                            None => self.unknown("indicator.unknown-site", site.span, "site", id, known),
                            Some(meant) => {
                                let message = format!("no site is named `{id}`");
                                let hint = format!("Write `{}`, its identifier.", meant.id);
                                self.problem("indicator.unknown-site", site.span, message).hints.push(hint);
                            }
                        }
                        continue;
                    }
                    if let Some(number) = number(value) {
                        self.share_in_range(value, number, unit);
                        out.insert(id.to_owned(), number);
                    }
                }
            }
            Value::Scalar(_) | Value::Nothing | Value::List(_) => {
                if let Some(number) = number(node) {
                    self.share_in_range(node, number, unit);
                    out.insert(String::new(), number);
                }
            }
        }
        out
    }

    fn share_in_range(&mut self, at: &Node, value: f64, unit: &Unit) {
        if *unit == Unit::Share && !(0.0..=1.0).contains(&value) {
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
    /// The columns that can be used with a source.
    pub(super) fn columns(&self, source: &str) -> Vec<(String, ColumnType)> {
        columns(self.sources, source)
    }

    pub(super) fn scope(&self, rows: &Rows, has_period: bool) -> Scope<'_> {
        Scope {
            of: format!("source `{}`", rows.from),
            columns: rows.columns.clone(),
            sites: &self.site_ids,
            has_period,
            measurements: false,
        }
    }
}

pub(super) fn window_at(node: &Node, otherwise: Window) -> Window {
    match node.text_at("window") {
        Some("in_period") => Window::InPeriod,
        Some("to_date") => Window::ToDate,
        _ => otherwise,
    }
}
