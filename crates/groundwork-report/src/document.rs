//! The data that templates get as `report.json`: schema `groundwork.document/2`.
//!
//! A template computes nothing. Every number comes raw, as readers of the language write it, and
//! as `indicators.csv` writes it; every sentence that depends on a number comes ready-made. What
//! is missing is `null`. Words that never depend on data stand in `reports/words/`.
//! `reports/README.md` explains the fields to the authors of templates.

use serde::Serialize;

/// The schema of [`Document`]. It changes when a field is removed or changes its meaning.
pub const SCHEMA: &str = "groundwork.document/2";

/// One report in one language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The language that was asked for: `en`, `th`, `my`.
    pub language: &'static str,
    /// The catalogue in `words/` that goes with it: the same code.
    pub words: &'static str,
    /// How the language writes 0 to 9, for numbers that only the page knows, such as its own.
    pub digits: [String; 10],
    /// The template, such as `quarterly-funder`.
    pub template: String,
    /// The finding, one sentence.
    pub title: String,
    /// The summary: the first sentence, and the others.
    pub summary: Summary,
    /// The programme.
    pub programme: String,
    /// The period.
    pub period: PeriodText,
    /// The day up to which data counts.
    pub as_of: Day,
    /// The sentence that says so when the people in the report are invented.
    pub invented: Option<String>,
    /// The level of the intervals, such as `95%`; `null` without intervals or when levels differ.
    pub interval_level: Option<String>,
    /// What `n` of the sites counts, such as "families enrolled".
    pub counted: Option<String>,
    /// The sites.
    pub sites: Vec<SiteText>,
    /// The headline indicators, one tile each.
    pub headlines: Vec<Headline>,
    /// The figures.
    pub figures: Vec<Figure>,
    /// What readers are asked for, one sentence each.
    pub asks: Vec<String>,
    /// What moved since the period before, one entry an indicator with a value in both.
    pub changes: Vec<Change>,
    /// Values of earlier periods that an earlier release gave otherwise.
    pub restated: Vec<Restated>,
    /// Every evaluation, in the order of the plan.
    pub evaluations: Vec<Evaluation>,
    /// What was changed in the model, by day.
    pub adaptations: Vec<Adaptation>,
    /// What people said who agreed to be quoted.
    pub voices: Vec<Voice>,
    /// How many voices are kept back; `null` where there are none.
    pub voices_kept_back: Option<Number>,
    /// What was learned.
    pub lessons: Vec<Lesson>,
    /// Every indicator, for the tables.
    pub indicators: Vec<Indicator>,
    /// Every comparison.
    pub comparisons: Vec<Comparison>,
    /// Every source.
    pub quality: Vec<Quality>,
    /// Who is who, step by step.
    pub people: Vec<People>,
    /// What the reader should know, beside what the template says.
    pub limits: Vec<String>,
    /// The rows of `indicators.csv` for the totals of the period.
    pub evidence: Vec<Evidence>,
    /// How much is withheld.
    pub withheld: Withheld,
    /// Where the numbers come from.
    pub provenance: ProvenanceText,
    /// The files inside the PDF.
    pub attachments: Vec<AttachmentText>,
}

/// A number: raw, for readers, and as the CSV has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Number {
    /// The number; shares are fractions.
    pub raw: f64,
    /// For readers, with its unit: `62%`, `1,204`, `9,500 THB`.
    pub text: String,
    /// At most six decimals, no grouping: `0.617978`.
    pub exact: String,
}

/// An interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Interval {
    /// Lower limit.
    pub lower: Number,
    /// Upper limit.
    pub upper: Number,
    /// Level as a fraction, its text in per cent: `95%`.
    pub level: Number,
    /// Both limits without the sign of the unit: `57–67`.
    pub text: String,
}

/// The summary box.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The first sentence; empty when there is nothing to say.
    pub lead: String,
    /// The others, in order.
    pub rest: Vec<String>,
}

/// A period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeriodText {
    /// `2021-Q4`.
    pub id: String,
    /// `month`, `quarter` or `year`.
    pub frequency: &'static str,
    /// For readers: `October–December 2021`.
    pub text: String,
}

/// A day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Day {
    /// Year of the common era.
    pub year: i16,
    /// Month, 1 to 12.
    pub month: i8,
    /// Day, 1 to 31.
    pub day: i8,
    /// For readers: `15 January 2022`.
    pub text: String,
}

/// A site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SiteText {
    /// The identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The colour of its name, `#rrggbb`, dark enough for small type.
    pub colour: &'static str,
    /// What the first headline indicator rests on at this site.
    pub n: Option<Number>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// `published`, `withheld`, `no_data`, `undefined`, `refused`, or `absent` when the plan does
    /// not ask for this cell.
    pub status: &'static str,
    /// Why it is not simply published, such as `to_protect_people`; empty when it is.
    pub reason: &'static str,
    /// The value.
    pub value: Option<Number>,
    /// The interval.
    pub interval: Option<Interval>,
    /// Whether everyone was counted, so that there is no interval to give.
    pub full_count: bool,
    /// Numerator.
    pub numerator: Option<Number>,
    /// Denominator.
    pub denominator: Option<Number>,
    /// Those who could not be counted yet.
    pub immature: Option<Number>,
    /// Units that the value rests on.
    pub n: Option<Number>,
}

/// Where an indicator stands against its target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// `on_track`, `probably_on_track`, `probably_behind`, `behind`, `cannot_tell`, or `none`
    /// when there is no target.
    pub id: &'static str,
    /// The target.
    pub target: Option<Number>,
    /// Actual ÷ target; `null` where less is better.
    pub achievement: Option<Number>,
}

/// A headline indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Headline {
    /// The identifier of the indicator.
    pub id: String,
    /// Its name.
    pub title: String,
    /// `share`, `count`, `ratio` or the unit of an amount.
    pub unit: String,
    /// The cell of all sites together.
    pub cell: Cell,
    /// What the numerator counts.
    pub numerator: String,
    /// What the denominator counts.
    pub denominator: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// What the tile says, one to three sentences.
    pub sentence: String,
}

/// How an indicator moved from the period before, all sites together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The identifier of the indicator.
    pub id: String,
    /// Its name.
    pub title: String,
    /// The period before.
    pub before_period: String,
    /// Its value then.
    pub before: Cell,
    /// Its value now.
    pub now: Cell,
    /// The difference, signed and with its unit.
    pub change: Number,
    /// `up` or `down` where the two intervals hold no value in common or both are full counts,
    /// `same`, or `unclear`.
    pub moved: &'static str,
}

/// A value that an earlier release gave otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Restated {
    /// The name of the indicator.
    pub title: String,
    /// The name of the site, or of all together.
    pub site: String,
    /// The period, for readers.
    pub period: String,
    /// What was released before.
    pub before: Number,
    /// What holds now.
    pub now: Number,
}

/// An evaluation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// The identifier.
    pub id: String,
    /// The design: `non_inferiority`; a key of `words.designs`.
    pub design: &'static str,
    /// The question it answers.
    pub question: String,
    /// `planned`, `planned_after_data`, `deviated` or `exploratory`; a key of `words.standings`.
    pub standing: &'static str,
    /// `reach`, `effectiveness`, `adoption`, `implementation` or `maintenance`; a key of
    /// `words.re_aim`.
    pub re_aim: Option<&'static str>,
    /// The criterion that it serves; a key of `words.criteria`.
    pub criterion: Option<&'static str>,
    /// The places of the plan that were changed, where some were.
    pub deviations: Vec<String>,
    /// The rows of `estimates.csv`.
    pub rows: Vec<Estimate>,
}

/// A row of an evaluation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// The name of the indicator, or of the column that is the outcome.
    pub indicator: String,
    /// What is estimated, in the language.
    pub estimand: String,
    /// The same in English, as in `estimates.csv`.
    pub estimand_id: String,
    /// Whether it is among the rows that answer the question of the design; the others stand in
    /// `estimates.csv` for those who check.
    pub answers: bool,
    /// Which part of it.
    pub term: String,
    /// What is set against what.
    pub contrast: String,
    /// `published`, `withheld`, `no_data`, `undefined` or `refused`.
    pub status: &'static str,
    /// Why it is not simply published, or codes of what must be told beside it, parted by `; `.
    pub reason: String,
    /// The value.
    pub value: Option<Number>,
    /// Its interval.
    pub interval: Option<Interval>,
    /// The p-value, for readers `p = 0.003` or `p < 0.001`.
    pub p: Option<Number>,
    /// Units behind it.
    pub n: Option<Number>,
    /// The method.
    pub method: &'static str,
    /// `adapted`, `worse`, `inconclusive` or `not_supported`, where the design gives one.
    pub verdict: Option<&'static str>,
    /// What it says, for rows that answer the question.
    pub said: Option<Said>,
}

/// What an estimate says, and how sure that is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    /// The sentence.
    pub sentence: String,
    /// `high`, `moderate`, `low` or `very_low`: the words of GRADE.
    pub certainty: &'static str,
    /// What made the certainty what it is, one clause each.
    pub because: Vec<String>,
    /// What it means.
    pub means: String,
    /// What would change it.
    pub would_change: String,
}

/// An adaptation of the model, in the fields of FRAME; those that were not told are empty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Adaptation {
    /// Its identifier.
    pub id: String,
    /// The name of its site.
    pub site: String,
    /// Its day, for readers.
    pub on: String,
    /// When in the life of the programme.
    pub stage: String,
    /// Whether it was planned.
    pub planned: String,
    /// Who decided.
    pub decided_by: String,
    /// What was modified.
    pub what: String,
    /// For whom.
    pub level: String,
    /// How.
    pub nature: String,
    /// Whether the core stayed.
    pub consistent: String,
    /// What for.
    pub goal: String,
    /// What led to it.
    pub reason: String,
    /// The core component that it touches.
    pub component: String,
    /// In words.
    pub description: String,
    /// The indicators that it was meant to move.
    pub moved: Vec<Moved>,
}

/// What became of an indicator at an adaptation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// The name of the indicator.
    pub indicator: String,
    /// The status of the change: `published`, `withheld`, `refused`, or `absent` where no
    /// evaluation looks at it.
    pub status: &'static str,
    /// The mean of the periods before.
    pub before: Option<Number>,
    /// The mean of the periods after.
    pub after: Option<Number>,
    /// The change, signed and with its unit.
    pub change: Option<Number>,
    /// The change at the other sites over the same periods.
    pub elsewhere: Option<Number>,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Voice {
    /// Its identifier.
    pub id: String,
    /// What it is, in words.
    pub kind: String,
    /// What kind of source it is, in words.
    pub speaker: String,
    /// The identifier of what it speaks to.
    pub about: String,
    /// The name of what it speaks to, where it is an indicator or an evaluation.
    pub about_title: String,
    /// The words.
    pub text: String,
}

/// A lesson, as the pipeline states it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lesson {
    /// The lesson.
    pub lesson: String,
    /// A name for it, which voices can speak to; empty without one.
    pub id: String,
    /// The identifiers of the adaptations that it rests on.
    pub adaptations: Vec<String>,
    /// The identifiers of the evaluations that it rests on.
    pub evaluations: Vec<String>,
    /// Where and for whom it holds.
    pub condition: Option<String>,
    /// Why it should be so.
    pub mechanism: Option<String>,
    /// What speaks against it.
    pub counter_evidence: Option<String>,
    /// What would change it.
    pub would_change: Option<String>,
    /// What should be done.
    pub recommendation: Option<String>,
    /// Who should do it.
    pub owner: Option<String>,
    /// Until when.
    pub by: Option<String>,
    /// `low`, `medium` or `high`.
    pub cost: Option<String>,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// The identifier.
    pub id: String,
    /// The kind of chart, as a pipeline names it: `bullet`.
    pub chart: String,
    /// The part of the report that it belongs to: `front`, `indicators`, `change`, `people`,
    /// `comparison`, `place`, `evaluations`, or `cell` for a small line in a table.
    pub section: String,
    /// The evaluation or the indicator that it is about; empty where it is about several.
    pub about: String,
    /// What it says, a sentence.
    pub title: String,
    /// The text under it.
    pub caption: String,
    /// The alternative text.
    pub alt: String,
    /// Width on the page, points.
    pub width: f64,
    /// Height on the page, points.
    pub height: f64,
    /// The file with its marks, such as `/marks/0.svg`.
    pub marks: String,
    /// Its words.
    pub labels: Vec<Label>,
}

/// A label of a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Label {
    /// The words.
    pub text: String,
    /// Distance of the anchor from the left edge, points.
    pub x: f64,
    /// Distance of the baseline from the upper edge, points.
    pub y: f64,
    /// `start`, `middle` or `end`.
    pub anchor: &'static str,
    /// Size, points.
    pub size: f64,
    /// Weight, 100 to 900.
    pub weight: u16,
    /// `#rrggbb`.
    pub colour: String,
}

/// An indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Indicator {
    /// The identifier.
    pub id: String,
    /// Its name.
    pub title: String,
    /// `share`, `count`, `ratio` or the unit of an amount.
    pub unit: String,
    /// `increase` or `decrease`.
    pub direction: &'static str,
    /// One cell a site, in the order of the sites.
    pub cells: Vec<Cell>,
    /// The cell of all sites together.
    pub all: Cell,
    /// Where it stands.
    pub standing: Standing,
    /// What it measures.
    pub definition: String,
    /// What the numerator counts.
    pub numerator: String,
    /// What the denominator counts.
    pub denominator: Option<String>,
    /// How the value is obtained.
    pub method: String,
    /// Whether sites add up.
    pub additive_over_sites: bool,
    /// Whether periods add up.
    pub additive_over_periods: bool,
}

/// A comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The evaluation.
    pub evaluation: String,
    /// The question it answers.
    pub question: String,
    /// The identifier of the indicator.
    pub indicator_id: String,
    /// The name of the indicator.
    pub indicator: String,
    /// The unit of the two values.
    pub unit: String,
    /// What is compared, in words.
    pub name: String,
    /// The colour of that name.
    pub colour: &'static str,
    /// Its cell.
    pub cell: Cell,
    /// What it is compared with, in words.
    pub reference_name: String,
    /// The colour of that name.
    pub reference_colour: &'static str,
    /// Its cell.
    pub reference: Cell,
    /// `difference` or `ratio`.
    pub summary: &'static str,
    /// `published`, `withheld`, `no_data`, `undefined`, `refused` or `absent`.
    pub status: &'static str,
    /// Why it is not simply published; empty when it is.
    pub reason: &'static str,
    /// The method, such as `mn.score`.
    pub method: &'static str,
    /// The difference, signed and with its unit: `+14 points`; or the ratio: `×1.40`.
    pub value: Option<Number>,
    /// Its interval.
    pub interval: Option<Interval>,
    /// `higher`, `lower` or `no_clear_difference`; `null` when there is no interval.
    pub verdict: Option<&'static str>,
}

/// What happened to the rows of a source; all numbers are rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// The name of the source.
    pub title: String,
    /// Rows in the export.
    pub rows_read: Number,
    /// Rows that broke a required check.
    pub rows_set_aside: Number,
    /// Rows that repeat another row.
    pub duplicates: Number,
    /// Rows outside the programme.
    pub left_out: Number,
    /// Rows that count.
    pub rows_kept: Number,
    /// What the checks found.
    pub issues: Vec<IssueText>,
}

/// How it was found out who is who.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct People {
    /// What the pipeline calls the people.
    pub title: String,
    /// Rows.
    pub rows: Number,
    /// The fewest people.
    pub lower: Number,
    /// The most.
    pub upper: Number,
    /// People where only rows that say the same count as one.
    pub exact: Number,
    /// The expected share of links that are right.
    pub precision: Option<Number>,
    /// The expected share of what should be linked that is.
    pub recall: Option<Number>,
    /// Rows that cannot be linked.
    pub unlinkable: Number,
    /// What each level of each field says.
    pub weights: Vec<WeightText>,
    /// People by the number of their rows.
    pub sizes: Vec<SizeText>,
}

/// What one level of a field says for or against two rows being of one person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeightText {
    /// The field.
    pub field: String,
    /// The level, in English; the words of the report may have it in their language.
    pub level: String,
    /// The weight in bits.
    pub bits: Number,
}

/// How many people have so many rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SizeText {
    /// How many rows.
    pub rows: String,
    /// How many people.
    pub people: Number,
}

/// How often a check found something.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IssueText {
    /// The rule.
    pub check: String,
    /// The rule in words.
    pub title: String,
    /// `row_set_aside`, `value_missing`, `kept` or `stopped`.
    pub action: &'static str,
    /// Rows or values.
    pub count: Number,
}

/// One row of `indicators.csv`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The identifier of the indicator.
    pub indicator: String,
    /// The identifier of the site; empty for all sites together.
    pub site: String,
    /// `published`, `withheld`, `no_data`, `undefined` or `refused`.
    pub status: &'static str,
    /// Why it is not simply published.
    pub reason: &'static str,
    /// Numerator as the CSV has it.
    pub numerator: Option<String>,
    /// Denominator as the CSV has it.
    pub denominator: Option<String>,
    /// Value as the CSV has it.
    pub value: Option<String>,
    /// Lower limit as the CSV has it.
    pub lower: Option<String>,
    /// Upper limit as the CSV has it.
    pub upper: Option<String>,
}

/// How much is withheld.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Withheld {
    /// Totals of the period that are withheld.
    pub count: Number,
    /// The smallest count of people that is published.
    pub threshold: Number,
    /// `internal`, `partner` or `public`.
    pub audience: &'static str,
}

/// Where the numbers come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProvenanceText {
    /// The identifier of the report; see [`crate::Manuscript::id`].
    pub report_id: String,
    /// The exports.
    pub inputs: Vec<InputFileText>,
    /// The pipeline file.
    pub pipeline: String,
    /// Programs and their versions, the first being groundwork.
    pub versions: Vec<Version>,
    /// The command that checks the report.
    pub verify: String,
}

/// One export.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InputFileText {
    /// The file.
    pub path: String,
    /// The first twelve digits of its SHA-256.
    pub sha256: String,
    /// Rows in it, where it may be told how many.
    pub rows: Option<Number>,
}

/// A program and its version.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Version {
    /// The program.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A file inside the PDF.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttachmentText {
    /// Its name.
    pub name: String,
    /// Where the template finds it: `/attachments/<name>`.
    pub file: String,
    /// `source`, `data`, `alternative` or `supplement`.
    pub relationship: &'static str,
    /// Its media type.
    pub mime: String,
    /// What is in it.
    pub description: String,
}
