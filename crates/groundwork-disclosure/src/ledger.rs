//! The ledger: what earlier releases published, to whom, number by number.
//!
//! Readers keep old reports. A number that was published stays known, and a number that changed by
//! less than the threshold shows the few who were added. So a release is decided with the earlier
//! ones of the same readers in the matrix, and one whose numbers differ too little from theirs is
//! refused. Numbers are known by who is counted, where and when; nothing that was withheld is kept.

use crate::matrix::{Address, Matrix, When};
use groundwork_plan::disclosure::Audience;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A number that a release published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// To whom.
    pub audience: Audience,
    pub(crate) address: Address,
    pub(crate) value: i64,
}

/// What stands between the conditions of a number.
const AND: &str = " | ";

impl Published {
    /// The columns of [`Published::fields`].
    pub const COLUMNS: [&'static str; 8] =
        ["audience", "counted", "conditions", "site", "first_day", "last_day", "period", "value"];

    /// As a line of a ledger.
    pub fn fields(&self) -> [String; 8] {
        let (first, last, period) = match &self.address.when {
            // To date: from the beginning.
            When::Days(first, last) if *first == Date::MIN => {
                (String::new(), last.to_string(), String::new())
            }
            When::Days(first, last) => (first.to_string(), last.to_string(), String::new()),
            When::Moment(period) => (String::new(), String::new(), period.clone()),
        };
        let conditions: Vec<&str> = self.address.conditions.iter().map(String::as_str).collect();
        [
            self.audience.word().to_owned(),
            self.address.of.clone(),
            conditions.join(AND),
            self.address.site.clone(),
            first,
            last,
            period,
            self.value.to_string(),
        ]
    }

    /// The same number of another population, of which it is those with more conditions.
    pub(crate) fn of(&self, population: &str, among: &BTreeSet<String>) -> Self {
        let mut number = self.clone();
        let (what, after) = self.address.of.split_once(" of ").unwrap_or((&self.address.of, ""));
        let by = after.strip_prefix(self.address.population()).unwrap_or_default();
        number.address.of = format!("{what} of {population}{by}");
        number.address.conditions.extend(among.iter().cloned());
        number
    }

    /// From a line of a ledger; nothing when it is not one.
    pub fn read(fields: &[&str]) -> Option<Self> {
        let [audience, of, conditions, site, first, last, period, value] = fields else {
            return None;
        };
        let when = match (first.is_empty(), last.is_empty()) {
            (_, true) => When::Moment((*period).to_owned()),
            (true, false) => When::Days(Date::MIN, last.parse().ok()?),
            (false, false) => When::Days(first.parse().ok()?, last.parse().ok()?),
        };
        let conditions: BTreeSet<String> =
            conditions.split(AND).filter(|c| !c.is_empty()).map(str::to_owned).collect();
        Some(Self {
            audience: Audience::ALL.into_iter().find(|a| a.word() == *audience)?,
            address: Address { of: (*of).to_owned(), conditions, site: (*site).to_owned(), when },
            value: value.parse().ok()?,
        })
    }
}

/// What readers of this audience know from earlier releases: those to them, and to wider ones.
pub(crate) fn known(earlier: &[Published], audience: Audience) -> Vec<(Address, i64)> {
    let known: BTreeMap<(&Address, i64), ()> =
        earlier.iter().filter(|p| p.audience >= audience).map(|p| ((&p.address, p.value), ())).collect();
    known.into_keys().map(|(address, value)| (address.clone(), value)).collect()
}

/// The published numbers that differ from an earlier one by so few that they can be found.
pub(crate) fn revealing(
    earlier: &[Published],
    matrix: &Matrix,
    hidden: &[bool],
    audience: Audience,
) -> Vec<usize> {
    let mut found = BTreeSet::new();
    for old in earlier {
        let Some(id) = matrix.at(&old.address) else { continue };
        let quantity = &matrix.quantities[id];
        let shown = quantity.cells.iter().any(|cell| !hidden[*cell]);
        let change = (quantity.value - old.value).abs();
        // Readers of the earlier release may be fewer, with a lower threshold.
        let lower = i64::try_from(old.audience.threshold().min(audience.threshold())).unwrap_or(i64::MAX);
        let threshold = if old.audience < audience { lower } else { quantity.threshold };
        if shown && change > 0 && change < threshold {
            found.insert(id);
        }
    }
    found.into_iter().collect()
}

/// Every number that is shown.
pub(crate) fn published(matrix: &Matrix, hidden: &[bool], audience: Audience) -> Vec<Published> {
    let shown = |cells: &[usize]| cells.iter().any(|cell| !hidden[*cell]);
    let numbers = matrix.quantities.iter().filter(|q| shown(&q.cells));
    numbers
        .filter_map(|q| Some(Published { audience, address: q.address.clone()?, value: q.value }))
        .collect()
}
