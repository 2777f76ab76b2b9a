//! People that hold together: a link between two people counts as much as all of their records say.
//!
//! Where everybody who is linked becomes one person, a single wrong pair joins two people with all
//! that they have. So links are taken from the likeliest on, and each that would join two groups of
//! records loses what speaks against it in all pairs between them, on average: another birthday,
//! another name. Pairs that only say little take nothing away. Two groups that contradict each other
//! stay apart, and pairs between them are no likelier than the link that was to bring them together.
//! It is average linkage (Sokal and Michener 1958) over contradictions.

use groundwork_stats::linkage::model::probability;
use std::collections::BTreeMap;

/// Links below this decide nothing at any threshold that is used.
const LINKED: f64 = 0.5;
/// Groups of more records are left as they are: they are one content written in very many ways.
const RECORDS_MOST: usize = 300;

/// A pair of records with its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Link {
    pub(crate) one: u32,
    pub(crate) other: u32,
    pub(crate) probability: f64,
}

/// The probabilities of links after all pairs between groups were heard, in the order of the links.
/// `against` gives what speaks against any pair, in bits, zero or less.
pub(crate) fn cohering(links: &[Link], against: &dyn Fn(u32, u32) -> f64) -> Vec<f64> {
    let mut out: Vec<f64> = links.iter().map(|link| link.probability).collect();
    for component in components(links) {
        if component.records > 2 && component.records <= RECORDS_MOST {
            settle(links, &component.links, against, &mut out);
        }
    }
    out
}

/// Links that hang together, by their places.
struct Component {
    links: Vec<usize>,
    records: usize,
}

fn components(links: &[Link]) -> Vec<Component> {
    let mut above: BTreeMap<u32, u32> = BTreeMap::new();
    fn root(above: &mut BTreeMap<u32, u32>, record: u32) -> u32 {
        let mut at = record;
        loop {
            let up = *above.entry(at).or_insert(at);
            if up == at {
                return at;
            }
            let further = *above.get(&up).unwrap_or(&up);
            above.insert(at, further);
            at = up;
        }
    }
    let strong = || links.iter().enumerate().filter(|(_, link)| link.probability >= LINKED);
    for (_, link) in strong() {
        let (one, other) = (root(&mut above, link.one), root(&mut above, link.other));
        above.insert(one.max(other), one.min(other));
    }
    let mut out: BTreeMap<u32, Component> = BTreeMap::new();
    for (at, link) in strong() {
        let root = root(&mut above, link.one);
        out.entry(root).or_insert(Component { links: Vec::new(), records: 0 }).links.push(at);
    }
    let records: Vec<u32> = above.keys().copied().collect();
    for record in records {
        let root = root(&mut above, record);
        if let Some(component) = out.get_mut(&root) {
            component.records += 1;
        }
    }
    out.into_values().collect()
}

/// Joins the records of one component, the likeliest links first.
fn settle(links: &[Link], of: &[usize], against: &dyn Fn(u32, u32) -> f64, out: &mut [f64]) {
    let mut order: Vec<usize> = of.to_vec();
    order.sort_by(|a, b| {
        let (a, b) = (links[*a], links[*b]);
        b.probability.total_cmp(&a.probability).then((a.one, a.other).cmp(&(b.one, b.other)))
    });
    let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let mut group_of: BTreeMap<u32, u32> = BTreeMap::new();
    for at in of {
        for record in [links[*at].one, links[*at].other] {
            group_of.insert(record, record);
            groups.insert(record, vec![record]);
        }
    }
    for at in order {
        let link = links[at];
        let (Some(&one), Some(&other)) = (group_of.get(&link.one), group_of.get(&link.other)) else {
            continue;
        };
        if one == other {
            continue;
        }
        let (Some(first), Some(second)) = (groups.get(&one), groups.get(&other)) else { continue };
        let pairs = (first.len() * second.len()) as f64;
        if pairs <= 1.0 {
            // Two records alone: what speaks against them is in their weight.
            join(&mut groups, &mut group_of, one, other);
            continue;
        }
        let between = first.iter().flat_map(|a| second.iter().map(move |b| (*a.min(b), *a.max(b))));
        let own = (link.one.min(link.other), link.one.max(link.other));
        let sum: f64 = between.filter(|pair| *pair != own).map(|(a, b)| against(a, b)).sum();
        let odds = libm::log2(link.probability / (1.0 - link.probability).max(1e-15));
        let joint = link.probability.min(probability(odds + sum / (pairs - 1.0)));
        for place in of {
            let between = links[*place];
            let ends = (group_of.get(&between.one), group_of.get(&between.other));
            if ends == (Some(&one), Some(&other)) || ends == (Some(&other), Some(&one)) {
                out[*place] = out[*place].min(joint);
            }
        }
        if joint >= LINKED {
            join(&mut groups, &mut group_of, one, other);
        }
    }
}

fn join(groups: &mut BTreeMap<u32, Vec<u32>>, group_of: &mut BTreeMap<u32, u32>, one: u32, other: u32) {
    let (keep, gone) = (one.min(other), one.max(other));
    let moved = groups.remove(&gone).unwrap_or_default();
    moved.iter().for_each(|record| {
        group_of.insert(*record, keep);
    });
    let group = groups.entry(keep).or_default();
    group.extend(moved);
    group.sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(one: u32, other: u32, probability: f64) -> Link {
        Link { one, other, probability }
    }

    #[test]
    fn a_wrong_pair_joins_nobody_that_contradicts() {
        // 0 and 1 are one, 2 and 3 are one; 1 and 2 look alike, and all others speak against it.
        let links = [link(0, 1, 0.99), link(1, 2, 0.9), link(2, 3, 0.99)];
        let against = |one: u32, other: u32| match (one, other) {
            (0, 1) | (2, 3) | (1, 2) => 0.0,
            _ => -8.0,
        };
        let found = cohering(&links, &against);
        assert_eq!((found[0], found[2]), (0.99, 0.99));
        assert!(found[1] < 0.1, "{found:?}");
    }

    #[test]
    fn a_third_record_that_says_little_stays() {
        let links = [link(0, 1, 0.99), link(1, 2, 0.9)];
        let unmoved = cohering(&links, &|_, _| 0.0);
        assert!((unmoved[1] - 0.9).abs() < 1e-12, "{unmoved:?}");
        let found = cohering(&links, &|one, other| if (one, other) == (0, 2) { -1.0 } else { 0.0 });
        assert!(found[1] > 0.75 && found[1] < 0.9, "{found:?}");
        // Two records alone are as they were.
        assert_eq!(cohering(&[link(4, 7, 0.6)], &|_, _| -9.0), [0.6]);
    }
}
