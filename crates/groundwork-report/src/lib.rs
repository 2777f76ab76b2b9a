//! Reports: released numbers, figures and words in; one PDF out.
//!
//! A [`Manuscript`] turns an [`Input`] into the [`Document`] that templates get, and has Typst set it;
//! [`attach`] puts files in its places. Numbers about people come in as `Released` and in no other way; charts come in
//! as drawings with labels. Nothing is read from the machine: templates and fonts are in memory,
//! the date is handed in, packages are off. The same input gives the same bytes.
//!
//! Every PDF is PDF/A-3a and PDF/UA-1. The standards are also what makes a missing letter an
//! error instead of an empty box.

pub mod document;

mod adapted;
mod assemble;
mod attached;
mod certainty;
mod diag;
mod evaluated;
mod finding;
mod html;
mod input;
mod letters;
mod placed;
mod standing;
mod templates;
mod unpacked;
mod words;
mod world;
mod write;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use attached::{Packed, attach, attached};
pub use document::Document;
pub use html::WebPage;
pub use input::{
    AdaptationInfo, Anchor, Attachment, ComparisonInfo, Direction, Drawing, EvaluationInfo, IndicatorInfo,
    Input, InputFile, IssueCount, PeopleQuality, PlacedFigure, PlacedLabel, Provenance, Relationship,
    SourceQuality, TEXT_WIDTH_PT, VoiceInfo,
};
pub use templates::Templates;
pub use unpacked::texts;
pub use words::Words;

use groundwork_disclosure::ReleasedCell;
use groundwork_plan::diag::Diagnostic;
use letters::Letters;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use typst::diag::Warned;
use typst::foundations::{Bytes, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// How many compilations Typst's cache outlives; it bounds memory and never changes bytes.
const CACHE_AGE: usize = 4;

/// Where a cell stands against a target in the unit of its values: `on_track`,
/// `probably_on_track`, `probably_behind`, `behind`, `cannot_tell`, or `none` without a target.
pub fn standing(cell: Option<&ReleasedCell>, target: Option<f64>, direction: Direction) -> &'static str {
    standing::place(cell, target, direction).word()
}

/// A report that is ready to be set: its document, with the drawings and the templates that it is set
/// from.
pub struct Manuscript<'a> {
    input: &'a Input<'a>,
    templates: &'a Templates,
    words: Words,
    document: Document,
    /// SHA-256 of everything that the report says and shows, in hexadecimal digits.
    said: String,
    /// The letters of its document that no font has.
    unshown: BTreeSet<char>,
}

impl<'a> Manuscript<'a> {
    /// Puts a report together.
    ///
    /// # Errors
    ///
    /// A template that does not exist, a catalogue of words that lacks a text, a figure or an attachment
    /// that cannot be placed.
    pub fn new(input: &'a Input<'a>, templates: &'a Templates) -> Result<Self, Vec<Diagnostic>> {
        let problems = check(input, templates);
        if !problems.is_empty() {
            return Err(problems);
        }
        let words = Words::of(templates, input.language)?;
        let document = assemble::document(input, &words);
        let (said, unshown) = (String::new(), BTreeSet::new());
        let mut manuscript = Self { input, templates, words, document, said, unshown };
        let parts = manuscript.parts()?;
        manuscript.said = sha256(parts.iter().map(Vec::as_slice));
        let mut letters = Letters::of(&templates.fonts);
        if let Some(document) = parts.first() {
            letters.shown(&String::from_utf8_lossy(document));
        }
        manuscript.unshown = letters.unshown;
        manuscript.document.provenance.report_id = manuscript.said.chars().take(16).collect();
        Ok(manuscript)
    }

    /// The identifier that the report prints: the beginning of the SHA-256 of everything that it says
    /// and shows, in 16 hexadecimal digits. Two reports have the same one where they say the same.
    pub fn id(&self) -> &str {
        &self.document.provenance.report_id
    }

    /// The SHA-256, in hexadecimal digits, of everything that decides the pages beside the program and
    /// what comes with it: what the report says and shows, and the files of its template's author.
    pub fn content(&self) -> String {
        let Input { as_of, .. } = self.input;
        let (ident, as_of) = (ident(self.input), as_of.to_string());
        let own = self.templates.own();
        let own = own.iter().flat_map(|(path, bytes)| [path.as_bytes(), *bytes]);
        sha256([self.said.as_bytes(), ident.as_bytes(), as_of.as_bytes()].into_iter().chain(own))
    }

    /// What a template gets as `report.json`.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The letters of the document that no font has; pages have a mark in their place.
    pub fn unshown(&self) -> &BTreeSet<char> {
        &self.unshown
    }

    /// What the report says and shows: its document, then the marks of its drawings.
    fn parts(&self) -> Result<Vec<Vec<u8>>, Vec<Diagnostic>> {
        let json = serde_json::to_vec_pretty(&self.document)
            .map_err(|_| vec![diag::refused("the document cannot be written as JSON")])?;
        let marks = self.input.figures.iter().map(|figure| figure.marks_svg.clone());
        Ok(std::iter::once(json).chain(marks).collect())
    }

    /// Sets the pages: a PDF/A-3a, PDF/UA-1 file with an empty place for every attachment, to be handed
    /// to [`attach`].
    ///
    /// # Errors
    ///
    /// An error in a template. Typst's warnings count as errors.
    pub fn pages(&self) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let Self { input, templates, .. } = self;
        let main = format!("{}.typ", input.template);
        let world = world::World::new(templates, &main, self.files()?, input.as_of)
            .ok_or_else(|| vec![diag::unknown_template(input.template, templates.names())])?;
        let Warned { output, warnings } = typst::compile::<PagedDocument>(&world);
        typst::comemo::evict(CACHE_AGE);
        let pages = match output {
            Ok(pages) if warnings.is_empty() => pages,
            Ok(_) => return Err(diag::typst(&world, &warnings)),
            Err(errors) => return Err(diag::typst(&world, errors.iter().chain(&warnings))),
        };
        let options = options(input)?;
        let mut pdf = typst_pdf::pdf(&pages, &options).map_err(|errors| diag::typst(&world, &errors))?;
        attached::end_streams_clearly(&mut pdf);
        Ok(pdf)
    }

    /// The files of the report, by path: the document, the marks of the figures, the places of the
    /// attachments.
    fn files(&self) -> Result<BTreeMap<String, Bytes>, Vec<Diagnostic>> {
        let marks = (0..self.input.figures.len()).map(placed::marks_path);
        let paths = std::iter::once("report.json".to_owned()).chain(marks);
        let mut parts = self.parts()?;
        if let Some(document) = parts.first_mut() {
            let shown = Letters::of(&self.templates.fonts).shown(&String::from_utf8_lossy(document));
            *document = shown.into_bytes();
        }
        let said = paths.zip(parts.into_iter().map(Bytes::new));
        let places = self.input.attachments.iter();
        let places = places.map(|a| (placed::attachment_path(&a.name), Bytes::new(attached::PLACE)));
        let without_slash = |(path, bytes): (String, Bytes)| (path.trim_start_matches('/').to_owned(), bytes);
        Ok(said.chain(places).map(without_slash).collect())
    }
}

/// SHA-256 of parts, each with its length, in hexadecimal digits.
fn sha256<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> String {
    let mut all = Sha256::new();
    for part in parts {
        all.update((part.len() as u64).to_le_bytes());
        all.update(part);
    }
    all.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What tells a PDF apart from others.
fn ident(input: &Input<'_>) -> String {
    let Input { language, period, template, programme, .. } = input;
    format!("{}:{template}:{}:{language}", programme.en, period.id())
}

fn options(input: &Input<'_>) -> Result<PdfOptions, Vec<Diagnostic>> {
    let standards = PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
        .map_err(|problem| vec![diag::refused(problem.message())])?;
    Ok(PdfOptions {
        ident: Smart::Custom(ident(input)),
        creator: Smart::Custom(Some(concat!("groundwork ", env!("CARGO_PKG_VERSION")).into())),
        timestamp: world::datetime(input.as_of).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    })
}

/// What would stop the typesetter, or would be refused by the standards, said in our words.
fn check(input: &Input<'_>, templates: &Templates) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    if !templates.names().contains(&input.template) {
        problems.push(diag::unknown_template(input.template, templates.names()));
    }
    for figure in input.figures {
        let sizes = [figure.width_pt, figure.height_pt];
        let numbers = figure.labels.iter().flat_map(|l| [l.x_pt, l.y_pt, l.size_pt]);
        if !sizes.iter().all(|x| x.is_finite() && *x > 0.0) {
            problems.push(diag::figure(&figure.id, "no size"));
        } else if !numbers.into_iter().all(f64::is_finite) {
            problems.push(diag::figure(&figure.id, "a label without a place"));
        }
        if figure.alt.trim().is_empty() {
            problems.push(diag::figure(&figure.id, "no alternative text"));
        }
    }
    let mut names = BTreeSet::new();
    for attachment in input.attachments {
        let name = attachment.name.as_str();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if name.starts_with('.') || name.is_empty() || !name.chars().all(plain) {
            problems.push(diag::attachment(name, "has no plain file name"));
        }
        if !names.insert(name) {
            problems.push(diag::attachment(name, "is attached twice"));
        }
        if attachment.description.trim().is_empty() || !attachment.mime.contains('/') {
            problems.push(diag::attachment(name, "needs a media type and a description"));
        }
    }
    problems
}
