//! Event studies: effects before and after adoption, against the period before it.
//!
//! Every period has its own interval, and all of them together a band that holds for all at once
//! (sup-t; Freyaldenhoven, Hansen, Pérez and Shapiro 2021). The period of reference is zero by
//! construction and drawn as a ring. Periods before adoption are drawn like those after it: how
//! far they lie from zero is what the reader has to judge.

use crate::alt::{self, Description, Sentences};
use crate::axis::Axis;
use crate::canvas::{Canvas, Frame, Panel, Stroke, Type};
use crate::catalogue::Phrase;
use crate::figure::{About, Figure};
use crate::scaffold::{self, Notes};
use crate::scene::Anchor;
use crate::table::{NumberKey, Reading, Shown, Summary, Table, number};
use crate::theme::{self, Marker, SiteStyle};
use groundwork_disclosure::Released;
use groundwork_plan::number::Unit;

/// Height of the plot, in points.
const PLOT: f64 = 170.0;
/// The widest bar of the band, in points.
const WIDEST: f64 = 18.0;
/// The most periods that are read as one picture.
const MOST_PERIODS: usize = 25;

/// Effects by time since adoption.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::number::Unit;
/// use groundwork_plan::text::Language;
///
/// let of = |indicator: &str| CellKey::total(indicator, "", "2021");
/// let chart = EventStudy {
///     about: About::new("Attendance rises after adoption.", "effect on attendance, 2021", Language::En),
///     unit: Unit::Share,
///     value_title: "Effect, points (mean before 48%)".into(),
///     time_title: "Quarters since adoption".into(),
///     event: "Model adopted".into(),
///     periods: vec![
///         EventPeriod { time: -1, effect: None, band: None },
///         EventPeriod { time: 0, effect: Some(of("effect_0").into()), band: Some(of("band_0").into()) },
///     ],
///     binned: (false, false),
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct EventStudy {
    /// Title, description, language, width.
    pub about: About,
    /// The unit of the effects.
    pub unit: Unit,
    /// The title above the plot, with the mean before adoption: `Effect, points (mean 48%)`.
    pub value_title: String,
    /// What time is measured in: `Quarters since adoption`.
    pub time_title: String,
    /// What is written at the line between the reference and the first period after it:
    /// `Model adopted`.
    pub event: String,
    /// The periods, from the first.
    pub periods: Vec<EventPeriod>,
    /// Whether the first and the last period stand for all before and after them as well.
    pub binned: (bool, bool),
}

/// One period of an [`EventStudy`].
#[derive(Debug, Clone, PartialEq)]
pub struct EventPeriod {
    /// Periods since adoption; 0 is the first after it.
    pub time: i32,
    /// Its effect; none for the period of reference.
    pub effect: Option<NumberKey>,
    /// A number whose interval is the band at this period.
    pub band: Option<NumberKey>,
}

struct Point<'a> {
    spec: &'a EventPeriod,
    shown: Option<Shown>,
    band: Option<Shown>,
}

impl Point<'_> {
    /// The limits of the band.
    fn limits(&self) -> Option<(f64, f64)> {
        self.band.as_ref()?.reading()?.interval.map(|(lower, upper, _)| (lower, upper))
    }
}

impl EventStudy {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let find = |key: &NumberKey| number(released, key, &self.unit).0;
        let mut points: Vec<Point> = self
            .periods
            .iter()
            .map(|spec| Point {
                spec,
                shown: spec.effect.as_ref().map(find),
                band: spec.band.as_ref().map(find),
            })
            .collect();
        points.sort_by_key(|point| point.spec.time);
        points.dedup_by_key(|point| point.spec.time);
        let canvas = self.paint(&points);
        let mut table = Table::default();
        for point in &points {
            let row = self.label(&points, point.spec.time);
            if let (Some(key), Some(shown)) = (&point.spec.effect, point.shown) {
                table.number(&row, "effect", key, shown, &self.unit);
            }
            if let (Some(key), Some(shown)) = (&point.spec.band, point.band) {
                table.number(&row, "band", key, shown, &self.unit);
            }
        }
        let alt = self.describe(&points);
        Figure::new(canvas.finish(), &self.about, &table, alt).at_most(MOST_PERIODS, points.len(), "periods")
    }

    /// How a time is written: `≤ −4`, `−1`, `0`, `+3`, `≥ +4`.
    fn label(&self, points: &[Point], time: i32) -> String {
        let text = self.about.difference(f64::from(time), &Unit::Count);
        let first = points.first().is_some_and(|p| p.spec.time == time);
        let last = points.last().is_some_and(|p| p.spec.time == time);
        match (first && self.binned.0, last && self.binned.1) {
            (true, _) => format!("≤ {text}"),
            (false, true) => format!("≥ {text}"),
            (false, false) => text,
        }
    }

    fn paint(&self, points: &[Point]) -> Canvas {
        let width = self.about.width();
        let readings = || points.iter().filter_map(|p| p.shown.as_ref()?.reading());
        let limits = points.iter().filter_map(Point::limits).flat_map(|(lower, upper)| [lower, upper]);
        let values = readings().flat_map(Reading::extent).chain(limits.filter(|v| v.abs() < 1e15));
        let axis = Axis::of_differences(values, &self.unit, self.about.language);
        let left = scaffold::scale_width(&axis);
        let lines = |text: &str, set: Type, room: f64| match text.trim() {
            "" => Vec::new(),
            text => set.wrap(text, room),
        };
        let title = lines(&self.value_title, Type::TITLE, width - left);
        let band = points.iter().any(|p| p.band.as_ref().is_some_and(|b| b.reading().is_some()));
        let key = match band {
            true => Type::SMALL.wrap(Phrase::Band.text(self.about.language), width - left - 16.0),
            false => Vec::new(),
        };
        let event = lines(&self.event, Type::SMALL, f64::max((width - left) * 0.5, 60.0));
        let head = Type::SMALL.height(&key) + Type::SMALL.height(&event) + 8.0;
        let top = scaffold::title_height(&title) + head;
        let frame = Frame { left, top, right: width - 4.0, bottom: top + PLOT };
        let below = lines(&self.time_title, Type::SMALL, width - left);
        let hidden = points.iter().filter_map(|p| p.shown.as_ref()?.hidden());
        let notes = Notes::new(hidden, &self.about.words, width);
        let foot = frame.bottom + 16.0 + Type::SMALL.height(&below);
        let mut canvas = Canvas::new(width, foot + 4.0 + notes.height());
        scaffold::title(&mut canvas, &title, left, 0.0);
        let (first, last) = match (points.first(), points.last()) {
            (Some(first), Some(last)) => (f64::from(first.spec.time), f64::from(last.spec.time)),
            _ => (-1.0, 0.0),
        };
        let (low, high) = axis.ends;
        let plot = canvas.panel(frame, (first - 0.5, last + 0.5), (high, low));
        let page = canvas.page();
        scaffold::scale_left(&mut canvas, &plot, frame, &axis);
        let mut y = scaffold::title_height(&title) + 2.0;
        if band {
            let corners = [(left, y + 1.5), (left + 11.0, y + 8.5)];
            canvas.block(&page, "scale", corners, theme::LIGHT);
            for line in &key {
                canvas.text(line, (left + 16.0, y + Type::SMALL.size), Anchor::Start, Type::SMALL);
                y += Type::SMALL.step(&key);
            }
        }
        paint_band(&canvas, &plot, points);
        let start = f64::max(f64::min(-0.5, last + 0.5), first - 0.5);
        let x = plot.place((start, 0.0)).0;
        let stroke = Stroke { dash: theme::Dash::Dashed, ..Stroke::solid(theme::EMPHASIS, theme::AXIS) };
        canvas.line(&page, "event", &[(x, frame.top - 3.0), (x, frame.bottom)], stroke);
        let wide = event.iter().map(|line| Type::SMALL.width(line)).fold(0.0, f64::max);
        let at = f64::max(f64::min(x, width - wide / 2.0), left + wide / 2.0);
        for (i, line) in event.iter().enumerate() {
            let baseline = frame.top - 6.0 - Type::SMALL.step(&event) * (event.len() - 1 - i) as f64;
            canvas.text(line, (at, baseline), Anchor::Middle, Type::SMALL);
        }
        for point in points {
            self.paint_point(&canvas, &plot, frame, point);
        }
        self.paint_times(&mut canvas, &plot, frame, points);
        for (i, line) in below.iter().enumerate() {
            let y = frame.bottom + 22.0 + Type::SMALL.step(&below) * i as f64;
            canvas.text(line, (left, y), Anchor::Start, Type::SMALL);
        }
        notes.paint(&mut canvas, foot);
        canvas
    }

    fn paint_point(&self, canvas: &Canvas, plot: &Panel, frame: Frame, point: &Point) {
        let x = f64::from(point.spec.time);
        let style = SiteStyle { marker: Marker::Circle, ..SiteStyle::contrast() };
        match &point.shown {
            None => {
                let (x, y) = plot.place((x, 0.0));
                canvas.ring((x, y), 3.2, theme::EMPHASIS);
            }
            Some(Shown::Value(reading)) => {
                let (lower, value, upper) = reading.ends();
                if reading.interval.is_some() {
                    let stroke = Stroke::of(&style);
                    canvas.line(plot, "whisker effect", &[(x, lower), (x, upper)], stroke);
                }
                canvas.marker(plot, (x, value), &style, 100);
            }
            Some(Shown::Hidden(status)) => {
                let at = (plot.place((x, 0.0)).0, frame.bottom - 6.0);
                scaffold::sign(canvas, at, *status, theme::HIDDEN);
            }
        }
    }

    fn paint_times(&self, canvas: &mut Canvas, plot: &Panel, frame: Frame, points: &[Point]) {
        let texts: Vec<(f64, i32, String)> = points
            .iter()
            .map(|p| {
                (plot.place((f64::from(p.spec.time), 0.0)).0, p.spec.time, self.label(points, p.spec.time))
            })
            .collect();
        let widest = texts.iter().map(|(_, _, t)| Type::SMALL.width(t)).fold(0.0, f64::max);
        let pitch = match texts.as_slice() {
            [(a, ..), (b, ..), ..] => b - a,
            _ => widest + 4.0,
        };
        let step = (((widest + 4.0) / f64::max(pitch, 0.1)).ceil() as i32).max(1);
        let limit = self.about.width();
        for (x, time, text) in &texts {
            if time.rem_euclid(step) != 0 && step > 1 {
                continue;
            }
            let half = Type::SMALL.width(text) / 2.0;
            let at = f64::max(f64::min(*x, limit - half), half);
            canvas.text(text, (at, frame.bottom + 11.0), Anchor::Middle, Type::SMALL);
        }
    }

    fn describe(&self, points: &[Point]) -> Description {
        let language = self.about.language;
        let mut out = Sentences::new(&self.about);
        let shown = || points.iter().filter_map(|p| p.shown.as_ref());
        out.opening(Phrase::EventStudyChart, alt::level(shown()));
        let after = points.iter().filter(|p| p.spec.time >= 0);
        let before = points.iter().filter(|p| p.spec.time < 0);
        for (i, point) in after.chain(before).enumerate() {
            let row = self.label(points, point.spec.time);
            let text = match &point.shown {
                Some(Shown::Value(r)) => r.contrast_text(&self.unit, Summary::Difference, language),
                Some(Shown::Hidden(status)) => self.about.words.get(*status).to_owned(),
                None => Phrase::ReferencePeriod.text(language).to_owned(),
            };
            out.row(i, &row, &[text]);
        }
        let intervals: Vec<(f64, f64, f64)> = shown().filter_map(|s| s.reading()?.interval).collect();
        let holds = intervals.iter().filter(|(lower, upper, _)| *lower <= 0.0 && 0.0 <= *upper).count();
        out.find(2, Phrase::AcrossNull, &[&self.about.count(holds), &self.about.count(intervals.len())]);
        out.hidden(shown());
        out.finish()
    }
}

/// The band: a light bar at every period that has one. Nothing is drawn between periods.
fn paint_band(canvas: &Canvas, plot: &Panel, points: &[Point]) {
    for point in points {
        let known = point.shown.as_ref().is_some_and(|shown| shown.reading().is_some());
        let Some((lower, upper)) = point.limits().filter(|_| known) else {
            continue;
        };
        let x = f64::from(point.spec.time);
        let pitch = plot.place((x + 0.5, 0.0)).0 - plot.place((x - 0.5, 0.0)).0;
        let half = f64::min(WIDEST / f64::max(pitch, 1.0), 0.5) / 2.0;
        canvas.block(plot, "ribbon band", [(x - half, lower), (x + half, upper)], theme::LIGHT);
    }
}
