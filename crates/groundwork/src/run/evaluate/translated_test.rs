//! A test that is given in two languages: item bias, reliability and what people learned.

use super::Ground;
use super::frame::{Frame, chosen, slices};
use super::line::{Line, codes};
use groundwork_disclosure::{Estimate, Finding};
use groundwork_plan::evaluation::Role;
use groundwork_stats::estimators::cronbach_alpha::{METHOD as ALPHA, cronbach_alpha};
use groundwork_stats::estimators::dif_mantel_haenszel::{EtsClass, METHOD_PURIFIED, item_bias};
use groundwork_stats::estimators::mean_welch::{METHOD as WELCH, mean_difference_welch};
use groundwork_stats::estimators::paired_change::{METHOD as PAIRED, paired_change};

/// The level at which an item is flagged before the p-values are adjusted.
const FLAG: f64 = 0.05;

/// The rows of the design.
pub(super) fn rows(ground: &Ground<'_>, frame: &Frame) -> Vec<Estimate> {
    let level = ground.evaluation.level;
    let translated = frame.truths(Role::Arm);
    let original: Vec<bool> = translated.iter().map(|is| !is).collect();
    let items = frame.several(Role::Item);
    let count = |keep: &[bool]| keep.iter().filter(|is| **is).count() as u64;
    let sizes = [count(&translated), count(&original)];
    let both = Line::about(ground, "", "translated - original").on_groups(frame, sizes);
    let answers: Vec<Vec<bool>> =
        items.iter().map(|(_, values)| values.iter().map(|value| *value == 1.0).collect()).collect();
    let columns: Vec<&[bool]> = answers.iter().map(Vec::as_slice).collect();
    let mut out = Vec::new();
    match item_bias(&columns, &translated, FLAG, true) {
        Ok(found) => {
            for ((name, _), item) in items.iter().zip(&found.items) {
                let mut row = both.empty("item bias, ETS delta", name.clone(), found.method);
                if let Some(tested) = &item.tested {
                    if let Some(delta) = tested.delta {
                        row.finding = Finding::Value { value: delta, interval: None };
                    }
                    row.std_error = tested.delta_std_error;
                    row.statistic = Some(tested.chi_squared);
                    row.df = Some(1.0);
                    row.p_value = Some(tested.p_value);
                    row.p_adjusted = Some(tested.p_adjusted);
                    row.warnings = codes(&found.warnings);
                    row.warnings.extend(tested.class.map(|class| match class {
                        EtsClass::A => "ets_class_a",
                        EtsClass::B => "ets_class_b",
                        EtsClass::C => "ets_class_c",
                    }));
                }
                row.n = found.n;
                out.push(row);
            }
        }
        Err(refusal) => out.push(both.refused("item bias, ETS delta", "", METHOD_PURIFIED, &refusal)),
    }
    for (name, keep) in [("translated", &translated), ("original", &original)] {
        let line = Line::about(ground, "", name).on_groups(frame, [count(keep)]);
        let of_group: Vec<(String, Vec<f64>)> =
            items.iter().map(|(name, values)| (name.clone(), chosen(values, keep))).collect();
        match cronbach_alpha(&slices(&of_group), level) {
            Ok(found) => {
                out.push(line.row("reliability of the sum", "", ALPHA, &Ok(found.alpha)));
                for ((item, _), without) in items.iter().zip(&found.items) {
                    if let Some(alpha) = without.alpha_without {
                        let estimand = format!("reliability without {item}");
                        out.push(line.number(estimand, "", ALPHA, alpha, count(keep)));
                    }
                }
            }
            Err(refusal) => out.push(line.refused("reliability of the sum", "", ALPHA, &refusal)),
        }
        if frame.has(Role::Before) {
            let scores = |role: Role| chosen(&frame.numbers(role), keep);
            let gain = paired_change(&scores(Role::Before), &scores(Role::Later), level);
            out.push(line.row("mean gain", "", PAIRED, &gain));
        }
    }
    if frame.has(Role::Before) {
        let gains: Vec<f64> = frame
            .numbers(Role::Later)
            .iter()
            .zip(frame.numbers(Role::Before))
            .map(|(later, before)| later - before)
            .collect();
        let difference =
            mean_difference_welch(&chosen(&gains, &translated), &chosen(&gains, &original), level);
        out.push(both.row("difference of the mean gains", "", WELCH, &difference));
    }
    out
}
