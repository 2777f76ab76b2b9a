//! Expansion of the model: partners, fidelity, adaptations.

use crate::calendar::quarter_of;
use crate::strands::expansion::{COMPONENTS, Expansion, KINDS, MODIFIED};
use crate::truth::cells::{Cell, Dimension, Periods, Shows, Tally};

pub(super) fn count(expansion: &Expansion, cells: &mut Vec<Cell>) {
    let mut steps = ["partners_identified", "partners_trained", "partners_coached"]
        .map(|indicator| Tally::count(indicator, vec![Dimension::of_words("kind", &KINDS)]));
    for partner in &expansion.partners {
        let days = [Some(partner.identified), partner.trained, partner.coached];
        for (tally, day) in steps.iter_mut().zip(days) {
            tally.one_in(partner.site, day.and_then(quarter_of), &[partner.kind.into()]);
        }
    }
    let components = vec![Dimension::new("component", COMPONENTS)];
    let mut fidelity = Tally::new("fidelity", Periods::Quarters, Shows::Index(4), components);
    for observation in &expansion.observations {
        for (rating, component) in observation.ratings.into_iter().zip(0..) {
            if let Some(rating) = rating {
                fidelity.add(observation.site, observation.quarter.into(), &[component], rating.into(), 1);
            }
        }
    }
    let planned = Dimension::new("planned", ["true", "false"]);
    let mut adaptations = Tally::count("adaptations", vec![Dimension::of_words("what", &MODIFIED), planned]);
    let mut consistent = Tally::ratio("adaptations_consistent", Vec::new());
    for adaptation in &expansion.adaptations {
        let Some(quarter) = quarter_of(adaptation.day) else {
            continue;
        };
        let at = [adaptation.what.into(), usize::from(!adaptation.planned)];
        adaptations.one(adaptation.site, quarter, &at);
        if let Some(yes) = adaptation.consistent {
            consistent.add(adaptation.site, quarter, &[], yes.into(), 1);
        }
    }
    for tally in steps {
        tally.finish(cells);
    }
    fidelity.finish(cells);
    adaptations.finish(cells);
    consistent.finish(cells);
}
