//! Threads, and masks as starts or strings on all of them.

use std::ops::Range;

use fearless_simd::Level;

use super::emit::{CocoStrings, CollectedStarts};
use super::read::ForegroundTest;
use super::scan::{InterleavedBits, LEAST_PIXELS};
use super::scanner::{ReadInterleaved, ScanScratch, Scanner};
use super::tasks;
use crate::format::{CocoRle, CocoWriter};
use crate::parallel::{PooledScratch, ScratchGuard, ScratchPool, Threads, concat};
use crate::pixel::{Labels, Masks, Order, visit_interleaved};
use crate::predicate::Predicate;
use crate::runs::{Starts, read_labels};
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

/// Work that may be done on another thread, and the threads that it may use itself.
#[cfg(feature = "gpu")]
pub(crate) type Task<'t> = Box<dyn FnOnce(Threads) + Send + 't>;

/// More are no use, and may be more than the system gives.
const MOST_THREADS: usize = 1024;
/// Pixels of a call above which its masks are worth several threads.
pub(super) const PIXELS_OF_SEVERAL_TASKS: u64 = 1 << 20;
/// Pixels of label maps whose runs' values are read together, while a cache has them still.
const PIXELS_OF_LABELS: u64 = 1 << 16;

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

    /// All threads, unless there is to be but one.
    #[cfg(feature = "gpu")]
    pub(crate) fn threads(&self) -> Threads {
        match self.parallel {
            true => Threads::All,
            false => Threads::One,
        }
    }

    /// Number of threads that work on so many pixels.
    #[cfg(feature = "gpu")]
    pub(crate) fn thread_count(&self, pixels: u64) -> usize {
        #[cfg(feature = "rayon")]
        if self.parallel && pixels > PIXELS_OF_SEVERAL_TASKS {
            let count = crate::parallel::threads::count;
            return self
                .pool
                .as_ref()
                .map_or_else(count, |pool| pool.current_num_threads());
        }
        let _ = pixels;
        1
    }

    /// Runs `work` on this backend's threads.
    #[cfg(feature = "rayon")]
    fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }

    /// Does `work`, which is given a way to have tasks done meanwhile: by other threads, if there
    /// are any and the call has pixels for several, or else by its own at once. Ends when all are
    /// done.
    #[cfg(feature = "gpu")]
    pub(crate) fn with_tasks<'t, R>(
        &self,
        pixels: u64,
        work: impl FnOnce(&dyn Fn(Task<'t>)) -> R,
    ) -> R {
        #[cfg(feature = "rayon")]
        if self.parallel
            && pixels > PIXELS_OF_SEVERAL_TASKS
            && (self.pool.is_some() || crate::parallel::threads_are_there())
        {
            let in_scope =
                |scope: &rayon::Scope<'t>| work(&|task| scope.spawn(|_| task(Threads::All)));
            return match &self.pool {
                Some(pool) => pool.in_place_scope(in_scope),
                None => rayon::in_place_scope(in_scope),
            };
        }
        let _ = pixels;
        work(&|task| task(Threads::One))
    }

    /// The starts of the masks in `range`; of label maps, the values of the runs too.
    pub(crate) fn starts(&self, masks: &Masks<'_>, order: Order, range: Range<usize>) -> Starts {
        let scanner = self.scanner(masks, order, &range);
        Starts::concat(self.each_task(masks, range, |scratch, task| {
            let mut collected = CollectedStarts::default();
            if masks.predicate() != Predicate::Labels {
                scanner.scan(task, &mut scratch.scan, &mut collected);
                return collected.starts;
            }
            let mut labels = Vec::new();
            for some in tasks::split(masks, task, PIXELS_OF_LABELS) {
                let before = [collected.starts.starts.len(), collected.starts.counts.len()];
                scanner.scan(some.clone(), &mut scratch.scan, &mut collected);
                let starts = &collected.starts.starts[before[0]..];
                let counts = &collected.starts.counts[before[1]..];
                labels.push(read_labels(masks, order, some, starts, counts));
            }
            collected.starts.labels = Labels::join(labels);
            collected.starts
        }))
    }

    /// Binary masks as COCO's strings, which are column-major; no starts are ever stored.
    pub(crate) fn coco(&self, masks: &Masks<'_>, range: Range<usize>) -> Vec<CocoRle> {
        let scanner = self.scanner(masks, Order::ColumnMajor, &range);
        self.joined(masks, range, |TaskScratch { scan, writer }, task| {
            let masks = Vec::with_capacity(task.len());
            let mut strings = CocoStrings { writer, masks };
            scanner.scan(task, scan, &mut strings);
            strings.masks
        })
    }

    /// True if there may be more than one thread.
    pub(super) fn is_parallel(&self) -> bool {
        self.parallel
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
        #[cfg(feature = "rayon")]
        if self.is_shared(masks) {
            let tasks = tasks::split(masks, range, crate::parallel::PIXELS_PER_TASK);
            // One large mask too: it is read by several threads.
            return self.install(|| self.each_of(tasks, work));
        }
        #[cfg(not(feature = "rayon"))]
        let _ = masks;
        self.each_of(vec![range], work)
    }

    /// As [`Cpu::each_task`], with the results as one vector: that of a single task as it is.
    pub(super) fn joined<T: Send>(
        &self,
        masks: &Masks<'_>,
        range: Range<usize>,
        work: impl Fn(&mut TaskScratch, Range<usize>) -> Vec<T> + Sync + Send,
    ) -> Vec<T> {
        match self.is_shared(masks) {
            true => concat(self.each_task(masks, range, work)),
            false => work(&mut self.take_scratch(), range),
        }
    }

    pub(super) fn take_scratch(&self) -> ScratchGuard<'_, TaskScratch> {
        self.scratch.take(|| TaskScratch {
            scan: ScanScratch::default(),
            writer: CocoWriter::at(self.level),
        })
    }

    /// Does `work` for some tasks, more than one of them on all threads.
    pub(super) fn each_of<R: Send>(
        &self,
        tasks: Vec<Range<usize>>,
        work: impl Fn(&mut TaskScratch, Range<usize>) -> R + Sync + Send,
    ) -> Vec<R> {
        #[cfg(feature = "rayon")]
        if tasks.len() > 1 {
            let scratch = || self.take_scratch();
            let work = |scratch: &mut ScratchGuard<'_, TaskScratch>, task: usize| {
                work(scratch, tasks[task].clone())
            };
            return self.install(|| crate::parallel::queue::each(tasks.len(), scratch, work));
        }
        let mut scratch = self.take_scratch();
        let each = tasks.into_iter().map(|task| work(&mut scratch, task));
        each.collect()
    }

    pub(super) fn scanner<'m, 'a>(
        &self,
        masks: &'m Masks<'a>,
        order: Order,
        range: &Range<usize>,
    ) -> Scanner<'m, 'a> {
        self.scanner_on(Threads::All, masks, order, range)
    }

    pub(super) fn scanner_on<'m, 'a>(
        &self,
        threads: Threads,
        masks: &'m Masks<'a>,
        order: Order,
        range: &Range<usize>,
    ) -> Scanner<'m, 'a> {
        Scanner {
            level: self.level,
            parallel: self.parallel && threads == Threads::All,
            masks,
            order,
            interleaved: self.interleaved(threads, masks, order, range),
        }
    }

    /// The bits of the masks, where these are all masks of an array in which they lie pixel by
    /// pixel beside each other.
    fn interleaved(
        &self,
        threads: Threads,
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
        let parallel = threads == Threads::All && self.is_shared(masks);
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
