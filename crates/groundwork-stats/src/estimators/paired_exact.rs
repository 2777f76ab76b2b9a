//! Exact tests of a change among few people: `sign_flip.exact`,
//! `signed_rank.exact`, and `signed_rank.normal` for many.
//!
//! # Estimand
//!
//! Whether the change is more than the signs of the differences would show by
//! chance: under no change each difference is as likely to have the other
//! sign. The estimate beside the test is the mean of the differences for the
//! sign flip, and their median for the signed rank.
//!
//! # Assumptions
//!
//! One pair a person, persons independent, and differences that are symmetric
//! about zero under no change. No shape is assumed.
//!
//! # Method
//!
//! Differences of zero (no larger than the rounding of the scores) are left
//! out: their sign does not matter. With m others,
//!
//! ```text
//! sign_flip.exact     the share of the 2^m sign vectors with |Σ ± d| >= |Σ d|
//! signed_rank.exact   the share with |W - m(m+1)/4| as large as observed, W
//!                     the sum of the ranks of |d| with a plus; mid-ranks for
//!                     ties, as they are
//! signed_rank.normal  z = (W - m(m+1)/4) / sqrt(Σ r²/4), no correction
//! ```
//!
//! The sign vectors of the sums are enumerated up to 16 pairs; the
//! distribution of rank sums is built up exactly to 100 pairs. |d| that differ
//! by no more than rounding are tied.
//!
//! # Small samples
//!
//! The smallest p-value there is is 2/2^m. With five pairs that is .0625: at
//! alpha .05 the test cannot reject whatever the data, and is refused.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `out_of_range`,
//! `alpha_out_of_range`, `no_change_at_all` (every difference is zero),
//! `min_p_exceeds_alpha`, `too_many_pairs`.
//!
//! # Source
//!
//! Fisher RA (1935). The design of experiments, section 21. Wilcoxon F (1945).
//! Individual comparisons by ranking methods. Biometrics Bulletin 1:80-83.
//! Pratt JW, Gibbons JD (1981). Concepts of nonparametric theory, chapter 3.

use super::columns::rounding;
use super::median_exact::middle;
use super::paired_change::Differences;
use crate::estimate::{Estimate, Outcome, Refusal};
use crate::special::normal_two_sided_p;
use crate::thresholds::{COARSE_P, SIGN_FLIP_PAIRS_MOST, SIGNED_RANK_PAIRS_MOST};
use crate::warning::Warning;

/// The id of the sign-flip test.
pub const METHOD: &str = "sign_flip.exact";

/// The exact sign-flip test of the mean change.
///
/// `before` and `after` hold one score a person, in the same order and unit.
/// The estimate is the mean of after minus before; `n` counts all pairs; the
/// p-value is two-sided. `alpha` is the level at which it will be read.
///
/// # Refusals
///
/// * `lengths_differ`, `empty`, `not_finite`, `out_of_range`.
/// * `alpha_out_of_range`: `alpha` is not strictly between 0 and 1.
/// * `no_change_at_all`: every difference is zero.
/// * `min_p_exceeds_alpha`: not even pairs that all point one way would be
///   significant at `alpha`.
/// * `too_many_pairs`: more than 16 pairs with a difference.
///
/// # Warnings
///
/// * `coarse_p`: the smallest p-value there is is above a tenth of `alpha`.
pub fn sign_flip(before: &[f64], after: &[f64], alpha: f64) -> Outcome {
    let pairs = Changed::new(before, after, alpha)?;
    let sizes = &pairs.sizes;
    if sizes.len() > SIGN_FLIP_PAIRS_MOST {
        return Err(Refusal::new(
            "too_many_pairs",
            "there are too many pairs to look at every combination of signs",
            "use the paired t test, or the signed-rank test",
        ));
    }
    let total: f64 = sizes.iter().map(|size| size.0).sum();
    let observed: f64 = sizes.iter().map(|&(size, up)| if up { size } else { -size }).sum();
    // Sums that are equal on paper differ by the rounding of the scores.
    let least = observed.abs() - rounding(total.max(pairs.magnitude));
    let first = sizes.first().map_or(0.0, |size| size.0);
    let mut as_large = 0_u64;
    // The vectors come in pairs of opposite sign: the first sign is held.
    for signs in 0..1_u64 << (sizes.len() - 1) {
        let mut sum = first;
        for (at, &(size, _)) in sizes.iter().skip(1).enumerate() {
            sum += if signs >> at & 1 == 1 { -size } else { size };
        }
        as_large += u64::from(sum.abs() >= least);
    }
    Ok(Estimate {
        p_value: Some(as_large as f64 / libm::exp2((sizes.len() - 1) as f64)),
        warnings: pairs.warnings,
        ..Estimate::point(pairs.mean, before.len() as u64, METHOD)
    })
}

/// The exact signed-rank test of Wilcoxon, with mid-ranks for ties.
///
/// Arguments and warnings as for [`sign_flip`]. The estimate is the median of
/// after minus before, the statistic W, the sum of the ranks of the positive
/// differences. Refusals as for [`sign_flip`], with `too_many_pairs` from 101
/// pairs on.
pub fn signed_rank(before: &[f64], after: &[f64], alpha: f64) -> Outcome {
    let pairs = Changed::new(before, after, alpha)?;
    let m = pairs.sizes.len();
    if m > SIGNED_RANK_PAIRS_MOST {
        return Err(Refusal::new(
            "too_many_pairs",
            "there are too many pairs for the exact distribution of rank sums",
            "use the signed-rank test with its normal distribution, which is good from some tens of pairs on",
        ));
    }
    let (ranks, plus) = pairs.doubled_ranks();
    let total: usize = ranks.iter().sum();
    // The probability of every sum of doubled ranks with a plus.
    let mut mass = vec![0.0; total + 1];
    if let Some(none) = mass.first_mut() {
        *none = 1.0;
    }
    let mut reached = 0;
    for &rank in &ranks {
        for sum in (0..=reached + rank).rev() {
            let without = if sum <= reached { mass[sum] } else { 0.0 };
            let with = if sum >= rank { mass[sum - rank] } else { 0.0 };
            mass[sum] = 0.5 * (without + with);
        }
        reached += rank;
    }
    // W and the sum of the other ranks: the larger one and beyond.
    let larger = plus.max(total - plus);
    let tail: f64 = mass.iter().skip(larger).sum();
    Ok(Estimate {
        statistic: Some(plus as f64 / 2.0),
        p_value: Some((2.0 * tail).min(1.0)),
        warnings: pairs.warnings,
        ..Estimate::point(pairs.median, before.len() as u64, "signed_rank.exact")
    })
}

/// The signed-rank test with its normal distribution, the variance corrected
/// for ties, without a continuity correction.
///
/// Arguments, results and refusals as for [`signed_rank`], but for any number
/// of pairs from 17 with a difference on: `too_few_pairs` below, where the
/// exact test is to be had. `statistic` is W.
pub fn signed_rank_normal(before: &[f64], after: &[f64], alpha: f64) -> Outcome {
    let pairs = Changed::new(before, after, alpha)?;
    if pairs.sizes.len() <= SIGN_FLIP_PAIRS_MOST {
        return Err(Refusal::new(
            "too_few_pairs",
            "there are too few pairs for the normal distribution of rank sums",
            "use the exact signed-rank test",
        ));
    }
    let (w, z) = pairs.normal_score();
    Ok(Estimate {
        statistic: Some(w),
        p_value: Some(normal_two_sided_p(z)),
        warnings: pairs.warnings,
        ..Estimate::point(pairs.median, before.len() as u64, "signed_rank.normal")
    })
}

/// The pairs with a difference.
struct Changed {
    /// |d| from the largest down, and whether d is positive.
    sizes: Vec<(f64, bool)>,
    magnitude: f64,
    /// Of all differences, the zeros included.
    mean: f64,
    median: f64,
    warnings: Vec<Warning>,
}

impl Changed {
    fn new(before: &[f64], after: &[f64], alpha: f64) -> Result<Self, Refusal> {
        // Written so that a level that is not a number also fails.
        let inside = alpha > 0.0 && alpha < 1.0;
        if !inside {
            return Err(Refusal::new(
                "alpha_out_of_range",
                "the level of the test does not lie strictly between 0 and 1",
                "give the level as a share, such as 0.05",
            ));
        }
        let differences = Differences::new(before, after)?;
        let mut sizes: Vec<(f64, bool)> =
            differences.values.iter().filter(|&&d| d != 0.0).map(|&d| (d.abs(), d > 0.0)).collect();
        if sizes.is_empty() {
            return Err(Refusal::new(
                "no_change_at_all",
                "no score changed, so there is no sign to look at",
                "report that nothing changed, with the number of pairs",
            ));
        }
        sizes.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        let least = libm::exp2(1.0 - sizes.len() as f64);
        if least > alpha {
            return Err(Refusal::new(
                "min_p_exceeds_alpha",
                "with so few pairs even changes that all point one way are not significant at this level",
                "report how many rose, fell and stayed, without a test",
            ));
        }
        let mut warnings = Vec::new();
        if least > COARSE_P * alpha {
            warnings.push(Warning::new(
                "coarse_p",
                "with so few pairs the p-value takes few values, and only nearly unanimous changes are significant",
            ));
        }
        Ok(Self {
            sizes,
            magnitude: differences.magnitude,
            mean: differences.moments().mean,
            median: middle(&differences.values),
            warnings,
        })
    }

    /// Twice the mid-rank of every |d|, from the largest down, and their sum
    /// over positive differences.
    fn doubled_ranks(&self) -> (Vec<usize>, usize) {
        let m = self.sizes.len();
        let room = rounding(self.magnitude);
        let mut ranks = Vec::with_capacity(m);
        let mut plus = 0;
        for tied in self.sizes.chunk_by(|a, b| a.0 - b.0 <= room) {
            // Places from the top: `before` to `before + tied - 1`.
            let before = ranks.len();
            let rank = 2 * m - 2 * before - tied.len() + 1;
            for &(_, up) in tied {
                ranks.push(rank);
                plus += if up { rank } else { 0 };
            }
        }
        (ranks, plus)
    }

    /// W and its standard score.
    fn normal_score(&self) -> (f64, f64) {
        let (ranks, plus) = self.doubled_ranks();
        let (mut total, mut squares) = (0.0, 0.0);
        for &rank in &ranks {
            let rank = 0.5 * rank as f64;
            total += rank;
            squares += rank * rank;
        }
        let w = 0.5 * plus as f64;
        (w, (w - 0.5 * total) / (0.25 * squares).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zeros(n: usize) -> Vec<f64> {
        vec![0.0; n]
    }

    fn p(outcome: Outcome) -> f64 {
        outcome.expect("a test").p_value.expect("a p-value")
    }

    fn code(outcome: Outcome) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn five_pairs_cannot_be_significant() {
        let after = [1.0, 2.0, 3.0, 4.0, 5.0];
        for test in [sign_flip, signed_rank] {
            assert_eq!(code(test(&zeros(5), &after, 0.05)), Some("min_p_exceeds_alpha"));
            let found = test(&zeros(5), &after, 0.1).expect("a test");
            assert_eq!(found.p_value, Some(0.0625));
            assert_eq!(found.warnings[0].code, "coarse_p");
            // Eight pairs, of which three did not change, are five.
            let mut eight = after.to_vec();
            eight.extend([0.0; 3]);
            assert_eq!(code(test(&zeros(8), &eight, 0.05)), Some("min_p_exceeds_alpha"));
        }
    }

    #[test]
    fn six_pairs_can_but_coarsely() {
        let found = sign_flip(&zeros(6), &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.05).expect("a test");
        assert_eq!((found.p_value, found.value), (Some(0.03125), 3.5));
        assert_eq!(found.warnings[0].code, "coarse_p");
        let nine = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
        assert!(sign_flip(&zeros(9), &nine, 0.05).expect("a test").warnings.is_empty());
    }

    #[test]
    fn tests_by_hand() {
        // 1, 2, 3, 4, 5 up and 6 down: W = 15 of 21; sums of 15 and more or 6
        // and less in 64 vectors.
        let after = [1.0, 2.0, 3.0, 4.0, 5.0, -6.0];
        let mut as_large = 0;
        for signs in 0..64_u32 {
            let w: u32 = (0..6).filter(|at| signs >> at & 1 == 1).map(|at| at + 1).sum();
            as_large += u32::from(w >= 15 || w <= 6);
        }
        let truth = f64::from(as_large) / 64.0;
        let found = signed_rank(&zeros(6), &after, 0.05).expect("a test");
        assert_eq!((found.p_value, found.statistic, found.value), (Some(truth), Some(15.0), 2.5));
        // With sizes 1 to 6 the sum is a rank sum.
        assert_eq!(p(sign_flip(&zeros(6), &after, 0.05)), truth);
    }

    #[test]
    fn ties_share_their_rank_also_when_rounding_parts_them() {
        // 1.3 four times, by different roads.
        let before = [0.0, -0.2, -1.2, 0.1, 0.0, 0.0];
        let after = [1.3, 1.1, 0.1, 1.4, -2.0, 3.0];
        let found = signed_rank(&before, &after, 0.05).expect("a test");
        // Ranks 2.5 (four), 5 (down), 6: W = 16.
        assert_eq!(found.statistic, Some(16.0));
        let ones = [1.3, 1.3, 1.3, 1.3, -2.0, 3.0];
        assert_eq!(p(signed_rank(&zeros(6), &ones, 0.05)), found.p_value.expect("a p-value"));
        assert_eq!(p(sign_flip(&zeros(6), &ones, 0.05)), p(sign_flip(&before, &after, 0.05)));
    }

    #[test]
    fn normal_score_nears_the_exact_one() {
        let after: Vec<f64> = (1..=60).map(|i| f64::from(i) * if i % 3 == 0 { -1.0 } else { 1.0 }).collect();
        let exact = p(signed_rank(&zeros(60), &after, 0.05));
        let normal = p(signed_rank_normal(&zeros(60), &after, 0.05));
        assert!((exact / normal - 1.0).abs() < 0.05, "{exact} {normal}");
        let few = signed_rank_normal(&zeros(6), &after[..6], 0.05);
        assert_eq!(code(few), Some("too_few_pairs"));
    }

    #[test]
    fn normal_score_with_ties_and_a_zero() {
        // Student's sleep data, for which R 4.2.2 prints .00763244164820552;
        // given here for the score alone: ten pairs have their exact test.
        let before = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let after = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let (w, z) = Changed::new(&before, &after, 0.05).expect("pairs").normal_score();
        assert_eq!(w, 45.0);
        assert!((normal_two_sided_p(z) / 0.00763244164820552 - 1.0).abs() < 1e-8);
    }

    #[test]
    fn exact_tests_refuse() {
        for test in [sign_flip, signed_rank, signed_rank_normal] {
            assert_eq!(code(test(&[], &[], 0.05)), Some("empty"));
            assert_eq!(code(test(&[1.0], &[], 0.05)), Some("lengths_differ"));
            assert_eq!(code(test(&[1.0], &[f64::NAN], 0.05)), Some("not_finite"));
            assert_eq!(code(test(&[1.0; 9], &[1.0; 9], 0.05)), Some("no_change_at_all"));
            for alpha in [0.0, 1.0, f64::NAN] {
                assert_eq!(code(test(&[1.0], &[2.0], alpha)), Some("alpha_out_of_range"));
            }
        }
        let many: Vec<f64> = (1..=101).map(f64::from).collect();
        assert_eq!(code(sign_flip(&zeros(17), &many[..17], 0.05)), Some("too_many_pairs"));
        assert_eq!(code(signed_rank(&zeros(101), &many, 0.05)), Some("too_many_pairs"));
        assert!(p(signed_rank(&zeros(100), &many[..100], 0.05)) < 1e-29);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn tests_turn_with_the_occasions_and_keep_their_bits(
            pairs in proptest::collection::vec((-9..9_i32, -9..9_i32), 6..13),
        ) {
            let scores = |of: fn(&(i32, i32)) -> i32| pairs.iter().map(|p| f64::from(of(p)) / 10.0).collect();
            let (before, after): (Vec<f64>, Vec<f64>) = (scores(|p| p.0), scores(|p| p.1));
            let back = |x: &[f64]| x.iter().rev().copied().collect::<Vec<f64>>();
            for test in [sign_flip, signed_rank] {
                let Ok(found) = test(&before, &after, 0.2) else { continue };
                let turned = test(&after, &before, 0.2).expect("a test");
                prop_assert_eq!(turned.p_value, found.p_value);
                let reversed = test(&back(&before), &back(&after), 0.2).expect("a test");
                prop_assert_eq!(&reversed, &found);
                prop_assert!(found.p_value.is_some_and(|p| p > 0.0 && p <= 1.0));
            }
        }
    }
}
