//! How a dot chart is drawn, once it is known where everything stands.

use super::layout::{BETWEEN, Layout, Names, PITCH};
use super::{DotInterval, Row};
use crate::axis::Axis;
use crate::canvas::{Canvas, Frame, Panel, Stroke, Type};
use crate::scaffold;
use crate::scene::Anchor;
use crate::table::Shown;
use crate::theme::{self, SiteStyle};

impl DotInterval {
    pub(super) fn paint(&self, rows: &[Row], layout: &Layout, direct: Option<&Names>) -> Canvas {
        let width = self.about.width();
        let (from, to) = layout.value;
        let reach = if layout.difference.is_some() { to + BETWEEN - 8.0 } else { width };
        let title = Type::TITLE.wrap(&self.value_title, reach - from);
        let difference_title = match (&self.difference_title, layout.difference) {
            (Some(title), Some((left, _))) => Type::TITLE.wrap(title, width - left),
            _ => Vec::new(),
        };
        let titles = f64::max(scaffold::title_height(&title), scaffold::title_height(&difference_title));
        let legend = match direct {
            Some(_) => Vec::new(),
            None => scaffold::legend(self.sites.iter().map(|s| s.name.as_str()), (from, width)),
        };
        let legend_lines = legend.last().map_or(0, |(_, _, line)| line + 1);
        let top = titles + 14.0 * legend_lines as f64 + 6.0;
        let bottom = top + rows.iter().map(|row| row.height).sum::<f64>().max(PITCH);
        let mut canvas = Canvas::new(width, bottom + 16.0);

        scaffold::title(&mut canvas, &title, from, 0.0);
        if let Some((left, _)) = layout.difference {
            scaffold::title(&mut canvas, &difference_title, left, 0.0);
        }
        scaffold::paint_legend(&mut canvas, &self.sites, &legend, titles + 4.0);

        let frame = |(left, right): (f64, f64)| Frame { left, top, right, bottom };
        let value_frame = frame(layout.value);
        let values = canvas.panel(value_frame, layout.axis.ends, (top, bottom));
        let difference = layout.difference.map(|ends| {
            let frame = frame(ends);
            (frame, canvas.panel(frame, layout.difference_axis.ends, (top, bottom)))
        });
        let page = canvas.page();
        let mut y = top;
        for row in rows.iter().take(rows.len().saturating_sub(1)) {
            y += row.height;
            canvas.line(&page, "row", &[(0.0, y), (to, y)], Stroke::solid(theme::ROW, theme::HAIR));
        }
        scaffold::grid(&canvas, &values, value_frame, &layout.axis);
        let ticks_end = if difference.is_some() { to + BETWEEN / 2.0 } else { width };
        scaffold::ticks_below(&mut canvas, &values, &layout.axis, bottom + 11.0, (from - 8.0, ticks_end));
        if let Some((frame, panel)) = &difference {
            scaffold::grid(&canvas, panel, *frame, &layout.difference_axis);
            let limits = (frame.left - BETWEEN / 2.0 + 2.5, width);
            let axis = &layout.difference_axis;
            scaffold::ticks_below(&mut canvas, panel, axis, bottom + 11.0, limits);
        }
        let mut y = top;
        for (i, row) in rows.iter().enumerate() {
            let middle = y + row.height / 2.0;
            let (label, note) = (Type::ROW.height(&row.label), Type::SMALL.height(&row.note));
            canvas.text_block(&row.label, from - 9.0, middle - note / 2.0, Anchor::End, Type::ROW);
            canvas.text_block(&row.note, from - 9.0, middle + label / 2.0, Anchor::End, Type::SMALL);
            let names: Vec<_> =
                direct.into_iter().flatten().map(|place| place.filter(|(at, _, _)| *at == i)).collect();
            self.paint_sites(&mut canvas, &values, layout, row, middle, &names);
            if let Some((frame, panel)) = &difference {
                paint_contrast(&mut canvas, panel, *frame, &layout.difference_axis, row, middle);
            }
            y += row.height;
        }
        canvas
    }

    fn paint_sites(
        &self,
        canvas: &mut Canvas,
        panel: &Panel,
        layout: &Layout,
        row: &Row,
        middle: f64,
        names: &[Option<(usize, f64, Anchor)>],
    ) {
        let sites: f64 = row.parts.iter().sum();
        let mut y = middle - sites / 2.0;
        for (i, (shown, site)) in row.cells.iter().zip(&self.sites).enumerate() {
            let style = SiteStyle::of(site.role);
            let part = row.parts.get(i).copied().unwrap_or(PITCH);
            let at = y + part / 2.0;
            y += part;
            match shown {
                Shown::Hidden(status) => {
                    let lines = row.words.get(i).map_or(&[][..], Vec::as_slice);
                    scaffold::hidden(canvas, (layout.value.0, at), *status, lines, style.mark);
                }
                Shown::Value(reading) => {
                    if let Some((_, x, anchor)) = names.get(i).copied().flatten() {
                        let set = Type::site(&style);
                        let baseline = at + set.drop();
                        canvas.clear(&site.name, (x, baseline), anchor, set, theme::PAPER);
                        canvas.text(&site.name, (x, baseline), anchor, set);
                    }
                    if reading.interval.is_some() {
                        canvas.whisker(panel, reading.ends(), at, &style);
                    }
                    canvas.marker(panel, (reading.value, at), &style, 100);
                    if let Some(right) = layout.column {
                        let text = reading.text(&self.unit, self.about.language);
                        let baseline = at + Type::VALUE.drop();
                        canvas.text(&text, (right, baseline), Anchor::End, Type::VALUE);
                    }
                }
            }
        }
    }
}

fn paint_contrast(canvas: &mut Canvas, panel: &Panel, frame: Frame, axis: &Axis, row: &Row, middle: f64) {
    let style = SiteStyle::contrast();
    match row.contrast {
        Some(Shown::Value(reading)) => {
            let (lower, value, upper) = reading.ends();
            let ends = (axis.measure(lower), axis.measure(value), axis.measure(upper));
            if reading.interval.is_some() {
                canvas.whisker(panel, ends, middle, &style);
            }
            canvas.marker(panel, (ends.1, middle), &style, 100);
        }
        Some(Shown::Hidden(status)) => {
            let at = (frame.left, middle);
            scaffold::hidden(canvas, at, status, &row.contrast_words, theme::HIDDEN);
        }
        None => {}
    }
}
