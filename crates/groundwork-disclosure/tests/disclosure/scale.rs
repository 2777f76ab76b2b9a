//! How long a joint audit takes.

use crate::programmes::Draw;
use crate::table::{Place, count};
use groundwork_disclosure::{Cell, Counting, Frame, Measure, Time, release_jointly};
use groundwork_plan::disclosure::{Audience, Policy};
use groundwork_plan::period::Period;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// Eight quarters and the two years of them; sites by categories, with all totals.
fn release(sites: usize, categories: usize) -> (Vec<Cell>, Frame) {
    let mut draw = Draw(1);
    let mut cells = Vec::new();
    let quarters: Vec<Period> =
        std::iter::successors(Period::parse("2020-Q1"), |p| Some(p.next())).take(8).collect();
    let years = ["2020", "2021"].map(|y| Period::parse(y).expect("a year"));
    // Most are of a size that is published; one in eight is small. The last of each is the total.
    let mut sums: BTreeMap<(usize, usize, String), u64> = BTreeMap::new();
    for site in 0..sites {
        for category in 0..categories {
            for (at, quarter) in quarters.iter().enumerate() {
                let small = draw.below(8) == 0;
                let people = if small { draw.below(5) } else { 5 + draw.below(60) };
                for period in [quarter.id(), years[at / 4].id()] {
                    for (s, c) in
                        [(site, category), (sites, category), (site, categories), (sites, categories)]
                    {
                        *sums.entry((s, c, period.clone())).or_default() += people;
                    }
                }
            }
        }
    }
    for ((site, category, period), people) in sums {
        let name = if period.contains('Q') { "by_quarter" } else { "by_year" };
        let site = if site == sites { String::new() } else { format!("s{site:03}") };
        let total = category == categories;
        let (dimension, category) =
            if total { ("", String::new()) } else { ("kind", format!("k{category:03}")) };
        cells.push(count(name, &Place::new(&site, &period, dimension, &category), people));
    }
    let mut frame = Frame::default();
    for (name, periods) in [("by_quarter", quarters.as_slice()), ("by_year", years.as_slice())] {
        let counting = Counting { of: "rows".into(), conditions: Default::default(), time: Time::InPeriod };
        let days = periods.iter().map(|p| ((String::new(), p.id()), (p.first_day(), p.last_day()))).collect();
        let measure = Measure { numerator: Some(counting), denominator: None, days, ..Measure::default() };
        frame.measures.insert(name.into(), measure);
    }
    (cells, frame)
}

/// The longest that a joint audit of 5,000 cells over eight quarters may take on two cores.
const SECONDS: f64 = 30.0;

#[test]
fn a_joint_audit_of_many_cells_ends_in_time() {
    // Sites and categories; GROUNDWORK_SCALE=5000 goes on to 5,000 cells a quarter.
    let most = std::env::var("GROUNDWORK_SCALE").ok().and_then(|n| n.parse().ok()).unwrap_or(250);
    let sizes = [(8, 7), (16, 15), (32, 31), (64, 79)];
    let mut before: Option<(f64, f64)> = None;
    for (sites, categories) in sizes.into_iter().filter(|(s, c)| s * (c - 1) <= most) {
        let (cells, frame) = release(sites, categories);
        let (all, begun) = (cells.len(), Instant::now());
        let policy = Policy::of(Audience::Partner);
        let passed = release_jointly(cells, vec![], vec![], &policy, &frame, &[])
            .expect("nothing was published before");
        let now = (all as f64, begun.elapsed().as_secs_f64());
        let growth = before.map_or(String::new(), |before| {
            format!(
                ", growing as the cells to the power {:.1}",
                (now.1 / before.1).ln() / (now.0 / before.0).ln()
            )
        });
        println!(
            "{} cells a quarter, {all} in all, {} withheld, {} protected, {} proven: {:.2} s{growth}",
            sites * categories,
            passed.released.withheld(),
            passed.audit.protected,
            passed.audit.proven,
            now.1
        );
        assert_eq!(passed.audit.protected, passed.audit.proven);
        assert!(now.1 < SECONDS, "{:.1} s", now.1);
        before = Some(now);
    }
}

#[test]
fn what_has_nothing_to_do_with_each_other_is_decided_as_if_alone() {
    // Enough numbers for the two years to be decided at the same time.
    let (cells, frame) = release(16, 15);
    let withheld = |cells: Vec<Cell>| -> BTreeSet<String> {
        let policy = Policy::of(Audience::Partner);
        let passed = release_jointly(cells, vec![], vec![], &policy, &frame, &[]).expect("passes");
        passed.audit.withheld.iter().map(|w| w.cell.to_string()).collect()
    };
    let of = |year: &str| cells.iter().filter(|c| c.key.period.starts_with(year)).cloned().collect();
    let alone: BTreeSet<String> = ["2020", "2021"].into_iter().flat_map(|year| withheld(of(year))).collect();
    assert_eq!(withheld(cells.clone()), alone);
}
