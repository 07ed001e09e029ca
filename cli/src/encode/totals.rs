//! The summary of what was encoded.

use maskrle::{Encoder, Tally};

use crate::text::plural;

/// Counts of the inputs that were encoded.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    pub inputs: u64,
    /// Number of masks, or of label maps.
    pub masks: u64,
    /// Number of the masks that label maps became.
    pub of_label_maps: u64,
    pub pixels: u64,
    pub bytes: u64,
    pub runs: u64,
    /// Number of empty masks, which no annotation is made of.
    pub empty: u64,
    /// Number of masks that each backend has encoded.
    pub cpu: u64,
    pub gpu: u64,
    /// Number of errors, each of which is a line.
    pub errors: u64,
}

impl Totals {
    /// Adds the masks that an encoder has encoded since its tally was `before`.
    pub fn add_tally(&mut self, now: Tally, before: Tally) {
        self.cpu += now.cpu - before.cpu;
        self.gpu += now.gpu - before.gpu;
    }

    /// The line on standard error: counts, speed, the masks of each backend, and errors.
    pub fn summary(&self, encoder: &Encoder, are_label_maps: bool, seconds: f64) -> String {
        // Asking for the adapter opens it.
        let adapter = if self.gpu > 0 {
            encoder.backend().adapter.as_deref()
        } else {
            None
        };
        let adapter = adapter.map(|name| format!(" ({name})")).unwrap_or_default();
        let masks = |count| match are_label_maps {
            true => plural(count, "label map", "label maps"),
            false => plural(count, "mask", "masks"),
        };
        let of_labels = match self.of_label_maps {
            0 => String::new(),
            count => format!(" of {}", plural(count, "mask", "masks")),
        };
        let mut summary = format!(
            "{}{of_labels}, {}, {}, {seconds:.3} s, {}, cpu {}, gpu{adapter} {}",
            masks(self.masks),
            plural(self.pixels, "pixel", "pixels"),
            plural(self.runs, "run", "runs"),
            rate(self.bytes as f64 / seconds),
            masks(self.cpu),
            masks(self.gpu)
        );
        if self.empty > 0 {
            summary += &format!(", {} empty left out", self.empty);
        }
        if self.errors > 0 {
            summary += &format!(", {}", plural(self.errors, "error", "errors"));
        }
        summary
    }
}

/// A rate with the unit that makes it a number of one to three digits before the point.
fn rate(bytes_per_second: f64) -> String {
    let units = [(1e9, "GB/s", 2), (1e6, "MB/s", 1), (1e3, "kB/s", 1)];
    // A number that is rounded up to the next unit is of that unit.
    let unit = units
        .into_iter()
        .find(|(unit, ..)| bytes_per_second >= unit * 0.99995);
    match unit {
        Some((unit, name, digits)) => format!("{:.digits$} {name}", bytes_per_second / unit),
        None => format!("{bytes_per_second:.0} B/s"),
    }
}

#[cfg(test)]
mod tests {
    use super::rate;

    #[test]
    fn rates() {
        let rates = [
            0.0, 12.4, 999.0, 1000.0, 45_670.0, 999_990.0, 3.2e6, 4.567e9,
        ];
        assert_eq!(
            rates.map(rate),
            [
                "0 B/s",
                "12 B/s",
                "999 B/s",
                "1.0 kB/s",
                "45.7 kB/s",
                "1.0 MB/s",
                "3.2 MB/s",
                "4.57 GB/s"
            ]
        );
    }
}
