//! Rayon's threads, which the system may refuse.

use std::error::Error;
use std::sync::OnceLock;

use rayon::ThreadPoolBuilder;

/// Number of threads of rayon's current pool that can be given work, as [`are_there`] finds.
pub(crate) fn count() -> usize {
    match are_there() {
        true => rayon::current_num_threads(),
        false => 1,
    }
}

/// True if rayon's current pool can be given work. The first call outside of a pool starts the
/// global one: where the system refuses its threads, rayon would panic, and the work is for the
/// caller's thread alone.
pub fn are_there() -> bool {
    static IS_GLOBAL_STARTED: OnceLock<bool> = OnceLock::new();
    let start = || match ThreadPoolBuilder::new().build_global() {
        Ok(()) => true,
        // Without a cause, somebody has started it before.
        Err(error) => {
            let cause = error.source();
            if let Some(cause) = cause {
                log::warn!("no threads can be started, the caller's does all: {cause}");
            }
            cause.is_none()
        }
    };
    // Without any threads, rayon makes do by itself.
    cfg!(target_family = "wasm")
        || rayon::current_thread_index().is_some()
        || *IS_GLOBAL_STARTED.get_or_init(start)
}
