use super::*;
use crate::testing::{check, circles, count, paths, rects, released, texts};
use groundwork_disclosure::Finding;

fn overlap(sets: &[&[usize]]) -> Overlap {
    Overlap {
        about: about(Language::En),
        value_title: "People".into(),
        channels: vec![("Meeting".into(), key("c0", "", Q4)), ("Radio".into(), key("c1", "", Q4))],
        combinations: sets
            .iter()
            .enumerate()
            .map(|(i, set)| Combination { channels: set.to_vec(), cell: key(&format!("s{i}"), "", Q4) })
            .collect(),
        union: Some(key("all", "", Q4)),
    }
}

fn bounded(id: &str, lower: f64, upper: f64) -> Cell {
    Cell { finding: Finding::Bounds { lower, upper }, ..count(id, "", Q4, upper) }
}

#[test]
fn combinations_stand_in_the_order_of_their_size() {
    let cells = vec![count("s0", "", Q4, 50.0), count("s1", "", Q4, 200.0), count("all", "", Q4, 250.0)];
    let figure = overlap(&[&[0], &[0, 1]]).draw(&released(cells));
    check(&figure);
    let scale = scale(&figure, 0.0, 200.0);
    let bars = rects(&figure.marks_svg, "bar all");
    assert!(near(bars[0][2], scale(200.0) - scale(0.0)) && near(bars[1][2], scale(50.0) - scale(0.0)));
    assert!(bars[0][1] < bars[1][1]);
    // Two filled signs joined, then one.
    assert_eq!(circles(&figure.marks_svg, "value all").len(), 3);
    assert_eq!(paths(&figure.marks_svg, "joined").len(), 1);
    assert!(texts(&figure).contains(&"250 different people in all"));
    assert!(figure.alt.contains("Meeting + Radio: 200") && figure.alt.contains("only Meeting: 50"));
}

#[test]
fn bounds_are_lines_from_end_to_end() {
    let cells = vec![count("s0", "", Q4, 200.0), bounded("s1", 40.0, 120.0), bounded("all", 300.0, 400.0)];
    let figure = overlap(&[&[0], &[0, 1]]).draw(&released(cells));
    check(&figure);
    let scale = scale(&figure, 0.0, 200.0);
    let bounds = &paths(&figure.marks_svg, "bounds")[0];
    assert!(near(bounds[0].0, scale(40.0)) && near(bounds[1].0, scale(120.0)));
    assert_eq!(rects(&figure.marks_svg, "bar all").len(), 1);
    assert!(texts(&figure).contains(&"Between 300 and 400 different people in all"));
    assert!(texts(&figure).contains(&"40–120"));
    assert!(figure.csv.contains("Meeting + Radio,s1,,2021-Q4,,,,,bounds,,40,120,1,,count,published"));
}

#[test]
fn many_small_combinations_share_a_row() {
    let sets: Vec<&[usize]> = vec![&[0, 1]; 15];
    let cells: Vec<Cell> = (0..15).map(|i| count(&format!("s{i}"), "", Q4, 100.0 + f64::from(i))).collect();
    let figure = overlap(&sets).draw(&released(cells));
    check(&figure);
    assert_eq!(rects(&figure.marks_svg, "bar all").len(), 12);
    assert!(texts(&figure).contains(&"4 smaller overlaps") && texts(&figure).contains(&"406"));
}

#[test]
fn totals_do_not_give_a_withheld_combination_away() {
    let cells = vec![
        count("c0", "", Q4, 203.0),
        count("c1", "", Q4, 90.0),
        count("s0", "", Q4, 200.0),
        count("s1", "", Q4, 3.0),
        count("s2", "", Q4, 90.0),
        count("all", "", Q4, 293.0),
    ];
    let figure = overlap(&[&[0], &[0, 2], &[1]]).draw(&released(cells));
    check(&figure);
    for text in ["203", "293"] {
        assert!(!figure.svg.contains(text) && !figure.csv.contains(text) && !figure.alt.contains(text));
    }
    assert!(texts(&figure).contains(&"Radio 90"));
}
