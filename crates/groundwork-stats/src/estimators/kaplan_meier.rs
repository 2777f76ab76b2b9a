//! The survival curve with Greenwood errors: `km.greenwood.loglog`.
//!
//! # Estimand
//!
//! S(t) = P(T > t): the share whose event has not come by t after the origin of
//! the clock, and the times by which stated shares have had it. With delayed
//! entry the same of those who had reached the origin.
//!
//! # Assumptions
//!
//! There is one kind of event, and sooner or later everybody may have it.
//! Those censored, and those who enter late, are at every time like those who
//! stay under observation. People are independent of one another. A table of
//! several kinds of event is refused: what is wanted then is the cumulative
//! incidence ([`aalen_johansen`](super::aalen_johansen)), not one minus this
//! curve.
//!
//! # Method
//!
//! With d events among n at risk at each event time,
//!
//! ```text
//! S(t) = Π (1 - d/n),   se = S sqrt(g),   g = Σ d / (n (n - d))
//! ```
//!
//! over the event times up to t. Between two losses to censoring the product
//! telescopes and is formed from counts, so that without censoring S(t) is
//! exactly the number left divided by the number at the start.
//!
//! Limits are made on a scale and carried back; z is the normal critical
//! value:
//!
//! ```text
//! km.greenwood.loglog   exp(-exp(ln(-ln S) ± z sqrt(g)/ln S)), the default
//! km.greenwood.log      exp(ln S ± z sqrt(g)), at most 1
//! km.greenwood.logit    expit(logit S ± z sqrt(g)/(1 - S))
//! km.greenwood.arcsine  sin²(asin sqrt(S) ± z sqrt(g S/(1 - S))/2)
//! km.greenwood.plain    S ± z se, within 0 to 1
//! ```
//!
//! There are no limits where S is 1 or 0: no event so far, or nobody left, and
//! the error is zero or unknown.
//!
//! The p-quantile is the time at which S falls to 1 - p or below; where the
//! curve runs level at exactly 1 - p, the middle of that stretch, as for the
//! median of an even number. Its limits are the times at which the lower and
//! the upper limit of S fall to 1 - p or below (Brookmeyer and Crowley). What
//! the follow-up does not reach is absent.
//!
//! # Small samples
//!
//! The log-log limits hold their level from about 25 people on even with half
//! of them censored (Borgan and Liestøl 1990); the plain ones do not. An event
//! with fewer than five at risk moves the curve by a fifth and more: a warning
//! marks it (`risk_set_lt_5`). With delayed entry the early risk sets are the
//! small ones and spoil everything after them; the curve is then refused, and
//! [`RiskTable::after`] gives the conditional one.
//!
//! # Refusals
//!
//! `competing_events`, `level_out_of_range`, `risk_set_lt_5` (delayed entry
//! only), `no_events`; for a time `beyond_followup`, `negative_time`,
//! `not_finite`; for a quantile `probability_out_of_range`.
//!
//! # Source
//!
//! Kaplan EL, Meier P (1958). Nonparametric estimation from incomplete
//! observations. Journal of the American Statistical Association 53:457-481.
//! Greenwood M (1926). The natural duration of cancer. Reports on Public Health
//! and Medical Subjects 33. Kalbfleisch JD, Prentice RL (2002). The statistical
//! analysis of failure time data, 2nd edition. Wiley. Borgan Ø, Liestøl K
//! (1990). A note on confidence intervals and bands for the survival function
//! based on transformations. Scandinavian Journal of Statistics 17:35-41.
//! Brookmeyer R, Crowley J (1982). A confidence interval for the median
//! survival time. Biometrics 38:29-41.

use std::f64::consts::FRAC_PI_2;

use super::risk_table::{RiskTable, Running};
use crate::estimate::{Estimate, Interval, Outcome, Refusal, check_level};
use crate::special::normal_critical;
use crate::warning::Warning;

/// The id of the method with its default limits.
pub const METHOD: &str = "km.greenwood.loglog";

/// A product of rounded factors is taken to equal a level that it misses by
/// less than this, so that rounding does not move a quantile by a whole step.
const TIE: f64 = 1e-9;

/// Rows whose limits are bounded together before they are looked at one by one.
const BLOCK: usize = 64;

/// The scale on which limits are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// ln(-ln S): limits stay within 0 to 1; the default.
    #[default]
    LogLog,
    /// ln S.
    Log,
    /// ln(S/(1 - S)).
    Logit,
    /// asin sqrt(S).
    Arcsine,
    /// S itself; only for comparison with other software.
    Plain,
}

impl Scale {
    /// The id of the method with limits on this scale.
    pub fn method(self) -> &'static str {
        match self {
            Self::LogLog => METHOD,
            Self::Log => "km.greenwood.log",
            Self::Logit => "km.greenwood.logit",
            Self::Arcsine => "km.greenwood.arcsine",
            Self::Plain => "km.greenwood.plain",
        }
    }

    /// The limits of a share strictly between 0 and 1 with its error.
    fn limits(self, share: f64, error: f64, z: f64) -> (f64, f64) {
        let reach = z * error;
        match self {
            Self::LogLog => {
                // exp(ln(-ln S) ± r) is -ln S times or over exp(r).
                let log = libm::log(share);
                let factor = libm::exp(-reach / (share * log));
                (libm::exp(log * factor), libm::exp(log / factor))
            }
            Self::Log => {
                let reach = reach / share;
                (share * libm::exp(-reach), (share * libm::exp(reach)).min(1.0))
            }
            Self::Logit => {
                let odds = share / (1.0 - share);
                let factor = libm::exp(reach / (share * (1.0 - share)));
                // The lower odds are formed by their inverse: neither overflows.
                (1.0 / (1.0 + factor / odds), 1.0 / (1.0 + 1.0 / (odds * factor)))
            }
            Self::Arcsine => {
                let middle = libm::asin(share.sqrt());
                let reach = 0.5 * reach / (share * (1.0 - share)).sqrt();
                let (low, high) =
                    (libm::sin((middle - reach).max(0.0)), libm::sin((middle + reach).min(FRAC_PI_2)));
                (low * low, high * high)
            }
            Self::Plain => ((share - reach).max(0.0), (share + reach).min(1.0)),
        }
    }
}

/// The curve at each time of a table, with nothing judged.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductLimit {
    /// S just after each time of the table, a share.
    pub survival: Vec<f64>,
    /// Greenwood's standard error of each; absent where S is zero.
    pub std_error: Vec<Option<f64>>,
}

/// The survival curve of a table. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct KaplanMeier<'a> {
    /// The table the curve was made from; its times are those of the curve.
    pub table: &'a RiskTable,
    /// S just after each time of the table, a share.
    pub survival: Vec<f64>,
    /// Greenwood's standard error of each; absent where S is zero.
    pub std_error: Vec<Option<f64>>,
    /// The confidence level, a share.
    pub level: f64,
    /// The scale of the limits.
    pub scale: Scale,
    /// The id of the method.
    pub method: &'static str,
    /// `risk_set_lt_5` where the end of the curve rests on fewer than five.
    pub warnings: Vec<Warning>,
    z: f64,
}

/// A quantile of the time to the event, as far as the follow-up reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile {
    /// The share that has had the event by then.
    pub share: f64,
    /// The time, absent when the curve does not come down so far.
    pub time: Option<f64>,
    /// The lower limit, absent when even the lower limits of the curve stay above.
    pub lower: Option<f64>,
    /// The upper limit, absent when the upper limits of the curve stay above.
    pub upper: Option<f64>,
    /// The confidence level, a share.
    pub level: f64,
}

/// The product-limit curve of a table with one kind of event, and Greenwood's
/// standard errors: the arithmetic alone, for audit and for tables of numbers.
///
/// With delayed entry the values may be meaningless from the first event on;
/// [`kaplan_meier`] refuses them and this does not.
///
/// # Refusals
///
/// * `competing_events`: the table has several kinds of event.
pub fn product_limit(table: &RiskTable) -> Result<ProductLimit, Refusal> {
    table.check_one_cause()?;
    Ok(curve(table))
}

/// The curve to the first event of any kind.
pub(super) fn curve(table: &RiskTable) -> ProductLimit {
    let mut survival = Vec::with_capacity(table.rows());
    let mut std_error = Vec::with_capacity(table.rows());
    // Since the last change of the risk set by anything but events, S is
    // `base` times the number left over the number at the start of the run.
    let (mut base, mut start, mut left) = (1.0, 0, 0);
    let mut now = 1.0;
    let mut greenwood = Running::default();
    for (events, at_risk) in table.steps() {
        if events > 0 {
            if at_risk != left {
                (base, start) = (now, at_risk);
            }
            left = at_risk - events;
            now = base * (left as f64 / start as f64);
            if left > 0 {
                greenwood.add(events as f64 / (at_risk as f64 * left as f64));
            }
        }
        survival.push(now);
        std_error.push((now > 0.0).then(|| now * greenwood.value().sqrt()));
    }
    ProductLimit { survival, std_error }
}

/// The survival curve of a table with one kind of event.
///
/// `level` is the confidence level (a share), `scale` that of the limits; the
/// default is [`Scale::LogLog`]. See the [module](self) for the method.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `competing_events`: the table has several kinds of event.
/// * `risk_set_lt_5`: entry was delayed and an event in a risk set below five
///   spoils the rest; state survival from a later time ([`RiskTable::after`]).
///
/// # Warnings
///
/// * `risk_set_lt_5`: the end of the curve rests on fewer than five.
pub fn kaplan_meier(table: &RiskTable, level: f64, scale: Scale) -> Result<KaplanMeier<'_>, Refusal> {
    check_level(level)?;
    table.check_one_cause()?;
    table.check_start()?;
    let ProductLimit { survival, std_error } = curve(table);
    Ok(KaplanMeier {
        table,
        survival,
        std_error,
        level,
        scale,
        method: scale.method(),
        warnings: table.thin_warning().into_iter().collect(),
        z: normal_critical(level),
    })
}

impl KaplanMeier<'_> {
    /// The limits of S just after a time of the table, by its row; absent where
    /// S is 1 or 0, and where the limits on the scale are no numbers.
    pub fn limits(&self, row: usize) -> Option<Interval> {
        let share = self.survival.get(row).copied().filter(|&share| share > 0.0 && share < 1.0)?;
        let error = self.std_error.get(row).copied().flatten().filter(|&error| error > 0.0)?;
        let (lower, upper) = self.scale.limits(share, error, self.z);
        (lower <= upper && lower >= 0.0 && upper <= 1.0).then_some(Interval {
            lower,
            upper,
            level: self.level,
        })
    }

    /// The share whose event has not come by `time`.
    ///
    /// A share with Greenwood's standard error and limits; neither is given
    /// before the first event and after the last person had it.
    ///
    /// # Refusals
    ///
    /// * `not_finite`, `negative_time`: no time, or one before the origin.
    /// * `beyond_followup`: nobody was observed so long, and the curve had not
    ///   come down to zero.
    ///
    /// # Warnings
    ///
    /// * `risk_set_lt_5`: an event up to then happened with fewer than five at
    ///   risk.
    /// * `no_events`: no event up to then, so that there are no limits.
    pub fn survival_at(&self, time: f64) -> Outcome {
        let ended = self.survival.last().is_some_and(|&last| last == 0.0);
        let row = self.table.row_at(time, ended)?;
        let value = row.map_or(1.0, |row| self.survival[row]);
        let mut warnings = Vec::new();
        if value == 1.0 {
            warnings.push(Warning::new(
                "no_events",
                "no event had come by then, so the spread is unknown and there are no limits",
            ));
        }
        if self.table.thin_events().first().is_some_and(|event| event.time <= time) {
            warnings.extend(self.table.thin_warning());
        }
        Ok(Estimate {
            std_error: row.and_then(|row| self.std_error[row]).filter(|&error| error > 0.0),
            interval: row.and_then(|row| self.limits(row)),
            warnings,
            ..Estimate::point(value, self.table.n(), self.method)
        })
    }

    /// The time by which a share has had the event, with its limits.
    ///
    /// `share` is one: 0.5 for the median. See the [module](self) for level
    /// stretches. What the follow-up does not reach is absent.
    ///
    /// # Refusals
    ///
    /// * `probability_out_of_range`: the share is not strictly between 0 and 1.
    pub fn quantile(&self, share: f64) -> Result<Quantile, Refusal> {
        if !(share > 0.0 && share < 1.0) {
            return Err(Refusal::new(
                "probability_out_of_range",
                "the share does not lie strictly between 0 and 1",
                "give a share, such as 0.5 for the median",
            ));
        }
        let target = 1.0 - share;
        let reached = target + TIE * target;
        // The curve never rises.
        let at = self.survival.partition_point(|&survival| survival > reached);
        let time = self.table.time().get(at).map(|&from| {
            if self.survival[at] < target - TIE * target {
                return from;
            }
            let to = self.survival.partition_point(|&survival| survival >= self.survival[at]);
            let to = self.table.time().get(to).copied().unwrap_or(self.table.last_time());
            from + 0.5 * (to - from)
        });
        // The limits may rise a little at the end: the first crossing counts.
        let crossed = |rows: std::ops::Range<usize>, limit: fn(Interval) -> f64| {
            let mut blocks = rows.clone().step_by(BLOCK).map(|from| from..rows.end.min(from + BLOCK));
            let row = blocks.find_map(|mut block| {
                if self.floor(&block).is_some_and(|floor| floor > reached + TIE * reached) {
                    return None;
                }
                block
                    .find(|&row| self.changed(row) && self.limits(row).is_some_and(|of| limit(of) <= reached))
            });
            row.map(|row| self.table.time()[row])
        };
        let rows = self.survival.len();
        Ok(Quantile {
            share,
            time,
            lower: crossed(0..rows, |interval| interval.lower),
            upper: crossed(at.min(rows)..rows, |interval| interval.upper),
            level: self.level,
        })
    }

    /// A bound from below on the limits of some rows, absent where a share is
    /// 0 or 1. With S falling from s to t over them, the error of t times
    /// (s/t) (1 - t)/(1 - s) is on every scale as large as that of any of them.
    fn floor(&self, rows: &std::ops::Range<usize>) -> Option<f64> {
        let (first, last) = (self.survival.get(rows.start)?, rows.end.checked_sub(1)?);
        let (from, to) = (*first, *self.survival.get(last)?);
        if !(from < 1.0 && to > 0.0) {
            return None;
        }
        let error = self.std_error.get(last).copied().flatten()?;
        let (lower, _) = self.scale.limits(to, error * (from / to) * ((1.0 - to) / (1.0 - from)), self.z);
        Some(lower)
    }

    /// Whether the curve falls at a row.
    fn changed(&self, row: usize) -> bool {
        self.survival[row] < row.checked_sub(1).map_or(1.0, |before| self.survival[before])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SCALES: [Scale; 5] = [Scale::LogLog, Scale::Log, Scale::Logit, Scale::Arcsine, Scale::Plain];

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn table(time: &[f64], event: &[u8]) -> RiskTable {
        RiskTable::from_rows(time, event, 1, None).expect("a table")
    }

    #[test]
    fn kaplan_meier_by_hand() {
        // Events at 1 and 3, one censored at 2, two at 4: 4/5, then 4/5 2/3.
        let table = table(&[1.0, 2.0, 3.0, 4.0, 4.0], &[1, 0, 1, 0, 0]);
        let found = kaplan_meier(&table, 0.95, Scale::Plain).expect("a curve");
        let expected = [0.8, 0.8, 0.8 * (2.0 / 3.0), 0.8 * (2.0 / 3.0)];
        assert_eq!(found.survival, expected);
        let greenwood: f64 = 1.0 / 20.0 + 1.0 / 6.0;
        let error = found.std_error[2].expect("an error");
        assert!((error - expected[2] * greenwood.sqrt()).abs() < 1e-15);
        assert_eq!(found.method, "km.greenwood.plain");
        assert_eq!(found.warnings.first().map(|warning| warning.code), Some("risk_set_lt_5"));
        let at = found.survival_at(3.5).expect("an estimate");
        assert_eq!((at.value, at.n, at.std_error), (expected[2], 5, Some(error)));
        let start = found.survival_at(0.5).expect("an estimate");
        assert_eq!((start.value, start.std_error, start.interval), (1.0, None, None));
        assert_eq!(start.warnings[0].code, "no_events");
        assert_eq!(code(found.survival_at(4.5)), Some("beyond_followup"));
        assert!(found.survival_at(4.0).is_ok());
        assert_eq!(code(found.survival_at(-1.0)), Some("negative_time"));
        assert_eq!(code(found.survival_at(f64::NAN)), Some("not_finite"));
    }

    #[test]
    fn kaplan_meier_quantiles() {
        let even = table(&[1.0, 2.0, 3.0, 4.0], &[1; 4]);
        let found = kaplan_meier(&even, 0.95, Scale::LogLog).expect("a curve");
        // The median of an even number is the middle of the two.
        assert_eq!(found.quantile(0.5).expect("a quantile").time, Some(2.5));
        assert_eq!(found.quantile(0.6).expect("a quantile").time, Some(3.0));
        assert_eq!(found.quantile(0.99).expect("a quantile").time, Some(4.0));
        let odd = table(&[1.0, 2.0, 3.0, 4.0, 5.0], &[1; 5]);
        let found = kaplan_meier(&odd, 0.95, Scale::LogLog).expect("a curve");
        assert_eq!(found.quantile(0.5).expect("a quantile").time, Some(3.0));
        // Level to the end: the middle up to where observation ended.
        let open = table(&[1.0, 2.0, 3.0, 6.0], &[1, 1, 0, 0]);
        let found = kaplan_meier(&open, 0.95, Scale::LogLog).expect("a curve");
        let median = found.quantile(0.5).expect("a quantile");
        assert_eq!((median.time, median.upper), (Some(4.0), None));
        assert_eq!(found.quantile(0.75).expect("a quantile").time, None);
        for share in [0.0, 1.0, -0.5, f64::NAN] {
            assert_eq!(code(found.quantile(share)), Some("probability_out_of_range"));
        }
    }

    #[test]
    fn kaplan_meier_has_no_limits_at_the_ends() {
        let table = table(&[1.0, 2.0, 3.0], &[0, 1, 1]);
        for scale in SCALES {
            let found = kaplan_meier(&table, 0.95, scale).expect("a curve");
            assert_eq!((found.survival[0], found.survival[2]), (1.0, 0.0));
            assert_eq!(found.limits(0).or(found.limits(2)).or(found.limits(3)), None);
            assert!(found.limits(1).is_some_and(|limits| limits.contains(0.5)));
            // Past the end of a curve that came down to zero it stays there.
            let end = found.survival_at(10.0).expect("an estimate");
            assert_eq!((end.value, end.std_error, end.interval), (0.0, None, None));
        }
    }

    #[test]
    fn kaplan_meier_refuses() {
        let one = table(&[1.0, 2.0], &[1, 0]);
        assert_eq!(code(kaplan_meier(&one, 95.0, Scale::LogLog)), Some("level_out_of_range"));
        let two = RiskTable::from_rows(&[1.0, 2.0], &[1, 2], 2, None).expect("a table");
        assert_eq!(code(kaplan_meier(&two, 0.95, Scale::LogLog)), Some("competing_events"));
        assert_eq!(code(product_limit(&two)), Some("competing_events"));
        assert!(kaplan_meier(&two.any_cause(), 0.95, Scale::LogLog).is_ok());
        let late = RiskTable::from_rows(&[2.0, 9.0], &[1, 1], 1, Some(&[0.0, 1.0])).expect("a table");
        assert_eq!(code(kaplan_meier(&late, 0.95, Scale::LogLog)), Some("risk_set_lt_5"));
        assert!(product_limit(&late).is_ok());
    }

    #[test]
    fn kaplan_meier_takes_extreme_times_and_levels() {
        let table = table(&[0.0, 5e-324, 1e300, f64::MAX], &[1, 1, 1, 0]);
        for scale in SCALES {
            for level in [1e-9, 0.95, 1.0 - 1e-15] {
                let found = kaplan_meier(&table, level, scale).expect("a curve");
                for row in 0..4 {
                    if let Some(limits) = found.limits(row) {
                        assert!(limits.lower.is_finite() && limits.upper.is_finite());
                    }
                }
                assert_eq!(found.quantile(0.5).expect("a quantile").time, Some(5e299));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn kaplan_meier_without_censoring_is_the_empirical_distribution(
            times in proptest::collection::vec(0_u32..50, 1..200),
        ) {
            let time: Vec<f64> = times.iter().map(|&time| f64::from(time)).collect();
            let table = table(&time, &vec![1; time.len()]);
            let found = product_limit(&table).expect("a curve");
            for (row, &at) in table.time().iter().enumerate() {
                let left = time.iter().filter(|&&time| time > at).count();
                let share = left as f64 / time.len() as f64;
                prop_assert_eq!(found.survival[row], share);
                let error = (share * (1.0 - share) / time.len() as f64).sqrt();
                prop_assert!((found.std_error[row].unwrap_or(0.0) - error).abs() < 1e-14);
            }
        }

        #[test]
        fn kaplan_meier_is_the_same_to_the_bit_in_any_order(
            rows in proptest::collection::vec((0.0_f64..9.0, 0_u8..2), 2..60),
            turn in 0_usize..60,
        ) {
            let build = |rows: &[(f64, u8)]| {
                let (time, event): (Vec<f64>, Vec<u8>) = rows.iter().copied().unzip();
                product_limit(&table(&time, &event)).expect("a curve")
            };
            let mut turned = rows.clone();
            turned.rotate_left(turn % rows.len());
            turned.reverse();
            prop_assert_eq!(build(&turned), build(&rows));
        }

        #[test]
        fn quantile_finds_the_first_crossing_of_the_limits(
            rows in proptest::collection::vec((0_u16..400, 0_u8..2), 1..400),
            share in 0.01_f64..0.99,
            level in 0.1_f64..0.999,
        ) {
            let time: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
            let event: Vec<u8> = rows.iter().map(|row| row.1).collect();
            let table = table(&time, &event);
            for scale in SCALES {
                let found = kaplan_meier(&table, level, scale).expect("a curve");
                let quantile = found.quantile(share).expect("a quantile");
                let reached = (1.0 - share) * (1.0 + TIE);
                let at = found.survival.partition_point(|&survival| survival > reached);
                let first = |from: usize, limit: fn(Interval) -> f64| {
                    let mut rows = from.min(table.rows())..table.rows();
                    let row = rows.find(|&row| {
                        found.changed(row) && found.limits(row).is_some_and(|of| limit(of) <= reached)
                    });
                    row.map(|row| table.time()[row])
                };
                prop_assert_eq!(quantile.lower, first(0, |interval| interval.lower));
                prop_assert_eq!(quantile.upper, first(at, |interval| interval.upper));
            }
        }

        #[test]
        fn kaplan_meier_never_rises_and_its_limits_hold_it(
            rows in proptest::collection::vec((0_u8..30, 0_u8..2), 1..80),
            level in 0.5_f64..0.999,
        ) {
            let time: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
            let event: Vec<u8> = rows.iter().map(|row| row.1).collect();
            let table = table(&time, &event);
            for scale in SCALES {
                let found = kaplan_meier(&table, level, scale).expect("a curve");
                let mut before = 1.0;
                for (row, &share) in found.survival.iter().enumerate() {
                    prop_assert!(share <= before && share >= 0.0);
                    before = share;
                    if let Some(limits) = found.limits(row) {
                        prop_assert!(limits.lower <= share + 1e-15 && share <= limits.upper + 1e-15);
                    }
                }
                let median = found.quantile(0.5).expect("a quantile");
                if let (Some(lower), Some(time)) = (median.lower, median.time) {
                    prop_assert!(lower <= time);
                }
            }
        }
    }
}
