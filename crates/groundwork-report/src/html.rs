//! The twin of a report for screens: the same document as one page of HTML that needs nothing else,
//! neither a script nor a file beside it. Charts are drawings with real text, tables are tables, every
//! part in another language says so, and it prints.
//!
//! Which sections it has, and in which order, is read from the template of the report, with the
//! headings and paragraphs that its author wrote there; see [`outline`].

mod answer;
mod beside;
mod evaluations;
mod figures;
mod indicators;
mod markup;
mod numbers;
mod outline;
mod people;
mod sources;

use crate::Manuscript;
use crate::document::{Document, Figure};
use crate::input::{Input, PlacedFigure};
use crate::words::Words;
use markup::tagged;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use outline::{Call, Part};
use std::cell::Cell;

/// The stylesheet, which a folder of templates may replace.
const STYLE: &str = "theme.css";

/// A report as a page of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebPage {
    /// The page.
    pub html: String,
    /// What the template calls and only Typst can set, such as a section of its author's own.
    pub left_out: Vec<String>,
}

impl Manuscript<'_> {
    /// Writes the report as a page of HTML.
    pub fn web_page(&self) -> WebPage {
        let file = |path: &str| {
            self.templates.files.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        };
        let source = file(&format!("{}.typ", self.input.template)).unwrap_or_default();
        let page = Page {
            doc: &self.document,
            words: &self.words,
            input: self.input,
            tables: Cell::new(0),
            figures: Cell::new(0),
        };
        let (sections, left_out) = page.sections(&outline::parts(&source));
        let html = page.shell(&sections, &file(STYLE).unwrap_or_default()).into_string();
        WebPage { html, left_out }
    }
}

/// What sections are written from.
struct Page<'a> {
    doc: &'a Document,
    words: &'a Words,
    input: &'a Input<'a>,
    /// Tables and figures so far.
    tables: Cell<usize>,
    figures: Cell<usize>,
}

/// A part of the page, with its title where it has one.
struct Section {
    title: String,
    body: Markup,
}

impl Section {
    fn titled(title: &str, body: Markup) -> Vec<Self> {
        vec![Self { title: title.to_owned(), body }]
    }

    fn plain(body: Markup) -> Vec<Self> {
        Self::titled("", body)
    }
}

impl<'a> Page<'a> {
    /// A text of the catalogue.
    fn say<'b>(&'b self, path: &'b str) -> &'b str {
        self.words.text(path)
    }

    /// A text of the catalogue, or another where it has none.
    fn say_or(&self, path: &str, other: &str) -> String {
        match self.words.text(path) {
            missing if missing == path => other.to_owned(),
            text => text.to_owned(),
        }
    }

    /// A text of the document, with what is in another language marked as such.
    fn t(&self, text: &str) -> Markup {
        tagged(text, self.doc.language)
    }

    /// A text of the catalogue, marked in the same way.
    fn w(&self, path: &str) -> Markup {
        self.t(self.say(path))
    }

    /// The figures with their drawings.
    fn drawn(&self) -> impl Iterator<Item = (&'a Figure, &'a PlacedFigure)> {
        self.doc.figures.iter().zip(self.input.figures)
    }

    fn sections(&self, parts: &[Part]) -> (Vec<Section>, Vec<String>) {
        let mut out: Vec<Section> = Vec::new();
        let mut left_out = Vec::new();
        for part in parts {
            match part {
                Part::Call(call) => match self.section(call) {
                    Some(sections) => out.extend(sections),
                    None => left_out.push(call.name.clone()),
                },
                Part::Heading(text) => out.extend(Section::titled(text, html! {})),
                Part::Prose(texts) => {
                    let body = html! { @for text in texts { p { (self.t(text)) } } };
                    self.add(&mut out, body);
                }
                Part::Points(texts) => {
                    let body = html! { ul { @for text in texts { li { (self.t(text)) } } } };
                    self.add(&mut out, body);
                }
            }
        }
        left_out.sort();
        left_out.dedup();
        (out, left_out)
    }

    /// Adds to the part before.
    fn add(&self, out: &mut Vec<Section>, body: Markup) {
        match out.last_mut() {
            Some(last) => last.body = html! { (last.body) (body) },
            None => out.extend(Section::plain(body)),
        }
    }

    /// The section that a template calls; nothing where it is none of ours.
    fn section(&self, call: &Call) -> Option<Vec<Section>> {
        let named = call.texts.first().map(String::as_str).unwrap_or_default();
        Some(match call.name.as_str() {
            "opening" => self.opening(),
            "summary" => self.summary(),
            "headlines" => self.headlines(call.most),
            "asks" => self.asks(),
            "pointer" => self.pointer(),
            "trust" => self.trust(),
            "front-figure" => self.front_figure(),
            "first-of" => self.first_of(named),
            "figures-of" => self.figures_of(named, call.most, call.evaluated),
            "performance" => self.performance(),
            "indicators" => self.indicators(),
            "changes" => self.changes(),
            "restated" => self.restated(),
            "comparison" => self.comparison(),
            "methods" => self.methods(),
            "evidence" => self.evidence(),
            "scorecard" => self.scorecard(),
            "object" => self.object(),
            "matrix" => self.matrix(),
            "adaptations" => self.adaptations(),
            "voices" => self.voices(),
            "findings" => self.findings(),
            "all-findings" => self.all_findings(),
            "lessons" => self.lessons(),
            "recommendations" => self.recommendations(),
            "limits" => self.limits(),
            "quality" => self.quality(),
            "provenance" => self.provenance(),
            _ => return None,
        })
    }

    fn shell(&self, sections: &[Section], style: &str) -> Markup {
        let doc = self.doc;
        let titled: Vec<(usize, &str)> = sections
            .iter()
            .enumerate()
            .filter(|(_, s)| !s.title.is_empty())
            .map(|(at, s)| (at, s.title.as_str()))
            .collect();
        html! {
            (DOCTYPE)
            html lang=(doc.language) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="generator" content=(concat!("groundwork ", env!("CARGO_PKG_VERSION")));
                    title { (doc.title) }
                    @if !doc.summary.lead.is_empty() { meta name="description" content=(doc.summary.lead); }
                    // The stylesheet of a template's author may hold what would end the element.
                    style { (PreEscaped(style.replace("</", "<\\/"))) }
                }
                body {
                    a class="skip" href="#content" { (self.w("html.skip")) }
                    main id="content" {
                        @for (at, section) in sections.iter().enumerate() {
                            @if section.title.is_empty() {
                                (section.body)
                            } @else {
                                section aria-labelledby=(format!("s{at}")) {
                                    h2 id=(format!("s{at}")) { (self.t(&section.title)) }
                                    (section.body)
                                }
                            }
                            // Behind what stands before the first title.
                            @if titled.len() > 5 && titled.first().is_some_and(|(first, _)| *first == at + 1) {
                                nav aria-label=(self.say("html.contents")) {
                                    details {
                                        summary { (self.w("html.contents")) }
                                        ol {
                                            @for (at, title) in &titled {
                                                li { a href=(format!("#s{at}")) { (self.t(title)) } }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                    footer {
                        p { (self.t(&self.footer())) }
                    }
                }
            }
        }
    }

    fn footer(&self) -> String {
        let doc = self.doc;
        let mut parts = vec![
            format!("{} {}", self.say("provenance.report"), doc.provenance.report_id),
            format!("{} {}", self.say("data_to"), doc.as_of.text),
        ];
        parts.extend(doc.provenance.versions.first().map(|v| format!("{} {}", v.name, v.version)));
        parts.join(" · ")
    }
}
