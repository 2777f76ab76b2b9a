use super::*;
use crate::testing::{KEPT, check, paths, released};

#[test]
fn ribbons_follow_the_intervals() {
    let figure = trend(&["a"], 4).draw(&released(trend_cells("a", 4)));
    check(&figure);
    let (grid, null) = (paths(&figure.marks_svg, "grid"), paths(&figure.marks_svg, "null"));
    let (zero, top) = ((0.0, first(&null[0]).1), (1.0, first(&grid[3]).1));
    let ribbon = &paths(&figure.marks_svg, "ribbon origin")[0];
    assert_eq!(ribbon.len(), 8);
    for i in 0..4 {
        let value = (160.0 + 10.0 * i as f64) / 400.0;
        assert!(near(ribbon[i].1, at(value + 0.05, zero, top)), "{ribbon:?}");
        assert!(near(ribbon[7 - i].1, at(value - 0.05, zero, top)), "{ribbon:?}");
    }
    assert!(figure.svg.contains("fill-opacity=\"0.18\""));
}

#[test]
fn gaps_stay_gaps() {
    let mut cells = trend_cells("a", 9);
    let gap = key("a", "nan", "2020-Q3");
    cells.retain(|cell| cell.key != gap);
    let kept = key("a", "nan", "2021-Q1");
    cells.retain(|cell| cell.key != kept);
    cells.push(KEPT.cell("a", "nan", "2021-Q1"));
    let figure = trend(&["a"], 9).draw(&released(cells));
    check(&figure);
    KEPT.is_absent_from(&figure);
    let parts = |class| paths(&figure.marks_svg, class).iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(parts("line origin"), [9]);
    // Before, between (a single value, which has no line), and after.
    assert_eq!(parts("line adaptation"), [4, 2]);
    // One sign in the panel, one in the notes.
    let signs = figure.marks_svg.split("<g class=\"withheld\">").skip(1);
    let signs = signs.filter_map(|rest| rest.split("</g>").next());
    assert_eq!(signs.map(|group| group.matches("<rect").count()).sum::<usize>(), 2);
    let texts: Vec<&str> = figure.labels.iter().map(|l| l.text.as_str()).collect();
    assert!(texts.contains(&"withheld to protect people") && texts.contains(&"no data"));
    assert!(texts.contains(&"COVID-19 restrictions"));
    assert!(figure.alt.contains("Shaded: COVID-19 restrictions."));
    assert!(figure.alt.contains("Chiang Rai rises from 40% (Q3 ’19) to 60% (Q3 ’21)"));
    assert!(figure.csv.contains("Indicator a,a,nan,2021-Q1,,,,,value,,,,,,share,withheld\n"));
}

#[test]
fn labels_are_taken_as_given() {
    let given = Trend { labels: vec!["Q3/2562".into(), "Q4/2562".into()], ..trend(&["a"], 3) };
    let figure = given.draw(&released(trend_cells("a", 3)));
    let texts: Vec<&str> = figure.labels.iter().map(|l| l.text.as_str()).collect();
    assert!(texts.contains(&"Q3/2562") && texts.contains(&"Q1 ’20"), "{texts:?}");
}

#[test]
fn panels_of_one_unit_have_one_scale() {
    let mut cells = trend_cells("a", 4);
    cells.extend(periods(4).iter().map(|p| cell("b", "nan", &p.id(), 20.0, 400.0)));
    let figure = trend(&["a", "b"], 4).draw(&released(cells));
    check(&figure);
    assert_eq!(figure.labels.iter().filter(|l| l.text == "100%").count(), 2);
}

#[test]
fn moments_are_ruled_at_the_beginning_of_their_period() {
    let moment = |label: &str, at: &str| Moment { label: label.into(), at: Period::parse(at).unwrap() };
    let chart = Trend {
        marks: vec![moment("Counts the household book", "2020-Q2"), moment("LINE groups", "2020-01")],
        ..trend(&["a"], 4)
    };
    let figure = chart.draw(&released(trend_cells("a", 4)));
    check(&figure);
    let rules = paths(&figure.marks_svg, "moment");
    let line = &paths(&figure.marks_svg, "line origin")[0];
    // Values stand in the middle of their quarters, the third of which begins in January.
    let quarter = line[1].0 - line[0].0;
    let foot = |rule: usize| rules[rule][2].0;
    assert!((foot(0) - (line[2].0 - quarter / 2.0)).abs() < 0.03, "{rules:?} {line:?}");
    assert!((foot(1) - (line[3].0 - quarter / 2.0)).abs() < 0.03);
    let texts: Vec<&str> = figure.labels.iter().map(|l| l.text.as_str()).collect();
    assert!(texts.contains(&"A LINE groups") && texts.contains(&"B Counts the household book"));
    assert!(figure.alt.contains("Marked: Counts the household book; LINE groups."));
}
