//! Options of the GPU backend.

use super::faults::Faults;

/// Adapter to open and memory to use.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Part of the adapter's name, in any case.
    pub(crate) adapter: Option<String>,
    /// True if an adapter that computes on the CPU may be taken.
    pub(crate) allow_software: bool,
    /// Bytes of all chunks in flight; None for 256 MiB.
    pub(crate) memory: Option<u64>,
    /// True if the passes are timed.
    pub(crate) time_passes: bool,
    /// Faults that a test injects.
    pub(crate) faults: Faults,
}
