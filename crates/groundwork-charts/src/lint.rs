//! The rules of a good chart, looked for in the finished drawing.
//!
//! A chart cannot be made against most of them: there is one horizontal text direction, one axis
//! for each unit, and no slice of a pie. What data, labels or a theme can still bring about is
//! looked for here: in the scene, not in what a chart meant to draw.

use crate::alt;
use crate::canvas::extent;
use crate::figure::About;
use crate::label;
use crate::scene::{Form, Ink, Label, Mark, Scene};
use crate::table::Table;
use crate::theme::{self, contrast_of, rgb};

/// What follows from a broken rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The chart misleads or cannot be read: [`Figure::accepted`](crate::Figure::accepted) refuses
    /// it.
    Refuse,
    /// The chart would be better without.
    Warn,
}

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// The rule: `bar-from-zero`.
    pub rule: &'static str,
    /// What follows.
    pub severity: Severity,
    /// What is wrong and where, and what to do. It holds no value of the data.
    pub message: String,
}

impl Lint {
    fn refuse(rule: &'static str, message: String) -> Self {
        Self { rule, severity: Severity::Refuse, message }
    }

    fn warn(rule: &'static str, message: String) -> Self {
        Self { rule, severity: Severity::Warn, message }
    }

    /// Counts on a map.
    pub(crate) fn no_rate() -> Self {
        let message = "a map shows where people live when it shows counts; give a share, a ratio or a score";
        Self::refuse("map-of-rates", message.to_owned())
    }

    /// A code that is of no province.
    pub(crate) fn no_province(code: &str) -> Self {
        Self::refuse("province", format!("`{code}` is no code of a province; write `TH-57` for Chiang Rai"))
    }

    /// More of something than can be read.
    pub(crate) fn crowded(most: usize, count: usize, what: &str) -> Self {
        Self::warn(
            "crowded",
            format!("{count} {what}, of which at most {most} can be told apart; show fewer"),
        )
    }
}

/// Smallest type and thinnest line, in hundredths of a point.
const LEAST_TYPE: f64 = 7.5;
const LEAST_LINE: i32 = 75;
/// The most colours, beside greys, that stand for something.
const MOST_HUES: usize = 4;

/// Marks that carry nothing that a text or another mark does not carry, and surfaces that have an
/// outline or a number of their own.
const QUIET: [&str; 9] = ["grid", "row", "band", "hatch", "clear", "ribbon", "scale", "drop", "expected"];

/// Everything that is against the rules.
pub(crate) fn inspect(scene: &Scene, about: &About, table: &Table, alt: &str) -> Vec<Lint> {
    let mut out = Vec::new();
    texts(scene, &mut out);
    marks(scene, &mut out);
    bars(scene, &mut out);
    words(about, table, alt, &mut out);
    out
}

/// Left, top, right, bottom of a text, in points.
fn area(label: &Label) -> (f64, f64, f64, f64) {
    let width = label::width(&label.text, label.size_pt, label.weight);
    let (left, right) = extent(label.x_pt, width, label.anchor);
    (left, label.y_pt - 0.76 * label.size_pt, right, label.y_pt + 0.22 * label.size_pt)
}

fn texts(scene: &Scene, out: &mut Vec<Lint>) {
    let (width, height) = (f64::from(scene.size.0) / 100.0, f64::from(scene.size.1) / 100.0);
    let areas: Vec<_> = scene.texts.iter().map(area).collect();
    for (i, (label, a)) in scene.texts.iter().zip(&areas).enumerate() {
        let place = format!("at {:.0}, {:.0}", label.x_pt, label.y_pt);
        if label.size_pt < LEAST_TYPE {
            out.push(Lint::refuse("type-size", format!("a text of {} pt {place}", label.size_pt)));
        }
        if a.0 < -0.01 || a.1 < -0.01 || a.2 > width + 0.01 || a.3 > height + 0.01 {
            out.push(Lint::refuse("clipped", format!("a text {place} leaves the chart; make it wider")));
        }
        let crosses = |b: &&(f64, f64, f64, f64)| a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3;
        if areas.iter().skip(i + 1).any(|b| crosses(&b)) {
            out.push(Lint::refuse("overlap", format!("two texts touch {place}; shorten or widen")));
        }
        let ground = ground(scene, ((a.0 + a.2) / 2.0, (a.1 + a.3) / 2.0));
        if contrast_of(rgb(label.colour), ground) < 4.5 {
            out.push(Lint::refuse("text-contrast", format!("a text {place} has less than 4.5:1")));
        }
    }
}

/// What lies below a place in points: the surfaces that hold it, one over the other.
fn ground(scene: &Scene, (x, y): (f64, f64)) -> (u8, u8, u8) {
    let (x, y) = (x * 100.0, y * 100.0);
    let inside = |mark: &&Mark| match &mark.form {
        Form::Rect(left, top, right, bottom) => {
            let holds = |a: &i32, b: &i32, v: f64| f64::from(*a.min(b)) <= v && v <= f64::from(*a.max(b));
            holds(left, right, x) && holds(top, bottom, y)
        }
        Form::Circle(cx, cy, r) => {
            let (dx, dy) = (x - f64::from(*cx), y - f64::from(*cy));
            dx * dx + dy * dy <= f64::from(*r) * f64::from(*r)
        }
        Form::Path(_) | Form::Polygon(_) => false,
    };
    let fills = scene.marks.iter().filter(inside).filter_map(|mark| mark.fill);
    fills.fold(rgb(theme::PAPER), over)
}

/// A colour with an ink over it.
fn over(below: (u8, u8, u8), ink: Ink) -> (u8, u8, u8) {
    let mix = |below: u8, above: u8| {
        let (alpha, rest) = (u32::from(ink.alpha), 100 - u32::from(ink.alpha));
        u8::try_from((u32::from(above) * alpha + u32::from(below) * rest) / 100).unwrap_or(u8::MAX)
    };
    (mix(below.0, ink.rgb.0), mix(below.1, ink.rgb.1), mix(below.2, ink.rgb.2))
}

fn marks(scene: &Scene, out: &mut Vec<Lint>) {
    let kind = |mark: &Mark| mark.role.split(' ').next().unwrap_or_default().to_owned();
    let mut hues: Vec<(u8, u8, u8)> = Vec::new();
    for mark in &scene.marks {
        let kind = kind(mark);
        if let Some((_, width)) = mark.stroke
            && width < LEAST_LINE
        {
            out.push(Lint::refuse("line-width", format!("a line of {width} hundredths of a point ({kind})")));
        }
        if QUIET.contains(&kind.as_str()) {
            continue;
        }
        let Some(ink) = mark.stroke.map(|(ink, _)| ink).or(mark.fill).filter(|ink| ink.alpha == 100) else {
            continue;
        };
        if contrast_of(ink.rgb, rgb(theme::PAPER)) < 3.0 {
            out.push(Lint::refuse("mark-contrast", format!("a mark has less than 3:1 ({kind})")));
        }
        let (r, g, b) = ink.rgb;
        let chromatic = r.max(g).max(b) - r.min(g).min(b) > 24;
        if chromatic && !hues.contains(&ink.rgb) {
            hues.push(ink.rgb);
        }
    }
    if hues.len() > MOST_HUES {
        out.push(Lint::warn("hues", format!("{} colours stand for something; use at most 4", hues.len())));
    }
}

/// Every bar has one end on the null line of its axis.
fn bars(scene: &Scene, out: &mut Vec<Lint>) {
    let nulls: Vec<&Vec<(i32, i32)>> = scene
        .marks
        .iter()
        .filter(|mark| mark.role == "null")
        .filter_map(|mark| match &mark.form {
            Form::Path(points) => Some(points),
            _ => None,
        })
        .collect();
    let begins = |at: i32| nulls.iter().any(|line| line.iter().all(|(x, _)| *x == at));
    for mark in scene.marks.iter().filter(|mark| mark.role.starts_with("bar ")) {
        if let Form::Rect(left, _, right, _) = mark.form
            && !begins(left)
            && !begins(right)
        {
            let message = "a bar does not begin at zero; its length would mislead".to_owned();
            out.push(Lint::refuse("bar-from-zero", message));
        }
    }
}

fn words(about: &About, table: &Table, alt: &str, out: &mut Vec<Lint>) {
    let title = about.title.trim();
    // A sentence has several words; Thai and Burmese do not part them.
    if title.split_whitespace().count() < 3 && title.chars().count() < 16 {
        let message = "the title is not a sentence; say what the chart shows".to_owned();
        out.push(Lint::warn("title", message));
    }
    if about.what.trim().is_empty() {
        let message = "nothing says what is shown, where and when".to_owned();
        out.push(Lint::warn("what", message));
    }
    if about.captioned && about.subtitle.trim().is_empty() {
        let message = "no subtitle with measure, unit, place and period".to_owned();
        out.push(Lint::warn("subtitle", message));
    }
    if about.captioned && about.source.trim().is_empty() {
        out.push(Lint::warn("source", "no source of the numbers".to_owned()));
    }
    if table.without_interval() {
        let message = "some estimates have an interval and others have none; say which are full counts";
        out.push(Lint::warn("interval", message.to_owned()));
    }
    if alt.chars().count() > alt::MOST {
        out.push(Lint::refuse(
            "description",
            format!("the description has more than {} characters", alt::MOST),
        ));
    }
}
