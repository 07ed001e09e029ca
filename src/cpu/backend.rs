//! Threads, tasks, and which way each mask goes.

use std::ops::Range;

use fearless_simd::Level;

use super::emit::sink::{Destination, Found, Sink, Strings, Waiting};
use super::read::source::{Answers, Changes, Source};
use super::scan::across::{self, Scratch};
use super::scan::interleaved::{self, Bits};
use super::scan::{along, tiny};
use crate::format::{CocoRle, CocoWriter};
use crate::parallel::{Memories, Reused};
use crate::pixel::{
    Masks, Order, Packed, Plane, PlaneVisitor, Scan, StackVisitor, visit_interleaved, visit_plane,
    visit_stack,
};
use crate::predicate::Predicate;
use crate::runs::Starts;
use crate::runs::begins_with_foreground;
use crate::{Error, Result};

/// The CPU backend's threads and SIMD level.
#[derive(Debug)]
pub(crate) struct Cpu {
    pub(crate) level: Level,
    /// None is rayon's own, one thread a core, or, where there is to be but one, the caller's.
    #[cfg(feature = "rayon")]
    pub(crate) pool: Option<rayon::ThreadPool>,
    /// Whether there may be more than one thread.
    pub(crate) parallel: bool,
    pub(crate) memories: Memories<Memory>,
}

/// Memory kept from mask to mask, and from call to call.
pub(crate) struct Memory {
    flagging: Flagging,
    writer: CocoWriter,
}

/// That of finding boundaries.
#[derive(Default)]
pub(crate) struct Flagging {
    scratch: Scratch,
    waiting: Waiting,
    tiny: tiny::Group,
}

impl Reused for Memory {
    fn shrink(&mut self) {
        self.flagging.scratch.shrink();
        self.writer.shrink();
    }
}

/// More are no use, and may be more than the system gives.
const MOST_THREADS: usize = 1024;

impl Cpu {
    /// `threads` of 0 is one a core.
    pub(crate) fn new(threads: usize) -> Result<Self> {
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
            level: Level::new(),
            #[cfg(feature = "rayon")]
            pool,
            parallel: cfg!(feature = "rayon") && threads != 1,
            memories: Memories::default(),
        })
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
        let interleaved = self.interleaved(masks, order, &range);
        Starts::concat(self.each_task(masks, range, |memory, task| {
            let mut found = Found::default();
            self.flag(
                masks,
                task,
                order,
                interleaved.as_ref(),
                &mut memory.flagging,
                &mut found,
            );
            found.starts
        }))
    }

    /// Binary masks as COCO's strings, which are column-major; no starts are ever stored.
    pub(crate) fn coco(&self, masks: &Masks<'_>, range: Range<usize>) -> Vec<CocoRle> {
        let order = Order::ColumnMajor;
        let interleaved = self.interleaved(masks, order, &range);
        let parts = self.each_task(masks, range, |Memory { flagging, writer }, task| {
            let mut strings = Strings {
                writer,
                masks: Vec::with_capacity(task.len()),
            };
            self.flag(
                masks,
                task,
                order,
                interleaved.as_ref(),
                flagging,
                &mut strings,
            );
            strings.masks
        });
        joined(parts)
    }

    /// The strings of binary masks whose column-major starts are known, those of the masks in
    /// `range`.
    pub(crate) fn coco_of_starts(
        &self,
        masks: &Masks<'_>,
        range: Range<usize>,
        found: &Starts,
    ) -> Vec<CocoRle> {
        let mut ends = vec![0];
        ends.extend(found.counts.iter().scan(0, |end, &count| {
            *end += count as usize;
            Some(*end)
        }));
        let first = range.start;
        let parts = self.each_task(masks, range, |memory, task| {
            let coco = |index| {
                let [height, width] = masks.size(index);
                let starts = &found.starts[ends[index - first]..ends[index - first + 1]];
                let counts = memory.writer.mask(
                    begins_with_foreground(masks, index),
                    starts,
                    height * width,
                );
                CocoRle {
                    size: [height, width],
                    counts,
                }
            };
            task.map(coco).collect::<Vec<_>>()
        });
        joined(parts)
    }

    /// The strings of runs that are there already.
    #[cfg(feature = "gpu")]
    pub(crate) fn coco_of_runs(&self, runs: &crate::Runs) -> Result<Vec<CocoRle>> {
        let mask = |index| CocoRle::try_from(runs.get(index).expect("the index is below len"));
        #[cfg(feature = "rayon")]
        if self.parallel {
            use rayon::prelude::*;
            return self.install(|| (0..runs.len()).into_par_iter().map(mask).collect());
        }
        (0..runs.len()).map(mask).collect()
    }

    /// Whether masks are for several threads. Handing work to others takes some microseconds: a
    /// small stack is done sooner.
    fn is_shared(&self, masks: &Masks<'_>) -> bool {
        self.parallel && masks.pixels() > PIXELS_OF_SEVERAL_TASKS
    }

    /// Does `work` for stretches of the masks, on all threads, with memory that many of them share
    /// one after the other; the results are in order.
    fn each_task<R: Send>(
        &self,
        masks: &Masks<'_>,
        range: Range<usize>,
        work: impl Fn(&mut Memory, Range<usize>) -> R + Sync + Send,
    ) -> Vec<R> {
        let new = || Memory {
            flagging: Flagging::default(),
            writer: CocoWriter::at(self.level),
        };
        let memory = || self.memories.take(new);
        #[cfg(feature = "rayon")]
        if self.is_shared(masks) {
            let tasks = tasks(masks, range);
            let work = |memory: &mut crate::parallel::Lent<'_, Memory>, task: usize| {
                work(memory, tasks[task].clone())
            };
            return self.install(|| crate::parallel::queue::each(tasks.len(), memory, work));
        }
        #[cfg(not(feature = "rayon"))]
        let _ = masks;
        vec![work(&mut memory(), range)]
    }

    /// The bits of the masks, where these are all masks of an array in which they lie pixel by
    /// pixel beside each other.
    fn interleaved(&self, masks: &Masks<'_>, order: Order, range: &Range<usize>) -> Option<Bits> {
        let whole = range.len() > 1 && masks.array_of(range.start) == *range;
        if !whole || masks.predicate() == Predicate::Labels {
            return None;
        }
        let [height, width] = masks.size(range.start);
        // Of fewer, each would take as many bits.
        if u64::from(height) * u64::from(width) < interleaved::LEAST_PIXELS {
            return None;
        }
        let parallel = self.is_shared(masks);
        let read = ReadBits {
            level: self.level,
            predicate: masks.predicate(),
            parallel,
        };
        #[cfg(feature = "rayon")]
        if parallel {
            return self.install(|| visit_interleaved(masks, range.start, order, read));
        }
        visit_interleaved(masks, range.start, order, read)
    }

    /// Gives `destination` the masks of a task, which may be in `interleaved`.
    fn flag(
        &self,
        masks: &Masks<'_>,
        task: Range<usize>,
        order: Order,
        interleaved: Option<&Bits>,
        Flagging {
            scratch,
            waiting,
            tiny: group,
        }: &mut Flagging,
        destination: &mut dyn Destination,
    ) {
        let (level, predicate) = (self.level, masks.predicate());
        let mut sink = Sink::new(level, waiting, destination);
        let mut index = task.start;
        while index < task.end {
            let size = masks.size(index);
            let alike = index..task.end.min(masks.array_of(index).end);
            if interleaved.is_none() && tiny::are_tiny(size, predicate) {
                let tell = Tiny {
                    level,
                    predicate,
                    size,
                    group,
                    sink: &mut sink,
                };
                if visit_stack(masks, alike.clone(), order, tell).is_some() {
                    index = alike.end;
                    continue;
                }
            }
            sink.begin(size, begins_with_foreground(masks, index));
            let flag = Flag {
                level,
                predicate,
                parallel: self.parallel,
                scratch,
                sink: &mut sink,
            };
            match interleaved {
                Some(bits) => flag.flag(&bits.mask(index - masks.array_of(index).start), bits.scan),
                None => visit_plane(masks, index, order, flag),
            }
            sink.end();
            index += 1;
        }
    }
}

/// The parts of consecutive tasks, as one.
fn joined<T>(mut parts: Vec<Vec<T>>) -> Vec<T> {
    let mut all = if parts.is_empty() {
        Vec::new()
    } else {
        parts.remove(0)
    };
    all.reserve_exact(parts.iter().map(Vec::len).sum());
    for part in parts {
        all.extend(part);
    }
    all
}

/// Pixels that make a task worth the handing out: some ten microseconds' work.
#[cfg(feature = "rayon")]
const PIXELS_PER_TASK: u64 = 1 << 18;
/// Pixels from which masks are worth several threads.
const PIXELS_OF_SEVERAL_TASKS: u64 = 1 << 20;

/// Splits a range of masks into tasks of many small masks or one large one.
#[cfg(feature = "rayon")]
fn tasks(masks: &Masks<'_>, range: Range<usize>) -> Vec<Range<usize>> {
    let mut tasks = Vec::new();
    let mut start = range.start;
    let mut pixels = 0;
    for index in range.clone() {
        pixels += masks.cost(index);
        if pixels >= PIXELS_PER_TASK || index + 1 == range.end {
            tasks.push(start..index + 1);
            start = index + 1;
            pixels = 0;
        }
    }
    tasks
}

struct Flag<'s, 'd> {
    level: Level,
    predicate: Predicate,
    parallel: bool,
    scratch: &'s mut Scratch,
    sink: &'s mut Sink<'d>,
}

impl Flag<'_, '_> {
    fn flag(self, source: &dyn Source, scan: Scan) {
        match scan {
            _ if source.height() == 0 || source.width() == 0 => {}
            Scan::Along => along::flag(self.level, source, self.parallel, self.sink),
            Scan::Across => {
                across::flag(self.level, source, self.parallel, self.scratch, self.sink)
            }
        }
    }
}

impl PlaneVisitor for Flag<'_, '_> {
    type Output = ();

    fn visit<P: Plane>(self, plane: &P, scan: Scan) {
        let (level, predicate) = (self.level, self.predicate);
        match predicate {
            Predicate::Labels => self.flag(&Changes { level, plane, scan }, scan),
            _ => self.flag(
                &Answers {
                    level,
                    predicate,
                    plane,
                },
                scan,
            ),
        }
    }

    fn visit_packed(self, plane: &Packed<'_>, scan: Scan) {
        self.flag(plane, scan);
    }
}

/// Masks of few pixels.
struct Tiny<'s, 'd> {
    level: Level,
    predicate: Predicate,
    size: [u32; 2],
    group: &'s mut tiny::Group,
    sink: &'s mut Sink<'d>,
}

impl StackVisitor for Tiny<'_, '_> {
    type Output = ();

    fn visit<P: Plane>(self, pixels: &P, memory: [usize; 2], scan: Scan) {
        let source = Answers {
            level: self.level,
            predicate: self.predicate,
            plane: pixels,
        };
        let layout = tiny::Layout::new(self.size, memory, scan);
        tiny::flag(self.level, &source, &layout, self.group, self.sink);
    }
}

/// Masks that lie pixel by pixel beside each other.
struct ReadBits {
    level: Level,
    predicate: Predicate,
    parallel: bool,
}

impl StackVisitor for ReadBits {
    type Output = Bits;

    fn visit<P: Plane>(self, pixels: &P, memory: [usize; 2], scan: Scan) -> Bits {
        let source = Answers {
            level: self.level,
            predicate: self.predicate,
            plane: pixels,
        };
        Bits::read(self.level, &source, memory, scan, self.parallel)
    }
}
