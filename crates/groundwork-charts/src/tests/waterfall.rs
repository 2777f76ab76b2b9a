use super::*;
use crate::testing::{KEPT, check, plain, rects, released, texts};

fn waterfall() -> Waterfall {
    let end = |i: usize, id: &str| WaterfallEnd { site: sites()[i].clone(), cell: key("r", id, Q4) };
    let part =
        |i: usize| WaterfallPart { label: format!("Part {i}"), number: key(&format!("p{i}"), "", Q4).into() };
    Waterfall {
        about: about(Language::En),
        unit: Unit::Share,
        value_title: "Share".into(),
        start: end(0, "a"),
        parts: vec![part(0), part(1)],
        end: end(1, "b"),
    }
}

fn cells() -> Vec<Cell> {
    vec![
        cell("r", "a", Q4, 240.0, 400.0),
        cell("r", "b", Q4, 180.0, 400.0),
        plain("p0", Unit::Share, -0.2, Some((-0.25, -0.15))),
        plain("p1", Unit::Share, 0.06, None),
    ]
}

#[test]
fn parts_stand_on_each_other_and_the_rest_is_shown() {
    let figure = waterfall().draw(&released(cells()));
    check(&figure);
    let scale = scale(&figure, 0.0, 1.0);
    let ends = |[x, _, width, _]: [f64; 4]| (x, x + width);
    let (from, to) = ends(rects(&figure.marks_svg, "bar origin")[0]);
    assert!(near(from, scale(0.0)) && near(to, scale(0.6)));
    let parts = rects(&figure.marks_svg, "part");
    for (part, (low, high)) in parts.iter().zip([(0.4, 0.6), (0.4, 0.46), (0.45, 0.46)]) {
        let (from, to) = ends(*part);
        assert!(near(from, scale(low)) && near(to, scale(high)), "{part:?}");
    }
    for text in ["−20 (−25 to −15)", "+6", "−1", "Left over"] {
        assert!(texts(&figure).contains(&text), "{text}");
    }
    assert!(figure.alt.contains("Largest part: Part 0 −20."));
    assert!(figure.csv.contains("Left over,r,b,2021-Q4,,,a,2021-Q4,rest,-0.01,,,,,share,published"));
}

#[test]
fn nothing_stands_on_a_part_that_is_withheld() {
    let mut cells = cells();
    cells[2] = KEPT.cell("p0", "", Q4);
    let figure = waterfall().draw(&released(cells));
    check(&figure);
    KEPT.is_absent_from(&figure);
    assert!(rects(&figure.marks_svg, "part").is_empty());
    assert!(!texts(&figure).contains(&"Left over"));
    assert_eq!(figure.csv.matches("share,withheld").count(), 2);
}
