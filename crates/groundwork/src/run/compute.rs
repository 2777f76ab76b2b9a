//! Computing: from counts to cells.
//!
//! Indicators that share a scan are counted together, the others one by one, formulas last. Every
//! cell that the plan promises is there: every site and all sites together, every period, every
//! category. What has no rows is `no_data`, not zero.

use super::counter::{Counter, Lost, send};
use super::estimate::{Basis, estimate};
use super::households::households;
use super::load::{Memory, remembered};
use super::people::PeopleFound;
use super::stop_if_interrupted;
use crate::spark::Spark;
use crate::ui::Progress;
use groundwork_disclosure::{Cell, CellKey, Counts, Finding, Households};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::indicator::{
    Cohort, Count, Counted, DistinctCount, Indicator, IndicatorPeriod, Kind, Linked, MeasureOf, Passes,
    Summary,
};
use groundwork_plan::people;
use groundwork_plan::plan::Plan;
use groundwork_plan::query::{Query, Statement};
use groundwork_stats::ClusteredRatio;
use groundwork_stats::estimators::quantile_ranks::quantile_ranks;
use groundwork_stats::linkage::unique_reach::LEVEL;
use groundwork_stats::thresholds::REACH_WIDTH_MOST;
use groundwork_store::{CellCount, ClusterSum, RankedValue, Store};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What was computed.
#[derive(Clone, Default)]
pub(super) struct Results {
    /// Every cell.
    pub(super) cells: Vec<Cell>,
    /// For indicators with an interval from clusters or rows: what a comparison needs.
    pub(super) ratios: BTreeMap<CellKey, ClusteredRatio>,
    /// For the totals of ratios with clusters: the sums of every cluster.
    pub(super) clusters: BTreeMap<CellKey, Vec<ClusterSum>>,
    /// For sums and means: the largest amount that one unit adds, without its sign.
    pub(super) largest: BTreeMap<CellKey, f64>,
    /// How many households stand behind each cell, where they are counted.
    pub(super) households: BTreeMap<CellKey, Households>,
}

impl Results {
    /// The same with these cells in the place of those with their keys.
    pub(super) fn with(&self, others: &[Cell]) -> Cow<'_, Self> {
        if others.is_empty() {
            return Cow::Borrowed(self);
        }
        let others: BTreeMap<&CellKey, &Cell> = others.iter().map(|cell| (&cell.key, cell)).collect();
        let mut all = self.clone();
        for cell in &mut all.cells {
            if let Some(other) = others.get(&cell.key) {
                *cell = (*other).clone();
            }
        }
        Cow::Owned(all)
    }
}

/// What was counted for one indicator.
#[derive(Default)]
struct Found {
    counts: BTreeMap<CellKey, CellCount>,
    clusters: BTreeMap<CellKey, Vec<ClusterSum>>,
    /// Values by rank, for quantiles.
    ranks: BTreeMap<CellKey, BTreeMap<u64, f64>>,
}

/// How long a lost engine is given to come back, seconds, time after time.
const WAITS: [u64; 3] = [1, 5, 15];

/// Computes every indicator; what `memory` knows is not counted again. The rows are counted by the
/// engine, where there is one, and by the database otherwise.
pub(super) fn compute(
    store: &Store,
    spark: Option<&Spark>,
    plan: &Plan,
    memory: Option<Memory<'_>>,
    people: &[PeopleFound],
    progress: &Progress,
) -> Result<Results, Vec<Diagnostic>> {
    // Where rows were recorded at all, for kinds that look at some of them only: there a count of
    // none is a zero and a share of none undefined, elsewhere it is no data.
    let (backgrounds, background_of) = backgrounds(plan);
    // People found by comparing records are counted twice more, with every likely link and with
    // sure ones only.
    let bands: Vec<Indicator> = plan.indicators.iter().flat_map(band_of).collect();
    let all: Vec<Indicator> = plan.indicators.iter().chain(&backgrounds).chain(&bands).cloned().collect();
    let counting = Counting { store, plan, all: &all, memory, progress };
    let mut waits = WAITS.iter();
    let mut attempt = counting.counted(spark);
    let (found, households) = loop {
        match attempt {
            Ok(counted) => break counted,
            // Everything that an engine is asked can be asked again, of a session of its own.
            Err(lost) => match (spark, waits.next()) {
                (Some(spark), Some(wait)) if lost.may_pass() => {
                    progress.step(&format!("the engine was lost; begin again in {wait} s"));
                    wait_for(*wait)?;
                    let again = spark.again().map_err(|f| Lost::from(f).doing("opening a session", None));
                    attempt = again.and_then(|()| counting.counted(Some(spark)));
                }
                _ => return Err(vec![lost.told(spark)]),
            },
        }
    };
    progress.step("put the cells together");
    let mut results = Results { households, ..Results::default() };
    let seen: Vec<BTreeSet<(String, String)>> = found[plan.indicators.len()..][..backgrounds.len()]
        .iter()
        .map(|f| f.counts.keys().map(|key| (key.site.clone(), key.period.clone())).collect())
        .collect();
    let mut bands = found[plan.indicators.len() + backgrounds.len()..].chunks_exact(2);
    let counted: Vec<CountedIndicator<'_>> = plan
        .indicators
        .iter()
        .zip(&found)
        .zip(background_of)
        .map(|((indicator, found), background)| CountedIndicator {
            indicator,
            found,
            seen: background.and_then(|at| seen.get(at)),
            band: linked(indicator).and_then(|linked| match bands.next()? {
                [least, most] => Some((linked, least, most)),
                _ => None,
            }),
        })
        .collect();
    // Each by itself; they stand in the order of the plan whichever is ready first.
    let of_all: Vec<Results> = counted.par_iter().map(|counted| counted.results(plan, people)).collect();
    for of_one in of_all {
        results.cells.extend(of_one.cells);
        results.ratios.extend(of_one.ratios);
        results.largest.extend(of_one.largest);
    }
    for (indicator, found) in plan.indicators.iter().zip(found) {
        if indicator.kind.summary() == Summary::ClusteredRatio {
            let totals = found.clusters.into_iter().filter(|(key, _)| key.dimension.is_empty());
            results.clusters.extend(totals);
        }
    }
    formulas(plan, &mut results);
    Ok(results)
}

/// An indicator with what was counted for it.
struct CountedIndicator<'a> {
    indicator: &'a Indicator,
    found: &'a Found,
    /// The sites and periods with rows, where it looks at some of them only.
    seen: Option<&'a BTreeSet<(String, String)>>,
    /// For people who were found by comparing records, those at the ends of the band.
    band: Option<(Linked, &'a Found, &'a Found)>,
}

impl CountedIndicator<'_> {
    /// Its cells, with what is kept beside them. Formulas come later.
    fn results(&self, plan: &Plan, people: &[PeopleFound]) -> Results {
        let Self { indicator, found, seen, band } = *self;
        let mut results = Results::default();
        if matches!(indicator.kind, Kind::Derived(_)) {
            return results;
        }
        // Changes go both ways: the largest says nothing of how much one adds to their sum.
        let adds = match &indicator.kind {
            Kind::Sum(_) | Kind::Mean(_) | Kind::Quantile(_) => true,
            // Of two sums the upper one may be a count of people, as in tables that were added up.
            Kind::Ratio(ratio) => {
                let is_sum = |of: &MeasureOf| matches!(of, MeasureOf::Sum(_));
                is_sum(&ratio.numerator.of) && !is_sum(&ratio.denominator.of)
            }
            _ => false,
        };
        for key in promised(plan, indicator) {
            let mut cell = cell(plan, indicator, &key, found, seen, &mut results.ratios);
            if let (Some((linked, least, most)), Finding::Value { value, .. }) = (band, &cell.finding) {
                let count = |found: &Found| found.counts.get(&key).map_or(0.0, |count| count.y);
                // The band of the step reaches beyond its thresholds where more pairs are of one
                // person than any threshold finds; a part of its people is taken to be alike.
                let (down, up) = beyond(indicator, people);
                let lower = (count(least) * down).floor().min(*value);
                let upper = (count(most) * up).ceil().max(*value);
                cell.finding = banded(*value, lower, upper, linked.wide);
                if matches!(cell.finding, Finding::Band { .. }) {
                    cell.numerator = upper;
                }
            }
            if let Some(count) = found.counts.get(&key).filter(|_| adds) {
                results.largest.insert(key.clone(), count.top);
            }
            results.cells.push(cell);
        }
        results
    }
}

/// Waits so many seconds, or until the run is to stop.
fn wait_for(seconds: u64) -> Result<(), Vec<Diagnostic>> {
    for _ in 0..seconds * 10 {
        stop_if_interrupted()?;
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Ok(())
}

/// What is to be counted.
struct Counting<'a> {
    store: &'a Store,
    plan: &'a Plan,
    all: &'a [Indicator],
    memory: Option<Memory<'a>>,
    progress: &'a Progress,
}

impl Counting<'_> {
    /// What was counted for every indicator, and the households behind the cells.
    fn counted(&self, spark: Option<&Spark>) -> Result<(Vec<Found>, BTreeMap<CellKey, Households>), Lost> {
        let Counting { store, plan, all, memory, progress } = *self;
        let counter = spark.map_or(Counter::Here(store), |spark| Counter::There(store, spark));
        let sites: Vec<&str> = plan.sites.iter().map(|site| site.id.as_str()).collect();
        let passes = Passes::of(all, &|source| plan.columns(source), &sites);
        let place = |at: usize| all.get(at).and_then(|indicator| plan.places.get(&indicator.id));
        let mut found: Vec<Found> = all.iter().map(|_| Found::default()).collect();
        if let Some(spark) = spark {
            progress.step(&format!("send the rows that count to the engine, version {}", spark.version()));
            send(store, spark, plan, all, &passes).map_err(|lost| lost.doing("sending it rows", None))?;
        }
        for pass in &passes.shared {
            go_on()?;
            let (units, source) = (&pass.units, &pass.source);
            let what = format!("count {units} of {source} for {} indicators", pass.members.len());
            progress.step(&what);
            let queries = pass.queries(all);
            let ask = || counter.shared(pass, &queries);
            let texts = || {
                let prepare = pass.statements().map(ToString::to_string);
                prepare.chain(queries.iter().map(ToString::to_string)).collect()
            };
            let cells = remembered(memory, texts, ask);
            let first = pass.members.iter().find_map(|at| place(*at));
            let (cells, is_known) = cells.map_err(|lost| lost.doing(what, first))?;
            if is_known {
                progress.step("  as they were counted before");
            }
            for (at, cells) in pass.members.iter().zip(cells) {
                add_counts(&all[*at], cells, &mut found[*at]);
            }
        }
        if !passes.alone.is_empty() {
            progress.step(&format!("compute {} indicators one by one", passes.alone.len()));
        }
        let mut known = 0;
        for at in &passes.alone {
            go_on()?;
            if !matches!(all[*at].kind, Kind::Derived(_)) {
                let indicator = &all[*at];
                // The way up the tree of a cascade is doubled from table to table, and an engine has
                // views, which would be worked out anew for each doubling.
                let is_cascade = matches!(indicator.kind, Kind::Cascade(_));
                let counter = if is_cascade { Counter::Here(store) } else { counter };
                let ask = || on_its_own(counter, indicator);
                let answer = remembered(memory, || definition(indicator), ask);
                let (answer, is_known) =
                    answer.map_err(|lost| lost.doing(format!("computing `{}`", indicator.id), place(*at)))?;
                answer.add_to(indicator, &mut found[*at]);
                known += usize::from(is_known);
            }
        }
        if known > 0 {
            progress.step(&format!("  {known} of them as they were counted before"));
        }
        let households =
            households(counter, plan, memory).map_err(|lost| lost.doing("counting households", None))?;
        Ok((found, households))
    }
}

/// Whether the run goes on.
fn go_on() -> Result<(), Lost> {
    match stop_if_interrupted().map_err(|mut stopped| stopped.pop()) {
        Err(Some(stopped)) => Err(Lost::Said(stopped)),
        Ok(()) | Err(None) => Ok(()),
    }
}

/// How far the ends of the band of a step lie beyond the people at its lowest and highest threshold.
fn beyond(indicator: &Indicator, people: &[PeopleFound]) -> (f64, f64) {
    let Kind::DistinctCount(count) = &indicator.kind else { return (1.0, 1.0) };
    let Some(reach) = people.iter().find(|step| step.id == count.of).map(|step| &step.reach) else {
        return (1.0, 1.0);
    };
    match (reach.at.first(), reach.at.last()) {
        (Some(first), Some(last)) => {
            (reach.lower as f64 / first.unique as f64, reach.upper as f64 / last.unique as f64)
        }
        _ => (1.0, 1.0),
    }
}

fn linked(indicator: &Indicator) -> Option<Linked> {
    match &indicator.kind {
        Kind::DistinctCount(count) => count.linked,
        _ => None,
    }
}

/// The same indicator with every likely link, and with sure ones only.
fn band_of(indicator: &Indicator) -> Vec<Indicator> {
    let Kind::DistinctCount(count) = &indicator.kind else { return Vec::new() };
    if count.linked.is_none() {
        return Vec::new();
    }
    [people::least(&count.of), people::most(&count.of)]
        .into_iter()
        .map(|of| Indicator {
            kind: Kind::DistinctCount(DistinctCount { of, ..count.clone() }),
            ..indicator.clone()
        })
        .collect()
}

/// A number of people with its band; the band alone where that is wide and nobody said why one
/// number is given all the same.
fn banded(value: f64, lower: f64, upper: f64, wide: bool) -> Finding {
    if upper > lower * (1.0 + REACH_WIDTH_MOST) && !wide {
        return Finding::Band { lower, upper, level: LEVEL };
    }
    Finding::Value { value, interval: Some((lower, upper, LEVEL)) }
}

fn add_counts(indicator: &Indicator, counts: Vec<CellCount>, found: &mut Found) {
    for count in counts {
        found
            .counts
            .insert(key(indicator, &count.site, &count.period, &count.dimension, &count.category), count);
    }
}

/// What the database says of an indicator with units of its own.
#[derive(Default, Serialize, Deserialize)]
struct Answer {
    cells: Vec<CellCount>,
    clusters: Vec<ClusterSum>,
    ranks: Vec<RankedValue>,
    /// Cells of the kind's own dimension.
    own: Vec<CellCount>,
}

impl Answer {
    fn add_to(self, indicator: &Indicator, found: &mut Found) {
        add_counts(indicator, self.cells, found);
        for sum in self.clusters {
            let key = key(indicator, &sum.site, &sum.period, &sum.dimension, &sum.category);
            found.clusters.entry(key).or_default().push(sum);
        }
        for value in self.ranks {
            let [site, period, dimension, category] = &value.cell;
            let key = key(indicator, site, period, dimension, category);
            found.ranks.entry(key).or_default().insert(value.rank, value.value);
        }
        add_counts(indicator, self.own, found);
    }
}

fn units_table(indicator: &Indicator) -> String {
    format!("units:{}", indicator.id)
}

/// Everything that is asked of the database for an indicator with units of its own.
fn definition(indicator: &Indicator) -> Vec<String> {
    if let (Some(cohort), Some(own)) = (Cohort::of(indicator), indicator.kind.own_dimension()) {
        let cells = indicator.cells(&cohort.cells, &indicator.disaggregate, true);
        let own = indicator.cells(&cohort.own, &[own], false);
        return vec![cohort.prepare.to_string(), cells.to_string(), own.to_string()];
    }
    let units = units_table(indicator);
    let mut texts: Vec<String> = indicator.kind.prepare().iter().map(ToString::to_string).collect();
    texts.push(indicator.units().to_string());
    let counted = Counted::Units(units.clone());
    texts.push(indicator.cells(&counted, &indicator.disaggregate, true).to_string());
    texts.push(indicator.clusters(&units, &indicator.disaggregate).to_string());
    texts.push(format!("{:?} {}", indicator.kind.summary(), indicator.level));
    if let Some(own) = indicator.kind.own_dimension() {
        texts.push(indicator.own_units().to_string());
        texts.push(indicator.cells(&counted, &[own], false).to_string());
    }
    texts
}

/// What makes units that are looked at so often, and what takes them away. Those that are looked at once
/// are added up as they are made: there are several for each row and period.
fn looked_at(times: usize, units: &str, query: Query) -> (Statement, Statement) {
    let name = units.to_owned();
    match times {
        1 => (Statement::CreateView(name.clone(), query), Statement::DropView(name)),
        _ => (Statement::CreateTable(name.clone(), query), Statement::DropTable(name)),
    }
}

/// Counts an indicator from units of its own.
fn on_its_own(counter: Counter<'_>, indicator: &Indicator) -> Result<Answer, Lost> {
    if let (Some(cohort), Some(own)) = (Cohort::of(indicator), indicator.kind.own_dimension()) {
        counter.run(&cohort.prepare)?;
        let cells = counter.cells(&indicator.cells(&cohort.cells, &indicator.disaggregate, true))?;
        let own = counter.cells(&indicator.cells(&cohort.own, &[own], false))?;
        counter.run(&cohort.dismantle)?;
        return Ok(Answer { cells, own, ..Answer::default() });
    }
    counter.run_all(&indicator.kind.prepare())?;
    let units = units_table(indicator);
    let summary = indicator.kind.summary();
    let looks = match summary {
        Summary::ClusteredRatio | Summary::TopShare { .. } | Summary::Quantile(_) => 2,
        _ => 1 + indicator.disaggregate.len(),
    };
    let (make, remove) = looked_at(looks, &units, indicator.units());
    counter.run(&make)?;
    let counted = Counted::Units(units.clone());
    let mut answer = Answer {
        cells: counter.cells(&indicator.cells(&counted, &indicator.disaggregate, true))?,
        ..Answer::default()
    };
    match summary {
        Summary::ClusteredRatio | Summary::TopShare { .. } => {
            answer.clusters = counter.clusters(&indicator.clusters(&units, &indicator.disaggregate))?;
        }
        Summary::Quantile(share) => {
            let ranks = wanted_ranks(share, indicator.level, &answer.cells);
            if !ranks.is_empty() {
                answer.ranks = counter.ranked(&indicator.ranked(&units, &indicator.disaggregate, &ranks))?;
            }
        }
        _ => {}
    }
    counter.run(&remove)?;
    if let Some(own) = indicator.kind.own_dimension() {
        let (make, remove) = looked_at(1, &units, indicator.own_units());
        counter.run(&make)?;
        answer.own = counter.cells(&indicator.cells(&counted, &[own], false))?;
        counter.run(&remove)?;
    }
    counter.run_all(&indicator.kind.dismantle())?;
    Ok(answer)
}

/// The ranks whose values a quantile needs, cell by cell.
fn wanted_ranks(share: f64, level: f64, counts: &[CellCount]) -> Vec<([String; 4], u64)> {
    let mut wanted = Vec::new();
    for count in counts {
        let Ok(ranks) = quantile_ranks(count.n, share, level) else {
            continue;
        };
        let limits = ranks.limits.map(|(a, b)| [a, b]).unwrap_or([ranks.point.0; 2]);
        let mut of_cell: Vec<u64> = [ranks.point.0, ranks.point.1].into_iter().chain(limits).collect();
        of_cell.sort_unstable();
        of_cell.dedup();
        let cell = [&count.site, &count.period, &count.dimension, &count.category].map(Clone::clone);
        wanted.extend(of_cell.into_iter().map(|rank| (cell.clone(), rank)));
    }
    wanted
}

/// Whether an indicator says something where rows were recorded and none of them counts: zero, or
/// that it is undefined.
fn says_of_none(indicator: &Indicator) -> bool {
    match indicator.kind.summary() {
        Summary::FullCount | Summary::Share | Summary::RowMean | Summary::TopShare { .. } => true,
        Summary::Total
        | Summary::ClusteredRatio
        | Summary::Quotient
        | Summary::Quantile(_)
        | Summary::Rate { .. }
        | Summary::Bounds
        | Summary::Derived => false,
    }
}

/// Counts of all rows behind the indicators that look at some of them, and which of them belongs
/// to each indicator.
fn backgrounds(plan: &Plan) -> (Vec<Indicator>, Vec<Option<usize>>) {
    let mut backgrounds: Vec<Indicator> = Vec::new();
    let background_of = plan
        .indicators
        .iter()
        .map(|indicator| {
            let looks_at_all = matches!(indicator.kind, Kind::Count(_)) && indicator.filter.is_none();
            let window = indicator.kind.window().filter(|_| says_of_none(indicator) && !looks_at_all)?;
            let all = Indicator {
                id: String::new(),
                kind: Kind::Count(Count { from: indicator.kind.from().to_owned(), window }),
                filter: None,
                disaggregate: Vec::new(),
                targets: BTreeMap::new(),
                baselines: BTreeMap::new(),
                ..indicator.clone()
            };
            let same = |other: &Indicator| {
                other.kind == all.kind
                    && other.site_by == all.site_by
                    && other.period_by == all.period_by
                    && other.periods == all.periods
            };
            let found = backgrounds.iter().position(same);
            Some(found.unwrap_or_else(|| {
                backgrounds.push(all);
                backgrounds.len() - 1
            }))
        })
        .collect();
    (backgrounds, background_of)
}

/// Every cell that the plan promises for an indicator.
fn promised(plan: &Plan, indicator: &Indicator) -> Vec<CellKey> {
    let mut sites = vec![""];
    if indicator.site_by.is_some() {
        sites.extend(plan.sites.iter().map(|s| s.id.as_str()));
    }
    let own = indicator.kind.own_dimension();
    let mut out = Vec::new();
    for site in sites {
        for period in indicator.periods.iter().filter(|p| p.site.as_ref().is_none_or(|s| s == site)) {
            out.push(key(indicator, site, &period.id, "", ""));
            for dimension in indicator.disaggregate.iter().chain(&own) {
                for category in &dimension.categories {
                    out.push(key(indicator, site, &period.id, &dimension.name, category));
                }
            }
        }
    }
    out
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

/// Whether a period was not over when the exports were taken, or began before the site opened.
fn is_partial(plan: &Plan, key: &CellKey, period: Option<&IndicatorPeriod>) -> bool {
    let Some(period) = period else {
        return false;
    };
    let opened = plan.sites.iter().find(|s| s.id == key.site).and_then(|s| s.since);
    let opened_within = opened.is_some_and(|day| day > period.first_day && day <= period.last_day);
    period.is_open() || (period.site.is_none() && opened_within)
}

fn cell(
    plan: &Plan,
    indicator: &Indicator,
    key: &CellKey,
    found: &Found,
    seen: Option<&BTreeSet<(String, String)>>,
    ratios: &mut BTreeMap<CellKey, ClusteredRatio>,
) -> Cell {
    let total = CellKey::total(&key.indicator, &key.site, &key.period);
    let recorded = found.counts.get(&total).is_some_and(|c| c.n > 0)
        || seen.is_some_and(|seen| seen.contains(&(key.site.clone(), key.period.clone())));
    let count = found.counts.get(key);
    let period = indicator.period(&key.site, &key.period);
    let basis = Basis {
        indicator,
        programme: &plan.programme.id,
        key,
        recorded,
        y: count.map_or(0.0, |c| c.y),
        x: count.map_or(0.0, |c| c.x),
        squares: count.map_or(0.0, |c| c.squares),
        top: count.map_or(0.0, |c| c.top),
        n: count.map_or(0, |c| c.n),
        clusters: found.clusters.get(key).map(Vec::as_slice).unwrap_or_default(),
        ranks: found.ranks.get(key),
    };
    let estimate = estimate(&basis);
    if let Some(ratio) = estimate.ratio {
        ratios.insert(key.clone(), ratio);
    }
    let is_completion = matches!(indicator.kind, Kind::Completion(_));
    Cell {
        key: key.clone(),
        numerator: estimate.numerator,
        denominator: estimate.denominator,
        immature: is_completion.then_some(count.map_or(0.0, |c| c.immature)),
        n: estimate.n,
        counts: estimate.counts,
        unit: indicator.unit.clone(),
        method: estimate.method,
        finding: estimate.finding,
        people: indicator.people,
        partial: is_partial(plan, key, period),
        inputs: Vec::new(),
    }
}

/// Formulas, each after those that it names.
fn formulas(plan: &Plan, results: &mut Results) {
    let inputs = |indicator: &'_ Indicator| match &indicator.kind {
        Kind::Derived(kind) => kind.inputs().into_iter().map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let named: BTreeSet<String> = plan.indicators.iter().flat_map(inputs).collect();
    let of_formulas = results.cells.iter().filter(|cell| named.contains(&cell.key.indicator));
    let mut values: BTreeMap<CellKey, Cell> =
        of_formulas.map(|cell| (cell.key.clone(), cell.clone())).collect();
    let mut waiting: Vec<&Indicator> =
        plan.indicators.iter().filter(|i| matches!(i.kind, Kind::Derived(_))).collect();
    while !waiting.is_empty() {
        let (ready, rest): (Vec<&Indicator>, Vec<&Indicator>) = waiting.iter().partition(|i| match &i.kind {
            Kind::Derived(kind) => !kind.inputs().iter().any(|name| waiting.iter().any(|w| w.id == *name)),
            _ => true,
        });
        for indicator in &ready {
            for key in promised(plan, indicator) {
                let cell = formula(plan, indicator, &key, &values);
                values.insert(key, cell.clone());
                results.cells.push(cell);
            }
        }
        // Resolving refuses circles, so each round ends some.
        if ready.is_empty() {
            break;
        }
        waiting = rest;
    }
}

fn formula(plan: &Plan, indicator: &Indicator, key: &CellKey, values: &BTreeMap<CellKey, Cell>) -> Cell {
    let Kind::Derived(kind) = &indicator.kind else { unreachable!("only formulas come here") };
    let input = |name: &str| CellKey { indicator: name.to_owned(), ..key.clone() };
    let inputs: Vec<CellKey> = kind.inputs().into_iter().map(input).collect();
    let found = |name: &str| values.get(&input(name));
    let value_of = |name: &str| match found(name).map(|cell| &cell.finding) {
        Some(Finding::Value { value, .. }) => Some(*value),
        _ => None,
    };
    let missing = inputs.iter().filter_map(|input| values.get(input)).find_map(|cell| match cell.finding {
        Finding::Value { .. } => None,
        Finding::Bounds { .. } => Some(Finding::Undefined("input_is_bounds")),
        Finding::Band { .. } => Some(Finding::Refused("input_refused")),
        Finding::NoData => Some(Finding::NoData),
        Finding::Undefined(_) => Some(Finding::Undefined("input_undefined")),
        Finding::Refused(_) => Some(Finding::Refused("input_refused")),
    });
    let value = kind.value(&value_of);
    let finding = match (value, missing) {
        (Some(value), _) => Finding::Value { value, interval: None },
        (None, Some(missing)) => missing,
        (None, None) => Finding::Undefined("zero_denominator"),
    };
    let n = inputs.iter().filter_map(|input| values.get(input)).map(|cell| cell.n).min().unwrap_or(0);
    let period = indicator.period(&key.site, &key.period);
    Cell {
        key: key.clone(),
        numerator: value.unwrap_or(0.0),
        denominator: None,
        immature: None,
        n,
        counts: Counts::Amount,
        unit: indicator.unit.clone(),
        method: "formula",
        finding,
        people: indicator.people,
        partial: is_partial(plan, key, period),
        inputs,
    }
}
