//! Whether a translated test asks the same of both languages: `dif.mh` and
//! `dif.mh.purified`.
//!
//! # Estimand
//!
//! For each item α, the odds of a right answer in the reference group divided
//! by those in the focal group, among people of the same total score. An item
//! with α away from 1 is harder for one group than its ability accounts for:
//! its translation, or its subject, is not neutral.
//!
//! # Assumptions
//!
//! The total score measures the same thing in both groups, apart from the few
//! items that do not; α is the same at every score; people are independent.
//! If all items favour one group nothing here can show it.
//!
//! # Method
//!
//! People are put into strata by their total score. With A, B the reference
//! group's right and wrong answers, C, D the focal group's, and T their sum in
//! a stratum (Mantel and Haenszel 1959),
//!
//! ```text
//! α   = Σ A D/T / Σ B C/T,    Δ = -2.35 ln α
//! χ²  = (|Σ A - Σ E A| - ½)² / Σ Var A          on 1 degree of freedom
//! ```
//!
//! with the correction no larger than |Σ A - Σ E A| itself: carried past zero,
//! as some software does, it makes large χ² out of no difference where the
//! variance is small. The error of ln α is that of Phillips and Holland (1987).
//! p-values are adjusted over the items
//! by Benjamini and Hochberg. Classes are those of the Educational Testing
//! Service: A where |Δ| < 1 or Δ is not significant at 5%; C where |Δ| >= 1.5
//! and significantly above 1 (one-sided, 5%); B otherwise. Purified: items
//! that χ² flags at `alpha` are left out of the score (all but the item under
//! study itself) and everything is computed again, until the same items are
//! flagged twice.
//!
//! # Small samples
//!
//! Below about a hundred people a group only gross faults show: an item that
//! is not flagged is not proved fair. Below twenty the analysis is refused.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `too_few_items` (fewer than three),
//! `group_too_small` (fewer than 20 in a group), `alpha_out_of_range`. An item
//! that everybody, or nobody, answers, or that has no stratum with both groups,
//! has no numbers ([`Item::tested`] is absent).
//!
//! # Source
//!
//! Holland PW, Thayer DT (1988). Differential item performance and the
//! Mantel-Haenszel procedure. In: Test validity, 129-145. Zwick R (2012). A
//! review of ETS differential item functioning assessment procedures. ETS
//! Research Report RR-12-08. Magis D et al. (2010). A general framework and an
//! R package for the detection of dichotomous differential item functioning.
//! Behavior Research Methods 42:847-862.

use super::columns::empty;
use crate::estimate::Refusal;
use crate::linalg::check_length;
use crate::special::{normal_critical, normal_quantile, normal_two_sided_p};
use crate::thresholds::{LANGUAGE_GROUP_FEW, LANGUAGE_GROUP_LEAST, RELIABILITY_ITEMS_LEAST};
use crate::warning::Warning;

/// The id of the method without purification.
pub const METHOD: &str = "dif.mh";

/// The id of the method with purification.
pub const METHOD_PURIFIED: &str = "dif.mh.purified";

/// How many times the score may be purified.
const ROUNDS_MOST: u32 = 20;

/// The classes of the Educational Testing Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EtsClass {
    /// Negligible.
    A,
    /// Moderate.
    B,
    /// Large.
    C,
}

/// The numbers of one item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tested {
    /// α: above 1 the item is easier for the reference group. Absent where one
    /// of its two sums is zero.
    pub alpha: Option<f64>,
    /// Δ = -2.35 ln α: below zero the item is harder for the focal group.
    pub delta: Option<f64>,
    /// The standard error of Δ.
    pub delta_std_error: Option<f64>,
    /// χ² with continuity correction.
    pub chi_squared: f64,
    /// Its p-value.
    pub p_value: f64,
    /// The p-value adjusted over all items by Benjamini and Hochberg.
    pub p_adjusted: f64,
    /// The class; absent where Δ is.
    pub class: Option<EtsClass>,
}

/// One item of the test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item {
    /// The numbers; absent where the answers do not vary within any stratum
    /// that holds both groups.
    pub tested: Option<Tested>,
    /// Whether χ² is significant at `alpha`, before adjustment.
    pub flagged: bool,
}

/// Item bias of a whole test.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemBias {
    /// The items, in the order given.
    pub items: Vec<Item>,
    /// The number of people.
    pub n: u64,
    /// The number of them in the focal group.
    pub n_focal: u64,
    /// How many times the score was purified; zero without purification.
    pub rounds: u32,
    /// The id of the method.
    pub method: &'static str,
    /// `small_group`, `not_settled`, `much_bias`.
    pub warnings: Vec<Warning>,
}

/// Tests every item for a difference between two groups of equal score.
///
/// `items` holds one column an item, one answer a person, true for right (or
/// yes); `focal` says who is in the focal group, the one the translation is
/// for. Missing answers are decided on beforehand. `alpha` is the level of
/// flagging, before adjustment; `purify` leaves flagged items out of the score.
/// See the [module](self) for the method and the refusals.
///
/// # Warnings
///
/// * `small_group`: fewer than 100 people in a group.
/// * `not_settled`: purification ended after 20 rounds with different items.
/// * `much_bias`: half of the items or more are flagged, so that the score
///   itself cannot be trusted.
pub fn item_bias(items: &[&[bool]], focal: &[bool], alpha: f64, purify: bool) -> Result<ItemBias, Refusal> {
    // Written so that a level that is not a number also fails.
    let inside = alpha > 0.0 && alpha < 1.0;
    if !inside {
        return Err(Refusal::new(
            "alpha_out_of_range",
            "the level of the test does not lie strictly between 0 and 1",
            "give the level as a share, such as 0.05",
        ));
    }
    if focal.is_empty() {
        return Err(empty());
    }
    if items.len() < RELIABILITY_ITEMS_LEAST {
        return Err(Refusal::new(
            "too_few_items",
            "there are fewer than three items, so there is no score to compare people by",
            "compare the answers of the groups item by item, without a score",
        ));
    }
    for item in items {
        check_length(item.len(), focal.len())?;
    }
    let n_focal = focal.iter().filter(|&&focal| focal).count();
    let smaller = n_focal.min(focal.len() - n_focal);
    if smaller < LANGUAGE_GROUP_LEAST {
        return Err(Refusal::new(
            "group_too_small",
            "one of the groups has fewer than twenty people, among whom even gross faults of an item do not show",
            "have the translation read by speakers of both languages, item by item",
        ));
    }
    let critical = normal_critical(1.0 - alpha);
    let flags = |sums: &[Option<Sums>]| -> Vec<bool> {
        sums.iter().map(|sums| sums.is_some_and(|sums| sums.chi_squared.sqrt() > critical)).collect()
    };
    let mut sums = score_all(items, focal, &vec![true; items.len()]);
    let mut flagged = flags(&sums);
    let mut rounds = 0;
    let mut settled = true;
    if purify && flagged.contains(&true) {
        settled = false;
        while rounds < ROUNDS_MOST && !settled {
            rounds += 1;
            let anchors: Vec<bool> = flagged.iter().map(|flagged| !flagged).collect();
            sums = score_all(items, focal, &anchors);
            let now = flags(&sums);
            settled = now == flagged;
            flagged = now;
        }
    }
    let p_values: Vec<f64> =
        sums.iter().flatten().map(|sums| normal_two_sided_p(sums.chi_squared.sqrt())).collect();
    let mut adjusted = benjamini_hochberg(&p_values).into_iter();
    let one_sided = normal_quantile(0.95);
    let tested = sums.iter().zip(&flagged).map(|(sums, &flagged)| {
        let tested = sums.map(|sums| sums.tested(adjusted.next().unwrap_or(1.0), one_sided));
        Item { tested, flagged }
    });
    let tested: Vec<Item> = tested.collect();
    let mut warnings = Vec::new();
    if smaller < LANGUAGE_GROUP_FEW {
        warnings.push(Warning::new(
            "small_group",
            "one of the groups has fewer than a hundred people: an item that is not flagged is not proved fair",
        ));
    }
    if !settled {
        warnings.push(Warning::new(
            "not_settled",
            "leaving flagged items out of the score did not come to an end, so the flags depend on where it stopped",
        ));
    }
    if 2 * flagged.iter().filter(|&&flagged| flagged).count() >= items.len() {
        warnings.push(Warning::new(
            "much_bias",
            "half of the items or more are flagged, so the score they are compared by cannot be trusted",
        ));
    }
    Ok(ItemBias {
        items: tested,
        n: focal.len() as u64,
        n_focal: n_focal as u64,
        rounds,
        method: if purify { METHOD_PURIFIED } else { METHOD },
        warnings,
    })
}

/// The sums over strata of one item.
#[derive(Clone, Copy, Debug)]
struct Sums {
    /// Σ A D/T and Σ B C/T.
    right: f64,
    wrong: f64,
    chi_squared: f64,
    /// The variance of ln α, where α exists.
    log_variance: Option<f64>,
}

impl Sums {
    fn tested(self, p_adjusted: f64, one_sided: f64) -> Tested {
        let alpha = (self.right > 0.0 && self.wrong > 0.0).then(|| self.right / self.wrong);
        let delta = alpha.map(|alpha| -2.35 * libm::log(alpha));
        let delta_std_error = self.log_variance.map(|v| 2.35 * v.sqrt());
        let p_value = normal_two_sided_p(self.chi_squared.sqrt());
        let class = delta.zip(delta_std_error).map(|(delta, error)| {
            let size = delta.abs();
            if size < 1.0 || p_value >= 0.05 {
                EtsClass::A
            } else if size >= 1.5 && size - 1.0 > one_sided * error {
                EtsClass::C
            } else {
                EtsClass::B
            }
        });
        let chi_squared = self.chi_squared;
        Tested { alpha, delta, delta_std_error, chi_squared, p_value, p_adjusted, class }
    }
}

/// All items, each held against the score of the anchors and of itself.
fn score_all(items: &[&[bool]], focal: &[bool], anchors: &[bool]) -> Vec<Option<Sums>> {
    let mut scores = vec![0_u32; focal.len()];
    for (item, _) in items.iter().zip(anchors).filter(|(_, anchor)| **anchor) {
        for (score, &right) in scores.iter_mut().zip(*item) {
            *score += u32::from(right);
        }
    }
    // Right and wrong answers of the two groups at every score.
    let mut strata = vec![[0_u64; 4]; items.len() + 2];
    let mut one = |item: &[bool], anchor: bool| {
        strata.fill([0; 4]);
        for ((&score, &right), &focal) in scores.iter().zip(item).zip(focal) {
            let stratum = score + u32::from(right && !anchor);
            let cell = 2 * usize::from(focal) + usize::from(!right);
            strata[stratum as usize][cell] += 1;
        }
        sums_of(&strata)
    };
    items.iter().zip(anchors).map(|(item, &anchor)| one(item, anchor)).collect()
}

fn sums_of(strata: &[[u64; 4]]) -> Option<Sums> {
    let (mut right, mut wrong, mut excess, mut variance) = (0.0, 0.0, 0.0, 0.0);
    let tables = || {
        strata.iter().filter_map(|cells| {
            let [a, b, c, d] = cells.map(|count| count as f64);
            let total = a + b + c + d;
            (total > 1.0).then_some((a, b, c, d, total))
        })
    };
    for (a, b, c, d, total) in tables() {
        right += a * d / total;
        wrong += b * c / total;
        // A - (A + B)(A + C)/T = (A D - B C)/T.
        excess += (a * d - b * c) / total;
        variance += (a + b) * (c + d) / total * ((a + c) / total) * ((b + d) / (total - 1.0));
    }
    if variance <= 0.0 {
        return None;
    }
    let kept = (excess.abs() - 0.5).max(0.0);
    let log_variance = (right > 0.0 && wrong > 0.0).then(|| {
        let alpha = right / wrong;
        let sum: f64 = tables()
            .map(|(a, b, c, d, total)| (a * d + alpha * b * c) / total * ((a + d + alpha * (b + c)) / total))
            .sum();
        sum / (2.0 * right * right)
    });
    Some(Sums { right, wrong, chi_squared: kept * kept / variance, log_variance })
}

/// p-values adjusted to control the share of false discoveries.
fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let m = p_values.len();
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|&i, &j| p_values[j].total_cmp(&p_values[i]));
    let mut adjusted = vec![1.0; m];
    let mut least = 1.0_f64;
    for (above, &at) in order.iter().enumerate() {
        least = least.min(p_values[at] * m as f64 / (m - above) as f64);
        adjusted[at] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of people of rising ability to items of rising difficulty; the
    /// first item is harder for the focal group by `shift`.
    fn answers(people: usize, items: usize, shift: f64) -> (Vec<Vec<bool>>, Vec<bool>) {
        let mut random = crate::linalg::testing::Lcg::new(11);
        let focal: Vec<bool> = (0..people).map(|i| i % 2 == 1).collect();
        let ability: Vec<f64> = (0..people).map(|_| random.normal()).collect();
        let columns = (0..items)
            .map(|item| {
                let difficulty = item as f64 / items as f64 - 0.5;
                (0..people)
                    .map(|i| {
                        let shift = if item == 0 && focal[i] { shift } else { 0.0 };
                        let odds = libm::exp(ability[i] - difficulty - shift);
                        random.uniform() < odds / (1.0 + odds)
                    })
                    .collect()
            })
            .collect();
        (columns, focal)
    }

    fn bias(columns: &[Vec<bool>], focal: &[bool], purify: bool) -> Result<ItemBias, Refusal> {
        let items: Vec<&[bool]> = columns.iter().map(Vec::as_slice).collect();
        item_bias(&items, focal, 0.05, purify)
    }

    #[test]
    fn biased_item_is_found() {
        let (columns, focal) = answers(2000, 12, 1.5);
        let found = bias(&columns, &focal, true).expect("a result");
        let first = found.items[0].tested.expect("numbers");
        assert!(found.items[0].flagged && first.class == Some(EtsClass::C));
        assert!(first.alpha.is_some_and(|a| a > 3.0) && first.delta.is_some_and(|d| d < -2.0));
        assert!(first.p_adjusted < 1e-10);
        assert!(found.items[1..].iter().filter(|item| item.flagged).count() <= 3);
        assert!(found.rounds >= 1 && found.warnings.is_empty());
        assert_eq!((found.n, found.n_focal, found.method), (2000, 1000, METHOD_PURIFIED));
    }

    #[test]
    fn exchanging_the_groups_inverts_alpha() {
        let (columns, focal) = answers(400, 8, 0.7);
        let other: Vec<bool> = focal.iter().map(|focal| !focal).collect();
        let (one, two) = (bias(&columns, &focal, false), bias(&columns, &other, false));
        let (one, two) = (one.expect("a result"), two.expect("a result"));
        for (a, b) in one.items.iter().zip(&two.items) {
            let (a, b) = (a.tested.expect("numbers"), b.tested.expect("numbers"));
            assert!((a.alpha.expect("α") * b.alpha.expect("α") - 1.0).abs() < 1e-12);
            assert!((a.chi_squared - b.chi_squared).abs() < 1e-9);
            let errors = a.delta_std_error.zip(b.delta_std_error).expect("errors");
            assert!((errors.0 - errors.1).abs() < 1e-9);
            assert_eq!(a.class, b.class);
        }
    }

    #[test]
    fn order_of_people_is_without_effect() {
        let (columns, focal) = answers(300, 6, 1.0);
        let back = |x: &[bool]| x.iter().rev().copied().collect::<Vec<bool>>();
        let reversed: Vec<Vec<bool>> = columns.iter().map(|column| back(column)).collect();
        let other = bias(&reversed, &back(&focal), true).expect("a result");
        assert_eq!(bias(&columns, &focal, true), Ok(other));
    }

    #[test]
    fn item_without_variation_has_no_numbers() {
        let (mut columns, focal) = answers(200, 6, 0.0);
        columns[2] = vec![true; 200];
        let found = bias(&columns, &focal, true).expect("a result");
        assert!(found.items[2].tested.is_none() && !found.items[2].flagged);
        // An item that tells the groups apart completely has no α.
        columns[3] = focal.clone();
        let found = bias(&columns, &focal, false).expect("a result");
        let split = found.items[3].tested.expect("numbers");
        assert!(split.alpha.is_none() && split.class.is_none() && split.p_value < 1e-10);
        assert!(found.items[3].flagged);
    }

    #[test]
    fn adjustment_by_hand() {
        // .01 * 4/1, .02 * 4/2, .03 * 4/3, .5.
        let found = benjamini_hochberg(&[0.5, 0.03, 0.01, 0.02]);
        for (found, truth) in found.iter().zip([0.5, 0.04, 0.04, 0.04]) {
            assert!((found - truth).abs() < 1e-15);
        }
        assert!(benjamini_hochberg(&[]).is_empty());
    }

    #[test]
    fn item_bias_refuses() {
        let code = |outcome: Result<ItemBias, Refusal>| outcome.err().map(|refusal| refusal.code);
        let (columns, focal) = answers(60, 4, 0.0);
        assert_eq!(code(bias(&columns[..2], &focal, true)), Some("too_few_items"));
        assert_eq!(code(bias(&columns, &focal[..59], true)), Some("lengths_differ"));
        assert_eq!(code(bias(&columns, &[], true)), Some("empty"));
        assert_eq!(code(bias(&columns, &[false; 60], true)), Some("group_too_small"));
        let warnings = bias(&columns, &focal, true).expect("a result").warnings;
        assert_eq!(warnings[0].code, "small_group");
        let items: Vec<&[bool]> = columns.iter().map(Vec::as_slice).collect();
        for alpha in [0.0, 1.0, f64::NAN] {
            assert_eq!(code(item_bias(&items, &focal, alpha, true)), Some("alpha_out_of_range"));
        }
    }
}
