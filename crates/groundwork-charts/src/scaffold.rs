//! What several charts have in common: grids, ticks, titles, and signs for what is not shown.

use crate::axis::Axis;
use crate::canvas::{Canvas, Frame, Panel, Stroke, Type, extent};
use crate::figure::{ChartSite, Words};
use crate::scene::Anchor;
use crate::table::Reading;
use crate::theme::{self, Marker, SiteStyle};
use groundwork_disclosure::Status;

/// Room between a sign and the words beside it, and between words and what follows, in points.
pub(crate) const GAP: f64 = 5.0;

/// Lines from top to bottom of a frame at the ticks of a horizontal axis, the null line dark.
pub(crate) fn grid(canvas: &Canvas, panel: &Panel, frame: Frame, axis: &Axis) {
    let across = |canvas: &Canvas, role: &str, x: f64, stroke: Stroke| {
        canvas.line(panel, role, &[(x, frame.top), (x, frame.bottom)], stroke);
    };
    for (x, _) in &axis.ticks {
        if *x != axis.null {
            across(canvas, "grid", *x, Stroke::solid(theme::GRID, theme::HAIR));
        }
    }
    across(canvas, "null", axis.null, Stroke::solid(theme::EMPHASIS, theme::AXIS));
}

/// Labels of a horizontal axis on a baseline, in points, within two ends. Where there is no room
/// for all of them, every second, third, … counted from the null line.
pub(crate) fn ticks_below(
    canvas: &mut Canvas,
    panel: &Panel,
    axis: &Axis,
    baseline: f64,
    (from, to): (f64, f64),
) {
    let placed: Vec<(f64, Anchor, (f64, f64), &String)> = axis
        .ticks
        .iter()
        .map(|(value, text)| {
            let (x, _) = panel.place((*value, 0.0));
            let width = Type::SMALL.width(text);
            let (left, right) = extent(x, width, Anchor::Middle);
            let (x, anchor) = if right > to {
                (to, Anchor::End)
            } else if left < from {
                (from, Anchor::Start)
            } else {
                (x, Anchor::Middle)
            };
            (x, anchor, extent(x, width, anchor), text)
        })
        .collect();
    let null = axis.ticks.iter().position(|(value, _)| *value == axis.null).unwrap_or(0);
    let last = placed.len().saturating_sub(1);
    let free = |chosen: &[usize]| {
        let ends: Vec<_> = chosen.iter().filter_map(|i| placed.get(*i)).map(|p| p.2).collect();
        ends.windows(2).all(|pair| matches!(pair, [a, b] if a.1 + 2.5 <= b.0))
    };
    let chosen = (1..=last.max(1))
        .map(|step| (0..=last).filter(|i| i.abs_diff(null) % step == 0).collect::<Vec<_>>())
        .find(|chosen| (axis.signed || chosen.last() == Some(&last)) && free(chosen))
        .unwrap_or_else(|| vec![last]);
    for (x, anchor, _, text) in chosen.into_iter().filter_map(|i| placed.get(i)) {
        canvas.text(text, (*x, baseline), *anchor, Type::SMALL);
    }
}

/// A title in lines from an upper edge, in points. Gives the lower edge.
pub(crate) fn title(canvas: &mut Canvas, lines: &[String], x: f64, top: f64) -> f64 {
    let mut baseline = top + Type::TITLE.size * 0.95;
    for line in lines {
        canvas.text(line, (x, baseline), Anchor::Start, Type::TITLE);
        baseline += Type::TITLE.step(lines);
    }
    top + title_height(lines)
}

/// The height of a title in points.
pub(crate) fn title_height(lines: &[String]) -> f64 {
    match lines.iter().all(|line| line.trim().is_empty()) {
        true => 0.0,
        false => Type::TITLE.height(lines) + 4.0,
    }
}

/// The words for what is not shown, in lines beside their sign; `width` in points for both.
pub(crate) fn hidden_lines(words: &str, width: f64) -> Vec<String> {
    Type::SMALL.wrap(words, f64::max(width - 2.0 * GAP - 3.0, 20.0))
}

/// The sign and the words for what is not shown, from a left edge around a middle height.
pub(crate) fn hidden(
    canvas: &mut Canvas,
    (left, middle): (f64, f64),
    status: Status,
    lines: &[String],
    colour: &'static str,
) {
    let x = left + 2.0 * GAP + 1.0;
    let step = Type::SMALL.step(lines);
    let first = middle + Type::SMALL.drop() - step * lines.len().saturating_sub(1) as f64 / 2.0;
    for (i, line) in lines.iter().enumerate() {
        let at = (x, first + step * i as f64);
        canvas.clear(line, at, Anchor::Start, Type::SMALL, theme::PAPER);
        canvas.text(line, at, Anchor::Start, Type::SMALL);
    }
    sign(canvas, (left + GAP, middle), status, colour);
}

/// The sign for what is not shown: one for all that is withheld, one for what there is not.
pub(crate) fn sign(canvas: &Canvas, at: (f64, f64), status: Status, colour: &'static str) {
    match status {
        Status::Published => {}
        Status::Withheld => canvas.withheld(at, colour),
        Status::NoData | Status::Undefined | Status::Refused => canvas.absent(at, colour),
    }
}

/// Signs and names in lines between two ends, where they cannot stand beside their marks.
/// Gives the places: name, left edge and line of each.
pub(crate) fn legend<'n>(
    names: impl IntoIterator<Item = &'n str>,
    (from, to): (f64, f64),
) -> Vec<(String, f64, usize)> {
    let set = Type::site(&SiteStyle::of(None));
    let (mut x, mut line) = (from, 0);
    let mut places = Vec::new();
    for name in names {
        for (i, part) in set.wrap(name, f64::max(to - from - 12.0, 20.0)).into_iter().enumerate() {
            let width = 12.0 + set.width(&part);
            if (i > 0 || x + width > to) && x > from {
                x = from;
                line += 1;
            }
            places.push((part, x, line));
            x += width + 12.0;
        }
    }
    places
}

/// Draws the signs and the names of sites at the places of a legend, below an upper edge.
pub(crate) fn paint_legend(
    canvas: &mut Canvas,
    sites: &[ChartSite],
    legend: &[(String, f64, usize)],
    top: f64,
) {
    let mut names = sites.iter();
    let mut site: Option<&ChartSite> = None;
    let mut rest = String::new();
    for (part, x, line) in legend {
        // A long name has several parts; its sign stands before the first.
        let begins = rest.is_empty();
        if begins {
            site = names.next();
            rest = site.map_or(String::new(), |s| s.name.clone());
        }
        rest = rest.trim_start().strip_prefix(part.as_str()).unwrap_or("").trim_start().into();
        let Some(site) = site else { continue };
        let style = SiteStyle::of(site.role);
        let middle = top + LEGEND * *line as f64 + 4.0;
        if begins && !part.is_empty() {
            canvas.marker(&canvas.page(), (x + 4.0, middle), &style, 100);
        }
        let set = Type::site(&style);
        canvas.text(part, (x + 11.0, middle + set.drop()), Anchor::Start, set);
    }
}

/// Distance of two lines of a legend, in points.
pub(crate) const LEGEND: f64 = 14.0;

/// A bar from zero to a value in the manner of its site, between two heights of the panel.
pub(crate) fn bar(canvas: &Canvas, panel: &Panel, value: f64, (upper, lower): (f64, f64), style: &SiteStyle) {
    let corners = [(0.0, upper), (value, lower)];
    let role = format!("bar {}", style.role);
    match style.marker {
        Marker::Circle | Marker::Square | Marker::Diamond => {
            canvas.block(panel, &role, corners, style.mark);
        }
        Marker::HollowSquare | Marker::HollowDiamond => {
            let stroke = Stroke { width: theme::AXIS, ..Stroke::of(style) };
            canvas.outline(panel, &role, corners, stroke);
            let outline = [(0.0, upper), (value, upper), (value, lower), (0.0, lower)];
            canvas.surface(panel, &role, &outline, style.mark, theme::RIBBON_ALPHA);
        }
    }
}

/// The interval of the end of a bar, at a height of the panel.
pub(crate) fn bar_interval(canvas: &Canvas, panel: &Panel, reading: &Reading, middle: f64) {
    if reading.interval.is_none() {
        return;
    }
    let (lower, _, upper) = reading.ends();
    let ends = [(lower, middle), (upper, middle)];
    // White below, so that the part over the bar is seen as well.
    let below = Stroke::solid(theme::PAPER, theme::LINE + 1.5);
    canvas.line(panel, "clear", &ends, below);
    canvas.line(panel, "whisker", &ends, Stroke::solid(theme::EMPHASIS, theme::LINE));
}

/// The null line of a frame once more, over bars that would cover half of it.
pub(crate) fn null_over(canvas: &Canvas, panel: &Panel, frame: Frame, axis: &Axis) {
    let null = [(axis.null, frame.top), (axis.null, frame.bottom)];
    canvas.line(panel, "null", &null, Stroke::solid(theme::EMPHASIS, theme::AXIS));
}

/// Grid lines and labels of a vertical scale; the null line runs across.
pub(crate) fn scale_left(canvas: &mut Canvas, plot: &Panel, frame: Frame, axis: &Axis) {
    let page = canvas.page();
    for (value, text) in &axis.ticks {
        let (_, y) = plot.place((0.0, *value));
        let across = [(frame.left, y), (frame.right, y)];
        if *value == axis.null {
            canvas.line(&page, "null", &across, Stroke::solid(theme::EMPHASIS, theme::AXIS));
        } else {
            canvas.line(&page, "grid", &across, Stroke::solid(theme::GRID, theme::HAIR));
        }
        let at = (frame.left - 4.0, y + Type::SMALL.drop());
        canvas.text(text, at, Anchor::End, Type::SMALL);
    }
}

/// The width of the labels of a vertical scale, in points.
pub(crate) fn scale_width(axis: &Axis) -> f64 {
    axis.ticks.iter().map(|(_, text)| Type::SMALL.width(text)).fold(8.0, f64::max) + 5.0
}

/// Lines at 45° that fill a frame on the page, at a distance in points.
pub(crate) fn hatch(canvas: &Canvas, page: &Panel, frame: Frame, step: f64) {
    let (width, height) = (frame.width(), frame.bottom - frame.top);
    let count = ((width + height) / step) as i32;
    for i in 1..=count {
        // How far right of the lower left corner the line meets the lower edge.
        let start = f64::from(i) * step - height;
        let low =
            if start < 0.0 { (frame.left, frame.bottom + start) } else { (frame.left + start, frame.bottom) };
        let end = start + height;
        let high =
            if end > width { (frame.right, frame.top + end - width) } else { (frame.left + end, frame.top) };
        canvas.line(page, "hatch", &[low, high], Stroke::solid(theme::HATCH, theme::HAIR));
    }
}

/// What the signs of a chart mean, once each, in the order of the statuses.
pub(crate) struct Notes {
    places: Vec<(Status, String, f64, usize)>,
}

impl Notes {
    /// Notes on the statuses that occur, in lines of a width in points.
    pub(crate) fn new(statuses: impl IntoIterator<Item = Status>, words: &Words, width: f64) -> Self {
        let mut all: Vec<Status> = statuses.into_iter().filter(|s| *s != Status::Published).collect();
        all.sort();
        all.dedup();
        let (mut x, mut line) = (0.0, 0);
        let mut places = Vec::new();
        for status in all {
            let text = words.get(status).to_owned();
            let wide = 11.0 + Type::SMALL.width(&text);
            if x > 0.0 && x + wide > width {
                x = 0.0;
                line += 1;
            }
            places.push((status, text, x, line));
            x += wide + 14.0;
        }
        Self { places }
    }

    /// Their height in points, with room above.
    pub(crate) fn height(&self) -> f64 {
        self.places.last().map_or(0.0, |(_, _, _, line)| 6.0 + 12.0 * (line + 1) as f64)
    }

    /// Draws them from an upper edge.
    pub(crate) fn paint(&self, canvas: &mut Canvas, top: f64) {
        for (status, text, x, line) in &self.places {
            let y = top + 12.0 + 12.0 * *line as f64;
            sign(canvas, (x + 4.0, y), *status, theme::HIDDEN);
            canvas.text(text, (x + 11.0, y + Type::SMALL.drop()), Anchor::Start, Type::SMALL);
        }
    }
}
