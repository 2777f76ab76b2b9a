//! The command line: what can be asked, and how an answer becomes an exit code.

use crate::run::Where;
use crate::{commands, exit, ui};
use clap::{Parser, Subcommand, ValueEnum};
use groundwork_plan::diag::Diagnostic;
use groundwork_plan::disclosure::Audience;
use groundwork_plan::engine::Engine;
use groundwork_plan::period::Period;
use groundwork_plan::text::Language;
use jiff::civil::Date;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// Turns the exports of field programmes into numbers that can be defended and reports that can
/// be handed over.
#[derive(Debug, Parser)]
#[command(
    name = "groundwork",
    version,
    after_help = "Exit codes: 0 done · 2 the pipeline or the command line is wrong · 3 the data breaks a required check · 4 the disclosure audit refuses · 5 verify failed · 6 the machine failed · 130 interrupted · 101 a bug in groundwork"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// How facts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes a project that runs at once: pipeline, data, README.
    #[command(
        after_help = "Example: groundwork init demo && groundwork run demo/pipeline.yaml --out demo/out"
    )]
    Init(commands::init::Init),
    /// Reads, resolves, loads and checks; writes nothing. Every problem comes at once.
    #[command(after_help = "Example: groundwork check pipelines/prevention.yaml")]
    Check(commands::check::Check),
    /// What is behind a number: definition, rows in and out, queries, inputs, earlier runs.
    #[command(
        after_help = "Example: groundwork explain pipelines/prevention.yaml reach --site nan --period 2021-Q4"
    )]
    Explain(commands::explain::Explain),
    /// The whole way, from the exports to the reports.
    #[command(after_help = "Example: groundwork run pipelines/prevention.yaml --out out")]
    Run(commands::run::Run),
    /// Writes the indicator reference sheets: what each number is, how it is made, who answers for it.
    #[command(after_help = "Example: groundwork dictionary pipelines/prevention.yaml --out dictionary.xlsx")]
    Dictionary(commands::dictionary::Dictionary),
    /// Runs a pipeline's own worked examples: a few rows in, the expected cells out.
    #[command(
        after_help = "Example: groundwork test pipelines/prevention.yaml\n\nThe examples are Markdown pages in `prevention.tests` beside `prevention.yaml`, or those that the pipeline names under `tests`; the reference page describes them."
    )]
    Test(commands::test::Test),
    /// What changed between two runs: exports, rows, definitions, and every value that moved.
    #[command(after_help = "Example: groundwork diff runs/2021-Q3 runs/2021-Q4")]
    Diff(commands::diff::Diff),
    /// Runs again and compares bytes: whether a report or a run directory is what its pipeline and
    /// exports give.
    #[command(
        after_help = "Example: groundwork verify out/reports/quarterly-en.pdf --pipeline pipelines/prevention.yaml"
    )]
    Verify(commands::verify::Verify),
    /// Freezes the analysis plan of a pipeline, and says how the pipeline stands to it.
    #[command(after_help = "Example: groundwork plan lock pipelines/site-comparison.yaml")]
    Plan(commands::plan::PlanCommand),
    /// Writes the doubtful pairs of who is who, to be decided by somebody who has the exports.
    #[command(after_help = "Example: groundwork review pipelines/examples/who-is-who.yaml --out pairs.csv")]
    Review(commands::review::Review),
    /// Prints the JSON Schema of the pipeline language, for editors, or its reference page.
    #[command(after_help = "Example: groundwork schema > groundwork.schema.json")]
    Schema(commands::schema::Schema),
}

/// Runs the program with these arguments, the first being its name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        if groundwork_sources::is_guarded() {
            return;
        }
        let place = info.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
        let problem =
            Diagnostic::bug("bug", format!("groundwork stopped in a way that it should not{place}"));
        ui::diagnostics(&[problem], None);
    }));
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let code = std::panic::catch_unwind(|| ui::said(parsed(arguments))).unwrap_or(exit::BUG);
    ExitCode::from(code)
}

fn parsed(arguments: Vec<OsString>) -> u8 {
    match Cli::try_parse_from(arguments) {
        Ok(cli) => match cli.command {
            Command::Init(command) => command.run(),
            Command::Check(command) => command.run(),
            Command::Explain(command) => command.run(),
            Command::Run(command) => command.run(),
            Command::Dictionary(command) => command.run(),
            Command::Test(command) => command.run(),
            Command::Diff(command) => command.run(),
            Command::Verify(command) => command.run(),
            Command::Plan(command) => command.run(),
            Command::Review(command) => command.run(),
            Command::Schema(command) => command.run(),
        },
        Err(error) => {
            let _ = error.print();
            if error.use_stderr() { exit::PIPELINE } else { exit::DONE }
        }
    }
}

/// What a run may be told beyond its pipeline.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Overrides {
    /// Only what was received on or before this day counts.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<Date>,
    /// Who will read the outputs; may only be a wider audience than the pipeline's.
    #[arg(long, value_parser = audience, value_name = "internal|partner|public")]
    pub(crate) audience: Option<Audience>,
    /// What counts the rows: a server of Apache Spark at `sc://host:port`, or `here`; the pipeline's
    /// `engine` where it is missing.
    #[arg(long, value_parser = engine, value_name = "sc://HOST:PORT|here")]
    pub(crate) engine: Option<Where>,
    /// Threads; as many as the machine has where it is missing. Never changes an output.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Megabytes that the database may take before it spills to disk; a quarter of the machine's, and
    /// 700 at least, where it is missing. Never changes an output.
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(256..=1 << 24))]
    pub(crate) memory: Option<u64>,
}

/// The period of reports.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ReportPeriod {
    /// The period that reports are about, such as 2021-Q4; the pipeline's where it is missing.
    #[arg(long, value_parser = period)]
    pub(crate) period: Option<Period>,
}

/// A pipeline file, for every command that has one.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PipelineFile {
    /// The pipeline file.
    #[arg(value_name = "PIPELINE")]
    pub(crate) path: PathBuf,
}

/// What counts the rows, for the command line.
pub(crate) fn engine(text: &str) -> Result<Where, String> {
    match text {
        "here" => Ok(Where::Here),
        address => Engine::on_command_line(address).map(Where::Engine).map_err(|problem| problem.message),
    }
}

fn period(text: &str) -> Result<Period, String> {
    Period::parse(text).ok_or_else(|| "expected a period such as 2021-Q4, 2021-11 or 2021".to_owned())
}

fn audience(text: &str) -> Result<Audience, String> {
    Audience::ALL
        .into_iter()
        .find(|a| a.word() == text)
        .ok_or_else(|| "expected `internal`, `partner` or `public`".to_owned())
}

/// A language, for the command line.
pub(crate) fn language(text: &str) -> Result<Language, String> {
    Language::from_code(text).ok_or_else(|| "expected `en`, `th` or `my`".to_owned())
}
