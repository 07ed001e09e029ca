//! How long each pass takes on the device, by timestamps that come back with the starts.

use std::collections::BTreeMap;
use std::time::Duration;

use wgpu::{
    Buffer, BufferDescriptor, BufferUsages, CommandEncoder, ComputePassTimestampWrites, Device,
    Features, QuerySet, QuerySetDescriptor, QueryType, Queue,
};

/// Passes of a chunk that are timed: one for each window and three more. Those beyond are not.
const TIMED_PASSES: u32 = 128;

/// Times passes on a device that can.
#[derive(Debug)]
pub(super) struct Clock {
    queries: QuerySet,
    resolved: Buffer,
    nanoseconds_per_tick: f64,
    /// The passes of this chunk, two queries each.
    passes: Vec<&'static str>,
}

/// The time that each pass has taken.
pub(super) type PassTimes = BTreeMap<&'static str, Duration>;

impl Clock {
    pub(super) fn new(device: &Device, queue: &Queue) -> Option<Self> {
        if !device.features().contains(Features::TIMESTAMP_QUERY) {
            return None;
        }
        let queries = device.create_query_set(&QuerySetDescriptor {
            label: Some("pass times"),
            ty: QueryType::Timestamp,
            count: 2 * TIMED_PASSES,
        });
        let resolved = device.create_buffer(&BufferDescriptor {
            label: Some("pass times"),
            size: u64::from(16 * TIMED_PASSES),
            usage: BufferUsages::QUERY_RESOLVE | BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        });
        let nanoseconds_per_tick = f64::from(queue.get_timestamp_period());
        Some(Clock {
            queries,
            resolved,
            nanoseconds_per_tick,
            passes: Vec::new(),
        })
    }

    /// The queries that time the next pass of this chunk.
    pub(super) fn time(&mut self, pass: &'static str) -> Option<ComputePassTimestampWrites<'_>> {
        let index = self.passes.len() as u32;
        if index == TIMED_PASSES {
            return None;
        }
        self.passes.push(pass);
        Some(ComputePassTimestampWrites {
            query_set: &self.queries,
            beginning_of_pass_write_index: Some(2 * index),
            end_of_pass_write_index: Some(2 * index + 1),
        })
    }

    /// Forgets the passes of a chunk that was not finished.
    pub(super) fn restart(&mut self) {
        self.passes.clear();
    }

    /// Bytes of this chunk's timestamps.
    pub(super) fn bytes(&self) -> u64 {
        16 * self.passes.len() as u64
    }

    /// Copies this chunk's timestamps to a buffer, from byte `at` on.
    pub(super) fn copy(&self, commands: &mut CommandEncoder, to: &Buffer, at: u64) {
        commands.resolve_query_set(
            &self.queries,
            0..2 * self.passes.len() as u32,
            &self.resolved,
            0,
        );
        commands.copy_buffer_to_buffer(&self.resolved, 0, to, at, self.bytes());
    }

    /// Adds this chunk's timestamps, read back as words.
    pub(super) fn add(&mut self, words: &[u32], total: &mut PassTimes) {
        let tick = |words: &[u32]| u64::from(words[0]) | u64::from(words[1]) << 32;
        for (pass, words) in self.passes.drain(..).zip(words.chunks_exact(4)) {
            let ticks = tick(&words[2..]).saturating_sub(tick(words));
            *total.entry(pass).or_default() +=
                Duration::from_nanos((ticks as f64 * self.nanoseconds_per_tick) as u64);
        }
    }
}
