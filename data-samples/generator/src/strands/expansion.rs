//! Expansion of the model: organisations that take it over, how faithfully it
//! is carried out, and what was adapted and why.

use crate::calendar::{Day, EXTRACT, QUARTERS, quarter_end, quarter_start};
use crate::design::{SITES, Site, workshop_days};
use crate::rng::{Rng, Stream};
use crate::sheet::{Repeat, Sheet, Tool};
use crate::submissions::Form;
use crate::text::Word;

/// Kinds of partner organisations.
pub(crate) const KINDS: [Word; 4] =
    [("school", "โรงเรียน"), ("temple", "วัด"), ("local_government", "อบต."), ("ngo", "องค์กรเอกชน")];
/// Core components of the model.
pub(crate) const COMPONENTS: [&str; 5] =
    ["own_language", "participatory", "referral", "follow_up", "safeguarding"];
/// What was adapted.
pub(crate) const MODIFIED: [Word; 4] =
    [("content", "เนื้อหา"), ("context", "บริบท"), ("training", "การอบรม"), ("implementation", "การดำเนินงาน")];

const WHO: [&str; 3] = ["team", "volunteers", "partner"];
const WHEN: [&str; 3] = ["before", "during", "scale_up"];
const LEVELS: [&str; 3] = ["individual", "group", "organisation"];
const NATURES: [&str; 5] = ["tailoring", "adding", "removing", "shortening", "substituting"];
const GOALS: [&str; 4] = ["fit", "reach", "feasibility", "cost"];
const REASONS: [&str; 4] = ["language", "closure", "distance", "staff"];

/// Partner organisations of the two sites.
const PARTNERS: [u32; 2] = [7, 8];
/// Observed sessions in the quarter.
const OBSERVED: [[u32; QUARTERS]; 2] = [[5, 5, 3, 1, 2, 3, 3, 2, 3, 4], [3, 3, 4, 3, 4, 4, 4, 4, 4, 4]];
/// Adaptations logged in the quarter.
const ADAPTED: [[u32; QUARTERS]; 2] = [[0, 0, 2, 3, 1, 0, 1, 0, 1, 0], [4, 3, 2, 2, 1, 1, 0, 1, 1, 1]];
/// Share of the highest rating that each component tends to, in percent.
const FAITHFUL: [[i32; 5]; 2] = [[92, 80, 78, 70, 90], [70, 82, 66, 60, 88]];

/// A partner organisation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Partner {
    pub(crate) site: Site,
    pub(crate) kind: u8,
    pub(crate) identified: Day,
    pub(crate) trained: Option<Day>,
    pub(crate) coached: Option<Day>,
}

/// A session that was observed, with a rating of each component, 0 to 4.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observation {
    pub(crate) site: Site,
    pub(crate) quarter: u8,
    day: Day,
    pub(crate) ratings: [Option<u8>; 5],
}

/// One adaptation, by the questions of FRAME.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Adaptation {
    pub(crate) site: Site,
    pub(crate) day: Day,
    pub(crate) planned: bool,
    pub(crate) what: u8,
    /// Whether it keeps the core of the model; `None` where nobody could say.
    pub(crate) consistent: Option<bool>,
    others: [u8; 6],
}

pub(crate) struct Expansion {
    pub(crate) partners: Vec<Partner>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) adaptations: Vec<Adaptation>,
}

impl Expansion {
    pub(crate) fn draw(seed: u64) -> Expansion {
        let mut rng = Rng::stream(seed, Stream::Expansion);
        let mut drawn = Expansion { partners: Vec::new(), observations: Vec::new(), adaptations: Vec::new() };
        for site in SITES {
            for _ in 0..PARTNERS[site.index()] {
                drawn.partners.push(draw_partner(&mut rng, site));
            }
            for quarter in 0..QUARTERS {
                let (from, until) = workshop_days(site, quarter);
                for _ in 0..OBSERVED[site.index()][quarter] {
                    let day = Day(rng.between(from.0, until.0));
                    let ratings = FAITHFUL[site.index()].map(|percent| {
                        // Nan learns with time.
                        let learned = if site == Site::Nan { 2 * quarter as i32 } else { 0 };
                        let rating = (percent + learned + rng.between(-30, 20)) * 4 / 100;
                        (!rng.chance(6, 100)).then_some(rating.clamp(0, 4) as u8)
                    });
                    drawn.observations.push(Observation { site, quarter: quarter as u8, day, ratings });
                }
                for _ in 0..ADAPTED[site.index()][quarter] {
                    let day = Day(rng.between(quarter_start(quarter).0, quarter_end(quarter).0));
                    drawn.adaptations.push(Adaptation {
                        site,
                        day,
                        planned: rng.chance(2, 3),
                        what: rng.below(4) as u8,
                        consistent: [Some(true), Some(true), Some(true), Some(false), None]
                            [rng.below(5) as usize],
                        others: [3, 3, 3, 5, 4, 4].map(|n| rng.below(n) as u8),
                    });
                }
            }
        }
        drawn.partners.sort_by_key(|partner| partner.identified);
        drawn.observations.sort_by_key(|observation| observation.day);
        drawn.adaptations.sort_by_key(|adaptation| adaptation.day);
        drawn
    }

    pub(crate) fn sheets(&self) -> [Sheet<'_>; 3] {
        [self.partner_list(), self.form(), self.log()]
    }

    fn partner_list(&self) -> Sheet<'_> {
        Sheet {
            folder: "csv",
            stem: "partners",
            row_is: "a partner organisation",
            tool: Tool::Register,
            columns: vec!["partner", "site", "kind", "identified_on", "trained_on", "coached_on"],
            rows: self.partners.len(),
            about: Box::new(|row| (self.partners[row].identified, self.partners[row].site)),
            cells: Box::new(|row, text| {
                let partner = &self.partners[row];
                vec![
                    format!("O{:02}", row + 1),
                    text.site(partner.site),
                    text.word(&KINDS, Some(partner.kind)),
                    text.day(partner.identified),
                    text.date(partner.trained),
                    text.date(partner.coached),
                ]
            }),
            repeat: None,
        }
    }

    fn form(&self) -> Sheet<'_> {
        Sheet {
            folder: "kobo",
            stem: "fidelity",
            row_is: "a session observed",
            tool: Tool::Kobo(Form::Fidelity),
            columns: vec!["group_place/province", "observed_on"],
            rows: self.observations.len(),
            about: Box::new(|row| (self.observations[row].day, self.observations[row].site)),
            cells: Box::new(|row, text| {
                let observation = &self.observations[row];
                vec![text.site(observation.site), text.day(observation.day)]
            }),
            repeat: Some(Repeat {
                name: "components",
                columns: vec!["components/component", "components/rating"],
                count: Box::new(|_| COMPONENTS.len()),
                cells: Box::new(|row, part| {
                    let rating = self.observations[row].ratings[part];
                    let rating = rating.map_or_else(String::new, |rating| rating.to_string());
                    vec![COMPONENTS[part].to_owned(), rating]
                }),
            }),
        }
    }

    fn log(&self) -> Sheet<'_> {
        Sheet {
            folder: "csv",
            stem: "adaptations",
            row_is: "an adaptation",
            tool: Tool::Register,
            columns: vec![
                "adaptation",
                "site",
                "logged_on",
                "stage",
                "planned",
                "decided_by",
                "what",
                "level",
                "nature",
                "fidelity_consistent",
                "goal",
                "reason",
            ],
            rows: self.adaptations.len(),
            about: Box::new(|row| (self.adaptations[row].day, self.adaptations[row].site)),
            cells: Box::new(|row, text| {
                let adaptation = &self.adaptations[row];
                let [stage, who, level, nature, goal, reason] = adaptation.others.map(usize::from);
                vec![
                    format!("A{:02}", row + 1),
                    text.site(adaptation.site),
                    text.day(adaptation.day),
                    WHEN[stage].to_owned(),
                    text.yes(Some(adaptation.planned)),
                    WHO[who].to_owned(),
                    text.word(&MODIFIED, Some(adaptation.what)),
                    LEVELS[level].to_owned(),
                    NATURES[nature].to_owned(),
                    text.yes(adaptation.consistent),
                    GOALS[goal].to_owned(),
                    REASONS[reason].to_owned(),
                ]
            }),
            repeat: None,
        }
    }
}

/// Two in three of those identified are trained, two in three of those coached.
fn draw_partner(rng: &mut Rng, site: Site) -> Partner {
    let identified = Day(rng.between(quarter_start(0).0, quarter_end(QUARTERS - 2).0));
    let trained = identified.plus(rng.between(20, 200));
    let coached = trained.plus(rng.between(15, 150));
    let trained = (rng.chance(2, 3) && trained <= EXTRACT).then_some(trained);
    let is_coached = rng.chance(2, 3) && trained.is_some() && coached <= EXTRACT;
    let kind = rng.below(4) as u8;
    Partner { site, kind, identified, trained, coached: is_coached.then_some(coached) }
}
