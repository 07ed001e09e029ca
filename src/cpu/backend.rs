//! Threads, and masks as starts or strings on all of them.

use std::ops::Range;

use fearless_simd::Level;

use super::emit::{CocoStrings, CollectedStarts};
use super::read::ForegroundTest;
use super::scan::{InterleavedBits, LEAST_PIXELS};
use super::scanner::{ReadInterleaved, ScanScratch, Scanner};
#[cfg(feature = "rayon")]
use super::tasks;
use crate::format::{CocoRle, CocoWriter};
use crate::parallel::{PooledScratch, ScratchPool, concat};
use crate::pixel::{Masks, Order, visit_interleaved};
use crate::runs::{Starts, begins_with_foreground, offsets};
use crate::{Error, Result};

/// The CPU backend's threads and SIMD level.
#[derive(Debug)]
pub(crate) struct Cpu {
    level: Level,
    /// None is rayon's own, one thread a core, or, where there is to be but one, the caller's.
    #[cfg(feature = "rayon")]
    pool: Option<rayon::ThreadPool>,
    /// True if there may be more than one thread.
    parallel: bool,
    scratch: ScratchPool<TaskScratch>,
}

/// Scratch kept from task to task, and from call to call.
pub(super) struct TaskScratch {
    pub(super) scan: ScanScratch,
    pub(super) writer: CocoWriter,
}

impl PooledScratch for TaskScratch {
    fn shrink(&mut self) {
        self.scan.shrink();
        self.writer.shrink();
    }
}

/// More are no use, and may be more than the system gives.
const MOST_THREADS: usize = 1024;
/// Pixels of a call above which its masks are worth several threads.
pub(super) const PIXELS_OF_SEVERAL_TASKS: u64 = 1 << 20;

impl Cpu {
    /// `threads` of 0 is one a core.
    pub(crate) fn new(threads: usize) -> Result<Self> {
        Self::at_level(threads, Level::new())
    }

    /// A backend that uses no more than this SIMD level.
    pub(crate) fn at_level(threads: usize, level: Level) -> Result<Self> {
        if threads > MOST_THREADS {
            return Err(Error::Input(format!(
                "{threads} threads: there can be {MOST_THREADS}, and 0 is one a core"
            )));
        }
        #[cfg(feature = "rayon")]
        let pool = if threads < 2 {
            None
        } else {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            Some(pool.map_err(|error| {
                Error::Limit(format!("{threads} threads cannot be started: {error}"))
            })?)
        };
        #[cfg(not(feature = "rayon"))]
        if threads > 1 {
            return Err(Error::Input(format!(
                "{threads} threads: this build has one (cargo feature `rayon`)"
            )));
        }
        Ok(Cpu {
            level,
            #[cfg(feature = "rayon")]
            pool,
            parallel: cfg!(feature = "rayon") && threads != 1,
            scratch: ScratchPool::default(),
        })
    }

    /// The SIMD level, whose arithmetic makes resampled pixels.
    pub(crate) fn level(&self) -> Level {
        self.level
    }

    /// Runs `work` on this backend's threads.
    #[cfg(feature = "rayon")]
    fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }

    /// The starts of the masks in `range`.
    pub(crate) fn starts(&self, masks: &Masks<'_>, order: Order, range: Range<usize>) -> Starts {
        let scanner = self.scanner(masks, order, &range);
        Starts::concat(self.each_task(masks, range, |scratch, task| {
            let mut collected = CollectedStarts::default();
            scanner.scan(task, &mut scratch.scan, &mut collected);
            collected.starts
        }))
    }

    /// Binary masks as COCO's strings, which are column-major; no starts are ever stored.
    pub(crate) fn coco(&self, masks: &Masks<'_>, range: Range<usize>) -> Vec<CocoRle> {
        let scanner = self.scanner(masks, Order::ColumnMajor, &range);
        concat(
            self.each_task(masks, range, |TaskScratch { scan, writer }, task| {
                let masks = Vec::with_capacity(task.len());
                let mut strings = CocoStrings { writer, masks };
                scanner.scan(task, scan, &mut strings);
                strings.masks
            }),
        )
    }

    /// The strings of binary masks whose column-major starts are known, those of the masks in
    /// `range`.
    pub(crate) fn coco_of_starts(
        &self,
        masks: &Masks<'_>,
        range: Range<usize>,
        found: &Starts,
    ) -> Vec<CocoRle> {
        let ends = offsets(found.counts.iter().copied().map(u64::from));
        let first = range.start;
        concat(self.each_task(masks, range, |scratch, task| {
            let coco = |index| {
                let [height, width] = masks.size(index);
                let starts =
                    &found.starts[ends[index - first] as usize..ends[index - first + 1] as usize];
                let counts = scratch.writer.mask(
                    begins_with_foreground(masks, index, self.level),
                    starts,
                    height * width,
                );
                CocoRle {
                    size: [height, width],
                    counts,
                }
            };
            task.map(coco).collect::<Vec<_>>()
        }))
    }

    /// The strings of runs that are there already.
    #[cfg(feature = "gpu")]
    pub(crate) fn coco_of_runs(&self, runs: &crate::Runs) -> Result<Vec<CocoRle>> {
        #[cfg(feature = "rayon")]
        if self.parallel {
            return self.install(|| runs.to_coco());
        }
        runs.iter().map(CocoRle::try_from).collect()
    }

    /// True if masks are for several threads. Handing work to others takes some microseconds: a
    /// small stack is done sooner.
    fn is_shared(&self, masks: &Masks<'_>) -> bool {
        self.parallel && masks.pixels() > PIXELS_OF_SEVERAL_TASKS
    }

    /// Does `work` for ranges of the masks, on all threads, with scratch that many of them use one
    /// after the other; the results are in order.
    pub(super) fn each_task<R: Send>(
        &self,
        masks: &Masks<'_>,
        range: Range<usize>,
        work: impl Fn(&mut TaskScratch, Range<usize>) -> R + Sync + Send,
    ) -> Vec<R> {
        let new = || TaskScratch {
            scan: ScanScratch::default(),
            writer: CocoWriter::at(self.level),
        };
        let scratch = || self.scratch.take(new);
        #[cfg(feature = "rayon")]
        if self.is_shared(masks) {
            let tasks = tasks::split(masks, range);
            let work = |scratch: &mut crate::parallel::ScratchGuard<'_, TaskScratch>,
                        task: usize| { work(scratch, tasks[task].clone()) };
            return self.install(|| crate::parallel::queue::each(tasks.len(), scratch, work));
        }
        #[cfg(not(feature = "rayon"))]
        let _ = masks;
        vec![work(&mut scratch(), range)]
    }

    pub(super) fn scanner<'m, 'a>(
        &self,
        masks: &'m Masks<'a>,
        order: Order,
        range: &Range<usize>,
    ) -> Scanner<'m, 'a> {
        Scanner {
            level: self.level,
            parallel: self.parallel,
            masks,
            order,
            interleaved: self.interleaved(masks, order, range),
        }
    }

    /// The bits of the masks, where these are all masks of an array in which they lie pixel by
    /// pixel beside each other.
    fn interleaved(
        &self,
        masks: &Masks<'_>,
        order: Order,
        range: &Range<usize>,
    ) -> Option<InterleavedBits> {
        if range.len() < 2
            || masks.array_of(range.start) != *range
            || masks.samples_of(range.start).is_some()
        {
            return None;
        }
        let [height, width] = masks.size(range.start);
        // Of fewer, each would take as many bits.
        if u64::from(height) * u64::from(width) < LEAST_PIXELS {
            return None;
        }
        let parallel = self.is_shared(masks);
        let read = ReadInterleaved {
            level: self.level,
            test: ForegroundTest::of(masks.predicate())?,
            parallel,
        };
        #[cfg(feature = "rayon")]
        if parallel {
            return self.install(|| visit_interleaved(masks, range.start, order, read));
        }
        visit_interleaved(masks, range.start, order, read)
    }
}
