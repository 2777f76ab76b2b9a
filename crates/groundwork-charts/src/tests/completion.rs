use super::*;
use crate::testing::{KEPT, check, count, paths, plain, released, texts};

fn completion(times: &[f64]) -> Completion {
    let at = |name: &str, time: f64| key(&format!("{name}{time}"), "a", Q4);
    Completion {
        about: about(Language::En),
        value_title: "Registered".into(),
        time_unit: "months".into(),
        lines: vec![CompletionLine {
            site: sites()[0].clone(),
            shares: times.iter().map(|time| (*time, at("share", *time).into())).collect(),
            risks: [0.0, 6.0, 12.0]
                .map(|time| RiskColumn {
                    time,
                    at_risk: at("risk", time).into(),
                    censored: at("gone", time).into(),
                    completed: at("done", time).into(),
                })
                .to_vec(),
            median: Some(key("median", "", Q4).into()),
        }],
    }
}

fn cells(last: f64) -> Vec<groundwork_disclosure::Cell> {
    let risk = |time: &str, value: f64| count(&format!("risk{time}"), "a", Q4, value);
    vec![
        cell("share3", "a", Q4, 80.0, 400.0),
        cell("share6", "a", Q4, 200.0, 400.0),
        cell("share12", "a", Q4, 280.0, 400.0),
        risk("0", 400.0),
        risk("6", 180.0),
        risk("12", last),
        count("gone6", "a", Q4, 20.0),
        count("done6", "a", Q4, 200.0),
        plain("median", Unit::Amount("months".into()), 6.0, Some((5.0, 8.0))),
    ]
}

#[test]
fn steps_rise_at_their_times() {
    let figure = completion(&[3.0, 6.0, 12.0]).draw(&released(cells(90.0)));
    check(&figure);
    let grid = paths(&figure.marks_svg, "grid");
    let null = paths(&figure.marks_svg, "null");
    let (zero, top) = ((0.0, first(&null[0]).1), (1.0, first(&grid[3]).1));
    let line = &paths(&figure.marks_svg, "line origin")[0];
    let heights: Vec<f64> = line.iter().map(|(_, y)| *y).collect();
    for (i, value) in [0.0, 0.0, 0.2, 0.2, 0.5, 0.5, 0.7].into_iter().enumerate() {
        assert!(near(heights[i], at(value, zero, top)), "{line:?}");
    }
    // Upright steps: both corners of a rise have one time.
    assert_eq!(line[1].0, line[2].0);
    let band = &paths(&figure.marks_svg, "ribbon origin")[0];
    assert!(near(band[6].1, at(0.75, zero, top)), "{band:?}");
    for text in ["400", "180", "90", "20", "200", "half after 6 months (5–8)", "Still followed"] {
        assert!(texts(&figure).contains(&text), "{text}");
    }
    assert!(figure.alt.contains("Chiang Rai: 70% (65–75) after 12 months."));
    assert!(figure.csv.contains("at_risk,180,,,,180,count,published"));
}

#[test]
fn lines_end_where_few_are_followed_or_it_is_not_known_how_many() {
    let whole = completion(&[3.0, 6.0, 12.0]).draw(&released(cells(90.0)));
    let points = |figure: &Figure| paths(&figure.marks_svg, "line origin")[0].len();
    for last in [9.0, 3.0] {
        let mut chart = completion(&[3.0, 6.0, 12.0]);
        chart.lines[0].risks[1].at_risk = key("risk12", "a", Q4).into();
        let figure = chart.draw(&released(cells(last)));
        check(&figure);
        assert!(points(&figure) < points(&whole));
        assert!(texts(&figure).contains(&"Lines end where fewer than 10 are still followed."));
        assert!(!figure.alt.contains("12 months"));
    }
}

#[test]
fn a_withheld_share_breaks_the_line() {
    let mut all = cells(90.0);
    all.retain(|cell| cell.key.indicator != "share6");
    all.push(KEPT.cell("share6", "a", Q4));
    let figure = completion(&[3.0, 6.0, 12.0]).draw(&released(all));
    check(&figure);
    KEPT.is_absent_from(&figure);
    assert!(paths(&figure.marks_svg, "withheld").len() >= 2);
}

#[test]
fn a_column_of_the_table_is_shown_whole_or_not_at_all() {
    let mut all = cells(90.0);
    all.retain(|cell| cell.key.indicator != "gone6");
    all.push(count("gone6", "a", Q4, 3.0));
    let figure = completion(&[3.0, 6.0, 12.0]).draw(&released(all));
    check(&figure);
    // 400 − 180 − 200 would leave what is withheld.
    assert!(!texts(&figure).contains(&"180") && !texts(&figure).contains(&"200"));
    assert_eq!(figure.csv.matches("count,withheld").count(), 3);
}
