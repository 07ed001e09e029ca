//! The CPU backend: boundary bits by SIMD, bits transposed where the scan goes across the rows of memory, and a walk over
//! the set bits; rayon over masks.

mod across;
mod along;
mod rule;
mod sink;
mod transpose;

use std::ops::Range;

use fearless_simd::{Level, Simd, dispatch};

use self::across::Tiles;
pub use self::rule::Lanes;
use self::rule::{Above, NonZero, Rule, Value};
use self::sink::{Destination, Sink};
use crate::assemble::begins_with_foreground;
use crate::encoder::Starts;
use crate::format::{CocoRle, CocoWriter};
use crate::masks::{Masks, Order};
use crate::plane::{Plane, PlaneVisitor, Scan, visit_plane};
use crate::question::Question;
use crate::{Error, Result};

/// The CPU backend's threads and SIMD level.
#[derive(Debug)]
pub(crate) struct Cpu {
    level: Level,
    /// None is rayon's own, one thread a core.
    #[cfg(feature = "rayon")]
    pool: Option<rayon::ThreadPool>,
}

impl Cpu {
    /// `threads` of 0 is one a core.
    pub(crate) fn new(threads: usize) -> Result<Self> {
        #[cfg(feature = "rayon")]
        let pool = if threads == 0 {
            None
        } else {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            Some(pool.map_err(|error| Error::Limit(format!("{threads} threads cannot be started: {error}")))?)
        };
        #[cfg(not(feature = "rayon"))]
        if threads > 1 {
            return Err(Error::Input(format!("{threads} threads: this build has one (cargo feature `rayon`)")));
        }
        Ok(Cpu {
            level: Level::new(),
            #[cfg(feature = "rayon")]
            pool,
        })
    }

    /// Runs `work` on this backend's threads.
    pub(crate) fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        #[cfg(feature = "rayon")]
        if let Some(pool) = &self.pool {
            return pool.install(work);
        }
        work()
    }

    /// The starts of the masks in `range`.
    pub(crate) fn starts(&self, masks: &Masks<'_>, order: Order, range: Range<usize>) -> Starts {
        Starts::concat(self.each_task(masks, range, |task| {
            let mut part = Starts::default();
            let mut tiles = Tiles::default();
            for index in task {
                let before = part.starts.len();
                if has_pixels(masks, index) {
                    part.starts.push(0);
                }
                self.flag(masks, index, order, &mut tiles, &mut part.starts);
                part.counts.push((part.starts.len() - before) as u32);
            }
            part
        }))
    }

    /// Binary masks as COCO's strings, which are column-major; no starts are ever stored.
    pub(crate) fn coco(&self, masks: &Masks<'_>) -> Vec<CocoRle> {
        let parts = self.each_task(masks, 0..masks.len(), |task| {
            let mut tiles = Tiles::default();
            let mut writer = CocoWriter::default();
            let coco = |index| {
                let [height, width] = masks.size(index);
                if begins_with_foreground(masks, index) {
                    writer.ends(&[0]);
                }
                self.flag(masks, index, Order::ColumnMajor, &mut tiles, &mut writer);
                writer.ends(&[height * width]);
                CocoRle { size: [height, width], counts: writer.finish() }
            };
            task.map(coco).collect::<Vec<_>>()
        });
        parts.into_iter().flatten().collect()
    }

    /// Does `work` for stretches of the masks, on all threads; the results are in order.
    fn each_task<R: Send>(
        &self,
        masks: &Masks<'_>,
        range: Range<usize>,
        work: impl Fn(Range<usize>) -> R + Sync + Send,
    ) -> Vec<R> {
        let tasks = tasks(masks, range);
        #[cfg(feature = "rayon")]
        return self.install(|| {
            use rayon::prelude::*;
            tasks.into_par_iter().map(work).collect()
        });
        #[cfg(not(feature = "rayon"))]
        tasks.into_iter().map(work).collect()
    }

    /// Gives `destination` every start of a mask but the first.
    fn flag(
        &self,
        masks: &Masks<'_>,
        index: usize,
        order: Order,
        tiles: &mut Tiles,
        destination: &mut impl Destination,
    ) {
        let mut sink = Sink::new(destination);
        visit_plane(
            masks,
            index,
            order,
            Flag { level: self.level, question: masks.question(), tiles, sink: &mut sink },
        );
    }
}

fn has_pixels(masks: &Masks<'_>, index: usize) -> bool {
    !masks.size(index).contains(&0)
}

/// Pixels that make a task worth the handing out: some ten microseconds' work.
const PIXELS_PER_TASK: u64 = 1 << 18;

/// Splits a range of masks into tasks of many small masks or one large one.
fn tasks(masks: &Masks<'_>, range: Range<usize>) -> Vec<Range<usize>> {
    let mut tasks = Vec::new();
    let mut start = range.start;
    let mut pixels = 0;
    for index in range.clone() {
        let [height, width] = masks.size(index);
        // A mask without pixels still costs its entry.
        pixels += (u64::from(height) * u64::from(width)).max(64);
        if pixels >= PIXELS_PER_TASK || index + 1 == range.end {
            tasks.push(start..index + 1);
            start = index + 1;
            pixels = 0;
        }
    }
    tasks
}

struct Flag<'s, 'd, D> {
    level: Level,
    question: Question,
    tiles: &'s mut Tiles,
    sink: &'s mut Sink<'d, D>,
}

impl<D: Destination> PlaneVisitor for Flag<'_, '_, D> {
    type Output = ();

    fn visit<P: Plane>(self, plane: &P, scan: Scan) {
        if plane.height() == 0 || plane.width() == 0 {
            return;
        }
        match self.question {
            Question::Binary => self.by(plane, scan, NonZero),
            Question::Above(threshold) => self.by(plane, scan, Above(threshold)),
            Question::Labels => self.by(plane, scan, Value),
        }
    }
}

impl<D: Destination> Flag<'_, '_, D> {
    fn by<P: Plane>(self, plane: &P, scan: Scan, rule: impl Rule<P::Bits>) {
        dispatch!(self.level, simd => at(simd, plane, scan, rule, self.tiles, self.sink));
    }
}

#[inline(always)]
fn at<S: Simd, P: Plane>(
    simd: S,
    plane: &P,
    scan: Scan,
    rule: impl Rule<P::Bits>,
    tiles: &mut Tiles,
    sink: &mut Sink<'_, impl Destination>,
) {
    match scan {
        Scan::Along => along::flag(simd, plane, rule, sink),
        Scan::Across => across::flag(simd, plane, rule, tiles, sink),
    }
    sink.flush();
}

/// The 64 pixels from `x` on, with zeros beyond the row's end.
#[inline(always)]
fn window<B: Lanes>(row: &[B], x: usize) -> [B; 64] {
    if let Some(window) = row[x..].first_chunk::<64>() {
        return *window;
    }
    let mut window = [B::default(); 64];
    window[..row.len() - x].copy_from_slice(&row[x..]);
    window
}
