//! Young people: activities in person and remotely, schools, and part-time
//! placements with business partners.

use crate::calendar::{Day, EXTRACT, QUARTERS, quarter_end, quarter_start};
use crate::design::{SITES, Site, activity_percent, workshop_days};
use crate::programme::Sex;
use crate::rng::{Rng, Stream};
use crate::sheet::{Repeat, Sheet, Tool};
use crate::strands::resources::{GRANTS, grant_for};
use crate::strands::volunteers::Mode;
use crate::submissions::Form;
use crate::text::Word;

/// Activities of a session.
pub(crate) const ACTIVITIES: [Word; 5] = [
    ("art", "ศิลปะ"),
    ("sport", "กีฬา"),
    ("homework", "การบ้าน"),
    ("life_skills", "ทักษะชีวิต"),
    ("business_visit", "ศึกษาดูงาน"),
];
/// Business partners: the first seven in Chiang Rai, the others in Nan.
pub(crate) const PARTNERS: [&str; 12] =
    ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B09", "B10", "B11", "B12"];
/// Bands of age at enrolment, with their first and last year.
pub(crate) const AGE_BANDS: [(&str, i32, i32); 3] = [("10-12", 10, 12), ("13-15", 13, 15), ("16-17", 16, 17)];

/// Young people enrolled in the quarter, at scale 1.
const ENROLLED: [[u32; QUARTERS]; 2] = [[24, 6, 4, 0, 4, 6, 4, 2, 4, 6], [8, 6, 4, 4, 4, 4, 2, 4, 2, 2]];
/// Sessions in a quarter as usual, at scale 1.
const SESSIONS: [u32; 2] = [18, 10];
/// The first days of the weeks in which schools are asked.
const SCHOOL_CHECKS: [Day; 5] = [
    Day::of(2019, 11, 4),
    Day::of(2020, 7, 6),
    Day::of(2020, 12, 1),
    Day::of(2021, 6, 14),
    Day::of(2021, 11, 8),
];

/// A young person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Child {
    pub(crate) site: Site,
    pub(crate) sex: Sex,
    pub(crate) born: Option<Day>,
    pub(crate) enrolled: Day,
}

impl Child {
    /// Position of the band of age at enrolment; one more than the last where
    /// the day of birth is not known.
    pub(crate) fn age_band(&self) -> usize {
        let age = self.born.map(|born| age_at(born, self.enrolled));
        let band = |age: i32| AGE_BANDS.iter().position(|(_, from, to)| (*from..=*to).contains(&age));
        age.and_then(band).unwrap_or(AGE_BANDS.len())
    }
}

/// Age in completed years.
fn age_at(born: Day, day: Day) -> i32 {
    let (born, day) = (born.civil(), day.civil());
    day.year - born.year - i32::from((day.month, day.day) < (born.month, born.day))
}

/// A session with young people.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Activity {
    pub(crate) site: Site,
    pub(crate) quarter: u8,
    pub(crate) day: Day,
    pub(crate) activity: u8,
    pub(crate) mode: Mode,
    pub(crate) grant: u8,
    first: u32,
}

/// A part-time place of work with a business partner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placement {
    pub(crate) site: Site,
    pub(crate) child: u32,
    pub(crate) partner: u8,
    pub(crate) started: Day,
    pub(crate) ended: Option<Day>,
    hours: u32,
}

/// What a school said of a young person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SchoolCheck {
    pub(crate) child: u32,
    pub(crate) day: Day,
    pub(crate) in_school: Option<bool>,
}

pub(crate) struct Youth {
    /// Chiang Rai's, then Nan's, each by day of enrolment.
    pub(crate) children: Vec<Child>,
    pub(crate) sessions: Vec<Activity>,
    attendance: Vec<u32>,
    pub(crate) placements: Vec<Placement>,
    pub(crate) checks: Vec<SchoolCheck>,
}

impl Youth {
    pub(crate) fn draw(seed: u64, scale: u32) -> Youth {
        let mut rng = Rng::stream(seed, Stream::Youth);
        let mut children = Vec::new();
        for site in SITES {
            let own = children.len();
            for (quarter, count) in ENROLLED[site.index()].iter().enumerate() {
                for _ in 0..count * scale {
                    children.push(draw_child(&mut rng, site, quarter));
                }
            }
            children[own..].sort_by_key(|child: &Child| child.enrolled);
        }
        let mut youth = Youth {
            children,
            sessions: Vec::new(),
            attendance: Vec::new(),
            placements: Vec::new(),
            checks: Vec::new(),
        };
        youth.draw_sessions(&mut rng, scale);
        youth.draw_placements(&mut rng);
        youth.draw_checks(&mut rng);
        youth
    }

    /// Who took part in a session.
    pub(crate) fn participants(&self, session: usize) -> &[u32] {
        let from = |session: usize| {
            self.sessions.get(session).map_or(self.attendance.len(), |session| session.first as usize)
        };
        &self.attendance[from(session)..from(session + 1)]
    }

    /// Numbers of a site's young people enrolled by a day.
    fn enrolled(&self, site: Site, day: Day) -> std::ops::Range<u32> {
        let nan = self.children.partition_point(|child| child.site == Site::ChiangRai);
        let (from, own) = match site {
            Site::ChiangRai => (0, &self.children[..nan]),
            Site::Nan => (nan, &self.children[nan..]),
        };
        let count = own.partition_point(|child| child.enrolled <= day);
        from as u32..(from + count) as u32
    }

    fn draw_sessions(&mut self, rng: &mut Rng, scale: u32) {
        for quarter in 0..QUARTERS {
            for site in SITES {
                let (from, until) = workshop_days(site, quarter);
                let usual = SESSIONS[site.index()] * scale;
                let count = (usual * activity_percent(site, quarter)).div_ceil(100);
                let mut days: Vec<i32> = (0..count).map(|_| rng.between(from.0, until.0)).collect();
                days.sort_unstable();
                for day in days.into_iter().map(Day) {
                    let known = self.enrolled(site, day);
                    let size = (5 + rng.below(9) as u32).min(known.end - known.start);
                    let first = self.attendance.len() as u32;
                    let mut missing = size;
                    while missing > 0 {
                        let child = known.start + rng.below(u64::from(known.end - known.start)) as u32;
                        if !self.attendance[first as usize..].contains(&child) {
                            self.attendance.push(child);
                            missing -= 1;
                        }
                    }
                    self.sessions.push(Activity {
                        site,
                        quarter: quarter as u8,
                        day,
                        activity: rng.below(5) as u8,
                        mode: Mode::draw(rng, site, quarter),
                        grant: grant_for(rng, "youth", site, day),
                        first,
                    });
                }
            }
        }
    }

    /// Half get a place once they are fifteen and two months enrolled.
    fn draw_placements(&mut self, rng: &mut Rng) {
        for (child, number) in self.children.iter().zip(0u32..) {
            if !rng.chance(1, 2) {
                continue;
            }
            let fifteen = child.born.map_or(child.enrolled, |born| born.plus_months(15 * 12));
            let started = child.enrolled.plus(60).max(fifteen).plus(rng.between(0, 240));
            let ended = started.plus(rng.between(40, 400));
            let partner = match child.site {
                Site::ChiangRai => rng.below(7) as u8,
                Site::Nan => 7 + rng.below(5) as u8,
            };
            let hours = 4 + 2 * rng.below(7) as u32;
            if started <= quarter_end(QUARTERS - 1) {
                let ended = (ended <= EXTRACT).then_some(ended);
                self.placements.push(Placement {
                    site: child.site,
                    child: number,
                    partner,
                    started,
                    ended,
                    hours,
                });
            }
        }
        self.placements.sort_by_key(|placement| (placement.started, placement.child));
    }

    /// Fewer stay in school in Chiang Rai once it has been closed; of one in
    /// fifteen nobody could say.
    fn draw_checks(&mut self, rng: &mut Rng) {
        for from in SCHOOL_CHECKS {
            for (child, number) in self.children.iter().zip(0u32..) {
                let day = from.plus(rng.between(0, 14));
                let stays = match child.site {
                    Site::ChiangRai if from > SCHOOL_CHECKS[1] => 84,
                    Site::ChiangRai => 93,
                    Site::Nan => 92,
                };
                let in_school = rng.chance(stays, 100);
                let known = !rng.chance(1, 15);
                if child.enrolled <= from {
                    self.checks.push(SchoolCheck {
                        child: number,
                        day,
                        in_school: known.then_some(in_school),
                    });
                }
            }
        }
    }

    pub(crate) fn sheets(&self) -> [Sheet<'_>; 4] {
        [self.register(), self.form(), self.placement_list(), self.school_list()]
    }

    fn register(&self) -> Sheet<'_> {
        Sheet {
            folder: "csv",
            stem: "youth",
            row_is: "a young person",
            tool: Tool::Register,
            columns: vec!["child", "sex", "site", "born_on", "enrolled_on"],
            rows: self.children.len(),
            about: Box::new(|row| (self.children[row].enrolled, self.children[row].site)),
            cells: Box::new(|row, text| {
                let child = &self.children[row];
                vec![
                    child_id(row as u32),
                    text.sex(child.sex),
                    text.site(child.site),
                    text.date(child.born),
                    text.day(child.enrolled),
                ]
            }),
            repeat: None,
        }
    }

    fn form(&self) -> Sheet<'_> {
        Sheet {
            folder: "kobo",
            stem: "youth_sessions",
            row_is: "a session with young people",
            tool: Tool::Kobo(Form::YouthSessions),
            columns: vec!["group_place/province", "held_on", "activity", "mode", "grant"],
            rows: self.sessions.len(),
            about: Box::new(|row| (self.sessions[row].day, self.sessions[row].site)),
            cells: Box::new(|row, text| {
                let session = &self.sessions[row];
                vec![
                    text.site(session.site),
                    text.day(session.day),
                    text.word(&ACTIVITIES, Some(session.activity)),
                    session.mode.key().to_owned(),
                    GRANTS[usize::from(session.grant)].to_owned(),
                ]
            }),
            repeat: Some(Repeat {
                name: "children",
                columns: vec!["children/child"],
                count: Box::new(|row| self.participants(row).len()),
                cells: Box::new(|row, part| vec![child_id(self.participants(row)[part])]),
            }),
        }
    }

    fn placement_list(&self) -> Sheet<'_> {
        Sheet {
            folder: "csv",
            stem: "placements",
            row_is: "a part-time placement",
            tool: Tool::Register,
            columns: vec!["placement", "child", "partner", "site", "started_on", "ended_on", "hours_a_week"],
            rows: self.placements.len(),
            about: Box::new(|row| (self.placements[row].started, self.placements[row].site)),
            cells: Box::new(|row, text| {
                let placement = &self.placements[row];
                vec![
                    format!("J{:03}", row + 1),
                    child_id(placement.child),
                    PARTNERS[usize::from(placement.partner)].to_owned(),
                    text.site(placement.site),
                    text.day(placement.started),
                    text.date(placement.ended),
                    text.whole(Some(placement.hours)),
                ]
            }),
            repeat: None,
        }
    }

    fn school_list(&self) -> Sheet<'_> {
        let site = |row: usize| self.children[self.checks[row].child as usize].site;
        Sheet {
            folder: "csv",
            stem: "school_checks",
            row_is: "a young person and term",
            tool: Tool::Register,
            columns: vec!["child", "site", "checked_on", "in_school"],
            rows: self.checks.len(),
            about: Box::new(move |row| (self.checks[row].day, site(row))),
            cells: Box::new(move |row, text| {
                let check = &self.checks[row];
                let (child, place) = (child_id(check.child), text.site(site(row)));
                vec![child, place, text.day(check.day), text.yes(check.in_school)]
            }),
            repeat: None,
        }
    }
}

fn child_id(number: u32) -> String {
    format!("Y{:04}", number + 1)
}

fn draw_child(rng: &mut Rng, site: Site, quarter: usize) -> Child {
    let from = quarter_start(quarter).0;
    let until = quarter_end(quarter).0;
    // Those of the first quarter were there from its beginning.
    let enrolled = if quarter == 0 { Day(from + rng.between(0, 20)) } else { Day(rng.between(from, until)) };
    let sex = match rng.below(100) {
        0..=1 => Sex::Unknown,
        2..=52 => Sex::Female,
        _ => Sex::Male,
    };
    let born = enrolled.plus_months(-12 * 18).plus(1 + rng.below(8 * 365) as i32);
    Child { site, sex, born: (!rng.chance(1, 30)).then_some(born), enrolled }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn young_people_are_between_ten_and_seventeen_and_take_part_after_enrolment() {
        for seed in 0..10 {
            let youth = Youth::draw(seed, 1);
            assert_eq!(youth.children.len(), 100);
            for child in &youth.children {
                assert_eq!(child.age_band() == AGE_BANDS.len(), child.born.is_none(), "{child:?}");
            }
            for (number, session) in youth.sessions.iter().enumerate() {
                for &child in youth.participants(number) {
                    let child = &youth.children[child as usize];
                    assert!(child.site == session.site && child.enrolled <= session.day);
                }
            }
            assert!(youth.placements.len() > 15);
        }
    }
}
