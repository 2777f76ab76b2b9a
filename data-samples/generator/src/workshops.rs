//! Draws volunteers, trainings, sessions and attendance.
//!
//! For each quarter and each trained volunteer the number of people reached is
//! drawn first, from [`VOLUNTEER_REACH`]; people are then found for it, about
//! half of them from those the volunteer has met before. Whoever also attends
//! somebody else's workshop in the quarter does so on a later day (another
//! volunteer's) or at one led by staff, so that "who reached them first" leads
//! back to exactly the numbers drawn.

use std::ops::Range;

use crate::calendar::{Day, QUARTERS, quarter_end, quarter_start};
use crate::design::{
    REFRESHER_PERMILLE, ReachLaw, SITES, STAFF, STAFF_REACH, Site, VILLAGES, VOLUNTEER_REACH,
    VOLUNTEERS_BEFORE, VOLUNTEERS_NEW, volunteers_trained, workshop_days,
};
use crate::programme::{Leader, Person, Session, Training, Volunteer};
use crate::rng::{Rng, Stream};

/// Volunteers taught together at one training, at most.
const GROUP: usize = 6;

/// What [`draw`] returns; the fields are those of
/// [`Programme`](crate::programme::Programme).
pub(crate) struct Drawn {
    pub(crate) people: u32,
    pub(crate) volunteers: Vec<Volunteer>,
    pub(crate) trainings: Vec<Training>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) attendance: Vec<u32>,
    pub(crate) reached: [[Vec<u32>; QUARTERS]; 2],
}

/// Draws the workshops of all quarters.
pub(crate) fn draw(seed: u64, scale: u32) -> Drawn {
    let mut rng = Rng::stream(seed, Stream::Workshops);
    let (volunteers, trainings) = draw_trainings(&mut rng, scale);
    let leaders = volunteers.len() + (STAFF[0] + STAFF[1]) as usize * scale as usize;
    let mut draft = Draft {
        seed,
        scale,
        rng,
        volunteers,
        people: 0,
        catchments: vec![Vec::new(); leaders],
        sessions: Vec::new(),
        attendance: Vec::new(),
        pairs: Vec::new(),
    };
    let mut reached: [[Vec<u32>; QUARTERS]; 2] = Default::default();
    for quarter in 0..QUARTERS {
        for (quarters, volunteers) in reached.iter_mut().zip(draft.quarter(quarter)) {
            quarters[quarter] = volunteers;
        }
    }
    Drawn {
        people: draft.people,
        volunteers: draft.volunteers,
        trainings,
        sessions: draft.sessions,
        attendance: draft.attendance,
        reached,
    }
}

/// A village of a site, numbered from 1 over both sites.
fn draw_village(rng: &mut Rng, site: Site, scale: u32) -> u32 {
    let before = match site {
        Site::ChiangRai => 0,
        Site::Nan => VILLAGES[0] * scale,
    };
    before + 1 + rng.below(u64::from(VILLAGES[site.index()] * scale)) as u32
}

/// Volunteers with their first trainings, and the refreshers.
fn draw_trainings(rng: &mut Rng, scale: u32) -> (Vec<Volunteer>, Vec<Training>) {
    let mut volunteers = Vec::new();
    // (day, volunteers): one element an event.
    let mut events: Vec<(Day, Vec<u32>)> = Vec::new();
    for site in SITES {
        let own = volunteers.len() as u32;
        let before = VOLUNTEERS_BEFORE[site.index()] * scale;
        let cohorts = std::iter::once((before, Day::of(2016, 2, 1), Day::of(2019, 6, 15))).chain(
            VOLUNTEERS_NEW[site.index()].iter().enumerate().map(|(quarter, &new)| {
                let (from, until) = training_days(site, quarter);
                (new * scale, from, until)
            }),
        );
        for (size, from, until) in cohorts {
            for start in (0..size).step_by(GROUP) {
                let day = Day(rng.between(from.0, until.0));
                let mut group = Vec::with_capacity(GROUP);
                for _ in start..size.min(start + GROUP as u32) {
                    group.push(volunteers.len() as u32);
                    volunteers.push(Volunteer {
                        site,
                        trained: day,
                        village: draw_village(rng, site, scale),
                        language: rng.below(5) as u8,
                    });
                }
                events.push((day, group));
            }
        }
        let shares = REFRESHER_PERMILLE[site.index()].iter().enumerate().skip(1);
        for (quarter, &permille) in shares {
            let known = volunteers_trained(site, quarter - 1, scale);
            let coming: Vec<u32> = (own..own + known).filter(|_| rng.chance(permille, 1000)).collect();
            let (from, until) = training_days(site, quarter);
            for group in coming.chunks(2 * GROUP) {
                events.push((Day(rng.between(from.0, until.0)), group.to_vec()));
            }
        }
    }
    events.sort();
    let trainings = events
        .iter()
        .zip(1..)
        .flat_map(|((day, group), event)| {
            group.iter().map(move |&volunteer| Training { day: *day, event, volunteer })
        })
        .collect();
    (volunteers, trainings)
}

/// The days of a quarter on which trainings are held.
fn training_days(site: Site, quarter: usize) -> (Day, Day) {
    match (site, quarter) {
        (Site::ChiangRai, 2) => (quarter_start(quarter), Day::of(2020, 3, 8)),
        _ => (quarter_start(quarter), quarter_end(quarter)),
    }
}

/// The workshops as far as they are drawn.
struct Draft {
    seed: u64,
    scale: u32,
    rng: Rng,
    volunteers: Vec<Volunteer>,
    people: u32,
    /// People each volunteer, then each member of staff, has met at own
    /// workshops; nobody is in two catchments.
    catchments: Vec<Vec<u32>>,
    sessions: Vec<Session>,
    attendance: Vec<u32>,
    /// (session, participant) of the quarter being drawn.
    pairs: Vec<(u32, u32)>,
}

/// Who leads, where and in which quarter: all that a leader's sessions share.
#[derive(Clone, Copy)]
struct Lead {
    leader: Leader,
    site: Site,
    quarter: usize,
    /// Fixed for volunteers, drawn anew for staff.
    home: Option<(u32, u8)>,
}

impl Draft {
    /// Draws one quarter; returns the people reached by each trained volunteer
    /// of the two sites.
    fn quarter(&mut self, quarter: usize) -> [Vec<u32>; 2] {
        let first_session = self.sessions.len() as u32;
        self.pairs.clear();
        let mut reached = [Vec::new(), Vec::new()];
        let mut staff_sessions = [0..0, 0..0];
        // Whoever was reached, with the site that did.
        let mut present: Vec<(u32, Site)> = Vec::new();
        for site in SITES {
            let s = site.index();
            let own = match site {
                Site::ChiangRai => 0,
                Site::Nan => volunteers_trained(Site::ChiangRai, QUARTERS - 1, self.scale),
            };
            let trained = own..own + volunteers_trained(site, quarter, self.scale);

            let sessions_from = self.sessions.len() as u32;
            let mut met: Vec<(u32, Day, u32)> = Vec::new();
            for volunteer in trained.clone() {
                let y = VOLUNTEER_REACH[s][quarter].draw(&mut self.rng);
                reached[s].push(y);
                self.volunteer_quarter(volunteer, site, quarter, y, &mut met);
            }
            let by_volunteers = sessions_from..self.sessions.len() as u32;

            let sessions_from = self.sessions.len() as u32;
            let staff = STAFF[s] * self.scale;
            let staff_own = if s == 0 { 0 } else { STAFF[0] * self.scale };
            for staff in staff_own..staff_own + staff {
                self.staff_quarter(staff, site, quarter, &mut present);
            }
            staff_sessions[s] = sessions_from..self.sessions.len() as u32;

            self.attend_elsewhere(&met, &by_volunteers, &staff_sessions[s]);
            present.extend(met.iter().map(|&(person, _, _)| (person, site)));
            for volunteer in trained {
                self.before_training(volunteer, site, quarter);
            }
        }
        for (person, site) in present {
            let sessions = staff_sessions[site.other().index()].clone();
            if !sessions.is_empty() && Person::of(self.seed, person).visitor {
                let session = self.one_of(&sessions);
                self.pairs.push((session, person));
            }
        }
        self.settle(first_session);
        reached
    }

    /// The workshops a trained volunteer holds in a quarter, for `y` people;
    /// adds (person, first day, volunteer) to `met`.
    fn volunteer_quarter(
        &mut self,
        volunteer: u32,
        site: Site,
        quarter: usize,
        y: u32,
        met: &mut Vec<(u32, Day, u32)>,
    ) {
        if y == 0 {
            return;
        }
        let Volunteer { trained, village, language, .. } = self.volunteers[volunteer as usize];
        let (from, until) = workshop_days(site, quarter);
        let lead =
            Lead { leader: Leader::Volunteer(volunteer), site, quarter, home: Some((village, language)) };
        let people = self.gather(volunteer as usize, y);
        let sessions = self.hold(lead, from.max(trained), until, y);
        for person in people {
            let day = self.attend(person, &sessions);
            met.push((person, day, volunteer));
        }
    }

    /// The workshops a member of staff holds in a quarter. On one in six
    /// nobody writes down who led it.
    fn staff_quarter(&mut self, staff: u32, site: Site, quarter: usize, present: &mut Vec<(u32, Site)>) {
        let law: ReachLaw = STAFF_REACH[site.index()][quarter];
        let y = law.draw(&mut self.rng);
        if y == 0 {
            return;
        }
        let (from, until) = workshop_days(site, quarter);
        let lead = Lead { leader: Leader::Staff(staff), site, quarter, home: None };
        let people = self.gather(self.volunteers.len() + staff as usize, y);
        let sessions = self.hold(lead, from, until, y);
        for person in people {
            self.attend(person, &sessions);
            present.push((person, site));
        }
        for session in sessions {
            if self.rng.chance(1, 6) {
                self.sessions[session as usize].leader = Leader::Unrecorded;
            }
        }
    }

    /// Some volunteers hold a workshop before they are trained. Whom they
    /// reach there counts as reached, but not by a trained volunteer.
    fn before_training(&mut self, volunteer: u32, site: Site, quarter: usize) {
        let Volunteer { trained, village, language, .. } = self.volunteers[volunteer as usize];
        let (from, _) = workshop_days(site, quarter);
        if trained <= from || !self.rng.chance(1, 3) {
            return;
        }
        let size = 4 + self.rng.below(8) as u32;
        let lead =
            Lead { leader: Leader::Volunteer(volunteer), site, quarter, home: Some((village, language)) };
        let session = self.hold(lead, from, trained.plus(-1), 1);
        for _ in 0..size {
            let person = self.new_person(volunteer as usize);
            self.attend(person, &session);
        }
    }

    /// A few of the people a volunteer reached go to another volunteer's
    /// workshop on a later day, a few to one led by staff.
    fn attend_elsewhere(
        &mut self,
        met: &[(u32, Day, u32)],
        by_volunteers: &Range<u32>,
        by_staff: &Range<u32>,
    ) {
        for &(person, first_day, volunteer) in met {
            if self.rng.chance(8, 100) {
                let chosen = self.one_of(by_volunteers);
                let session = &self.sessions[chosen as usize];
                if session.day > first_day && session.leader != Leader::Volunteer(volunteer) {
                    self.pairs.push((chosen, person));
                }
            }
            if !by_staff.is_empty() && self.rng.chance(4, 100) {
                let chosen = self.one_of(by_staff);
                self.pairs.push((chosen, person));
            }
        }
    }

    /// `wanted` different people for a leader: each from the catchment with
    /// probability one half as long as it lasts, otherwise new to it.
    fn gather(&mut self, leader: usize, wanted: u32) -> Vec<u32> {
        let mut returning = 0;
        for _ in 0..wanted {
            returning += usize::from(self.rng.chance(1, 2));
        }
        let known = &mut self.catchments[leader];
        let returning = returning.min(known.len());
        for i in 0..returning {
            let j = i + self.rng.below((known.len() - i) as u64) as usize;
            known.swap(i, j);
        }
        let mut people = known[..returning].to_vec();
        for _ in returning..wanted as usize {
            people.push(self.new_person(leader));
        }
        people
    }

    /// A person nobody has met before, now of this leader's catchment.
    fn new_person(&mut self, leader: usize) -> u32 {
        let person = self.people;
        self.people += 1;
        self.catchments[leader].push(person);
        person
    }

    /// Holds enough sessions for `people`: one for every dozen.
    fn hold(&mut self, lead: Lead, from: Day, until: Day, people: u32) -> Range<u32> {
        let start = self.sessions.len() as u32;
        for _ in 0..people.div_ceil(12) {
            let (village, language) = lead.home.unwrap_or_else(|| {
                let village = draw_village(&mut self.rng, lead.site, self.scale);
                (village, self.rng.below(5) as u8)
            });
            let day = Day(self.rng.between(from.0, until.0));
            let topic = self.rng.below(5) as u8;
            self.sessions.push(Session {
                site: lead.site,
                quarter: lead.quarter as u8,
                day,
                leader: lead.leader,
                village,
                language,
                topic,
                first: 0,
            });
        }
        start..self.sessions.len() as u32
    }

    /// Puts a person into one of the sessions, three in ten into a second;
    /// returns the first day attended.
    fn attend(&mut self, person: u32, sessions: &Range<u32>) -> Day {
        let chosen = self.one_of(sessions);
        self.pairs.push((chosen, person));
        let mut day = self.sessions[chosen as usize].day;
        let count = sessions.end - sessions.start;
        if count > 1 && self.rng.chance(3, 10) {
            let step = 1 + self.rng.below(u64::from(count - 1)) as u32;
            let second = sessions.start + (chosen - sessions.start + step) % count;
            self.pairs.push((second, person));
            day = day.min(self.sessions[second as usize].day);
        }
        day
    }

    /// One of a non-empty range of sessions.
    fn one_of(&mut self, sessions: &Range<u32>) -> u32 {
        sessions.start + self.rng.below(u64::from(sessions.end - sessions.start)) as u32
    }

    /// Sorts the quarter's pairs by session (a counting sort, so that within a
    /// session people keep the order they came in).
    fn settle(&mut self, first_session: u32) {
        let sessions = &mut self.sessions[first_session as usize..];
        for &(session, _) in &self.pairs {
            sessions[(session - first_session) as usize].first += 1;
        }
        let start = self.attendance.len();
        let mut next = start as u32;
        let mut places = Vec::with_capacity(sessions.len());
        for session in sessions {
            places.push(next);
            next += std::mem::replace(&mut session.first, next);
        }
        self.attendance.resize(start + self.pairs.len(), 0);
        for &(session, person) in &self.pairs {
            let place = &mut places[(session - first_session) as usize];
            self.attendance[*place as usize] = person;
            *place += 1;
        }
    }
}
