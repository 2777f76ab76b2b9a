use super::*;
use crate::testing::{check, compared, difference, paths, plain, rects, texts};
use groundwork_disclosure::Contrast;

const SITES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Sites whose first has an interval twice as wide as that of all others.
fn forest(count: usize) -> (Forest, groundwork_disclosure::Released) {
    let both = |id: &str| (key(id, "nan", Q4), key(id, "chiang_rai", Q4));
    let mut cells = Vec::new();
    let mut contrasts = Vec::new();
    for (i, id) in SITES.into_iter().take(count).enumerate() {
        cells.extend(["nan", "chiang_rai"].map(|site| cell(id, site, Q4, 200.0, 400.0)));
        let half = if i == 0 { 0.08 } else { 0.04 };
        let value = 0.02 * i as f64;
        contrasts.push(difference(id, ("nan", "chiang_rai"), (value - half, value, value + half)));
    }
    cells.push(plain("all", Unit::Share, 0.05, Some((0.03, 0.07))));
    cells.push(plain("new", Unit::Share, 0.05, Some((-0.06, 0.16))));
    let row = |id: &str| ForestRow {
        label: format!("Site {id}"),
        role: Some(SiteRole::Adaptation),
        number: both(id).into(),
        weight: None,
    };
    let chart = Forest {
        about: about(Language::En),
        unit: Unit::Share,
        value_title: "Difference, points".into(),
        directions: Some(("lower".into(), "higher".into())),
        rows: SITES.into_iter().take(count).map(row).collect(),
        pooled: Some(key("all", "", Q4).into()),
        prediction: Some(key("new", "", Q4).into()),
    };
    (chart, compared(cells, contrasts))
}

#[test]
fn intervals_diamond_and_range_stand_where_the_numbers_are() {
    let (chart, released) = forest(6);
    let figure = chart.draw(&released);
    check(&figure);
    let scale = scale(&figure, -0.1, 0.2);
    let whisker = paths(&figure.marks_svg, "whisker adaptation");
    assert!(near(first(&whisker[0]).0, scale(-0.08)) && near(first(&whisker[1]).0, scale(0.08)));
    let diamond = &paths(&figure.marks_svg, "pooled")[0];
    assert!(near(diamond[0].0, scale(0.03)) && near(diamond[1].0, scale(0.05)));
    assert!(near(diamond[2].0, scale(0.07)));
    let [left, top, width, _] = rects(&figure.marks_svg, "prediction")[0];
    assert!(near(left, scale(-0.06)) && near(left + width, scale(0.16)));
    // A row of its own, below the diamond.
    assert!(top > diamond[3].1);
    assert!(figure.csv.contains("Range for a new site,new,,2021-Q4,,,,,prediction,0.05,-0.06,0.16,0.95"));
    assert!(figure.alt.contains("All together: difference +5 points (3–7). Range for a new site: −6 to 16."));
}

#[test]
fn areas_are_weights() {
    let (chart, released) = forest(6);
    let figure = chart.draw(&released);
    let squares = rects(&figure.marks_svg, "value adaptation");
    let area = |[_, _, width, height]: [f64; 4]| width * height;
    // Half the precision is a quarter of the weight.
    assert!((area(squares[1]) / area(squares[0]) - 4.0).abs() < 0.1, "{squares:?}");
    assert!(texts(&figure).contains(&"5%") && texts(&figure).contains(&"19%"));
}

#[test]
fn few_sites_give_no_range() {
    let (chart, released) = forest(4);
    let figure = chart.draw(&released);
    check(&figure);
    assert!(rects(&figure.marks_svg, "prediction").is_empty());
    assert!(texts(&figure).join(" ").contains("not given for fewer than 5 sites"));
    assert!(!figure.alt.contains("Range for"));
}

#[test]
fn ratios_have_their_null_line_at_one() {
    let (chart, _) = forest(1);
    let cells = ["nan", "chiang_rai"].map(|site| cell("a", site, Q4, 200.0, 400.0));
    let ratio = Contrast { summary: "ratio", ..difference("a", ("nan", "chiang_rai"), (0.5, 1.0, 2.0)) };
    let figure =
        Forest { pooled: None, prediction: None, ..chart }.draw(&compared(cells.to_vec(), vec![ratio]));
    check(&figure);
    let null = first(&paths(&figure.marks_svg, "null")[0]).0;
    let whisker = paths(&figure.marks_svg, "whisker adaptation");
    let (lower, upper) = (first(&whisker[0]).0, first(&whisker[1]).0);
    assert!(((null - lower) - (upper - null)).abs() <= 0.02);
    assert!(texts(&figure).contains(&"½"));
}

#[test]
fn ratios_weigh_by_the_width_of_their_logarithms() {
    let (chart, _) = forest(2);
    let cells: Vec<Cell> = ["a", "b"]
        .iter()
        .flat_map(|id| ["nan", "chiang_rai"].map(|site| cell(id, site, Q4, 200.0, 400.0)))
        .collect();
    let ratio = |id, limits| Contrast { summary: "ratio", ..difference(id, ("nan", "chiang_rai"), limits) };
    // From a half to twice, and from two to eight: as wide, though the second has six times the span.
    let ratios = vec![ratio("a", (0.5, 1.0, 2.0)), ratio("b", (2.0, 4.0, 8.0))];
    let figure = Forest { prediction: None, ..chart }.draw(&compared(cells.clone(), ratios.clone()));
    check(&figure);
    let squares = rects(&figure.marks_svg, "value adaptation");
    assert!((squares[0][2] - squares[1][2]).abs() < 0.02, "{squares:?}");
    assert_eq!(texts(&figure).iter().filter(|text| **text == "50%").count(), 2);
    // What is not pooled weighs nothing.
    let (chart, _) = forest(2);
    let figure = Forest { pooled: None, prediction: None, ..chart }.draw(&compared(cells, ratios));
    check(&figure);
    assert!(!texts(&figure).contains(&"50%") && !texts(&figure).contains(&"Weight"));
}
