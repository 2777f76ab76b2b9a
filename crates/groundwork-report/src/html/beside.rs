//! What stands beside the figures: how the model was adapted and what became of it, how sure
//! estimates are in sentences, and what people said.

use super::markup::Listing;
use super::{Page, Section};
use crate::document::{Adaptation, Estimate, Evaluation, Said, Voice};
use maud::{Markup, html};

/// So many sentences stand with an evaluation.
const SENTENCES: usize = 4;

impl Page<'_> {
    /// The log of adaptations.
    pub(super) fn adaptations(&self) -> Vec<Section> {
        let all = &self.doc.adaptations;
        if all.is_empty() {
            return Vec::new();
        }
        let joined = |parts: &[&String], between: &str| {
            let kept: Vec<&str> = parts.iter().map(|p| p.as_str()).filter(|p| !p.is_empty()).collect();
            self.t(&kept.join(between))
        };
        let or_dash = |text: &str| if text.is_empty() { self.w("dash") } else { self.t(text) };
        let row = |a: &Adaptation| {
            vec![
                html! { (joined(&[&a.id, &a.site], " · ")) br; span class="small" { (self.t(&a.on)) } },
                html! {
                    @if !a.description.is_empty() { (self.t(&a.description)) br; }
                    (joined(&[&a.what, &a.nature, &a.level, &a.component], ", "))
                    @if !a.decided_by.is_empty() {
                        br; span class="small" { (self.w("adaptations.who")) ": " (self.t(&a.decided_by)) }
                    }
                },
                joined(&[&a.goal, &a.reason], ", "),
                or_dash(&a.planned),
                or_dash(&a.consistent),
            ]
        };
        let names = ["when", "what", "why", "planned", "kept"];
        let body = self.listing(Listing {
            caption: self.say("adaptations.caption"),
            head: names.map(|w| self.w(&format!("adaptations.{w}"))).to_vec(),
            numbers: &[],
            rows: all.iter().map(row).collect(),
            remark: html! {},
        });
        Section::titled(self.say("adaptations.title"), body)
    }

    /// What became of the indicators that adaptations were meant to move; of some, or of all.
    pub(super) fn became(&self, only: Option<&[String]>) -> Markup {
        let all = self.doc.adaptations.iter().filter(|a| only.is_none_or(|ids| ids.contains(&a.id)));
        let (hidden, rows): (Vec<_>, Vec<_>) = all
            .flat_map(|a| a.moved.iter().map(move |m| (a, m)))
            .filter(|(_, m)| m.status != "absent")
            .partition(|(_, m)| m.status == "withheld");
        let kept = self.hidden_rows(hidden.len());
        if rows.is_empty() {
            return html! { @if !kept.is_empty() { p { (self.t(&kept)) } } };
        }
        let names = ["adaptation", "indicator", "before", "after", "change", "elsewhere"];
        let remark = format!("{} {kept}", self.say("adaptations.remark"));
        self.listing(Listing {
            caption: self.say("adaptations.moved_caption"),
            head: names.map(|w| self.w(&format!("adaptations.{w}"))).to_vec(),
            numbers: &[2, 3, 4, 5],
            rows: rows
                .iter()
                .map(|(a, m)| {
                    let mut row = vec![
                        html! { (self.t(&a.id)) br; span class="small" { (self.t(&a.site)) } },
                        self.t(&m.indicator),
                    ];
                    let numbers = [&m.before, &m.after, &m.change, &m.elsewhere];
                    row.extend(numbers.map(|n| match n {
                        Some(n) => self.t(&n.text),
                        None => self.w("dash"),
                    }));
                    row
                })
                .collect(),
            remark: self.t(remark.trim()),
        })
    }

    /// How many rows are withheld, in a sentence; nothing where none is.
    pub(super) fn hidden_rows(&self, n: usize) -> String {
        if n == 0 {
            return String::new();
        }
        let n = self.words.count(n);
        self.say("findings.hidden").replace("{n}", &n).replace("{mark}", self.say("withheld_mark"))
    }

    /// What the first rows that answer a question say, and how sure it is.
    pub(super) fn sentences(&self, evaluation: &Evaluation) -> Markup {
        let mut seen: Vec<(&str, &str)> = Vec::new();
        let mut rows: Vec<&Estimate> = Vec::new();
        for row in evaluation.rows.iter().filter(|row| row.said.is_some()) {
            let key = (row.indicator.as_str(), row.contrast.as_str());
            if rows.len() < SENTENCES && !seen.contains(&key) {
                seen.push(key);
                rows.push(row);
            }
        }
        html! { @for said in rows.iter().filter_map(|row| row.said.as_ref()) { (self.said(said)) } }
    }

    fn said(&self, said: &Said) -> Markup {
        let mut sure = format!("{}: {}", self.say("certainty.word"), self.level(said));
        if !said.because.is_empty() {
            sure = format!("{sure}, {} {}", self.say("certainty.because_word"), said.because.join("; "));
        }
        let change = format!("{}: {}", self.say("certainty.change_word"), said.would_change);
        html! {
            div class="said" {
                p { b { (self.t(&said.sentence)) } }
                p { (self.t(&said.means)) }
                p class="note" { (self.t(&sure)) ". " (self.t(&change)) }
            }
        }
    }

    fn level(&self, said: &Said) -> String {
        self.say_or(&format!("certainty.levels.{}", said.certainty), said.certainty)
    }

    /// The certainty of a row, with its marks.
    pub(super) fn certainty(&self, row: &Estimate) -> Markup {
        let Some(said) = &row.said else { return self.w("dash") };
        let marks = match said.certainty {
            "high" => "●●●●",
            "moderate" => "●●●○",
            "low" => "●●○○",
            _ => "●○○○",
        };
        html! { span aria-hidden="true" { (marks) } " " span class="small" { (self.t(&self.level(said))) } }
    }

    /// Those that speak to nothing that a part of the report is about.
    pub(super) fn voices(&self) -> Vec<Section> {
        let doc = self.doc;
        if doc.voices.is_empty() && doc.voices_kept_back.is_none() {
            return Vec::new();
        }
        let told = |id: &String| {
            doc.lessons
                .iter()
                .any(|l| l.id == *id || l.evaluations.contains(id) || l.adaptations.contains(id))
        };
        let body = html! {
            p { (self.w("voices.remark")) }
            @for voice in doc.voices.iter().filter(|v| !told(&v.about)) { (self.voice(voice)) }
            @if let Some(n) = &doc.voices_kept_back {
                p class="note" { (self.t(&self.say("voices.kept_back").replace("{n}", &n.text))) }
            }
        };
        Section::titled(self.say("voices.title"), body)
    }

    /// Those that speak to one of these identifiers.
    pub(super) fn voices_about(&self, ids: &[&str]) -> Markup {
        html! {
            @for voice in self.doc.voices.iter().filter(|v| ids.contains(&v.about.as_str())) { (self.voice(voice)) }
        }
    }

    fn voice(&self, voice: &Voice) -> Markup {
        let about = [&voice.kind, &voice.speaker, &voice.about_title].map(String::clone);
        html! {
            blockquote { p { (self.t(&voice.text)) } p class="note" { (self.joined(&about)) } }
        }
    }
}
