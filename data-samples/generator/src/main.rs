//! `groundwork-samples`: writes invented field data and its true counts.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use groundwork_samples::{DEFAULT_SEED, Programme, register, write};

/// The folder or a file in it could not be written.
const CANNOT_WRITE: u8 = 6;

const EXAMPLE: &str = "\
Example:
  groundwork-samples --seed 5755 --scale 1 --out data-samples

Writes exports of KoboToolbox, Facebook and LINE and lists kept by hand into
the folders kobo, facebook, line and csv, with truth.json and README.md. The
same seed and scale give the same bytes in every file.

Exit codes: 0 written, 2 wrong arguments, 6 the folder cannot be written.";

/// Writes invented field data of a programme against child trafficking, with
/// the mistakes real exports have and the true counts beside it.
#[derive(Parser)]
#[command(name = "groundwork-samples", version, after_help = EXAMPLE)]
struct Arguments {
    /// The seed everything is drawn from
    #[arg(long, default_value_t = DEFAULT_SEED)]
    seed: u64,

    /// Multiplies people, volunteers, families, cases and money, not posts and
    /// partners; 1 is about a thousand people a quarter
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=2000))]
    scale: u32,

    /// Writes the lists of so many people instead, several of them in several lists, as several
    /// people write them down, with who is who
    #[arg(long, value_name = "PEOPLE")]
    register: Option<u32>,

    /// The folder to write into; it is made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Writes the lists of a register.
fn lists(people: u32, seed: u64, out: &Path) -> ExitCode {
    let rows = register::draw(people, seed);
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(out)?;
        for (list, _) in register::LISTS {
            std::fs::write(out.join(format!("{list}.csv")), register::csv(&rows, list))?;
        }
        Ok(())
    };
    match write() {
        Ok(()) => {
            println!("{} rows of {people} people in {}", rows.len(), out.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {}: {error}", out.display());
            ExitCode::from(CANNOT_WRITE)
        }
    }
}

fn main() -> ExitCode {
    let Arguments { seed, scale, register, out } = Arguments::parse();
    if let Some(people) = register {
        return lists(people, seed, &out);
    }
    let programme = Programme::draw(seed, scale);
    match write(&programme, &out) {
        Ok(written) => {
            let rows = written.rows;
            println!(
                "{} files in {}: {} sessions, {} attendances, {} follow-ups, {} trainings, {} cases",
                written.files.len(),
                out.display(),
                rows.workshops,
                rows.attendance,
                rows.livelihood_followups,
                rows.trainings,
                rows.registration
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(CANNOT_WRITE)
        }
    }
}
