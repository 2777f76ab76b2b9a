//! Scales: where an axis begins and ends, its ticks, and what is written at them.
//!
//! An axis of values always holds zero, has no more than six ticks at steps of 1, 2 or 5, and
//! says its unit at the last tick only.

use groundwork_plan::number::{Unit, digits, grouped, signed};
use groundwork_plan::text::Language;

/// No axis has more ticks.
const MOST_TICKS: usize = 6;

/// One axis: its ends in the unit of the values, and its ticks with what is written at them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    /// The first and the last value.
    pub(crate) ends: (f64, f64),
    /// Values and their labels, in order.
    pub(crate) ticks: Vec<(f64, String)>,
    /// The value that is no difference: 0, or on an axis of ratios the logarithm of 1.
    pub(crate) null: f64,
    /// Whether places on the axis are logarithms of the values.
    pub(crate) logarithmic: bool,
    /// Whether values compare, so that no tick carries a unit.
    pub(crate) signed: bool,
}

impl Axis {
    /// An axis for values: shares from 0 to 100 %, everything else from 0 to a round number.
    pub(crate) fn of_values(values: impl IntoIterator<Item = f64>, unit: &Unit, language: Language) -> Self {
        let (low, high) = range(values);
        let step = if *unit == Unit::Share && low >= 0.0 && high <= 1.0 {
            return Self::steps(0, 4, 0.25, (unit, language), Sign::Plain);
        } else {
            step_for(low, high, unit)
        };
        let (first, last) = round_out(low, high, step);
        Self::steps(first, last, step, (unit, language), Sign::Plain)
    }

    /// An axis for values that may stay far below the largest possible one, such as a small
    /// share over time: from 0 to a round number.
    pub(crate) fn close_to_values(
        values: impl IntoIterator<Item = f64>,
        unit: &Unit,
        language: Language,
    ) -> Self {
        let (low, high) = range(values);
        if *unit == Unit::Share && low >= 0.0 && high > 0.5 && high <= 1.0 {
            return Self::steps(0, 4, 0.25, (unit, language), Sign::Plain);
        }
        let step = step_for(low, high, unit);
        let (first, last) = round_out(low, high, step);
        Self::steps(first, last, step, (unit, language), Sign::Plain)
    }

    /// An axis for differences, which are signed; shares differ by percentage points.
    pub(crate) fn of_differences(
        values: impl IntoIterator<Item = f64>,
        unit: &Unit,
        language: Language,
    ) -> Self {
        let (low, high) = match range(values) {
            (0.0, 0.0) => (-1e-8, 1e-8),
            // A side without values has a step all the same, so that zero is not at the edge.
            (0.0, high) => (-high / 100.0, high),
            (low, 0.0) => (low, -low / 100.0),
            both => both,
        };
        let step = step_for(low, high, unit);
        let (first, last) = round_out(low, high, step);
        Self::steps(first, last, step, (unit, language), Sign::Always)
    }

    /// An axis for ratios, which is logarithmic, with ticks at powers of two.
    pub(crate) fn of_ratios(values: impl IntoIterator<Item = f64>, language: Language) -> Self {
        let (low, high) = range(values.into_iter().filter(|v| *v > 0.0).map(log2));
        let (mut first, mut last) = (floor(low).min(-1), ceil(high).max(1));
        first = first.max(-20);
        last = last.min(20);
        let span = last - first;
        let step = (span + 4) / 5;
        let ticks = (first..=last)
            .filter(|power| power % step == 0)
            .map(|power| (power as f64, power_of_two(power, language)))
            .collect();
        Self { ends: (first as f64, last as f64), ticks, null: 0.0, logarithmic: true, signed: true }
    }

    /// Where a value lies on the axis, in the axis's own measure.
    pub(crate) fn measure(&self, value: f64) -> f64 {
        match (self.logarithmic, value > 0.0) {
            (true, true) => log2(value),
            (true, false) => self.ends.0,
            (false, _) => value,
        }
    }

    fn steps(first: i64, last: i64, step: f64, (unit, language): (&Unit, Language), sign: Sign) -> Self {
        let factor = if *unit == Unit::Share { 100.0 } else { 1.0 };
        let decimals = decimals_of(step * factor);
        let ticks = (first..=last)
            .map(|i| {
                let value = i as f64 * step;
                let mut text = match sign {
                    Sign::Plain => grouped(value * factor, decimals, language),
                    Sign::Always => signed(value * factor, decimals, language),
                };
                if sign == Sign::Plain && i == last {
                    match unit {
                        Unit::Share => text.push('%'),
                        Unit::Amount(name) => text = format!("{text} {name}"),
                        Unit::Count | Unit::Ratio | Unit::Score => {}
                    }
                }
                (value, text)
            })
            .collect();
        Self {
            ends: (first as f64 * step, last as f64 * step),
            ticks,
            null: 0.0,
            logarithmic: false,
            signed: sign == Sign::Always,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Sign {
    Plain,
    Always,
}

/// The least and the greatest of the values and zero.
fn range(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    values
        .into_iter()
        .filter(|v| v.is_finite())
        .fold((0.0, 0.0), |(low, high), v| (f64::min(low, v), f64::max(high, v)))
}

/// The smallest step of 1, 2 or 5 times a power of ten that gives no more than six ticks.
fn step_for(low: f64, high: f64, unit: &Unit) -> f64 {
    let span = high - low;
    // Nothing but zero: one step of a size that the unit would have.
    if span <= 1e-9 {
        return if *unit == Unit::Share { 0.1 } else { 1.0 };
    }
    let exponent = exponent_of(span);
    let smallest = if matches!(unit, Unit::Count) { 1.0 } else { 0.0 };
    for power in exponent - 2..=exponent + 2 {
        for digit in [1, 2, 5] {
            let step: f64 = decimal(digit, power);
            let (first, last) = round_out(low, high, step);
            if step >= smallest && last - first < MOST_TICKS as i64 {
                return step;
            }
        }
    }
    span
}

/// The multiples of the step that hold the values, the last above the first.
fn round_out(low: f64, high: f64, step: f64) -> (i64, i64) {
    // A value that lies on a tick but for the last bit needs no further step.
    let first = floor(low / step + 1e-9);
    let last = ceil(high / step - 1e-9);
    (first, if last > first { last } else { first + 1 })
}

fn floor(v: f64) -> i64 {
    v.floor() as i64
}

fn ceil(v: f64) -> i64 {
    v.ceil() as i64
}

/// `digit` times a power of ten, as exactly as a number can be.
fn decimal(digit: u8, power: i32) -> f64 {
    format!("{digit}e{power}").parse().unwrap_or(1.0)
}

/// The power of ten of the first digit of a positive number.
fn exponent_of(value: f64) -> i32 {
    let text = format!("{value:e}");
    text.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0)
}

/// How many decimals the multiples of a step need.
fn decimals_of(step: f64) -> usize {
    // One part in a billion off, so that 0.1 × 100 counts as 10.
    usize::try_from(-exponent_of(step * (1.0 + 1e-9))).unwrap_or(0)
}

/// `¼`, `½`, `1`, `2`, `4`; further down as a quotient.
fn power_of_two(power: i64, language: Language) -> String {
    match power {
        -2 if language != Language::My => "¼".into(),
        -1 if language != Language::My => "½".into(),
        0..=62 => grouped((1_u64 << power) as f64, 0, language),
        -62..=-1 => digits(&format!("1/{}", 1_u64 << -power), language),
        _ => String::new(),
    }
}

/// The logarithm to base 2 of a positive number, from sums and quotients alone, so that it is
/// the same on every machine; good to 12 digits.
pub(crate) fn log2(value: f64) -> f64 {
    if !(value > 0.0 && value.is_finite()) {
        return 0.0;
    }
    let (mut mantissa, mut exponent) = (value, 0_i32);
    while mantissa >= std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        exponent += 1;
    }
    while mantissa < std::f64::consts::FRAC_1_SQRT_2 {
        mantissa *= 2.0;
        exponent -= 1;
    }
    // ln m = 2 (t + t³/3 + t⁵/5 + …) with t = (m − 1)/(m + 1), |t| ≤ 0.172.
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let square = t * t;
    let mut sum = 0.0;
    for odd in (1..=19_u8).rev().step_by(2) {
        sum = sum * square + 1.0 / f64::from(odd);
    }
    f64::from(exponent) + 2.0 * t * sum / std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn shares_run_to_a_hundred_per_cent() {
        let axis = Axis::of_values([0.62, 0.48], &Unit::Share, Language::En);
        assert_eq!(labels(&axis), ["0", "25", "50", "75", "100%"]);
        assert_eq!(axis.ends, (0.0, 1.0));
        let axis = Axis::of_values([], &Unit::Share, Language::En);
        assert_eq!(labels(&axis), ["0", "25", "50", "75", "100%"]);
    }

    #[test]
    fn a_small_share_over_time_has_a_close_axis() {
        let axis = Axis::close_to_values([0.031, 0.076], &Unit::Share, Language::En);
        assert_eq!(labels(&axis), ["0", "2", "4", "6", "8%"]);
        let axis = Axis::close_to_values([0.6], &Unit::Share, Language::En);
        assert_eq!(labels(&axis), ["0", "25", "50", "75", "100%"]);
        let axis = Axis::close_to_values([0.004], &Unit::Share, Language::En);
        assert_eq!(labels(&axis), ["0.0", "0.1", "0.2", "0.3", "0.4%"]);
    }

    #[test]
    fn every_unit_has_its_ticks() {
        let thb = Unit::Amount("THB".into());
        assert_eq!(
            labels(&Axis::of_values([9500.0], &thb, Language::En)),
            ["0", "2,000", "4,000", "6,000", "8,000", "10,000 THB"]
        );
        assert_eq!(labels(&Axis::of_values([3.0], &Unit::Count, Language::En)), ["0", "1", "2", "3"]);
        assert_eq!(
            labels(&Axis::of_values([2.4], &Unit::Ratio, Language::En)),
            ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]
        );
        assert_eq!(labels(&Axis::of_values([], &Unit::Count, Language::En)), ["0", "1"]);
        assert_eq!(labels(&Axis::of_values([0.0], &Unit::Ratio, Language::En)), ["0", "1"]);
    }

    #[test]
    fn differences_are_signed_and_zero_is_inside() {
        let axis = Axis::of_differences([-0.11, 0.24], &Unit::Share, Language::En);
        assert_eq!(labels(&axis), ["−20", "−10", "0", "+10", "+20", "+30"]);
        let axis = Axis::of_differences([-0.11, 0.24], &Unit::Share, Language::My);
        assert_eq!(labels(&axis), ["−၂၀", "−၁၀", "၀", "+၁၀", "+၂၀", "+၃၀"]);
        let axis = Axis::of_differences([0.06, 0.22], &Unit::Share, Language::En);
        assert!(axis.ends.0 < 0.0 && axis.ends.1 >= 0.22);
        assert!(axis.ticks.len() <= 6);
    }

    #[test]
    fn ratios_have_a_logarithmic_axis() {
        let axis = Axis::of_ratios([0.7, 1.4, 2.9], Language::En);
        assert_eq!(labels(&axis), ["½", "1", "2", "4"]);
        assert_eq!(labels(&Axis::of_ratios([0.7, 1.4, 2.9], Language::My)), ["၁/၂", "၁", "၂", "၄"]);
        assert!((axis.measure(1.4) - 1.4_f64.log2()).abs() < 1e-12);
        assert_eq!(axis.measure(-1.0), axis.ends.0);
        assert!(Axis::of_ratios([1e-12, 1e12], Language::En).ticks.len() <= 9);
    }

    #[test]
    fn no_axis_is_empty_or_crowded_whatever_the_values() {
        let mut value = 1e-12;
        while value < 1e16 {
            for unit in [Unit::Share, Unit::Count, Unit::Ratio, Unit::Amount("THB".into())] {
                for set in [vec![value], vec![-value], vec![-value, 0.7 * value]] {
                    for axis in [
                        Axis::of_values(set.clone(), &unit, Language::En),
                        Axis::close_to_values(set.clone(), &unit, Language::En),
                        Axis::of_differences(set.clone(), &unit, Language::En),
                    ] {
                        assert!((2..=6).contains(&axis.ticks.len()), "{value} {unit:?} {axis:?}");
                        assert!(axis.ends.0 < axis.ends.1);
                        let slack = 1e-6 * (axis.ends.1 - axis.ends.0);
                        assert!(set.iter().all(|v| *v >= axis.ends.0 - slack));
                        assert!(set.iter().all(|v| *v <= axis.ends.1 + slack));
                        assert!(axis.ends.0 <= 0.0 && axis.ends.1 >= 0.0);
                    }
                }
            }
            value *= 3.7;
        }
    }
}
