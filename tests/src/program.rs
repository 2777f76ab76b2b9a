//! Starting the program under test.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The variable that makes the test binary be the program.
pub const AS_PROGRAM: &str = "GROUNDWORK_PROGRAM";

/// A command that runs `groundwork` with these arguments, in a folder.
pub fn groundwork(folder: &Path, arguments: &[&str]) -> Command {
    let me = std::env::current_exe().expect("the path of this program");
    let mut command = Command::new(me);
    command.current_dir(folder).env(AS_PROGRAM, "1").args(arguments);
    command
}

/// Runs `groundwork` and waits.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    groundwork(folder, arguments).output().expect("groundwork starts")
}

/// Runs `groundwork` and demands that it is done.
pub fn done(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = run(folder, arguments);
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.code() {
        Some(0) => Ok(out),
        code => Err(format!(
            "groundwork {arguments:?} ended with {code:?}\n{out}{}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

/// The top of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository").to_owned()
}
