//! How many different people are on several lists: `union.margins`,
//! `union.pairs` and `union.sharp`.
//!
//! # Estimand
//!
//! The number of different people on at least one of k lists whose rows cannot
//! be matched: participants of several activities, clients of several offices.
//! A whole number, and a bound on it from either side, not an estimate.
//!
//! # Assumptions
//!
//! None beyond the counts: each list names a person once. Bounds do not say
//! which value between them is likely.
//!
//! # Method
//!
//! With n_i the lengths of the lists and n_ij the people on both i and j,
//! S1 = Σ n_i and S2 = Σ n_ij,
//!
//! ```text
//! margins         max n_i                          <= N <= S1            (Fréchet)
//! Bonferroni      S1 - S2                          <= N
//! Dawson-Sankoff  2 S1/(m + 1) - 2 S2/(m (m + 1))  <= N,  m = 1 + floor(2 S2/S1)
//! Hunter-Worsley  N <= S1 - the heaviest spanning tree of the n_ij
//! ```
//!
//! The sharp bounds are the least and the largest Σ x over the 2^k - 1 ways to
//! be on some of the lists, with x >= 0 people each, that agree with the
//! lengths and the overlaps that are known: a linear programme
//! ([`simplex`](crate::simplex)). Nothing between them can be ruled out by the
//! counts but what whole numbers rule out. All bounds are rounded inwards to
//! whole people. A length or an overlap that is known within limits only, and
//! the people that there are at all, are conditions like the others.
//!
//! # Small samples
//!
//! The bounds are true of the people counted, whatever their number.
//!
//! # Refusals
//!
//! `empty`, `too_many_lists` (more than eight, for the sharp bounds),
//! `lengths_differ` (not one overlap for each pair), `count_too_large` (a
//! million millions), `limits_crossed` (at least more than at most),
//! `overlap_exceeds_list`, `population_too_small` (fewer people than a list
//! has), `inconsistent_overlaps` (no people could be on the lists in this way:
//! an overlap is wrong, and [`union_clash`] says which), `not_converged`.
//!
//! # Source
//!
//! Fréchet M (1935). Généralisation du théorème des probabilités totales.
//! Fundamenta Mathematicae 25:379-387. Hunter D (1976). An upper bound for the
//! probability of a union. Journal of Applied Probability 13:597-603. Dawson
//! DA, Sankoff D (1967). An inequality for probabilities. Proceedings of the
//! American Mathematical Society 18:504-507. Hailperin T (1965). Best possible
//! inequalities for the probability of a logical function of events. American
//! Mathematical Monthly 72:343-359. Kounias S, Marin J (1976). Best linear
//! Bonferroni bounds. SIAM Journal on Applied Mathematics 30:307-323.

use crate::estimate::Refusal;
use crate::simplex::{Solution, minimise};
use crate::thresholds::LISTS_MOST;

/// The id of the bounds from the lengths alone.
pub const METHOD_MARGINS: &str = "union.margins";
/// The id of the bounds in closed form from lengths and overlaps.
pub const METHOD_PAIRS: &str = "union.pairs";
/// The id of the sharp bounds from lengths and overlaps.
pub const METHOD_SHARP: &str = "union.sharp";

/// Counts beyond this would lose whole people to rounding.
const COUNT_MOST: u64 = 1_000_000_000_000;

/// Bounds on a number of people; both can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnionBounds {
    /// At least this many.
    pub lower: u64,
    /// At most this many.
    pub upper: u64,
    /// The id of the method.
    pub method: &'static str,
}

/// A number of people, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// At least this many.
    pub least: u64,
    /// At most this many.
    pub most: u64,
}

impl From<u64> for Limits {
    /// A number that is known.
    fn from(people: u64) -> Self {
        Self { least: people, most: people }
    }
}

/// Which of the things that are known cannot all be true: without any one of
/// them the others could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Pairs of lists, by their places.
    pub pairs: Vec<(usize, usize)>,
    /// Whether the people that there are at all are among it.
    pub population: bool,
}

/// Bounds in closed form from the lengths and the overlaps of all pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairBounds {
    /// Bonferroni's lower bound, or the longest list where that is more.
    pub bonferroni_lower: u64,
    /// Dawson and Sankoff's lower bound, or the longest list where that is more.
    pub dawson_sankoff_lower: u64,
    /// Hunter and Worsley's upper bound.
    pub hunter_worsley_upper: u64,
    /// The id of the method.
    pub method: &'static str,
}

/// Bounds on the people on at least one list from the lengths of the lists.
///
/// # Refusals
///
/// * `empty`: no lists.
/// * `count_too_large`: a length beyond a million millions.
pub fn union_bounds_margins(margins: &[u64]) -> Result<UnionBounds, Refusal> {
    check_margins(margins)?;
    let lower = margins.iter().copied().max().unwrap_or(0);
    let upper = margins.iter().fold(0_u64, |sum, &margin| sum.saturating_add(margin));
    Ok(UnionBounds { lower, upper, method: METHOD_MARGINS })
}

/// Bounds in closed form from the lengths of the lists and all their overlaps.
///
/// `pairs` holds the people on both lists of each pair, in the order 12, 13,
/// ..., 23, ... For up to eight lists [`union_bounds_sharp`] is never wider.
///
/// # Refusals
///
/// * `empty`, `lengths_differ`, `count_too_large`, `overlap_exceeds_list`.
/// * `inconsistent_overlaps`: a lower bound lies above the upper one.
pub fn union_bounds_pairs(margins: &[u64], pairs: &[u64]) -> Result<PairBounds, Refusal> {
    check_margins(margins)?;
    let known: Vec<Option<u64>> = pairs.iter().copied().map(Some).collect();
    check_pairs(margins, &known)?;
    let longest = margins.iter().copied().max().unwrap_or(0);
    let (ones, twos) = (
        margins.iter().map(|&margin| u128::from(margin)).sum::<u128>(),
        pairs.iter().map(|&pair| u128::from(pair)).sum::<u128>(),
    );
    let most = (2 * twos).checked_div(ones).map_or(1, |quotient| 1 + quotient);
    // 2 (m S1 - S2)/(m (m + 1)), rounded up; m S1 > S2 by the choice of m.
    let dawson_sankoff = (2 * (most * ones).saturating_sub(twos)).div_ceil(most * (most + 1));
    let whole = |value: u128| u64::try_from(value).unwrap_or(u64::MAX);
    let bounds = PairBounds {
        bonferroni_lower: whole(ones.saturating_sub(twos)).max(longest),
        dawson_sankoff_lower: whole(dawson_sankoff).max(longest),
        hunter_worsley_upper: whole(ones.saturating_sub(heaviest_tree(margins.len(), pairs))),
        method: METHOD_PAIRS,
    };
    if bounds.dawson_sankoff_lower.max(bounds.bonferroni_lower) > bounds.hunter_worsley_upper {
        return Err(inconsistent());
    }
    Ok(bounds)
}

/// The sharp bounds from the lengths of up to eight lists and the overlaps that
/// are known.
///
/// `pairs` holds the people on both lists of each pair, in the order 12, 13,
/// ..., 23, ..., nothing for a pair whose overlap is not known. Eight lists
/// take some hundredths of a second.
///
/// # Refusals
///
/// Those of [`union_bounds_within`].
pub fn union_bounds_sharp(margins: &[u64], pairs: &[Option<u64>]) -> Result<UnionBounds, Refusal> {
    let margins: Vec<Limits> = margins.iter().copied().map(Limits::from).collect();
    let pairs: Vec<Option<Limits>> = pairs.iter().map(|pair| pair.map(Limits::from)).collect();
    union_bounds_within(&margins, &pairs, None)
}

/// The sharp bounds where lengths and overlaps of up to eight lists are known
/// within limits, and there may be a most that people can be.
///
/// `pairs` holds the people on both lists of each pair, in the order 12, 13,
/// ..., 23, ..., nothing for a pair whose overlap is not known; `population`
/// the people there are at all, on a list or not.
///
/// ```
/// use groundwork_stats::estimators::union_bounds::{Limits, union_bounds_within};
///
/// // 300 and 200 people, between 50 and 120 of them on both: 380 to 450.
/// let both = Limits { least: 50, most: 120 };
/// let bounds = union_bounds_within(&[300.into(), 200.into()], &[Some(both)], None);
/// assert!(bounds.is_ok_and(|bounds| (bounds.lower, bounds.upper) == (380, 450)));
/// ```
///
/// # Refusals
///
/// * `empty`, `too_many_lists`, `lengths_differ`, `count_too_large`,
///   `limits_crossed`, `overlap_exceeds_list`, `population_too_small`.
/// * `inconsistent_overlaps`: no people could be on the lists in this way.
/// * `not_converged`: the search for the bounds did not end.
pub fn union_bounds_within(
    margins: &[Limits],
    pairs: &[Option<Limits>],
    population: Option<u64>,
) -> Result<UnionBounds, Refusal> {
    check_limits(margins, pairs, population)?;
    let conditions = conditions(margins, pairs, population);
    let bound = |sign: f64| match solve(margins.len(), &conditions, sign) {
        Solution::Optimal { value, .. } => Ok(sign * value),
        Solution::Infeasible => Err(inconsistent()),
        Solution::Unbounded | Solution::Failed => Err(Refusal::new(
            "not_converged",
            "the search for the bounds did not end",
            "use the bounds in closed form",
        )),
    };
    let (lower, upper) = (bound(1.0)?, bound(-1.0)?);
    // Whole people lie between; what rounding added is taken off first.
    let slack = 1e-9 * upper.max(1.0);
    let bounds = UnionBounds {
        lower: (lower - slack).ceil().max(0.0) as u64,
        upper: (upper + slack).floor().max(0.0) as u64,
        method: METHOD_SHARP,
    };
    if bounds.lower > bounds.upper { Err(inconsistent()) } else { Ok(bounds) }
}

/// Which overlaps cannot all be true, where [`union_bounds_within`] refuses them
/// as inconsistent; nothing where they can.
///
/// Each overlap, the last first, is left out in turn, and stays out where the
/// others cannot be true without it either.
///
/// # Refusals
///
/// Those of [`union_bounds_within`] but for `inconsistent_overlaps`.
pub fn union_clash(
    margins: &[Limits],
    pairs: &[Option<Limits>],
    population: Option<u64>,
) -> Result<Option<Clash>, Refusal> {
    let can_be = |pairs: &[Option<Limits>], population| match union_bounds_within(margins, pairs, population)
    {
        Ok(_) => Ok(true),
        Err(refusal) if refusal.code == "inconsistent_overlaps" => Ok(false),
        Err(refusal) => Err(refusal),
    };
    if can_be(pairs, population)? {
        return Ok(None);
    }
    let mut population = population;
    if population.is_some() && !can_be(pairs, None)? {
        population = None;
    }
    let mut pairs = pairs.to_vec();
    for at in (0..pairs.len()).rev() {
        let Some(pair) = pairs.get_mut(at).and_then(Option::take) else { continue };
        if can_be(&pairs, population)? {
            pairs[at] = Some(pair);
        }
    }
    let left = pair_order(margins.len()).zip(&pairs).filter(|(_, pair)| pair.is_some());
    Ok(Some(Clash { pairs: left.map(|(at, _)| at).collect(), population: population.is_some() }))
}

/// What is known of the people who are on some lists: on all of these, as bits,
/// or on any where there are none.
struct Condition {
    on: usize,
    limits: Limits,
}

fn conditions(margins: &[Limits], pairs: &[Option<Limits>], population: Option<u64>) -> Vec<Condition> {
    let lists = margins.iter().enumerate().map(|(list, limits)| Condition { on: 1 << list, limits: *limits });
    // A limit that nobody reaches says nothing, and would cost digits.
    let most_of = |list: usize| margins.get(list).map_or(0, |limits| limits.most);
    let pairs = pair_order(margins.len()).zip(pairs).filter_map(|((one, other), limits)| {
        let Limits { least, most } = (*limits)?;
        let most = most.min(most_of(one)).min(most_of(other));
        Some(Condition { on: 1 << one | 1 << other, limits: Limits { least, most } })
    });
    let sum: u64 = margins.iter().map(|limits| limits.most).sum();
    let most = population.map(|most| Condition { on: 0, limits: Limits { least: 0, most: most.min(sum) } });
    lists.chain(pairs).chain(most).collect()
}

/// The least of `sign` times the people on any list.
fn solve(lists: usize, conditions: &[Condition], sign: f64) -> Solution {
    // One unknown for each way to be on some of the lists, as bits, and one for
    // each limit that need not be met: how far off it is.
    let ways = 1..1_usize << lists;
    let sides = |limits: Limits| match limits {
        Limits { least, most } if least == most => vec![(0.0, least)],
        Limits { least: 0, most } => vec![(1.0, most)],
        Limits { least, most } => vec![(-1.0, least), (1.0, most)],
    };
    let sided: Vec<(usize, f64, u64)> = conditions
        .iter()
        .flat_map(|known| sides(known.limits).into_iter().map(|(side, count)| (known.on, side, count)))
        .collect();
    let loose = sided.iter().filter(|(_, side, _)| *side != 0.0).count();
    let (mut rows, mut right, mut before) = (Vec::new(), Vec::new(), 0);
    for (on, side, count) in sided {
        rows.extend(ways.clone().map(|way| if way & on == on { 1.0 } else { 0.0 }));
        let own = (side != 0.0).then_some(before);
        rows.extend((0..loose).map(|at| if own == Some(at) { side } else { 0.0 }));
        before += usize::from(own.is_some());
        right.push(count as f64);
    }
    let mut cost = vec![sign; ways.len()];
    cost.resize(ways.len() + loose, 0.0);
    minimise(&cost, &rows, &right)
}

fn check_limits(
    margins: &[Limits],
    pairs: &[Option<Limits>],
    population: Option<u64>,
) -> Result<(), Refusal> {
    let most: Vec<u64> = margins.iter().map(|limits| limits.most).collect();
    check_margins(&most)?;
    if margins.len() > LISTS_MOST {
        return Err(Refusal::new(
            "too_many_lists",
            "there are more than eight lists, whose combinations are too many",
            "use the bounds in closed form, or join lists",
        ));
    }
    if margins.iter().chain(pairs.iter().flatten()).any(|limits| limits.least > limits.most) {
        return Err(Refusal::new(
            "limits_crossed",
            "a number of people is at least more than it is at most",
            "give the lower limit first",
        ));
    }
    let least: Vec<Option<u64>> = pairs.iter().map(|pair| pair.map(|limits| limits.least)).collect();
    check_pairs(&most, &least)?;
    if population.is_some_and(|people| margins.iter().any(|limits| limits.least > people)) {
        return Err(Refusal::new(
            "population_too_small",
            "a list has more people than there are",
            "check of whom the population is, and that the list names a person once",
        ));
    }
    Ok(())
}

/// The pairs of lists in the order 12, 13, ..., 23, ...
fn pair_order(lists: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..lists).flat_map(move |one| (one + 1..lists).map(move |other| (one, other)))
}

fn check_margins(margins: &[u64]) -> Result<(), Refusal> {
    if margins.is_empty() {
        return Err(Refusal::new("empty", "there are no lists", "report that nobody was reached"));
    }
    if margins.iter().any(|&margin| margin > COUNT_MOST) {
        return Err(Refusal::new(
            "count_too_large",
            "a list is longer than a million millions",
            "check the counts: no list of people is that long",
        ));
    }
    Ok(())
}

fn check_pairs(margins: &[u64], pairs: &[Option<u64>]) -> Result<(), Refusal> {
    if pairs.len() != pair_order(margins.len()).count() {
        return Err(Refusal::new(
            "lengths_differ",
            "there is not one overlap for each pair of lists",
            "give an overlap for each pair, in the order 12, 13, 23",
        ));
    }
    for ((one, other), &pair) in pair_order(margins.len()).zip(pairs) {
        if pair.is_some_and(|pair| pair > margins[one].min(margins[other])) {
            return Err(Refusal::new(
                "overlap_exceeds_list",
                "more people are on both of two lists than on one of them",
                "check how the overlap was counted; a person counts once",
            ));
        }
    }
    Ok(())
}

fn inconsistent() -> Refusal {
    Refusal::new(
        "inconsistent_overlaps",
        "no people could be on the lists with these lengths and overlaps",
        "check how the overlaps were counted, or report the bounds from the lengths alone",
    )
}

/// The weight of the heaviest spanning tree of the lists, by adding the
/// heaviest link to a list not yet reached.
fn heaviest_tree(lists: usize, pairs: &[u64]) -> u128 {
    let mut links = vec![0_u64; lists * lists];
    for ((one, other), &pair) in pair_order(lists).zip(pairs) {
        links[one * lists + other] = pair;
        links[other * lists + one] = pair;
    }
    let mut best: Vec<u64> = links.iter().copied().take(lists).collect();
    let mut reached = vec![false; lists];
    reached[0] = true;
    let mut weight = 0;
    for _ in 1..lists {
        let next = (0..lists).filter(|&list| !reached[list]).max_by_key(|&list| best[list]);
        let Some(next) = next else { break };
        reached[next] = true;
        weight += u128::from(best[next]);
        for list in 0..lists {
            best[list] = best[list].max(links[next * lists + list]);
        }
    }
    weight
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    fn code<T>(outcome: Result<T, Refusal>) -> Option<&'static str> {
        outcome.err().map(|refusal| refusal.code)
    }

    fn sharp(margins: &[u64], pairs: &[Option<u64>]) -> (u64, u64) {
        let bounds = union_bounds_sharp(margins, pairs).expect("bounds");
        (bounds.lower, bounds.upper)
    }

    #[test]
    fn bounds_of_two_lists_with_their_overlap_are_the_union() {
        assert_eq!(sharp(&[9, 8], &[Some(5)]), (12, 12));
        assert_eq!(sharp(&[9, 8], &[None]), (9, 17));
        assert_eq!(sharp(&[7], &[]), (7, 7));
        assert_eq!(sharp(&[0, 0], &[Some(0)]), (0, 0));
        let pairs = union_bounds_pairs(&[9, 8], &[5]).expect("bounds");
        assert_eq!((pairs.bonferroni_lower, pairs.hunter_worsley_upper), (12, 12));
        assert_eq!(pairs.dawson_sankoff_lower, 12);
    }

    #[test]
    fn bounds_of_three_lists_by_hand() {
        // Ten each, two on each pair: on all three are 0 to 2, so 24 to 26.
        assert_eq!(sharp(&[10; 3], &[Some(2); 3]), (24, 26));
        let pairs = union_bounds_pairs(&[10; 3], &[2; 3]).expect("bounds");
        assert_eq!((pairs.bonferroni_lower, pairs.hunter_worsley_upper), (24, 26));
        // The same list three times.
        assert_eq!(sharp(&[10; 3], &[Some(10); 3]), (10, 10));
        let pairs = union_bounds_pairs(&[10; 3], &[10; 3]).expect("bounds");
        assert_eq!((pairs.dawson_sankoff_lower, pairs.hunter_worsley_upper), (10, 10));
    }

    #[test]
    fn bounds_hold_the_truth_and_each_other() {
        let mut stream = Stream::new(&[4; 32], 0);
        for round in 0..60 {
            let lists = 2 + stream.index(5) as usize;
            let people: Vec<u64> = (0..30).map(|_| 1 + stream.index((1 << lists) - 1)).collect();
            let on = |mask: u64| people.iter().filter(|&&person| person & mask == mask).count() as u64;
            let margins: Vec<u64> = (0..lists).map(|list| on(1 << list)).collect();
            let pairs: Vec<u64> = pair_order(lists).map(|(one, other)| on(1 << one | 1 << other)).collect();
            let every: Vec<Option<u64>> = pairs.iter().copied().map(Some).collect();
            let some: Vec<Option<u64>> =
                every.iter().map(|pair| pair.filter(|_| stream.index(2) == 0)).collect();
            let alone = union_bounds_margins(&margins).expect("bounds");
            let closed = union_bounds_pairs(&margins, &pairs).expect("bounds");
            let (lower, upper) = sharp(&margins, &every);
            let (loose_lower, loose_upper) = sharp(&margins, &some);
            assert!(lower <= 30 && 30 <= upper, "{round}");
            assert!(closed.dawson_sankoff_lower.max(closed.bonferroni_lower) <= lower, "{round}");
            assert!(upper <= closed.hunter_worsley_upper, "{round}");
            assert!(loose_lower <= lower && upper <= loose_upper, "{round}");
            assert!(alone.lower <= loose_lower && loose_upper <= alone.upper, "{round}");
        }
    }

    #[test]
    fn bounds_of_eight_lists() {
        let mut stream = Stream::new(&[8; 32], 0);
        let people: Vec<u64> = (0..5000).map(|_| stream.index(256) & stream.index(256)).collect();
        let on = |mask: u64| people.iter().filter(|&&person| person & mask == mask).count() as u64;
        let margins: Vec<u64> = (0..8).map(|list| on(1 << list)).collect();
        let pairs: Vec<_> = pair_order(8).map(|(one, other)| Some(on(1 << one | 1 << other))).collect();
        let union = people.iter().filter(|&&person| person != 0).count() as u64;
        let (lower, upper) = sharp(&margins, &pairs);
        assert!(lower <= union && union <= upper && upper < margins.iter().sum());
    }

    fn within(margins: &[Limits], pairs: &[Option<Limits>], population: Option<u64>) -> Option<(u64, u64)> {
        match union_bounds_within(margins, pairs, population) {
            Ok(bounds) => Some((bounds.lower, bounds.upper)),
            Err(refusal) if refusal.code == "inconsistent_overlaps" => None,
            Err(refusal) => panic!("{refusal}"),
        }
    }

    #[test]
    fn bounds_within_limits_by_hand() {
        let limits = |least, most| Limits { least, most };
        // One list of 40 to 60, one of 50: the larger is 50 at least, nobody shared 110 at most.
        assert_eq!(within(&[limits(40, 60), 50.into()], &[None], None), Some((50, 110)));
        // Not more than 70 people live there.
        assert_eq!(within(&[limits(40, 60), 50.into()], &[None], Some(70)), Some((50, 70)));
        // With 30 shared at most the union is 40 + 50 - 30 at least.
        assert_eq!(within(&[limits(40, 60), 50.into()], &[Some(limits(10, 30))], None), Some((60, 100)));
        // A limit beyond the list says nothing, nor does a population that nobody reaches.
        assert_eq!(within(&[9.into(), 8.into()], &[Some(limits(0, 500))], Some(1000)), Some((9, 17)));
        let beyond = [Some(limits(1500, u64::MAX)), None, None];
        let three = [5200.into(), 1800.into(), 1204.into()];
        assert_eq!(within(&three, &beyond, Some(u64::MAX)), Some((5200, 6704)));
    }

    /// Every way in which few people can be on three lists.
    #[test]
    fn bounds_are_those_of_every_table() {
        let mut stream = Stream::new(&[6; 32], 0);
        let on = |cells: &[u64; 7], mask: usize| -> u64 {
            (1..8).filter(|way| way & mask == mask).map(|way| cells[way - 1]).sum()
        };
        // All tables with up to four people, by what is seen of them.
        let mut tables: Vec<[u64; 7]> = vec![[0; 7]];
        for cell in 0..7 {
            let filled = tables.iter().flat_map(|table| {
                (0..=4 - table.iter().sum::<u64>()).map(move |people| {
                    let mut table = *table;
                    table[cell] = people;
                    table
                })
            });
            tables = filled.collect();
        }
        assert_eq!(tables.len(), 330);
        let mut told = 0;
        for _ in 0..300 {
            let limits = |stream: &mut Stream| {
                let least = stream.index(4);
                Limits { least, most: least + stream.index(3) }
            };
            let margins: Vec<Limits> = (0..3).map(|_| limits(&mut stream)).collect();
            let mut pairs = Vec::new();
            for (one, other) in pair_order(3) {
                let both = limits(&mut stream);
                let fits = both.least <= margins[one].most.min(margins[other].most);
                pairs.push(Some(both).filter(|_| fits && stream.index(3) > 0));
            }
            // The tables hold all that there can be where people are four at most.
            let population = margins.iter().map(|limits| limits.least).max().unwrap_or(0).max(4);
            if population > 4 {
                continue;
            }
            let holds = |cells: &&[u64; 7]| {
                conditions(&margins, &pairs, Some(4))
                    .iter()
                    .all(|known| (known.limits.least..=known.limits.most).contains(&on(cells, known.on)))
            };
            let unions: Vec<u64> = tables.iter().filter(holds).map(|cells| on(cells, 0)).collect();
            let found = within(&margins, &pairs, Some(4));
            // People are whole, and half a person may do what whole ones cannot.
            let (Some(least), Some(most)) = (unions.iter().min(), unions.iter().max()) else { continue };
            let (lower, upper) = found.expect("a table is there");
            assert!(lower <= *least && *most <= upper, "{margins:?} {pairs:?}");
            told += u32::from((lower, upper) == (*least, *most));
        }
        assert!(told > 90, "{told}");
    }

    #[test]
    fn bounds_do_not_depend_on_the_order_of_lists() {
        let margins = [30, 22, 17, 9].map(Limits::from);
        let both = [(0, 1, 8), (0, 2, 5), (1, 3, 4), (2, 3, 2)];
        let in_order = |order: [usize; 4]| {
            let margins = order.map(|list| margins[list]);
            let pairs: Vec<Option<Limits>> = pair_order(4)
                .map(|(one, other)| {
                    let pair = (order[one].min(order[other]), order[one].max(order[other]));
                    both.iter().find(|(a, b, _)| (*a, *b) == pair).map(|(.., people)| (*people).into())
                })
                .collect();
            within(&margins, &pairs, Some(70))
        };
        let found = in_order([0, 1, 2, 3]);
        assert!(found.is_some());
        for order in [[1, 0, 2, 3], [3, 2, 1, 0], [2, 3, 0, 1], [1, 2, 3, 0]] {
            assert_eq!(in_order(order), found, "{order:?}");
        }
    }

    #[test]
    fn a_clash_names_what_cannot_be() {
        let five = [5.into(); 4];
        let pair = |people: u64| Some(Limits::from(people));
        // All of 1 are on 2 and on 3, so that 2 and 3 share them; 4 has nothing to do with it.
        let pairs = [pair(5), pair(5), pair(1), pair(0), None, None];
        assert_eq!(
            union_clash(&five, &pairs, None),
            Ok(Some(Clash { pairs: vec![(0, 1), (0, 2), (1, 2)], population: false }))
        );
        // Two lists of five that share one are nine people, and eight are there.
        let two = [5.into(), 5.into()];
        let found = Clash { pairs: vec![(0, 1)], population: true };
        assert_eq!(union_clash(&two, &[pair(1)], Some(8)), Ok(Some(found)));
        assert_eq!(union_clash(&two, &[pair(1)], Some(9)), Ok(None));
        let ahead = union_clash(&two, &[Some(Limits { least: 3, most: 1 })], None);
        assert_eq!(code(ahead), Some("limits_crossed"));
    }

    #[test]
    fn bounds_refuse() {
        assert_eq!(code(union_bounds_margins(&[])), Some("empty"));
        assert_eq!(code(union_bounds_margins(&[u64::MAX])), Some("count_too_large"));
        assert_eq!(code(union_bounds_pairs(&[1, 2], &[])), Some("lengths_differ"));
        assert_eq!(code(union_bounds_pairs(&[1, 2], &[2])), Some("overlap_exceeds_list"));
        assert_eq!(code(union_bounds_sharp(&[1; 9], &[None; 36])), Some("too_many_lists"));
        assert_eq!(code(union_bounds_sharp(&[1, 2], &[Some(2)])), Some("overlap_exceeds_list"));
        assert_eq!(
            code(union_bounds_within(&[5.into(), 3.into()], &[None], Some(4))),
            Some("population_too_small")
        );
        // Everybody on 1 is on 2 and on 3, yet nobody is on both 2 and 3.
        assert_eq!(
            code(union_bounds_sharp(&[5; 3], &[Some(5), Some(5), Some(0)])),
            Some("inconsistent_overlaps")
        );
    }
}
