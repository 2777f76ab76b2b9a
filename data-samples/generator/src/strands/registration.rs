//! Where registered children live, and which group their families belong to.

use crate::calendar::Day;
use crate::design::{DISTRICTS, GROUPS};
use crate::programme::{Case, CloseReason};
use crate::rng::{Rng, Stream};

/// Position of a child's district and group in the lists of the site; no
/// district where nobody wrote it down.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Residence {
    district: Option<u8>,
    group: Option<u8>,
}

impl Residence {
    /// From the seed and the number of the case.
    pub(crate) fn of(seed: u64, case: usize) -> Residence {
        let mut rng = Rng::keyed(seed, Stream::Residence, case as u64);
        let mut position = |unknown: u64| {
            let position = [0, 0, 0, 1, 1, 2, 3][rng.below(7) as usize];
            (!rng.chance(unknown, 100)).then_some(position)
        };
        Residence { district: position(2), group: position(4) }
    }

    /// The district's name.
    pub(crate) fn district(&self, case: &Case) -> Option<&'static str> {
        self.district.map(|position| DISTRICTS[case.site.index()][usize::from(position)])
    }

    /// The group's name.
    pub(crate) fn group(&self, case: &Case) -> Option<&'static str> {
        self.group.map(|position| GROUPS[case.site.index()][usize::from(position)])
    }
}

/// The day a child left the programme without a document.
pub(crate) fn left(case: &Case) -> Option<Day> {
    case.closed.filter(|(_, reason)| *reason != CloseReason::Completed).map(|(day, _)| day)
}
