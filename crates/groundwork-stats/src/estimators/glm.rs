//! Newton's rule for generalised linear models with canonical links, shared
//! by the logistic and the Poisson regression.
//!
//! Each step solves the normal equations of the weighted design for the score
//! that is left. The weights shape the path, the score alone the answer: at
//! the end it is nothing, to within the rounding of its exact sum.

use crate::estimate::Refusal;
use crate::linalg::accumulate;
use crate::linalg::basis::{Basis, Frame};
use crate::linalg::{Design, Matrix};
use crate::thresholds::SEPARATION;

const MOST_STEPS: usize = 100;
const MOST_HALVINGS: usize = 30;

/// The squared length of a step in standard errors at which it is the last:
/// what is left after it is about its square.
const LAST_STEP: f64 = 1e-16;

/// A step this short in standard errors that still moves the linear predictor
/// by [`STRIDE`] over the range of a covariate runs away: separation.
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
    /// The mean, the variance and the log-likelihood (without terms in y
    /// alone) at a linear predictor.
    fn at(self, y: f64, eta: f64) -> (f64, f64, f64) {
        match self {
            Self::Binomial => {
                let e = libm::exp(-eta.abs());
                let scale = 1.0 / (1.0 + e);
                let mean = if eta >= 0.0 { scale } else { e * scale };
                (mean, e * scale * scale, y * eta - eta.max(0.0) - libm::log1p(e))
            }
            Self::Poisson => {
                let mean = libm::exp(eta);
                (mean, mean, y * eta - mean)
            }
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
    terms: Vec<f64>,
    kernel: f64,
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
    fn evaluate(&self, frame: &Frame, b: &[f64], state: &mut State) -> bool {
        let State { linear, fitted, u, roots, terms, .. } = state;
        let mut finite = true;
        frame.linear(self.design, b, |row, value| {
            let eta = value + self.offset.map_or(0.0, |offset| offset[row]);
            let weight = self.weights.map_or(1.0, |weights| weights[row]);
            let (mean, variance, kernel) = self.family.at(self.y[row], eta);
            linear[row] = eta;
            fitted[row] = mean;
            u[row] = weight * (self.y[row] - mean);
            roots[row] = (weight * variance).sqrt();
            terms[row] = weight * kernel;
            finite &= mean < 1e100 && kernel.abs() < 1e200;
        });
        if finite {
            state.kernel = accumulate::sum(&state.terms);
        }
        finite
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
    let frame = Frame::new(design);
    let prior: Option<Vec<f64>> = weights.map(|weights| weights.iter().map(|weight| weight.sqrt()).collect());
    // Refuses dependent columns before any weights of the model come in.
    let plain = Basis::in_frame(frame.clone(), design, prior.as_deref())?;
    let rows = y.len();
    let mut state = State {
        linear: vec![0.0; rows],
        fitted: vec![0.0; rows],
        u: vec![0.0; rows],
        roots: vec![0.0; rows],
        terms: vec![0.0; rows],
        kernel: 0.0,
    };
    let mut b = first_coefficients(&problem, &frame, &plain, &mut state)?;
    if !problem.evaluate(&frame, &b, &mut state) {
        return Err(no_convergence());
    }
    let to_raw = frame.to_raw();
    let mut before = f64::INFINITY;
    for _ in 0..MOST_STEPS {
        let basis =
            Basis::in_frame(frame.clone(), design, Some(&state.roots)).map_err(|_| separation(family))?;
        let cross = frame.cross(design, &state.u);
        let along = basis.u.transpose_mul_vector(&cross);
        let length: f64 = along.iter().map(|value| value * value).sum();
        let step = basis.u.mul_vector(&along);
        if !length.is_finite() || runs_away(&problem, &frame, &to_raw, &b, &step, length) {
            return Err(separation(family));
        }
        let settled = length <= LAST_STEP || (length <= 1e-10 && length >= 0.25 * before);
        let kernel = state.kernel;
        let mut share = 1.0;
        let mut next: Vec<f64> = b.iter().zip(&step).map(|(b, step)| b + step).collect();
        let mut good = problem.evaluate(&frame, &next, &mut state);
        for _ in 0..MOST_HALVINGS {
            let room = 1e-10 * (kernel.abs() + 1.0);
            if good && state.kernel >= kernel - room {
                break;
            }
            share *= 0.5;
            next = b.iter().zip(&step).map(|(b, step)| b + share * step).collect();
            good = problem.evaluate(&frame, &next, &mut state);
        }
        if !good {
            return Err(no_convergence());
        }
        b = next;
        if settled {
            let coefficients = to_raw.mul_vector(&b);
            if !coefficients.iter().all(|value| value.is_finite()) {
                return Err(no_convergence());
            }
            let basis = Basis::in_frame(frame, design, Some(&state.roots)).map_err(|_| separation(family))?;
            return Ok(Glm {
                coefficients,
                fitted: state.fitted,
                linear: state.linear,
                u: state.u,
                roots: state.roots,
                kernel: state.kernel,
                basis,
            });
        }
        before = length;
    }
    Err(no_convergence())
}

/// One weighted least-squares step from a guess of the rows.
fn first_coefficients(
    problem: &Problem<'_>,
    frame: &Frame,
    plain: &Basis,
    state: &mut State,
) -> Result<Vec<f64>, Refusal> {
    for (row, &y) in problem.y.iter().enumerate() {
        let eta = problem.family.first(y);
        let weight = problem.weights.map_or(1.0, |weights| weights[row]);
        let (mean, variance, _) = problem.family.at(y, eta);
        let offset = problem.offset.map_or(0.0, |offset| offset[row]);
        state.u[row] = weight * (variance * (eta - offset) + (y - mean));
        state.roots[row] = (weight * variance).sqrt();
    }
    let cross = frame.cross(problem.design, &state.u);
    match problem.family {
        // The variance is 3/16 in every row, so the plain basis serves.
        Family::Binomial => Ok(plain.solve(&cross).iter().map(|b| b / 0.1875).collect()),
        Family::Poisson => {
            let basis = Basis::in_frame(frame.clone(), problem.design, Some(&state.roots))
                .map_err(|_| separation(problem.family))?;
            Ok(basis.solve(&cross))
        }
    }
}

/// Whether the coefficients are on their way to infinity.
fn runs_away(
    problem: &Problem<'_>,
    frame: &Frame,
    to_raw: &Matrix,
    b: &[f64],
    step: &[f64],
    length: f64,
) -> bool {
    let first = usize::from(problem.design.has_intercept());
    let coefficients = to_raw.mul_vector(b);
    let far = coefficients.iter().zip(&frame.spread).skip(first);
    if far.into_iter().any(|(coefficient, spread)| (coefficient * spread).abs() > SEPARATION) {
        return true;
    }
    let stride = to_raw.mul_vector(step);
    let ranges = problem.design.ranges.iter();
    length < SHORT_STEP
        && stride
            .iter()
            .skip(first)
            .zip(ranges)
            .any(|(step, (low, high))| (step * (high - low)).abs() > STRIDE)
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
