//! Interrupted time series: `its.quasipoisson` and `its.newey_west`, and
//! both with a comparison series.
//!
//! # Estimand
//!
//! Where a series of months (or quarters) would have gone on along its line,
//! by how much it jumped when something started (the change of level), and by
//! how much its slope changed. For counts both are ratios of rates, the slope's
//! for each step of time. With a comparison series: by how much more it jumped
//! than the other, which shows "kept working while the other stopped".
//!
//! # Assumptions
//!
//! The line before would have gone on, and nothing else started at the same
//! time. With a comparison series: whatever else happened would have moved
//! both alike. The season is the same every year, and the same in both series.
//!
//! # Method
//!
//! Terms, in this order: a constant; the level, one from the start on; the
//! time; the slope, which counts 1, 2, … from the first point on (on
//! request), so that the level is the jump against the line at the last time
//! before the start; the season, sine and cosine of time over the cycle, as
//! many pairs as asked for. A pause (the months of a lockdown, say) is left out
//! or has its own level and slope: it is never smoothed over. A comparison
//! series adds a term for the other group to every one of these but the
//! season.
//!
//! Counts: Poisson regression with the logarithm of the exposure as offset and
//! estimated dispersion, t of n - p. Measurements: least squares with the
//! errors of Newey and West ([`newey_west`](super::newey_west)).
//!
//! # Small samples
//!
//! A line through few points says little about where it would have gone.
//! Fewer than eight points before the start are refused where the slope may
//! change, fewer than three elsewhere; fewer than twelve on a side are flagged
//! (`short_series`), and fewer than twenty-four in all with a season
//! (`short_for_seasons`). Residuals of counts that follow each other are
//! flagged (`autocorrelation`): the interval is then too narrow.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `level_out_of_range`,
//! `duplicate_time`, `too_few_points`, `season_too_fine`,
//! `exposure_not_positive`, those of
//! [`poisson_regression`](super::poisson_regression) and of
//! [`least_squares`](super::least_squares).
//!
//! # Source
//!
//! Lopez Bernal J, Cummins S, Gasparrini A (2017). Interrupted time series
//! regression for the evaluation of public health interventions: a tutorial.
//! International Journal of Epidemiology 46:348-355. Lopez Bernal J, Cummins S,
//! Gasparrini A (2018). The use of controls in interrupted time series studies
//! of public health interventions. International Journal of Epidemiology
//! 47:2082-2093.

use std::f64::consts::TAU;

use super::cluster_robust::Robust;
use super::least_squares::{LeastSquares, least_squares};
use super::newey_west::{Lags, Timeline, newey_west};
use super::poisson_regression::{Dispersion, PoissonRegression, poisson_regression};
use crate::estimate::{Estimate, Outcome, Refusal, check_level};
use crate::linalg::{Design, check_column, check_length};
use crate::thresholds::{POINTS_A_SIDE_FEW, POINTS_BEFORE_LEAST, POINTS_FOR_LINE, POINTS_FOR_SEASONS};
use crate::warning::Warning;

/// The id of the method for counts.
pub const METHOD_COUNTS: &str = "its.quasipoisson";

/// The id of the method for measurements.
pub const METHOD_MEANS: &str = "its.newey_west";

/// One series.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    /// A count or a measurement for every point of time.
    pub y: &'a [f64],
    /// For counts what they came from: people, volunteer-months. Where absent
    /// it is taken as one throughout. Not used for measurements.
    pub exposure: Option<&'a [f64]>,
    /// The time of every point as a whole number, one apart for neighbours, in
    /// any order.
    pub time: &'a [i64],
}

/// What happened when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// The first time with the programme (or without, if it stopped).
    pub start: i64,
    /// Whether the slope may change as well as the level.
    pub slope: bool,
    /// How many pairs of sine and cosine make the season; none, 1 or 2 are
    /// usual.
    pub harmonics: u32,
    /// The length of the season in units of time: 12 for months.
    pub cycle: u32,
    /// A time that is no part of either line.
    pub pause: Option<Pause>,
}

/// A time that is no part of the lines before and after the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Its first point.
    pub from: i64,
    /// Its last point.
    pub to: i64,
    /// Whether its points stay in, with a level and a slope of their own.
    pub own_segment: bool,
}

/// A term of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// The constant.
    Constant,
    /// The change of level.
    Level,
    /// The line before.
    Time,
    /// The change of slope.
    Slope,
    /// The level of the pause.
    PauseLevel,
    /// The slope of the pause.
    PauseSlope,
    /// The sine of a harmonic, counted from one.
    Sine(u32),
    /// The cosine of a harmonic, counted from one.
    Cosine(u32),
}

/// A term, and whether it is the difference between the programme's series and
/// the comparison.
pub type Place = (Term, bool);

/// An interrupted series of counts.
#[derive(Clone, Debug, PartialEq)]
pub struct InterruptedCounts {
    /// The change of level as a ratio of rates; with a comparison the ratio of
    /// the two ratios.
    pub level: Estimate,
    /// The change of slope as a ratio of rates for each step of time.
    pub slope: Option<Estimate>,
    /// The terms of the model in the order of its coefficients.
    pub terms: Vec<Place>,
    /// The model.
    pub model: PoissonRegression,
    /// The correlation of the residuals with those one step before.
    pub autocorrelation: f64,
    /// Points before the start and from it on, pauses left out; of the shorter
    /// series where there are two.
    pub points: (u64, u64),
}

/// An interrupted series of measurements.
#[derive(Clone, Debug, PartialEq)]
pub struct InterruptedMeans {
    /// The change of level, in the units of y; with a comparison the
    /// difference of the two changes.
    pub level: Estimate,
    /// The change of slope for each step of time.
    pub slope: Option<Estimate>,
    /// The terms of the model in the order of its coefficients.
    pub terms: Vec<Place>,
    /// The model, its residuals in the order of time.
    pub fit: LeastSquares,
    /// The coefficients with the errors of Newey and West.
    pub robust: Robust,
    /// The correlation of the residuals with those one step before:
    /// Σ e_t e_{t-1}/Σ e_t².
    pub autocorrelation: f64,
    /// Durbin and Watson's Σ (e_t - e_{t-1})²/Σ e_t²: near 2 where residuals
    /// do not follow each other.
    pub durbin_watson: f64,
    /// Points before the start and from it on, pauses left out; of the shorter
    /// series where there are two.
    pub points: (u64, u64),
}

/// An interrupted series of counts, alone or beside a comparison series.
///
/// `level` is the confidence level. See the [module](self) for the method, the
/// refusals and the warnings, which stand on the estimates.
pub fn interrupted_counts(
    series: Series<'_>,
    comparison: Option<Series<'_>>,
    plan: Plan,
    level: f64,
) -> Result<InterruptedCounts, Refusal> {
    check_level(level)?;
    let built = Built::new(series, comparison, plan)?;
    let slices: Vec<&[f64]> = built.columns.iter().map(Vec::as_slice).collect();
    let design = Design::new(built.y.len(), &slices)?;
    if built.exposure.iter().any(|&exposure| exposure.is_nan() || exposure <= 0.0) {
        return Err(Refusal::new(
            "exposure_not_positive",
            "an exposure is zero or negative, so there is no rate",
            "leave out the points at which nobody was exposed",
        ));
    }
    check_column(&built.exposure, "an exposure")?;
    let offset: Vec<f64> = built.exposure.iter().map(|&exposure| libm::log(exposure)).collect();
    let model = poisson_regression(&built.y, &design, Some(&offset))?;
    let pearson: Vec<f64> = built.y.iter().zip(&model.fitted).map(|(y, m)| (y - m) / m.sqrt()).collect();
    let autocorrelation = built.lag_one(&pearson).0;
    let mut warnings = built.warnings(&plan);
    if autocorrelation.abs() > 2.0 / (built.y.len() as f64).sqrt() {
        warnings.push(Warning::new(
            "autocorrelation",
            "neighbouring points depart from the line together, so the interval is too narrow",
        ));
    }
    let estimate = |term: Term| -> Option<Outcome> {
        let place = built.place(term)?;
        Some(model.rate_ratio(place, Dispersion::Quasi, level))
    };
    let (level, slope) = built.headline(estimate, METHOD_COUNTS, &warnings)?;
    Ok(InterruptedCounts { level, slope, terms: built.terms, model, autocorrelation, points: built.points })
}

/// An interrupted series of measurements, alone or beside a comparison series.
///
/// `lags` says how far back points may depend on each other; `level` is the
/// confidence level. See the [module](self) for the method, the refusals and
/// the warnings, which stand on the estimates.
pub fn interrupted_means(
    series: Series<'_>,
    comparison: Option<Series<'_>>,
    plan: Plan,
    lags: Lags,
    level: f64,
) -> Result<InterruptedMeans, Refusal> {
    check_level(level)?;
    let built = Built::new(series, comparison, plan)?;
    let slices: Vec<&[f64]> = built.columns.iter().map(Vec::as_slice).collect();
    let design = Design::new(built.y.len(), &slices)?;
    let fit = least_squares(&built.y, &design, None)?;
    fit.check_variation()?;
    let robust = newey_west(&fit.scores(&design)?, &built.time, Some(&built.group), lags, level)?;
    let (autocorrelation, durbin_watson) = built.lag_one(&fit.residuals);
    let warnings = built.warnings(&plan);
    let estimate = |term: Term| robust.coefficients.get(built.place(term)?).cloned();
    let (level, slope) = built.headline(estimate, METHOD_MEANS, &warnings)?;
    Ok(InterruptedMeans {
        level,
        slope,
        terms: built.terms,
        fit,
        robust,
        autocorrelation,
        durbin_watson,
        points: built.points,
    })
}

/// The rows and columns of a plan, series by series in the order of time.
struct Built {
    y: Vec<f64>,
    exposure: Vec<f64>,
    time: Vec<i64>,
    /// One for the series of the programme, nought for the comparison.
    group: Vec<u32>,
    terms: Vec<Place>,
    /// One for each term but the constant.
    columns: Vec<Vec<f64>>,
    points: (u64, u64),
    compared: bool,
}

impl Built {
    fn new(series: Series<'_>, comparison: Option<Series<'_>>, plan: Plan) -> Result<Self, Refusal> {
        if plan.harmonics > 0 && 2 * u64::from(plan.harmonics) >= u64::from(plan.cycle) {
            return Err(Refusal::new(
                "season_too_fine",
                "the season has as many parts as there are points in a cycle",
                "use fewer pairs of sine and cosine, one or two",
            ));
        }
        let mut built = Self {
            y: Vec::new(),
            exposure: Vec::new(),
            time: Vec::new(),
            group: Vec::new(),
            terms: Vec::new(),
            columns: Vec::new(),
            points: (u64::MAX, u64::MAX),
            compared: comparison.is_some(),
        };
        // The comparison first, as its group is nought.
        if let Some(comparison) = comparison {
            built.take(comparison, 0, &plan)?;
        }
        built.take(series, 1, &plan)?;
        built.fill(&plan);
        Ok(built)
    }

    fn take(&mut self, series: Series<'_>, group: u32, plan: &Plan) -> Result<(), Refusal> {
        let rows = series.y.len();
        check_length(series.time.len(), rows)?;
        check_column(series.y, "a value of the series")?;
        if let Some(exposure) = series.exposure {
            check_length(exposure.len(), rows)?;
            check_column(exposure, "an exposure")?;
        }
        let (mut before, mut after) = (0_usize, 0_usize);
        for row in Timeline::new(series.time, None)?.order {
            let time = series.time[row];
            if let Some(pause) = plan.pause
                && (pause.from..=pause.to).contains(&time)
            {
                if !pause.own_segment {
                    continue;
                }
            } else if time < plan.start {
                before += 1;
            } else {
                after += 1;
            }
            self.y.push(series.y[row]);
            self.exposure.push(series.exposure.map_or(1.0, |exposure| exposure[row]));
            self.time.push(time);
            self.group.push(group);
        }
        let least = if plan.slope { POINTS_BEFORE_LEAST } else { POINTS_FOR_LINE };
        if before < least || after < if plan.slope { POINTS_FOR_LINE } else { 1 } {
            return Err(Refusal::new(
                "too_few_points",
                "there are too few points before or after the start to say where the line would have gone",
                "show the series as it is, or compare the means before and after without calling the change an effect",
            ));
        }
        self.points = (self.points.0.min(before as u64), self.points.1.min(after as u64));
        Ok(())
    }

    /// Makes the columns.
    fn fill(&mut self, plan: &Plan) {
        let time = self.time.clone();
        let column = |value: &dyn Fn(i64) -> f64| time.iter().map(|&t| value(t)).collect::<Vec<f64>>();
        let on = |t: i64| if t >= plan.start { 1.0 } else { 0.0 };
        let since = |t: i64, from: i64| (t as f64 - from as f64) + 1.0;
        let mut both: Vec<(Term, Vec<f64>)> =
            vec![(Term::Level, column(&on)), (Term::Time, column(&|t| t as f64))];
        if plan.slope {
            both.push((Term::Slope, column(&|t| on(t) * since(t, plan.start))));
        }
        if let Some(pause) = plan.pause.filter(|pause| pause.own_segment) {
            let inside = |t: i64| if (pause.from..=pause.to).contains(&t) { 1.0 } else { 0.0 };
            let times: Vec<i64> = time.iter().copied().filter(|&t| inside(t) == 1.0).collect();
            if !times.is_empty() {
                both.push((Term::PauseLevel, column(&inside)));
            }
            if times.iter().any(|&t| t != times[0]) {
                both.push((Term::PauseSlope, column(&|t| inside(t) * since(t, pause.from))));
            }
        }
        let mut seasons = Vec::new();
        for harmonic in 1..=plan.harmonics {
            let angle = |t: i64| {
                let steps = i128::from(t) * i128::from(harmonic);
                TAU * (steps.rem_euclid(i128::from(plan.cycle)) as f64) / f64::from(plan.cycle)
            };
            seasons.push((Term::Sine(harmonic), column(&|t| libm::sin(angle(t)))));
            seasons.push((Term::Cosine(harmonic), column(&|t| libm::cos(angle(t)))));
        }
        let group: Vec<f64> = self.group.iter().map(|&group| f64::from(group)).collect();
        self.terms.push((Term::Constant, false));
        let mut differences = vec![(Term::Constant, group.clone())];
        // The season stands before the pause, after the slope.
        let main = both.len().min(if plan.slope { 3 } else { 2 });
        let pauses = both.split_off(main);
        for (term, column) in both.iter().chain(&pauses) {
            differences
                .push((*term, column.iter().zip(&group).map(|(value, group)| value * group).collect()));
        }
        for (term, column) in both.into_iter().chain(seasons).chain(pauses) {
            self.terms.push((term, false));
            self.columns.push(column);
        }
        if self.compared {
            for (term, column) in differences {
                self.terms.push((term, true));
                self.columns.push(column);
            }
        }
    }

    /// Where the term that is asked about stands.
    fn place(&self, term: Term) -> Option<usize> {
        self.terms.iter().position(|&place| place == (term, self.compared))
    }

    fn headline(
        &self,
        estimate: impl Fn(Term) -> Option<Outcome>,
        method: &'static str,
        warnings: &[Warning],
    ) -> Result<(Estimate, Option<Estimate>), Refusal> {
        let dress = |outcome: Outcome| -> Outcome {
            let mut estimate = outcome?;
            estimate.method = method;
            estimate.warnings.extend_from_slice(warnings);
            Ok(estimate)
        };
        let level = estimate(Term::Level).unwrap_or_else(|| Err(super::least_squares::no_such_term()));
        let slope = estimate(Term::Slope).map(dress).transpose()?;
        Ok((dress(level)?, slope))
    }

    fn warnings(&self, plan: &Plan) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if self.points.0.min(self.points.1) < POINTS_A_SIDE_FEW as u64 {
            warnings.push(Warning::new(
                "short_series",
                "there are fewer than twelve points before or after the start, so the lines are uncertain",
            ));
        }
        if plan.harmonics > 0 && self.points.0 + self.points.1 < POINTS_FOR_SEASONS as u64 {
            warnings.push(Warning::new(
                "short_for_seasons",
                "there are fewer than twenty-four points, so the season is guessed from about one cycle",
            ));
        }
        if self.compared {
            warnings.push(Warning::new(
                "no_site_replication",
                "one series is compared with one other, so a difference cannot be told from a shock that hit one of them",
            ));
        }
        warnings
    }

    /// Σ e_t e_{t-1}/Σ e_t² and Σ (e_t - e_{t-1})²/Σ e_t² over neighbours in
    /// time.
    fn lag_one(&self, residuals: &[f64]) -> (f64, f64) {
        let squares: f64 = residuals.iter().map(|e| e * e).sum();
        let (mut products, mut steps) = (0.0, 0.0);
        for row in 1..residuals.len() {
            let near = self.time[row].abs_diff(self.time[row - 1]) == 1;
            if near && self.group[row] == self.group[row - 1] {
                let (now, before) = (residuals[row], residuals[row - 1]);
                products += now * before;
                steps += (now - before) * (now - before);
            }
        }
        if squares > 0.0 { (products / squares, steps / squares) } else { (0.0, 2.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};

    const PLAN: Plan = Plan { start: 25, slope: true, harmonics: 1, cycle: 12, pause: None };
    const LAGS: Lags = Lags { number: 2, small_sample: true };

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    /// y and time of a series with a jump and a new slope from 25 on.
    fn rows(n: i64, jump: f64, seed: u64) -> Vec<(f64, i64)> {
        let mut random = Lcg::new(seed);
        (1..=n)
            .map(|t| {
                let on = f64::from(u8::from(t >= 25));
                let season = 3.0 * libm::sin(TAU * t as f64 / 12.0);
                let line = 200.0 + 0.5 * t as f64 + on * (jump + 0.3 * (t - 24) as f64);
                (libm::rint(line + season + 4.0 * random.normal()), t)
            })
            .collect()
    }

    fn columns(rows: &[(f64, i64)]) -> (Vec<f64>, Vec<i64>) {
        rows.iter().copied().unzip()
    }

    fn means(
        rows: &[(f64, i64)],
        other: Option<&[(f64, i64)]>,
        plan: Plan,
    ) -> Result<InterruptedMeans, Refusal> {
        let (y, time) = columns(rows);
        let other = other.map(columns);
        let comparison = other.as_ref().map(|(y, time)| Series { y, exposure: None, time });
        interrupted_means(Series { y: &y, exposure: None, time: &time }, comparison, plan, LAGS, 0.95)
    }

    fn counts(
        rows: &[(f64, i64)],
        other: Option<&[(f64, i64)]>,
        plan: Plan,
    ) -> Result<InterruptedCounts, Refusal> {
        let (y, time) = columns(rows);
        let other = other.map(columns);
        let comparison = other.as_ref().map(|(y, time)| Series { y, exposure: None, time });
        interrupted_counts(Series { y: &y, exposure: None, time: &time }, comparison, plan, 0.95)
    }

    #[test]
    fn jump_and_slope_are_found() {
        let rows = rows(60, 20.0, 2);
        let found = means(&rows, None, PLAN).expect("a fit");
        assert!(found.level.interval.expect("an interval").contains(20.0), "{:?}", found.level);
        let slope = found.slope.as_ref().expect("a slope");
        assert!((slope.value - 0.3).abs() < 0.3, "{slope:?}");
        assert_eq!(found.points, (24, 36));
        assert!(found.level.warnings.is_empty());
        let terms = [Term::Constant, Term::Level, Term::Time, Term::Slope, Term::Sine(1), Term::Cosine(1)];
        assert_eq!(found.terms, terms.map(|term| (term, false)));
        let ratio = counts(&rows, None, PLAN).expect("a fit");
        assert!((ratio.level.value - 1.0 - 20.0 / 212.0).abs() < 0.05, "{:?}", ratio.level);
        assert_eq!((ratio.level.method, ratio.level.df), ("its.quasipoisson", Some(54.0)));
    }

    #[test]
    fn comparison_is_the_difference_of_two_series() {
        let (a, b) = (rows(60, 20.0, 2), rows(60, 0.0, 9));
        let plan = Plan { harmonics: 0, ..PLAN };
        let both = means(&a, Some(&b), plan).expect("a fit");
        let one = means(&a, None, plan).expect("a fit").level.value;
        let other = means(&b, None, plan).expect("a fit").level.value;
        assert!((both.level.value - (one - other)).abs() < 1e-9);
        assert!(both.level.warnings.iter().any(|warning| warning.code == "no_site_replication"));
        let both = counts(&a, Some(&b), plan).expect("a fit");
        let one = counts(&a, None, plan).expect("a fit").level.value;
        let other = counts(&b, None, plan).expect("a fit").level.value;
        assert!((both.level.value - one / other).abs() < 1e-9);
        assert_eq!(both.terms.len(), both.model.coefficients.len());
        // A season is shared.
        assert_eq!(counts(&a, Some(&b), PLAN).expect("a fit").terms.len(), 10);
    }

    #[test]
    fn pauses_are_left_out_or_have_their_own_line() {
        let mut shocked = rows(60, 20.0, 2);
        for row in &mut shocked {
            if (40..=45).contains(&row.1) {
                row.0 = libm::rint(row.0 / 4.0);
            }
        }
        let pause = |own_segment| Some(Pause { from: 40, to: 45, own_segment });
        let left_out = means(&shocked, None, Plan { pause: pause(false), ..PLAN }).expect("a fit");
        let segment = means(&shocked, None, Plan { pause: pause(true), ..PLAN }).expect("a fit");
        assert_eq!((left_out.points, segment.points), ((24, 30), (24, 30)));
        // With a season the pause still speaks of it, a little.
        assert!((left_out.level.value - segment.level.value).abs() < 1.5);
        assert_eq!(segment.terms[6..], [(Term::PauseLevel, false), (Term::PauseSlope, false)]);
        let plain = Plan { harmonics: 0, ..PLAN };
        let left_out = counts(&shocked, None, Plan { pause: pause(false), ..plain }).expect("a fit");
        assert_eq!(left_out.model.n, 54);
        let single = Some(Pause { from: 40, to: 40, own_segment: true });
        let point = means(&shocked, None, Plan { pause: single, ..plain }).expect("a fit");
        assert_eq!(point.terms.last(), Some(&(Term::PauseLevel, false)));
    }

    #[test]
    fn order_changes_no_bit() {
        let (mut a, mut b) = (rows(60, 20.0, 2), rows(50, 0.0, 9));
        let first = (means(&a, Some(&b), PLAN), counts(&a, Some(&b), PLAN));
        shuffle(&mut a, &mut Lcg::new(1));
        shuffle(&mut b, &mut Lcg::new(2));
        assert_eq!((means(&a, Some(&b), PLAN), counts(&a, Some(&b), PLAN)), first);
    }

    #[test]
    fn short_series_are_refused_or_flagged() {
        let all = rows(60, 20.0, 2);
        let short = &all[19..];
        assert_eq!(code(means(short, None, PLAN)), Some("too_few_points"));
        assert_eq!(code(counts(short, None, PLAN)), Some("too_few_points"));
        let level = Plan { slope: false, harmonics: 0, ..PLAN };
        let found = counts(short, None, level).expect("a fit");
        assert_eq!(found.level.warnings[0].code, "short_series");
        assert_eq!((found.slope, found.points), (None, (5, 36)));
        assert_eq!(code(counts(&all[22..], None, level)), Some("too_few_points"));
        assert_eq!(code(counts(&all[..24], None, level)), Some("too_few_points"));
        let year = means(&all[14..36], None, PLAN).expect("a fit");
        let codes: Vec<&str> = year.level.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, ["short_series", "short_for_seasons"]);
    }

    #[test]
    fn what_is_no_series_is_refused() {
        let mut all = rows(60, 20.0, 2);
        assert_eq!(code(means(&all, None, Plan { harmonics: 6, ..PLAN })), Some("season_too_fine"));
        assert_eq!(code(means(&all, None, Plan { harmonics: 1, cycle: 0, ..PLAN })), Some("season_too_fine"));
        all[3].1 = all[4].1;
        assert_eq!(code(means(&all, None, PLAN)), Some("duplicate_time"));
        all[3] = (f64::NAN, 4);
        assert_eq!(code(counts(&all, None, PLAN)), Some("not_finite"));
        all[3] = (-1.0, 4);
        assert_eq!(code(counts(&all, None, PLAN)), Some("negative_count"));
        let (y, time) = columns(&rows(60, 0.0, 3));
        let nobody = vec![0.0; 60];
        let series = Series { y: &y, exposure: Some(&nobody), time: &time };
        assert_eq!(code(interrupted_counts(series, None, PLAN, 0.95)), Some("exposure_not_positive"));
        let line: Vec<(f64, i64)> = (1..=60).map(|t| (3.0 * t as f64, t)).collect();
        assert_eq!(code(means(&line, None, PLAN)), Some("no_variation"));
        assert_eq!(code(means(&[], None, PLAN)), Some("too_few_points"));
    }
}
