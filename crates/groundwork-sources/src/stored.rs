//! The rows of a source, typed, as one Parquet file: what the database looks at, and what can be kept
//! for another run.

use crate::read::read_into;
use crate::row::Halt;
use crate::{Context, Reading, diagnose, schema};
use arrow::array::RecordBatch;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Source;
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

/// Reads all files of a source into a Parquet file, which must not be there. Every batch is encoded
/// on the thread that read it; the bytes of the file do not depend on the number of threads. `go_on`
/// is asked after every batch.
///
/// # Errors
/// All problems of the source at once, that the file cannot be written, or what `go_on` says. The file
/// is then to be thrown away.
pub fn store(
    source: &Source,
    context: &Context<'_>,
    path: &Path,
    go_on: &mut dyn FnMut() -> Result<(), Diagnostic>,
) -> Result<Reading, Vec<Diagnostic>> {
    let alone = |problem: Diagnostic| vec![problem];
    let schema = schema(source);
    let begin = || -> Result<_, ParquetError> {
        // Row numbers only rise, and hardly any of them is there twice.
        let numbers = ColumnPath::from("_row");
        let properties = WriterProperties::builder()
            .set_compression(Compression::LZ4_RAW)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            // Words of categories fit, and names of rows and people are soon given up.
            .set_dictionary_page_size_limit(1 << 17)
            .set_column_dictionary_enabled(numbers.clone(), false)
            .set_column_encoding(numbers, Encoding::DELTA_BINARY_PACKED)
            .build();
        let columns = ArrowSchemaConverter::new().convert(&schema)?;
        let file = BufWriter::new(File::create_new(path)?);
        let writer = SerializedFileWriter::new(file, columns.root_schema_ptr(), Arc::new(properties))?;
        let factory = ArrowRowGroupWriterFactory::new(&writer, Arc::clone(&schema));
        Ok((writer, factory))
    };
    let (mut writer, factory) = begin().map_err(failed).map_err(alone)?;
    let reading = read_into(source, context, &|batch| encoded(&factory, &batch), &mut |columns| {
        go_on()?;
        let mut group = writer.next_row_group().map_err(failed)?;
        for column in columns {
            column.append_to_row_group(&mut group).map_err(failed)?;
        }
        group.close().map_err(failed)?;
        Ok(())
    })?;
    writer.close().map_err(failed).map_err(alone)?;
    Ok(reading)
}

fn encoded(factory: &ArrowRowGroupWriterFactory, batch: &RecordBatch) -> Result<Vec<ArrowColumnChunk>, Halt> {
    let encode = || -> Result<Vec<ArrowColumnChunk>, ParquetError> {
        let schema = batch.schema();
        let mut chunks = Vec::new();
        let mut writers = factory.create_column_writers(0)?.into_iter();
        for (field, array) in schema.fields().iter().zip(batch.columns()) {
            for leaf in compute_leaves(field, array)? {
                let mut writer =
                    writers.next().ok_or_else(|| ParquetError::General("a column too many".into()))?;
                writer.write(&leaf)?;
                chunks.push(writer.close()?);
            }
        }
        Ok(chunks)
    };
    encode().map_err(|error| failed(error).into())
}

fn failed(error: ParquetError) -> Diagnostic {
    diagnose::not_stored(&error.to_string())
}
