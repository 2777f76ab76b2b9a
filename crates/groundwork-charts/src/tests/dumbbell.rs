use super::*;
use crate::testing::{KEPT, check, circles, paths, released, texts};

fn dumbbell(ids: &[&str]) -> Dumbbell {
    let row = |id: &&str| DumbbellRow {
        label: format!("Group {id}"),
        cells: [key(id, "chiang_rai", Q4), key(id, "nan", Q4)],
    };
    let [first, second] = [0, 1].map(|i| sites()[i].clone());
    Dumbbell {
        about: about(Language::En),
        unit: Unit::Share,
        value_title: "Share".into(),
        sites: [first, second],
        rows: ids.iter().map(row).collect(),
    }
}

#[test]
fn the_largest_gap_comes_first() {
    let cells = vec![
        cell("a", "chiang_rai", Q4, 200.0, 400.0),
        cell("a", "nan", Q4, 220.0, 400.0),
        cell("b", "chiang_rai", Q4, 300.0, 400.0),
        cell("b", "nan", Q4, 100.0, 400.0),
    ];
    let figure = dumbbell(&["a", "b"]).draw(&released(cells));
    check(&figure);
    let scale = scale(&figure, 0.0, 1.0);
    let gaps = paths(&figure.marks_svg, "gap");
    assert!(near(gaps[0][0].0, scale(0.75)) && near(gaps[0][1].0, scale(0.25)));
    assert!(near(circles(&figure.marks_svg, "value origin")[0][0], scale(0.75)));
    let y = |text: &str| figure.labels.iter().find(|l| l.text == text).unwrap().y_pt;
    assert!(y("Group b") < y("Group a"));
    assert!(texts(&figure).contains(&"+50") && texts(&figure).contains(&"−5"));
    assert!(figure.alt.contains("Largest gap: Group b +50."));
}

#[test]
fn a_withheld_end_has_no_gap_and_comes_last() {
    let cells = vec![
        KEPT.cell("a", "chiang_rai", Q4),
        cell("a", "nan", Q4, 220.0, 400.0),
        cell("b", "chiang_rai", Q4, 210.0, 400.0),
        cell("b", "nan", Q4, 200.0, 400.0),
    ];
    let figure = dumbbell(&["a", "b"]).draw(&released(cells));
    check(&figure);
    KEPT.is_absent_from(&figure);
    assert_eq!(paths(&figure.marks_svg, "gap").len(), 1);
    assert!(texts(&figure).join(" ").contains("Chiang Rai: withheld"));
}
