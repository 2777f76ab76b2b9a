//! The invented programme in memory: who was trained, which sessions were
//! held, who attended, which families and children were followed. Nothing
//! here is dirty; spelling and mistakes are added when it is written.

use crate::calendar::{Day, MONTHS, QUARTERS};
use crate::design::{
    ENOUGH_BAHT, FEMALE_PERCENT, RUN_MONTHS, SEX_UNKNOWN_PERMILLE, Site, VISITOR_PERMILLE, volunteers_trained,
};
use crate::rng::{Rng, Stream};
use crate::truth::Counts;
use crate::{livelihood, registration, workshops};

/// Everything drawn from one seed at one scale, with its true counts.
#[derive(Clone, Debug)]
pub struct Programme {
    /// The seed it was drawn from.
    pub seed: u64,
    /// Multiplier of people, volunteers, families and cases; at least 1.
    pub scale: u32,
    /// Number of participants; they are numbered from 0.
    pub people: u32,
    /// Volunteers: Chiang Rai's, then Nan's, each site's by quarter of first
    /// training. The position is the volunteer's number.
    pub volunteers: Vec<Volunteer>,
    /// Attendances of trainings, by day.
    pub trainings: Vec<Training>,
    /// Sessions, by quarter.
    pub sessions: Vec<Session>,
    /// Participants attending; those of session `s` stand at
    /// `sessions[s].first` up to the next session's `first`.
    pub attendance: Vec<u32>,
    /// Families: Chiang Rai's, then Nan's.
    pub families: Vec<Family>,
    /// Registered children: Chiang Rai's, then Nan's.
    pub cases: Vec<Case>,
    pub(crate) reached: [[Vec<u32>; QUARTERS]; 2],
    pub(crate) counts: Counts,
}

/// A migrant volunteer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volunteer {
    /// The site the volunteer belongs to.
    pub site: Site,
    /// Day of the first training.
    pub trained: Day,
    /// Village the workshops are held in, numbered from 1 over both sites.
    pub village: u32,
    /// Position in the site's list of languages.
    pub language: u8,
}

/// One volunteer at one training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Training {
    /// Day of the training.
    pub day: Day,
    /// Number of the training event, from 1.
    pub event: u32,
    /// Number of the volunteer.
    pub volunteer: u32,
}

/// Who led a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Leader {
    /// A volunteer, by number.
    Volunteer(u32),
    /// A member of staff, by number.
    Staff(u32),
    /// Somebody, but nobody wrote down who.
    Unrecorded,
}

/// One workshop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Where it was held.
    pub site: Site,
    /// Quarter of the period it was held in.
    pub quarter: u8,
    /// The day it was held.
    pub day: Day,
    /// Who led it.
    pub leader: Leader,
    /// Village number.
    pub village: u32,
    /// Position in the site's list of languages.
    pub language: u8,
    /// Position in the list of topics.
    pub topic: u8,
    /// Where its participants begin in [`Programme::attendance`].
    pub first: u32,
}

/// Sex of a participant, as far as anybody wrote it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Woman or girl.
    Female,
    /// Man or boy.
    Male,
    /// Never recorded.
    Unknown,
}

/// A family coached into a livelihood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// The site.
    pub site: Site,
    /// First follow-up month, 0 for 2019-07.
    pub first_month: u8,
    /// The outcome that was drawn first: self-sufficient by 2021-12.
    pub self_sufficient: bool,
    /// One entry a month from the first to 2021-12.
    pub months: Vec<FollowUp>,
}

/// What is known of a family in one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// Day of the visit, within the month.
    pub day: Day,
    /// What the visit found.
    pub finding: Finding,
}

/// What a follow-up found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// No follow-up was recorded.
    Missing,
    /// A follow-up was recorded, but the family was not met: not asked.
    NotVisited,
    /// The family was met.
    Visited {
        /// Own income in baht this month; `None` when not answered.
        own_income: Option<u32>,
        /// Whether a grant was received this month.
        grant: bool,
    },
}

/// One child's registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// The site.
    pub site: Site,
    /// Day the child was identified as undocumented.
    pub identified: Day,
    /// Day all documents were together.
    pub documents: Option<Day>,
    /// Day the application was filed.
    pub filed: Option<Day>,
    /// Day it was approved.
    pub approved: Option<Day>,
    /// Day the child received an identity document.
    pub received: Option<Day>,
    /// Day the case was closed, and why.
    pub closed: Option<(Day, CloseReason)>,
}

/// Why a case was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The document was received.
    Completed,
    /// The family moved away.
    MovedAway,
    /// The child came of age.
    AgedOut,
    /// The family or the office refused.
    Refused,
}

impl Programme {
    /// Draws a whole programme. At scale 1 this takes about a millisecond, so
    /// that thousands of seeds can be drawn to check an interval's coverage.
    ///
    /// A `scale` of 0 is taken as 1.
    pub fn draw(seed: u64, scale: u32) -> Programme {
        let scale = scale.max(1);
        let drawn = workshops::draw(seed, scale);
        let mut programme = Programme {
            seed,
            scale,
            people: drawn.people,
            volunteers: drawn.volunteers,
            trainings: drawn.trainings,
            sessions: drawn.sessions,
            attendance: drawn.attendance,
            families: livelihood::draw(seed, scale),
            cases: registration::draw(seed, scale),
            reached: drawn.reached,
            counts: Counts::default(),
        };
        programme.counts = Counts::of(&programme);
        programme
    }

    /// The true counts, before any dirt.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// People reached in a quarter by each volunteer of a site whose first
    /// training is on or before the quarter's last day, inactive ones (0)
    /// included: independent draws with one known mean
    /// ([`crate::design::VOLUNTEER_REACH`]). Attributing everybody to the
    /// trained volunteer whose session they attended first in the quarter
    /// gives exactly these numbers.
    ///
    /// # Panics
    /// When `quarter` is not below [`QUARTERS`].
    pub fn reached_per_volunteer(&self, site: Site, quarter: usize) -> &[u32] {
        &self.reached[site.index()][quarter]
    }

    /// Number of a site's first volunteer in [`Programme::volunteers`].
    pub fn first_volunteer(&self, site: Site) -> u32 {
        match site {
            Site::ChiangRai => 0,
            Site::Nan => volunteers_trained(Site::ChiangRai, QUARTERS - 1, self.scale),
        }
    }

    /// Participants of a session.
    pub fn participants(&self, session: usize) -> &[u32] {
        let from = self.sessions.get(session).map_or(self.attendance.len(), |s| s.first as usize);
        let to = self.sessions.get(session + 1).map_or(self.attendance.len(), |s| s.first as usize);
        &self.attendance[from..to]
    }
}

/// Attributes of a participant. They are computed from the seed and the
/// participant's number, so that four million people need no memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Sex, as far as it is ever recorded.
    pub sex: Sex,
    /// Year of birth.
    pub born: i32,
    /// Whether the person also attends in the other site.
    pub visitor: bool,
}

impl Person {
    /// The attributes of participant `number`.
    pub fn of(seed: u64, number: u32) -> Person {
        let mut rng = Rng::keyed(seed, Stream::Person, u64::from(number));
        let sex = if rng.chance(SEX_UNKNOWN_PERMILLE, 1000) {
            Sex::Unknown
        } else if rng.chance(FEMALE_PERCENT, 100) {
            Sex::Female
        } else {
            Sex::Male
        };
        let visitor = rng.chance(VISITOR_PERMILLE, 1000);
        // Two in five are teenagers, the rest adults up to 70.
        let born = if rng.chance(2, 5) { rng.between(2002, 2007) } else { rng.between(1950, 2001) };
        Person { sex, born, visitor }
    }
}

impl FollowUp {
    /// Whether this month counts towards self-sufficiency: visited, enough
    /// own income recorded, and no grant.
    pub fn counts(&self) -> bool {
        matches!(
            self.finding,
            Finding::Visited { own_income: Some(baht), grant: false } if baht >= ENOUGH_BAHT
        )
    }
}

impl Family {
    /// The month (0 for 2019-07) in which the first run of enough consecutive
    /// months is complete.
    pub fn self_sufficient_from(&self) -> Option<usize> {
        let mut run = 0;
        for (offset, month) in self.months.iter().enumerate() {
            run = if month.counts() { run + 1 } else { 0 };
            if run == RUN_MONTHS {
                return Some(usize::from(self.first_month) + offset);
            }
        }
        None
    }

    /// Months from the first follow-up month up to and including `month`.
    pub fn months_by(&self, month: usize) -> usize {
        (month.min(MONTHS - 1) + 1).saturating_sub(usize::from(self.first_month))
    }
}
