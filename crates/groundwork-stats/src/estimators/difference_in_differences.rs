//! Difference in differences with two groups and two periods: `did.2x2`.
//!
//! # Estimand
//!
//! How much more the treated units changed from the first period to the second
//! than the untreated, in the units of y: the effect of the programme on the
//! treated, if both would otherwise have changed alike.
//!
//! # Assumptions
//!
//! Without the programme both groups would have changed by the same amount
//! (parallel trends): with two periods this cannot be looked at, only argued.
//! Nobody changed before the programme because of it, and nobody's treatment
//! touched the others.
//!
//! # Method
//!
//! Least squares of y on a constant, treated, post, the covariates and treated
//! x post. Without covariates the last coefficient is the difference of the
//! two differences of cell means. Errors for independent rows by
//! heteroskedasticity (hc3), or clustered (cr2 with Satterthwaite's degrees of
//! freedom, by default by site), and then beside them by turning the signs of
//! whole clusters ([`wild_cluster_bootstrap`](super::wild_cluster_bootstrap)), while all
//! signs can be taken.
//!
//! # Small samples
//!
//! What counts is the number of sites, not of rows. A site that had a bad year
//! looks like an effect. With one site on a side nothing in the data tells the
//! two apart: by default the point estimate is then given alone, flagged
//! `no_site_replication`. Only where the caller states that no shock hits a
//! site as a whole ([`SiteShocks::AssumedNone`]) are errors between rows given,
//! flagged all the same.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `not_binary`, `empty_cell` (one of
//! the four cells has no rows), those of
//! [`least_squares`](super::least_squares) and of
//! [`cluster_robust`](super::cluster_robust), and
//!
//! * `no_site_replication`: clustered errors by site are asked for, and one
//!   side has a single site.
//!
//! # Source
//!
//! Card D, Krueger AB (1994). Minimum wages and employment. American Economic
//! Review 84:772-793. Donald SG, Lang K (2007). Inference with
//! difference-in-differences and other panel data. Review of Economics and
//! Statistics 89:221-233.

use super::cluster_robust::{
    ClusterDf, Clustered, Heteroskedastic, Robust, cluster_robust, heteroskedastic_robust,
};
use super::least_squares::{LeastSquares, least_squares};
use super::wild_cluster_bootstrap::{Draws, WildClusterBootstrap, wild_cluster_bootstrap};
use crate::estimate::{Estimate, Outcome, Refusal, check_level};
use crate::linalg::accumulate::mean;
use crate::linalg::groups::Groups;
use crate::linalg::{Design, check_column, check_length};
use crate::thresholds::SIGN_VECTORS_MOST;
use crate::warning::Warning;

/// The id of the method; the id of the standard errors stands in the
/// coefficients.
pub const METHOD: &str = "did.2x2";

/// The rows of two groups in two periods.
#[derive(Clone, Copy, Debug)]
pub struct TwoByTwo<'a> {
    /// The outcome, one a row.
    pub y: &'a [f64],
    /// One for rows of the treated group, nought for the others.
    pub treated: &'a [f64],
    /// One for rows of the second period, nought for the first.
    pub post: &'a [f64],
    /// Further columns to adjust for; may be none.
    pub covariates: &'a [&'a [f64]],
    /// The site of every row: the unit that was treated or not.
    pub site: &'a [u32],
}

/// How the standard errors are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DidErrors<'a> {
    /// Rows are independent.
    Rows(Heteroskedastic),
    /// Sites are independent: `cr2.satt` by site.
    Sites,
    /// Other clusters (people seen twice, villages within a site), one label a
    /// row; the kind of correction.
    Clusters(&'a [u32], Clustered),
}

/// What is assumed about shocks that hit a site as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteShocks {
    /// Possible: the default.
    Possible,
    /// None, on the caller's word: errors between rows are given though a side
    /// has a single site.
    AssumedNone,
}

/// A difference in differences.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferenceInDifferences {
    /// The effect. Without an error or interval where a side has a single
    /// site and shocks are possible.
    pub effect: Estimate,
    /// The mean of y in the untreated group before and after, and in the
    /// treated group before and after; without adjustment.
    pub cells: [[f64; 2]; 2],
    /// The fit: the constant, treated, post, the covariates, treated x post.
    pub fit: LeastSquares,
    /// The coefficients with their robust errors, in the same order; absent
    /// where errors are withheld.
    pub robust: Option<Robust>,
    /// The effect by turning the signs of whole clusters, `wcr.enumerated`, or
    /// why that cannot be; absent where rows are independent, and where there
    /// are too many clusters to take all signs, whose sandwich is good enough.
    pub wild: Option<Result<WildClusterBootstrap, Refusal>>,
}

/// A difference in differences with two groups and two periods.
///
/// `level` is the confidence level. See the [module](self) for the method, the
/// refusals and the warnings.
pub fn difference_in_differences(
    data: TwoByTwo<'_>,
    errors: DidErrors<'_>,
    shocks: SiteShocks,
    level: f64,
) -> Result<DifferenceInDifferences, Refusal> {
    check_level(level)?;
    let TwoByTwo { y, treated, post, covariates, site } = data;
    for (column, what) in [(treated, "a value of the treatment"), (post, "a value of the period")] {
        check_length(column.len(), y.len())?;
        check_column(column, what)?;
        if column.iter().any(|&value| value != 0.0 && value != 1.0) {
            return Err(Refusal::new(
                "not_binary",
                "the treatment or the period has values other than zero and one",
                "code both as zero and one; for more periods use an event study",
            ));
        }
    }
    check_length(site.len(), y.len())?;
    check_column(y, "a value of the outcome")?;
    let cells = cell_means(y, treated, post)?;

    let both: Vec<f64> = treated.iter().zip(post).map(|(t, p)| t * p).collect();
    let mut columns: Vec<&[f64]> = vec![treated, post];
    columns.extend_from_slice(covariates);
    columns.push(&both);
    let design = Design::new(y.len(), &columns)?;
    let fit = least_squares(y, &design, None)?;
    let last = design.terms() - 1;
    let value = fit.coefficients[last];

    let alone = single_site(site, treated);
    let mut warnings = Vec::new();
    if alone {
        if errors == DidErrors::Sites {
            return Err(Refusal::new(
                "no_site_replication",
                "one side of the comparison has a single site, so the spread between sites cannot be seen",
                "report the point estimate alone, with bounds for a shock that hit one site",
            ));
        }
        warnings.push(Warning::new(
            "no_site_replication",
            "one side of the comparison has a single site, so an effect cannot be told from a shock that hit that site",
        ));
    }
    if alone && shocks == SiteShocks::Possible {
        let effect = Estimate { warnings, ..Estimate::point(value, fit.n, METHOD) };
        return Ok(DifferenceInDifferences { effect, cells, fit, robust: None, wild: None });
    }
    let (robust, wild) = {
        let scores = fit.scores(&design)?;
        let labels = match errors {
            DidErrors::Rows(_) => None,
            DidErrors::Sites => Some(site),
            DidErrors::Clusters(cluster, _) => Some(cluster),
        };
        let few = |labels: &&[u32]| 1_u64 << Groups::new(labels).count().min(63) <= SIGN_VECTORS_MOST;
        let none_drawn = Draws { seed: [0; 32], number: 1 };
        let wild =
            labels.filter(few).map(|labels| wild_cluster_bootstrap(&scores, labels, last, level, none_drawn));
        let robust = match errors {
            DidErrors::Rows(kind) => heteroskedastic_robust(&scores, kind, level)?,
            DidErrors::Sites => {
                cluster_robust(&scores, site, Clustered::Cr2, ClusterDf::Satterthwaite, level)?
            }
            DidErrors::Clusters(cluster, kind) => {
                cluster_robust(&scores, cluster, kind, ClusterDf::Satterthwaite, level)?
            }
        };
        (robust, wild)
    };
    let mut effect = robust.coefficients.get(last).cloned().unwrap_or_else(no_effect)?;
    effect.method = METHOD;
    effect.warnings.extend(warnings);
    Ok(DifferenceInDifferences { effect, cells, fit, robust: Some(robust), wild })
}

fn no_effect() -> Outcome {
    Err(super::least_squares::no_such_term())
}

/// The means of the four cells, untreated first, before first.
fn cell_means(y: &[f64], treated: &[f64], post: &[f64]) -> Result<[[f64; 2]; 2], Refusal> {
    let mut cells = [[0.0; 2]; 2];
    for (t, row) in cells.iter_mut().enumerate() {
        for (p, cell) in row.iter_mut().enumerate() {
            let values: Vec<f64> = y
                .iter()
                .zip(treated.iter().zip(post))
                .filter(|&(_, (&a, &b))| a == t as f64 && b == p as f64)
                .map(|(&y, _)| y)
                .collect();
            if values.is_empty() {
                return Err(Refusal::new(
                    "empty_cell",
                    "one of the two groups has no rows in one of the two periods",
                    "compare the groups in the period that both were seen, or the periods within the group",
                ));
            }
            *cell = mean(&values);
        }
    }
    Ok(cells)
}

/// Whether the treated or the untreated rows come from a single site.
fn single_site(site: &[u32], treated: &[f64]) -> bool {
    let groups = Groups::new(site);
    let mut seen = vec![[false; 2]; groups.count()];
    for (&group, &t) in groups.of_row.iter().zip(treated) {
        seen[group as usize][usize::from(t == 1.0)] = true;
    }
    (0..2).any(|arm| seen.iter().filter(|arms| arms[arm]).count() < 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    /// y, treated, post, x, site.
    type Row = (f64, f64, f64, f64, u32);

    fn rows(sites: u32, treated: u32) -> Vec<Row> {
        let mut random = Lcg::new(3);
        let mut rows = Vec::new();
        for site in 0..sites {
            let arm = f64::from(u8::from(site < treated));
            for i in 0..12 {
                let post = f64::from(i % 2);
                let x = random.normal();
                rows.push((random.normal() + x + 2.0 * arm * post, arm, post, x, site));
            }
        }
        rows
    }

    fn run(
        rows: &[Row],
        adjusted: bool,
        errors: DidErrors<'_>,
        shocks: SiteShocks,
    ) -> Result<DifferenceInDifferences, Refusal> {
        let y: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let treated: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let post: Vec<f64> = rows.iter().map(|row| row.2).collect();
        let x: Vec<f64> = rows.iter().map(|row| row.3).collect();
        let site: Vec<u32> = rows.iter().map(|row| row.4).collect();
        let covariates: &[&[f64]] = if adjusted { &[&x] } else { &[] };
        let data = TwoByTwo { y: &y, treated: &treated, post: &post, covariates, site: &site };
        difference_in_differences(data, errors, shocks, 0.95)
    }

    #[test]
    fn effect_is_the_difference_of_cell_differences() {
        let rows = rows(10, 5);
        let found = run(&rows, false, DidErrors::Sites, SiteShocks::Possible).expect("an effect");
        let [[a, b], [c, d]] = found.cells;
        assert!((found.effect.value - ((d - c) - (b - a))).abs() < 1e-13);
        assert_eq!((found.effect.n_clusters, found.effect.method), (Some(10), "did.2x2"));
        assert!(found.effect.interval.expect("an interval").contains(2.0));
        let adjusted = run(&rows, true, DidErrors::Sites, SiteShocks::Possible).expect("an effect");
        assert!(adjusted.fit.residual_variance < 0.7 * found.fit.residual_variance);
    }

    #[test]
    fn lone_sites_have_no_error_unless_no_shocks_are_assumed() {
        let hc3 = DidErrors::Rows(Heteroskedastic::Hc3);
        for (sites, treated) in [(2, 1), (6, 1), (6, 5)] {
            let rows = rows(sites, treated);
            let found = run(&rows, true, hc3, SiteShocks::Possible).expect("an effect");
            assert_eq!((found.effect.std_error, found.effect.p_value), (None, None));
            assert_eq!(found.effect.warnings[0].code, "no_site_replication");
            assert!(found.robust.is_none());
            let assumed = run(&rows, true, hc3, SiteShocks::AssumedNone).expect("an effect");
            assert!(assumed.effect.std_error.is_some());
            assert_eq!(assumed.effect.warnings[0].code, "no_site_replication");
            for shocks in [SiteShocks::Possible, SiteShocks::AssumedNone] {
                assert_eq!(code(run(&rows, true, DidErrors::Sites, shocks)), Some("no_site_replication"));
            }
        }
        let two = run(&rows(4, 2), true, hc3, SiteShocks::Possible).expect("an effect");
        assert!(two.effect.std_error.is_some() && two.effect.warnings.is_empty());
    }

    #[test]
    fn swapping_the_groups_negates() {
        let rows = rows(8, 4);
        let swapped: Vec<Row> = rows.iter().map(|row| (row.0, 1.0 - row.1, row.2, row.3, row.4)).collect();
        let a = run(&rows, true, DidErrors::Sites, SiteShocks::Possible).expect("an effect").effect;
        let b = run(&swapped, true, DidErrors::Sites, SiteShocks::Possible).expect("an effect").effect;
        assert!((a.value + b.value).abs() < 1e-12);
        assert!((a.std_error.expect("se") - b.std_error.expect("se")).abs() < 1e-12);
    }

    #[test]
    fn order_changes_no_bit() {
        let mut rows = rows(8, 4);
        let first = run(&rows, true, DidErrors::Sites, SiteShocks::Possible).expect("an effect");
        shuffle(&mut rows, &mut Lcg::new(1));
        let second = run(&rows, true, DidErrors::Sites, SiteShocks::Possible).expect("an effect");
        assert_eq!((first.effect, first.cells), (second.effect, second.cells));
        assert_eq!(first.robust, second.robust);
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let hc3 = DidErrors::Rows(Heteroskedastic::Hc3);
        let all = rows(8, 4);
        let no_cell: Vec<Row> = all.iter().copied().filter(|row| row.1 == 0.0 || row.2 == 0.0).collect();
        assert_eq!(code(run(&no_cell, false, hc3, SiteShocks::Possible)), Some("empty_cell"));
        let mut odd = all.clone();
        odd[3].2 = 0.5;
        assert_eq!(code(run(&odd, false, hc3, SiteShocks::Possible)), Some("not_binary"));
        odd[3].2 = 1.0;
        odd[3].0 = f64::NAN;
        assert_eq!(code(run(&odd, false, hc3, SiteShocks::Possible)), Some("not_finite"));
        assert_eq!(code(run(&[], false, hc3, SiteShocks::Possible)), Some("empty_cell"));
        let pair: Vec<u32> = all.iter().map(|row| row.4 % 2).collect();
        let two = DidErrors::Clusters(&pair, Clustered::Cr1s);
        assert_eq!(code(run(&all, false, two, SiteShocks::Possible)), Some("too_few_clusters"));
    }
}
