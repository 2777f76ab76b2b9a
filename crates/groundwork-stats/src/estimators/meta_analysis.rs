//! Sites as a sample: the pooled mean, its error, and what to expect of a new
//! site: `hksj.guarded`, `hksj`, `wald.z`, `common.effect`, and the prediction
//! intervals `pi.hts.t_km2`, `pi.hts_hksj.t_km2`, `pi.hksj.t_km1`, `pi.normal`.
//!
//! # Estimand
//!
//! The mean μ of the true values of sites like these, their variance τ², and
//! the true value of a further site drawn from the same population. The mean
//! says nothing about the next community by itself: the prediction interval
//! does.
//!
//! # Assumptions
//!
//! Each site has a value and a variance of its own error, taken as known; the
//! sites are independent and a sample of the communities one wants to speak
//! about, and the true values scatter normally. Sites chosen because they were
//! easy to work in are a sample of such sites only.
//!
//! # Method
//!
//! With τ² from [`meta_tau2`](super::meta_tau2), w = 1/(v + τ²), μ = Σ w y/Σ w,
//! k sites and q = Σ w (y - μ)²/(k - 1),
//!
//! ```text
//! wald.z            μ ± z   sqrt(1/Σ w)
//! hksj              μ ± t(k-1) sqrt(q/Σ w)
//! hksj.guarded      μ ± t(k-1) sqrt(max(q, 1)/Σ w)          the default
//! pi.hts.t_km2      μ ± t(k-2) sqrt(τ² + 1/Σ w)             the default
//! pi.hts_hksj.t_km2 μ ± t(k-2) sqrt(τ² + q/Σ w)
//! pi.hksj.t_km1     μ ± t(k-1) sqrt(τ² + q/Σ w)
//! pi.normal         μ ± z   sqrt(τ² + 1/Σ w)
//! ```
//!
//! The guard makes the interval never narrower than Wald's: q below one is
//! chance agreement of sites, not knowledge. The other forms are offered to
//! compare with other software, and say so where they are narrower.
//!
//! Q, its p-value, I² and H² describe the sites: I² = τ²/(τ² + s²) with
//! s² = (k - 1)/(Σ w - Σ w²/Σ w) at w = 1/v; the older I² from Q is given too.
//! Leaving out each site in turn, it is predicted from the rest:
//! z = (y - μ)/sqrt(τ² + se² + v). All shares lie between 0 and 1.
//!
//! # Small samples
//!
//! With two sites the mean and its interval exist, but say nothing about a
//! third site; there is no prediction interval, and leaving one out gives
//! their difference and nothing more. With three or four the intervals are
//! wide and true. Two sites that happen to agree give an unguarded `hksj`
//! interval of almost no width: never print that one.
//!
//! # Refusals
//!
//! `empty`, `one_site`, `lengths_differ`, `not_finite`, `out_of_range`,
//! `variance_not_positive`; for intervals `level_out_of_range`; for
//! prediction `pi_needs_three_sites`.
//!
//! # Source
//!
//! Hartung J, Knapp G (2001). A refined method for the meta-analysis of
//! controlled clinical trials with binary outcome. Statistics in Medicine
//! 20:3875-3889. Röver C, Knapp G, Friede T (2015). Hartung-Knapp-Sidik-Jonkman
//! approach and its modification for random-effects meta-analysis with few
//! studies. BMC Medical Research Methodology 15:99. Higgins JPT, Thompson SG,
//! Spiegelhalter DJ (2009). A re-evaluation of random-effects meta-analysis.
//! Journal of the Royal Statistical Society A 172:137-159. Viechtbauer W,
//! Cheung MWL (2010). Outlier and influence diagnostics for meta-analysis.
//! Research Synthesis Methods 1:112-125.

use super::columns::finite;
use super::meta_tau2::{Sites, Tau2};
use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::special::{
    chi_squared_sf, normal_critical, normal_two_sided_p, student_critical, student_two_sided_p,
};
use crate::thresholds::{SITES_FEW, SITES_FOR_PREDICTION};
use crate::warning::Warning;

/// The id of the default interval for the mean.
pub const METHOD: &str = "hksj.guarded";

/// The id of the default prediction interval.
pub const METHOD_PREDICTION: &str = "pi.hts.t_km2";

/// The id of the mean under a common effect.
pub const METHOD_COMMON: &str = "common.effect";

/// The standard error and the distribution behind the interval of a mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MeanError {
    /// Hartung and Knapp, never narrower than Wald: `hksj.guarded`.
    #[default]
    Guarded,
    /// Hartung and Knapp as published: `hksj`.
    HartungKnapp,
    /// Normal quantiles, which are too narrow for few sites: `wald.z`.
    Wald,
}

/// The form of a prediction interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prediction {
    /// Higgins, Thompson and Spiegelhalter: `pi.hts.t_km2`.
    #[default]
    HtsTKm2,
    /// The same with the error of Hartung and Knapp: `pi.hts_hksj.t_km2`.
    HtsHartungKnappTKm2,
    /// With k - 1 degrees of freedom: `pi.hksj.t_km1`.
    HartungKnappTKm1,
    /// With normal quantiles: `pi.normal`.
    Normal,
}

/// Sites pooled as a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Pooled {
    /// The number of sites.
    pub k: u64,
    /// How the variance between sites was estimated.
    pub tau2_method: Tau2,
    /// τ², the variance between sites, in squared units of the value.
    pub tau2: f64,
    /// μ, the mean over sites.
    pub mean: f64,
    /// sqrt(1/Σ w).
    pub std_error_wald: f64,
    /// sqrt(q/Σ w).
    pub std_error_hksj: f64,
    /// The larger of the two: sqrt(max(q, 1)/Σ w).
    pub std_error: f64,
    /// Cochran's Q, the weighted sum of squares at τ² = 0.
    pub q: f64,
    /// The p-value of Q from chi-square with k - 1 degrees of freedom.
    pub q_p_value: f64,
    /// I² from τ², a share.
    pub i2: f64,
    /// H² from τ²: one where sites agree.
    pub h2: f64,
    /// I² from Q, max(0, (Q - (k - 1))/Q), a share.
    pub i2_from_q: f64,
    /// The sites drawn towards the mean, in the order given: y - v/(v + τ²)
    /// (y - μ).
    pub shrunk: Vec<f64>,
    /// `two_sites` or `few_sites`.
    pub warnings: Vec<Warning>,
}

/// Pools sites as a sample of communities.
///
/// `values` and `variances` hold one entry a site, in any order: the value, on
/// a scale where errors are about normal (a log ratio, a log odds, a
/// difference), and the square of its standard error. See the [module](self)
/// for the method.
///
/// # Refusals
///
/// * `empty`, `one_site`: fewer than two sites.
/// * `lengths_differ`, `not_finite`, `out_of_range`, `variance_not_positive`.
///
/// # Warnings
///
/// * `two_sites`: nothing can be said about a third.
/// * `few_sites`: fewer than five; the variance between them is hardly known.
pub fn pool(values: &[f64], variances: &[f64], tau2: Tau2) -> Result<Pooled, Refusal> {
    let sites = Sites::new(values, variances)?;
    let mut pooled = pool_sites(&sites, tau2)?;
    let (mean, tau2) = (pooled.mean, pooled.tau2);
    pooled.shrunk = values.iter().zip(variances).map(|(y, v)| y - v / (v + tau2) * (y - mean)).collect();
    if pooled.shrunk.iter().all(|value| value.is_finite()) {
        Ok(pooled)
    } else {
        Err(Refusal::not_finite("the value of a site drawn towards the mean"))
    }
}

fn pool_sites(sites: &Sites, tau2_method: Tau2) -> Result<Pooled, Refusal> {
    let k = sites.k();
    let tau2 = sites.tau2(tau2_method)?;
    let (common, at) = (sites.at(0.0), sites.at(tau2));
    let share = at.q / (k - 1.0);
    let typical = (k - 1.0) / (common.weight - common.weight_squared / common.weight);
    Ok(Pooled {
        k: k as u64,
        tau2_method,
        tau2,
        mean: finite(at.mean, "the mean")?,
        std_error_wald: finite((1.0 / at.weight).sqrt(), "the standard error")?,
        std_error_hksj: finite((share / at.weight).sqrt(), "the standard error")?,
        std_error: finite((share.max(1.0) / at.weight).sqrt(), "the standard error")?,
        q: finite(common.q, "the statistic Q")?,
        q_p_value: finite(chi_squared_sf(common.q, k - 1.0), "the p-value of Q")?,
        i2: finite(tau2 / (typical + tau2), "the share of variation between sites")?,
        h2: finite(tau2 / typical + 1.0, "the ratio of variations")?,
        i2_from_q: if common.q > k - 1.0 { (common.q - (k - 1.0)) / common.q } else { 0.0 },
        shrunk: Vec::new(),
        warnings: few_sites(k as usize),
    })
}

/// What is said beside anything that was pooled over few sites.
pub(super) fn few_sites(k: usize) -> Vec<Warning> {
    if k == 2 {
        return vec![Warning::new(
            "two_sites",
            "there are two sites: how they differ can be said, whether the programme works in a third community cannot",
        )];
    }
    if k < SITES_FEW {
        return vec![Warning::new(
            "few_sites",
            "there are fewer than five sites, so the variance between them is hardly known",
        )];
    }
    Vec::new()
}

impl Pooled {
    /// The mean over sites with its interval and its test against zero.
    ///
    /// `level` is a share. Degrees of freedom are k - 1, absent for
    /// [`MeanError::Wald`].
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`, `interval_not_finite`.
    /// * `no_variation`: all sites have the same value, for
    ///   [`MeanError::HartungKnapp`] only.
    ///
    /// # Warnings
    ///
    /// Those of [`pool`], and `narrower_than_wald` where the error of Hartung
    /// and Knapp is smaller than that of the sites themselves.
    pub fn mean_estimate(&self, error: MeanError, level: f64) -> Outcome {
        check_level(level)?;
        let df = self.k as f64 - 1.0;
        let (std_error, df, method) = match error {
            MeanError::Guarded => (self.std_error, Some(df), METHOD),
            MeanError::HartungKnapp => (self.std_error_hksj, Some(df), "hksj"),
            MeanError::Wald => (self.std_error_wald, None, "wald.z"),
        };
        // Written so that an error that is not a number also fails.
        let usable = std_error > 0.0 && std_error.is_finite();
        if !usable {
            return Err(Refusal::new(
                "no_variation",
                "all sites have the same value, so this interval would have no width",
                "use the guarded error, which is never smaller than that of the sites themselves",
            ));
        }
        let mut warnings = self.warnings.clone();
        if error == MeanError::HartungKnapp && self.std_error_hksj < self.std_error {
            warnings.push(Warning::new(
                "narrower_than_wald",
                "the sites agree more closely than their own errors allow, and this interval takes that for knowledge",
            ));
        }
        let statistic = self.mean / std_error;
        let (critical, p_value) = match df {
            Some(df) => (student_critical(level, df), student_two_sided_p(statistic, df)),
            None => (normal_critical(level), normal_two_sided_p(statistic)),
        };
        let half = critical * std_error;
        Ok(Estimate {
            std_error: Some(std_error),
            interval: Some(finite_interval(self.mean - half, self.mean + half, level)?),
            df,
            statistic: Some(finite(statistic, "the test statistic")?),
            p_value: Some(finite(p_value, "the p-value")?),
            n_clusters: Some(self.k),
            warnings,
            ..Estimate::point(self.mean, self.k, method)
        })
    }

    /// The interval in which the true value of a further site lies.
    ///
    /// The estimate is the mean; its interval is the prediction interval at
    /// `level`; the standard error is that of the prediction. There is no
    /// test.
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`, `interval_not_finite`.
    /// * `pi_needs_three_sites`: with two sites no form is given, also not
    ///   those that can be computed.
    ///
    /// # Warnings
    ///
    /// Those of [`pool`].
    pub fn prediction(&self, form: Prediction, level: f64) -> Outcome {
        check_level(level)?;
        if self.k < SITES_FOR_PREDICTION as u64 {
            return Err(Refusal::new(
                "pi_needs_three_sites",
                "two sites leave no degree of freedom for the spread of further ones",
                "report how the two sites differ, and a prediction under a stated prior with its sensitivity to that prior",
            ));
        }
        let k = self.k as f64;
        let (std_error, df, method) = match form {
            Prediction::HtsTKm2 => (self.std_error_wald, Some(k - 2.0), METHOD_PREDICTION),
            Prediction::HtsHartungKnappTKm2 => (self.std_error_hksj, Some(k - 2.0), "pi.hts_hksj.t_km2"),
            Prediction::HartungKnappTKm1 => (self.std_error_hksj, Some(k - 1.0), "pi.hksj.t_km1"),
            Prediction::Normal => (self.std_error_wald, None, "pi.normal"),
        };
        let spread = (self.tau2 + std_error * std_error).sqrt();
        let critical = df.map_or_else(|| normal_critical(level), |df| student_critical(level, df));
        let half = critical * spread;
        Ok(Estimate {
            std_error: Some(finite(spread, "the standard error of the prediction")?),
            interval: Some(finite_interval(self.mean - half, self.mean + half, level)?),
            df,
            n_clusters: Some(self.k),
            warnings: self.warnings.clone(),
            ..Estimate::point(self.mean, self.k, method)
        })
    }
}

/// The mean under a common effect: one true value in all sites.
///
/// Arguments as for [`pool`]. The interval is μ ± z sqrt(1/Σ(1/v)), with a
/// test against zero. It is right only where sites do not differ, which few
/// sites can never show; offered to compare with other software.
///
/// # Refusals
///
/// Those of [`pool`], and `level_out_of_range`.
pub fn common_effect(values: &[f64], variances: &[f64], level: f64) -> Outcome {
    check_level(level)?;
    let sites = Sites::new(values, variances)?;
    let at = sites.at(0.0);
    let std_error = finite((1.0 / at.weight).sqrt(), "the standard error")?;
    let statistic = finite(at.mean / std_error, "the test statistic")?;
    let half = normal_critical(level) * std_error;
    let k = sites.k() as u64;
    Ok(Estimate {
        std_error: Some(std_error),
        interval: Some(finite_interval(at.mean - half, at.mean + half, level)?),
        statistic: Some(statistic),
        p_value: Some(finite(normal_two_sided_p(statistic), "the p-value")?),
        n_clusters: Some(k),
        warnings: few_sites(k as usize),
        ..Estimate::point(at.mean, k, METHOD_COMMON)
    })
}

/// A site held against what the others say of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeftOut {
    /// The position of the site in the input, from zero.
    pub site: usize,
    /// The mean over the other sites.
    pub mean: f64,
    /// The variance between the other sites.
    pub tau2: f64,
    /// sqrt(τ² + se² + v): the standard error of predicting the value observed
    /// at this site from the others.
    pub prediction_std_error: f64,
    /// (y - mean) / `prediction_std_error`, about standard normal where the
    /// site is like the others.
    pub z: f64,
}

/// Every site predicted from the others.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaveOneOut {
    /// One entry a site, in the order given.
    pub sites: Vec<LeftOut>,
    /// `two_sites_difference` or `few_sites`.
    pub warnings: Vec<Warning>,
}

/// Predicts each site from all others.
///
/// Arguments as for [`pool`]. With two sites the variance between "the others"
/// is taken as zero, and z is their difference divided by its error.
///
/// # Refusals
///
/// Those of [`pool`].
///
/// # Warnings
///
/// * `two_sites_difference`: there are two sites, so that this is their
///   difference and nothing more.
/// * `few_sites`: fewer than five.
pub fn leave_one_site_out(values: &[f64], variances: &[f64], tau2: Tau2) -> Result<LeaveOneOut, Refusal> {
    let all = Sites::new(values, variances)?;
    let mut sites = Vec::with_capacity(values.len());
    for (site, (&value, &variance)) in values.iter().zip(variances).enumerate() {
        let others = all.without(value, variance);
        let tau2 = if others.k() > 1.0 { others.tau2(tau2)? } else { 0.0 };
        let at = others.at(tau2);
        let spread = finite((tau2 + 1.0 / at.weight + variance).sqrt(), "the error of a prediction")?;
        sites.push(LeftOut {
            site,
            mean: finite(at.mean, "the mean of the other sites")?,
            tau2,
            prediction_std_error: spread,
            z: finite((value - at.mean) / spread, "the standardised difference of a site")?,
        });
    }
    let warnings = if values.len() == 2 {
        vec![Warning::new(
            "two_sites_difference",
            "there are two sites, so predicting one from the other is their difference and nothing more",
        )]
    } else {
        few_sites(values.len())
    };
    Ok(LeaveOneOut { sites, warnings })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ERRORS: [MeanError; 3] = [MeanError::Guarded, MeanError::HartungKnapp, MeanError::Wald];
    const FORMS: [Prediction; 4] = [
        Prediction::HtsTKm2,
        Prediction::HtsHartungKnappTKm2,
        Prediction::HartungKnappTKm1,
        Prediction::Normal,
    ];

    fn codes(warnings: &[Warning]) -> Vec<&'static str> {
        warnings.iter().map(|warning| warning.code).collect()
    }

    #[test]
    fn pool_by_hand() {
        // Equal variances of 1 and values 0, 2, 4: S² = 4, τ² = 3, w = 1/4.
        let pooled = pool(&[4.0, 0.0, 2.0], &[1.0; 3], Tau2::RestrictedLikelihood).expect("a pool");
        assert!((pooled.tau2 - 3.0).abs() < 1e-12);
        assert!((pooled.mean - 2.0).abs() < 1e-15);
        assert!((pooled.std_error_wald - (4.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        // q = (1/4)(8)/2 = 1, so that all errors agree.
        assert!((pooled.std_error_hksj - pooled.std_error_wald).abs() < 1e-12);
        assert!((pooled.q - 8.0).abs() < 1e-15);
        assert!((pooled.i2 - 0.75).abs() < 1e-12 && (pooled.i2_from_q - 0.75).abs() < 1e-15);
        assert!((pooled.h2 - 4.0).abs() < 1e-12);
        for (found, truth) in pooled.shrunk.iter().zip([3.5, 0.5, 2.0]) {
            assert!((found - truth).abs() < 1e-12);
        }
        assert_eq!(codes(&pooled.warnings), ["few_sites"]);
        let prediction = pooled.prediction(Prediction::HtsTKm2, 0.95).expect("a prediction");
        let half = student_critical(0.95, 1.0) * (3.0 + 4.0_f64 / 3.0).sqrt();
        assert!((prediction.interval.expect("an interval").upper - (2.0 + half)).abs() < 1e-9);
        assert_eq!((prediction.method, prediction.df), ("pi.hts.t_km2", Some(1.0)));
    }

    #[test]
    fn pool_of_one_site_is_refused() {
        let code = |y: &[f64], v: &[f64]| {
            let one = pool(y, v, Tau2::default()).err().map(|refusal| refusal.code);
            assert_eq!(leave_one_site_out(y, v, Tau2::default()).err().map(|refusal| refusal.code), one);
            assert_eq!(common_effect(y, v, 0.95).err().map(|refusal| refusal.code), one);
            one
        };
        assert_eq!(code(&[0.4], &[0.1]), Some("one_site"));
        assert_eq!(code(&[], &[]), Some("empty"));
        assert_eq!(code(&[0.4, 0.1], &[0.1, f64::NAN]), Some("not_finite"));
        assert_eq!(code(&[0.4, 0.1], &[0.1]), Some("lengths_differ"));
    }

    #[test]
    fn two_sites_have_no_prediction_and_say_so() {
        let pooled = pool(&[0.4, 0.5], &[0.1, 0.2], Tau2::default()).expect("a pool");
        assert_eq!(codes(&pooled.warnings), ["two_sites"]);
        for form in FORMS {
            let code = pooled.prediction(form, 0.95).err().map(|refusal| refusal.code);
            assert_eq!(code, Some("pi_needs_three_sites"));
        }
        let bare = pooled.mean_estimate(MeanError::HartungKnapp, 0.95).expect("an estimate");
        assert_eq!(codes(&bare.warnings), ["two_sites", "narrower_than_wald"]);
        let left = leave_one_site_out(&[0.4, 0.5], &[0.1, 0.2], Tau2::default()).expect("two sites");
        assert_eq!(codes(&left.warnings), ["two_sites_difference"]);
        let truth = 0.1 / 0.3_f64.sqrt();
        assert!((left.sites[0].z + truth).abs() < 1e-15 && (left.sites[1].z - truth).abs() < 1e-15);
    }

    #[test]
    fn sites_that_agree_leave_only_their_own_errors() {
        let pooled = pool(&[0.4; 6], &[0.1; 6], Tau2::default()).expect("a pool");
        assert_eq!((pooled.tau2, pooled.std_error_hksj, pooled.q, pooled.i2), (0.0, 0.0, 0.0, 0.0));
        let code = pooled.mean_estimate(MeanError::HartungKnapp, 0.95).err().map(|refusal| refusal.code);
        assert_eq!(code, Some("no_variation"));
        assert!(pooled.mean_estimate(MeanError::Guarded, 0.95).is_ok());
        assert!(pooled.warnings.is_empty());
    }

    #[test]
    fn intervals_refuse_a_level_out_of_range() {
        let pooled = pool(&[0.4, 0.5, 0.9], &[0.1, 0.2, 0.1], Tau2::default()).expect("a pool");
        for level in [0.0, 1.0, 95.0, f64::NAN] {
            for error in ERRORS {
                let code = pooled.mean_estimate(error, level).err().map(|refusal| refusal.code);
                assert_eq!(code, Some("level_out_of_range"));
            }
            for form in FORMS {
                let code = pooled.prediction(form, level).err().map(|refusal| refusal.code);
                assert_eq!(code, Some("level_out_of_range"));
            }
        }
    }

    #[test]
    fn pool_is_finite_or_refused_whatever_comes_in() {
        let values = [-1e99, -1.0, 0.0, 1e-99, 1e50];
        let variances = [1e-99, 1e-30, 1.0, 1e99];
        for y in values {
            for v in variances {
                for u in variances {
                    let Ok(pooled) = pool(&[0.0, y, y, 1.0], &[1.0, v, u, v], Tau2::default()) else {
                        continue;
                    };
                    assert!(pooled.mean.is_finite() && pooled.std_error.is_finite());
                    let mean = pooled.mean_estimate(MeanError::Guarded, 0.95);
                    let prediction = pooled.prediction(Prediction::HtsTKm2, 0.95);
                    for found in [mean, prediction].iter().flatten() {
                        assert!(found.interval.is_some_and(|i| i.width().is_finite()));
                        assert!(found.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)));
                    }
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn pool_mirrors_shifts_and_keeps_its_bits(
            pairs in proptest::collection::vec((-2.0..2.0_f64, 0.01..1.0_f64), 2..9),
        ) {
            let (y, v): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
            let (back, back_v): (Vec<f64>, Vec<f64>) = pairs.iter().rev().copied().unzip();
            let negated: Vec<f64> = y.iter().map(|y| -y).collect();
            let pooled = pool(&y, &v, Tau2::default()).expect("a pool");
            let reversed = pool(&back, &back_v, Tau2::default()).expect("a pool");
            prop_assert_eq!(reversed.mean.to_bits(), pooled.mean.to_bits());
            prop_assert_eq!(reversed.std_error.to_bits(), pooled.std_error.to_bits());
            let mirrored = pool(&negated, &v, Tau2::default()).expect("a pool");
            prop_assert!((mirrored.mean + pooled.mean).abs() < 1e-7);
            let guarded = pooled.mean_estimate(MeanError::Guarded, 0.9).expect("an estimate");
            let wald = pooled.mean_estimate(MeanError::Wald, 0.9).expect("an estimate");
            let widths = [guarded, wald].map(|e| e.interval.map_or(0.0, |i| i.width()));
            prop_assert!(widths[0] >= widths[1]);
        }
    }
}
