//! Two groups compared within strata: `mh.or.rbg`, `mh.rr.greenland_robins`,
//! `mh.rd.sato`, `cmh`, `breslow_day`.
//!
//! # Estimand
//!
//! One odds ratio, risk ratio or risk difference of group 1 against group 2,
//! taken to be the same in every stratum. Where it is not, the estimate is a
//! weighted mean of those of the strata with weights that have no meaning of
//! their own; look at the strata then, or standardise.
//!
//! # Assumptions
//!
//! People are independent; within a stratum the groups can be compared. Either
//! strata are large or there are many of them.
//!
//! # Method
//!
//! In a stratum let x1 of n1 and x2 of n2 have the outcome, N = n1 + n2,
//! y = n - x. Then
//!
//! ```text
//! OR = Σ R/Σ S,  R = x1 y2/N,  S = y1 x2/N
//! RR = Σ x1 n2/N / Σ x2 n1/N
//! RD = Σ (x1 n2 - x2 n1)/N / Σ n1 n2/N
//! ```
//!
//! The variance of ln OR is that of Robins, Breslow and Greenland, of ln RR that
//! of Greenland and Robins, of RD that of Sato; all hold for few large and for
//! many small strata. Intervals are normal, on the log scale for the ratios; the
//! standard error of a ratio is given on the scale of the ratio. The p-value is
//! that of `cmh`.
//!
//! `cmh`, the Cochran-Mantel-Haenszel test of no association: with m = x1 + x2,
//!
//! ```text
//! (|Σ (x1 - n1 m/N)| - c)² / Σ n1 n2 m (N - m)/(N² (N - 1)),  1 df
//! ```
//!
//! c = 1/2 with the continuity correction (never more than the difference
//! itself), 0 without.
//!
//! `breslow_day` tests whether the odds ratio is the same in all strata: the sum
//! of (x1 - A)²/V, where A is the x1 that has the common odds ratio given the
//! margins, and 1/V the sum of the inverse cells then. Tarone takes off
//! (Σ (x1 - A))²/Σ V, without which the sum is not quite chi-square. One degree
//! of freedom less than there are strata.
//!
//! # Small samples
//!
//! See [`mantel_haenszel_exact`](super::mantel_haenszel_exact). Breslow-Day needs
//! large strata; with many small ones it says nothing.
//!
//! # Refusals
//!
//! `empty`, `numerator_exceeds_denominator`, `empty_stratum` (no stratum has both
//! groups), `no_variation` (in no stratum with both groups does the outcome
//! vary), `ratio_not_estimable` (zero, or without bound), `too_few_strata`,
//! `level_out_of_range`, `interval_not_finite`.
//!
//! # Source
//!
//! Mantel N, Haenszel W (1959). Statistical aspects of the analysis of data from
//! retrospective studies of disease. Journal of the National Cancer Institute
//! 22:719-748. Robins J, Breslow N, Greenland S (1986). Biometrics 42:311-323.
//! Greenland S, Robins JM (1985). Biometrics 41:55-68. Sato T (1989). Biometrics
//! 45:1323-1324. Breslow NE, Day NE (1980). Statistical methods in cancer
//! research, volume 1. IARC. Tarone RE (1985). Biometrika 72:91-95.

use super::risk_table::empty;
use super::standardisation::empty_stratum;
use crate::estimate::{Estimate, Outcome, Refusal, check_level, finite_interval};
use crate::special::{chi_squared_sf, normal_critical};
use crate::sum::Sum;
use crate::warning::Warning;

/// The id of the method for an odds ratio.
pub const METHOD_ODDS_RATIO: &str = "mh.or.rbg";

/// The id of the method for a risk ratio.
pub const METHOD_RISK_RATIO: &str = "mh.rr.greenland_robins";

/// The id of the method for a risk difference.
pub const METHOD_RISK_DIFFERENCE: &str = "mh.rd.sato";

/// The id of the test of no association.
pub const METHOD_CMH: &str = "cmh";

/// The id of the test of homogeneity.
pub const METHOD_BRESLOW_DAY: &str = "breslow_day";

/// The counts of one stratum: `x1` of `n1` in the first group and `x2` of `n2`
/// in the second had the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stratum {
    /// Outcomes in group 1.
    pub x1: u64,
    /// People in group 1.
    pub n1: u64,
    /// Outcomes in group 2.
    pub x2: u64,
    /// People in group 2.
    pub n2: u64,
}

/// A chi-square test.
#[derive(Clone, Debug, PartialEq)]
pub struct ChiSquare {
    /// The statistic.
    pub statistic: f64,
    /// Its degrees of freedom.
    pub df: f64,
    /// The p-value, the upper tail of chi-square.
    pub p_value: f64,
    /// The id of the method.
    pub method: &'static str,
}

/// The tests of homogeneity of the odds ratio.
#[derive(Clone, Debug, PartialEq)]
pub struct Homogeneity {
    /// Breslow and Day's statistic.
    pub breslow_day: ChiSquare,
    /// The same with Tarone's correction; the one to report.
    pub tarone: ChiSquare,
}

/// A stratum in which both groups have people, as numbers.
#[derive(Clone, Copy)]
struct Cells {
    x1: f64,
    y1: f64,
    x2: f64,
    y2: f64,
}

impl Cells {
    fn n1(self) -> f64 {
        self.x1 + self.y1
    }
    fn n2(self) -> f64 {
        self.x2 + self.y2
    }
    fn all(self) -> f64 {
        self.n1() + self.n2()
    }
    fn outcomes(self) -> f64 {
        self.x1 + self.x2
    }
    /// Whether the outcome varies.
    fn varies(self) -> bool {
        self.outcomes() > 0.0 && self.y1 + self.y2 > 0.0
    }
}

/// The usable strata, with the number of people in them and what is to be said
/// about the others.
pub(super) struct Strata {
    cells: Vec<Cells>,
    n: u64,
    pub(super) warnings: Vec<Warning>,
}

impl Strata {
    pub(super) fn check(strata: &[Stratum]) -> Result<Self, Refusal> {
        if strata.is_empty() {
            return Err(empty());
        }
        if strata.iter().any(|of| of.x1 > of.n1 || of.x2 > of.n2) {
            return Err(Refusal::numerator_exceeds_denominator());
        }
        if strata.iter().any(|of| of.n1.checked_add(of.n2).is_none()) {
            return Err(Refusal::not_finite("the number of people of a stratum"));
        }
        let used = || strata.iter().filter(|of| of.n1 > 0 && of.n2 > 0);
        let cells: Vec<Cells> = used()
            .map(|of| Cells {
                x1: of.x1 as f64,
                y1: (of.n1 - of.x1) as f64,
                x2: of.x2 as f64,
                y2: (of.n2 - of.x2) as f64,
            })
            .collect();
        if cells.is_empty() {
            return Err(empty_stratum());
        }
        if !cells.iter().any(|cells| cells.varies()) {
            return Err(Refusal::new(
                "no_variation",
                "in no stratum with both groups does the outcome vary",
                "report the counts, and the share over all strata with its interval",
            ));
        }
        let mut warnings = Vec::new();
        if cells.len() < strata.len() {
            warnings.push(Warning::new(
                "one_sided_stratum",
                "a stratum has nobody of one group and does not count in the comparison",
            ));
        }
        let n = used().fold(0_u64, |sum, of| sum.saturating_add(of.n1).saturating_add(of.n2));
        Ok(Self { cells, n, warnings })
    }

    fn sum(&self, term: impl Fn(Cells) -> f64) -> f64 {
        self.cells.iter().map(|&cells| term(cells)).collect::<Sum>().value()
    }

    fn odds_ratio(&self) -> Result<f64, Refusal> {
        let (r, s) = (self.sum(cross), self.sum(counter));
        if r > 0.0 && s > 0.0 { Ok(r / s) } else { Err(not_estimable()) }
    }

    /// A ratio with its interval on the log scale.
    fn ratio(self, value: f64, variance: f64, level: f64, method: &'static str) -> Outcome {
        let error = variance.sqrt();
        let reach = normal_critical(level) * error;
        let interval = finite_interval(value * libm::exp(-reach), value * libm::exp(reach), level)?;
        self.finish(value, value * error, interval, method)
    }

    fn finish(
        self,
        value: f64,
        error: f64,
        interval: crate::estimate::Interval,
        method: &'static str,
    ) -> Outcome {
        if !(value.is_finite() && error.is_finite() && error > 0.0) {
            return Err(not_estimable());
        }
        let test = cmh_of(&self, false)?;
        Ok(Estimate {
            std_error: Some(error),
            interval: Some(interval),
            statistic: Some(test.statistic),
            p_value: Some(test.p_value),
            warnings: self.warnings,
            ..Estimate::point(value, self.n, method)
        })
    }
}

fn cross(of: Cells) -> f64 {
    of.x1 * of.y2 / of.all()
}

/// The outcomes of group 1 above their share, x1 - n1 m/N, or (x1 n2 - x2 n1)/N.
fn excess(of: Cells) -> f64 {
    (of.x1 * of.n2() - of.x2 * of.n1()) / of.all()
}

fn counter(of: Cells) -> f64 {
    of.y1 * of.x2 / of.all()
}

/// The common odds ratio of group 1 against group 2.
///
/// `level` is the confidence level, a share. The statistic and its p-value are
/// those of the test of no association without continuity correction ([`cmh`]).
///
/// # Refusals
///
/// * `level_out_of_range`, `empty`, `numerator_exceeds_denominator`.
/// * `empty_stratum`: no stratum has people of both groups.
/// * `no_variation`: the outcome varies in no such stratum.
/// * `ratio_not_estimable`: the ratio is zero, or without bound.
///
/// # Warnings
///
/// * `one_sided_stratum`: a stratum with nobody of one group was left out.
pub fn mantel_haenszel_odds_ratio(strata: &[Stratum], level: f64) -> Outcome {
    check_level(level)?;
    let strata = Strata::check(strata)?;
    let value = strata.odds_ratio()?;
    let (r, s) = (strata.sum(cross), strata.sum(counter));
    let p = |of: Cells| of.x1 / of.all() + of.y2 / of.all();
    let q = |of: Cells| of.y1 / of.all() + of.x2 / of.all();
    let variance = 0.5
        * (strata.sum(|of| p(of) * cross(of)) / r / r
            + strata.sum(|of| p(of) * counter(of) + q(of) * cross(of)) / r / s
            + strata.sum(|of| q(of) * counter(of)) / s / s);
    strata.ratio(value, variance, level, METHOD_ODDS_RATIO)
}

/// The common risk ratio of group 1 against group 2.
///
/// Arguments, refusals and warnings as for [`mantel_haenszel_odds_ratio`].
pub fn mantel_haenszel_risk_ratio(strata: &[Stratum], level: f64) -> Outcome {
    check_level(level)?;
    let strata = Strata::check(strata)?;
    let r = strata.sum(|of| of.x1 * of.n2() / of.all());
    let s = strata.sum(|of| of.x2 * of.n1() / of.all());
    if !(r > 0.0 && s > 0.0) {
        return Err(not_estimable());
    }
    let spread = |of: Cells| {
        let all = of.all();
        of.n1() / all * (of.n2() / all) * of.outcomes() - of.x1 / all * of.x2
    };
    let variance = strata.sum(spread) / r / s;
    strata.ratio(r / s, variance, level, METHOD_RISK_RATIO)
}

/// The common risk difference, group 1 minus group 2.
///
/// Arguments, refusals and warnings as for [`mantel_haenszel_odds_ratio`]; a
/// difference can always be estimated unless its variance is zero.
pub fn mantel_haenszel_risk_difference(strata: &[Stratum], level: f64) -> Outcome {
    check_level(level)?;
    let strata = Strata::check(strata)?;
    let weight = strata.sum(|of| of.n1() * of.n2() / of.all());
    let value = strata.sum(excess) / weight;
    let tilt = strata.sum(|of| {
        let (one, two) = (of.n1() / of.all(), of.n2() / of.all());
        of.x2 * one * one - of.x1 * two * two + one * two * (of.n2() - of.n1()) * 0.5
    });
    let spread = strata.sum(|of| of.x1 * (of.y2 / of.all()) + of.x2 * (of.y1 / of.all()));
    let variance = (value * tilt + 0.5 * spread) / weight / weight;
    let error = variance.sqrt();
    let reach = normal_critical(level) * error;
    let interval = finite_interval(value - reach, value + reach, level)?;
    strata.finish(value, error, interval, METHOD_RISK_DIFFERENCE)
}

/// The Cochran-Mantel-Haenszel test of no association in any stratum.
///
/// # Refusals
///
/// `empty`, `numerator_exceeds_denominator`, `empty_stratum`, `no_variation`.
pub fn cmh(strata: &[Stratum], continuity_correction: bool) -> Result<ChiSquare, Refusal> {
    cmh_of(&Strata::check(strata)?, continuity_correction)
}

fn cmh_of(strata: &Strata, continuity_correction: bool) -> Result<ChiSquare, Refusal> {
    let difference = strata.sum(excess).abs();
    let variance = strata.sum(|of| {
        let all = of.all();
        let (m, rest) = (of.outcomes(), of.y1 + of.y2);
        of.n1() / all * (of.n2() / all) * m * (rest / (all - 1.0))
    });
    let correction = if continuity_correction { difference.min(0.5) } else { 0.0 };
    let distance = difference - correction;
    chi_square(distance * (distance / variance), 1.0, METHOD_CMH)
}

/// Breslow and Day's test that the odds ratio is the same in all strata, and
/// Tarone's correction of it.
///
/// # Refusals
///
/// * `empty`, `numerator_exceeds_denominator`, `empty_stratum`, `no_variation`.
/// * `ratio_not_estimable`: the common odds ratio is zero, or without bound.
/// * `too_few_strata`: fewer than two strata in which the outcome varies.
pub fn breslow_day(strata: &[Stratum]) -> Result<Homogeneity, Refusal> {
    let strata = Strata::check(strata)?;
    let odds_ratio = strata.odds_ratio()?;
    let used: Vec<Cells> = strata.cells.iter().copied().filter(|cells| cells.varies()).collect();
    if used.len() < 2 {
        return Err(Refusal::new(
            "too_few_strata",
            "the outcome varies in fewer than two strata, so they cannot be compared",
            "report the odds ratio of the one stratum",
        ));
    }
    let (mut sum, mut off, mut spread) = (Sum::new(), Sum::new(), Sum::new());
    for of in &used {
        let expected = expected(*of, odds_ratio);
        let (n1, n2, m) = (of.n1(), of.n2(), of.outcomes());
        let cells = [expected, n1 - expected, m - expected, n2 - m + expected];
        let variance = 1.0 / cells.iter().map(|cell| 1.0 / cell).sum::<f64>();
        let distance = of.x1 - expected;
        sum.add(distance * (distance / variance));
        off.add(distance);
        spread.add(variance);
    }
    let df = (used.len() - 1) as f64;
    let sum = sum.value();
    let corrected = (sum - off.value() * (off.value() / spread.value())).max(0.0);
    Ok(Homogeneity {
        breslow_day: chi_square(sum, df, METHOD_BRESLOW_DAY)?,
        tarone: chi_square(corrected, df, "breslow_day.tarone")?,
    })
}

/// The x1 with a given odds ratio and the margins of a stratum: the root of
/// A (n2 - m + A) = ψ (n1 - A)(m - A) that leaves no cell negative.
fn expected(of: Cells, odds_ratio: f64) -> f64 {
    let (n1, n2, m) = (of.n1(), of.n2(), of.outcomes());
    // (1 - ψ) A² + (n2 - m + ψ (n1 + m)) A - ψ n1 m = 0, by the form of the
    // root that does not cancel.
    let square = 1.0 - odds_ratio;
    let linear = n2 - m + odds_ratio * (n1 + m);
    let constant = odds_ratio * n1 * m;
    let root = (linear * linear + 4.0 * square * constant).max(0.0).sqrt();
    if linear >= 0.0 { 2.0 * constant / (linear + root) } else { (root - linear) / (2.0 * square) }
}

fn chi_square(statistic: f64, df: f64, method: &'static str) -> Result<ChiSquare, Refusal> {
    if statistic.is_finite() && statistic >= 0.0 {
        Ok(ChiSquare { statistic, df, p_value: chi_squared_sf(statistic, df), method })
    } else {
        Err(Refusal::not_finite("the test statistic"))
    }
}

pub(super) fn not_estimable() -> Refusal {
    Refusal::new(
        "ratio_not_estimable",
        "over all strata an outcome never happens in one group or always in the other, so the ratio is zero or without bound",
        "report the risk difference, and the exact test",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn stratum(x1: u64, n1: u64, x2: u64, n2: u64) -> Stratum {
        Stratum { x1, n1, x2, n2 }
    }

    #[test]
    fn mantel_haenszel_of_one_stratum_is_the_plain_estimate() {
        let one = [stratum(6, 8, 3, 10)];
        let or = mantel_haenszel_odds_ratio(&one, 0.95).expect("an estimate");
        assert!((or.value - 6.0 * 7.0 / (2.0 * 3.0)).abs() < 1e-14);
        let woolf: f64 = 1.0 / 6.0 + 1.0 / 2.0 + 1.0 / 3.0 + 1.0 / 7.0;
        assert!((or.std_error.expect("an error") / or.value - woolf.sqrt()).abs() < 1e-14);
        let rr = mantel_haenszel_risk_ratio(&one, 0.95).expect("an estimate");
        assert!((rr.value - 0.75 / 0.3).abs() < 1e-14);
        let katz: f64 = 1.0 / 6.0 - 1.0 / 8.0 + 1.0 / 3.0 - 1.0 / 10.0;
        assert!((rr.std_error.expect("an error") / rr.value - katz.sqrt()).abs() < 1e-14);
        let rd = mantel_haenszel_risk_difference(&one, 0.95).expect("an estimate");
        assert!((rd.value - 0.45).abs() < 1e-15);
        assert_eq!((rd.n, rd.method), (18, METHOD_RISK_DIFFERENCE));
        // Pearson's chi-square with N - 1 for N.
        let test = cmh(&one, false).expect("a test");
        let pearson = 18.0 * 36.0 * 36.0 / (8.0 * 10.0 * 9.0 * 9.0);
        assert!((test.statistic - pearson * 17.0 / 18.0).abs() < 1e-13);
        assert_eq!(or.p_value, Some(test.p_value));
        assert_eq!(code(breslow_day(&one)), Some("too_few_strata"));
    }

    #[test]
    fn mantel_haenszel_leaves_out_one_sided_strata() {
        let both = [stratum(6, 8, 3, 10), stratum(5, 9, 2, 7)];
        let more = [both[0], stratum(3, 4, 0, 0), both[1], stratum(0, 0, 0, 0)];
        let (plain, found) = (
            mantel_haenszel_odds_ratio(&both, 0.9).expect("an estimate"),
            mantel_haenszel_odds_ratio(&more, 0.9).expect("an estimate"),
        );
        assert_eq!((plain.value, plain.n, plain.interval), (found.value, found.n, found.interval));
        assert_eq!(found.warnings[0].code, "one_sided_stratum");
        assert_eq!(breslow_day(&more), breslow_day(&both));
    }

    #[test]
    fn mantel_haenszel_homogeneous_strata_are_homogeneous() {
        let same = [stratum(20, 50, 10, 40), stratum(40, 100, 20, 80)];
        let found = breslow_day(&same).expect("a test");
        assert!(found.breslow_day.statistic < 1e-20 && found.tarone.p_value > 0.999);
        assert_eq!(found.tarone.df, 1.0);
    }

    #[test]
    fn mantel_haenszel_refuses() {
        let refused = |strata: &[Stratum]| code(mantel_haenszel_odds_ratio(strata, 0.95));
        assert_eq!(refused(&[]), Some("empty"));
        assert_eq!(refused(&[stratum(2, 1, 0, 1)]), Some("numerator_exceeds_denominator"));
        assert_eq!(refused(&[stratum(1, 2, 0, 0)]), Some("empty_stratum"));
        assert_eq!(refused(&[stratum(0, 2, 0, 3), stratum(2, 2, 1, 1)]), Some("no_variation"));
        assert_eq!(refused(&[stratum(2, 2, 1, 3)]), Some("ratio_not_estimable"));
        assert_eq!(refused(&[stratum(0, 2, 1, 3)]), Some("ratio_not_estimable"));
        assert_eq!(
            code(mantel_haenszel_risk_ratio(&[stratum(0, 2, 1, 3)], 0.95)),
            Some("ratio_not_estimable")
        );
        assert_eq!(code(cmh(&[stratum(1, 1, 1, 1)], true)), Some("no_variation"));
        assert_eq!(code(mantel_haenszel_odds_ratio(&[stratum(1, 2, 1, 3)], 1.5)), Some("level_out_of_range"));
        // All of one group, none of the other: no error.
        assert!(mantel_haenszel_risk_difference(&[stratum(2, 2, 0, 3)], 0.95).is_err());
        let half = u64::MAX / 2;
        let huge = mantel_haenszel_odds_ratio(&[stratum(half / 3, half, half / 4, half)], 0.95);
        assert!(huge.is_ok_and(|found| found.value.is_finite()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn mantel_haenszel_mirrors_and_does_not_depend_on_order(
            rows in proptest::collection::vec((0_u64..9, 1_u64..9, 0_u64..9, 1_u64..9), 1..8),
        ) {
            let strata: Vec<Stratum> =
                rows.iter().map(|row| stratum(row.0.min(row.1), row.1, row.2.min(row.3), row.3)).collect();
            let swapped: Vec<Stratum> =
                strata.iter().rev().map(|of| stratum(of.x2, of.n2, of.x1, of.n1)).collect();
            let turned: Vec<Stratum> = strata.iter().rev().copied().collect();
            for estimate in [mantel_haenszel_odds_ratio, mantel_haenszel_risk_ratio] {
                prop_assert_eq!(estimate(&turned, 0.9), estimate(&strata, 0.9));
                if let (Ok(one), Ok(other)) = (estimate(&strata, 0.9), estimate(&swapped, 0.9)) {
                    prop_assert!((one.value * other.value - 1.0).abs() < 1e-12);
                }
            }
            let (one, other) =
                (mantel_haenszel_risk_difference(&strata, 0.9), mantel_haenszel_risk_difference(&swapped, 0.9));
            if let (Ok(one), Ok(other)) = (one, other) {
                prop_assert_eq!(one.value, -other.value);
            }
            if let Ok(found) = breslow_day(&strata) {
                prop_assert!(found.tarone.statistic <= found.breslow_day.statistic);
            }
            for correction in [false, true] {
                if let Ok(test) = cmh(&strata, correction) {
                    prop_assert!((0.0..=1.0).contains(&test.p_value));
                }
            }
        }
    }
}
