//! Cells for tests.

use groundwork_disclosure::{Cell, CellKey, Counts, Finding};
use groundwork_plan::number::Unit;

/// Where a cell stands: site, period, dimension, category; empty where it is a total.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub(crate) site: String,
    pub(crate) period: String,
    pub(crate) dimension: String,
    pub(crate) category: String,
}

impl Place {
    pub(crate) fn new(site: &str, period: &str, dimension: &str, category: &str) -> Self {
        let [site, period, dimension, category] = [site, period, dimension, category].map(str::to_owned);
        Self { site, period, dimension, category }
    }
}

/// A number of people.
pub(crate) fn count(indicator: &str, place: &Place, people: u64) -> Cell {
    Cell {
        key: CellKey {
            indicator: indicator.to_owned(),
            site: place.site.clone(),
            period: place.period.clone(),
            dimension: place.dimension.clone(),
            category: place.category.clone(),
        },
        numerator: people as f64,
        denominator: None,
        immature: None,
        n: people,
        counts: Counts::Total,
        unit: Unit::Count,
        method: "full_count",
        finding: Finding::Value { value: people as f64, interval: None },
        people: true,
        partial: false,
        inputs: Vec::new(),
    }
}

/// A share of people.
pub(crate) fn share(indicator: &str, place: &Place, part: u64, whole: u64) -> Cell {
    let finding = if whole == 0 {
        Finding::Undefined("zero_denominator")
    } else {
        Finding::Value { value: part as f64 / whole as f64, interval: None }
    };
    Cell {
        denominator: Some(whole as f64),
        counts: Counts::Part,
        unit: Unit::Share,
        method: "wilson",
        n: whole,
        finding,
        ..count(indicator, place, part)
    }
}
