//! What readers know while it is being decided what to withhold: every number that a published cell
//! shows. Kept up to date cell by cell, with what is unknown in each relation, so that nobody has to
//! go through long sums for the few numbers in them that are.

use crate::matrix::Matrix;

/// What a withheld cell costs readers beside its size.
const CELL: i64 = 10;

pub(crate) struct Readers<'a> {
    pub(crate) matrix: &'a Matrix,
    hidden: Vec<bool>,
    unknown: Vec<bool>,
    prices: Vec<Option<i64>>,
    /// The unknown terms of each relation, in order.
    terms: Vec<Vec<(usize, i64)>>,
}

impl<'a> Readers<'a> {
    pub(crate) fn new(matrix: &'a Matrix, hidden: Vec<bool>) -> Self {
        let mut readers = Self {
            matrix,
            hidden,
            unknown: vec![false; matrix.quantities.len()],
            prices: vec![None; matrix.quantities.len()],
            terms: vec![Vec::new(); matrix.relations.len()],
        };
        for id in 0..matrix.quantities.len() {
            readers.look_at(id);
        }
        readers
    }

    fn look_at(&mut self, id: usize) {
        let quantity = &self.matrix.quantities[id];
        let shown = quantity.cells.iter().filter(|cell| !self.hidden[**cell]).count() as i64;
        let unknown = !quantity.given && shown == 0;
        self.prices[id] = match (unknown, quantity.given) {
            (true, _) => Some(0),
            (false, true) => None,
            (false, false) => Some(shown * (CELL + quantity.value)),
        };
        if std::mem::replace(&mut self.unknown[id], unknown) == unknown {
            return;
        }
        for (relation, a) in &quantity.relations {
            let terms = &mut self.terms[*relation];
            let term = (id, *a);
            match terms.binary_search(&term) {
                Ok(at) if !unknown => {
                    terms.remove(at);
                }
                Err(at) if unknown => terms.insert(at, term),
                Ok(_) | Err(_) => {}
            }
        }
    }

    /// Withholds a cell, or publishes it.
    pub(crate) fn set(&mut self, cell: usize, hidden: bool) {
        self.hidden[cell] = hidden;
        for id in &self.matrix.shown[cell] {
            self.look_at(*id);
        }
    }

    /// Withholds every cell that shows a number.
    pub(crate) fn hide(&mut self, id: usize) {
        for cell in &self.matrix.quantities[id].cells {
            self.set(*cell, true);
        }
    }

    /// Whether each cell is withheld.
    pub(crate) fn hidden(&self) -> &[bool] {
        &self.hidden
    }

    pub(crate) fn into_hidden(self) -> Vec<bool> {
        self.hidden
    }

    pub(crate) fn is_unknown(&self, id: usize) -> bool {
        self.unknown[id]
    }

    /// What readers lose when a number is withheld; nothing where it cannot be.
    pub(crate) fn price(&self, id: usize) -> Option<i64> {
        self.prices[id]
    }

    /// The unknown terms of each relation.
    pub(crate) fn unknown_terms(&self) -> &[Vec<(usize, i64)>] {
        &self.terms
    }

    /// Whether simple reckoning shows that a number cannot move as far as the policy demands: the sums
    /// that it is in leave it too little room.
    pub(crate) fn is_narrow(&self, id: usize) -> bool {
        let threshold = i128::from(self.matrix.quantities[id].threshold);
        let (low, high) = self.ends(id, &|other| self.ends(other, &|_| (0, None)));
        high.is_some_and(|high| high < threshold || high - low < (threshold - 1).max(1))
    }

    /// Ends of a number that hold for certain, by the sums that it is in and the ends of the others there.
    fn ends(&self, id: usize, others: &dyn Fn(usize) -> Ends) -> Ends {
        let (mut low, mut high) = (0, None::<i128>);
        for (relation, own) in &self.matrix.quantities[id].relations {
            let (mut sum, mut least, mut most) = (0, Some(0), Some(0));
            for (other, a) in &self.terms[*relation] {
                let a = i128::from(a * own.signum());
                sum += a * i128::from(self.matrix.value(*other));
                if *other != id {
                    let (from, to) = others(*other);
                    let (from, to) = (Some(a * from), to.map(|to| a * to));
                    let (small, large) = if a > 0 { (from, to) } else { (to, from) };
                    least = least.zip(small).map(|(least, small)| least + small);
                    most = most.zip(large).map(|(most, large)| most + large);
                    if least.is_none() && most.is_none() {
                        break;
                    }
                }
            }
            let own = i128::from(own.abs());
            if let Some(most) = most {
                low = low.max((sum - most + own - 1).div_euclid(own));
            }
            if let Some(least) = least {
                let end = (sum - least).div_euclid(own);
                high = Some(high.map_or(end, |high| high.min(end)));
            }
        }
        (low, high)
    }
}

/// A least and a most, where there is one.
type Ends = (i128, Option<i128>);
