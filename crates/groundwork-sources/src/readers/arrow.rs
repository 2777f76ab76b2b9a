//! Arrow files (Feather), batch by batch, every value as its text.

use super::Table;
use super::table::Rows;
use crate::SourceFile;
use crate::diagnose;
use crate::row::{Cells, Halt, Row, Slot, Visit, Wanted};
use crate::values::text;
use arrow::ipc::reader::FileReader;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;
use std::fs::File;
use std::io::BufReader;

/// The batches of a file.
pub(crate) struct Batches {
    reader: FileReader<BufReader<File>>,
    name: String,
}

/// Opens an Arrow file.
pub(super) fn open(file: &SourceFile, _: &Export) -> Result<Table, Diagnostic> {
    let input = File::open(&file.path).map_err(|error| diagnose::unreadable(&file.name, &error))?;
    let open = || FileReader::try_new_buffered(input, None);
    let reader = std::panic::catch_unwind(std::panic::AssertUnwindSafe(open));
    let Ok(Ok(reader)) = reader else {
        return Err(diagnose::unreadable_arrow(&file.name));
    };
    let headers: Vec<String> =
        reader.schema().fields().iter().map(|field| text::header(field.name())).collect();
    if headers.is_empty() {
        return Err(diagnose::empty_file(&file.name, None, false));
    }
    Ok(Table {
        sheet: None,
        encoding: None,
        headers,
        also: Vec::new(),
        rows: Rows::Arrow(Box::new(Batches { reader, name: file.name.clone() })),
    })
}

impl Batches {
    /// Calls `visit` with every row, numbered from 1.
    ///
    /// # Errors
    /// What `visit` returns; `source.unreadable-arrow`.
    pub(super) fn rows(mut self, wanted: &[Wanted], visit: &mut Visit<'_>) -> Result<(), Halt> {
        let options = FormatOptions::new();
        let mut number = 0;
        let mut slots: Vec<Slot> = wanted.iter().map(|_| Slot::default()).collect();
        loop {
            let next = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.reader.next()));
            let batch = match next {
                Ok(None) => return Ok(()),
                Ok(Some(Ok(batch))) => batch,
                Ok(Some(Err(_))) | Err(_) => return Err(diagnose::unreadable_arrow(&self.name).into()),
            };
            let mut columns = Vec::with_capacity(wanted.len());
            for want in wanted {
                let array = batch.columns().get(want.column);
                let formatter =
                    array.and_then(|array| ArrayFormatter::try_new(array.as_ref(), &options).ok());
                columns.push(array.zip(formatter));
            }
            for row in 0..batch.num_rows() {
                number += 1;
                for (slot, column) in slots.iter_mut().zip(&columns) {
                    slot.text.clear();
                    if let Some((array, formatter)) = column
                        && array.is_valid(row)
                    {
                        // Writing to a string fails only where the value has no text.
                        let _ = formatter.value(row).write(&mut slot.text);
                    }
                }
                visit(&Row {
                    number,
                    ragged: false,
                    tags: false,
                    parent: None,
                    cells: Cells::Slots(&slots),
                })?;
            }
        }
    }
}
