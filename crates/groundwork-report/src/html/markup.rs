//! Pieces of pages: texts with their languages, tables, cells.

use super::Page;
use crate::document::{Cell, Interval, Number};
use maud::{Markup, html};

/// A writing system.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Thai,
    Myanmar,
}

impl Script {
    /// The language that is written in it here.
    fn language(self) -> &'static str {
        match self {
            Script::Latin => "en",
            Script::Thai => "th",
            Script::Myanmar => "my",
        }
    }

    /// The script of a letter; none for digits, blanks and signs, which go with what is before them.
    fn of(c: char) -> Option<Self> {
        match c {
            '\u{0E3F}' => None,
            '\u{0E01}'..='\u{0E5B}' => Some(Script::Thai),
            '\u{1000}'..='\u{109F}' | '\u{A9E0}'..='\u{A9FF}' | '\u{AA60}'..='\u{AA7F}' => {
                Some(Script::Myanmar)
            }
            c if c.is_alphabetic() => Some(Script::Latin),
            _ => None,
        }
    }
}

/// A text in parts of one language each; nothing for a part in that of the page.
pub(super) fn parts<'t>(text: &'t str, language: &str) -> Vec<(Option<&'static str>, &'t str)> {
    let mut out: Vec<(Option<Script>, usize)> = Vec::new();
    for (at, c) in text.char_indices() {
        let script = Script::of(c);
        match (script, out.last_mut()) {
            (None, None) => out.push((None, at)),
            (None, Some(_)) => {}
            (Some(script), Some((last @ None, _))) => *last = Some(script),
            (Some(script), Some((Some(last), _))) if *last == script => {}
            (Some(script), _) => out.push((Some(script), at)),
        }
    }
    let ends = out.iter().skip(1).map(|(_, at)| *at).chain([text.len()]).collect::<Vec<_>>();
    out.iter()
        .zip(ends)
        .filter_map(|((script, from), to)| {
            let other = script.map(Script::language).filter(|own| *own != language);
            Some((other, text.get(*from..to)?))
        })
        .collect()
}

/// A text with the parts in another language marked.
pub(super) fn tagged(text: &str, language: &str) -> Markup {
    html! {
        @for (other, part) in parts(text, language) {
            @match other {
                Some(other) => {
                    span lang=(other) { (part.trim_end()) }
                    @if part.ends_with(' ') { " " }
                },
                None => (part),
            }
        }
    }
}

/// A table; the first cell of a row is its head.
pub(super) struct Listing<'a> {
    pub(super) caption: &'a str,
    pub(super) head: Vec<Markup>,
    /// Which columns hold numbers.
    pub(super) numbers: &'a [usize],
    pub(super) rows: Vec<Vec<Markup>>,
    pub(super) remark: Markup,
}

impl Page<'_> {
    /// A table in a frame that scrolls where the screen is narrow.
    pub(super) fn listing(&self, listing: Listing<'_>) -> Markup {
        let n = self.tables.get() + 1;
        self.tables.set(n);
        let id = format!("t{n}");
        let class = |at: usize| listing.numbers.contains(&at).then_some("number");
        html! {
            div class="frame" role="region" tabindex="0" aria-labelledby=(id) {
                table {
                    caption id=(id) {
                        span { b { (self.w("table")) " " (self.number_of(n)) } " " (self.t(listing.caption)) }
                    }
                    thead {
                        tr {
                            @for (at, head) in listing.head.iter().enumerate() {
                                @if head.0.is_empty() { td {} } @else { th scope="col" class=[class(at)] { (head) } }
                            }
                        }
                    }
                    tbody {
                        @for row in &listing.rows {
                            tr {
                                @for (at, cell) in row.iter().enumerate() {
                                    @if at == 0 { th scope="row" { (cell) } } @else { td class=[class(at)] { (cell) } }
                                }
                            }
                        }
                    }
                }
            }
            @if !listing.remark.0.is_empty() { p class="note" { (listing.remark) } }
        }
    }

    /// A number of a table, a figure or a lesson in the digits of the language.
    pub(super) fn number_of(&self, n: usize) -> String {
        self.words.digits(&n.to_string())
    }

    /// The mark of a withheld number, said in full to those who do not see it.
    pub(super) fn withheld(&self) -> Markup {
        html! {
            span class="mark" aria-hidden="true" { (self.say("withheld_mark")) }
            span class="unseen" { (self.w("withheld")) }
        }
    }

    /// Why a cell has no value, in words.
    pub(super) fn reason(&self, status: &str, reason: &str) -> String {
        let status = self.say_or(&format!("status.{status}"), self.say("status.refused"));
        if reason.is_empty() { status } else { self.say_or(&format!("reason.{reason}"), &status) }
    }

    /// The value, and its interval or why there is no value.
    pub(super) fn cell(&self, cell: &Cell) -> Markup {
        match &cell.value {
            Some(value) => self.valued(value, cell.interval.as_ref()),
            None if cell.status == "withheld" => self.withheld(),
            None if cell.status == "absent" => self.w("dash"),
            None => html! {
                (self.say("dash")) " " span class="small" { (self.t(&self.reason(cell.status, cell.reason))) }
            },
        }
    }

    /// A number with its interval.
    pub(super) fn valued(&self, value: &Number, interval: Option<&Interval>) -> Markup {
        html! {
            span class="whole" { (self.t(&value.text)) }
            @if let Some(interval) = interval {
                " " span class="small whole" { "(" (self.t(&interval.text)) ")" }
            }
        }
    }

    /// A number of an evaluation or a comparison.
    pub(super) fn estimated(
        &self,
        value: Option<&Number>,
        interval: Option<&Interval>,
        status: &str,
    ) -> Markup {
        match value {
            Some(value) => self.valued(value, interval),
            None if status == "withheld" => self.withheld(),
            None => self.w("dash"),
        }
    }

    /// A standing with its shape.
    pub(super) fn standing(&self, id: &str) -> Markup {
        let shape = match id {
            "on_track" => "●",
            "probably_on_track" => "◕",
            "probably_behind" => "◔",
            "behind" => "○",
            "cannot_tell" => "?",
            _ => "",
        };
        html! {
            @if !shape.is_empty() { span class="shape" aria-hidden="true" { (shape) } " " }
            (self.w(&format!("standing.{id}")))
        }
    }

    /// Texts with a point between them; empty ones are left out.
    pub(super) fn joined(&self, parts: &[String]) -> Markup {
        let kept: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
        self.t(&kept.join(" · "))
    }

    /// The name of a site in its colour.
    pub(super) fn in_colour(&self, name: &str, colour: &str) -> Markup {
        html! { span style=(format!("color:{colour}")) { (self.t(name)) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_another_language_says_so() {
        let said = |text, language| tagged(text, language).into_string();
        assert_eq!(said("Nan 12%", "en"), "Nan 12%");
        assert_eq!(said("Nan (น่าน) 12", "en"), "Nan (<span lang=\"th\">น่าน) 12</span>");
        assert_eq!(
            said("12 น่าน Nan နန်း", "th"),
            "12 น่าน <span lang=\"en\">Nan</span> <span lang=\"my\">နန်း</span>"
        );
        assert_eq!(said("<b> & \"x\"", "en"), "&lt;b&gt; &amp; &quot;x&quot;");
    }
}
