//! Households behind the numbers of cells: six brothers and sisters are known together, and are not
//! six people among whom somebody could hide.

use super::counter::{Counter, Lost};
use super::load::{Memory, remembered};
use groundwork_disclosure::{CellKey, Households};
use groundwork_plan::plan::Plan;
use groundwork_plan::query::Statement;
use groundwork_store::ClusterSum;
use std::collections::BTreeMap;

/// How many households stand behind each cell, where the plan names their column.
pub(super) fn households(
    counter: Counter<'_>,
    plan: &Plan,
    memory: Option<Memory<'_>>,
) -> Result<BTreeMap<CellKey, Households>, Lost> {
    let mut out: BTreeMap<CellKey, Households> = BTreeMap::new();
    let Some(rule) = &plan.policy.households else { return Ok(out) };
    for indicator in plan.indicators.iter().filter(|i| i.people && i.kind.knows_households()) {
        if !plan.columns(indicator.kind.from()).iter().any(|(name, _)| *name == rule.column) {
            continue;
        }
        let units = format!("households:{}", indicator.id);
        let all = Statement::CreateTable(units.clone(), indicator.units_by_household(&rule.column));
        let sums = indicator.clusters(&units, &indicator.disaggregate);
        let prepare = indicator.kind.prepare();
        let texts =
            || prepare.iter().chain([&all]).map(ToString::to_string).chain([sums.to_string()]).collect();
        let ask = || -> Result<Vec<ClusterSum>, Lost> {
            counter.run_all(&prepare)?;
            counter.run(&all)?;
            let found = counter.clusters(&sums)?;
            counter.run(&Statement::DropTable(units))?;
            counter.run_all(&indicator.kind.dismantle())?;
            Ok(found)
        };
        let (found, _) = remembered(memory, texts, ask)?;
        // Each cluster is a household; those of whom none is known are one.
        for sum in found {
            let found = out
                .entry(CellKey {
                    indicator: indicator.id.clone(),
                    site: sum.site,
                    period: sum.period,
                    dimension: sum.dimension,
                    category: sum.category,
                })
                .or_default();
            found.numerator += u64::from(sum.y > 0.0);
            found.denominator += u64::from(sum.x > 0.0);
            found.rest += u64::from(sum.x > sum.y);
        }
    }
    Ok(out)
}
