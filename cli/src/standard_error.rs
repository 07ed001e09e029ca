//! Lines on standard error, which may be closed or full: nothing more can be said then.

use std::io::{self, Write};

/// Writes a line to standard error, if that takes it.
pub fn line(text: &str) {
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}
