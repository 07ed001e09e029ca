//! The GPU backend: which adapter, the passes, and a chunk's way through them.
//!
//! A chunk of masks goes through three passes: pixels are flagged to boundary bits, which are
//! counted a block; the counts are scanned to where each block's starts go; the bits are compacted
//! to starts. One readback brings the starts of all its masks, while the next chunks are already on
//! their way.

mod adapter;
mod bits;
mod buffers;
mod clock;
mod device;
mod encode;
mod faults;
mod gpu_masks;
mod landing;
mod options;
#[doc(hidden)]
pub mod passes;
mod pending;
mod plan;
mod session;
mod shape;

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

pub use self::adapter::{AdapterReport, adapters};
use self::clock::PassTimes;
use self::device::{GpuDevice, lock};
#[doc(hidden)]
pub use self::faults::{Fault, Faults};
pub use self::gpu_masks::GpuMasks;
pub(crate) use self::options::Options;
pub use self::pending::Pending;
use self::plan::{Chunk, Limits, Task};
use self::session::{Flying, Pool, RING, Session};
use crate::pixel::{Masks, Order};
use crate::runs::Starts;
use crate::{Error, Result};

/// Bytes of all chunks in flight, unless told.
const MEMORY: u64 = 256 << 20;

/// The GPU backend. One call at a time goes through it.
pub(crate) struct Gpu {
    adapter_name: String,
    /// How to open a fresh device where this one fails.
    options: Options,
    limits: Limits,
    /// The caller's device, on which its masks lie whatever becomes of the session.
    given: Option<(Arc<GpuDevice>, Pool)>,
    state: Mutex<State>,
    /// Work and times of devices that have failed.
    past: Mutex<(GpuWork, PassTimes)>,
}

struct State {
    /// None when the device has failed, and no fresh one works.
    session: Option<Session>,
    /// Whether a fresh device may be tried: not after one that has finished nothing.
    may_reopen: bool,
}

/// What a GPU has been asked to do: see [`crate::Encoder::gpu_work`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GpuWork {
    /// Dispatches of compute passes.
    pub dispatches: u64,
    /// Submissions to the device's queue.
    pub submits: u64,
    /// Waits for the device.
    pub waits: u64,
}

/// Consecutive masks that were encoded.
pub(crate) struct Encoded {
    pub(crate) masks: Range<usize>,
    pub(crate) starts: Starts,
}

impl fmt::Debug for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gpu")
            .field("adapter", &self.adapter_name)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Gpu {
    /// The best adapter that the options allow. Fails with each adapter that was seen and why it
    /// was passed over.
    pub(crate) fn open(options: &Options) -> Result<Self> {
        Self::new(open(options)?, options.clone())
    }

    /// The caller's device.
    pub(crate) fn with_device(device: wgpu::Device, queue: wgpu::Queue) -> Result<Self> {
        if let Some(why) = adapter::too_small(&device.limits()) {
            return Err(Error::Gpu(format!(
                "the device's limits are too small: {why}"
            )));
        }
        let device = GpuDevice::of(device, queue);
        // A fresh device is one on the same adapter.
        let is_software = device.info.device_type == wgpu::DeviceType::Cpu;
        let options = Options {
            adapter: Some(device.info.name.clone()),
            allow_software: is_software,
            ..Options::default()
        };
        let gpu = Self::new(device, options)?;
        let given = lock(&gpu.state)
            .session
            .as_ref()
            .map(|session| (Arc::clone(&session.gpu), session.pool.clone()));
        Ok(Gpu { given, ..gpu })
    }

    fn new(device: GpuDevice, options: Options) -> Result<Self> {
        let limits = device.device.limits();
        // Bytes are addressed by 32 bits.
        let binding = limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size)
            .min(u64::from(u32::MAX) & !15);
        let memory = options.memory.unwrap_or(MEMORY) / RING as u64;
        Ok(Gpu {
            adapter_name: device.info.name.clone(),
            options,
            limits: Limits { binding, memory },
            given: None,
            state: Mutex::new(State {
                session: Some(Session::new(device)?),
                may_reopen: true,
            }),
            past: Mutex::default(),
        })
    }

    pub(crate) fn adapter_name(&self) -> &str {
        &self.adapter_name
    }

    /// The time that each pass has taken, of all chunks so far; nothing where the device has no
    /// timestamps.
    pub(crate) fn pass_times(&self) -> PassTimes {
        let mut times = lock(&self.past).1.clone();
        if let Some(session) = &lock(&self.state).session {
            for (pass, time) in &*lock(&session.gpu.times) {
                *times.entry(pass).or_default() += *time;
            }
        }
        times
    }

    /// What was asked of the device so far.
    pub(crate) fn work(&self) -> GpuWork {
        let mut work = lock(&self.past).0;
        if let Some(session) = &lock(&self.state).session {
            work.add(&session.gpu);
        }
        work
    }

    /// Encodes the ranges of masks that `next` gives, and hands each chunk to `done` in the order
    /// in which they were given. Returns what is left for another backend: what does not fit, and
    /// everything that comes once no device works.
    pub(crate) fn encode(
        &self,
        masks: &Masks<'_>,
        order: Order,
        mut next: impl FnMut() -> Option<Range<usize>>,
        mut done: impl FnMut(Encoded),
    ) -> Vec<Range<usize>> {
        let mut state = lock(&self.state);
        let mut left = Vec::new();
        let (mut range, mut most) = (0..0, 0);
        // Chunks of a device that has failed come again, first.
        let mut again: VecDeque<Arc<Chunk>> = VecDeque::new();
        let mut flying: VecDeque<Flying> = VecDeque::new();
        loop {
            let mut failure = None;
            while failure.is_none() && flying.len() < RING {
                let chunk = match again.pop_front() {
                    Some(chunk) => chunk,
                    None => {
                        if range.is_empty() {
                            let Some(more) = next() else { break };
                            most = plan::most_pixels(masks, more.clone());
                            range = more;
                            continue;
                        }
                        let task = plan::next_task(masks, order, self.limits, range.clone(), most);
                        range.start = task.masks().end;
                        match task {
                            Task::Cpu(masks) => {
                                log::info!(
                                    "mask {} does not fit {}: the CPU encodes it",
                                    masks.start,
                                    self.adapter_name
                                );
                                left.push(masks);
                                continue;
                            }
                            Task::Gpu(chunk) => Arc::new(chunk),
                        }
                    }
                };
                if chunk.placed.is_empty() {
                    // Masks without pixels need no device.
                    let starts = Starts {
                        starts: Vec::new(),
                        counts: vec![0; chunk.masks.len()],
                    };
                    done(Encoded {
                        masks: chunk.masks.clone(),
                        starts,
                    });
                    continue;
                }
                let Some(session) = &mut state.session else {
                    left.push(chunk.masks.clone());
                    continue;
                };
                match session.start(masks, order, &chunk) {
                    Ok(started) => flying.push_back(started),
                    Err(error) => failure = Some((error, chunk)),
                }
            }
            if failure.is_none() {
                let Some(oldest) = flying.pop_front() else {
                    break;
                };
                let chunk = Arc::clone(oldest.chunk());
                let session = state.session.as_mut().expect("what flies has a session");
                match session.land(oldest) {
                    Ok(found) => {
                        state.may_reopen = true;
                        done(Encoded {
                            masks: chunk.masks.clone(),
                            starts: found.starts,
                        });
                    }
                    Err(error) => failure = Some((error, chunk)),
                }
            }
            if let Some((error, chunk)) = failure {
                // In order: the chunk that failed at landing was the oldest, the one that failed at
                // starting the newest.
                again.extend(
                    flying
                        .drain(..)
                        .map(|flying| Arc::clone(flying.chunk()))
                        .chain([chunk]),
                );
                again
                    .make_contiguous()
                    .sort_by_key(|chunk| chunk.masks.start);
                self.recover(&mut state, &error);
            }
        }
        left
    }

    /// A fresh device of our own instead of one that has failed; none if that one had finished
    /// nothing.
    fn recover(&self, state: &mut State, error: &Error) {
        if let Some(session) = state.session.take() {
            let mut past = lock(&self.past);
            past.0.add(&session.gpu);
            for (pass, time) in &*lock(&session.gpu.times) {
                *past.1.entry(pass).or_default() += *time;
            }
        }
        if !std::mem::take(&mut state.may_reopen) {
            log::warn!("the GPU failed again, the CPU encodes the rest: {error}");
            return;
        }
        match open(&self.options).and_then(Session::new) {
            Ok(session) => {
                log::warn!("the GPU failed, a fresh device encodes the rest: {error}");
                state.session = Some(session);
            }
            Err(why) => log::warn!(
                "the GPU failed, the CPU encodes the rest: {error}; no fresh device: {why}"
            ),
        }
    }
}

impl GpuWork {
    fn add(&mut self, gpu: &GpuDevice) {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        self.dispatches += of(&gpu.work.dispatches);
        self.submits += of(&gpu.work.submits);
        self.waits += of(&gpu.work.waits);
    }
}

fn open(options: &Options) -> Result<GpuDevice> {
    let found = adapter::enumerate();
    GpuDevice::open(
        &found[adapter::choose(&found, options)?],
        options.faults.clone(),
    )
}
