//! Standard error while a command runs: a bar when it takes long, and lines above it.

use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressState, ProgressStyle};

use crate::standard_error;

/// A bar over the bytes of the input files, drawn once the work has taken a while and if standard
/// error is a terminal.
#[derive(Debug)]
pub struct Progress {
    is_shown: bool,
    started: Instant,
    bar: Option<ProgressBar>,
    /// Number of files, and of the bytes in them.
    files: usize,
    total: u64,
    /// Index of the current file.
    file: usize,
    /// Bytes of what is done.
    before: u64,
}

impl Progress {
    /// A bar over `files` of `total` bytes; never shown unless it is `wanted`.
    pub fn new(files: usize, total: u64, wanted: bool) -> Self {
        Progress {
            is_shown: wanted && io::stderr().is_terminal(),
            started: Instant::now(),
            bar: None,
            files,
            total,
            file: 0,
            before: 0,
        }
    }

    /// Adds bytes of a file whose size was not known.
    pub fn expect(&mut self, bytes: u64) {
        self.total = self.total.saturating_add(bytes);
        if let Some(bar) = &self.bar {
            bar.set_length(self.total);
        }
    }

    /// Begins a part of the file of this index.
    pub fn begin(&mut self, file: usize) {
        self.file = file;
    }

    /// Shows that `done` of `all` bytes of pixels are done, which are `size` bytes of the file.
    pub fn advance(&mut self, size: u64, done: u64, all: u64) {
        let part = u128::from(size) * u128::from(done) / u128::from(all.max(1));
        let part = u64::try_from(part).unwrap_or(size).min(size);
        self.show(self.before.saturating_add(part));
    }

    /// Ends a part of a file that is of `size` bytes there.
    pub fn end(&mut self, size: u64) {
        self.before = self.before.saturating_add(size);
        self.show(self.before);
    }

    fn show(&mut self, bytes: u64) {
        if self.bar.is_none() && self.is_shown && self.started.elapsed() > Duration::from_secs(1) {
            let bar = ProgressBar::new(self.total).with_elapsed(self.started.elapsed());
            self.bar = Some(bar.with_style(style()));
        }
        if let Some(bar) = &self.bar {
            // An archive's list of entries is no part of any of them.
            bar.set_position(bytes.min(self.total));
            bar.set_message(format!("{} of {} files", self.file + 1, self.files));
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

/// The bar's look. Its rate is that of all the time that was spent, from before the bar was drawn.
fn style() -> ProgressStyle {
    let template = "{wide_bar} {msg}, {bytes} of {total_bytes}, {rate}{left}";
    ProgressStyle::with_template(template)
        .expect("the template is well formed")
        .with_key("rate", |state: &ProgressState, text: &mut dyn Write| {
            let rate = state.pos() as f64 / state.elapsed().as_secs_f64();
            let _ = write!(text, "{}/s", HumanBytes(rate as u64));
        })
        .with_key("left", |state: &ProgressState, text: &mut dyn Write| {
            let all = state.len().unwrap_or_default();
            if let Some(left) = time_left(state.elapsed(), state.pos(), all) {
                let _ = write!(text, ", {:#} left", HumanDuration(left));
            }
        })
}

/// Time that the rest takes, if it goes on as it went; none before anything is done.
fn time_left(spent: Duration, done: u64, all: u64) -> Option<Duration> {
    let rest = all.checked_sub(done)? as f64;
    let seconds = spent.as_secs_f64() * rest / done as f64;
    // A division by 0 is no duration.
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_takes_as_long_as_what_is_done() {
        let left = |done, all| time_left(Duration::from_secs(6), done, all);
        assert_eq!(left(3, 9), Some(Duration::from_secs(12)));
        assert_eq!(left(9, 9), Some(Duration::ZERO));
        assert_eq!(left(0, 9), None);
        assert_eq!(left(0, 0), None);
        assert_eq!(left(10, 9), None);
    }
}
