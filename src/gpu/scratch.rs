//! Scratch of a chunk: the buffers between its pixels and its starts.

use std::sync::{Arc, Mutex};

use wgpu::BufferUsages;

use super::budget::RING;
use super::buffers::GrowingBuffer;
use super::clock::Clock;
use super::device::{GpuDevice, lock};
use super::kept_groups::KeptGroups;
use super::passes::BLOCK_WORDS;
use super::plan::Chunk;
use super::tables::{ChunkParts, ChunkTables};

/// Buffers that a chunk's bits are scanned in.
#[derive(Debug)]
pub(super) struct Scratch {
    /// Parameters and tables of all passes of the chunk, and where each lies.
    pub(super) tables: GrowingBuffer,
    pub(super) parts: ChunkParts,
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
    /// Over all buffers but the readback.
    pub(super) groups: KeptGroups,
    pub(super) clock: Option<Clock>,
}

impl Scratch {
    fn new(gpu: &GpuDevice) -> Self {
        let storage = BufferUsages::STORAGE;
        let (to, from) = (BufferUsages::COPY_DST, BufferUsages::COPY_SRC);
        let buffer = |label, usage| GrowingBuffer::new(&gpu.device, label, usage);
        Scratch {
            tables: buffer("tables", BufferUsages::UNIFORM | storage | to),
            parts: ChunkParts::default(),
            bits: buffer("bits", storage | from),
            blocks: buffer("blocks", storage | to),
            totals: buffer("totals", storage),
            summary: buffer("summary", storage | from),
            starts: buffer("starts", storage | from),
            values: buffer("values", storage | from),
            measures: buffer("measures", storage | from | to),
            characters: buffer("characters", storage | from | to),
            readback: buffer("readback", BufferUsages::MAP_READ | to),
            groups: KeptGroups::default(),
            clock: match gpu.time_passes {
                true => Clock::new(&gpu.device, &gpu.queue),
                false => None,
            },
        }
    }

    /// Makes room for a chunk, and so many values.
    pub(super) fn reserve(&mut self, gpu: &GpuDevice, chunk: &Chunk, values: u64) {
        let (bits, masks) = (4 * u64::from(chunk.words), chunk.placed.len() as u64);
        let blocks = u64::from(chunk.words.div_ceil(BLOCK_WORDS));
        let groups = blocks.div_ceil(u64::from(BLOCK_WORDS));
        let are_others = [
            self.bits.reserve(gpu, bits),
            self.blocks.reserve(gpu, 4 * blocks),
            self.totals.reserve(gpu, 4 * groups),
            self.summary.reserve(gpu, 4 * (1 + masks)),
            self.starts.reserve(gpu, bits),
            self.values.reserve(gpu, 4 * values),
        ];
        if are_others.contains(&true) {
            self.groups.clear();
        }
    }

    /// Uploads a chunk's parameters and tables, all at once.
    pub(super) fn upload(&mut self, gpu: &GpuDevice, tables: ChunkTables) {
        if self.tables.reserve(gpu, tables.bytes.len() as u64) {
            self.groups.clear();
        }
        gpu.write(&self.tables, 0, &tables.bytes);
        self.parts = tables.parts;
    }

    /// Trades the buffers of starts and values with another chunk's.
    pub(super) fn trade_starts(&mut self, other: &mut Scratch) {
        std::mem::swap(&mut self.starts, &mut other.starts);
        std::mem::swap(&mut self.values, &mut other.values);
        self.groups.clear();
        other.groups.clear();
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
