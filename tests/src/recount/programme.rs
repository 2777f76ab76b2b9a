//! A programme as the test knows it: calendar, sites, sources with their rows, and indicators; and
//! how it is written as a pipeline and as files.

use super::row::{Condition, Missing, Number, Written};
use jiff::civil::Date;
use std::fmt::Write as _;

/// A drawn programme.
#[derive(Debug, Clone)]
pub(super) struct Programme {
    pub(super) seed: u64,
    /// The calendar as the pipeline writes it, without `as_of`.
    pub(super) calendar: String,
    pub(super) periods: Vec<Span>,
    pub(super) as_of: Date,
    pub(super) sites: Vec<Site>,
    pub(super) sources: Vec<Source>,
    pub(super) indicators: Vec<Indicator>,
}

/// A stretch of days.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) id: String,
    pub(super) first: Date,
    pub(super) last: Date,
    /// The site, for one that is counted from its opening.
    pub(super) site: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) id: &'static str,
    pub(super) since: Option<Date>,
}

#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) id: &'static str,
    /// Each column with its declaration.
    pub(super) columns: Vec<(&'static str, &'static str)>,
    /// Columns made from others, as the pipeline writes them.
    pub(super) derive: &'static str,
    pub(super) received: bool,
    pub(super) keep: Option<Condition>,
    pub(super) required: Option<&'static str>,
    pub(super) unique: Option<&'static str>,
    pub(super) rows: Vec<Written>,
}

/// An indicator.
#[derive(Debug, Clone)]
pub(super) struct Indicator {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) filter: Option<Condition>,
    /// Columns, and crossings of columns.
    pub(super) dimensions: Vec<Vec<&'static str>>,
    /// The word of another length of periods, and those periods.
    pub(super) periods: Option<(&'static str, Vec<Span>)>,
    /// Rows up to the last day of the period, and not only those of it.
    pub(super) to_date: bool,
    pub(super) missing: Missing,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Count,
    DistinctCount,
    Sum(Number),
    Mean(Number),
    Median(Number),
    /// With the share, in thousandths.
    Quantile(Number, u32),
    Proportion(Condition),
    ProportionOfPeople(Condition),
    Ratio(Measure, Measure),
    Rate {
        events: Measure,
        exposed: Option<Condition>,
        months: u32,
    },
    /// Column, from, to, weight.
    Index(Vec<(&'static str, i64, i64, i64)>),
    Stock {
        carry: u32,
    },
    Completion {
        steps: Vec<&'static str>,
        exits: Vec<&'static str>,
        within: u32,
    },
    Sustained {
        holds: Condition,
        months: u32,
    },
    Cascade,
    Change,
    Union,
    Concentration {
        thousandths: u32,
    },
    /// Operator and the two inputs.
    Derived(&'static str, String, String),
}

/// One side of a ratio.
#[derive(Debug, Clone)]
pub(super) struct Measure {
    pub(super) of: MeasureOf,
    pub(super) from: &'static str,
    pub(super) filter: Option<Condition>,
    pub(super) to_date: bool,
    pub(super) cluster: Option<&'static str>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum MeasureOf {
    Rows,
    Distinct(&'static str),
    Sum(Number),
}

/// The date that decides the period, by source.
pub(super) fn period_by(source: &str) -> &'static str {
    match source {
        "people" => "joined",
        "cases" => "entered",
        "months" => "month",
        _ => "held",
    }
}

impl Kind {
    /// The word in the pipeline language.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Kind::Count => "count",
            Kind::DistinctCount => "distinct_count",
            Kind::Sum(_) => "sum",
            Kind::Mean(_) => "mean",
            Kind::Median(_) => "median",
            Kind::Quantile(..) => "quantile",
            Kind::Proportion(_) | Kind::ProportionOfPeople(_) => "proportion",
            Kind::Ratio(..) => "ratio",
            Kind::Rate { .. } => "rate",
            Kind::Index(_) => "index",
            Kind::Stock { .. } => "stock",
            Kind::Completion { .. } => "completion",
            Kind::Sustained { .. } => "sustained",
            Kind::Cascade => "cascade",
            Kind::Change => "change",
            Kind::Union => "union",
            Kind::Concentration { .. } => "concentration",
            Kind::Derived(..) => "derived",
        }
    }

    /// The source of its rows.
    pub(super) fn from(&self) -> &'static str {
        match self {
            Kind::Stock { .. } | Kind::Union => "figures",
            Kind::Completion { .. } => "cases",
            Kind::Sustained { .. } => "months",
            Kind::Ratio(above, _) => above.from,
            Kind::Rate { events, .. } => events.from,
            _ => "visits",
        }
    }

    /// Whether the order of rows may decide between rows of one day.
    pub(super) fn looks_at_order(&self) -> bool {
        match self {
            Kind::Stock { .. } | Kind::Concentration { .. } => true,
            Kind::Ratio(above, _) => above.cluster.is_some(),
            _ => false,
        }
    }
}

fn quoted(condition: &Condition) -> String {
    format!("\"{}\"", condition.text())
}

impl Measure {
    fn text(&self) -> String {
        let mut out = format!("{{from: {}, period_by: {}", self.from, period_by(self.from));
        match &self.of {
            MeasureOf::Rows => {}
            MeasureOf::Distinct(column) => _ = write!(out, ", distinct: {column}"),
            MeasureOf::Sum(number) => _ = write!(out, ", sum: {}", number.text()),
        }
        if let Some(filter) = &self.filter {
            _ = write!(out, ", where: {}", quoted(filter));
        }
        if self.to_date {
            out.push_str(", window: to_date");
        }
        if let Some(cluster) = self.cluster {
            _ = write!(out, ", cluster: {cluster}");
        }
        out.push('}');
        out
    }
}

impl Indicator {
    /// Whether it is a formula that names another indicator.
    pub(super) fn names(&self, id: &str) -> bool {
        matches!(&self.kind, Kind::Derived(_, a, b) if a == id || b == id)
    }

    /// One line of a pipeline.
    fn text(&self) -> String {
        let kind = &self.kind;
        let mut out = format!("  {}: {{kind: {}, title: T", self.id, kind.word());
        let mut key = |name: &str, value: &str| _ = write!(out, ", {name}: {value}");
        let missing = |key: &mut dyn FnMut(&str, &str)| {
            if self.missing != Missing::SkipIfAny {
                key("missing", self.missing.text());
            }
        };
        match kind {
            Kind::Count => {}
            Kind::DistinctCount => key("of", "who"),
            Kind::Sum(of) | Kind::Mean(of) | Kind::Median(of) => {
                key("of", &of.text());
                missing(&mut key);
            }
            Kind::Quantile(of, thousandths) => {
                key("of", &of.text());
                key("at", &format!("0.{thousandths:03}"));
                missing(&mut key);
            }
            Kind::Proportion(holds) | Kind::ProportionOfPeople(holds) => {
                key("numerator", &quoted(holds));
                if matches!(kind, Kind::ProportionOfPeople(_)) {
                    key("of", "who");
                }
                missing(&mut key);
            }
            Kind::Ratio(above, below) => {
                key("numerator", &above.text());
                key("denominator", &below.text());
            }
            Kind::Rate { events, exposed, months } => {
                key("events", &events.text());
                let filter = exposed.as_ref().map(|c| format!(", where: {}", quoted(c))).unwrap_or_default();
                key("exposure", &format!("{{from: people, enters: joined, leaves: left{filter}}}"));
                key("per", &format!("{months} months"));
            }
            Kind::Index(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|(column, from, to, weight)| {
                        format!("{column}: {{from: {from}, to: {to}, weight: {weight}}}")
                    })
                    .collect();
                key("items", &format!("{{{}}}", items.join(", ")));
                missing(&mut key);
            }
            Kind::Stock { carry } => {
                key("of", "followers");
                key("key", "page");
                key("carry", &format!("{carry} months"));
            }
            Kind::Completion { steps, exits, within } => {
                key("entered", "entered");
                key("steps", &format!("[{}]", steps.join(", ")));
                if !exits.is_empty() {
                    key("exits", &format!("[{}]", exits.join(", ")));
                }
                key("within", &format!("{within} months"));
                if !self.to_date {
                    key("window", "in_period");
                }
            }
            Kind::Sustained { holds, months } => {
                key("of", "family");
                key("month", "month");
                key("holds", &quoted(holds));
                key("for", &format!("{months} months"));
            }
            Kind::Cascade => {
                key("of", "who");
                key("led_by", "leader");
                key("tree", "{from: people, person: person, trained_by: trained_by}");
            }
            Kind::Change => {
                key("before", "before");
                key("after", "after");
            }
            Kind::Union => key("of", "followers"),
            Kind::Concentration { thousandths } => {
                key("of", "who");
                key("by", "leader");
                key("top", &format!("0.{thousandths:03}"));
            }
            Kind::Derived(operator, a, b) => key("formula", &format!("{a} {operator} {b}")),
        }
        if !matches!(kind, Kind::Derived(..) | Kind::Ratio(..) | Kind::Rate { .. }) {
            key("from", kind.from());
            if !matches!(kind, Kind::Completion { .. } | Kind::Sustained { .. }) {
                key("period_by", period_by(kind.from()));
                if self.to_date {
                    key("window", "to_date");
                }
            }
        }
        if let Some(filter) = &self.filter {
            key("where", &quoted(filter));
        }
        if !self.dimensions.is_empty() {
            let dimensions: Vec<String> =
                self.dimensions
                    .iter()
                    .map(|d| {
                        if let [one] = d.as_slice() {
                            (*one).to_owned()
                        } else {
                            format!("[{}]", d.join(", "))
                        }
                    })
                    .collect();
            key("disaggregate", &format!("[{}]", dimensions.join(", ")));
        }
        if let Some((word, _)) = &self.periods {
            key("periods", word);
        }
        out.push_str("}\n");
        out
    }
}

impl Programme {
    /// The pipeline.
    pub(super) fn pipeline(&self) -> String {
        let mut out = String::from("groundwork: 1\nprogramme: {id: t, title: Test}\n");
        _ = writeln!(out, "calendar: {{{}, as_of: {}}}", self.calendar, self.as_of);
        out.push_str("sites:\n");
        for site in &self.sites {
            let since = site.since.map(|day| format!(", since: {day}")).unwrap_or_default();
            _ = writeln!(out, "  {}: {{name: Site {}{since}}}", site.id, site.id.to_uppercase());
        }
        out.push_str("audience: internal\nsources:\n");
        for source in &self.sources {
            _ = writeln!(out, "  {0}:\n    export: {0}.csv\n    columns:", source.id);
            for (name, declared) in &source.columns {
                _ = writeln!(out, "      {name}: {declared}");
            }
            out.push_str(source.derive);
            if source.received {
                out.push_str("    received: received\n");
            }
            if let Some(keep) = &source.keep {
                _ = writeln!(out, "    keep: {}", quoted(keep));
            }
            let required = source.required.map(|column| format!("{{required: [{column}]}}"));
            let unique = source.unique.map(|column| format!("{{unique: [{column}]}}"));
            let checks: Vec<String> = required.into_iter().chain(unique).collect();
            if !checks.is_empty() {
                _ = writeln!(out, "    checks: [{}]", checks.join(", "));
            }
        }
        out.push_str("indicators:\n");
        for indicator in &self.indicators {
            out.push_str(&indicator.text());
        }
        out
    }

    /// The file of a source.
    pub(super) fn csv(source: &Source) -> String {
        let names: Vec<&str> = source.columns.iter().map(|(name, _)| *name).collect();
        let mut out = names.join(",");
        out.push('\n');
        for row in &source.rows {
            let cells: Vec<&str> =
                names.iter().map(|n| row.get(n).map_or("", |cell| cell.text.as_str())).collect();
            out.push_str(&cells.join(","));
            out.push('\n');
        }
        out
    }

    /// The whole as a case of a suite page, to be read and kept.
    pub(super) fn page(&self) -> String {
        let mut out = format!("```yaml pipeline\n{}```\n", self.pipeline());
        for source in &self.sources {
            _ = write!(out, "\n```csv {}.csv\n{}```\n", source.id, Self::csv(source));
        }
        out
    }
}
