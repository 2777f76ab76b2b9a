//! How cumulative completion is drawn.

use super::{Completion, LEAST_AT_RISK, Line};
use crate::axis::Axis;
use crate::canvas::{Canvas, Frame, Panel, Stroke, Type};
use crate::catalogue::Phrase;
use crate::label::push_apart;
use crate::scaffold::{self, Notes};
use crate::scene::Anchor;
use crate::table::{Reading, Shown};
use crate::theme::{self, SiteStyle};
use groundwork_plan::number::Unit;

/// Height of the plot and of a line of the table, in points.
const PLOT: f64 = 170.0;
const LINE: f64 = 12.0;

impl Completion {
    pub(super) fn paint(&self, lines: &[Line]) -> Canvas {
        let width = self.about.width();
        let language = self.about.language;
        let times = lines.iter().flat_map(|line| {
            let shares = line.drawn().map(|(time, _)| *time);
            shares.chain(line.risks.iter().map(|(time, _)| *time))
        });
        let unit = Unit::Amount(self.time_unit.clone());
        let horizontal = Axis::of_values(times, &unit, language);
        let ends = lines.iter().flat_map(Line::drawn).filter_map(|(_, shown)| shown.reading());
        let vertical = Axis::close_to_values(ends.flat_map(Reading::extent), &Unit::Share, language);
        let rows = [Phrase::AtRisk, Phrase::Censored, Phrase::Completed].map(|p| p.text(language));
        let table: Vec<&Line> = lines.iter().filter(|line| !line.risks.is_empty()).collect();
        let words = if table.is_empty() {
            Vec::new()
        } else {
            rows.map(|row| Type::SMALL.wrap(row, width * 0.26)).to_vec()
        };
        let widest = words.iter().flatten().map(|line| Type::SMALL.width(line)).fold(0.0, f64::max);
        let half = lines.iter().filter_map(|line| line.risks.first()).flat_map(|(_, counts)| counts);
        let half = half
            .filter_map(|shown| self.count_text(shown))
            .map(|text| Type::SMALL.width(&text) / 2.0)
            .fold(4.0, f64::max);
        let left = f64::max(scaffold::scale_width(&vertical), widest + half + 8.0);
        let set = |line: &Line| Type::site(&SiteStyle::of(line.spec.site.role));
        let names: Vec<Vec<String>> =
            lines.iter().map(|line| set(line).wrap(&line.spec.site.name, width * 0.2)).collect();
        let name_width =
            lines.iter().zip(&names).flat_map(|(line, n)| n.iter().map(move |t| set(line).width(t)));
        let tick = horizontal.ticks.last().map_or(0.0, |(_, t)| Type::SMALL.width(t) / 2.0 + 1.0);
        let right = f64::max(name_width.fold(0.0, f64::max) + 10.0, tick);
        let title = Type::TITLE.wrap(&self.value_title, width - left);
        let title = if self.value_title.trim().is_empty() { Vec::new() } else { title };
        let top = scaffold::title_height(&title) + 6.0;
        let frame = Frame { left, top, right: f64::max(width - right, left + 40.0), bottom: top + PLOT };
        let cut = lines.iter().any(|line| line.cut.is_some_and(|cut| line.shares.iter().any(|s| s.0 > cut)));
        let hidden = lines.iter().flat_map(|line| {
            let shares = line.drawn().map(|(_, shown)| shown);
            shares.chain(line.risks.iter().flat_map(|(_, counts)| counts))
        });
        let notes = Notes::new(hidden.filter_map(Shown::hidden), &self.about.words, width);
        let heights: Vec<f64> =
            words.iter().map(|lines| f64::max(Type::SMALL.height(lines) + 2.0, LINE)).collect();
        let heads: Vec<Vec<String>> =
            table.iter().map(|line| set(line).wrap(&line.spec.site.name, width)).collect();
        let head = |i: usize| heads.get(i).map_or(0.0, |lines| Type::VALUE.height(lines) + 3.0);
        let block = |i: usize| head(i) + heights.iter().sum::<f64>() + 4.0;
        let table_height: f64 = (0..table.len()).map(block).sum();
        let cut_text = match cut {
            true => {
                let text = Phrase::CutAt.fill(language, &[&self.about.value(LEAST_AT_RISK, &Unit::Count)]);
                Type::SMALL.wrap(&text, width)
            }
            false => Vec::new(),
        };
        let below = frame.bottom + 18.0;
        let cut_height = Type::SMALL.height(&cut_text);
        let height = below + table_height + cut_height + 4.0 + notes.height();
        let mut canvas = Canvas::new(width, height);
        scaffold::title(&mut canvas, &title, left, 0.0);
        let (low, high) = vertical.ends;
        let plot = canvas.panel(frame, horizontal.ends, (high, low));
        scaffold::scale_left(&mut canvas, &plot, frame, &vertical);
        scaffold::ticks_below(&mut canvas, &plot, &horizontal, frame.bottom + 11.0, (left - 6.0, width));
        for line in lines {
            paint_band(&canvas, &plot, line);
        }
        for line in lines {
            paint_steps(&canvas, &plot, line);
        }
        self.paint_medians(&mut canvas, &plot, frame, lines);
        paint_names(&mut canvas, &plot, frame, lines, &names);
        paint_signs(&canvas, &plot, frame, lines);
        let mut y = below;
        for (i, line) in table.iter().enumerate() {
            let style = SiteStyle::of(line.spec.site.role);
            for (j, text) in heads.get(i).into_iter().flatten().enumerate() {
                let at = (0.0, y + Type::VALUE.size + Type::VALUE.leading(text) * j as f64);
                canvas.text(text, at, Anchor::Start, Type::site(&style));
            }
            self.paint_table(&mut canvas, &plot, line, y + head(i), &words, &heights);
            y += block(i);
        }
        for (i, text) in cut_text.iter().enumerate() {
            let at = (0.0, y + Type::SMALL.size + Type::SMALL.step(&cut_text) * i as f64);
            canvas.text(text, at, Anchor::Start, Type::SMALL);
        }
        notes.paint(&mut canvas, y + cut_height - 2.0);
        canvas
    }

    /// Where half had completed: down from the line to the scale, and in words at the top.
    fn paint_medians(&self, canvas: &mut Canvas, plot: &Panel, frame: Frame, lines: &[Line]) {
        let unit = Unit::Amount(self.time_unit.clone());
        let mut y = frame.top + Type::SMALL.size;
        for line in lines {
            let Some(reading) = line.median.as_ref().and_then(Shown::reading) else {
                continue;
            };
            let style = SiteStyle::of(line.spec.site.role);
            let drawn = line.last().is_some_and(|(time, _)| reading.value <= time);
            if drawn {
                let down = [(reading.value, 0.5), (reading.value, 0.0)];
                let stroke = Stroke { width: theme::AXIS, dash: theme::Dash::Dotted, ..Stroke::of(&style) };
                canvas.line(plot, "median", &down, stroke);
            }
            let text =
                Phrase::MedianAt.fill(self.about.language, &[&reading.text(&unit, self.about.language)]);
            let set = Type { colour: style.text, ..Type::SMALL };
            for text in set.wrap(&text, frame.width() - 8.0) {
                let at = (frame.left + 5.0, y);
                canvas.clear(&text, at, Anchor::Start, set, theme::PAPER);
                canvas.text(&text, at, Anchor::Start, set);
                y += set.leading(&text);
            }
        }
    }

    /// A number of the table.
    fn count_text(&self, shown: &Shown) -> Option<String> {
        shown.reading().map(|r| self.about.value(r.value, &Unit::Count))
    }

    /// The numbers of one line below their times: those that have room.
    fn paint_table(
        &self,
        canvas: &mut Canvas,
        plot: &Panel,
        line: &Line,
        top: f64,
        words: &[Vec<String>],
        heights: &[f64],
    ) {
        let wide =
            line.risks.iter().flat_map(|(_, counts)| counts).filter_map(|shown| self.count_text(shown));
        let wide = wide.map(|text| Type::SMALL.width(&text)).fold(10.0, f64::max) + 4.0;
        let mut places: Vec<(f64, &[Shown; 3])> = Vec::new();
        for (time, counts) in &line.risks {
            let x = plot.place((*time, 0.0)).0;
            if places.last().is_none_or(|(before, _)| x - before >= wide) {
                places.push((x, counts));
            }
        }
        let limit = canvas.width();
        let mut y = top;
        for (i, (lines, height)) in words.iter().zip(heights).enumerate() {
            let middle = y + height / 2.0;
            canvas.text_block(lines, 0.0, middle, Anchor::Start, Type::SMALL);
            for (x, counts) in &places {
                match counts.get(i) {
                    Some(Shown::Hidden(status)) => {
                        scaffold::sign(canvas, (*x, middle), *status, theme::HIDDEN)
                    }
                    Some(shown) => {
                        let text = self.count_text(shown).unwrap_or_default();
                        let half = Type::SMALL.width(&text) / 2.0;
                        let x = f64::min(*x, limit - half);
                        canvas.text(&text, (x, middle + Type::SMALL.drop()), Anchor::Middle, Type::SMALL);
                    }
                    None => {}
                }
            }
            y += height;
        }
    }
}

/// Steps from zero: a share holds from its time until the next. Each run ends before a share that
/// is not shown.
fn runs(line: &Line) -> Vec<Vec<(f64, Option<Reading>)>> {
    let mut runs = vec![vec![(0.0, None)]];
    for (time, shown) in line.drawn() {
        match (shown.reading(), runs.last_mut()) {
            (Some(reading), Some(run)) => run.push((*time, Some(*reading))),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| run.iter().any(|(_, reading)| reading.is_some()));
    runs
}

/// The corners of the steps of one of the three values of a reading.
fn corners(run: &[(f64, Option<Reading>)], end: f64, of: fn(&Reading) -> f64) -> Vec<(f64, f64)> {
    let mut out: Vec<(f64, f64)> = Vec::new();
    for (time, reading) in run {
        let value = reading.as_ref().map_or(0.0, of);
        if let Some((_, before)) = out.last().copied() {
            out.push((*time, before));
        }
        out.push((*time, value));
    }
    if let Some((time, value)) = out.last().copied()
        && end > time
    {
        out.push((end, value));
    }
    out
}

/// Where the last step ends: at the cut, or at the last time of the table.
fn end(line: &Line, run: &[(f64, Option<Reading>)]) -> f64 {
    let last = run.last().map_or(0.0, |(time, _)| *time);
    let whole = line.drawn().last().is_some_and(|(time, _)| *time == last);
    let until = line.cut.or(line.risks.last().map(|(time, _)| *time));
    if whole { f64::max(until.unwrap_or(last), last) } else { last }
}

fn paint_band(canvas: &Canvas, plot: &Panel, line: &Line) {
    let style = SiteStyle::of(line.spec.site.role);
    for run in runs(line) {
        if run.iter().any(|(_, reading)| reading.is_some_and(|r| r.interval.is_none())) {
            continue;
        }
        let end = end(line, &run);
        let upper = corners(&run, end, |r| r.ends().2);
        let lower = corners(&run, end, |r| r.ends().0);
        let outline: Vec<(f64, f64)> = upper.into_iter().chain(lower.into_iter().rev()).collect();
        let role = format!("ribbon {}", style.role);
        canvas.surface(plot, &role, &outline, style.mark, theme::RIBBON_ALPHA);
    }
}

fn paint_steps(canvas: &Canvas, plot: &Panel, line: &Line) {
    let style = SiteStyle::of(line.spec.site.role);
    for run in runs(line) {
        let steps = corners(&run, end(line, &run), |r| r.value);
        canvas.line(plot, &format!("line {}", style.role), &steps, Stroke::of(&style));
    }
}

fn paint_names(canvas: &mut Canvas, plot: &Panel, frame: Frame, lines: &[Line], names: &[Vec<String>]) {
    let ends: Vec<(&Line, &Vec<String>, (f64, f64))> = lines
        .iter()
        .zip(names)
        .filter_map(|(line, name)| {
            let (_, reading) = line.last()?;
            let at = runs(line).last().map_or(0.0, |run| end(line, run));
            Some((line, name, plot.place((at, reading.value))))
        })
        .collect();
    let tallest = ends.iter().map(|(_, name, _)| Type::VALUE.height(name)).fold(0.0, f64::max);
    let wanted: Vec<f64> = ends.iter().map(|(_, _, (_, y))| *y).collect();
    let places = push_apart(&wanted, tallest, frame.top + tallest / 2.0, frame.bottom - tallest / 2.0);
    let page = canvas.page();
    for ((line, name, (x, y)), at) in ends.into_iter().zip(places) {
        let style = SiteStyle::of(line.spec.site.role);
        let set = Type::site(&style);
        if (at - y).abs() > tallest / 2.0 || frame.right - x > 4.0 {
            let stroke = Stroke { dash: theme::Dash::Dotted, ..Stroke::solid(theme::LEADER, theme::HAIR) };
            let elbow = [(x + 1.0, y), (f64::max(x + 1.0, frame.right), y), (frame.right + 6.0, at)];
            canvas.line(&page, "leader", &elbow, stroke);
        }
        canvas.text_block(name, frame.right + 8.0, at, Anchor::Start, set);
    }
}

/// Signs at the lower edge where a share is not shown.
fn paint_signs(canvas: &Canvas, plot: &Panel, frame: Frame, lines: &[Line]) {
    for (i, line) in lines.iter().enumerate() {
        let style = SiteStyle::of(line.spec.site.role);
        for (time, shown) in line.drawn() {
            if let Some(status) = shown.hidden() {
                let x = plot.place((*time, 0.0)).0;
                scaffold::sign(canvas, (x, frame.bottom - 6.0 - 8.0 * i as f64), status, style.mark);
            }
        }
    }
}
