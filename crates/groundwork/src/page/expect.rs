//! What a case expects, against what came of it.

use super::{Block, Case};
use crate::table::{Table, aligned};
use std::collections::BTreeMap;

/// What came of a case.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The exit code; none for a process that was ended from outside.
    pub code: Option<i32>,
    /// What was said of problems.
    pub said: String,
    /// How each command of a block `says` ended, and what it said on either stream.
    pub commands: Vec<(Option<i32>, String)>,
    /// The files that were written, by path.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What became of the rows of each source, as `groundwork check --format json` says it.
    pub rows: BTreeMap<String, BTreeMap<String, u64>>,
}

/// Something that is not as it was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// A row that does not stand exactly once in a table.
    Row {
        /// Which block expects it: its words, and its line in the page.
        block: (String, usize),
        /// The columns.
        header: Vec<String>,
        /// The row.
        expected: Vec<String>,
        /// The rows that come nearest.
        got: Vec<Vec<String>>,
    },
    /// Anything else, in a sentence.
    Other {
        /// Which block expects it: its words, and its line in the page.
        block: (String, usize),
        /// What was found instead.
        message: String,
    },
}

/// The columns that say which cell a row is.
const KEYS: [&str; 8] =
    ["evaluation", "contrast", "indicator", "site", "period", "dimension", "category", "term"];
/// Rows that a mismatch shows at most.
const SHOWN: usize = 12;

impl Case {
    /// Everything that is not as the case expects it.
    pub fn mismatches(&self, outcome: &Outcome) -> Vec<Mismatch> {
        let mut commands = outcome.commands.iter();
        let mut out = Vec::new();
        for block in &self.blocks {
            let command = block.command().and_then(|_| commands.next());
            out.extend(block.mismatches(outcome, command));
        }
        out
    }
}

impl Block {
    fn mismatches(&self, outcome: &Outcome, command: Option<&(Option<i32>, String)>) -> Vec<Mismatch> {
        let word = self.info.first().map(String::as_str).unwrap_or_default();
        let table = |name: &str| match outcome.files.get(name) {
            Some(bytes) => Table::from_csv(bytes),
            None => Err(format!("there is no {name}")),
        };
        let found = match word {
            "indicators" | "estimates" => {
                table(&format!("{word}.csv")).and_then(|found| self.contained_in(&found, word == "estimates"))
            }
            "issues" => table("issues.csv").and_then(|found| self.equal_to(&found)),
            "rows" => self.counts(outcome),
            "diagnostics" => self.said(outcome.code, &outcome.said),
            "says" => match command {
                Some((code, said)) => self.said(*code, said),
                None => Err("the command was not run".to_owned()),
            },
            "file" => {
                let path = self.info.get(1).map(String::as_str).unwrap_or_default();
                match outcome.files.get(path) {
                    Some(bytes) => self.lines_of(&String::from_utf8_lossy(bytes)),
                    None => Err(format!("there is no {path}")),
                }
            }
            _ => Ok(Vec::new()),
        };
        found.unwrap_or_else(|message| vec![self.other(message)])
    }

    fn place(&self) -> (String, usize) {
        (self.info.join(" "), self.line)
    }

    fn other(&self, message: String) -> Mismatch {
        Mismatch::Other { block: self.place(), message }
    }

    /// The expected table; `indicators ID` stands for a column `indicator`, and for totals where
    /// no dimension is named.
    fn expected(&self) -> Result<Table, String> {
        let mut table = Table::from_csv(self.text.as_bytes())?;
        if let [_, id] = self.info.as_slice() {
            let of_totals = ["dimension", "category"].map(|name| (name, ""));
            let are_totals = table.column("dimension").is_err();
            let named = of_totals.into_iter().filter(|_| are_totals);
            for (name, value) in named.chain([("indicator", id.as_str())]) {
                table.header.insert(0, name.to_owned());
                table.rows.iter_mut().for_each(|row| row.insert(0, value.to_owned()));
            }
        }
        Ok(table)
    }

    fn contained_in(&self, found: &Table, rounded: bool) -> Result<Vec<Mismatch>, String> {
        let expected = self.expected()?;
        let header = &expected.header;
        let all = found.only(header)?;
        let is_key: Vec<bool> = header.iter().map(|name| KEYS.contains(&name.as_str())).collect();
        let same_cell = |a: &[String], b: &[String]| {
            a.iter().zip(b).zip(&is_key).all(|((a, b), is_key)| a == b || !is_key)
        };
        let mut mismatches = Vec::new();
        for row in &expected.rows {
            // Estimates to the digits that are written.
            let is = |found: &str, wanted: &str| found == wanted || (rounded && is_rounded(found, wanted));
            let alike = |found: &&Vec<String>| found.iter().zip(row).all(|(f, w)| is(f, w));
            if all.iter().filter(alike).count() == 1 {
                continue;
            }
            let near: Vec<_> =
                all.iter().filter(|found| same_cell(found, row)).take(SHOWN).cloned().collect();
            let same_first = |found: &&Vec<String>| found.first() == row.first();
            mismatches.push(Mismatch::Row {
                block: self.place(),
                header: header.clone(),
                expected: row.clone(),
                got: if near.is_empty() {
                    all.iter().filter(same_first).take(SHOWN).cloned().collect()
                } else {
                    near
                },
            });
        }
        Ok(mismatches)
    }

    fn equal_to(&self, found: &Table) -> Result<Vec<Mismatch>, String> {
        let expected = self.expected()?;
        let found = found.only(&expected.header)?;
        if found == expected.rows {
            return Ok(Vec::new());
        }
        let line = |rows: &[Vec<String>]| {
            let rows: Vec<Vec<String>> =
                std::iter::once(expected.header.clone()).chain(rows.iter().cloned()).collect();
            aligned(&rows, "    ")
        };
        Ok(vec![self.other(format!("expected\n{}got\n{}", line(&expected.rows), line(&found)))])
    }

    fn counts(&self, outcome: &Outcome) -> Result<Vec<Mismatch>, String> {
        let source = self.info.get(1).ok_or("`rows` names a source")?;
        let rows = outcome.rows.get(source).ok_or_else(|| format!("no source `{source}` was read"))?;
        let of = |name: &str| rows.get(name).copied().unwrap_or(0);
        let mut mismatches = Vec::new();
        for line in self.text.lines().filter(|line| !line.trim().is_empty()) {
            let (name, wanted) = line.split_once(':').ok_or("expected `name: count`")?;
            if rows.get(name.trim()).copied() != wanted.trim().parse().ok() {
                mismatches.push(self.other(format!("expected {line}, got {rows:?}")));
            }
        }
        let parts =
            ["kept", "left_out", "received_later", "set_aside", "superseded", "without_parent"].map(of);
        if parts.iter().sum::<u64>() != of("read") {
            mismatches.push(self.other(format!("the parts do not add up to the rows read: {rows:?}")));
        }
        Ok(mismatches)
    }

    /// The exit code that the block names, and its lines.
    fn said(&self, code: Option<i32>, said: &str) -> Result<Vec<Mismatch>, String> {
        let wanted: i32 =
            self.info.get(1).and_then(|c| c.parse().ok()).ok_or("the block names an exit code")?;
        match code {
            Some(code) if code == wanted => self.lines_of(said),
            Some(code) => Err(format!("expected the exit code {wanted}, got {code}\n{said}")),
            None => Err(format!("expected the exit code {wanted}, got none\n{said}")),
        }
    }

    /// Every line of the block stands in the text, in this order.
    fn lines_of(&self, text: &str) -> Result<Vec<Mismatch>, String> {
        let mut rest = text;
        for line in self.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match rest.find(line) {
                Some(at) => rest = rest.get(at..).unwrap_or_default(),
                None => return Err(format!("`{line}` does not stand (in this order) in\n{text}")),
            }
        }
        Ok(Vec::new())
    }
}

/// Whether a number, rounded to the decimals that are written, is the one that is written.
fn is_rounded(found: &str, wanted: &str) -> bool {
    let (Ok(value), Ok(number), Some((_, decimals))) =
        (found.parse::<f64>(), wanted.parse::<f64>(), wanted.split_once('.'))
    else {
        return false;
    };
    let Ok(places) = i32::try_from(decimals.len()) else { return false };
    (value - number).abs() <= 0.5 * 10f64.powi(-places) * (1.0 + 1e-6)
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Mismatch::Row { block: (words, line), header, expected, got } => {
                writeln!(f, "  {words} (line {line})")?;
                let row = |mark: &str, cells: &[String]| {
                    std::iter::once(mark.to_owned()).chain(cells.iter().cloned()).collect::<Vec<_>>()
                };
                let mut rows = vec![row("", header), row("expected", expected)];
                rows.extend(got.iter().map(|cells| row("got", cells)));
                if got.is_empty() {
                    rows.push(row("got", &["no such row".to_owned()]));
                }
                f.write_str(&aligned(&rows, "    "))
            }
            Mismatch::Other { block: (words, line), message } => {
                writeln!(f, "  {words} (line {line})")?;
                message.lines().try_for_each(|line| writeln!(f, "    {line}"))
            }
        }
    }
}
