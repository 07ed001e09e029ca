//! Chunks of one call that are still to be submitted.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::budget::Limits;
use super::host_call::HostCall;
use super::plan::{Chunk, Planned, max_chunk_pixels, next_of_host};
use crate::pixel::Masks;

/// Cuts ranges of masks into chunks, as they are asked for.
pub(super) struct ChunkQueue<'m, 'a, N> {
    masks: &'m Masks<'a>,
    call: HostCall,
    limits: Limits,
    adapter_name: &'m str,
    /// Gives the next range, from which chunks are cut.
    next_range: N,
    range: Range<usize>,
    max_pixels: usize,
    /// Chunks of a device that has failed: they come again, first.
    again: VecDeque<Arc<Chunk>>,
    /// Masks that are left for another backend.
    left: Vec<Range<usize>>,
}

impl<'m, 'a, N: FnMut() -> Option<Range<usize>>> ChunkQueue<'m, 'a, N> {
    pub(super) fn new(
        masks: &'m Masks<'a>,
        call: HostCall,
        limits: Limits,
        adapter_name: &'m str,
        next_range: N,
    ) -> Self {
        ChunkQueue {
            masks,
            call,
            limits,
            adapter_name,
            next_range,
            range: 0..0,
            max_pixels: 0,
            again: VecDeque::new(),
            left: Vec::new(),
        }
    }

    /// The next chunk; None when there are no more masks. Those that do not fit are left.
    pub(super) fn next_chunk(&mut self) -> Option<Arc<Chunk>> {
        if let Some(chunk) = self.again.pop_front() {
            return Some(chunk);
        }
        loop {
            if self.range.is_empty() {
                self.range = (self.next_range)()?;
                self.max_pixels = max_chunk_pixels(self.masks, self.range.clone());
                continue;
            }
            let planned = next_of_host(
                self.masks,
                self.call.order,
                self.call.level,
                self.limits,
                self.range.clone(),
                self.max_pixels,
            );
            self.range.start = planned.masks().end;
            match planned {
                Planned::Gpu(chunk) => return Some(Arc::new(chunk)),
                Planned::Cpu(masks) => {
                    log::info!(
                        "mask {} does not fit {}: the CPU encodes it",
                        masks.start,
                        self.adapter_name
                    );
                    self.left.push(masks);
                }
            }
        }
    }

    /// Takes back chunks that have failed: they come again before all others, in order.
    pub(super) fn put_back(&mut self, chunks: impl IntoIterator<Item = Arc<Chunk>>) {
        self.again.extend(chunks);
        self.again
            .make_contiguous()
            .sort_by_key(|chunk| chunk.masks.start);
    }

    /// Leaves a chunk for another backend.
    pub(super) fn leave(&mut self, chunk: &Chunk) {
        self.left.push(chunk.masks.clone());
    }

    /// The masks that are left for another backend.
    pub(super) fn into_left(self) -> Vec<Range<usize>> {
        self.left
    }
}
