//! Upload of masks of the host: windows of pixels go through a ring of staging buffers, and a chunk
//! is uploaded and encoded while those before it are still being read back.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use wgpu::{BufferUsages, Device, MapMode};

use super::budget::RING;
use super::buffers::GrowingBuffer;
use super::device::GpuDevice;
use super::faults::Fault;
use super::host_call::HostCall;
use super::kept_groups::{KeptGroups, Part};
use super::plan::Chunk;
use super::readback::{Readback, SubmittedChunk, expected_starts};
use super::record::{Contents, PixelBinding, Recorder};
use super::scratch::{Scratch, ScratchPool};
use super::staging;
use super::submissions::Submitted;
use super::windows::Window;
use crate::Result;
use crate::pixel::Masks;
use crate::predicate::Predicate;

/// Buffers that a window of pixels is uploaded through.
#[derive(Debug)]
struct UploadBuffers {
    /// Pixels on their way to the device. Mapped, but while a submission uses it.
    staging: GrowingBuffer,
    pixels: GrowingBuffer,
    /// Over the pixels.
    groups: Arc<Mutex<KeptGroups>>,
    /// The submission that uses it last.
    used_by: Option<Submitted>,
}

impl UploadBuffers {
    fn new(device: &Device) -> Self {
        let (to, from) = (BufferUsages::COPY_DST, BufferUsages::COPY_SRC);
        UploadBuffers {
            staging: GrowingBuffer::new(device, "staging", BufferUsages::MAP_WRITE | from),
            pixels: GrowingBuffer::new(device, "pixels", BufferUsages::STORAGE | to),
            groups: Arc::default(),
            used_by: None,
        }
    }

    fn reserve(&mut self, gpu: &GpuDevice, bytes: u64) {
        self.staging.reserve(gpu, bytes);
        if self.pixels.reserve(gpu, bytes) {
            self.groups = Arc::default();
        }
    }
}

/// A device, and the buffers through which it encodes masks of the host.
#[derive(Debug)]
pub(super) struct Uploader {
    pub(super) gpu: Arc<GpuDevice>,
    /// The one that was used longest ago first.
    ring: VecDeque<UploadBuffers>,
    pub(super) scratch: ScratchPool,
    /// True if the buffers are those of a chunk that goes alone.
    is_for_one_alone: bool,
    /// True if chunks were given up that use the buffers still.
    is_given_up: bool,
}

/// Place of a window among those of its chunk.
#[derive(Clone, Copy)]
struct WindowPlace {
    index: usize,
    is_first: bool,
    is_last: bool,
}

/// Inputs of a chunk's windows that are the same for each.
struct ChunkJob<'c> {
    chunk: &'c Chunk,
    predicate: Predicate,
    scratch: &'c mut Scratch,
    contents: Contents,
}

impl Uploader {
    pub(super) fn new(gpu: GpuDevice) -> Result<Self> {
        let ring = gpu.with_errors_caught(|| Ok(new_ring(&gpu)))?;
        Ok(Uploader {
            gpu: Arc::new(gpu),
            ring,
            scratch: ScratchPool::default(),
            is_for_one_alone: false,
            is_given_up: false,
        })
    }

    /// Gives up the chunks in flight: the next one has buffers of its own if these are not done
    /// then, and waits for none.
    pub(super) fn give_up(&mut self) {
        self.is_given_up = true;
    }

    /// True if the device has not done with some of the buffers.
    fn is_held(&self) -> Result<bool> {
        for submitted in self
            .ring
            .iter()
            .filter_map(|upload| upload.used_by.as_ref())
        {
            if !self.gpu.is_done_within(submitted, Duration::ZERO)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Makes room for windows of so many bytes of pixels.
    pub(super) fn reserve(&mut self, bytes: u64) -> Result<()> {
        let gpu = Arc::clone(&self.gpu);
        gpu.with_errors_caught(|| {
            for upload in &mut self.ring {
                if let Some(submitted) = upload.used_by.take() {
                    gpu.wait(&submitted)?;
                }
                upload.reserve(&gpu, bytes);
            }
            Ok(())
        })
    }

    /// Uploads and submits a chunk. After an error the device is of no more use.
    pub(super) fn submit(
        &mut self,
        masks: &Masks<'_>,
        call: HostCall,
        chunk: &Arc<Chunk>,
    ) -> Result<SubmittedChunk> {
        let gpu = Arc::clone(&self.gpu);
        gpu.faults.reach(&chunk.masks);
        if gpu.faults.strikes(Fault::LostBefore) {
            gpu.device.destroy();
        }
        gpu.with_errors_caught(|| {
            if gpu.faults.strikes(Fault::OutOfMemory) {
                refused_buffer(&gpu);
            }
            let is_held = std::mem::take(&mut self.is_given_up) && self.is_held()?;
            if chunk.is_alone != self.is_for_one_alone || is_held {
                // One alone would else have its buffers beside those of the others.
                self.scratch.clear();
                self.ring = new_ring(&gpu);
                self.is_for_one_alone = chunk.is_alone;
            }
            let mut scratch = self.scratch.take(&gpu);
            // Of each mask the flag passes write the first pixel, which the host has itself.
            scratch.reserve(&gpu, chunk, chunk.placed.len() as u64);
            let contents = match expected_starts(&gpu, chunk) {
                Some(starts) => Contents::Starts { starts, values: 0 },
                None => Contents::Bits { values: 0 },
            };
            let mut submitted = None;
            for (index, window) in chunk.windows.iter().enumerate() {
                let place = WindowPlace {
                    index,
                    is_first: index == 0,
                    is_last: index + 1 == chunk.windows.len(),
                };
                let upload = self.upload(masks, call, chunk.element_bits, window)?;
                let mut job = ChunkJob {
                    chunk,
                    predicate: masks.predicate(),
                    scratch: &mut scratch,
                    contents,
                };
                let upload = self.submit_window(upload, window, place, &mut job);
                submitted = upload.used_by.clone();
                self.ring.push_back(upload);
            }
            if gpu.faults.strikes(Fault::LostWithin) {
                gpu.device.destroy();
            }
            Ok(SubmittedChunk {
                readback: Readback {
                    gpu: Arc::clone(&gpu),
                    chunk: Arc::clone(chunk),
                    predicate: masks.predicate(),
                    scratch,
                    contents,
                    pixels: None,
                    keeps_starts: true,
                },
                submitted: submitted.expect("a chunk has one window at least"),
            })
        })
    }

    /// Writes a window's pixels into the staging buffer that was used longest ago.
    fn upload(
        &mut self,
        masks: &Masks<'_>,
        call: HostCall,
        element_bits: u32,
        window: &Window,
    ) -> Result<UploadBuffers> {
        let gpu = &self.gpu;
        let mut upload = self
            .ring
            .pop_front()
            .expect("each window puts its buffers back into the ring");
        if let Some(submitted) = upload.used_by.take() {
            gpu.wait(&submitted)?;
        }
        upload.reserve(gpu, window.bytes);
        let parts = staging::parts(window, element_bits, call.threads);
        staging::fill(gpu, &upload.staging, &parts, masks, call.order)?;
        Ok(upload)
    }

    /// Submits the flagging of an uploaded window; of the last, also the scan, compaction and copy
    /// of its chunk.
    fn submit_window(
        &self,
        mut upload: UploadBuffers,
        window: &Window,
        place: WindowPlace,
        job: &mut ChunkJob<'_>,
    ) -> UploadBuffers {
        let pixels = PixelBinding {
            buffer: (*upload.pixels).clone(),
            part: Part {
                offset: 0,
                bytes: upload.pixels.size(),
            },
            groups: Arc::clone(&upload.groups),
        };
        let mut commands = self.gpu.commands();
        commands.copy_buffer_to_buffer(&upload.staging, 0, &upload.pixels, 0, window.bytes);
        let mut recorder = Recorder {
            gpu: &self.gpu,
            commands: &mut commands,
            scratch: job.scratch,
            predicate: job.predicate,
            element_bits: job.chunk.element_bits,
        };
        if place.is_first {
            recorder.begin(job.chunk, None);
        }
        recorder.flag(job.chunk, place.index, &pixels);
        if place.is_last {
            recorder.scan(job.chunk);
            recorder.compact(job.chunk, None, None);
            recorder.copy_back(job.chunk, job.contents);
        }
        commands.map_buffer_on_submit(&upload.staging, MapMode::Write, .., |_| {});
        upload.used_by = Some(self.gpu.submit(commands));
        upload
    }
}

fn new_ring(gpu: &GpuDevice) -> VecDeque<UploadBuffers> {
    let buffers = (0..RING).map(|_| UploadBuffers::new(&gpu.device));
    buffers.collect()
}

/// Asks for a buffer beyond the device's limits, as if its memory were short.
fn refused_buffer(gpu: &GpuDevice) {
    let size = gpu
        .device
        .limits()
        .max_buffer_size
        .saturating_add(1)
        .next_multiple_of(4);
    let descriptor = wgpu::BufferDescriptor {
        label: None,
        size,
        usage: wgpu::BufferUsages::STORAGE,
        mapped_at_creation: false,
    };
    let _refused = gpu.device.create_buffer(&descriptor);
}
