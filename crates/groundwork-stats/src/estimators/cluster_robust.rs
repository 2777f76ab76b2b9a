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

use std::borrow::Cow;

use super::least_squares::{LeastSquares, Wald, no_residual_variation, no_such_term, wald};
use super::logistic::Logistic;
use super::poisson_regression::PoissonRegression;
use crate::estimate::{Outcome, Refusal, check_level};
use crate::linalg::accumulate;
use crate::linalg::basis::{Basis, Piece};
use crate::linalg::groups::Groups;
use crate::linalg::{Design, Matrix, check_length, symmetric_eigen};
use crate::thresholds::{CLUSTERS_FOR_SANDWICH, CLUSTERS_LEAST, DF_FEW};
use crate::warning::Warning;

/// The id of the default method.
pub const METHOD: &str = "cr2.satt";

/// A share of a cluster's own hat matrix this near to one means that the
/// cluster alone determines a combination of coefficients.
const ALONE: f64 = 1e-8;

/// The share of a coefficient that may rest on one cluster alone: more than
/// rounding is too much.
const CARRIED: f64 = 1e-8;

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
    let meat = basis.u.transpose().sandwich(&basis.frame.gram(scores.design, Some(&u)));
    let mut covariance = basis.t.sandwich(&meat);
    if kind == Heteroskedastic::Hc1 {
        let n = scores.n as f64;
        covariance = covariance.scaled(n / (n - scores.parameters));
    }
    if covariance.is_finite() { Ok(covariance) } else { Err(Refusal::not_finite("the covariance")) }
}

impl Scores<'_> {
    /// The root of a variance of a combination of coefficients; refused where
    /// it is nothing but rounding.
    pub(crate) fn std_error(&self, variance: f64, term: usize) -> Result<f64, Refusal> {
        self.std_error_along(variance, self.basis.t.row(term))
    }

    fn std_error_along(&self, variance: f64, along: &[f64]) -> Result<f64, Refusal> {
        let size: f64 = along.iter().map(|v| v * v).sum();
        let most = accumulate::largest(&self.u);
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
    let sandwich = Sandwich::new(scores, cluster, kind, &Matrix::identity(terms))?;
    let coefficients =
        (0..terms).map(|term| sandwich.outcome(scores, scores.coefficients[term], term, df, level)).collect();
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
    let sandwich = Sandwich::new(scores, cluster, kind, &row)?;
    sandwich.outcome(scores, value, 0, df, level)
}

/// The clustered covariance and what goes with each contrast.
pub(crate) struct Sandwich {
    pub(crate) covariance: Matrix,
    pub(crate) clusters: usize,
    pub(crate) largest_share: f64,
    kind: Clustered,
    /// The contrasts in orthonormal coordinates, one a column.
    along: Matrix,
    variances: Vec<f64>,
    satterthwaite: Vec<f64>,
    carried: Vec<bool>,
}

impl Sandwich {
    /// `contrasts` has one contrast a row.
    pub(crate) fn new(
        scores: &Scores<'_>,
        cluster: &[u32],
        kind: Clustered,
        contrasts: &Matrix,
    ) -> Result<Self, Refusal> {
        check_length(cluster.len(), scores.design.rows())?;
        let groups = Groups::new(cluster);
        let clusters = groups.count();
        if clusters < CLUSTERS_LEAST {
            return Err(too_few_clusters());
        }
        let basis = scores.basis;
        let terms = basis.frame.terms();
        let along = basis.t.transpose_mul(&contrasts.transpose());
        let mut moments = Moments::new(terms, along.cols());
        let mut carried = vec![false; along.cols()];
        // One row a cluster, in orthonormal coordinates.
        let plain = basis.frame.cross_by_group(scores.design, &scores.u, &groups).mul(&basis.u);
        let mut adjusted = Matrix::zeros(clusters, terms);
        let mut decomposed = true;
        basis.frame.by_group(scores.design, scores.roots, &groups, terms / 2, |group, piece| {
            let part = match piece {
                Piece::Gram(gram) => {
                    let own = basis.u.transpose().sandwich(&gram);
                    Part::from_coefficients(&own, plain.row(group), &along, kind.power())
                }
                Piece::Rows(rows, z) => {
                    let residuals: Vec<f64> = rows.iter().map(|&row| scores.scaled_residual(row)).collect();
                    Part::from_rows(&z.mul(&basis.u), &residuals, &along, kind.power())
                }
            };
            let Some(part) = part else {
                decomposed = false;
                return;
            };
            adjusted.row_mut(group).copy_from_slice(&part.score);
            moments.add(&part);
            for direction in &part.alone {
                for (contrast, carried) in carried.iter_mut().enumerate() {
                    let column = along.column(contrast);
                    let share: f64 = column.iter().zip(direction).map(|(a, b)| a * b).sum();
                    let size: f64 = column.iter().map(|a| a * a).sum();
                    *carried |= share * share > CARRIED * size;
                }
            }
        });
        let meat = adjusted.transpose_mul(&adjusted);
        let (g, n) = (clusters as f64, scores.n as f64);
        let factor = match kind {
            Clustered::Cr0 | Clustered::Cr2 | Clustered::Cr3 => 1.0,
            Clustered::Cr1 => g / (g - 1.0),
            Clustered::Cr1s => g / (g - 1.0) * ((n - 1.0) / (n - scores.parameters)),
        };
        let meat = meat.scaled(factor);
        let covariance = basis.t.sandwich(&meat);
        if !decomposed || !covariance.is_finite() {
            return Err(Refusal::not_finite("the covariance of the clusters"));
        }
        let variances = (0..along.cols()).map(|contrast| meat.quadratic(&along.column(contrast))).collect();
        Ok(Self {
            covariance,
            clusters,
            largest_share: groups.largest_share(),
            kind,
            satterthwaite: moments.degrees_of_freedom(),
            along,
            variances,
            carried,
        })
    }

    /// One contrast with its interval, or why it has none.
    pub(crate) fn outcome(
        &self,
        scores: &Scores<'_>,
        value: f64,
        contrast: usize,
        df: ClusterDf,
        level: f64,
    ) -> Outcome {
        if self.carried[contrast] {
            return Err(Refusal::new(
                "one_cluster_carries",
                "without one of the clusters the coefficient could not be estimated, so its variation between clusters was not observed",
                "report the estimate without an interval, and say that it rests on one cluster",
            ));
        }
        let std_error = scores.std_error_along(self.variances[contrast], &self.along.column(contrast))?;
        let degrees = match df {
            ClusterDf::Satterthwaite => self.satterthwaite[contrast],
            ClusterDf::Clusters => self.clusters as f64 - 1.0,
        };
        // Written so that degrees that are not a number also fail.
        let usable = degrees > 0.0 && degrees.is_finite();
        if !usable {
            return Err(no_residual_variation());
        }
        let method = self.kind.method(df);
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

/// What one cluster contributes.
struct Part {
    /// Q'A e.
    score: Vec<f64>,
    /// a'a for every contrast, with a = A Q r.
    lengths: Vec<f64>,
    /// Q'a for every contrast, one a row.
    shadows: Matrix,
    /// The directions that the cluster alone determines.
    alone: Vec<Vec<f64>>,
}

impl Part {
    /// From Q'Q and Q'e.
    fn from_coefficients(own: &Matrix, score: &[f64], along: &Matrix, power: f64) -> Option<Self> {
        let (adjust, alone) = power_of_rest(own, power)?;
        let (score, bent) = match &adjust {
            Some(adjust) => (adjust.mul_vector(score), adjust.mul(along)),
            None => (score.to_vec(), along.clone()),
        };
        let bent = bent.transpose();
        let shadows = bent.mul(own);
        let lengths = (0..bent.rows())
            .map(|contrast| bent.row(contrast).iter().zip(shadows.row(contrast)).map(|(a, b)| a * b).sum())
            .collect();
        Some(Self { score, lengths, shadows, alone })
    }

    /// From the rows of Q and e.
    fn from_rows(q: &Matrix, residuals: &[f64], along: &Matrix, power: f64) -> Option<Self> {
        let turned = q.transpose();
        let hat = q.mul(&turned);
        let (adjust, alone) = power_of_rest(&hat, power)?;
        let reached = q.mul(along);
        let (residuals, reached) = match &adjust {
            Some(adjust) => (adjust.mul_vector(residuals), adjust.mul(&reached)),
            None => (residuals.to_vec(), reached),
        };
        let score = q.transpose_mul_vector(&residuals);
        let mut lengths = vec![0.0; along.cols()];
        for row in 0..reached.rows() {
            for (length, value) in lengths.iter_mut().zip(reached.row(row)) {
                *length += value * value;
            }
        }
        let shadows = reached.transpose().mul(q);
        let alone = alone.iter().map(|direction| q.transpose_mul_vector(direction)).collect();
        Some(Self { score, lengths, shadows, alone })
    }
}

/// Sums over clusters for Satterthwaite's degrees of freedom.
///
/// With P_gh = δ_gh a_g'a_g - (Q_g'a_g)'(Q_h'a_h) the degrees of freedom are
/// (Σ P_gg)²/ΣΣ P_gh², and ΣΣ ((Q_g'a_g)'(Q_h'a_h))² is the squared norm of
/// Σ (Q_g'a_g)(Q_g'a_g)'.
struct Moments {
    trace: Vec<f64>,
    squares: Vec<f64>,
    products: Vec<Matrix>,
}

impl Moments {
    fn new(terms: usize, contrasts: usize) -> Self {
        Self {
            trace: vec![0.0; contrasts],
            squares: vec![0.0; contrasts],
            products: vec![Matrix::zeros(terms, terms); contrasts],
        }
    }

    fn add(&mut self, part: &Part) {
        for contrast in 0..self.trace.len() {
            let shadow = part.shadows.row(contrast);
            let length = part.lengths[contrast];
            let shade: f64 = shadow.iter().map(|v| v * v).sum();
            self.trace[contrast] += length - shade;
            self.squares[contrast] += length * (length - 2.0 * shade);
            let products = &mut self.products[contrast];
            for (i, &value) in shadow.iter().enumerate() {
                for (at, other) in products.row_mut(i)[..=i].iter_mut().zip(shadow) {
                    *at += value * other;
                }
            }
        }
    }

    fn degrees_of_freedom(&self) -> Vec<f64> {
        (0..self.trace.len())
            .map(|contrast| {
                let products = &self.products[contrast];
                let mut norm = 0.0;
                for i in 0..products.rows() {
                    for j in 0..=i {
                        let value = products.get(i, j);
                        norm += if i == j { value * value } else { 2.0 * value * value };
                    }
                }
                let trace = self.trace[contrast];
                trace * trace / (self.squares[contrast] + norm)
            })
            .collect()
    }
}

/// (I - S)^power for a symmetric S between 0 and I (nothing for the power
/// zero), and the directions in which S is I, which are left out.
fn power_of_rest(s: &Matrix, power: f64) -> Option<(Option<Matrix>, Vec<Vec<f64>>)> {
    let size = s.frobenius_squared().sqrt();
    if size <= 0.1 {
        // No eigenvalue can be near one. Binomial series by Horner's rule.
        if power == 0.0 {
            return Some((None, Vec::new()));
        }
        let mut terms = 1;
        let mut bound = size;
        while bound > 1e-17 && terms < 40 {
            terms += 1;
            bound *= size;
        }
        // (1 - x)^power = Σ c_k x^k, c_k = c_(k-1) (k - 1 - power)/k.
        let ratio = |k: usize| (k as f64 - 1.0 - power) / k as f64;
        let identity = Matrix::identity(s.rows());
        let mut sum = identity.plus(&s.scaled(ratio(terms)));
        for k in (1..terms).rev() {
            sum = identity.plus(&s.mul(&sum).scaled(ratio(k)));
        }
        sum.symmetrise();
        return Some((Some(sum), Vec::new()));
    }
    let eigen = symmetric_eigen(s)?;
    let alone = eigen
        .values
        .iter()
        .enumerate()
        .filter(|&(_, &value)| 1.0 - value <= ALONE)
        .map(|(place, _)| eigen.vectors.column(place))
        .collect();
    if power == 0.0 {
        return Some((None, alone));
    }
    let adjust = eigen.function(|value| {
        let rest = 1.0 - value;
        if rest <= ALONE {
            0.0
        } else if power == -0.5 {
            1.0 / rest.sqrt()
        } else {
            1.0 / rest
        }
    });
    Some((Some(adjust), alone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimators::least_squares::least_squares;
    use crate::estimators::logistic::logistic;
    use crate::linalg::testing::{Lcg, shuffle};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    struct Data {
        y: Vec<f64>,
        x: Vec<f64>,
        treated: Vec<f64>,
        cluster: Vec<u32>,
    }

    /// `sizes` rows a cluster; the first `treated` clusters are treated.
    fn data(sizes: &[usize], treated: usize, seed: u64) -> Data {
        let mut random = Lcg::new(seed);
        let mut data = Data { y: vec![], x: vec![], treated: vec![], cluster: vec![] };
        for (group, &size) in sizes.iter().enumerate() {
            let effect = random.normal();
            for _ in 0..size {
                data.x.push(random.normal() + 0.3 * effect);
                data.y.push(effect + random.normal() + data.x[data.x.len() - 1]);
                data.treated.push(f64::from(group < treated));
                data.cluster.push(group as u32 * 3 + 1);
            }
        }
        data
    }

    const KINDS: [Clustered; 5] =
        [Clustered::Cr0, Clustered::Cr1, Clustered::Cr1s, Clustered::Cr2, Clustered::Cr3];

    /// (I - H_gg)^power row by row, the textbook way.
    fn by_hat_matrix(data: &Data, power: f64) -> (Matrix, f64) {
        let rows = data.y.len();
        let x = Matrix::from_fn(rows, 3, |i, j| [1.0, data.x[i], data.treated[i]][j]);
        let inverse = crate::linalg::inverse_positive(&x.transpose_mul(&x)).expect("an inverse");
        let hat = x.mul(&inverse).mul(&x.transpose());
        let b = inverse.mul_vector(&x.transpose_mul_vector(&data.y));
        let fitted = x.mul_vector(&b);
        let mut labels = data.cluster.clone();
        labels.dedup();
        let mut meat = Matrix::zeros(3, 3);
        // Vectors a of every cluster for the last coefficient.
        let mut bent = Matrix::zeros(labels.len(), rows);
        for (group, label) in labels.iter().enumerate() {
            let own: Vec<usize> = (0..rows).filter(|&i| data.cluster[i] == *label).collect();
            let rest =
                Matrix::from_fn(own.len(), own.len(), |i, j| f64::from(i == j) - hat.get(own[i], own[j]));
            let adjust = symmetric_eigen(&rest).expect("a decomposition").function(|v| libm::pow(v, power));
            let e: Vec<f64> = own.iter().map(|&i| data.y[i] - fitted[i]).collect();
            let e = adjust.mul_vector(&e);
            let score: Vec<f64> =
                (0..3).map(|j| own.iter().zip(&e).map(|(&i, e)| x.get(i, j) * e).sum()).collect();
            for j in 0..3 {
                for k in 0..3 {
                    meat.set(j, k, meat.get(j, k) + score[j] * score[k]);
                }
            }
            let along: Vec<f64> =
                own.iter().map(|&i| (0..3).map(|j| x.get(i, j) * inverse.get(j, 2)).sum()).collect();
            for (&i, value) in own.iter().zip(adjust.mul_vector(&along)) {
                bent.set(group, i, value);
            }
        }
        let rest = Matrix::identity(rows).minus(&hat);
        let p = bent.sandwich(&rest);
        let degrees = p.trace() * p.trace() / p.frobenius_squared();
        let covariance = inverse.sandwich(&meat);
        (covariance, degrees)
    }

    #[test]
    fn clusters_agree_with_the_hat_matrix() {
        // Clusters of one row, of few and of many, so that every way is taken.
        for sizes in [vec![1, 1, 2, 3, 30, 40, 12], vec![60, 70, 55, 90, 20], vec![1; 30]] {
            let data = data(&sizes, sizes.len() / 2, 17);
            let design = Design::new(data.y.len(), &[&data.x, &data.treated]).expect("a design");
            let fit = least_squares(&data.y, &design, None).expect("a fit");
            let scores = fit.scores(&design).expect("scores");
            for (kind, power) in [(Clustered::Cr0, 0.0), (Clustered::Cr2, -0.5), (Clustered::Cr3, -1.0)] {
                let found = cluster_robust(&scores, &data.cluster, kind, ClusterDf::Satterthwaite, 0.95)
                    .expect("errors");
                let (covariance, degrees) = by_hat_matrix(&data, power);
                for (a, b) in found.covariance.data().iter().zip(covariance.data()) {
                    assert!((a - b).abs() < 1e-11 * covariance.trace(), "{kind:?} {a} {b}");
                }
                let df = found.coefficients[2].as_ref().expect("an estimate").df.expect("df");
                assert!((df / degrees - 1.0).abs() < 1e-11, "{kind:?} {df} {degrees}");
            }
        }
    }

    #[test]
    fn clusters_of_one_row_are_heteroskedastic_errors() {
        let data = data(&[1; 25], 10, 3);
        let design = Design::new(25, &[&data.x, &data.treated]).expect("a design");
        let weights: Vec<f64> = (0..25).map(|i| 0.5 + f64::from(i % 4)).collect();
        for weights in [None, Some(&weights[..])] {
            let fit = least_squares(&data.y, &design, weights).expect("a fit");
            let scores = fit.scores(&design).expect("scores");
            for (clustered, single) in [
                (Clustered::Cr0, Heteroskedastic::Hc0),
                (Clustered::Cr2, Heteroskedastic::Hc2),
                (Clustered::Cr3, Heteroskedastic::Hc3),
            ] {
                let a = cluster_robust(&scores, &data.cluster, clustered, ClusterDf::Clusters, 0.95)
                    .expect("errors")
                    .covariance;
                let b = heteroskedastic_robust(&scores, single, 0.95).expect("errors").covariance;
                for (a, b) in a.data().iter().zip(b.data()) {
                    assert!((a - b).abs() < 1e-12, "{a} {b}");
                }
            }
        }
    }

    #[test]
    fn repeating_rows_within_clusters_adds_nothing() {
        let one = data(&[8; 12], 6, 9);
        let twice = Data {
            y: [one.y.clone(), one.y.clone()].concat(),
            x: [one.x.clone(), one.x.clone()].concat(),
            treated: [one.treated.clone(), one.treated.clone()].concat(),
            cluster: [one.cluster.clone(), one.cluster.clone()].concat(),
        };
        let errors = |data: &Data| {
            let design = Design::new(data.y.len(), &[&data.x, &data.treated]).expect("a design");
            let fit = least_squares(&data.y, &design, None).expect("a fit");
            let scores = fit.scores(&design).expect("scores");
            let clustered =
                cluster_robust(&scores, &data.cluster, Clustered::Cr2, ClusterDf::Satterthwaite, 0.95)
                    .expect("errors");
            (clustered.covariance.get(2, 2), fit.std_errors[2])
        };
        let (first, second) = (errors(&one), errors(&twice));
        assert!((first.0 / second.0 - 1.0).abs() < 1e-10);
        assert!(second.1 < 0.8 * first.1);
    }

    #[test]
    fn rows_in_any_order_give_the_same_bits() {
        let sizes = [1, 2, 5, 40, 17, 3, 9, 130];
        let first = data(&sizes, 4, 5);
        let mut order: Vec<usize> = (0..first.y.len()).collect();
        shuffle(&mut order, &mut Lcg::new(3));
        let second = Data {
            y: order.iter().map(|&i| first.y[i]).collect(),
            x: order.iter().map(|&i| first.x[i]).collect(),
            treated: order.iter().map(|&i| first.treated[i]).collect(),
            cluster: order.iter().map(|&i| first.cluster[i]).collect(),
        };
        let all = |data: &Data| {
            let design = Design::new(data.y.len(), &[&data.x, &data.treated]).expect("a design");
            let fit =
                least_squares(&data.y, &design, Some(&data.x.iter().map(|x| x.abs()).collect::<Vec<_>>()))
                    .expect("a fit");
            let scores = fit.scores(&design).expect("scores");
            let mut found = Vec::new();
            for kind in KINDS {
                found.push(
                    cluster_robust(&scores, &data.cluster, kind, ClusterDf::Satterthwaite, 0.95)
                        .expect("errors"),
                );
            }
            for kind in [Heteroskedastic::Hc0, Heteroskedastic::Hc3] {
                found.push(heteroskedastic_robust(&scores, kind, 0.95).expect("errors"));
            }
            found
        };
        assert_eq!(all(&first), all(&second));
    }

    #[test]
    fn what_rests_on_one_cluster_is_refused() {
        let one = data(&[10; 8], 1, 2);
        let design = Design::new(80, &[&one.x, &one.treated]).expect("a design");
        let fit = least_squares(&one.y, &design, None).expect("a fit");
        let scores = fit.scores(&design).expect("scores");
        for kind in KINDS {
            let found =
                cluster_robust(&scores, &one.cluster, kind, ClusterDf::Clusters, 0.95).expect("errors");
            assert_eq!(code(found.coefficients[2].clone()), Some("one_cluster_carries"));
            assert!(found.coefficients[1].is_ok(), "{kind:?}");
        }
        let two = data(&[10; 8], 2, 2);
        let design = Design::new(80, &[&two.x, &two.treated]).expect("a design");
        let fit = least_squares(&two.y, &design, None).expect("a fit");
        let scores = fit.scores(&design).expect("scores");
        let found = cluster_robust(&scores, &two.cluster, Clustered::Cr2, ClusterDf::Satterthwaite, 0.95)
            .expect("errors");
        let estimate = found.coefficients[2].clone().expect("an estimate");
        let codes: Vec<&str> = estimate.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, ["few_clusters", "few_df"]);
        assert!(estimate.df.expect("df") < 2.0);
        assert_eq!((found.clusters, found.largest_share), (Some(8), Some(0.125)));
    }

    #[test]
    fn contrasts_follow_the_coefficients() {
        let data = data(&[10; 20], 9, 2);
        let design = Design::new(200, &[&data.x, &data.treated]).expect("a design");
        let fit = least_squares(&data.y, &design, None).expect("a fit");
        let scores = fit.scores(&design).expect("scores");
        let (kind, df) = (Clustered::Cr2, ClusterDf::Satterthwaite);
        let all = cluster_robust(&scores, &data.cluster, kind, df, 0.95).expect("errors");
        let contrast = |c: &[f64]| cluster_robust_contrast(&scores, &data.cluster, kind, df, c, 0.95);
        let (a, b) = (contrast(&[0.0, 0.0, -2.0]).expect("a"), all.coefficients[2].clone().expect("b"));
        assert!((a.value + 2.0 * b.value).abs() < 1e-13);
        assert!((a.std_error.expect("se") / b.std_error.expect("se") - 2.0).abs() < 1e-12);
        assert!((a.df.expect("df") / b.df.expect("df") - 1.0).abs() < 1e-12);
        assert_eq!(code(contrast(&[0.0, 1.0])), Some("no_such_term"));
        assert_eq!(code(contrast(&[0.0, f64::NAN, 1.0])), Some("not_finite"));
        assert_eq!(code(contrast(&[0.0, 0.0, 0.0])), Some("no_variation"));
        assert_eq!(code(cluster_robust(&scores, &data.cluster[1..], kind, df, 0.95)), Some("lengths_differ"));
        assert_eq!(code(cluster_robust(&scores, &[1; 200], kind, df, 0.95)), Some("too_few_clusters"));
        assert_eq!(code(cluster_robust(&scores, &data.cluster, kind, df, 1.0)), Some("level_out_of_range"));
    }

    #[test]
    fn perfect_fits_and_lone_rows_are_refused() {
        let x = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        let design = Design::new(6, &[&x]).expect("a design");
        let fit = least_squares(&[1.0, 3.0, 5.0, 7.0, 9.0, 11.0], &design, None).expect("a fit");
        let scores = fit.scores(&design).expect("scores");
        let found = cluster_robust(&scores, &[1, 1, 2, 2, 3, 3], Clustered::Cr2, ClusterDf::Clusters, 0.95);
        assert_eq!(code(found.expect("errors").coefficients[1].clone()), Some("no_variation"));
        let lone = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        let design = Design::new(6, &[&lone]).expect("a design");
        let fit = least_squares(&[1.0, 3.0, 4.0, 7.0, 9.0, 11.0], &design, None).expect("a fit");
        let scores = fit.scores(&design).expect("scores");
        let single = |kind| heteroskedastic_robust(&scores, kind, 0.95);
        assert_eq!(code(single(Heteroskedastic::Hc3)), Some("one_row_carries"));
        assert!(single(Heteroskedastic::Hc1).is_ok());
    }

    #[test]
    fn logistic_clusters_have_finite_errors() {
        let data = data(&[15; 20], 10, 8);
        let y: Vec<f64> = data.y.iter().map(|&y| f64::from(y > 0.0)).collect();
        let design = Design::new(300, &[&data.x, &data.treated]).expect("a design");
        let fit = logistic(&y, &design, None).expect("a fit");
        let scores = fit.scores(&design).expect("scores");
        let found = cluster_robust(&scores, &data.cluster, Clustered::Cr2, ClusterDf::Satterthwaite, 0.95)
            .expect("errors");
        let wider = found.coefficients[2].clone().expect("an estimate").std_error.expect("se");
        assert!(wider > 1.2 * fit.std_errors[2], "{wider}");
        let single = heteroskedastic_robust(&scores, Heteroskedastic::Hc0, 0.95).expect("errors");
        assert_eq!(single.coefficients[2].clone().expect("an estimate").df, None);
    }
}
