//! Two independent clustered ratios against each other:
//! `ratio.contrast.log` and `ratio.contrast.difference`.
//!
//! # Estimand
//!
//! With Ra and Rb the ratios of sums of two sites or groups, either Ra/Rb (a
//! pure number) or Ra - Rb (in the units of the ratios): the first against the
//! second. With one ratio from each of two sites this compares these two
//! sites. Its p-value speaks about the clusters that might have been observed
//! within them, and says nothing about a third community.
//!
//! # Assumptions
//!
//! Those of each ratio ([`ratio_linearised`](super::ratio_linearised)), and
//! that no cluster belongs to both sides: a volunteer who works at both sites
//! makes the two dependent, and the standard error wrong.
//!
//! # Method
//!
//! With va and vb the linearised variances and Ga and Gb the numbers of
//! clusters,
//!
//! ```text
//! ratio.contrast.log         L = ln Ra - ln Rb,  ca = va/Ra²,  cb = vb/Rb²
//! ratio.contrast.difference  D = Ra - Rb,        ca = va,      cb = vb
//! df = (ca + cb)² / (ca²/(Ga - 1) + cb²/(Gb - 1))
//! ```
//!
//! and an interval of t sqrt(ca + cb) either way with Student's t at df, taken
//! back by the exponential on the log scale. The df of Welch and Satterthwaite
//! lie between the smaller of Ga - 1 and Gb - 1 and their sum, and are not
//! rounded. The variances are not pooled: sites are not assumed to be equally
//! varied.
//!
//! # Small samples
//!
//! The df are estimated, and with under about six clusters a side the interval
//! can be too narrow when the side with fewer clusters is the more varied one.
//! See also [`ratio_linearised`](super::ratio_linearised).
//!
//! # Refusals
//!
//! `level_out_of_range`; `zero_numerator` and `no_variation` when either side
//! has them, as one side known without error would turn the contrast into a
//! statement about the other; `ratio_not_positive` on the log scale;
//! `interval_not_finite`.
//!
//! # Source
//!
//! Welch BL (1947). The generalization of "Student's" problem when several
//! different population variances are involved. Biometrika 34:28-35.
//! Satterthwaite FE (1946). An approximate distribution of estimates of
//! variance components. Biometrics Bulletin 2:110-114. Cochran WG (1977).
//! Sampling techniques, 3rd edition, section 6.10. Wiley.

use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::estimators::ratio_linearised::ClusteredRatio;
use crate::special::{student_critical, student_two_sided_p};

/// The id of the ratio of two ratios.
pub const METHOD_LOG: &str = "ratio.contrast.log";

/// The id of the difference of two ratios.
pub const METHOD_DIFFERENCE: &str = "ratio.contrast.difference";

/// The ratio of two independent clustered ratios, the first to the second.
///
/// The estimate is Ra/Rb, a pure number; the limits are taken on the log scale
/// at the confidence level `level` (a share). The statistic is the difference
/// of the logarithms divided by its standard error, the p-value is two-sided
/// for Ra = Rb; the standard error of the estimate is that of Ra/Rb itself,
/// (Ra/Rb) sqrt(ca + cb). Exchanging the two inverts the estimate and the
/// limits and leaves the p-value. See the [module](self) for the method.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `zero_numerator`: y is zero in every cluster of a side.
/// * `no_variation`: every cluster of a side has the same ratio.
/// * `ratio_not_positive`: a ratio is not above zero.
/// * `interval_not_finite`: a limit is beyond the range of numbers.
pub fn ratio_contrast_log(first: &ClusteredRatio, second: &ClusteredRatio, level: f64) -> Outcome {
    check_level(level)?;
    for side in [first, second] {
        side.check_variation()?;
        side.check_positive()?;
    }
    let relative = |side: &ClusteredRatio| side.std_error() / side.ratio();
    let contrast = Contrast::new(
        libm::log(first.ratio()) - libm::log(second.ratio()),
        (relative(first), first.df()),
        (relative(second), second.df()),
    )?;
    let value = first.ratio() / second.ratio();
    let reach = student_critical(level, contrast.df) * contrast.std_error;
    contrast.estimate(
        value,
        value * contrast.std_error,
        (value * libm::exp(-reach), value * libm::exp(reach)),
        level,
        (first, second),
        METHOD_LOG,
    )
}

/// The difference of two independent clustered ratios, the first less the
/// second.
///
/// The estimate is Ra - Rb, in units of y for one unit of x, with its interval
/// at the confidence level `level` (a share), its t statistic and its two-sided
/// p-value for no difference. Exchanging the two changes the signs and leaves
/// the p-value. See the [module](self) for the method.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `zero_numerator`: y is zero in every cluster of a side.
/// * `no_variation`: every cluster of a side has the same ratio.
/// * `interval_not_finite`: a limit is beyond the range of numbers.
pub fn ratio_contrast_difference(first: &ClusteredRatio, second: &ClusteredRatio, level: f64) -> Outcome {
    check_level(level)?;
    for side in [first, second] {
        side.check_variation()?;
    }
    let contrast = Contrast::new(
        first.ratio() - second.ratio(),
        (first.std_error(), first.df()),
        (second.std_error(), second.df()),
    )?;
    let reach = student_critical(level, contrast.df) * contrast.std_error;
    contrast.estimate(
        contrast.value,
        contrast.std_error,
        (contrast.value - reach, contrast.value + reach),
        level,
        (first, second),
        METHOD_DIFFERENCE,
    )
}

/// A difference of two independent parts, on the scale it is tested on.
struct Contrast {
    value: f64,
    std_error: f64,
    df: f64,
}

impl Contrast {
    /// Each part is a standard error above zero and its degrees of freedom.
    fn new(value: f64, first: (f64, f64), second: (f64, f64)) -> Result<Self, Refusal> {
        let (one, other) = (first.0, second.0);
        // Scaled by the larger, so that no square leaves the range.
        let larger = one.max(other);
        let (one, other) = (one / larger, other / larger);
        let (one, other) = (one * one, other * other);
        let total = one + other;
        let df = total * total / (one * one / first.1 + other * other / second.1);
        let std_error = larger * total.sqrt();
        if value.is_finite() && std_error.is_finite() && df.is_finite() {
            Ok(Self { value, std_error, df })
        } else {
            Err(Refusal::not_finite("the contrast or its standard error"))
        }
    }

    fn estimate(
        &self,
        value: f64,
        std_error: f64,
        (lower, upper): (f64, f64),
        level: f64,
        (first, second): (&ClusteredRatio, &ClusteredRatio),
        method: &'static str,
    ) -> Outcome {
        let statistic = self.value / self.std_error;
        if !(value.is_finite() && std_error.is_finite() && statistic.is_finite()) {
            return Err(Refusal::not_finite("the contrast or its standard error"));
        }
        Ok(Estimate {
            value,
            std_error: Some(std_error),
            interval: Some(finite_interval(lower, upper, level)?),
            df: Some(self.df),
            statistic: Some(statistic),
            p_value: Some(student_two_sided_p(statistic, self.df)),
            n: first.n().saturating_add(second.n()),
            n_clusters: Some(first.n_clusters() + second.n_clusters()),
            method,
            warnings: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(y: &[f64], x: &[f64]) -> ClusteredRatio {
        ClusteredRatio::from_cluster_sums(y, x, 10 * y.len() as u64).expect("a ratio")
    }

    fn chiang_rai() -> ClusteredRatio {
        site(&[12.0, 7.0, 9.0, 15.0, 4.0, 8.0], &[4.0, 3.0, 3.0, 4.0, 2.0, 3.0])
    }

    fn nan_province() -> ClusteredRatio {
        site(&[5.0, 2.0, 6.0, 3.0], &[3.0, 1.0, 2.0, 2.0])
    }

    fn code(outcome: Outcome) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn contrast_of_means_is_the_test_of_welch() {
        // x = 1: means 6 and 3 with variances 34/20 = 1.7 and 2/6 = 1/3.
        let first = site(&[3.0, 5.0, 4.0, 8.0, 10.0], &[1.0; 5]);
        let second = site(&[2.0, 3.0, 4.0], &[1.0; 3]);
        let found = ratio_contrast_difference(&first, &second, 0.95).expect("an estimate");
        let (one, other) = (1.7_f64, 1.0_f64 / 3.0);
        let df = (one + other).powi(2) / (one * one / 4.0 + other * other / 2.0);
        let close = |found: Option<f64>, truth: f64| {
            let found = found.expect("a number");
            assert!((found / truth - 1.0).abs() < 1e-14, "{found} {truth}");
        };
        assert_eq!(found.value, 3.0);
        close(found.std_error, (one + other).sqrt());
        close(found.df, df);
        close(found.statistic, 3.0 / (one + other).sqrt());
        close(found.p_value, student_two_sided_p(3.0 / (one + other).sqrt(), df));
        assert_eq!((found.n, found.n_clusters), (80, Some(8)));
        assert_eq!(found.method, "ratio.contrast.difference");
    }

    #[test]
    fn contrast_on_the_log_scale_by_hand() {
        let (first, second) = (chiang_rai(), nan_province());
        let found = ratio_contrast_log(&first, &second, 0.95).expect("an estimate");
        let relative = |side: &ClusteredRatio| (side.std_error() / side.ratio()).powi(2);
        let (one, other) = (relative(&first), relative(&second));
        let df = (one + other).powi(2) / (one * one / 5.0 + other * other / 3.0);
        assert!((found.df.expect("df") / df - 1.0).abs() < 1e-13);
        let value = (55.0 / 19.0) / (16.0 / 8.0);
        assert!((found.value - value).abs() < 1e-14);
        let interval = found.interval.expect("an interval");
        let reach = student_critical(0.95, df) * (one + other).sqrt();
        assert!((interval.upper / (value * libm::exp(reach)) - 1.0).abs() < 1e-13);
        assert!((interval.lower * libm::exp(reach) / value - 1.0).abs() < 1e-13);
        assert_eq!(found.method, "ratio.contrast.log");
        assert_eq!(found.n_clusters, Some(10));
    }

    #[test]
    fn contrast_df_lie_between_the_smaller_and_the_sum() {
        for outcome in [
            ratio_contrast_log(&chiang_rai(), &nan_province(), 0.95),
            ratio_contrast_difference(&chiang_rai(), &nan_province(), 0.95),
        ] {
            let df = outcome.expect("an estimate").df.expect("df");
            assert!((3.0..=8.0).contains(&df), "{df}");
        }
        // Two alike sites reach the sum.
        let alike = ratio_contrast_difference(&nan_province(), &nan_province(), 0.95).expect("an estimate");
        assert!((alike.df.expect("df") - 6.0).abs() < 1e-14);
        assert_eq!((alike.value, alike.p_value), (0.0, Some(1.0)));
    }

    #[test]
    fn contrast_turns_round_when_sites_change_places() {
        let (a, b) = (chiang_rai(), nan_province());
        let one = ratio_contrast_difference(&a, &b, 0.95).expect("an estimate");
        let other = ratio_contrast_difference(&b, &a, 0.95).expect("an estimate");
        assert_eq!(one.value, -other.value);
        assert_eq!(one.statistic, other.statistic.map(|t| -t));
        assert_eq!((one.p_value, one.df), (other.p_value, other.df));
        let (i, j) = (one.interval.expect("an interval"), other.interval.expect("an interval"));
        assert_eq!((i.lower, i.upper), (-j.upper, -j.lower));

        let one = ratio_contrast_log(&a, &b, 0.95).expect("an estimate");
        let other = ratio_contrast_log(&b, &a, 0.95).expect("an estimate");
        assert!((one.value * other.value - 1.0).abs() < 1e-15);
        assert_eq!(one.statistic, other.statistic.map(|t| -t));
        assert_eq!((one.p_value, one.df), (other.p_value, other.df));
        let (i, j) = (one.interval.expect("an interval"), other.interval.expect("an interval"));
        assert!((i.lower * j.upper - 1.0).abs() < 1e-14);
        assert!((i.upper * j.lower - 1.0).abs() < 1e-14);
    }

    #[test]
    fn contrast_interval_and_test_agree() {
        for (first, second) in
            [(chiang_rai(), nan_province()), (nan_province(), chiang_rai()), (chiang_rai(), chiang_rai())]
        {
            for step in 1..100 {
                let level = f64::from(step) / 100.0;
                for (outcome, null) in [
                    (ratio_contrast_log(&first, &second, level), 1.0),
                    (ratio_contrast_difference(&first, &second, level), 0.0),
                ] {
                    let found = outcome.expect("an estimate");
                    let p = found.p_value.expect("a p-value");
                    if (p - (1.0 - level)).abs() > 1e-9 {
                        let interval = found.interval.expect("an interval");
                        assert_eq!(interval.contains(null), p > 1.0 - level);
                    }
                }
            }
        }
    }

    #[test]
    fn contrast_refuses() {
        let (a, b) = (chiang_rai(), nan_province());
        for level in [0.0, 1.0, f64::NAN] {
            assert_eq!(code(ratio_contrast_log(&a, &b, level)), Some("level_out_of_range"));
            assert_eq!(code(ratio_contrast_difference(&a, &b, level)), Some("level_out_of_range"));
        }
        let zero = site(&[0.0, 0.0], &[3.0, 4.0]);
        let same = site(&[3.0, 4.0], &[3.0, 4.0]);
        let below = site(&[-3.0, 1.0], &[3.0, 4.0]);
        for (one, other) in [(&zero, &a), (&a, &zero)] {
            assert_eq!(code(ratio_contrast_log(one, other, 0.95)), Some("zero_numerator"));
            assert_eq!(code(ratio_contrast_difference(one, other, 0.95)), Some("zero_numerator"));
        }
        for (one, other) in [(&same, &a), (&a, &same)] {
            assert_eq!(code(ratio_contrast_log(one, other, 0.95)), Some("no_variation"));
            assert_eq!(code(ratio_contrast_difference(one, other, 0.95)), Some("no_variation"));
        }
        assert_eq!(code(ratio_contrast_log(&a, &below, 0.95)), Some("ratio_not_positive"));
        assert!(ratio_contrast_difference(&a, &below, 0.95).is_ok());
        let pair = site(&[1.0, 0.0], &[1.0, 1.0]);
        assert_eq!(code(ratio_contrast_log(&pair, &pair, 1.0 - 1e-12)), Some("interval_not_finite"));
    }
}
