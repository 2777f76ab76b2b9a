//! Counting into cells: one for every site, period and category.
//!
//! A [`Tally`] adds up numerators and denominators, [`Values`] collects
//! amounts whose middle is wanted. Whoever counts says for each thing once to
//! which site, period and categories it belongs; it then counts for the site
//! and for both sites together, in the total and in each category.

use serde::Serialize;

use crate::calendar::{MONTHS, QUARTERS, month_label, quarter_label};
use crate::design::{SITES, Site};

/// Sites and both together.
const PLACES: usize = 3;
/// The place of both sites together.
const BOTH: usize = 2;

/// What one indicator should say in one place, period and category.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Cell {
    pub(crate) indicator: &'static str,
    /// Empty for both sites together.
    pub(crate) site: &'static str,
    /// `2021-Q4` or `2021-12`.
    pub(crate) period: String,
    /// Empty for the total.
    pub(crate) dimension: String,
    pub(crate) category: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) numerator: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) denominator: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lower: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upper: Option<i64>,
}

impl Cell {
    /// A total cell that says nothing yet.
    pub(crate) fn total(indicator: &'static str, place: usize, quarter: usize) -> Cell {
        Cell {
            indicator,
            site: SITES.get(place).map_or("", |site| site.key()),
            period: quarter_label(quarter).to_owned(),
            dimension: String::new(),
            category: String::new(),
            numerator: None,
            denominator: None,
            value: None,
            lower: None,
            upper: None,
        }
    }
}

/// The places something of a site counts for.
pub(crate) const fn places(site: Site) -> [usize; 2] {
    [site.index(), BOTH]
}

/// Every place: the two sites, then both together.
pub(crate) const ALL_PLACES: std::ops::Range<usize> = 0..PLACES;

/// Whether a place covers a site.
pub(crate) const fn covers(place: usize, site: Site) -> bool {
    place == BOTH || place == site.index()
}

/// A dimension with its categories. A position after the last is `unknown`.
#[derive(Clone, Debug)]
pub(crate) struct Dimension {
    name: String,
    categories: Vec<String>,
}

impl Dimension {
    pub(crate) fn new<'c>(name: &str, categories: impl IntoIterator<Item = &'c str>) -> Dimension {
        Dimension { name: name.to_owned(), categories: categories.into_iter().map(str::to_owned).collect() }
    }

    /// The dimension of a list of words with their Thai.
    pub(crate) fn of_words(name: &str, words: &[crate::text::Word]) -> Dimension {
        Dimension::new(name, words.iter().map(|word| word.0))
    }

    /// The sexes of [`Sex`](crate::Sex).
    pub(crate) fn sex() -> Dimension {
        Dimension::new("sex", ["female", "male"])
    }

    /// Two dimensions crossed; positions come from [`Dimension::crossed`].
    pub(crate) fn cross(&self, other: &Dimension) -> Dimension {
        let mut categories = Vec::new();
        for (a, b) in (0..self.width()).flat_map(|a| (0..other.width()).map(move |b| (a, b))) {
            categories.push(format!("{} × {}", self.category(a), other.category(b)));
        }
        // The last one is unknown in both and has its place by name already.
        Dimension { name: format!("{} × {}", self.name, other.name), categories }
    }

    /// The position of two positions in a crossing with `other`.
    pub(crate) fn crossed(&self, a: usize, other: &Dimension, b: usize) -> usize {
        a.min(self.categories.len()) * other.width() + b.min(other.categories.len())
    }

    /// The position of a category by name, after the last where there is none.
    pub(crate) fn position(&self, name: Option<&str>) -> usize {
        let found = |name: &str| self.categories.iter().position(|category| category == name);
        name.and_then(found).unwrap_or(self.categories.len())
    }

    fn width(&self) -> usize {
        self.categories.len() + 1
    }

    fn category(&self, position: usize) -> &str {
        self.categories.get(position).map_or("unknown", String::as_str)
    }
}

/// A position that may be missing, as one after every last.
pub(crate) fn or_unknown(position: Option<u8>) -> usize {
    position.map_or(usize::MAX, usize::from)
}

/// The periods of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Periods {
    Quarters,
    Months,
}

impl Periods {
    fn count(self) -> usize {
        match self {
            Periods::Quarters => QUARTERS,
            Periods::Months => MONTHS,
        }
    }

    fn label(self, period: usize) -> String {
        match self {
            Periods::Quarters => quarter_label(period).to_owned(),
            Periods::Months => month_label(period),
        }
    }
}

/// Where the cells of an indicator lie.
struct Frame {
    indicator: &'static str,
    periods: Periods,
    dimensions: Vec<Dimension>,
    width: usize,
}

impl Frame {
    fn new(indicator: &'static str, periods: Periods, dimensions: Vec<Dimension>) -> Frame {
        let width = 1 + dimensions.iter().map(Dimension::width).sum::<usize>();
        Frame { indicator, periods, dimensions, width }
    }

    fn len(&self) -> usize {
        PLACES * self.periods.count() * self.width
    }

    /// Calls `cell` for every cell that something counts for.
    fn each(&self, site: Site, period: usize, categories: &[usize], mut cell: impl FnMut(usize)) {
        assert_eq!(categories.len(), self.dimensions.len(), "{}", self.indicator);
        for place in places(site) {
            let mut at = (place * self.periods.count() + period) * self.width;
            cell(at);
            at += 1;
            for (dimension, &category) in self.dimensions.iter().zip(categories) {
                cell(at + category.min(dimension.categories.len()));
                at += dimension.width();
            }
        }
    }

    /// The empty cell at a position.
    fn named(&self, position: usize) -> Cell {
        let (row, mut column) = (position / self.width, position % self.width);
        let (place, period) = (row / self.periods.count(), row % self.periods.count());
        let mut cell = Cell::total(self.indicator, place, 0);
        cell.period = self.periods.label(period);
        if column > 0 {
            column -= 1;
            for dimension in &self.dimensions {
                if column < dimension.width() {
                    cell.dimension = dimension.name.clone();
                    cell.category = dimension.category(column).to_owned();
                    break;
                }
                column -= dimension.width();
            }
        }
        cell
    }
}

/// What the cells of a tally show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shows {
    /// The numerator: counts, sums, stocks.
    Numerator,
    /// Numerator and denominator: shares, means, ratios.
    Both,
    /// The denominator, and numerator over denominator over a number: indices.
    Index(i64),
}

/// Adds up numerators and denominators.
pub(crate) struct Tally {
    frame: Frame,
    shows: Shows,
    /// Numerator, denominator and how often something was added.
    sums: Vec<(i64, i64, u32)>,
}

impl Tally {
    pub(crate) fn new(
        indicator: &'static str,
        periods: Periods,
        shows: Shows,
        dimensions: Vec<Dimension>,
    ) -> Tally {
        let frame = Frame::new(indicator, periods, dimensions);
        Tally { sums: vec![(0, 0, 0); frame.len()], frame, shows }
    }

    /// A count or sum by quarter.
    pub(crate) fn count(indicator: &'static str, dimensions: Vec<Dimension>) -> Tally {
        Tally::new(indicator, Periods::Quarters, Shows::Numerator, dimensions)
    }

    /// A share, mean or ratio by quarter.
    pub(crate) fn ratio(indicator: &'static str, dimensions: Vec<Dimension>) -> Tally {
        Tally::new(indicator, Periods::Quarters, Shows::Both, dimensions)
    }

    /// Counts something for its site, period and categories.
    pub(crate) fn add(&mut self, site: Site, period: usize, categories: &[usize], above: i64, below: i64) {
        self.frame.each(site, period, categories, |at| {
            let sums = &mut self.sums[at];
            *sums = (sums.0 + above, sums.1 + below, sums.2 + 1);
        });
    }

    /// Counts one thing.
    pub(crate) fn one(&mut self, site: Site, period: usize, categories: &[usize]) {
        self.add(site, period, categories, 1, 0);
    }

    /// Counts one thing that belongs to a period if there is one.
    pub(crate) fn one_in(&mut self, site: Site, period: Option<usize>, categories: &[usize]) {
        if let Some(period) = period {
            self.one(site, period, categories);
        }
    }

    /// Adds the cells in which anything was counted.
    pub(crate) fn finish(self, cells: &mut Vec<Cell>) {
        for (position, &(above, below, times)) in self.sums.iter().enumerate() {
            if times == 0 {
                continue;
            }
            let mut cell = self.frame.named(position);
            match self.shows {
                Shows::Numerator => cell.numerator = Some(above),
                Shows::Both => (cell.numerator, cell.denominator) = (Some(above), Some(below)),
                Shows::Index(full) => {
                    cell.denominator = Some(below);
                    cell.value = Some(above as f64 / (below * full) as f64);
                }
            }
            cells.push(cell);
        }
    }
}

/// Collects amounts whose quantile is wanted.
pub(crate) struct Values {
    frame: Frame,
    /// The quantile, in hundredths.
    at: usize,
    amounts: Vec<Vec<i64>>,
}

impl Values {
    pub(crate) fn median(indicator: &'static str, dimensions: Vec<Dimension>) -> Values {
        Values::quantile(indicator, 50, dimensions)
    }

    pub(crate) fn quantile(indicator: &'static str, at: usize, dimensions: Vec<Dimension>) -> Values {
        let frame = Frame::new(indicator, Periods::Quarters, dimensions);
        Values { amounts: vec![Vec::new(); frame.len()], frame, at }
    }

    pub(crate) fn add(&mut self, site: Site, quarter: usize, categories: &[usize], amount: i64) {
        self.frame.each(site, quarter, categories, |at| self.amounts[at].push(amount));
    }

    /// Adds the cells with any amount: how many there are, and the quantile
    /// that lies between the two amounts around it in proportion.
    pub(crate) fn finish(mut self, cells: &mut Vec<Cell>) {
        for (position, amounts) in self.amounts.iter_mut().enumerate() {
            if amounts.is_empty() {
                continue;
            }
            amounts.sort_unstable();
            let hundredths = self.at * (amounts.len() - 1);
            let (below, part) = (hundredths / 100, (hundredths % 100) as f64 / 100.0);
            let low = amounts[below] as f64;
            let high = amounts[(below + 1).min(amounts.len() - 1)] as f64;
            let mut cell = self.frame.named(position);
            cell.denominator = Some(amounts.len() as i64);
            cell.value = Some(low + part * (high - low));
            cells.push(cell);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_counts_in_its_site_in_both_in_the_total_and_in_its_categories() {
        let sex = Dimension::sex();
        let band = Dimension::new("band", ["a", "b"]);
        let both = sex.cross(&band);
        let at = sex.crossed(1, &band, 7);
        let mut tally = Tally::count("x", vec![sex, both]);
        tally.one(Site::Nan, 3, &[1, at]);
        tally.one(Site::ChiangRai, 3, &[usize::MAX, at]);
        let mut cells = Vec::new();
        tally.finish(&mut cells);
        let show = |cell: &Cell| format!("{}/{}/{}", cell.site, cell.category, cell.numerator.unwrap_or(0));
        let shown: Vec<String> = cells.iter().map(show).collect();
        assert_eq!(
            shown,
            [
                "chiang_rai//1",
                "chiang_rai/unknown/1",
                "chiang_rai/male × unknown/1",
                "nan//1",
                "nan/male/1",
                "nan/male × unknown/1",
                "//2",
                "/male/1",
                "/unknown/1",
                "/male × unknown/2"
            ]
        );
        assert_eq!(cells[5].dimension, "sex × band");
        assert_eq!(cells[5].period, "2020-Q2");
    }

    #[test]
    fn quantiles_lie_between_the_amounts() {
        let mut values = Values::quantile("x", 90, Vec::new());
        for amount in [5, 1, 2, 3] {
            values.add(Site::Nan, 0, &[], amount);
        }
        let mut cells = Vec::new();
        values.finish(&mut cells);
        assert_eq!(cells[0].denominator, Some(4));
        assert!((cells[0].value.unwrap() - 4.4).abs() < 1e-12);
    }
}
