//! Reports: released numbers, figures and words in; one PDF out.
//!
//! [`compose`] turns an [`Input`] into the [`document::Document`] that templates get, and has
//! Typst set it. Numbers about people come in as `Released` and in no other way; charts come in
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

pub use attached::attached;
pub use html::{WebPage, web_page};
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

/// The document that a template gets as `report.json`, in the words of its language.
pub fn document(input: &Input<'_>, words: &Words) -> document::Document {
    assemble::document(input, words)
}

/// Sets a report: a PDF/A-3a, PDF/UA-1 file.
///
/// # Errors
///
/// A template that does not exist or has an error, a letter that no font has, a figure or an
/// attachment that cannot be placed. Typst's warnings count as errors.
pub fn compose(input: &Input<'_>, templates: &Templates) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let problems = check(input, templates);
    if !problems.is_empty() {
        return Err(problems);
    }
    let files = files(input, &Words::of(templates, input.language)?)?;
    let main = format!("{}.typ", input.template);
    let world = world::World::new(templates, &main, files, input.as_of)
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
    end_streams_clearly(&mut pdf);
    Ok(pdf)
}

/// Makes the end of every stream plain. The writer ends a stream with a line feed, which does not
/// count as data. Where the data happens to end with a carriage return, as about one compressed
/// stream in 256 does, a strict validator takes both for the end of the line and finds the stream
/// a byte short. A carriage return ends a line as well, and two of them cannot be taken for one.
/// No byte moves.
fn end_streams_clearly(pdf: &mut [u8]) {
    const END: &[u8] = b"\r\nendstream\nendobj";
    let ends: Vec<usize> =
        pdf.windows(END.len()).enumerate().filter(|(_, window)| *window == END).map(|(at, _)| at).collect();
    for at in ends {
        if let Some(byte) = pdf.get_mut(at + 1) {
            *byte = b'\r';
        }
    }
}

fn options(input: &Input<'_>) -> Result<PdfOptions, Vec<Diagnostic>> {
    let standards = PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
        .map_err(|problem| vec![diag::refused(problem.message())])?;
    let Input { language, period, template, programme, .. } = input;
    Ok(PdfOptions {
        ident: Smart::Custom(format!("{}:{template}:{}:{language}", programme.en, period.id())),
        creator: Smart::Custom(Some(concat!("groundwork ", env!("CARGO_PKG_VERSION")).into())),
        timestamp: world::datetime(input.as_of).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    })
}

/// The files of one report, by path: the document, the marks of the figures, the attachments.
fn files(input: &Input<'_>, words: &Words) -> Result<BTreeMap<String, Bytes>, Vec<Diagnostic>> {
    let json = serde_json::to_vec_pretty(&document(input, words))
        .map_err(|_| vec![diag::refused("the document cannot be written as JSON")])?;
    let mut files = BTreeMap::from([("report.json".to_owned(), Bytes::new(json))]);
    let mut add = |path: String, bytes: &[u8]| {
        files.insert(path.trim_start_matches('/').to_owned(), Bytes::new(bytes.to_vec()));
    };
    for (at, figure) in input.figures.iter().enumerate() {
        add(placed::marks_path(at), &figure.marks_svg);
    }
    for attachment in input.attachments {
        add(placed::attachment_path(&attachment.name), &attachment.bytes);
    }
    Ok(files)
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
