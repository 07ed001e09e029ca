//! Boundaries of a scan across the rows of memory: the pixels are read by rows, and only their bits
//! are turned.
//!
//! Some rows at a time are read into words; blocks of these that hold no boundary, which are most,
//! are left out, and the others kept until the columns can be walked from top to bottom. The rows
//! of a large mask are read in parallel.

use std::ops::Range;
#[cfg(feature = "rayon")]
use std::sync::Mutex;

use fearless_simd::{Level, Simd, dispatch};

use super::blocks::{Blocks, ROWS};
use super::strip::{Strip, seam};
use super::walk::{BAND, Walk};
use crate::cpu::emit::sink::Sink;
use crate::cpu::read::grid::{Grid, LINE};
use crate::cpu::read::source::Source;
use crate::simd::transpose;

/// Memory kept from mask to mask.
#[derive(Default)]
pub(crate) struct Scratch {
    strip: Strip,
    stretches: Vec<Stretch>,
    walk: Walk,
}

/// Some rows of a mask.
#[derive(Default)]
struct Stretch {
    rows: Range<usize>,
    blocks: Blocks,
}

/// Columns of a mask of one band that are read at a time: they and their words stay in the nearest
/// cache.
const COLUMNS: usize = 1 << 12;
/// Bytes of pixels that are read before their words are looked at, so that both stay in the nearest
/// cache, where these are [`ROWS`] rows.
const AT_ONCE: usize = 1 << 14;
/// Pixels that make a stretch of rows worth a task of its own.
const STRETCH: usize = 1 << 21;
/// Bytes of blocks and tiles whose memory is kept for the next call.
const MOST_KEPT: usize = 1 << 22;

/// Tells `sink` every boundary but the one at the first pixel. A large mask is read on all threads
/// where `parallel`.
pub(crate) fn flag(
    level: Level,
    source: &dyn Source,
    parallel: bool,
    scratch: &mut Scratch,
    sink: &mut Sink<'_>,
) {
    if source.height() <= BAND {
        dispatch!(level, simd => flag_one_band(simd, source, &mut scratch.strip, sink));
    } else {
        flag_stretches(level, source, parallel, scratch, sink);
    }
}

/// A mask of up to 64 rows: nothing needs to be kept.
#[inline(always)]
fn flag_one_band<S: Simd>(simd: S, source: &dyn Source, strip: &mut Strip, sink: &mut Sink<'_>) {
    let (height, width) = (source.height(), source.width());
    let mut before = None;
    let mut columns = [0; 64];
    let mut telling = sink.tell();
    for left in (0..width).step_by(COLUMNS) {
        let some = left..width.min(left + COLUMNS);
        strip.begin(BAND, some.len());
        if source.are_answers() {
            before = Some(strip.read_around(source, some, before));
        } else {
            strip.read(source, 0..height, some);
        }
        for (across, found) in strip.found().enumerate() {
            let mut nonzero = found;
            if nonzero == 0 {
                continue;
            }
            transpose(strip.tile(simd, across), &mut columns);
            while nonzero != 0 {
                let column = nonzero.trailing_zeros() as usize;
                telling.word(
                    simd,
                    ((left + across * 64 + column) * height) as u32,
                    columns[column],
                );
                nonzero &= nonzero - 1;
            }
        }
    }
}

fn flag_stretches(
    level: Level,
    source: &dyn Source,
    parallel: bool,
    scratch: &mut Scratch,
    sink: &mut Sink<'_>,
) {
    let size = [source.height(), source.width()];
    let above = above_first(source);
    scratch.divide(size);
    let Scratch {
        strip,
        stretches,
        walk,
    } = scratch;
    match &mut stretches[..] {
        #[cfg(feature = "rayon")]
        several @ [_, _, ..] if parallel => {
            let stretches: Vec<_> = several.iter_mut().map(Mutex::new).collect();
            crate::parallel::queue::each(stretches.len(), Strip::default, |strip, stretch| {
                let mut stretch = stretches[stretch].lock().expect("it is taken once");
                stretch.read(level, source, &above, strip);
            });
        }
        all => all
            .iter_mut()
            .for_each(|stretch| stretch.read(level, source, &above, strip)),
    }
    #[cfg(not(feature = "rayon"))]
    let _ = parallel;
    let blocks = stretches.iter().map(|stretch| &stretch.blocks);
    dispatch!(level, simd => walk.tell(simd, blocks, size, sink));
}

/// The answers that come before the first row's in the scan; none where words are no answers.
fn above_first(source: &dyn Source) -> Vec<u64> {
    let mut above = Vec::new();
    if source.are_answers() {
        let (height, width) = (source.height(), source.width());
        let mut first = [0];
        source.read(0..1, 0..1, &mut Grid::new(&mut first, 1));
        above = last_row(source, height);
        seam(above.iter_mut(), width, first[0]);
    }
    above
}

/// The answers of the row before row `end`.
fn last_row(source: &dyn Source, end: usize) -> Vec<u64> {
    let row = source.width().div_ceil(64);
    let mut words = vec![0; row];
    source.read(
        end - 1..end,
        0..source.width(),
        &mut Grid::new(&mut words, row),
    );
    words
}

impl Scratch {
    /// Gives back what only large, wide or dense masks need.
    pub(crate) fn shrink(&mut self) {
        let blocks: usize = self
            .stretches
            .iter()
            .map(|stretch| stretch.blocks.bytes())
            .sum();
        if blocks + self.walk.bytes() > MOST_KEPT {
            (self.stretches, self.walk) = (Vec::new(), Walk::default());
        }
        self.strip.shrink();
    }

    /// Divides the rows; each stretch but the last is a multiple of a band.
    fn divide(&mut self, [height, width]: [usize; 2]) {
        let each = STRETCH.div_ceil(BAND * width) * BAND;
        self.stretches
            .resize_with(height.div_ceil(each), Stretch::default);
        for (number, stretch) in self.stretches.iter_mut().enumerate() {
            stretch.rows = number * each..height.min((number + 1) * each);
        }
    }
}

impl Stretch {
    /// Reads its rows, and keeps their blocks. `above` are the answers before the mask's first row;
    /// none where words are no answers.
    fn read(&mut self, level: Level, source: &dyn Source, above: &[u64], strip: &mut Strip) {
        let width = source.width();
        let rows = rows_at_once(source, self.rows.len());
        strip.begin(rows, width);
        self.blocks.begin(width.div_ceil(64 * LINE));
        match self.rows.start {
            first @ 1.. if source.are_answers() => strip.put_above(&last_row(source, first)),
            _ => strip.put_above(above),
        }
        for first in self.rows.clone().step_by(rows) {
            strip.read(source, first..self.rows.end.min(first + rows), 0..width);
            dispatch!(level, simd => strip.keep(simd, first / ROWS, &mut self.blocks));
        }
    }
}

/// How many of so many rows are read at a time: a multiple of [`ROWS`] that stays in the nearest
/// cache, or, if there is none, a band.
fn rows_at_once(source: &dyn Source, all: usize) -> usize {
    let rows = match AT_ONCE / source.row_bytes() / ROWS * ROWS {
        0 => BAND,
        rows => rows,
    };
    rows.min(all.next_multiple_of(ROWS))
}
