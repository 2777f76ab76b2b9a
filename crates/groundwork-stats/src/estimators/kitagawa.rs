//! Where a difference of two rates comes from: `kitagawa.symmetric` and
//! `kitagawa.threefold`.
//!
//! # Estimand
//!
//! The rates of two sites differ. How much of it is due to who is served (the
//! strata differ in size: composition), and how much to how they are served
//! (the rates within strata differ)? An identity about the data at hand, with no
//! claim about causes: the strata carry only what they measure.
//!
//! # Assumptions
//!
//! Everybody is in one stratum, and strata mean the same on both sides.
//!
//! # Method
//!
//! With p the share of a stratum among a site's people and r its rate, R = Σ p r,
//!
//! ```text
//! symmetric  R1 - R2 = Σ (p1 - p2)(r1 + r2)/2 + Σ (r1 - r2)(p1 + p2)/2
//!                      composition              rate
//! threefold  R1 - R2 = Σ (p1 - p2) r2 + Σ (r1 - r2) p2 + Σ (p1 - p2)(r1 - r2)
//!                      composition      rate             interaction
//! ```
//!
//! The threefold form takes site 2 for the point of departure. All sums are
//! exact and rounded once, so that neither the order of the strata nor their
//! number changes a digit. Swapping the sites turns the signs of the symmetric
//! parts.
//!
//! The rate part of a stratum can be read by itself. Its composition part
//! cannot: it depends on the level of the rates, and a stratum with an ordinary
//! rate gets a large part merely because it is larger at one site. Measured from
//! the mean rate, (p1 - p2)((r1 + r2)/2 - (R1 + R2)/2), it can, and the sum is
//! the same; this is given as well.
//!
//! # Small samples
//!
//! The parts have no standard error here; with small strata they are mostly
//! noise. Give the counts with them.
//!
//! # Refusals
//!
//! `empty_stratum`: a stratum has nobody at one site. Also `lengths_differ`,
//! `empty`, `not_finite`, `negative_population`.
//!
//! # Source
//!
//! Kitagawa EM (1955). Components of a difference between two rates. Journal of
//! the American Statistical Association 50:1168-1194.

use super::risk_table::{empty, lengths_differ};
use super::standardisation::empty_stratum;
use crate::estimate::Refusal;
use crate::sum::Sum;

/// The id of the method with two parts.
pub const METHOD: &str = "kitagawa.symmetric";

/// The id of the method with three parts.
pub const METHOD_THREEFOLD: &str = "kitagawa.threefold";

/// One site: for each stratum a numerator and a denominator.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Events, successes, or any total, one a stratum.
    pub numerator: &'a [f64],
    /// People, one a stratum, above zero.
    pub denominator: &'a [f64],
}

/// The parts of one stratum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// (p1 - p2)(r1 + r2)/2; not to be read by itself.
    pub composition: f64,
    /// (p1 - p2)((r1 + r2)/2 - (R1 + R2)/2): the same from the mean rate.
    pub composition_centred: f64,
    /// (r1 - r2)(p1 + p2)/2.
    pub rate: f64,
}

/// The parts of a difference of two rates. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Kitagawa {
    /// The rate of the first site.
    pub first: f64,
    /// The rate of the second site.
    pub second: f64,
    /// The first minus the second.
    pub difference: f64,
    /// The part due to composition, in the symmetric form.
    pub composition: f64,
    /// The part due to rates, in the symmetric form.
    pub rate: f64,
    /// The part due to composition at the rates of the second site.
    pub composition_at_second: f64,
    /// The part due to rates at the composition of the second site.
    pub rate_at_second: f64,
    /// What is left of the threefold form.
    pub interaction: f64,
    /// The symmetric parts of each stratum, in the order given.
    pub strata: Vec<Part>,
}

/// Splits the difference of the rates of two sites, first minus second.
///
/// Both sides list the same strata in the same order. Rates are numerators over
/// denominators, shares where those are counts of the same people.
///
/// # Refusals
///
/// * `lengths_differ`, `empty`: the slices differ in length, or hold no stratum.
/// * `not_finite`: a number is missing, infinite, or too large to sum.
/// * `negative_population`: a denominator is below zero.
/// * `empty_stratum`: a denominator is zero.
pub fn kitagawa(first: Side<'_>, second: Side<'_>) -> Result<Kitagawa, Refusal> {
    let strata = first.numerator.len();
    let same = |values: &[f64]| values.len() == strata;
    if !(same(first.denominator) && same(second.numerator) && same(second.denominator)) {
        return Err(lengths_differ());
    }
    if strata == 0 {
        return Err(empty());
    }
    let (total1, total2) = (check_side(first)?, check_side(second)?);
    let side = |side: Side<'_>, total: f64, at: usize| {
        (side.denominator[at] / total, side.numerator[at] / side.denominator[at])
    };
    let crude = |side: Side<'_>, total: f64| side.numerator.iter().copied().collect::<Sum>().value() / total;
    let (rate1, rate2) = (crude(first, total1), crude(second, total2));
    let mean = 0.5 * rate1 + 0.5 * rate2;
    let mut parts = Vec::with_capacity(strata);
    let mut sums: [Sum; 5] = Default::default();
    for at in 0..strata {
        let ((p1, r1), (p2, r2)) = (side(first, total1, at), side(second, total2, at));
        let (p, r) = (p1 - p2, r1 - r2);
        let middle = 0.5 * r1 + 0.5 * r2;
        let part = Part {
            composition: p * middle,
            composition_centred: p * (middle - mean),
            rate: r * (0.5 * p1 + 0.5 * p2),
        };
        for (sum, value) in sums.iter_mut().zip([part.composition, part.rate, p * r2, r * p2, p * r]) {
            sum.add(value);
        }
        parts.push(part);
    }
    let [composition, rate, composition_at_second, rate_at_second, interaction] = sums.map(|sum| sum.value());
    let found = Kitagawa {
        first: rate1,
        second: rate2,
        difference: rate1 - rate2,
        composition,
        rate,
        composition_at_second,
        rate_at_second,
        interaction,
        strata: parts,
    };
    let numbers = [rate1, rate2, found.difference, composition, rate, composition_at_second, rate_at_second];
    let centred = found.strata.iter().map(|part| part.composition_centred);
    if numbers.iter().copied().chain(centred).chain([interaction]).all(f64::is_finite) {
        Ok(found)
    } else {
        Err(Refusal::not_finite("a rate or a part of the difference"))
    }
}

/// The sum of the denominators of a side that can be used.
fn check_side(side: Side<'_>) -> Result<f64, Refusal> {
    let total = crate::sum::sum(side.denominator);
    if !(side.numerator.iter().all(|value| value.is_finite()) && total.is_finite()) {
        return Err(Refusal::not_finite("a number of a stratum"));
    }
    if side.denominator.iter().any(|&people| people < 0.0) {
        return Err(Refusal::new(
            "negative_population",
            "the size of a stratum is below zero",
            "check how people were counted",
        ));
    }
    if side.denominator.contains(&0.0) {
        return Err(empty_stratum());
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn split(x1: &[f64], n1: &[f64], x2: &[f64], n2: &[f64]) -> Result<Kitagawa, Refusal> {
        kitagawa(Side { numerator: x1, denominator: n1 }, Side { numerator: x2, denominator: n2 })
    }

    #[test]
    fn kitagawa_by_hand() {
        // Shares 1/4 3/4 against 1/2 1/2, rates 1 0 against 1/2 1/2.
        let found = split(&[1.0, 0.0], &[1.0, 3.0], &[1.0, 1.0], &[2.0, 2.0]).expect("parts");
        assert_eq!((found.first, found.second, found.difference), (0.25, 0.5, -0.25));
        assert_eq!((found.composition, found.rate), (-0.125, -0.125));
        assert_eq!((found.composition_at_second, found.rate_at_second, found.interaction), (0.0, 0.0, -0.25));
        assert_eq!(found.strata[0].rate, 0.5 * 0.375);
        assert_eq!(found.strata[0].composition, -0.25 * 0.75);
        assert_eq!(found.strata[0].composition_centred, -0.25 * (0.75 - 0.375));
    }

    #[test]
    fn kitagawa_refuses() {
        assert_eq!(code(split(&[], &[], &[], &[])), Some("empty"));
        assert_eq!(code(split(&[1.0], &[1.0], &[1.0], &[])), Some("lengths_differ"));
        assert_eq!(code(split(&[1.0], &[0.0], &[1.0], &[1.0])), Some("empty_stratum"));
        assert_eq!(code(split(&[0.0], &[1.0], &[0.0], &[0.0])), Some("empty_stratum"));
        assert_eq!(code(split(&[1.0], &[-1.0], &[1.0], &[1.0])), Some("negative_population"));
        assert_eq!(code(split(&[f64::NAN], &[1.0], &[1.0], &[1.0])), Some("not_finite"));
        assert_eq!(code(split(&[1.0], &[f64::INFINITY], &[1.0], &[1.0])), Some("not_finite"));
        assert_eq!(code(split(&[1e300], &[1e-300], &[1.0], &[1.0])), Some("not_finite"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn kitagawa_parts_sum_to_the_difference_in_any_order(
            rows in proptest::collection::vec((0_u32..50, 1_u32..60, 0_u32..50, 1_u32..60), 1..12),
            turn in 0_usize..12,
        ) {
            let build = |rows: &[(u32, u32, u32, u32)]| {
                let column = |of: fn(&(u32, u32, u32, u32)) -> u32| {
                    rows.iter().map(|row| f64::from(of(row))).collect::<Vec<_>>()
                };
                let (x1, n1) = (column(|row| row.0.min(row.1)), column(|row| row.1));
                let (x2, n2) = (column(|row| row.2.min(row.3)), column(|row| row.3));
                (split(&x1, &n1, &x2, &n2).expect("parts"), split(&x2, &n2, &x1, &n1).expect("parts"))
            };
            let (found, swapped) = build(&rows);
            prop_assert!((found.composition + found.rate - found.difference).abs() < 1e-12);
            let three = found.composition_at_second + found.rate_at_second + found.interaction;
            prop_assert!((three - found.difference).abs() < 1e-12);
            let centred: f64 = found.strata.iter().map(|part| part.composition_centred).sum();
            prop_assert!((centred - found.composition).abs() < 1e-12);
            prop_assert_eq!(swapped.composition, -found.composition);
            prop_assert_eq!(swapped.rate, -found.rate);
            let mut turned = rows.clone();
            turned.rotate_left(turn % rows.len());
            let again = build(&turned).0;
            prop_assert_eq!(Kitagawa { strata: found.strata.clone(), ..again }, found);
        }
    }
}
