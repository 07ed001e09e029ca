//! Standard error while a command runs: a bar when it takes long, and lines above it.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::standard_error;

/// A bar over the bytes of the input files, drawn once the work has taken a while and if standard
/// error is a terminal.
#[derive(Debug)]
pub struct Progress {
    is_shown: bool,
    started: Instant,
    bar: Option<ProgressBar>,
    total: u64,
    /// Bytes of the files before the current one.
    before: u64,
    /// Bytes of the current file, and those of them that are done.
    size: u64,
    done: u64,
}

impl Progress {
    /// A bar over `total` bytes of files; never shown unless it is `wanted`.
    pub fn new(total: u64, wanted: bool) -> Self {
        Progress {
            is_shown: wanted && io::stderr().is_terminal(),
            started: Instant::now(),
            bar: None,
            total,
            before: 0,
            size: 0,
            done: 0,
        }
    }

    /// Begins the next file, of `size` bytes.
    pub fn file(&mut self, size: u64) {
        self.before += self.size;
        (self.size, self.done) = (size, 0);
    }

    /// Adds bytes of pixels that are done. A compressed file has more of them than it has bytes.
    pub fn advance(&mut self, bytes: u64) {
        self.done = (self.done + bytes).min(self.size);
        if self.bar.is_none() && self.is_shown && self.started.elapsed() > Duration::from_secs(1) {
            let bar = ProgressBar::new(self.total).with_elapsed(self.started.elapsed());
            let template = "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
            self.bar = Some(bar.with_style(
                ProgressStyle::with_template(template).expect("the template is well formed"),
            ));
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.before + self.done);
        }
    }

    /// Writes a line above the bar.
    pub fn line(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| standard_error::line(line)),
            None => standard_error::line(line),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
