//! How far to trust the numbers: limits, what became of rows, where everything comes from.

use super::markup::Listing;
use super::{Page, Section};
use crate::document::Quality;
use maud::html;

impl Page<'_> {
    /// What holds of any number of the kinds that the report prints.
    pub(super) fn limits_of_numbers(&self) -> Vec<String> {
        let doc = self.doc;
        let mut said = Vec::new();
        let mut cells = doc.indicators.iter().flat_map(|i| i.cells.iter().chain([&i.all]));
        if cells.any(|c| c.interval.is_some()) {
            said.push(self.say("limits.intervals").to_owned());
        }
        if doc.withheld.threshold.raw > 1.0 {
            said.push(self.say("limits.withheld").replace("{}", &doc.withheld.threshold.text));
        }
        said
    }

    /// What the reader should know before using the numbers.
    pub(super) fn limits(&self) -> Vec<Section> {
        let mut said = self.doc.limits.clone();
        if !self.doc.comparisons.is_empty() {
            said.push(self.say("limits.caution").to_owned());
        }
        said.extend(self.limits_of_numbers());
        if said.is_empty() {
            return Vec::new();
        }
        Section::titled(
            self.say("limits.title"),
            html! { ul { @for text in &said { li { (self.t(text)) } } } },
        )
    }

    /// What became of the rows of every source, and what the checks found.
    pub(super) fn quality(&self) -> Vec<Section> {
        let doc = self.doc;
        if doc.quality.is_empty() {
            return Section::titled(self.say("quality.title"), html! { p { (self.w("quality.none")) } });
        }
        let names = ["source", "read", "set_aside", "duplicates", "left_out", "kept"];
        let row = |q: &Quality| {
            let numbers = [&q.rows_read, &q.rows_set_aside, &q.duplicates, &q.left_out, &q.rows_kept];
            [&q.title].into_iter().chain(numbers.map(|n| &n.text)).map(|t| self.t(t)).collect()
        };
        let rows = self.listing(Listing {
            caption: self.say("quality.caption"),
            head: names.map(|w| self.w(&format!("quality.{w}"))).to_vec(),
            numbers: &[1, 2, 3, 4, 5],
            rows: doc.quality.iter().map(row).collect(),
            remark: self.w("quality.meaning"),
        });
        let found: Vec<Vec<maud::Markup>> = doc
            .quality
            .iter()
            .flat_map(|q| q.issues.iter().map(move |i| (q, i)))
            .map(|(q, i)| {
                let check = if i.title.is_empty() { &i.check } else { &i.title };
                let action = self.say_or(&format!("quality.actions.{}", i.action), i.action);
                vec![self.t(&q.title), self.t(check), self.t(&i.count.text), self.t(&action)]
            })
            .collect();
        let found = if found.is_empty() {
            html! { p { (self.w("quality.nothing")) } }
        } else {
            self.listing(Listing {
                caption: self.say("quality.caption_found"),
                head: ["source", "check", "count", "action"]
                    .map(|w| self.w(&format!("quality.{w}")))
                    .to_vec(),
                numbers: &[2],
                rows: found,
                remark: html! {},
            })
        };
        Section::titled(self.say("quality.title"), html! { (rows) (found) (self.people()) })
    }

    /// Where the numbers come from, and how to check them.
    pub(super) fn provenance(&self) -> Vec<Section> {
        let p = &self.doc.provenance;
        let versions: Vec<String> = p.versions.iter().map(|v| format!("{} {}", v.name, v.version)).collect();
        let mut said = vec![
            format!("{} {}", self.say("provenance.report"), p.report_id),
            format!("{} {}", self.say("data_to"), self.doc.as_of.text),
        ];
        if !p.pipeline.is_empty() {
            said.push(format!("{} {}", self.say("provenance.pipeline"), p.pipeline));
        }
        if !versions.is_empty() {
            said.push(format!("{} {}", self.say("provenance.versions"), versions.join(", ")));
        }
        let inputs = (!p.inputs.is_empty()).then(|| {
            self.listing(Listing {
                caption: self.say("provenance.caption"),
                head: ["file", "sha256", "rows"].map(|w| self.w(&format!("provenance.{w}"))).to_vec(),
                numbers: &[2],
                rows: p
                    .inputs
                    .iter()
                    .map(|f| {
                        let rows = f.rows.as_ref().map_or_else(|| self.w("dash"), |rows| self.t(&rows.text));
                        vec![self.t(&f.path), html! { code { (f.sha256) } }, rows]
                    })
                    .collect(),
                remark: html! {},
            })
        });
        let body = html! {
            p { (self.joined(&said)) }
            @if !p.verify.is_empty() { p { (self.w("provenance.verify")) " " b { (self.t(&p.verify)) } } }
            @if let Some(inputs) = inputs { (inputs) }
            p { (self.w("html.verify")) }
        };
        Section::titled(self.say("provenance.title"), body)
    }
}
