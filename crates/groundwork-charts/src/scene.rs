//! What a chart consists of once every coordinate is known: marks, and texts beside them.
//!
//! Lengths and places are whole hundredths of a point, from the upper left corner, so that no
//! rounding is left to whoever writes them down.

use crate::theme::Dash;

/// Hundredths of a point in a length in points. What is not a number becomes 0.
pub(crate) fn centi(pt: f64) -> i32 {
    (pt * 100.0).round() as i32
}

/// Where a text begins, has its middle, or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins here.
    Start,
    /// The middle of the text is here.
    Middle,
    /// The text ends here.
    End,
}

impl Anchor {
    /// The word that SVG uses.
    pub fn word(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// One line of text in a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// The text: one line, of any scripts.
    pub text: String,
    /// Distance of the anchor from the left edge, in points, in whole hundredths.
    pub x_pt: f64,
    /// Distance of the baseline from the upper edge, in points, in whole hundredths.
    pub y_pt: f64,
    /// Which part of the text is at `x_pt`.
    pub anchor: Anchor,
    /// Size of the type in points, at least 7.5.
    pub size_pt: f64,
    /// Weight of the type: 400 or 700.
    pub weight: u16,
    /// Colour of the type as `#RRGGBB`.
    pub colour: &'static str,
}

/// The form of a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// Straight lines from point to point.
    Path(Vec<(i32, i32)>),
    /// A closed surface.
    Polygon(Vec<(i32, i32)>),
    /// A rectangle: left, top, right, bottom.
    Rect(i32, i32, i32, i32),
    /// A circle: centre and radius.
    Circle(i32, i32, i32),
}

/// A colour with how much it covers, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ink {
    pub(crate) rgb: (u8, u8, u8),
    pub(crate) alpha: u8,
}

/// One mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) form: Form,
    /// Ink and width of the outline.
    pub(crate) stroke: Option<(Ink, i32)>,
    pub(crate) fill: Option<Ink>,
    pub(crate) dash: Dash,
    /// What the mark is for: `grid`, `whisker origin`.
    pub(crate) role: String,
}

/// A chart with every coordinate known.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Scene {
    /// Width and height.
    pub(crate) size: (i32, i32),
    pub(crate) marks: Vec<Mark>,
    pub(crate) texts: Vec<Label>,
}
