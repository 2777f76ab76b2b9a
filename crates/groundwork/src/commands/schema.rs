//! `groundwork schema`: the pipeline language, for editors and for readers.

use crate::{exit, ui};

/// Prints the JSON Schema of the pipeline language, for editors, or its reference page.
#[derive(Debug, clap::Args)]
pub(crate) struct Schema {
    /// The reference page as Markdown instead of the schema.
    #[arg(long)]
    reference: bool,
}

impl Schema {
    /// Prints.
    pub(crate) fn run(self) -> u8 {
        if self.reference {
            ui::fact(groundwork_plan::schema::reference().trim_end());
        } else {
            ui::fact_json(&groundwork_plan::schema::schema());
        }
        exit::DONE
    }
}
