//! Power, sample size and the smallest effect that can be found:
//! `power.normal`, `power.noncentral_t`, `power.fisher.exact`,
//! `power.ni.normal`, `power.ni.mn.exact`.
//!
//! # Estimand
//!
//! The probability that a two-sided test at size α rejects when the truth is
//! as stated; the number of units, or the effect, at which that probability
//! reaches a wanted power. Printed beside every result that is null or
//! inconclusive, and never computed from the effect that was seen.
//!
//! # Assumptions
//!
//! Independent units and two groups; of equal size where one size is given.
//! Clusters multiply the units needed by the design effect 1 + (m - 1) ICC.
//!
//! # Method
//!
//! ```text
//! proportions  Φ((sqrt(n)|p1 - p2| ∓ z sqrt(2 p̄ q̄)) / sqrt(p1 q1 + p2 q2)), both tails
//! means        P(|T| > t) with T noncentral t, df 2(n - 1), ncp sqrt(n/2) δ/σ
//! Fisher       the probability of all tables with a p-value of at most α
//! NI normal    n = (z_α + z_β)² (p1 q1 + p2 q2) / (p1 - p2 + Δ)²
//! NI exact     the probability of all tables whose one-sided score p is below α
//! ```
//!
//! The far tail is counted, which some software leaves out. Sizes and effects
//! are roots of the power, and need not be whole; round sizes up.
//!
//! # Small samples
//!
//! The normal formula is optimistic below about thirty units a group; the
//! exact ones enumerate. Eight against eight, 40% against 90%, has a power of
//! .39 with Fisher's test: a null result there means nothing.
//!
//! # Refusals
//!
//! `probability_out_of_range`, `alpha_out_of_range`, `power_out_of_range`,
//! `not_finite`, `too_few_units`, `too_many_units`, `no_effect`,
//! `not_detectable`, `icc_out_of_range`, `margin_out_of_range`.
//!
//! # Source
//!
//! Fleiss JL, Levin B, Paik MC (2003). Statistical methods for rates and
//! proportions, 3rd edition, chapter 4. Wiley. Cohen J (1988). Statistical
//! power analysis for the behavioral sciences, 2nd edition. Erlbaum.
//! Farrington CP, Manning G (1990). Statistics in Medicine 9:1447-1454. Donner
//! A, Birkett N, Buck C (1981). Randomization by cluster: sample size
//! requirements and analysis. American Journal of Epidemiology 114:906-914.

use super::difference_miettinen_nurminen::Counts;
use super::exact_two_by_two::{Margin, binomial_masses};
use super::verdict::check_alpha;
use crate::estimate::Refusal;
use crate::root::bracketed;
use crate::special::{
    noncentral_t_cdf, noncentral_t_sf, normal_cdf, normal_critical, normal_quantile, student_critical,
};
use crate::sum::Sum;
use crate::thresholds::{SAMPLE_SIZE_MOST, UNCONDITIONAL_TABLES_MOST};

/// The id of the normal formula for two proportions.
pub const METHOD: &str = "power.normal";
/// The id of the power of the t test.
pub const METHOD_T: &str = "power.noncentral_t";
/// The id of the exact power of Fisher's test.
pub const METHOD_FISHER: &str = "power.fisher.exact";
/// The id of the normal formula for non-inferiority.
pub const METHOD_NON_INFERIORITY: &str = "power.ni.normal";
/// The id of the exact power of the score test of non-inferiority.
pub const METHOD_NON_INFERIORITY_EXACT: &str = "power.ni.mn.exact";

/// A number of units in each of two groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Units {
    /// The root of the power, which need not be whole.
    pub exact: f64,
    /// The smallest whole number of units that reaches the power.
    pub whole: u64,
}

impl Units {
    fn new(exact: f64) -> Result<Self, Refusal> {
        if !(exact > 0.0 && exact <= SAMPLE_SIZE_MOST) {
            return Err(Refusal::new(
                "not_detectable",
                "no feasible number of units reaches the wanted power",
                "state a larger effect that matters, or a wider margin",
            ));
        }
        // A root that is whole but for the search is not raised by one.
        Ok(Self { exact, whole: (exact - 1e-7 * exact).ceil().max(1.0) as u64 })
    }
}

/// The power of the test of two proportions with `n` units in each group.
///
/// `n` need not be whole; `p1`, `p2` and the two-sided `alpha` are shares. By
/// the normal formula with pooled variance under no difference. See the
/// [module](self).
///
/// # Refusals
///
/// * `too_few_units`: `n` is below one.
/// * `not_finite`: `n` is not a finite number.
/// * `probability_out_of_range`: `p1` or `p2` is not between 0 and 1.
/// * `alpha_out_of_range`: `alpha` is not strictly between 0 and one half.
/// * `no_effect`: both probabilities are 0, or both are 1.
pub fn power_two_proportions(n: f64, p1: f64, p2: f64, alpha: f64) -> Result<f64, Refusal> {
    check_alpha(alpha)?;
    check_share(p1)?;
    check_share(p2)?;
    check_units(n, 1.0)?;
    if p1 == p2 && (p1 == 0.0 || p1 == 1.0) {
        return Err(no_effect());
    }
    Ok(proportions(n, p1, p2, normal_critical(1.0 - alpha)))
}

fn proportions(n: f64, p1: f64, p2: f64, critical: f64) -> f64 {
    let mean = 0.5 * (p1 + p2);
    let reach = critical * (2.0 * mean * (1.0 - mean)).sqrt();
    let spread = (p1 * (1.0 - p1) + p2 * (1.0 - p2)).sqrt();
    let shift = n.sqrt() * (p1 - p2).abs();
    if spread == 0.0 {
        // 0 against 1: certain to be found or certain not to be.
        return if shift > reach { 1.0 } else { 0.0 };
    }
    (normal_cdf((shift - reach) / spread) + normal_cdf(-(shift + reach) / spread)).min(1.0)
}

/// The units in each group with which the test of two proportions reaches
/// `power`.
///
/// # Refusals
///
/// * those of [`power_two_proportions`] about `p1`, `p2` and `alpha`.
/// * `power_out_of_range`: `power` is not strictly between `alpha` and 1.
/// * `no_effect`: `p1` equals `p2`.
/// * `not_detectable`: more than a thousand million units would be needed.
pub fn units_two_proportions(p1: f64, p2: f64, alpha: f64, power: f64) -> Result<Units, Refusal> {
    check_alpha(alpha)?;
    check_share(p1)?;
    check_share(p2)?;
    check_power(power, alpha)?;
    if p1 == p2 {
        return Err(no_effect());
    }
    let critical = normal_critical(1.0 - alpha);
    smallest(1.0, power, |n| proportions(n, p1, p2, critical))
}

/// The probability nearest to `p1`, above it or below, that the test of two
/// proportions tells from it with `power` and `n` units in each group.
///
/// # Refusals
///
/// * those of [`power_two_proportions`] about `n`, `p1` and `alpha`.
/// * `power_out_of_range`: `power` is not strictly between `alpha` and 1.
/// * `not_detectable`: not even 1, or 0, is told from `p1`.
pub fn detectable_two_proportions(
    n: f64,
    p1: f64,
    alpha: f64,
    power: f64,
    above: bool,
) -> Result<f64, Refusal> {
    check_alpha(alpha)?;
    check_share(p1)?;
    check_units(n, 1.0)?;
    check_power(power, alpha)?;
    let critical = normal_critical(1.0 - alpha);
    let end = if above { 1.0 } else { 0.0 };
    let short = |p2: f64| proportions(n, p1, p2, critical) - power;
    if p1 == end || short(end) < 0.0 {
        return Err(not_detectable());
    }
    bracketed(|p2| if p2 == p1 { alpha - power } else { short(p2) }, p1, end, 0.0).ok_or_else(not_detectable)
}

/// The power of the two-sided t test of two means with `n` units in each
/// group, which need not be whole.
///
/// `delta` is the difference of the means and `sd` the common standard
/// deviation, in the same units; `alpha` is a share.
///
/// # Refusals
///
/// * `alpha_out_of_range`: `alpha` is not strictly between 0 and one half.
/// * `not_finite`: a number is not finite, or `delta`/`sd` is out of range.
/// * `too_few_units`: `n` is below two.
/// * `no_variation`: `sd` is not above zero.
pub fn power_t(n: f64, delta: f64, sd: f64, alpha: f64) -> Result<f64, Refusal> {
    check_alpha(alpha)?;
    check_units(n, 2.0)?;
    let effect = effect_size(delta, sd)?;
    let found = t_power(n, effect, alpha);
    if found.is_finite() { Ok(found) } else { Err(Refusal::not_finite("the power")) }
}

fn t_power(n: f64, effect: f64, alpha: f64) -> f64 {
    let df = 2.0 * (n - 1.0);
    let critical = student_critical(1.0 - alpha, df);
    let ncp = (0.5 * n).sqrt() * effect.abs();
    // Far out the power is one, and the integrals are not needed.
    if ncp > critical + 40.0 && df >= 2.0 && ncp > 10.0 * critical {
        return 1.0;
    }
    (noncentral_t_sf(critical, df, ncp) + noncentral_t_cdf(-critical, df, ncp)).min(1.0)
}

/// The units in each group with which the t test reaches `power`.
///
/// # Refusals
///
/// * those of [`power_t`] about `delta`, `sd` and `alpha`.
/// * `power_out_of_range`: `power` is not strictly between `alpha` and 1.
/// * `no_effect`: `delta` is zero.
/// * `not_detectable`: more than a thousand million units would be needed.
pub fn units_t(delta: f64, sd: f64, alpha: f64, power: f64) -> Result<Units, Refusal> {
    check_alpha(alpha)?;
    check_power(power, alpha)?;
    let effect = effect_size(delta, sd)?;
    if effect == 0.0 {
        return Err(no_effect());
    }
    smallest(2.0, power, |n| t_power(n, effect, alpha))
}

/// The smallest difference of two means that the t test finds with `power` and
/// `n` units in each group, in the units of `sd`.
///
/// # Refusals
///
/// * those of [`power_t`] about `n`, `sd` and `alpha`.
/// * `power_out_of_range`: `power` is not strictly between `alpha` and 1.
/// * `not_detectable`: no difference within reason reaches it.
pub fn detectable_t(n: f64, sd: f64, alpha: f64, power: f64) -> Result<f64, Refusal> {
    check_alpha(alpha)?;
    check_units(n, 2.0)?;
    check_power(power, alpha)?;
    effect_size(0.0, sd)?;
    let short = |effect: f64| t_power(n, effect, alpha) - power;
    let mut high = 1.0 / n.sqrt();
    while short(high) < 0.0 {
        high *= 2.0;
        if high > 1e4 {
            return Err(not_detectable());
        }
    }
    let effect = bracketed(short, 0.0, high, 0.0).ok_or_else(not_detectable)?;
    let found = effect * sd;
    if found.is_finite() { Ok(found) } else { Err(Refusal::not_finite("the difference")) }
}

/// The exact power of Fisher's two-sided test with `n1` and `n2` units.
///
/// `p1`, `p2` and `alpha` are shares.
///
/// # Refusals
///
/// * `probability_out_of_range`: `p1` or `p2` is not between 0 and 1.
/// * `alpha_out_of_range`: `alpha` is not strictly between 0 and one half.
/// * `too_few_units`: a group is empty.
/// * `too_many_units`: more than a quarter of a million possible tables.
pub fn power_fisher(n1: u64, n2: u64, p1: f64, p2: f64, alpha: f64) -> Result<f64, Refusal> {
    check_alpha(alpha)?;
    check_share(p1)?;
    check_share(p2)?;
    check_tables(n1, n2)?;
    let (first, second) = (binomial_masses(n1, p1), binomial_masses(n2, p2));
    let mut total = Sum::new();
    for m in 0..=n1 + n2 {
        let margin = Margin { n1, n2, m };
        let (low, high) = margin.support();
        for (k, p) in (low..=high).zip(margin.fisher_p_values()) {
            // Equal but for rounding is not above.
            if p <= alpha * (1.0 + 1e-12) {
                total.add(first[k as usize] * second[(m - k) as usize]);
            }
        }
    }
    Ok(total.value().clamp(0.0, 1.0))
}

/// The units in each group with which a one-sided test at `alpha` shows, with
/// `power`, that the first proportion is not lower than the second by
/// `margin`, by the normal formula.
///
/// `p1` and `p2` are the true shares; the formula takes their variances as
/// they are and not under the margin, which is close where the two are equal.
///
/// # Refusals
///
/// * `probability_out_of_range`: `p1` or `p2` is not between 0 and 1.
/// * `margin_out_of_range`: `margin` is not strictly between 0 and 1.
/// * `alpha_out_of_range`: `alpha` is not strictly between 0 and one half.
/// * `power_out_of_range`: `power` is not strictly between `alpha` and 1.
/// * `no_effect`: the first is lower by the margin or more.
/// * `not_detectable`: more than a thousand million units would be needed, or
///   the shares leave nothing to vary.
pub fn units_non_inferiority(
    p1: f64,
    p2: f64,
    margin: f64,
    alpha: f64,
    power: f64,
) -> Result<Units, Refusal> {
    check_alpha(alpha)?;
    check_share(p1)?;
    check_share(p2)?;
    check_margin(margin)?;
    check_power(power, alpha)?;
    let above = p1 - p2 + margin;
    if above <= 0.0 {
        return Err(no_effect());
    }
    let z = normal_quantile(1.0 - alpha) + normal_quantile(power);
    Units::new(z * z * (p1 * (1.0 - p1) + p2 * (1.0 - p2)) / (above * above))
}

/// The exact power of the one-sided score test of non-inferiority
/// ([`non_inferiority`](super::non_inferiority::non_inferiority), high is
/// good) with `n1` and `n2` units.
///
/// # Refusals
///
/// * `probability_out_of_range`, `alpha_out_of_range`, `too_few_units`,
///   `too_many_units`, as [`power_fisher`].
/// * `margin_out_of_range`: `margin` is not strictly between 0 and 1.
pub fn power_non_inferiority(
    n1: u64,
    n2: u64,
    p1: f64,
    p2: f64,
    margin: f64,
    alpha: f64,
) -> Result<f64, Refusal> {
    check_alpha(alpha)?;
    check_share(p1)?;
    check_share(p2)?;
    check_margin(margin)?;
    check_tables(n1, n2)?;
    let (first, second) = (binomial_masses(n1, p1), binomial_masses(n2, p2));
    let critical = normal_quantile(1.0 - alpha);
    let mut total = Sum::new();
    for (x1, one) in (0..=n1).zip(&first) {
        for (x2, other) in (0..=n2).zip(&second) {
            let mass = one * other;
            // Nothing is lost: the masses below are less than 1e-24 in all.
            let statistic = Counts::new(x1, n1, x2, n2).statistic(-margin);
            if mass > 1e-30 && statistic.is_ok_and(|found| found > critical) {
                total.add(mass);
            }
        }
    }
    Ok(total.value().clamp(0.0, 1.0))
}

/// The design effect 1 + (m - 1) ICC of clusters of `size` units.
///
/// # Refusals
///
/// * `too_few_units`: `size` is below one.
/// * `not_finite`: `size` is not a finite number.
/// * `icc_out_of_range`: `icc` is not between 0 and 1.
pub fn design_effect(size: f64, icc: f64) -> Result<f64, Refusal> {
    check_units(size, 1.0)?;
    if !(0.0..=1.0).contains(&icc) {
        return Err(Refusal::new(
            "icc_out_of_range",
            "the intraclass correlation does not lie between 0 and 1",
            "take zero for a negative estimate, and say so",
        ));
    }
    Ok(1.0 + (size - 1.0) * icc)
}

/// The units of clusters that are worth `units` independent ones.
///
/// # Refusals
///
/// Those of [`design_effect`], and `not_detectable` above a thousand million.
pub fn units_clustered(units: Units, size: f64, icc: f64) -> Result<Units, Refusal> {
    Units::new(units.exact * design_effect(size, icc)?)
}

/// The smallest number of units, not below `least`, whose power is `power`.
fn smallest(least: f64, power: f64, of: impl Fn(f64) -> f64) -> Result<Units, Refusal> {
    if of(least) >= power {
        return Units::new(least);
    }
    let mut high = 2.0 * least;
    while of(high) < power {
        high *= 2.0;
        if high > SAMPLE_SIZE_MOST {
            return Err(not_detectable());
        }
    }
    let exact =
        bracketed(|n| of(n) - power, (0.5 * high).max(least), high, 0.0).ok_or_else(not_detectable)?;
    Units::new(exact)
}

fn effect_size(delta: f64, sd: f64) -> Result<f64, Refusal> {
    if !(delta.is_finite() && sd.is_finite()) {
        return Err(Refusal::not_finite("the difference or the standard deviation"));
    }
    if sd <= 0.0 {
        return Err(Refusal::new(
            "no_variation",
            "the standard deviation is not above zero",
            "take it from earlier data, in the units of the difference",
        ));
    }
    let effect = delta / sd;
    if effect.abs() < 1e6 { Ok(effect) } else { Err(Refusal::not_finite("the standardised difference")) }
}

fn check_share(p: f64) -> Result<(), Refusal> {
    if (0.0..=1.0).contains(&p) {
        return Ok(());
    }
    Err(Refusal::new(
        "probability_out_of_range",
        "the probability does not lie between 0 and 1",
        "give the probability as a share, such as 0.75",
    ))
}

fn check_units(n: f64, least: f64) -> Result<(), Refusal> {
    if !n.is_finite() {
        return Err(Refusal::not_finite("the number of units"));
    }
    if n > SAMPLE_SIZE_MOST {
        return Err(too_many_units());
    }
    if n >= least { Ok(()) } else { Err(too_few_units()) }
}

fn check_tables(n1: u64, n2: u64) -> Result<(), Refusal> {
    if n1 == 0 || n2 == 0 {
        return Err(too_few_units());
    }
    let tables = n1.saturating_add(1).saturating_mul(n2.saturating_add(1));
    if tables <= UNCONDITIONAL_TABLES_MOST { Ok(()) } else { Err(too_many_units()) }
}

fn check_power(power: f64, alpha: f64) -> Result<(), Refusal> {
    if power > alpha && power < 1.0 {
        return Ok(());
    }
    Err(Refusal::new(
        "power_out_of_range",
        "the wanted power does not lie between the size of the test and one",
        "give the power as a share, such as 0.8",
    ))
}

fn check_margin(margin: f64) -> Result<(), Refusal> {
    if margin > 0.0 && margin < 1.0 {
        return Ok(());
    }
    Err(Refusal::new(
        "margin_out_of_range",
        "the margin does not lie strictly between 0 and 1",
        "give the margin as a share, such as 0.1 for ten points",
    ))
}

fn too_few_units() -> Refusal {
    Refusal::new(
        "too_few_units",
        "there are too few units for the test to exist",
        "state at least one unit a group, or two for means",
    )
}

fn too_many_units() -> Refusal {
    Refusal::new(
        "too_many_units",
        "there are more units than power is worked out for",
        "use the normal formula, or fewer units",
    )
}

fn no_effect() -> Refusal {
    Refusal::new(
        "no_effect",
        "the stated truth leaves nothing to be found",
        "state the smallest effect that would matter",
    )
}

fn not_detectable() -> Refusal {
    Refusal::new(
        "not_detectable",
        "no effect, or no number of units, reaches the wanted power",
        "state more units, a larger effect or a lower power",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimators::exact_two_by_two::exact_fisher;

    #[test]
    fn power_without_an_effect_is_the_size() {
        for n in [2.0, 8.0, 400.0] {
            let t = power_t(n, 0.0, 3.0, 0.05).expect("a power");
            assert!((t - 0.05).abs() < 1e-12, "{n}: {t}");
            let z = power_two_proportions(n, 0.3, 0.3, 0.05).expect("a power");
            assert!((z - 0.05).abs() < 1e-12);
        }
        let exact = power_fisher(8, 8, 0.5, 0.5, 0.05).expect("a power");
        assert!(exact > 0.0 && exact < 0.05);
        // At the margin itself the test of non-inferiority has about its size.
        let exact = power_non_inferiority(60, 60, 0.7, 0.8, 0.1, 0.05).expect("a power");
        assert!((exact - 0.05).abs() < 0.01, "{exact}");
    }

    #[test]
    fn power_rises_with_units_and_effect() {
        let mut before = 0.0;
        for n in [2.0, 5.0, 9.5, 30.0, 100.0, 1e4, 1e8] {
            let now = power_t(n, 0.4, 1.0, 0.05).expect("a power");
            assert!(now >= before && now <= 1.0, "{n}: {now}");
            before = now;
        }
        assert_eq!(before, 1.0);
        let plain = |n: u64| power_fisher(n, n, 0.4, 0.9, 0.05).expect("a power");
        assert!(plain(8) < plain(16) && plain(16) < plain(40));
        assert!(power_two_proportions(50.0, 0.0, 1.0, 0.05) == Ok(1.0));
    }

    #[test]
    fn sizes_and_effects_are_roots_of_the_power() {
        for (p1, p2) in [(0.5, 0.75), (0.9, 0.4), (0.01, 0.02)] {
            let units = units_two_proportions(p1, p2, 0.05, 0.8).expect("units");
            let power = power_two_proportions(units.exact, p1, p2, 0.05).expect("a power");
            assert!((power - 0.8).abs() < 1e-12 && units.whole as f64 >= units.exact);
            let back = detectable_two_proportions(units.exact, p1, 0.05, 0.8, p2 > p1).expect("a share");
            assert!((back - p2).abs() < 1e-12);
            // Both directions of the exchange.
            assert_eq!(units_two_proportions(p2, p1, 0.05, 0.8), Ok(units));
        }
        for delta in [0.1, 1.0, 4.0] {
            let units = units_t(delta, 2.0, 0.05, 0.9).expect("units");
            let power = power_t(units.exact, delta, 2.0, 0.05).expect("a power");
            assert!((power - 0.9).abs() < 1e-11);
            let back = detectable_t(units.exact, 2.0, 0.05, 0.9).expect("a difference");
            assert!((back / delta - 1.0).abs() < 1e-11);
        }
        assert_eq!(units_t(1e5, 1.0, 0.05, 0.9), Ok(Units { exact: 2.0, whole: 2 }));
    }

    #[test]
    fn exact_power_is_the_sum_over_rejecting_tables() {
        use crate::special::binomial_mass;
        for (n1, n2) in [(8, 8), (5, 11)] {
            let mut total = 0.0;
            for x1 in 0..=n1 {
                for x2 in 0..=n2 {
                    if exact_fisher(x1, n1, x2, n2).expect("a test").p_value <= 0.05 {
                        total += binomial_mass(x1, n1, 0.4) * binomial_mass(x2, n2, 0.9);
                    }
                }
            }
            let found = power_fisher(n1, n2, 0.4, 0.9, 0.05).expect("a power");
            assert!((found - total).abs() < 1e-13);
        }
    }

    #[test]
    fn non_inferiority_needs_what_the_formula_says() {
        let units = units_non_inferiority(0.8, 0.8, 0.1, 0.05, 0.8).expect("units");
        assert_eq!(units.whole, 198);
        let exact = power_non_inferiority(198, 198, 0.8, 0.8, 0.1, 0.05).expect("a power");
        assert!((exact - 0.8).abs() < 0.02, "{exact}");
        let few = power_non_inferiority(8, 8, 0.8, 0.8, 0.1, 0.05).expect("a power");
        assert!(few < 0.2, "{few}");
        let clustered = units_clustered(units, 20.0, 0.05).expect("units");
        assert!((clustered.exact / units.exact - 1.95).abs() < 1e-14);
    }

    #[test]
    fn power_refuses() {
        let code = |found: Result<f64, Refusal>| found.err().map(|refusal| refusal.code);
        assert_eq!(code(power_two_proportions(0.5, 0.1, 0.2, 0.05)), Some("too_few_units"));
        assert_eq!(code(power_two_proportions(f64::NAN, 0.1, 0.2, 0.05)), Some("not_finite"));
        assert_eq!(code(power_two_proportions(1e300, 0.1, 0.2, 0.05)), Some("too_many_units"));
        assert_eq!(code(power_two_proportions(9.0, 1.1, 0.2, 0.05)), Some("probability_out_of_range"));
        assert_eq!(code(power_two_proportions(9.0, 0.1, f64::NAN, 0.05)), Some("probability_out_of_range"));
        assert_eq!(code(power_two_proportions(9.0, 0.1, 0.2, 0.0)), Some("alpha_out_of_range"));
        assert_eq!(code(power_two_proportions(9.0, 0.0, 0.0, 0.05)), Some("no_effect"));
        assert_eq!(code(power_t(1.0, 1.0, 1.0, 0.05)), Some("too_few_units"));
        assert_eq!(code(power_t(9.0, 1.0, 0.0, 0.05)), Some("no_variation"));
        assert_eq!(code(power_t(9.0, f64::NAN, 1.0, 0.05)), Some("not_finite"));
        assert_eq!(code(power_t(9.0, 1e300, 1e-300, 0.05)), Some("not_finite"));
        assert_eq!(code(detectable_t(9.0, 1.0, 0.05, 1.0)), Some("power_out_of_range"));
        assert_eq!(code(detectable_t(9.0, -1.0, 0.05, 0.8)), Some("no_variation"));
        assert_eq!(code(detectable_two_proportions(2.0, 0.5, 0.05, 0.9, true)), Some("not_detectable"));
        assert_eq!(code(detectable_two_proportions(9.0, 1.0, 0.05, 0.9, true)), Some("not_detectable"));
        assert_eq!(code(power_fisher(0, 8, 0.1, 0.2, 0.05)), Some("too_few_units"));
        assert_eq!(code(power_fisher(u64::MAX, 8, 0.1, 0.2, 0.05)), Some("too_many_units"));
        assert_eq!(code(power_non_inferiority(8, 8, 0.1, 0.2, 0.0, 0.05)), Some("margin_out_of_range"));
        assert_eq!(code(design_effect(0.5, 0.1)), Some("too_few_units"));
        assert_eq!(code(design_effect(5.0, -0.1)), Some("icc_out_of_range"));
        let code = |found: Result<Units, Refusal>| found.err().map(|refusal| refusal.code);
        assert_eq!(code(units_two_proportions(0.5, 0.5, 0.05, 0.8)), Some("no_effect"));
        assert_eq!(code(units_two_proportions(0.5, 0.500001, 0.05, 0.8)), Some("not_detectable"));
        assert_eq!(code(units_t(0.0, 1.0, 0.05, 0.8)), Some("no_effect"));
        assert_eq!(code(units_t(1e-9, 1.0, 0.05, 0.8)), Some("not_detectable"));
        assert_eq!(code(units_t(1.0, 1.0, 0.05, 0.01)), Some("power_out_of_range"));
        assert_eq!(code(units_non_inferiority(0.70001, 0.8, 0.1, 0.05, 0.8)), Some("not_detectable"));
        assert_eq!(code(units_non_inferiority(0.5, 0.8, 0.1, 0.05, 0.8)), Some("no_effect"));
        assert_eq!(code(units_non_inferiority(1.0, 1.0, 0.1, 0.05, 0.8)), Some("not_detectable"));
    }
}
