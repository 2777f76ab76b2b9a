//! Migrant volunteers beyond the workshops they lead: who trained them, when
//! they left, and what they and others knew before and after a training.

use crate::calendar::{Day, EXTRACT, PERIOD_END, PERIOD_START, quarter_of};
use crate::design::{REMOTE_PERMILLE, Site};
use crate::kobo_xlsx::volunteer_id;
use crate::programme::{Leader, Programme, Session, Volunteer};
use crate::rng::{Rng, Stream};
use crate::sheet::{Sheet, Tool};
use crate::submissions::Form;
use crate::text::Word;

/// Languages of the training manual.
pub(crate) const MANUALS: [Word; 2] = [("thai", "ไทย"), ("burmese", "พม่า")];
/// Versions of the training manual.
pub(crate) const VERSIONS: [Word; 2] = [("v1", "ฉบับที่ 1"), ("v2", "ฉบับที่ 2")];
/// First days on which the second version was used, by language.
const SECOND_VERSION: [Day; 2] = [Day::of(2020, 7, 1), Day::of(2021, 1, 1)];
/// Why volunteers leave.
const REASONS: [&str; 4] = ["moved_away", "found_work", "family", ""];
/// The highest score of a knowledge test.
const FULL_SCORE: i32 = 20;
/// The code of a trainer whom the training list does not know.
const OUTSIDE: &str = "X01";

/// Whether something was held in person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    InPerson,
    Remote,
}

/// The names of the two modes, by position.
pub(crate) const MODES: [&str; 2] = ["in_person", "remote"];

impl Mode {
    pub(crate) const fn key(self) -> &'static str {
        MODES[self as usize]
    }

    /// Draws the mode of something in a quarter.
    pub(crate) fn draw(rng: &mut Rng, site: Site, quarter: usize) -> Mode {
        if rng.chance(REMOTE_PERMILLE[site.index()][quarter], 1000) { Mode::Remote } else { Mode::InPerson }
    }
}

/// The mode of a workshop, from the seed and its number.
pub(crate) fn session_mode(seed: u64, number: usize, session: &Session) -> Mode {
    let mut rng = Rng::keyed(seed, Stream::Mode, number as u64);
    Mode::draw(&mut rng, session.site, session.quarter.into())
}

/// Who trained a volunteer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trainer {
    /// Staff: the first generation.
    Staff,
    /// Another volunteer, by number.
    Volunteer(u32),
    /// Somebody of another organisation.
    Outside,
}

/// One person at one training, tested before and after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Test {
    pub(crate) site: Site,
    pub(crate) day: Day,
    event: u32,
    person: Tested,
    pub(crate) language: u8,
    pub(crate) version: u8,
    pub(crate) before: Option<i32>,
    pub(crate) after: Option<i32>,
}

#[derive(Clone, Copy, Debug)]
enum Tested {
    Volunteer(u32),
    Trainee(u32),
}

/// What is drawn of volunteers beyond [`Programme`].
pub(crate) struct VolunteerLife {
    /// By volunteer.
    pub(crate) trainers: Vec<Trainer>,
    /// By volunteer: 1, 2, or 3 for the third and later; 0 where it is unknown.
    pub(crate) generations: Vec<u8>,
    /// By volunteer.
    pub(crate) left: Vec<Option<Day>>,
    /// Who left, in the order of leaving: day, volunteer, reason.
    exits: Vec<(Day, u32, u8)>,
    /// Knowledge tests, by day.
    pub(crate) tests: Vec<Test>,
}

impl VolunteerLife {
    pub(crate) fn draw(programme: &Programme) -> VolunteerLife {
        let mut rng = Rng::stream(programme.seed, Stream::VolunteerLife);
        let trainers = draw_trainers(&mut rng, programme);
        let generations = generations(&trainers);
        let exits = draw_exits(&mut rng, programme);
        let mut left = vec![None; programme.volunteers.len()];
        for &(day, volunteer, _) in &exits {
            left[volunteer as usize] = Some(day);
        }
        let tests = draw_tests(&mut rng, programme);
        VolunteerLife { trainers, generations, left, exits, tests }
    }

    /// What the training list says of who trained a volunteer.
    pub(crate) fn trained_by(&self, volunteer: u32) -> String {
        match self.trainers[volunteer as usize] {
            Trainer::Staff => String::new(),
            Trainer::Volunteer(trainer) => volunteer_id(trainer),
            Trainer::Outside => OUTSIDE.to_owned(),
        }
    }

    /// The list of those who left, and the tests.
    pub(crate) fn sheets<'a>(&'a self, programme: &'a Programme) -> [Sheet<'a>; 2] {
        let site = |volunteer: u32| programme.volunteers[volunteer as usize].site;
        let exits = Sheet {
            folder: "csv",
            stem: "volunteer_exits",
            row_is: "a volunteer who left",
            tool: Tool::Register,
            columns: vec!["volunteer", "site", "left_on", "reason"],
            rows: self.exits.len(),
            about: Box::new(move |row| (self.exits[row].0, site(self.exits[row].1))),
            cells: Box::new(move |row, text| {
                let (day, volunteer, reason) = self.exits[row];
                let place = text.site(site(volunteer));
                vec![volunteer_id(volunteer), place, text.day(day), REASONS[usize::from(reason)].to_owned()]
            }),
            repeat: None,
        };
        let tests = Sheet {
            folder: "kobo",
            stem: "knowledge_tests",
            row_is: "a person tested before and after a training",
            tool: Tool::Kobo(Form::KnowledgeTests),
            columns: vec![
                "group_place/province",
                "held_on",
                "training_id",
                "person",
                "manual_language",
                "manual_version",
                "score_before",
                "score_after",
            ],
            rows: self.tests.len(),
            about: Box::new(|row| (self.tests[row].day, self.tests[row].site)),
            cells: Box::new(|row, text| {
                let test = &self.tests[row];
                let score = |score: Option<i32>| score.map(i32::unsigned_abs);
                vec![
                    text.site(test.site),
                    text.day(test.day),
                    format!("T{:03}", test.event),
                    match test.person {
                        Tested::Volunteer(number) => volunteer_id(number),
                        Tested::Trainee(number) => format!("K{:04}", number + 1),
                    },
                    text.word(&MANUALS, Some(test.language)),
                    text.word(&VERSIONS, Some(test.version)),
                    text.whole(score(test.before)),
                    text.whole(score(test.after)),
                ]
            }),
            repeat: None,
        };
        [exits, tests]
    }
}

/// Volunteers are trained by staff, by a volunteer of their site who was
/// trained at least a month before, or (a few) by somebody outside. The first
/// ones in Nan are trained by volunteers of Chiang Rai.
fn draw_trainers(rng: &mut Rng, programme: &Programme) -> Vec<Trainer> {
    let nan = programme.first_volunteer(Site::Nan);
    let mut trainers: Vec<Trainer> = Vec::with_capacity(programme.volunteers.len());
    for (volunteer, number) in programme.volunteers.iter().zip(0u32..) {
        let by_volunteer = if volunteer.trained < PERIOD_START { 40 } else { 65 };
        let chance = rng.below(100);
        if chance >= 95 {
            trainers.push(Trainer::Outside);
            continue;
        }
        let pool = match volunteer.site {
            Site::Nan if number < nan + 6 * programme.scale => 0..nan,
            Site::Nan => nan..number,
            Site::ChiangRai => 0..number,
        };
        let mut trainer = Trainer::Staff;
        for _ in 0..8 {
            let candidate = pool.start + rng.below(u64::from(pool.end - pool.start)) as u32;
            let Some(Volunteer { trained, .. }) = programme.volunteers.get(candidate as usize) else {
                continue;
            };
            let known = trainers.get(candidate as usize).is_some_and(|by| *by != Trainer::Outside);
            if chance < by_volunteer && known && trained.plus(30) <= volunteer.trained {
                trainer = Trainer::Volunteer(candidate);
                break;
            }
        }
        trainers.push(trainer);
    }
    trainers
}

/// The generation of each volunteer; a trainer stands before those trained.
fn generations(trainers: &[Trainer]) -> Vec<u8> {
    let mut generations: Vec<u8> = Vec::with_capacity(trainers.len());
    for trainer in trainers {
        generations.push(match trainer {
            Trainer::Staff => 1,
            Trainer::Volunteer(number) => (generations[*number as usize] + 1).min(3),
            Trainer::Outside => 0,
        });
    }
    generations
}

/// Most of those who did nothing in the last two months of the period have left
/// some time after the last thing they did.
fn draw_exits(rng: &mut Rng, programme: &Programme) -> Vec<(Day, u32, u8)> {
    let mut last: Vec<Day> = programme.volunteers.iter().map(|volunteer| volunteer.trained).collect();
    for training in &programme.trainings {
        let day = &mut last[training.volunteer as usize];
        *day = training.day.max(*day);
    }
    for session in &programme.sessions {
        if let Leader::Volunteer(volunteer) = session.leader {
            let day = &mut last[volunteer as usize];
            *day = session.day.max(*day);
        }
    }
    let mut exits = Vec::new();
    for (day, volunteer) in last.into_iter().zip(0u32..) {
        let left = day.max(PERIOD_START).plus(rng.between(10, 150));
        let reason = rng.below(4) as u8;
        if day.plus(60) < PERIOD_END && rng.chance(4, 5) && left <= EXTRACT {
            exits.push((left, volunteer, reason));
        }
    }
    exits.sort_unstable();
    exits
}

/// Everybody at a training of the period is tested: the volunteers, and others
/// who came and did not become volunteers. Some leave before the second test.
fn draw_tests(rng: &mut Rng, programme: &Programme) -> Vec<Test> {
    let mut tests = Vec::new();
    let mut trainees = 0..;
    for event in programme.trainings.chunk_by(|a, b| a.event == b.event) {
        let Some(first) = event.first() else { continue };
        let site = programme.volunteers[first.volunteer as usize].site;
        let burmese = match site {
            Site::ChiangRai => 55,
            Site::Nan => 20,
        };
        let language = u8::from(rng.chance(burmese, 100));
        let version = u8::from(first.day >= SECOND_VERSION[usize::from(language)]);
        let others = 3 + rng.below(5) as usize;
        let people = event
            .iter()
            .map(|training| Tested::Volunteer(training.volunteer))
            .chain(trainees.by_ref().take(others).map(Tested::Trainee));
        for person in people {
            let before = rng.between(3, 14);
            let gained = rng.between(-1, 6) + i32::from(version) - i32::from(language) + 1;
            let after = (before + gained).clamp(0, FULL_SCORE);
            tests.push(Test {
                site,
                day: first.day,
                event: first.event,
                person,
                language,
                version,
                before: (!rng.chance(3, 100)).then_some(before),
                after: (!rng.chance(8, 100)).then_some(after),
            });
        }
    }
    // Only the period has forms.
    tests.retain(|test| quarter_of(test.day).is_some());
    tests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trainers_were_trained_before_and_nobody_acts_after_leaving() {
        for seed in 0..20 {
            let p = Programme::draw(seed, 1);
            let life = VolunteerLife::draw(&p);
            for (number, trainer) in life.trainers.iter().enumerate() {
                if let Trainer::Volunteer(by) = *trainer {
                    assert!(p.volunteers[by as usize].trained < p.volunteers[number].trained);
                    let next = (life.generations[by as usize] + 1).min(3);
                    assert_eq!(life.generations[number], next);
                }
            }
            for generation in 1..=3 {
                assert!(life.generations.contains(&generation), "seed {seed}: {generation}");
            }
            for session in &p.sessions {
                if let Leader::Volunteer(v) = session.leader {
                    assert!(life.left[v as usize].is_none_or(|left| left > session.day));
                }
            }
            assert!(life.tests.iter().all(|test| test.day >= PERIOD_START));
            assert!((100..400).contains(&life.tests.len()), "{}", life.tests.len());
        }
    }
}
