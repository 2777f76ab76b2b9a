//! P-values adjusted for their number: `p.bonferroni`, `p.holm`, `p.hochberg`,
//! `p.hommel`, `p.bh`, `p.by`.
//!
//! # Estimand
//!
//! None: the smallest error rate of the whole family at which each hypothesis
//! would be rejected.
//!
//! # Assumptions
//!
//! Each p-value is valid on its own. Bonferroni, Holm and Benjamini-Yekutieli
//! assume nothing about how the tests depend on each other; Hochberg, Hommel
//! and Benjamini-Hochberg assume independence or positive dependence.
//!
//! # Method
//!
//! With p-values in rising order p_(1) <= ... <= p_(m):
//!
//! ```text
//! bonferroni  m p
//! holm        largest, over j <= i, of (m - j + 1) p_(j)
//! hochberg    smallest, over j >= i, of (m - j + 1) p_(j)
//! hommel      the closed test with Simes' p-value
//! bh          smallest, over j >= i, of m p_(j)/j
//! by          bh times 1 + 1/2 + ... + 1/m
//! ```
//!
//! each at most one. The first four bound the probability of any false
//! rejection in the family, the last two the expected share of false ones
//! among the rejections. Holm's is the one for the declared primary
//! indicators, Benjamini-Hochberg for an exploratory list: which indicators
//! belong to the family is settled in the locked plan, not after looking.
//!
//! # Small samples
//!
//! Exact in any sample, given valid p-values. Discrete p-values of few units
//! make all of them conservative.
//!
//! # Refusals
//!
//! `empty`, `p_out_of_range`, `too_many_units` (for Hommel above ten
//! thousand).
//!
//! # Source
//!
//! Holm S (1979). A simple sequentially rejective multiple test procedure.
//! Scandinavian Journal of Statistics 6:65-70. Hochberg Y (1988). A sharper
//! Bonferroni procedure for multiple tests of significance. Biometrika
//! 75:800-802. Hommel G (1988). A stagewise rejective multiple test procedure
//! based on a modified Bonferroni test. Biometrika 75:383-386. Benjamini Y,
//! Hochberg Y (1995). Controlling the false discovery rate. Journal of the
//! Royal Statistical Society B 57:289-300. Benjamini Y, Yekutieli D (2001). The
//! control of the false discovery rate in multiple testing under dependency.
//! Annals of Statistics 29:1165-1188.

use crate::estimate::Refusal;
use crate::thresholds::HOMMEL_MOST;

/// How a family of p-values is adjusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjustment {
    /// Every p-value times their number.
    Bonferroni,
    /// Step down: never above Bonferroni, as general, the one for a declared
    /// family.
    Holm,
    /// Step up, under positive dependence.
    Hochberg,
    /// Closed testing with Simes' p-value, under positive dependence.
    Hommel,
    /// The false discovery rate, under positive dependence: the one for an
    /// exploratory list.
    BenjaminiHochberg,
    /// The false discovery rate under any dependence.
    BenjaminiYekutieli,
}

impl Adjustment {
    /// The id of the method.
    pub fn method(self) -> &'static str {
        match self {
            Self::Bonferroni => "p.bonferroni",
            Self::Holm => "p.holm",
            Self::Hochberg => "p.hochberg",
            Self::Hommel => "p.hommel",
            Self::BenjaminiHochberg => "p.bh",
            Self::BenjaminiYekutieli => "p.by",
        }
    }
}

/// The adjusted p-values of a family, in the order they were given.
///
/// `p` holds all p-values of the family, each between 0 and 1. A hypothesis is
/// rejected at a level when its adjusted p-value is at most that level. Equal
/// p-values get equal adjusted ones; the order of the rest is without effect.
/// See the [module](self).
///
/// # Refusals
///
/// * `empty`: there are no p-values.
/// * `p_out_of_range`: one is not between 0 and 1, or not a number. A test that
///   was refused has no p-value and does not belong in the list.
/// * `too_many_units`: more than ten thousand for Hommel.
pub fn adjust(p: &[f64], adjustment: Adjustment) -> Result<Vec<f64>, Refusal> {
    if p.is_empty() {
        return Err(Refusal::new(
            "empty",
            "there are no p-values to adjust",
            "report that nothing was tested",
        ));
    }
    if p.iter().any(|p| !(0.0..=1.0).contains(p)) {
        return Err(Refusal::new(
            "p_out_of_range",
            "a p-value does not lie between 0 and 1",
            "leave out tests that were refused, and state how many there were",
        ));
    }
    if adjustment == Adjustment::Hommel && p.len() > HOMMEL_MOST {
        return Err(Refusal::new(
            "too_many_units",
            "there are more p-values than this adjustment goes through",
            "use the adjustment of Holm or of Benjamini and Hochberg",
        ));
    }
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&one, &other| p[one].total_cmp(&p[other]));
    let sorted: Vec<f64> = order.iter().map(|&at| p[at]).collect();
    let m = sorted.len() as f64;
    let adjusted = match adjustment {
        Adjustment::Bonferroni => sorted.iter().map(|p| m * p).collect(),
        Adjustment::Holm => {
            let mut largest = 0.0_f64;
            let scaled = sorted.iter().enumerate().map(|(i, p)| (m - i as f64) * p);
            scaled
                .map(|scaled| {
                    largest = largest.max(scaled);
                    largest
                })
                .collect()
        }
        Adjustment::Hochberg => step_up(&sorted, |i| m - i as f64),
        Adjustment::Hommel => hommel(&sorted),
        Adjustment::BenjaminiHochberg => step_up(&sorted, |i| m / (i as f64 + 1.0)),
        Adjustment::BenjaminiYekutieli => {
            // Summed from the small end, for the last digit.
            let harmonic: f64 = (1..=sorted.len()).rev().map(|i| 1.0 / i as f64).sum();
            step_up(&sorted, |i| harmonic * m / (i as f64 + 1.0))
        }
    };
    let mut result = vec![1.0; p.len()];
    for (&at, adjusted) in order.iter().zip(adjusted) {
        result[at] = f64::min(adjusted, 1.0);
    }
    Ok(result)
}

/// The smallest of the scaled p-values from each on.
fn step_up(sorted: &[f64], scale: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut smallest = f64::INFINITY;
    let mut adjusted: Vec<f64> = sorted
        .iter()
        .enumerate()
        .rev()
        .map(|(i, p)| {
            smallest = smallest.min(scale(i) * p);
            smallest
        })
        .collect();
    adjusted.reverse();
    adjusted
}

/// Hommel's adjusted p-values by the algorithm of Wright (1992).
fn hommel(sorted: &[f64]) -> Vec<f64> {
    let n = sorted.len();
    let simes = |p: &[f64], size: usize| {
        p.iter().enumerate().map(|(i, p)| size as f64 * p / (i as f64 + 1.0)).fold(f64::INFINITY, f64::min)
    };
    let mut best = vec![simes(sorted, n); n];
    let mut adjusted = best.clone();
    for size in (2..n).rev() {
        let (low, high) = sorted.split_at(n - size + 1);
        // The largest `size - 1` p-values take the denominators 2..=size.
        let tail = high
            .iter()
            .enumerate()
            .map(|(i, p)| size as f64 * p / (i as f64 + 2.0))
            .fold(f64::INFINITY, f64::min);
        for (slot, p) in adjusted.iter_mut().zip(low) {
            *slot = f64::min(size as f64 * p, tail);
        }
        let last = adjusted[n - size];
        for slot in adjusted.iter_mut().skip(n - size + 1) {
            *slot = last;
        }
        for (slot, value) in best.iter_mut().zip(&adjusted) {
            *slot = slot.max(*value);
        }
    }
    best.iter().zip(sorted).map(|(best, p)| best.max(*p)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Adjustment; 6] = [
        Adjustment::Bonferroni,
        Adjustment::Holm,
        Adjustment::Hochberg,
        Adjustment::Hommel,
        Adjustment::BenjaminiHochberg,
        Adjustment::BenjaminiYekutieli,
    ];

    #[test]
    fn adjusted_by_hand() {
        let p = [0.04, 0.01, 0.03];
        let adjusted = |adjustment| adjust(&p, adjustment).expect("p-values");
        let close = |found: Vec<f64>, truth: [f64; 3]| {
            assert!(found.iter().zip(truth).all(|(one, other)| (one - other).abs() < 1e-15), "{found:?}");
        };
        close(adjusted(Adjustment::Bonferroni), [0.12, 0.03, 0.09]);
        close(adjusted(Adjustment::Holm), [0.06, 0.03, 0.06]);
        close(adjusted(Adjustment::Hochberg), [0.04, 0.03, 0.04]);
        close(adjusted(Adjustment::Hommel), [0.04, 0.03, 0.04]);
        close(adjusted(Adjustment::BenjaminiHochberg), [0.04, 0.03, 0.04]);
        close(
            adjusted(Adjustment::BenjaminiYekutieli),
            [0.04 * 11.0 / 6.0, 0.03 * 11.0 / 6.0, 0.04 * 11.0 / 6.0],
        );
        for adjustment in ALL {
            assert_eq!(adjust(&[0.2], adjustment), Ok(vec![0.2]));
        }
    }

    /// Hommel's definition: the largest Simes p-value of any family that holds
    /// the hypothesis.
    fn hommel_by_closure(p: &[f64]) -> Vec<f64> {
        let mut adjusted = vec![0.0_f64; p.len()];
        for subset in 1_u32..1 << p.len() {
            let holds = |i: usize| subset >> i & 1 == 1;
            let mut chosen: Vec<f64> = (0..p.len()).filter(|&i| holds(i)).map(|i| p[i]).collect();
            chosen.sort_by(f64::total_cmp);
            let size = chosen.len() as f64;
            let simes = chosen
                .iter()
                .enumerate()
                .map(|(i, p)| size * p / (i as f64 + 1.0))
                .fold(f64::INFINITY, f64::min);
            for (i, slot) in adjusted.iter_mut().enumerate().filter(|(i, _)| holds(*i)) {
                let _ = i;
                *slot = slot.max(simes.min(1.0));
            }
        }
        adjusted
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn adjusted_p_values_are_ordered(p in prop::collection::vec(0.0_f64..=1.0, 1..9)) {
            let of = |adjustment| adjust(&p, adjustment).expect("p-values");
            let [bonferroni, holm, hochberg, hommel, bh, by] = ALL.map(of);
            for i in 0..p.len() {
                prop_assert!(p[i] <= bh[i] && bh[i] <= by[i]);
                prop_assert!(bh[i] <= hommel[i] + 1e-15 && hommel[i] <= hochberg[i] + 1e-15);
                prop_assert!(hochberg[i] <= holm[i] && holm[i] <= bonferroni[i] && bonferroni[i] <= 1.0);
            }
            for (found, truth) in hommel.iter().zip(hommel_by_closure(&p)) {
                prop_assert!((found - truth).abs() < 1e-14);
            }
            // In any order the same.
            let mut turned = p.clone();
            turned.reverse();
            for adjustment in ALL {
                let mut again = adjust(&turned, adjustment).expect("p-values");
                again.reverse();
                prop_assert_eq!(again, of(adjustment));
            }
        }
    }

    #[test]
    fn adjust_refuses() {
        for adjustment in ALL {
            let code = |p: &[f64]| adjust(p, adjustment).err().map(|refusal| refusal.code);
            assert_eq!(code(&[]), Some("empty"));
            for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
                assert_eq!(code(&[0.5, bad]), Some("p_out_of_range"));
            }
            assert_eq!(code(&[0.0, 1.0, 0.0]), None);
            let hommel = adjustment == Adjustment::Hommel;
            assert_eq!(code(&[0.5; 10_001]), hommel.then_some("too_many_units"));
        }
        assert_eq!(Adjustment::Holm.method(), "p.holm");
    }
}
