//! What would settle it: the people that a question needs.

use super::Ground;
use super::line::Line;
use groundwork_disclosure::{CellKey, Estimate, Finding};
use groundwork_plan::evaluation::Power;
use groundwork_stats::Refusal;
use groundwork_stats::estimators::power::{
    METHOD, METHOD_NON_INFERIORITY, Units, design_effect, detectable_two_proportions, power_two_proportions,
    units_clustered, units_non_inferiority, units_two_proportions,
};

const TERM: &str = "what would settle it";

/// The rows of the design.
pub(super) fn rows(ground: &Ground<'_>, design: &Power) -> Vec<Estimate> {
    let mut out = Vec::new();
    for name in &design.indicators {
        let key = CellKey::total(name, &design.reference, &design.period.id());
        let line = Line::about(ground, name, design.reference.clone()).on_cells([key.clone()]);
        let share = match ground.cell(&key).map(|cell| &cell.finding) {
            Some(Finding::Value { value, .. }) => *value,
            _ => {
                out.push(line.empty("people in each site", TERM, METHOD));
                continue;
            }
        };
        let n = ground.cell(&key).map_or(0, |cell| cell.n);
        // The direction in which there is room.
        let other = if share + design.difference < 1.0 {
            share + design.difference
        } else {
            share - design.difference
        };
        let find = clustered(design, units_two_proportions(share, other, design.alpha, design.power));
        out.push(people(&line, "people in each site to find the difference", METHOD, find, n));
        let hold = units_non_inferiority(share, share, design.difference, design.alpha / 2.0, design.power);
        let hold = clustered(design, hold);
        out.push(people(
            &line,
            "people in each site to show that it is not worse by it",
            METHOD_NON_INFERIORITY,
            hold,
            n,
        ));
        // What the smallest site has now, as so many independent people.
        let sizes = ground.plan.sites.iter().filter_map(|site| {
            let cell = ground.cell(&CellKey::total(name, &site.id, &design.period.id()))?;
            Some(cell.n).filter(|n| *n > 0)
        });
        let Some(smallest) = sizes.min() else { continue };
        let effect = design.clusters.map_or(Ok(1.0), |(size, icc)| design_effect(size, icc));
        let now = effect.map(|effect| smallest as f64 / effect);
        let power = now.clone().and_then(|now| power_two_proportions(now, share, other, design.alpha));
        out.push(number(&line, "power of the smallest site now", power, smallest));
        let found = now.and_then(|now| {
            detectable_two_proportions(now, share, design.alpha, design.power, other > share)
        });
        let found = found.map(|p| (p - share).abs());
        out.push(number(&line, "smallest difference that can be found now", found, smallest));
    }
    out
}

fn clustered(design: &Power, units: Result<Units, Refusal>) -> Result<Units, Refusal> {
    match design.clusters {
        Some((size, icc)) => units.and_then(|units| units_clustered(units, size, icc)),
        None => units,
    }
}

fn people(
    line: &Line,
    estimand: &str,
    method: &'static str,
    units: Result<Units, Refusal>,
    n: u64,
) -> Estimate {
    match units {
        Ok(units) => line.number(estimand, TERM, method, units.whole as f64, n),
        Err(refusal) => line.refused(estimand, TERM, method, &refusal),
    }
}

fn number(line: &Line, estimand: &str, value: Result<f64, Refusal>, n: u64) -> Estimate {
    match value {
        Ok(value) => line.number(estimand, TERM, METHOD, value, n),
        Err(refusal) => line.refused(estimand, TERM, METHOD, &refusal),
    }
}
