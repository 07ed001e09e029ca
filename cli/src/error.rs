//! Errors on their way to standard error: wrong usage, and the one line that any other becomes.

use std::fmt;
use std::io;

use crate::output::OutputError;
use crate::text::printable;

/// Options of a verb that clap accepts and that contradict each other.
///
/// It is printed as clap prints its own, by the verb's name, where the commands are known.
#[derive(Debug)]
pub struct UsageError {
    pub verb: &'static str,
    pub message: String,
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for UsageError {}

/// The error of options of `verb` that contradict each other: the command ends with status 2.
pub fn usage(verb: &'static str, message: &str) -> anyhow::Error {
    let message = message.to_owned();
    anyhow::Error::new(UsageError { verb, message })
}

/// An error as one line, its causes after colons: scripts read it line by line.
pub fn error_line(error: &anyhow::Error) -> String {
    // Where writing fails, the line that was read last is not to blame.
    let causes: Vec<_> = error.chain().collect();
    let first = causes.iter().position(|cause| cause.is::<OutputError>());
    let causes: Vec<_> = causes[first.unwrap_or(0)..]
        .iter()
        .map(ToString::to_string)
        .collect();
    // The library names the limit that may be raised, the command has no option for it.
    let text = ["pixels", "runs", "masks", "pairs"]
        .iter()
        .fold(causes.join(": "), |text, limit| {
            text.replace(&format!(": Limits::{limit} raises it"), "")
        });
    let lines: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    printable(&format!("error: {}", lines.join("; ")))
}

/// True if the error is that nobody reads our output any more: `| head` has seen enough.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
