//! Strings of masks whose boundaries a GPU has found.

use std::ops::Range;

use super::backend::{Cpu, PIXELS_OF_SEVERAL_TASKS, TaskScratch};
#[cfg(feature = "gpu")]
use super::emit::Instances;
use super::emit::{CocoStrings, Destination, Emitter, PendingStarts};
#[cfg(feature = "gpu")]
use super::instances::add;
#[cfg(feature = "rayon")]
use super::tasks;
#[cfg(feature = "gpu")]
use crate::format::CocoInstance;
use crate::format::CocoRle;
use crate::parallel::{Threads, concat};
use crate::runs::{Boundaries, BoundaryBits, Starts};

/// Cost of a boundary, and of a word of boundary bits, in pixels that are read: noise, of a
/// boundary for two pixels, takes six times as long as a read.
const BOUNDARY_COST: u64 = 12;
const WORD_COST: u64 = 8;

impl Cpu {
    /// The strings of binary masks whose column-major boundaries are known. `mask` gives the size
    /// of each, and true if its first pixel is foreground.
    pub(crate) fn coco_of_boundaries(
        &self,
        found: &Boundaries,
        threads: Threads,
        mask: impl Fn(usize) -> ([u32; 2], bool) + Sync,
    ) -> Vec<CocoRle> {
        match found {
            Boundaries::Starts(starts) => self.coco_of_starts(starts, threads, mask),
            Boundaries::Bits(bits) => self.coco_of_bits(bits, threads, mask),
        }
    }

    /// As [`Cpu::coco_of_boundaries`], given starts.
    pub(crate) fn coco_of_starts(
        &self,
        found: &Starts,
        threads: Threads,
        mask: impl Fn(usize) -> ([u32; 2], bool) + Sync,
    ) -> Vec<CocoRle> {
        let starts = found.of_masks();
        concat(self.each_by(
            threads,
            starts.len(),
            |index| cost_of_starts(starts[index]),
            |TaskScratch { writer, .. }, task| {
                let coco = |index| {
                    let (size, begins_with_foreground) = mask(index);
                    let pixels = size[0] * size[1];
                    let counts = writer.mask(begins_with_foreground, starts[index], pixels);
                    CocoRle { size, counts }
                };
                task.map(coco).collect::<Vec<_>>()
            },
        ))
    }

    /// As [`Cpu::coco_of_boundaries`], each mask with its area and box.
    #[cfg(feature = "gpu")]
    pub(crate) fn instances_of_boundaries(
        &self,
        found: &Boundaries,
        threads: Threads,
        mask: impl Fn(usize) -> ([u32; 2], bool) + Sync,
    ) -> Vec<CocoInstance> {
        let starts = match found {
            Boundaries::Starts(starts) => starts.of_masks(),
            Boundaries::Bits(bits) => return self.instances_of_bits(bits, threads, mask),
        };
        concat(self.each_by(
            threads,
            starts.len(),
            |index| cost_of_starts(starts[index]),
            |TaskScratch { writer, .. }, task| {
                let mut instances = Instances::new(self.level(), writer, task.len());
                for index in task {
                    let (size, begins_with_foreground) = mask(index);
                    add(&mut instances, size, begins_with_foreground, starts[index]);
                }
                instances.into_masks()
            },
        ))
    }

    #[cfg(feature = "gpu")]
    fn instances_of_bits(
        &self,
        found: &BoundaryBits,
        threads: Threads,
        mask: impl Fn(usize) -> ([u32; 2], bool) + Sync,
    ) -> Vec<CocoInstance> {
        concat(self.each_by(
            threads,
            found.len(),
            |index| cost_of_bits(found, index),
            |TaskScratch { writer, .. }, task| {
                let mut instances = Instances::new(self.level(), writer, task.len());
                self.emit_bits(found, task, &mask, &mut instances);
                instances.into_masks()
            },
        ))
    }

    fn coco_of_bits(
        &self,
        found: &BoundaryBits,
        threads: Threads,
        mask: impl Fn(usize) -> ([u32; 2], bool) + Sync,
    ) -> Vec<CocoRle> {
        concat(self.each_by(
            threads,
            found.len(),
            |index| cost_of_bits(found, index),
            |TaskScratch { writer, .. }, task| {
                let masks = Vec::with_capacity(task.len());
                let mut strings = CocoStrings { writer, masks };
                self.emit_bits(found, task, &mask, &mut strings);
                strings.masks
            },
        ))
    }

    /// Gives `destination` the boundaries of the masks of a task.
    fn emit_bits(
        &self,
        found: &BoundaryBits,
        task: Range<usize>,
        mask: &impl Fn(usize) -> ([u32; 2], bool),
        destination: &mut dyn Destination,
    ) {
        let mut pending = PendingStarts::default();
        let mut emitter = Emitter::new(self.level(), &mut pending, destination);
        for index in task {
            let (size, begins_with_foreground) = mask(index);
            let (words, lines) = found.mask(index);
            emitter.begin_mask(size, begins_with_foreground);
            emitter.emit_bits(words, lines);
            emitter.end_mask();
        }
    }

    /// Does `work` for ranges of masks, given what each mask costs, in pixels.
    fn each_by<R: Send>(
        &self,
        threads: Threads,
        masks: usize,
        cost: impl Fn(usize) -> u64,
        work: impl Fn(&mut TaskScratch, Range<usize>) -> R + Sync + Send,
    ) -> Vec<R> {
        let total: u64 = (0..masks).map(&cost).sum();
        let is_for_several = threads == Threads::All && total > PIXELS_OF_SEVERAL_TASKS;
        let tasks = match self.is_parallel() && is_for_several {
            #[cfg(feature = "rayon")]
            true => tasks::split_by(0..masks, crate::parallel::PIXELS_PER_TASK, cost),
            _ => std::iter::once(0..masks).collect(),
        };
        self.each_of(tasks, work)
    }
}

/// Cost of a mask's starts, in pixels that are read.
fn cost_of_starts(starts: &[u32]) -> u64 {
    BOUNDARY_COST * starts.len() as u64
}

/// Cost of a mask's bits, in pixels that are read.
fn cost_of_bits(found: &BoundaryBits, index: usize) -> u64 {
    let words = found.mask(index).0.len() as u64;
    WORD_COST * words + BOUNDARY_COST * u64::from(found.boundaries(index))
}
