//! Pages: Markdown files of worked examples, one feature a file, one case a `##` heading. The suite
//! of this repository is made of them, and so are the examples beside a pipeline that
//! `groundwork test` runs.
//!
//! The fenced blocks of a case are its data and what is expected of them:
//!
//! | block | meaning |
//! |---|---|
//! | `yaml pipeline` | the pipeline; `pipeline with` adds lines to the first one, `pipeline without WORD` takes the lines with the word away |
//! | `csv data/x.csv` (any two words, the second with a dot) | a file |
//! | `csv SOURCE` | rows of a source by the pipeline's own names of columns; `groundwork test` only |
//! | `hex data/x.csv` | a file, as bytes |
//! | `xlsx data/x.xlsx SHEET` | a worksheet, as CSV; the line `#merge B1:C1` merges cells; the suite only |
//! | `indicators` | every row stands exactly once in `indicators.csv`, column by column; `indicators ID` names the indicator for all rows, which are totals unless there is a column `dimension` |
//! | `estimates` | like `indicators`, in `estimates.csv` |
//! | `issues` | the rows of `issues.csv` in these columns, all of them |
//! | `rows SOURCE` | what became of the rows of a source, `kept: 3` |
//! | `diagnostics CODE` | the exit code, and lines that the messages hold in this order |
//! | `says CODE COMMAND…` | another command, such as `says 0 explain pipeline.yaml reach`: its exit code, and lines that it says in this order; the suite only |
//! | `file PATH` | lines that a command wrote, in this order; the suite only |
//! | `locked` | a pipeline whose plan is locked on 2021-03-31, with the files that stand above it; the suite only |
//! | `example NAME` | the pipeline of that name in `pipelines/examples`, with its data; the suite only |
//! | `dataset NAME.csv` | a public data set that may not be copied, as `data/NAME.csv`; the case is skipped where it is not on the machine; the suite only |

mod expect;

pub use expect::{Mismatch, Outcome};

/// One case of a page.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its heading.
    pub title: String,
    /// The line of the heading, from 1.
    pub line: usize,
    /// Its fenced blocks, in order.
    pub blocks: Vec<Block>,
}

/// A fenced block.
#[derive(Debug, Clone)]
pub struct Block {
    /// The words after the fence.
    pub info: Vec<String>,
    /// The line of the fence, from 1.
    pub line: usize,
    /// What stands in it.
    pub text: String,
}

/// What a block is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose<'b> {
    /// It makes the pipeline.
    Pipeline,
    /// It is a file at this path.
    File(&'b str),
    /// It is a file at this path, as bytes.
    Bytes(&'b str),
    /// It is a worksheet in a workbook at this path.
    Worksheet(&'b str, &'b str),
    /// It holds rows of this source.
    Source(&'b str),
    /// It is a pipeline whose plan is locked.
    Locked,
    /// It names an example pipeline.
    Example(&'b str),
    /// It names a public data set.
    Dataset(&'b str),
    /// It says what is expected.
    Expectation,
}

/// The cases of a page.
pub fn cases(text: &str) -> Vec<Case> {
    let mut out: Vec<Case> = Vec::new();
    let mut block: Option<(&str, Block)> = None;
    for (at, line) in text.lines().enumerate() {
        if let Some((fence, open)) = &mut block {
            if line.trim_end() == *fence {
                if let (Some(case), Some((_, done))) = (out.last_mut(), block.take()) {
                    case.blocks.push(done);
                }
            } else {
                open.text.push_str(line);
                open.text.push('\n');
            }
        } else if line.starts_with("```") {
            // A longer fence holds blocks with shorter ones.
            let (fence, info) = line.split_at(line.len() - line.trim_start_matches('`').len());
            let info = info.split_whitespace().map(str::to_owned).collect();
            block = Some((fence, Block { info, line: at + 1, text: String::new() }));
        } else if let Some(title) = line.strip_prefix("## ") {
            out.push(Case { title: title.trim().to_owned(), line: at + 1, blocks: Vec::new() });
        }
    }
    out
}

/// The first pipeline of a page, which later cases without one of their own have too.
pub fn first_pipeline(cases: &[Case]) -> Option<String> {
    let mut blocks = cases.iter().flat_map(|c| &c.blocks);
    blocks.find(|b| b.info == ["yaml", "pipeline"]).map(|b| b.text.clone())
}

impl Block {
    /// What it is for.
    ///
    /// # Errors
    /// A sentence, where its words have no meaning.
    pub fn purpose(&self) -> Result<Purpose<'_>, String> {
        let info: Vec<&str> = self.info.iter().map(String::as_str).collect();
        Ok(match info.as_slice() {
            ["yaml", "pipeline"] | ["yaml", "pipeline", "with"] | ["yaml", "pipeline", "without", _] => {
                Purpose::Pipeline
            }
            ["hex", path] => Purpose::Bytes(path),
            ["xlsx", path, sheet] => Purpose::Worksheet(path, sheet),
            ["locked"] => Purpose::Locked,
            ["example", name] => Purpose::Example(name),
            ["dataset", name] => Purpose::Dataset(name),
            ["indicators" | "issues" | "estimates"]
            | ["indicators" | "rows" | "diagnostics" | "file", _]
            | ["says", _, _, ..] => Purpose::Expectation,
            [_, path] if path.contains('.') => Purpose::File(path),
            ["csv", source] => Purpose::Source(source),
            other => return Err(format!("the block `{}` has no meaning here", other.join(" "))),
        })
    }
}

impl Block {
    /// The bytes of a file.
    ///
    /// # Errors
    /// A sentence, where bytes cannot be read.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        match self.purpose()? {
            Purpose::Bytes(_) => bytes(&self.text),
            _ => Ok(self.text.clone().into_bytes()),
        }
    }

    /// The command of a block `says`.
    pub fn command(&self) -> Option<Vec<&str>> {
        match self.info.as_slice() {
            [word, _, command @ ..] if word == "says" => Some(command.iter().map(String::as_str).collect()),
            _ => None,
        }
    }
}

impl Case {
    /// The pipeline of the case, `first` being that of the page.
    pub fn pipeline(&self, first: Option<&str>) -> Option<String> {
        let mut pipeline = first.map(str::to_owned);
        for block in &self.blocks {
            let info: Vec<&str> = block.info.iter().map(String::as_str).collect();
            match info.as_slice() {
                ["yaml", "pipeline"] => pipeline = Some(block.text.clone()),
                ["yaml", "pipeline", "with"] => {
                    let mut base = pipeline.unwrap_or_default();
                    if !base.is_empty() && !base.ends_with('\n') {
                        base.push('\n');
                    }
                    pipeline = Some(base + &block.text);
                }
                ["yaml", "pipeline", "without", word] => {
                    let base = pipeline.unwrap_or_default();
                    let kept: Vec<&str> = base.lines().filter(|l| !l.contains(word)).collect();
                    pipeline = Some(format!("{}\n{}", kept.join("\n"), block.text));
                }
                _ => {}
            }
        }
        pipeline
    }

    /// Whether it says what is expected.
    pub fn expects(&self) -> bool {
        self.blocks.iter().any(|b| b.purpose() == Ok(Purpose::Expectation))
    }

    /// Whether it expects an exit code, and with it problems.
    pub fn expects_problems(&self) -> bool {
        self.has("diagnostics")
    }

    /// Whether it expects something of a run, and not of another command alone.
    pub fn expects_run(&self) -> bool {
        ["indicators", "issues", "estimates", "rows", "diagnostics"].into_iter().any(|word| self.has(word))
    }

    /// Whether a block begins with this word.
    pub fn has(&self, word: &str) -> bool {
        self.blocks.iter().any(|b| b.info.first().is_some_and(|first| first == word))
    }
}

fn bytes(hex: &str) -> Result<Vec<u8>, String> {
    hex.split_whitespace().map(|h| u8::from_str_radix(h, 16).map_err(|e| format!("{h}: {e}"))).collect()
}
