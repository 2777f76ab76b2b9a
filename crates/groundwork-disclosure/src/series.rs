//! Numbers that grow from period to period, such as a cohort, or those trained, to date: whoever has two of them knows how
//! many came in between, and how many of those finished.
//!
//! Their periods are too many to be set against each other in the matrix, each against every other. So
//! they are looked at one after the other, the latest first, which readers need most: one that differs
//! from another that stays by fewer people than the threshold is withheld, and nobody may find it out.
//! What earlier releases told stays in any case.

use crate::cell::{Cell, Counts, Finding};
use crate::frame::Frame;
use crate::matrix::Matrix;
use crate::primary::BELOW;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The numbers of one indicator, site and category.
type Line<'c> = (&'c str, &'c str, &'c str, &'c str);

/// Withholds cells that differ by too few people from others of their series.
pub(crate) fn guard(
    cells: &[Cell],
    matrix: &mut Matrix,
    reasons: &mut [Option<&'static str>],
    thresholds: &[i64],
    frame: &Frame,
) {
    let mut series: BTreeMap<Line<'_>, Vec<(Date, usize)>> = BTreeMap::new();
    for (at, cell) in cells.iter().enumerate() {
        let measure = frame.measures.get(&cell.key.indicator).filter(|measure| measure.grows.contains(&true));
        let Some(measure) = measure.filter(|_| cell.people && cell.finding != Finding::NoData) else {
            continue;
        };
        let key = &cell.key;
        let of_site = |site: &str| measure.days.get(&(site.to_owned(), key.period.clone()));
        let Some((_, last)) = of_site(&key.site).or_else(|| of_site("")) else { continue };
        let line = (key.indicator.as_str(), key.site.as_str(), key.dimension.as_str(), key.category.as_str());
        series.entry(line).or_default().push((*last, at));
    }
    for mut line in series.into_values() {
        line.sort_by(|a, b| b.cmp(a));
        let is_known = |at: usize| matrix.shown[at].iter().any(|id| matrix.quantities[*id].given);
        let (known, others): (Vec<usize>, Vec<usize>) =
            line.into_iter().map(|(_, at)| at).partition(|at| is_known(*at));
        let mut stays = known;
        for at in others.into_iter().filter(|at| reasons[*at].is_none()).collect::<Vec<_>>() {
            if stays.iter().any(|other| differ_by_few([&cells[at], &cells[*other]], thresholds[at], frame)) {
                reasons[at] = Some(BELOW);
                for id in matrix.shown[at].clone() {
                    matrix.quantities[id].class = true;
                }
            } else {
                stays.push(at);
            }
        }
    }
}

/// Whether the people who are in one of two cells and not in the other, or those of a share who are above
/// or are not, are some, and fewer than the threshold.
fn differ_by_few(pair: [&Cell; 2], threshold: i64, frame: &Frame) -> bool {
    let grows = frame.measures.get(&pair[0].key.indicator).map_or([false; 2], |measure| measure.grows);
    let change = |number: &dyn Fn(&Cell) -> f64| (number(pair[0]) - number(pair[1])).abs();
    let below = |cell: &Cell| cell.denominator.unwrap_or(0.0);
    let is_few = |is_asked: bool, number: &dyn Fn(&Cell) -> f64| {
        is_asked && change(number) > 0.0 && change(number) < threshold as f64
    };
    is_few(grows[0], &|cell| cell.numerator)
        || is_few(grows[1], &below)
        || is_few(grows == [true; 2] && pair[0].counts == Counts::Part, &|cell| below(cell) - cell.numerator)
}
