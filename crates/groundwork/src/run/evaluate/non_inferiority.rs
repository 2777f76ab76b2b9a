//! Whether it holds here: sites against a margin that was set beforehand.
//!
//! A share is tested by the score statistic of the margin, other values by the t statistic of
//! their difference. The verdict needs the adjusted p-value of the whole family: `adapted` where
//! the hypothesis of being worse by the margin is rejected, `worse` where that of not being worse
//! by it is, and `inconclusive` otherwise. A difference that is not significant is no verdict.

use super::super::estimate::whole;
use super::Ground;
use super::line::Line;
use super::shared_clusters::Scale;
use super::site_comparison::{against, cells_of, obstacle, of_ratios};
use groundwork_disclosure::{Cell, Estimate, Finding};
use groundwork_plan::evaluation::NonInferiority;
use groundwork_plan::indicator::{Direction, Indicator, Summary};
use groundwork_stats::estimators::multiplicity::{Adjustment, adjust};
use groundwork_stats::estimators::non_inferiority::{METHOD, non_inferiority};
use groundwork_stats::estimators::power::{METHOD_NON_INFERIORITY, units_non_inferiority};
use groundwork_stats::estimators::rate_contrast::rate_difference;
use groundwork_stats::estimators::verdict::{Direction as Better, Verdict};
use groundwork_stats::special::{normal_sf, student_cdf};
use groundwork_stats::{Estimate as Estimated, Outcome, Refusal};

/// A test of one site and indicator against the margin.
struct Test {
    row: Estimate,
    /// The one-sided p-values of being worse by the margin, and of not being worse by it; in
    /// equivalence also of being better by it.
    p: Option<[f64; 3]>,
    extra: Option<Estimate>,
}

/// The rows of the design.
pub(super) fn rows(ground: &Ground<'_>, design: &NonInferiority) -> Vec<Estimate> {
    let mut tests = Vec::new();
    for (key, reference, indicator) in
        cells_of(ground.plan, &design.indicators, &design.reference, &design.period.id())
    {
        let (Some(cell), Some(other)) = (ground.cell(&key), ground.cell(&reference)) else { continue };
        tests.push(test(ground, design, indicator, cell, other));
    }
    let family = |which: usize| -> Vec<f64> { tests.iter().filter_map(|t| Some(t.p?[which])).collect() };
    let adjusted = |p: Vec<f64>| match design.holm {
        true => adjust(&p, Adjustment::Holm).unwrap_or(p),
        false => p,
    };
    let [not_worse, worse, not_better] = [0, 1, 2].map(|which| adjusted(family(which)));
    let mut place = 0;
    let mut out = Vec::new();
    for mut test in tests {
        test.row.verdict = Some(Verdict::NotSupported.word());
        if test.p.is_some() {
            let at = |family: &[f64]| family.get(place).copied().unwrap_or(1.0);
            let holds = |p: f64| p <= design.alpha;
            let as_good = holds(at(&not_worse)) && (!design.two_sided || holds(at(&not_better)));
            let p = if design.two_sided { at(&not_worse).max(at(&not_better)) } else { at(&not_worse) };
            test.row.p_adjusted = Some(p);
            let verdict = match (as_good, holds(at(&worse))) {
                (true, _) => Verdict::Adapted,
                (false, true) => Verdict::Worse,
                (false, false) => Verdict::Inconclusive,
            };
            test.row.verdict = Some(verdict.word());
            place += 1;
        }
        out.push(test.row);
        out.extend(test.extra);
    }
    out
}

fn test(
    ground: &Ground<'_>,
    design: &NonInferiority,
    indicator: &Indicator,
    cell: &Cell,
    reference: &Cell,
) -> Test {
    let (key, other) = (&cell.key, &reference.key);
    let line = Line::about(ground, &indicator.id, against(&key.site, &other.site))
        .on_cells([key.clone(), other.clone()]);
    let question = if design.two_sided { "equivalence" } else { "non-inferiority" };
    let margin = design.margins.get(&indicator.id).map_or(0.0, |m| m.0);
    let estimand = format!("{question}, margin {margin}");
    if let Some(finding) = obstacle(cell, reference) {
        let row = Estimate { finding, ..line.empty(estimand, key.period.clone(), METHOD) };
        return Test { row, p: None, extra: None };
    }
    let better = match indicator.direction {
        Direction::Increase => Better::HigherIsBetter,
        Direction::Decrease => Better::LowerIsBetter,
    };
    let found = match indicator.kind.summary() {
        Summary::Share => of_shares(design, cell, reference, margin, better),
        Summary::Rate { .. } => of_difference(
            &rate_difference(
                whole(cell.numerator),
                cell.denominator.unwrap_or(0.0),
                whole(reference.numerator),
                reference.denominator.unwrap_or(0.0),
                1.0 - 2.0 * design.alpha,
            ),
            margin,
            better,
        ),
        _ => of_difference(
            &of_ratios(Scale::Difference, ground.results, cell, reference, 1.0 - 2.0 * design.alpha),
            margin,
            better,
        ),
    };
    match found {
        Ok((estimate, p)) => {
            let mut row = line.row(estimand, key.period.clone(), METHOD, &Ok(estimate));
            row.p_value = Some(if design.two_sided { p[0].max(p[2]) } else { p[0] });
            Test { row, p: Some(p), extra: needed(design, indicator, reference, margin, &line) }
        }
        Err(refusal) => {
            let row = line.refused(estimand, key.period.clone(), METHOD, &refusal);
            Test { row, p: None, extra: None }
        }
    }
}

type Found = Result<(Estimated, [f64; 3]), Refusal>;

fn of_shares(design: &NonInferiority, cell: &Cell, reference: &Cell, margin: f64, better: Better) -> Found {
    let counts = |c: &Cell| (whole(c.numerator), whole(c.denominator.unwrap_or(0.0)));
    let (first, second) = (counts(cell), counts(reference));
    let low = non_inferiority(first, second, margin, better, design.alpha)?;
    // That the site is better by the margin is that the reference is worse by it.
    let high = non_inferiority(second, first, margin, better, design.alpha)?;
    let estimate = Estimated {
        value: low.difference,
        std_error: None,
        interval: Some(low.interval),
        df: None,
        statistic: Some(low.statistic),
        p_value: Some(low.p_value),
        n: low.n,
        n_clusters: None,
        method: low.method,
        warnings: Vec::new(),
    };
    Ok((estimate, [low.p_value, 1.0 - low.p_value, high.p_value]))
}

fn of_difference(outcome: &Outcome, margin: f64, better: Better) -> Found {
    let mut estimate = outcome.clone()?;
    let Some(std_error) = estimate.std_error.filter(|se| *se > 0.0) else {
        return Err(super::line::refusal(
            "no_variation",
            "the difference has no standard error",
            "show the two values side by side",
        ));
    };
    let sign = match better {
        Better::HigherIsBetter => 1.0,
        Better::LowerIsBetter => -1.0,
    };
    let upper_tail = |t: f64| match estimate.df {
        Some(df) => student_cdf(-t, df),
        None => normal_sf(t),
    };
    let low = (sign * estimate.value + margin) / std_error;
    let high = (margin - sign * estimate.value) / std_error;
    let p = [upper_tail(low), upper_tail(-low), upper_tail(high)];
    estimate.statistic = Some(low);
    Ok((estimate, p))
}

/// The people that each site would need, were both as good as the reference is now.
fn needed(
    design: &NonInferiority,
    indicator: &Indicator,
    reference: &Cell,
    margin: f64,
    line: &Line,
) -> Option<Estimate> {
    let share = match (indicator.kind.summary(), &reference.finding) {
        (Summary::Share, Finding::Value { value, .. }) => *value,
        _ => return None,
    };
    let estimand = format!("people in each site for a power of {}", design.power);
    Some(match units_non_inferiority(share, share, margin, design.alpha, design.power) {
        Ok(units) => {
            let whole = units.whole as f64;
            line.number(estimand, "what would settle it", METHOD_NON_INFERIORITY, whole, reference.n)
        }
        Err(refusal) => line.refused(estimand, "what would settle it", METHOD_NON_INFERIORITY, &refusal),
    })
}
