//! Draws the registration of undocumented children.
//!
//! Whether a child has a document within twelve months is drawn first; the
//! steps on the way are then placed in order. Steps after the extract are left
//! out, as they are not yet known.

use crate::calendar::{Day, EXTRACT, quarter_end, quarter_start};
use crate::design::{CASES, COMPLETED_PERMILLE, COMPLETION_MONTHS, SITES, Site};
use crate::programme::{Case, CloseReason};
use crate::rng::{Rng, Stream};

/// Draws all cases: Chiang Rai's first, each site's by day of identification.
pub(crate) fn draw(seed: u64, scale: u32) -> Vec<Case> {
    let mut rng = Rng::stream(seed, Stream::Registration);
    let mut cases = Vec::new();
    for site in SITES {
        let own = cases.len();
        for (quarter, size) in CASES[site.index()].iter().enumerate() {
            for _ in 0..size * scale {
                let identified = Day(rng.between(quarter_start(quarter).0, quarter_end(quarter).0));
                cases.push(draw_case(&mut rng, site, identified));
            }
        }
        cases[own..].sort_by_key(|case| case.identified);
    }
    cases
}

fn draw_case(rng: &mut Rng, site: Site, identified: Day) -> Case {
    let deadline = identified.plus_months(COMPLETION_MONTHS);
    let mut case =
        Case { site, identified, documents: None, filed: None, approved: None, received: None, closed: None };
    let in_time = rng.chance(COMPLETED_PERMILLE[site.index()], 1000);
    let fate = rng.below(20);
    if in_time || fate < 7 {
        // A document, in time or up to eight months late.
        let received = if in_time {
            Day(rng.between(identified.0 + 70, deadline.0))
        } else {
            deadline.plus(1 + rng.below(240) as i32)
        };
        let mut steps = [0; 3].map(|_| rng.between(identified.0 + 5, received.0));
        steps.sort_unstable();
        let [documents, filed, approved] = steps.map(Day);
        case.documents = Some(documents);
        case.filed = Some(filed);
        case.approved = Some(approved);
        case.received = Some(received);
        case.closed = Some((received.plus(rng.below(30) as i32), CloseReason::Completed));
    } else {
        // Closed for another reason, or still open; some steps may be done.
        let until = identified.plus(rng.between(40, 420));
        let mut steps = [0; 3].map(|_| rng.between(identified.0 + 5, until.0));
        steps.sort_unstable();
        let done = rng.below(3) as usize;
        let [documents, filed, _] = steps.map(Day);
        case.documents = (done > 0).then_some(documents);
        case.filed = (done > 1).then_some(filed);
        if fate < 14 {
            let reason = match rng.below(4) {
                0..=1 => CloseReason::MovedAway,
                2 => CloseReason::Refused,
                _ => CloseReason::AgedOut,
            };
            case.closed = Some((until, reason));
        }
    }
    as_extracted(case)
}

/// Blanks everything that had not happened when the extract was made.
fn as_extracted(case: Case) -> Case {
    let known = |day: &Day| *day <= EXTRACT;
    Case {
        documents: case.documents.filter(known),
        filed: case.filed.filter(known),
        approved: case.approved.filter(known),
        received: case.received.filter(known),
        closed: case.closed.filter(|(day, _)| known(day)),
        ..case
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_in_order_and_not_after_the_extract() {
        for seed in 0..50 {
            let cases = draw(seed, 1);
            assert_eq!(cases.len(), 200);
            for case in cases {
                let steps = [case.documents, case.filed, case.approved, case.received];
                let mut last = case.identified;
                for (i, step) in steps.iter().enumerate() {
                    if let Some(day) = step {
                        assert!(*day >= last && *day <= EXTRACT, "{case:?}");
                        assert!(steps[..i].iter().all(Option::is_some), "{case:?}");
                        last = *day;
                    }
                }
                if let Some((day, reason)) = case.closed {
                    assert!(day >= last && day <= EXTRACT, "{case:?}");
                    assert_eq!(reason == CloseReason::Completed, case.received.is_some());
                }
            }
        }
    }
}
