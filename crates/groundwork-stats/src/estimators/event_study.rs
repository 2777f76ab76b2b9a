//! Panels with fixed effects of units and periods: `twfe` and `event_study`.
//!
//! # Estimand
//!
//! `event_study`: for every period the difference between treated and
//! untreated units, less the same difference in a named reference period. From
//! the start of the programme on these are its effects; before it they should
//! be nothing. `twfe`: their average over the periods with the programme, as
//! one number.
//!
//! # Assumptions
//!
//! Parallel trends given the covariates, no anticipation, and one date of
//! adoption for all treated units. Where units adopt at different dates the
//! two-way regression compares late adopters with early ones and may have the
//! wrong sign: refused (`staggered_adoption`).
//!
//! # Method
//!
//! Least squares with an effect for each unit and each period. Unit means are
//! taken out of the outcome, the covariates and the period indicators, which
//! is exact for any pattern of missing rows; the periods stay in the design.
//! Errors are clustered by unit unless other clusters are given: `cr2` with
//! Satterthwaite's degrees of freedom by default. For `cr1s` the parameters
//! are counted as fixest does: the covariates and the periods, and the unit
//! effects only where units are not within clusters; all of them on request,
//! as older Stata commands count.
//!
//! # Small samples
//!
//! As for [`cluster_robust`](super::cluster_robust): the number of treated and
//! of untreated units matters. A look at the periods before the start has
//! little power with few units, and seeing nothing there proves little.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `reference_not_seen` (no row in
//! the reference period), `too_few_periods`, `treatment_varies` (a unit is
//! treated in some rows and not in others, where the treatment is of the
//! unit), `staggered_adoption`, `one_arm`, and those of
//! [`least_squares`](super::least_squares) (`collinear`: a period in which one
//! side was not seen) and [`cluster_robust`](super::cluster_robust).
//!
//! # Source
//!
//! Goodman-Bacon A (2021). Difference-in-differences with variation in
//! treatment timing. Journal of Econometrics 225:254-277. Pustejovsky JE,
//! Tipton E (2018). Small-sample methods for cluster-robust variance
//! estimation and hypothesis testing in fixed effects models. Journal of
//! Business and Economic Statistics 36:672-683.

use super::cluster_robust::{ClusterDf, Clustered, Scores, cluster_robust};
use super::least_squares::{LeastSquares, Wald, check_rows, least_squares, wald};
use crate::estimate::{Outcome, Refusal, check_level};
use crate::linalg::accumulate::{FixedPoint, FixedSum, largest, mean};
use crate::linalg::groups::Groups;
use crate::linalg::{Design, check_column, check_length};

/// The id of the method with one effect for all periods.
pub const METHOD_TWFE: &str = "twfe";

/// The id of the method with an effect for each period.
pub const METHOD: &str = "event_study";

/// The rows of a panel.
#[derive(Clone, Copy, Debug)]
pub struct Panel<'a> {
    /// The outcome, one a row.
    pub y: &'a [f64],
    /// The unit of every row.
    pub unit: &'a [u32],
    /// The period of every row, any numbers in the order of time.
    pub period: &'a [u32],
    /// One for rows of a unit that is treated at some time (event study) or is
    /// treated in that period (twfe), nought otherwise.
    pub treated: &'a [f64],
    /// Columns to adjust for, varying within units; may be none.
    pub covariates: &'a [&'a [f64]],
}

/// How the standard errors are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelErrors<'a> {
    /// Rows are independent with equal spread; all effects are counted.
    Independent,
    /// Clustered by unit.
    Units(Clustered, ClusterDf),
    /// Clustered by unit with the unit effects counted among the parameters,
    /// which matters for `cr1s` alone.
    UnitsCounted(Clustered, ClusterDf),
    /// Clustered by other labels, one a row.
    Clusters(&'a [u32], Clustered, ClusterDf),
}

/// The effect of one period against the reference period.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodEffect {
    /// The period.
    pub period: u32,
    /// Treated minus untreated, less the same in the reference period.
    pub effect: Outcome,
}

/// An event study.
#[derive(Clone, Debug, PartialEq)]
pub struct EventStudy {
    /// The effect of every period but the reference, in the order of time.
    pub effects: Vec<PeriodEffect>,
    /// The period that all others are compared with.
    pub reference: u32,
    /// The coefficients of the covariates, in the order given.
    pub covariates: Vec<Outcome>,
    /// The number of rows that took part: units seen once say nothing.
    pub n: u64,
    /// The number of units that took part.
    pub units: u64,
}

/// One effect for all periods with the programme.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoWay {
    /// The effect.
    pub effect: Outcome,
    /// The coefficients of the covariates, in the order given.
    pub covariates: Vec<Outcome>,
    /// The number of rows that took part.
    pub n: u64,
    /// The number of units that took part.
    pub units: u64,
}

/// An event study with one date of adoption.
///
/// `panel.treated` is of the unit: the same in all its rows. `reference` names
/// the period that the others are compared with, usually the last before the
/// start; `level` is the confidence level. See the [module](self) for the
/// method and the refusals.
pub fn event_study(
    panel: Panel<'_>,
    reference: u32,
    errors: PanelErrors<'_>,
    level: f64,
) -> Result<EventStudy, Refusal> {
    let rows = Rows::new(&panel, errors, level)?;
    if !rows.periods.contains(&reference) {
        return Err(Refusal::new(
            "reference_not_seen",
            "there is no row in the reference period, so nothing can be compared with it",
            "name a period in which both groups were seen",
        ));
    }
    let treated = rows.pick(panel.treated);
    let ever = rows.arms(&treated);
    if ever.iter().any(|arms| arms[0] && arms[1]) {
        return Err(Refusal::new(
            "treatment_varies",
            "a unit is treated in some of its rows and not in others, where the treatment of an event study is of the unit",
            "mark all rows of a treated unit, or use the two-way regression with one date of adoption",
        ));
    }
    let periods: Vec<u32> = rows.periods.iter().copied().filter(|&period| period != reference).collect();
    let mut columns: Vec<Vec<f64>> = panel.covariates.iter().map(|column| rows.pick(column)).collect();
    for &of in &periods {
        let one = |(&period, t): (&u32, &f64)| if period == of { *t } else { 0.0 };
        columns.push(rows.period.iter().zip(&treated).map(one).collect());
    }
    let mut outcomes = rows.fit(columns, errors, level, METHOD)?;
    let effects = outcomes.split_off(panel.covariates.len());
    Ok(EventStudy {
        effects: periods
            .into_iter()
            .zip(effects)
            .map(|(period, effect)| PeriodEffect { period, effect })
            .collect(),
        reference,
        covariates: outcomes,
        n: rows.y.len() as u64,
        units: rows.units.count() as u64,
    })
}

/// A two-way regression with one date of adoption.
///
/// `panel.treated` is one in the rows of treated units from the start of the
/// programme on. See the [module](self) for the method and the refusals.
pub fn two_way_fixed_effects(
    panel: Panel<'_>,
    errors: PanelErrors<'_>,
    level: f64,
) -> Result<TwoWay, Refusal> {
    let rows = Rows::new(&panel, errors, level)?;
    let treated = rows.pick(panel.treated);
    // With one date of adoption every period is one with or without the
    // programme, the same for all treated units.
    let ever = rows.arms(&treated);
    let mut with = std::collections::BTreeMap::new();
    for ((&period, &t), &unit) in rows.period.iter().zip(&treated).zip(&rows.units.of_row) {
        if ever[unit as usize][1] && *with.entry(period).or_insert(t) != t {
            return Err(Refusal::new(
                "staggered_adoption",
                "treated units start at different dates, and the two-way regression then compares late starters with early ones",
                "use effects by group and time of adoption, averaged afterwards",
            ));
        }
    }
    let mut columns: Vec<Vec<f64>> = panel.covariates.iter().map(|column| rows.pick(column)).collect();
    columns.push(treated);
    let mut outcomes = rows.fit(columns, errors, level, METHOD_TWFE)?;
    let effect = outcomes.pop().unwrap_or_else(|| Err(super::least_squares::no_such_term()));
    Ok(TwoWay { effect, covariates: outcomes, n: rows.y.len() as u64, units: rows.units.count() as u64 })
}

/// The rows of units that were seen more than once.
struct Rows {
    kept: Vec<usize>,
    y: Vec<f64>,
    units: Groups,
    period: Vec<u32>,
    /// The periods, in the order of time.
    periods: Vec<u32>,
    cluster: Option<Vec<u32>>,
}

impl Rows {
    fn new(panel: &Panel<'_>, errors: PanelErrors<'_>, level: f64) -> Result<Self, Refusal> {
        check_level(level)?;
        let rows = panel.y.len();
        for length in [panel.unit.len(), panel.period.len(), panel.treated.len()] {
            check_length(length, rows)?;
        }
        check_column(panel.y, "a value of the outcome")?;
        check_column(panel.treated, "a value of the treatment")?;
        for column in panel.covariates {
            check_length(column.len(), rows)?;
            check_column(column, "a value of a covariate")?;
        }
        if panel.treated.iter().any(|&t| t != 0.0 && t != 1.0) {
            return Err(Refusal::new(
                "not_binary",
                "the treatment has values other than zero and one",
                "code the treatment as zero and one",
            ));
        }
        let all = Groups::new(panel.unit);
        let kept: Vec<usize> = (0..rows).filter(|&row| all.sizes[all.of_row[row] as usize] > 1).collect();
        if kept.is_empty() {
            return Err(Refusal::new(
                "empty",
                "no unit was seen in more than one period, so no change within units can be seen",
                "compare the groups period by period as separate samples",
            ));
        }
        let labels: Vec<u32> = kept.iter().map(|&row| panel.unit[row]).collect();
        let period: Vec<u32> = kept.iter().map(|&row| panel.period[row]).collect();
        let mut periods = period.clone();
        periods.sort_unstable();
        periods.dedup();
        if periods.len() < 2 {
            return Err(Refusal::new(
                "too_few_periods",
                "all rows are of the same period, so there is no change to compare",
                "compare the groups in that period",
            ));
        }
        let cluster = match errors {
            PanelErrors::Clusters(cluster, ..) => {
                check_length(cluster.len(), rows)?;
                Some(kept.iter().map(|&row| cluster[row]).collect())
            }
            _ => None,
        };
        let y = kept.iter().map(|&row| panel.y[row]).collect();
        let found = Self { kept, y, units: Groups::new(&labels), period, periods, cluster };
        let arms = found.arms(&found.pick(panel.treated));
        let never = |arm: usize| arms.iter().all(|arms| !arms[arm]);
        let all_treated = arms.iter().all(|arms| arms[1]);
        if never(1) || all_treated {
            return Err(Refusal::new(
                "one_arm",
                "all units are treated or none is, so there is nothing to compare with",
                "report the change over time, and say that it is not an effect",
            ));
        }
        Ok(found)
    }

    fn pick(&self, column: &[f64]) -> Vec<f64> {
        self.kept.iter().map(|&row| column[row]).collect()
    }

    /// For every unit whether it has rows without and with treatment.
    fn arms(&self, treated: &[f64]) -> Vec<[bool; 2]> {
        let mut arms = vec![[false; 2]; self.units.count()];
        for (&unit, &t) in self.units.of_row.iter().zip(treated) {
            arms[unit as usize][usize::from(t == 1.0)] = true;
        }
        arms
    }

    /// A column without the means of its units.
    fn within(&self, column: &[f64]) -> Vec<f64> {
        let centre = mean(column);
        let centred: Vec<f64> = column.iter().map(|value| value - centre).collect();
        let rule = FixedPoint::new(largest(&centred), centred.len());
        let mut sums = vec![FixedSum::default(); self.units.count()];
        for (value, &unit) in centred.iter().zip(&self.units.of_row) {
            rule.add(&mut sums[unit as usize], *value);
        }
        let means: Vec<f64> = sums
            .iter()
            .zip(&self.units.sizes)
            .map(|(&sum, &size)| rule.value(sum) / f64::from(size))
            .collect();
        let noise = 8.0 * f64::EPSILON * largest(&centred);
        let rest = centred.iter().zip(&self.units.of_row).map(|(value, &unit)| value - means[unit as usize]);
        // A column that does not vary within units leaves nothing, not noise.
        rest.map(|value| if value.abs() <= noise { 0.0 } else { value }).collect()
    }

    /// Fits the columns and the periods within units; outcomes for the
    /// columns.
    fn fit(
        &self,
        columns: Vec<Vec<f64>>,
        errors: PanelErrors<'_>,
        level: f64,
        method: &'static str,
    ) -> Result<Vec<Outcome>, Refusal> {
        let wanted = columns.len();
        let mut within: Vec<Vec<f64>> = columns.iter().map(|column| self.within(column)).collect();
        for &of in &self.periods[1..] {
            let one: Vec<f64> = self.period.iter().map(|&period| f64::from(u8::from(period == of))).collect();
            within.push(self.within(&one));
        }
        let slices: Vec<&[f64]> = within.iter().map(Vec::as_slice).collect();
        let y = self.within(&self.y);
        let design = Design::without_intercept(y.len(), &slices)?;
        let units = self.units.count();
        check_rows(y.len(), design.terms() + units)?;
        let fit = least_squares(&y, &design, None)?;
        let mut scores = fit.scores(&design)?;
        // The covariates, the periods with their constant, and the units.
        let (nested, all) = ((design.terms() + 1) as f64, (design.terms() + units) as f64);
        let n = y.len() as f64;
        let mut outcomes = match errors {
            PanelErrors::Independent => independent(&fit, &scores, n - all, level),
            PanelErrors::Units(kind, df) => {
                scores.parameters = nested;
                cluster_robust(&scores, &self.units.of_row, kind, df, level)?.coefficients
            }
            PanelErrors::UnitsCounted(kind, df) => {
                scores.parameters = all;
                cluster_robust(&scores, &self.units.of_row, kind, df, level)?.coefficients
            }
            PanelErrors::Clusters(_, kind, df) => {
                let cluster = self.cluster.as_deref().unwrap_or_default();
                scores.parameters = if self.nested(cluster) { nested } else { all };
                cluster_robust(&scores, cluster, kind, df, level)?.coefficients
            }
        };
        outcomes.truncate(wanted);
        for estimate in outcomes.iter_mut().flatten() {
            estimate.method = method;
        }
        Ok(outcomes)
    }

    /// Whether no unit lies in two clusters.
    fn nested(&self, cluster: &[u32]) -> bool {
        let mut first: Vec<Option<u32>> = vec![None; self.units.count()];
        self.units
            .of_row
            .iter()
            .zip(cluster)
            .all(|(&unit, &label)| *first[unit as usize].get_or_insert(label) == label)
    }
}

/// Errors for independent rows with the degrees of freedom that are left.
fn independent(fit: &LeastSquares, scores: &Scores<'_>, df: f64, level: f64) -> Vec<Outcome> {
    let factor = (fit.df / df).sqrt();
    let terms = fit.coefficients.iter().zip(&fit.std_errors);
    terms
        .map(|(&value, std_error)| {
            fit.check_variation()?;
            let std_error = std_error * factor;
            wald(Wald { value, std_error, df: Some(df), n: scores.n, method: METHOD }, level)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};

    const CR2: PanelErrors<'static> = PanelErrors::Units(Clustered::Cr2, ClusterDf::Satterthwaite);

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    /// y, unit, period, treated unit, x.
    type Row = (f64, u32, u32, f64, f64);

    fn rows(units: u32, periods: u32, missing: bool) -> Vec<Row> {
        let mut random = Lcg::new(21);
        let mut rows = Vec::new();
        for unit in 0..units {
            let level = 100.0 + 10.0 * random.normal();
            let arm = f64::from(u8::from(unit % 2 == 0));
            for period in 1..=periods {
                let x = random.normal() + 0.1 * level;
                let effect = if period > periods / 2 { 3.0 * arm } else { 0.0 };
                let y = level + f64::from(period) + x + effect + 0.5 * random.normal();
                if !(missing && random.uniform() < 0.15) {
                    rows.push((y, unit, period, arm, x));
                }
            }
        }
        rows
    }

    struct Columns {
        y: Vec<f64>,
        unit: Vec<u32>,
        period: Vec<u32>,
        treated: Vec<f64>,
        x: Vec<f64>,
    }

    fn columns(rows: &[Row]) -> Columns {
        Columns {
            y: rows.iter().map(|row| row.0).collect(),
            unit: rows.iter().map(|row| row.1).collect(),
            period: rows.iter().map(|row| row.2).collect(),
            treated: rows.iter().map(|row| row.3).collect(),
            x: rows.iter().map(|row| row.4).collect(),
        }
    }

    fn study(rows: &[Row], reference: u32, errors: PanelErrors<'_>) -> Result<EventStudy, Refusal> {
        let c = columns(rows);
        let panel =
            Panel { y: &c.y, unit: &c.unit, period: &c.period, treated: &c.treated, covariates: &[&c.x] };
        event_study(panel, reference, errors, 0.95)
    }

    fn two_way(rows: &[Row], errors: PanelErrors<'_>) -> Result<TwoWay, Refusal> {
        let c = columns(rows);
        let panel = Panel { y: &c.y, unit: &c.unit, period: &c.period, treated: &c.treated, covariates: &[] };
        two_way_fixed_effects(panel, errors, 0.95)
    }

    #[test]
    fn event_study_is_least_squares_with_all_indicators() {
        for missing in [false, true] {
            let rows = rows(14, 4, missing);
            let c = columns(&rows);
            let indicator = |on: &dyn Fn(usize) -> bool| -> Vec<f64> {
                (0..c.y.len()).map(|i| f64::from(u8::from(on(i)))).collect()
            };
            let mut dense: Vec<Vec<f64>> = vec![c.x.clone()];
            for period in [1, 3, 4] {
                dense.push(indicator(&|i| c.period[i] == period && c.treated[i] == 1.0));
            }
            for period in 2..=4 {
                dense.push(indicator(&|i| c.period[i] == period));
            }
            for unit in 1..14 {
                dense.push(indicator(&|i| c.unit[i] == unit));
            }
            let slices: Vec<&[f64]> = dense.iter().map(Vec::as_slice).collect();
            let design = Design::new(c.y.len(), &slices).expect("a design");
            let fit = least_squares(&c.y, &design, None).expect("a fit");
            let scores = fit.scores(&design).expect("scores");
            let full = cluster_robust(&scores, &c.unit, Clustered::Cr2, ClusterDf::Satterthwaite, 0.95)
                .expect("errors");
            let found = study(&rows, 2, CR2).expect("a study");
            assert_eq!((found.n, found.units, found.reference), (c.y.len() as u64, 14, 2));
            let simple = study(&rows, 2, PanelErrors::Independent).expect("a study");
            for (place, effect) in found.effects.iter().enumerate() {
                assert_eq!(effect.period, [1, 3, 4][place]);
                let found = effect.effect.as_ref().expect("an effect");
                let whole = full.coefficients[2 + place].as_ref().expect("an effect");
                assert!((found.value - whole.value).abs() < 1e-11);
                let ratio = found.std_error.expect("se") / whole.std_error.expect("se");
                assert!((ratio - 1.0).abs() < 1e-10, "{ratio}");
                assert!((found.df.expect("df") / whole.df.expect("df") - 1.0).abs() < 1e-9);
                let simple = simple.effects[place].effect.as_ref().expect("an effect");
                let ratio = simple.std_error.expect("se") / fit.std_errors[2 + place];
                assert!((ratio - 1.0).abs() < 1e-10 && simple.df == Some(fit.df), "{ratio}");
            }
        }
    }

    #[test]
    fn two_periods_are_a_difference_in_differences() {
        let mut rows = rows(12, 2, false);
        let c = columns(&rows);
        let cell = |arm: f64, period: u32| {
            let values: Vec<f64> = (0..c.y.len())
                .filter(|&i| c.treated[i] == arm && c.period[i] == period)
                .map(|i| c.y[i])
                .collect();
            mean(&values)
        };
        let truth = cell(1.0, 2) - cell(1.0, 1) - cell(0.0, 2) + cell(0.0, 1);
        for row in &mut rows {
            row.3 *= f64::from(u8::from(row.2 == 2));
        }
        let found = two_way(&rows, CR2).expect("a regression").effect.expect("an effect");
        assert!((found.value - truth).abs() < 1e-12);
        assert_eq!((found.method, found.n_clusters), ("twfe", Some(12)));
    }

    #[test]
    fn units_seen_once_say_nothing() {
        let mut rows = rows(10, 4, false);
        let before = study(&rows, 2, CR2).expect("a study");
        rows.push((1e6, 99, 3, 1.0, -5.0));
        assert_eq!(study(&rows, 2, CR2).expect("a study"), before);
        shuffle(&mut rows, &mut Lcg::new(5));
        assert_eq!(study(&rows, 2, CR2).expect("a study"), before);
    }

    #[test]
    fn counting_the_units_widens_stata_errors_alone() {
        let rows = rows(10, 6, true);
        let se = |errors| {
            let found = study(&rows, 3, errors).expect("a study");
            found.effects[0].effect.as_ref().expect("an effect").std_error.expect("se")
        };
        let of = |kind| {
            (
                se(PanelErrors::Units(kind, ClusterDf::Clusters)),
                se(PanelErrors::UnitsCounted(kind, ClusterDf::Clusters)),
            )
        };
        let (nested, all) = of(Clustered::Cr1s);
        assert!(all > nested);
        let (nested, all) = of(Clustered::Cr2);
        assert_eq!(all, nested);
        let units: Vec<u32> = rows.iter().map(|row| row.1 + 7).collect();
        let same = se(PanelErrors::Clusters(&units, Clustered::Cr1s, ClusterDf::Clusters));
        assert_eq!(same, se(PanelErrors::Units(Clustered::Cr1s, ClusterDf::Clusters)));
    }

    #[test]
    fn what_a_panel_cannot_say_is_refused() {
        let all = rows(10, 4, false);
        assert_eq!(code(study(&all, 9, CR2)), Some("reference_not_seen"));
        let once: Vec<Row> = all.iter().copied().filter(|row| row.2 == 1).collect();
        assert_eq!(code(study(&once, 1, CR2)), Some("empty"));
        let mut varying = all.clone();
        varying[0].3 = 1.0 - varying[0].3;
        assert_eq!(code(study(&varying, 2, CR2)), Some("treatment_varies"));
        let arm: Vec<Row> = all.iter().copied().filter(|row| row.3 == 1.0).collect();
        assert_eq!(code(study(&arm, 2, CR2)), Some("one_arm"));
        // Half of the treated start a period later.
        let staggered: Vec<Row> = all
            .iter()
            .map(|&(y, unit, period, arm, x)| {
                (y, unit, period, arm * f64::from(u8::from(period > 2 + unit % 4 / 2)), x)
            })
            .collect();
        assert_eq!(code(two_way(&staggered, CR2)), Some("staggered_adoption"));
        // Untreated units not seen in a period: its effect has no value.
        let gap: Vec<Row> = all.iter().copied().filter(|row| row.2 != 4 || row.3 == 1.0).collect();
        assert_eq!(code(study(&gap, 2, CR2)), Some("collinear"));
        let few: Vec<Row> = all.iter().copied().filter(|row| row.1 < 2).collect();
        assert!(study(&few, 2, CR2).is_err());
        let mut bad = all;
        bad[2].0 = f64::INFINITY;
        assert_eq!(code(study(&bad, 2, CR2)), Some("not_finite"));
    }
}
