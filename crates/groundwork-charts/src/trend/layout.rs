//! Where the parts of a trend stand.

use super::{Lines, Moment, Point, Trend, TrendLine, TrendPanel};
use crate::axis::Axis;
use crate::canvas::Type;
use crate::figure::ChartSite;
use crate::scaffold;
use crate::theme::SiteStyle;
use crate::time::Span;

/// Room between panels, in points.
pub(super) const GUTTER: f64 = 16.0;
/// Least width of a plot, in points, as long as there is more than one column.
const LEAST_PLOT: f64 = 95.0;

/// Where things stand; lengths in points.
pub(super) struct Layout {
    pub(super) columns: usize,
    pub(super) cell: f64,
    /// From the left edge of a cell to its plot, and from the plot to the right edge.
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) plot: f64,
    /// Height of the letters of moments.
    pub(super) letters: f64,
    pub(super) head: f64,
    /// Height of one line of signs, and which lines of a panel have any.
    pub(super) strip: f64,
    /// Height of the tallest name, in points.
    pub(super) name: f64,
    pub(super) strips: Vec<usize>,
    /// Upper edge of each row of panels, and where the notes begin.
    pub(super) tops: Vec<f64>,
    pub(super) notes: f64,
    pub(super) titles: Vec<Vec<String>>,
    pub(super) band: Vec<String>,
}

impl Trend {
    /// Whether the lines of a panel must be named: not when its title does so.
    pub(super) fn named(panel: &TrendPanel) -> bool {
        match panel.lines.as_slice() {
            [only] => only.site.name.trim() != panel.title.trim(),
            _ => true,
        }
    }

    pub(super) fn layout(&self, read: &[Lines], axes: &[Axis], spans: &[(usize, Span)]) -> Layout {
        let width = self.about.width();
        let count = self.panels.len().max(1);
        let wish = match count {
            1..=3 => count,
            4 => 2,
            _ => 3,
        };
        let ticks = axes.iter().flat_map(|axis| &axis.ticks);
        let left = ticks.map(|(_, text)| Type::SMALL.width(text)).fold(8.0, f64::max) + 5.0;
        // As many columns as leave each plot a width at which a trend can be read.
        let fit = |columns: usize| {
            let cell = (width - GUTTER * (columns - 1) as f64) / columns as f64;
            let right = self.name_width(cell);
            (columns, cell, right, cell - left - right)
        };
        let (columns, cell, right, plot_width) =
            (2..=wish).rev().map(fit).find(|(_, _, _, plot)| *plot >= LEAST_PLOT).unwrap_or_else(|| fit(1));
        let plot_width = f64::max(plot_width, 20.0);
        let band = self.band_lines(spans, plot_width);
        let head = match band.len() {
            0 => 0.0,
            _ => Type::SMALL.height(&band) + 3.0,
        };
        // The letters of the moments stand above the plots.
        let letters = if self.moments(spans).is_empty() { 0.0 } else { 11.0 };
        let strips: Vec<usize> = (0..read.iter().map(Vec::len).max().unwrap_or(0))
            .filter(|i| {
                let lines = read.iter().filter_map(|lines| lines.get(*i));
                lines.flatten().any(|point| point.shown.hidden().is_some())
            })
            .collect();
        let named = || self.panels.iter().zip(read).filter(|(panel, _)| Self::named(panel));
        let height = |line: &TrendLine| {
            let set = Type::site(&SiteStyle::of(line.site.role));
            set.height(&self.name_lines(&line.site, cell))
        };
        let names = named().flat_map(|(panel, _)| &panel.lines).map(height);
        let name = names.fold(0.0, f64::max);
        let hidden = |points: &Vec<Point>| points.iter().all(|point| point.shown.hidden().is_some());
        let strip = match named().any(|(_, lines)| lines.iter().any(hidden)) {
            true => f64::max(name, 9.5),
            false => 9.5,
        };
        // As high as the names at its lines need.
        let most = named().map(|(panel, _)| panel.lines.len()).max().unwrap_or(0) as f64;
        let plot = f64::max(if columns == 1 { 130.0 } else { 100.0 }, name * most + 8.0);
        let titles: Vec<Vec<String>> =
            self.panels.iter().map(|panel| Type::TITLE.wrap(&panel.title, cell)).collect();
        let mut tops = Vec::new();
        let mut y = 0.0;
        for row in titles.chunks(columns) {
            tops.push(y);
            y += Self::title_height(row) + letters + head + plot + strip * strips.len() as f64 + 26.0;
        }
        Layout {
            columns,
            cell,
            left,
            right,
            plot,
            letters,
            head,
            strip,
            name,
            strips,
            tops,
            notes: f64::max(y - 8.0, 20.0),
            titles,
            band,
        }
    }

    /// Room for names at the ends of lines, in points.
    fn name_width(&self, cell: f64) -> f64 {
        self.panels
            .iter()
            .filter(|panel| Self::named(panel))
            .flat_map(|panel| &panel.lines)
            .flat_map(|line| self.name_lines(&line.site, cell))
            .map(|text| Type::site(&SiteStyle::of(None)).width(&text) + 9.0)
            .fold(9.0, f64::max)
    }

    pub(super) fn title_height(row: &[Vec<String>]) -> f64 {
        row.iter().map(|lines| scaffold::title_height(lines)).fold(0.0, f64::max) + 4.0
    }

    pub(super) fn name_lines(&self, site: &ChartSite, cell: f64) -> Vec<String> {
        Type::site(&SiteStyle::of(site.role)).wrap(&site.name, cell * 0.32)
    }

    /// Beginning and end of all periods, in months.
    pub(super) fn domain(spans: &[(usize, Span)]) -> (f64, f64) {
        let first = spans.iter().map(|(_, span)| span.from).min().unwrap_or(0);
        let last = spans.iter().map(|(_, span)| span.to).max().unwrap_or(1);
        (f64::from(first), f64::from(last.max(first + 1)))
    }

    /// The part of the band that lies among the periods, in months.
    pub(super) fn band_span(&self, spans: &[(usize, Span)]) -> Option<(f64, f64)> {
        let band = self.band.as_ref()?;
        let (first, last) = Self::domain(spans);
        let from = f64::max(f64::from(Span::of(band.from).from), first);
        let to = f64::min(f64::from(Span::of(band.to).to), last);
        (from < to && !spans.is_empty()).then_some((from, to))
    }

    /// The moments that lie among the periods, in the order of time: letter, place in months, and
    /// what changed.
    pub(super) fn moments(&self, spans: &[(usize, Span)]) -> Vec<(char, f64, &str)> {
        let (first, last) = Self::domain(spans);
        let place = |moment: &'_ Moment| f64::from(Span::of(moment.at).from);
        let mut moments: Vec<&Moment> = self.marks.iter().collect();
        moments.retain(|moment| first <= place(moment) && place(moment) <= last && !spans.is_empty());
        moments.sort_by(|a, b| place(a).total_cmp(&place(b)));
        ('A'..='Z').zip(moments).map(|(letter, m)| (letter, place(m), m.label.as_str())).collect()
    }

    fn band_lines(&self, spans: &[(usize, Span)], plot: f64) -> Vec<String> {
        let (Some(band), Some((from, to))) = (&self.band, self.band_span(spans)) else {
            return Vec::new();
        };
        let (first, last) = Self::domain(spans);
        let wide = (to - from) / (last - first) * plot;
        let lines = Type::SMALL.wrap(&band.label, f64::max(wide, f64::min(plot, 90.0)) - 6.0);
        lines.into_iter().filter(|line| !line.is_empty()).collect()
    }
}
