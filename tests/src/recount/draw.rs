//! Drawing a programme from a seed: everything that field data has and that has made counts wrong
//! somewhere: missing and unreadable values, two eras, copies, late rows, people who change site
//! and category, days at the ends of periods and outside.

use super::programme::{Indicator, Kind, Measure, MeasureOf, Programme, Site, Source, Span, period_by};
use super::row::{Cell, Condition, Missing, Number, ONE, Value, Written, months_later};
use groundwork_samples::rng::{Rng, Stream};
use jiff::civil::{Date, date};

/// A category column: its word, and the spelling of the export.
type Words = &'static [(&'static str, &'static str)];

const SEX: Words = &[("female", "F"), ("male", "ชาย")];
const SEX_DECLARED: &str = "{type: category, values: {female: [F], male: [ชาย]}}";
const GROUP: Words = &[("x", "x"), ("y", "why"), ("z", "Z z")];
const GROUP_DECLARED: &str = "{type: category, values: {x: [], y: [why], z: [Z z]}}";
const SITES: [&str; 3] = ["a", "b", "c"];

/// What a source of visits adds to its columns.
const DERIVED: &str = "    derive:\n      age: {bands: [0-9, 10-17, 18+], born: born, at: held}\n      length: {bands: [<10, 10-59, 60+], of: minutes}\n";

struct Draw {
    rng: Rng,
    /// Days that rows are likely to have.
    days: Vec<Date>,
    sites: usize,
}

pub(super) fn programme(seed: u64) -> Programme {
    let mut rng = Rng::keyed(seed, Stream::Plan, 0);
    let (calendar, word, periods) = calendar(&mut rng);
    let (first, last) = (periods[0].first, periods[periods.len() - 1].last);
    let as_of = match rng.below(4) {
        0 => months_later(last, -(rng.between(0, 4))),
        1 => last,
        2 => last.yesterday().unwrap_or(last),
        _ => months_later(last, 1),
    };
    let as_of = as_of.max(periods[periods.len() - 1].first);
    let mut days: Vec<Date> = periods.iter().flat_map(|p| [p.first, p.last]).collect();
    days.extend([first.yesterday(), last.tomorrow(), as_of.tomorrow()].into_iter().flatten());
    days.extend([as_of, months_later(first, -7), months_later(first, -1), months_later(last, 2)]);
    let months = (last.year() - first.year()) as i32 * 12 + i32::from(last.month() - first.month()) + 1;
    for _ in 0..12 {
        let month = months_later(first, rng.between(-4, months - 1));
        days.push(Date::constant(month.year(), month.month(), rng.between(1, 28) as i8));
    }
    let sites = rng.between(1, 3) as usize;
    let mut draw = Draw { rng, days, sites };
    let since = |draw: &mut Draw| match draw.rng.below(3) {
        0 => Some(months_later(first, draw.rng.between(-2, 3)).first_of_month()),
        1 => Some(draw.day()),
        _ => None,
    };
    let sites: Vec<Site> = SITES[..sites].iter().map(|id| Site { id, since: since(&mut draw) }).collect();
    let clock = draw.rng.chance(1, 3);
    let opened = if clock { own_clock(&sites, first, last) } else { Vec::new() };
    let calendar = if clock {
        format!("{calendar}, since_opening: {{every: 3 months, up_to: 6 months}}")
    } else {
        calendar
    };
    let sources = vec![draw.visits(), draw.people(), draw.figures(), draw.cases(), draw.months()];
    let other = other_periods(word, first, months);
    let mut indicators = draw.indicators(&other, &opened);
    draw.formulas(&mut indicators);
    let periods = periods.into_iter().chain(opened).collect();
    Programme { seed, calendar, periods, as_of, sites, sources, indicators }
}

/// A calendar: as it is written, the word of its frequency, and its periods.
fn calendar(rng: &mut Rng) -> (String, &'static str, Vec<Span>) {
    let year = 2021_i16;
    let first = |word: &str, rng: &mut Rng| match word {
        "month" => date(year, rng.between(1, 12) as i8, 1),
        "quarter" => date(year, 1 + 3 * rng.between(0, 3) as i8, 1),
        "fiscal_quarter" => date(year, 1 + 3 * rng.between(0, 3) as i8, 1),
        "fiscal_year" => date(year, 10, 1),
        _ => date(year, 1, 1),
    };
    let word = rng.pick(&["month", "quarter", "quarter", "year", "fiscal_quarter", "fiscal_year"]);
    let length = match word {
        "month" => 1,
        "quarter" | "fiscal_quarter" => 3,
        _ => 12,
    };
    let first = first(word, rng);
    let how_many = if length == 12 { rng.between(1, 2) } else { rng.between(1, 4) };
    let periods = spans(word, length, first, how_many);
    let ends = format!("from: {}, to: {}", periods[0].id, periods[periods.len() - 1].id);
    (format!("periods: {word}, {ends}"), word, periods)
}

fn spans(word: &str, length: i32, first: Date, how_many: i32) -> Vec<Span> {
    (0..how_many)
        .map(|at| {
            let first = months_later(first, at * length);
            let last = months_later(first, length).yesterday().expect("a day before");
            // The Thai fiscal year is named after the calendar year in which it ends.
            let fiscal = first.year() + i16::from(first.month() >= 10);
            let id = match word {
                "month" => format!("{:04}-{:02}", first.year(), first.month()),
                "quarter" => format!("{:04}-Q{}", first.year(), (first.month() + 2) / 3),
                "fiscal_quarter" => {
                    let quarter = if first.month() >= 10 { 1 } else { (first.month() + 2) / 3 + 1 };
                    format!("FY{fiscal:04}-Q{quarter}")
                }
                "fiscal_year" => format!("FY{fiscal:04}"),
                _ => format!("{:04}", first.year()),
            };
            Span { id, first, last, site: None }
        })
        .collect()
}

/// Stretches of three months since the month in which each site opened, within the calendar.
fn own_clock(sites: &[Site], from: Date, to: Date) -> Vec<Span> {
    let mut out = Vec::new();
    for site in sites {
        let Some(since) = site.since else { continue };
        for (id, months) in [("M001-M003", 0), ("M004-M006", 3)] {
            let first = months_later(since.first_of_month(), months);
            let last = months_later(first, 3).yesterday().expect("a day before");
            if first >= from && last <= to {
                out.push(Span { id: id.into(), first, last, site: Some(site.id) });
            }
        }
    }
    out
}

/// Periods of another length that the calendar holds whole.
fn other_periods(word: &str, first: Date, months: i32) -> Vec<(&'static str, Vec<Span>)> {
    let mut out = Vec::new();
    if word != "month" {
        out.push(("month", spans("month", 1, first, months)));
    }
    if matches!(word, "year" | "fiscal_year") {
        out.push(("quarter", spans("quarter", 3, first, months / 3)));
        out.push(("fiscal_quarter", spans("fiscal_quarter", 3, first, months / 3)));
    }
    out
}

impl Draw {
    fn day(&mut self) -> Date {
        self.days[self.rng.below(self.days.len() as u64) as usize]
    }

    /// A day as exports write it, in the common or the Buddhist era, or one that is none.
    fn day_cell(&mut self, day: Date) -> Cell {
        let text = match self.rng.below(12) {
            0 => format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year() + 543),
            1 => format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year()),
            2 => return Cell { text: self.rng.pick(&["", "", "31/02/2564", "soon"]).into(), value: None },
            _ => day.to_string(),
        };
        Cell { text, value: Some(Value::Day(day)) }
    }

    fn any_day(&mut self) -> Cell {
        let day = self.day();
        self.day_cell(day)
    }

    fn category(&mut self, words: Words) -> Cell {
        if self.rng.chance(1, 6) {
            return Cell { text: self.rng.pick(&["", "", "?"]).into(), value: None };
        }
        let (word, spelling) = words[self.rng.below(words.len() as u64) as usize];
        Cell { text: spelling.into(), value: Some(Value::Word(word.into())) }
    }

    fn truth(&mut self) -> Cell {
        match self.rng.below(6) {
            0 => Cell::default(),
            1 | 2 => Cell { text: "ใช่".into(), value: Some(Value::Truth(true)) },
            _ => Cell { text: "no".into(), value: Some(Value::Truth(false)) },
        }
    }

    /// A number up to `most`, with `decimals` of 0 or 2.
    fn number(&mut self, from: i32, most: i32, decimals: usize) -> Cell {
        if self.rng.chance(1, 6) {
            return Cell { text: self.rng.pick(&["", "", "many"]).into(), value: None };
        }
        let whole = i64::from(self.rng.between(from, most)) * ONE;
        let part = if decimals == 0 { 0 } else { i64::from(self.rng.between(0, 99)) * (ONE / 100) };
        let amount = whole + part;
        let text = if part == 0 {
            (amount / ONE).to_string()
        } else {
            format!("{}.{:02}", amount / ONE, part / 100)
        };
        Cell { text, value: Some(Value::Amount(amount)) }
    }

    fn name(&mut self, prefix: &str, of: u64, missing: u64) -> Cell {
        if self.rng.chance(missing, 20) {
            return Cell::default();
        }
        let name = format!("{prefix}{}", self.rng.below(of));
        Cell { value: Some(Value::Word(name.clone())), text: name }
    }

    fn site(&mut self) -> Cell {
        if self.rng.chance(1, 12) {
            return Cell { text: self.rng.pick(&["", "elsewhere"]).into(), value: None };
        }
        let site = SITES[self.rng.below(self.sites as u64) as usize];
        let text =
            if self.rng.chance(1, 4) { format!("site-{}", site.to_uppercase()) } else { site.to_owned() };
        Cell { text, value: Some(Value::Word(site.into())) }
    }

    /// Rows, with some that are there twice.
    fn rows(&mut self, most: i32, row: impl Fn(&mut Self) -> Written) -> Vec<Written> {
        let mut rows: Vec<Written> = Vec::new();
        for _ in 0..self.rng.between(most / 6, most) {
            let again = rows.len() as u64;
            if again > 0 && self.rng.chance(1, 12) {
                let copy = rows[self.rng.below(again) as usize].clone();
                rows.push(copy);
            } else {
                rows.push(row(self));
            }
        }
        rows
    }

    fn visits(&mut self) -> Source {
        let rows = self.rows(70, |draw| {
            let held = draw.any_day();
            let age = draw.rng.between(0, 24);
            let near = draw.rng.between(-2, 2);
            let base = draw.day();
            let born = months_later(base, -12 * age);
            let born = born.checked_add(jiff::Span::new().days(near)).unwrap_or(born);
            Written::from([
                ("id", draw.name("v", 60, 1)),
                ("who", draw.name("p", 14, 1)),
                ("site", draw.site()),
                ("held", held),
                ("received", draw.any_day()),
                ("leader", draw.name("l", 7, 3)),
                ("sex", draw.category(SEX)),
                ("group", draw.category(GROUP)),
                ("again", draw.truth()),
                ("born", draw.day_cell(born)),
                ("minutes", draw.number(0, 90, 2)),
                ("score", draw.number(0, 5, 0)),
                ("before", draw.number(0, 10, 0)),
                ("after", draw.number(2, 12, 0)),
            ])
        });
        Source {
            id: "visits",
            columns: vec![
                ("id", "text"),
                ("who", "text"),
                ("site", "site"),
                ("held", "date"),
                ("received", "date"),
                ("leader", "text"),
                ("sex", SEX_DECLARED),
                ("group", GROUP_DECLARED),
                ("again", "boolean"),
                ("born", "date"),
                ("minutes", "number"),
                ("score", "integer"),
                ("before", "integer"),
                ("after", "integer"),
            ],
            derive: DERIVED,
            received: self.rng.chance(1, 2),
            keep: self.rng.chance(1, 4).then(|| self.condition(1)),
            required: self.rng.chance(1, 3).then(|| self.rng.pick(&["who", "held", "sex"])),
            unique: self.rng.chance(1, 3).then_some("id"),
            rows,
        }
    }

    fn people(&mut self) -> Source {
        let rows = self.rows(16, |draw| {
            Written::from([
                ("person", draw.name("l", 9, 1)),
                ("trained_by", draw.name("l", 10, 8)),
                ("site", draw.site()),
                ("joined", draw.any_day()),
                ("left", if draw.rng.chance(1, 2) { Cell::default() } else { draw.any_day() }),
                ("sex", draw.category(SEX)),
            ])
        });
        let columns = vec![
            ("person", "text"),
            ("trained_by", "text"),
            ("site", "site"),
            ("joined", "date"),
            ("left", "date"),
            ("sex", SEX_DECLARED),
        ];
        plain("people", columns, rows)
    }

    fn figures(&mut self) -> Source {
        let rows = self.rows(30, |draw| {
            Written::from([
                ("page", draw.name("page", 4, 1)),
                ("site", draw.site()),
                ("held", draw.any_day()),
                ("followers", draw.number(0, 500, 0)),
                ("group", draw.category(GROUP)),
            ])
        });
        let columns = vec![
            ("page", "text"),
            ("site", "site"),
            ("held", "date"),
            ("followers", "integer"),
            ("group", GROUP_DECLARED),
        ];
        plain("figures", columns, rows)
    }

    fn cases(&mut self) -> Source {
        let rows = self.rows(40, |draw| {
            let entered = draw.day();
            let later = |draw: &mut Draw| {
                if draw.rng.chance(1, 3) {
                    return Cell::default();
                }
                let day = months_later(entered, draw.rng.between(0, 6));
                let day = day.checked_add(jiff::Span::new().days(draw.rng.between(-1, 1))).unwrap_or(day);
                draw.day_cell(day)
            };
            Written::from([
                ("site", draw.site()),
                ("entered", draw.day_cell(entered)),
                ("filed", later(draw)),
                ("done", later(draw)),
                ("moved", later(draw)),
                ("died", if draw.rng.chance(1, 5) { later(draw) } else { Cell::default() }),
                ("sex", draw.category(SEX)),
                ("group", draw.category(GROUP)),
            ])
        });
        let columns = vec![
            ("site", "site"),
            ("entered", "date"),
            ("filed", "date"),
            ("done", "date"),
            ("moved", "date"),
            ("died", "date"),
            ("sex", SEX_DECLARED),
            ("group", GROUP_DECLARED),
        ];
        plain("cases", columns, rows)
    }

    fn months(&mut self) -> Source {
        let first = self.days[0];
        let rows = self.rows(90, |draw| {
            let month = months_later(first, draw.rng.between(-3, 8));
            let month = Date::constant(month.year(), month.month(), draw.rng.between(1, 28) as i8);
            Written::from([
                ("family", draw.name("f", 8, 1)),
                ("site", draw.site()),
                ("month", draw.day_cell(month)),
                ("income", draw.number(60, 160, 0)),
                ("again", draw.truth()),
                ("sex", draw.category(SEX)),
            ])
        });
        let columns = vec![
            ("family", "text"),
            ("site", "site"),
            ("month", "date"),
            ("income", "integer"),
            ("again", "boolean"),
            ("sex", SEX_DECLARED),
        ];
        plain("months", columns, rows)
    }

    /// A condition over a visit.
    fn condition(&mut self, depth: u32) -> Condition {
        let inner = |draw: &mut Self| Box::new(draw.condition(depth - 1));
        match self.rng.below(if depth == 0 { 7 } else { 10 }) {
            0 => Condition::Is("sex", self.rng.pick(&["female", "male"])),
            1 => Condition::OneOf("group", vec!["x", "z"]),
            2 => Condition::More("minutes", i64::from(self.rng.between(5, 70))),
            3 => Condition::AtMost("score", i64::from(self.rng.between(0, 5))),
            4 => Condition::Missing(self.rng.pick(&["leader", "sex", "minutes"])),
            5 => Condition::Yes("again"),
            6 => Condition::OneOf("age", vec!["0-9", "18+"]),
            7 => Condition::Not(inner(self)),
            8 => Condition::Both(inner(self), inner(self)),
            _ => Condition::Either(inner(self), inner(self)),
        }
    }

    fn amount(&mut self) -> Number {
        match self.rng.below(5) {
            0 => Number::column("minutes"),
            1 => Number::column("score"),
            2 => Number { first: "after", second: Some((-1, "before")) },
            3 => Number { first: "minutes", second: Some((1, "score")) },
            _ => Number { first: "score", second: Some((1, "before")) },
        }
    }

    fn dimensions(&mut self, source: &str) -> Vec<Vec<&'static str>> {
        let columns: &[&'static str] = match source {
            "visits" => &["sex", "group", "again", "age", "length"],
            "figures" => &["group"],
            "cases" => &["sex", "group"],
            _ => &["sex"],
        };
        let mut out: Vec<Vec<&'static str>> = Vec::new();
        for column in columns {
            if self.rng.chance(1, 3) {
                out.push(vec![column]);
            }
        }
        if columns.len() > 1 && self.rng.chance(1, 4) {
            let first = self.rng.below(columns.len() as u64) as usize;
            let second = (first + 1) % columns.len();
            out.push(vec![columns[first], columns[second]]);
        }
        out
    }

    fn measure(&mut self, from: &'static str, clustered: bool) -> Measure {
        let visits = from == "visits";
        let person = if visits { "who" } else { "person" };
        let of = match self.rng.below(3) {
            0 => MeasureOf::Rows,
            1 if visits && !clustered => MeasureOf::Sum(self.amount()),
            _ => MeasureOf::Distinct(person),
        };
        let cluster = clustered.then_some(if visits { "leader" } else { "person" });
        let filter = (visits && self.rng.chance(1, 3)).then(|| self.condition(1));
        Measure { of, from, filter, to_date: self.rng.chance(1, 3), cluster }
    }

    fn kinds(&mut self) -> Vec<Kind> {
        let mut kinds = vec![
            Kind::Count,
            Kind::Count,
            Kind::DistinctCount,
            Kind::DistinctCount,
            Kind::Sum(self.amount()),
            Kind::Sum(self.amount()),
            Kind::Mean(self.amount()),
            Kind::Median(self.amount()),
            Kind::Quantile(self.amount(), self.rng.pick(&[100, 250, 333, 900])),
            Kind::Proportion(self.condition(1)),
            Kind::ProportionOfPeople(self.condition(1)),
            Kind::Stock { carry: self.rng.pick(&[1, 3, 6]) },
            Kind::Cascade,
            Kind::Change,
            Kind::Union,
            Kind::Concentration { thousandths: self.rng.pick(&[100, 200, 500]) },
        ];
        if self.rng.chance(1, 3) {
            kinds.push(Kind::Proportion(Condition::AfterPeriod("received")));
        }
        kinds.push(Kind::Index(vec![
            ("score", 0, 5, 1),
            ("before", 10, 0, self.rng.pick(&[1, 2])),
            ("minutes", 0, 100, 3),
        ]));
        for clustered in [false, true] {
            let below = self.rng.pick(&["people", "visits"]);
            let below = if clustered { "people" } else { below };
            kinds.push(Kind::Ratio(self.measure("visits", clustered), self.measure(below, clustered)));
        }
        let mut events = self.measure("visits", false);
        if matches!(events.of, MeasureOf::Sum(_)) {
            events.of = MeasureOf::Sum(Number::column("score"));
        }
        events.to_date = false;
        let exposed = self.rng.chance(1, 3).then_some(Condition::Is("sex", "female"));
        kinds.push(Kind::Rate { events, exposed, months: self.rng.pick(&[1, 12]) });
        kinds.push(Kind::Completion {
            steps: if self.rng.chance(1, 2) { vec!["filed", "done"] } else { vec!["done"] },
            exits: self.rng.pick(&[&[] as &[_], &["moved"], &["moved", "died"]]).to_vec(),
            within: self.rng.pick(&[1, 3, 6]),
        });
        let holds = match self.rng.below(3) {
            0 => Condition::More("income", 90),
            1 => Condition::Both(
                Box::new(Condition::More("income", 80)),
                Box::new(Condition::Not(Box::new(Condition::Yes("again")))),
            ),
            _ => {
                Condition::Either(Box::new(Condition::More("income", 110)), Box::new(Condition::Yes("again")))
            }
        };
        kinds.push(Kind::Sustained { holds, months: self.rng.pick(&[1, 2, 3]) });
        kinds
    }

    fn indicators(&mut self, other: &[(&'static str, Vec<Span>)], opened: &[Span]) -> Vec<Indicator> {
        let kinds = self.kinds();
        let mut out = Vec::new();
        for (at, kind) in kinds.into_iter().enumerate() {
            let from = kind.from();
            let dimensions = match &kind {
                Kind::Ratio(_, below) if below.from == "visits" => self.dimensions("visits"),
                Kind::Ratio(..) | Kind::Rate { .. } => self.dimensions("people"),
                _ => self.dimensions(from),
            };
            let filter = match &kind {
                Kind::Ratio(..) | Kind::Rate { .. } => None,
                _ if !self.rng.chance(1, 2) => None,
                _ if from == "visits" && self.rng.chance(1, 8) => Some(Condition::AfterPeriod("received")),
                _ if from == "visits" => Some(self.condition(2)),
                _ if from == "months" => Some(Condition::Is("sex", "female")),
                _ => Some(Condition::Is("group", "y")),
            };
            let periods = (!other.is_empty() && self.rng.chance(1, 5)).then(|| {
                let (word, spans) = &other[self.rng.below(other.len() as u64) as usize];
                (*word, spans.iter().chain(opened).cloned().collect())
            });
            let missing = match self.rng.below(3) {
                0 => Missing::SkipIfAll,
                1 => Missing::Zero,
                _ => Missing::SkipIfAny,
            };
            let to_date = self.rng.chance(1, 3) && !matches!(kind, Kind::Stock { .. });
            let id = format!("i{at:02}_{}", kind.word());
            out.push(Indicator { id, kind, filter, dimensions, periods, to_date, missing });
        }
        out
    }

    /// Formulas over counted indicators of the calendar's own periods.
    fn formulas(&mut self, indicators: &mut Vec<Indicator>) {
        let of_calendar = indicators.iter().filter(|i| i.periods.is_none());
        let names: Vec<String> = of_calendar.map(|i| i.id.clone()).collect();
        let counts: Vec<String> =
            names.iter().filter(|n| n.ends_with("count") || n.ends_with("sum")).cloned().collect();
        for at in 0..3 {
            let (operator, from) = match self.rng.below(3) {
                0 => ("+", &counts),
                1 => ("-", &names),
                _ => ("/", &names),
            };
            if from.is_empty() {
                continue;
            }
            let one = |draw: &mut Self| from[draw.rng.below(from.len() as u64) as usize].clone();
            let kind = Kind::Derived(operator, one(self), one(self));
            indicators.push(Indicator {
                id: format!("f{at}_derived"),
                kind,
                filter: None,
                dimensions: Vec::new(),
                periods: None,
                to_date: false,
                missing: Missing::SkipIfAny,
            });
        }
    }
}

fn plain(id: &'static str, columns: Vec<(&'static str, &'static str)>, rows: Vec<Written>) -> Source {
    debug_assert!(columns.iter().any(|(name, _)| *name == period_by(id)));
    Source { id, columns, derive: "", received: false, keep: None, required: None, unique: None, rows }
}

/// The categories of a column, with `unknown` at the end.
pub(super) fn categories(column: &str) -> Vec<&'static str> {
    match column {
        "sex" => vec!["female", "male", "unknown"],
        "group" => vec!["x", "y", "z", "unknown"],
        "again" => vec!["true", "false", "unknown"],
        "age" => vec!["0-9", "10-17", "18+", "unknown"],
        _ => vec!["<10", "10-59", "60+", "unknown"],
    }
}
