//! The strands of the programme beside workshops, follow-ups and registration:
//! one file each, with what is drawn and how it is written.

pub(crate) mod coaching;
pub(crate) mod combination;
pub(crate) mod continuity;
pub(crate) mod expansion;
pub(crate) mod registration;
pub(crate) mod resources;
pub(crate) mod rights;
pub(crate) mod social;
pub(crate) mod voices;
pub(crate) mod volunteers;
pub(crate) mod youth;

use crate::programme::Programme;
use crate::sheet::Sheet;

/// Everything drawn beyond [`Programme`], from streams of its own.
pub(crate) struct Strands {
    pub(crate) volunteers: volunteers::VolunteerLife,
    pub(crate) social: social::Social,
    pub(crate) youth: youth::Youth,
    pub(crate) coaching: coaching::Coaching,
    pub(crate) rights: rights::Rights,
    pub(crate) assessments: Vec<combination::Assessment>,
    pub(crate) expansion: expansion::Expansion,
    pub(crate) plans: Vec<continuity::Plan>,
    pub(crate) resources: resources::Resources,
}

impl Strands {
    pub(crate) fn draw(programme: &Programme) -> Strands {
        let Programme { seed, scale, .. } = *programme;
        let youth = youth::Youth::draw(seed, scale);
        Strands {
            volunteers: volunteers::VolunteerLife::draw(programme),
            social: social::Social::draw(seed),
            coaching: coaching::Coaching::draw(programme),
            rights: rights::Rights::draw(seed, scale),
            assessments: combination::draw(programme),
            expansion: expansion::Expansion::draw(seed),
            plans: continuity::draw(programme, &youth),
            resources: resources::Resources::draw(seed, scale),
            youth,
        }
    }

    /// All their sources, in the order of the README.
    pub(crate) fn sheets<'a>(&'a self, programme: &'a Programme) -> Vec<Sheet<'a>> {
        let mut sheets = Vec::new();
        sheets.extend(self.volunteers.sheets(programme));
        sheets.extend(self.social.sheets());
        sheets.extend(self.youth.sheets());
        sheets.extend(self.coaching.sheets());
        sheets.extend(self.rights.sheets());
        sheets.push(combination::sheet(&self.assessments));
        sheets.extend(self.expansion.sheets());
        sheets.push(continuity::sheet(&self.plans));
        sheets.extend(self.resources.sheets());
        sheets.push(voices::sheet());
        sheets
    }
}
