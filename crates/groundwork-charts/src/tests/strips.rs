use super::*;
use crate::testing::{KEPT, check, circles, paths, rects, released, texts};

fn strips(count: usize) -> Strips {
    let cells = (0..count).map(|i| (format!("Village {i}"), key("r", &format!("v{i}"), Q4))).collect();
    Strips {
        about: about(Language::En),
        unit: Unit::Share,
        value_title: "Share".into(),
        rows: vec![Strip { site: sites()[0].clone(), cells }],
    }
}

#[test]
fn dots_stand_at_their_values_and_do_not_cover_each_other() {
    let part = |i: usize| 100.0 + f64::from(u8::try_from(i).unwrap()) * 3.0;
    let cells = (0..40).map(|i| cell("r", &format!("v{i}"), Q4, part(i), 400.0)).collect();
    let figure = strips(40).draw(&released(cells));
    check(&figure);
    let scale = scale(&figure, 0.0, 1.0);
    let dots = circles(&figure.marks_svg, "value origin");
    for (i, [x, _, _]) in dots.iter().enumerate() {
        assert!(near(*x, scale(part(i) / 400.0)));
    }
    for (i, a) in dots.iter().enumerate() {
        for b in dots.iter().skip(i + 1) {
            assert!((a[0] - b[0]).hypot(a[1] - b[1]) > a[2] + b[2] - 0.05);
        }
    }
    let median = first(&paths(&figure.marks_svg, "median")[0]).0;
    assert!(near(median, scale((part(19) + part(20)) / 800.0)));
    assert!(figure.alt.contains("Chiang Rai: 40 values from 25% to 54%, median 40%."));
}

#[test]
fn of_many_the_quartiles_are_drawn() {
    let cells = (0..101).map(|i| cell("r", &format!("v{i}"), Q4, 100.0 + f64::from(i), 400.0)).collect();
    let figure = strips(101).draw(&released(cells));
    check(&figure);
    let scale = scale(&figure, 0.0, 1.0);
    let [left, _, width, _] = rects(&figure.marks_svg, "half origin")[0];
    assert!(near(left, scale(125.0 / 400.0)) && near(left + width, scale(175.0 / 400.0)));
    let range = &paths(&figure.marks_svg, "range origin")[0];
    assert!(near(range[0].0, scale(110.0 / 400.0)) && near(range[1].0, scale(190.0 / 400.0)));
}

#[test]
fn withheld_villages_are_counted_and_not_placed() {
    let cells = vec![cell("r", "v0", Q4, 200.0, 400.0), KEPT.cell("r", "v1", Q4), KEPT.cell("r", "v2", Q4)];
    let figure = strips(3).draw(&released(cells));
    check(&figure);
    KEPT.is_absent_from(&figure);
    assert_eq!(circles(&figure.marks_svg, "value origin").len(), 1);
    assert!(texts(&figure).join(" ").contains("2 withheld"));
}
