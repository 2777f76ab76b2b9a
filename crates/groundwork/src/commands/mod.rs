//! What the command line offers, one file a command.

pub(crate) mod check;
pub(crate) mod dictionary;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod init;
pub(crate) mod plan;
pub(crate) mod review;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod test;
pub(crate) mod verify;
mod watch;

use crate::cli::Overrides;
use crate::files::read_pipeline;
use crate::machine;
use crate::run::Request;
use groundwork_plan::diag::Diagnostic;
use std::path::Path;

/// A request for a pipeline file, with what the command line changes.
fn request(path: &Path, overrides: &Overrides) -> Result<Request, Diagnostic> {
    let (text, folder) = read_pipeline(path)?;
    Ok(Request {
        path: path.to_owned(),
        text,
        folder,
        period: None,
        as_of: overrides.as_of,
        audience: overrides.audience,
        languages: Vec::new(),
        reports: Vec::new(),
        threads: overrides.threads.map_or_else(machine::threads, usize::from),
        memory_mb: overrides.memory.unwrap_or_else(machine::memory_mb),
        engine: overrides.engine.clone(),
        keeps: false,
    })
}
