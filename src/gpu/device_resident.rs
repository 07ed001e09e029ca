//! Encoding of masks that are on the device.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::backend::Gpu;
use super::budget::RING;
use super::device::GpuDevice;
use super::kept_groups::Part;
use super::masks::GpuMasks;
use super::pending::{DeviceStack, Pending, RecordedChunk};
use super::plan::{Chunk, Wanted, of_device};
use super::readback::{Readback, SubmittedChunk, expected_starts};
use super::record::{Contents, PixelBinding, Recorder};
use super::scratch::Scratch;
use super::strings::{ChunkStrings, expected_strings};
use crate::Result;
use crate::parallel::Threads;
use crate::pixel::Order;
use crate::predicate::Predicate;
use crate::runs::Runs;

impl Gpu {
    /// The device, unless it has failed.
    pub(crate) fn wgpu(&self) -> Option<(wgpu::Device, wgpu::Queue)> {
        let (gpu, _) = self.device_of_buffers().ok()?;
        Some((gpu.device.clone(), gpu.queue.clone()))
    }

    /// Runs of masks that are on the GPU.
    pub(crate) fn runs(&self, masks: &GpuMasks, order: Order, threads: Threads) -> Result<Runs> {
        let chunks = self.chunks(masks, order, Wanted::Runs, Readback::read)?;
        DeviceStack::new(masks, order, threads).runs(chunks)
    }

    /// COCO's strings of masks that are on the GPU, by chunks: of all that have pixels.
    pub(crate) fn strings(&self, masks: &GpuMasks) -> Result<Vec<ChunkStrings>> {
        let size = masks.size();
        let read = |readback: &mut Readback| readback.read_strings(size);
        self.chunks(masks, Order::ColumnMajor, Wanted::Strings, read)
    }

    /// Results of masks that are on the GPU, by chunks, as `read` reads them back. As few chunks
    /// are in flight as of masks of the host, so that scratch does not grow with the stack.
    fn chunks<R>(
        &self,
        masks: &GpuMasks,
        order: Order,
        wanted: Wanted,
        read: impl Fn(&mut Readback) -> Result<R>,
    ) -> Result<Vec<R>> {
        let (gpu, pool) = self.device_of_buffers()?;
        let mut in_flight = VecDeque::with_capacity(RING);
        let mut results = Vec::new();
        for (chunk, bytes) in self.plan(&gpu, masks, order, wanted)? {
            let is_one_alone =
                |other: &SubmittedChunk| chunk.is_alone || other.readback.chunk.is_alone;
            while in_flight.len() == RING || in_flight.back().is_some_and(is_one_alone) {
                let Some(oldest) = in_flight.pop_front() else {
                    break;
                };
                results.push(oldest.finish_by(&pool, &read)?);
            }
            gpu.faults.reach(&chunk.masks);
            let submitted = gpu.with_errors_caught(|| {
                let mut commands = gpu.commands();
                let scratch = pool.take(&gpu);
                let recorded =
                    record_chunk(&gpu, &mut commands, masks, wanted, chunk, bytes, scratch);
                Ok(SubmittedChunk {
                    readback: recorded.readback,
                    submitted: gpu.submit(commands),
                })
            });
            in_flight.push_back(submitted.inspect_err(|_| masks.drop_groups())?);
        }
        for chunk in in_flight {
            results.push(chunk.finish_by(&pool, &read)?);
        }
        Ok(results)
    }

    /// Chunks of masks on the device, and the bytes of the buffer that each reads.
    fn plan(
        &self,
        gpu: &GpuDevice,
        masks: &GpuMasks,
        order: Order,
        wanted: Wanted,
    ) -> Result<Vec<(Chunk, Range<u64>)>> {
        let alignment = u64::from(gpu.device.limits().min_storage_buffer_offset_alignment).max(16);
        of_device(masks, order, wanted, self.limits, alignment)
    }

    /// Records the encoding of masks that are on the GPU. Of each chunk the bits are kept until the
    /// results are read, an eighth of a byte for a pixel; starts and values all chunks make in the
    /// same buffers, one after the other.
    pub(crate) fn record(
        &self,
        commands: &mut wgpu::CommandEncoder,
        masks: &GpuMasks,
        order: Order,
        threads: Threads,
    ) -> Result<Pending> {
        let (gpu, pool) = self.device_of_buffers()?;
        let mut chunks: Vec<RecordedChunk> = Vec::new();
        let plan = self.plan(&gpu, masks, order, Wanted::Runs)?;
        let recorded = gpu.with_errors_caught(|| {
            for (chunk, bytes) in plan {
                let mut scratch = pool.take(&gpu);
                if let Some(RecordedChunk { readback, .. }) = chunks.last_mut() {
                    readback.give_starts_to(&mut scratch);
                }
                let recorded =
                    record_chunk(&gpu, commands, masks, Wanted::Runs, chunk, bytes, scratch);
                // Should the caller's submission fail, this is no summary of an older stack's.
                let readback = &recorded.readback.scratch.readback;
                gpu.write(readback, 0, &[0; 4]);
                chunks.push(recorded);
            }
            Ok(())
        });
        recorded.inspect_err(|_| masks.drop_groups())?;
        Ok(Pending {
            gpu,
            chunks,
            pool,
            stack: DeviceStack::new(masks, order, threads),
        })
    }
}

/// Records the passes of one chunk, whose pixels are these bytes of the masks' buffer.
fn record_chunk(
    gpu: &Arc<GpuDevice>,
    commands: &mut wgpu::CommandEncoder,
    masks: &GpuMasks,
    wanted: Wanted,
    chunk: Chunk,
    bytes: Range<u64>,
    mut scratch: Scratch,
) -> RecordedChunk {
    let pixels = PixelBinding {
        buffer: masks.buffer.clone(),
        part: Part {
            offset: bytes.start,
            bytes: bytes.end - bytes.start,
        },
        groups: Arc::clone(&masks.groups),
    };
    let (contents, values) = contents(gpu, masks.predicate, wanted, &chunk);
    scratch.reserve(gpu, &chunk, values);
    let mut recorder = Recorder {
        gpu,
        commands,
        scratch: &mut scratch,
        predicate: masks.predicate,
        element_bits: chunk.element_bits,
    };
    let strings = match contents {
        Contents::Strings(strings) => Some(strings),
        _ => None,
    };
    let params = strings.map(|strings| strings.params(&chunk, masks.size()));
    recorder.begin(&chunk, params);
    recorder.flag(&chunk, 0, &pixels);
    recorder.scan(&chunk);
    recorder.compact(&chunk, None, masks.is_labels().then_some(&pixels));
    if let Some(strings) = strings {
        recorder.strings(strings);
    }
    let completion = recorder.copy_back(&chunk, contents);
    let readback = Readback {
        gpu: Arc::clone(gpu),
        chunk: Arc::new(chunk),
        predicate: masks.predicate,
        scratch,
        contents,
        pixels: Some(pixels),
        keeps_starts: true,
    };
    RecordedChunk {
        readback,
        completion,
    }
}

/// Contents of a chunk's readback, and the number of values that there has to be room for.
fn contents(
    gpu: &GpuDevice,
    predicate: Predicate,
    wanted: Wanted,
    chunk: &Chunk,
) -> (Contents, u64) {
    let words = u64::from(chunk.words);
    let masks = chunk.placed.len() as u64;
    let starts = expected_starts(gpu, chunk);
    if predicate == Predicate::Labels {
        let starts = starts.unwrap_or(words);
        let values = starts;
        return (Contents::Starts { starts, values }, words);
    }
    let Some(starts) = starts else {
        return (Contents::Bits { values: masks }, masks);
    };
    let strings = match wanted {
        Wanted::Strings => expected_strings(gpu, chunk, starts),
        Wanted::Runs => None,
    };
    let values = masks;
    let starts = Contents::Starts { starts, values };
    (strings.unwrap_or(starts), values)
}
