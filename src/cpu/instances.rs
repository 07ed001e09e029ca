//! Masks with their areas, boxes and stability scores.

use std::ops::Range;

use super::backend::{Cpu, TaskScratch};
use super::emit::{Areas, Destination, Instances};
use crate::format::CocoInstance;
use crate::parallel::Threads;
use crate::pixel::{Masks, Order};
use crate::runs::{Starts, begins_with_foreground};

/// Work of masks that are scanned at three thresholds one after the other, in pixels, so that these
/// are read from memory once: 128 KiB of f16, 256 of f32.
const PIXELS_AT_ONCE: u64 = 1 << 16;

impl Cpu {
    /// Binary masks, each with its area and box. If the same masks above a higher and a lower
    /// threshold are given `beside`, each has its stability score.
    pub(crate) fn instances(
        &self,
        masks: &Masks<'_>,
        beside: Option<&[Masks<'_>; 2]>,
        range: Range<usize>,
    ) -> Vec<CocoInstance> {
        let scanner = self.scanner(masks, Order::ColumnMajor, &range);
        let beside = beside.map(|both| {
            let [higher, lower] = both.each_ref();
            [higher, lower].map(|masks| self.scanner(masks, Order::ColumnMajor, &range))
        });
        self.joined(masks, range, |scratch, task| {
            let TaskScratch { scan, writer } = scratch;
            let mut found = Instances::new(self.level(), writer, task.len());
            let Some(beside) = &beside else {
                scanner.scan(task, scan, &mut found);
                return found.into_masks();
            };
            let mut areas = [(); 2].map(|()| Areas::new(self.level()));
            for part in parts(masks, task) {
                scanner.scan(part.clone(), scan, &mut found);
                for (scanner, areas) in beside.iter().zip(&mut areas) {
                    scanner.scan(part.clone(), scan, areas);
                }
            }
            with_stability(found.into_masks(), areas)
        })
    }

    /// Binary masks whose column-major starts are known, as [`Cpu::instances`] gives them.
    pub(crate) fn instances_of_starts(
        &self,
        masks: &Masks<'_>,
        beside: Option<&[Masks<'_>; 2]>,
        range: Range<usize>,
        found: &Starts,
        threads: Threads,
    ) -> Vec<CocoInstance> {
        let starts = found.of_masks();
        let first = range.start;
        let beside = beside.map(|both| {
            let [higher, lower] = both.each_ref();
            [higher, lower].map(|masks| self.scanner_on(threads, masks, Order::ColumnMajor, &range))
        });
        let work = |scratch: &mut TaskScratch, task: Range<usize>| {
            let TaskScratch { scan, writer } = scratch;
            let mut instances = Instances::new(self.level(), writer, task.len());
            for index in task.clone() {
                let size = masks.size(index);
                let begins = begins_with_foreground(masks, index, self.level());
                add(&mut instances, size, begins, starts[index - first]);
            }
            let Some(beside) = &beside else {
                return instances.into_masks();
            };
            let areas = beside.each_ref().map(|scanner| {
                let mut areas = Areas::new(self.level());
                scanner.scan(task.clone(), scan, &mut areas);
                areas
            });
            with_stability(instances.into_masks(), areas)
        };
        match threads {
            Threads::One => work(&mut self.take_scratch(), range),
            Threads::All => self.joined(masks, range, work),
        }
    }
}

/// Adds a mask whose starts are known.
pub(super) fn add(
    instances: &mut Instances<'_>,
    size: [u32; 2],
    begins_with_foreground: bool,
    starts: &[u32],
) {
    let [before, after] = instances.implied(begins_with_foreground, size[0] * size[1]);
    instances.begin(size);
    instances.take(before.as_slice());
    instances.take(starts.get(1..).unwrap_or_default());
    instances.take(after.as_slice());
    instances.finish(size);
}

/// Masks with their stability scores, given their areas above a higher and a lower threshold.
fn with_stability(mut masks: Vec<CocoInstance>, [higher, lower]: [Areas; 2]) -> Vec<CocoInstance> {
    let areas = higher.masks.into_iter().zip(lower.masks);
    for (mask, (higher, lower)) in masks.iter_mut().zip(areas) {
        mask.set_stability([higher, lower]);
    }
    masks
}

/// Ranges of masks that are scanned at once.
fn parts(masks: &Masks<'_>, task: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut next = task.start;
    std::iter::from_fn(move || {
        let begin = next;
        let mut pixels = 0;
        while next < task.end && (next == begin || pixels < PIXELS_AT_ONCE) {
            pixels += masks.cost(next);
            next += 1;
        }
        (begin < next).then_some(begin..next)
    })
}
