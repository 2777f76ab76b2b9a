//! Conditions with `or`: those of whom one thing or another holds are those of whom the one holds and
//! those of whom the other does, less those of whom both do.

use crate::matrix::Matrix;
use crate::sets::sides;
use std::collections::BTreeSet;

/// Sets every number with an `or` against those of its two sides and of both together.
pub(crate) fn relate(matrix: &mut Matrix) {
    let numbers: Vec<_> = matrix.addresses().map(|(address, id)| (address.clone(), id)).collect();
    for (address, any) in numbers {
        let conditions: Vec<String> = address.conditions.iter().cloned().collect();
        for condition in conditions {
            let Some((left, right)) = sides(&condition, " or ") else { continue };
            let mut rest = address.clone();
            rest.conditions.remove(&condition);
            let with = |conditions: &[&str]| {
                let mut address = rest.clone();
                address.conditions.extend(conditions.iter().flat_map(|c| together(c)));
                address
            };
            let sides = [with(&[left]), with(&[right]), with(&[left, right])];
            let known = sides.each_ref().map(|side| matrix.at(side));
            for part in known.into_iter().flatten().filter(|part| *part != any) {
                matrix.union(any, &[part]);
            }
            let value = |id: usize| matrix.value(id);
            let missing = match known {
                [Some(a), Some(b), None] => (2, value(a) + value(b) - value(any), [a, b]),
                [Some(a), None, Some(both)] => (1, value(any) - value(a) + value(both), [a, both]),
                [None, Some(b), Some(both)] => (0, value(any) - value(b) + value(both), [b, both]),
                [Some(a), Some(b), Some(both)] => {
                    if value(a) + value(b) - value(both) == value(any) {
                        matrix.add(vec![(any, 1), (both, 1), (a, -1), (b, -1)]);
                    }
                    continue;
                }
                _ => continue,
            };
            let (side, left, of) = missing;
            // Of people with several rows, each side may hold in another row.
            if left < 0 || !address.of.starts_with("rows ") {
                if let [Some(a), Some(b), _] = known {
                    matrix.union(any, &[a, b]);
                }
                continue;
            }
            let [first, second, both] = sides;
            let own = match side {
                0 => first,
                1 => second,
                _ => both,
            };
            let [one, other] = of;
            let id = matrix.rest_at(own, left, &[any, one, other]);
            let signs = if side == 2 { [-1, -1, 1] } else { [-1, 1, -1] };
            matrix.add(vec![(any, 1), (one, signs[0]), (other, signs[1]), (id, signs[2])]);
        }
    }
}

/// The conditions that are joined by `and`.
fn together(condition: &str) -> BTreeSet<String> {
    if let Some((left, right)) = sides(condition, " and ") {
        return together(left).into_iter().chain(together(right)).collect();
    }
    BTreeSet::from([condition.to_owned()])
}
