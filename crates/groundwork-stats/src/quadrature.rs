//! Integrals of functions of one variable.
//!
//! [`integrate`] for smooth functions, over a finite or infinite range;
//! [`tanh_sinh`] for functions that are smooth inside but not finite, or not
//! smooth, at the ends. Both say nothing rather than return a number they
//! cannot stand for.
//!
//! Piessens R, de Doncker-Kapenga E, Überhuber CW, Kahaner DK (1983).
//! QUADPACK: a subroutine package for automatic integration. Springer.
//! Takahasi H, Mori M (1974). Double exponential formulas for numerical
//! integration. Publications of the Research Institute for Mathematical
//! Sciences 9:721-741.

use std::f64::consts::FRAC_PI_2;

use crate::sum::Sum;

/// The nodes of the 21-point Kronrod rule on -1 to 1 that are above zero; the
/// odd ones belong to the 10-point Gauss rule.
const NODES: [f64; 10] = [
    0.995_657_163_025_808_1,
    0.973_906_528_517_171_7,
    0.930_157_491_355_708_2,
    0.865_063_366_688_984_5,
    0.780_817_726_586_416_9,
    0.679_409_568_299_024_4,
    0.562_757_134_668_604_7,
    0.433_395_394_129_247_2,
    0.294_392_862_701_460_2,
    0.148_874_338_981_631_22,
];

/// The Kronrod weights of the nodes, and that of the middle.
const KRONROD: [f64; 11] = [
    0.011_694_638_867_371_874,
    0.032_558_162_307_964_725,
    0.054_755_896_574_351_995,
    0.075_039_674_810_919_96,
    0.093_125_454_583_697_6,
    0.109_387_158_802_297_64,
    0.123_491_976_262_065_84,
    0.134_709_217_311_473_34,
    0.142_775_938_577_060_09,
    0.147_739_104_901_338_49,
    0.149_445_554_002_916_9,
];

/// The Gauss weights of every second node.
const GAUSS: [f64; 5] = [
    0.066_671_344_308_688_14,
    0.149_451_349_150_580_6,
    0.219_086_362_515_982_04,
    0.269_266_719_309_996_35,
    0.295_524_224_714_752_87,
];

/// The most pieces the range is cut into.
const MOST_PIECES: usize = 1000;

/// The share of the integral of |f| that rounding alone may cost.
const ROUNDING: f64 = 2e-14;

/// The most halvings of the step of the double exponential rule.
const MOST_LEVELS: u32 = 11;

/// The integral of a function from `a` to `b`, by adaptive Gauss-Kronrod
/// quadrature with 21 points.
///
/// The piece with the largest estimated error is halved until the estimate of
/// the whole is at most `relative` of the integral, or of the order of the
/// rounding (2e-14 of the integral of |f|, which decides where the integral is
/// zero by cancellation). Ends may be infinite; such a range is carried to a
/// finite one by a rational substitution, which suits functions whose bulk
/// lies within some units of zero or of the finite end: shift and scale first
/// otherwise. A narrow peak in a wide range can be missed by any rule; cut the
/// range at the peak. The ends themselves are never evaluated. `a > b` gives
/// the negative.
///
/// Nothing is returned when an end is not a number, when the function is not
/// finite at a point that is needed, or when a thousand pieces do not reach
/// the wanted accuracy.
///
/// ```
/// use groundwork_stats::quadrature::integrate;
/// let bell = |x: f64| libm::exp(-x * x / 2.0);
/// let found = integrate(bell, f64::NEG_INFINITY, f64::INFINITY, 1e-12);
/// assert!((found.unwrap_or(0.0) - (2.0 * std::f64::consts::PI).sqrt()).abs() < 1e-12);
/// ```
pub fn integrate<F: FnMut(f64) -> f64>(mut f: F, a: f64, b: f64, relative: f64) -> Option<f64> {
    if a.is_nan() || b.is_nan() || relative.is_nan() {
        return None;
    }
    if a == b {
        return Some(0.0);
    }
    if a > b {
        return integrate(f, b, a, relative).map(|value| -value);
    }
    match (a.is_finite(), b.is_finite()) {
        (true, true) => adaptive(&mut f, a, b, relative),
        // x = a + t/(1 - t), and its mirror image.
        (true, false) => adaptive(
            &mut |t: f64| {
                let rest = 1.0 - t;
                f(a + t / rest) / (rest * rest)
            },
            0.0,
            1.0,
            relative,
        ),
        (false, true) => adaptive(
            &mut |t: f64| {
                let rest = 1.0 - t;
                f(b - t / rest) / (rest * rest)
            },
            0.0,
            1.0,
            relative,
        ),
        // x = t/(1 - t²).
        (false, false) => adaptive(
            &mut |t: f64| {
                let rest = (1.0 - t) * (1.0 + t);
                f(t / rest) * (1.0 + t * t) / (rest * rest)
            },
            -1.0,
            1.0,
            relative,
        ),
    }
}

/// The integral over a part of the range.
struct Piece {
    from: f64,
    to: f64,
    value: f64,
    size: f64,
    error: f64,
}

fn adaptive(f: &mut dyn FnMut(f64) -> f64, a: f64, b: f64, relative: f64) -> Option<f64> {
    let mut pieces = vec![kronrod(f, a, b)?];
    loop {
        let value = pieces.iter().map(|piece| piece.value).collect::<Sum>().value();
        let size: f64 = pieces.iter().map(|piece| piece.size).sum();
        let error: f64 = pieces.iter().map(|piece| piece.error).sum();
        if !(value.is_finite() && size.is_finite()) {
            return None;
        }
        if error <= (relative * value.abs()).max(ROUNDING * size) {
            return Some(value);
        }
        if pieces.len() >= MOST_PIECES {
            return None;
        }
        let (at, _) = pieces.iter().enumerate().max_by(|one, other| one.1.error.total_cmp(&other.1.error))?;
        let worst = pieces.swap_remove(at);
        let middle = 0.5 * (worst.from + worst.to);
        if !(worst.from < middle && middle < worst.to) {
            return None;
        }
        pieces.push(kronrod(f, worst.from, middle)?);
        pieces.push(kronrod(f, middle, worst.to)?);
    }
}

/// Both rules on one piece, with the error estimate of QUADPACK.
fn kronrod(f: &mut dyn FnMut(f64) -> f64, from: f64, to: f64) -> Option<Piece> {
    let middle = 0.5 * from + 0.5 * to;
    let half = 0.5 * to - 0.5 * from;
    let centre = f(middle);
    let mut pairs = [(0.0, 0.0); 10];
    for (pair, node) in pairs.iter_mut().zip(NODES) {
        *pair = (f(middle - half * node), f(middle + half * node));
    }
    let (mut fine, mut coarse, mut size) = (KRONROD[10] * centre, 0.0, KRONROD[10] * centre.abs());
    for (at, ((low, high), weight)) in pairs.iter().zip(KRONROD).enumerate() {
        fine += weight * (low + high);
        size += weight * (low.abs() + high.abs());
        if at % 2 == 1 {
            coarse += GAUSS[at / 2] * (low + high);
        }
    }
    if !fine.is_finite() {
        return None;
    }
    let mean = 0.5 * fine;
    let mut spread = KRONROD[10] * (centre - mean).abs();
    for ((low, high), weight) in pairs.iter().zip(KRONROD) {
        spread += weight * ((low - mean).abs() + (high - mean).abs());
    }
    let (spread, size) = (spread * half, size * half);
    let mut error = ((fine - coarse) * half).abs();
    if spread > 0.0 && error > 0.0 {
        let share = 200.0 * error / spread;
        error = spread * (share * share.sqrt()).min(1.0);
    }
    // What rounding costs is no reason to halve the piece.
    if error <= 0.5 * ROUNDING * size {
        error = 0.0;
    }
    Some(Piece { from, to, value: fine * half, size, error })
}

/// The integral of a function from `a` to `b` by the double exponential
/// (tanh-sinh) rule, for functions that are smooth inside the range but may be
/// infinite, or have an infinite slope, at its ends.
///
/// The step is halved until two results differ by at most `relative` of the
/// integral, or by the order of the rounding. Near an end other than zero a
/// 64-bit argument cannot come closer than its last digit, which limits the
/// accuracy for functions that are infinite there (to about 1e-8 for an
/// inverse square root); use [`tanh_sinh_from_ends`] for those. The ends
/// themselves are never evaluated. `a > b` gives the negative.
///
/// Nothing is returned when an end is not finite, when the function is not
/// finite at a point that is needed, or when the results do not settle.
pub fn tanh_sinh<F: FnMut(f64) -> f64>(mut f: F, a: f64, b: f64, relative: f64) -> Option<f64> {
    let (low, high) = (a.min(b), a.max(b));
    let inside = |x: f64| x > low && x < high;
    tanh_sinh_from_ends(|x, _, _| if inside(x) { f(x) } else { 0.0 }, a, b, relative)
}

/// As [`tanh_sinh`], for a function that is also given its distances from `a`
/// and from `b`, both positive and both to full relative accuracy.
///
/// A density such as (1 - x)^(-1/2) keeps all its digits when it is computed
/// from the distance to 1.
///
/// ```
/// use groundwork_stats::quadrature::tanh_sinh_from_ends;
/// let arcsine = |_: f64, above_0: f64, below_1: f64| 1.0 / (above_0 * below_1).sqrt();
/// let found = tanh_sinh_from_ends(arcsine, 0.0, 1.0, 1e-12);
/// assert!((found.unwrap_or(0.0) - std::f64::consts::PI).abs() < 1e-12);
/// ```
pub fn tanh_sinh_from_ends<F>(mut f: F, a: f64, b: f64, relative: f64) -> Option<f64>
where
    F: FnMut(f64, f64, f64) -> f64,
{
    if !(a.is_finite() && b.is_finite()) || relative.is_nan() {
        return None;
    }
    if a == b {
        return Some(0.0);
    }
    let half = 0.5 * b - 0.5 * a;
    let middle = 0.5 * a + 0.5 * b;
    // The weighted values at ±t.
    let mut pair = |t: f64| -> Option<(f64, f64, bool)> {
        let u = FRAC_PI_2 * libm::sinh(t);
        let decay = libm::exp(-2.0 * u);
        // 1 - tanh u, and the weight over half.
        let gap = 2.0 * decay / (1.0 + decay);
        let weight = FRAC_PI_2 * libm::cosh(t) * gap * (2.0 / (1.0 + decay));
        let (near, far) = (half * gap, half * (2.0 - gap));
        if near == 0.0 || weight == 0.0 {
            return Some((0.0, 0.0, true));
        }
        let offset = half * (1.0 - gap);
        let low = if gap < 0.5 { a + near } else { middle - offset };
        let high = if gap < 0.5 { b - near } else { middle + offset };
        let sign = half.signum();
        let (at_low, at_high) = (f(low, sign * near, sign * far), f(high, sign * far, sign * near));
        if !(at_low.is_finite() && at_high.is_finite()) {
            return None;
        }
        let (one, other) = (weight * at_low, weight * at_high);
        Some((one + other, one.abs() + other.abs(), false))
    };
    let (centre, centre_size, _) = pair(0.0)?;
    let (mut total, mut size) = (0.5 * centre, 0.5 * centre_size);
    let mut step = 1.0;
    let mut before = f64::NAN;
    for level in 0..=MOST_LEVELS {
        // The first level takes every multiple of the step, later ones the odd.
        let stride = if level == 0 { 1.0 } else { 2.0 };
        let mut multiple = 1.0;
        let mut quiet = 0;
        loop {
            let (value, magnitude, gone) = pair(multiple * step)?;
            if gone {
                break;
            }
            total += value;
            size += magnitude;
            quiet = if magnitude <= 1e-18 * size { quiet + 1 } else { 0 };
            // Several in a row, as one may be a zero of the function.
            if quiet >= 4 && multiple * step > 3.0 {
                break;
            }
            multiple += stride;
        }
        let value = total * step * half;
        if level >= 4 {
            let room = (relative * value.abs()).max(ROUNDING * size * step * half.abs());
            if (value - before).abs() <= room {
                return value.is_finite().then_some(value);
            }
        }
        before = value;
        step *= 0.5;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[track_caller]
    fn close(found: Option<f64>, truth: f64, relative: f64) {
        let found = found.expect("an integral");
        assert!((found - truth).abs() <= relative * truth.abs(), "{found:e} against {truth:e}");
    }

    #[test]
    fn integral_of_known_functions() {
        close(integrate(|x| x * x, 0.0, 3.0, 1e-13), 9.0, 1e-14);
        close(integrate(|x| x * x, 3.0, 0.0, 1e-13), -9.0, 1e-14);
        close(integrate(libm::sin, 0.0, PI, 1e-13), 2.0, 1e-14);
        close(integrate(|x| libm::exp(-x), 0.0, f64::INFINITY, 1e-12), 1.0, 1e-12);
        close(integrate(libm::exp, f64::NEG_INFINITY, 0.0, 1e-12), 1.0, 1e-12);
        close(integrate(|x| 1.0 / (1.0 + x * x), f64::NEG_INFINITY, f64::INFINITY, 1e-12), PI, 1e-12);
        close(integrate(|x| 1.0 / (1e-4 + x * x), -1.0, 1.0, 1e-12), 200.0 * libm::atan(100.0), 1e-12);
        close(integrate(|x| x.sqrt(), 0.0, 1.0, 1e-10), 2.0 / 3.0, 1e-9);
        close(integrate(|x| x.abs(), -1.0, 2.0, 1e-12), 2.5, 1e-12);
        assert_eq!(integrate(|x| x, 2.0, 2.0, 1e-9), Some(0.0));
        // Zero by cancellation.
        assert!(integrate(libm::sin, -1.0, 1.0, 1e-12).is_some_and(|value| value.abs() < 1e-15));
    }

    #[test]
    fn integral_that_is_not_there_is_nothing() {
        assert_eq!(integrate(|x| 1.0 / x, 0.0, 1.0, 1e-9), None);
        assert_eq!(integrate(|_| f64::NAN, 0.0, 1.0, 1e-9), None);
        assert_eq!(integrate(|x| x, f64::NAN, 1.0, 1e-9), None);
        assert_eq!(integrate(|x| x, 0.0, f64::INFINITY, 1e-9), None);
        assert_eq!(integrate(|x| x, 0.0, 1.0, f64::NAN), None);
        assert_eq!(tanh_sinh(|_| f64::NAN, 0.0, 1.0, 1e-9), None);
        assert_eq!(tanh_sinh(|x| x, 0.0, f64::INFINITY, 1e-9), None);
        assert_eq!(tanh_sinh(|x| libm::sin(1.0 / x), -1.0, 1.0, 1e-12), None);
    }

    #[test]
    fn integral_with_singular_ends() {
        close(tanh_sinh(|x| 1.0 / x.sqrt(), 0.0, 1.0, 1e-12), 2.0, 1e-12);
        close(tanh_sinh(libm::log, 0.0, 1.0, 1e-12), -1.0, 1e-12);
        close(tanh_sinh(|x| x.sqrt(), 0.0, 4.0, 1e-12), 16.0 / 3.0, 1e-13);
        close(tanh_sinh(|x| x.sqrt(), 4.0, 0.0, 1e-12), -16.0 / 3.0, 1e-13);
        close(tanh_sinh(libm::exp, -1.0, 2.0, 1e-13), libm::exp(2.0) - libm::exp(-1.0), 1e-14);
        // The beta density of a tenth and a half, with both ends infinite.
        let beta = libm::exp(libm::lgamma(0.1) + libm::lgamma(0.5) - libm::lgamma(0.6));
        let density = |_: f64, x: f64, y: f64| libm::pow(x, -0.9) / y.sqrt();
        close(tanh_sinh_from_ends(density, 0.0, 1.0, 1e-12), beta, 1e-12);
        let turned = |_: f64, x: f64, y: f64| libm::pow(y, -0.9) / x.sqrt();
        close(tanh_sinh_from_ends(turned, 0.0, 1.0, 1e-12), beta, 1e-12);
        close(tanh_sinh_from_ends(density, 1.0, 0.0, 1e-12), -beta, 1e-12);
        assert_eq!(tanh_sinh(|x| x, 2.0, 2.0, 1e-9), Some(0.0));
    }
}
