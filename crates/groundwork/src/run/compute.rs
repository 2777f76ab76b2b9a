//! Computing: from counts to cells, each with its finding and, where it is an estimate, its
//! interval.
//!
//! Every cell that the plan promises is there: every site and all sites together, every period,
//! every category and `unknown`. What has no rows is `no_data`, not zero.

use groundwork_disclosure::{Cell, CellKey, Counts, Finding};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::indicator::{Count, Indicator, Kind, UNKNOWN};
use groundwork_plan::plan::Plan;
use groundwork_plan::query::Statement;
use groundwork_stats::{ClusteredRatio, Outcome, proportion_wilson, ratio_linearised, ratio_linearised_log};
use groundwork_store::{CellCount, ClusterSum, Store};
use std::collections::BTreeMap;

/// The level of every interval.
pub(super) const LEVEL: f64 = 0.95;

/// What was computed.
#[derive(Default)]
pub(super) struct Results {
    /// Every cell.
    pub(super) cells: Vec<Cell>,
    /// For indicators with clusters: what a comparison needs.
    pub(super) ratios: BTreeMap<CellKey, ClusteredRatio>,
}

/// Computes one indicator.
pub(super) fn compute(
    store: &Store,
    plan: &Plan,
    indicator: &Indicator,
    results: &mut Results,
) -> Result<(), Diagnostic> {
    let units = format!("units:{}", indicator.id);
    store.run(&Statement::CreateTable(units.clone(), indicator.units(&plan.calendar)))?;
    let counts: BTreeMap<CellKey, CellCount> = store
        .cells(&indicator.cells(&units))?
        .into_iter()
        .map(|c| (key(indicator, &c.site, &c.period, &c.dimension, &c.category), c))
        .collect();
    if let Some(query) = indicator.clusters(&units) {
        for (key, sums) in by_cell(indicator, store.clusters(&query)?) {
            let n = counts.get(&key).map_or(0, |c| c.n);
            let (y, x): (Vec<f64>, Vec<f64>) = sums.iter().map(|s| (s.y, s.x)).unzip();
            if let Ok(ratio) = ClusteredRatio::from_cluster_sums(&y, &x, n) {
                results.ratios.insert(key, ratio);
            }
        }
    }
    store.run(&Statement::DropTable(units))?;
    let seen = seen(store, plan, indicator)?;
    for key in promised(plan, indicator) {
        let total = CellKey { dimension: String::new(), category: String::new(), ..key.clone() };
        let recorded = counts.get(&total).is_some_and(|c| c.n > 0) || seen.contains_key(&total);
        let ratio = results.ratios.get(&key);
        results.cells.push(cell(indicator, &key, counts.get(&key), recorded, ratio));
    }
    Ok(())
}

/// Every cell that the plan promises for an indicator.
fn promised(plan: &Plan, indicator: &Indicator) -> Vec<CellKey> {
    let mut sites = vec![""];
    if indicator.site_by.is_some() {
        sites.extend(plan.sites.iter().map(|s| s.id.as_str()));
    }
    let mut out = Vec::new();
    for site in sites {
        for period in &plan.calendar.periods {
            let period = period.id();
            out.push(key(indicator, site, &period, "", ""));
            for dimension in &indicator.disaggregate {
                let categories = dimension.categories.iter().map(String::as_str);
                for category in categories.chain([UNKNOWN]) {
                    out.push(key(indicator, site, &period, &dimension.name, category));
                }
            }
        }
    }
    out
}

/// Where rows were recorded at all, for counts that look at some of them only: there a count of
/// none is a zero, elsewhere it is no data.
fn seen(store: &Store, plan: &Plan, indicator: &Indicator) -> Result<BTreeMap<CellKey, ()>, Diagnostic> {
    let window = match &indicator.kind {
        Kind::Count(k) => k.window,
        Kind::DistinctCount(k) => k.window,
        Kind::Sum(_)
        | Kind::Mean(_)
        | Kind::Proportion(_)
        | Kind::Ratio(_)
        | Kind::Completion(_)
        | Kind::Sustained(_) => return Ok(BTreeMap::new()),
    };
    if indicator.filter.is_none() {
        return Ok(BTreeMap::new());
    }
    let all = Indicator {
        kind: Kind::Count(Count { from: indicator.kind.from().to_owned(), window }),
        filter: None,
        disaggregate: Vec::new(),
        ..indicator.clone()
    };
    let table = format!("seen:{}", indicator.id);
    store.run(&Statement::CreateTable(table.clone(), all.units(&plan.calendar)))?;
    let counts = store.cells(&all.cells(&table))?;
    store.run(&Statement::DropTable(table))?;
    Ok(counts.into_iter().map(|c| (key(indicator, &c.site, &c.period, "", ""), ())).collect())
}

fn key(indicator: &Indicator, site: &str, period: &str, dimension: &str, category: &str) -> CellKey {
    CellKey {
        indicator: indicator.id.clone(),
        site: site.to_owned(),
        period: period.to_owned(),
        dimension: dimension.to_owned(),
        category: category.to_owned(),
    }
}

/// Cluster sums by cell; they come in order, so the clusters of a cell stay in order.
fn by_cell(indicator: &Indicator, sums: Vec<ClusterSum>) -> BTreeMap<CellKey, Vec<ClusterSum>> {
    let mut out: BTreeMap<CellKey, Vec<ClusterSum>> = BTreeMap::new();
    for sum in sums {
        let key = key(indicator, &sum.site, &sum.period, &sum.dimension, &sum.category);
        out.entry(key).or_default().push(sum);
    }
    out
}

fn cell(
    indicator: &Indicator,
    key: &CellKey,
    count: Option<&CellCount>,
    recorded: bool,
    ratio: Option<&ClusteredRatio>,
) -> Cell {
    let (y, x, immature, n) = count.map_or((0.0, 0.0, 0.0, 0), |c| (c.y, c.x, c.immature, c.n));
    let (counts, denominator) = match &indicator.kind {
        Kind::Count(_) | Kind::DistinctCount(_) => (Counts::Total, None),
        Kind::Sum(_) | Kind::Mean(_) => (Counts::Amount, Some(x)),
        Kind::Proportion(_) | Kind::Completion(_) | Kind::Sustained(_) => (Counts::Part, Some(x)),
        Kind::Ratio(_) => (Counts::Quotient, Some(x)),
    };
    let (method, finding) = match &indicator.kind {
        _ if !recorded => ("full_count", Finding::NoData),
        Kind::Count(_) | Kind::DistinctCount(_) => full_count(y),
        Kind::Sum(_) if n == 0 => ("full_count", Finding::NoData),
        Kind::Sum(_) => full_count(y),
        Kind::Proportion(_) | Kind::Completion(_) | Kind::Sustained(_) => {
            estimated("wilson", proportion_wilson(whole(y), whole(x), LEVEL))
        }
        Kind::Mean(_) if x == 0.0 => ("ratio.linearised", Finding::Undefined("zero_denominator")),
        Kind::Mean(_) => match ratio {
            Some(ratio) => estimated("ratio.linearised", ratio_linearised(ratio, LEVEL)),
            None => ("ratio.linearised", Finding::Refused("too_few_clusters")),
        },
        Kind::Ratio(_) if x == 0.0 => ("ratio.linearised.log", Finding::Undefined("zero_denominator")),
        Kind::Ratio(kind) if !kind.has_clusters() => full_count(y / x),
        Kind::Ratio(_) => match ratio {
            Some(ratio) => estimated("ratio.linearised.log", ratio_linearised_log(ratio, LEVEL)),
            None => ("ratio.linearised.log", Finding::Refused("too_few_clusters")),
        },
    };
    let is_completion = matches!(indicator.kind, Kind::Completion(_));
    Cell {
        key: key.clone(),
        numerator: y,
        denominator,
        immature: is_completion.then_some(immature),
        n: match &indicator.kind {
            Kind::Count(_) | Kind::DistinctCount(_) => n,
            _ => whole(x),
        },
        counts,
        unit: indicator.unit.clone(),
        method,
        finding,
    }
}

fn full_count(value: f64) -> (&'static str, Finding) {
    ("full_count", Finding::Value { value, interval: None })
}

/// A finding from an estimate or a refusal.
pub(super) fn estimated(method: &'static str, outcome: Outcome) -> (&'static str, Finding) {
    match outcome {
        Ok(estimate) => (
            estimate.method,
            Finding::Value {
                value: estimate.value,
                interval: estimate.interval.map(|i| (i.lower, i.upper, i.level)),
            },
        ),
        Err(refusal) if refusal.code == "zero_denominator" => (method, Finding::Undefined(refusal.code)),
        Err(refusal) => (method, Finding::Refused(refusal.code)),
    }
}

/// A count that went through a floating number.
pub(super) fn whole(count: f64) -> u64 {
    if count.is_finite() && count > 0.0 { count.round() as u64 } else { 0 }
}
