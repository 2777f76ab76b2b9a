//! Reports: which template prints what, in which languages, with which charts.

use crate::indicator::Indicator;
use crate::location::Span;
use crate::period::{Calendar, Period};
use crate::resolve::{Resolver, is_plain_name, localised, localised_item};
use crate::text::{Language, Localised};
use crate::yaml::Node;

/// The templates that come with groundwork.
pub const TEMPLATES: [&str; 4] = ["quarterly-funder", "quarterly-page", "lessons-learned", "site-comparison"];

/// The parts of a report that hold charts.
pub const CHART_SECTIONS: [&str; 7] =
    ["front", "indicators", "change", "people", "comparison", "place", "evaluations"];

/// The charts that a report can be given, as `charts:` names them.
pub const CHARTS: [&str; 17] = [
    "dot_interval",
    "trend",
    "bullet",
    "sparklines",
    "slope",
    "cascade",
    "steps",
    "completion",
    "overlap",
    "likert",
    "dumbbell",
    "strips",
    "heat_map",
    "tile_map",
    "forest",
    "event_study",
    "waterfall",
];

/// A document to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its identifier.
    pub id: String,
    /// The template: one of [`TEMPLATES`], or a file `<template>.typ` in `folder`.
    pub template: String,
    /// Where the pipeline names the template.
    pub template_at: Span,
    /// A folder beside the pipeline with templates, words and fonts of the organisation's own.
    pub folder: Option<String>,
    /// The folder of an earlier run beside the pipeline, and where the pipeline names it.
    pub since: Option<(String, Span)>,
    /// One document for each.
    pub languages: Vec<Language>,
    /// The period that it is about.
    pub period: Period,
    /// The indicators that it shows; all where it is empty.
    pub indicators: Vec<String>,
    /// A dimension and one of its categories, where the report shows only the cells of that one.
    pub limit_to: Option<(String, String)>,
    /// Sections with the charts that stand in them; where it is missing, every chart that the
    /// results can fill stands where it belongs.
    pub charts: Option<Vec<(String, Vec<String>)>>,
    /// What was learned.
    pub lessons: Vec<Lesson>,
    /// What readers are asked for, or what is to be decided.
    pub asks: Vec<Localised>,
}

/// A lesson: what holds where and why, what it rests on, and what follows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lesson {
    /// The lesson, one sentence.
    pub lesson: Localised,
    /// A name for it.
    pub id: Option<String>,
    /// The adaptations that it rests on, as the log names them.
    pub adaptations: Vec<String>,
    /// The evaluations that it rests on.
    pub evaluations: Vec<String>,
    /// Where and for whom it holds.
    pub condition: Option<Localised>,
    /// Why it should be so.
    pub mechanism: Option<Localised>,
    /// What speaks against it.
    pub counter_evidence: Option<Localised>,
    /// What would change it.
    pub would_change: Option<Localised>,
    /// What should be done.
    pub recommendation: Option<Localised>,
    /// Who should do it.
    pub owner: Option<Localised>,
    /// Until when, in words.
    pub by: Option<Localised>,
    /// `low`, `medium` or `high`.
    pub cost: Option<String>,
}

impl Resolver {
    pub(crate) fn reports(
        &mut self,
        root: &Node,
        calendar: &Calendar,
        indicators: &[Indicator],
    ) -> Vec<Report> {
        let entries = root.get("reports").map(Node::entries).unwrap_or_default();
        entries
            .iter()
            .map(|(key, node)| {
                if !is_plain_name(&key.name) {
                    self.problem(
                        "report.id",
                        key.span,
                        format!("the report's id is `{}`, expected letters, digits, `-` and `_`", key.name),
                    );
                }
                self.report(&key.name, node, root, calendar, indicators)
            })
            .collect()
    }

    fn report(
        &mut self,
        id: &str,
        node: &Node,
        root: &Node,
        calendar: &Calendar,
        indicators: &[Indicator],
    ) -> Report {
        let mut languages: Vec<Language> =
            node.texts_at("languages").iter().filter_map(|code| Language::from_code(code)).collect();
        if languages.is_empty() {
            languages.push(Language::En);
        }
        for item in node.get("indicators").map(Node::items).unwrap_or_default() {
            self.declared(item, root, "indicators", "report.unknown-indicator", "indicator");
        }
        let template = node.text_at("template").unwrap_or_default().to_owned();
        let template_at = node.get("template").map(|at| at.span).unwrap_or_default();
        let folder = node.text_at("templates").map(str::to_owned);
        // A folder of one's own is looked into when the report is made.
        if folder.is_none() && !template.is_empty() && !TEMPLATES.contains(&template.as_str()) {
            self.unknown("report.unknown-template", template_at, "report template", &template, TEMPLATES);
        }
        Report {
            id: id.to_owned(),
            template,
            template_at,
            folder,
            since: node.get("since").and_then(|at| Some((at.text()?.to_owned(), at.span))),
            languages,
            period: self.period_of(node, calendar),
            indicators: node.texts_at("indicators"),
            limit_to: self.limit_to(node, indicators),
            charts: self.charts(node),
            lessons: self.lessons(node, root),
            asks: node
                .get("asks")
                .map(Node::items)
                .unwrap_or_default()
                .iter()
                .filter_map(localised_item)
                .collect(),
        }
    }

    /// A name that the pipeline declares among its `of`.
    pub(crate) fn declared(&mut self, item: &Node, root: &Node, of: &str, code: &'static str, what: &str) {
        let name = item.text().unwrap_or_default();
        let declared = root.get(of).map(Node::entries).unwrap_or_default();
        if !declared.iter().any(|(key, _)| key.name == name) {
            let known = declared.iter().map(|(key, _)| key.name.as_str());
            self.unknown(code, item.span, what, name, known);
        }
    }

    fn charts(&mut self, node: &Node) -> Option<Vec<(String, Vec<String>)>> {
        let at = node.get("charts")?;
        let mut out = Vec::new();
        for (section, charts) in at.entries() {
            if !CHART_SECTIONS.contains(&section.name.as_str()) {
                self.unknown(
                    "report.unknown-section",
                    section.span,
                    "section with charts",
                    &section.name,
                    CHART_SECTIONS,
                );
            }
            out.push((
                section.name.clone(),
                charts.items().iter().filter_map(|c| c.text().map(str::to_owned)).collect(),
            ));
        }
        Some(out)
    }

    fn lessons(&mut self, node: &Node, root: &Node) -> Vec<Lesson> {
        let items = node.get("lessons").map(Node::items).unwrap_or_default();
        items
            .iter()
            .map(|item| {
                for name in item.get("evaluations").map(Node::items).unwrap_or_default() {
                    self.declared(name, root, "evaluations", "report.unknown-evaluation", "evaluation");
                }
                let text = |key| localised(Some(item), key);
                Lesson {
                    lesson: text("lesson").unwrap_or_default(),
                    id: item.text_at("id").map(str::to_owned),
                    adaptations: item.texts_at("adaptations"),
                    evaluations: item.texts_at("evaluations"),
                    condition: text("condition"),
                    mechanism: text("mechanism"),
                    counter_evidence: text("counter_evidence"),
                    would_change: text("would_change"),
                    recommendation: text("recommendation"),
                    owner: text("owner"),
                    by: text("by"),
                    cost: item.text_at("cost").map(str::to_owned),
                }
            })
            .collect()
    }

    /// One dimension that some indicator has, with one of its categories.
    fn limit_to(&mut self, node: &Node, indicators: &[Indicator]) -> Option<(String, String)> {
        let at = node.get("limit_to")?;
        let [(name, category)] = at.entries() else {
            self.problem("report.limit", at.span, "`limit_to` names one dimension with one category");
            return None;
        };
        let dimensions = || indicators.iter().flat_map(|i| &i.disaggregate);
        let Some(dimension) = dimensions().find(|d| d.name == name.name) else {
            let known = dimensions().map(|d| d.name.as_str());
            self.unknown("report.unknown-dimension", name.span, "dimension", &name.name, known);
            return None;
        };
        let word = category.text()?;
        if !dimension.categories.iter().any(|c| c == word) {
            let known = dimension.categories.iter().map(String::as_str);
            let what = format!("category of `{}`", name.name);
            self.unknown("report.unknown-category", category.span, &what, word, known);
            return None;
        }
        Some((name.name.clone(), word.to_owned()))
    }
}
