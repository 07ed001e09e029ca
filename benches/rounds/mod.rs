//! Parts of the benches that take turns with peers in other languages.

use std::time::{Duration, Instant};

/// Arguments of this program, but what `cargo bench` adds.
pub fn arguments() -> Vec<String> {
    let arguments = std::env::args().skip(1);
    arguments.filter(|argument| argument != "--bench").collect()
}

/// Least ms of a call, within some seconds.
pub fn least_ms<T>(mut run: impl FnMut() -> T, seconds: Duration) -> f64 {
    let end = Instant::now() + seconds;
    let mut least = f64::INFINITY;
    for call in 0.. {
        let start = Instant::now();
        let result = run();
        least = least.min(start.elapsed().as_secs_f64() * 1e3);
        drop(result);
        if call >= 2 && Instant::now() > end {
            break;
        }
    }
    least
}
