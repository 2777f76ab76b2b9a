//! The answer: what kind of report, the finding, the headline numbers, what is asked of readers, and
//! how far to trust it.

use super::{Page, Section};
use crate::document::{Headline, Quality};
use groundwork_plan::number::grouped;
use maud::{Markup, html};

impl Page<'_> {
    pub(super) fn opening(&self) -> Vec<Section> {
        let doc = self.doc;
        let kind = self.say_or(
            &format!("kind_of.{}", doc.template),
            &self.say_or(&format!("kind.{}", doc.period.frequency), self.say("kind.quarter")),
        );
        let counted = match &doc.counted {
            Some(counted) if doc.sites.iter().any(|s| s.n.is_some()) => {
                format!("{} {counted}", self.say("n_counts"))
            }
            _ => String::new(),
        };
        let data_to = format!("{} {}", self.say("data_to"), doc.as_of.text);
        Section::plain(html! {
            header {
                p class="quiet" { (self.joined(&[kind, doc.period.text.clone()])) }
                h1 { (self.t(&doc.title)) }
                p {
                    (self.t(&doc.programme))
                    @for (at, site) in doc.sites.iter().enumerate() {
                        @if at == 0 { " · " } @else { ", " }
                        b { (self.in_colour(&site.name, site.colour)) }
                        @if let Some(n) = &site.n { " (" (self.w("n")) " = " (self.t(&n.text)) ")" }
                    }
                }
                p class="note" { (self.joined(&[counted, data_to])) }
                @if let Some(invented) = &doc.invented { p class="invented" { (self.t(invented)) } }
            }
        })
    }

    pub(super) fn summary(&self) -> Vec<Section> {
        let summary = &self.doc.summary;
        if summary.lead.is_empty() && summary.rest.is_empty() {
            return Vec::new();
        }
        Section::plain(html! {
            div class="summary" {
                @if !summary.lead.is_empty() { p { b { (self.t(&summary.lead)) } } }
                @if !summary.rest.is_empty() { p { (self.t(&summary.rest.join(" "))) } }
                @if let Some(level) = &self.doc.interval_level {
                    p class="note" { (self.t(&self.say("brackets").replace("{}", level))) }
                }
            }
        })
    }

    /// One tile for each headline indicator.
    pub(super) fn headlines(&self, most: usize) -> Vec<Section> {
        const MOST: usize = 6;
        if self.doc.headlines.is_empty() {
            return Vec::new();
        }
        let body = html! {
            ul class="tiles" {
                @for headline in self.doc.headlines.iter().take(most.min(MOST)) {
                    li {
                        h3 { (self.t(&headline.title)) }
                        p { (self.large(headline)) }
                        @if headline.standing.id != "none" { p { (self.standing(headline.standing.id)) } }
                        p { (self.t(&headline.sentence)) }
                        @let said = self.fraction(headline);
                        @if !said.is_empty() { p class="note" { (self.t(&said)) } }
                    }
                }
            }
        };
        Section::titled(self.say("headlines.title"), body)
    }

    /// The value in large type, and beside it how sure it is.
    fn large(&self, headline: &Headline) -> Markup {
        let cell = &headline.cell;
        html! {
            span class="large" {
                @match &cell.value {
                    Some(value) => (self.t(&value.text)),
                    None if cell.status == "withheld" => (self.withheld()),
                    None => (self.w("dash")),
                }
            }
            " "
            span class="small" {
                @if cell.value.is_none() {
                    @if cell.status != "withheld" { (self.t(&self.reason(cell.status, cell.reason))) }
                } @else if let Some(interval) = &cell.interval {
                    (self.t(&self.say("interval").replace("{}", &interval.level.text))) " "
                    span class="whole" { (self.t(&interval.text)) }
                } @else if cell.full_count {
                    (self.w("full_count"))
                }
            }
        }
    }

    /// What was divided by what, in words.
    fn fraction(&self, headline: &Headline) -> String {
        let cell = &headline.cell;
        let parts = (&cell.numerator, &cell.denominator, &headline.denominator);
        match parts {
            (None, _, _) => String::new(),
            (Some(a), Some(b), Some(of)) if headline.unit == "share" => {
                format!("{} {} {} {of}", a.text, self.say("of"), b.text)
            }
            (Some(a), Some(b), Some(by)) => format!("{} {} ÷ {} {by}", a.text, headline.numerator, b.text),
            (Some(_), _, _) => headline.numerator.clone(),
        }
    }

    pub(super) fn asks(&self) -> Vec<Section> {
        if self.doc.asks.is_empty() {
            return Vec::new();
        }
        let body = html! {
            ul class="asks" { @for ask in &self.doc.asks { li { (self.t(ask)) } } }
        };
        Section::titled(self.say("asks.title"), body)
    }

    /// One line for a report on one page.
    pub(super) fn pointer(&self) -> Vec<Section> {
        Section::plain(html! {
            p class="note" {
                @if !self.doc.quality.is_empty() { (self.t(&self.rows())) " " }
                (self.w("html.more"))
            }
        })
    }

    /// How far to trust the numbers, in a few lines.
    pub(super) fn trust(&self) -> Vec<Section> {
        let doc = self.doc;
        let mut said = Vec::new();
        if !doc.quality.is_empty() {
            said.push(self.rows());
        }
        said.extend(doc.limits.iter().cloned());
        said.extend(self.limits_of_numbers());
        let inputs = self.words.count(doc.provenance.inputs.len());
        said.push(self.say("short.files").replace("{n}", &inputs));
        said.push(self.say("html.more").to_owned());
        let provenance = &doc.provenance;
        said.push(format!(
            "{} {} · {} {}",
            self.say("provenance.report"),
            provenance.report_id,
            self.say("provenance.verify"),
            provenance.verify
        ));
        said.push(self.say("html.verify").to_owned());
        Section::titled(
            self.say("short.title"),
            html! { ul { @for text in &said { li { (self.t(text)) } } } },
        )
    }

    /// What became of the rows of all sources, in a sentence.
    fn rows(&self) -> String {
        let total = |of: fn(&Quality) -> f64| {
            grouped(self.doc.quality.iter().map(of).sum::<f64>(), 0, self.words.language())
        };
        self.say("short.rows")
            .replace("{kept}", &total(|q| q.rows_kept.raw))
            .replace("{read}", &total(|q| q.rows_read.raw))
            .replace("{set_aside}", &total(|q| q.rows_set_aside.raw))
            .replace("{duplicates}", &total(|q| q.duplicates.raw))
    }
}
