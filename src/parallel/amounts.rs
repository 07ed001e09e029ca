//! Amounts of work that are worth handing to another core.

/// Pixels of a task of whole masks: some ten microseconds' work.
pub(crate) const PIXELS_PER_TASK: u64 = 1 << 18;

/// Pixels of a chunk of one mask's rows that is a task of its own.
pub(crate) const PIXELS_PER_CHUNK: usize = 1 << 21;
