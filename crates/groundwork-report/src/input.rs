//! What a report is made from.

use crate::attached::Packed;
use groundwork_disclosure::{CellKey, Released};
use groundwork_plan::issue::Action;
use groundwork_plan::label::Labels;
use groundwork_plan::number::Unit;
use groundwork_plan::period::Period;
use groundwork_plan::report::Lesson;
use groundwork_plan::site::Site;
use groundwork_plan::text::{Language, Localised};
use jiff::civil::Date;
use std::sync::Arc;

/// Everything that one report in one language is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The language of the report.
    pub language: Language,
    /// The period that the report is about.
    pub period: Period,
    /// The day up to which data counts; it is also the date of the document.
    pub as_of: Date,
    /// The template, such as `quarterly-funder`: the file `<template>.typ`.
    pub template: &'a str,
    /// The programme.
    pub programme: &'a Localised,
    /// The sites, in the order in which they are shown. May be empty.
    pub sites: &'a [Site],
    /// The indicators, in the order in which they are shown. May be empty.
    pub indicators: &'a [IndicatorInfo],
    /// The comparisons, in the order in which they are shown. May be empty.
    pub comparisons: &'a [ComparisonInfo],
    /// The numbers. There is no other way in for a number about people.
    pub released: &'a Released,
    /// What happened to the rows of each source.
    pub quality: &'a [SourceQuality],
    /// Who is who, for each step that found it out. May be empty.
    pub people: &'a [PeopleQuality],
    /// The figures; the first stands on page 1.
    pub figures: &'a [PlacedFigure],
    /// What the reader should know before using the numbers, one sentence or two each.
    pub limits: &'a [Localised],
    /// Where the numbers come from.
    pub provenance: &'a Provenance,
    /// Files that travel inside the PDF.
    pub attachments: &'a [Attachment],
    /// The evaluations, in the order of the plan. May be empty.
    pub evaluations: &'a [EvaluationInfo],
    /// What was changed in the model, by day. May be empty.
    pub adaptations: &'a [AdaptationInfo],
    /// What people said who agreed to be quoted. May be empty.
    pub voices: &'a [VoiceInfo],
    /// How many voices are kept back, without consent or not redacted.
    pub voices_kept_back: u64,
    /// What was learned. May be empty.
    pub lessons: &'a [Lesson],
    /// What readers are asked for. May be empty.
    pub asks: &'a [Localised],
    /// What an earlier release said of cells. May be empty.
    pub earlier: &'a [(CellKey, f64)],
    /// A plain sentence that says so when the people in the report are invented.
    pub invented: Option<&'a Localised>,
    /// What readers meet in the place of words of the pipeline.
    pub labels: &'a Labels,
}

/// Which way an indicator should move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Increase,
    /// Less is better.
    Decrease,
}

/// An indicator as readers meet it.
#[derive(Debug, Clone, PartialEq)]
pub struct IndicatorInfo {
    /// The identifier used in results.
    pub id: String,
    /// Its name.
    pub title: Localised,
    /// The unit of its values.
    pub unit: Unit,
    /// Which way it should move.
    pub direction: Direction,
    /// What all sites together should reach in the period, in the unit of the values.
    pub target: Option<f64>,
    /// Whether it has a tile on page 1.
    pub headline: bool,
    /// What it measures: one sentence.
    pub definition: Localised,
    /// What the numerator counts, such as "families with every document".
    pub numerator: Localised,
    /// What the denominator counts, where there is one.
    pub denominator: Option<Localised>,
    /// How the value and its interval are obtained.
    pub method: Localised,
    /// Whether the values of the sites add up to the value of all sites.
    pub additive_over_sites: bool,
    /// Whether the values of periods add up to the value of a longer period.
    pub additive_over_periods: bool,
}

/// A comparison of two cells.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonInfo {
    /// The evaluation of the plan that asks for it.
    pub evaluation: String,
    /// The question it answers.
    pub question: Localised,
    /// What is compared.
    pub cell: CellKey,
    /// What it is compared with.
    pub reference: CellKey,
}

/// An evaluation as readers meet it.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationInfo {
    /// The identifier used in results.
    pub id: String,
    /// The design, as the pipeline names it.
    pub design: &'static str,
    /// The question it answers.
    pub question: Localised,
    /// How it stands to the locked plan: `planned`, `planned_after_data`, `exploratory`, or
    /// `deviated` with the places that were changed.
    pub standing: (&'static str, Vec<String>),
    /// Whether who is compared was decided by lot.
    pub by_lot: bool,
    /// What is compared, for readers, where rows of a source are and no indicator.
    pub outcome: Option<Localised>,
    /// The dimension of RE-AIM that it is about.
    pub re_aim: Option<&'static str>,
    /// The criterion of the OECD-DAC that it serves.
    pub criterion: Option<&'static str>,
}

/// One adaptation of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct AdaptationInfo {
    /// Its identifier.
    pub id: String,
    /// The identifier of its site; empty where everything is one place.
    pub site: String,
    /// Its day.
    pub on: Date,
    /// The fields of FRAME that were told, by their names in the pipeline.
    pub fields: Vec<(&'static str, String)>,
    /// The identifiers of the indicators that it was meant to move.
    pub moves: Vec<String>,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq)]
pub struct VoiceInfo {
    /// Its identifier.
    pub id: String,
    /// What it is, such as `quote`.
    pub kind: String,
    /// What kind of source it is, such as `volunteer`.
    pub speaker: String,
    /// The lesson, adaptation, indicator or evaluation that it speaks to.
    pub about: String,
    /// The words.
    pub text: String,
}

/// What happened to the rows of one source. All numbers are rows.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceQuality {
    /// The name of the source.
    pub title: Localised,
    /// Rows in the export.
    pub rows_read: u64,
    /// Rows that broke a required check and are not counted.
    pub rows_set_aside: u64,
    /// Rows that repeat another row.
    pub duplicates: u64,
    /// Rows outside the programme, its sites or its periods.
    pub left_out: u64,
    /// Rows that count.
    pub rows_kept: u64,
    /// What the checks found, one entry a check.
    pub issues: Vec<IssueCount>,
}

/// How it was found out who is who: numbers of rows and pairs, and names of fields.
#[derive(Debug, Clone, PartialEq)]
pub struct PeopleQuality {
    /// What the pipeline calls the people.
    pub title: String,
    /// Rows.
    pub rows: u64,
    /// The fewest and the most people that they are of.
    pub people: (u64, u64),
    /// People where only rows count as one that say the same, or have the same number.
    pub exact: u64,
    /// The share of links that are right, as their probabilities have it, and of what should be
    /// linked that is.
    pub precision: Option<f64>,
    /// The share of what should be linked that is.
    pub recall: Option<f64>,
    /// Rows that say too little to be linked with anything.
    pub unlinkable: u64,
    /// What each level of each field says for or against: field, level, bits.
    pub weights: Vec<(String, String, f64)>,
    /// How many people have so many rows; few ones are put together.
    pub sizes: Vec<(String, u64)>,
}

/// How often a check found something.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueCount {
    /// The rule, such as `date.impossible`.
    pub check: String,
    /// The rule in words.
    pub title: Localised,
    /// What was done.
    pub action: Action,
    /// Rows or values.
    pub count: u64,
}

/// A chart, with its marks as a drawing and its words beside them.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedFigure {
    /// The identifier of the figure.
    pub id: String,
    /// The kind of chart: `bullet`.
    pub chart: String,
    /// The part of the report that it belongs to.
    pub section: String,
    /// The evaluation or the indicator that it is about, where it is about one.
    pub about: String,
    /// What it says, a sentence.
    pub title: String,
    /// The text under the figure.
    pub caption: String,
    /// What a reader who does not see the figure should know. Never empty.
    pub alt: String,
    /// Width, points. At most [`TEXT_WIDTH_PT`] fits; wider figures are scaled down.
    pub width_pt: f64,
    /// Height, points.
    pub height_pt: f64,
    /// An SVG without text, as large as the figure.
    pub marks_svg: Vec<u8>,
    /// The words of the figure, set by the typesetter.
    pub labels: Vec<PlacedLabel>,
    /// The same figure drawn for narrow screens, where it was.
    pub narrow: Option<Drawing>,
    /// Its numbers, one row each below a header; empty where they stand beside it.
    pub data: Vec<Vec<String>>,
}

/// A figure in another size.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// Width, points.
    pub width_pt: f64,
    /// Height, points.
    pub height_pt: f64,
    /// An SVG without text, as large as the drawing.
    pub marks_svg: Vec<u8>,
    /// Its words.
    pub labels: Vec<PlacedLabel>,
}

/// The width of the text block on the page, points.
pub const TEXT_WIDTH_PT: f64 = 480.0;

/// One label of a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedLabel {
    /// The words.
    pub text: String,
    /// Distance of the anchor from the left edge, points.
    pub x_pt: f64,
    /// Distance of the baseline from the upper edge, points.
    pub y_pt: f64,
    /// Which part of the text stands at `x_pt`.
    pub anchor: Anchor,
    /// Size of the type, points.
    pub size_pt: f64,
    /// Weight of the type, 100 to 900; 400 is regular.
    pub weight: u16,
    /// Colour as `#rrggbb`; anything else is set in black.
    pub colour: String,
}

/// Which part of a label stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The left end.
    Start,
    /// The middle.
    Middle,
    /// The right end.
    End,
}

/// Where the numbers come from.
#[derive(Debug, Clone, PartialEq)]
pub struct Provenance {
    /// The exports that were read.
    pub inputs: Vec<InputFile>,
    /// The pipeline file, as the user names it.
    pub pipeline: String,
    /// Programs and their versions, the first being groundwork itself.
    pub versions: Vec<(String, String)>,
    /// The command that checks the report, such as `groundwork verify report.pdf`.
    pub verify: String,
}

/// One export that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct InputFile {
    /// The file, relative to the pipeline.
    pub path: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Rows in it, where it may be told how many.
    pub rows: Option<u64>,
}

/// A file that travels inside the PDF.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// Its name, without folders.
    pub name: String,
    /// Its content.
    pub content: Arc<Packed>,
    /// What it is to the document.
    pub relationship: Relationship,
    /// Its media type, such as `text/csv`.
    pub mime: String,
    /// What is in it.
    pub description: String,
}

/// What an attached file is to the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relationship {
    /// The document was made from it.
    Source,
    /// The numbers of the document in a form for machines.
    Data,
    /// The document in another form.
    Alternative,
    /// Something beside the document.
    Supplement,
}

impl Relationship {
    /// The word that the PDF standard uses.
    pub fn word(self) -> &'static str {
        match self {
            Relationship::Source => "source",
            Relationship::Data => "data",
            Relationship::Alternative => "alternative",
            Relationship::Supplement => "supplement",
        }
    }
}
