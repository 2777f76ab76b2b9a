//! The drafting table: panels with coordinates, and the few things that charts draw on them.
//!
//! plotters maps data to places and hands every element to the backend; what is said here is
//! only which element, in which ink.

use crate::backend::{Pen, SceneBackend};
use crate::label;
use crate::scene::{Anchor, Label, Scene, centi};
use crate::theme::{self, Dash, Marker, SiteStyle};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::DrawingArea;
use plotters::element::{
    Circle, CoordMapper, Drawable, EmptyElement, PathElement, PointCollection, Polygon, Rectangle,
};
use plotters::style::{RGBAColor, ShapeStyle};
use std::cell::RefCell;
use std::rc::Rc;

/// A rectangle in points: left, top, right, bottom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Frame {
    /// The width in points.
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }
}

/// A part of the canvas with its own coordinates, and the extremes of both axes.
pub(crate) struct Panel {
    area: DrawingArea<SceneBackend, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    x: (f64, f64),
    y: (f64, f64),
}

impl Panel {
    /// A place inside the panel; what lies outside comes to its edge.
    fn inside(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let into = |v: f64, (a, b): (f64, f64)| {
            if v.is_nan() { a } else { v.clamp(f64::min(a, b), f64::max(a, b)) }
        };
        (into(x, self.x), into(y, self.y))
    }

    /// Where a value lies on the canvas, in points.
    pub(crate) fn place(&self, at: (f64, f64)) -> (f64, f64) {
        let (x, y) = self.area.map_coordinate(&self.inside(at));
        (f64::from(x) / 100.0, f64::from(y) / 100.0)
    }
}

/// How a line is drawn: colour as `#RRGGBB`, width in points, dash.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stroke {
    pub(crate) colour: &'static str,
    pub(crate) width: f64,
    pub(crate) dash: Dash,
}

impl Stroke {
    /// A solid line.
    pub(crate) fn solid(colour: &'static str, width: f64) -> Self {
        Self { colour, width, dash: Dash::Solid }
    }

    /// The line of a site.
    pub(crate) fn of(style: &SiteStyle) -> Self {
        Self { colour: style.mark, width: theme::LINE, dash: style.dash }
    }

    fn shape(&self) -> ShapeStyle {
        ShapeStyle { color: ink(self.colour, 100), filled: false, stroke_width: units(self.width) }
    }
}

/// How a text is set: size in points, weight, colour as `#RRGGBB`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type {
    pub(crate) size: f64,
    pub(crate) weight: u16,
    pub(crate) colour: &'static str,
}

impl Type {
    /// Row labels.
    pub(crate) const ROW: Type = Type { size: theme::LABEL, weight: theme::REGULAR, colour: theme::EMPHASIS };
    /// Titles of panels.
    pub(crate) const TITLE: Type = Type { size: theme::LABEL, weight: theme::BOLD, colour: theme::EMPHASIS };
    /// The title of a chart that stands alone.
    pub(crate) const HEADLINE: Type =
        Type { size: theme::HEADLINE, weight: theme::BOLD, colour: theme::EMPHASIS };
    /// The line below it.
    pub(crate) const SUBTITLE: Type =
        Type { size: theme::LABEL, weight: theme::REGULAR, colour: theme::QUIET };
    /// Ticks, notes, and words for what is not shown.
    pub(crate) const SMALL: Type = Type { size: theme::SMALL, weight: theme::REGULAR, colour: theme::QUIET };
    /// Values written out.
    pub(crate) const VALUE: Type =
        Type { size: theme::DIRECT, weight: theme::REGULAR, colour: theme::EMPHASIS };

    /// Names of sites.
    pub(crate) fn site(style: &SiteStyle) -> Self {
        Self { size: theme::DIRECT, weight: theme::BOLD, colour: style.text }
    }

    /// The estimated width of a text, in points.
    pub(crate) fn width(&self, text: &str) -> f64 {
        label::width(text, self.size, self.weight)
    }

    /// The text in lines no wider than a width in points.
    pub(crate) fn wrap(&self, text: &str, width: f64) -> Vec<String> {
        label::wrap(text, width, self.size, self.weight)
    }

    /// The distance of two baselines of a text, in points.
    pub(crate) fn leading(&self, text: &str) -> f64 {
        label::leading(text) * self.size
    }

    /// The distance of two baselines of these lines, in points: that of the tallest.
    pub(crate) fn step(&self, lines: &[String]) -> f64 {
        lines.iter().map(|line| self.leading(line)).fold(0.0, f64::max)
    }

    /// The height of these lines, in points.
    pub(crate) fn height(&self, lines: &[String]) -> f64 {
        self.step(lines) * lines.len() as f64
    }

    /// How far below the middle of a line its baseline lies, in points.
    pub(crate) fn drop(&self) -> f64 {
        self.size * 0.357
    }
}

fn ink(hex: &str, alpha: u8) -> RGBAColor {
    let (r, g, b) = theme::rgb(hex);
    RGBAColor(r, g, b, f64::from(alpha) / 100.0)
}

fn units(pt: f64) -> u32 {
    u32::try_from(centi(pt)).unwrap_or(0)
}

/// The whole chart while it is drawn.
pub(crate) struct Canvas {
    backend: Rc<RefCell<SceneBackend>>,
    root: DrawingArea<SceneBackend, Shift>,
    size: (f64, f64),
    texts: Vec<Label>,
}

impl Canvas {
    /// A canvas of a width and a height in points.
    pub(crate) fn new(width: f64, height: f64) -> Self {
        let backend = Rc::new(RefCell::new(SceneBackend::new((units(width), units(height)))));
        let root = DrawingArea::from(&backend);
        Self { backend, root, size: (width, height), texts: Vec::new() }
    }

    /// A panel in a frame: `x` runs from left to right, `y` from the upper edge to the lower one.
    pub(crate) fn panel(&self, frame: Frame, x: (f64, f64), y: (f64, f64)) -> Panel {
        let spec = Cartesian2d::new(
            x.0..x.1,
            y.0..y.1,
            (centi(frame.left)..centi(frame.right), centi(frame.top)..centi(frame.bottom)),
        );
        Panel { area: self.root.apply_coord_spec(spec), x, y }
    }

    /// The width in points.
    pub(crate) fn width(&self) -> f64 {
        self.size.0
    }

    /// The panel whose coordinates are points on the canvas.
    pub(crate) fn page(&self) -> Panel {
        let (right, bottom) = self.size;
        let frame = Frame { left: 0.0, top: 0.0, right, bottom };
        self.panel(frame, (0.0, right), (0.0, bottom))
    }

    /// Draws one element with a pen. The backend cannot fail, and nobody else holds it.
    fn draw<E, B>(&self, panel: &Panel, pen: Pen, element: &E)
    where
        B: CoordMapper,
        for<'a> &'a E: PointCollection<'a, (f64, f64), B>,
        E: Drawable<SceneBackend, B>,
    {
        self.backend.borrow_mut().pen = pen;
        let drawn = panel.area.draw(element);
        debug_assert!(drawn.is_ok());
    }

    /// Straight lines from point to point.
    pub(crate) fn line(&self, panel: &Panel, role: &str, points: &[(f64, f64)], stroke: Stroke) {
        let points: Vec<(f64, f64)> = points.iter().map(|p| panel.inside(*p)).collect();
        let pen = Pen { role: role.to_owned(), dash: stroke.dash, covers: false };
        self.draw(panel, pen, &PathElement::new(points, stroke.shape()));
    }

    /// A filled surface; `alpha` in hundredths.
    pub(crate) fn surface(&self, panel: &Panel, role: &str, points: &[(f64, f64)], colour: &str, alpha: u8) {
        let points: Vec<(f64, f64)> = points.iter().map(|p| panel.inside(*p)).collect();
        let pen = Pen { role: role.to_owned(), ..Pen::default() };
        self.draw(panel, pen, &Polygon::new(points, ink(colour, alpha)));
    }

    /// A filled rectangle between two corners.
    pub(crate) fn block(&self, panel: &Panel, role: &str, corners: [(f64, f64); 2], colour: &str) {
        let style = ShapeStyle { color: ink(colour, 100), filled: true, stroke_width: 0 };
        let pen = Pen { role: role.to_owned(), ..Pen::default() };
        let corners = corners.map(|corner| panel.inside(corner));
        self.draw(panel, pen, &Rectangle::new(corners, style));
    }

    /// The outline of a rectangle between two corners, with the paper inside.
    pub(crate) fn outline(&self, panel: &Panel, role: &str, corners: [(f64, f64); 2], stroke: Stroke) {
        let pen = Pen { role: role.to_owned(), dash: stroke.dash, covers: true };
        let corners = corners.map(|corner| panel.inside(corner));
        self.draw(panel, pen, &Rectangle::new(corners, stroke.shape()));
    }

    /// The outline of a rectangle between two corners, with whatever lies inside.
    pub(crate) fn frame(&self, panel: &Panel, role: &str, corners: [(f64, f64); 2], stroke: Stroke) {
        let pen = Pen { role: role.to_owned(), dash: stroke.dash, covers: false };
        let corners = corners.map(|corner| panel.inside(corner));
        self.draw(panel, pen, &Rectangle::new(corners, stroke.shape()));
    }

    /// The sign of a site at a value; `size` in hundredths of its usual size.
    pub(crate) fn marker(&self, panel: &Panel, at: (f64, f64), style: &SiteStyle, size: i32) {
        let at = panel.inside(at);
        let role = format!("value {}", style.role);
        let solid = ShapeStyle { color: ink(style.mark, 100), filled: true, stroke_width: 0 };
        let open = Stroke::solid(style.mark, theme::LINE).shape();
        let pen = Pen { role, dash: Dash::Solid, covers: true };
        let square = |r: i32| [(-r, -r), (r, r)];
        let diamond = |r: i32| vec![(0, -r), (r, 0), (0, r), (-r, 0)];
        match style.marker {
            Marker::Circle => {
                self.draw(panel, pen, &(EmptyElement::at(at) + Circle::new((0, 0), 320 * size / 100, solid)));
            }
            Marker::HollowSquare => {
                self.draw(
                    panel,
                    pen,
                    &(EmptyElement::at(at) + Rectangle::new(square(270 * size / 100), open)),
                );
            }
            Marker::Square => {
                self.draw(
                    panel,
                    pen,
                    &(EmptyElement::at(at) + Rectangle::new(square(280 * size / 100), solid)),
                );
            }
            Marker::Diamond => {
                self.draw(
                    panel,
                    pen,
                    &(EmptyElement::at(at) + Polygon::new(diamond(400 * size / 100), solid)),
                );
            }
            Marker::HollowDiamond => {
                let mut closed = diamond(370 * size / 100);
                closed.push((0, -370 * size / 100));
                self.draw(panel, pen, &(EmptyElement::at(at) + PathElement::new(closed, open)));
            }
        }
    }

    /// An interval along the horizontal axis. It is drawn from both ends to the value, so that a
    /// dashed one has ink at its very ends.
    pub(crate) fn whisker(
        &self,
        panel: &Panel,
        (lower, value, upper): (f64, f64, f64),
        y: f64,
        style: &SiteStyle,
    ) {
        let role = format!("whisker {}", style.role);
        for end in [lower, upper] {
            self.line(panel, &role, &[(end, y), (value, y)], Stroke::of(style));
        }
    }

    /// A ring around a place on the page; place and radius in points.
    pub(crate) fn ring(&self, at: (f64, f64), radius: f64, colour: &'static str) {
        let page = self.page();
        let pen = Pen { role: "ring".to_owned(), dash: Dash::Solid, covers: true };
        let shape = Stroke::solid(colour, theme::HAIR).shape();
        self.draw(&page, pen, &(EmptyElement::at(at) + Circle::new((0, 0), centi(radius), shape)));
    }

    /// The sign for a value that is withheld, in a colour, around a place in points.
    pub(crate) fn withheld(&self, (x, y): (f64, f64), colour: &'static str) {
        let page = self.page();
        let r = 2.5;
        let stroke = Stroke::solid(colour, theme::HAIR);
        self.outline(&page, "withheld", [(x - r, y - r), (x + r, y + r)], stroke);
        self.line(&page, "withheld", &[(x - r, y + r), (x + r, y - r)], stroke);
    }

    /// The sign for a value that there is not, in a colour, around a place in points.
    pub(crate) fn absent(&self, (x, y): (f64, f64), colour: &'static str) {
        let page = self.page();
        let r = 2.0;
        let stroke = Stroke::solid(colour, theme::AXIS);
        self.line(&page, "absent", &[(x - r, y - r), (x + r, y + r)], stroke);
        self.line(&page, "absent", &[(x - r, y + r), (x + r, y - r)], stroke);
    }

    /// Covers the place of a text with a colour, so that lines below do not cross it.
    pub(crate) fn clear(&self, text: &str, at: (f64, f64), anchor: Anchor, set: Type, colour: &str) {
        let (left, right) = extent(at.0, set.width(text), anchor);
        let (above, below) = label::reach(text);
        let corners = [(left - 1.5, at.1 - above * set.size), (right + 1.5, at.1 + below * set.size)];
        self.block(&self.page(), "clear", corners, colour);
    }

    /// One line of text: `at` is the anchor on the baseline, in points.
    pub(crate) fn text(&mut self, text: &str, at: (f64, f64), anchor: Anchor, set: Type) {
        // A place for a line break has done its work.
        let text = text.chars().filter(|c| *c != '\u{200B}');
        let text: String = text.map(|c| if c.is_control() { ' ' } else { c }).collect();
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let whole = |pt: f64| f64::from(centi(pt)) / 100.0;
        self.texts.push(Label {
            text: text.to_owned(),
            x_pt: whole(at.0),
            y_pt: whole(at.1),
            anchor,
            size_pt: set.size,
            weight: set.weight,
            colour: set.colour,
        });
    }

    /// Several lines of text around a middle height, in points.
    pub(crate) fn text_block(&mut self, lines: &[String], x: f64, middle: f64, anchor: Anchor, set: Type) {
        let step = set.step(lines);
        let first = middle + set.drop() - step * (lines.len().saturating_sub(1)) as f64 / 2.0;
        for (i, line) in lines.iter().enumerate() {
            self.text(line, (x, first + step * i as f64), anchor, set);
        }
    }

    /// The finished scene.
    pub(crate) fn finish(self) -> Scene {
        let marks = std::mem::take(&mut self.backend.borrow_mut().marks);
        Scene { size: (centi(self.size.0), centi(self.size.1)), marks, texts: self.texts }
    }
}

/// Left and right end of a text of a width at an anchor.
pub(crate) fn extent(x: f64, width: f64, anchor: Anchor) -> (f64, f64) {
    match anchor {
        Anchor::Start => (x, x + width),
        Anchor::Middle => (x - width / 2.0, x + width / 2.0),
        Anchor::End => (x - width, x),
    }
}
