//! Evaluations: questions that compare, and the designs that answer them. One file a design: the
//! keys that a pipeline gives it, what they resolve to, and what is refused before any data is
//! read.

mod adaptation;
mod adjusted_comparison;
mod combination;
mod data;
mod decomposition;
mod difference_in_differences;
mod interrupted_time_series;
mod non_inferiority;
mod overlap;
mod power;
mod regression_decomposition;
mod site_comparison;
mod sites_as_sample;
mod staggered_adoption;
mod time_to_event;
mod translated_test;
mod transport;

pub use adaptation::Adaptation;
pub use adjusted_comparison::AdjustedComparison;
pub use combination::Combination;
pub use data::{Data, DataColumn, Holds, Role};
pub use decomposition::Decomposition;
pub use difference_in_differences::DifferenceInDifferences;
pub use interrupted_time_series::{InterruptedTimeSeries, Pause, SeriesFrom};
pub use non_inferiority::{Margin, NonInferiority};
pub use overlap::{Known, KnownOverlap, Overlap, OverlapFrom};
pub use power::Power;
pub use regression_decomposition::RegressionDecomposition;
pub use site_comparison::SiteComparison;
pub use sites_as_sample::{SitesAsSample, SitesFrom};
pub use staggered_adoption::StaggeredAdoption;
pub use time_to_event::TimeToEvent;
pub use translated_test::TranslatedTest;
pub use transport::Transport;

use crate::indicator::{Indicator, Summary};
use crate::language::{may, must};
use crate::method::ContrastMethod;
use crate::period::{Calendar, Period};
use crate::plan::Event;
use crate::resolve::{Resolver, is_plain_name, localised};
use crate::shape::{Entry, Kinds, Object, Shape};
use crate::site::Site;
use crate::source::Source;
use crate::text::Localised;
use crate::yaml::Node;
use std::collections::BTreeMap;

/// A question that compares.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Its identifier.
    pub id: String,
    /// The question.
    pub question: Localised,
    /// What is asked, part by part.
    pub estimand: Estimand,
    /// The level of intervals.
    pub level: f64,
    /// Whether who is compared was decided by lot.
    pub by_lot: bool,
    /// What of the programme's working it is about: a word of [`RE_AIM`].
    pub re_aim: Option<&'static str>,
    /// The criterion of evaluation that it serves: a word of [`CRITERIA`].
    pub criterion: Option<&'static str>,
    /// The sources whose rows it needs.
    pub rows_of: Vec<String>,
    /// How it is answered.
    pub design: Design,
}

/// What is asked: who, compared how, in what, summed up how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Estimand {
    /// Whom the answer is about.
    pub population: Option<Localised>,
    /// What is set against what.
    pub contrast: Option<Localised>,
    /// In what respect.
    pub outcome: Option<Localised>,
    /// By what number.
    pub summary: Option<Localised>,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Design {
    /// What became of indicators at the adaptations that were meant to move them.
    Adaptation(Adaptation),
    /// Sites against a reference.
    SiteComparison(SiteComparison),
    /// Sites against a margin set beforehand.
    NonInferiority(NonInferiority),
    /// A difference split into who was served and how well.
    Decomposition(Decomposition),
    /// The same with several covariates.
    RegressionDecomposition(RegressionDecomposition),
    /// Two arms with covariates held equal.
    AdjustedComparison(AdjustedComparison),
    /// Before and after, here and there.
    DifferenceInDifferences(DifferenceInDifferences),
    /// A series before and after a date.
    InterruptedTimeSeries(InterruptedTimeSeries),
    /// A programme that starts at different times.
    StaggeredAdoption(StaggeredAdoption),
    /// Sites as a sample of communities.
    SitesAsSample(SitesAsSample),
    /// An effect carried over to another community.
    Transport(Transport),
    /// The time until something happens.
    TimeToEvent(TimeToEvent),
    /// Two parts of a programme together and alone.
    Combination(Combination),
    /// A test in two languages.
    TranslatedTest(TranslatedTest),
    /// How many people lists share.
    Overlap(Overlap),
    /// What would settle it.
    Power(Power),
}

/// What evaluations can be bound to.
pub(crate) struct Ground<'a> {
    pub(crate) sources: &'a [Source],
    pub(crate) indicators: &'a [Indicator],
    /// The names of all indicators in the file, those with problems of their own among them.
    pub(crate) declared: Vec<&'a str>,
    /// Whether there is a log of adaptations.
    pub(crate) has_log: bool,
    pub(crate) sites: &'a [Site],
    pub(crate) site_ids: Vec<String>,
    pub(crate) calendar: &'a Calendar,
    pub(crate) events: &'a [Event],
}

static ESTIMAND: Object = Object {
    name: "estimand",
    about: "What is asked, for readers and for the analysis plan.",
    keys: &[
        may("population", Shape::Localised, "Whom the answer is about."),
        may("contrast", Shape::Localised, "What is set against what."),
        may("outcome", Shape::Localised, "In what respect."),
        may("summary", Shape::Localised, "By what number, such as a difference of shares."),
    ],
};

/// The dimensions of RE-AIM (Glasgow, Vogt and Boles 1999; Holtrop et al. 2021), in order.
pub const RE_AIM: [&str; 5] = ["reach", "effectiveness", "adoption", "implementation", "maintenance"];

/// The evaluation criteria of the OECD Development Assistance Committee (2019), in order.
pub const CRITERIA: [&str; 6] =
    ["relevance", "coherence", "effectiveness", "efficiency", "impact", "sustainability"];

const INDICATORS: Entry = must("indicators", Shape::List(&Shape::Text), "The indicators that are compared.");
const REFERENCE: Entry = must("reference", Shape::Text, "The site that the others are compared with.");
const PERIOD: Entry = may("period", Shape::Period, "The period; the last one where it is missing.");

const NAMES: &[&str] = &[
    "adaptation",
    "site_comparison",
    "non_inferiority",
    "decomposition",
    "regression_decomposition",
    "adjusted_comparison",
    "difference_in_differences",
    "interrupted_time_series",
    "staggered_adoption",
    "sites_as_sample",
    "transport",
    "time_to_event",
    "combination",
    "translated_test",
    "overlap",
    "power",
];

pub(crate) static EVALUATION: Kinds = Kinds {
    name: "evaluation design",
    about: "A question that compares. Every design writes rows of `estimates.csv`.",
    tag: "design",
    shared: &[
        must("design", Shape::OneOf(NAMES), "How the question is answered."),
        must("question", Shape::Localised, "The question, as a reader would ask it."),
        may("estimand", Shape::Object(&ESTIMAND), "What is asked, part by part."),
        may("level", Shape::Number, "The level of intervals; 0.95 where it is missing.").or("0.95"),
        may(
            "re_aim",
            Shape::OneOf(&RE_AIM),
            "The dimension of RE-AIM that it is about; the scorecard is set out by these, and says which of them nothing asks about.",
        ),
        may("criterion", Shape::OneOf(&CRITERIA), "The criterion of the OECD-DAC that it serves."),
        may(
            "assigned",
            Shape::OneOf(&["by_lot", "otherwise"]),
            "How it was decided who is compared with whom; `otherwise` where it is missing. The certainty of an answer begins there.",
        ).or("otherwise"),
    ],
    kinds: &[
        adaptation::KEYS,
        site_comparison::KEYS,
        non_inferiority::KEYS,
        decomposition::KEYS,
        regression_decomposition::KEYS,
        adjusted_comparison::KEYS,
        difference_in_differences::KEYS,
        interrupted_time_series::KEYS,
        staggered_adoption::KEYS,
        sites_as_sample::KEYS,
        transport::KEYS,
        time_to_event::KEYS,
        combination::KEYS,
        translated_test::KEYS,
        overlap::KEYS,
        power::KEYS,
    ],
};

impl Estimand {
    /// The parts that are given, with their names.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &Localised)> {
        let parts = [
            ("population", &self.population),
            ("contrast", &self.contrast),
            ("outcome", &self.outcome),
            ("summary", &self.summary),
        ];
        parts.into_iter().filter_map(|(name, part)| Some((name, part.as_ref()?)))
    }
}

impl Design {
    /// The word that a pipeline says for it.
    pub fn word(&self) -> &'static str {
        match self {
            Design::Adaptation(_) => "adaptation",
            Design::SiteComparison(_) => "site_comparison",
            Design::NonInferiority(_) => "non_inferiority",
            Design::Decomposition(_) => "decomposition",
            Design::RegressionDecomposition(_) => "regression_decomposition",
            Design::AdjustedComparison(_) => "adjusted_comparison",
            Design::DifferenceInDifferences(_) => "difference_in_differences",
            Design::InterruptedTimeSeries(_) => "interrupted_time_series",
            Design::StaggeredAdoption(_) => "staggered_adoption",
            Design::SitesAsSample(_) => "sites_as_sample",
            Design::Transport(_) => "transport",
            Design::TimeToEvent(_) => "time_to_event",
            Design::Combination(_) => "combination",
            Design::TranslatedTest(_) => "translated_test",
            Design::Overlap(_) => "overlap",
            Design::Power(_) => "power",
        }
    }
}

impl Evaluation {
    /// The comparison of sites, where it is one.
    pub fn site_comparison(&self) -> Option<&SiteComparison> {
        match &self.design {
            Design::SiteComparison(design) => Some(design),
            _ => None,
        }
    }

    /// Sets the period that the evaluation is about, where it is about one.
    pub fn set_period(&mut self, period: Period) {
        match &mut self.design {
            Design::SiteComparison(d) => d.period = period,
            Design::NonInferiority(d) => d.period = period,
            Design::Decomposition(d) => d.period = period,
            Design::Power(d) => d.period = period,
            Design::SitesAsSample(d) => {
                if let SitesFrom::Cells { period: of, .. } = &mut d.from {
                    *of = period;
                }
            }
            Design::Adaptation(_)
            | Design::RegressionDecomposition(_)
            | Design::AdjustedComparison(_)
            | Design::DifferenceInDifferences(_)
            | Design::InterruptedTimeSeries(_)
            | Design::StaggeredAdoption(_)
            | Design::Transport(_)
            | Design::TimeToEvent(_)
            | Design::Combination(_)
            | Design::TranslatedTest(_)
            | Design::Overlap(_) => {}
        }
    }
}

/// The word of a list that a text is.
fn named(text: Option<&str>, words: &[&'static str]) -> Option<&'static str> {
    words.iter().find(|word| Some(**word) == text).copied()
}

/// The sources that are named as `from` in an evaluation, however deep.
fn rows_of(node: &Node, sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        let from = node.text_at("from").filter(|from| sources.iter().any(|source| source.id == *from));
        out.extend(from.map(str::to_owned));
        open.extend(node.entries().iter().map(|(_, inside)| inside));
        open.extend(node.items());
    }
    out
}

impl Resolver {
    /// Every evaluation of the file.
    pub(crate) fn evaluations(&mut self, root: &Node, ground: &Ground<'_>) -> Vec<Evaluation> {
        let mut out = Vec::new();
        for (key, node) in root.get("evaluations").map(Node::entries).unwrap_or_default() {
            if !is_plain_name(&key.name) {
                let message =
                    format!("the evaluation's id is `{}`, expected letters, digits, `-` and `_`", key.name);
                self.problem("evaluation.id", key.span, message);
            }
            let level = self.level(node);
            let Some(design) = self.design(node, ground) else { continue };
            let part = |name: &str| localised(node.get("estimand"), name);
            out.push(Evaluation {
                id: key.name.clone(),
                question: localised(Some(node), "question").unwrap_or_default(),
                estimand: Estimand {
                    population: part("population"),
                    contrast: part("contrast"),
                    outcome: part("outcome"),
                    summary: part("summary"),
                },
                level,
                re_aim: named(node.text_at("re_aim"), &RE_AIM),
                criterion: named(node.text_at("criterion"), &CRITERIA),
                by_lot: node.text_at("assigned") == Some("by_lot"),
                rows_of: rows_of(node, ground.sources),
                design,
            });
        }
        out
    }

    fn design(&mut self, node: &Node, ground: &Ground<'_>) -> Option<Design> {
        Some(match node.text_at("design")? {
            "adaptation" => Design::Adaptation(Adaptation::resolve(self, node, ground)?),
            "site_comparison" => Design::SiteComparison(SiteComparison::resolve(self, node, ground)?),
            "non_inferiority" => Design::NonInferiority(NonInferiority::resolve(self, node, ground)?),
            "decomposition" => Design::Decomposition(Decomposition::resolve(self, node, ground)?),
            "regression_decomposition" => {
                Design::RegressionDecomposition(RegressionDecomposition::resolve(self, node, ground)?)
            }
            "adjusted_comparison" => {
                Design::AdjustedComparison(AdjustedComparison::resolve(self, node, ground)?)
            }
            "difference_in_differences" => {
                Design::DifferenceInDifferences(DifferenceInDifferences::resolve(self, node, ground)?)
            }
            "interrupted_time_series" => {
                Design::InterruptedTimeSeries(InterruptedTimeSeries::resolve(self, node, ground)?)
            }
            "staggered_adoption" => {
                Design::StaggeredAdoption(StaggeredAdoption::resolve(self, node, ground)?)
            }
            "sites_as_sample" => Design::SitesAsSample(SitesAsSample::resolve(self, node, ground)?),
            "transport" => Design::Transport(Transport::resolve(self, node, ground)?),
            "time_to_event" => Design::TimeToEvent(TimeToEvent::resolve(self, node, ground)?),
            "combination" => Design::Combination(Combination::resolve(self, node, ground)?),
            "translated_test" => Design::TranslatedTest(TranslatedTest::resolve(self, node, ground)?),
            "overlap" => Design::Overlap(Overlap::resolve(self, node, ground)?),
            "power" => Design::Power(Power::resolve(self, node, ground)?),
            _ => return None,
        })
    }

    /// The indicators at `indicators`, those that can be compared.
    fn compared(&mut self, node: &Node, ground: &Ground<'_>) -> Vec<String> {
        let mut out = Vec::new();
        for item in node.get("indicators").map(Node::items).unwrap_or_default() {
            let Some(name) = item.text() else { continue };
            let Some(indicator) = self.indicator_named(item, name, ground) else { continue };
            if ContrastMethod::of(indicator.kind.summary()).is_empty() {
                self.not_comparable(item, name);
            } else {
                out.push(name.to_owned());
            }
        }
        out
    }

    fn not_comparable(&mut self, item: &Node, name: &str) {
        self.problem(
            "evaluation.full-count",
            item.span,
            format!("`{name}` is a full count: two counts of different places are shown, not compared"),
        )
        .hints
        .push("Compare a share, a ratio or a mean; a count can be made one by dividing it by those it could have reached.".into());
    }

    /// An indicator of the plan. One that is declared and has a problem of its own is reported
    /// once, there.
    fn indicator_named<'a>(&mut self, at: &Node, name: &str, ground: &Ground<'a>) -> Option<&'a Indicator> {
        let found = ground.indicators.iter().find(|i| i.id == name);
        if found.is_none() && !ground.declared.contains(&name) {
            let known = ground.declared.iter().copied();
            self.unknown("evaluation.unknown-indicator", at.span, "indicator", name, known);
        }
        found
    }

    /// A site at a key.
    fn site_at(&mut self, node: &Node, key: &str, ground: &Ground<'_>) -> Option<String> {
        let at = node.get(key)?;
        self.site_named(at, ground)
    }

    fn site_named(&mut self, at: &Node, ground: &Ground<'_>) -> Option<String> {
        let name = at.text()?;
        if !ground.sites.iter().any(|s| s.id == name) {
            let known = ground.sites.iter().map(|s| s.id.as_str());
            self.unknown("evaluation.unknown-site", at.span, "site", name, known);
            return None;
        }
        Some(name.to_owned())
    }

    /// The sites in a list.
    fn sites_at(&mut self, node: &Node, key: &str, ground: &Ground<'_>) -> Vec<String> {
        let items = node.get(key).map(Node::items).unwrap_or_default();
        items.iter().filter_map(|at| self.site_named(at, ground)).collect()
    }

    /// A number at a key within limits, or another.
    fn number_within(&mut self, node: &Node, key: &str, limits: (f64, f64), otherwise: f64) -> f64 {
        let Some(at) = node.get(key) else { return otherwise };
        match at.text().and_then(|text| text.parse::<f64>().ok()) {
            Some(number) if number > limits.0 && number < limits.1 => number,
            _ => {
                let message = format!("`{key}` lies between {} and {}", limits.0, limits.1);
                self.problem("evaluation.number", at.span, message);
                otherwise
            }
        }
    }

    /// The dimensions in a list, which every compared indicator must have.
    fn dimensions_at(
        &mut self,
        node: &Node,
        key: &str,
        indicators: &[String],
        ground: &Ground<'_>,
    ) -> Vec<String> {
        let mut out = Vec::new();
        for item in node.get(key).map(Node::items).unwrap_or_default() {
            let Some(name) = item.text() else { continue };
            for indicator in indicators {
                let Some(indicator) = ground.indicators.iter().find(|i| i.id == *indicator) else { continue };
                if !indicator.disaggregate.iter().any(|d| d.name == name) {
                    let message = format!("`{}` is not disaggregated by `{name}`", indicator.id);
                    self.problem("evaluation.unknown-dimension", item.span, message)
                        .hints
                        .push(format!("Add `{name}` to its `disaggregate`."));
                }
            }
            out.push(name.to_owned());
        }
        out
    }

    /// One method for all of the indicators, or one by name; defaults elsewhere.
    fn contrast_methods(
        &mut self,
        node: &Node,
        indicators: &[String],
        ground: &Ground<'_>,
    ) -> BTreeMap<String, ContrastMethod> {
        let summary = |name: &str| ground.indicators.iter().find(|i| i.id == name).map(|i| i.kind.summary());
        let valid = |name: &str| summary(name).map(ContrastMethod::of).unwrap_or_default();
        let mut out: BTreeMap<String, ContrastMethod> = indicators
            .iter()
            .filter_map(|name| Some((name.clone(), valid(name).first().copied()?)))
            .collect();
        let Some(at) = node.get("method") else { return out };
        if at.text().is_some() {
            for name in indicators {
                if let Some(method) = self.contrast_method(at, &format!("comparing `{name}`"), valid(name)) {
                    out.insert(name.clone(), method);
                }
            }
        }
        for (key, at) in at.entries() {
            if !indicators.contains(&key.name) {
                let known = indicators.iter().map(String::as_str);
                self.unknown(
                    "evaluation.unknown-indicator",
                    key.span,
                    "compared indicator",
                    &key.name,
                    known,
                );
            } else if let Some(method) =
                self.contrast_method(at, &format!("comparing `{}`", key.name), valid(&key.name))
            {
                out.insert(key.name.clone(), method);
            }
        }
        out
    }

    /// Refuses an evaluation with rows and with indicators, or with neither.
    fn rows_or_indicators(&mut self, node: &Node) -> bool {
        let both = (node.get("indicators").is_some(), node.get("data").is_some());
        if both.0 == both.1 {
            let found = if both.0 { "both" } else { "neither" };
            let message = format!("the evaluation has {found} of `indicators` and `data`, expected one");
            self.problem("evaluation.rows-or-indicators", node.span, message)
                .hints
                .push("`indicators` compares cells, `data` rows of a source.".into());
        }
        both.0 != both.1
    }
}

/// Whether the value of an indicator is a share of people.
fn is_share(indicator: &Indicator) -> bool {
    indicator.kind.summary() == Summary::Share
}
