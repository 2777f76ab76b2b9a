//! The same people before and after, yes or no: `mcnemar.exact`,
//! `mcnemar.midp`, `mcnemar.chi2`, `mcnemar.chi2.cc`.
//!
//! # Estimand
//!
//! Whether the share of yes changed among people seen on two occasions. Those
//! who did not change say nothing about it; the test is about how the
//! discordant pairs divide into gained and lost.
//!
//! # Assumptions
//!
//! Each person appears once on each occasion; persons are independent. Before
//! and after without a comparison group is a change, not an effect.
//!
//! # Method
//!
//! With b pairs lost (yes, then no) and c gained, under no change c is
//! binomial with b + c trials and probability ½:
//!
//! ```text
//! mcnemar.exact     2 P(X <= min(b, c)), at most 1
//! mcnemar.midp      the same less P(X = min(b, c))
//! mcnemar.chi2      (c - b)²/(b + c) on 1 degree of freedom
//! mcnemar.chi2.cc   (|c - b| - 1)²/(b + c)
//! ```
//!
//! The estimate is the difference of shares, after minus before, (c - b)/n;
//! its interval is a matter of its own
//! ([`paired_proportions`](super::paired_proportions)).
//!
//! # Small samples
//!
//! The exact test holds its level at any size and is conservative; mid-p is
//! close to the level on average. The chi-square is wrong below ten discordant
//! pairs: with none lost and five gained it says .025 where the truth is .063.
//!
//! # Refusals
//!
//! `empty`, `out_of_range`; `discordant_lt_10` for the chi-square.
//!
//! # Source
//!
//! McNemar Q (1947). Note on the sampling error of the difference between
//! correlated proportions or percentages. Psychometrika 12:153-157. Fagerland
//! MW, Lydersen S, Laake P (2013). The McNemar test for binary matched-pairs
//! data: mid-p and asymptotic are better than exact conditional. BMC Medical
//! Research Methodology 13:91.

use super::columns::empty;
use crate::estimate::{Estimate, Outcome, Refusal};
use crate::special::{beta_regularised, binomial_mass, normal_two_sided_p};
use crate::thresholds::DISCORDANT_LEAST;

/// The id of the exact test, the default.
pub const METHOD: &str = "mcnemar.exact";

/// People seen on two occasions, counted by what they answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairedCounts {
    /// Yes on both.
    pub both: u64,
    /// Yes before, no after.
    pub lost: u64,
    /// No before, yes after.
    pub gained: u64,
    /// No on both.
    pub neither: u64,
}

/// Counts beyond which sums of them are no longer exact.
const COUNT_MOST: u64 = 1 << 50;

impl PairedCounts {
    /// Counts people from their answers, one entry a person on each occasion.
    ///
    /// # Refusals
    ///
    /// * `lengths_differ`, `empty`.
    pub fn from_rows(before: &[bool], after: &[bool]) -> Result<Self, Refusal> {
        crate::linalg::check_length(after.len(), before.len())?;
        let mut counts = Self { both: 0, lost: 0, gained: 0, neither: 0 };
        for pair in before.iter().zip(after) {
            match pair {
                (true, true) => counts.both += 1,
                (true, false) => counts.lost += 1,
                (false, true) => counts.gained += 1,
                (false, false) => counts.neither += 1,
            }
        }
        counts.n()?;
        Ok(counts)
    }

    /// The number of people; refuses `empty` and `out_of_range`.
    pub(super) fn n(&self) -> Result<u64, Refusal> {
        let counts = [self.both, self.lost, self.gained, self.neither];
        if counts.iter().any(|&count| count > COUNT_MOST) {
            return Err(Refusal::new(
                "out_of_range",
                "a count is larger than any programme can have",
                "check the counts for codes that stand for missing values",
            ));
        }
        match counts.iter().sum() {
            0 => Err(empty()),
            n => Ok(n),
        }
    }

    /// The share after minus the share before.
    pub(super) fn difference(&self, n: u64) -> f64 {
        (self.gained as f64 - self.lost as f64) / n as f64
    }

    /// The same people with the occasions exchanged.
    pub(super) fn exchanged(&self) -> Self {
        Self { lost: self.gained, gained: self.lost, ..*self }
    }
}

/// The exact test of a change, from the binomial distribution of the
/// discordant pairs.
///
/// The estimate is the share after minus the share before, `n` all people, the
/// p-value two-sided; there is no statistic. Without discordant pairs the
/// p-value is 1.
///
/// # Refusals
///
/// * `empty`: no people.
/// * `out_of_range`: a count too large to be one.
pub fn mcnemar_exact(counts: PairedCounts) -> Outcome {
    tested(counts, METHOD, |p, _| p)
}

/// The mid-p test of a change: the exact one less half of what was observed,
/// on both sides.
///
/// Results and refusals as for [`mcnemar_exact`].
pub fn mcnemar_mid_p(counts: PairedCounts) -> Outcome {
    tested(counts, "mcnemar.midp", |p, mass| p - mass)
}

fn tested(counts: PairedCounts, method: &'static str, p_value: impl Fn(f64, f64) -> f64) -> Outcome {
    let n = counts.n()?;
    let discordant = counts.lost + counts.gained;
    let fewer = counts.lost.min(counts.gained);
    let (below, mass) = halves(fewer, discordant);
    Ok(Estimate {
        p_value: Some(p_value(2.0 * below, mass).clamp(0.0, 1.0)),
        ..Estimate::point(counts.difference(n), n, method)
    })
}

/// Trials up to which binomial coefficients are whole numbers in 64 bits.
const WHOLE_MOST: u64 = 50;

/// P(X <= k) and P(X = k) for X binomial with n trials and probability ½;
/// exact to the last bit for few trials.
fn halves(k: u64, n: u64) -> (f64, f64) {
    if n <= WHOLE_MOST {
        let (mut ways, mut below) = (1.0, 1.0);
        for j in 1..=k {
            ways = ways * (n - j + 1) as f64 / j as f64;
            below += ways;
        }
        let all = libm::exp2(n as f64);
        return (below / all, ways / all);
    }
    let below = if k == n { 1.0 } else { beta_regularised((n - k) as f64, k as f64 + 1.0, 0.5) };
    (below, binomial_mass(k, n, 0.5))
}

/// McNemar's chi-square, with or without the continuity correction.
///
/// The estimate is the share after minus the share before, the statistic the
/// chi-square on `df` = 1. With the correction a difference of one pair or
/// none has statistic zero.
///
/// # Refusals
///
/// * `discordant_lt_10`: fewer than ten people changed, for whom it is wrong.
/// * `empty`, `out_of_range`.
pub fn mcnemar_chi_squared(counts: PairedCounts, corrected: bool) -> Outcome {
    let n = counts.n()?;
    let discordant = counts.lost + counts.gained;
    if discordant < DISCORDANT_LEAST {
        return Err(Refusal::new(
            "discordant_lt_10",
            "fewer than ten people changed, for whom the chi-square gives p-values that are far too small",
            "use the exact or the mid-p test",
        ));
    }
    let difference = counts.lost.abs_diff(counts.gained) as f64;
    let kept = if corrected { (difference - 1.0).max(0.0) } else { difference };
    let statistic = kept / discordant as f64 * kept;
    Ok(Estimate {
        df: Some(1.0),
        statistic: Some(statistic),
        // Chi-square on one degree of freedom is a normal variable squared.
        p_value: Some(normal_two_sided_p(statistic.sqrt())),
        ..Estimate::point(counts.difference(n), n, if corrected { "mcnemar.chi2.cc" } else { "mcnemar.chi2" })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(both: u64, lost: u64, gained: u64, neither: u64) -> PairedCounts {
        PairedCounts { both, lost, gained, neither }
    }

    fn p(outcome: Outcome) -> f64 {
        outcome.expect("a test").p_value.expect("a p-value")
    }

    #[test]
    fn none_lost_and_five_gained() {
        let tiny = counts(2, 0, 5, 1);
        assert_eq!(p(mcnemar_exact(tiny)), 0.0625);
        assert!((p(mcnemar_mid_p(tiny)) - 0.03125).abs() < 1e-15);
        for corrected in [false, true] {
            let code = mcnemar_chi_squared(tiny, corrected).err().map(|refusal| refusal.code);
            assert_eq!(code, Some("discordant_lt_10"));
        }
        assert_eq!(mcnemar_exact(tiny).expect("a test").value, 0.625);
    }

    #[test]
    fn exact_test_is_the_sum_of_masses() {
        for (b, c) in [(3, 9), (9, 3), (6, 6), (0, 1), (0, 0), (41, 60)] {
            let fewer: u64 = if b < c { b } else { c };
            let below: f64 = (0..=fewer).map(|x| binomial_mass(x, b + c, 0.5)).sum();
            let found = p(mcnemar_exact(counts(5, b, c, 5)));
            assert!((found - (2.0 * below).min(1.0)).abs() < 1e-12, "{b} {c}");
            assert!(p(mcnemar_mid_p(counts(5, b, c, 5))) <= found);
        }
        // As many lost as gained: the two halves share the middle.
        assert!((p(mcnemar_mid_p(counts(0, 6, 6, 0))) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn exchanging_the_occasions_turns_the_sign_only() {
        let one = counts(8, 4, 12, 6);
        for test in [mcnemar_exact, mcnemar_mid_p, |c| mcnemar_chi_squared(c, true)] {
            let (a, b) = (test(one).expect("a test"), test(one.exchanged()).expect("a test"));
            assert_eq!((a.value, a.p_value, a.statistic), (-b.value, b.p_value, b.statistic));
        }
    }

    #[test]
    fn counts_come_from_rows() {
        let found =
            PairedCounts::from_rows(&[true, true, false, false, true], &[true, false, true, false, true]);
        assert_eq!(found, Ok(counts(2, 1, 1, 1)));
        let code = |before: &[bool], after: &[bool]| {
            PairedCounts::from_rows(before, after).err().map(|refusal| refusal.code)
        };
        assert_eq!(code(&[true], &[]), Some("lengths_differ"));
        assert_eq!(code(&[], &[]), Some("empty"));
    }

    #[test]
    fn mcnemar_refuses() {
        for test in [mcnemar_exact, mcnemar_mid_p, |c| mcnemar_chi_squared(c, false)] {
            let code = |counts| test(counts).err().map(|refusal| refusal.code);
            assert_eq!(code(counts(0, 0, 0, 0)), Some("empty"));
            assert_eq!(code(counts(0, u64::MAX, u64::MAX, 0)), Some("out_of_range"));
        }
        let large = counts(1 << 49, 1 << 30, (1 << 30) + 50_000, 0);
        assert!((0.0..=1.0).contains(&p(mcnemar_chi_squared(large, true))));
        let even = mcnemar_chi_squared(counts(0, 6, 6, 0), true).expect("a test");
        assert_eq!((even.statistic, even.p_value), (Some(0.0), Some(1.0)));
    }
}
