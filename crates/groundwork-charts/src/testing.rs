//! What the tests of this crate share: released values, and rules that every figure keeps.

use crate::canvas::extent;
use crate::figure::Figure;
use crate::label;
use groundwork_disclosure::{Cell, CellKey, Contrast, Counts, Finding, Released, release};
use groundwork_plan::disclosure::{Audience, Policy};
use groundwork_plan::number::{Unit, digits};
use groundwork_plan::text::Language;

/// The key of a total.
pub(crate) fn key(indicator: &str, site: &str, period: &str) -> CellKey {
    CellKey::total(indicator, site, period)
}

/// A share with an interval of ten points around it.
pub(crate) fn cell(indicator: &str, site: &str, period: &str, part: f64, whole: f64) -> Cell {
    let value = part / whole;
    Cell {
        key: key(indicator, site, period),
        numerator: part,
        denominator: Some(whole),
        immature: None,
        n: whole as u64,
        counts: Counts::Part,
        unit: Unit::Share,
        method: "wilson",
        finding: Finding::Value { value, interval: Some((value - 0.05, value + 0.05, 0.95)) },
        people: true,
        partial: false,
        inputs: Vec::new(),
    }
}

/// A number of people, all of them counted.
pub(crate) fn count(indicator: &str, site: &str, period: &str, value: f64) -> Cell {
    Cell {
        numerator: value,
        denominator: None,
        n: value as u64,
        counts: Counts::Total,
        unit: Unit::Count,
        method: "full_count",
        finding: Finding::Value { value, interval: None },
        ..cell(indicator, site, period, value, 1.0)
    }
}

/// A difference of two sites in one indicator and period.
pub(crate) fn difference(indicator: &str, sites: (&str, &str), value: (f64, f64, f64)) -> Contrast {
    Contrast {
        evaluation: "adapts".into(),
        cell: key(indicator, sites.0, "2021-Q4"),
        reference: key(indicator, sites.1, "2021-Q4"),
        unit: Unit::Share,
        summary: "difference",
        method: "mn.score",
        finding: Finding::Value { value: value.1, interval: Some((value.0, value.2, 0.95)) },
        std_error: None,
        statistic: None,
        df: None,
        p_value: None,
        n: 680,
        n_clusters: None,
    }
}

/// Numbers that stand in a cell under the threshold, and how each could appear in a file.
pub(crate) struct Kept {
    part: f64,
    whole: f64,
    /// Texts of which none may appear.
    pub(crate) texts: [&'static str; 4],
}

/// A cell that must be withheld: 3 of 8 971, with texts that no other number of a test gives.
pub(crate) const KEPT: Kept =
    Kept { part: 3.0, whole: 8_971.0, texts: ["8971", "8,971", "0.000334", "0.050334"] };

impl Kept {
    /// The cell, on its way to the gate.
    pub(crate) fn cell(&self, indicator: &str, site: &str, period: &str) -> Cell {
        cell(indicator, site, period, self.part, self.whole)
    }

    /// The cell with other numbers that are withheld as well; any other cell as it is.
    pub(crate) fn exchanged(&self, given: Cell) -> Cell {
        if given.numerator != self.part || given.denominator != Some(self.whole) {
            return given;
        }
        let finding = Finding::Value { value: 0.9, interval: None };
        Cell { numerator: 4.0, denominator: Some(60.0), n: 60, finding, ..given }
    }

    /// That none of the cell's numbers is anywhere in a figure.
    pub(crate) fn is_absent_from(&self, figure: &Figure) {
        let labels: Vec<&str> = figure.labels.iter().map(|l| l.text.as_str()).collect();
        let labels = labels.join("\n");
        for output in [&figure.svg, &figure.marks_svg, &figure.csv, &figure.alt, &labels] {
            for text in self.texts {
                assert!(!output.contains(text), "{text} in {output}");
                let burmese = digits(text, Language::My);
                assert!(!output.contains(&burmese), "{burmese} in {output}");
            }
        }
    }
}

/// What passes the gate towards a partner.
pub(crate) fn released(cells: Vec<Cell>) -> Released {
    compared(cells, vec![])
}

/// What passes the gate towards a partner, with comparisons.
pub(crate) fn compared(cells: Vec<Cell>, contrasts: Vec<Contrast>) -> Released {
    let policy = Policy::of(Audience::Partner);
    release(cells, contrasts, &policy)
}

/// The rules that every figure keeps: text is large enough, inside, and apart; the description
/// is short; the marks have no text; nothing is written with more than two decimals.
pub(crate) fn check(figure: &Figure) {
    assert!(figure.alt.chars().count() <= 500);
    assert!(!figure.marks_svg.contains("<text"));
    assert!(!figure.svg.contains("NaN") && !figure.svg.contains("inf\""));
    assert!(figure.svg.contains("role=\"img\""));
    let boxes: Vec<_> = figure
        .labels
        .iter()
        .map(|l| {
            assert!(l.size_pt >= 7.5, "{l:?}");
            assert!(l.weight == 400 || l.weight == 700);
            let (left, right) = extent(l.x_pt, label::width(&l.text, l.size_pt, l.weight), l.anchor);
            // Lines of Thai and Burmese are set tighter than their tallest stacks.
            let (top, bottom) = (l.y_pt - 0.76 * l.size_pt, l.y_pt + 0.22 * l.size_pt);
            assert!(left >= -0.01 && right <= figure.width_pt + 0.01, "clipped: {l:?}");
            assert!(top >= -0.01 && bottom <= figure.height_pt + 0.01, "clipped: {l:?}");
            (left, right, top, bottom, &l.text)
        })
        .collect();
    for (i, a) in boxes.iter().enumerate() {
        for b in boxes.iter().skip(i + 1) {
            let apart = a.1 <= b.0 || b.1 <= a.0 || a.3 <= b.2 || b.3 <= a.2;
            assert!(apart, "overlapping: {a:?} {b:?}");
        }
    }
    for number in numbers(&figure.marks_svg) {
        let decimals = number.split_once('.').map_or(0, |(_, part)| part.len());
        assert!(decimals <= 2, "{number}");
    }
}

/// The numbers in an SVG text, in order, as they are written.
pub(crate) fn numbers(svg: &str) -> Vec<&str> {
    svg.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
        .filter(|part| part.chars().any(|c| c.is_ascii_digit()) && !part.contains("..."))
        .filter(|part| part.parse::<f64>().is_ok())
        .collect()
}

/// The points of every path in the groups of one class, in order.
pub(crate) fn paths(svg: &str, class: &str) -> Vec<Vec<(f64, f64)>> {
    let open = format!("<g class=\"{class}\">");
    svg.split(&open)
        .skip(1)
        .filter_map(|rest| rest.split("</g>").next())
        .flat_map(|group| group.split(" d=\"").skip(1))
        .filter_map(|rest| rest.split('"').next())
        .flat_map(|d| d.split('M').skip(1))
        .map(|sub| {
            sub.trim_end_matches('Z')
                .split('L')
                .filter_map(|point| {
                    let (x, y) = point.split_once(' ')?;
                    Some((x.parse().ok()?, y.parse().ok()?))
                })
                .collect()
        })
        .collect()
}

/// The rectangles in the groups of one class, in order: left, top, width, height.
pub(crate) fn rects(svg: &str, class: &str) -> Vec<[f64; 4]> {
    shapes(svg, class, "<rect", ["x", "y", "width", "height"])
}

/// The circles in the groups of one class, in order: place and radius.
pub(crate) fn circles(svg: &str, class: &str) -> Vec<[f64; 3]> {
    shapes(svg, class, "<circle", ["cx", "cy", "r"])
}

fn shapes<const N: usize>(svg: &str, class: &str, element: &str, names: [&str; N]) -> Vec<[f64; N]> {
    let open = format!("<g class=\"{class}\">");
    let value = |tag: &str, name: &str| -> Option<f64> {
        tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.parse().ok()
    };
    svg.split(&open)
        .skip(1)
        .filter_map(|rest| rest.split("</g>").next())
        .flat_map(|group| group.split(element).skip(1))
        .filter_map(|rest| rest.split('>').next())
        .map(|tag| names.map(|name| value(tag, name).unwrap_or(f64::NAN)))
        .collect()
}

/// A value that counts nobody, with an interval.
pub(crate) fn plain(indicator: &str, unit: Unit, value: f64, interval: Option<(f64, f64)>) -> Cell {
    let interval = interval.map(|(lower, upper)| (lower, upper, 0.95));
    let finding = Finding::Value { value, interval };
    Cell { unit, people: false, finding, ..cell(indicator, "", "2021-Q4", 200.0, 400.0) }
}

/// The texts of a figure.
pub(crate) fn texts(figure: &Figure) -> Vec<&str> {
    figure.labels.iter().map(|label| label.text.as_str()).collect()
}
