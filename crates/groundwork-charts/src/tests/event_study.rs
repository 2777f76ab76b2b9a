use super::*;
use crate::testing::{check, circles, paths, plain, rects, released, texts};

fn study() -> (EventStudy, groundwork_disclosure::Released) {
    let mut cells = Vec::new();
    let mut periods = Vec::new();
    for time in -3..=2 {
        let value = if time < 0 { 0.01 } else { 0.05 * f64::from(time + 1) };
        let name = |what: &str| format!("{what}{time}");
        cells.push(plain(&name("effect"), Unit::Share, value, Some((value - 0.03, value + 0.03))));
        cells.push(plain(&name("band"), Unit::Share, value, Some((value - 0.05, value + 0.05))));
        let number = |what: &str| (time != -1).then(|| key(&name(what), "", Q4).into());
        periods.push(EventPeriod { time, effect: number("effect"), band: number("band") });
    }
    let chart = EventStudy {
        about: about(Language::En),
        unit: Unit::Share,
        value_title: "Effect, points".into(),
        time_title: "Quarters".into(),
        event: "Adopted".into(),
        periods,
        binned: (true, false),
    };
    (chart, released(cells))
}

#[test]
fn intervals_and_band_stand_where_the_numbers_are() {
    let (chart, released) = study();
    let figure = chart.draw(&released);
    check(&figure);
    let (grid, null) = (paths(&figure.marks_svg, "grid"), paths(&figure.marks_svg, "null"));
    // Ticks from −5 or −10 upwards; the last is +20.
    let (zero, top) = ((0.0, first(&null[0]).1), (0.2, first(grid.last().unwrap()).1));
    let whiskers = paths(&figure.marks_svg, "whisker effect");
    let last = &whiskers[4];
    assert!(near(last[0].1, at(0.12, zero, top)) && near(last[1].1, at(0.18, zero, top)), "{last:?}");
    let bands = rects(&figure.marks_svg, "ribbon band");
    assert_eq!(bands.len(), 5);
    let [_, y, _, height] = bands[4];
    assert!(near(y, at(0.2, zero, top)) && near(y + height, at(0.1, zero, top)));
    // The reference is a ring on the zero line.
    let ring = circles(&figure.marks_svg, "ring")[0];
    assert!(near(ring[1], zero.1));
    for text in ["≤ −3", "−1", "0", "+2", "Adopted"] {
        assert!(texts(&figure).contains(&text), "{text}");
    }
    assert!(figure.csv.contains("band,0.15,0.1,0.2,0.95"));
}

#[test]
fn the_line_of_adoption_stands_before_the_first_period_after_it() {
    let (chart, released) = study();
    let figure = chart.draw(&released);
    let line = first(&paths(&figure.marks_svg, "event")[0]).0;
    let ring = circles(&figure.marks_svg, "ring")[0][0];
    let effects = circles(&figure.marks_svg, "value contrast");
    assert!(ring < line && line < effects[2][0]);
}
