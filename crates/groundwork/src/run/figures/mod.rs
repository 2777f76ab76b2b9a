//! Figures: which charts a report has, and what they are told. Numbers are looked up in what was
//! released; nothing else can be drawn. One file for each group of charts; each gives every chart
//! of its kinds that the plan and the results can fill.

mod answers;
mod evaluated;
mod overview;
mod people;
mod within;

use super::adaptations::Log;
use groundwork_charts::{About, ChartSite, Figure};
use groundwork_disclosure::{CellKey, Released, Status};
use groundwork_plan::indicator::Indicator;
use groundwork_plan::number::{Unit, digits, format_value, month_name, year_of};
use groundwork_plan::period::{Frequency, Period};
use groundwork_plan::plan::{Plan, Report};
use groundwork_plan::text::Language;
use groundwork_report::Words;

/// A figure of a report.
pub(super) struct Drawn {
    /// Its identifier, used in file names.
    pub(super) id: String,
    /// The kind of chart, as a pipeline names it.
    pub(super) chart: &'static str,
    /// The part of the report that it belongs to.
    pub(super) section: String,
    /// The evaluation or the indicator that it is about; empty where it is about several.
    pub(super) about: String,
    /// The text under it.
    pub(super) caption: String,
    /// The drawing.
    pub(super) figure: Figure,
}

/// What every group of charts is drawn from.
pub(super) struct Studio<'a> {
    pub(super) plan: &'a Plan,
    pub(super) report: &'a Report,
    pub(super) released: &'a Released,
    pub(super) words: &'a Words,
    /// How wide charts are, points.
    pub(super) width_pt: f64,
    pub(super) log: &'a Log,
}

/// The width of charts on a printed page, and on a narrow screen, points.
pub(super) const WIDE: f64 = 470.0;
pub(super) const NARROW: f64 = 260.0;

/// Every figure of a report, in order: those that the pipeline names, or all that can be filled.
pub(super) fn draw(studio: &Studio<'_>) -> Vec<Drawn> {
    let mut all = overview::draw(studio);
    all.extend(people::draw(studio));
    all.extend(answers::draw(studio));
    all.extend(within::draw(studio));
    all.extend(evaluated::draw(studio));
    let Some(wanted) = &studio.report.charts else {
        return all;
    };
    let mut out = Vec::new();
    for (section, charts) in wanted {
        for chart in charts {
            let (mut taken, rest): (Vec<Drawn>, Vec<Drawn>) = all.into_iter().partition(|d| d.chart == chart);
            all = rest;
            for drawn in taken.iter_mut().filter(|drawn| drawn.section != "cell") {
                drawn.section.clone_from(section);
            }
            out.extend(taken);
        }
    }
    out
}

impl Studio<'_> {
    fn language(&self) -> Language {
        self.words.language()
    }

    /// A chart that says what stands out, about a subject.
    fn about(&self, subject: &str, what: String) -> About {
        About { with_finding: true, width_pt: self.width_pt, ..About::new(subject, what, self.language()) }
    }

    /// What is shown, where and when.
    fn at(&self, what: &str, site: &str, period: Period) -> String {
        let when = self.when(period);
        let place = self.place(site);
        self.words.fill("charts.at", &[("what", what), ("where", &place), ("when", &when)])
    }

    fn place(&self, site: &str) -> String {
        let all = || self.words.fill("all_sites", &[]);
        self.plan
            .sites
            .iter()
            .find(|s| s.id == site)
            .map_or_else(all, |s| s.name.get(self.language()).to_owned())
    }

    /// The name of a site, or of what stands in its place and is no site of the programme.
    fn place_or_name(&self, site: &str) -> String {
        match self.plan.sites.iter().any(|s| s.id == site) {
            true => self.place(site),
            false => self.word(site),
        }
    }

    fn when(&self, period: Period) -> String {
        period_label(period, self.language())
    }

    /// The level of an indicator's intervals: `95%`.
    fn level(&self, indicator: Option<&Indicator>) -> String {
        let level = indicator.or(self.plan.indicators.first()).map_or(0.95, |i| i.level);
        format_value(level, &Unit::Share, self.language())
    }

    fn title<'i>(&self, indicator: &'i Indicator) -> &'i str {
        indicator.title.get(self.language())
    }

    /// A column, a step or a dimension for readers.
    fn word(&self, word: &str) -> String {
        self.plan.labels.word(word, self.language())
    }

    /// A category of a dimension for readers.
    fn category(&self, dimension: &str, category: &str) -> String {
        self.plan.labels.category(dimension, category, self.language())
    }

    fn unit_title(&self, unit: &Unit) -> String {
        let path = match unit {
            Unit::Share => "charts.share",
            Unit::Count => "charts.people",
            Unit::Ratio | Unit::Score | Unit::Amount(_) => "charts.value",
        };
        self.words.fill(path, &[])
    }

    /// The sites, or one without a name where everything is one place.
    fn lines(&self) -> Vec<(&str, ChartSite)> {
        if self.plan.sites.is_empty() {
            return vec![("", ChartSite::new("", None))];
        }
        let sites = self.plan.sites.iter();
        sites.map(|s| (s.id.as_str(), ChartSite::new(s.name.get(self.language()), s.role))).collect()
    }

    fn site(&self, id: &str) -> ChartSite {
        let found = self.plan.sites.iter().find(|s| s.id == id);
        found.map_or_else(
            || ChartSite::new(self.place(""), None),
            |s| ChartSite::new(s.name.get(self.language()), s.role),
        )
    }

    /// The cell that speaks for all sites: their total, or the only site's.
    fn overall(&self, indicator: &str, period: Period) -> CellKey {
        let key = CellKey::total(indicator, "", &period.id());
        match self.plan.sites.as_slice() {
            [only] if self.released.cell(&key).is_none() => CellKey::total(indicator, &only.id, &period.id()),
            _ => key,
        }
    }

    /// How many of some cells are published with a value.
    fn published<'k>(&self, keys: impl IntoIterator<Item = &'k CellKey>) -> usize {
        let is = |key: &&CellKey| {
            self.released.cell(key).is_some_and(|c| c.status() == Status::Published && c.value().is_some())
        };
        keys.into_iter().filter(is).count()
    }

    /// The periods up to that of the report, at most so many.
    fn periods(&self, most: usize) -> Vec<Period> {
        let all: Vec<Period> =
            self.plan.calendar.periods.iter().copied().filter(|p| *p <= self.report.period).collect();
        all.get(all.len().saturating_sub(most)..).unwrap_or_default().to_vec()
    }
}

/// A period in words: `Q4 2021`, `November 2021`, `2021`; Thai years in the Buddhist era.
pub(super) fn period_label(period: Period, language: Language) -> String {
    let (year, quarter) = period.year_and_quarter();
    let year = year_of(year, language);
    let label = match (period.frequency(), language) {
        (Frequency::Year, _) => year.to_string(),
        (Frequency::FiscalYear(_), Language::Th) => format!("ปีงบประมาณ {year}"),
        (Frequency::FiscalYear(_), Language::My) => format!("{year} ဘဏ္ဍာနှစ်"),
        (Frequency::FiscalYear(_), Language::En) => format!("FY{year}"),
        (Frequency::FiscalQuarter(_), Language::Th) => {
            format!("ไตรมาส {quarter} ปีงบประมาณ {year}")
        }
        (Frequency::FiscalQuarter(_), Language::My) => {
            format!("{year} ဘဏ္ဍာနှစ် {quarter} သုံးလပတ်")
        }
        (Frequency::FiscalQuarter(_), Language::En) => format!("Q{quarter} FY{year}"),
        (Frequency::Quarter, Language::Th) => format!("ไตรมาส {quarter} ปี {year}"),
        (Frequency::Quarter, Language::My) => format!("{year} ခုနှစ် {quarter} သုံးလပတ်"),
        (Frequency::Quarter, Language::En) => format!("Q{quarter} {year}"),
        (Frequency::Month, Language::My) => {
            let month = month_name(period.first_day().month(), language);
            format!("{year} ခုနှစ် {month}")
        }
        (Frequency::Month, _) => {
            let month = month_name(period.first_day().month(), language);
            format!("{month} {year}")
        }
    };
    digits(&label, language)
}
