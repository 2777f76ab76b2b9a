//! From the file as written to the plan: names bound, defaults filled, contradictions reported.
//! Defaults live here and nowhere else.

mod derive;
mod disclosure;
mod indicators;
mod kinds;
mod methods;
mod people;
pub(crate) mod sheets;
mod sources;

use crate::diag::{Checked, Diagnostic, has_errors};
use crate::engine::Engine;
use crate::evaluation::Ground;
use crate::indicator_sheet::{IndicatorSheet, Sheets};
use crate::location::{Location, Span};
use crate::period::{Calendar, Fiscal, Frequency, Period, SinceOpening};
use crate::plan::{Event, Plan, Programme, columns, find};
use crate::shape;
use crate::site::{Site, SiteRole, spelling_key};
use crate::source::{ColumnType, Source};
use crate::text::Localised;
use crate::yaml::{Node, Value};
use jiff::civil::{Date, date};

/// Reads and resolves the text of a pipeline file. Every problem comes at once.
pub fn resolve(text: &str) -> Checked<Plan> {
    resolve_with(text, &[])
}

/// Reads and resolves the text of a pipeline file whose indicators stand in sheets, in part or
/// all of them; which ones, [`crate::indicator_sheet::indicators_from`] says.
pub fn resolve_with(text: &str, sheets: &[IndicatorSheet]) -> Checked<Plan> {
    let mut root = match crate::yaml::parse(text) {
        Ok(root) => root,
        Err(problem) => {
            return Checked { value: None, diagnostics: vec![problem] };
        }
    };
    let mut problems = Vec::new();
    let sheets = Sheets::new(text, sheets);
    let indicators_from = sheets::join(&mut root, &sheets, &mut problems);
    shape::check(&root, &shape::Shape::Object(&crate::language::PIPELINE), "the pipeline", &mut problems);
    let mut resolver = Resolver { problems };
    let mut plan = Plan { indicators_from, ..resolver.plan(&root) };
    for place in plan.places.values_mut() {
        *place = sheets.located(place.clone());
    }
    let mut diagnostics = resolver.problems;
    for problem in &mut diagnostics {
        problem.location = sheets.located(problem.location.clone());
    }
    diagnostics.sort_by(|a, b| a.location.cmp(&b.location).then_with(|| a.code.cmp(b.code)));
    diagnostics.dedup();
    let value = (!has_errors(&diagnostics)).then_some(plan);
    Checked { value, diagnostics }
}

/// Collects problems on the way.
pub(crate) struct Resolver {
    problems: Vec<Diagnostic>,
}

/// Spreadsheets know no earlier days.
const YEAR_LEAST: i16 = 1900;

/// Years from this one on are taken to be of the Buddhist era, which is 543 years ahead.
const BUDDHIST_FROM: i16 = 2400;

impl Resolver {
    pub(crate) fn problem(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let at = self.problems.len();
        self.problems.push(Diagnostic::pipeline(code, span, message));
        &mut self.problems[at]
    }

    /// Adds a problem that was found elsewhere.
    pub(crate) fn found(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    /// Reports a name that is not among the known ones.
    pub(crate) fn unknown<'k>(
        &mut self,
        code: &'static str,
        span: Span,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        self.problems.push(
            Diagnostic::pipeline(code, span, format!("no {what} is named `{name}`"))
                .did_you_mean(name, known),
        );
    }

    fn plan(&mut self, root: &Node) -> Plan {
        let calendar = self.calendar(root);
        let sites = self.sites(root);
        let sources = self.sources(root, &sites);
        let people = self.people(root, &sources);
        let indicators = self.indicators(root, &sources, &people, &sites, &calendar);
        let events = self.events(root);
        let entries = root.get("indicators").map(Node::entries).unwrap_or_default();
        let declared: Vec<&str> = entries.iter().map(|(key, _)| key.name.as_str()).collect();
        let partners = self.partners(root, &sites, &declared);
        let adaptation_log = self.adaptation_log(root, &sources, &declared);
        let ground = Ground {
            sources: &sources,
            indicators: &indicators,
            declared,
            has_log: root.get("adaptation_log").is_some(),
            sites: &sites,
            site_ids: sites.iter().map(|s| s.id.clone()).collect(),
            calendar: &calendar,
            events: &events,
        };
        let evaluations = self.evaluations(root, &ground);
        let voices = self.voices(root, &sources);
        Plan {
            programme: self.programme(root),
            events,
            partners,
            adaptation_log,
            voices,
            policy: self.policy(root, &indicators, &sources),
            reports: self.reports(root, &calendar, &indicators),
            iati: self.iati(root, &indicators),
            labels: self.labels(root, &sources),
            calendar,
            sites,
            sources,
            people,
            indicators,
            indicators_from: None,
            evaluations,
            engine: self.engine(root),
            places: entries.iter().map(|(key, _)| (key.name.clone(), Location::Pipeline(key.span))).collect(),
            tests: root.texts_at("tests"),
        }
    }

    fn engine(&mut self, root: &Node) -> Option<Engine> {
        let node = root.get("engine")?;
        let (address, at) = (node.text_at("spark")?, node.get("spark")?);
        match Engine::in_pipeline(address, at.span) {
            Ok(engine) => Some(engine),
            Err(problem) => {
                self.found(problem);
                None
            }
        }
    }

    fn programme(&mut self, root: &Node) -> Programme {
        let node = root.get("programme");
        let id = node.and_then(|n| n.text_at("id")).unwrap_or_default().to_owned();
        if let Some(at) = node.and_then(|n| n.get("id"))
            && !is_plain_name(&id)
        {
            self.problem(
                "programme.id",
                at.span,
                format!("the programme's id is `{id}`, expected letters, digits, `-` and `_`"),
            );
        }
        Programme {
            id,
            title: localised(node, "title").unwrap_or_default(),
            notice: localised(node, "notice"),
        }
    }

    fn calendar(&mut self, root: &Node) -> Calendar {
        let fallback = Calendar {
            periods: Vec::new(),
            as_of: date(1970, 1, 1),
            fiscal: Fiscal::default(),
            since_opening: None,
        };
        let Some(node) = root.get("calendar") else {
            return fallback;
        };
        let first_month = node
            .text_at("fiscal_year_starts")
            .and_then(|word| crate::language::MONTHS.iter().position(|month| *month == word))
            .map_or(Fiscal::default().first_month, |at| at as i8 + 1);
        let fiscal =
            Fiscal { first_month, named_by_start: node.text_at("fiscal_year_named_by") == Some("start") };
        let frequency = node.text_at("periods").and_then(|word| Frequency::named(word, fiscal));
        let period = |key: &str| node.text_at(key).and_then(|text| Period::parse_in(text, fiscal));
        let (Some(frequency), Some(from), Some(to), Some(as_of)) =
            (frequency, period("from"), period("to"), day(node, "as_of"))
        else {
            return fallback;
        };
        let clock = node.get("since_opening").map(|clock| SinceOpening {
            every_months: sources::months_at(clock, "every"),
            up_to_months: sources::months_at(clock, "up_to"),
        });
        for (key, period) in [("from", from), ("to", to)] {
            if let Some(at) = node.get(key)
                && period.frequency() != frequency
            {
                self.problem(
                    "calendar.frequency",
                    at.span,
                    format!("`{}` is not a {}", period.id(), frequency.word().replace('_', " ")),
                );
                return fallback;
            }
        }
        for (key, day) in [("from", from.first_day()), ("to", to.first_day()), ("as_of", as_of)] {
            if let Some(at) = node.get(key)
                && day.year() < YEAR_LEAST
            {
                let message = format!("`{}` is before {YEAR_LEAST}", node.text_at(key).unwrap_or_default());
                self.problem("calendar.era", at.span, message);
                return fallback;
            }
            // A programme of the 25th century is one of today's in the Buddhist era.
            if let Some(at) = node.get(key)
                && day.year() >= BUDDHIST_FROM
            {
                let written = node.text_at(key).unwrap_or_default();
                let problem = self.problem(
                    "calendar.era",
                    at.span,
                    format!("`{written}` has a year of the Buddhist era; a calendar is of the common era"),
                );
                let year: String = written.chars().filter(char::is_ascii_digit).take(4).collect();
                let common = year.parse::<i16>().map_or(0, |year| year - 543).to_string();
                let common = written.replacen(&year, &common, 1);
                problem.hints.push(format!("Write `{common}`. Dates in the exports may be of either era."));
                return fallback;
            }
        }
        match Calendar::between(from, to, as_of) {
            Some(mut calendar) => {
                calendar.fiscal = fiscal;
                calendar.since_opening = clock;
                if as_of < to.first_day()
                    && let Some(at) = node.get("as_of")
                {
                    self.problem(
                        "calendar.as-of",
                        at.span,
                        "the exports were taken before the last period began",
                    )
                    .hints
                    .push("Let the calendar end with the last period that the exports can know of.".into());
                }
                calendar
            }
            None => {
                let span = node.get("to").map(|n| n.span).unwrap_or(node.span);
                self.problem(
                    "calendar.order",
                    span,
                    "the last period is before the first, or there are more than 1,200",
                );
                fallback
            }
        }
    }

    fn sites(&mut self, root: &Node) -> Vec<Site> {
        let mut sites: Vec<Site> = Vec::new();
        for (key, node) in root.get("sites").map(Node::entries).unwrap_or_default() {
            let role = match node.text_at("role") {
                Some("origin") => Some(SiteRole::Origin),
                Some("adaptation") => Some(SiteRole::Adaptation),
                Some("comparison") => Some(SiteRole::Comparison),
                _ => None,
            };
            let site = Site {
                id: key.name.clone(),
                name: localised(Some(node), "name").unwrap_or_default(),
                code: node.text_at("code").map(str::to_owned),
                role,
                since: day(node, "since"),
                spellings: node.texts_at("spellings"),
            };
            let names = [Some(&site.id), Some(&site.name.en), site.name.th.as_ref(), site.code.as_ref()];
            let mut clash = None;
            for name in names.into_iter().flatten().chain(&site.spellings) {
                if let Some(other) = sites.iter().find(|other| other.is_spelt(name)) {
                    clash = Some((name.clone(), other.id.clone()));
                }
            }
            if let Some((name, other)) = clash {
                self.problem(
                    "site.ambiguous",
                    key.span,
                    format!("`{name}` would mean both `{}` and `{other}`", site.id),
                );
            }
            if key.name == crate::partner::ALL {
                let message = "a site cannot be called `all`, which a target says for all of them together";
                self.problem("site.name", key.span, message);
            }
            if spelling_key(&key.name).is_empty() {
                self.problem("site.name", key.span, "a site needs an identifier");
            }
            sites.push(site);
        }
        sites
    }

    fn events(&mut self, root: &Node) -> Vec<Event> {
        let mut events = Vec::new();
        for (key, node) in root.get("events").map(Node::entries).unwrap_or_default() {
            let (Some(from), Some(to)) = (day(node, "from"), day(node, "to")) else {
                continue;
            };
            if to < from {
                self.problem(
                    "event.order",
                    key.span,
                    format!("the event `{}` ends before it begins", key.name),
                );
            }
            events.push(Event {
                id: key.name.clone(),
                label: localised(Some(node), "label").unwrap_or_default(),
                from,
                to,
            });
        }
        events
    }

    /// The source at `from`, and its columns.
    pub(crate) fn rows_named(
        &mut self,
        node: &Node,
        sources: &[Source],
    ) -> Option<(String, Vec<(String, ColumnType)>)> {
        let at = node.get("from")?;
        let from = at.text()?;
        if find(sources, from).is_none() {
            let names = sources.iter().map(|s| s.id.as_str());
            self.unknown("indicator.unknown-source", at.span, "source", from, names);
            return None;
        }
        Some((from.to_owned(), columns(sources, from)))
    }

    /// The period at `period`, or the last one.
    pub(crate) fn period_of(&mut self, node: &Node, calendar: &Calendar) -> Period {
        self.period_at(node, "period", calendar)
    }

    /// The period at a key, or the last one.
    pub(crate) fn period_at(&mut self, node: &Node, key: &str, calendar: &Calendar) -> Period {
        let Some(at) = node.get(key) else {
            return calendar.last();
        };
        let written = at.text().and_then(|text| Period::parse_in(text, calendar.fiscal));
        match written {
            Some(period) if calendar.periods.contains(&period) => period,
            Some(period) if !calendar.periods.is_empty() => {
                let ids: Vec<String> = calendar.periods.iter().map(|p| p.id()).collect();
                self.unknown(
                    "calendar.unknown-period",
                    at.span,
                    "period of the calendar",
                    &period.id(),
                    ids.iter().map(String::as_str),
                );
                calendar.last()
            }
            _ => calendar.last(),
        }
    }
}

/// Letters, digits, `-` and `_` only: safe in a file name.
pub(crate) fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

pub(crate) fn localised(node: Option<&Node>, key: &str) -> Option<Localised> {
    localised_item(node?.get(key)?)
}

/// A text, or one for each language, that stands for itself.
pub(crate) fn localised_item(at: &Node) -> Option<Localised> {
    match &at.value {
        Value::Scalar(text) => Some(Localised::same(text.clone())),
        Value::Map(_) => Some(Localised {
            en: at.text_at("en").unwrap_or_default().to_owned(),
            th: at.text_at("th").map(str::to_owned),
            my: at.text_at("my").map(str::to_owned),
        }),
        Value::Nothing | Value::List(_) => None,
    }
}

fn day(node: &Node, key: &str) -> Option<Date> {
    node.text_at(key)?.parse().ok()
}

#[cfg(test)]
mod tests;
