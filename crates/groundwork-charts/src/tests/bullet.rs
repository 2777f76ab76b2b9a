use super::*;
use crate::testing::{check, count, paths, released};

#[test]
fn bars_begin_at_zero_and_targets_stand_where_they_are() {
    let cells = vec![count("a", "chiang_rai", Q4, 1204.0), count("b", "nan", Q4, 530.0)];
    let chart = bullet(vec![bullet_row(0, "a", Some(1400.0)), bullet_row(1, "b", None)]);
    let figure = chart.draw(&released(cells));
    check(&figure);
    let (grid, null) = (paths(&figure.marks_svg, "grid"), paths(&figure.marks_svg, "null"));
    let (zero, last) = ((0.0, first(&null[0]).0), (1500.0, first(&grid[2]).0));
    let bar = figure.marks_svg.split("<g class=\"bar origin\">\n<rect x=\"").nth(1).unwrap();
    let numbers = crate::testing::numbers(bar);
    let (x, width): (f64, f64) = (numbers[0].parse().unwrap(), numbers[2].parse().unwrap());
    assert_eq!(x, zero.1);
    assert!(near(x + width, at(1204.0, zero, last)));
    let targets = paths(&figure.marks_svg, "target");
    assert_eq!(targets.len(), 1);
    assert!(near(first(&targets[0]).0, at(1400.0, zero, last)));
    assert!(figure.labels.iter().any(|l| l.text == "Target 1,400"));
    assert!(figure.alt.contains("Indicator a: Chiang Rai 1,204, target 1,400."));
    assert!(figure.csv.contains("target,1400,,,,,count,planned"));
}

#[test]
fn keeps_what_is_withheld() {
    let cells = vec![count("a", "chiang_rai", Q4, 1204.0), count("b", "nan", Q4, 3.0)];
    let chart = bullet(vec![bullet_row(0, "a", None), bullet_row(1, "b", Some(50.0))]);
    let figure = chart.draw(&released(cells));
    check(&figure);
    let row = figure.csv.lines().nth(2).unwrap();
    assert_eq!(row, "Indicator b,b,nan,2021-Q4,,,,,value,,,,,,count,withheld");
    assert!(!figure.marks_svg.contains("bar adaptation"));
    assert!(figure.labels.iter().any(|l| l.text == "withheld to protect people"));
    assert!(figure.labels.iter().all(|l| l.text != "3"));
}

#[test]
fn what_is_expected_by_now_is_a_band_from_zero() {
    let row = BulletRow { expected: Some(700.0), ..bullet_row(0, "a", Some(1400.0)) };
    let figure = bullet(vec![row]).draw(&released(vec![count("a", "chiang_rai", Q4, 1204.0)]));
    check(&figure);
    let scale = scale(&figure, 0.0, 1500.0);
    // The first is the key.
    let band = crate::testing::rects(&figure.marks_svg, "expected")[1];
    assert!(near(band[0], scale(0.0)) && near(band[0] + band[2], scale(700.0)));
    assert!(figure.labels.iter().any(|l| l.text == "expected by now"));
    assert!(figure.csv.contains("expected,700,,,,,count,planned"));
}
