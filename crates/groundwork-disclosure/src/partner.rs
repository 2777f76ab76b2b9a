//! What a partner released passes the gate as it came: what was published is, what was withheld
//! stays so. It is no part of the joint look at our own numbers, because it hangs together with
//! none of them.

use crate::cell::{Cell, CellKey};
use crate::gate::released_cell;
use crate::primary;
use crate::release::{Released, ReleasedCell, Status};
use std::collections::BTreeSet;

/// What a partner released, by our keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Partners {
    /// What was published.
    pub published: Vec<Cell>,
    /// What was withheld.
    pub withheld: BTreeSet<CellKey>,
}

/// Why a cell of a partner is withheld.
pub(crate) const BY_PARTNER: &str = "by_partner";

impl Released {
    /// The same with what partners released. Where one of their published cells would be withheld
    /// by our own threshold, everything of its indicator, site and period is: how their numbers
    /// hang together is not known here.
    #[must_use]
    pub(crate) fn with_partners(mut self, partners: Partners) -> Self {
        let group = |key: &CellKey| (key.indicator.clone(), key.site.clone(), key.period.clone());
        let policy = self.policy.clone();
        let small: BTreeSet<_> = partners
            .published
            .iter()
            .filter(|cell| {
                let threshold = policy.threshold(&cell.key.indicator, &cell.key.dimension);
                let threshold = i64::try_from(threshold).unwrap_or(i64::MAX);
                primary::reason(cell, threshold, &policy, &crate::Frame::default()).is_some()
            })
            .map(|cell| group(&cell.key))
            .collect();
        for cell in partners.published {
            let reason = small.contains(&group(&cell.key)).then_some(primary::BELOW);
            self.replace(released_cell(cell, reason, false));
        }
        for key in partners.withheld {
            if let Some(cell) = self.cell(&key) {
                let hidden = ReleasedCell {
                    status: Status::Withheld,
                    reason: BY_PARTNER,
                    bare: true,
                    figures: None,
                    ..cell.clone()
                };
                self.replace(hidden);
            }
        }
        self
    }

    fn replace(&mut self, cell: ReleasedCell) {
        if let Ok(at) = self.cells.binary_search_by(|known| known.key.cmp(&cell.key))
            && let Some(place) = self.cells.get_mut(at)
        {
            *place = cell;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::{Counts, Finding};
    use groundwork_plan::disclosure::{Audience, Policy};
    use groundwork_plan::number::Unit;

    fn cell(site: &str, numerator: f64, denominator: f64, finding: Finding) -> Cell {
        Cell {
            key: CellKey::total("completed", site, "2021"),
            numerator,
            denominator: Some(denominator),
            immature: None,
            n: denominator as u64,
            counts: Counts::Part,
            unit: Unit::Share,
            method: "wilson",
            finding,
            people: true,
            partial: false,
            inputs: Vec::new(),
        }
    }

    fn value(value: f64) -> Finding {
        Finding::Value { value, interval: None }
    }

    fn statuses(partners: Partners) -> Vec<Status> {
        let own = ["a", "b", "c"].map(|site| cell(site, 0.0, 0.0, Finding::NoData));
        let policy = Policy::of(Audience::Partner);
        let released = crate::release(own.into(), Vec::new(), &policy).with_partners(partners);
        released.cells().iter().map(ReleasedCell::status).collect()
    }

    #[test]
    fn what_was_published_is_and_what_was_withheld_stays_so() {
        let withheld = BTreeSet::from([CellKey::total("completed", "b", "2021")]);
        let found = statuses(Partners { published: vec![cell("a", 30.0, 60.0, value(0.5))], withheld });
        assert_eq!(found, [Status::Published, Status::Withheld, Status::NoData]);
    }

    #[test]
    fn a_number_under_our_own_threshold_is_withheld() {
        let published = vec![cell("a", 3.0, 60.0, value(0.05))];
        let found = statuses(Partners { published, withheld: BTreeSet::new() });
        assert_eq!(found[0], Status::Withheld);
    }
}
