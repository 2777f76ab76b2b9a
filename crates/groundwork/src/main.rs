//! The `groundwork` program.

fn main() -> std::process::ExitCode {
    groundwork::cli::main(std::env::args_os())
}
