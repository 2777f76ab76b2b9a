//! Steps of a cohort: how many are left after each, and how many were lost on the way to it.
//!
//! Bars have one left edge: the sides of a tapered funnel would show areas that are no numbers.

use crate::alt::{Description, Sentences};
use crate::axis::Axis;
use crate::catalogue::Phrase;
use crate::figure::{About, ChartSite, Figure};
use crate::scaffold;
use crate::sheet::{Column, Sheet, SheetPlan, SheetRow};
use crate::table::{NumberKey, Shown, Table, number};
use crate::theme::{self, SiteStyle};
use groundwork_disclosure::Released;
use groundwork_plan::number::Unit;

/// Height of a bar, in points.
const BAR: f64 = 12.0;
/// The most steps that are read as one picture.
const MOST_STEPS: usize = 10;

/// How many of a cohort got through each of several steps.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::site::SiteRole;
/// use groundwork_plan::text::Language;
///
/// let chart = Steps {
///     about: About::new("Most drop out before they file.", "children, cohort of 2021", Language::En),
///     value_title: "Children".into(),
///     site: ChartSite::new("Nan", Some(SiteRole::Adaptation)),
///     steps: vec![Step {
///         label: "Application filed".into(),
///         number: CellKey::total("filed", "nan", "2021").into(),
///     }],
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Steps {
    /// Title, description, language, width.
    pub about: About,
    /// The title above the bars: `Children, cohort of 2021`.
    pub value_title: String,
    /// The site, which decides how the bars look.
    pub site: ChartSite,
    /// The steps, from the first.
    pub steps: Vec<Step>,
}

/// One step of [`Steps`].
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What was done.
    pub label: String,
    /// How many did it: a cell of a count, or what a cell counts.
    pub number: NumberKey,
}

/// A part of a whole that are both published, in words.
fn part(part: Option<f64>, whole: Option<f64>, about: &About) -> Option<String> {
    let (part, whole) = (part?, whole.filter(|whole| *whole > 0.0)?);
    Some(about.value(part / whole, &Unit::Share))
}

impl Steps {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let shown: Vec<Shown> =
            self.steps.iter().map(|step| number(released, &step.number, &Unit::Count).0).collect();
        let values: Vec<Option<f64>> = shown.iter().map(|s| s.reading().map(|r| r.value)).collect();
        let sheet = self.paint(&shown, &values);
        let mut table = Table::default();
        for (step, shown) in self.steps.iter().zip(&shown) {
            table.number(&step.label, "value", &step.number, *shown, &Unit::Count);
        }
        let alt = self.describe(&shown, &values);
        Figure::new(sheet.canvas.finish(), &self.about, &table, alt).at_most(
            MOST_STEPS,
            self.steps.len(),
            "steps",
        )
    }

    /// Each value as a part of the one before, and of the first.
    fn parts(&self, values: &[Option<f64>]) -> Vec<(Option<String>, Option<String>)> {
        let first = values.first().copied().flatten();
        let mut before = None;
        let mut parts = Vec::new();
        for (i, value) in values.iter().enumerate() {
            let of_first = if i == 0 { None } else { part(*value, first, &self.about) };
            parts.push((part(*value, before, &self.about), of_first));
            before = *value;
        }
        parts
    }

    fn paint(&self, shown: &[Shown], values: &[Option<f64>]) -> Sheet {
        let language = self.about.language;
        let axis = Axis::of_values(values.iter().copied().flatten(), &Unit::Count, language);
        let rows = self
            .steps
            .iter()
            .zip(shown)
            .map(|(step, shown)| SheetRow { hidden: shown.hidden(), ..SheetRow::new(&step.label, BAR) })
            .collect();
        let parts = self.parts(values);
        let numbers = values.iter().map(|v| v.map_or(String::new(), |v| self.about.value(v, &Unit::Count)));
        let previous = parts.iter().map(|(previous, _)| previous.clone().unwrap_or_default());
        let first = parts.iter().map(|(_, first)| first.clone().unwrap_or_default());
        let sheet = SheetPlan {
            about: &self.about,
            title: &self.value_title,
            rows,
            columns: vec![
                Column::new(Phrase::Number.text(language), numbers.collect()),
                Column::new(Phrase::OfPrevious.text(language), previous.collect()),
                Column::new(Phrase::OfFirst.text(language), first.collect()),
            ],
            lead: 0.0,
            head: 0.0,
            foot: 0.0,
            axis: &axis,
            ticks: true,
        }
        .open();
        let style = SiteStyle::of(self.site.role);
        let mut before: Option<f64> = None;
        for (i, value) in values.iter().enumerate() {
            let middle = sheet.middle(i);
            let (upper, lower) = (middle - BAR / 2.0, middle + BAR / 2.0);
            if let Some(value) = *value {
                // What was lost on the way to this step.
                if let Some(before) = before.filter(|before| *before > value) {
                    sheet.canvas.block(&sheet.panel, "drop", [(value, upper), (before, lower)], theme::LIGHT);
                }
                scaffold::bar(&sheet.canvas, &sheet.panel, value, (upper, lower), &style);
            }
            before = *value;
        }
        scaffold::null_over(&sheet.canvas, &sheet.panel, sheet.frame, &axis);
        sheet
    }

    fn describe(&self, shown: &[Shown], values: &[Option<f64>]) -> Description {
        let language = self.about.language;
        let mut out = Sentences::new(&self.about);
        out.opening(Phrase::StepsChart, None);
        let parts = self.parts(values);
        for (i, (step, (shown, (previous, _)))) in self.steps.iter().zip(shown.iter().zip(&parts)).enumerate()
        {
            let mut texts = vec![crate::alt::named("", shown, &Unit::Count, &self.about)];
            texts.extend(
                previous.as_ref().map(|share| format!("{share} {}", Phrase::OfPrevious.text(language))),
            );
            out.row(i, &step.label, &texts);
        }
        let ratio = |i: usize| {
            let (before, value) = (values.get(i.checked_sub(1)?)?.filter(|v| *v > 0.0)?, (*values.get(i)?)?);
            Some(value / before)
        };
        let drops = (0..values.len()).filter_map(|i| Some((i, ratio(i).filter(|ratio| *ratio < 1.0)?)));
        if let Some((i, ratio)) = drops.min_by(|a, b| a.1.total_cmp(&b.1))
            && let Some(step) = self.steps.get(i)
        {
            out.find(2, Phrase::LargestDrop, &[step.label.trim(), &self.about.value(ratio, &Unit::Share)]);
        }
        out.hidden(shown);
        out.finish()
    }
}
