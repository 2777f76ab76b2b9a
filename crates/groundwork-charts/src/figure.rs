//! What a chart gives back, and what every chart is told.

use crate::alt::Description;
use crate::caption;
use crate::catalogue::Phrase;
use crate::lint::{self, Lint, Severity};
use crate::scene::{Label, Scene};
use crate::svg;
use crate::table::Table;
use groundwork_disclosure::Status;
use groundwork_plan::number::{Unit, digits, format_difference, format_value};
use groundwork_plan::site::SiteRole;
use groundwork_plan::text::Language;

/// A chart, ready to be placed in a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What the chart says: its title, with what stands out where that was asked for.
    pub title: String,
    /// Width in points.
    pub width_pt: f64,
    /// Height in points.
    pub height_pt: f64,
    /// The marks as SVG, without any text.
    pub marks_svg: String,
    /// The texts that belong over the marks, one line each.
    pub labels: Vec<Label>,
    /// Marks and texts as SVG, with a title and a description.
    pub svg: String,
    /// The numbers of the chart as CSV: one line for each of them, as published.
    pub csv: String,
    /// What the chart shows, in at most 500 characters, for readers who do not see it.
    pub alt: String,
    /// What is against the rules of a good chart, in the order of the rules.
    pub lint: Vec<Lint>,
}

impl Figure {
    pub(crate) fn new(scene: Scene, about: &About, table: &Table, description: Description) -> Self {
        let Description { alt, finding } = description;
        let title = match (about.with_finding && !finding.is_empty(), about.title.trim()) {
            (false, title) => title.to_owned(),
            (true, "") => finding,
            (true, title) => format!("{title} – {finding}"),
        };
        let about = &About { title, ..about.clone() };
        let scene = caption::around(scene, about);
        Self {
            lint: lint::inspect(&scene, about, table, &alt),
            width_pt: f64::from(scene.size.0) / 100.0,
            height_pt: f64::from(scene.size.1) / 100.0,
            marks_svg: svg::marks(&scene),
            title: about.title.clone(),
            svg: svg::standalone(&scene, &about.title, &alt, about.language.code()),
            labels: scene.texts,
            csv: table.csv(),
            alt,
        }
    }

    /// Notes that a chart shows more of something than can be read.
    pub(crate) fn at_most(mut self, most: usize, count: usize, what: &str) -> Self {
        if count > most {
            self.lint.push(Lint::crowded(most, count, what));
        }
        self
    }

    /// The figure, unless a rule refuses it.
    ///
    /// # Errors
    ///
    /// Everything that was found, where one of the rules that was broken is of
    /// [`Severity::Refuse`].
    pub fn accepted(self) -> Result<Self, Vec<Lint>> {
        if self.lint.iter().any(|lint| lint.severity == Severity::Refuse) { Err(self.lint) } else { Ok(self) }
    }
}

/// What every chart is told about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// What the chart says, a sentence.
    pub title: String,
    /// Whether what stands out in the numbers is added to the title, so that a title which only
    /// names the subject becomes a sentence.
    pub with_finding: bool,
    /// Measure, unit, place and period, below the title.
    pub subtitle: String,
    /// Where the numbers are from, with the first digits of the hash of the export; written after
    /// the word for it.
    pub source: String,
    /// Method, number of cases, what is missing.
    pub note: String,
    /// Whether title, subtitle, source and note are drawn with the chart. A report that sets them
    /// itself says no.
    pub captioned: bool,
    /// What is shown, where and when, for the description in words:
    /// `share of households, Chiang Rai and Nan, October–December 2021`.
    pub what: String,
    /// The language of the description.
    pub language: Language,
    /// What is written where there is no value to draw.
    pub words: Words,
    /// Width in points. Kept between 260 and 1,200.
    pub width_pt: f64,
}

impl About {
    /// A chart as wide as the text of an A4 page, with the words of its language.
    pub fn new(title: impl Into<String>, what: impl Into<String>, language: Language) -> Self {
        Self {
            title: title.into(),
            with_finding: false,
            subtitle: String::new(),
            source: String::new(),
            note: String::new(),
            captioned: false,
            what: what.into(),
            language,
            words: Words::of(language),
            width_pt: 470.0,
        }
    }

    /// The width that the chart is drawn in, in points.
    pub(crate) fn width(&self) -> f64 {
        if self.width_pt.is_finite() { self.width_pt.clamp(260.0, 1200.0) } else { 470.0 }
    }

    /// A value as readers of the chart write it.
    pub(crate) fn value(&self, value: f64, unit: &Unit) -> String {
        format_value(value, unit, self.language)
    }

    /// A difference as readers of the chart write it.
    pub(crate) fn difference(&self, value: f64, unit: &Unit) -> String {
        format_difference(value, unit, self.language)
    }

    /// How many there are of something that the chart shows.
    pub(crate) fn count(&self, n: usize) -> String {
        digits(&n.to_string(), self.language)
    }
}

/// What is written where there is no value to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Withheld, for whatever reason.
    pub withheld: String,
    /// Nothing was recorded.
    pub no_data: String,
    /// The value has no meaning.
    pub undefined: String,
    /// The value would mislead.
    pub refused: String,
}

impl Words {
    /// The words of a language.
    pub fn of(language: Language) -> Self {
        let word = |phrase: Phrase| phrase.text(language).to_owned();
        Self {
            withheld: word(Phrase::Withheld),
            no_data: word(Phrase::NoData),
            undefined: word(Phrase::Undefined),
            refused: word(Phrase::Refused),
        }
    }

    /// The words for a status; nothing for what is published.
    pub fn get(&self, status: Status) -> &str {
        match status {
            Status::Published => "",
            Status::Withheld => &self.withheld,
            Status::NoData => &self.no_data,
            Status::Undefined => &self.undefined,
            Status::Refused => &self.refused,
        }
    }
}

/// A site as a chart names and draws it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartSite {
    /// Its name in the language of the chart.
    pub name: String,
    /// Its role, which decides how it looks; `None` for all sites together.
    pub role: Option<SiteRole>,
}

impl ChartSite {
    /// A site with a name and a role.
    pub fn new(name: impl Into<String>, role: Option<SiteRole>) -> Self {
        Self { name: name.into(), role }
    }
}
