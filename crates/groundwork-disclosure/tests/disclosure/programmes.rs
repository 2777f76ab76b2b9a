//! Random programmes, random sets of tables, and an attacker on everything that is withheld.

use crate::attacker::{Atoms, Knowledge};
use crate::table::{Place, count, share};
use groundwork_disclosure::{Cell, Counting, Counts, Frame, Measure, Status, Time, release_jointly};
use groundwork_plan::disclosure::{Audience, Policy};
use groundwork_plan::period::Period;
use std::collections::{BTreeMap, BTreeSet};

/// Released cells that are attacked at least.
const AT_LEAST: usize = 10_000;

/// Numbers that look random and are the same every time (splitmix64, Steele et al. 2014).
pub(crate) struct Draw(pub(crate) u64);

impl Draw {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

const SITES: [&str; 3] = ["a", "b", "c"];
const QUARTERS: [&str; 4] = ["2021-Q1", "2021-Q2", "2021-Q3", "2021-Q4"];
const SEXES: [&str; 3] = ["female", "male", "unknown"];
const BANDS: [&str; 3] = ["0-9", "10-14", "15-17"];

/// People who agree in site, quarter, sex, band and answer.
#[derive(Clone, Copy)]
struct Kind {
    site: usize,
    quarter: usize,
    sex: usize,
    band: usize,
    yes: bool,
}

fn kinds() -> Vec<Kind> {
    let mut out = Vec::new();
    for site in 0..SITES.len() {
        for quarter in 0..QUARTERS.len() {
            for sex in 0..SEXES.len() {
                for band in 0..BANDS.len() {
                    out.extend([false, true].map(|yes| Kind { site, quarter, sex, band, yes }));
                }
            }
        }
    }
    out
}

/// How many people there are of each kind.
fn people(draw: &mut Draw, kinds: &[Kind]) -> Vec<u64> {
    let size = 1 + draw.below(12);
    let yes = 10 + draw.below(80);
    let sites = [100, 20 + draw.below(80), draw.below(60)];
    kinds
        .iter()
        .map(|kind| {
            let share = sites[kind.site] * if kind.yes { yes } else { 100 - yes } / 100;
            let share = share * [100, 90, 4][kind.sex] / 100;
            (0..size).filter(|_| draw.chance(share)).count() as u64
        })
        .collect()
}

/// A number of a cell, and the people in it.
pub(crate) struct Number {
    pub(crate) cell: usize,
    pub(crate) part: bool,
    pub(crate) atoms: Atoms,
}

/// Everything that a programme may publish.
#[derive(Default)]
pub(crate) struct Programme {
    pub(crate) cells: Vec<Cell>,
    pub(crate) frame: Frame,
    pub(crate) numbers: Vec<Number>,
}

/// A table: an indicator by site, period and dimension.
struct Table<'a> {
    indicator: &'a str,
    periods: &'a [&'a str],
    dimensions: &'a [&'a str],
    /// 0: everyone, 1: those who answered yes, 2: the share of yes.
    what: u64,
    to_date: bool,
}

impl Programme {
    fn table(&mut self, table: &Table<'_>, kinds: &[Kind], people: &[u64]) {
        let time = if table.to_date { Time::ToDate } else { Time::InPeriod };
        let counting = |yes: bool| Counting {
            of: "rows of register".into(),
            conditions: if yes { BTreeSet::from(["yes".to_owned()]) } else { BTreeSet::new() },
            time,
        };
        let days: BTreeMap<(String, String), _> = table
            .periods
            .iter()
            .map(|id| {
                let period = Period::parse(id).expect("a period");
                ((String::new(), (*id).to_owned()), (period.first_day(), period.last_day()))
            })
            .collect();
        let (numerator, denominator) = match table.what {
            0 => (counting(false), None),
            1 => (counting(true), None),
            _ => (counting(true), Some(counting(false))),
        };
        self.frame.measures.insert(
            table.indicator.to_owned(),
            Measure { numerator: Some(numerator), denominator, days, ..Measure::default() },
        );
        let in_period = |kind: &Kind, id: &str| match (id.rsplit_once("-Q"), table.to_date) {
            (None, _) => true,
            (Some((_, q)), false) => format!("{}", kind.quarter + 1) == q,
            (Some((_, q)), true) => kind.quarter < q.parse().unwrap_or(0),
        };
        for site in [""].into_iter().chain(SITES) {
            for period in table.periods {
                for (dimension, category, has) in categories(table.dimensions) {
                    let chosen: Atoms = (0..kinds.len())
                        .filter(|at| site.is_empty() || SITES[kinds[*at].site] == site)
                        .filter(|at| in_period(&kinds[*at], period) && has(&kinds[*at]))
                        .collect();
                    let yes: Atoms = chosen.iter().copied().filter(|at| kinds[*at].yes).collect();
                    let sum = |atoms: &Atoms| atoms.iter().map(|at| people[*at]).sum::<u64>();
                    let place = Place::new(site, period, &dimension, &category);
                    let cell = self.cells.len();
                    let mut add = |atoms: Atoms, part: bool| self.numbers.push(Number { cell, part, atoms });
                    self.cells.push(match table.what {
                        0 => {
                            let people = sum(&chosen);
                            add(chosen, true);
                            count(table.indicator, &place, people)
                        }
                        1 => {
                            let people = sum(&yes);
                            add(yes, true);
                            count(table.indicator, &place, people)
                        }
                        _ => {
                            let (part, whole) = (sum(&yes), sum(&chosen));
                            add(yes, true);
                            add(chosen, false);
                            share(table.indicator, &place, part, whole)
                        }
                    });
                }
            }
        }
    }

    pub(crate) fn draw(seed: u64) -> Self {
        let mut draw = Draw(seed);
        let kinds = kinds();
        let people = people(&mut draw, &kinds);
        let mut programme = Programme::default();
        let all: [&[&str]; 5] = [&[], &["sex"], &["band"], &["sex", "band"], &["sex", "sex × band"]];
        let quarters = &QUARTERS[..2 + draw.below(3) as usize];
        let names = ["i", "j", "k"];
        for name in names.iter().take(1 + draw.below(3) as usize) {
            let yearly = quarters.len() == 4 && draw.chance(30);
            programme.table(
                &Table {
                    indicator: name,
                    periods: if yearly { &["2021"] } else { quarters },
                    dimensions: all[draw.below(5) as usize],
                    what: draw.below(3),
                    to_date: !yearly && draw.chance(30),
                },
                &kinds,
                &people,
            );
        }
        programme
    }
}

type Has = Box<dyn Fn(&Kind) -> bool>;

fn categories(dimensions: &[&str]) -> Vec<(String, String, Has)> {
    let mut out: Vec<(String, String, Has)> =
        vec![(String::new(), String::new(), Box::new(|_: &Kind| true) as Has)];
    for dimension in dimensions {
        let name = (*dimension).to_owned();
        match *dimension {
            "sex" => {
                out.extend((0..3).map(|s| {
                    (name.clone(), SEXES[s].to_owned(), Box::new(move |k: &Kind| k.sex == s) as Has)
                }))
            }
            "band" => {
                out.extend((0..3).map(|b| {
                    (name.clone(), BANDS[b].to_owned(), Box::new(move |k: &Kind| k.band == b) as Has)
                }))
            }
            _ => out.extend((0..9).map(|at| {
                let (s, b) = (at / 3, at % 3);
                let category = format!("{} × {}", SEXES[s], BANDS[b]);
                (name.clone(), category, Box::new(move |k: &Kind| k.sex == s && k.band == b) as Has)
            })),
        }
    }
    out
}

/// Attacks what is withheld of a programme. Gives the numbers that were found.
fn attack(programme: &Programme, withheld: &dyn Fn(&Cell) -> bool, threshold: f64) -> Vec<String> {
    let withheld = |at: usize| withheld(&programme.cells[at]);
    let value = |number: &Number| {
        let cell = &programme.cells[number.cell];
        if number.part { cell.numerator } else { cell.denominator.unwrap_or(0.0) }
    };
    let mut knowledge = Knowledge::default();
    for number in &programme.numbers {
        if !withheld(number.cell) {
            knowledge.facts.push((number.atoms.clone(), value(number) as u64));
        }
    }
    let mut found = Vec::new();
    let mut targets: Vec<(String, Atoms, f64)> = Vec::new();
    for number in &programme.numbers {
        if withheld(number.cell) {
            targets.push((programme.cells[number.cell].key.to_string(), number.atoms.clone(), value(number)));
        }
    }
    // The rest of a share, and what one published number has more than another.
    for pair in programme.numbers.windows(2).filter(|p| p[0].cell == p[1].cell) {
        if programme.cells[pair[0].cell].counts == Counts::Part {
            let rest: Atoms =
                pair[1].atoms.iter().copied().filter(|at| !pair[0].atoms.contains(at)).collect();
            let name = format!("{} (rest)", programme.cells[pair[0].cell].key);
            targets.push((name, rest, value(&pair[1]) - value(&pair[0])));
        }
    }
    for (name, atoms, truth) in targets {
        if truth < 1.0 || truth >= threshold {
            continue;
        }
        let (low, high) = knowledge.bounds(&atoms);
        let wide = high.is_none_or(|high| {
            let (low, high) = ((low - 1e-6).ceil(), (high + 1e-6).floor());
            high >= threshold && high - low >= threshold - 1.0
        });
        if !wide {
            found.push(format!("{name}: between {low} and {high:?}"));
        }
    }
    found
}

#[test]
fn an_attacker_never_gets_inside_the_demanded_width() {
    let (mut cells, mut withheld, mut programmes, mut control, mut primary) = (0, 0, 0, 0, 0);
    let (mut seed, mut failures) = (0, Vec::new());
    while cells < AT_LEAST || programmes < 60 {
        let programme = Programme::draw(seed);
        let audience = if seed.is_multiple_of(2) { Audience::Partner } else { Audience::Public };
        let policy = Policy::of(audience);
        let passed = release_jointly(programme.cells.clone(), vec![], vec![], &policy, &programme.frame, &[])
            .expect("nothing was published before");
        assert_eq!(passed.audit.protected, passed.audit.proven, "seed {seed}");
        let threshold = audience.threshold() as f64;
        let status = |cell: &Cell| passed.released.cell(&cell.key).map(|c| c.status());
        let found = attack(&programme, &|cell| status(cell) == Some(Status::Withheld), threshold);
        failures.extend(found.into_iter().map(|f| format!("seed {seed}, {}: {f}", audience.word())));
        cells += passed.released.cells().len();
        withheld += passed.released.withheld();
        // The same attacker, where small cells alone are withheld.
        let small = |cell: &Cell| {
            let whole = cell.denominator.unwrap_or(0.0);
            let rest = if cell.denominator.is_some() { whole - cell.numerator } else { 0.0 };
            [cell.numerator, whole, rest].iter().any(|n| *n > 0.0 && *n < threshold)
        };
        control += attack(&programme, &small, threshold).len();
        primary += programme.cells.iter().filter(|cell| small(cell)).count();
        programmes += 1;
        seed += 1;
    }
    assert!(failures.is_empty(), "{} found:\n{}", failures.len(), failures.join("\n"));
    assert!(control > 0, "the attacker finds nothing where small cells alone are withheld");
    println!(
        "{programmes} programmes, {cells} released cells attacked, {withheld} of them withheld: no number found; \
         {control} found where the {primary} small cells alone are withheld"
    );
}
