//! What is told on standard error while a command runs: a bar when it takes long, and errors.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over the bytes of the input files, drawn once the work has taken a while and if someone
/// watches.
#[derive(Debug)]
pub struct Progress {
    watched: bool,
    started: Instant,
    bar: Option<ProgressBar>,
    total: u64,
    /// Bytes of the files before this one.
    before: u64,
    /// Bytes of this file, and how many of them are done.
    size: u64,
    done: u64,
}

impl Progress {
    /// Over `total` bytes of files; never shown if not `watched`.
    pub fn new(total: u64, watched: bool) -> Self {
        Progress {
            watched,
            started: Instant::now(),
            bar: None,
            total,
            before: 0,
            size: 0,
            done: 0,
        }
    }

    /// The next file begins.
    pub fn file(&mut self, size: u64) {
        self.before += self.size;
        (self.size, self.done) = (size, 0);
    }

    /// So many bytes of pixels are done. A compressed file has more of them than it has bytes.
    pub fn advance(&mut self, bytes: u64) {
        self.done = (self.done + bytes).min(self.size);
        if self.bar.is_none() && self.watched && self.started.elapsed() > Duration::from_secs(1) {
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
            Some(bar) => bar.suspend(|| eprintln!("{line}")),
            None => eprintln!("{line}"),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
