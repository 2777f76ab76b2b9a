use super::*;
use crate::testing::{KEPT, check, compared, count, difference, paths, released};
use groundwork_disclosure::{CellKey, Contrast, Finding};

#[test]
fn whiskers_end_where_the_data_ends() {
    let released = compared(
        vec![cell("a", "chiang_rai", Q4, 255.0, 412.0), cell("a", "nan", Q4, 128.0, 268.0)],
        vec![difference("a", ("chiang_rai", "nan"), (0.0613, 0.1413, 0.2199))],
    );
    let figure = dots(vec![dot_row("Registered", "a")]).draw(&released);
    check(&figure);
    let (grid, null) = (paths(&figure.marks_svg, "grid"), paths(&figure.marks_svg, "null"));
    let (zero, whole) = ((0.0, first(&null[0]).0), (1.0, first(&grid[3]).0));
    for (class, value) in [("whisker origin", 255.0 / 412.0), ("whisker adaptation", 128.0 / 268.0)] {
        let whisker = paths(&figure.marks_svg, class);
        assert!(near(first(&whisker[0]).0, at(value - 0.05, zero, whole)), "{whisker:?}");
        assert!(near(first(&whisker[1]).0, at(value + 0.05, zero, whole)), "{whisker:?}");
        assert!(near(whisker[0][1].0, at(value, zero, whole)));
    }
    // The second panel: −10, then +10, +20, +30 around its own zero.
    let (zero, ten) = ((0.0, first(&null[1]).0), (0.1, first(&grid[5]).0));
    let whisker = paths(&figure.marks_svg, "whisker contrast");
    for (part, value) in [(0, 0.0613), (1, 0.2199)] {
        assert!((first(&whisker[part]).0 - at(value, zero, ten)).abs() < 0.04, "{whisker:?}");
    }
}

#[test]
fn alt_states_the_numbers() {
    let released = compared(
        vec![
            cell("a", "chiang_rai", Q4, 255.0, 412.0),
            cell("a", "nan", Q4, 128.0, 268.0),
            cell("b", "chiang_rai", Q4, 100.0, 412.0),
            cell("b", "nan", Q4, 128.0, 268.0),
        ],
        vec![difference("a", ("chiang_rai", "nan"), (0.0613, 0.1413, 0.2199))],
    );
    let chart = dots(vec![dot_row("Registered", "a"), dot_row("Saved", "b")]);
    let figure = chart.draw(&released);
    assert_eq!(
        figure.alt,
        "Dot chart: share of households, October–December 2021, with 95% intervals. \
         Registered: Chiang Rai 62% (57–67), น่าน Nan 48% (43–53), difference +14 points (6–22). \
         Saved: Chiang Rai 24% (19–29), น่าน Nan 48% (43–53). \
         Highest: Registered, Chiang Rai 62%; lowest: Saved, Chiang Rai 24%. \
         Chiang Rai is higher than น่าน Nan in 1 of 2 rows. All numbers are in the data table."
    );
    let thai = DotInterval { about: about(Language::Th), ..chart }.draw(&released);
    assert!(thai.alt.contains("ต่างกัน +14 จุดร้อยละ (6–22)"), "{}", thai.alt);
    assert!(figure.csv.contains("Registered,a,nan,2021-Q4,,,,,value,0.477612,0.427612,0.527612"));
    assert!(figure.csv.contains(",nan,2021-Q4,difference,0.1413,0.0613,0.2199,0.95,680,share,published"));
}

#[test]
fn says_in_words_what_is_not_shown() {
    let mut refused = cell("b", "chiang_rai", Q4, 100.0, 412.0);
    refused.finding = Finding::Refused("too_few_clusters");
    let released = compared(
        vec![cell("a", "chiang_rai", Q4, 255.0, 412.0), KEPT.cell("a", "nan", Q4), refused],
        vec![difference("a", ("chiang_rai", "nan"), (0.0613, 0.1413, 0.2199))],
    );
    let figure = dots(vec![dot_row("Registered", "a"), dot_row("Saved", "b")]).draw(&released);
    check(&figure);
    KEPT.is_absent_from(&figure);
    assert!(!figure.svg.contains("0.1413") && !figure.alt.contains("14 points"));
    let texts: Vec<&str> = figure.labels.iter().map(|l| l.text.as_str()).collect();
    for words in
        ["น่าน Nan: withheld to protect people", "Chiang Rai: too uncertain to show", "น่าน Nan: no data"]
    {
        assert!(texts.contains(&words), "{words} in {texts:?}");
    }
    assert!(figure.alt.contains("Not shown: 1 withheld to protect people, 1 no data, 1 too"));
    // Nobody can tell a small cell from one that is withheld to protect another.
    assert!(!figure.csv.contains("threshold") && !figure.csv.contains("subtraction"));
}

#[test]
fn without_a_second_panel_writes_the_values_out() {
    let chart = DotInterval {
        difference_title: None,
        unit: Unit::Count,
        sites: sites().into_iter().take(1).collect(),
        ..dots(vec![dot_row("Reached", "a")])
    };
    let figure = chart.draw(&released(vec![count("a", "chiang_rai", Q4, 1204.0)]));
    check(&figure);
    assert!(figure.labels.iter().any(|l| l.text == "1,204" && l.anchor == Anchor::End));
    assert!(figure.labels.iter().any(|l| l.text == "Chiang Rai" && l.colour == "#004488"));
    assert!(!figure.csv.contains("difference"));
}

#[test]
fn ratios_stand_on_a_logarithmic_axis() {
    let ratio = |contrast: Contrast| Contrast { summary: "ratio", ..contrast };
    let released = compared(
        vec![cell("a", "chiang_rai", Q4, 255.0, 412.0), cell("a", "nan", Q4, 128.0, 268.0)],
        vec![ratio(difference("a", ("chiang_rai", "nan"), (0.5, 1.0, 2.0)))],
    );
    let figure = dots(vec![dot_row("Registered", "a")]).draw(&released);
    check(&figure);
    let whisker = paths(&figure.marks_svg, "whisker contrast");
    let (lower, value, upper) = (whisker[0][0].0, whisker[0][1].0, whisker[1][0].0);
    assert!(((value - lower) - (upper - value)).abs() <= 0.02);
    assert!(figure.labels.iter().any(|l| l.text == "½"));
    assert!(figure.alt.contains("ratio 1.00 (0.50–2.00)"));
}

#[test]
fn a_key_of_a_category_is_drawn_like_any_other() {
    let category = CellKey { dimension: "sex".into(), category: "female".into(), ..key("a", "nan", Q4) };
    let made = Cell { key: category.clone(), ..cell("a", "nan", Q4, 128.0, 268.0) };
    let row = DotRow { label: "Women".into(), cells: vec![category], contrast: None };
    let chart = DotInterval { sites: sites().into_iter().skip(1).collect(), ..dots(vec![row]) };
    let figure = chart.draw(&released(vec![made]));
    assert!(figure.csv.contains("Women,a,nan,2021-Q4,sex,female,,,value,0.477612"));
}

#[test]
fn rows_can_stand_in_the_order_of_their_difference() {
    let both = ("chiang_rai", "nan");
    let cells = ["a", "b", "c"]
        .into_iter()
        .flat_map(|i| [cell(i, "chiang_rai", Q4, 200.0, 400.0), cell(i, "nan", Q4, 200.0, 400.0)]);
    let cells: Vec<Cell> =
        cells.filter(|c| c.key != key("c", "nan", Q4)).chain([KEPT.cell("c", "nan", Q4)]).collect();
    let contrasts = [("a", 0.05), ("b", 0.15), ("c", 0.9)]
        .map(|(i, value)| difference(i, both, (value - 0.05, value, value + 0.05)));
    let chart = DotInterval {
        by_difference: true,
        with_n: true,
        ..dots(vec![dot_row("Least", "a"), dot_row("Kept", "c"), dot_row("Most", "b")])
    };
    let figure = chart.draw(&compared(cells, contrasts.to_vec()));
    check(&figure);
    let y = |text: &str| figure.labels.iter().find(|l| l.text == text).unwrap().y_pt;
    assert!(y("Most") < y("Least") && y("Least") < y("Kept"));
    assert!(figure.labels.iter().any(|l| l.text == "n = 400 · 400"));
    assert!(figure.labels.iter().any(|l| l.text == "n = 400 · –"));
}
