//! Periods as places on an axis of time, and what is written at them.

use crate::canvas::{Type, extent};
use crate::scene::Anchor;
use groundwork_plan::number::{digits, year_of};
use groundwork_plan::period::{Frequency, Period};
use groundwork_plan::text::Language;

/// No axis has more ticks.
const MOST_TICKS: usize = 6;

/// A stretch of time in whole months since the year 0: from the beginning of the first to the
/// end of the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: i32,
    pub(crate) to: i32,
}

impl Span {
    /// The span of a period.
    pub(crate) fn of(period: Period) -> Self {
        let first = period.first_day();
        let from = i32::from(first.year()) * 12 + i32::from(first.month()) - 1;
        let months = match period.frequency() {
            Frequency::Month => 1,
            Frequency::Quarter | Frequency::FiscalQuarter(_) => 3,
            Frequency::Year | Frequency::FiscalYear(_) => 12,
        };
        Self { from, to: from + months }
    }

    /// The middle of the span, in months.
    pub(crate) fn middle(self) -> f64 {
        f64::from(self.from + self.to) / 2.0
    }

    fn months(self) -> i32 {
        (self.to - self.from).max(1)
    }
}

/// How a period is written at an axis: `Q3 ’21`, `Nov ’21`, `2021`; `ไตร. 3/64`, `11/64`, `2564`, for
/// Thai readers count from the Buddhist era; `Q၃ ’၂၁`, `၁၁/၂၁`, `၂၀၂၁`.
pub fn period_label(period: Period, language: Language) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, quarter) = period.year_and_quarter();
    let year = year_of(year, language);
    let short = year.rem_euclid(100);
    let month = period.first_day().month();
    let label = match (period.frequency(), language) {
        (Frequency::Year, _) => year.to_string(),
        (Frequency::FiscalYear(_), Language::Th) => format!("ปีงบ {year}"),
        (Frequency::FiscalYear(_), Language::My) => format!("ဘဏ္ဍာ {short:02}"),
        (Frequency::FiscalYear(_), Language::En) => format!("FY{short:02}"),
        (Frequency::Quarter | Frequency::FiscalQuarter(_), Language::Th) => {
            format!("ไตร. {quarter}/{short:02}")
        }
        (Frequency::Quarter | Frequency::FiscalQuarter(_), _) => format!("Q{quarter} ’{short:02}"),
        (Frequency::Month, Language::En) => {
            let name = usize::try_from(month - 1).ok().and_then(|m| MONTHS.get(m)).unwrap_or(&"");
            format!("{name} ’{short:02}")
        }
        (Frequency::Month, _) => format!("{month}/{short:02}"),
    };
    digits(&label, language)
}

/// Which of the labels are written: no more than six, at even steps that fall on round periods,
/// none over another. Takes and gives places in points, between two ends.
pub(crate) fn ticks(labels: &[(Span, f64, String)], ends: (f64, f64)) -> Vec<(f64, String)> {
    let Some((first, _, _)) = labels.first() else {
        return Vec::new();
    };
    let steps: &[i32] = match first.months() {
        1 => &[1, 2, 3, 6, 12, 24, 36, 60, 120],
        3 => &[1, 2, 4, 8, 12, 16, 20, 40],
        _ => &[1, 2, 5, 10, 20, 50, 100],
    };
    let box_of = |(_, x, text): &&(Span, f64, String)| {
        let (left, right) = extent(*x, Type::SMALL.width(text), Anchor::Middle);
        // What would stand out is moved in, and may meet its neighbour.
        let shift = f64::max(ends.0 - left, 0.0) - f64::max(right - ends.1, 0.0);
        (left + shift, right + shift)
    };
    let apart = |chosen: &[&(Span, f64, String)]| {
        let boxes: Vec<(f64, f64)> = chosen.iter().map(box_of).collect();
        boxes.windows(2).all(|pair| matches!(pair, [a, b] if a.1 + 4.0 <= b.0))
    };
    let every = |step: &i32| {
        labels.iter().filter(|(span, _, _)| (span.from / span.months()) % step == 0).collect::<Vec<_>>()
    };
    let enough = labels.len().min(2);
    let chosen = steps
        .iter()
        .map(every)
        .find(|chosen| (enough..=MOST_TICKS).contains(&chosen.len()) && apart(chosen))
        .or_else(|| {
            let both: Vec<_> = [labels.first(), labels.last()].into_iter().flatten().collect();
            (labels.len() > 1 && apart(&both)).then_some(both)
        })
        .unwrap_or_else(|| labels.last().into_iter().collect());
    chosen.into_iter().map(|(_, x, text)| (*x, text.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarters(n: usize, pitch: f64) -> Vec<(Span, f64, String)> {
        let mut period = Period::parse("2019-Q3").unwrap();
        (0..n)
            .map(|i| {
                let label = (Span::of(period), 20.0 + pitch * i as f64, period_label(period, Language::En));
                period = period.next();
                label
            })
            .collect()
    }

    #[test]
    fn periods_are_labelled_as_readers_write_them() {
        let label = |id, language| period_label(Period::parse(id).unwrap(), language);
        assert_eq!(label("2021-Q3", Language::En), "Q3 ’21");
        assert_eq!(label("2009-11", Language::En), "Nov ’09");
        assert_eq!(label("2021", Language::En), "2021");
        assert_eq!(label("2021-Q3", Language::Th), "ไตร. 3/64");
        assert_eq!(label("2021-Q3", Language::My), "Q၃ ’၂၁");
        assert_eq!(label("2009-11", Language::My), "၁၁/၀၉");
    }

    #[test]
    fn ticks_fall_on_round_periods_and_have_room() {
        let text = |labels: &[(Span, f64, String)]| -> Vec<String> {
            ticks(labels, (0.0, 1000.0)).into_iter().map(|(_, text)| text).collect()
        };
        assert_eq!(text(&quarters(4, 40.0)), ["Q3 ’19", "Q4 ’19", "Q1 ’20", "Q2 ’20"]);
        assert_eq!(text(&quarters(10, 40.0)), ["Q3 ’19", "Q1 ’20", "Q3 ’20", "Q1 ’21", "Q3 ’21"]);
        assert_eq!(text(&quarters(10, 9.0)), ["Q1 ’20", "Q1 ’21"]);
        assert_eq!(text(&quarters(1, 9.0)), ["Q3 ’19"]);
        assert_eq!(text(&quarters(2, 2.0)), ["Q4 ’19"]);
        assert!(text(&[]).is_empty());
        assert!(text(&quarters(400, 40.0)).len() <= 6);
    }
}
