//! Sums that do not depend on the order of what is summed.
//!
//! A plain running sum of floating-point numbers changes in its last digits
//! when the rows come in another order, and so does a compensated one
//! (Neumaier 1974), though less. [`Sum`] keeps the exact sum as a short list
//! of non-overlapping parts (Shewchuk 1997) and rounds once, at the end. The
//! same numbers in any order give the same bits.
//!
//! Shewchuk JR (1997). Adaptive precision floating-point arithmetic and fast
//! robust geometric predicates. Discrete and Computational Geometry
//! 18:305-363.

/// An exact running sum of finite numbers, rounded once when it is read.
///
/// Numbers are added one by one with [`Sum::add`]; [`Sum::value`] is the
/// 64-bit number nearest to the true sum. The order of adding is without
/// effect. Adding a value that is not finite, or running past the largest
/// 64-bit number, gives a value that is not finite: callers check for it and
/// refuse. The cost is a few additions a number; memory is a handful of
/// numbers however long the column is.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    /// Non-overlapping parts in increasing magnitude; their sum is exact.
    parts: Vec<f64>,
}

impl Sum {
    /// A sum of nothing, which is zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one number to the sum.
    pub fn add(&mut self, value: f64) {
        let mut carried = value;
        let mut kept = 0;
        for at in 0..self.parts.len() {
            let (high, low) = two_sum(carried, self.parts[at]);
            if low != 0.0 {
                self.parts[kept] = low;
                kept += 1;
            }
            carried = high;
        }
        self.parts.truncate(kept);
        self.parts.push(carried);
    }

    /// The sum, correctly rounded to the nearest 64-bit number.
    pub fn value(&self) -> f64 {
        let mut rest = self.parts.iter().rev();
        let Some(&first) = rest.next() else {
            return 0.0;
        };
        let mut high = first;
        let mut low = 0.0;
        for &part in rest.by_ref() {
            let (sum, error) = two_sum(high, part);
            high = sum;
            low = error;
            if low != 0.0 {
                break;
            }
        }
        // `high` was rounded half to even on sight of `low` alone. Where `low`
        // is exactly half a unit and smaller parts of the same sign remain,
        // the true sum lies beyond the half-way point.
        if let Some(&next) = rest.next()
            && ((low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0))
        {
            let doubled = low * 2.0;
            let moved = high + doubled;
            if moved - high == doubled {
                high = moved;
            }
        }
        high
    }
}

impl Extend<f64> for Sum {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        for value in values {
            self.add(value);
        }
    }
}

impl FromIterator<f64> for Sum {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut sum = Self::new();
        sum.extend(values);
        sum
    }
}

/// The correctly rounded sum of a slice; zero for an empty one.
///
/// See [`Sum`] for values that are not finite.
pub fn sum(values: &[f64]) -> f64 {
    values.iter().copied().collect::<Sum>().value()
}

/// A sum and its rounding error: `a + b` is exactly the first plus the second
/// (Knuth 1969, volume 2, section 4.2.2).
pub(crate) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let high = a + b;
    let b_seen = high - a;
    let a_seen = high - b_seen;
    (high, (a - a_seen) + (b - b_seen))
}

/// A product and its rounding error: `a * b` is exactly the first plus the
/// second, barring underflow.
pub(crate) fn two_product(a: f64, b: f64) -> (f64, f64) {
    let high = a * b;
    (high, a.mul_add(b, -high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sum_of_nothing_is_zero() {
        assert_eq!(sum(&[]), 0.0);
        assert_eq!(Sum::new().value(), 0.0);
    }

    #[test]
    fn sum_survives_cancellation() {
        assert_eq!(sum(&[1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_eq!(sum(&[1e16, 1.0, -1e16]), 1.0);
        // Ten tenths are one, as the double nearest to 0.1 is a little above.
        assert_eq!(sum(&[0.1; 10]), 1.0);
    }

    #[test]
    fn sum_rounds_past_the_half_way_point() {
        // 1 + 2^-53 is half way between 1 and its successor; a hair more goes up.
        let half = f64::EPSILON / 2.0;
        assert_eq!(sum(&[1.0, half]), 1.0);
        assert_eq!(sum(&[1.0, half, 1e-300]), 1.0 + f64::EPSILON);
        assert_eq!(sum(&[1.0, half, -1e-300]), 1.0);
    }

    #[test]
    fn sum_has_the_same_bits_in_any_order() {
        let mut state = 7_u64;
        let mut values: Vec<f64> = (0..2000)
            .map(|i| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1);
                let unit = (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5;
                unit * f64::powi(10.0, i % 31 - 15)
            })
            .collect();
        let first = sum(&values);
        for round in 0..50 {
            for i in (1..values.len()).rev() {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1);
                values.swap(i, (state >> 33) as usize % (i + 1));
            }
            assert_eq!(sum(&values).to_bits(), first.to_bits(), "order {round}");
        }
    }

    #[test]
    fn sum_past_the_largest_number_is_not_finite() {
        assert!(!sum(&[f64::MAX, f64::MAX]).is_finite());
        assert!(!sum(&[1.0, f64::NAN]).is_finite());
        assert!(!sum(&[f64::INFINITY, 1.0]).is_finite());
    }
}
