//! Generations of training: how many were trained, and by how many each generation multiplied.

use crate::alt::{self, Description, Sentences};
use crate::axis::Axis;
use crate::canvas::Stroke;
use crate::catalogue::Phrase;
use crate::figure::{About, ChartSite, Figure};
use crate::scaffold;
use crate::sheet::{Column, Sheet, SheetPlan, SheetRow};
use crate::table::{Shown, Table, cell};
use crate::theme::{self, SiteStyle};
use groundwork_disclosure::{CellKey, Released, Status};
use groundwork_plan::number::Unit;

/// Height of a bar, in points.
const BAR: f64 = 12.0;
/// How far each generation is moved in, in points.
const INDENT: f64 = 11.0;
/// The most generations that are read as one picture.
const MOST_GENERATIONS: usize = 8;

/// People by generation of training, from those who were trained first.
///
/// ```
/// use groundwork_charts::*;
/// use groundwork_disclosure::CellKey;
/// use groundwork_plan::site::SiteRole;
/// use groundwork_plan::text::Language;
///
/// let chart = Cascade {
///     about: About::new("Each volunteer trains two others.", "people trained, 2021", Language::En),
///     value_title: "People trained".into(),
///     site: ChartSite::new("Nan", Some(SiteRole::Adaptation)),
///     generations: vec![Generation {
///         label: "Trained by staff".into(),
///         people: CellKey::total("trained_first", "nan", "2021"),
///         multiplier: Some(CellKey::total("trained_for_each", "nan", "2021")),
///     }],
/// };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Cascade {
    /// Title, description, language, width.
    pub about: About,
    /// The title above the bars: `People trained`.
    pub value_title: String,
    /// The site, which decides how the bars look.
    pub site: ChartSite,
    /// The generations, from the first.
    pub generations: Vec<Generation>,
}

/// One generation of a [`Cascade`].
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    /// Its name: `Staff`, `Trained by staff`.
    pub label: String,
    /// How many people it has: a cell of a count.
    pub people: CellKey,
    /// How many people of it there are for each trainer of the one before: a cell of a ratio.
    pub multiplier: Option<CellKey>,
}

struct Row<'a> {
    spec: &'a Generation,
    people: Shown,
    multiplier: Option<Shown>,
}

impl Cascade {
    /// Draws the chart from released numbers.
    pub fn draw(&self, released: &Released) -> Figure {
        let mut rows: Vec<Row> = Vec::new();
        for spec in &self.generations {
            let people = cell(released, &spec.people, &Unit::Count);
            // A generation is the one before times its multiplier: of three, none of which one
            // is withheld may give it away.
            let before = rows.last().map(|row| row.people);
            let withheld = [Some(people), before].contains(&Some(Shown::Hidden(Status::Withheld)));
            let multiplier = spec.multiplier.as_ref().map(|key| match withheld {
                true => Shown::Hidden(Status::Withheld),
                false => cell(released, key, &Unit::Ratio),
            });
            rows.push(Row { spec, people, multiplier });
        }
        let sheet = self.paint(&rows);
        let mut table = Table::default();
        for row in &rows {
            table.cell(&row.spec.label, &row.spec.people, row.people, &Unit::Count);
            if let (Some(key), Some(shown)) = (&row.spec.multiplier, row.multiplier) {
                table.cell(&row.spec.label, key, shown, &Unit::Ratio);
            }
        }
        let alt = self.describe(&rows);
        Figure::new(sheet.canvas.finish(), &self.about, &table, alt).at_most(
            MOST_GENERATIONS,
            rows.len(),
            "generations",
        )
    }

    fn paint(&self, rows: &[Row]) -> Sheet {
        let language = self.about.language;
        let values = rows.iter().filter_map(|row| row.people.reading()).map(|r| r.value);
        let axis = Axis::of_values(values, &Unit::Count, language);
        let indent = |i: usize| 1.0 + INDENT * i.min(MOST_GENERATIONS) as f64;
        let sheet_rows = rows
            .iter()
            .enumerate()
            .map(|(i, row)| SheetRow {
                hidden: row.people.hidden(),
                indent: indent(i),
                ..SheetRow::new(&row.spec.label, BAR)
            })
            .collect();
        let people = rows.iter().map(|row| {
            row.people.reading().map_or(String::new(), |r| self.about.value(r.value, &Unit::Count))
        });
        let multipliers = rows.iter().map(|row| match row.multiplier {
            Some(Shown::Value(reading)) => format!("×{}", reading.text(&Unit::Ratio, language)),
            Some(Shown::Hidden(_)) => "–".to_owned(),
            None => String::new(),
        });
        let sheet = SheetPlan {
            about: &self.about,
            title: &self.value_title,
            rows: sheet_rows,
            columns: vec![
                Column::new(Phrase::Number.text(language), people.collect()),
                Column::new(Phrase::PerTrainer.text(language), multipliers.collect()),
            ],
            lead: 0.0,
            head: 0.0,
            foot: 0.0,
            axis: &axis,
            ticks: true,
        }
        .open();
        let style = SiteStyle::of(self.site.role);
        for (i, row) in rows.iter().enumerate() {
            let middle = sheet.middle(i);
            if i > 0 {
                // From the generation before to this one.
                let x = indent(i) - INDENT + 3.0;
                let from = sheet.middle(i - 1) + 7.0;
                let elbow = [(x, from), (x, middle), (indent(i) - 2.0, middle)];
                sheet.canvas.line(&sheet.page, "descent", &elbow, Stroke::solid(theme::LEADER, theme::AXIS));
            }
            if let Some(reading) = row.people.reading() {
                let ends = (middle - BAR / 2.0, middle + BAR / 2.0);
                scaffold::bar(&sheet.canvas, &sheet.panel, reading.value, ends, &style);
            }
        }
        scaffold::null_over(&sheet.canvas, &sheet.panel, sheet.frame, &axis);
        sheet
    }

    fn describe(&self, rows: &[Row]) -> Description {
        let language = self.about.language;
        let mut out = Sentences::new(&self.about);
        let multipliers = || rows.iter().filter_map(|row| row.multiplier.as_ref());
        out.opening(Phrase::CascadeChart, alt::level(multipliers()));
        let mut steps: Vec<String> = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            let mut parts = vec![alt::named("", &row.people, &Unit::Count, &self.about)];
            if let Some(reading) = row.people.reading() {
                let people = reading.text(&Unit::Count, language);
                steps.push(format!("{} {people}", row.spec.label.trim()));
            }
            parts.extend(row.multiplier.as_ref().and_then(Shown::reading).map(|reading| {
                format!("{} {}", reading.text(&Unit::Ratio, language), Phrase::PerTrainer.text(language))
            }));
            out.row(i, &row.spec.label, &parts);
        }
        out.stands_out(&steps.join(", "));
        out.hidden(rows.iter().map(|row| &row.people).chain(multipliers()));
        out.finish()
    }
}
