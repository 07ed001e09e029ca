//! Times of the passes on the device, by timestamps that come back with the starts.

use std::collections::BTreeMap;
use std::time::Duration;

use wgpu::{
    Buffer, BufferDescriptor, BufferUsages, CommandEncoder, ComputePassTimestampWrites, Device,
    Features, QuerySet, QuerySetDescriptor, QueryType, Queue,
};

/// Passes of a chunk that are timed: one for each window and a few more. Those beyond are not.
const TIMED_PASSES: u32 = 128;

/// Times passes on a device that can.
#[derive(Debug)]
pub(super) struct Clock {
    queries: QuerySet,
    resolved: Buffer,
    nanoseconds_per_tick: f64,
    timed: TimedPasses,
}

/// The time that each pass has taken.
pub(super) type PassTimes = BTreeMap<&'static str, Duration>;

/// The passes of a chunk that are timed, two queries each.
#[derive(Debug, Default)]
struct TimedPasses(Vec<&'static str>);

impl TimedPasses {
    /// The queries of begin and end of the chunk's next pass; None where there are no more.
    fn add(&mut self, pass: &'static str) -> Option<[u32; 2]> {
        let index = self.0.len() as u32;
        if index == TIMED_PASSES {
            return None;
        }
        self.0.push(pass);
        Some([2 * index, 2 * index + 1])
    }

    fn queries(&self) -> u32 {
        2 * self.0.len() as u32
    }
}

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
            timed: TimedPasses::default(),
        })
    }

    /// The queries that time the next pass of this chunk.
    pub(super) fn time(&mut self, pass: &'static str) -> Option<ComputePassTimestampWrites<'_>> {
        let [begin, end] = self.timed.add(pass)?;
        Some(ComputePassTimestampWrites {
            query_set: &self.queries,
            beginning_of_pass_write_index: Some(begin),
            end_of_pass_write_index: Some(end),
        })
    }

    /// Forgets the passes of a chunk that was not finished.
    pub(super) fn restart(&mut self) {
        self.timed = TimedPasses::default();
    }

    /// Bytes of this chunk's timestamps.
    pub(super) fn bytes(&self) -> u64 {
        8 * u64::from(self.timed.queries())
    }

    /// Copies this chunk's timestamps to a buffer, from byte `at` on.
    pub(super) fn copy(&self, commands: &mut CommandEncoder, to: &Buffer, at: u64) {
        commands.resolve_query_set(&self.queries, 0..self.timed.queries(), &self.resolved, 0);
        commands.copy_buffer_to_buffer(&self.resolved, 0, to, at, self.bytes());
    }

    /// Adds this chunk's timestamps, read back as words.
    pub(super) fn add(&mut self, words: &[u32], total: &mut PassTimes) {
        let passes = std::mem::take(&mut self.timed);
        add_times(&passes, words, self.nanoseconds_per_tick, total);
    }
}

/// Adds the times of some passes, given their timestamps as words.
fn add_times(
    passes: &TimedPasses,
    words: &[u32],
    nanoseconds_per_tick: f64,
    total: &mut PassTimes,
) {
    let tick = |words: &[u32]| u64::from(words[0]) | u64::from(words[1]) << 32;
    for (pass, words) in passes.0.iter().copied().zip(words.chunks_exact(4)) {
        let ticks = tick(&words[2..]).saturating_sub(tick(words));
        *total.entry(pass).or_default() +=
            Duration::from_nanos((ticks as f64 * nanoseconds_per_tick) as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_passes_are_timed_as_there_are_queries() {
        for (passes, timed) in [(127, 127), (128, 128), (129, 128), (1000, 128)] {
            let mut all = TimedPasses::default();
            for pass in 0..passes {
                let expected = (pass < 128).then_some([2 * pass, 2 * pass + 1]);
                assert_eq!(all.add("flag_along"), expected, "pass {pass} of {passes}");
            }
            assert_eq!(all.queries(), 2 * timed, "{passes} passes");
        }
    }

    #[test]
    fn times_are_those_of_the_ticks() {
        let (mut passes, mut total) = (TimedPasses::default(), PassTimes::new());
        for pass in ["a", "b", "a"] {
            passes.add(pass);
        }
        // From 2^32 - 1 to 2^32 + 1; of 5 ticks; and an end before its begin, which is no time.
        let words = [u32::MAX, 0, 1, 1, 10, 0, 15, 0, 9, 0, 8, 0];
        add_times(&passes, &words, 2.0, &mut total);
        assert_eq!(total["a"], Duration::from_nanos(4));
        assert_eq!(total["b"], Duration::from_nanos(10));
    }
}
