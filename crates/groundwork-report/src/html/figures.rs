//! Figures: the marks of a drawing with its words as text, once for wide screens and paper and once
//! for narrow ones; what it shows in words; and its numbers as a table.

use super::markup::parts;
use super::numbers::Numbers;
use super::{Page, Section};
use crate::document::Figure;
use crate::input::{Anchor, PlacedFigure, PlacedLabel};
use crate::write::{clean, colour_code};
use maud::{Markup, PreEscaped, html};

/// A drawing: its size in points, its marks, its words.
struct Drawing<'a> {
    width: f64,
    height: f64,
    marks: &'a [u8],
    labels: &'a [PlacedLabel],
}

impl Page<'_> {
    pub(super) fn front_figure(&self) -> Vec<Section> {
        let of = |section: &str| self.drawn().find(|(f, _)| f.section == section);
        let found = of("front").or_else(|| of("change"));
        found.map(|(f, p)| Section::plain(self.figure(f, p))).unwrap_or_default()
    }

    /// The first figure of a part.
    pub(super) fn first_of(&self, section: &str) -> Vec<Section> {
        let found = self.drawn().find(|(f, _)| f.section == section);
        found.map(|(f, p)| Section::plain(self.figure(f, p))).unwrap_or_default()
    }

    /// The figures of a part of the report, under its title.
    pub(super) fn figures_of(&self, section: &str, most: usize, evaluated: bool) -> Vec<Section> {
        let with_evaluation = |f: &Figure| self.doc.evaluations.iter().any(|e| e.id == f.about);
        let shown: Vec<Markup> = self
            .drawn()
            .filter(|(f, _)| f.section == section && (evaluated || !with_evaluation(f)))
            .take(most)
            .map(|(f, p)| self.figure(f, p))
            .collect();
        if shown.is_empty() {
            return Vec::new();
        }
        let title = self.say_or(&format!("figures_in.{section}"), self.say("figures.title"));
        Section::titled(&title, html! { @for one in shown { (one) } })
    }

    /// The figures of an evaluation, wherever else they may stand.
    pub(super) fn figures_about(&self, id: &str) -> Markup {
        html! {
            @for (f, p) in self.drawn().filter(|(f, _)| f.about == id && f.section != "front") { (self.figure(f, p)) }
        }
    }

    /// A small line in a cell of a table.
    pub(super) fn in_cell(&self, about: &str) -> Markup {
        let line = self.drawn().find(|(f, _)| f.section == "cell" && f.about == about);
        match line {
            Some((f, p)) => self.svg(&of(p), &f.alt, None),
            None => self.w("dash"),
        }
    }

    /// What the figure says, the drawing, its caption, its numbers.
    fn figure(&self, figure: &Figure, placed: &PlacedFigure) -> Markup {
        let n = self.figures.get() + 1;
        self.figures.set(n);
        let narrow = placed.narrow.as_ref().map(|narrow| Drawing {
            width: narrow.width_pt,
            height: narrow.height_pt,
            marks: &narrow.marks_svg,
            labels: &narrow.labels,
        });
        html! {
            figure {
                @if !figure.title.is_empty() { p class="says" { (self.t(&figure.title)) } }
                (self.svg(&of(placed), &figure.alt, narrow.as_ref().map(|_| "wide")))
                @if let Some(narrow) = &narrow { (self.svg(narrow, &figure.alt, Some("narrow"))) }
                figcaption {
                    b { (self.w("figure")) " " (self.number_of(n)) } " " (self.t(&figure.caption))
                }
            }
            (self.numbers(placed, n))
        }
    }

    /// The numbers of a figure.
    fn numbers(&self, placed: &PlacedFigure, n: usize) -> Markup {
        let Some(table) = Numbers::of(&placed.data, self.input, self.words) else { return html! {} };
        let label = format!("{} {}", self.say("html.data"), self.number_of(n));
        let class = |at: usize| table.columns.get(at).is_some_and(|(_, number)| *number).then_some("number");
        html! {
            details {
                summary { (self.w("html.data")) span class="unseen" { " " (self.number_of(n)) } }
                div class="frame" role="region" tabindex="0" aria-label=(label) {
                    table {
                        thead { tr { @for (name, _) in &table.columns { th scope="col" { (self.t(name)) } } } }
                        tbody {
                            @for row in &table.rows {
                                tr { @for (at, text) in row.iter().enumerate() { td class=[class(at)] { (self.t(text)) } } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn svg(&self, drawing: &Drawing<'_>, alt: &str, class: Option<&str>) -> Markup {
        // A CSS pixel is three quarters of a point.
        let (width, height) = (drawing.width, drawing.height);
        let px = |points: f64| format!("{:.0}", points / 0.75);
        html! {
            svg class=[class] role="img" aria-label=(clean(alt)) viewBox=(format!("0 0 {width} {height}"))
                width=(px(width)) height=(px(height)) {
                (PreEscaped(inside(drawing.marks)))
                @for label in drawing.labels { (self.label(label)) }
            }
        }
    }

    fn label(&self, label: &PlacedLabel) -> Markup {
        let text = clean(&label.text);
        let anchor = match label.anchor {
            Anchor::Start => None,
            Anchor::Middle => Some("middle"),
            Anchor::End => Some("end"),
        };
        let weight = (label.weight != 400).then(|| label.weight.clamp(100, 900));
        html! {
            @if !text.is_empty() {
                text x=(label.x_pt) y=(label.y_pt) font-size=(label.size_pt) font-weight=[weight]
                    text-anchor=[anchor] fill=(colour_code(&label.colour)) {
                    @for (other, part) in parts(&text, self.doc.language) {
                        @match other {
                            Some(other) => tspan lang=(other) { (part) },
                            None => (part),
                        }
                    }
                }
            }
        }
    }
}

fn of(placed: &PlacedFigure) -> Drawing<'_> {
    Drawing {
        width: placed.width_pt,
        height: placed.height_pt,
        marks: &placed.marks_svg,
        labels: &placed.labels,
    }
}

/// What stands inside the outermost element of a drawing.
fn inside(marks: &[u8]) -> String {
    let text = String::from_utf8_lossy(marks);
    let after = text.find("<svg").and_then(|at| text.get(at..)?.split_once('>')).map(|(_, rest)| rest);
    let inside = after.and_then(|rest| rest.rsplit_once("</svg>")).map(|(inside, _)| inside);
    inside.unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn marks_are_taken_out_of_their_frame() {
        let svg =
            b"<?xml version=\"1.0\"?>\n<svg xmlns=\"x\" width=\"1pt\">\n<g><path d=\"M0 0\"/></g>\n</svg>\n";
        assert_eq!(inside(svg), "<g><path d=\"M0 0\"/></g>");
        assert_eq!(inside(b"no drawing"), "");
    }
}
