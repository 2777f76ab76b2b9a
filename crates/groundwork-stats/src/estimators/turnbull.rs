//! Survival when events are known only to lie between visits:
//! `turnbull.npmle`.
//!
//! # Estimand
//!
//! S(t) = P(T > t), where for each person only an interval is known in which T
//! lies: after the last visit at which it had not come, up to the first at
//! which it had. Taking the visit for the time moves every event to a visit and
//! the curve to the right.
//!
//! # Assumptions
//!
//! When visits take place has nothing to do with T. People are independent of
//! one another.
//!
//! # Method
//!
//! The distribution that makes the data most likely. It has its mass in
//! innermost intervals only: from a left end to a right end with no other end
//! between. Somebody with interval (L, R] has likelihood P, the sum of the
//! masses p_j of the innermost intervals inside it, and Σ ln P is made as large
//! as can be, by steps of self-consistency (Turnbull) and of the iterative
//! convex minorant (Groeneboom and Wellner) in turn.
//!
//! It is followed to the end: with g_j = Σ 1/P over the people whose interval
//! holds j, the maximum has g_j = n wherever there is mass and g_j <= n
//! everywhere (Kuhn and Tucker). The gap max g_j/n - 1 is given with the result
//! and is at most 1e-10; the log-likelihood is then within n times the gap of
//! its maximum. What does not get there is refused, never given half-way.
//!
//! The masses at the maximum are unique: every right end of an innermost
//! interval is the right end of somebody's interval and every left end
//! somebody's left, which ties each value of the distribution function, through
//! the probabilities of people, to 1.
//!
//! How the mass lies within an innermost interval is not identified: S inside
//! one is known only to lie between its values at the ends, and both are given.
//! A midpoint is not.
//!
//! # Small samples
//!
//! The curve falls in few large steps and has no simple standard error (it does
//! not converge at the usual rate); none is given.
//!
//! # Refusals
//!
//! `lengths_differ`, `empty`, `not_finite`, `negative_time`,
//! `interval_reversed`, `no_events`, `not_converged`; for a time
//! `beyond_followup`; for a quantile `probability_out_of_range`.
//!
//! # Source
//!
//! Turnbull BW (1976). The empirical distribution function with arbitrarily
//! grouped, censored and truncated data. Journal of the Royal Statistical
//! Society B 38:290-295. Groeneboom P, Wellner JA (1992). Information bounds and
//! nonparametric maximum likelihood estimation. Birkhäuser. Wellner JA, Zhan Y
//! (1997). A hybrid algorithm for computation of the nonparametric maximum
//! likelihood estimator from censored data. Journal of the American Statistical
//! Association 92:945-959. Gentleman R, Geyer CJ (1994). Maximum likelihood for
//! interval censored data: consistency and computation. Biometrika 81:618-623.

use super::risk_table::{beyond_followup, empty, lengths_differ, negative_time};
use crate::estimate::Refusal;

/// The id of the method.
pub const METHOD: &str = "turnbull.npmle";

/// The gap at which the likelihood counts as maximised.
const GAP: f64 = 1e-10;

/// The most rounds; ordinary data take some tens.
const MOST_ROUNDS: usize = 20_000;

/// A mass below this belongs to an interval that has none in the maximum.
const NO_MASS: f64 = 1e-9;

/// An innermost interval with its mass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mass {
    /// The lower end; not itself part of the interval, unless it is also the
    /// upper end.
    pub lower: f64,
    /// The upper end, part of the interval; absent where it has none.
    pub upper: Option<f64>,
    /// The probability that the event falls into it.
    pub mass: f64,
}

/// The values between which S lies at a time; equal where it is identified.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Identified {
    /// The least value that the estimate allows.
    pub lower: f64,
    /// The largest.
    pub upper: f64,
}

/// The maximum-likelihood distribution of interval-censored times. See the
/// [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct Turnbull {
    /// The innermost intervals with mass, in order; the masses sum to one.
    pub masses: Vec<Mass>,
    /// The log-likelihood at the maximum.
    pub log_likelihood: f64,
    /// max g_j/n - 1, at most 1e-10.
    pub gap: f64,
    /// How many rounds it took.
    pub rounds: usize,
    /// The number of people.
    pub n: u64,
    /// The id of the method.
    pub method: &'static str,
    last: f64,
}

/// The distribution of interval-censored times.
///
/// `lower` holds for each person the last time at which the event had not come
/// (0 where it was never seen so), `upper` the first at which it had, and
/// nothing where it had not come by the last visit. Equal ends stand for a time
/// known exactly. Times are from the origin on, both slices equally long.
///
/// # Refusals
///
/// * `lengths_differ`, `empty`: the slices differ in length, or hold nothing.
/// * `not_finite`, `negative_time`: an end is no number, or below zero.
/// * `interval_reversed`: an upper end lies before its lower end.
/// * `no_events`: nobody is known to have had the event.
/// * `not_converged`: the likelihood could not be maximised to the last.
pub fn turnbull(lower: &[f64], upper: &[Option<f64>]) -> Result<Turnbull, Refusal> {
    let people = check(lower, upper)?;
    let last = people.iter().fold(0.0, |last: f64, person| {
        last.max(if person.right.0.is_finite() { person.right.0 } else { person.left.0 })
    });
    let cells = innermost(&people);
    let data = Data::collapse(&people, &cells);
    let (mass, gap, rounds) = data.maximise()?;
    let kept = cells.iter().zip(&mass).filter(|(_, mass)| **mass > 0.0);
    Ok(Turnbull {
        masses: kept
            .map(|(&(left, right), &mass)| Mass {
                lower: left.0,
                upper: right.0.is_finite().then_some(right.0),
                mass,
            })
            .collect(),
        log_likelihood: data.log_likelihood(&mass),
        gap,
        rounds,
        n: people.len() as u64,
        method: METHOD,
        last,
    })
}

impl Turnbull {
    /// The share whose event has not come by `time`.
    ///
    /// # Refusals
    ///
    /// * `not_finite`, `negative_time`: no time, or one below zero.
    /// * `beyond_followup`: after the last visit.
    pub fn survival_at(&self, time: f64) -> Result<Identified, Refusal> {
        if !time.is_finite() {
            return Err(Refusal::not_finite("the time asked for"));
        }
        if time < 0.0 {
            return Err(negative_time());
        }
        if time > self.last {
            return Err(beyond_followup());
        }
        let over = |mass: &&Mass| mass.upper.is_some_and(|upper| upper <= time);
        let ahead = |mass: &&Mass| mass.lower >= time && mass.upper != Some(time);
        let sum = |masses: &mut dyn Iterator<Item = &Mass>| masses.map(|mass| mass.mass).sum::<f64>();
        let lower = sum(&mut self.masses.iter().filter(ahead)).min(1.0);
        let open = sum(&mut self.masses.iter().filter(|mass| !over(mass) && !ahead(mass)));
        Ok(Identified { lower, upper: (lower + open).min(1.0) })
    }

    /// The innermost interval in which the time by which a share has had the
    /// event lies.
    ///
    /// # Refusals
    ///
    /// * `probability_out_of_range`: the share is not strictly between 0 and 1.
    pub fn quantile(&self, share: f64) -> Result<Mass, Refusal> {
        let mut so_far = 0.0;
        let found = (share > 0.0 && share < 1.0).then(|| {
            let reached = share - NO_MASS;
            self.masses.iter().find(|mass| {
                so_far += mass.mass;
                so_far >= reached
            })
        });
        found.flatten().copied().ok_or_else(|| {
            Refusal::new(
                "probability_out_of_range",
                "the share does not lie strictly between 0 and 1",
                "give a share, such as 0.5 for the median",
            )
        })
    }
}

/// An end of an interval: its time, and its place among ends of the same time.
/// A lower end that belongs to its interval comes before upper ends (which all
/// belong to theirs), and a lower end that does not comes after them.
type End = (f64, u8);

const CLOSED_LOWER: u8 = 0;
const UPPER: u8 = 1;
const OPEN_LOWER: u8 = 2;

fn order(one: &End, other: &End) -> std::cmp::Ordering {
    one.0.total_cmp(&other.0).then(one.1.cmp(&other.1))
}

#[derive(Clone, Copy)]
struct Person {
    left: End,
    right: End,
}

fn check(lower: &[f64], upper: &[Option<f64>]) -> Result<Vec<Person>, Refusal> {
    if lower.len() != upper.len() {
        return Err(lengths_differ());
    }
    if lower.is_empty() {
        return Err(empty());
    }
    if !lower.iter().chain(upper.iter().flatten()).all(|time| time.is_finite()) {
        return Err(Refusal::not_finite("an end of an interval"));
    }
    if lower.iter().any(|&lower| lower < 0.0) {
        return Err(negative_time());
    }
    let reversed = |(&lower, upper): (&f64, &Option<f64>)| upper.is_some_and(|upper| upper < lower);
    if lower.iter().zip(upper).any(reversed) {
        return Err(Refusal::new(
            "interval_reversed",
            "an interval ends before it begins",
            "check the order of the visits",
        ));
    }
    if upper.iter().all(Option::is_none) {
        return Err(Refusal::new(
            "no_events",
            "nobody is known to have had the event",
            "report that no event was seen and how long people were observed",
        ));
    }
    let person = |(&lower, upper): (&f64, &Option<f64>)| {
        // Minus zero becomes zero.
        let (lower, upper) = (lower + 0.0, upper.map(|upper| upper + 0.0));
        let place = if upper == Some(lower) { CLOSED_LOWER } else { OPEN_LOWER };
        Person { left: (lower, place), right: (upper.unwrap_or(f64::INFINITY), UPPER) }
    };
    Ok(lower.iter().zip(upper).map(person).collect())
}

/// The innermost intervals in order.
fn innermost(people: &[Person]) -> Vec<(End, End)> {
    let mut ends: Vec<End> = people.iter().flat_map(|person| [person.left, person.right]).collect();
    ends.sort_unstable_by(order);
    ends.dedup();
    let pairs = ends.windows(2).filter(|pair| pair[0].1 != UPPER && pair[1].1 == UPPER);
    pairs.map(|pair| (pair[0], pair[1])).collect()
}

/// People with the same innermost intervals inside theirs, `from..to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Block {
    from: usize,
    to: usize,
    people: u64,
}

struct Data {
    blocks: Vec<Block>,
    cells: usize,
    n: f64,
}

impl Data {
    fn collapse(people: &[Person], cells: &[(End, End)]) -> Self {
        let mut blocks: Vec<Block> = people
            .iter()
            .map(|person| Block {
                from: cells.partition_point(|(left, _)| order(left, &person.left).is_lt()),
                to: cells.partition_point(|(_, right)| order(right, &person.right).is_le()),
                people: 1,
            })
            .collect();
        blocks.sort_unstable();
        blocks.dedup_by(|next, first| {
            let same = (next.from, next.to) == (first.from, first.to);
            if same {
                first.people += next.people;
            }
            same
        });
        Self { blocks, cells: cells.len(), n: people.len() as f64 }
    }

    /// The masses at the maximum, the gap and the rounds.
    fn maximise(&self) -> Result<(Vec<f64>, f64, usize), Refusal> {
        // The distribution function at the right end of each innermost
        // interval, with a zero before the first.
        let cells = self.cells;
        let mut function: Vec<f64> = (0..=cells).map(|cell| cell as f64 / cells as f64).collect();
        for round in 0..MOST_ROUNDS {
            let pull = self.pull(&function);
            let gap = largest(&pull) - 1.0;
            if gap <= GAP {
                let (masses, gap) = self.clean(&function, gap);
                return Ok((masses, gap.max(0.0), round));
            }
            if !gap.is_finite() {
                break;
            }
            self.make_consistent(&mut function, &pull);
            self.move_to_minorant(&mut function);
        }
        Err(Refusal::new(
            "not_converged",
            "the likelihood could not be maximised to the last",
            "report the share with the event at each visit instead of a curve",
        ))
    }

    /// The probability of each block.
    fn probability(block: &Block, function: &[f64]) -> f64 {
        function[block.to] - function[block.from]
    }

    /// g_j/n for each innermost interval.
    fn pull(&self, function: &[f64]) -> Vec<f64> {
        let mut change = vec![0.0; self.cells + 1];
        for block in &self.blocks {
            let weight = block.people as f64 / Self::probability(block, function);
            change[block.from] += weight;
            change[block.to] -= weight;
        }
        let mut sum = 0.0;
        change.truncate(self.cells);
        for change in &mut change {
            sum += *change;
            *change = sum / self.n;
        }
        change
    }

    /// Turnbull's step: each mass times its pull.
    fn make_consistent(&self, function: &mut [f64], pull: &[f64]) {
        let (mut sum, mut before) = (0.0, 0.0);
        for (cell, pull) in pull.iter().enumerate() {
            let mass = function[cell + 1] - before;
            before = function[cell + 1];
            sum += mass * pull.max(0.0);
            function[cell + 1] = sum;
        }
        // Rounding aside the sum is one.
        for value in function.iter_mut() {
            *value /= sum;
        }
        function[self.cells] = 1.0;
    }

    /// A step of the iterative convex minorant: a Newton step in each value of
    /// the distribution function by itself, the nearest increasing function to
    /// the result, and as far towards that as the likelihood rises.
    fn move_to_minorant(&self, function: &mut [f64]) {
        let cells = self.cells;
        if cells < 2 {
            return;
        }
        let mut slope = vec![0.0; cells + 1];
        let mut curvature = vec![0.0; cells + 1];
        for block in &self.blocks {
            let probability = Self::probability(block, function);
            let first = block.people as f64 / probability;
            let second = first / probability;
            slope[block.to] += first;
            slope[block.from] -= first;
            curvature[block.to] += second;
            curvature[block.from] += second;
        }
        let targets = (1..cells).map(|at| {
            let weight = if curvature[at] > 0.0 { curvature[at] } else { f64::MIN_POSITIVE };
            (function[at] + slope[at] / weight, weight)
        });
        let mut moved = Vec::with_capacity(cells + 1);
        moved.push(0.0);
        moved.extend(nearest_increasing(targets).into_iter().map(|value| value.clamp(0.0, 1.0)));
        moved.push(1.0);
        if !moved.iter().all(|value| value.is_finite()) {
            return;
        }
        // The likelihood is concave along the way: find where its slope turns.
        let slope_at = |part: f64| {
            let mut slope = 0.0;
            for block in &self.blocks {
                let from = Self::probability(block, function);
                let change = Self::probability(block, &moved) - from;
                let probability = from + part * change;
                if probability <= 0.0 {
                    return f64::NEG_INFINITY;
                }
                slope += block.people as f64 * (change / probability);
            }
            slope
        };
        let mut part = 1.0;
        if slope_at(1.0) < 0.0 {
            let (mut low, mut high) = (0.0, 1.0);
            for _ in 0..40 {
                part = 0.5 * (low + high);
                if slope_at(part) < 0.0 {
                    high = part;
                } else {
                    low = part;
                    if high - low < 0.1 * low {
                        break;
                    }
                }
            }
            part = low;
        }
        let mut before = 0.0;
        for (value, moved) in function.iter_mut().zip(&moved) {
            // Rounding may not make it fall.
            *value = f64::max(before, *value + part * (moved - *value));
            before = *value;
        }
        function[cells] = 1.0;
    }

    /// The masses, with those that are rounding or not yet gone set to nothing
    /// where the gap allows it.
    fn clean(&self, function: &[f64], gap: f64) -> (Vec<f64>, f64) {
        let masses: Vec<f64> = function.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mut kept: Vec<f64> = masses.iter().map(|&mass| if mass < NO_MASS { 0.0 } else { mass }).collect();
        let sum: f64 = kept.iter().sum();
        kept.iter_mut().for_each(|mass| *mass /= sum);
        let again = largest(&self.pull(&cumulated(&kept))) - 1.0;
        if again <= GAP { (kept, again) } else { (masses, gap) }
    }

    fn log_likelihood(&self, masses: &[f64]) -> f64 {
        let function = cumulated(masses);
        let term = |block: &Block| block.people as f64 * libm::log(Self::probability(block, &function));
        self.blocks.iter().map(term).sum()
    }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().copied().max_by(f64::total_cmp).unwrap_or(f64::NAN)
}

fn cumulated(masses: &[f64]) -> Vec<f64> {
    let mut function = Vec::with_capacity(masses.len() + 1);
    let mut sum = 0.0;
    function.push(0.0);
    for mass in masses {
        sum += mass;
        function.push(sum);
    }
    function
}

/// The increasing values nearest to given ones by weighted squares: pools of
/// adjacent violators.
fn nearest_increasing(targets: impl Iterator<Item = (f64, f64)>) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (value, weight) in targets {
        let mut pool = (value, weight, 1);
        while let Some(&(before, weight, count)) = pools.last()
            && before >= pool.0
        {
            pools.pop();
            let total = weight + pool.1;
            pool = (before * (weight / total) + pool.0 * (pool.1 / total), total, count + pool.2);
        }
        pools.push(pool);
    }
    pools.into_iter().flat_map(|(value, _, count)| std::iter::repeat_n(value, count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    #[test]
    fn turnbull_by_hand() {
        // (0, 2], (1, 3], (2, ∞): innermost (1, 2] and (2, 3]. The likelihood
        // p1 (p1 + p2) p2 is largest at a half each.
        let found = turnbull(&[0.0, 1.0, 2.0], &[Some(2.0), Some(3.0), None]).expect("a distribution");
        assert_eq!(found.masses.len(), 2);
        assert_eq!((found.masses[0].lower, found.masses[0].upper), (1.0, Some(2.0)));
        assert!((found.masses[0].mass - 0.5).abs() < 1e-10 && found.gap <= GAP);
        assert!((found.log_likelihood - 2.0 * libm::log(0.5)).abs() < 1e-10);
        assert_eq!((found.n, found.method), (3, "turnbull.npmle"));
        let at = |time: f64| found.survival_at(time).expect("a share");
        assert_eq!((at(1.0).lower, at(1.0).upper), (1.0, 1.0));
        // Inside an innermost interval only the ends are known.
        assert!((at(1.5).lower - 0.5).abs() < 1e-10 && (at(1.5).upper - 1.0).abs() < 1e-10);
        assert!((at(2.0).lower - 0.5).abs() < 1e-10 && at(2.0).lower == at(2.0).upper);
        assert_eq!(at(3.0).upper, 0.0);
        assert_eq!(found.quantile(0.75).map(|mass| mass.lower), Ok(2.0));
        assert_eq!(found.quantile(0.5).map(|mass| mass.lower), Ok(1.0));
    }

    #[test]
    fn turnbull_of_exact_times_is_the_empirical_distribution() {
        let times = [1.0, 2.0, 2.0, 5.0];
        let upper: Vec<Option<f64>> = times.iter().copied().map(Some).collect();
        let found = turnbull(&times, &upper).expect("a distribution");
        let masses: Vec<(f64, f64)> = found.masses.iter().map(|mass| (mass.lower, mass.mass)).collect();
        for ((time, mass), expected) in masses.iter().zip([(1.0, 0.25), (2.0, 0.5), (5.0, 0.25)]) {
            assert_eq!(*time, expected.0);
            assert!((mass - expected.1).abs() < 1e-9);
        }
        let at = found.survival_at(2.0).expect("a share");
        assert!(at.lower == at.upper && (at.lower - 0.25).abs() < 1e-9);
    }

    #[test]
    fn turnbull_keeps_an_open_end() {
        let found = turnbull(&[0.0, 3.0, 4.0], &[Some(1.0), None, None]).expect("a distribution");
        assert_eq!(found.masses.last().map(|mass| (mass.lower, mass.upper)), Some((4.0, None)));
        let at = found.survival_at(4.0).expect("a share");
        assert!((at.lower - 2.0 / 3.0).abs() < 1e-9 && at.lower == at.upper);
        assert_eq!(code(found.survival_at(4.5)), Some("beyond_followup"));
    }

    #[test]
    fn turnbull_refuses() {
        let refused = |lower: &[f64], upper: &[Option<f64>]| code(turnbull(lower, upper));
        assert_eq!(refused(&[], &[]), Some("empty"));
        assert_eq!(refused(&[1.0], &[]), Some("lengths_differ"));
        assert_eq!(refused(&[2.0], &[Some(1.0)]), Some("interval_reversed"));
        assert_eq!(refused(&[-1.0], &[Some(1.0)]), Some("negative_time"));
        assert_eq!(refused(&[f64::NAN], &[Some(1.0)]), Some("not_finite"));
        assert_eq!(refused(&[0.0], &[Some(f64::INFINITY)]), Some("not_finite"));
        assert_eq!(refused(&[1.0, 2.0], &[None, None]), Some("no_events"));
        let found = turnbull(&[0.0, 1e300], &[Some(1e-300), Some(f64::MAX)]).expect("a distribution");
        assert_eq!(code(found.survival_at(f64::NAN)), Some("not_finite"));
        assert_eq!(code(found.survival_at(-1.0)), Some("negative_time"));
        assert_eq!(code(found.quantile(1.0)), Some("probability_out_of_range"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn turnbull_meets_the_conditions_of_the_maximum(
            rows in proptest::collection::vec((0_u8..20, 0_u8..8, proptest::bool::weighted(0.3)), 1..50),
            turn in 0_usize..50,
        ) {
            let build = |rows: &[(u8, u8, bool)]| {
                let lower: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
                let upper: Vec<Option<f64>> =
                    rows.iter().map(|row| (!row.2).then(|| f64::from(row.0 + row.1))).collect();
                turnbull(&lower, &upper)
            };
            match build(&rows) {
                Err(refusal) => prop_assert_eq!(refusal.code, "no_events"),
                Ok(found) => {
                    prop_assert!(found.gap <= GAP);
                    let sum: f64 = found.masses.iter().map(|mass| mass.mass).sum();
                    prop_assert!((sum - 1.0).abs() < 1e-12 && found.log_likelihood <= 0.0);
                    let mut turned = rows.clone();
                    turned.rotate_left(turn % rows.len());
                    turned.reverse();
                    prop_assert_eq!(build(&turned), Ok(found));
                }
            }
        }

        #[test]
        fn turnbull_of_right_censored_times_is_the_product_limit(
            rows in proptest::collection::vec((1_u8..15, proptest::bool::ANY), 2..40),
        ) {
            use super::super::kaplan_meier::product_limit;
            use super::super::risk_table::RiskTable;
            let time: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
            let event: Vec<u8> = rows.iter().map(|row| u8::from(row.1)).collect();
            let upper: Vec<Option<f64>> = rows.iter().map(|row| row.1.then(|| f64::from(row.0))).collect();
            if let Ok(found) = turnbull(&time, &upper) {
                let table = RiskTable::from_rows(&time, &event, 1, None).expect("a table");
                let curve = product_limit(&table).expect("a curve").survival;
                for (row, &at) in table.time().iter().enumerate() {
                    let share = found.survival_at(at).expect("a share");
                    prop_assert!((share.upper - curve[row]).abs() < 1e-7);
                }
            }
        }
    }
}
