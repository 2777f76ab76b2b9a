//! What several charts have in common: grids, ticks, titles, and signs for what is not shown.

use crate::axis::Axis;
use crate::canvas::{Canvas, Frame, Panel, Stroke, Type, extent};
use crate::scene::Anchor;
use crate::theme::{self, SiteStyle};
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
