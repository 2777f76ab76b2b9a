//! A bracketed root finder.
//!
//! Chandrupatla TR (1997). A new hybrid quadratic/bisection algorithm for
//! finding the zero of a nonlinear function without using derivatives.
//! Advances in Engineering Software 28:145-149.

/// The most evaluations a search may take. Bisection alone halves the widest
/// bracket of 64-bit numbers to nothing in about 2100 steps, and the hybrid is
/// never far worse than bisection; ordinary searches take about ten.
const MOST_STEPS: usize = 4096;

/// Finds a root of a continuous function between two points where its sign
/// differs.
///
/// Inverse quadratic interpolation where three points make it safe, bisection
/// otherwise (Chandrupatla 1997), so that the bracket shrinks whatever the
/// function does. The search ends when the bracket is narrower than
/// `tolerance` (absolute, in the units of the argument) plus four units in the
/// last place of the root, or when the function is exactly zero.
///
/// Nothing is returned when the two ends do not bracket a root, when an end or
/// a function value is not a number, or when the tolerance is negative: a root
/// that was not found is not a number.
///
/// ```
/// let root = groundwork_stats::root::bracketed(|x| x * x - 2.0, 0.0, 2.0, 0.0);
/// assert!((root.unwrap_or(0.0) - 2.0_f64.sqrt()).abs() < 1e-15);
/// ```
pub fn bracketed<F: Fn(f64) -> f64>(function: F, from: f64, to: f64, tolerance: f64) -> Option<f64> {
    // Written so that a tolerance or an end that is not a number also fails.
    if !(from.is_finite() && to.is_finite() && tolerance >= 0.0) {
        return None;
    }
    // `newest` and `opposite` always bracket the root; `older` is the point
    // that was dropped last.
    let (mut newest, mut opposite) = (from, to);
    let mut at_newest = function(newest);
    let mut at_opposite = function(opposite);
    if at_newest.is_nan() || at_opposite.is_nan() {
        return None;
    }
    if at_newest == 0.0 {
        return Some(newest);
    }
    if at_opposite == 0.0 {
        return Some(opposite);
    }
    if (at_newest > 0.0) == (at_opposite > 0.0) {
        return None;
    }
    let mut share = 0.5;
    for _ in 0..MOST_STEPS {
        let next = newest + share * (opposite - newest);
        let at_next = function(next);
        if at_next.is_nan() {
            return None;
        }
        let (older, at_older);
        if (at_next > 0.0) == (at_newest > 0.0) {
            (older, at_older) = (newest, at_newest);
        } else {
            (older, at_older) = (opposite, at_opposite);
            (opposite, at_opposite) = (newest, at_newest);
        }
        (newest, at_newest) = (next, at_next);

        let best = if at_newest.abs() < at_opposite.abs() { newest } else { opposite };
        let width = (opposite - newest).abs();
        let least = 2.0 * f64::EPSILON * best.abs() + 0.5 * tolerance;
        if at_newest == 0.0 || width <= 2.0 * least {
            return Some(best);
        }
        let xi = (newest - opposite) / (older - opposite);
        let phi = (at_newest - at_opposite) / (at_older - at_opposite);
        let quadratic = phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi;
        share = if quadratic {
            (at_newest / (at_opposite - at_newest)) * (at_older / (at_opposite - at_older))
                + ((older - newest) / (opposite - newest))
                    * (at_newest / (at_older - at_newest))
                    * (at_opposite / (at_older - at_opposite))
        } else {
            0.5
        };
        let margin = least / width;
        share = if share.is_nan() { 0.5 } else { share.clamp(margin, 1.0 - margin) };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_of_known_functions() {
        let close = |found: Option<f64>, truth: f64| {
            let found = found.expect("a root");
            assert!((found - truth).abs() <= 1e-15 * truth.abs(), "{found}");
        };
        close(bracketed(|x| x * x - 2.0, 0.0, 2.0, 0.0), 2.0_f64.sqrt());
        close(bracketed(|x| 2.0 - x * x, 2.0, 0.0, 0.0), 2.0_f64.sqrt());
        close(bracketed(|x| x * x * x - 1e-9, -1.0, 1.0, 0.0), 1e-3);
        // A function flat almost everywhere is bisected.
        close(bracketed(|x| if x < 0.3 { -1.0 } else { 1.0 }, 0.0, 1.0, 0.0), 0.3);
        close(bracketed(|x| (x - 0.7).powi(9), 0.0, 1.0, 0.0), 0.7);
    }

    #[test]
    fn root_at_an_end_is_found() {
        assert_eq!(bracketed(|x| x, 0.0, 1.0, 0.0), Some(0.0));
        assert_eq!(bracketed(|x| x - 1.0, 0.0, 1.0, 0.0), Some(1.0));
    }

    #[test]
    fn root_takes_few_evaluations() {
        let count = std::cell::Cell::new(0);
        let root = bracketed(
            |x| {
                count.set(count.get() + 1);
                libm::exp(x) - 5.0
            },
            0.0,
            10.0,
            1e-12,
        );
        assert!((root.expect("a root") - libm::log(5.0)).abs() < 1e-12);
        assert!(count.get() < 20, "{}", count.get());
    }

    #[test]
    fn root_that_is_not_bracketed_is_nothing() {
        assert_eq!(bracketed(|x| x * x + 1.0, -1.0, 1.0, 0.0), None);
        assert_eq!(bracketed(|_| f64::NAN, -1.0, 1.0, 0.0), None);
        assert_eq!(bracketed(|x| x, f64::NAN, 1.0, 0.0), None);
        assert_eq!(bracketed(|x| x, f64::NEG_INFINITY, 1.0, 0.0), None);
        assert_eq!(bracketed(|x| x, -1.0, 1.0, -1.0), None);
        assert_eq!(bracketed(|x| x, -1.0, 1.0, f64::NAN), None);
    }
}
