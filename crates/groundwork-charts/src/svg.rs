//! A scene written as SVG: marks alone, or marks with text.
//!
//! Numbers have at most two decimals and come from whole hundredths, so nothing here rounds.

use crate::label::{Script, runs, width};
use crate::scene::{Anchor, Form, Ink, Label, Mark, Scene, centi};
use crate::theme::Dash;
use std::fmt::Write;

/// The faces that labels are set in, in the order in which they are asked.
const FACES: &str = "'Noto Sans','Noto Sans Thai','Noto Sans Myanmar',sans-serif";

/// The marks of a scene, without any text.
pub(crate) fn marks(scene: &Scene) -> String {
    let mut out = String::new();
    open(&mut out, scene);
    out.push_str(">\n");
    write_marks(&mut out, &scene.marks);
    out.push_str("</svg>\n");
    out
}

/// The scene with its texts, a title and a description.
pub(crate) fn standalone(scene: &Scene, title: &str, description: &str, language: &str) -> String {
    let mut out = String::new();
    open(&mut out, scene);
    // Ids would have to be unique in a page of many charts; the label says the same.
    let _ = writeln!(out, " role=\"img\" aria-label=\"{}\" xml:lang=\"{language}\">", escape(title));
    let _ = writeln!(out, "<title>{}</title>", escape(title));
    let _ = writeln!(out, "<desc>{}</desc>", escape(description));
    write_marks(&mut out, &scene.marks);
    let _ = writeln!(out, "<g class=\"labels\" font-family=\"{FACES}\">");
    for label in &scene.texts {
        write_label(&mut out, label);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn open(out: &mut String, scene: &Scene) {
    let (w, h) = (number(scene.size.0), number(scene.size.1));
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}pt\" height=\"{h}pt\" \
         viewBox=\"0 0 {w} {h}\""
    );
}

/// Marks in their order; neighbours of one role stand in one group, and neighbouring lines of
/// one look in one path.
fn write_marks(out: &mut String, marks: &[Mark]) {
    let mut rest = marks;
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|mark| mark.role == first.role).count();
        let (group, after) = rest.split_at(same);
        let _ = writeln!(out, "<g class=\"{}\">", escape(&first.role));
        write_group(out, group);
        out.push_str("</g>\n");
        rest = after;
    }
}

fn write_group(out: &mut String, group: &[Mark]) {
    let mut rest = group;
    while let Some(first) = rest.first() {
        let alike = rest.iter().take_while(|mark| joins(first, mark)).count().max(1);
        let (together, after) = rest.split_at(alike);
        match &first.form {
            Form::Path(_) => {
                let paths: String = together.iter().map(|mark| path(&mark.form)).collect();
                let _ = write!(out, "<path d=\"{paths}\"");
            }
            Form::Polygon(_) => {
                let _ = write!(out, "<path d=\"{}\"", path(&first.form));
            }
            Form::Rect(left, top, right, bottom) => {
                let _ = write!(
                    out,
                    "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
                    number(*left),
                    number(*top),
                    number(right - left),
                    number(bottom - top)
                );
            }
            Form::Circle(x, y, r) => {
                let _ =
                    write!(out, "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"", number(*x), number(*y), number(*r));
            }
        }
        paint(out, first);
        out.push_str("/>\n");
        rest = after;
    }
}

/// Whether two neighbouring marks are lines that can share a path.
fn joins(a: &Mark, b: &Mark) -> bool {
    let line = |mark: &Mark| {
        matches!(mark.form, Form::Path(_))
            && mark.fill.is_none()
            && mark.stroke.is_some_and(|(ink, _)| ink.alpha == 100)
    };
    line(a) && line(b) && a.stroke == b.stroke && a.dash == b.dash
}

fn path(form: &Form) -> String {
    let (points, closed) = match form {
        Form::Path(points) => (points, points.len() > 2 && points.first() == points.last()),
        Form::Polygon(points) => (points, true),
        Form::Rect(..) | Form::Circle(..) => return String::new(),
    };
    let mut out = String::new();
    let last = if closed && points.first() == points.last() { points.len() - 1 } else { points.len() };
    for (i, (x, y)) in points.iter().take(last).enumerate() {
        let _ = write!(out, "{}{} {}", if i == 0 { 'M' } else { 'L' }, number(*x), number(*y));
    }
    if closed {
        out.push('Z');
    }
    out
}

fn paint(out: &mut String, mark: &Mark) {
    let attribute = |out: &mut String, name: &str, ink: Ink| {
        let (r, g, b) = ink.rgb;
        let _ = write!(out, " {name}=\"#{r:02X}{g:02X}{b:02X}\"");
        if ink.alpha < 100 {
            let _ = write!(out, " {name}-opacity=\"{}\"", number(i32::from(ink.alpha)));
        }
    };
    match mark.fill {
        Some(ink) => attribute(out, "fill", ink),
        None => out.push_str(" fill=\"none\""),
    }
    if let Some((ink, width)) = mark.stroke {
        attribute(out, "stroke", ink);
        let _ = write!(out, " stroke-width=\"{}\"", number(width));
        if let Some(array) = mark.dash.array() {
            let _ = write!(out, " stroke-dasharray=\"{array}\"");
        }
        if mark.dash == Dash::Solid && matches!(&mark.form, Form::Path(points) if points.len() > 2) {
            out.push_str(" stroke-linejoin=\"round\"");
        }
    }
}

/// One `<text>` for each run of one script, because renderers shape an element as a whole. The
/// runs are placed by their estimated widths.
fn write_label(out: &mut String, label: &Label) {
    let runs = runs(&label.text);
    let wide = |text: &str| width(text, label.size_pt, label.weight);
    let total: f64 = runs.iter().map(|(_, text)| wide(text)).sum();
    let (mut x, anchor) = match (label.anchor, runs.len()) {
        (Anchor::Middle, 2..) => (label.x_pt - total / 2.0, Anchor::Start),
        (anchor, _) => (label.x_pt, anchor),
    };
    // What stands after the run, for texts that are placed by their end.
    let mut after = total;
    for (script, text) in &runs {
        let full = wide(text);
        after -= full;
        let trimmed = text.trim();
        if !trimmed.is_empty() {
            let before = wide(text) - wide(text.trim_start());
            let behind = wide(text) - wide(text.trim_end());
            let at = match anchor {
                Anchor::Start => x + before,
                Anchor::Middle => x,
                Anchor::End => x - after - behind,
            };
            write_run(out, label, *script, trimmed, at, anchor);
        }
        if anchor == Anchor::Start {
            x += full;
        }
    }
}

fn write_run(out: &mut String, label: &Label, script: Script, text: &str, x: f64, anchor: Anchor) {
    let _ = write!(
        out,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\"",
        number(centi(x)),
        number(centi(label.y_pt)),
        number(centi(label.size_pt))
    );
    if label.weight != 400 {
        let _ = write!(out, " font-weight=\"{}\"", label.weight);
    }
    if anchor != Anchor::Start {
        let _ = write!(out, " text-anchor=\"{}\"", anchor.word());
    }
    let _ = writeln!(
        out,
        " fill=\"{}\" xml:lang=\"{}\">{}</text>",
        label.colour,
        script.language(),
        escape(text)
    );
}

/// Hundredths as a number: `1234` is `12.34`, `-50` is `-0.5`, `700` is `7`.
pub(crate) fn number(hundredths: i32) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, part) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    match (part, part % 10) {
        (0, _) => format!("{sign}{whole}"),
        (_, 0) => format!("{sign}{whole}.{}", part / 10),
        _ => format!("{sign}{whole}.{part:02}"),
    }
}

/// A text as XML allows it, in elements and in attributes. Characters that XML 1.0 does not know
/// become U+FFFD, and line breaks and tabs become blanks.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_noise() {
        assert_eq!(number(0), "0");
        assert_eq!(number(1234), "12.34");
        assert_eq!(number(1230), "12.3");
        assert_eq!(number(1203), "12.03");
        assert_eq!(number(-50), "-0.5");
        assert_eq!(number(70_000), "700");
        assert_eq!(number(i32::MIN), "-21474836.48");
    }

    #[test]
    fn any_text_is_good_xml() {
        assert_eq!(escape("a<b & \"c\" 'd'>"), "a&lt;b &amp; &quot;c&quot; &#39;d&#39;&gt;");
        assert_eq!(escape("a\u{0}b\nc\u{FFFE}"), "a\u{FFFD}b c\u{FFFD}");
        assert_eq!(escape("น่าน"), "น่าน");
    }

    #[test]
    fn runs_of_a_label_meet_where_they_should() {
        let label = Label {
            text: "Nan น่าน".into(),
            x_pt: 100.0,
            y_pt: 20.0,
            anchor: Anchor::End,
            size_pt: 10.0,
            weight: 400,
            colour: "#333333",
        };
        let mut out = String::new();
        write_label(&mut out, &label);
        let thai = width("น่าน", 10.0, 400);
        let space = width(" ", 10.0, 400);
        let first = number(centi(100.0 - thai - space));
        assert!(out.contains(&format!("<text x=\"{first}\" y=\"20\" font-size=\"10\"")), "{out}");
        assert!(out.contains("xml:lang=\"en\">Nan</text>"));
        assert!(out.contains("<text x=\"100\" y=\"20\""));
        assert!(out.contains("xml:lang=\"th\">น่าน</text>"));
    }
}
