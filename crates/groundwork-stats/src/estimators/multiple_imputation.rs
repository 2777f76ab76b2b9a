//! One answer from several imputed data sets: `mi.rubin.barnard_rubin`.
//!
//! # Estimand
//!
//! That of the analysis of the completed data; what missing values add is
//! uncertainty, not another question.
//!
//! # Assumptions
//!
//! Values are missing at random given what was used to impute them, and the
//! imputations were drawn from a model that holds the analysis. Neither can be
//! seen in the data: worst-case bounds belong beside the result.
//!
//! # Method
//!
//! With m imputations, estimates q and their variances u (Rubin),
//!
//! ```text
//! q̄ = Σ q/m,  ū = Σ u/m,  b = Σ (q - q̄)²/(m - 1),  t = ū + (1 + 1/m) b
//! λ = (1 + 1/m) b/t,      r = (1 + 1/m) b/ū
//! ν = 1/(1/ν_m + 1/ν_obs), ν_m = (m - 1)/λ²,
//! ν_obs = (ν_com + 1)/(ν_com + 3) ν_com (1 - λ)        (Barnard and Rubin)
//! ```
//!
//! with ν_com the degrees of freedom the analysis would have with complete
//! data; where they are infinite ν = ν_m, Rubin's own. The fraction of missing
//! information is (r + 2/(ν + 3))/(r + 1).
//!
//! # Small samples
//!
//! Rubin's ν_m can exceed ν_com; Barnard and Rubin's cannot. With more than
//! 40% of an outcome missing, or fewer than thirty units, do not impute:
//! [`check_imputation`] says so before anything is drawn.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `out_of_range`, `one_imputation`,
//! `variance_not_positive`, `df_out_of_range`, `level_out_of_range`; from
//! [`check_imputation`] `too_much_missing`, `too_few_units`,
//! `numerator_exceeds_denominator`.
//!
//! # Source
//!
//! Rubin DB (1987). Multiple imputation for nonresponse in surveys. Wiley.
//! Barnard J, Rubin DB (1999). Small-sample degrees of freedom with multiple
//! imputation. Biometrika 86:948-955. White IR, Royston P, Wood AM (2011).
//! Multiple imputation using chained equations. Statistics in Medicine
//! 30:377-399.

use super::columns::{checked, empty, finite};
use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::linalg::check_length;
use crate::special::{normal_critical, normal_two_sided_p, student_critical, student_two_sided_p};
use crate::sum::Sum;
use crate::thresholds::{IMPUTATION_UNITS_LEAST, IMPUTATIONS_PER_MISSING_INFORMATION, IMPUTED_SHARE_MOST};
use crate::warning::Warning;

/// The id of the method.
pub const METHOD: &str = "mi.rubin.barnard_rubin";

/// Degrees of freedom from which t is normal to ten digits.
const DF_NORMAL: f64 = 1e10;

/// An estimate pooled over imputations.
#[derive(Clone, Debug, PartialEq)]
pub struct PooledImputations {
    /// The number of imputations m.
    pub imputations: u64,
    /// q̄.
    pub value: f64,
    /// ū, the variance within imputations.
    pub within: f64,
    /// b, the variance between them.
    pub between: f64,
    /// t, the total variance.
    pub total: f64,
    /// sqrt(t).
    pub std_error: f64,
    /// r, the relative increase of the variance by missing values.
    pub relative_increase: f64,
    /// λ, the share of the total variance that comes from missing values.
    pub lambda: f64,
    /// Rubin's degrees of freedom ν_m; absent where they are infinite, or so
    /// many (1e10) that t is normal.
    pub df_rubin: Option<f64>,
    /// Barnard and Rubin's ν; absent as above.
    pub df: Option<f64>,
    /// The fraction of missing information.
    pub missing_information: f64,
    /// `few_imputations`.
    pub warnings: Vec<Warning>,
}

/// Pools the estimates of several imputed data sets.
///
/// `estimates` and `variances` hold one entry an imputation: the estimate, on
/// a scale where it is about normal, and the square of its standard error.
/// `complete_df` are the degrees of freedom of the analysis with complete data
/// (n less the number of coefficients), absent where it uses the normal
/// distribution. See the [module](self) for the method and the refusals.
///
/// # Warnings
///
/// * `few_imputations`: fewer than 100 λ, so that another set of imputations
///   would change the result visibly.
pub fn pool_imputations(
    estimates: &[f64],
    variances: &[f64],
    complete_df: Option<f64>,
) -> Result<PooledImputations, Refusal> {
    check_length(variances.len(), estimates.len())?;
    checked(estimates, "an estimate")?;
    checked(variances, "a variance")?;
    if complete_df.is_some_and(|df| !(df > 0.0 && df.is_finite())) {
        return Err(Refusal::new(
            "df_out_of_range",
            "the degrees of freedom of the complete data are not a positive number",
            "give the number of units less the number of coefficients, or none",
        ));
    }
    if variances.iter().any(|&u| u <= 0.0) {
        return Err(Refusal::new(
            "variance_not_positive",
            "the variance of an estimate is not above zero",
            "check the analysis of each imputed data set",
        ));
    }
    let m = estimates.len();
    if m < 2 {
        return Err(Refusal::new(
            "one_imputation",
            "there is one imputed data set, so what missing values add to the uncertainty cannot be seen",
            "impute several times, twenty at least",
        ));
    }
    let count = m as f64;
    let value = crate::sum::sum(estimates) / count;
    let within = crate::sum::sum(variances) / count;
    let squares: Sum = estimates.iter().map(|q| (q - value) * (q - value)).collect();
    let between = squares.value() / (count - 1.0);
    let added = (1.0 + 1.0 / count) * between;
    let total = within + added;
    let lambda = added / total;
    let relative_increase = added / within;
    // 1/ν, which is zero where ν is infinite.
    let inverse_rubin = lambda * lambda / (count - 1.0);
    let inverse_observed = complete_df.map_or(0.0, |df| (df + 3.0) / (df + 1.0) / df / (1.0 - lambda));
    let inverse = inverse_rubin + inverse_observed;
    let df = |inverse: f64| (inverse > 1.0 / DF_NORMAL).then(|| 1.0 / inverse);
    let rest = if inverse > 0.0 { 2.0 * inverse / (1.0 + 3.0 * inverse) } else { 0.0 };
    let missing_information = (relative_increase + rest) / (relative_increase + 1.0);
    let mut warnings = Vec::new();
    if count < IMPUTATIONS_PER_MISSING_INFORMATION * lambda {
        warnings.push(Warning::new(
            "few_imputations",
            "there are fewer imputations than the percentage of the variance that comes from missing values, so drawing them again would change the result visibly",
        ));
    }
    Ok(PooledImputations {
        imputations: m as u64,
        value: finite(value, "the estimate")?,
        within: finite(within, "the variance within imputations")?,
        between: finite(between, "the variance between imputations")?,
        total: finite(total, "the total variance")?,
        std_error: finite(total.sqrt(), "the standard error")?,
        relative_increase: finite(relative_increase, "the increase of the variance")?,
        lambda: finite(lambda, "the share of missing values")?,
        df_rubin: df(inverse_rubin),
        df: df(inverse),
        missing_information: finite(missing_information, "the fraction of missing information")?,
        warnings,
    })
}

impl PooledImputations {
    /// The pooled estimate with its interval at `level` (a share) and its test
    /// against zero; `n` counts the units behind each analysis.
    ///
    /// # Refusals
    ///
    /// * `level_out_of_range`, `interval_not_finite`.
    pub fn estimate(&self, n: u64, level: f64) -> Outcome {
        check_level(level)?;
        let statistic = finite(self.value / self.std_error, "the test statistic")?;
        let (critical, p_value) = match self.df {
            Some(df) => (student_critical(level, df), student_two_sided_p(statistic, df)),
            None => (normal_critical(level), normal_two_sided_p(statistic)),
        };
        let half = critical * self.std_error;
        Ok(Estimate {
            std_error: Some(self.std_error),
            interval: Some(finite_interval(self.value - half, self.value + half, level)?),
            df: self.df,
            statistic: Some(statistic),
            p_value: Some(finite(p_value, "the p-value")?),
            warnings: self.warnings.clone(),
            ..Estimate::point(self.value, n, METHOD)
        })
    }
}

/// Whether an outcome may be imputed at all: of `units` people, `missing` have
/// none.
///
/// # Refusals
///
/// * `empty`: no units. `numerator_exceeds_denominator`: more missing than
///   units.
/// * `too_few_units`: fewer than 30.
/// * `too_much_missing`: more than 40%.
pub fn check_imputation(units: u64, missing: u64) -> Result<(), Refusal> {
    if units == 0 {
        return Err(empty());
    }
    if missing > units {
        return Err(Refusal::numerator_exceeds_denominator());
    }
    let instead = "report the outcome of those seen with worst-case bounds for the others";
    if units < IMPUTATION_UNITS_LEAST as u64 {
        return Err(Refusal::new(
            "too_few_units",
            "there are fewer than thirty units, too few to learn from what the missing outcomes were",
            instead,
        ));
    }
    if missing as f64 > IMPUTED_SHARE_MOST * units as f64 {
        return Err(Refusal::new(
            "too_much_missing",
            "more than 40% of the outcomes are missing, so the result would come from the model that filled them in",
            instead,
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn pooling_by_hand() {
        // q̄ = 2, ū = 1, b = 1, t = 1 + 4/3, λ = 4/7, ν_m = 2 * 49/16.
        let found = pool_imputations(&[1.0, 2.0, 3.0], &[1.0; 3], None).expect("a pool");
        assert_eq!((found.value, found.within, found.between), (2.0, 1.0, 1.0));
        assert!((found.total - 7.0 / 3.0).abs() < 1e-15);
        assert!((found.lambda - 4.0 / 7.0).abs() < 1e-15);
        assert!((found.df.expect("df") - 6.125).abs() < 1e-13 && found.df == found.df_rubin);
        assert_eq!(found.warnings[0].code, "few_imputations");
        let few = pool_imputations(&[1.0, 2.0, 3.0], &[1.0; 3], Some(10.0)).expect("a pool");
        let observed = 11.0 / 13.0 * 10.0 * 3.0 / 7.0;
        assert!((few.df.expect("df") - 1.0 / (1.0 / 6.125 + 1.0 / observed)).abs() < 1e-13);
        let wide = few.estimate(25, 0.95).expect("an estimate");
        let narrow = found.estimate(25, 0.95).expect("an estimate");
        assert!(wide.interval.map(|i| i.width()) > narrow.interval.map(|i| i.width()));
    }

    #[test]
    fn equal_imputations_add_nothing() {
        let found = pool_imputations(&[0.1; 7], &[0.04; 7], None).expect("a pool");
        assert!(found.lambda < 1e-20 && found.missing_information < 1e-20);
        assert!((found.std_error - 0.2).abs() < 1e-15 && found.warnings.is_empty());
        assert!(found.estimate(9, 0.95).is_ok());
        let exact = pool_imputations(&[0.5; 4], &[0.04; 4], Some(20.0)).expect("a pool");
        assert_eq!((exact.df_rubin, exact.lambda), (None, 0.0));
        assert!((exact.df.expect("df") - 21.0 / 23.0 * 20.0).abs() < 1e-12);
    }

    #[test]
    fn order_of_imputations_is_without_effect() {
        let one = pool_imputations(&[1.0, 2.1, 3.3, 0.7], &[0.1, 0.2, 0.3, 0.4], Some(9.0));
        assert_eq!(one, pool_imputations(&[0.7, 3.3, 1.0, 2.1], &[0.4, 0.3, 0.1, 0.2], Some(9.0)));
    }

    #[test]
    fn pooling_refuses() {
        let pool = |q: &[f64], u: &[f64]| code(pool_imputations(q, u, None));
        assert_eq!(pool(&[], &[]), Some("empty"));
        assert_eq!(pool(&[1.0], &[1.0]), Some("one_imputation"));
        assert_eq!(pool(&[1.0, 2.0], &[1.0]), Some("lengths_differ"));
        assert_eq!(pool(&[1.0, f64::NAN], &[1.0, 1.0]), Some("not_finite"));
        assert_eq!(pool(&[1.0, 2.0], &[1.0, 0.0]), Some("variance_not_positive"));
        for df in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(code(pool_imputations(&[1.0, 2.0], &[1.0, 1.0], Some(df))), Some("df_out_of_range"));
        }
        let found = pool_imputations(&[1.0, 2.0], &[1.0, 1.0], None).expect("a pool");
        assert_eq!(code(found.estimate(9, 1.0)), Some("level_out_of_range"));
        // Beyond all measure: refused or finite.
        if let Ok(found) = pool_imputations(&[1e99, -1e99], &[1e-99, 1e-99], Some(1e-9)) {
            assert!(found.total.is_finite() && found.df.is_none_or(f64::is_finite));
        }
    }

    #[test]
    fn imputation_is_refused_where_little_was_seen() {
        assert_eq!(check_imputation(30, 12), Ok(()));
        assert_eq!(code(check_imputation(30, 13)), Some("too_much_missing"));
        assert_eq!(code(check_imputation(29, 1)), Some("too_few_units"));
        assert_eq!(code(check_imputation(0, 0)), Some("empty"));
        assert_eq!(code(check_imputation(30, 31)), Some("numerator_exceeds_denominator"));
    }
}
