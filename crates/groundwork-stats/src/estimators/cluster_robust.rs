//! Robust standard errors for regressions: `cr2.satt`, the default for
//! clustered rows, `cr0` to `cr3` beside it, and `hc0` to `hc3` for
//! independent rows of unequal spread.
//!
//! # Estimand
//!
//! The sampling variance of regression coefficients when rows of the same
//! cluster (volunteer, village, group) depend on each other in any way, or
//! when the spread of independent rows changes. The coefficients themselves
//! stay as fitted.
//!
//! # Assumptions
//!
//! Clusters are independent of one another, and the cluster is the unit that
//! was assigned or sampled: where a whole site was treated, the site is the
//! cluster. Enough clusters stand on both sides of every comparison.
//!
//! # Method
//!
//! With S_g = X_g' A_g e_g the score of cluster g, B = (X'X)⁻¹,
//!
//! ```text
//! V = c B (Σ_g S_g S_g') B
//! cr0   A_g = I, c = 1                cr1s  c = G/(G-1) (n-1)/(n-p)
//! cr1   A_g = I, c = G/(G-1)          cr2   A_g = (I - H_gg)^(-1/2), c = 1
//!                                     cr3   A_g = (I - H_gg)^(-1), c = 1
//! ```
//!
//! with H_gg the cluster's block of the hat matrix. cr2 is unbiased when the
//! rows are in fact independent with equal spread. `cr1s` is Stata's; "CR3"
//! here has no factor, as in clubSandwich, while other packages multiply it.
//! The roots are taken in the space of the p coefficients, of which H_gg
//! leaves no more: with rows q of orthonormal coordinates,
//! Q_g'(I - Q_g Q_g')^f = (I - Q_g'Q_g)^f Q_g'. Weighted fits and generalised
//! linear models are treated in the rows' own scale, √w x and √w e, the
//! weights standing for one over the variance.
//!
//! Degrees of freedom (`.satt`) are Satterthwaite's, for each coefficient, from
//! the moments of its variance estimate under independent rows of equal spread
//! (Bell and McCaffrey 2002); `.g1` takes t of G - 1, as Stata and fixest do,
//! which is too many where the covariate is uneven between clusters.
//!
//! hc0 to hc3 are the same with single rows as clusters: e² times 1, n/(n - p),
//! 1/(1 - h) and 1/(1 - h)²; t of n - p after least squares, normal after
//! generalised linear models.
//!
//! # Small samples
//!
//! cr2.satt holds its level from about ten clusters where the covariate is
//! balanced, and says by its degrees of freedom where it is not: below four
//! the interval is a rough guide (flagged `few_df`). Below fifteen clusters
//! (flagged `few_clusters`) put the
//! [`wild_cluster_bootstrap`](super::wild_cluster_bootstrap) beside it. cr0 and
//! cr1 reject far too often with few clusters.
//!
//! # Refusals
//!
//! `lengths_differ`, `level_out_of_range`, `no_such_term`, and
//!
//! * `too_few_clusters`: fewer than three. With two, the scores of the
//!   clusters sum to nothing and the error is zero whatever the data.
//! * `one_cluster_carries`, for a single coefficient: without one of the
//!   clusters it could not be estimated (one treated village, say), so its
//!   variation between clusters was not observed.
//! * `no_variation`: the model fits every row, or the scores cancel in every
//!   cluster, so that the error would be nothing.
//!
//! # Source
//!
//! Bell RM, McCaffrey DF (2002). Bias reduction in standard errors for linear
//! regression with multi-stage samples. Survey Methodology 28:169-181.
//! Pustejovsky JE, Tipton E (2018). Small-sample methods for cluster-robust
//! variance estimation and hypothesis testing in fixed effects models. Journal
//! of Business and Economic Statistics 36:672-683. MacKinnon JG, White H
//! (1985). Some heteroskedasticity-consistent covariance matrix estimators
//! with improved finite sample properties. Journal of Econometrics 29:305-325.
//! Cameron AC, Miller DL (2015). A practitioner's guide to cluster-robust
//! inference. Journal of Human Resources 50:317-372.

mod parts;

use std::borrow::Cow;

use parts::{ALONE, Moments, Part};

use super::least_squares::{LeastSquares, Wald, no_residual_variation, no_such_term, wald};
use super::logistic::Logistic;
use super::poisson_regression::PoissonRegression;
use crate::estimate::{Outcome, Refusal, check_level};
use crate::linalg::accumulate;
use crate::linalg::basis::Basis;
use crate::linalg::frame::Piece;
use crate::linalg::groups::Groups;
use crate::linalg::{Design, Matrix, check_length};
use crate::thresholds::{CLUSTERS_FOR_SANDWICH, CLUSTERS_LEAST, DF_FEW};
use crate::warning::Warning;

/// The id of the default method.
pub const METHOD: &str = "cr2.satt";

/// The share of a coefficient that may rest on one cluster alone: more than
/// rounding is too much.
const CARRIED: f64 = 1e-8;

/// The sum of a cluster's leverages up to which it cannot carry anything alone,
/// for which it takes one.
const ENOUGH_LEVERAGE: f64 = 0.5;

/// Standard errors for independent rows of unequal spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heteroskedastic {
    /// e².
    Hc0,
    /// e² n/(n - p).
    Hc1,
    /// e²/(1 - h): unbiased when the spread is equal after all.
    Hc2,
    /// e²/(1 - h)²: close to the jackknife; the one to use.
    Hc3,
}

/// Standard errors for clustered rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clustered {
    /// No correction.
    Cr0,
    /// G/(G - 1).
    Cr1,
    /// G/(G - 1) (n - 1)/(n - p), as Stata's.
    Cr1s,
    /// Bias-reduced by the inverse root of I - H; the default.
    Cr2,
    /// The inverse of I - H, without a factor: close to leaving out clusters
    /// one by one.
    Cr3,
}

/// The degrees of freedom for clustered standard errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterDf {
    /// Satterthwaite's, for each coefficient; the default.
    Satterthwaite,
    /// The number of clusters less one.
    Clusters,
}

impl Heteroskedastic {
    fn method(self) -> &'static str {
        match self {
            Self::Hc0 => "hc0",
            Self::Hc1 => "hc1",
            Self::Hc2 => "hc2",
            Self::Hc3 => "hc3",
        }
    }
}

impl Clustered {
    fn method(self, df: ClusterDf) -> &'static str {
        match (self, df) {
            (Self::Cr0, ClusterDf::Satterthwaite) => "cr0.satt",
            (Self::Cr1, ClusterDf::Satterthwaite) => "cr1.satt",
            (Self::Cr1s, ClusterDf::Satterthwaite) => "cr1s.satt",
            (Self::Cr2, ClusterDf::Satterthwaite) => METHOD,
            (Self::Cr3, ClusterDf::Satterthwaite) => "cr3.satt",
            (Self::Cr0, ClusterDf::Clusters) => "cr0.g1",
            (Self::Cr1, ClusterDf::Clusters) => "cr1.g1",
            (Self::Cr1s, ClusterDf::Clusters) => "cr1s.g1",
            (Self::Cr2, ClusterDf::Clusters) => "cr2.g1",
            (Self::Cr3, ClusterDf::Clusters) => "cr3.g1",
        }
    }

    /// The power of I - H.
    fn power(self) -> f64 {
        match self {
            Self::Cr0 | Self::Cr1 | Self::Cr1s => 0.0,
            Self::Cr2 => -0.5,
            Self::Cr3 => -1.0,
        }
    }
}

/// What a robust standard error needs to know of a fit: made by
/// [`LeastSquares::scores`], [`Logistic::scores`] and
/// [`PoissonRegression::scores`].
#[derive(Clone, Debug)]
pub struct Scores<'a> {
    pub(crate) coefficients: &'a [f64],
    pub(crate) basis: &'a Basis,
    pub(crate) design: &'a Design<'a>,
    /// Weight times residual, one a row.
    pub(crate) u: Cow<'a, [f64]>,
    /// The square roots of the working weights.
    pub(crate) roots: Option<&'a [f64]>,
    pub(crate) n: u64,
    /// The number of coefficients, with those that were taken out before.
    pub(crate) parameters: f64,
    /// Degrees of freedom for independent rows; normal where absent.
    pub(crate) df: Option<f64>,
    pub(crate) exact_fit: bool,
}

impl LeastSquares {
    /// The scores of the fit; `design` is the one that was fitted.
    ///
    /// # Refusals
    ///
    /// * `lengths_differ`: the design is another.
    pub fn scores<'a>(&'a self, design: &'a Design<'a>) -> Result<Scores<'a>, Refusal> {
        check_length(design.rows(), self.residuals.len())?;
        check_length(design.terms(), self.coefficients.len())?;
        let u = match &self.roots {
            Some(roots) => {
                Cow::Owned(self.residuals.iter().zip(roots).map(|(e, root)| root * (root * e)).collect())
            }
            None => Cow::Borrowed(&self.residuals[..]),
        };
        Ok(Scores {
            coefficients: &self.coefficients,
            basis: &self.basis,
            design,
            u,
            roots: self.roots.as_deref(),
            n: self.n,
            parameters: self.coefficients.len() as f64,
            df: Some(self.df),
            exact_fit: self.exact_fit,
        })
    }
}

impl Logistic {
    /// The scores of the fit; `design` is the one that was fitted.
    ///
    /// # Refusals
    ///
    /// * `lengths_differ`: the design is another.
    pub fn scores<'a>(&'a self, design: &'a Design<'a>) -> Result<Scores<'a>, Refusal> {
        model_scores(&self.glm, design, self.n)
    }
}

impl PoissonRegression {
    /// The scores of the fit; `design` is the one that was fitted.
    ///
    /// # Refusals
    ///
    /// * `lengths_differ`: the design is another.
    pub fn scores<'a>(&'a self, design: &'a Design<'a>) -> Result<Scores<'a>, Refusal> {
        model_scores(&self.glm, design, self.n)
    }
}

fn model_scores<'a>(glm: &'a super::glm::Glm, design: &'a Design<'a>, n: u64) -> Result<Scores<'a>, Refusal> {
    check_length(design.rows(), glm.u.len())?;
    check_length(design.terms(), glm.coefficients.len())?;
    Ok(Scores {
        coefficients: &glm.coefficients,
        basis: &glm.basis,
        design,
        u: Cow::Borrowed(&glm.u),
        roots: Some(&glm.roots),
        n,
        parameters: glm.coefficients.len() as f64,
        df: None,
        exact_fit: false,
    })
}

/// Coefficients with robust standard errors.
#[derive(Clone, Debug, PartialEq)]
pub struct Robust {
    /// The robust covariance of the coefficients, in the order of the terms.
    pub covariance: Matrix,
    /// Each coefficient with its interval, or why it has none.
    pub coefficients: Vec<Outcome>,
    /// The number of clusters; absent for single rows.
    pub clusters: Option<u64>,
    /// The share of the rows in the largest cluster; absent for single rows.
    pub largest_share: Option<f64>,
    /// The id of the method.
    pub method: &'static str,
}

/// Robust standard errors for independent rows of unequal spread.
///
/// `level` is the confidence level of the intervals. See the [module](self)
/// for the method.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `one_row_carries`: with hc2 and hc3, a row alone determines a
///   coefficient.
/// * In a coefficient, `no_variation`: its error would be nothing.
pub fn heteroskedastic_robust(
    scores: &Scores<'_>,
    kind: Heteroskedastic,
    level: f64,
) -> Result<Robust, Refusal> {
    check_level(level)?;
    let covariance = heteroskedastic_covariance(scores, kind)?;
    let method = kind.method();
    let coefficients = (0..scores.coefficients.len())
        .map(|term| {
            let std_error = scores.std_error(covariance.get(term, term), term)?;
            let value = scores.coefficients[term];
            wald(Wald { value, std_error, df: scores.df, n: scores.n, method }, level)
        })
        .collect();
    Ok(Robust { covariance, coefficients, clusters: None, largest_share: None, method })
}

/// The covariance alone.
pub(crate) fn heteroskedastic_covariance(
    scores: &Scores<'_>,
    kind: Heteroskedastic,
) -> Result<Matrix, Refusal> {
    let basis = scores.basis;
    let mut u: Vec<f64> = scores.u.iter().map(|u| u.abs()).collect();
    if matches!(kind, Heteroskedastic::Hc2 | Heteroskedastic::Hc3) {
        let leverages = basis.leverages(scores.design, scores.roots);
        for (u, h) in u.iter_mut().zip(leverages) {
            let rest = 1.0 - h;
            if rest <= ALONE {
                return Err(Refusal::new(
                    "one_row_carries",
                    "a row alone determines a coefficient, so its own error cannot be seen",
                    "leave out the covariate that marks a single row, or use the plain standard errors",
                ));
            }
            *u /= if kind == Heteroskedastic::Hc2 { rest.sqrt() } else { rest };
        }
    }
    let meat = basis.u.transpose().sandwich(&scores.design.gram(Some(&u)));
    let mut covariance = basis.t.sandwich(&meat);
    if kind == Heteroskedastic::Hc1 {
        let n = scores.n as f64;
        covariance = covariance.scaled(n / (n - scores.parameters));
    }
    if covariance.is_finite() { Ok(covariance) } else { Err(Refusal::not_finite("the covariance")) }
}

impl Scores<'_> {
    /// The root of the variance of a coefficient; refused where it is nothing
    /// but rounding.
    pub(crate) fn std_error(&self, variance: f64, term: usize) -> Result<f64, Refusal> {
        self.std_error_along(variance, self.basis.t.row(term), accumulate::largest(&self.u))
    }

    fn std_error_along(&self, variance: f64, along: &[f64], most: f64) -> Result<f64, Refusal> {
        let size: f64 = along.iter().map(|v| v * v).sum();
        // Written so that a variance that is not a number also fails.
        let enough = variance > 1e-24 * size * most * most;
        if self.exact_fit || !enough {
            return Err(no_residual_variation());
        }
        Ok(variance.sqrt())
    }
}

/// Robust standard errors for clustered rows.
///
/// `cluster` holds the label of every row's cluster, any numbers; `level` is
/// the confidence level of the intervals. Use [`Clustered::Cr2`] with
/// [`ClusterDf::Satterthwaite`] unless results of other software are to be
/// matched. See the [module](self) for the method.
///
/// # Refusals
///
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `lengths_differ`: not one label a row.
/// * `too_few_clusters`: fewer than three.
/// * In a coefficient, `one_cluster_carries` or `no_variation`.
///
/// # Warnings
///
/// In every coefficient: `few_clusters` below fifteen, `few_df` where its
/// degrees of freedom are below four.
pub fn cluster_robust(
    scores: &Scores<'_>,
    cluster: &[u32],
    kind: Clustered,
    df: ClusterDf,
    level: f64,
) -> Result<Robust, Refusal> {
    check_level(level)?;
    let terms = scores.coefficients.len();
    let sandwich = Sandwich::new(scores, cluster, kind, df, &Matrix::identity(terms))?;
    let coefficients =
        (0..terms).map(|term| sandwich.outcome(scores, scores.coefficients[term], term, level)).collect();
    Ok(Robust {
        covariance: sandwich.covariance,
        coefficients,
        clusters: Some(sandwich.clusters as u64),
        largest_share: Some(sandwich.largest_share),
        method: kind.method(df),
    })
}

/// A combination Σ c_j β_j of coefficients with its clustered standard error,
/// such as a sum or a difference of two.
///
/// `contrast` holds one number a term. Otherwise as [`cluster_robust`].
///
/// # Refusals
///
/// As for [`cluster_robust`], and `no_such_term` where the contrast has
/// another length than the design has terms, `not_finite`.
pub fn cluster_robust_contrast(
    scores: &Scores<'_>,
    cluster: &[u32],
    kind: Clustered,
    df: ClusterDf,
    contrast: &[f64],
    level: f64,
) -> Outcome {
    check_level(level)?;
    if contrast.len() != scores.coefficients.len() {
        return Err(no_such_term());
    }
    if !contrast.iter().all(|value| value.abs() < 1e100) {
        return Err(Refusal::not_finite("a number of the contrast"));
    }
    let value = contrast.iter().zip(scores.coefficients).map(|(c, b)| c * b).sum();
    let row = Matrix::new(1, contrast.len(), contrast.to_vec());
    let sandwich = Sandwich::new(scores, cluster, kind, df, &row)?;
    sandwich.outcome(scores, value, 0, level)
}

/// The clustered covariance and what goes with each contrast.
pub(crate) struct Sandwich {
    pub(crate) covariance: Matrix,
    pub(crate) clusters: usize,
    pub(crate) largest_share: f64,
    /// The largest magnitude of a weighted residual.
    largest_score: f64,
    kind: Clustered,
    df: ClusterDf,
    /// The contrasts in orthonormal coordinates, one a column.
    along: Matrix,
    variances: Vec<f64>,
    degrees: Vec<f64>,
    carried: Vec<bool>,
}

/// What the clusters say one by one.
struct Parts {
    /// The adjusted score of every cluster, one a row.
    adjusted: Matrix,
    /// The degrees of freedom of every contrast.
    degrees: Vec<f64>,
    /// Whether a contrast rests on one cluster alone.
    carried: Vec<bool>,
}

impl Parts {
    fn new(
        scores: &Scores<'_>,
        groups: &Groups,
        plain: Matrix,
        along: &Matrix,
        kind: Clustered,
        df: ClusterDf,
    ) -> Result<Self, Refusal> {
        let basis = scores.basis;
        let (clusters, terms) = (groups.count(), scores.design.terms());
        let power = kind.power();
        let satterthwaite = df == ClusterDf::Satterthwaite;
        // A cluster whose leverages are few cannot determine anything alone.
        // The sums are rough, but far from the limit where it matters.
        let by_cluster = |leverages: Vec<f64>| {
            let mut sums = vec![0.0; clusters];
            for (h, &group) in leverages.iter().zip(&groups.of_row) {
                sums[group as usize] += h;
            }
            sums
        };
        let leverage = if satterthwaite || power != 0.0 {
            Vec::new()
        } else {
            let bounds = basis.leverage_bounds(scores.design, scores.roots).map(by_cluster);
            match bounds {
                Some(bounds) if bounds.iter().all(|&bound| bound < ENOUGH_LEVERAGE) => bounds,
                _ => by_cluster(basis.leverages(scores.design, scores.roots)),
            }
        };
        let wanted = |group: usize| leverage.get(group).is_none_or(|&sum| sum > ENOUGH_LEVERAGE);
        let mut adjusted = plain;
        let mut moments = Moments::new(terms, along.cols());
        let mut carried = vec![false; along.cols()];
        let mut decomposed = true;
        scores.design.by_group(scores.roots, groups, terms / 2, wanted, |group, piece| {
            let part = match piece {
                Piece::Gram(gram) => {
                    let own = basis.u.transpose().sandwich(&gram);
                    Part::from_coefficients(&own, adjusted.row(group), along, power)
                }
                Piece::Rows(rows, z) => {
                    let residuals: Vec<f64> = rows.iter().map(|&row| scores.scaled_residual(row)).collect();
                    Part::from_rows(&z.mul(&basis.u), &residuals, along, power)
                }
            };
            let Some(part) = part else {
                decomposed = false;
                return;
            };
            adjusted.row_mut(group).copy_from_slice(&part.score);
            if satterthwaite {
                moments.add(&part);
            }
            for direction in &part.alone {
                for (contrast, carried) in carried.iter_mut().enumerate() {
                    let column = along.column(contrast);
                    let share: f64 = column.iter().zip(direction).map(|(a, b)| a * b).sum();
                    let size: f64 = column.iter().map(|a| a * a).sum();
                    *carried |= share * share > CARRIED * size;
                }
            }
        });
        if !decomposed {
            return Err(Refusal::not_finite("the covariance of the clusters"));
        }
        let degrees = if satterthwaite {
            moments.degrees_of_freedom()
        } else {
            vec![clusters as f64 - 1.0; along.cols()]
        };
        Ok(Self { adjusted, degrees, carried })
    }
}

impl Sandwich {
    /// `contrasts` has one contrast a row.
    pub(crate) fn new(
        scores: &Scores<'_>,
        cluster: &[u32],
        kind: Clustered,
        df: ClusterDf,
        contrasts: &Matrix,
    ) -> Result<Self, Refusal> {
        check_length(cluster.len(), scores.design.rows())?;
        let groups = Groups::new(cluster);
        let clusters = groups.count();
        if clusters < CLUSTERS_LEAST {
            return Err(too_few_clusters());
        }
        let basis = scores.basis;
        let along = basis.t.transpose_mul(&contrasts.transpose());
        // One row a cluster, in orthonormal coordinates.
        let plain = scores.design.cross_by_group(&scores.u, &groups).mul(&basis.u);
        let parts = Parts::new(scores, &groups, plain, &along, kind, df)?;
        let meat = parts.adjusted.transpose_mul(&parts.adjusted);
        let (g, n) = (clusters as f64, scores.n as f64);
        let factor = match kind {
            Clustered::Cr0 | Clustered::Cr2 | Clustered::Cr3 => 1.0,
            Clustered::Cr1 => g / (g - 1.0),
            Clustered::Cr1s => g / (g - 1.0) * ((n - 1.0) / (n - scores.parameters)),
        };
        let meat = meat.scaled(factor);
        let covariance = basis.t.sandwich(&meat);
        if !covariance.is_finite() {
            return Err(Refusal::not_finite("the covariance of the clusters"));
        }
        let variances = (0..along.cols()).map(|contrast| meat.quadratic(&along.column(contrast))).collect();
        Ok(Self {
            covariance,
            clusters,
            largest_share: groups.largest_share(),
            largest_score: accumulate::largest(&scores.u),
            kind,
            df,
            degrees: parts.degrees,
            along,
            variances,
            carried: parts.carried,
        })
    }

    /// One contrast with its interval, or why it has none.
    pub(crate) fn outcome(&self, scores: &Scores<'_>, value: f64, contrast: usize, level: f64) -> Outcome {
        if self.carried[contrast] {
            return Err(Refusal::new(
                "one_cluster_carries",
                "without one of the clusters the coefficient could not be estimated, so its variation between clusters was not observed",
                "report the estimate without an interval, and say that it rests on one cluster",
            ));
        }
        let along = self.along.column(contrast);
        let std_error = scores.std_error_along(self.variances[contrast], &along, self.largest_score)?;
        let degrees = self.degrees[contrast];
        // Written so that degrees that are not a number also fail.
        let usable = degrees > 0.0 && degrees.is_finite();
        if !usable {
            return Err(no_residual_variation());
        }
        let method = self.kind.method(self.df);
        let mut estimate = wald(Wald { value, std_error, df: Some(degrees), n: scores.n, method }, level)?;
        estimate.n_clusters = Some(self.clusters as u64);
        estimate.warnings = cluster_warnings(self.clusters, degrees);
        Ok(estimate)
    }
}

/// What must be said of few clusters and few degrees of freedom.
pub(crate) fn cluster_warnings(clusters: usize, degrees: f64) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if clusters < CLUSTERS_FOR_SANDWICH {
        warnings.push(Warning::new(
            "few_clusters",
            "there are fewer than fifteen clusters; read the wild cluster bootstrap beside this interval",
        ));
    }
    if degrees < DF_FEW {
        warnings.push(Warning::new(
            "few_df",
            "the coefficient rests on so few clusters that its interval is a rough guide",
        ));
    }
    warnings
}

pub(crate) fn too_few_clusters() -> Refusal {
    Refusal::new(
        "too_few_clusters",
        "there are fewer than three clusters, so the spread between them cannot be estimated; with two the clustered error is zero whatever the data",
        "report the difference without an interval between clusters, and say that its variation from cluster to cluster is not known",
    )
}

impl Scores<'_> {
    /// The residual of a row in the scale in which its variance is taken as
    /// one: √w e.
    fn scaled_residual(&self, row: u32) -> f64 {
        let row = row as usize;
        match self.roots {
            Some(roots) if roots[row] > 0.0 => self.u[row] / roots[row],
            Some(_) => 0.0,
            None => self.u[row],
        }
    }
}

#[cfg(test)]
mod tests;
