use super::*;
use crate::testing::{KEPT, check, rects, released, texts};

fn likert(rows: &[&str]) -> Likert {
    let row = |id: &&str| LikertRow {
        label: format!("Question {id}"),
        cells: (0..5).map(|j| key(&format!("{id}{j}"), "", Q4)).collect(),
    };
    Likert {
        about: about(Language::En),
        value_title: "Share".into(),
        answers: ["No!", "No", "So so", "Yes", "Yes!"].map(String::from).to_vec(),
        neutral: Some(2),
        rows: rows.iter().map(row).collect(),
    }
}

fn answers(id: &str, shares: [f64; 5]) -> Vec<Cell> {
    shares
        .into_iter()
        .enumerate()
        .map(|(j, share)| cell(&format!("{id}{j}"), "", Q4, share * 400.0, 400.0))
        .collect()
}

#[test]
fn counts_of_answers_are_drawn_as_their_shares() {
    let counted = |j: usize, n: f64| {
        let share = cell(&format!("a{j}"), "", Q4, n, 400.0);
        Cell {
            unit: Unit::Count,
            finding: groundwork_disclosure::Finding::Value { value: n, interval: None },
            ..share
        }
    };
    let counts = [40.0, 80.0, 60.0, 100.0, 120.0];
    let counts = counts.into_iter().enumerate().map(|(j, n)| counted(j, n)).collect();
    let figure = likert(&["a"]).draw(&released(counts));
    check(&figure);
    let shares = likert(&["a"]).draw(&released(answers("a", [0.1, 0.2, 0.15, 0.25, 0.3])));
    assert_eq!(figure.marks_svg, shares.marks_svg);
    assert!(figure.csv.contains("40"), "{}", figure.csv);
}

#[test]
fn both_sides_start_at_zero_and_the_neutral_answer_beside_them() {
    let figure = likert(&["a"]).draw(&released(answers("a", [0.1, 0.2, 0.15, 0.25, 0.3])));
    check(&figure);
    let null = crate::testing::paths(&figure.marks_svg, "null");
    let (zero, beside) = (first(&null[0]).0, first(&null[1]).0);
    // Five keys, then every answer twice: surface and outline.
    let bars: Vec<[f64; 4]> = rects(&figure.marks_svg, "scale").into_iter().skip(5).step_by(2).collect();
    let point = bars[0][2] / 0.2;
    let [no, strong_no, yes, strong_yes, neutral] = [bars[0], bars[1], bars[2], bars[3], bars[4]];
    assert!(near(no[0] + no[2], zero) && near(yes[0], zero));
    assert!(near(strong_no[0] + strong_no[2], no[0]) && near(strong_yes[0], yes[0] + yes[2]));
    assert!(near(neutral[0], beside));
    // One scale for all of them.
    for (bar, share) in [(strong_no, 0.1), (yes, 0.25), (strong_yes, 0.3), (neutral, 0.15)] {
        assert!((bar[2] - point * share).abs() < 0.03, "{bar:?}");
    }
    for text in ["30%", "55%", "+25"] {
        assert!(texts(&figure).contains(&text), "{text}");
    }
}

#[test]
fn questions_stand_in_the_order_of_net_agreement() {
    let cells = [answers("a", [0.3, 0.2, 0.1, 0.2, 0.2]), answers("b", [0.1, 0.1, 0.1, 0.3, 0.4])];
    let figure = likert(&["a", "b"]).draw(&released(cells.concat()));
    let y = |text: &str| figure.labels.iter().find(|l| l.text == text).unwrap().y_pt;
    assert!(y("Question b") < y("Question a"));
    assert!(figure.alt.contains("Most agreement: Question b; least: Question a."));
}

#[test]
fn a_row_with_a_withheld_answer_has_no_bars_at_all() {
    let mut cells = answers("a", [0.1, 0.2, 0.15, 0.25, 0.3]);
    cells[3] = KEPT.cell("a3", "", Q4);
    let figure = likert(&["a"]).draw(&released(cells));
    check(&figure);
    KEPT.is_absent_from(&figure);
    assert_eq!(rects(&figure.marks_svg, "scale").len(), 5);
    assert!(texts(&figure).contains(&"withheld to protect people"));
    // Nor are the other answers in the table: all of them add up to one.
    assert_eq!(figure.csv.matches("share,withheld").count(), 5);
}
