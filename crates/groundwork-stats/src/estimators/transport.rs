//! An effect measured in one community, carried over to another:
//! `transport.iosw.hajek`, `transport.outcome_model`, `transport.dr.hajek`,
//! beside the effect in the source itself, `difference_in_means`.
//!
//! # Estimand
//!
//! The mean effect of the programme, in the units of the outcome, over the
//! people of a target community in which nobody was observed with and without
//! it. All that is known of them are covariates.
//!
//! # Assumptions
//!
//! In the source, who was treated was decided by chance, or as if by chance,
//! with one probability for all. The effect differs between people only by way
//! of the covariates given, and everybody in the target has a counterpart in
//! the source (overlap). The programme is the same one. Only the overlap can be
//! checked. Whether a second community differs in ways that were not measured
//! cannot be known from two communities.
//!
//! # Method
//!
//! A logistic regression of belonging to the source on the covariates, among
//! all rows, gives p. Source rows carry the inverse odds w = (1 - p)/p.
//!
//! ```text
//! transport.iosw.hajek     difference of the arms' means weighted by w
//! transport.outcome_model  mean of m₁ - m₀ over the target
//! transport.dr.hajek       the same plus the weighted means of y - m₁ in the
//!                          treated arm and, subtracted, of y - m₀ in the other
//! ```
//!
//! m₁ and m₀ are least-squares lines in the arms of the source. The errors of
//! the first two are those of their stacked estimating equations and hold the
//! uncertainty of the models. That of the third is
//!
//! ```text
//! se² = Σ ψ²/n_target²,  ψ = m₁ - m₀ - θ                           target
//!                        ψ = w (T/ē (y - m₁) - (1 - T)/(1 - ē)(y - m₀))  source
//! ```
//!
//! with ē the share treated in the source. Limits are normal.
//!
//! # Refusals
//!
//! The transported estimates are refused with the code `overlap`, "target not
//! supported by the source", when
//!
//! * the effective sample size of the weighted source is below the larger of
//!   [`TRANSPORT_ESS_LEAST`] and [`TRANSPORT_ESS_SHARE_LEAST`] of its rows, or
//! * a standardised mean difference after weighting is above [`SMD_MOST`], or
//!   a covariate that differs does not vary in the target, or
//! * the generalizability index is below [`GENERALIZABILITY_LEAST`], or
//! * the covariates tell source and target apart altogether.
//!
//! The diagnostics come with the refusal, so that a report can say why.
//! Otherwise: `lengths_differ`, `empty`, `not_finite`, `out_of_range`,
//! `collinear`, `too_few_rows`, `no_convergence`, `level_out_of_range`; and for
//! a single estimate `no_variation` or `too_few_rows` of its own.
//!
//! Warnings: `imbalance` (a difference after weighting above .1), `low_ess`
//! (below half of the source), `low_generalizability` (an index below
//! [`GENERALIZABILITY_FEW`]).
//!
//! # Small samples
//!
//! With fewer than thirty effective rows nothing is transported. Near that
//! number the normal limits are too short.
//!
//! # Source
//!
//! Westreich D, Edwards JK, Lesko CR, Stuart E, Cole SR (2017).
//! Transportability of trial results using inverse odds of sampling weights.
//! American Journal of Epidemiology 186:1010-1014. Dahabreh IJ, Robertson SE,
//! Steingrimsson JA, Stuart EA, Hernán MA (2020). Extending inferences from a
//! randomized trial to a new target population. Statistics in Medicine
//! 39:1999-2014. Tipton E (2014). How generalizable is your experiment? An
//! index for comparing experimental samples and populations. Journal of
//! Educational and Behavioral Statistics 39:478-501.

use super::balance::{Denominator, balance, generalizability_index, overlap};
use super::influence::{Influenced, OutcomeModel, mean_where, projected, scale};
use super::inverse_probability::WeightedMeans;
use super::least_squares::{Wald, wald};
use super::logistic::{Logistic, logistic_unscreened};
use crate::estimate::{Outcome, Refusal, check_level};
use crate::linalg::accumulate::{dot, largest, mean, sum};
use crate::linalg::{Design, check_column, check_length};
use crate::thresholds::{
    GENERALIZABILITY_FEW, GENERALIZABILITY_LEAST, LOGIT_MOST, SMD_MOST, TRANSPORT_ESS_LEAST,
    TRANSPORT_ESS_SHARE_LEAST,
};
use crate::warning::Warning;

/// The id of the effect in the source.
pub const METHOD_SOURCE: &str = "difference_in_means";
/// The id of the estimate by inverse odds of sampling.
pub const METHOD_IOSW: &str = "transport.iosw.hajek";
/// The id of the estimate by the outcome model.
pub const METHOD_MODEL: &str = "transport.outcome_model";
/// The id of the doubly robust estimate.
pub const METHOD_DR: &str = "transport.dr.hajek";

/// The rows of the source community.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// One outcome a row, in its own units.
    pub outcome: &'a [f64],
    /// Whether the row was treated.
    pub treated: &'a [bool],
    /// One column a covariate.
    pub covariates: &'a [&'a [f64]],
}

/// How well the source supports the target.
#[derive(Clone, Debug, PartialEq)]
pub struct Support {
    /// The rows of the source.
    pub n_source: u64,
    /// The rows of the target.
    pub n_target: u64,
    /// The standardised difference of every covariate, source minus target,
    /// over the target's standard deviation; absent where the covariate does
    /// not vary in the target but differs.
    pub smd_before: Vec<Option<f64>>,
    /// What weighting does; absent where the covariates tell source and
    /// target apart, so that there are no weights.
    pub weighted: Option<WeightedSupport>,
    /// `imbalance`, `low_ess`, `constant_covariate`, `low_generalizability`.
    pub warnings: Vec<Warning>,
}

/// The support after weighting.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedSupport {
    /// The differences after weighting, as in [`Support::smd_before`].
    pub smd_after: Vec<Option<f64>>,
    /// The largest of them in absolute value; absent where one is absent.
    pub worst_after: Option<f64>,
    /// The effective sample size of the source.
    pub ess: f64,
    /// The largest weight over the mean weight.
    pub max_over_mean: f64,
    /// Tipton's index, between 0 and 1.
    pub generalizability_index: f64,
    /// The share of the target whose score lies outside the range of the
    /// source's.
    pub share_outside: f64,
}

/// Four answers to set side by side; each is an estimate or a refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Effects {
    /// The effect in the source, as it is.
    pub source: Outcome,
    /// By inverse odds of sampling.
    pub inverse_odds: Outcome,
    /// By the outcome model.
    pub outcome_model: Outcome,
    /// By both.
    pub doubly_robust: Outcome,
}

/// Whether an effect can be carried over, and what it comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Transport {
    /// How well the source supports the target.
    pub support: Support,
    verdict: Result<(), Refusal>,
    effects: Effects,
}

impl Transport {
    /// The effects, where the source supports the target; the refusal
    /// `overlap` otherwise.
    pub fn effects(&self) -> Result<&Effects, &Refusal> {
        self.verdict.as_ref().map(|()| &self.effects)
    }

    /// The effect in the source, which needs no support.
    pub fn source(&self) -> &Outcome {
        &self.effects.source
    }

    /// The numbers whether or not the source supports the target, to compare
    /// with other software. Never for a report.
    pub fn effects_without_support(&self) -> &Effects {
        &self.effects
    }
}

/// Carries the effect in `source` over to a target community.
///
/// `target` holds one column a covariate, in the order of the source's and in
/// the same units. Intervals are normal, at the confidence level `level` (a
/// share). `n` of the transported estimates counts the rows of both
/// communities, that of the source's effect its own. A refusal of the whole is
/// about input that cannot be used; that the source does not support the target
/// is the answer of [`Transport::effects`]. See the [module](self).
pub fn transport(source: &Source<'_>, target: &[&[f64]], level: f64) -> Result<Transport, Refusal> {
    check_level(level)?;
    let n_source = source.outcome.len();
    let n_target = target.first().map_or(0, |column| column.len());
    check_length(source.treated.len(), n_source)?;
    check_column(source.outcome, "an outcome")?;
    if target.is_empty() || n_source == 0 || n_target == 0 {
        return Err(Refusal::new(
            "empty",
            "the source or the target has no rows, or there are no covariates",
            "report the effect in the source as its own",
        ));
    }
    if source.covariates.len() != target.len() {
        return Err(Refusal::new(
            "lengths_differ",
            "source and target have different numbers of covariates",
            "give the same covariates, in the same order and units, for both",
        ));
    }
    let mut joined = Vec::with_capacity(target.len());
    for (of_source, of_target) in source.covariates.iter().zip(target) {
        check_length(of_source.len(), n_source)?;
        check_length(of_target.len(), n_target)?;
        joined.push([*of_source, *of_target].concat());
    }
    let columns: Vec<&[f64]> = joined.iter().map(Vec::as_slice).collect();
    let rows = n_source + n_target;
    let design = Design::new(rows, &columns)?;
    let of_source: Vec<bool> = (0..rows).map(|row| row < n_source).collect();
    let indicator: Vec<f64> = of_source.iter().map(|&one| f64::from(u8::from(one))).collect();
    let sampling = match logistic_unscreened(&indicator, &design, None) {
        Ok(fit) if fit.glm.linear.iter().any(|logit| logit.abs() > LOGIT_MOST) => Err(told_apart()),
        Ok(fit) => Ok(fit),
        Err(refusal) if refusal.code == "separation" => Err(told_apart()),
        Err(refusal) => return Err(refusal),
    };
    let mut outcome = source.outcome.to_vec();
    outcome.resize(rows, 0.0);
    let work = Work { design, of_source, outcome, treated: source.treated, n_source, n_target, level };
    let (support, verdict) = work.support(&columns, sampling.as_ref().ok())?;
    let model = work.model();
    let weighted = |of: fn(&Work<'_>, &Logistic, &Result<OutcomeModel, Refusal>) -> Outcome| {
        sampling.as_ref().map_err(Clone::clone).and_then(|fit| of(&work, fit, &model))
    };
    let mut effects = Effects {
        source: work.source_effect(),
        inverse_odds: weighted(|work, fit, _| work.inverse_odds(fit)),
        outcome_model: model.as_ref().map_err(Clone::clone).and_then(|model| work.outcome_model(model)),
        doubly_robust: weighted(|work, fit, model| work.doubly_robust(fit, model)),
    };
    let transported = [&mut effects.inverse_odds, &mut effects.outcome_model, &mut effects.doubly_robust];
    for estimate in transported.into_iter().flatten() {
        estimate.warnings.clone_from(&support.warnings);
    }
    Ok(Transport { support, verdict, effects })
}

/// The rows of both communities, the source first; outcomes of the target are
/// zero and never used.
struct Work<'a> {
    design: Design<'a>,
    of_source: Vec<bool>,
    outcome: Vec<f64>,
    treated: &'a [bool],
    n_source: usize,
    n_target: usize,
    level: f64,
}

impl Work<'_> {
    fn support(
        &self,
        columns: &[&[f64]],
        sampling: Option<&Logistic>,
    ) -> Result<(Support, Result<(), Refusal>), Refusal> {
        let before = balance(columns, &self.of_source, None, Denominator::Second)?;
        let mut support = Support {
            n_source: before.n_first,
            n_target: before.n_second,
            smd_before: before.smd,
            weighted: None,
            warnings: Vec::new(),
        };
        let Some(fit) = sampling else {
            return Ok((support, Err(told_apart())));
        };
        let weights: Vec<f64> = fit
            .glm
            .linear
            .iter()
            .zip(&self.of_source)
            .map(|(&logit, &of_source)| if of_source { libm::exp(-logit) } else { 1.0 })
            .collect();
        let after = balance(columns, &self.of_source, Some(&weights), Denominator::Second)?;
        let of_source = &weights[..self.n_source];
        let index = generalizability_index(&fit.fitted, &self.of_source)?;
        let verdict = judge(after.ess_first, self.n_source, after.worst, index);
        support.warnings = after.warnings;
        if index < GENERALIZABILITY_FEW {
            support.warnings.push(Warning::new(
                "low_generalizability",
                "source and target differ so much that the estimate rests on the models",
            ));
        }
        support.weighted = Some(WeightedSupport {
            smd_after: after.smd,
            worst_after: after.worst,
            ess: after.ess_first,
            max_over_mean: largest(of_source) / mean(of_source),
            generalizability_index: index,
            share_outside: overlap(&fit.fitted, &self.of_source)?.share_second_outside,
        });
        Ok((support, verdict))
    }

    /// Whether a row is treated; `None` in the target.
    fn arm(&self, row: usize) -> Option<bool> {
        self.treated.get(row).copied()
    }

    fn model(&self) -> Result<OutcomeModel, Refusal> {
        let rows = 0..self.outcome.len();
        let treated: Vec<bool> = rows.clone().map(|row| self.arm(row) == Some(true)).collect();
        let comparison: Vec<bool> = rows.map(|row| self.arm(row) == Some(false)).collect();
        OutcomeModel::fit(&self.outcome, &self.design, &treated, &comparison)
    }

    fn influenced(&self, value: f64, influence: &[f64], method: &'static str) -> Outcome {
        let n = (self.n_source + self.n_target) as u64;
        Influenced { value, influence, factor: 1.0, scale: scale(&self.outcome), n, method }
            .estimate(self.level)
    }

    fn source_effect(&self) -> Outcome {
        let mut value = 0.0;
        let mut variance = 0.0;
        for (wanted, sign) in [(true, 1.0), (false, -1.0)] {
            let of_arm = |row: &usize| self.arm(*row) == Some(wanted);
            let values: Vec<f64> = (0..self.n_source).filter(of_arm).map(|row| self.outcome[row]).collect();
            if values.len() < 2 {
                return Err(Refusal::new(
                    "too_few_rows",
                    "an arm of the source has fewer than two rows",
                    "report the outcomes of the rows there are",
                ));
            }
            let centre = mean(&values);
            let left: Vec<f64> = values.iter().map(|value| value - centre).collect();
            let n = values.len() as f64;
            value += sign * centre;
            variance += dot(&left, &left) / (n - 1.0) / n;
        }
        let rounding = 64.0 * f64::EPSILON * scale(&self.outcome);
        let std_error = if variance.sqrt() <= rounding { 0.0 } else { variance.sqrt() };
        wald(Wald { value, std_error, df: None, n: self.n_source as u64, method: METHOD_SOURCE }, self.level)
    }

    fn inverse_odds(&self, fit: &Logistic) -> Outcome {
        if !self.has_both_arms() {
            return Err(one_arm());
        }
        let weighted = WeightedMeans::new(
            &self.outcome,
            &fit.glm.linear,
            |row| self.arm(row),
            |_, logit| {
                let odds = libm::exp(-logit);
                (odds, -odds)
            },
        );
        let mut influence = weighted.influence;
        let of_fit = projected(&fit.glm.basis, &self.design, &weighted.slopes);
        for ((at, part), left) in influence.iter_mut().zip(of_fit).zip(&fit.glm.u) {
            *at += part * left;
        }
        self.influenced(weighted.difference, &influence, METHOD_IOSW)
    }

    fn outcome_model(&self, model: &OutcomeModel) -> Outcome {
        let target: Vec<bool> = self.of_source.iter().map(|&of_source| !of_source).collect();
        let (value, influence) = model.standardised(&self.design, &target);
        self.influenced(value, &influence, METHOD_MODEL)
    }

    fn doubly_robust(&self, fit: &Logistic, model: &Result<OutcomeModel, Refusal>) -> Outcome {
        let model = model.as_ref().map_err(Clone::clone)?;
        let target: Vec<bool> = self.of_source.iter().map(|&of_source| !of_source).collect();
        let gaps = model.gaps();
        let mut value = mean_where(&gaps, &target);
        let odds: Vec<f64> = fit.glm.linear.iter().map(|&logit| libm::exp(-logit)).collect();
        let mut shares = [0.0; 2];
        for (arm, residuals, sign) in
            [(true, &model.treated.residuals, 1.0), (false, &model.comparison.residuals, -1.0)]
        {
            let of_arm = |row: &usize| self.arm(*row) == Some(arm);
            let weights: Vec<f64> = (0..self.n_source).filter(of_arm).map(|row| odds[row]).collect();
            let left: Vec<f64> = (0..self.n_source).filter(of_arm).map(|row| residuals[row]).collect();
            value += sign * dot(&weights, &left) / sum(&weights);
            shares[usize::from(arm)] = weights.len() as f64 / self.n_source as f64;
        }
        let n = self.n_target as f64;
        let influence: Vec<f64> = (0..self.outcome.len())
            .map(|row| match self.arm(row) {
                None => (gaps[row] - value) / n,
                Some(true) => odds[row] * model.treated.residuals[row] / shares[1] / n,
                Some(false) => -odds[row] * model.comparison.residuals[row] / shares[0] / n,
            })
            .collect();
        self.influenced(value, &influence, METHOD_DR)
    }

    fn has_both_arms(&self) -> bool {
        self.treated.contains(&true) && self.treated.contains(&false)
    }
}

/// The rule by which a target is not supported.
fn judge(ess: f64, n_source: usize, worst: Option<f64>, index: f64) -> Result<(), Refusal> {
    let least = TRANSPORT_ESS_LEAST.max(TRANSPORT_ESS_SHARE_LEAST * n_source as f64);
    let mut reasons = Vec::new();
    if ess < least {
        reasons.push("too few source units carry the weights");
    }
    if worst.is_none_or(|worst| worst > SMD_MOST) {
        reasons.push("a covariate still differs after weighting");
    }
    if index < GENERALIZABILITY_LEAST {
        reasons.push("the generalizability index is below one half");
    }
    if reasons.is_empty() { Ok(()) } else { Err(not_supported(&reasons.join(", and "))) }
}

fn told_apart() -> Refusal {
    not_supported("the covariates tell the communities apart")
}

fn not_supported(why: &str) -> Refusal {
    Refusal::new(
        "overlap",
        format!("the target is not supported by the source: {why}"),
        "report the effect in the source as its own, and show how the two communities differ",
    )
}

fn one_arm() -> Refusal {
    Refusal::new(
        "too_few_rows",
        "an arm of the source has no rows",
        "report the outcomes of the arm there is",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    struct Rows {
        y: Vec<f64>,
        treated: Vec<bool>,
        x: Vec<f64>,
        target: Vec<f64>,
    }

    impl Rows {
        fn new(seed: u64, n: usize, shift: f64) -> Self {
            let mut random = Lcg::new(seed);
            let x: Vec<f64> = (0..n).map(|_| random.normal()).collect();
            let treated: Vec<bool> = (0..n).map(|_| random.uniform() < 0.5).collect();
            let y = x.iter().zip(&treated).map(|(x, &t)| x + if t { 2.0 + x } else { 0.0 } + random.normal());
            let y = y.collect();
            let target = (0..n).map(|_| shift + random.normal()).collect();
            Self { y, treated, x, target }
        }

        fn transport(&self) -> Result<Transport, Refusal> {
            let source = Source { outcome: &self.y, treated: &self.treated, covariates: &[&self.x] };
            transport(&source, &[&self.target], 0.95)
        }
    }

    #[test]
    fn transport_to_strata_by_hand() {
        // Effects 3 where x is 0 and 4 where it is 1; the target is one
        // quarter zeros, and all methods are saturated.
        let repeat = |values: &[f64]| values.repeat(10);
        let x = repeat(&[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
        let y = repeat(&[4.0, 6.0, 1.0, 3.0, 10.0, 14.0, 7.0, 9.0]);
        let treated = [true, true, false, false, true, true, false, false].repeat(10);
        let target = repeat(&[0.0, 1.0, 1.0, 1.0]);
        let source = Source { outcome: &y, treated: &treated, covariates: &[&x] };
        let found = transport(&source, &[&target], 0.95).expect("a transport");
        let effects = found.effects().expect("support");
        let value = |outcome: &Outcome| outcome.as_ref().expect("an estimate").value;
        assert!((value(&effects.source) - 3.5).abs() < 1e-12);
        for outcome in [&effects.inverse_odds, &effects.outcome_model, &effects.doubly_robust] {
            assert!((value(outcome) - 3.75).abs() < 1e-11);
        }
        // Scores 40/50 and 40/70: odds 1/4 and 3/4; ESS 40² (1 + 3)²/16 over
        // 40 (1 + 9)/16.
        let weighted = found.support.weighted.expect("weights");
        assert!((weighted.ess - 64.0).abs() < 1e-9);
        assert!((weighted.max_over_mean - 1.5).abs() < 1e-10);
        assert!(weighted.worst_after.expect("a value") < 1e-10);
        assert_eq!(weighted.share_outside, 0.0);
        assert_eq!((found.support.n_source, found.support.n_target), (80, 40));
    }

    #[test]
    fn transport_is_refused_where_the_target_is_elsewhere() {
        let near = Rows::new(3, 200, 0.3).transport().expect("a transport");
        assert!(near.effects().is_ok());
        let far = Rows::new(3, 200, 2.5).transport().expect("a transport");
        let refusal = far.effects().expect_err("a refusal");
        assert_eq!(refusal.code, "overlap");
        assert!(refusal.message.starts_with("the target is not supported by the source: "));
        assert!(!refusal.message.chars().any(|c| c.is_ascii_digit()));
        assert!(far.support.weighted.is_some() && far.source().is_ok());
        // Told apart altogether: no weights, but the differences before.
        let apart = Rows::new(3, 200, 50.0).transport().expect("a transport");
        assert_eq!(apart.effects().map_err(|refusal| refusal.code), Err("overlap"));
        assert!(apart.support.weighted.is_none() && apart.support.smd_before[0].is_some());
        let effects = apart.effects_without_support();
        assert_eq!(code(effects.inverse_odds.clone()), Some("overlap"));
        assert_eq!(code(effects.doubly_robust.clone()), Some("overlap"));
    }

    #[test]
    fn transport_needs_thirty_effective_rows() {
        let found = Rows::new(4, 20, 0.0).transport().expect("a transport");
        assert_eq!(found.effects().map_err(|refusal| refusal.code), Err("overlap"));
        assert_eq!(judge(57.0, 445, Some(0.2), 0.7), Ok(()));
        for (ess, n, worst, index) in [
            (29.0, 50, Some(0.0), 1.0),
            (44.0, 445, Some(0.0), 1.0),
            (400.0, 445, Some(0.26), 1.0),
            (400.0, 445, None, 1.0),
            (400.0, 445, Some(0.0), 0.49),
        ] {
            assert_eq!(code(judge(ess, n, worst, index)), Some("overlap"));
        }
    }

    #[test]
    fn transport_refuses_what_it_cannot_use() {
        let rows = Rows::new(1, 60, 0.2);
        let with = |change: fn(&mut Rows)| {
            let mut rows = Rows::new(1, 60, 0.2);
            change(&mut rows);
            code(rows.transport())
        };
        assert_eq!(with(|rows| rows.target.clear()), Some("empty"));
        assert_eq!(with(|rows| rows.x.truncate(3)), Some("lengths_differ"));
        assert_eq!(with(|rows| rows.treated.truncate(3)), Some("lengths_differ"));
        assert_eq!(with(|rows| rows.y[0] = f64::NAN), Some("not_finite"));
        assert_eq!(with(|rows| rows.x[0] = f64::INFINITY), Some("not_finite"));
        assert_eq!(with(|rows| rows.target[0] = 1e300), Some("out_of_range"));
        assert_eq!(
            with(|rows| {
                rows.x.fill(1.0);
                rows.target.fill(1.0);
            }),
            Some("collinear")
        );
        assert_eq!(with(|rows| rows.target.truncate(1)), Some("too_few_rows"));
        let source = Source { outcome: &rows.y, treated: &rows.treated, covariates: &[] };
        assert_eq!(code(transport(&source, &[&rows.target], 0.95)), Some("lengths_differ"));
        assert_eq!(code(transport(&source, &[], 0.95)), Some("empty"));
        let source = Source { covariates: &[&rows.x], ..source };
        assert_eq!(code(transport(&source, &[&rows.target], 95.0)), Some("level_out_of_range"));
        // One arm only: each estimate says so itself.
        let mut rows = Rows::new(1, 60, 0.2);
        rows.treated.fill(true);
        let found = rows.transport().expect("a transport");
        let effects = found.effects_without_support();
        assert_eq!(code(effects.source.clone()), Some("too_few_rows"));
        assert_eq!(code(effects.inverse_odds.clone()), Some("too_few_rows"));
        assert!(effects.outcome_model.is_err() && effects.doubly_robust.is_err());
        // The outcome is the same for everybody.
        let mut rows = Rows::new(1, 60, 0.2);
        rows.y.fill(0.1);
        let found = rows.transport().expect("a transport");
        let effects = found.effects_without_support();
        for outcome in
            [&effects.source, &effects.inverse_odds, &effects.outcome_model, &effects.doubly_robust]
        {
            assert_eq!(code(outcome.clone()), Some("no_variation"));
        }
    }

    #[test]
    fn transport_does_not_depend_on_the_order() {
        let rows = Rows::new(11, 90, 0.5);
        let mut order: Vec<usize> = (0..90).collect();
        shuffle(&mut order, &mut Lcg::new(1));
        let again = Rows {
            y: order.iter().map(|&row| rows.y[row]).collect(),
            treated: order.iter().map(|&row| rows.treated[row]).collect(),
            x: order.iter().map(|&row| rows.x[row]).collect(),
            target: order.iter().rev().map(|&row| rows.target[row]).collect(),
        };
        assert_eq!(rows.transport(), again.transport());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Nothing that is not a number leaves, whatever goes in.
        #[test]
        fn transport_gives_numbers_or_refuses(
            rows in proptest::collection::vec((any::<bool>(), -3_i32..3, -2.0_f64..2.0), 0..30),
            target in proptest::collection::vec(-3_i32..4, 0..20),
            powers in (-90_i32..90, -90_i32..90),
        ) {
            let scale = f64::powi(10.0, powers.0);
            let rows = Rows {
                y: rows.iter().map(|row| row.2 * f64::powi(10.0, powers.1)).collect(),
                treated: rows.iter().map(|row| row.0).collect(),
                x: rows.iter().map(|row| f64::from(row.1) * scale).collect(),
                target: target.iter().map(|&x| f64::from(x) * scale).collect(),
            };
            let Ok(found) = rows.transport() else { return Ok(()) };
            for value in found.support.smd_before.iter().flatten() {
                prop_assert!(value.is_finite());
            }
            if let Some(weighted) = &found.support.weighted {
                prop_assert!(weighted.smd_after.iter().flatten().all(|value| value.is_finite()));
                prop_assert!(weighted.ess.is_finite() && weighted.max_over_mean.is_finite());
                prop_assert!((0.0..=1.0).contains(&weighted.generalizability_index));
                prop_assert!((0.0..=1.0).contains(&weighted.share_outside));
            }
            let effects = found.effects_without_support().clone();
            for estimate in
                [effects.source, effects.inverse_odds, effects.outcome_model, effects.doubly_robust]
                    .into_iter()
                    .flatten()
            {
                prop_assert!(estimate.value.is_finite());
                prop_assert!(estimate.std_error.is_some_and(|error| error.is_finite() && error > 0.0));
            }
        }
    }
}
