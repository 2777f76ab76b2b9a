//! Quantiles by Newton's rule on the logarithm of a tail.

/// The most evaluations a search may take; ordinary ones take about six.
const MOST_STEPS: usize = 400;

/// The step below which the search ends: the rule is quadratic, so that what
/// is left is far below the rounding.
const SETTLED: f64 = 1e-11;

/// Finds the `u` where a tail takes the value `target`.
///
/// `tail` gives the probability and the absolute value of its derivative by
/// u; it rises with u or falls. The logarithm of the tail of a log-concave
/// density is concave, so that Newton's rule on it comes in from one side;
/// steps that leave the bracket found so far are replaced by its middle. The
/// result is good to about 1e-11 in u before a last step of the caller's.
/// Nothing where the function gives nothing.
pub(super) fn log_newton<F>(start: f64, target: f64, rising: bool, tail: F) -> Option<f64>
where
    F: Fn(f64) -> Option<(f64, f64)>,
{
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut u = if start.is_finite() { start } else { 0.0 };
    for _ in 0..MOST_STEPS {
        let (found, slope) = tail(u)?;
        let below = (found < target) == rising;
        if found == target {
            return Some(u);
        }
        if below {
            low = low.max(u);
        } else {
            high = high.min(u);
        }
        let step = libm::log(found / target) * (found / slope);
        let next = u - if rising { step } else { -step }.clamp(-64.0, 64.0);
        let next = if next > low && next < high {
            next
        } else if low.is_finite() && high.is_finite() {
            0.5 * (low + high)
        } else if below {
            u + 8.0
        } else {
            u - 8.0
        };
        if (next - u).abs() <= SETTLED {
            return Some(next);
        }
        u = next;
    }
    Some(u)
}
