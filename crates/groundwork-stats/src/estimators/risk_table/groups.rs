//! Several tables side by side.

use super::RiskTable;
use crate::sum::two_sum;

/// One group at a time at which some group had an event.
#[derive(Clone, Copy, Debug)]
pub(in crate::estimators) struct Moment {
    /// How many of the group are at risk.
    pub(in crate::estimators) at_risk: u64,
    /// How many of the group have an event of any kind.
    pub(in crate::estimators) events: u64,
    /// The row of the group's own table, where it has one for this time.
    pub(in crate::estimators) row: Option<usize>,
}

/// Visits in order the times at which anybody in any of several groups had an
/// event; a group that is nothing has nobody.
pub(in crate::estimators) fn visit_events(groups: &[Option<&RiskTable>], mut visit: impl FnMut(&[Moment])) {
    let mut heads = vec![0_usize; groups.len()];
    let mut moments = Vec::with_capacity(groups.len());
    loop {
        let times =
            groups.iter().zip(&heads).filter_map(|(group, &head)| group.and_then(|of| of.time.get(head)));
        let Some(now) = times.copied().min_by(f64::total_cmp) else { break };
        moments.clear();
        let mut any = false;
        for (group, head) in groups.iter().zip(&mut heads) {
            let mut moment = Moment { at_risk: 0, events: 0, row: None };
            if let Some(group) = group {
                moment.at_risk = group.at_risk.get(*head).copied().unwrap_or(0);
                if group.time.get(*head) == Some(&now) {
                    moment.events = group.all_events(*head);
                    moment.row = Some(*head);
                    *head += 1;
                }
            }
            any |= moment.events > 0;
            moments.push(moment);
        }
        if any {
            visit(&moments);
        }
    }
}

/// A sum over times in their order, with its rounding carried along: far
/// cheaper than an exact one, and good to the last digit or two.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::estimators) struct Running {
    high: f64,
    low: f64,
}

impl Running {
    pub(in crate::estimators) fn add(&mut self, value: f64) {
        let (sum, error) = two_sum(self.high, value);
        (self.high, self.low) = (sum, self.low + error);
    }

    pub(in crate::estimators) fn value(self) -> f64 {
        self.high + self.low
    }
}
