//! A series before and after a date, alone or beside another one.

use super::Ground;
use super::data::{Data, FROM, PEOPLE, Role, WHERE, Wanted};
use crate::language::{may, must};
use crate::period::{Frequency, Period};
use crate::resolve::Resolver;
use crate::shape::{Object, Shape};
use crate::yaml::Node;

/// Points before the change that a change of slope needs, and points of a whole series.
const POINTS_LEAST: usize = 6;

static PAUSE: Object = Object {
    name: "pause",
    about: "A stretch of time that belongs neither to before nor to after, such as a closure.",
    keys: &[
        may("event", Shape::Text, "An event of the pipeline; instead of `from` and `to`."),
        may("from", Shape::Period, "The first period."),
        may("to", Shape::Period, "The last period."),
        may(
            "own_segment",
            Shape::Boolean,
            "Whether its points stay in with a level and a slope of their own; false leaves them out.",
        ),
    ],
};

static DATA: Object = Object {
    name: "rows of a series",
    about: "One row for each point of time.",
    keys: &[
        FROM,
        WHERE,
        PEOPLE,
        must("outcome", Shape::Expression, "A number: a count or a measurement."),
        must("time", Shape::Expression, "When, as a whole number, one apart for neighbours."),
        may("exposure", Shape::Expression, "For counts, what they came from: people, volunteer-months."),
    ],
};

pub(super) const KEYS: Object = Object {
    name: "interrupted_time_series",
    about: "The level and the slope of a series after a date against what the line before would have led to; with `comparison` the change beyond that of another site. Counts with what they came from (shares, rates) by quasi-Poisson regression, as ratios; measurements by least squares with the errors of Newey and West. A pause has a segment of its own or is left out, never smoothed over.",
    keys: &[
        may("indicators", Shape::List(&Shape::Text), "The indicators whose series are looked at."),
        may("site", Shape::Text, "The site whose series was interrupted."),
        may("comparison", Shape::Text, "A site whose series was not."),
        may("start", Shape::Period, "The first period after the change."),
        may("data", Shape::Object(&DATA), "Rows, instead of indicators, a site and a start."),
        may("start_at", Shape::Integer, "For rows, the first time after the change."),
        may("cycle", Shape::Integer, "For rows, how many points make the season; 12 where it is missing.")
            .or("12"),
        may(
            "series",
            Shape::OneOf(&["counts", "measurements"]),
            "What the numbers are; by the kind of the indicator where it is missing, and `measurements` for rows.",
        ),
        may("pause", Shape::Object(&PAUSE), "A stretch that belongs neither to before nor to after."),
        may(
            "slope",
            Shape::Boolean,
            "Whether the slope may change as well as the level; true where it is missing.",
        )
        .or("true"),
        may("harmonics", Shape::Integer, "Pairs of sine and cosine for the season; 0 where it is missing.")
            .or("0"),
        may(
            "lags",
            Shape::Integer,
            "How many points back errors of measurements may depend on each other; by the rule of Newey and West where it is missing.",
        ),
    ],
};

/// A stretch that belongs neither to before nor to after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pause {
    /// Its first period, by its place in the calendar.
    pub from: usize,
    /// Its last period.
    pub to: usize,
    /// Whether it has a segment of its own.
    pub own_segment: bool,
}

/// Where a series comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum SeriesFrom {
    /// The cells of indicators.
    Cells {
        /// The indicators.
        indicators: Vec<String>,
        /// The site.
        site: String,
        /// A site that was not interrupted.
        comparison: Option<String>,
    },
    /// Rows.
    Rows(Data),
}

/// A series before and after a date.
#[derive(Debug, Clone, PartialEq)]
pub struct InterruptedTimeSeries {
    /// Where it comes from.
    pub from: SeriesFrom,
    /// The first time after: a number, or a place in the calendar.
    pub start: i64,
    /// Whether the numbers are counts, where the pipeline says so.
    pub counts: Option<bool>,
    /// A stretch that belongs to neither.
    pub pause: Option<Pause>,
    /// Whether the slope may change.
    pub slope: bool,
    /// Pairs of sine and cosine.
    pub harmonics: u32,
    /// Points back that errors may depend on each other.
    pub lags: Option<u32>,
    /// Points in a season.
    pub cycle: u32,
}

impl InterruptedTimeSeries {
    pub(super) fn resolve(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Self> {
        if !r.rows_or_indicators(node) {
            return None;
        }
        let number = |key: &str| node.text_at(key).and_then(|text| text.parse::<u32>().ok());
        let of_rows = node.get("data").is_some();
        let needed: &[&str] = if of_rows { &["start_at"] } else { &["site", "start"] };
        for key in needed.iter().filter(|key| node.get(key).is_none()) {
            r.problem("pipeline.missing-key", node.span, format!("the evaluation lacks the key `{key}`"));
        }
        let (from, start, cycle) = if of_rows {
            let keys = [
                (Role::Outcome, "outcome", Wanted::Number),
                (Role::Time, "time", Wanted::Number),
                (Role::Exposure, "exposure", Wanted::Number),
            ];
            let data = r.data(node, ground, &keys)?;
            (SeriesFrom::Rows(data), i64::from(number("start_at")?), number("cycle").unwrap_or(12))
        } else {
            let start = start(r, node, ground);
            let cells = SeriesFrom::Cells {
                indicators: with_every_period(r, node, ground),
                site: r.site_at(node, "site", ground)?,
                comparison: r.site_at(node, "comparison", ground),
            };
            (cells, start, ground.calendar.periods.first().map_or(1, |p| in_a_year(p.frequency())))
        };
        Some(Self {
            from,
            start,
            counts: node.text_at("series").map(|word| word == "counts"),
            pause: node.get("pause").and_then(|at| pause(r, at, ground)),
            slope: node.text_at("slope") != Some("false"),
            harmonics: number("harmonics").unwrap_or(0),
            lags: number("lags"),
            cycle,
        })
    }
}

/// The indicators, which need a value for every period of the calendar.
fn with_every_period(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Vec<String> {
    let mut indicators = Vec::new();
    for item in node.get("indicators").map(Node::items).unwrap_or_default() {
        let name = item.text().unwrap_or_default();
        if let Some(indicator) = r.indicator_named(item, name, ground) {
            let calendar: Vec<String> = ground.calendar.periods.iter().map(|p| p.id()).collect();
            if !calendar.iter().all(|id| indicator.periods.iter().any(|p| p.id == *id)) {
                let message = format!("`{name}` has other periods than the calendar");
                r.problem("evaluation.other-periods", item.span, message).hints.push(
                    "A series needs a value for every period of the calendar: leave `periods` out.".into(),
                );
            }
            indicators.push(name.to_owned());
        }
    }
    indicators
}

/// The place of the first period after the change; a series that is too short is refused.
fn start(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> i64 {
    let period = r.period_at(node, "start", ground.calendar);
    let start = ground.calendar.periods.iter().position(|p| *p == period).unwrap_or(0);
    let points = ground.calendar.periods.len();
    if let Some(at) = node.get("start")
        && points > 0
        && (start < 2 || points - start < 2 || points < POINTS_LEAST)
    {
        let message =
            format!("{start} periods before and {} from the start on are no series", points - start);
        r.problem("evaluation.short-series", at.span, message).hints.push(
            "Let the calendar have months instead of quarters, or ask for a `difference_in_differences` of two periods.".into(),
        );
    }
    start as i64
}

fn in_a_year(frequency: Frequency) -> u32 {
    match frequency {
        Frequency::Month => 12,
        Frequency::Quarter | Frequency::FiscalQuarter(_) => 4,
        Frequency::Year | Frequency::FiscalYear(_) => 1,
    }
}

fn pause(r: &mut Resolver, node: &Node, ground: &Ground<'_>) -> Option<Pause> {
    let periods = &ground.calendar.periods;
    let own_segment = node.text_at("own_segment") == Some("true");
    let (from, to) = match node.get("event") {
        Some(at) => {
            let name = at.text()?;
            let Some(event) = ground.events.iter().find(|e| e.id == name) else {
                let known = ground.events.iter().map(|e| e.id.as_str());
                r.unknown("evaluation.unknown-event", at.span, "event", name, known);
                return None;
            };
            let touched: Vec<usize> = (0..periods.len())
                .filter(|at| {
                    periods.get(*at).is_some_and(|p| p.first_day() <= event.to && p.last_day() >= event.from)
                })
                .collect();
            (touched.first().copied(), touched.last().copied())
        }
        None => {
            let place = |period: Period| periods.iter().position(|p| *p == period);
            (
                place(r.period_at(node, "from", ground.calendar)),
                place(r.period_at(node, "to", ground.calendar)),
            )
        }
    };
    match (from, to) {
        (Some(from), Some(to)) if from <= to => Some(Pause { from, to, own_segment }),
        _ => {
            r.problem("evaluation.pause", node.span, "the pause holds no period of the calendar");
            None
        }
    }
}
