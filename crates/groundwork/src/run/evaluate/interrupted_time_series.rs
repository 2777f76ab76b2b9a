//! A series before and after a date, alone or beside another one.

use super::Ground;
use super::frame::Frame;
use super::line::{Line, refusal};
use groundwork_disclosure::{CellKey, Estimate, Finding};
use groundwork_plan::evaluation::{InterruptedTimeSeries, Role, SeriesFrom};
use groundwork_plan::indicator::{Indicator, Summary};
use groundwork_stats::estimators::interrupted_time_series::{
    METHOD_COUNTS, METHOD_MEANS, Pause, Plan, Series, interrupted_counts, interrupted_means,
};
use groundwork_stats::estimators::newey_west::Lags;

/// One site's series.
struct Points {
    y: Vec<f64>,
    exposure: Option<Vec<f64>>,
    time: Vec<i64>,
    cells: Vec<CellKey>,
    n: u64,
}

impl Points {
    fn series(&self) -> Series<'_> {
        Series { y: &self.y, exposure: self.exposure.as_deref(), time: &self.time }
    }
}

/// The rows of the design.
pub(super) fn rows(
    ground: &Ground<'_>,
    design: &InterruptedTimeSeries,
    frame: Option<&Frame>,
) -> Vec<Estimate> {
    let (indicators, site, comparison) = match (&design.from, frame) {
        (SeriesFrom::Cells { indicators, site, comparison }, _) => (indicators, site, comparison),
        (SeriesFrom::Rows(_), Some(frame)) => return of_rows(ground, design, frame),
        (SeriesFrom::Rows(_), None) => return Vec::new(),
    };
    let mut out = Vec::new();
    for indicator in indicators.iter().filter_map(|name| ground.plan.indicator(name)) {
        let contrast = match comparison {
            Some(other) => format!("{site} - {other}"),
            None => site.clone(),
        };
        let counts = design.counts.unwrap_or(is_counts(indicator));
        let series = points(ground, indicator, site, counts);
        let other = comparison.as_ref().map(|site| points(ground, indicator, site, counts));
        let cells: Vec<CellKey> =
            std::iter::once(&series).chain(&other).flat_map(|s| s.cells.iter().cloned()).collect();
        let line = Line::about(ground, &indicator.id, contrast).on_cells(cells);
        let at = usize::try_from(design.start).ok().and_then(|at| ground.plan.calendar.periods.get(at));
        let term = at.map(|p| p.id()).unwrap_or_default();
        out.extend(one(ground, design, &line, counts, &series, other.as_ref(), &term));
    }
    out
}

fn of_rows(ground: &Ground<'_>, design: &InterruptedTimeSeries, frame: &Frame) -> Vec<Estimate> {
    let counts = design.counts.unwrap_or(false);
    let time = frame.numbers(Role::Time);
    let line = Line::about(ground, frame.outcome(), "");
    if time.iter().any(|t| t.fract() != 0.0) {
        let refusal = refusal("not_whole", "a time is not a whole number", "number the points of time");
        return vec![line.refused("change of level", "", METHOD_MEANS, &refusal)];
    }
    let series = Points {
        y: frame.numbers(Role::Outcome),
        exposure: frame.has(Role::Exposure).then(|| frame.numbers(Role::Exposure)),
        time: time.iter().map(|t| *t as i64).collect(),
        cells: Vec::new(),
        n: frame.rows() as u64,
    };
    one(ground, design, &line, counts, &series, None, &format!("from {}", design.start))
}

/// Whether a series is one of counts, with or without what they came from.
fn is_counts(indicator: &Indicator) -> bool {
    match indicator.kind.summary() {
        Summary::FullCount | Summary::Share | Summary::Rate { .. } => true,
        Summary::Total
        | Summary::RowMean
        | Summary::ClusteredRatio
        | Summary::Quotient
        | Summary::Quantile(_)
        | Summary::Bounds
        | Summary::TopShare { .. }
        | Summary::Derived => false,
    }
}

fn points(ground: &Ground<'_>, indicator: &Indicator, site: &str, counts: bool) -> Points {
    let (mut y, mut exposure, mut time, mut cells) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut n = 0;
    for (at, period) in ground.plan.calendar.periods.iter().enumerate() {
        let key = CellKey::total(&indicator.id, site, &period.id());
        let Some(cell) = ground.cell(&key) else { continue };
        let Finding::Value { value, .. } = cell.finding else { continue };
        if cell.partial {
            continue;
        }
        y.push(if counts { cell.numerator } else { value });
        exposure.push(cell.denominator.unwrap_or(1.0));
        time.push(at as i64);
        cells.push(key);
        n += cell.n;
    }
    let has_exposure = indicator.kind.summary() != Summary::FullCount;
    Points { y, exposure: has_exposure.then_some(exposure), time, cells, n }
}

fn one(
    ground: &Ground<'_>,
    design: &InterruptedTimeSeries,
    line: &Line,
    counts: bool,
    points: &Points,
    other: Option<&Points>,
    term: &str,
) -> Vec<Estimate> {
    let level = ground.evaluation.level;
    let plan = Plan {
        start: design.start,
        slope: design.slope,
        harmonics: design.harmonics,
        cycle: design.cycle.max(1),
        pause: design.pause.map(|p| Pause {
            from: p.from as i64,
            to: p.to as i64,
            own_segment: p.own_segment,
        }),
    };
    let method = if counts { METHOD_COUNTS } else { METHOD_MEANS };
    let estimand = |part: &str| match (counts, other.is_some()) {
        (true, false) => format!("change of {part}, ratio"),
        (true, true) => format!("change of {part}, ratio of ratios"),
        (false, false) => format!("change of {part}"),
        (false, true) => format!("change of {part}, difference"),
    };
    if points.y.is_empty() || other.is_some_and(|o| o.y.is_empty()) {
        return vec![line.empty(estimand("level"), term, method)];
    }
    let (a, b) = (points.series(), other.map(Points::series));
    let n = points.n + other.map_or(0, |o| o.n);
    let mut out = Vec::new();
    if counts {
        match interrupted_counts(a, b, plan, level) {
            Ok(found) => {
                out.push(line.row(estimand("level"), term, method, &Ok(found.level)));
                if let Some(slope) = found.slope {
                    out.push(line.row(estimand("slope for each period"), term, method, &Ok(slope)));
                }
                out.push(line.number("autocorrelation of residuals", term, method, found.autocorrelation, n));
            }
            Err(refusal) => out.push(line.refused(estimand("level"), term, method, &refusal)),
        }
        return out;
    }
    let usual = Lags::usual(points.y.len());
    let lags = design.lags.map_or(usual, |number| Lags { number, ..usual });
    match interrupted_means(a, b, plan, lags, level) {
        Ok(found) => {
            out.push(line.row(estimand("level"), term, method, &Ok(found.level)));
            if let Some(slope) = found.slope {
                out.push(line.row(estimand("slope for each period"), term, method, &Ok(slope)));
            }
            out.push(line.number("autocorrelation of residuals", term, method, found.autocorrelation, n));
        }
        Err(refusal) => out.push(line.refused(estimand("level"), term, method, &refusal)),
    }
    out
}
