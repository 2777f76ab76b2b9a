use super::*;
use crate::testing::{check, count, plain, rects, released, texts};

fn cascade() -> Cascade {
    let generation = |i: usize| Generation {
        label: format!("Generation {i}"),
        people: key(&format!("g{i}"), "a", Q4),
        multiplier: (i > 0).then(|| key(&format!("m{i}"), "", Q4)),
    };
    Cascade {
        about: about(Language::En),
        value_title: "People".into(),
        site: sites()[0].clone(),
        generations: (0..3).map(generation).collect(),
    }
}

#[test]
fn bars_are_people_and_multipliers_are_written() {
    let cells = vec![
        count("g0", "a", Q4, 20.0),
        count("g1", "a", Q4, 48.0),
        count("g2", "a", Q4, 100.0),
        plain("m1", Unit::Ratio, 2.4, Some((1.9, 3.0))),
    ];
    let figure = cascade().draw(&released(cells));
    check(&figure);
    let scale = scale(&figure, 0.0, 100.0);
    let ends: Vec<f64> = rects(&figure.marks_svg, "bar origin").iter().map(|[x, _, w, _]| x + w).collect();
    assert!(near(ends[0], scale(20.0)) && near(ends[1], scale(48.0)) && near(ends[2], scale(100.0)));
    assert!(texts(&figure).contains(&"×2.4 (1.9–3.0)"));
    assert!(figure.alt.contains("Generation 1: 48, 2.4 (1.9–3.0) for each trainer."));
    assert!(figure.csv.contains("Generation 1,m1,,2021-Q4,,,,,value,2.4,1.9,3"));
}

#[test]
fn a_withheld_generation_has_no_bar() {
    let cells = vec![
        count("g0", "a", Q4, 20.0),
        count("g1", "a", Q4, 3.0),
        count("g2", "a", Q4, 100.0),
        plain("m1", Unit::Ratio, 0.15, None),
        plain("m2", Unit::Ratio, 33.333_333, None),
    ];
    let figure = cascade().draw(&released(cells));
    check(&figure);
    assert_eq!(rects(&figure.marks_svg, "bar origin").len(), 2);
    assert!(texts(&figure).contains(&"withheld to protect people"));
    // 20 × 0.15 and 100 ÷ 33.3 would say what it has.
    assert!(!figure.csv.contains("0.15") && !figure.csv.contains("33.3") && !figure.svg.contains("×"));
}
