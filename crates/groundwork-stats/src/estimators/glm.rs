//! Newton's rule for generalised linear models with canonical links, shared
//! by the logistic and the Poisson regression.
//!
//! Each step solves the normal equations of the weighted design for the score
//! that is left. The weights shape the path, the score alone the answer: at
//! the end it is nothing, to within the rounding of its exact sum.

use super::least_squares::MANY_ROWS;
use crate::estimate::Refusal;
use crate::linalg::accumulate;
use crate::linalg::basis::Basis;
use crate::linalg::{Design, Matrix};
use crate::thresholds::SEPARATION;

const MOST_STEPS: usize = 100;
const MOST_HALVINGS: usize = 30;

/// The squared length of a step in standard errors at which it is the last:
/// what is left after it is about its square.
const LAST_STEP: f64 = 1e-16;

/// The squared length of the last step, as a share of the number of rows, up to
/// which the weights before it serve for the covariance of many rows: it is
/// then off by 1e-11 at most.
const SAME_WEIGHTS: f64 = 1e-22;

/// The squared length of a step, as a share of the number of rows, above which
/// the likelihood is watched.
const CAREFUL: f64 = 1e-2;

/// A step whose squared length in standard errors is this short, and that still
/// moves the linear predictor of a row by [`STRIDE`], runs away: separation.
const SHORT_STEP: f64 = 1e-4;
const STRIDE: f64 = 0.5;

/// The distribution of the outcome, with its canonical link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// y is 0 or 1, the link is the logit.
    Binomial,
    /// y is a count, the link is the logarithm.
    Poisson,
}

impl Family {
    /// The mean and the variance at a linear predictor.
    fn at(self, eta: f64) -> (f64, f64) {
        match self {
            Self::Binomial => {
                let e = libm::exp(-eta.abs());
                let scale = 1.0 / (1.0 + e);
                (if eta >= 0.0 { scale } else { e * scale }, e * scale * scale)
            }
            Self::Poisson => {
                let mean = libm::exp(eta);
                (mean, mean)
            }
        }
    }

    /// The log-likelihood at a linear predictor, without terms in y alone.
    fn kernel(self, y: f64, eta: f64, mean: f64) -> f64 {
        match self {
            Self::Binomial => y * eta - eta.max(0.0) - libm::log1p(libm::exp(-eta.abs())),
            Self::Poisson => y * eta - mean,
        }
    }

    /// A first guess of the linear predictor of one row.
    fn first(self, y: f64) -> f64 {
        match self {
            // Means of 1/4 and 3/4.
            Self::Binomial => {
                if y > 0.5 {
                    1.098_612_288_668_11
                } else {
                    -1.098_612_288_668_11
                }
            }
            Self::Poisson => libm::log(y + 0.1),
        }
    }
}

/// A fitted model.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Glm {
    pub(crate) coefficients: Vec<f64>,
    /// The mean of every row.
    pub(crate) fitted: Vec<f64>,
    /// The linear predictor of every row, the offset included.
    pub(crate) linear: Vec<f64>,
    /// Weight times (y - mean), one a row.
    pub(crate) u: Vec<f64>,
    /// The square roots of weight times variance, one a row.
    pub(crate) roots: Vec<f64>,
    /// Σ of the weighted log-likelihood, without terms in y alone.
    pub(crate) kernel: f64,
    pub(crate) basis: Basis,
}

impl Glm {
    /// (X'WX)⁻¹ with the weights of the model.
    pub(crate) fn covariance(&self) -> Matrix {
        self.basis.gram_inverse()
    }
}

/// Everything that changes from step to step.
struct State {
    linear: Vec<f64>,
    fitted: Vec<f64>,
    u: Vec<f64>,
    roots: Vec<f64>,
    scratch: Vec<f64>,
    /// The largest change of a linear predictor by the last evaluation.
    moved: f64,
}

struct Problem<'a> {
    family: Family,
    y: &'a [f64],
    design: &'a Design<'a>,
    weights: Option<&'a [f64]>,
    offset: Option<&'a [f64]>,
}

impl Problem<'_> {
    /// Evaluates the rows at coefficients; false where nothing finite comes
    /// out.
    fn evaluate(&self, b: &[f64], state: &mut State) -> bool {
        let State { linear, fitted, u, roots, moved, .. } = state;
        let mut finite = true;
        *moved = 0.0;
        self.design.scaled_linear(b, |row, value| {
            let eta = value + self.offset.map_or(0.0, |offset| offset[row]);
            let weight = self.weights.map_or(1.0, |weights| weights[row]);
            let (mean, variance) = self.family.at(eta);
            *moved = f64::max(*moved, (eta - linear[row]).abs());
            linear[row] = eta;
            fitted[row] = mean;
            u[row] = weight * (self.y[row] - mean);
            roots[row] = (weight * variance).sqrt();
            finite &= mean < 1e100 && eta.abs() < 1e100;
        });
        finite
    }

    /// The log-likelihood at a state, without terms in y alone.
    fn kernel(&self, state: &mut State) -> f64 {
        for (row, at) in state.scratch.iter_mut().enumerate() {
            let weight = self.weights.map_or(1.0, |weights| weights[row]);
            *at = weight * self.family.kernel(self.y[row], state.linear[row], state.fitted[row]);
        }
        accumulate::sum(&state.scratch)
    }
}

/// Fits a model to checked columns: lengths fit, numbers are finite, weights
/// (where given) not negative.
///
/// Refuses with `collinear` (of the design itself), `separation` (the
/// likelihood has no maximum) and `no_convergence`.
pub(crate) fn fit(
    family: Family,
    y: &[f64],
    design: &Design<'_>,
    weights: Option<&[f64]>,
    offset: Option<&[f64]>,
) -> Result<Glm, Refusal> {
    let problem = Problem { family, y, design, weights, offset };
    let prior: Option<Vec<f64>> = weights.map(|weights| weights.iter().map(|weight| weight.sqrt()).collect());
    let rows = y.len();
    let mut state = State {
        linear: vec![0.0; rows],
        fitted: vec![0.0; rows],
        u: vec![0.0; rows],
        roots: vec![0.0; rows],
        scratch: vec![0.0; rows],
        moved: 0.0,
    };
    let mut b = first_coefficients(&problem, prior.as_deref(), &mut state)?;
    if !problem.evaluate(&b, &mut state) {
        return Err(no_convergence());
    }
    let to_raw = design.frame.to_raw();
    let mut before = f64::INFINITY;
    for _ in 0..MOST_STEPS {
        // Working residuals: what the score is per root of the weight.
        for ((at, u), root) in state.scratch.iter_mut().zip(&state.u).zip(&state.roots) {
            *at = if *root > 0.0 { u / root } else { 0.0 };
        }
        let (basis, cross) =
            Basis::with_cross(design, Some(&state.roots), &state.scratch).map_err(|_| separation(family))?;
        let along = basis.u.transpose_mul_vector(&cross);
        let length: f64 = along.iter().map(|value| value * value).sum();
        let step = basis.u.mul_vector(&along);
        if !length.is_finite() {
            return Err(separation(family));
        }
        let settled = length <= LAST_STEP || (length <= 1e-10 && length >= 0.25 * before);
        // Far from the end a step may lead too far, and is then halved.
        let careful = length > CAREFUL * rows as f64;
        let before_step = if careful { problem.kernel(&mut state) } else { 0.0 };
        let mut share = 1.0;
        let mut next: Vec<f64> = b.iter().zip(&step).map(|(b, step)| b + step).collect();
        let mut good = problem.evaluate(&next, &mut state);
        for _ in 0..MOST_HALVINGS {
            let room = 1e-10 * (before_step.abs() + 1.0);
            if good && (!careful || problem.kernel(&mut state) >= before_step - room) {
                break;
            }
            share *= 0.5;
            next = b.iter().zip(&step).map(|(b, step)| b + share * step).collect();
            good = problem.evaluate(&next, &mut state);
        }
        if !good {
            return Err(no_convergence());
        }
        b = next;
        let runs_away = length < SHORT_STEP && state.moved > STRIDE;
        if runs_away || spread(&problem, &mut state) > SEPARATION {
            return Err(separation(family));
        }
        if settled {
            let coefficients = to_raw.mul_vector(&b);
            if !coefficients.iter().all(|value| value.is_finite()) {
                return Err(no_convergence());
            }
            // The step moved the weights by about its length over the root of
            // the number of rows.
            let basis = if rows > MANY_ROWS && length <= SAME_WEIGHTS * rows as f64 {
                basis
            } else {
                Basis::new(design, Some(&state.roots)).map_err(|_| separation(family))?
            };
            let kernel = problem.kernel(&mut state);
            return Ok(Glm {
                coefficients,
                fitted: state.fitted,
                linear: state.linear,
                u: state.u,
                roots: state.roots,
                kernel,
                basis,
            });
        }
        before = length;
    }
    Err(no_convergence())
}

/// One weighted least-squares step from a guess of the rows. Refuses dependent
/// columns before any weights of the model come in.
fn first_coefficients(
    problem: &Problem<'_>,
    prior: Option<&[f64]>,
    state: &mut State,
) -> Result<Vec<f64>, Refusal> {
    // Working outcomes in units of the root of the prior weight.
    for (row, &y) in problem.y.iter().enumerate() {
        let eta = problem.family.first(y);
        let root = prior.map_or(1.0, |prior| prior[row]);
        let (mean, variance) = problem.family.at(eta);
        let offset = problem.offset.map_or(0.0, |offset| offset[row]);
        state.u[row] = root * (variance * (eta - offset) + (y - mean));
        state.roots[row] = root * variance.sqrt();
    }
    let (plain, cross) = Basis::with_cross(problem.design, prior, &state.u)?;
    match problem.family {
        // The variance is 3/16 in every row, so the plain basis serves.
        Family::Binomial => Ok(plain.solve(&cross).iter().map(|b| b / 0.1875).collect()),
        Family::Poisson => {
            let basis =
                Basis::new(problem.design, Some(&state.roots)).map_err(|_| separation(problem.family))?;
            Ok(basis.solve(&cross))
        }
    }
}

/// The root mean square of the linear predictor about its mean, offset left
/// out.
fn spread(problem: &Problem<'_>, state: &mut State) -> f64 {
    for (row, at) in state.scratch.iter_mut().enumerate() {
        *at = state.linear[row] - problem.offset.map_or(0.0, |offset| offset[row]);
    }
    let centre = accumulate::mean(&state.scratch);
    for value in &mut state.scratch {
        *value = (*value - centre) * (*value - centre);
    }
    accumulate::mean(&state.scratch).sqrt()
}

fn separation(family: Family) -> Refusal {
    match family {
        Family::Binomial => Refusal::new(
            "separation",
            "a combination of the covariates tells the outcomes apart without error, so a coefficient grows without limit and its standard error means nothing",
            "report the table of counts with an exact test, use a penalised likelihood (Firth), or merge the categories without variation",
        ),
        Family::Poisson => Refusal::new(
            "separation",
            "a combination of the covariates marks rows without any event, so a coefficient falls without limit and its standard error means nothing",
            "report the counts with exact intervals, or merge the categories without events",
        ),
    }
}

fn no_convergence() -> Refusal {
    Refusal::new(
        "no_convergence",
        "the search for the largest likelihood did not come to an end",
        "check the columns for extreme values, or describe the rows without a model",
    )
}
