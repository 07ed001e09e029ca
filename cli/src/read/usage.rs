//! Paths and options that do not go together.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::file::STANDARD_INPUT;
use crate::error::usage;

/// Fails where `verb` is to read standard input twice: it gives its bytes once.
pub fn check_standard_input<'p>(
    verb: &'static str,
    paths: impl IntoIterator<Item = &'p PathBuf>,
) -> Result<()> {
    let is_stdin = |path: &&PathBuf| path.as_os_str() == STANDARD_INPUT;
    match paths.into_iter().filter(is_stdin).count() {
        0 | 1 => Ok(()),
        _ => Err(usage(
            verb,
            "- is given twice, and standard input can be read but once",
        )),
    }
}

/// Fails where `verb` is to read the folders in folders, and all inputs are files.
pub fn check_recursive(verb: &'static str, is_recursive: bool, inputs: &[PathBuf]) -> Result<()> {
    let is_file = |path: &PathBuf| path.as_os_str() == STANDARD_INPUT || is_no_folder(path);
    match is_recursive && inputs.iter().all(is_file) {
        true => Err(usage(
            verb,
            "--recursive is about folders, and none is given",
        )),
        false => Ok(()),
    }
}

/// True if something is there, and that is no folder.
fn is_no_folder(path: &Path) -> bool {
    path.exists() && !path.is_dir()
}
