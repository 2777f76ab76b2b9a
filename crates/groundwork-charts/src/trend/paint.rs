//! How a trend is drawn, once it is known where everything stands.

use super::layout::{GUTTER, Layout};
use super::{Lines, Point, Trend, TrendPanel};
use crate::axis::Axis;
use crate::canvas::{Canvas, Frame, Panel, Stroke, Type};
use crate::figure::ChartSite;
use crate::label::push_apart;
use crate::scaffold::{self, Notes};
use crate::scene::Anchor;
use crate::table::Reading;
use crate::theme::{self, Dash, SiteStyle};
use crate::time::{Span, ticks};

/// Distance of the lines of a hatching, in points.
const HATCH_STEP: f64 = 6.5;

impl Trend {
    pub(super) fn paint(
        &self,
        read: &[Lines],
        axes: &[Axis],
        layout: &Layout,
        spans: &[(usize, Span)],
    ) -> Canvas {
        let width = self.about.width();
        let hidden = read.iter().flatten().flatten().filter_map(|point| point.shown.hidden());
        let notes = Notes::new(hidden, &self.about.words, width);
        let moments = self.moments(spans);
        let named: Vec<Vec<String>> = moments
            .iter()
            .map(|(letter, _, label)| Type::SMALL.wrap(&format!("{letter}  {label}"), width))
            .collect();
        let named_height: f64 = named.iter().map(|lines| Type::SMALL.height(lines) + 1.0).sum();
        let named_height = if named.is_empty() { 0.0 } else { named_height + 4.0 };
        let height = layout.notes + named_height + notes.height();
        let mut canvas = Canvas::new(width, height);
        for (i, ((panel, lines), axis)) in self.panels.iter().zip(read).zip(axes).enumerate() {
            let row = i / layout.columns;
            let x = (i % layout.columns) as f64 * (layout.cell + GUTTER);
            let top = layout.tops.get(row).copied().unwrap_or(0.0);
            let titles = layout.titles.chunks(layout.columns).nth(row).unwrap_or(&[]);
            let title = layout.titles.get(i).map_or(&[][..], Vec::as_slice);
            scaffold::title(&mut canvas, title, x, top);
            let upper = top + Self::title_height(titles) + layout.letters + layout.head;
            let frame = Frame {
                left: x + layout.left,
                top: upper,
                right: f64::max(x + layout.cell - layout.right, x + layout.left + 20.0),
                bottom: upper + layout.plot,
            };
            let (low, high) = axis.ends;
            let plot = canvas.panel(frame, Self::domain(spans), (high, low));
            self.paint_band(&mut canvas, &plot, frame, layout, spans, i == 0);
            scaffold::scale_left(&mut canvas, &plot, frame, axis);
            paint_moments(&mut canvas, &plot, frame, &moments);
            let drawn: Vec<_> = panel
                .lines
                .iter()
                .zip(lines)
                .map(|(line, points)| (SiteStyle::of(line.site.role), points, runs(points)))
                .collect();
            // All ribbons lie below all lines.
            for (style, _, runs) in &drawn {
                paint_ribbons(&canvas, &plot, style, runs);
            }
            for (style, points, runs) in &drawn {
                paint_line(&canvas, &plot, style, runs, points.len());
            }
            self.paint_signs(&mut canvas, &plot, frame, layout, panel, lines);
            if Self::named(panel) {
                self.paint_names(&mut canvas, &plot, frame, layout, panel, lines);
            }
            let below = frame.bottom + layout.strip * layout.strips.len() as f64;
            self.paint_periods(&mut canvas, &plot, frame, below, spans);
        }
        let mut y = layout.notes;
        for lines in &named {
            for line in lines {
                canvas.text(line, (0.0, y + Type::SMALL.size), Anchor::Start, Type::SMALL);
                y += Type::SMALL.step(lines);
            }
            y += 1.0;
        }
        notes.paint(&mut canvas, layout.notes + named_height - 6.0);
        canvas
    }

    fn paint_band(
        &self,
        canvas: &mut Canvas,
        plot: &Panel,
        frame: Frame,
        layout: &Layout,
        spans: &[(usize, Span)],
        named: bool,
    ) {
        let Some((from, to)) = self.band_span(spans) else {
            return;
        };
        let (left, right) = (plot.place((from, 0.0)).0, plot.place((to, 0.0)).0);
        let page = canvas.page();
        let top = frame.top - layout.letters - layout.head;
        canvas.block(&page, "band", [(left, top), (right, frame.bottom)], theme::BAND);
        scaffold::hatch(canvas, &page, Frame { left, right, ..frame }, HATCH_STEP);
        if !named {
            return;
        }
        let wide = layout.band.iter().map(|l| Type::SMALL.width(l)).fold(0.0, f64::max);
        let x = f64::max(f64::min(left + 3.0, frame.right - wide), frame.left);
        let mut y = top + 1.5 + Type::SMALL.size * 0.9;
        for line in &layout.band {
            canvas.text(line, (x, y), Anchor::Start, Type::SMALL);
            y += Type::SMALL.leading(line);
        }
    }

    /// Signs below the plot for periods without a value, a line of signs for each site.
    fn paint_signs(
        &self,
        canvas: &mut Canvas,
        plot: &Panel,
        frame: Frame,
        layout: &Layout,
        panel: &TrendPanel,
        lines: &Lines,
    ) {
        for (row, at) in layout.strips.iter().enumerate() {
            let (Some(line), Some(points)) = (panel.lines.get(*at), lines.get(*at)) else {
                continue;
            };
            let style = SiteStyle::of(line.site.role);
            let y = frame.bottom + layout.strip * (row as f64 + 0.5) + 1.0;
            for point in points {
                let Some(status) = point.shown.hidden() else {
                    continue;
                };
                let (x, _) = plot.place((point.span.middle(), 0.0));
                scaffold::sign(canvas, (x, y), status, style.mark);
            }
            let nothing = points.iter().all(|point| point.shown.hidden().is_some());
            if nothing && Self::named(panel) {
                let name = self.name_lines(&line.site, layout.cell);
                let set = Type::site(&style);
                canvas.text_block(&name, frame.right + 7.0, y, Anchor::Start, set);
            }
        }
    }

    /// Names at the ends of the lines, pushed apart where they would touch.
    fn paint_names(
        &self,
        canvas: &mut Canvas,
        plot: &Panel,
        frame: Frame,
        layout: &Layout,
        panel: &TrendPanel,
        lines: &Lines,
    ) {
        let ends: Vec<(&ChartSite, Vec<String>, (f64, f64))> = panel
            .lines
            .iter()
            .zip(lines)
            .filter_map(|(line, points)| {
                let last = points.iter().rev().find_map(|p| Some((p.span, p.shown.reading()?)))?;
                let end = plot.place((last.0.middle(), last.1.value));
                Some((&line.site, self.name_lines(&line.site, layout.cell), end))
            })
            .collect();
        let wanted: Vec<f64> = ends.iter().map(|(_, _, (_, y))| *y).collect();
        let tallest = layout.name;
        // Names of lines that have no value at all may stand right below.
        let high = frame.top + tallest / 2.0;
        let low = frame.bottom - if layout.strips.is_empty() { 4.0 } else { tallest / 2.0 };
        let places = push_apart(&wanted, tallest, high, low);
        let page = canvas.page();
        for ((site, name, (x, y)), at) in ends.iter().zip(places) {
            let style = SiteStyle::of(site.role);
            let moved = (at - y).abs() > tallest / 2.0;
            let early = frame.right - x > 30.0;
            if moved || early {
                let dash = Dash::Dotted;
                let stroke = Stroke { dash, ..Stroke::solid(theme::LEADER, theme::HAIR) };
                let elbow = f64::max(frame.right, x + 4.0);
                canvas.line(&page, "leader", &[(x + 4.0, *y), (elbow, *y), (elbow + 5.0, at)], stroke);
            }
            canvas.text_block(name, frame.right + 7.0, at, Anchor::Start, Type::site(&style));
        }
    }

    fn paint_periods(
        &self,
        canvas: &mut Canvas,
        plot: &Panel,
        frame: Frame,
        below: f64,
        spans: &[(usize, Span)],
    ) {
        let labels: Vec<(Span, f64, String)> = spans
            .iter()
            .map(|(i, span)| (*span, plot.place((span.middle(), 0.0)).0, self.label(*i)))
            .collect();
        let limit = self.about.width();
        for (x, text) in ticks(&labels, (0.0, limit)) {
            let half = Type::SMALL.width(&text) / 2.0;
            let (at, anchor) = if x + half > limit {
                (limit, Anchor::End)
            } else if x < half {
                (0.0, Anchor::Start)
            } else {
                (x, Anchor::Middle)
            };
            let page = canvas.page();
            let tick = [(x, frame.bottom), (x, frame.bottom + 2.5)];
            if below == frame.bottom {
                canvas.line(&page, "tick", &tick, Stroke::solid(theme::EMPHASIS, theme::HAIR));
            }
            canvas.text(&text, (at, below + 11.0), anchor, Type::SMALL);
        }
    }
}

/// A rule at each moment, under its letter; letters that would touch stand apart.
fn paint_moments(canvas: &mut Canvas, plot: &Panel, frame: Frame, moments: &[(char, f64, &str)]) {
    let page = canvas.page();
    let wanted: Vec<f64> = moments.iter().map(|(_, at, _)| plot.place((*at, 0.0)).0).collect();
    let places = push_apart(&wanted, 8.0, frame.left, frame.right);
    let top = frame.top;
    for (((letter, _, _), x), at) in moments.iter().zip(&wanted).zip(places) {
        let stroke = Stroke { dash: Dash::Dashed, ..Stroke::solid(theme::EMPHASIS, theme::HAIR) };
        canvas.line(&page, "moment", &[(at, top - 2.0), (*x, top + 2.0), (*x, frame.bottom)], stroke);
        let set = Type { weight: theme::BOLD, ..Type::SMALL };
        canvas.text(&letter.to_string(), (at, top - 4.0), Anchor::Middle, set);
    }
}

/// Values that follow one another without a gap: months and readings.
type Run = Vec<(f64, Reading)>;

fn runs(points: &[Point]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut before: Option<Span> = None;
    for point in points {
        let Some(reading) = point.shown.reading() else {
            before = None;
            continue;
        };
        let value = (point.span.middle(), *reading);
        match (before, runs.last_mut()) {
            (Some(last), Some(run)) if last.to == point.span.from => run.push(value),
            _ => runs.push(vec![value]),
        }
        before = Some(point.span);
    }
    runs
}

/// The intervals of a site: ribbons, and a whisker where a value stands alone.
fn paint_ribbons(canvas: &Canvas, plot: &Panel, style: &SiteStyle, runs: &[Run]) {
    for run in runs {
        for part in run.chunk_by(|a, b| a.1.interval.is_some() == b.1.interval.is_some()) {
            let ends: Vec<(f64, f64, f64)> = part
                .iter()
                .filter(|(_, reading)| reading.interval.is_some())
                .map(|(x, reading)| (*x, reading.ends().0, reading.ends().2))
                .collect();
            if let [(x, lower, upper)] = ends.as_slice() {
                let role = format!("whisker {}", style.role);
                let stroke = Stroke::solid(style.mark, theme::AXIS);
                canvas.line(plot, &role, &[(*x, *lower), (*x, *upper)], stroke);
                continue;
            }
            let upper = ends.iter().map(|(x, _, upper)| (*x, *upper));
            let lower = ends.iter().rev().map(|(x, lower, _)| (*x, *lower));
            let outline: Vec<(f64, f64)> = upper.chain(lower).collect();
            let role = format!("ribbon {}", style.role);
            canvas.surface(plot, &role, &outline, style.mark, theme::RIBBON_ALPHA);
        }
    }
}

/// The line of a site, broken where a period has no value, and its signs: at every value, or
/// where there are many at the ends.
fn paint_line(canvas: &Canvas, plot: &Panel, style: &SiteStyle, runs: &[Run], periods: usize) {
    let role = format!("line {}", style.role);
    for run in runs {
        let line: Vec<(f64, f64)> = run.iter().map(|(x, reading)| (*x, reading.value)).collect();
        canvas.line(plot, &role, &line, Stroke::of(style));
    }
    let size = if periods > 6 { 75 } else { 90 };
    for run in runs {
        for (i, (x, reading)) in run.iter().enumerate() {
            if periods <= 16 || i + 1 == run.len() {
                canvas.marker(plot, (*x, reading.value), style, size);
            }
        }
    }
}
