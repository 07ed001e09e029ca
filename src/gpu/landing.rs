//! What comes back of a chunk: starts, or the bits where those are fewer, and the values that only
//! the device has.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::buffers::{Scratch, read};
use super::clock::Clock;
use super::device::{GpuDevice, Submitted, lock};
use super::encode::{Binding, Copied, Recorder};
use super::plan::Chunk;
use crate::Result;
use crate::predicate::Predicate;
use crate::runs::Starts;

/// A chunk that a device works on. It owns its scratch.
#[derive(Debug)]
pub(super) struct InFlight {
    pub(super) gpu: Arc<GpuDevice>,
    pub(super) chunk: Arc<Chunk>,
    pub(super) predicate: Predicate,
    pub(super) scratch: Scratch,
    pub(super) copied: Copied,
    /// Pixels that are on the device only.
    pub(super) pixels: Option<Binding>,
}

/// What a chunk was encoded to.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) starts: Starts,
    /// Of pixels that are on the device only: the value of each run where they are labels, else for
    /// each placed mask whether its first pixel is foreground.
    pub(super) values: Vec<u32>,
}

/// How many starts are to be read back with the first submission, or the bits.
pub(super) fn expected(gpu: &GpuDevice, chunk: &Chunk) -> Option<u64> {
    let (words, density) = (u64::from(chunk.words), gpu.density.load(Ordering::Relaxed));
    // A quarter more than there were in the last chunk; at most as many as bits would take.
    (density <= 1000).then(|| (words * density / 800 + 1024).min(words))
}

impl InFlight {
    /// What has come back with the submission that is done, and what more there is to fetch.
    pub(super) fn land(&mut self) -> Result<Found> {
        let masks = self.chunk.placed.len();
        let times_at = 1 + masks + self.copied.words(self.chunk.words) as usize;
        let bytes = 4 * times_at as u64 + self.scratch.clock.as_ref().map_or(0, Clock::bytes);
        let mut found = read(&self.gpu, &self.scratch.readback, bytes)?;
        let times = found.split_off(times_at);
        if let Some(clock) = &mut self.scratch.clock {
            clock.add(&times, &mut lock(&self.gpu.times));
        }
        let rest = found.split_off(1 + masks);
        let total = found[0];
        self.check_total(total)?;
        self.gpu.density.store(
            u64::from(total) * 1000 / u64::from(self.chunk.words),
            Ordering::Relaxed,
        );
        let is_dense = total > self.chunk.words;
        match self.copied {
            Copied::Bits { .. } => {
                let (bits, values) = rest.split_at(self.chunk.words as usize);
                self.walk_bits(bits, total, values.to_vec())
            }
            Copied::Starts { .. }
                if is_dense && self.predicate == Predicate::Labels && self.pixels.is_some() =>
            {
                self.stretches(total)
            }
            Copied::Starts { starts, .. } if is_dense => {
                let bits =
                    self.copy_more(|scratch| &scratch.bits, 0, u64::from(self.chunk.words))?;
                self.walk_bits(&bits, total, rest[starts as usize..].to_vec())
            }
            Copied::Starts { starts, .. } => {
                let (starts, values) = rest.split_at(starts as usize);
                self.take_starts(&found[1..], total, starts.to_vec(), values.to_vec())
            }
        }
    }

    /// Starts that came back, with those that were not expected.
    fn take_starts(
        &mut self,
        begins: &[u32],
        total: u32,
        mut starts: Vec<u32>,
        mut values: Vec<u32>,
    ) -> Result<Found> {
        let have = starts.len() as u64;
        if u64::from(total) > have {
            let more = u64::from(total) - have;
            starts.extend(self.copy_more(|scratch| &scratch.starts, have, more)?);
            if self.has_a_value_a_run() {
                values.extend(self.copy_more(|scratch| &scratch.values, have, more)?);
            }
        }
        starts.truncate(total as usize);
        if self.has_a_value_a_run() {
            values.truncate(total as usize);
        }
        let ends = begins[1..].iter().chain([&total]);
        let counts = begins
            .iter()
            .zip(ends)
            .map(|(begin, end)| end.wrapping_sub(*begin))
            .collect();
        Ok(Found {
            starts: self.checked(starts, counts)?,
            values,
        })
    }

    /// The starts of a dense chunk, from its bits.
    fn walk_bits(&self, bits: &[u32], total: u32, values: Vec<u32>) -> Result<Found> {
        let mut starts = Vec::with_capacity(total as usize);
        let mut counts = Vec::with_capacity(self.chunk.placed.len());
        for placed in &self.chunk.placed {
            let before = starts.len();
            let words = &bits[placed.stripe.first_word as usize..][..placed.lines.words()];
            placed.lines.walk(words, &mut starts);
            counts.push((starts.len() - before) as u32);
        }
        if starts.len() != total as usize {
            return Err(self.gpu.fault(format!(
                "{total} boundaries were counted, {} are there",
                starts.len()
            )));
        }
        Ok(Found {
            starts: self.checked(starts, counts)?,
            values,
        })
    }

    /// Starts and values of dense labels that are on the device only: a stretch after the other, in
    /// the room that there is.
    fn stretches(&mut self, total: u32) -> Result<Found> {
        let pixels = self.pixels.clone().expect("only these come by stretches");
        let room = self.chunk.words;
        let (mut starts, mut values, mut begins) = (Vec::new(), Vec::new(), Vec::new());
        for from in (0..total).step_by(room as usize) {
            let count = u64::from(room.min(total - from));
            let copied = Copied::Starts {
                starts: count,
                values: count,
            };
            let mut commands = self.gpu.commands();
            let chunk = Arc::clone(&self.chunk);
            let mut recorder = self.recorder(&mut commands);
            recorder.compact(&chunk, Some(from));
            recorder.values(&chunk, &pixels, from);
            recorder.copy_back(&chunk, copied);
            let submitted = self.gpu.submit(commands);
            self.gpu.wait(&submitted)?;
            let masks = self.chunk.placed.len();
            let bytes = 4 * (1 + masks as u64 + 2 * count)
                + self.scratch.clock.as_ref().map_or(0, Clock::bytes);
            let mut found = read(&self.gpu, &self.scratch.readback, bytes)?;
            let mut rest = found.split_off(1 + masks);
            begins = found.split_off(1);
            let mut more = rest.split_off(count as usize);
            let times = more.split_off(count as usize);
            if let Some(clock) = &mut self.scratch.clock {
                clock.add(&times, &mut lock(&self.gpu.times));
            }
            starts.extend(rest);
            values.extend(more);
        }
        self.take_starts(&begins, total, starts, values)
    }

    fn recorder<'r>(&'r mut self, commands: &'r mut wgpu::CommandEncoder) -> Recorder<'r> {
        let InFlight {
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

    /// Words that are still on the device.
    fn copy_more(
        &mut self,
        from: impl Fn(&Scratch) -> &wgpu::Buffer,
        first: u64,
        count: u64,
    ) -> Result<Vec<u32>> {
        self.scratch.readback.hold(&self.gpu.device, 4 * count);
        let mut commands = self.gpu.commands();
        let readback = &self.scratch.readback;
        commands.copy_buffer_to_buffer(from(&self.scratch), 4 * first, readback, 0, 4 * count);
        commands.map_buffer_on_submit(readback, wgpu::MapMode::Read, 0..4 * count, |_| {});
        let submitted: Submitted = self.gpu.submit(commands);
        self.gpu.wait(&submitted)?;
        read(&self.gpu, readback, 4 * count)
    }

    fn has_a_value_a_run(&self) -> bool {
        self.pixels.is_some() && self.predicate == Predicate::Labels
    }

    /// Every mask has a boundary at its first pixel, and no more boundaries than pixels.
    fn check_total(&self, total: u32) -> Result<()> {
        let (least, most) = (
            self.chunk.placed.len() as u64,
            32 * u64::from(self.chunk.words),
        );
        if (least..=most).contains(&u64::from(total)) {
            return Ok(());
        }
        Err(self.gpu.fault(format!(
            "it counted {total} boundaries, there are between {least} and {most}"
        )))
    }

    /// The starts with a count for each mask of the chunk, those without pixels too. A device that
    /// was lost half-way, or computes nothing, shows in masks whose first start is not 0.
    fn checked(&self, starts: Vec<u32>, counts: Vec<u32>) -> Result<Starts> {
        let mut all = vec![0; self.chunk.masks.len()];
        let mut end = 0u64;
        for (placed, count) in self.chunk.placed.iter().zip(counts) {
            if count == 0 || starts.get(end as usize) != Some(&0) {
                return Err(self.gpu.fault(format!(
                    "the starts of mask {} do not begin at 0",
                    placed.mask
                )));
            }
            end += u64::from(count);
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
        })
    }
}
