//! Scratch of a chunk: the buffers between its pixels and its starts.

use std::sync::{Arc, Mutex};

use wgpu::BufferUsages;

use super::budget::RING;
use super::buffers::{FlagTables, GrowingBuffer};
use super::clock::Clock;
use super::device::{GpuDevice, lock};
use super::passes::{BLOCK_WORDS, Params, Stripe};
use super::plan::Chunk;

/// Buffers that a chunk's bits are scanned in.
#[derive(Debug)]
pub(super) struct Scratch {
    /// Of pixels that are on the device already.
    pub(super) tables: FlagTables,
    /// Parameters and stripes of the chunk, and parameters of its values and strings.
    pub(super) params: GrowingBuffer,
    pub(super) stripes: GrowingBuffer,
    pub(super) value_params: GrowingBuffer,
    pub(super) string_params: GrowingBuffer,
    pub(super) bits: GrowingBuffer,
    pub(super) blocks: GrowingBuffer,
    pub(super) totals: GrowingBuffer,
    pub(super) summary: GrowingBuffer,
    pub(super) starts: GrowingBuffer,
    pub(super) values: GrowingBuffer,
    pub(super) measures: GrowingBuffer,
    pub(super) characters: GrowingBuffer,
    /// Results on their way to the host.
    pub(super) readback: GrowingBuffer,
    pub(super) clock: Option<Clock>,
}

impl Scratch {
    fn new(gpu: &GpuDevice) -> Self {
        let storage = BufferUsages::STORAGE;
        let (to, from) = (BufferUsages::COPY_DST, BufferUsages::COPY_SRC);
        let buffer = |label, usage| GrowingBuffer::new(&gpu.device, label, usage);
        Scratch {
            tables: FlagTables::new(&gpu.device),
            params: buffer("params", BufferUsages::UNIFORM | to),
            stripes: buffer("stripes", storage | to),
            value_params: buffer("value params", BufferUsages::UNIFORM | to),
            string_params: buffer("string params", BufferUsages::UNIFORM | to),
            bits: buffer("bits", storage | from),
            blocks: buffer("blocks", storage | to),
            totals: buffer("totals", storage),
            summary: buffer("summary", storage | from),
            starts: buffer("starts", storage | from),
            values: buffer("values", storage | from),
            measures: buffer("measures", storage | from | to),
            characters: buffer("characters", storage | from | to),
            readback: buffer("readback", BufferUsages::MAP_READ | to),
            clock: match gpu.time_passes {
                true => Clock::new(&gpu.device, &gpu.queue),
                false => None,
            },
        }
    }

    /// Makes room for a chunk. `values` of 0 is a chunk whose values the host reads itself.
    pub(super) fn reserve(&mut self, gpu: &GpuDevice, chunk: &Chunk, values: u64) {
        let (bits, masks) = (4 * u64::from(chunk.words), chunk.placed.len() as u64);
        let blocks = u64::from(chunk.words.div_ceil(BLOCK_WORDS));
        let groups = blocks.div_ceil(u64::from(BLOCK_WORDS));
        self.params.reserve(gpu, size_of::<Params>() as u64);
        self.value_params.reserve(gpu, size_of::<Params>() as u64);
        self.stripes
            .reserve(gpu, masks * size_of::<Stripe>() as u64);
        self.bits.reserve(gpu, bits);
        self.blocks.reserve(gpu, 4 * blocks);
        self.totals.reserve(gpu, 4 * groups);
        self.summary.reserve(gpu, 4 * (1 + masks));
        self.starts.reserve(gpu, bits);
        self.values.reserve(gpu, 4 * values);
        if values > 0 {
            for window in &chunk.windows {
                self.tables.reserve(gpu, window);
            }
        }
    }
}

/// Scratch that no chunk uses.
#[derive(Debug, Clone, Default)]
pub(super) struct ScratchPool(Arc<Mutex<Vec<Scratch>>>);

impl ScratchPool {
    pub(super) fn take(&self, gpu: &GpuDevice) -> Scratch {
        let kept = lock(&self.0).pop();
        kept.unwrap_or_else(|| Scratch::new(gpu))
    }

    /// Drops all scratch that is kept.
    pub(super) fn clear(&self) {
        lock(&self.0).clear();
    }

    pub(super) fn give(&self, scratch: Scratch) {
        let mut kept = lock(&self.0);
        if kept.len() < RING {
            kept.push(scratch);
        }
    }
}
