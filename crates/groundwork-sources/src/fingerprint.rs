//! What the rows of a source depend on beside the bytes of its files.

use crate::Context;
use crate::pseudonym::Pseudonyms;
use groundwork_plan::source::{Column, Export, Source};

/// Everything that decides how the bytes of the files of a source become rows, as text: the same text
/// and the same bytes of files, codebook and cleaning log give the same rows. Where things stand in the
/// pipeline is not part of it, and the key of pseudonyms only as a code that does not tell it. None for
/// a source without files.
pub fn fingerprint(source: &Source, context: &Context<'_>) -> Option<String> {
    let export = Export { span: Default::default(), ..source.export()?.clone() };
    let columns: Vec<(Column, bool)> = source
        .columns
        .iter()
        .map(|column| {
            let asked = column.asked.is_some();
            (Column { span: Default::default(), asked: None, ..column.clone() }, asked)
        })
        .collect();
    let key = Pseudonyms::beside(context.base).code();
    Some(format!("{export:?}\n{columns:?}\n{:?}\n{:?}\n{key}", source.record, context.sites))
}
