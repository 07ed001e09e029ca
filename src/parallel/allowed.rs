//! Threads that a piece of work may use.

/// Threads that a piece of work may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// The caller's alone: it holds a lock, and a thread of rayon's that waits for others may take
    /// up work that needs the same lock; or all of rayon's threads may be waiting for the caller.
    #[cfg_attr(
        not(feature = "gpu"),
        allow(dead_code, reason = "only the GPU has such a lock")
    )]
    One,
    /// All that there are.
    All,
}
