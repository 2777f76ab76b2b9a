//! Why two groups differ, with several covariates at once.

use super::Ground;
use super::frame::{Frame, chosen, slices};
use super::line::Line;
use groundwork_disclosure::Estimate;
use groundwork_plan::evaluation::Role;
use groundwork_stats::estimators::oaxaca_blinder::{Group, METHOD, Reference, oaxaca_blinder};

/// The rows of the design.
pub(super) fn rows(ground: &Ground<'_>, frame: &Frame) -> Vec<Estimate> {
    let in_a = frame.truths(Role::Arm);
    let in_b: Vec<bool> = in_a.iter().map(|a| !a).collect();
    let covariates = frame.covariates();
    let y = frame.numbers(Role::Outcome);
    let side = |keep: &[bool]| -> (Vec<f64>, Vec<(String, Vec<f64>)>) {
        let columns = covariates.iter().map(|(name, values)| (name.clone(), chosen(values, keep))).collect();
        (chosen(&y, keep), columns)
    };
    let ((y_a, x_a), (y_b, x_b)) = (side(&in_a), side(&in_b));
    let sizes = [y_a.len() as u64, y_b.len() as u64];
    let line = Line::about(ground, frame.outcome(), "A - B").on_groups(frame, sizes);
    let n = sizes[0] + sizes[1];
    let (x_a, x_b) = (slices(&x_a), slices(&x_b));
    let found = oaxaca_blinder(
        Group { y: &y_a, covariates: &x_a },
        Group { y: &y_b, covariates: &x_b },
        ground.evaluation.level,
    );
    let found = match found {
        Ok(found) => found,
        Err(refusal) => return vec![line.refused("difference of means", "", METHOD, &refusal)],
    };
    let mut out = vec![
        line.number("mean of A", "", METHOD, found.mean_a, sizes[0]),
        line.number("mean of B", "", METHOD, found.mean_b, sizes[1]),
        line.number("difference of means", "", METHOD, found.mean_a - found.mean_b, n),
        line.number("endowments", "threefold", METHOD, found.endowments, n),
        line.number("coefficients", "threefold", METHOD, found.coefficients, n),
        line.number("interaction", "threefold", METHOD, found.interaction, n),
    ];
    for twofold in &found.twofold {
        let reference = match twofold.reference {
            Reference::A => "coefficients of A",
            Reference::B => "coefficients of B",
            Reference::Pooled => "coefficients of both",
        };
        out.push(line.row("explained", reference, METHOD, &Ok(twofold.explained.clone())));
        out.push(line.row("unexplained", reference, METHOD, &Ok(twofold.unexplained.clone())));
        // The first part is that of the constant, which explains nothing.
        for ((name, _), part) in covariates.iter().zip(twofold.detail.iter().skip(1)) {
            out.push(line.number(format!("explained by {name}"), reference, METHOD, *part, n));
        }
    }
    out
}
