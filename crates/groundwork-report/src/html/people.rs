//! How it was found out who is who in rows that no number identifies.

use super::Page;
use super::markup::Listing;
use crate::document::{People, WeightText};
use maud::{Markup, html};

impl Page<'_> {
    /// What is told of every step that looked for people, under the quality of the data.
    pub(super) fn people(&self) -> Markup {
        html! { @for step in &self.doc.people { (self.step(step)) } }
    }

    fn step(&self, step: &People) -> Markup {
        let lead = self.words.fill(
            "people.lead",
            &[
                ("title", &step.title),
                ("rows", &step.rows.text),
                ("lower", &step.lower.text),
                ("upper", &step.upper.text),
                ("exact", &step.exact.text),
            ],
        );
        let quality = step.precision.as_ref().zip(step.recall.as_ref()).map(|(precision, recall)| {
            let (precision, recall) = (("precision", &*precision.text), ("recall", &*recall.text));
            let unlinkable = ("unlinkable", &*step.unlinkable.text);
            let quality = self.words.fill("people.quality", &[precision, recall]);
            format!("{quality} {}", self.words.fill("people.unlinkable", &[unlinkable]))
        });
        let weights = self.listing(Listing {
            caption: self.say("people.caption"),
            head: ["field", "level", "bits"].map(|w| self.w(&format!("people.{w}"))).to_vec(),
            numbers: &[2],
            rows: step.weights.iter().map(|weight| self.weight(weight)).collect(),
            remark: html! {},
        });
        let sizes = self.listing(Listing {
            caption: self.say("people.caption_sizes"),
            head: ["rows", "people"].map(|w| self.w(&format!("people.{w}"))).to_vec(),
            numbers: &[0, 1],
            rows: step.sizes.iter().map(|s| vec![self.t(&s.rows), self.t(&s.people.text)]).collect(),
            remark: html! {},
        });
        html! {
            h3 { (self.w("people.title")) }
            p { (self.t(&lead)) }
            @if let Some(quality) = quality { p { (self.t(&quality)) } }
            (weights)
            (sizes)
        }
    }

    fn weight(&self, weight: &WeightText) -> Vec<Markup> {
        let level = self.say_or(&format!("people.levels.{}", weight.level), &weight.level);
        vec![self.t(&weight.field), self.t(&level), self.t(&weight.bits.text)]
    }
}
