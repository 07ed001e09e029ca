//! The backend: a device, a fresh one where it fails, and the encoding of masks of the host.

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use super::adapter;
use super::budget::{Limits, RING};
use super::chunk_queue::ChunkQueue;
use super::clock::PassTimes;
use super::device::{GpuDevice, lock, try_lock};
use super::host_call::HostCall;
use super::options::Options;
use super::plan::Chunk;
use super::readback::SubmittedChunk;
use super::scratch::ScratchPool;
use super::upload::Uploader;
use super::work::GpuWork;
use crate::pixel::Masks;
use crate::predicate::Predicate;
use crate::runs::{Boundaries, Starts};
use crate::{Error, Result};

/// Bytes of all chunks in flight, by default.
const MEMORY: u64 = 256 << 20;

/// The GPU backend. One call at a time goes through it.
pub(crate) struct Gpu {
    adapter_name: String,
    /// Options by which a fresh device is opened where this one fails.
    options: Options,
    pub(super) limits: Limits,
    /// The caller's device, on which its masks lie even when encoding has gone on to another one.
    given: Option<(Arc<GpuDevice>, ScratchPool)>,
    state: Mutex<DeviceState>,
    /// Work and times of devices that have failed.
    past: Mutex<(GpuWork, PassTimes)>,
}

struct DeviceState {
    /// None when the device has failed, and no fresh one works.
    uploader: Option<Uploader>,
    /// True if a fresh device may be tried: not after one that has finished nothing.
    may_reopen: bool,
}

/// A chunk that a device has failed at.
struct Failure {
    chunk: Arc<Chunk>,
    error: Error,
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
        Self::new(open_device(options)?, options.clone())
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
            .uploader
            .as_ref()
            .map(|uploader| (Arc::clone(&uploader.gpu), uploader.scratch.clone()));
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
            state: Mutex::new(DeviceState {
                uploader: Some(Uploader::new(device)?),
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
        if let Some(uploader) = &lock(&self.state).uploader {
            add_times(&mut times, &uploader.gpu);
        }
        times
    }

    /// Work that the device was asked for so far.
    pub(crate) fn work(&self) -> GpuWork {
        let mut work = lock(&self.past).0;
        if let Some(uploader) = &lock(&self.state).uploader {
            work.add(&uploader.gpu.work);
        }
        work
    }

    /// The device on which the masks' buffers are: the caller's, or ours.
    pub(super) fn device_of_buffers(&self) -> Result<(Arc<GpuDevice>, ScratchPool)> {
        if let Some(given) = &self.given {
            return Ok(given.clone());
        }
        let uploader = &lock(&self.state).uploader;
        let uploader = uploader.as_ref().ok_or_else(|| self.has_failed())?;
        Ok((Arc::clone(&uploader.gpu), uploader.scratch.clone()))
    }

    fn has_failed(&self) -> Error {
        Error::Gpu(format!("{}: it has failed", self.adapter_name))
    }

    /// Compiles the shaders that masks of the host need, of elements of these bits and a predicate,
    /// and makes room for chunks of so many pixels.
    pub(crate) fn prepare(
        &self,
        element_bits: u32,
        predicate: Predicate,
        pixels: u64,
    ) -> Result<()> {
        let device_of = |uploader: &Uploader| Arc::clone(&uploader.gpu);
        // The lock ends with the statement: compiling takes its time.
        let gpu = lock(&self.state).uploader.as_ref().map(device_of);
        let gpu = gpu.ok_or_else(|| self.has_failed())?;
        gpu.make_pipelines(element_bits, predicate)?;
        let bytes = (pixels * u64::from(element_bits) / 8).min(self.limits.memory / 4);
        match &mut lock(&self.state).uploader {
            Some(uploader) => uploader.reserve(bytes),
            None => Ok(()),
        }
    }

    /// Encodes the ranges of masks that `next_range` gives, and hands each chunk's boundaries to
    /// `done` in the order in which they were given. Returns the masks that are left for another
    /// backend: those that do not fit, and all that come once no device works.
    ///
    /// Where there is `is_given_up`, nobody waits: neither for another call, which is the case in
    /// which no masks are asked for, nor for chunks in flight once it is true.
    pub(crate) fn encode(
        &self,
        masks: &Masks<'_>,
        call: HostCall,
        is_given_up: Option<&dyn Fn() -> bool>,
        next_range: impl FnMut() -> Option<Range<usize>>,
        mut done: impl FnMut(Range<usize>, Boundaries),
    ) -> Vec<Range<usize>> {
        let mut state = match is_given_up {
            None => lock(&self.state),
            Some(_) => match try_lock(&self.state) {
                Some(state) => state,
                None => return Vec::new(),
            },
        };
        let gives_up = || is_given_up.is_some_and(|is_given_up| is_given_up());
        let (limits, name) = (self.limits, &self.adapter_name);
        let mut queue = ChunkQueue::new(masks, call, limits, name, next_range);
        let mut in_flight: VecDeque<SubmittedChunk> = VecDeque::new();
        loop {
            let mut result = Ok(());
            while result.is_ok()
                && in_flight.len() < RING
                && !gives_up()
                && let Some(chunk) = queue.next_chunk()
            {
                let another_is_alone = in_flight.iter().any(|other| other.readback.chunk.is_alone);
                if another_is_alone || chunk.is_alone && !in_flight.is_empty() {
                    queue.put_back([chunk]);
                    break;
                }
                if chunk.placed.is_empty() {
                    // Masks without pixels need no device.
                    let starts = Starts::of_empty_masks(chunk.masks.len());
                    done(chunk.masks.clone(), Boundaries::Starts(starts));
                } else if let Some(uploader) = &mut state.uploader {
                    match uploader.submit(masks, call, &chunk) {
                        Ok(submitted) => in_flight.push_back(submitted),
                        Err(error) => result = Err(Failure { chunk, error }),
                    }
                } else {
                    queue.leave(&chunk);
                }
            }
            if result.is_ok() {
                let Some(oldest) = in_flight.pop_front() else {
                    break;
                };
                let is_done = match is_given_up {
                    Some(is_given_up) => oldest.is_done_unless(is_given_up),
                    None => Ok(true),
                };
                result = match is_done {
                    Ok(true) => state.read_back(oldest, &mut done),
                    Ok(false) => {
                        if let Some(uploader) = &mut state.uploader {
                            uploader.give_up();
                        }
                        break;
                    }
                    Err(error) => Err(Failure {
                        chunk: Arc::clone(&oldest.readback.chunk),
                        error,
                    }),
                };
            }
            if let Err(Failure { chunk, error }) = result {
                let unfinished = in_flight
                    .drain(..)
                    .map(|other| Arc::clone(&other.readback.chunk));
                queue.put_back(unfinished.chain([chunk]));
                self.recover(&mut state, &error);
            }
        }
        queue.into_left()
    }

    /// A fresh device of our own instead of one that has failed; none if that one had finished
    /// nothing.
    fn recover(&self, state: &mut DeviceState, error: &Error) {
        if let Some(uploader) = state.uploader.take() {
            let (work, times) = &mut *lock(&self.past);
            work.add(&uploader.gpu.work);
            add_times(times, &uploader.gpu);
        }
        if !std::mem::take(&mut state.may_reopen) {
            log::warn!("the GPU failed again, the CPU encodes the rest: {error}");
            return;
        }
        match open_device(&self.options).and_then(Uploader::new) {
            Ok(uploader) => {
                log::warn!("the GPU failed, a fresh device encodes the rest: {error}");
                state.uploader = Some(uploader);
            }
            Err(why) => log::warn!(
                "the GPU failed, the CPU encodes the rest: {error}; no fresh device: {why}"
            ),
        }
    }
}

impl DeviceState {
    /// Waits for a chunk, and hands its boundaries to `done`.
    fn read_back(
        &mut self,
        submitted: SubmittedChunk,
        done: &mut impl FnMut(Range<usize>, Boundaries),
    ) -> std::result::Result<(), Failure> {
        let chunk = Arc::clone(&submitted.readback.chunk);
        let uploader = self
            .uploader
            .as_mut()
            .expect("a chunk in flight has its device");
        match submitted.finish(&uploader.scratch) {
            Ok(runs) => {
                self.may_reopen = true;
                done(chunk.masks.clone(), runs.boundaries);
                Ok(())
            }
            Err(error) => Err(Failure { chunk, error }),
        }
    }
}

fn add_times(times: &mut PassTimes, gpu: &GpuDevice) {
    for (pass, time) in &*lock(&gpu.times) {
        *times.entry(pass).or_default() += *time;
    }
}

fn open_device(options: &Options) -> Result<GpuDevice> {
    let seen = adapter::enumerate();
    GpuDevice::open(&seen[adapter::choose(&seen, options)?], options)
}
