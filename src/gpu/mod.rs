//! The GPU backend: which adapter, the passes, and a chunk's way through them.
//!
//! A chunk of masks goes through four passes: pixels are flagged to boundary bits, the bits counted a block, the counts
//! scanned to where each block's starts go, the bits compacted to starts. One readback brings the starts of all its masks.

mod adapter;
mod bits;
mod buffers;
mod clock;
mod device;
mod encode;
#[doc(hidden)]
pub mod passes;
mod plan;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

pub use self::adapter::{AdapterReport, adapters};
use self::device::GpuDevice;
use self::encode::Session;
use self::plan::{Chunk, Limits, Task};
use crate::encoder::{Builder, Starts};
use crate::masks::{Masks, Order};
use crate::{Error, Result};

/// Bytes of a chunk, unless told.
const MEMORY: u64 = 256 << 20;

/// The GPU backend. Chunks go through it one at a time.
pub(crate) struct Gpu {
    adapter_name: String,
    limits: Limits,
    /// None when the device has failed.
    session: Mutex<Option<Session>>,
}

impl fmt::Debug for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gpu").field("adapter", &self.adapter_name).field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Gpu {
    /// The best adapter that the options allow. Fails with each adapter that was seen and why it was passed over.
    pub(crate) fn open(options: &Builder) -> Result<Self> {
        let found = adapter::enumerate();
        let candidate = &found[adapter::choose(&found, options)?];
        Self::new(GpuDevice::open(candidate)?, options.memory)
    }

    /// The caller's device.
    pub(crate) fn with_device(device: wgpu::Device, queue: wgpu::Queue) -> Result<Self> {
        if let Some(why) = adapter::too_small(&device.limits()) {
            return Err(Error::Gpu(format!("the device's limits are too small: {why}")));
        }
        Self::new(GpuDevice::of(device, queue), None)
    }

    fn new(device: GpuDevice, memory: Option<u64>) -> Result<Self> {
        let limits = device.device.limits();
        let binding = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
        Ok(Gpu {
            adapter_name: device.info.name.clone(),
            limits: Limits { binding, memory: memory.unwrap_or(MEMORY) },
            session: Mutex::new(Some(Session::new(device)?)),
        })
    }

    pub(crate) fn adapter_name(&self) -> &str {
        &self.adapter_name
    }

    /// The time that each pass has taken, of all chunks so far; nothing where the device has no timestamps.
    pub(crate) fn pass_times(&self) -> BTreeMap<&'static str, Duration> {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let clock = session.as_ref().and_then(|session| session.clock.as_ref());
        clock.map(|clock| clock.total().clone()).unwrap_or_default()
    }

    /// The starts of all masks, and how many of them the GPU encoded: `cpu` does what does not fit, and whatever is left
    /// when the device fails.
    pub(crate) fn starts(
        &self,
        masks: &Masks<'_>,
        order: Order,
        cpu: impl Fn(Range<usize>) -> Starts,
    ) -> (Starts, u64) {
        let mut by_gpu = 0;
        let parts = plan::plan(masks, order, self.limits).map(|task| match task {
            // Masks without pixels need no device; no other backend steps in for this one.
            Task::Gpu(chunk) if chunk.placed.is_empty() => {
                by_gpu += chunk.masks.len() as u64;
                cpu(chunk.masks)
            }
            Task::Gpu(chunk) => match self.encode(masks, order, &chunk) {
                Some(starts) => {
                    by_gpu += chunk.masks.len() as u64;
                    starts
                }
                None => cpu(chunk.masks),
            },
            Task::Cpu(range) => {
                log::info!("mask {} does not fit {}: the CPU encodes it", range.start, self.adapter_name);
                cpu(range)
            }
        });
        let parts = parts.collect();
        (Starts::concat(parts), by_gpu)
    }

    /// What a working device makes of a chunk; a device that fails is given up, and the log says why. The lock is not held
    /// while the CPU works: a thread of rayon's that waits there may take up another call of ours.
    fn encode(&self, masks: &Masks<'_>, order: Order, chunk: &Chunk) -> Option<Starts> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        match session.as_mut()?.encode(masks, order, chunk) {
            Ok(starts) => Some(starts),
            Err(error) => {
                log::warn!("the GPU failed, the CPU encodes the rest: {error}");
                *session = None;
                None
            }
        }
    }
}
