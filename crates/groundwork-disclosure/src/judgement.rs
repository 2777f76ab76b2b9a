//! A judgement: what is withheld of a release, with its proofs, and what the audit says of it.
//!
//! It takes most of the time of the gate and depends on nothing that is only said, so that it can be kept
//! as lines of whole numbers, and taken again as long as no number and no rule changed.

use crate::audit::Audit;
use crate::primary::REASONS;
use crate::secondary::Decision;

/// What is withheld.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Judgement {
    /// Whether it may be told how many rows of each source there are.
    pub(crate) rows_told: bool,
    /// The rule that withholds each cell, before what else is withheld.
    pub(crate) reasons: Vec<Option<&'static str>>,
    pub(crate) decision: Decision,
    /// Cells for which a coarser column stands in.
    pub(crate) stepped_back: Vec<usize>,
    pub(crate) audit: Audit,
}

/// Gives the lines of the judgement that was passed before on what the text of the first describes, or
/// those of the second, which passes it now.
pub type Remember<'a> = dyn Fn(&dyn Fn() -> String, &dyn Fn() -> Vec<Vec<i64>>) -> Vec<Vec<i64>> + 'a;

impl Judgement {
    /// As lines: whether rows are told, the rule of each cell by its place among all rules counted from 1,
    /// or 0; the cells that are withheld, the numbers that nothing protects, the cells that stepped
    /// back, four counts of the audit; then for each cell with an interval the cell and its ends; then,
    /// after an empty line, for each number its proof.
    pub(crate) fn lines(&self) -> Vec<Vec<i64>> {
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let all = |numbers: &mut dyn Iterator<Item = usize>| numbers.map(whole).collect::<Vec<i64>>();
        let hidden = self.decision.hidden.iter().enumerate().filter(|(_, hidden)| **hidden);
        let Audit { numbers, relations, protected, proven, .. } = self.audit;
        let rule = |reason: &Option<&str>| match reason {
            // What is not known is never read.
            Some(reason) => REASONS.iter().position(|known| known == reason).map_or(-1, |at| whole(at + 1)),
            None => 0,
        };
        let mut out = vec![
            vec![i64::from(self.rows_told)],
            self.reasons.iter().map(rule).collect(),
            all(&mut hidden.map(|(at, _)| at)),
            all(&mut self.decision.open.iter().copied()),
            all(&mut self.stepped_back.iter().copied()),
            all(&mut [numbers, relations, protected, proven].into_iter()),
        ];
        let narrowest = self.audit.narrowest.iter();
        out.extend(narrowest.map(|(cell, (least, most))| {
            [whole(*cell), *least].into_iter().chain(*most).collect::<Vec<i64>>()
        }));
        out.push(Vec::new());
        let proofs = self.decision.proofs.iter();
        out.extend(proofs.map(|(id, proof)| all(&mut std::iter::once(*id).chain(proof.iter().copied()))));
        out
    }

    /// From lines, of so many cells; nothing where they are none.
    pub(crate) fn read(lines: &[Vec<i64>], cells: usize) -> Option<Self> {
        let place = |number: &i64| usize::try_from(*number).ok();
        let places = |line: &[i64]| line.iter().map(place).collect::<Option<Vec<usize>>>();
        let [told, rules, hidden, open, stepped_back, counts, rest @ ..] = lines else { return None };
        let reason = |rule: &i64| match place(rule)?.checked_sub(1) {
            Some(at) => REASONS.get(at).map(|reason| Some(*reason)),
            None => Some(None),
        };
        let reasons: Vec<Option<&'static str>> = rules.iter().map(reason).collect::<Option<_>>()?;
        if reasons.len() != cells {
            return None;
        }
        let (rows_told, stepped_back) = (*told == [1], places(stepped_back)?);
        let mut out = Self { rows_told, reasons, stepped_back, ..Self::default() };
        out.decision.hidden = vec![false; cells];
        for cell in places(hidden)? {
            *out.decision.hidden.get_mut(cell)? = true;
        }
        out.decision.open = places(open)?.into_iter().collect();
        let [numbers, relations, protected, proven] = places(counts)?.try_into().ok()?;
        let rolled_up = out.stepped_back.len();
        out.audit = Audit { numbers, relations, protected, proven, rolled_up, ..Audit::default() };
        let (intervals, proofs) = rest.split_at(rest.iter().position(Vec::is_empty)?);
        for line in intervals {
            let (cell, ends) = line.split_first()?;
            let (least, most) = ends.split_first()?;
            out.audit.narrowest.insert(place(cell)?, (*least, most.first().copied()));
        }
        for line in proofs.iter().skip(1) {
            let (id, proof) = line.split_first()?;
            out.decision.proofs.insert(place(id)?, places(proof)?.into_iter().collect());
        }
        out.stepped_back.iter().all(|cell| *cell < cells).then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn a_judgement_is_read_as_it_was_kept() {
        let judgement = Judgement {
            rows_told: true,
            reasons: vec![Some(REASONS[4]), None, Some(REASONS[0])],
            decision: Decision {
                hidden: vec![true, false, true],
                proofs: BTreeMap::from([(3, BTreeSet::from([3, 5])), (4, BTreeSet::new())]),
                open: BTreeSet::from([7]),
            },
            stepped_back: vec![2],
            audit: Audit {
                numbers: 9,
                relations: 4,
                protected: 2,
                proven: 1,
                rolled_up: 1,
                withheld: Vec::new(),
                narrowest: BTreeMap::from([(0, (1, Some(6))), (2, (0, None))]),
            },
        };
        assert_eq!(Judgement::read(&judgement.lines(), 3), Some(judgement.clone()));
        assert_eq!(Judgement::read(&judgement.lines(), 2), None);
        assert_eq!(Judgement::read(&[], 3), None);
    }
}
