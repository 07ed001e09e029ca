//! The command `maskrle`, as the package's entry point calls it.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command with `arguments`, of which the first is its name, and gives its exit status.
#[pyfunction]
pub(crate) fn run_command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    #[cfg(unix)]
    maskrle_cli::handle_signals();
    py.detach(|| maskrle_cli::run(arguments))
}
