//! The colours, shapes, dashes and sizes of every chart: one meaning each, in one place.

use groundwork_plan::site::SiteRole;

/// The sign that stands for a site's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// A filled circle.
    Circle,
    /// A square with a white inside.
    HollowSquare,
    /// A diamond with a white inside.
    HollowDiamond,
    /// A filled square.
    Square,
    /// A filled diamond.
    Diamond,
}

/// How a line is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dash {
    /// Not at all.
    #[default]
    Solid,
    /// 4 pt drawn, 2 pt left out.
    Dashed,
    /// Dots at a distance.
    Dotted,
}

impl Dash {
    /// Lengths drawn and left out in turn, as SVG writes them; `None` for a solid line.
    pub(crate) fn array(self) -> Option<&'static str> {
        match self {
            Dash::Solid => None,
            Dash::Dashed => Some("4 2"),
            Dash::Dotted => Some("1 2"),
        }
    }
}

/// How a site looks in every chart. Colour never stands alone: shape and dash say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteStyle {
    /// The word for the role, used as a class in the SVG.
    pub role: &'static str,
    /// Colour of lines and markers, at least 3:1 on white, as `#RRGGBB`.
    pub mark: &'static str,
    /// Colour of text, at least 4.5:1 on white, as `#RRGGBB`.
    pub text: &'static str,
    /// The sign of a value.
    pub marker: Marker,
    /// The dash of lines.
    pub dash: Dash,
}

impl SiteStyle {
    /// The style of a role; `None` stands for all sites together.
    pub fn of(role: Option<SiteRole>) -> Self {
        match role {
            Some(SiteRole::Origin) => Self {
                role: "origin",
                mark: "#004488",
                text: "#004488",
                marker: Marker::Circle,
                dash: Dash::Solid,
            },
            Some(SiteRole::Adaptation) => Self {
                role: "adaptation",
                mark: "#D55E00",
                text: "#B5480A",
                marker: Marker::HollowSquare,
                dash: Dash::Dashed,
            },
            Some(SiteRole::Comparison) => Self {
                role: "comparison",
                mark: "#767676",
                text: "#595959",
                marker: Marker::HollowDiamond,
                dash: Dash::Dotted,
            },
            None => Self {
                role: "all",
                mark: "#333333",
                text: "#333333",
                marker: Marker::Square,
                dash: Dash::Solid,
            },
        }
    }

    /// The style of what is compared rather than observed: differences and ratios of sites.
    pub(crate) fn contrast() -> Self {
        Self { role: "contrast", mark: EMPHASIS, text: EMPHASIS, marker: Marker::Diamond, dash: Dash::Solid }
    }
}

/// The paper.
pub(crate) const PAPER: &str = "#FFFFFF";
/// Targets, zero lines, differences, titles.
pub(crate) const EMPHASIS: &str = "#333333";
/// Text that stands back: ticks, words for what is not shown.
pub(crate) const QUIET: &str = "#595959";
/// Marks of what is not shown.
pub(crate) const HIDDEN: &str = "#767676";
/// Grid lines. They carry no information that the tick labels do not carry.
pub(crate) const GRID: &str = "#D9D9D9";
/// Lines between rows.
pub(crate) const ROW: &str = "#EFEFEF";
/// Lines that lead from a label to its mark.
pub(crate) const LEADER: &str = "#949494";
/// A shaded stretch of time.
pub(crate) const BAND: &str = "#EFEFEF";
/// The hatching of a shaded stretch of time.
pub(crate) const HATCH: &str = "#C8C8C8";

/// The light part of a bar: what was lost, what is expected.
pub(crate) const LIGHT: &str = "#E4E4E4";
/// Classes from low to high, of one hue that no site has, and each much darker than the last.
pub(crate) const SEQUENTIAL: [&str; 5] = ["#F7E7EB", "#E2BDC7", "#C98D9F", "#9B556C", "#5F2A3C"];
/// Answers from disagreement to agreement without the one between: strong, weak, weak, strong.
pub(crate) const DIVERGING: [&str; 4] = ["#A50026", "#FDB366", "#98CAE1", "#364B9A"];
/// The answer between.
pub(crate) const NEUTRAL: &str = "#BDBDBD";

/// How much of a ribbon's colour covers what lies below, in hundredths.
pub(crate) const RIBBON_ALPHA: u8 = 18;

/// Tick labels and the words for what is not shown, in points: the smallest text there is.
pub(crate) const SMALL: f64 = 7.5;
/// Direct labels, in points.
pub(crate) const DIRECT: f64 = 8.0;
/// Row labels and panel titles, in points.
pub(crate) const LABEL: f64 = 8.5;

/// The title of a chart that stands alone, in points.
pub(crate) const HEADLINE: f64 = 11.0;

/// The thinnest line, in points.
pub(crate) const HAIR: f64 = 0.75;
/// Zero lines and axes, in points.
pub(crate) const AXIS: f64 = 1.0;
/// Whiskers and lines of a trend, in points.
pub(crate) const LINE: f64 = 1.5;
/// Targets, in points.
pub(crate) const TARGET: f64 = 2.0;

/// Normal weight.
pub(crate) const REGULAR: u16 = 400;
/// Weight of titles and of the names of sites.
pub(crate) const BOLD: u16 = 700;

/// The parts of a colour `#RRGGBB`; black when it is not one.
pub(crate) fn rgb(hex: &str) -> (u8, u8, u8) {
    let part = |from: usize| {
        hex.get(from..from + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or(0)
    };
    (part(1), part(3), part(5))
}

/// Relative luminance of a colour, as WCAG 2.2 defines it.
fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
    let linear = |part: u8| {
        let c = f64::from(part) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// The contrast of two colours, 1 to 21, as WCAG 2.2 defines it.
pub(crate) fn contrast_of(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (f64::max(a, b) + 0.05) / (f64::min(a, b) + 0.05)
}

/// The colour of a text on a ground: dark or the paper, whichever stands out more.
pub(crate) fn text_on(ground: &str) -> &'static str {
    let stands = |ink: &str| contrast_of(rgb(ink), rgb(ground));
    if stands(EMPHASIS) >= stands(PAPER) { EMPHASIS } else { PAPER }
}

#[cfg(test)]
mod vision;

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Option<SiteRole>; 4] =
        [Some(SiteRole::Origin), Some(SiteRole::Adaptation), Some(SiteRole::Comparison), None];

    fn contrast(a: &str, b: &str) -> f64 {
        contrast_of(rgb(a), rgb(b))
    }

    #[test]
    fn marks_stand_out_from_the_paper() {
        for role in ROLES {
            let style = SiteStyle::of(role);
            assert!(contrast(style.mark, PAPER) >= 3.0, "{}", style.role);
        }
        assert!(contrast(HIDDEN, PAPER) >= 3.0);
        assert!(contrast(EMPHASIS, PAPER) >= 3.0);
        assert!(contrast(LEADER, PAPER) >= 3.0);
        // And from a shaded stretch of time.
        for role in ROLES {
            assert!(contrast(SiteStyle::of(role).mark, BAND) >= 3.0);
        }
    }

    #[test]
    fn text_can_be_read() {
        for role in ROLES {
            let style = SiteStyle::of(role);
            assert!(contrast(style.text, PAPER) >= 4.5, "{}", style.role);
        }
        for text in [EMPHASIS, QUIET] {
            assert!(contrast(text, PAPER) >= 4.5);
            assert!(contrast(text, BAND) >= 4.5);
        }
        // Numbers are written on every class and every answer.
        for ground in SEQUENTIAL.into_iter().chain(DIVERGING).chain([NEUTRAL, LIGHT]) {
            assert!(contrast(text_on(ground), ground) >= 4.5, "{ground}");
        }
        for size in [SMALL, DIRECT, LABEL] {
            assert!(size >= 7.5);
        }
        for line in [HAIR, AXIS, LINE, TARGET] {
            assert!(line >= 0.75);
        }
    }

    #[test]
    fn no_two_roles_share_a_sign_or_a_colour() {
        let styles: Vec<SiteStyle> = ROLES.into_iter().map(SiteStyle::of).collect();
        for (i, a) in styles.iter().enumerate() {
            for b in styles.iter().skip(i + 1) {
                assert_ne!(a.mark, b.mark);
                assert_ne!(a.marker, b.marker);
            }
        }
    }
}
