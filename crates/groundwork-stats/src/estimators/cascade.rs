//! A cascade of training, from who trained whom: `cascade.tree`.
//!
//! # Estimand
//!
//! How training spreads: for each generation the mean number of people that
//! one of its members trained (the multiplier m_g), and over everybody the
//! mean and the spread of that number, the share who trained nobody, and how
//! much of the work the most active fifth did.
//!
//! # Assumptions
//!
//! Everybody has one trainer at most, and people decide independently of each
//! other how many to train. Who has only just been trained has not had the time
//! to train others: give `closed`, which says who was observed for at least the
//! time that training others takes. Without it everybody counts, and the mean
//! over everybody is below one in every tree, because each person but the seeds
//! is the trainee of another: (people less seeds)/people. The multipliers do
//! not have that flaw, but for the last generation, which has none.
//!
//! # Method
//!
//! Generation 0 are the people without a trainer (seeds) and those whose
//! trainer is unknown; the others are one generation after their trainer.
//! Among the closed members of generation g, m_g is the mean number of
//! trainees and its standard error s/sqrt(n) with s² the variance of that
//! number.
//!
//! The numbers of trainees of closed people are taken as negative binomial with
//! mean R and dispersion k, variance R + R²/k: the smaller k, the more is done
//! by a few. R is the mean, which is its maximum-likelihood estimate whatever
//! k; k maximises the likelihood, and its interval are the values whose log
//! likelihood lies within z²/2 of the largest (profile likelihood). Where the
//! numbers are no more varied than Poisson numbers k has no finite estimate,
//! but a lower limit. The probability that the line of one seed dies out is 1
//! for R <= 1 and otherwise the smaller root of q = (1 + R (1 - q)/k)^-k.
//!
//! # Small samples
//!
//! With under about 30 people k is biased upwards and its interval is wide;
//! read the multipliers and the counts.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `level_out_of_range`; `two_trainers` when a
//! person has two, or one and none, as the tree then depends on which is taken;
//! `cycle` when people trained each other in a ring, or one trained himself;
//! `nobody_observed` when nobody is closed. Warnings: `trainer_unknown` above a
//! fifth, `last_generation_open` without `closed`.
//!
//! # Source
//!
//! Lloyd-Smith JO, Schreiber SJ, Kopp PE, Getz WM (2005). Superspreading and
//! the effect of individual variation on disease emergence. Nature 438:355-359.
//! Harris TE (1963). The theory of branching processes, chapter I. Springer.

use crate::estimate::{Refusal, check_level};
use crate::estimators::cluster_sums::lengths_differ;
use crate::linalg::groups::Groups;
use crate::root::bracketed;
use crate::special::normal_critical;
use crate::sum::Sum;
use crate::thresholds::TRAINER_UNKNOWN_MOST;
use crate::warning::Warning;

/// The id of the method.
pub const METHOD: &str = "cascade.tree";

/// The values of k between which it is looked for: beyond the second the
/// numbers are Poisson for every purpose.
const DISPERSION: (f64, f64) = (1e-12, 1e6);

/// Who trained a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trainer {
    /// Nobody in the cascade: the person is a seed.
    Nobody,
    /// Somebody, but it is not known who.
    Unknown,
    /// The person of this number.
    Person(u32),
}

/// One generation of a cascade.
#[derive(Clone, Debug, PartialEq)]
pub struct Generation {
    /// Its members.
    pub people: u64,
    /// The members who were observed for long enough.
    pub closed: u64,
    /// The people whom closed members trained.
    pub trainees: u64,
    /// Trainees for each closed member; absent without closed members, and for
    /// the last generation where nothing is known about who is closed.
    pub multiplier: Option<f64>,
    /// The standard error of the multiplier; absent with fewer than two closed
    /// members.
    pub std_error: Option<f64>,
}

/// An interval for the dispersion k, which may have no upper end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DispersionInterval {
    /// The lower limit.
    pub lower: f64,
    /// The upper limit; absent where the data do not rule out Poisson numbers.
    pub upper: Option<f64>,
    /// The nominal confidence level.
    pub level: f64,
}

/// What a cascade says about the spread of training.
#[derive(Clone, Debug, PartialEq)]
pub struct Cascade {
    /// Everybody in the tree.
    pub people: u64,
    /// People without a trainer.
    pub seeds: u64,
    /// People whose trainer is unknown.
    pub trainer_unknown: u64,
    /// Trainings with a known trainer.
    pub trainings: u64,
    /// The generations, from the seeds on.
    pub generations: Vec<Generation>,
    /// The people observed for long enough, over whom what follows is taken.
    pub closed: u64,
    /// The mean number of trainees R.
    pub mean: f64,
    /// The standard error of the mean under the negative binomial.
    pub mean_std_error: f64,
    /// The variance of the number of trainees, with n - 1; absent for one person.
    pub variance: Option<f64>,
    /// The variance over the mean; absent without trainees.
    pub dispersion_index: Option<f64>,
    /// The largest number of trainees of one person.
    pub most: u64,
    /// The share of people who trained nobody.
    pub share_without_trainee: f64,
    /// The share of the trainees who were trained by the most active fifth of
    /// the people, rounded up to whole people; absent without trainees.
    pub share_from_top_fifth: Option<f64>,
    /// The dispersion k; absent where the numbers are no more varied than
    /// Poisson numbers.
    pub k: Option<f64>,
    /// The profile-likelihood interval of k; absent without trainees.
    pub k_interval: Option<DispersionInterval>,
    /// The log likelihood of Poisson numbers with mean R.
    pub poisson_log_likelihood: f64,
    /// The log likelihood of the negative binomial, where k is finite.
    pub negative_binomial_log_likelihood: Option<f64>,
    /// The probability that the line of a single seed dies out.
    pub extinction: f64,
    /// What the reader must be told.
    pub warnings: Vec<Warning>,
    /// The id of the method.
    pub method: &'static str,
}

/// The tree of a cascade and what it says about the spread of training.
///
/// `people` and `trainers` hold one entry a person: the person's number and who
/// trained the person. `closed`, where given, says of each whether the person
/// was observed for at least the time that training others takes. `level` is
/// the level of the interval for k (a share). A row given twice counts once; a
/// trainer without a row of his own is added, with an unknown trainer and taken
/// as closed. The order of the rows and the numbers of the people are without
/// effect. A million rows take some tenths of a second.
///
/// # Refusals
///
/// * `lengths_differ`, `empty`: the slices differ in length, or hold nothing.
/// * `level_out_of_range`: the level is not strictly between 0 and 1.
/// * `two_trainers`: a person has two trainers, or one and none.
/// * `cycle`: people trained each other in a ring.
/// * `nobody_observed`: nobody is closed.
pub fn cascade(
    people: &[u32],
    trainers: &[Trainer],
    closed: Option<&[bool]>,
    level: f64,
) -> Result<Cascade, Refusal> {
    check_level(level)?;
    if trainers.len() != people.len() || closed.is_some_and(|closed| closed.len() != people.len()) {
        return Err(lengths_differ());
    }
    if people.is_empty() {
        return Err(Refusal::new(
            "empty",
            "there are no people in the cascade",
            "report that nobody was trained",
        ));
    }
    let tree = Tree::new(people, trainers, closed)?;
    let generation = tree.generations()?;
    let mut trainees = vec![0_u64; tree.trainer.len()];
    let (mut seeds, mut trainer_unknown) = (0_u64, 0_u64);
    for link in &tree.trainer {
        match link {
            Link::Seed => seeds += 1,
            Link::Unknown => trainer_unknown += 1,
            Link::To(trainer) => trainees[*trainer as usize] += 1,
        }
    }
    let generations = by_generation(&generation, &trainees, &tree.closed, closed.is_some());
    // How many closed people have 0, 1, 2, ... trainees.
    let mut people_with: Vec<u64> = Vec::new();
    for (&number, _) in trainees.iter().zip(&tree.closed).filter(|&(_, &closed)| closed) {
        let number = number as usize;
        if number >= people_with.len() {
            people_with.resize(number + 1, 0);
        }
        people_with[number] += 1;
    }
    if people_with.is_empty() {
        return Err(Refusal::new(
            "nobody_observed",
            "nobody has been observed for as long as training others takes",
            "report the sizes of the generations, and the multipliers when the time has passed",
        ));
    }
    let offspring = Offspring::new(&people_with);
    let people = tree.trainer.len() as u64;
    let mut warnings = Vec::new();
    if trainer_unknown as f64 > TRAINER_UNKNOWN_MOST * (people - seeds) as f64 {
        warnings.push(Warning::new(
            "trainer_unknown",
            "the trainer of more than a fifth of the trained is unknown; they count among the first generation and pull its multiplier down",
        ));
    }
    if closed.is_none() {
        warnings.push(Warning::new(
            "last_generation_open",
            "the youngest have had little time to train others, and the mean over everybody is below one in every tree; read the multiplier of each generation",
        ));
    }
    let k = offspring.k();
    let observed: u64 = people_with.iter().sum();
    Ok(Cascade {
        people,
        seeds,
        trainer_unknown,
        trainings: people - seeds - trainer_unknown,
        generations,
        closed: observed,
        mean: offspring.mean,
        mean_std_error: ((offspring.mean + k.map_or(0.0, |k| offspring.mean / k * offspring.mean))
            / offspring.people)
            .sqrt(),
        variance: offspring.variance,
        dispersion_index: offspring.variance.filter(|_| offspring.total > 0.0).map(|v| v / offspring.mean),
        most: offspring.tails.len() as u64,
        share_without_trainee: people_with.first().copied().unwrap_or(0) as f64 / offspring.people,
        share_from_top_fifth: (offspring.total > 0.0)
            .then(|| trainees_of_most_active(&people_with, observed.div_ceil(5)) as f64 / offspring.total),
        k,
        k_interval: offspring.k_interval(k, level),
        poisson_log_likelihood: offspring.poisson(),
        negative_binomial_log_likelihood: k.map(|k| offspring.negative_binomial(k)),
        extinction: extinction(offspring.mean, k),
        warnings,
        method: METHOD,
    })
}

/// Where a person's line leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    Seed,
    Unknown,
    To(u32),
}

/// People numbered from 0 in the order of their own numbers.
struct Tree {
    trainer: Vec<Link>,
    closed: Vec<bool>,
}

impl Tree {
    fn new(people: &[u32], trainers: &[Trainer], closed: Option<&[bool]>) -> Result<Self, Refusal> {
        let named = trainers.iter().filter_map(|trainer| match trainer {
            Trainer::Person(number) => Some(*number),
            Trainer::Nobody | Trainer::Unknown => None,
        });
        let numbers: Vec<u32> = people.iter().copied().chain(named).collect();
        let groups = Groups::new(&numbers);
        let (of_person, of_trainer) = groups.of_row.split_at(people.len());
        let mut of_trainer = of_trainer.iter();
        let mut trainer = vec![Link::Unknown; groups.count()];
        let mut open = vec![false; groups.count()];
        for (row, (&person, given)) in of_person.iter().zip(trainers).enumerate() {
            let person = person as usize;
            let link = match given {
                Trainer::Nobody => Link::Seed,
                Trainer::Unknown => Link::Unknown,
                Trainer::Person(_) => of_trainer.next().map_or(Link::Unknown, |&place| Link::To(place)),
            };
            if trainer[person] == Link::Unknown {
                trainer[person] = link;
            } else if link != Link::Unknown && link != trainer[person] {
                return Err(Refusal::new(
                    "two_trainers",
                    "a person has two trainers, or a trainer and none, so the tree depends on which one is taken",
                    "state a rule, such as the first training, and apply it before estimating",
                ));
            }
            open[person] |= closed.is_some_and(|closed| !closed[row]);
        }
        Ok(Self { trainer, closed: open.into_iter().map(|open| !open).collect() })
    }

    /// The generation of everybody.
    fn generations(&self) -> Result<Vec<u32>, Refusal> {
        const UNSEEN: u32 = u32::MAX;
        const ON_THE_WAY: u32 = u32::MAX - 1;
        let mut generation = vec![UNSEEN; self.trainer.len()];
        let mut way = Vec::new();
        for start in 0..self.trainer.len() {
            let mut at = start;
            // Up the line to somebody whose generation is known.
            let mut next = loop {
                match (generation[at], self.trainer[at]) {
                    (UNSEEN, Link::To(trainer)) => {
                        generation[at] = ON_THE_WAY;
                        way.push(at);
                        at = trainer as usize;
                    }
                    (UNSEEN, Link::Seed | Link::Unknown) => {
                        generation[at] = 0;
                        break 1;
                    }
                    (ON_THE_WAY, _) => {
                        return Err(Refusal::new(
                            "cycle",
                            "people trained each other in a ring, so there is no first among them",
                            "find the wrong link in the records of the ring",
                        ));
                    }
                    (known, _) => break known + 1,
                }
            };
            while let Some(person) = way.pop() {
                generation[person] = next;
                next += 1;
            }
        }
        Ok(generation)
    }
}

/// The size of each generation and what its closed members did.
fn by_generation(
    generation: &[u32],
    trainees: &[u64],
    closed: &[bool],
    closed_is_known: bool,
) -> Vec<Generation> {
    let count = generation.iter().max().map_or(0, |&last| last as usize + 1);
    let empty = Generation { people: 0, closed: 0, trainees: 0, multiplier: None, std_error: None };
    let mut generations = vec![empty; count];
    let mut squares = vec![0_u128; count];
    for ((&at, &number), &closed) in generation.iter().zip(trainees).zip(closed) {
        let at = at as usize;
        generations[at].people += 1;
        if closed {
            generations[at].closed += 1;
            generations[at].trainees += number;
            squares[at] += u128::from(number) * u128::from(number);
        }
    }
    let with_multiplier = if closed_is_known { count } else { count.saturating_sub(1) };
    for (generation, &squares) in generations.iter_mut().zip(&squares).take(with_multiplier) {
        if generation.closed > 0 {
            generation.multiplier = Some(generation.trainees as f64 / generation.closed as f64);
        }
        let variance = variance(generation.closed, generation.trainees, squares);
        generation.std_error = variance.map(|variance| (variance / generation.closed as f64).sqrt());
    }
    generations
}

/// The variance, with n - 1, of n whole numbers from their sum and the sum of
/// their squares.
fn variance(n: u64, sum: u64, squares: u128) -> Option<f64> {
    if n < 2 {
        return None;
    }
    let spread = u128::from(n) * squares - u128::from(sum) * u128::from(sum);
    Some(spread as f64 / n as f64 / (n - 1) as f64)
}

/// The trainees of the `left` people with the most of them.
fn trainees_of_most_active(people_with: &[u64], mut left: u64) -> u64 {
    let mut trainees = 0;
    for (number, &people) in people_with.iter().enumerate().rev() {
        let taken = left.min(people);
        trainees += number as u64 * taken;
        left -= taken;
    }
    trainees
}

/// Numbers of trainees, as the likelihoods need them.
struct Offspring {
    people: f64,
    total: f64,
    mean: f64,
    variance: Option<f64>,
    /// Whether the numbers are more varied than Poisson numbers.
    overdispersed: bool,
    /// How many have more than 0, 1, 2, ... trainees.
    tails: Vec<f64>,
    /// The logarithm of the product of all the factorials.
    log_factorials: f64,
}

impl Offspring {
    /// Takes in how many people have 0, 1, 2, ... trainees; at least one person.
    fn new(people_with: &[u64]) -> Self {
        let with = || (0_u64..).zip(people_with.iter().copied());
        let n: u64 = people_with.iter().sum();
        let sum: u64 = with().map(|(number, people)| number * people).sum();
        let squares: u128 =
            with().map(|(number, people)| u128::from(number * number) * u128::from(people)).sum();
        let mut above = n;
        let mut tails: Vec<f64> = people_with
            .iter()
            .map(|people| {
                above -= people;
                above as f64
            })
            .collect();
        // Nobody has more trainees than the most.
        tails.pop();
        let log_factorials: Sum =
            (1..).zip(&tails).map(|(number, tail)| tail * libm::log(f64::from(number))).collect();
        let (pairs, square) =
            (u128::from(n) * (squares - u128::from(sum)), u128::from(sum) * u128::from(sum));
        Self {
            people: n as f64,
            total: sum as f64,
            mean: sum as f64 / n as f64,
            variance: variance(n, sum, squares),
            overdispersed: pairs > square,
            tails,
            log_factorials: log_factorials.value(),
        }
    }

    /// The log likelihood of Poisson numbers at the mean.
    fn poisson(&self) -> f64 {
        if self.total == 0.0 {
            return 0.0;
        }
        self.total * libm::log(self.mean) - self.total - self.log_factorials
    }

    /// The log likelihood of negative binomial numbers at the mean; it goes
    /// over into that of Poisson numbers as k grows, digits and all.
    fn negative_binomial(&self, k: f64) -> f64 {
        let rising: Sum =
            (0..).zip(&self.tails).map(|(i, tail)| tail * libm::log1p(f64::from(i) / k)).collect();
        rising.value() + self.total * libm::log(self.mean)
            - (self.total + self.people * k) * libm::log1p(self.mean / k)
            - self.log_factorials
    }

    /// The k that maximises the likelihood.
    fn k(&self) -> Option<f64> {
        if !self.overdispersed {
            return None;
        }
        let slope = |log_k: f64| {
            let k = libm::exp(log_k);
            let rising: Sum = (0..).zip(&self.tails).map(|(i, tail)| tail / (k + f64::from(i))).collect();
            k * (rising.value() - self.people * libm::log1p(self.mean / k))
        };
        bracketed(slope, libm::log(DISPERSION.0), libm::log(DISPERSION.1), 0.0).map(libm::exp)
    }

    /// The values of k whose likelihood is close enough to the largest.
    fn k_interval(&self, k: Option<f64>, level: f64) -> Option<DispersionInterval> {
        if self.total == 0.0 {
            return None;
        }
        let z = normal_critical(level);
        let largest = k.map_or(self.poisson(), |k| self.negative_binomial(k));
        let above = |log_k: f64| self.negative_binomial(libm::exp(log_k)) - largest + 0.5 * z * z;
        let (least, most) = (libm::log(DISPERSION.0), libm::log(DISPERSION.1));
        let middle = k.map_or(most, libm::log);
        Some(DispersionInterval {
            lower: bracketed(above, least, middle, 0.0).map_or(0.0, libm::exp),
            upper: k.and_then(|_| bracketed(above, middle, most, 0.0)).map(libm::exp),
            level,
        })
    }
}

/// The probability that the line of one seed dies out.
fn extinction(mean: f64, k: Option<f64>) -> f64 {
    if mean <= 1.0 {
        return 1.0;
    }
    // With u = 1 - q: the share of lines that survive the next generation,
    // less u, over u; it falls from R - 1 at 0.
    let excess = |u: f64| {
        let log_extinct = match k {
            Some(k) => -k * libm::log1p(mean / k * u),
            None => -mean * u,
        };
        -libm::expm1(log_extinct) / u - 1.0
    };
    bracketed(excess, f64::MIN_POSITIVE, 1.0, 0.0).map_or(1.0, |survival| 1.0 - survival)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Trainer::{Nobody, Person, Unknown};

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    /// Two seeds; the first trained three, of whom one trained two.
    fn small() -> (Vec<u32>, Vec<Trainer>) {
        (
            vec![10, 20, 1, 2, 3, 4, 5],
            vec![Nobody, Nobody, Person(10), Person(10), Person(10), Person(2), Person(2)],
        )
    }

    fn codes(found: &Cascade) -> Vec<&'static str> {
        found.warnings.iter().map(|warning| warning.code).collect()
    }

    #[test]
    fn cascade_by_hand() {
        let (people, trainers) = small();
        let found = cascade(&people, &trainers, None, 0.95).expect("a cascade");
        assert_eq!((found.people, found.seeds, found.trainings, found.trainer_unknown), (7, 2, 5, 0));
        let sizes: Vec<u64> = found.generations.iter().map(|generation| generation.people).collect();
        assert_eq!(sizes, [2, 3, 2]);
        let multipliers: Vec<_> = found.generations.iter().map(|generation| generation.multiplier).collect();
        assert_eq!(multipliers, [Some(1.5), Some(2.0 / 3.0), None]);
        // 3 and 0: variance 4.5, over two people.
        assert_eq!(found.generations[0].std_error, Some(1.5));
        assert_eq!((found.mean, found.most, found.share_without_trainee), (5.0 / 7.0, 3, 5.0 / 7.0));
        // Two of seven people trained all five.
        assert_eq!(found.share_from_top_fifth, Some(1.0));
        assert_eq!(found.extinction, 1.0);
        assert_eq!(codes(&found), ["last_generation_open"]);
    }

    #[test]
    fn cascade_does_not_depend_on_order_numbers_or_doubled_rows() {
        let (people, trainers) = small();
        let first = cascade(&people, &trainers, None, 0.95).expect("a cascade");
        let renamed = |number: u32| u32::MAX - 1_000_003 * number;
        let (mut people, mut trainers): (Vec<_>, Vec<_>) = (
            people.iter().rev().map(|&person| renamed(person)).collect(),
            trainers
                .iter()
                .rev()
                .map(|trainer| match trainer {
                    Person(number) => Person(renamed(*number)),
                    other => *other,
                })
                .collect(),
        );
        assert_eq!(cascade(&people, &trainers, None, 0.95), Ok(first.clone()));
        people.push(people[0]);
        trainers.push(trainers[0]);
        // A second row that knows less.
        people.push(people[1]);
        trainers.push(Unknown);
        assert_eq!(cascade(&people, &trainers, None, 0.95), Ok(first));
    }

    #[test]
    fn cascade_counts_only_those_observed_for_long_enough() {
        let (people, trainers) = small();
        let closed = [true, true, true, true, false, false, false];
        let found = cascade(&people, &trainers, Some(&closed), 0.95).expect("a cascade");
        let multipliers: Vec<_> = found.generations.iter().map(|generation| generation.multiplier).collect();
        assert_eq!(multipliers, [Some(1.5), Some(1.0), None]);
        assert_eq!((found.closed, found.mean), (4, 1.25));
        assert!(found.extinction < 1.0 && found.extinction > 0.0);
        assert!(codes(&found).is_empty());
        assert_eq!(code(cascade(&people, &trainers, Some(&[false; 7]), 0.95)), Some("nobody_observed"));
    }

    #[test]
    fn cascade_says_when_trainers_are_unknown() {
        let (people, mut trainers) = small();
        trainers[2] = Unknown;
        trainers[3] = Unknown;
        let found = cascade(&people, &trainers, None, 0.95).expect("a cascade");
        assert_eq!((found.trainer_unknown, found.generations[0].people), (2, 4));
        assert_eq!(codes(&found), ["trainer_unknown", "last_generation_open"]);
        // A trainer without a row of his own.
        let found = cascade(&[1], &[Person(2)], None, 0.95).expect("a cascade");
        assert_eq!((found.people, found.trainer_unknown, found.trainings), (2, 1, 1));
    }

    #[test]
    fn cascade_refuses_what_is_no_tree() {
        let refused = |people: &[u32], trainers: &[Trainer]| code(cascade(people, trainers, None, 0.95));
        assert_eq!(refused(&[1, 2], &[Person(2), Person(1)]), Some("cycle"));
        assert_eq!(refused(&[1], &[Person(1)]), Some("cycle"));
        assert_eq!(refused(&[9, 1, 2, 3], &[Nobody, Person(3), Person(1), Person(2)]), Some("cycle"));
        assert_eq!(refused(&[1, 1], &[Person(2), Person(3)]), Some("two_trainers"));
        assert_eq!(refused(&[1, 1], &[Nobody, Person(3)]), Some("two_trainers"));
        assert_eq!(refused(&[1, 1], &[Unknown, Person(3)]), None);
        assert_eq!(refused(&[], &[]), Some("empty"));
        assert_eq!(refused(&[1], &[]), Some("lengths_differ"));
        assert_eq!(code(cascade(&[1], &[Nobody], Some(&[]), 0.95)), Some("lengths_differ"));
        assert_eq!(code(cascade(&[1], &[Nobody], None, 1.0)), Some("level_out_of_range"));
    }

    #[test]
    fn cascade_of_seeds_alone_has_nothing_to_estimate() {
        let found = cascade(&[1, 2, 3], &[Nobody; 3], None, 0.95).expect("a cascade");
        assert_eq!((found.mean, found.most, found.extinction), (0.0, 0, 1.0));
        assert_eq!((found.k, found.k_interval, found.dispersion_index), (None, None, None));
        assert_eq!((found.share_from_top_fifth, found.poisson_log_likelihood), (None, 0.0));
        assert_eq!(found.share_without_trainee, 1.0);
    }

    #[test]
    fn cascade_of_a_long_line() {
        // Each trained the next: no recursion, no overflow.
        let people: Vec<u32> = (0..200_000).collect();
        let trainers: Vec<Trainer> =
            people.iter().map(|&at| if at == 0 { Nobody } else { Person(at - 1) }).collect();
        let found = cascade(&people, &trainers, None, 0.95).expect("a cascade");
        assert_eq!(found.generations.len(), 200_000);
        // All trained one but the last: less varied than Poisson numbers.
        assert_eq!(found.k, None);
        let interval = found.k_interval.expect("an interval");
        assert!(interval.lower > 100.0 && interval.upper.is_none());
    }

    #[test]
    fn dispersion_maximises_the_likelihood() {
        let offspring = Offspring::new(&[6, 2, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
        let k = offspring.k().expect("a dispersion");
        let best = offspring.negative_binomial(k);
        for factor in [0.9, 0.99, 1.01, 1.1] {
            assert!(offspring.negative_binomial(factor * k) < best);
        }
        let interval = offspring.k_interval(Some(k), 0.95).expect("an interval");
        let z = normal_critical(0.95);
        let upper = interval.upper.expect("an upper limit");
        for limit in [interval.lower, upper] {
            assert!((best - offspring.negative_binomial(limit) - 0.5 * z * z).abs() < 1e-10);
        }
        assert!(interval.lower < k && k < upper);
        // Large k goes over into Poisson numbers.
        assert!((offspring.negative_binomial(1e12) - offspring.poisson()).abs() < 1e-8);
    }

    #[test]
    fn likelihood_by_hand() {
        // One person with two trainees, k = 1 (geometric with mean 2):
        // (1/3)(2/3)².
        let offspring = Offspring::new(&[0, 0, 1]);
        assert!((offspring.negative_binomial(1.0) - libm::log(4.0 / 27.0)).abs() < 1e-14);
        // Poisson: e^-2 2²/2!.
        assert!((offspring.poisson() - (libm::log(2.0) - 2.0)).abs() < 1e-14);
    }

    #[test]
    fn extinction_solves_its_equation() {
        for (mean, k) in
            [(1.0001, Some(0.3)), (1.5, Some(0.1)), (2.0, Some(1.0)), (3.0, Some(50.0)), (1.5, None)]
        {
            let q = extinction(mean, k);
            let next = match k {
                Some(k) => libm::pow(1.0 + mean * (1.0 - q) / k, -k),
                None => libm::exp(-mean * (1.0 - q)),
            };
            assert!((q - next).abs() < 1e-13 && q < 1.0, "{mean} {k:?} {q}");
        }
        // Geometric numbers: q = 1/R.
        assert!((extinction(2.0, Some(1.0)) - 0.5).abs() < 1e-14);
        assert_eq!(extinction(1.0, Some(1.0)), 1.0);
    }
}
