use super::*;
use crate::testing::{KEPT, check, count, rects, released, texts};
use crate::theme::SEQUENTIAL;

fn province(code: &str, i: usize, id: &str) -> Province {
    Province { code: code.into(), site: sites()[i].clone(), cell: key("r", id, Q4) }
}

fn map(provinces: Vec<Province>) -> TileMap {
    TileMap { about: about(Language::En), unit: Unit::Share, provinces }
}

#[test]
fn tiles_have_the_colour_of_their_class() {
    let cells = vec![cell("r", "a", Q4, 380.0, 400.0), cell("r", "b", Q4, 100.0, 400.0)];
    let chart = map(vec![province("TH-57", 0, "a"), province("TH-55", 1, "b")]);
    let figure = chart.draw(&released(cells));
    check(&figure);
    // 95 % is in the last of five classes up to 100 %, 25 % in the second.
    let fills: Vec<&str> = figure.marks_svg.split("<g class=\"scale\">").skip(1).take(2).collect();
    assert!(fills[0].contains(SEQUENTIAL[4]) && fills[1].contains(SEQUENTIAL[1]));
    for text in ["57", "55", "57 Chiang Rai 95% (90–100)", "20%", "80%"] {
        assert!(texts(&figure).contains(&text), "{text} in {:?}", texts(&figure));
    }
    assert!(figure.accepted().is_ok());
    let thai = TileMap { about: about(Language::Th), ..chart }.draw(&released(vec![]));
    assert!(texts(&thai).contains(&"ชร"));
}

#[test]
fn counts_and_unknown_codes_are_refused() {
    let counts = TileMap { unit: Unit::Count, ..map(vec![province("TH-57", 0, "a")]) };
    let figure = counts.draw(&released(vec![count("r", "a", Q4, 1204.0)]));
    assert!(!figure.csv.contains("1204"));
    assert!(figure.accepted().is_err());
    assert!(map(vec![province("TH-99", 0, "a")]).draw(&released(vec![])).accepted().is_err());
}

fn heat(rows: usize, columns: usize) -> HeatMap {
    let cells = |i: usize| (0..columns).map(|j| key(&format!("h{i}"), &format!("c{j}"), Q4)).collect();
    HeatMap {
        about: about(Language::En),
        unit: Unit::Share,
        columns: (0..columns).map(|j| format!("Q{j}")).collect(),
        rows: (0..rows).map(|i| (format!("Village {i}"), cells(i))).collect(),
    }
}

#[test]
fn cells_stand_in_rows_and_columns() {
    let cells = vec![
        cell("h0", "c0", Q4, 40.0, 400.0),
        cell("h0", "c1", Q4, 360.0, 400.0),
        cell("h1", "c1", Q4, 200.0, 400.0),
    ];
    let figure = heat(2, 2).draw(&released(cells));
    check(&figure);
    let at = |text: &str| figure.labels.iter().find(|l| l.text == text).map(|l| (l.x_pt, l.y_pt)).unwrap();
    assert_eq!(at("10").1, at("90").1);
    assert_eq!(at("90").0, at("50").0);
    // A number on a dark class is white.
    let colour = |text: &str| figure.labels.iter().find(|l| l.text == text).unwrap().colour;
    assert_eq!((colour("10"), colour("90")), ("#333333", "#FFFFFF"));
    assert!(figure.marks_svg.contains("<g class=\"hatch\">"));
    assert!(figure.alt.contains("2 rows, 2 columns. Highest: Village 0, Q1 90%; lowest: Village 0, Q0 10%."));
}

#[test]
fn classes_do_not_look_at_what_is_withheld() {
    let known = vec![cell("h0", "c0", Q4, 40.0, 400.0), cell("h0", "c1", Q4, 360.0, 400.0)];
    let with = [known.clone(), vec![KEPT.cell("h1", "c1", Q4)]].concat();
    let (with, without) = (heat(2, 2).draw(&released(with)), heat(2, 2).draw(&released(known)));
    KEPT.is_absent_from(&with);
    assert_eq!(rects(&with.marks_svg, "scale"), rects(&without.marks_svg, "scale"));
}
