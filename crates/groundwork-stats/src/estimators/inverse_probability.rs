//! Effects by weighting with the propensity score: `ipw.hajek.ate`,
//! `ipw.hajek.att`, `ipw.hajek.ato`, `ipw.horvitz_thompson.ate`.
//!
//! # Estimand
//!
//! A difference of mean outcomes with and without the programme, in the units
//! of the outcome, over a stated population:
//!
//! * everyone in the rows (ATE);
//! * those who were treated (ATT);
//! * the people for whom either was likely (ATO), each counted by e(1 - e): a
//!   population that the data choose, which is what they can answer best.
//!
//! The answers differ where the effect does; name the population beside the
//! number.
//!
//! # Assumptions
//!
//! Given the covariates, who was treated has nothing to do with the outcome;
//! everyone could have been either (overlap); the rows are independent; and
//! log(e/(1 - e)) is linear in the covariates as given. The first cannot be
//! checked. The second can, and is.
//!
//! # Method
//!
//! The propensity score e is the fitted probability of a logistic regression.
//! With weights
//!
//! ```text
//!        treated     comparison
//! ATE    1/e         1/(1 - e)
//! ATT    1           e/(1 - e)
//! ATO    1 - e       e
//! ```
//!
//! the Hájek estimate is the difference of the weighted means. The
//! Horvitz-Thompson estimate divides Σ TY/e and Σ (1 - T)Y/(1 - e) by n
//! instead of by the sum of their weights. It changes when a constant is added
//! to the outcome and is given for comparison only.
//!
//! The standard error is that of the stacked estimating equations: it takes
//! into account that the score was estimated, without which the error for
//! everyone is too large. Limits are normal.
//!
//! # Small samples
//!
//! The error is too small when few units carry the estimate. Below half of a
//! group as its effective sample size this is flagged.
//!
//! # Refusals
//!
//! Those of the logistic regression, among them `separation` and `collinear`;
//! `lengths_differ`, `not_finite`, `out_of_range`, `overlap` (a score is 0 or
//! 1 to within rounding), `no_variation` (the outcome leaves no spread),
//! `level_out_of_range`.
//!
//! Warnings: `imbalance`, `low_ess` and `constant_covariate` of the
//! [`balance`](super::balance) after weighting, over the standard deviation of
//! the treated for the ATT and the pooled one otherwise; `propensity_limits`
//! where a score lies outside .01 to .99; and `not_normalised` with
//! Horvitz-Thompson.
//!
//! # Source
//!
//! Hájek J (1971). Comment on an essay by D. Basu. In: Godambe VP, Sprott DA
//! (eds), Foundations of statistical inference. Holt, Rinehart and Winston.
//! Lunceford JK, Davidian M (2004). Stratification and weighting via the
//! propensity score in estimation of causal treatment effects: a comparative
//! study. Statistics in Medicine 23:2937-2960. Li F, Morgan KL, Zaslavsky AM
//! (2018). Balancing covariates via propensity score weighting. Journal of the
//! American Statistical Association 113:390-400.

use super::balance::{Balance, Denominator, Overlap, balance, overlap};
use super::influence::{Influenced, projected, scale};
use super::logistic::{Logistic, logistic_unscreened};
use crate::estimate::{Outcome, Refusal, check_level};
use crate::linalg::accumulate::{FixedPoint, FixedSum, largest, sum};
use crate::linalg::{Design, check_column, check_length};
use crate::thresholds::{LOGIT_MOST, PROPENSITY_LEAST, PROPENSITY_MOST};
use crate::warning::Warning;

/// The id of the Hájek estimate for everyone.
pub const METHOD_ATE: &str = "ipw.hajek.ate";
/// The id of the Hájek estimate for the treated.
pub const METHOD_ATT: &str = "ipw.hajek.att";
/// The id of the Hájek estimate for the overlap population.
pub const METHOD_ATO: &str = "ipw.hajek.ato";
/// The id of the Horvitz-Thompson estimate for everyone.
pub const METHOD_HORVITZ_THOMPSON: &str = "ipw.horvitz_thompson.ate";

/// Whom an effect is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Population {
    /// Everyone in the rows: ATE.
    Everyone,
    /// Those who were treated: ATT.
    Treated,
    /// Everyone, counted by how likely either was: ATO.
    Overlap,
}

/// A fitted propensity score with the rows it belongs to.
#[derive(Clone, Debug)]
pub struct Propensity<'a> {
    pub(super) design: Design<'a>,
    pub(super) treated: &'a [bool],
    pub(super) fit: Logistic,
    /// 1 where treated, 0 otherwise.
    pub(super) indicator: Vec<f64>,
}

impl<'a> Propensity<'a> {
    /// Fits the probability of treatment.
    ///
    /// `treated` says of every row whether it was; `covariates` hold one
    /// column a covariate, measured before treatment. A constant is added.
    ///
    /// # Refusals
    ///
    /// * `lengths_differ`, `empty`, `not_finite`, `out_of_range`, `collinear`,
    ///   `too_few_rows`, `no_convergence`.
    /// * `no_variation`: everyone was treated, or nobody.
    /// * `separation`: the covariates tell who was treated.
    /// * `overlap`: a score is 0 or 1 to within rounding.
    pub fn fit(treated: &'a [bool], covariates: &[&'a [f64]]) -> Result<Self, Refusal> {
        let design = Design::new(treated.len(), covariates)?;
        let indicator: Vec<f64> = treated.iter().map(|&treated| f64::from(u8::from(treated))).collect();
        let fit = logistic_unscreened(&indicator, &design, None)?;
        if fit.glm.linear.iter().any(|logit| logit.abs() > LOGIT_MOST) {
            return Err(Refusal::new(
                "overlap",
                "a propensity score is zero or one to within rounding: a unit could not have been in the other group",
                "compare only units that could have been in either group, with fewer or coarser covariates",
            ));
        }
        Ok(Self { design, treated, fit, indicator })
    }

    /// The probability of treatment of every row.
    pub fn scores(&self) -> &[f64] {
        &self.fit.fitted
    }

    /// The coefficients (log odds), the constant first.
    pub fn coefficients(&self) -> &[f64] {
        &self.fit.coefficients
    }

    /// The number of rows.
    pub fn n(&self) -> u64 {
        self.treated.len() as u64
    }

    /// The number of treated rows.
    pub fn n_treated(&self) -> u64 {
        self.treated.iter().filter(|&&treated| treated).count() as u64
    }

    /// The weight of every row for a population.
    pub fn weights(&self, population: Population) -> Vec<f64> {
        let weight = |(&treated, &logit): (&bool, &f64)| weight_and_slope(population, treated, logit).0;
        self.treated.iter().zip(&self.fit.glm.linear).map(weight).collect()
    }

    /// The balance of the covariates after weighting for a population, treated
    /// minus comparison; the denominator is the treated group's standard
    /// deviation for [`Population::Treated`] and the pooled one otherwise.
    ///
    /// # Refusals
    ///
    /// * `too_few_rows`: a group has a single row.
    pub fn balance(&self, population: Population) -> Result<Balance, Refusal> {
        let denominator = match population {
            Population::Treated => Denominator::First,
            Population::Everyone | Population::Overlap => Denominator::Pooled,
        };
        balance(self.design.columns(), self.treated, Some(&self.weights(population)), denominator)
    }

    /// Where the scores of the treated (first) and the others (second) lie.
    pub fn overlap(&self) -> Result<Overlap, Refusal> {
        overlap(self.scores(), self.treated)
    }

    /// What is to be said beside every estimate for a population.
    pub(super) fn warnings(&self, population: Population) -> Result<Vec<Warning>, Refusal> {
        let mut warnings = self.balance(population)?.warnings;
        if self.scores().iter().any(|score| !(PROPENSITY_LEAST..=PROPENSITY_MOST).contains(score)) {
            warnings.push(Warning::new(
                "propensity_limits",
                "a propensity score lies below one or above 99 in a hundred: units without a counterpart carry large weights",
            ));
        }
        Ok(warnings)
    }

    pub(super) fn check_outcome(&self, outcome: &[f64]) -> Result<(), Refusal> {
        check_length(outcome.len(), self.treated.len())?;
        check_column(outcome, "an outcome")?;
        Ok(())
    }

    /// The influence by way of the estimated score of something that changes
    /// by r x with the coefficients, row by row.
    pub(super) fn influence(&self, r: &[f64]) -> Vec<f64> {
        let mut influence = projected(&self.fit.glm.basis, &self.design, r);
        for (value, left) in influence.iter_mut().zip(&self.fit.glm.u) {
            *value *= left;
        }
        influence
    }
}

/// The weight of a row, and how it changes with the log odds.
fn weight_and_slope(population: Population, treated: bool, logit: f64) -> (f64, f64) {
    let odds = libm::exp(logit);
    let against = 1.0 / odds;
    match (population, treated) {
        (Population::Everyone, true) => (1.0 + against, -against),
        (Population::Everyone, false) => (1.0 + odds, odds),
        (Population::Treated, true) => (1.0, 0.0),
        (Population::Treated, false) => (odds, odds),
        (Population::Overlap, true) => (1.0 / (1.0 + odds), -1.0 / ((1.0 + odds) * (1.0 + against))),
        (Population::Overlap, false) => (1.0 / (1.0 + against), 1.0 / ((1.0 + odds) * (1.0 + against))),
    }
}

/// The difference of weighted means (Hájek), for a stated population.
///
/// `outcome` holds one value a row of `propensity`, in its own units; the
/// interval is normal, at the confidence level `level` (a share). `n` is the
/// number of rows. See the [module](self) for the method and warnings.
///
/// # Refusals
///
/// * `level_out_of_range`, `lengths_differ`, `not_finite`, `out_of_range`.
/// * `too_few_rows`: a group has a single row.
/// * `no_variation`: the outcome leaves no spread to make an error from.
pub fn hajek(outcome: &[f64], propensity: &Propensity<'_>, population: Population, level: f64) -> Outcome {
    check_level(level)?;
    propensity.check_outcome(outcome)?;
    let weighted = WeightedMeans::new(
        outcome,
        &propensity.fit.glm.linear,
        |row| Some(propensity.treated[row]),
        |t, l| weight_and_slope(population, t, l),
    );
    let mut influence = weighted.influence;
    for (value, part) in influence.iter_mut().zip(propensity.influence(&weighted.slopes)) {
        *value += part;
    }
    let method = match population {
        Population::Everyone => METHOD_ATE,
        Population::Treated => METHOD_ATT,
        Population::Overlap => METHOD_ATO,
    };
    let found = Influenced {
        value: weighted.difference,
        influence: &influence,
        factor: 1.0,
        scale: scale(outcome),
        n: propensity.n(),
        method,
    };
    let mut estimate = found.estimate(level)?;
    estimate.warnings = propensity.warnings(population)?;
    Ok(estimate)
}

/// The Horvitz-Thompson estimate for everyone, for comparison with [`hajek`].
///
/// Arguments and refusals as for [`hajek`]. It carries the warning
/// `not_normalised` in every case.
pub fn horvitz_thompson(outcome: &[f64], propensity: &Propensity<'_>, level: f64) -> Outcome {
    check_level(level)?;
    propensity.check_outcome(outcome)?;
    let n = outcome.len() as f64;
    let mut terms = Vec::with_capacity(outcome.len());
    let mut slopes = Vec::with_capacity(outcome.len());
    for ((&y, &treated), &logit) in outcome.iter().zip(propensity.treated).zip(&propensity.fit.glm.linear) {
        let (weight, slope) = weight_and_slope(Population::Everyone, treated, logit);
        let signed = if treated { y / n } else { -y / n };
        terms.push(weight * signed);
        slopes.push(slope * signed);
    }
    let value = sum(&terms);
    let mut influence = propensity.influence(&slopes);
    for (at, term) in influence.iter_mut().zip(&terms) {
        *at += term - value / n;
    }
    let found = Influenced {
        value,
        influence: &influence,
        factor: 1.0,
        scale: scale(outcome),
        n: propensity.n(),
        method: METHOD_HORVITZ_THOMPSON,
    };
    let mut estimate = found.estimate(level)?;
    estimate.warnings = propensity.warnings(Population::Everyone)?;
    estimate.warnings.push(Warning::new(
        "not_normalised",
        "the weights do not sum to the number of units, so the estimate changes when a constant is added to the outcome; report the normalised one",
    ));
    Ok(estimate)
}

/// Two weighted means, their difference, and what its error is made from.
pub(super) struct WeightedMeans {
    pub(super) difference: f64,
    /// The influence of every row with known weights.
    pub(super) influence: Vec<f64>,
    /// What every row's log odds add to the difference: r in Σ r x.
    pub(super) slopes: Vec<f64>,
}

impl WeightedMeans {
    /// `arm` says whether a row is treated, and is `None` for rows that are in
    /// neither arm; `weight` gives the weight of a row and its slope from the
    /// arm and the log odds.
    pub(super) fn new(
        outcome: &[f64],
        logits: &[f64],
        arm: impl Fn(usize) -> Option<bool>,
        weight: impl Fn(bool, f64) -> (f64, f64),
    ) -> Self {
        let rows = outcome.len();
        let mut weights = vec![0.0; rows];
        let mut slopes = vec![0.0; rows];
        for row in 0..rows {
            if let Some(treated) = arm(row) {
                (weights[row], slopes[row]) = weight(treated, logits[row]);
            }
        }
        let heaviest = largest(&weights);
        let of_weights = FixedPoint::new(heaviest, rows);
        let of_products = FixedPoint::new(heaviest * largest(outcome), rows);
        let mut totals = [FixedSum::default(); 2];
        let mut products = [FixedSum::default(); 2];
        for row in 0..rows {
            if let Some(treated) = arm(row) {
                let index = usize::from(treated);
                of_weights.add(&mut totals[index], weights[row]);
                of_products.add(&mut products[index], weights[row] * outcome[row]);
            }
        }
        let totals = totals.map(|total| of_weights.value(total));
        let products = products.map(|product| of_products.value(product));
        let means = [products[0] / totals[0], products[1] / totals[1]];
        let mut influence = weights;
        for row in 0..rows {
            if let Some(treated) = arm(row) {
                let index = usize::from(treated);
                let sign = if treated { 1.0 } else { -1.0 };
                let left = sign * (outcome[row] - means[index]) / totals[index];
                influence[row] *= left;
                slopes[row] *= left;
            }
        }
        Self { difference: means[1] - means[0], influence, slopes }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn rows(seed: u64, n: usize) -> (Vec<bool>, Vec<f64>, Vec<f64>) {
        let mut random = Lcg::new(seed);
        let x: Vec<f64> = (0..n).map(|_| random.normal()).collect();
        let treated: Vec<bool> =
            x.iter().map(|x| random.uniform() < 0.5 + 0.1 * x.clamp(-2.0, 2.0)).collect();
        let y = x.iter().zip(&treated).map(|(x, t)| 3.0 * x + f64::from(u8::from(*t)) + random.normal());
        let y = y.collect();
        (treated, x, y)
    }

    #[test]
    fn weighting_by_hand() {
        // One covariate of 0 and 1: the score is the share treated in each
        // stratum, 1/4 and 3/4, and the Hájek ATE standardises to everyone.
        let x = [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let treated = [true, false, false, false, true, true, true, false];
        let y = [5.0, 1.0, 2.0, 3.0, 10.0, 11.0, 15.0, 8.0];
        let propensity = Propensity::fit(&treated, &[&x]).expect("a score");
        assert!((propensity.scores()[0] - 0.25).abs() < 1e-12);
        assert_eq!((propensity.n(), propensity.n_treated()), (8, 4));
        let of = |population| hajek(&y, &propensity, population, 0.95).map(|found| found.value);
        // Strata differ by 5 - 2 = 3 and 12 - 8 = 4.
        let ate = hajek(&y, &propensity, Population::Everyone, 0.95).expect("an estimate");
        assert!((ate.value - 3.5).abs() < 1e-11);
        assert_eq!((ate.n, ate.method), (8, "ipw.hajek.ate"));
        assert!((of(Population::Treated).expect("a value") - (3.0 + 3.0 * 4.0) / 4.0).abs() < 1e-11);
        assert!((of(Population::Overlap).expect("a value") - 3.5).abs() < 1e-11);
        let ht = horvitz_thompson(&y, &propensity, 0.95).expect("an estimate");
        assert!((ht.value - 3.5).abs() < 1e-11);
        assert!(ht.warnings.iter().any(|warning| warning.code == "not_normalised"));
        // With a saturated score the standardisation is exact and the weights
        // leave no imbalance.
        let balance = propensity.balance(Population::Everyone).expect("a balance");
        assert!(balance.smd[0].expect("a value").abs() < 1e-11);
    }

    #[test]
    fn weighting_without_covariates_is_the_difference_of_means() {
        let (treated, _, y) = rows(5, 60);
        let propensity = Propensity::fit(&treated, &[]).expect("a score");
        let found = hajek(&y, &propensity, Population::Everyone, 0.95).expect("an estimate");
        let arm = |wanted: bool| -> Vec<f64> {
            y.iter().zip(&treated).filter(|(_, t)| **t == wanted).map(|(y, _)| *y).collect()
        };
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let part = |values: &[f64]| {
            let centre = mean(values);
            values.iter().map(|y| (y - centre) * (y - centre)).sum::<f64>() / (values.len() as f64).powi(2)
        };
        let (one, other) = (arm(true), arm(false));
        assert!((found.value - (mean(&one) - mean(&other))).abs() < 1e-12);
        let expected = (part(&one) + part(&other)).sqrt();
        assert!((found.std_error.expect("an error") / expected - 1.0).abs() < 1e-11);
    }

    #[test]
    fn weighting_refuses() {
        let (treated, x, y) = rows(2, 30);
        let refused = |treated: &[bool], x: &[f64]| code(Propensity::fit(treated, &[x]));
        assert_eq!(refused(&[true; 30], &x), Some("no_variation"));
        assert_eq!(refused(&treated, &[1.0; 30]), Some("collinear"));
        assert_eq!(refused(&treated, &x[1..]), Some("lengths_differ"));
        assert_eq!(refused(&[], &[]), Some("empty"));
        let apart: Vec<bool> = x.iter().map(|&x| x > 0.0).collect();
        assert_eq!(refused(&apart, &x), Some("separation"));
        let propensity = Propensity::fit(&treated, &[&x]).expect("a score");
        for population in [Population::Everyone, Population::Treated, Population::Overlap] {
            let of = |y: &[f64], level| code(hajek(y, &propensity, population, level));
            assert_eq!(of(&y, 95.0), Some("level_out_of_range"));
            assert_eq!(of(&y[1..], 0.95), Some("lengths_differ"));
            assert_eq!(of(&[f64::NAN; 30], 0.95), Some("not_finite"));
            assert_eq!(of(&[1e300; 30], 0.95), Some("out_of_range"));
            assert_eq!(of(&[0.1; 30], 0.95), Some("no_variation"));
            assert_eq!(of(&[0.0; 30], 0.95), Some("no_variation"));
        }
        assert_eq!(code(horvitz_thompson(&[0.0; 30], &propensity, 0.95)), Some("no_variation"));
    }

    #[test]
    fn weighting_flags_scores_near_the_limits() {
        let mut random = Lcg::new(8);
        let x: Vec<f64> = (0..4000).map(|_| 3.0 * random.normal()).collect();
        let treated: Vec<bool> =
            x.iter().map(|&x| random.uniform() < super::super::logistic::expit(1.5 * x)).collect();
        let y: Vec<f64> = x.iter().map(|x| x + random.normal()).collect();
        let propensity = Propensity::fit(&treated, &[&x]).expect("a score");
        let found = hajek(&y, &propensity, Population::Everyone, 0.95).expect("an estimate");
        let codes: Vec<_> = found.warnings.iter().map(|warning| warning.code).collect();
        assert!(codes.contains(&"propensity_limits") && codes.contains(&"low_ess"), "{codes:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn weighting_does_not_depend_on_the_order_or_the_origin(seed in 0_u64..500, n in 30_usize..90) {
            let (treated, x, y) = rows(seed, n);
            let mut order: Vec<usize> = (0..n).collect();
            shuffle(&mut order, &mut Lcg::new(seed));
            let treated_again: Vec<bool> = order.iter().map(|&row| treated[row]).collect();
            let x_again: Vec<f64> = order.iter().map(|&row| x[row]).collect();
            let y_again: Vec<f64> = order.iter().map(|&row| y[row]).collect();
            let one = Propensity::fit(&treated, &[&x]);
            let other = Propensity::fit(&treated_again, &[&x_again]);
            prop_assert_eq!(one.is_ok(), other.is_ok());
            let (Ok(one), Ok(other)) = (one, other) else { return Ok(()) };
            for population in [Population::Everyone, Population::Treated, Population::Overlap] {
                let found = hajek(&y, &one, population, 0.95);
                prop_assert_eq!(&found, &hajek(&y_again, &other, population, 0.95));
                // Another origin of the outcome does not move the estimate.
                let moved: Vec<f64> = y.iter().map(|y| y + 64.0).collect();
                let moved = hajek(&moved, &one, population, 0.95).expect("an estimate");
                let found = found.expect("an estimate");
                prop_assert!((found.value - moved.value).abs() < 1e-11);
            }
            prop_assert_eq!(horvitz_thompson(&y, &one, 0.9), horvitz_thompson(&y_again, &other, 0.9));
        }

        /// Nothing that is not a number leaves, whatever goes in.
        #[test]
        fn weighting_gives_numbers_or_refuses(
            rows in proptest::collection::vec((any::<bool>(), -3_i32..3, -2.0_f64..2.0), 0..30),
            powers in (-90_i32..90, -90_i32..90),
        ) {
            let treated: Vec<bool> = rows.iter().map(|row| row.0).collect();
            let x: Vec<f64> = rows.iter().map(|row| f64::from(row.1) * f64::powi(10.0, powers.0)).collect();
            let y: Vec<f64> = rows.iter().map(|row| row.2 * f64::powi(10.0, powers.1)).collect();
            let Ok(propensity) = Propensity::fit(&treated, &[&x]) else { return Ok(()) };
            let found = [
                hajek(&y, &propensity, Population::Everyone, 0.95),
                hajek(&y, &propensity, Population::Overlap, 0.95),
                horvitz_thompson(&y, &propensity, 0.95),
                super::super::augmented_weighting::augmented(&y, &propensity, Population::Treated, 0.95),
                super::super::augmented_weighting::augmented(&y, &propensity, Population::Everyone, 0.95),
            ];
            for estimate in found.into_iter().flatten() {
                prop_assert!(estimate.value.is_finite());
                prop_assert!(estimate.std_error.is_some_and(|error| error.is_finite() && error > 0.0));
                prop_assert!(estimate.p_value.is_some_and(|p| (0.0..=1.0).contains(&p)));
            }
        }
    }
}
