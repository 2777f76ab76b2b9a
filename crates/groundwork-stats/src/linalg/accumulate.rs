//! Sums over many rows that do not depend on their order, at the speed of
//! plain ones.
//!
//! Every term is rounded to a whole number of quanta, by a rule that looks at
//! the term alone, and the whole numbers are added as integers. Integer sums
//! are exact, so the order of the terms is without effect. The quantum is a
//! power of two, chosen from the largest term and the number of terms so that
//! the total cannot leave 63 bits: the sum is good to about 2^-60 of the
//! largest term times the number of terms, which for ordinary columns is more
//! than a plain sum of floating-point numbers achieves. [`FixedPoint`] keeps a
//! second integer for what the first leaves out, and then nothing visible is
//! lost.
//!
//! The rounding is one addition: a number below 2^51 added to 1.5 · 2^52
//! loses its fraction, ties going to the even number, and the bits of the
//! result, read as an integer, count the quanta (Dekker 1971). The idea to
//! round before summing is Demmel and Nguyen's.
//!
//! Dekker TJ (1971). A floating-point technique for extending the available
//! precision. Numerische Mathematik 18:224-242. Demmel J, Nguyen HD (2015).
//! Parallel reproducible summation. IEEE Transactions on Computers
//! 64:2060-2070.

/// 1.5 · 2^52: a number below 2^51 added to it is rounded to a whole number.
pub(crate) const MAGIC: f64 = 6_755_399_441_055_744.0;
/// The bits of [`MAGIC`].
pub(crate) const MAGIC_BITS: u64 = MAGIC.to_bits();

/// The exponent e with |x| < 2^e, for a finite number; far below everything
/// for zero.
pub(crate) fn exponent(x: f64) -> i32 {
    ((x.to_bits() >> 52) & 0x7ff) as i32 - 1022
}

/// 2^e, held within the range of ordinary 64-bit numbers.
pub(crate) fn power_of_two(e: i32) -> f64 {
    f64::from_bits(((e.clamp(-1022, 1023) + 1023) as u64) << 52)
}

/// The number of bits that a count takes.
pub(crate) fn bits(count: usize) -> i32 {
    (usize::BITS - count.leading_zeros()) as i32
}

/// The largest magnitude of a slice; zero for an empty one.
pub(crate) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, value| f64::max(most, value.abs()))
}

/// The rule for one family of sums: how a term becomes two whole numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FixedPoint {
    scale: f64,
    rest_scale: f64,
    rest_bits: u32,
    back: f64,
}

/// One sum under a [`FixedPoint`] rule.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FixedSum {
    high: u64,
    low: u64,
}

impl FixedPoint {
    /// A rule for at most `count` terms, none larger in magnitude than
    /// `largest`, which must be finite and, unless zero, between 1e-250 and
    /// 1e250.
    pub(crate) fn new(largest: f64, count: usize) -> Self {
        let room = 62 - bits(count);
        let high_bits = room.min(50);
        let rest_bits = room.min(50) as u32;
        let exponent = if largest > 0.0 { exponent(largest) } else { 0 };
        let shift = high_bits - exponent;
        Self {
            scale: power_of_two(shift),
            rest_scale: power_of_two(rest_bits as i32),
            rest_bits,
            back: power_of_two(-shift),
        }
    }

    #[inline(always)]
    pub(crate) fn add(&self, sum: &mut FixedSum, term: f64) {
        let scaled = term * self.scale;
        let rounded = scaled + MAGIC;
        let rest = scaled - (rounded - MAGIC);
        sum.high = sum.high.wrapping_add(rounded.to_bits().wrapping_sub(MAGIC_BITS));
        let rounded = rest * self.rest_scale + MAGIC;
        sum.low = sum.low.wrapping_add(rounded.to_bits().wrapping_sub(MAGIC_BITS));
    }

    pub(crate) fn value(&self, sum: FixedSum) -> f64 {
        let whole = (i128::from(sum.high as i64) << self.rest_bits) + i128::from(sum.low as i64);
        (whole as f64) / self.rest_scale * self.back
    }

    /// The sum of an iterator of terms within the promised size and number.
    pub(crate) fn sum(&self, terms: impl Iterator<Item = f64>) -> f64 {
        let mut sum = FixedSum::default();
        for term in terms {
            self.add(&mut sum, term);
        }
        self.value(sum)
    }
}

/// The sum of a slice of finite numbers in any order.
pub(crate) fn sum(values: &[f64]) -> f64 {
    FixedPoint::new(largest(values), values.len()).sum(values.iter().copied())
}

/// The mean of a slice of finite numbers; zero for an empty one.
pub(crate) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { sum(values) / values.len() as f64 }
}

/// The sum of products of two slices of equal length.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let products = || a.iter().zip(b).map(|(x, y)| x * y);
    let most = products().fold(0.0, |most, product: f64| f64::max(most, product.abs()));
    FixedPoint::new(most, a.len()).sum(products())
}

/// Σ a b over two short runs of equal length, in whole quanta of one; every
/// product must be below 2^51.
#[inline(always)]
pub(crate) fn dot_quanta(a: &[f64], b: &[f64]) -> i64 {
    let total = a.iter().zip(b).fold(0_u64, |total, (x, y)| total.wrapping_add((x * y + MAGIC).to_bits()));
    total.wrapping_sub(MAGIC_BITS.wrapping_mul(a.len().min(b.len()) as u64)) as i64
}

/// Four of [`dot_quanta`] that share their first run.
#[inline(always)]
pub(crate) fn dot_quanta_four(a: &[f64], b: [&[f64]; 4]) -> [i64; 4] {
    let n = a.len();
    let [b0, b1, b2, b3] = b;
    let (b0, b1, b2, b3) = (&b0[..n], &b1[..n], &b2[..n], &b3[..n]);
    let mut total = [0_u64; 4];
    for i in 0..n {
        total[0] = total[0].wrapping_add((a[i] * b0[i] + MAGIC).to_bits());
        total[1] = total[1].wrapping_add((a[i] * b1[i] + MAGIC).to_bits());
        total[2] = total[2].wrapping_add((a[i] * b2[i] + MAGIC).to_bits());
        total[3] = total[3].wrapping_add((a[i] * b3[i] + MAGIC).to_bits());
    }
    total.map(|total| total.wrapping_sub(MAGIC_BITS.wrapping_mul(n as u64)) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};

    #[test]
    fn exponent_bounds_a_number() {
        for x in [1.0, 1.5, 2.0, 0.75, 1e-200, 1e200, -3.0] {
            let e = exponent(x);
            assert!(x.abs() < power_of_two(e) && x.abs() >= power_of_two(e - 1), "{x}");
        }
        assert_eq!(power_of_two(-3), 0.125);
    }

    #[test]
    fn sums_agree_with_exact_ones_in_any_order() {
        let mut random = Lcg::new(3);
        for n in [1_usize, 2, 17, 1000, 5000] {
            for spread in [0, 8, 30] {
                let mut values: Vec<f64> = (0..n)
                    .map(|i| (random.uniform() - 0.4) * libm::pow(10.0, (i % (spread + 1)) as f64))
                    .collect();
                let truth = crate::sum::sum(&values);
                let size = largest(&values);
                let first = sum(&values);
                assert!((first - truth).abs() <= 1e-16 * size + 2e-16 * truth.abs(), "{first} {truth}");
                shuffle(&mut values, &mut random);
                assert_eq!(sum(&values).to_bits(), first.to_bits());
            }
        }
        assert_eq!(sum(&[]), 0.0);
        assert_eq!(sum(&[0.0, 0.0]), 0.0);
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(mean(&[1.0, 2.0, 6.0]), 3.0);
        assert_eq!(dot(&[1e200, 3.0], &[1e-100, 2.0]), 1e100 + 6.0);
    }

    #[test]
    fn quanta_are_whole_products() {
        let a: Vec<f64> = (0..37).map(|i| f64::from(i) - 11.0).collect();
        let b: Vec<f64> = (0..37).map(|i| 3.0 * f64::from(i) + 1.0).collect();
        let truth: i64 = (0..37).map(|i| (i - 11) * (3 * i + 1)).sum();
        assert_eq!(dot_quanta(&a, &b), truth);
        assert_eq!(dot_quanta_four(&a, [&b, &a, &b, &b])[2], truth);
        assert_eq!(dot_quanta(&[0.5, 1.5, 2.5, -0.5], &[1.0; 4]), 4);
    }
}
