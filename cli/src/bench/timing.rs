//! Wall times of repeated work.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Times of some work that was done several times.
#[derive(Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Does the work once more; dropping its result is not timed.
    pub fn time<R>(&mut self, work: impl FnOnce() -> R) -> R {
        let start = Instant::now();
        let result = black_box(work());
        self.push(start.elapsed());
        result
    }

    /// Adds a time that was measured elsewhere.
    pub fn push(&mut self, time: Duration) {
        // A clock that is too coarse for the work must not make it infinitely fast.
        self.0.push(time.max(Duration::from_nanos(1)));
    }

    /// Number of times.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Least time in seconds: the one least disturbed.
    pub fn least(&self) -> f64 {
        self.0.iter().min().map_or(f64::NAN, Duration::as_secs_f64)
    }

    /// Median in seconds.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort();
        sorted
            .get(sorted.len() / 2)
            .map_or(f64::NAN, Duration::as_secs_f64)
    }

    /// Rate of the least time for `bytes` bytes, in 10^9 bytes a second.
    pub fn gb_per_s(&self, bytes: usize) -> f64 {
        bytes as f64 / self.least() / 1e9
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn least_and_median() {
        let mut times = Times::default();
        for millis in [5, 1, 9] {
            times.push(Duration::from_millis(millis));
        }
        assert_eq!(times.least(), 0.001);
        assert_eq!(times.median(), 0.005);
        assert_eq!(times.gb_per_s(1_000_000), 1.0);
    }
}
