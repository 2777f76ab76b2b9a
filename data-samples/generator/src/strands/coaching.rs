//! Families beyond their monthly follow-ups: what they live on, coaching
//! visits, and the partners around them.

use crate::calendar::{Day, EXTRACT, quarter_of};
use crate::design::{Site, activity_percent};
use crate::programme::Programme;
use crate::rng::{Rng, Stream};
use crate::sheet::{Sheet, Tool};
use crate::strands::resources::{GRANTS, grant_for};
use crate::strands::volunteers::Mode;
use crate::submissions::Form;
use crate::text::Word;

/// What families are coached in.
pub(crate) const LIVELIHOODS: [Word; 4] =
    [("farming", "เกษตร"), ("weaving", "ทอผ้า"), ("food_stall", "ร้านอาหาร"), ("repairs", "ช่างซ่อม")];
/// What partners give families.
const ROLES: [Word; 4] =
    [("market", "ตลาด"), ("training", "ฝึกอบรม"), ("credit", "สินเชื่อ"), ("supplies", "วัสดุ")];

/// Band of months in the programme, by days since its start.
pub(crate) const TENURES: [(&str, i32); 4] =
    [("months_0_5", 182), ("months_6_11", 365), ("months_12_17", 547), ("months_18_on", i32::MAX)];

/// What is drawn of a family beyond its follow-ups.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Incubated {
    pub(crate) site: Site,
    pub(crate) livelihood: u8,
    pub(crate) started: Day,
}

/// One coaching visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    pub(crate) family: u32,
    pub(crate) site: Site,
    pub(crate) day: Day,
    pub(crate) mode: Mode,
    pub(crate) minutes: Option<u32>,
    pub(crate) grant: u8,
}

/// A partner working with a family.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tie {
    pub(crate) family: u32,
    pub(crate) site: Site,
    partner: u8,
    role: u8,
    pub(crate) since: Day,
    pub(crate) until: Option<Day>,
}

pub(crate) struct Coaching {
    /// By family.
    pub(crate) families: Vec<Incubated>,
    /// By day.
    pub(crate) visits: Vec<Visit>,
    pub(crate) ties: Vec<Tie>,
}

impl Coaching {
    pub(crate) fn draw(programme: &Programme) -> Coaching {
        let mut rng = Rng::stream(programme.seed, Stream::Coaching);
        let mut coaching = Coaching { families: Vec::new(), visits: Vec::new(), ties: Vec::new() };
        for (family, number) in programme.families.iter().zip(0u32..) {
            let site = family.site;
            let livelihood = rng.below(4) as u8;
            // The first follow-up is made on the day of the start or the next.
            let started = family.months[0].day.plus(-rng.between(0, 1));
            coaching.families.push(Incubated { site, livelihood, started });
            for follow_up in &family.months {
                let quarter = quarter_of(follow_up.day).unwrap_or_default();
                let usual = u64::from(activity_percent(site, quarter)) + 10;
                if !rng.chance(usual * 8, 1000) {
                    continue;
                }
                let day = follow_up.day.plus(rng.between(0, 3)).max(started);
                let minutes = (!rng.chance(1, 25)).then(|| 30 + 5 * rng.below(25) as u32);
                let mode = Mode::draw(&mut rng, site, quarter);
                let grant = grant_for(&mut rng, "livelihoods", site, day);
                coaching.visits.push(Visit { family: number, site, day, mode, minutes, grant });
            }
            for _ in 0..rng.below(4) {
                let since = started.plus(rng.between(10, 300));
                let until = since.plus(rng.between(60, 500));
                let ends = rng.chance(1, 3) && until <= EXTRACT;
                let (partner, role) = (rng.below(8) as u8, rng.below(4) as u8);
                if since <= EXTRACT {
                    let until = ends.then_some(until);
                    coaching.ties.push(Tie { family: number, site, partner, role, since, until });
                }
            }
        }
        coaching.visits.sort_by_key(|visit| (visit.day, visit.family));
        coaching
    }

    pub(crate) fn sheets(&self) -> [Sheet<'_>; 3] {
        let families = Sheet {
            folder: "csv",
            stem: "families",
            row_is: "a family incubated",
            tool: Tool::Register,
            columns: vec!["family", "site", "livelihood", "started_on"],
            rows: self.families.len(),
            about: Box::new(|row| (self.families[row].started, self.families[row].site)),
            cells: Box::new(|row, text| {
                let family = &self.families[row];
                vec![
                    family_id(row as u32),
                    text.site(family.site),
                    text.word(&LIVELIHOODS, Some(family.livelihood)),
                    text.day(family.started),
                ]
            }),
            repeat: None,
        };
        let visits = Sheet {
            folder: "kobo",
            stem: "coaching_visits",
            row_is: "a coaching visit",
            tool: Tool::Kobo(Form::CoachingVisits),
            columns: vec!["group_place/province", "family", "visited_on", "mode", "minutes", "grant"],
            rows: self.visits.len(),
            about: Box::new(|row| (self.visits[row].day, self.visits[row].site)),
            cells: Box::new(|row, text| {
                let visit = &self.visits[row];
                vec![
                    text.site(visit.site),
                    family_id(visit.family),
                    text.day(visit.day),
                    visit.mode.key().to_owned(),
                    text.whole(visit.minutes),
                    GRANTS[usize::from(visit.grant)].to_owned(),
                ]
            }),
            repeat: None,
        };
        let ties = Sheet {
            folder: "csv",
            stem: "family_partners",
            row_is: "a family and one of its partners",
            tool: Tool::Register,
            columns: vec!["tie", "family", "site", "partner", "role", "since", "until"],
            rows: self.ties.len(),
            about: Box::new(|row| (self.ties[row].since, self.ties[row].site)),
            cells: Box::new(|row, text| {
                let tie = &self.ties[row];
                vec![
                    format!("L{:03}", row + 1),
                    family_id(tie.family),
                    text.site(tie.site),
                    format!("E{:02}", tie.partner + 1),
                    text.word(&ROLES, Some(tie.role)),
                    text.day(tie.since),
                    text.date(tie.until),
                ]
            }),
            repeat: None,
        };
        [families, visits, ties]
    }
}

/// The code of a family.
fn family_id(number: u32) -> String {
    format!("F{:03}", number + 1)
}
