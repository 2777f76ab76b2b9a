//! What is refused, what is warned of, and what stands around a chart.

use super::*;
use crate::lint;
use crate::scene::{Form, Ink, Label, Mark, Scene};
use crate::table::Table;
use crate::testing::{check, released, texts};
use crate::theme::Dash;

fn mark(form: Form, rgb: (u8, u8, u8), role: &str) -> Mark {
    let fill = Some(Ink { rgb, alpha: 100 });
    Mark { form, stroke: None, fill, dash: Dash::Solid, role: role.into() }
}

fn line(points: Vec<(i32, i32)>, width: i32) -> Mark {
    let stroke = Some((Ink { rgb: (51, 51, 51), alpha: 100 }, width));
    Mark { stroke, fill: None, ..mark(Form::Path(points), (0, 0, 0), "null") }
}

fn label(text: &str, x_pt: f64, size_pt: f64, colour: &'static str) -> Label {
    let text = text.to_owned();
    Label { text, x_pt, y_pt: 20.0, anchor: Anchor::Start, size_pt, weight: 400, colour }
}

/// The rules that a scene breaks.
fn broken(marks: Vec<Mark>, texts: Vec<Label>) -> Vec<&'static str> {
    let scene = Scene { size: (20_000, 5_000), marks, texts };
    let found = lint::inspect(&scene, &about(Language::En), &Table::default(), "A chart.");
    found.into_iter().map(|lint| lint.rule).collect()
}

#[test]
fn a_good_scene_breaks_no_rule() {
    let marks = vec![
        line(vec![(1_000, 0), (1_000, 4_000)], 100),
        mark(Form::Rect(1_000, 500, 9_000, 1_000), (0, 68, 136), "bar origin"),
    ];
    assert!(broken(marks, vec![label("Nan", 50.0, 8.0, "#333333")]).is_empty());
}

#[test]
fn each_rule_finds_what_it_is_for() {
    let null = line(vec![(1_000, 0), (1_000, 4_000)], 100);
    let truncated = mark(Form::Rect(1_200, 500, 9_000, 1_000), (0, 68, 136), "bar origin");
    assert_eq!(broken(vec![null, truncated], vec![]), ["bar-from-zero"]);
    assert_eq!(broken(vec![line(vec![(0, 0), (1, 1)], 50)], vec![]), ["line-width"]);
    let pale = mark(Form::Circle(100, 100, 50), (240, 228, 66), "value origin");
    assert_eq!(broken(vec![pale], vec![]), ["mark-contrast"]);
    assert_eq!(broken(vec![], vec![label("Nan", 50.0, 6.0, "#333333")]), ["type-size"]);
    assert_eq!(broken(vec![], vec![label("Nan", 50.0, 8.0, "#BDBDBD")]), ["text-contrast"]);
    let dark = mark(Form::Rect(4_000, 0, 9_000, 4_000), (51, 51, 51), "scale");
    assert_eq!(broken(vec![dark], vec![label("Nan", 50.0, 8.0, "#333333")]), ["text-contrast"]);
    assert_eq!(broken(vec![], vec![label("Nan", 195.0, 8.0, "#333333")]), ["clipped"]);
    let twice = [50.0, 55.0].map(|x| label("Nan", x, 8.0, "#333333")).to_vec();
    assert_eq!(broken(vec![], twice), ["overlap"]);
    let hues = [(0, 68, 136), (181, 72, 10), (120, 0, 120), (0, 100, 0), (160, 0, 0)];
    let marks = hues.map(|rgb| mark(Form::Circle(100, 100, 50), rgb, "value")).to_vec();
    assert_eq!(broken(marks, vec![]), ["hues"]);
}

#[test]
fn words_and_numbers_of_things_are_warned_of() {
    let rules = |figure: &Figure| figure.lint.iter().map(|lint| lint.rule).collect::<Vec<_>>();
    let chart = bullet((0..25).map(|_| bullet_row(0, "a", None)).collect());
    let bare = Bullet { about: About { captioned: true, ..About::new("Reach", "", Language::En) }, ..chart };
    let figure = bare.draw(&released(vec![]));
    assert_eq!(rules(&figure), ["title", "what", "subtitle", "source", "crowded"]);
    // A warning does not refuse.
    assert!(figure.accepted().is_ok());
    let mixed = vec![
        cell("a", "chiang_rai", Q4, 255.0, 412.0),
        Cell {
            finding: groundwork_disclosure::Finding::Value { value: 0.5, interval: None },
            ..cell("a", "nan", Q4, 128.0, 268.0)
        },
    ];
    assert_eq!(rules(&dots(vec![dot_row("A", "a")]).draw(&released(mixed))), ["interval"]);
}

#[test]
fn a_caption_stands_around_the_chart_and_moves_nothing_in_it() {
    let numbers = released(trend_cells("a", 4));
    let bare = trend(&["a"], 4);
    let captioned = About {
        captioned: true,
        subtitle: "Share of families, 2021".into(),
        source: "register, sha-256 7f3a".into(),
        note: "n = 800.".into(),
        ..about(Language::Th)
    };
    let (plain, figure) = (bare.draw(&numbers), Trend { about: captioned, ..bare.clone() }.draw(&numbers));
    check(&figure);
    for text in ["A sentence about <this> & that.", "Share of families, 2021", "n = 800."] {
        assert!(texts(&figure).contains(&text), "{text}");
    }
    assert!(texts(&figure).contains(&"ที่มา: register, sha-256 7f3a"));
    let line = |figure: &Figure| crate::testing::paths(&figure.marks_svg, "line origin").remove(0);
    let moved: Vec<(f64, f64)> =
        line(&figure).iter().zip(line(&plain)).map(|(a, b)| (a.0 - b.0, a.1 - b.1)).collect();
    assert!(moved.iter().all(|(x, y)| near(*x, 0.0) && near(*y, moved[0].1) && *y > 0.0));
}
