//! The CPU backend: boundary bits by SIMD, bits transposed where the scan goes across the rows of memory, and a walk over
//! the set bits; rayon over masks.

mod flag;
mod rule;
mod transpose;

use std::ops::Range;

use fearless_simd::Level;

use self::flag::{Scratch, flag};
pub use self::rule::Lanes;
use self::rule::{Above, NonZero, Value};
use crate::encoder::Starts;
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
        let tasks = tasks(masks, range);
        #[cfg(feature = "rayon")]
        let parts: Vec<Starts> = self.install(|| {
            use rayon::prelude::*;
            tasks.into_par_iter().map(|task| self.encode(masks, order, task)).collect()
        });
        #[cfg(not(feature = "rayon"))]
        let parts: Vec<Starts> = tasks.into_iter().map(|task| self.encode(masks, order, task)).collect();
        Starts::concat(parts)
    }

    fn encode(&self, masks: &Masks<'_>, order: Order, range: Range<usize>) -> Starts {
        let mut part = Starts::default();
        let mut scratch = Scratch::default();
        for index in range {
            let before = part.starts.len();
            let visitor = ToStarts {
                level: self.level,
                question: masks.question(),
                scratch: &mut scratch,
                starts: &mut part.starts,
            };
            visit_plane(masks, index, order, visitor);
            part.counts.push((part.starts.len() - before) as u32);
        }
        part
    }
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

struct ToStarts<'s> {
    level: Level,
    question: Question,
    scratch: &'s mut Scratch,
    starts: &'s mut Vec<u32>,
}

impl PlaneVisitor for ToStarts<'_> {
    type Output = ();

    fn visit<P: Plane>(self, plane: &P, scan: Scan) {
        let ToStarts { level, question, scratch, starts } = self;
        let bit_lines = match question {
            Question::Binary => flag(level, plane, scan, NonZero, scratch),
            Question::Above(threshold) => flag(level, plane, scan, Above(threshold), scratch),
            Question::Labels => flag(level, plane, scan, Value, scratch),
        };
        bit_lines.walk(&scratch.words, starts);
    }
}
