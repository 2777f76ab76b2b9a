use super::*;
use crate::testing::{check, count, rects, released, texts};

fn steps(count: usize) -> Steps {
    let step = |i: usize| Step { label: format!("Step {i}"), number: key(&format!("s{i}"), "a", Q4).into() };
    Steps {
        about: about(Language::En),
        value_title: "Children".into(),
        site: sites()[0].clone(),
        steps: (0..count).map(step).collect(),
    }
}

#[test]
fn bars_and_drops_add_up_to_the_step_before() {
    let cells = vec![count("s0", "a", Q4, 400.0), count("s1", "a", Q4, 300.0), count("s2", "a", Q4, 150.0)];
    let figure = steps(3).draw(&released(cells));
    check(&figure);
    let scale = scale(&figure, 0.0, 400.0);
    let ends: Vec<f64> = rects(&figure.marks_svg, "bar origin").iter().map(|[x, _, w, _]| x + w).collect();
    assert!(near(ends[0], scale(400.0)) && near(ends[1], scale(300.0)) && near(ends[2], scale(150.0)));
    let drops = rects(&figure.marks_svg, "drop");
    assert!(near(drops[0][0], scale(300.0)) && near(drops[0][0] + drops[0][2], scale(400.0)));
    assert!(near(drops[1][0], scale(150.0)) && near(drops[1][0] + drops[1][2], scale(300.0)));
    for text in ["75%", "50%", "38%"] {
        assert!(texts(&figure).contains(&text), "{text}");
    }
    assert!(figure.alt.contains("Largest drop: Step 2, 50% of the previous step remain."));
}

#[test]
fn nothing_is_said_of_a_withheld_step_or_from_it() {
    let cells = vec![count("s0", "a", Q4, 400.0), count("s1", "a", Q4, 3.0), count("s2", "a", Q4, 150.0)];
    let figure = steps(3).draw(&released(cells));
    check(&figure);
    assert_eq!(rects(&figure.marks_svg, "bar origin").len(), 2);
    assert!(rects(&figure.marks_svg, "drop").is_empty());
    // Of the first, but not of the step before.
    let shares: Vec<&str> = texts(&figure).into_iter().filter(|text| text.ends_with('%')).collect();
    assert_eq!(shares, ["38%"]);
}
