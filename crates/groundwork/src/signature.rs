//! Signatures of reports, made and checked by OpenSSH: with keys that people have already, in files,
//! agents or hardware. A signature stands beside its report as `report.pdf.sig`.

use crate::scratch::Scratch;
use groundwork_plan::diag::Diagnostic;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What the signatures are for; a signature for something else is none.
const NAMESPACE: &str = "groundwork";

/// How a signature was found.
pub(crate) enum Checked {
    /// Good, by a key with this fingerprint.
    Good(String),
    /// Bad, and why.
    Bad(String),
}

/// Signs bytes with a private key, or the one that belongs to a public key in an agent.
///
/// # Errors
/// Without OpenSSH, and where the key cannot sign.
pub(crate) fn sign(key: &Path, bytes: &[u8]) -> Result<Vec<u8>, Diagnostic> {
    let scratch = scratch()?;
    let file = scratch.path().join("signed");
    written(&file, bytes)?;
    let mut command = Command::new("ssh-keygen");
    command.args(["-Y", "sign", "-q", "-n", NAMESPACE, "-f"]).arg(key).arg(&file);
    // A passphrase is asked for on the terminal.
    let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output().map_err(no_openssh)?;
    let signature = std::fs::read(scratch.path().join("signed.sig"));
    match (output.status.success(), signature) {
        (true, Ok(signature)) => Ok(signature),
        _ => Err(Diagnostic::command_line(
            "sign.failed",
            format!("`{}` does not sign: {}", key.display(), said(&output)),
        )
        .hint("Name a private key such as `ssh-keygen -t ed25519 -f reports_key` makes.")),
    }
}

/// Checks a signature of bytes: that it is theirs, and where a public key is named, of that key.
///
/// # Errors
/// Without OpenSSH, and where the public key cannot be read.
pub(crate) fn check(signature: &[u8], bytes: &[u8], by: Option<&Path>) -> Result<Checked, Diagnostic> {
    let scratch = scratch()?;
    let (file, told) = (scratch.path().join("signed"), scratch.path().join("signed.sig"));
    written(&file, bytes)?;
    written(&told, signature)?;
    let mut command = Command::new("ssh-keygen");
    match by {
        None => command.args(["-Y", "check-novalidate"]),
        Some(key) => {
            let public = std::fs::read_to_string(key).map_err(|e| {
                Diagnostic::command_line("sign.no-key", format!("`{}` cannot be read: {e}", key.display()))
                    .hint("Name the public key of those who signed, such as `reports_key.pub`.")
            })?;
            let signers = scratch.path().join("signers");
            written(&signers, format!("signer {}\n", public.trim()).as_bytes())?;
            command.args(["-Y", "verify", "-I", "signer", "-f"]).arg(signers)
        }
    };
    let input = std::fs::File::open(&file).map_err(|e| cannot(&e))?;
    let output =
        command.args(["-n", NAMESPACE, "-s"]).arg(&told).stdin(input).output().map_err(no_openssh)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let fingerprint = text.split_whitespace().find(|word| word.starts_with("SHA256:"));
    match (output.status.success(), fingerprint) {
        (true, Some(fingerprint)) => Ok(Checked::Good(fingerprint.to_owned())),
        _ => Ok(Checked::Bad(said(&output))),
    }
}

/// What the tool said, in one line.
fn said(output: &Output) -> String {
    let all = [&output.stderr, &output.stdout].map(|text| String::from_utf8_lossy(text).into_owned());
    let line = all.iter().flat_map(|text| text.lines()).find(|line| !line.trim().is_empty());
    line.unwrap_or("nothing was said").trim().to_owned()
}

fn scratch() -> Result<Scratch, Diagnostic> {
    Scratch::new(&std::env::temp_dir(), "groundwork-").map_err(|e| cannot(&e))
}

fn written(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    std::fs::write(path, bytes).map_err(|e| cannot(&e))
}

fn cannot(error: &std::io::Error) -> Diagnostic {
    Diagnostic::machine("file.scratch", format!("a scratch file cannot be used: {error}"))
}

fn no_openssh(error: std::io::Error) -> Diagnostic {
    Diagnostic::machine("sign.no-openssh", format!("`ssh-keygen` cannot be started: {error}"))
        .hint("Install OpenSSH; signatures are made and checked with it.")
}
