//! Boundaries of a scan across the rows of memory: the pixels are read by rows, and only their bits
//! are transposed.
//!
//! Strips of rows are read into words. Most tiles of these hold no boundary and are dropped; the
//! others are kept until the columns can be emitted from top to bottom. The rows of a large mask
//! are read in parallel, in chunks.
//!
//! Invariant: every chunk but the last is a multiple of a band, so that no tile has rows of two.

use std::ops::Range;
#[cfg(feature = "rayon")]
use std::sync::Mutex;

use fearless_simd::{Level, Simd, dispatch};

use super::strip::{Strip, shift_last_row};
use super::tile::{BAND, columns_of};
use super::tile_index::MOST_TILES;
use super::tiles::{Tiles, emit_tiles};
use crate::cpu::emit::Emitter;
use crate::cpu::read::{ForegroundSource, Source, WordRows, are_read_in_turn};
use crate::parallel::PIXELS_PER_CHUNK;

/// Scratch kept from mask to mask.
#[derive(Default)]
pub(crate) struct AcrossScratch {
    strip: Strip,
    /// Of each chunk of rows.
    tiles: Vec<Tiles>,
}

/// Columns of a mask of one band that are read at a time: they and their words stay in the L1
/// cache.
pub(crate) const COLUMNS: usize = 1 << 12;
/// Columns of a strip at most: the words of a band of wider ones would leave the L2 cache. Masks of
/// 100 x 2^20 take .7 to .85 of the time so.
pub(crate) const COLUMNS_OF_STRIP: usize = 1 << 16;
/// Most bytes of pixels that are read before their words are marked, so that these stay in the L1
/// cache.
pub(crate) const BYTES_AT_ONCE: usize = 1 << 14;
/// Most bytes that are read in turn from several places, which lie far enough from each other then.
/// With half as many, 480 x 640 takes a tenth longer.
pub(crate) const BYTES_IN_TURN: usize = 1 << 17;
/// Bytes of tiles whose memory is kept for the next call.
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
    } else if source.height() <= rows_at_once(level, source) {
        scan_one_strip(level, source, scratch, emitter);
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
        before = strip.read_all_rows(source, some.clone(), before);
        for across in 0..some.len().div_ceil(64) {
            let mut nonzero = columns_of(simd, strip.tile_rows(0, across), &mut columns);
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

/// Emits a mask that is read as one strip.
fn scan_one_strip(
    level: Level,
    source: Source<'_>,
    scratch: &mut AcrossScratch,
    emitter: &mut Emitter<'_>,
) {
    let size @ [height, width] = [source.height(), source.width()];
    let (strip, tiles) = scratch.divide(1);
    strip.begin(height, width);
    strip.read_all_rows(source, 0..width, None);
    dispatch!(level, simd => {
        tiles[0].begin(strip.words_a_row());
        strip.mark(simd);
        tiles[0].add(simd, strip, 0, 0);
        emit_tiles(simd, tiles, size, emitter);
    });
}

/// Emits a mask whose rows are read in chunks.
fn scan_chunks(
    level: Level,
    source: Source<'_>,
    parallel: bool,
    scratch: &mut AcrossScratch,
    emitter: &mut Emitter<'_>,
) {
    let size @ [height, width] = [source.height(), source.width()];
    let above = above_first(source);
    let rows = PIXELS_PER_CHUNK.div_ceil(BAND * width) * BAND;
    let (strip, tiles) = scratch.divide(height.div_ceil(rows));
    let read = |strip: &mut Strip, tiles: &mut Tiles, chunk: usize| {
        let rows = chunk * rows..height.min((chunk + 1) * rows);
        read_chunk(level, source, rows, &above, strip, tiles);
    };
    match &mut *tiles {
        #[cfg(feature = "rayon")]
        [_, _, ..] if parallel => {
            let tiles: Vec<_> = tiles.iter_mut().map(Mutex::new).collect();
            crate::parallel::queue::each(tiles.len(), Strip::default, |strip, chunk| {
                let mut tiles = tiles[chunk].lock().expect("each chunk is locked once");
                read(strip, &mut tiles, chunk);
            });
        }
        all => {
            for (chunk, tiles) in all.iter_mut().enumerate() {
                read(strip, tiles, chunk);
            }
        }
    }
    #[cfg(not(feature = "rayon"))]
    let _ = parallel;
    dispatch!(level, simd => emit_tiles(simd, tiles, size, emitter));
}

/// Reads a chunk of rows, and keeps their tiles. `above` are those of [`above_first`].
fn read_chunk(
    level: Level,
    source: Source<'_>,
    rows: Range<usize>,
    above: &[u64],
    strip: &mut Strip,
    tiles: &mut Tiles,
) {
    let width = source.width();
    let at_once = rows_at_once(level, source);
    let of_strip = at_once.next_multiple_of(BAND).min(rows.len());
    tiles.begin(width.div_ceil(64));
    let above = match source {
        Source::Foreground(source) if rows.start > 0 => &last_row(source, rows.start),
        _ => above,
    };
    for left in (0..width).step_by(COLUMNS_OF_STRIP) {
        let columns = left..width.min(left + COLUMNS_OF_STRIP);
        let before = left / 64;
        strip.begin(of_strip, columns.len());
        strip.set_above(above.get(before..).unwrap_or_default());
        for first in rows.clone().step_by(of_strip) {
            let end = rows.end.min(first + of_strip);
            strip.go_on();
            for some in (first..end).step_by(at_once) {
                strip.read(source, some..end.min(some + at_once), columns.clone());
                dispatch!(level, simd => strip.mark(simd));
            }
            dispatch!(level, simd => tiles.add(simd, strip, first, before));
        }
    }
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
    /// Gives back memory that only large or dense masks need.
    pub(crate) fn shrink(&mut self) {
        if self.tiles.iter().map(Tiles::bytes).sum::<usize>() > MOST_KEPT {
            self.tiles = Vec::new();
        }
    }

    /// The strip, and tiles for so many chunks.
    fn divide(&mut self, chunks: usize) -> (&mut Strip, &mut [Tiles]) {
        if self.tiles.len() < chunks {
            self.tiles.resize_with(chunks, Tiles::default);
        }
        (&mut self.strip, &mut self.tiles[..chunks])
    }
}

/// Number of rows that are read at once, if there are so many: as many as [`BYTES_AT_ONCE`] or
/// [`BYTES_IN_TURN`] hold, some eights of them or some bands, but a band where eight are more.
/// Narrow rows are no more than the tiles of an index, so that their words are 32 KiB.
fn rows_at_once(level: Level, source: Source<'_>) -> usize {
    let (bytes, pixels) = (source.row_bytes(), source.width());
    let most = match are_read_in_turn(level, bytes / pixels) {
        true => BYTES_IN_TURN,
        false => BYTES_AT_ONCE,
    };
    match most / bytes {
        0..8 => BAND,
        rows @ 8..BAND => rows / 8 * 8,
        rows => rows.min(MOST_TILES * BAND) / BAND * BAND,
    }
}
