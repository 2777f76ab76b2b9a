//! Which exports and which columns the number of an indicator comes from.

use groundwork_plan::derive::{Banded, DeriveRule};
use groundwork_plan::expression::Expression;
use groundwork_plan::indicator::{Indicator, Kind, Measure, MeasureOf, Missing};
use groundwork_plan::plan::Plan;
use groundwork_plan::source::{Origin, Source};

/// The columns of one source that an indicator looks at, each once, in order.
pub(super) struct Used {
    pub(super) source: String,
    pub(super) columns: Vec<String>,
}

impl Used {
    fn add<'c>(&mut self, columns: impl IntoIterator<Item = &'c str>) {
        for column in columns {
            if !self.columns.iter().any(|known| known == column) {
                self.columns.push(column.to_owned());
            }
        }
    }

    fn of(source: &str) -> Self {
        Self { source: source.to_owned(), columns: Vec::new() }
    }
}

/// What an indicator looks at, by source; nothing for a formula.
pub(super) fn used(indicator: &Indicator) -> Vec<Used> {
    let mut out = match &indicator.kind {
        Kind::Ratio(ratio) => vec![side(&ratio.numerator), side(&ratio.denominator)],
        Kind::Rate(rate) => {
            let exposure = &rate.exposure;
            let mut below = Used::of(&exposure.from);
            below.add(
                [Some(&exposure.enters), exposure.leaves.as_ref(), exposure.site_by.as_ref()]
                    .into_iter()
                    .flatten()
                    .map(String::as_str),
            );
            below.add(columns_of(exposure.filter.as_ref()));
            vec![side(&rate.events), below]
        }
        Kind::Derived(_) => Vec::new(),
        kind => {
            let mut rows = Used::of(kind.from());
            rows.add(own(kind));
            rows.add(columns_of(indicator.filter.as_ref()));
            rows.add([&indicator.period_by, &indicator.site_by].into_iter().flatten().map(String::as_str));
            vec![rows]
        }
    };
    if let Kind::Cascade(cascade) = &indicator.kind {
        let mut tree = Used::of(&cascade.tree.from);
        tree.add([cascade.tree.person.as_str(), cascade.tree.trained_by.as_str()]);
        out.push(tree);
    }
    for (at, used) in out.iter_mut().enumerate() {
        let is_tree = at == 1 && matches!(indicator.kind, Kind::Cascade(_));
        used.add(indicator.dimension_columns().into_iter().filter(|_| !is_tree));
    }
    out
}

fn columns_of(expression: Option<&Expression>) -> Vec<&str> {
    expression.map(Expression::columns).unwrap_or_default()
}

/// The columns that a kind itself names.
fn own(kind: &Kind) -> Vec<&str> {
    match kind {
        Kind::Count(_) | Kind::Ratio(_) | Kind::Rate(_) | Kind::Derived(_) => Vec::new(),
        Kind::DistinctCount(k) => vec![&k.of],
        Kind::Sum(k) => k.of.columns(),
        Kind::Mean(k) => k.of.columns(),
        Kind::Quantile(k) => k.of.columns(),
        Kind::Proportion(k) => k.of.as_deref().into_iter().chain(k.numerator.columns()).collect(),
        Kind::Index(k) => k.items.iter().map(|item| item.column.as_str()).collect(),
        Kind::Stock(k) => k.of.columns().into_iter().chain([k.key.as_str()]).collect(),
        Kind::Completion(k) => {
            [&k.entered].into_iter().chain(&k.steps).chain(&k.exits).map(String::as_str).collect()
        }
        Kind::Sustained(k) => [k.of.as_str(), &k.month].into_iter().chain(k.holds.columns()).collect(),
        Kind::Cascade(k) => vec![&k.of, &k.led_by],
        Kind::Change(k) => k.before.columns().into_iter().chain(k.after.columns()).collect(),
        Kind::Union(k) => k.of.columns(),
        Kind::Concentration(k) => vec![&k.of, &k.by],
    }
}

fn side(measure: &Measure) -> Used {
    let mut used = Used::of(&measure.from);
    match &measure.of {
        MeasureOf::Rows => {}
        MeasureOf::Distinct(column) => used.add([column.as_str()]),
        MeasureOf::Sum(value) => used.add(value.columns()),
    }
    used.add(columns_of(measure.filter.as_ref()));
    let named = [&measure.period_by, &measure.site_by, &measure.cluster];
    used.add(named.into_iter().flatten().map(String::as_str));
    used
}

/// How a kind treats rows in which something is missing, where the author can choose.
pub(super) fn missing(kind: &Kind) -> Option<Missing> {
    match kind {
        Kind::Sum(k) => Some(k.missing),
        Kind::Mean(k) => Some(k.missing),
        Kind::Quantile(k) => Some(k.missing),
        Kind::Proportion(k) => Some(k.missing),
        Kind::Index(k) => Some(k.missing),
        Kind::Count(_)
        | Kind::DistinctCount(_)
        | Kind::Ratio(_)
        | Kind::Rate(_)
        | Kind::Stock(_)
        | Kind::Completion(_)
        | Kind::Sustained(_)
        | Kind::Cascade(_)
        | Kind::Change(_)
        | Kind::Union(_)
        | Kind::Concentration(_)
        | Kind::Derived(_) => None,
    }
}

/// The sources with exports that some columns of a source come from, each once, the nearest first.
pub(super) fn exports<'p>(plan: &'p Plan, source: &str, columns: &[String], out: &mut Vec<&'p Source>) {
    let Some(source) = plan.source(source) else {
        return;
    };
    let mut needed: Vec<String> = columns.to_vec();
    // A derived column may be made from those before it.
    for derived in source.derived.iter().rev() {
        if needed.contains(&derived.name) {
            needed.extend(inputs(&derived.rule));
        }
    }
    let taken = |names: &[String]| -> Vec<String> {
        names.iter().filter(|name| needed.contains(name)).cloned().collect()
    };
    match &source.origin {
        Origin::Export(export) => {
            if !out.iter().any(|known| known.id == source.id) {
                out.push(source);
            }
            if let Some(parent) = &export.repeat_of {
                exports(plan, parent, &needed, out);
            }
        }
        Origin::Summary(summary) => {
            let made = summary.columns.iter().filter(|c| needed.contains(&c.name)).map(|c| c.of.clone());
            let of: Vec<String> = made.chain([summary.by.clone()]).collect();
            exports(plan, &summary.of, &of, out);
        }
        Origin::Spells(spells) => {
            let holds = spells.holds.columns().into_iter().map(str::to_owned);
            let named = [spells.by.clone(), spells.month.clone()];
            let of: Vec<String> = named.into_iter().chain(holds).chain(taken(&spells.take)).collect();
            exports(plan, &spells.of, &of, out);
        }
    }
    for lookup in &source.lookups {
        let of = taken(&lookup.take);
        if !of.is_empty() {
            exports(plan, &lookup.source, &of, out);
        }
    }
}

/// The columns that a derived column is made from.
fn inputs(rule: &DeriveRule) -> Vec<String> {
    let of = |expression: &Expression| expression.columns().into_iter().map(str::to_owned).collect();
    match rule {
        DeriveRule::Bands(Banded::Column(column), _) => vec![column.clone()],
        DeriveRule::Bands(Banded::Age { born, at }, _) => vec![born.clone(), at.clone()],
        DeriveRule::Value(value) | DeriveRule::Holds(value) => of(value),
        DeriveRule::Choose(choices) => {
            choices.iter().flat_map(|(_, condition)| -> Vec<String> { of(condition) }).collect()
        }
    }
}
