use super::*;
use crate::testing::{KEPT, check, circles, paths, released, texts};

fn sparklines() -> Sparklines {
    let line = |(site, id): (&ChartSite, &str)| Sparkline {
        label: site.name.clone(),
        site: site.clone(),
        cells: periods(4).iter().map(|p| key("a", id, &p.id())).collect(),
    };
    Sparklines {
        about: about(Language::En),
        unit: Unit::Share,
        cell_width_pt: 90.0,
        with_value: true,
        periods: periods(4).iter().map(|p| period_label(*p, Language::En)).collect(),
        lines: sites().iter().zip(["chiang_rai", "nan"]).map(line).collect(),
    }
}

#[test]
fn lines_of_one_column_have_one_scale() {
    let figures = sparklines().draw(&released(trend_cells("a", 4)));
    let ends: Vec<(f64, f64)> = figures
        .iter()
        .zip(["line origin", "line adaptation"])
        .map(|(figure, class)| {
            check(figure);
            let line = &paths(&figure.marks_svg, class)[0];
            (line[0].1, line[3].1)
        })
        .collect();
    // 40 to 47.5 % and 35 to 42.5 %: what differs by five points differs by as much everywhere.
    assert!(near(ends[1].0 - ends[0].0, ends[1].1 - ends[0].1));
    assert!(ends[1].0 > ends[0].0);
    assert_eq!(texts(&figures[0]), ["48%"]);
    assert_eq!(circles(&figures[0].marks_svg, "value origin").len(), 1);
    assert!(figures[0].alt.contains("Chiang Rai rises from 40% (Q3 ’19) to 48% (Q2 ’20)"));
}

#[test]
fn a_withheld_last_value_has_a_sign() {
    let mut cells = trend_cells("a", 4);
    let last = key("a", "nan", &periods(4)[3].id());
    cells.retain(|cell| cell.key != last);
    cells.push(KEPT.cell("a", "nan", &last.period));
    let figures = sparklines().draw(&released(cells));
    KEPT.is_absent_from(&figures[1]);
    assert!(texts(&figures[1]).is_empty());
    assert_eq!(paths(&figures[1].marks_svg, "withheld").len(), 1);
    assert_eq!(paths(&figures[1].marks_svg, "line adaptation")[0].len(), 3);
}
