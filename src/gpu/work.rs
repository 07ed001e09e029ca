//! Counts of the work that a device is asked for.

use std::sync::atomic::{AtomicU64, Ordering};

/// Work that a GPU has been asked for: see [`crate::Encoder::gpu_work`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GpuWork {
    /// Dispatches of compute passes.
    pub dispatches: u64,
    /// Submissions to the device's queue.
    pub submits: u64,
    /// Waits for the device. Where a call may give it up, the device is asked again and again
    /// instead, which is none.
    pub waits: u64,
    /// Uploads of parameters and tables: one for each chunk, one more if it is recorded into the
    /// caller's commands, and one for each part of a chunk whose starts are fetched in parts.
    /// Copies of pixels are none.
    pub uploads: u64,
    /// Bind groups that were made. They are kept from call to call, while the buffers are the same.
    pub bind_groups: u64,
    /// Bytes of all buffers that were made because a chunk did not fit those that were kept, summed
    /// up: those that were dropped for them are not taken off.
    pub buffer_bytes: u64,
}

/// Work of one device, counted as it goes on.
#[derive(Debug, Default)]
pub(super) struct WorkCounters {
    pub(super) dispatches: AtomicU64,
    pub(super) submits: AtomicU64,
    pub(super) waits: AtomicU64,
    pub(super) uploads: AtomicU64,
    pub(super) bind_groups: AtomicU64,
    pub(super) buffer_bytes: AtomicU64,
}

impl GpuWork {
    pub(super) fn add(&mut self, counters: &WorkCounters) {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        self.dispatches += count(&counters.dispatches);
        self.submits += count(&counters.submits);
        self.waits += count(&counters.waits);
        self.uploads += count(&counters.uploads);
        self.bind_groups += count(&counters.bind_groups);
        self.buffer_bytes += count(&counters.buffer_bytes);
    }
}
