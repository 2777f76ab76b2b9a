//! Oaxaca and Blinder's decomposition: `oaxaca_blinder`.
//!
//! # Estimand
//!
//! Why the mean of y differs between two groups (A minus B): because the
//! groups differ in their covariates (explained), or because the same
//! covariates go with another y (unexplained). For one grouping covariate and
//! rates see Kitagawa's decomposition.
//!
//! # Assumptions
//!
//! A line describes y in each group; rows are independent. Nothing here is
//! causal: "unexplained" is what these covariates do not say.
//!
//! # Method
//!
//! With m the means of the covariates and β the least-squares coefficients,
//!
//! ```text
//! threefold   (m_A - m_B)'β_B + m_B'(β_A - β_B) + (m_A - m_B)'(β_A - β_B)
//! twofold     explained (m_A - m_B)'β*, unexplained the rest
//! ```
//!
//! where β* are the coefficients that are taken as the reference: those of A,
//! of B, or of a fit to both groups with a term for the group, and the result
//! names which. The parts sum to the difference. Standard errors take the
//! means as random too (Jann 2008): for β* = β_B
//!
//! ```text
//! explained     d'V_B d + β_B'S β_B + trace(S V_B),  S = S_A + S_B, d = m_A - m_B
//! unexplained   m_A'(V_A + V_B) m_A + (β_A - β_B)'S_A(β_A - β_B) + trace(S_A (V_A + V_B))
//! ```
//!
//! with V the covariances of the coefficients and S those of the means; for
//! β* = β_A the groups change places. With the pooled reference there are none.
//!
//! The parts of single covariates sum to the explained part. Those of an
//! indicator of a category depend on the category left out (flagged
//! `depends_on_omitted`): only their sum over a grouping can be read.
//!
//! # Small samples
//!
//! The normal approximation of the intervals needs some thirty rows a group
//! beyond the number of coefficients.
//!
//! # Refusals
//!
//! `lengths_differ`, `level_out_of_range` and those of
//! [`least_squares`](super::least_squares), in either group: a covariate that
//! does not vary within a group is `collinear`.
//!
//! # Source
//!
//! Oaxaca R (1973). Male-female wage differentials in urban labor markets.
//! International Economic Review 14:693-709. Blinder AS (1973). Wage
//! discrimination: reduced form and structural estimates. Journal of Human
//! Resources 8:436-455. Jann B (2008). The Blinder-Oaxaca decomposition for
//! linear regression models. Stata Journal 8:453-479.

use super::least_squares::{LeastSquares, Wald, least_squares, wald};
use crate::estimate::{Estimate, Refusal, check_level};
use crate::linalg::accumulate::{dot, mean};
use crate::linalg::{Design, Matrix, check_length};
use crate::warning::Warning;

/// The id of the method.
pub const METHOD: &str = "oaxaca_blinder";

/// One group.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    /// The outcome, one a row.
    pub y: &'a [f64],
    /// The covariates, one column each, the same in both groups.
    pub covariates: &'a [&'a [f64]],
}

/// Whose coefficients count as the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// Those of group A.
    A,
    /// Those of group B.
    B,
    /// Those of a fit to both with a term for the group.
    Pooled,
}

/// A twofold decomposition.
#[derive(Clone, Debug, PartialEq)]
pub struct Twofold {
    /// Whose coefficients are the reference.
    pub reference: Reference,
    /// What the difference of the covariates explains. With a standard error
    /// and normal interval unless the reference is pooled.
    pub explained: Estimate,
    /// The rest.
    pub unexplained: Estimate,
    /// What each term explains: nought for the constant, then the covariates
    /// in the order given.
    pub detail: Vec<f64>,
}

/// A decomposition of a difference of means.
#[derive(Clone, Debug, PartialEq)]
pub struct OaxacaBlinder {
    /// The mean of group A.
    pub mean_a: f64,
    /// The mean of group B.
    pub mean_b: f64,
    /// What B would gain with the covariates of A.
    pub endowments: f64,
    /// What B would gain with the coefficients of A.
    pub coefficients: f64,
    /// Both at once beyond each alone.
    pub interaction: f64,
    /// The twofold decompositions with A, with B and with both as reference.
    pub twofold: [Twofold; 3],
    /// Rows in A and in B.
    pub n: (u64, u64),
}

/// One group fitted.
struct Fitted {
    mean: f64,
    /// The means of the terms, the constant included.
    means: Vec<f64>,
    /// The covariance of these means.
    spread: Matrix,
    fit: LeastSquares,
}

/// Decomposes the difference of the means of two groups, A minus B.
///
/// `level` is the confidence level. See the [module](self) for the method, the
/// refusals and the warning.
pub fn oaxaca_blinder(a: Group<'_>, b: Group<'_>, level: f64) -> Result<OaxacaBlinder, Refusal> {
    check_level(level)?;
    check_length(b.covariates.len(), a.covariates.len())?;
    let (of_a, of_b) = (fitted(a)?, fitted(b)?);
    let pooled = pooled(a, b)?;
    let apart = minus(&of_a.means, &of_b.means);
    let turned = minus(&of_a.fit.coefficients, &of_b.fit.coefficients);
    let n = of_a.fit.n + of_b.fit.n;
    let warnings = if a.covariates.iter().chain(b.covariates).any(|column| is_indicator(column)) {
        vec![Warning::new(
            "depends_on_omitted",
            "the part of one category depends on the category left out, so read only the sum over the categories of a grouping",
        )]
    } else {
        Vec::new()
    };

    let twofold = |reference: Reference| -> Result<Twofold, Refusal> {
        let of = match reference {
            Reference::A => &of_a.fit.coefficients,
            Reference::B => &of_b.fit.coefficients,
            Reference::Pooled => &pooled,
        };
        let detail: Vec<f64> = apart.iter().zip(of).map(|(d, b)| d * b).collect();
        let explained: f64 = detail.iter().sum();
        let unexplained: f64 = of_a
            .means
            .iter()
            .zip(minus(&of_a.fit.coefficients, of))
            .chain(of_b.means.iter().zip(minus(of, &of_b.fit.coefficients)))
            .map(|(mean, change)| mean * change)
            .sum();
        // The group whose coefficients are the reference, and the other.
        let errors = match reference {
            Reference::A => Some(errors(&of_b, &of_a, &apart, &turned)),
            Reference::B => Some(errors(&of_a, &of_b, &apart, &turned)),
            Reference::Pooled => None,
        };
        let dress = |value: f64, variance: Option<f64>| -> Result<Estimate, Refusal> {
            let mut estimate = match variance {
                Some(variance) => {
                    let std_error = variance.max(0.0).sqrt();
                    wald(Wald { value, std_error, df: None, n, method: METHOD }, level)?
                }
                None => Estimate::point(value, n, METHOD),
            };
            estimate.warnings.clone_from(&warnings);
            Ok(estimate)
        };
        Ok(Twofold {
            reference,
            explained: dress(explained, errors.map(|errors| errors.0))?,
            unexplained: dress(unexplained, errors.map(|errors| errors.1))?,
            detail,
        })
    };
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let found = OaxacaBlinder {
        mean_a: of_a.mean,
        mean_b: of_b.mean,
        endowments: product(&apart, &of_b.fit.coefficients),
        coefficients: product(&of_b.means, &turned),
        interaction: product(&apart, &turned),
        twofold: [twofold(Reference::A)?, twofold(Reference::B)?, twofold(Reference::Pooled)?],
        n: (of_a.fit.n, of_b.fit.n),
    };
    let parts = found.twofold.iter().flat_map(|parts| &parts.detail);
    if parts.chain([&found.endowments, &found.coefficients, &found.interaction]).all(|v| v.is_finite()) {
        Ok(found)
    } else {
        Err(Refusal::not_finite("a part of the decomposition"))
    }
}

fn minus(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn is_indicator(column: &[f64]) -> bool {
    column.iter().all(|&value| value == 0.0 || value == 1.0)
}

fn fitted(group: Group<'_>) -> Result<Fitted, Refusal> {
    let design = Design::new(group.y.len(), group.covariates)?;
    let fit = least_squares(group.y, &design, None)?;
    fit.check_variation()?;
    let n = group.y.len() as f64;
    let centred: Vec<Vec<f64>> = group
        .covariates
        .iter()
        .map(|column| {
            let centre = mean(column);
            column.iter().map(|value| value - centre).collect()
        })
        .collect();
    let mut means = vec![1.0];
    means.extend(group.covariates.iter().map(|column| mean(column)));
    let terms = means.len();
    let mut spread = Matrix::zeros(terms, terms);
    for i in 1..terms {
        for j in 1..=i {
            let value = dot(&centred[i - 1], &centred[j - 1]) / (n * (n - 1.0));
            spread.set(i, j, value);
            spread.set(j, i, value);
        }
    }
    Ok(Fitted { mean: mean(group.y), means, spread, fit })
}

/// The coefficients of a fit to both groups with a term for the group, which
/// is left out.
fn pooled(a: Group<'_>, b: Group<'_>) -> Result<Vec<f64>, Refusal> {
    let y = [a.y, b.y].concat();
    let mut columns: Vec<Vec<f64>> =
        a.covariates.iter().zip(b.covariates).map(|(a, b)| [*a, *b].concat()).collect();
    columns.push((0..y.len()).map(|row| f64::from(u8::from(row >= a.y.len()))).collect());
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let mut fit = least_squares(&y, &Design::new(y.len(), &slices)?, None)?;
    fit.coefficients.pop();
    Ok(fit.coefficients)
}

/// The variances of the explained and of the unexplained part.
fn errors(other: &Fitted, reference: &Fitted, apart: &[f64], turned: &[f64]) -> (f64, f64) {
    let (v_reference, v_other) = (reference.fit.covariance(), other.fit.covariance());
    let spread = other.spread.plus(&reference.spread);
    let of = &reference.fit.coefficients;
    let explained = v_reference.quadratic(apart) + spread.quadratic(of) + spread.mul(&v_reference).trace();
    let both = v_reference.plus(&v_other);
    let unexplained =
        both.quadratic(&other.means) + other.spread.quadratic(turned) + other.spread.mul(&both).trace();
    (explained, unexplained)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::testing::{Lcg, shuffle};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    /// y, x, z.
    fn rows(n: usize, shift: f64, slope: f64, seed: u64) -> Vec<[f64; 3]> {
        let mut random = Lcg::new(seed);
        (0..n)
            .map(|_| {
                let (x, z) = (shift + random.normal(), f64::from(random.uniform() < 0.3 + 0.2 * shift));
                [1.0 + slope * x + z + random.normal(), x, z]
            })
            .collect()
    }

    fn run(a: &[[f64; 3]], b: &[[f64; 3]]) -> Result<OaxacaBlinder, Refusal> {
        let column = |rows: &[[f64; 3]], j: usize| rows.iter().map(|row| row[j]).collect::<Vec<f64>>();
        let (ya, xa, za) = (column(a, 0), column(a, 1), column(a, 2));
        let (yb, xb, zb) = (column(b, 0), column(b, 1), column(b, 2));
        oaxaca_blinder(
            Group { y: &ya, covariates: &[&xa, &za] },
            Group { y: &yb, covariates: &[&xb, &zb] },
            0.95,
        )
    }

    #[test]
    fn parts_sum_to_the_difference() {
        let (mut a, mut b) = (rows(80, 1.0, 2.0, 1), rows(120, 0.0, 1.5, 2));
        let found = run(&a, &b).expect("a decomposition");
        let gap = found.mean_a - found.mean_b;
        assert!((found.endowments + found.coefficients + found.interaction - gap).abs() < 1e-12);
        for parts in &found.twofold {
            assert!((parts.explained.value + parts.unexplained.value - gap).abs() < 1e-12);
            assert!((parts.detail.iter().sum::<f64>() - parts.explained.value).abs() < 1e-13);
            assert_eq!(parts.detail[0], 0.0);
            assert_eq!(parts.explained.std_error.is_some(), parts.reference != Reference::Pooled);
            assert_eq!(parts.explained.warnings[0].code, "depends_on_omitted");
        }
        assert_eq!(found.n, (80, 120));
        // The other way round: A with the reference B is B with the reference A.
        let mirror = run(&b, &a).expect("a decomposition");
        let (one, other) = (&found.twofold[1], &mirror.twofold[0]);
        assert!((one.explained.value + other.explained.value).abs() < 1e-13);
        let errors = (one.unexplained.std_error.expect("se"), other.unexplained.std_error.expect("se"));
        assert!((errors.0 - errors.1).abs() < 1e-13);
        // Any order of the rows.
        shuffle(&mut a, &mut Lcg::new(4));
        shuffle(&mut b, &mut Lcg::new(5));
        assert_eq!(run(&a, &b).expect("a decomposition"), found);
    }

    #[test]
    fn equal_groups_have_nothing_to_explain() {
        let a = rows(60, 1.0, 2.0, 1);
        let found = run(&a, &a).expect("a decomposition");
        for parts in &found.twofold {
            assert!(parts.explained.value.abs() < 1e-14 && parts.unexplained.value.abs() < 1e-13);
        }
    }

    #[test]
    fn groups_that_cannot_be_fitted_are_refused() {
        let a = rows(60, 1.0, 2.0, 1);
        let mut b = rows(60, 1.0, 2.0, 2);
        for row in &mut b {
            row[2] = 1.0;
        }
        assert_eq!(code(run(&a, &b)), Some("collinear"));
        assert_eq!(code(run(&a, &a[..3])), Some("too_few_rows"));
        assert_eq!(code(run(&[], &a)), Some("empty"));
        b[0][0] = f64::NAN;
        assert!(run(&b, &a).is_err());
        let x = [1.0, 2.0];
        let one = Group { y: &x, covariates: &[&x] };
        let none = Group { y: &x, covariates: &[] };
        assert_eq!(code(oaxaca_blinder(one, none, 0.95)), Some("lengths_differ"));
        assert_eq!(code(oaxaca_blinder(one, one, 1.5)), Some("level_out_of_range"));
    }
}
