//! Encoding of masks that are on the device.

use std::ops::Range;
use std::sync::Arc;

use super::backend::Gpu;
use super::device::GpuDevice;
use super::masks::GpuMasks;
use super::pending::Pending;
use super::plan::{Chunk, of_device};
use super::readback::{Readback, expected_starts};
use super::record::{Contents, PixelBinding, Recorder};
use super::scratch::Scratch;
use crate::Result;
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
    pub(crate) fn runs(&self, masks: &GpuMasks, order: Order) -> Result<Runs> {
        let gpu = self.device_of_buffers()?.0;
        let mut commands = gpu.commands();
        let pending = self.record(&mut commands, masks, order)?;
        gpu.with_errors_caught(|| {
            gpu.submit(commands);
            Ok(())
        })?;
        pending.wait()
    }

    /// Records the encoding of masks that are on the GPU.
    pub(crate) fn record(
        &self,
        commands: &mut wgpu::CommandEncoder,
        masks: &GpuMasks,
        order: Order,
    ) -> Result<Pending> {
        let (gpu, pool) = self.device_of_buffers()?;
        let alignment = u64::from(gpu.device.limits().min_storage_buffer_offset_alignment).max(16);
        let plan = of_device(masks, order, self.limits, alignment)?;
        let record = |(chunk, bytes)| {
            let scratch = pool.take(&gpu);
            record_chunk(&gpu, commands, masks, chunk, bytes, scratch)
        };
        let chunks = gpu.with_errors_caught(|| Ok(plan.into_iter().map(record).collect()))?;
        Ok(Pending {
            gpu,
            chunks,
            pool,
            masks: masks.len(),
            size: masks.size(),
            order,
            element: masks.element,
            predicate: masks.predicate,
        })
    }
}

/// Records the passes of one chunk, whose pixels are these bytes of the masks' buffer.
fn record_chunk(
    gpu: &Arc<GpuDevice>,
    commands: &mut wgpu::CommandEncoder,
    masks: &GpuMasks,
    chunk: Chunk,
    bytes: Range<u64>,
    mut scratch: Scratch,
) -> Readback {
    let pixels = PixelBinding {
        buffer: masks.buffer.clone(),
        offset: bytes.start,
        bytes: bytes.end - bytes.start,
    };
    let (contents, values) = contents(gpu, masks.predicate, &chunk);
    scratch.reserve(&gpu.device, &chunk, values);
    let mut recorder = Recorder {
        gpu,
        commands,
        scratch: &mut scratch,
        predicate: masks.predicate,
        element_bits: chunk.element_bits,
    };
    recorder.begin(&chunk);
    recorder.flag(&chunk.windows[0], &pixels, None);
    recorder.scan(&chunk);
    recorder.compact(&chunk, None);
    // Of masks that are resampled, the pass that makes their pixels has kept the first ones.
    if masks.resampling.is_none() {
        recorder.values(&chunk, &pixels, 0);
    }
    recorder.copy_back(&chunk, contents);
    Readback {
        gpu: Arc::clone(gpu),
        chunk: Arc::new(chunk),
        predicate: masks.predicate,
        scratch,
        contents,
        pixels: Some(pixels),
    }
}

/// Contents of a chunk's readback, and the number of values that there has to be room for.
fn contents(gpu: &GpuDevice, predicate: Predicate, chunk: &Chunk) -> (Contents, u64) {
    let words = u64::from(chunk.words);
    let masks = chunk.placed.len() as u64;
    let contents = match (predicate, expected_starts(gpu, chunk)) {
        (Predicate::Labels, starts) => {
            let starts = starts.unwrap_or(words);
            let values = starts;
            return (Contents::Starts { starts, values }, words);
        }
        (Predicate::Binary | Predicate::Above(_), Some(starts)) => Contents::Starts {
            starts,
            values: masks,
        },
        (Predicate::Binary | Predicate::Above(_), None) => Contents::Bits { values: masks },
    };
    (contents, masks)
}
