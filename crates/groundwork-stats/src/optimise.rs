//! A bracketed minimiser for functions of one variable.
//!
//! Brent RP (1973). Algorithms for minimization without derivatives, chapter
//! 5. Prentice-Hall.

/// The share of the golden section, (3 - sqrt(5))/2.
const GOLDEN: f64 = 0.381_966_011_250_105_15;

/// The most evaluations a search may take; ordinary ones take twenty to forty.
const MOST_STEPS: usize = 500;

/// Finds a minimum of a function between two points, and the function there.
///
/// Parabolic interpolation through the best three points where that is safe,
/// golden section otherwise. A function with one minimum in the range is
/// minimised; with several, one of them is found. To maximise, negate. The
/// search ends when the minimum is known to within `tolerance` (absolute, in
/// the units of the argument) plus 1.5e-8 of its size: a smooth function does
/// not tell arguments apart any closer. The ends are not evaluated, but may be
/// approached to within the tolerance.
///
/// A function value that is not a number counts as infinite. Where an end is
/// not finite the answer is not a number, twice.
///
/// ```
/// let (x, value) = groundwork_stats::optimise::minimise(|x| (x - 2.0) * (x - 2.0), 0.0, 5.0, 1e-9);
/// assert!((x - 2.0).abs() < 1e-7 && value < 1e-14);
/// ```
pub fn minimise<F: FnMut(f64) -> f64>(mut function: F, a: f64, b: f64, tolerance: f64) -> (f64, f64) {
    if !(a.is_finite() && b.is_finite()) {
        return (f64::NAN, f64::NAN);
    }
    let mut evaluate = |x: f64| {
        let value = function(x);
        if value.is_nan() { f64::INFINITY } else { value }
    };
    let relative = f64::EPSILON.sqrt();
    let tolerance = if tolerance > 0.0 { tolerance } else { 0.0 };
    let (mut low, mut high) = (a.min(b), a.max(b));
    // Best, second best, and the second best before.
    let mut best = low + GOLDEN * (high - low);
    let (mut second, mut third) = (best, best);
    let mut at_best = evaluate(best);
    let (mut at_second, mut at_third) = (at_best, at_best);
    let (mut step, mut step_before) = (0.0_f64, 0.0_f64);
    for _ in 0..MOST_STEPS {
        let middle = 0.5 * (low + high);
        let near = relative * best.abs() + tolerance / 3.0 + f64::MIN_POSITIVE;
        if (best - middle).abs() <= 2.0 * near - 0.5 * (high - low) {
            break;
        }
        let mut parabola = None;
        if step_before.abs() > near && at_third.is_finite() {
            let r = (best - second) * (at_best - at_third);
            let q = (best - third) * (at_best - at_second);
            let top = (best - third) * q - (best - second) * r;
            let bottom = 2.0 * (q - r);
            let (top, bottom) = if bottom > 0.0 { (-top, bottom) } else { (top, -bottom) };
            if top.abs() < (0.5 * bottom * step_before).abs()
                && top > bottom * (low - best)
                && top < bottom * (high - best)
            {
                parabola = Some(top / bottom);
            }
        }
        if let Some(proposed) = parabola {
            (step_before, step) = (step, proposed);
            let next = best + step;
            if next - low < 2.0 * near || high - next < 2.0 * near {
                step = if best < middle { near } else { -near };
            }
        } else {
            step_before = if best < middle { high - best } else { low - best };
            step = GOLDEN * step_before;
        }
        let next = best + if step.abs() >= near { step } else { near.copysign(step) };
        let at_next = evaluate(next);
        if at_next <= at_best {
            if next < best {
                high = best
            } else {
                low = best
            }
            (third, at_third) = (second, at_second);
            (second, at_second) = (best, at_best);
            (best, at_best) = (next, at_next);
        } else {
            if next < best {
                low = next
            } else {
                high = next
            }
            if at_next <= at_second || second == best {
                (third, at_third) = (second, at_second);
                (second, at_second) = (next, at_next);
            } else if at_next <= at_third || third == best || third == second {
                (third, at_third) = (next, at_next);
            }
        }
    }
    (best, at_best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minimum_of_known_functions() {
        let (x, value) = minimise(libm::cos, 2.0, 5.0, 1e-10);
        assert!((x - std::f64::consts::PI).abs() < 1e-7 && (value + 1.0).abs() < 1e-15);
        let (x, _) = minimise(|x| x * libm::log(x), 0.0, 1.0, 1e-12);
        assert!((x - libm::exp(-1.0)).abs() < 1e-8);
        let (x, value) = minimise(|x| (x - 0.3).abs(), -1.0, 1.0, 1e-12);
        assert!((x - 0.3).abs() < 1e-7 && value < 1e-7);
        // The order of the ends is without effect.
        let (x, _) = minimise(|x| (x - 1.5).powi(4), 4.0, -3.0, 1e-9);
        assert!((x - 1.5).abs() < 1e-3);
    }

    #[test]
    fn minimum_at_an_end_is_approached() {
        let (x, _) = minimise(|x| x, 0.0, 1.0, 1e-9);
        assert!((0.0..1e-8).contains(&x), "{x}");
        let (x, _) = minimise(|x| -x, 0.0, 1.0, 1e-9);
        assert!(x <= 1.0 && x > 1.0 - 1e-7, "{x}");
    }

    #[test]
    fn minimum_takes_few_evaluations() {
        let mut count = 0;
        let (x, _) = minimise(
            |x| {
                count += 1;
                libm::exp(x) - 5.0 * x
            },
            0.0,
            10.0,
            1e-8,
        );
        assert!((x - libm::log(5.0)).abs() < 1e-7);
        assert!(count < 30, "{count}");
    }

    #[test]
    fn minimum_of_what_is_no_number() {
        let (x, _) = minimise(|x| if x < 0.2 { f64::NAN } else { x }, 0.0, 1.0, 1e-9);
        assert!((x - 0.2).abs() < 1e-6, "{x}");
        assert!(minimise(|x| x, f64::NAN, 1.0, 1e-9).0.is_nan());
        assert!(minimise(|x| x, 0.0, f64::INFINITY, 1e-9).1.is_nan());
        let (x, value) = minimise(|_| f64::NAN, 0.0, 1.0, f64::NAN);
        assert!(x.is_finite() && value == f64::INFINITY);
        assert_eq!(minimise(|x| x, 1.0, 1.0, 0.0).0, 1.0);
    }
}
