//! LINE Official Account: the overview of friends, and broadcasts.
//!
//! `contacts` counts everybody who ever was a friend and never falls: what a period adds is the
//! difference of two days, and those who are still friends are `contacts` less `blocks`. The
//! headers are those of the language of the account.

use super::{Habits, PLAIN, Table};
use crate::SourceFile;
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::source::Export;

pub(crate) const HABITS: Habits = PLAIN;

/// Headers in Japanese and Thai, and what they are called in English.
const HEADERS: [(&str, &str); 9] = [
    ("日付", "date"),
    ("総友だち数", "contacts"),
    ("友だち追加数", "contacts"),
    ("ターゲットリーチ", "targetReaches"),
    ("ブロック数", "blocks"),
    ("วันที่", "date"),
    ("เพื่อน", "contacts"),
    ("กลุ่มเป้าหมาย", "targetReaches"),
    ("บล็อก", "blocks"),
];

/// Whether these are headers of such a file, in any of the languages.
pub(crate) fn is_of(headers: &[String]) -> bool {
    let has = |name: &str| {
        headers.iter().any(|header| {
            header == name || HEADERS.iter().any(|(own, english)| own == header && *english == name)
        })
    };
    (has("contacts") && has("blocks")) || has("broadcastId")
}

/// Opens a worksheet or a delimited text.
pub(super) fn open(file: &SourceFile, export: &Export) -> Result<Table, Diagnostic> {
    let table = Table::either(file, export)?;
    Ok(table.also_called(|header| {
        HEADERS
            .iter()
            .find(|(own, _)| *own == header)
            .map(|(_, english)| (*english).to_owned())
            .unwrap_or_default()
    }))
}
