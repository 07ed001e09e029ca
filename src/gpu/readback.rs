//! Readback of a chunk: starts, or the bits where those are fewer, and the values that only the
//! device has.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use wgpu::Buffer;

use super::checks::{are_pixels_in_order, check_total};
use super::clock::Clock;
use super::device::{GpuDevice, lock};
use super::faults::Fault;
use super::plan::Chunk;
use super::record::{Contents, PixelBinding, Recorder};
use super::scratch::{Scratch, ScratchPool};
use super::submissions::Submitted;
use crate::predicate::Predicate;
use crate::runs::{BitLines, Boundaries, BoundaryBits, Starts};
use crate::{Error, Result};

/// Results of a chunk on their way to the host. It owns the chunk's scratch.
#[derive(Debug)]
pub(super) struct Readback {
    pub(super) gpu: Arc<GpuDevice>,
    pub(super) chunk: Arc<Chunk>,
    pub(super) predicate: Predicate,
    pub(super) scratch: Scratch,
    pub(super) contents: Contents,
    /// Pixels that are on the device only.
    pub(super) pixels: Option<PixelBinding>,
    /// False if another chunk of the same commands has got the buffers of starts and values, and
    /// those of this chunk are overwritten.
    pub(super) keeps_starts: bool,
}

/// A chunk that was submitted.
#[derive(Debug)]
pub(super) struct SubmittedChunk {
    pub(super) readback: Readback,
    pub(super) submitted: Submitted,
}

/// Time between two questions to a caller who may give up the chunks in flight.
const PAUSE: Duration = Duration::from_micros(50);

impl SubmittedChunk {
    /// Waits for the chunk until the caller gives it up. True if it is done.
    pub(super) fn is_done_unless(&self, is_given_up: &dyn Fn() -> bool) -> Result<bool> {
        while !is_given_up() {
            if self.readback.gpu.is_done_within(&self.submitted, PAUSE)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Waits for the chunk and reads it back.
    pub(super) fn finish(self, pool: &ScratchPool) -> Result<ChunkRuns> {
        self.finish_by(pool, Readback::read)
    }

    /// Waits for the chunk and reads it back by `read`; its scratch goes to the pool.
    pub(super) fn finish_by<R>(
        mut self,
        pool: &ScratchPool,
        read: impl FnOnce(&mut Readback) -> Result<R>,
    ) -> Result<R> {
        let gpu = Arc::clone(&self.readback.gpu);
        let results = gpu.with_errors_caught(|| {
            gpu.wait(&self.submitted)?;
            read(&mut self.readback)
        })?;
        pool.give(self.readback.scratch);
        Ok(results)
    }
}

/// Runs of a chunk.
#[derive(Debug)]
pub(crate) struct ChunkRuns {
    pub(crate) boundaries: Boundaries,
    /// Of pixels that are on the device only: the value of each run where they are labels, else for
    /// each placed mask 1 if its first pixel is foreground.
    pub(crate) values: Vec<u32>,
}

/// Words of a readback.
pub(super) struct ReadWords {
    /// The number of starts, then the index of each mask's first.
    pub(super) summary: Vec<u32>,
    /// Starts, bits, or characters.
    pub(super) contents: Vec<u32>,
    pub(super) values: Vec<u32>,
    /// Beside characters alone.
    pub(super) measures: Vec<u32>,
}

/// Starts that are compacted once more, and the index of each mask's first among all.
#[derive(Default)]
struct CompactedAgain {
    begins: Vec<u32>,
    starts: Vec<u32>,
    values: Vec<u32>,
}

/// Starts a thousand words of bits above which the bits are fewer bytes than the starts.
const DENSE: u64 = 1000;

/// Number of starts to be read back with the first submission, or None for the bits.
pub(super) fn expected_starts(gpu: &GpuDevice, chunk: &Chunk) -> Option<u64> {
    starts_at_density(chunk.words, gpu.density.load(Ordering::Relaxed))
}

/// Number of starts to be expected of this many words of bits, if the last chunk had `density`
/// starts a thousand words: a quarter more, and at most as many as bits would take.
fn starts_at_density(words: u32, density: u64) -> Option<u64> {
    let words = u64::from(words);
    (density <= DENSE).then(|| (words * density / 800 + 1024).min(words))
}

impl Readback {
    /// Gives the buffers of starts and values to the next chunk of the same commands, which makes
    /// its own in them once those of this one are copied.
    pub(super) fn give_starts_to(&mut self, next: &mut Scratch) {
        self.scratch.trade_starts(next);
        self.keeps_starts = false;
    }

    /// Reads the results of the submission that is done, and fetches what else there is.
    pub(super) fn read(&mut self) -> Result<ChunkRuns> {
        let words = self.read_mapped(self.contents)?;
        let total = self.total(&words)?;
        self.take(words, total)
    }

    /// The number of starts, of which the next chunk's is expected.
    pub(super) fn total(&self, words: &ReadWords) -> Result<u32> {
        let total = self.injected(words.summary[0]);
        check_total(total, self.chunk.placed.len(), self.chunk.words)
            .map_err(|why| self.gpu.fault(why))?;
        self.gpu.density.store(
            u64::from(total) * 1000 / u64::from(self.chunk.words),
            Ordering::Relaxed,
        );
        Ok(total)
    }

    /// The runs of what came back, of characters none, and of what is fetched now.
    pub(super) fn take(&mut self, words: ReadWords, total: u32) -> Result<ChunkRuns> {
        let ReadWords {
            summary,
            contents,
            values,
            ..
        } = words;
        let is_dense = total > self.chunk.words;
        match self.contents {
            Contents::Bits { .. } => self.take_bits(contents, total, values),
            _ if is_dense && self.has_a_value_a_run() => self.read_dense_labels(total),
            _ if is_dense => {
                let words = u64::from(self.chunk.words);
                let bits = self.fetch(|scratch| &scratch.bits, 0, words)?;
                self.take_bits(bits, total, values)
            }
            Contents::Starts { .. } | Contents::Strings(_) => {
                self.take_starts(&summary[1..], total, contents, values)
            }
        }
    }

    /// The summary and the contents of the readback, which a finished submission has mapped, each
    /// copied once; its timestamps are added to the pass times.
    pub(super) fn read_mapped(&mut self, contents: Contents) -> Result<ReadWords> {
        let [contents, values, measures] = contents.parts(self.chunk.words);
        let times = self.scratch.clock.as_ref().map_or(0, Clock::bytes) / 4;
        let summary = 1 + self.chunk.placed.len() as u64;
        let mut ends = [summary, contents, values, measures, times].map(|words| words as usize);
        for part in 1..ends.len() {
            ends[part] += ends[part - 1];
        }
        let bytes = 4 * ends[4] as u64;
        let [summary, contents, values, measures, times] =
            read(&self.gpu, &self.scratch.readback, bytes, |words| {
                [
                    words[..ends[0]].to_vec(),
                    words[ends[0]..ends[1]].to_vec(),
                    words[ends[1]..ends[2]].to_vec(),
                    words[ends[2]..ends[3]].to_vec(),
                    words[ends[3]..].to_vec(),
                ]
            })?;
        if let Some(clock) = &mut self.scratch.clock {
            clock.add(&times, &mut lock(&self.gpu.times));
        }
        Ok(ReadWords {
            summary,
            contents,
            values,
            measures,
        })
    }

    /// The total, or a wrong one if a test injects it.
    fn injected(&self, total: u32) -> u32 {
        let faults = &self.gpu.faults;
        if faults.strikes(Fault::NoBoundaries) {
            0
        } else if faults.strikes(Fault::TooManyBoundaries) {
            32 * self.chunk.words + 1
        } else {
            total
        }
    }

    /// Starts that came back, with those that were not expected. `begins` are the indices of the
    /// masks' first starts.
    fn take_starts(
        &mut self,
        begins: &[u32],
        total: u32,
        mut starts: Vec<u32>,
        mut values: Vec<u32>,
    ) -> Result<ChunkRuns> {
        let have = starts.len() as u64;
        if u64::from(total) > have {
            let more = u64::from(total) - have;
            if !self.keeps_starts {
                let again = self.compact_again(have as u32, total)?;
                starts.extend(again.starts);
                values.extend(again.values);
            } else {
                starts.extend(self.fetch(|scratch| &scratch.starts, have, more)?);
                if self.has_a_value_a_run() {
                    values.extend(self.fetch(|scratch| &scratch.values, have, more)?);
                }
            }
        }
        starts.truncate(total as usize);
        if self.gpu.faults.strikes(Fault::StartsOutOfOrder) {
            let last = starts.len() - 1;
            starts.swap(last - 1, last);
        }
        if self.has_a_value_a_run() {
            values.truncate(total as usize);
        }
        let ends = begins[1..].iter().chain([&total]);
        let counts = begins
            .iter()
            .zip(ends)
            .map(|(begin, end)| end.wrapping_sub(*begin))
            .collect();
        Ok(ChunkRuns {
            boundaries: Boundaries::Starts(self.checked(starts, counts)?),
            values,
        })
    }

    /// The bits of a dense chunk.
    fn take_bits(&self, bits: Vec<u32>, total: u32, values: Vec<u32>) -> Result<ChunkRuns> {
        let mut places = vec![(0, BitLines::default()); self.chunk.masks.len()];
        for placed in &self.chunk.placed {
            let first_word = placed.stripe.first_word as usize;
            if bits[first_word] & 1 == 0 {
                return Err(self.no_first_start(placed.mask));
            }
            if !placed.lines.are_padded(&bits[first_word..]) {
                let what = format!("bits of mask {} are set beyond its pixels", placed.mask);
                return Err(self.gpu.fault(what));
            }
            places[placed.mask - self.chunk.masks.start] = (first_word, placed.lines);
        }
        let bits = BoundaryBits::new(bits, &places);
        if bits.total() != u64::from(total) {
            return Err(self.gpu.fault(format!(
                "{total} boundaries were counted, {} are there",
                bits.total()
            )));
        }
        Ok(ChunkRuns {
            boundaries: Boundaries::Bits(bits),
            values,
        })
    }

    /// Starts and values of dense labels that are on the device only.
    fn read_dense_labels(&mut self, total: u32) -> Result<ChunkRuns> {
        let again = self.compact_again(0, total)?;
        self.take_starts(&again.begins, total, again.starts, again.values)
    }

    /// Compacts the bits again, from start `first` on, as many starts at a time as there is room
    /// for, with the value of each where only the device has it.
    fn compact_again(&mut self, first: u32, total: u32) -> Result<CompactedAgain> {
        let room = self.chunk.words;
        let pixels = self.pixels.clone().filter(|_| self.has_a_value_a_run());
        let mut again = CompactedAgain::default();
        let chunk = Arc::clone(&self.chunk);
        let values = pixels.as_ref().map_or(0, |_| u64::from(room));
        self.scratch.reserve(&self.gpu, &chunk, values);
        for first_start in (first..total).step_by(room as usize) {
            let starts = u64::from(room.min(total - first_start));
            let values = pixels.as_ref().map_or(0, |_| starts);
            let contents = Contents::Starts { starts, values };
            let mut commands = self.gpu.commands();
            let mut recorder = self.recorder(&mut commands);
            recorder.compact(&chunk, Some(first_start), pixels.as_ref());
            recorder.copy_back(&chunk, contents);
            let submitted = self.gpu.submit(commands);
            self.gpu.wait(&submitted)?;
            let mut read = self.read_mapped(contents)?;
            again.begins = read.summary.split_off(1);
            again.starts.extend(read.contents);
            again.values.extend(read.values);
        }
        Ok(again)
    }

    fn recorder<'r>(&'r mut self, commands: &'r mut wgpu::CommandEncoder) -> Recorder<'r> {
        let Readback {
            gpu,
            chunk,
            predicate,
            scratch,
            ..
        } = self;
        if let Some(clock) = &mut scratch.clock {
            clock.restart();
        }
        Recorder {
            gpu,
            commands,
            scratch,
            predicate: *predicate,
            element_bits: chunk.element_bits,
        }
    }

    /// Reads words that are still on the device.
    fn fetch(
        &mut self,
        from: impl Fn(&Scratch) -> &Buffer,
        first: u64,
        count: u64,
    ) -> Result<Vec<u32>> {
        self.scratch.readback.reserve(&self.gpu, 4 * count);
        let mut commands = self.gpu.commands();
        let readback = &self.scratch.readback;
        commands.copy_buffer_to_buffer(from(&self.scratch), 4 * first, readback, 0, 4 * count);
        commands.map_buffer_on_submit(readback, wgpu::MapMode::Read, 0..4 * count, |_| {});
        let submitted = self.gpu.submit(commands);
        self.gpu.wait(&submitted)?;
        read(&self.gpu, readback, 4 * count, <[u32]>::to_vec)
    }

    /// True if the device gives a value for each run.
    fn has_a_value_a_run(&self) -> bool {
        self.pixels.is_some() && self.predicate == Predicate::Labels
    }

    fn no_first_start(&self, mask: usize) -> Error {
        let what = format!("the starts of mask {mask} do not begin at 0");
        self.gpu.fault(what)
    }

    /// The starts with a count for each mask of the chunk, those without pixels too. A device that
    /// was lost half-way, or computes nothing, shows in masks whose first start is not 0; whatever
    /// else one computes, the starts ascend and are pixels of their mask.
    fn checked(&self, starts: Vec<u32>, counts: Vec<u32>) -> Result<Starts> {
        let mut all = vec![0; self.chunk.masks.len()];
        let mut end = 0u64;
        for (placed, count) in self.chunk.placed.iter().zip(counts) {
            if count == 0 || starts.get(end as usize) != Some(&0) {
                return Err(self.no_first_start(placed.mask));
            }
            let first = end as usize;
            end += u64::from(count);
            let starts = starts.get(first..end as usize);
            if !starts.is_some_and(|starts| are_pixels_in_order(starts, placed.lines)) {
                let what = format!("the starts of mask {} are not in order", placed.mask);
                return Err(self.gpu.fault(what));
            }
            all[placed.mask - self.chunk.masks.start] = count;
        }
        if end != starts.len() as u64 {
            return Err(self
                .gpu
                .fault(format!("{} starts came back for {end} runs", starts.len())));
        }
        Ok(Starts {
            starts,
            counts: all,
            labels: None,
        })
    }
}

/// Takes what it will of the first `bytes` of a buffer that a finished submission has written and
/// mapped. A map of a dead device may seem to have succeeded: only taking the range fails.
fn read<R>(
    gpu: &GpuDevice,
    readback: &Buffer,
    bytes: u64,
    take: impl FnOnce(&[u32]) -> R,
) -> Result<R> {
    let taken = readback
        .get_mapped_range(0..bytes)
        .map(|view| take(bytemuck::cast_slice(&view)));
    readback.unmap();
    taken.map_err(|error| gpu.fault(format!("its results cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits are read where the last chunk had more than a start a word.
    #[test]
    fn starts_are_expected_up_to_one_a_word() {
        for (words, density, expected) in [
            (100_000, 0, Some(1024)),
            (100_000, 60, Some(7500 + 1024)),
            (100_000, 999, Some(100_000)),
            (100_000, 1000, Some(100_000)),
            (100_000, 1001, None),
            (1023, 0, Some(1023)),
            (1024, 0, Some(1024)),
            (1025, 0, Some(1024)),
        ] {
            let starts = starts_at_density(words, density);
            assert_eq!(starts, expected, "{words} words, {density} a thousand");
        }
    }
}
