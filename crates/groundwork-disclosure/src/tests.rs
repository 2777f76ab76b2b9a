//! The gate over small tables that can be checked by eye.

use crate::*;
use groundwork_plan::disclosure::{Audience, Policy};
use groundwork_plan::number::Unit;

fn cell(site: &str, category: &str, numerator: f64, denominator: Option<f64>) -> Cell {
    let counts = if denominator.is_some() { Counts::Part } else { Counts::Total };
    Cell {
        key: CellKey {
            indicator: "i".into(),
            site: site.into(),
            period: "2021-Q4".into(),
            dimension: if category.is_empty() { String::new() } else { "sex".into() },
            category: category.into(),
        },
        numerator,
        denominator,
        immature: None,
        n: denominator.unwrap_or(numerator) as u64,
        counts,
        unit: Unit::Count,
        method: "full_count",
        finding: Finding::Value { value: numerator, interval: None },
        people: true,
        partial: false,
        inputs: Vec::new(),
    }
}

fn partner() -> Policy {
    Policy { sensitive: vec!["legal_status".into()], ..Policy::of(Audience::Partner) }
}

fn statuses(released: &Released) -> Vec<(String, Status)> {
    released.cells().iter().map(|c| (format!("{}{}", c.key().site, c.key().category), c.status())).collect()
}

#[test]
fn a_count_under_the_threshold_is_withheld_and_its_figures_are_gone() {
    let released = release(vec![cell("a", "", 4.0, None)], vec![], &partner());
    assert_eq!(released.cells()[0].status(), Status::Withheld);
    assert_eq!(released.cells()[0].figures(), None);
    let released = release(vec![cell("a", "", 5.0, None)], vec![], &partner());
    assert_eq!(released.cells()[0].status(), Status::Published);
}

#[test]
fn all_but_four_gives_the_four_away() {
    let released = release(vec![cell("a", "", 20.0, Some(24.0))], vec![], &partner());
    assert_eq!(released.cells()[0].status(), Status::Withheld);
    let released = release(vec![cell("a", "", 7.0, Some(24.0))], vec![], &partner());
    assert_eq!(released.cells()[0].status(), Status::Published);
}

#[test]
fn a_withheld_site_cannot_be_had_by_subtraction() {
    let cells = vec![cell("", "", 100.0, None), cell("a", "", 97.0, None), cell("b", "", 3.0, None)];
    let released = release(cells, vec![], &partner());
    assert_eq!(
        statuses(&released),
        [(String::new(), Status::Published), ("a".into(), Status::Withheld), ("b".into(), Status::Withheld)]
    );
}

#[test]
fn a_withheld_category_takes_the_next_smallest_with_it() {
    let cells = vec![
        cell("a", "", 102.0, None),
        cell("a", "female", 60.0, None),
        cell("a", "male", 40.0, None),
        cell("a", "unknown", 2.0, None),
    ];
    let released = release(cells, vec![], &partner());
    let withheld: Vec<&str> = released
        .cells()
        .iter()
        .filter(|c| c.status() == Status::Withheld)
        .map(|c| c.key().category.as_str())
        .collect();
    assert_eq!(withheld, ["male", "unknown"]);
}

#[test]
fn a_formula_of_a_withheld_cell_is_withheld_and_so_is_a_formula_of_that() {
    let mut cost = cell("a", "", 300.0, None);
    cost.key.indicator = "cost".into();
    cost.inputs = vec![cell("a", "", 3.0, None).key];
    let mut share = cost.clone();
    share.key.indicator = "share".into();
    share.inputs = vec![cost.key.clone()];
    let released = release(vec![cell("a", "", 3.0, None), cost, share], vec![], &partner());
    assert!(released.cells().iter().all(|c| c.status() == Status::Withheld));
}

#[test]
fn small_numbers_of_things_are_published() {
    let mut posts = cell("a", "", 3.0, None);
    posts.people = false;
    let released = release(vec![posts], vec![], &partner());
    assert_eq!(released.cells()[0].status(), Status::Published);
}

#[test]
fn a_sensitive_dimension_keeps_its_own_threshold() {
    let mut small = cell("a", "x", 7.0, None);
    small.key.dimension = "legal_status".into();
    let released = release(vec![small], vec![], &partner());
    assert_eq!(released.cells()[0].status(), Status::Withheld);
}

/// What is withheld, and why.
fn reasons(passed: &Passed) -> Vec<(String, &'static str)> {
    passed.audit.withheld.iter().map(|w| (w.cell.to_string(), w.reason)).collect()
}

fn jointly(cells: Vec<Cell>, policy: &Policy, frame: &Frame) -> Passed {
    release_jointly(cells, vec![], vec![], policy, frame, &[]).unwrap()
}

#[test]
fn everybody_in_a_small_group_is_withheld() {
    let all = || cell("a", "", 12.0, Some(12.0));
    let passed = jointly(vec![all()], &partner(), &Frame::default());
    assert_eq!(reasons(&passed), [("i · a · 2021-Q4".to_owned(), "everybody_or_nobody")]);
    let many = cell("a", "", 40.0, Some(40.0));
    assert_eq!(jointly(vec![many], &partner(), &Frame::default()).released.withheld(), 0);
    let internal = Policy::of(Audience::Internal);
    assert_eq!(jointly(vec![all()], &internal, &Frame::default()).released.withheld(), 0);
}

#[test]
fn everybody_of_a_sensitive_category_is_withheld_in_a_group_of_any_size() {
    let of = |dimension: &str| {
        let mut cells =
            vec![cell("a", "", 60.0, None), cell("a", "x", 60.0, None), cell("a", "y", 0.0, None)];
        cells.iter_mut().skip(1).for_each(|c| c.key.dimension = dimension.into());
        jointly(cells, &partner(), &Frame::default()).released.withheld()
    };
    assert_eq!(of("sex"), 0);
    assert_eq!(of("legal_status"), 2);
}

#[test]
fn a_median_of_few_is_withheld_and_a_mean_of_few_has_no_interval() {
    let mut median = cell("a", "", 0.0, Some(12.0));
    (median.counts, median.method) = (Counts::Amount, "quantile.ranks");
    let passed = jointly(vec![median], &partner(), &Frame::default());
    assert_eq!(passed.audit.withheld[0].reason, "small_base");
    let mut mean = cell("a", "", 120.0, Some(12.0));
    mean.counts = Counts::Amount;
    mean.finding = Finding::Value { value: 10.0, interval: Some((8.0, 12.0, 0.95)) };
    let passed = jointly(vec![mean], &partner(), &Frame::default());
    let figures = passed.released.cells()[0].figures().unwrap();
    assert_eq!((figures.value(), figures.interval()), (Some(10.0), None));
}

#[test]
fn seven_of_twenty_four_families_keep_their_interval() {
    let mut families = cell("", "", 7.0, Some(24.0));
    families.finding = Finding::Value { value: 7.0 / 24.0, interval: Some((0.15, 0.49, 0.95)) };
    let sites = [cell("a", "", 5.0, Some(14.0)), cell("b", "", 2.0, Some(10.0))];
    let cells = sites.into_iter().chain([families]).collect();
    let passed = jointly(cells, &partner(), &Frame::default());
    let pooled = &passed.released.cells()[0];
    assert_eq!(pooled.status(), Status::Published);
    assert_eq!(pooled.figures().unwrap().interval(), Some((0.15, 0.49, 0.95)));
    assert_eq!(passed.released.withheld(), 2);
}

#[test]
fn a_sum_that_one_person_dominates_is_withheld() {
    let mut income = cell("a", "", 100_000.0, Some(8.0));
    income.counts = Counts::Amount;
    let mut frame = Frame::default();
    frame.largest.insert(income.key.clone(), 50_000.0);
    assert_eq!(jointly(vec![income.clone()], &partner(), &frame).audit.withheld[0].reason, "dominance");
    frame.largest.insert(income.key.clone(), 20_000.0);
    assert_eq!(jointly(vec![income], &partner(), &frame).released.withheld(), 0);
}

#[test]
fn a_dominated_sum_cannot_be_had_from_other_sums() {
    let mut frame = Frame::default();
    let counting = |of: &str| Counting { of: of.into(), conditions: Default::default(), time: Time::Moment };
    let measure = Measure {
        denominator: Some(counting("rows of r")),
        amount: Some(counting("sum:baht over rows of r")),
        ..Measure::default()
    };
    let sum = |site: &str, baht: f64, people: f64| {
        let mut sum = cell(site, "", baht, Some(people));
        sum.counts = Counts::Amount;
        sum
    };
    let cells = vec![
        sum("", 216_642.0, 21.0),
        sum("a", 90_600.0, 7.0),
        sum("b", 70_021.0, 7.0),
        sum("c", 56_021.0, 7.0),
    ];
    for (cell, largest) in cells.iter().zip([90_000.0, 90_000.0, 10_006.0, 8_006.0]) {
        frame.largest.insert(cell.key.clone(), largest);
    }
    frame.measures.insert("i".into(), measure);
    let passed = jointly(cells, &partner(), &frame);
    let withheld: Vec<&str> = passed.audit.withheld.iter().map(|w| w.cell.site.as_str()).collect();
    assert_eq!(withheld, ["a", "c"]);
}

#[test]
fn a_quantile_beyond_which_are_few_is_withheld() {
    let mut highest = cell("a", "", 0.0, Some(40.0));
    (highest.counts, highest.method) = (Counts::Amount, "quantile.ranks");
    let of = |tail: f64| {
        let measure = Measure { tail: Some(tail), ..Measure::default() };
        let frame = Frame { measures: [("i".to_owned(), measure)].into(), ..Frame::default() };
        jointly(vec![highest.clone()], &partner(), &frame).released.withheld()
    };
    assert_eq!((of(0.5), of(0.25), of(0.1)), (0, 0, 1));
}

#[test]
fn a_coarser_column_stands_in_for_one_that_would_lose_cells() {
    let of = |dimension: &str, category: &str, people: f64| {
        let mut cell = cell("a", category, people, None);
        cell.key.dimension = dimension.into();
        cell
    };
    let cells = vec![
        cell("a", "", 40.0, None),
        of("district", "d1", 3.0),
        of("district", "d2", 17.0),
        of("district", "d3", 20.0),
        of("province", "p1", 20.0),
        of("province", "p2", 20.0),
    ];
    let ladder = Policy { ladders: vec![vec!["district".into(), "province".into()]], ..partner() };
    let passed = jointly(cells.clone(), &ladder, &Frame::default());
    let withheld: Vec<&str> = passed.audit.withheld.iter().map(|w| w.cell.dimension.as_str()).collect();
    assert_eq!(withheld, ["district"; 3]);
    assert_eq!(passed.audit.rolled_up, 3);
    assert!(jointly(cells, &partner(), &Frame::default()).audit.rolled_up == 0);
}

#[test]
fn an_exception_lowers_the_threshold_of_its_indicators_only() {
    let exception = groundwork_plan::disclosure::Exception {
        id: "e".into(),
        indicators: vec!["i".into()],
        threshold: 3,
        reason: "r".into(),
        approver: "a".into(),
    };
    let policy = Policy { exceptions: vec![exception], ..partner() };
    let mut other = cell("a", "", 4.0, None);
    other.key.indicator = "j".into();
    let passed = jointly(vec![cell("a", "", 4.0, None), other], &policy, &Frame::default());
    assert_eq!(reasons(&passed), [("j · a · 2021-Q4".to_owned(), "below_threshold")]);
}

#[test]
fn a_late_registration_is_not_shown_by_a_second_release() {
    let first = jointly(vec![cell("a", "", 40.0, None)], &partner(), &Frame::default());
    let lines: Vec<_> = first.published.iter().map(Published::fields).collect();
    let earlier: Vec<Published> =
        lines.iter().map(|fields| Published::read(&fields.each_ref().map(String::as_str)).unwrap()).collect();
    assert_eq!(earlier, first.published);
    let second = |people, policy: &Policy| {
        release_jointly(
            vec![cell("a", "", people, None)],
            vec![],
            vec![],
            policy,
            &Frame::default(),
            &earlier,
        )
    };
    assert_eq!(second(41.0, &partner()).unwrap_err().cells, ["i · a · 2021-Q4"]);
    assert!(second(40.0, &partner()).is_ok());
    assert!(second(45.0, &partner()).is_ok());
    // Readers of the public release may have the partners' as well.
    let public = Policy::of(Audience::Public);
    assert!(second(41.0, &public).is_err());
    assert!(second(46.0, &public).is_ok());
}

#[test]
fn what_an_earlier_release_published_protects_nothing_any_more() {
    let table =
        |b: f64| vec![cell("", "", 100.0 + b, None), cell("a", "", 100.0, None), cell("b", "", b, None)];
    // Both sites known, the total new: with 3 in a site that was withheld before.
    let earlier = jointly(vec![cell("a", "", 100.0, None)], &partner(), &Frame::default()).published;
    let refused = release_jointly(
        vec![cell("", "", 103.0, None)],
        vec![],
        vec![],
        &partner(),
        &Frame::default(),
        &earlier,
    );
    assert!(refused.is_err() || refused.is_ok_and(|passed| passed.released.withheld() == 1));
    let passed =
        release_jointly(table(3.0), vec![], vec![], &partner(), &Frame::default(), &earlier).unwrap();
    // The site of 100 is known, so the total has to go.
    let withheld: Vec<String> = passed.audit.withheld.iter().map(|w| w.cell.site.clone()).collect();
    assert_eq!(withheld, ["", "b"]);
}

#[test]
fn a_pattern_that_gives_a_cell_away_gets_one_more_cell() {
    // The 4×4 table of the tests of sdcTable: two blanks in every line, and w/b can be computed.
    use crate::matrix::Matrix;
    use crate::secondary::suppress;
    use std::collections::BTreeMap;
    let inner: [(&str, [i64; 4]); 4] = [
        ("w", [30, 47, 64, 89]),
        ("x", [90, 124, 5, 31]),
        ("y", [92, 100, 59, 85]),
        ("z", [800, 991, 651, 685]),
    ];
    let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
    for (row, numbers) in inner {
        for (column, n) in ["a", "b", "c", "d"].into_iter().zip(numbers) {
            for at in [(row, column), (row, ""), ("", column), ("", "")] {
                *sums.entry((at.0.to_owned(), at.1.to_owned())).or_default() += n;
            }
        }
    }
    let cells: Vec<Cell> = sums.iter().map(|((row, column), n)| cell(row, column, *n as f64, None)).collect();
    let documented = ["wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd"];
    let name = |cell: &Cell| format!("{}{}", cell.key.site, cell.key.category);
    let thresholds: Vec<i64> = cells.iter().map(|cell| if name(cell) == "wb" { 48 } else { 0 }).collect();
    let primary: Vec<bool> = cells.iter().map(|cell| documented.contains(&name(cell).as_str())).collect();
    let matrix =
        Matrix::of(&cells, &Frame::default(), &thresholds, &BTreeMap::new(), &[]).with_rows(&BTreeMap::new());
    let decision = suppress(&matrix, &primary);
    let more: Vec<String> = cells
        .iter()
        .zip(&decision.hidden)
        .filter(|(_, hidden)| **hidden)
        .map(|(cell, _)| name(cell))
        .collect();
    assert!(decision.open.is_empty() && decision.proofs.len() == 1);
    assert_eq!(more.len(), documented.len() + 1, "{more:?}");
    assert!(documented.iter().all(|d| more.contains(&(*d).to_owned())), "{more:?}");
}

#[test]
fn six_of_one_household_are_withheld_and_protected_as_six() {
    let cells = || vec![cell("", "", 40.0, None), cell("a", "", 34.0, None), cell("b", "", 6.0, None)];
    let rule = groundwork_plan::disclosure::Households { column: "family".into(), at_least: 3 };
    let policy = Policy { households: Some(rule), ..partner() };
    let mut frame = Frame::default();
    for (cell, households) in cells().iter().zip([10, 9, 1]) {
        let found = Households { numerator: households, ..Households::default() };
        frame.households.insert(cell.key.clone(), found);
    }
    let passed = jointly(cells(), &policy, &frame);
    let found: Vec<&str> = passed.audit.withheld.iter().map(|w| w.reason).collect();
    assert_eq!(found, ["by_subtraction", "few_households"]);
    // The threshold that they are told is that of the policy, and not how many the household has.
    assert!(passed.audit.withheld.iter().all(|w| w.threshold == 5 && w.told() == "to_protect_people"));
    assert!(passed.released.cells().iter().all(|c| ["", "to_protect_people"].contains(&c.reason())));
    // A reader cannot tell them from seven or more.
    assert!(passed.audit.withheld.iter().all(|w| {
        w.narrowest.is_none_or(|(low, high)| high.is_none_or(|high| high >= 7 && high - low >= 6))
    }));
    // Without the rule, and for the organisation itself, six are six.
    assert_eq!(jointly(cells(), &partner(), &frame).released.withheld(), 0);
    let internal = Policy { households: policy.households, ..Policy::of(Audience::Internal) };
    assert_eq!(jointly(cells(), &internal, &frame).released.withheld(), 0);
}
