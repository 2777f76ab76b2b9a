//! Figures and attachments: how large they come, and where a template finds their files.

use crate::document as doc;
use crate::input::{Anchor, Attachment, PlacedFigure, TEXT_WIDTH_PT};
use crate::write::{clean, colour_code};

/// The height that a figure may take on a page, points.
const FIGURE_HEIGHT_PT: f64 = 600.0;

/// A figure, scaled down where it is too wide or too high for the page.
pub(crate) fn figure(at: usize, figure: &PlacedFigure) -> doc::Figure {
    let factor = (TEXT_WIDTH_PT / figure.width_pt).min(FIGURE_HEIGHT_PT / figure.height_pt).min(1.0);
    let labels = figure.labels.iter().filter(|l| !clean(&l.text).is_empty());
    doc::Figure {
        id: clean(&figure.id),
        chart: clean(&figure.chart),
        section: clean(&figure.section),
        about: clean(&figure.about),
        title: clean(&figure.title),
        caption: clean(&figure.caption),
        alt: clean(&figure.alt),
        width: figure.width_pt * factor,
        height: figure.height_pt * factor,
        marks: marks_path(at),
        labels: labels
            .map(|label| doc::Label {
                text: clean(&label.text),
                x: label.x_pt * factor,
                y: label.y_pt * factor,
                anchor: match label.anchor {
                    Anchor::Start => "start",
                    Anchor::Middle => "middle",
                    Anchor::End => "end",
                },
                size: label.size_pt * factor,
                weight: label.weight.clamp(100, 900),
                colour: colour_code(&label.colour),
            })
            .collect(),
    }
}

/// Where a template finds the marks of a figure.
pub(crate) fn marks_path(at: usize) -> String {
    format!("/marks/{at}.svg")
}

/// Where a template finds an attachment.
pub(crate) fn attachment_path(name: &str) -> String {
    format!("/attachments/{name}")
}

/// An attachment.
pub(crate) fn attachment(attachment: &Attachment) -> doc::AttachmentText {
    doc::AttachmentText {
        name: attachment.name.clone(),
        file: attachment_path(&attachment.name),
        relationship: attachment.relationship.word(),
        mime: attachment.mime.clone(),
        description: clean(&attachment.description),
    }
}
