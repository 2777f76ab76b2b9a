//! How well the items of a scale hang together: `alpha.feldt`.
//!
//! # Estimand
//!
//! Cronbach's α, a lower bound for the reliability of the sum of the items
//! when their errors are independent. It is no proof that the items measure
//! one thing: many items make a high α.
//!
//! # Assumptions
//!
//! People are independent; all items are scored in the same direction. The
//! interval takes items and people as crossed normal effects with equal
//! covariances.
//!
//! # Method
//!
//! With k items, variances s_i² and the variance s_T² of their sum,
//!
//! ```text
//! α = k/(k - 1) (1 - Σ s_i²/s_T²)
//! ```
//!
//! and the standardised α from the mean correlation r̄ of the items,
//! k r̄/(1 + (k - 1) r̄). Feldt: (1 - α)/(1 - α̂) follows F with n - 1 and
//! (n - 1)(k - 1) degrees of freedom. Beside each item: α without it, and its
//! correlation with the sum of the others. The standard error of measurement
//! is s_T sqrt(1 - α), in the unit of the sum. All from sums over the people
//! that do not depend on their order, item by item, never pair by pair.
//!
//! # Small samples
//!
//! Below thirty people the interval is wide and flagged; α by itself should
//! not be printed there.
//!
//! # Refusals
//!
//! `empty`, `lengths_differ`, `not_finite`, `out_of_range`, `too_few_items`
//! (one), `too_few_units` (fewer than three people), `no_variation` (in an
//! item, or in the sum), `level_out_of_range`.
//!
//! # Source
//!
//! Cronbach LJ (1951). Coefficient alpha and the internal structure of tests.
//! Psychometrika 16:297-334. Feldt LS (1965). The approximate sampling
//! distribution of Kuder-Richardson reliability coefficient twenty.
//! Psychometrika 30:357-370.

use super::columns::{Moments, checked, cross_products, finite};
use crate::estimate::{Estimate, Refusal, check_level, finite_interval};
use crate::linalg::check_length;
use crate::special::f_quantile;
use crate::thresholds::{RELIABILITY_ITEMS_LEAST, RELIABILITY_PEOPLE_FEW};
use crate::warning::Warning;

/// The id of the method.
pub const METHOD: &str = "alpha.feldt";

/// One item of a scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScaleItem {
    /// α of the scale without the item; absent where fewer than two items
    /// would be left, or their sum would not vary.
    pub alpha_without: Option<f64>,
    /// The correlation of the item with the sum of the others; absent where
    /// that does not vary.
    pub rest_correlation: Option<f64>,
}

/// The reliability of a scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Reliability {
    /// α with Feldt's interval; `n` counts people. Warnings are here.
    pub alpha: Estimate,
    /// α of the standardised items.
    pub alpha_standardised: f64,
    /// The standard error of measurement, in the unit of the sum; zero where α
    /// is one.
    pub measurement_error: f64,
    /// The items, in the order given.
    pub items: Vec<ScaleItem>,
}

/// The reliability of the sum of items.
///
/// `items` holds one column an item, one score a person, none missing; the
/// interval is at `level`, a share. See the [module](self) for the method and
/// the refusals.
///
/// # Warnings
///
/// * `few_people`: fewer than 30.
/// * `few_items`: fewer than three.
/// * `negative_alpha`: an item is scored the wrong way round, or they measure
///   nothing in common.
pub fn cronbach_alpha(items: &[&[f64]], level: f64) -> Result<Reliability, Refusal> {
    check_level(level)?;
    let n = items.first().map_or(0, |item| item.len());
    let mut moments = Vec::with_capacity(items.len());
    let mut magnitude = 0.0;
    for item in items {
        check_length(item.len(), n)?;
        let (low, high) = checked(item, "a score")?;
        magnitude += low.abs().max(high.abs());
        moments.push(Moments::new(item, "a score")?);
    }
    let k = items.len();
    if k == 0 {
        return Err(super::columns::empty());
    }
    if k < 2 {
        return Err(Refusal::new(
            "too_few_items",
            "there is one item, so nothing can be said about how items hang together",
            "ask the item twice, or report it as it is",
        ));
    }
    if n < 3 {
        return Err(Refusal::new(
            "too_few_units",
            "there are fewer than three people, so correlations of items have no meaning",
            "describe the answers of each person",
        ));
    }
    let mut sums = vec![0.0; n];
    let mut scaled = vec![0.0; n];
    for (item, moments) in items.iter().zip(&moments) {
        let spread = moments.variance().sqrt();
        if spread <= 0.0 {
            return Err(Refusal::new(
                "no_variation",
                "an item has the same score for everybody, so it says nothing about how items hang together",
                "leave the item out, and say so",
            ));
        }
        for ((sum, scaled), score) in sums.iter_mut().zip(&mut scaled).zip(*item) {
            *sum += score;
            *scaled += (score - moments.mean) / spread;
        }
    }
    let total = Moments::of(&sums, magnitude);
    let items_variance = moments.iter().map(Moments::variance).collect::<crate::sum::Sum>().value();
    let alpha_of = |k: usize, items: f64, total: f64| k as f64 / (k as f64 - 1.0) * (1.0 - items / total);
    if total.squares <= 0.0 {
        return Err(Refusal::new(
            "no_variation",
            "the sum of the items is the same for everybody",
            "check whether some items are scored the other way round",
        ));
    }
    let alpha = finite(alpha_of(k, items_variance, total.variance()), "alpha")?;
    // Σ z has variance k + k (k - 1) r̄.
    let standardised = Moments::of(&scaled, 0.0).variance();
    let mean_correlation = (standardised / k as f64 - 1.0) / (k as f64 - 1.0);
    // Where the standardised items cancel the coefficient has no value.
    let alpha_standardised = finite(
        k as f64 * mean_correlation / (1.0 + (k as f64 - 1.0) * mean_correlation),
        "the standardised alpha",
    )?;
    let rest = items
        .iter()
        .zip(&moments)
        .map(|(item, own)| {
            let cross = cross_products(item, own.mean, &sums, total.mean);
            let squares = total.squares - 2.0 * cross + own.squares;
            // What cancellation leaves of nothing is nothing.
            let varies = squares > 1e-12 * (total.squares + own.squares);
            let variance = squares / (n - 1) as f64;
            ScaleItem {
                alpha_without: (varies && k > 2)
                    .then(|| alpha_of(k - 1, items_variance - own.variance(), variance)),
                rest_correlation: varies.then(|| {
                    ((cross - own.squares) / (own.squares.sqrt() * squares.sqrt())).clamp(-1.0, 1.0)
                }),
            }
        })
        .collect();
    let (df, df_within) = ((n - 1) as f64, (n - 1) as f64 * (k - 1) as f64);
    let tail = 0.5 * (1.0 - level);
    let [lower, upper] = [1.0 - tail, tail].map(|p| 1.0 - (1.0 - alpha) * f_quantile(p, df, df_within));
    let mut warnings = Vec::new();
    let mut warn = |holds: bool, code, message| {
        if holds {
            warnings.push(Warning::new(code, message));
        }
    };
    warn(
        n < RELIABILITY_PEOPLE_FEW,
        "few_people",
        "there are fewer than thirty people: read the interval, not alpha",
    );
    warn(
        k < RELIABILITY_ITEMS_LEAST,
        "few_items",
        "there are fewer than three items, for which alpha is only their correlation",
    );
    warn(
        alpha < 0.0,
        "negative_alpha",
        "alpha is below zero: an item is scored the wrong way round, or the items have nothing in common",
    );
    Ok(Reliability {
        alpha: Estimate {
            interval: Some(finite_interval(lower, upper, level)?),
            warnings,
            ..Estimate::point(alpha, n as u64, METHOD)
        },
        alpha_standardised,
        measurement_error: finite(
            (total.variance() * (1.0 - alpha).max(0.0)).sqrt(),
            "the standard error of measurement",
        )?,
        items: rest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alpha(items: &[&[f64]], level: f64) -> Result<Reliability, Refusal> {
        cronbach_alpha(items, level)
    }

    fn code(items: &[&[f64]]) -> Option<&'static str> {
        alpha(items, 0.95).err().map(|refusal| refusal.code)
    }

    const ONE: [f64; 5] = [1.0, 2.0, 3.0, 4.0, 5.0];
    const TWO: [f64; 5] = [2.0, 1.0, 4.0, 3.0, 5.0];
    const THREE: [f64; 5] = [1.0, 3.0, 2.0, 5.0, 4.0];

    #[test]
    fn alpha_by_hand() {
        // Variances 2.5 each, covariances 2, 2 and 0.75: the sum has 7.5 + 9.5.
        let found = alpha(&[&ONE, &TWO, &THREE], 0.95).expect("a result");
        assert!((found.alpha.value - 1.5 * (1.0 - 7.5 / 17.0)).abs() < 1e-14);
        // Equal variances: the standardised α is the same.
        assert!((found.alpha_standardised - found.alpha.value).abs() < 1e-14);
        // Without the first: 2 (1 - 5/6.5); its correlation with the rest
        // 4/sqrt(2.5 * 6.5).
        let first = found.items[0];
        assert!((first.alpha_without.expect("α") - 2.0 * (1.0 - 5.0 / 6.5)).abs() < 1e-13);
        assert!((first.rest_correlation.expect("r") - 4.0 / 16.25_f64.sqrt()).abs() < 1e-13);
        let codes: Vec<&str> = found.alpha.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, ["few_people"]);
    }

    #[test]
    fn equal_items_have_alpha_one() {
        let found = alpha(&[&ONE, &ONE], 0.95).expect("a result");
        assert!((found.alpha.value - 1.0).abs() < 1e-14);
        assert_eq!(found.items[0].alpha_without, None);
        assert!(found.measurement_error < 1e-6);
    }

    #[test]
    fn reversed_item_is_flagged() {
        let turned = ONE.map(|x| 6.0 - x);
        let found = alpha(&[&ONE, &turned, &TWO], 0.95).expect("a result");
        assert!(found.alpha.value < 0.0 && found.items[1].rest_correlation.is_some_and(|r| r < 0.0));
        assert!(found.alpha.warnings.iter().any(|warning| warning.code == "negative_alpha"));
        assert_eq!(code(&[&ONE, &turned]), Some("no_variation"));
    }

    #[test]
    fn alpha_does_not_depend_on_the_order() {
        let back = |x: [f64; 5]| [x[4], x[3], x[2], x[1], x[0]];
        let (one, two, three) = (back(ONE), back(TWO), back(THREE));
        let found = alpha(&[&ONE, &TWO, &THREE], 0.9).expect("a result");
        assert_eq!(alpha(&[&one, &two, &three], 0.9), Ok(found.clone()));
        let turned = alpha(&[&THREE, &TWO, &ONE], 0.9).expect("a result");
        assert!((turned.alpha.value - found.alpha.value).abs() < 1e-14);
    }

    #[test]
    fn alpha_refuses() {
        assert_eq!(code(&[]), Some("empty"));
        assert_eq!(code(&[&[], &[]]), Some("empty"));
        assert_eq!(code(&[&ONE]), Some("too_few_items"));
        assert_eq!(code(&[&ONE, &TWO[..4]]), Some("lengths_differ"));
        assert_eq!(code(&[&ONE[..2], &TWO[..2]]), Some("too_few_units"));
        assert_eq!(code(&[&ONE, &[3.0; 5]]), Some("no_variation"));
        assert_eq!(code(&[&ONE, &[1.0, 2.0, f64::NAN, 3.0, 4.0]]), Some("not_finite"));
        assert_eq!(code(&[&ONE, &[1.0, 2.0, 1e200, 3.0, 4.0]]), Some("out_of_range"));
        assert_eq!(alpha(&[&ONE, &TWO], 0.0).err().map(|r| r.code), Some("level_out_of_range"));
    }
}
