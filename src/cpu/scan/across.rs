//! Boundaries of a scan across the rows of memory: the pixels are read by rows, and only their bits
//! are transposed.
//!
//! Strips of rows are read into words. Most blocks of these hold no boundary and are dropped; the
//! others are kept until the columns can be emitted from top to bottom. A mask of one band needs no
//! blocks. The rows of a large mask are read in parallel, in chunks.
//!
//! Invariant: every chunk but the last is a multiple of a band, so that no tile has rows of two.

use std::ops::Range;
#[cfg(feature = "rayon")]
use std::sync::Mutex;

use fearless_simd::{Level, Simd, dispatch};

use super::blocks::{Blocks, ROWS};
use super::strip::{Strip, shift_last_row};
use super::tiles::{BAND, TileLine};
use crate::cpu::emit::Emitter;
use crate::cpu::read::{ForegroundSource, LINE, Source, WordRows, are_read_in_turn};
use crate::parallel::PIXELS_PER_CHUNK;
use crate::simd::transpose;

/// Scratch kept from mask to mask.
#[derive(Default)]
pub(crate) struct AcrossScratch {
    strip: Strip,
    chunks: Vec<RowChunk>,
    tiles: TileLine,
}

/// Some rows of a mask, which are read as one task.
#[derive(Default)]
struct RowChunk {
    rows: Range<usize>,
    blocks: Blocks,
}

/// Columns of a mask of one band that are read at a time: they and their words stay in the L1
/// cache.
pub(crate) const COLUMNS: usize = 1 << 12;
/// Most bytes of a strip's pixels, so that they and their words stay in the L1 cache. Where
/// [`ROWS`] rows are more, a strip is a band.
pub(crate) const BYTES_AT_ONCE: usize = 1 << 14;
/// Most bytes that are read in turn from several places, which lie far enough from each other then.
/// With half as many, 480 x 640 takes a tenth longer.
pub(crate) const BYTES_IN_TURN: usize = 1 << 17;
/// Bytes of blocks and tiles whose memory is kept for the next call.
const MOST_KEPT: usize = 1 << 22;

/// Emits every boundary but the one at the first pixel. A large mask is read on all threads where
/// `parallel`.
pub(crate) fn scan_across(
    level: Level,
    source: Source<'_>,
    parallel: bool,
    scratch: &mut AcrossScratch,
    emitter: &mut Emitter<'_>,
) {
    if source.height() <= BAND {
        dispatch!(level, simd => scan_one_band(simd, source, &mut scratch.strip, emitter));
    } else {
        scan_chunks(level, source, parallel, scratch, emitter);
    }
}

/// Emits a mask of up to 64 rows: nothing needs to be kept.
#[inline(always)]
fn scan_one_band<S: Simd>(
    simd: S,
    source: Source<'_>,
    strip: &mut Strip,
    emitter: &mut Emitter<'_>,
) {
    let (height, width) = (source.height(), source.width());
    let mut before = None;
    let mut columns = [0; 64];
    let mut emitter = emitter.word_emitter();
    for left in (0..width).step_by(COLUMNS) {
        let some = left..width.min(left + COLUMNS);
        strip.begin(BAND, some.len());
        match source {
            Source::Foreground(source) => {
                before = Some(strip.read_all_rows(source, some.clone(), before))
            }
            Source::Labels(_) => strip.read(source, 0..height, some.clone()),
        }
        for across in 0..some.len().div_ceil(64) {
            let (tile, mut nonzero) = strip.tile(simd, across);
            if nonzero == 0 {
                continue;
            }
            transpose(tile, &mut columns);
            while nonzero != 0 {
                let column = nonzero.trailing_zeros() as usize;
                emitter.emit(
                    simd,
                    ((left + across * 64 + column) * height) as u32,
                    columns[column],
                );
                nonzero &= nonzero - 1;
            }
        }
    }
}

fn scan_chunks(
    level: Level,
    source: Source<'_>,
    parallel: bool,
    scratch: &mut AcrossScratch,
    emitter: &mut Emitter<'_>,
) {
    let size = [source.height(), source.width()];
    let above = above_first(source);
    scratch.divide(size);
    let AcrossScratch {
        strip,
        chunks,
        tiles,
    } = scratch;
    match &mut chunks[..] {
        #[cfg(feature = "rayon")]
        several @ [_, _, ..] if parallel => {
            let chunks: Vec<_> = several.iter_mut().map(Mutex::new).collect();
            crate::parallel::queue::each(chunks.len(), Strip::default, |strip, chunk| {
                let mut chunk = chunks[chunk].lock().expect("each chunk is locked once");
                chunk.read(level, source, &above, strip);
            });
        }
        all => all
            .iter_mut()
            .for_each(|chunk| chunk.read(level, source, &above, strip)),
    }
    #[cfg(not(feature = "rayon"))]
    let _ = parallel;
    let blocks = chunks.iter().map(|chunk| &chunk.blocks);
    dispatch!(level, simd => tiles.emit(simd, blocks, size, emitter));
}

/// Foreground bits of the pixels before those of the first row in the scan: the last row's, shifted
/// by a pixel. Empty for labels.
fn above_first(source: Source<'_>) -> Vec<u64> {
    let Source::Foreground(source) = source else {
        return Vec::new();
    };
    let mut first = [0];
    source.read_foreground_bits(0..1, 0..1, &mut WordRows::new(&mut first, 1));
    let mut above = last_row(source, source.height());
    shift_last_row(above.iter_mut(), source.width(), first[0]);
    above
}

/// Foreground bits of the row before row `end`.
fn last_row(source: &dyn ForegroundSource, end: usize) -> Vec<u64> {
    let row = source.width().div_ceil(64);
    let mut words = vec![0; row];
    source.read_foreground_bits(
        end - 1..end,
        0..source.width(),
        &mut WordRows::new(&mut words, row),
    );
    words
}

impl AcrossScratch {
    /// Gives back memory that only large, wide or dense masks need.
    pub(crate) fn shrink(&mut self) {
        let blocks: usize = self.chunks.iter().map(|chunk| chunk.blocks.bytes()).sum();
        if blocks + self.tiles.bytes() > MOST_KEPT {
            (self.chunks, self.tiles) = (Vec::new(), TileLine::default());
        }
        self.strip.shrink();
    }

    /// Divides the rows; each chunk but the last is a multiple of a band.
    fn divide(&mut self, [height, width]: [usize; 2]) {
        let each = PIXELS_PER_CHUNK.div_ceil(BAND * width) * BAND;
        self.chunks
            .resize_with(height.div_ceil(each), RowChunk::default);
        for (number, chunk) in self.chunks.iter_mut().enumerate() {
            chunk.rows = number * each..height.min((number + 1) * each);
        }
    }
}

impl RowChunk {
    /// Reads its rows, and keeps their blocks. `above` are those of [`above_first`].
    fn read(&mut self, level: Level, source: Source<'_>, above: &[u64], strip: &mut Strip) {
        let width = source.width();
        let rows = rows_at_once(level, source, self.rows.len());
        strip.begin(rows, width);
        self.blocks.begin(width.div_ceil(64 * LINE));
        match source {
            Source::Foreground(source) if self.rows.start > 0 => {
                strip.set_above(&last_row(source, self.rows.start));
            }
            _ => strip.set_above(above),
        }
        for first in self.rows.clone().step_by(rows) {
            strip.read(source, first..self.rows.end.min(first + rows), 0..width);
            dispatch!(level, simd => strip.keep_blocks(simd, first / ROWS, &mut self.blocks));
        }
    }
}

/// Number of rows of a strip, of `all` that there are: the multiple of [`ROWS`] that
/// [`BYTES_AT_ONCE`] or [`BYTES_IN_TURN`] hold, or a band if they hold none.
fn rows_at_once(level: Level, source: Source<'_>, all: usize) -> usize {
    let (bytes, pixels) = (source.row_bytes(), source.width());
    let most = match are_read_in_turn(level, bytes / pixels) {
        true => BYTES_IN_TURN,
        false => BYTES_AT_ONCE,
    };
    let rows = match most / bytes / ROWS * ROWS {
        0 => BAND,
        rows => rows,
    };
    rows.min(all.next_multiple_of(ROWS))
}
