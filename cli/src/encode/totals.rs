//! The summary of what was encoded.

use maskrle::Encoder;

/// Counts of the inputs that were encoded.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    pub inputs: u64,
    pub masks: u64,
    pub pixels: u64,
    pub bytes: u64,
    pub runs: u64,
    /// Number of empty masks, which no annotation is made of.
    pub empty: u64,
}

impl Totals {
    /// The line on standard error: counts, speed, and the masks of each backend.
    pub fn summary(&self, encoder: &Encoder, seconds: f64) -> String {
        let Totals {
            masks,
            pixels,
            bytes,
            runs,
            empty,
            ..
        } = self;
        let speed = *bytes as f64 / seconds / 1e9;
        let tally = encoder.tally();
        // Asking for the adapter opens it.
        let adapter = if tally.gpu > 0 {
            encoder.backend().adapter.as_deref()
        } else {
            None
        };
        let adapter = adapter.map(|name| format!(" ({name})")).unwrap_or_default();
        let left_out = if *empty > 0 {
            format!(", {empty} empty left out")
        } else {
            String::new()
        };
        format!(
            "{masks} masks, {pixels} pixels, {runs} runs, {seconds:.3} s, {speed:.2} GB/s, \
             cpu {} masks, gpu{adapter} {} masks{left_out}",
            tally.cpu, tally.gpu
        )
    }
}
