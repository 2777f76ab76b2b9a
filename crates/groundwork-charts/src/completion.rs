//! Cumulative completion: which share was done by when, with the numbers still followed below.
//!
//! Success is drawn upwards, one less the survival curve. The table below has those still
//! followed, those no longer followed and those who completed, which readers wanted most (Morris,
//! Jarvis, Cragg and others, KMunicate, BMJ Open 2019). A line ends where it would rest on fewer
//! than ten.

mod paint;

use crate::alt::{self, Description, Sentences};
use crate::catalogue::Phrase;
use crate::figure::{About, ChartSite, Figure};
use crate::table::{NumberKey, Reading, Shown, Table, all_or_none, number};
use groundwork_disclosure::Released;
use groundwork_plan::number::{Unit, digits, format_exact};

/// Lines end where fewer are still followed.
const LEAST_AT_RISK: f64 = 10.0;
/// The most lines that are read as one picture.
const MOST_LINES: usize = 4;

/// Shares that completed, over the time since entry.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::site::SiteRole;
/// use groundwork_plan::text::Language;
///
/// let of = |indicator: &str| CellKey::total(indicator, "nan", "2021");
/// let chart = Completion {
///     about: About::new("Half are registered after a year.", "share of families, 2021", Language::En),
///     value_title: "Registered, cumulative".into(),
///     time_unit: "months".into(),
///     lines: vec![CompletionLine {
///         site: ChartSite::new("Nan", Some(SiteRole::Adaptation)),
///         shares: vec![(6.0, of("done_6").into()), (12.0, of("done_12").into())],
///         risks: vec![RiskColumn {
///             time: 12.0,
///             at_risk: of("followed_12").into(),
///             censored: of("left_12").into(),
///             completed: of("completed_12").into(),
///         }],
///         median: Some(of("median_months").into()),
///     }],
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Completion {
    /// Title, description, language, width.
    pub about: About,
    /// The title above the plot: `Children registered, cumulative`.
    pub value_title: String,
    /// What time is measured in, written after the last number: `months`.
    pub time_unit: String,
    /// The lines.
    pub lines: Vec<CompletionLine>,
}

/// One line of a [`Completion`].
#[derive(Debug, Clone, PartialEq)]
pub struct CompletionLine {
    /// The site, which names the line and decides how it looks.
    pub site: ChartSite,
    /// Time since entry and the share that had completed by then, in the order of time.
    pub shares: Vec<(f64, NumberKey)>,
    /// The table below: time since entry, and counts.
    pub risks: Vec<RiskColumn>,
    /// The time after which half had completed, in the unit of the time.
    pub median: Option<NumberKey>,
}

/// The numbers of a line at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskColumn {
    /// Time since entry.
    pub time: f64,
    /// How many are still followed.
    pub at_risk: NumberKey,
    /// How many are no longer followed, so far, and had not completed.
    pub censored: NumberKey,
    /// How many had completed.
    pub completed: NumberKey,
}

/// A line after its numbers are looked up.
struct Line<'a> {
    spec: &'a CompletionLine,
    /// In the order of time.
    shares: Vec<(f64, Shown)>,
    /// Still followed, no longer followed, completed.
    risks: Vec<(f64, [Shown; 3])>,
    median: Option<Shown>,
    /// Nothing is drawn after this.
    cut: Option<f64>,
}

impl Line<'_> {
    /// What is drawn: up to the cut.
    fn drawn(&self) -> impl Iterator<Item = &(f64, Shown)> {
        self.shares.iter().filter(|(time, _)| self.cut.is_none_or(|cut| *time <= cut))
    }

    fn last(&self) -> Option<(f64, Reading)> {
        self.drawn().filter_map(|(time, shown)| Some((*time, *shown.reading()?))).last()
    }
}

impl Completion {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let lines: Vec<Line> = self.lines.iter().map(|spec| self.read(spec, released)).collect();
        let canvas = self.paint(&lines);
        let mut table = Table::default();
        let months = Unit::Amount(self.time_unit.clone());
        for line in &lines {
            let name = line.spec.site.name.trim();
            let row = |time: f64| {
                format!("{name}, {} {}", digits(&format_exact(time), self.about.language), self.time_unit)
            };
            for ((time, key), (_, shown)) in sorted(&line.spec.shares).into_iter().zip(&line.shares) {
                table.number(&row(time), "value", &key, *shown, &Unit::Share);
            }
            for (column, (time, shown)) in self.columns(line.spec).into_iter().zip(&line.risks) {
                let keys = [&column.at_risk, &column.censored, &column.completed];
                for ((measure, key), shown) in
                    ["at_risk", "censored", "completed"].into_iter().zip(keys).zip(shown)
                {
                    table.number(&row(*time), measure, key, *shown, &Unit::Count);
                }
            }
            if let (Some(key), Some(shown)) = (&line.spec.median, line.median) {
                table.number(name, "median", key, shown, &months);
            }
        }
        let alt = self.describe(&lines);
        Figure::new(canvas.finish(), &self.about, &table, alt).at_most(MOST_LINES, lines.len(), "lines")
    }

    fn columns<'a>(&self, spec: &'a CompletionLine) -> Vec<&'a RiskColumn> {
        let mut columns: Vec<&RiskColumn> = spec.risks.iter().filter(|r| usable(r.time)).collect();
        columns.sort_by(|a, b| a.time.total_cmp(&b.time));
        columns
    }

    fn read<'a>(&self, spec: &'a CompletionLine, released: &Released) -> Line<'a> {
        let count = |key: &NumberKey| number(released, key, &Unit::Count).0;
        let mut risks: Vec<(f64, [Shown; 3])> = self
            .columns(spec)
            .into_iter()
            .map(|r| (r.time, [&r.at_risk, &r.censored, &r.completed].map(count)))
            .collect();
        // Where the number is not shown it may be small.
        let few = |(_, [at_risk, _, _]): &&(f64, [Shown; 3])| {
            at_risk.reading().is_none_or(|reading| reading.value < LEAST_AT_RISK)
        };
        let cut = risks.iter().find(few).map(|(time, _)| *time);
        // The three add up to all who entered.
        for (_, counts) in &mut risks {
            all_or_none(counts);
        }
        let shares = sorted(&spec.shares);
        let months = Unit::Amount(self.time_unit.clone());
        Line {
            spec,
            shares: shares
                .into_iter()
                .map(|(time, key)| (time, number(released, &key, &Unit::Share).0))
                .collect(),
            risks,
            median: spec.median.as_ref().map(|key| number(released, key, &months).0),
            cut,
        }
    }

    fn describe(&self, lines: &[Line]) -> Description {
        let language = self.about.language;
        let mut out = Sentences::new(&self.about);
        let shown = || lines.iter().flat_map(|line| line.drawn().map(|(_, shown)| shown));
        out.opening(Phrase::CompletionChart, alt::level(shown()));
        let months = Unit::Amount(self.time_unit.clone());
        let mut reached: Vec<String> = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            let name = line.spec.site.name.trim();
            if let Some((time, reading)) = line.last() {
                let (share, time) = (reading.text(&Unit::Share, language), self.about.value(time, &months));
                let text = Phrase::ReachedBy.fill(language, &[name, &share, &time]);
                reached.push(text.clone());
                out.add(if i == 0 { 1 } else { 2 }, text + alt::stop(language));
            }
            if let Some(reading) = line.median.as_ref().and_then(Shown::reading) {
                let text = Phrase::HalfAt.fill(language, &[name, &reading.text(&months, language)]);
                out.stands_out(&text);
                out.add(2, text + alt::stop(language));
            }
        }
        out.stands_out(&reached.join("; "));
        for line in lines {
            if let Some((_, [at_risk, _, _])) = line.risks.first() {
                let text = alt::named("", at_risk, &Unit::Count, &self.about);
                let followed = Phrase::AtRisk.text(language);
                out.row(1, &format!("{}, {followed}", line.spec.site.name.trim()), &[text]);
            }
        }
        out.hidden(shown().chain(lines.iter().flat_map(|line| line.risks.iter().flat_map(|(_, r)| r))));
        out.finish()
    }
}

fn usable(time: f64) -> bool {
    time.is_finite() && (0.0..1e6).contains(&time)
}

/// Times that can be drawn, in order.
fn sorted(shares: &[(f64, NumberKey)]) -> Vec<(f64, NumberKey)> {
    let mut shares: Vec<(f64, NumberKey)> =
        shares.iter().filter(|(time, _)| usable(*time)).cloned().collect();
    shares.sort_by(|a, b| a.0.total_cmp(&b.0));
    shares
}
