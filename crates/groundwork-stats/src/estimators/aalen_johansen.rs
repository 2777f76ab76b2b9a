//! Cumulative incidence with competing events: `aj.ij.loglog` and
//! `aj.aalen.loglog`.
//!
//! # Estimand
//!
//! F_c(t) = P(T <= t, cause c): the share that has had the event of kind c by
//! t, in a world in which the other kinds happen as they do. Registered within
//! 24 months, where some families move away first. The shares of all kinds and
//! the share with no event yet add to one.
//!
//! One minus the survival curve of a kind, with the other kinds taken for
//! censoring, is not offered anywhere in this crate: it is the share that
//! would be seen if the other kinds were abolished and nothing else changed,
//! and is always too large. In `mgus2` it says 42% where 13% had the event.
//!
//! # Assumptions
//!
//! Censoring (not the other events) has nothing to do with what would have
//! come; so has late entry. People are independent of one another.
//!
//! # Method
//!
//! With S the curve to the first event of any kind, d_c events of kind c and d
//! of any kind among n at risk,
//!
//! ```text
//! F_c(t) = Σ S(s-) d_c/n   over event times s <= t
//! ```
//!
//! Ties are taken as they are; nothing is broken at random. The two errors
//! differ in what they take an event time to be; both are carried along with
//! the covariance of S and F_c, one step an event time.
//!
//! `aj.ij`: one drawing of n people who stay, or leave by one of the kinds,
//!
//! ```text
//! var(d_c/n) = q_c (1 - q_c)/n,  q_c = d_c/n,  cov(d_c/n, d_b/n) = -q_c q_b/n
//! ```
//!
//! Without late entry this is the infinitesimal jackknife (the sum of squared
//! influences of the people) to the last digit, and for a single kind it is
//! Greenwood's. It is the default.
//!
//! `aj.aalen`: the kinds one by one, var(d_c/n) = d_c (n - d_c)/(n² (n - 1)), no
//! covariance, as in Gray's software. The two differ in the third digit.
//!
//! The limits are made on the scale of ln(-ln F): F^exp(± z se/(F ln F)). There
//! are none where F is 0.
//!
//! # Small samples
//!
//! As for the survival curve: an event with fewer than five at risk moves the
//! curves by a fifth and more, and a warning marks it.
//!
//! # Refusals
//!
//! `level_out_of_range`, `risk_set_lt_5` (delayed entry only); for a value
//! `unknown_cause`, `beyond_followup`, `negative_time`, `not_finite`.
//!
//! # Source
//!
//! Aalen OO, Johansen S (1978). An empirical transition matrix for
//! non-homogeneous Markov chains based on censored observations. Scandinavian
//! Journal of Statistics 5:141-150. Aalen OO (1978). Nonparametric estimation of
//! partial transition probabilities in multiple decrement models. Annals of
//! Statistics 6:534-545. Braun TM, Yuan Z (2007). Comparing the small sample
//! performance of several variance estimators under competing risks. Statistics
//! in Medicine 26:1170-1180. Choudhury JB (2002). Non-parametric confidence
//! interval estimation for competing risks analysis. Statistics in Medicine
//! 21:1129-1144.

use super::kaplan_meier::curve;
use super::risk_table::{RiskTable, Running};
use crate::estimate::{Estimate, Interval, Outcome, Refusal, check_level};
use crate::special::normal_critical;
use crate::warning::Warning;

/// The id of the method with its default error.
pub const METHOD: &str = "aj.ij.loglog";

/// The id of the method with Aalen's error.
pub const METHOD_AALEN: &str = "aj.aalen.loglog";

/// Which standard error the curves have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorKind {
    /// The infinitesimal jackknife; the default.
    #[default]
    Jackknife,
    /// Aalen's, each kind of event by itself.
    Aalen,
}

/// The cumulative incidence of each kind of event. See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct AalenJohansen<'a> {
    /// The table the curves were made from; its times are theirs.
    pub table: &'a RiskTable,
    /// The share with no event of any kind just after each time.
    pub survival: Vec<f64>,
    /// For each cause, the share that has had its event at each time.
    pub incidence: Vec<Vec<f64>>,
    /// For each cause, the standard error at each time; zero before its first
    /// event.
    pub std_error: Vec<Vec<f64>>,
    /// The confidence level, a share.
    pub level: f64,
    /// The id of the method.
    pub method: &'static str,
    /// `risk_set_lt_5` where the end of the curves rests on fewer than five.
    pub warnings: Vec<Warning>,
    z: f64,
}

/// The cumulative incidence of each kind of event in a table.
///
/// `level` is the confidence level (a share), `error` the kind of standard
/// error. See the [module](self) for the method.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `risk_set_lt_5`: entry was delayed and an event in a risk set below five
///   spoils the rest; start from a later time ([`RiskTable::after`]).
///
/// # Warnings
///
/// * `risk_set_lt_5`: the end of the curves rests on fewer than five.
pub fn aalen_johansen(table: &RiskTable, level: f64, error: ErrorKind) -> Result<AalenJohansen<'_>, Refusal> {
    check_level(level)?;
    table.check_start()?;
    let survival = curve(table).survival;
    let (incidence, std_error) =
        (1..=table.causes()).map(|cause| incidence(table, &survival, cause, error)).unzip();
    Ok(AalenJohansen {
        table,
        survival,
        incidence,
        std_error,
        level,
        method: match error {
            ErrorKind::Jackknife => METHOD,
            ErrorKind::Aalen => METHOD_AALEN,
        },
        warnings: table.thin_warning().into_iter().collect(),
        z: normal_critical(level),
    })
}

/// One cause's incidence at each time of the table, and its standard error.
fn incidence(table: &RiskTable, survival: &[f64], cause: usize, error: ErrorKind) -> (Vec<f64>, Vec<f64>) {
    let mut share = Running::default();
    // The variances and the covariance of S and F.
    let (mut of_s, mut of_sf, mut of_f) = (0.0, 0.0, 0.0);
    let mut before = 1.0;
    let mut shares = Vec::with_capacity(survival.len());
    let mut errors = Vec::with_capacity(survival.len());
    for (row, (any, at_risk)) in table.steps().enumerate() {
        if any > 0 {
            let n = at_risk as f64;
            let of_cause = table.events(row).get(cause - 1).copied().unwrap_or(0);
            let (mine, all) = (of_cause as f64 / n, any as f64 / n);
            // The variance of `all`, of `mine`, and their covariance.
            let (var_all, cov, var_mine) = match error {
                ErrorKind::Jackknife => {
                    let stay = (at_risk - any) as f64 / n;
                    (all * stay / n, mine * stay / n, mine * ((at_risk - of_cause) as f64 / n) / n)
                }
                ErrorKind::Aalen => {
                    let alone = |events: u64| {
                        let d = events as f64;
                        if events == 0 {
                            0.0
                        } else if events == 1 {
                            1.0 / (n * n)
                        } else {
                            d / n / n * ((n - d) / (n - 1.0))
                        }
                    };
                    let sum = table.events(row).iter().map(|&events| alone(events)).sum();
                    (sum, alone(of_cause), alone(of_cause))
                }
            };
            // S becomes S (1 - all), F becomes F + S mine.
            let left = (at_risk - any) as f64 / n;
            let square = before * before;
            of_f += mine * (2.0 * of_sf + mine * of_s) + square * var_mine;
            of_sf = left * (of_sf + mine * of_s) - square * cov;
            of_s = left * left * of_s + square * var_all;
            share.add(before * mine);
            before = survival[row];
            if before == 0.0 {
                // Nobody is left: what S did matters to F no more.
                (of_s, of_sf) = (0.0, 0.0);
            }
        }
        shares.push(share.value().min(1.0));
        errors.push(f64::max(of_f, 0.0).sqrt());
    }
    (shares, errors)
}

impl AalenJohansen<'_> {
    /// The share that has had the event of a cause by `time`.
    ///
    /// `cause` is numbered from 1, as in the table. A share with its standard
    /// error and limits; neither is given before the first event of the cause.
    ///
    /// # Refusals
    ///
    /// * `unknown_cause`: the table has no such cause.
    /// * `not_finite`, `negative_time`: no time, or one before the origin.
    /// * `beyond_followup`: nobody was observed so long, and somebody was left
    ///   without an event.
    ///
    /// # Warnings
    ///
    /// * `risk_set_lt_5`: an event up to then happened with fewer than five at
    ///   risk.
    /// * `no_events`: no event of the cause up to then, so that there are no
    ///   limits.
    pub fn incidence_at(&self, cause: usize, time: f64) -> Outcome {
        let column = cause.checked_sub(1).filter(|&column| column < self.incidence.len());
        let Some(column) = column else {
            return Err(Refusal::new(
                "unknown_cause",
                "the table has no such kind of event",
                "ask for a kind that the table was built with",
            ));
        };
        let ended = self.survival.last().is_some_and(|&last| last == 0.0);
        let row = self.table.row_at(time, ended)?;
        let value = row.map_or(0.0, |row| self.incidence[column][row]);
        let mut warnings = Vec::new();
        if value == 0.0 {
            warnings.push(Warning::new(
                "no_events",
                "no event of this kind had come by then, so the spread is unknown and there are no limits",
            ));
        }
        if self.table.thin_events().first().is_some_and(|event| event.time <= time) {
            warnings.extend(self.table.thin_warning());
        }
        Ok(Estimate {
            std_error: row.map(|row| self.std_error[column][row]).filter(|&error| error > 0.0),
            interval: row.and_then(|row| self.limits(cause, row)),
            warnings,
            ..Estimate::point(value, self.table.n(), self.method)
        })
    }

    /// The limits of a cause's incidence at a row of the table; absent where
    /// the incidence is 0 or 1.
    pub fn limits(&self, cause: usize, row: usize) -> Option<Interval> {
        let column = cause.checked_sub(1)?;
        let share = *self.incidence.get(column)?.get(row)?;
        let error = *self.std_error.get(column)?.get(row)?;
        if !(share > 0.0 && share < 1.0 && error > 0.0) {
            return None;
        }
        let log = libm::log(share);
        let factor = libm::exp(-self.z * error / (share * log));
        let (lower, upper) = (libm::exp(log * factor), libm::exp(log / factor));
        (lower <= upper).then_some(Interval { lower, upper, level: self.level })
    }
}

#[cfg(test)]
mod tests {
    use super::super::kaplan_meier::product_limit;
    use super::*;
    use proptest::prelude::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn table(time: &[f64], cause: &[u8], causes: u8) -> RiskTable {
        RiskTable::from_rows(time, cause, causes, None).expect("a table")
    }

    /// The squared influences of all people, summed by definition: the
    /// derivative of F_c at `time` with respect to the weight of each person.
    fn influences(time: &[f64], cause: &[u8], of: u8, at: f64) -> f64 {
        let estimate = |weights: &[f64]| {
            let mut times: Vec<f64> = time.to_vec();
            times.sort_by(f64::total_cmp);
            times.dedup();
            let (mut survival, mut share) = (1.0, 0.0);
            for &now in times.iter().filter(|&&now| now <= at) {
                let sum = |keep: &dyn Fn(usize) -> bool| -> f64 {
                    (0..time.len()).filter(|&row| keep(row)).map(|row| weights[row]).sum()
                };
                let n = sum(&|row| time[row] >= now);
                share += survival * sum(&|row| time[row] == now && cause[row] == of) / n;
                survival *= 1.0 - sum(&|row| time[row] == now && cause[row] > 0) / n;
            }
            share
        };
        let step = 1e-5;
        let influence = |row: usize| {
            let shifted = |by: f64| {
                let mut weights = vec![1.0; time.len()];
                weights[row] += by;
                estimate(&weights)
            };
            (shifted(step) - shifted(-step)) / (2.0 * step)
        };
        (0..time.len()).map(influence).map(|influence| influence * influence).sum()
    }

    #[test]
    fn aalen_johansen_by_hand() {
        // Cause 1 at 1 and 4, cause 2 at 2, censored at 3: F1 = 1/4, then
        // 1/4 + 1/2 1/1; F2 = 3/4 1/3.
        let table = table(&[1.0, 2.0, 3.0, 4.0], &[1, 2, 0, 1], 2);
        let found = aalen_johansen(&table, 0.95, ErrorKind::Jackknife).expect("curves");
        assert_eq!(found.incidence[0], [0.25, 0.25, 0.25, 0.75]);
        assert_eq!(found.incidence[1], [0.0, 0.25, 0.25, 0.25]);
        assert_eq!(found.survival, [0.75, 0.5, 0.5, 0.0]);
        assert_eq!((found.method, found.warnings.len()), ("aj.ij.loglog", 1));
        // At 2 both are shares of the same four people.
        assert!((found.std_error[1][1] - (0.25_f64 * 0.75 / 4.0).sqrt()).abs() < 1e-15);
        let at = found.incidence_at(2, 1.5).expect("an estimate");
        assert_eq!((at.value, at.std_error, at.interval), (0.0, None, None));
        assert_eq!(at.warnings[0].code, "no_events");
        let at = found.incidence_at(1, 9.0).expect("an estimate");
        assert_eq!((at.value, at.n), (0.75, 4));
        assert!(at.interval.is_some_and(|limits| limits.contains(0.75) && limits.lower > 0.0));
    }

    #[test]
    fn aalen_johansen_refuses() {
        let open = table(&[1.0, 2.0], &[1, 0], 1);
        let found = aalen_johansen(&open, 0.95, ErrorKind::Aalen).expect("curves");
        assert_eq!(code(found.incidence_at(1, 3.0)), Some("beyond_followup"));
        assert_eq!(code(found.incidence_at(0, 1.0)), Some("unknown_cause"));
        assert_eq!(code(found.incidence_at(2, 1.0)), Some("unknown_cause"));
        assert_eq!(code(found.incidence_at(1, f64::NAN)), Some("not_finite"));
        assert_eq!(found.method, METHOD_AALEN);
        assert_eq!(code(aalen_johansen(&open, 1.0, ErrorKind::Aalen)), Some("level_out_of_range"));
        let late = RiskTable::from_rows(&[2.0, 9.0], &[1, 2], 2, Some(&[0.0, 1.0])).expect("a table");
        assert_eq!(code(aalen_johansen(&late, 0.95, ErrorKind::Aalen)), Some("risk_set_lt_5"));
    }

    #[test]
    fn aalen_johansen_of_one_cause_is_the_survival_curve_upside_down() {
        let table = table(&[1.0, 2.0, 2.0, 3.0, 5.0, 5.0, 6.0], &[1, 1, 0, 0, 1, 1, 0], 1);
        let plain = product_limit(&table).expect("a curve");
        let found = aalen_johansen(&table, 0.95, ErrorKind::Jackknife).expect("curves");
        for row in 0..table.rows() {
            assert!((found.incidence[0][row] + plain.survival[row] - 1.0).abs() < 1e-15);
            assert!((found.std_error[0][row] - plain.std_error[row].expect("an error")).abs() < 1e-15);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn aalen_johansen_shares_add_to_one(
            rows in proptest::collection::vec((0_u8..30, 0_u8..4), 1..80),
            turn in 0_usize..80,
        ) {
            let build = |rows: &[(u8, u8)]| {
                let (time, cause): (Vec<f64>, Vec<u8>) =
                    rows.iter().map(|row| (f64::from(row.0), row.1)).unzip();
                table(&time, &cause, 3)
            };
            let one = build(&rows);
            for error in [ErrorKind::Jackknife, ErrorKind::Aalen] {
                let found = aalen_johansen(&one, 0.9, error).expect("curves");
                for row in 0..one.rows() {
                    let events: f64 = found.incidence.iter().map(|shares| shares[row]).sum();
                    prop_assert!((events + found.survival[row] - 1.0).abs() < 1e-14);
                }
                let mut turned = rows.clone();
                turned.rotate_left(turn % rows.len());
                let other = build(&turned);
                let again = aalen_johansen(&other, 0.9, error).expect("curves");
                prop_assert_eq!(&again.incidence, &found.incidence);
                prop_assert_eq!(&again.std_error, &found.std_error);
            }
        }

        #[test]
        fn aalen_johansen_error_is_the_infinitesimal_jackknife(
            rows in proptest::collection::vec((1_u8..12, 0_u8..3), 4..25),
        ) {
            let (time, cause): (Vec<f64>, Vec<u8>) = rows.iter().map(|row| (f64::from(row.0), row.1)).unzip();
            let table = table(&time, &cause, 2);
            let found = aalen_johansen(&table, 0.95, ErrorKind::Jackknife).expect("curves");
            for of in 1..=2_u8 {
                let last = table.rows() - 1;
                let expected = influences(&time, &cause, of, table.time()[last]);
                let error = found.std_error[usize::from(of) - 1][last];
                prop_assert!((error * error - expected).abs() < 1e-8);
            }
        }
    }
}
