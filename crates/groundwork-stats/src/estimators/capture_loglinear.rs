//! People nobody listed, from three lists or more: `capture.m0`, `capture.mt`,
//! `capture.mt.pairs`, `capture.mb`, `capture.mh.chao` and `capture.mth.chao`.
//!
//! # Estimand
//!
//! The number N of people in the population the lists were drawn from, those
//! on no list included.
//!
//! # Assumptions
//!
//! As for two lists ([`capture_recapture`](super::capture_recapture)), and that
//! the highest-order interaction between the lists is zero. What is assumed
//! beyond that is the model's own, and the models are far apart where the data
//! cannot tell them apart: report several, with their AIC, and never the one
//! number.
//!
//! * M0: every list finds everybody with the same probability.
//! * Mt: the lists differ.
//! * Mt with pairs: named pairs of lists depend on each other.
//! * Mb: people are found with another probability once they have been found;
//!   the lists are in the order of time.
//! * Chao's Mh and Mth: people differ in how easily they are found. The result
//!   is a lower bound.
//!
//! # Method
//!
//! The number of people with each pattern of being on the lists is Poisson
//! with log mean γ + xβ, fitted by [`poisson_regression`]. For x the number of
//! lists (M0), one column a list (Mt), products (pairs), and for Chao the
//! further columns max(lists - j + 1, 0), j from 3 on, whose coefficients
//! cannot be negative: those that are, are left out one by one. The people
//! unseen are exp(γ), N the seen and the unseen, with variance
//! exp(γ) + exp(2γ) var(γ). For Mb, with the number of lists before the first
//! (b1) and after it (b2) and t lists,
//!
//! ```text
//! N = exp(γ) (1 + exp(b2))^t / (1 + exp(b2) - exp(b1))
//! ```
//!
//! with the variance by the delta method, less N (Rivest and Lévesque 2001).
//! The interval is log-normal on the unseen.
//!
//! # Small samples
//!
//! Standard errors are too small where few people are on several lists; below
//! seven seen twice the estimate is flagged.
//!
//! # Refusals
//!
//! `level_out_of_range`, `too_few_lists` (three), `too_many_lists` (eight),
//! `lengths_differ`, `empty`, `unseen_counted` (a number is given for people on
//! no list), `no_overlap`, `no_such_list`; those of [`poisson_regression`], of
//! which `separation` means that a pair of lists has no overlap to estimate
//! from; `behaviour_not_estimable` for Mb when people are not found less often
//! as time goes on; `interval_not_finite`.
//!
//! # Source
//!
//! Fienberg SE (1972). The multiple recapture census for closed populations and
//! incomplete 2^k contingency tables. Biometrika 59:591-603. Rivest LP, Lévesque
//! T (2001). Improved log-linear model estimators of abundance in
//! capture-recapture experiments. Canadian Journal of Statistics 29:555-572.
//! Baillargeon S, Rivest LP (2007). Rcapture: loglinear models for
//! capture-recapture in R. Journal of Statistical Software 19:5.

use crate::estimate::{Estimate, Refusal, check_level};
use crate::estimators::capture_recapture::{
    assumes_independence, log_normal, lower_bound, no_overlap, recapture_warning, too_few_lists,
};
use crate::estimators::cluster_sums::lengths_differ;
use crate::estimators::poisson_regression::{PoissonRegression, poisson_regression};
use crate::linalg::Design;
use crate::special::ln_gamma;
use crate::sum::Sum;
use crate::thresholds::LISTS_MOST;

/// The id of the model M0.
pub const METHOD_M0: &str = "capture.m0";
/// The id of the model Mt.
pub const METHOD_MT: &str = "capture.mt";
/// The id of the model Mt with dependent pairs.
pub const METHOD_PAIRS: &str = "capture.mt.pairs";
/// The id of the model Mb.
pub const METHOD_MB: &str = "capture.mb";
/// The id of Chao's lower bound for Mh.
pub const METHOD_MH: &str = "capture.mh.chao";
/// The id of Chao's lower bound for Mth.
pub const METHOD_MTH: &str = "capture.mth.chao";

/// A model of who is on which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model<'a> {
    /// M0: one probability for all lists.
    Constant,
    /// Mt: a probability for each list.
    Lists,
    /// Mt with these pairs of lists, numbered from 0, depending on each other.
    Pairs(&'a [(usize, usize)]),
    /// Mb: another probability once found; the lists in the order of time.
    Behaviour,
    /// Mh: people differ, lists do not; a lower bound.
    PeopleDiffer,
    /// Mth: people and lists differ; a lower bound.
    PeopleAndListsDiffer,
}

/// How many people are on which lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histories {
    lists: usize,
    /// People by the lists they are on, as bits, the first list the lowest.
    counts: Vec<u64>,
}

impl Histories {
    /// Takes in the number of people for each way to be on some of the lists.
    ///
    /// `counts` has 2^lists entries: entry h holds the people who are on list i
    /// if and only if bit i of h is set. The first entry, people on no list, is
    /// zero.
    ///
    /// # Refusals
    ///
    /// * `too_few_lists`, `too_many_lists`: fewer than three, more than eight.
    /// * `lengths_differ`: there are not 2^lists counts.
    /// * `unseen_counted`: people on no list were counted.
    /// * `empty`: nobody is on any list.
    /// * `no_overlap`: nobody is on two.
    pub fn new(lists: usize, counts: &[u64]) -> Result<Self, Refusal> {
        if lists < 3 {
            return Err(too_few_lists("there are fewer than three lists, too few for a model"));
        }
        if lists > LISTS_MOST {
            return Err(Refusal::new(
                "too_many_lists",
                "there are more than eight lists, whose combinations are too many",
                "join lists",
            ));
        }
        if counts.len() != 1 << lists {
            return Err(lengths_differ());
        }
        if counts.first().is_some_and(|&unseen| unseen != 0) {
            return Err(Refusal::new(
                "unseen_counted",
                "people who are on no list were counted, which is what is to be estimated",
                "give the people on at least one list",
            ));
        }
        let histories = Self { lists, counts: counts.to_vec() };
        if histories.seen() == 0 {
            return Err(Refusal::new("empty", "nobody is on any list", "report that nobody was seen"));
        }
        if histories.seen_again() == 0 {
            return Err(no_overlap());
        }
        Ok(histories)
    }

    /// Takes in people: one column a list, one entry a person, whether the
    /// person is on the list. People on no list are left out.
    ///
    /// # Refusals
    ///
    /// Those of [`Histories::new`].
    pub fn from_columns(columns: &[&[bool]]) -> Result<Self, Refusal> {
        let people = columns.first().map_or(0, |column| column.len());
        if columns.iter().any(|column| column.len() != people) {
            return Err(lengths_differ());
        }
        if columns.len() > LISTS_MOST {
            return Self::new(columns.len(), &[]);
        }
        let mut counts = vec![0; 1 << columns.len()];
        for person in 0..people {
            let history: usize =
                columns.iter().enumerate().map(|(list, column)| usize::from(column[person]) << list).sum();
            counts[history] += 1;
        }
        counts[0] = 0;
        Self::new(columns.len(), &counts)
    }

    /// The number of people on at least one list.
    pub fn seen(&self) -> u64 {
        self.counts.iter().fold(0, |sum, &people| sum.saturating_add(people))
    }

    /// The number of people on exactly one list, on exactly two, and so on.
    pub fn frequencies(&self) -> Vec<u64> {
        let mut frequencies = vec![0_u64; self.lists];
        for (history, &people) in (0_u32..).zip(&self.counts).skip(1) {
            let at = history.count_ones() as usize - 1;
            frequencies[at] = frequencies[at].saturating_add(people);
        }
        frequencies
    }

    fn seen_again(&self) -> u64 {
        self.frequencies().iter().skip(1).fold(0, |sum, &people| sum.saturating_add(people))
    }
}

/// A fitted model of who is on which list.
#[derive(Clone, Debug, PartialEq)]
pub struct CaptureModel {
    /// The population N with its standard error and log-normal interval; `n`
    /// is the number of people seen.
    pub population: Estimate,
    /// The people on no list.
    pub unseen: f64,
    /// The deviance of the fit.
    pub deviance: f64,
    /// The patterns less the parameters.
    pub df: f64,
    /// Akaike's criterion, smaller is better.
    pub aic: f64,
}

/// Fits a model and estimates the population.
///
/// `level` is the confidence level of the interval (a share). See the
/// [module](self) for the models.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `no_such_list`: a pair names a list that is not there, or one list twice.
/// * `behaviour_not_estimable`: Mb has no finite estimate.
/// * Those of [`poisson_regression`].
/// * `interval_not_finite`: a number is beyond the range.
pub fn capture_model(histories: &Histories, model: Model<'_>, level: f64) -> Result<CaptureModel, Refusal> {
    check_level(level)?;
    let lists = histories.lists;
    let column = |value: &dyn Fn(u32) -> u32| {
        (1..1_u32 << lists).map(|history| f64::from(value(history))).collect::<Vec<f64>>()
    };
    let each_list: Vec<Vec<f64>> = (0..lists).map(|list| column(&|history| history >> list & 1)).collect();
    let (mut columns, method) = match model {
        Model::Constant => (vec![column(&u32::count_ones)], METHOD_M0),
        Model::Lists => (each_list, METHOD_MT),
        Model::Pairs(pairs) => {
            let mut columns = each_list;
            for &(one, other) in pairs {
                if one == other || one.max(other) >= lists {
                    return Err(Refusal::new(
                        "no_such_list",
                        "a pair names a list that is not there, or the same list twice",
                        "name two of the lists, numbered from 0",
                    ));
                }
                columns.push(column(&|history| history >> one & history >> other & 1));
            }
            (columns, METHOD_PAIRS)
        }
        Model::Behaviour => {
            (vec![column(&u32::trailing_zeros), column(&|history| history.count_ones() - 1)], METHOD_MB)
        }
        Model::PeopleDiffer => (vec![column(&u32::count_ones)], METHOD_MH),
        Model::PeopleAndListsDiffer => (each_list, METHOD_MTH),
    };
    let bound = matches!(model, Model::PeopleDiffer | Model::PeopleAndListsDiffer);
    let free = columns.len();
    if bound {
        // Nobody on that many lists: the coefficient falls without end.
        let frequencies = histories.frequencies();
        let most = frequencies.iter().rposition(|&people| people > 0).map_or(0, |at| at as u32 + 1);
        columns.extend((3..=most).map(|j| column(&|history| (history.count_ones() + 1).saturating_sub(j))));
    }
    let counts: Vec<f64> = histories.counts.iter().skip(1).map(|&people| people as f64).collect();
    let fitted = loop {
        let borrowed: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let fitted = poisson_regression(&counts, &Design::new(counts.len(), &borrowed)?, None)?;
        let negative = (free..columns.len())
            .find(|&at| fitted.coefficients.get(at + 1).is_some_and(|&coefficient| coefficient < 0.0));
        match negative {
            Some(at) => drop(columns.remove(at)),
            None => break fitted,
        }
    };
    let seen = histories.seen();
    let (unseen, variance) = match model {
        Model::Behaviour => behaviour(&fitted, lists, seen)?,
        _ => {
            let unseen = libm::exp(fitted.coefficients.first().copied().unwrap_or(f64::NAN));
            (unseen, unseen + unseen * unseen * fitted.covariance.get(0, 0))
        }
    };
    let interval = log_normal(seen, unseen, variance, level)?;
    let mut warnings = vec![if bound { lower_bound() } else { assumes_independence() }];
    warnings.extend(recapture_warning(histories.seen_again()));
    let log_likelihood: Sum = counts
        .iter()
        .zip(&fitted.fitted)
        .map(|(count, mean)| count * libm::log(*mean) - mean - ln_gamma(count + 1.0))
        .collect();
    let aic = 2.0 * (columns.len() + 1) as f64 - 2.0 * log_likelihood.value();
    if !aic.is_finite() {
        return Err(Refusal::not_finite("the likelihood"));
    }
    Ok(CaptureModel {
        population: Estimate {
            std_error: Some(variance.sqrt()),
            interval: Some(interval),
            warnings,
            ..Estimate::point(seen as f64 + unseen, seen, method)
        },
        unseen,
        deviance: fitted.deviance,
        df: fitted.df,
        aic,
    })
}

/// The people unseen under Mb, and the variance of the population.
fn behaviour(fitted: &PoissonRegression, lists: usize, seen: u64) -> Result<(f64, f64), Refusal> {
    let &[constant, before, after] = fitted.coefficients.as_slice() else {
        return Err(Refusal::not_finite("a coefficient"));
    };
    let (first, again) = (libm::exp(before), libm::exp(after));
    // In proportion: the probability of not being found on a list.
    let found = 1.0 + again - first;
    let population = libm::exp(constant) * libm::pow(1.0 + again, lists as f64) / found;
    let gradient = [1.0, first / found, lists as f64 * again / (1.0 + again) - again / found];
    let variance = population * population * fitted.covariance.quadratic(&gradient) - population;
    let unseen = population - seen as f64;
    if !(found > 0.0 && unseen > 0.0 && variance > 0.0) {
        return Err(Refusal::new(
            "behaviour_not_estimable",
            "people are not found for the first time less often as time goes on, so nothing says how many are left",
            "use a model without a response to being found, or Chao's lower bound",
        ));
    }
    Ok((unseen, variance))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    /// Expected counts for 1000 people on three independent lists.
    fn independent() -> Histories {
        let p = [0.5, 0.4, 0.2];
        let counts: Vec<u64> = (0..8_usize)
            .map(|history| {
                let share: f64 = (0..3)
                    .map(|list| if history >> list & 1 == 1 { p[list] } else { 1.0 - p[list] })
                    .product();
                if history == 0 { 0 } else { (1000.0 * share).round() as u64 }
            })
            .collect();
        Histories::new(3, &counts).expect("histories")
    }

    #[test]
    fn independent_lists_give_back_the_population() {
        let found = capture_model(&independent(), Model::Lists, 0.95).expect("a fit");
        assert!((found.population.value - 1000.0).abs() < 1e-8, "{found:?}");
        assert!((found.unseen - 240.0).abs() < 1e-8 && found.deviance < 1e-12);
        assert_eq!((found.df, found.population.n), (3.0, 760));
        // A pair that need not be there changes little but the error.
        let pair = capture_model(&independent(), Model::Pairs(&[(0, 1)]), 0.95).expect("a fit");
        assert!((pair.population.value - 1000.0).abs() < 1e-7);
        assert!(pair.population.std_error > found.population.std_error);
    }

    #[test]
    fn model_does_not_depend_on_the_order_of_the_lists() {
        let mut stream = Stream::new(&[6; 32], 0);
        let people: Vec<[bool; 4]> =
            (0..300).map(|_| [0.6, 0.3, 0.5, 0.4].map(|p| stream.uniform() < p)).collect();
        let column = |list: usize| people.iter().map(|person| person[list]).collect::<Vec<_>>();
        let fit = |order: [usize; 4], model| {
            let columns = order.map(column);
            let borrowed: Vec<&[bool]> = columns.iter().map(Vec::as_slice).collect();
            capture_model(&Histories::from_columns(&borrowed).expect("histories"), model, 0.9).expect("a fit")
        };
        for model in [Model::Constant, Model::Lists, Model::PeopleDiffer, Model::PeopleAndListsDiffer] {
            let (one, other) = (fit([0, 1, 2, 3], model), fit([2, 0, 3, 1], model));
            assert!((one.population.value - other.population.value).abs() < 1e-9 * one.population.value);
            assert!((one.aic - other.aic).abs() < 1e-9 * one.aic.abs());
        }
        let one = fit([0, 1, 2, 3], Model::Pairs(&[(0, 1)]));
        let other = fit([2, 0, 3, 1], Model::Pairs(&[(3, 1)]));
        assert!((one.population.value - other.population.value).abs() < 1e-9 * one.population.value);
    }

    #[test]
    fn chao_of_homogeneous_people_is_not_below_the_plain_model() {
        let histories = independent();
        let plain = capture_model(&histories, Model::Constant, 0.95).expect("a fit");
        let bound = capture_model(&histories, Model::PeopleDiffer, 0.95).expect("a fit");
        assert!(bound.population.value >= plain.population.value - 1e-9);
        let codes: Vec<_> = bound.population.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, ["lower_bound"]);
    }

    #[test]
    fn models_refuse() {
        assert_eq!(code(Histories::new(2, &[0; 4])), Some("too_few_lists"));
        assert_eq!(code(Histories::new(9, &[0; 512])), Some("too_many_lists"));
        assert_eq!(code(Histories::new(usize::MAX, &[])), Some("too_many_lists"));
        assert_eq!(code(Histories::new(3, &[0; 7])), Some("lengths_differ"));
        assert_eq!(code(Histories::new(3, &[1; 8])), Some("unseen_counted"));
        assert_eq!(code(Histories::new(3, &[0; 8])), Some("empty"));
        assert_eq!(code(Histories::new(3, &[0, 5, 5, 0, 5, 0, 0, 0])), Some("no_overlap"));
        assert_eq!(code(Histories::from_columns(&[])), Some("too_few_lists"));
        assert_eq!(code(Histories::from_columns(&[&[true][..]; 9])), Some("too_many_lists"));
        assert_eq!(code(Histories::from_columns(&[&[true], &[], &[true]])), Some("lengths_differ"));
        let fit = |model, level| code(capture_model(&independent(), model, level));
        assert_eq!(fit(Model::Lists, 0.0), Some("level_out_of_range"));
        assert_eq!(fit(Model::Pairs(&[(0, 3)]), 0.9), Some("no_such_list"));
        assert_eq!(fit(Model::Pairs(&[(1, 1)]), 0.9), Some("no_such_list"));
        assert_eq!(fit(Model::Pairs(&[(0, 1), (1, 0)]), 0.9), Some("collinear"));
        // More and more people are found for the first time.
        let growing = Histories::new(3, &[0, 10, 20, 5, 90, 5, 5, 1]).expect("histories");
        assert_eq!(code(capture_model(&growing, Model::Behaviour, 0.9)), Some("behaviour_not_estimable"));
    }
}
