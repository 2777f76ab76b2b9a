use super::*;
use crate::testing::{KEPT, check, circles, paths, released, texts};

fn slope(ids: &[&str]) -> Slope {
    let line = |id: &&str| SlopeLine {
        site: ChartSite::new(*id, Some(SiteRole::Origin)),
        cells: vec![key(id, "a", "2019"), key(id, "a", "2021")],
        emphasised: false,
    };
    Slope {
        about: about(Language::En),
        unit: Unit::Share,
        moments: vec!["2019".into(), "2021".into()],
        lines: ids.iter().map(line).collect(),
    }
}

#[test]
fn heights_are_values() {
    let cells = vec![
        cell("Up", "a", "2019", 80.0, 400.0),
        cell("Up", "a", "2021", 320.0, 400.0),
        cell("Down", "a", "2019", 240.0, 400.0),
        cell("Down", "a", "2021", 160.0, 400.0),
    ];
    let figure = slope(&["Up", "Down"]).draw(&released(cells));
    check(&figure);
    let lines = paths(&figure.marks_svg, "line origin");
    assert!(lines[0][1].1 < lines[0][0].1);
    // 20 and 80 % are the ends of the scale.
    let place = |value: f64| at(value, (0.2, lines[0][0].1), (0.8, lines[0][1].1));
    assert!(near(lines[1][0].1, place(0.6)) && near(lines[1][1].1, place(0.4)));
    assert!(texts(&figure).contains(&"Up 20%") && texts(&figure).contains(&"Up 80%"));
    assert!(figure.alt.contains("1 of 2 rise, 1 fall."));
}

#[test]
fn what_is_withheld_moves_nothing() {
    let known = vec![cell("Up", "a", "2019", 80.0, 400.0), cell("Up", "a", "2021", 320.0, 400.0)];
    let alone = slope(&["Up", "Kept"]).draw(&released(known.clone()));
    let kept = KEPT.cell("Kept", "a", "2021");
    let figure = slope(&["Up", "Kept"]).draw(&released([known, vec![kept]].concat()));
    check(&figure);
    KEPT.is_absent_from(&figure);
    assert_eq!(circles(&alone.marks_svg, "value origin"), circles(&figure.marks_svg, "value origin"));
    assert!(texts(&figure).contains(&"Kept, 2021: withheld to protect people"));
}

#[test]
fn all_but_the_story_is_grey() {
    let cells = ["Up", "Down"].map(|id| cell(id, "a", "2019", 80.0, 400.0));
    let mut chart = slope(&["Up", "Down"]);
    chart.lines[0].emphasised = true;
    let figure = chart.draw(&released(cells.to_vec()));
    assert!(figure.marks_svg.contains("value comparison") && figure.marks_svg.contains("value origin"));
}

#[test]
fn a_small_change_is_not_steep() {
    let cells = vec![cell("Up", "a", "2019", 160.0, 400.0), cell("Up", "a", "2021", 164.0, 400.0)];
    let figure = slope(&["Up"]).draw(&released(cells));
    let line = &paths(&figure.marks_svg, "line origin")[0];
    let frame = &paths(&figure.marks_svg, "grid")[0];
    // One point of at least twenty.
    assert!((line[0].1 - line[1].1) <= (frame[1].1 - frame[0].1) / 20.0 + 0.01);
}
