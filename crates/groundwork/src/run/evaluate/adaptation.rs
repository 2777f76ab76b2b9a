//! What became of indicators at the adaptations that were meant to move them.
//!
//! The course is split at the day of the adaptation: the mean of the full periods that end before
//! it, and of those that begin after it. The other sites over the same periods, each counting
//! once, show what happened without it. There is no test: periods of one site are few and depend
//! on each other.

use super::Ground;
use super::line::{Line, refusal};
use groundwork_disclosure::{CellKey, Estimate, Finding};
use groundwork_plan::evaluation::Adaptation as Design;
use groundwork_plan::indicator::Indicator;
use groundwork_plan::period::Period;
use jiff::civil::Date;

const METHOD: &str = "means.before_after";

/// The rows of the design: for every adaptation and indicator the values before and after, the
/// change, the change elsewhere, and the one beyond the other.
pub(super) fn rows(ground: &Ground<'_>, design: &Design) -> Vec<Estimate> {
    let mut out = Vec::new();
    for adaptation in &ground.log.all {
        for name in &adaptation.moves {
            let wanted = design.indicators.is_empty() || design.indicators.contains(name);
            let Some(indicator) = ground.plan.indicator(name).filter(|_| wanted) else { continue };
            let periods = periods_of(ground, indicator);
            let (before, after) = split(&periods, adaptation.on, design.periods);
            let before = Side { ground, indicator, periods: before };
            let after = Side { ground, indicator, periods: after };
            // Where a row names no site, nothing is elsewhere.
            let all = ground.plan.sites.iter().map(|s| s.id.as_str()).filter(|_| !adaptation.site.is_empty());
            let elsewhere: Vec<&str> = all.filter(|site| *site != adaptation.site).collect();
            let line = |sites: &[&str]| {
                let cells = sites.iter().flat_map(|site| {
                    before.periods.iter().chain(&after.periods).map(|p| CellKey::total(name, *site, &p.id()))
                });
                Line::about(ground, name, contrast(&before, &after)).on_cells(cells.collect::<Vec<_>>())
            };
            let here = line(&[&adaptation.site]);
            let term = format!("{}, {}", adaptation.id, adaptation.site);
            let own = [before.mean(&adaptation.site), after.mean(&adaptation.site)];
            let [Some((first, n1)), Some((last, n2))] = own else {
                let refusal = refusal(
                    "no_value",
                    "no full period with a value lies on one side of the adaptation",
                    "look again when a full period has passed, or compute the indicator by month",
                );
                out.push(here.refused("change at an adaptation", term, METHOD, &refusal));
                continue;
            };
            out.push(here.number("value before an adaptation", &term, METHOD, first, n1));
            out.push(here.number("value after an adaptation", &term, METHOD, last, n2));
            out.push(here.number("change at an adaptation", &term, METHOD, last - first, n1 + n2));
            if elsewhere.is_empty() {
                continue;
            }
            // A site has to have a value on both sides, or who is there would change.
            let others: Vec<(&str, f64, u64)> = elsewhere
                .iter()
                .filter_map(|site| {
                    let ((a, n1), (b, n2)) = (before.mean(site)?, after.mean(site)?);
                    Some((*site, b - a, n1 + n2))
                })
                .collect();
            let sites: Vec<&str> = others.iter().map(|(site, _, _)| *site).collect();
            let there = line(&sites);
            if others.is_empty() {
                let refusal = refusal(
                    "no_value",
                    "no other site has a value on both sides",
                    "read the change as one that nothing is set against",
                );
                out.push(line(&elsewhere).refused(
                    "change elsewhere at the same time",
                    term,
                    METHOD,
                    &refusal,
                ));
                continue;
            }
            let mean = others.iter().map(|(_, change, _)| change).sum::<f64>() / others.len() as f64;
            let n: u64 = others.iter().map(|(_, _, n)| n).sum();
            out.push(there.number("change elsewhere at the same time", &term, METHOD, mean, n));
            let both: Vec<&str> = std::iter::once(adaptation.site.as_str()).chain(sites).collect();
            let beyond = last - first - mean;
            out.push(line(&both).number("change beyond that elsewhere", &term, METHOD, beyond, n1 + n2 + n));
        }
    }
    out
}

/// The calendar's periods that an indicator has.
fn periods_of(ground: &Ground<'_>, indicator: &Indicator) -> Vec<Period> {
    let has = |p: &&Period| indicator.periods.iter().any(|own| own.id == p.id());
    ground.plan.calendar.periods.iter().filter(has).copied().collect()
}

/// The full periods nearest to a day, at most so many on each side; that in which it lies is on
/// neither.
fn split(periods: &[Period], day: Date, most: usize) -> (Vec<Period>, Vec<Period>) {
    let mut before: Vec<Period> = periods.iter().filter(|p| p.last_day() < day).copied().collect();
    before.drain(..before.len().saturating_sub(most));
    let after = periods.iter().filter(|p| p.first_day() > day).take(most).copied().collect();
    (before, after)
}

/// The periods on one side of an adaptation.
struct Side<'a> {
    ground: &'a Ground<'a>,
    indicator: &'a Indicator,
    periods: Vec<Period>,
}

impl Side<'_> {
    /// The mean of a site's values and the units behind them; nothing where it has none.
    fn mean(&self, site: &str) -> Option<(f64, u64)> {
        let mut values = Vec::new();
        let mut n = 0;
        for period in &self.periods {
            let cell = self.ground.cell(&CellKey::total(&self.indicator.id, site, &period.id()));
            if let Some(cell) = cell.filter(|c| !c.partial)
                && let Finding::Value { value, .. } = cell.finding
            {
                values.push(value);
                n += cell.n;
            }
        }
        (!values.is_empty()).then(|| (values.iter().sum::<f64>() / values.len() as f64, n))
    }
}

/// `2020-04 to 2020-06 - 2020-01 to 2020-03`.
fn contrast(before: &Side<'_>, after: &Side<'_>) -> String {
    format!("{} - {}", stretch(&after.periods), stretch(&before.periods))
}

fn stretch(periods: &[Period]) -> String {
    match periods {
        [] => "nothing".into(),
        [only] => only.id(),
        [first, .., last] => format!("{} to {}", first.id(), last.id()),
    }
}
