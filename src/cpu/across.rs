//! Boundaries of a scan across the rows of memory: the pixels are read by rows, and only their bits are turned.
//!
//! Words of 64 pixels are read by bands of 64 rows; 64 words below one another make a tile. Tiles without a boundary, which
//! are most, are skipped; the others are transposed and kept until the columns can be walked from top to bottom. The bands
//! of a large mask are read in parallel.

use std::ops::Range;
#[cfg(feature = "rayon")]
use std::sync::Mutex;

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u64x4, u64x8};

use super::sink::Sink;
use super::source::Source;
use super::transpose::{interleave, transpose, vectors};
use super::words::{Grid, moved};

/// Memory kept from mask to mask.
#[derive(Default)]
pub(super) struct Scratch {
    band: Band,
    stretches: Vec<Stretch>,
}

/// The words of up to 64 rows, row after row as their pixels lie in memory. 64 words below one another make a tile.
#[derive(Default)]
struct Band {
    /// Where words are answers, first those of the row above, or of what comes before in the scan; then 64 rows; then [`LANES`]
    /// more, so that as many can be read from any word on.
    words: Vec<u64>,
    /// Words that a row has, and from row to row.
    row: usize,
    stride: usize,
    /// Rows that hold pixels.
    rows: usize,
}

/// Words of a row from which on a line of the cache lies between rows: 64 words below one another would else contend for a few places
/// in the nearest cache. Rows of fewer are read as one.
const WIDE: usize = 64;

/// Tiles that are looked through together.
const LANES: usize = 8;

/// Some bands of a mask.
#[derive(Default)]
struct Stretch {
    /// Which bands.
    bands: Range<usize>,
    /// The first `count` are the tiles that hold a boundary, band after band; the others were those of other masks.
    tiles: Vec<Kept>,
    count: usize,
}

/// A tile that holds a boundary. It takes an eighth of a byte a pixel.
struct Kept {
    band: u32,
    /// Its place in the band.
    across: u32,
    /// Which columns hold a boundary.
    nonzero: u64,
    columns: [u64; 64],
}

/// Columns of a mask of one band that are read at a time: they and their words stay in the nearest cache.
const STRIP: usize = 1 << 12;
/// Tiles and words of a band whose memory is kept for the next call: some 4 MiB each.
const MOST_KEPT: usize = 1 << 13;
const MOST_WORDS: usize = 1 << 19;
/// Pixels that make a stretch of bands worth a task of its own.
const STRETCH: usize = 1 << 21;

/// Tells `sink` every boundary but the one at the first pixel. A large mask is read on all threads where `parallel`.
pub(super) fn flag(level: Level, source: &dyn Source, parallel: bool, scratch: &mut Scratch, sink: &mut Sink<'_>) {
    if source.height() <= 64 {
        dispatch!(level, simd => flag_one_band(simd, source, &mut scratch.band, sink));
    } else {
        flag_bands(level, source, parallel, scratch, sink);
    }
}

/// A mask of up to 64 rows: nothing needs to be kept.
#[inline(always)]
fn flag_one_band<S: Simd>(simd: S, source: &dyn Source, band: &mut Band, sink: &mut Sink<'_>) {
    let (height, width) = (source.height(), source.width());
    let mut before = None;
    let mut columns = [0; 64];
    for left in (0..width).step_by(STRIP) {
        let strip = left..width.min(left + STRIP);
        band.read(source, 0..height, strip.clone());
        band.fill_up(source.are_answers());
        if source.are_answers() {
            before = Some(band.seam(strip.len(), before));
        }
        for group in (0..band.row).step_by(LANES) {
            let nonzero = band.nonzero(simd, group, source.are_answers());
            for (across, mut nonzero) in (group..).zip(nonzero) {
                if nonzero == 0 {
                    continue;
                }
                transpose(band.tile(simd, across, source.are_answers()), &mut columns);
                while nonzero != 0 {
                    let column = nonzero.trailing_zeros() as usize;
                    sink.word(simd, ((left + across * 64 + column) * height) as u32, columns[column]);
                    nonzero &= nonzero - 1;
                }
            }
        }
    }
}

fn flag_bands(level: Level, source: &dyn Source, parallel: bool, scratch: &mut Scratch, sink: &mut Sink<'_>) {
    let (height, width) = (source.height(), source.width());
    let mut above = Vec::new();
    if source.are_answers() {
        let band = &mut scratch.band;
        band.read(source, 0..1, 0..1);
        let first = band.words[band.stride] & 1;
        band.read(source, height - 1..height, 0..width);
        band.seam(width, Some(first));
        above.extend_from_slice(&band.words[..band.row]);
    }
    scratch.divide(height, width);
    match &mut scratch.stretches[..] {
        #[cfg(feature = "rayon")]
        several @ [_, _, ..] if parallel => {
            let stretches: Vec<_> = several.iter_mut().map(Mutex::new).collect();
            super::queue::each(stretches.len(), Band::default, |band, stretch| {
                let mut stretch = stretches[stretch].lock().expect("it is taken once");
                stretch.read(level, source, &above, band);
            });
        }
        all => all.iter_mut().for_each(|stretch| stretch.read(level, source, &above, &mut scratch.band)),
    }
    #[cfg(not(feature = "rayon"))]
    let _ = parallel;
    dispatch!(level, simd => scratch.walk(simd, [height, width], sink));
}

impl Scratch {
    /// Gives back what only large, wide or dense masks need.
    pub(super) fn shrink(&mut self) {
        let tiles: usize = self.stretches.iter().map(|stretch| stretch.tiles.capacity()).sum();
        if tiles > MOST_KEPT {
            self.stretches = Vec::new();
        }
        if self.band.words.capacity() > MOST_WORDS {
            self.band = Band::default();
        }
    }

    /// A stretch for every so many bands, the last one shorter.
    fn divide(&mut self, height: usize, width: usize) {
        let bands = height.div_ceil(64);
        let each = STRETCH.div_ceil(64 * width).min(bands);
        self.stretches.resize_with(bands.div_ceil(each), Stretch::default);
        for (number, stretch) in self.stretches.iter_mut().enumerate() {
            stretch.bands = number * each..bands.min((number + 1) * each);
        }
    }

    /// Tells the boundaries column by column.
    #[inline(always)]
    fn walk<S: Simd>(&self, simd: S, [height, width]: [usize; 2], sink: &mut Sink<'_>) {
        let (tiles, ends) = self.tiles_by_columns(width.div_ceil(64));
        // For each column, in which of 64 tiles there is a boundary.
        let mut tiles_of_columns = Vec::new();
        for across in 0..ends.len() {
            let tiles = &tiles[if across == 0 { 0 } else { ends[across - 1] }..ends[across]];
            tiles_of_columns.clear();
            for tiles in tiles.chunks(64) {
                tiles_of_columns.push(columns_of(simd, tiles));
            }
            for column in 0..64.min(width - across * 64) {
                let top = ((across * 64 + column) * height) as u32;
                for (tiles, tiles_of_columns) in tiles.chunks(64).zip(&tiles_of_columns) {
                    let mut which = tiles_of_columns[column];
                    while which != 0 {
                        let tile = tiles[which.trailing_zeros() as usize];
                        sink.word(simd, top + 64 * tile.band, tile.columns[column]);
                        which &= which - 1;
                    }
                }
            }
        }
    }

    /// The kept tiles, those of each column of tiles from the top, and for each such column where its tiles end.
    fn tiles_by_columns(&self, count: usize) -> (Vec<&Kept>, Vec<usize>) {
        let mut ends = vec![0; count];
        for tile in self.stretches.iter().flat_map(Stretch::kept) {
            ends[tile.across as usize] += 1;
        }
        let mut all = 0;
        for end in &mut ends {
            // The beginning, which moves on to the end as the tiles come.
            all += std::mem::replace(end, all);
        }
        let mut tiles = Vec::new();
        let Some(any) = self.stretches.iter().find_map(|stretch| stretch.kept().first()) else { return (tiles, ends) };
        tiles.resize(all, any);
        for tile in self.stretches.iter().flat_map(Stretch::kept) {
            let at = &mut ends[tile.across as usize];
            tiles[*at] = tile;
            *at += 1;
        }
        (tiles, ends)
    }
}

/// For each of 64 columns, in which of up to 64 tiles it holds a boundary.
#[inline(always)]
fn columns_of<S: Simd>(simd: S, tiles: &[&Kept]) -> [u64; 64] {
    let mut rows = [0; 64];
    for (row, tile) in rows.iter_mut().zip(tiles) {
        *row = tile.nonzero;
    }
    let mut columns = [0; 64];
    transpose(vectors(simd, &rows), &mut columns);
    columns
}

impl Stretch {
    /// Reads its bands, and keeps their tiles that hold a boundary. `above` are the answers before the mask's first row, a word
    /// for each tile; none where words are no answers.
    fn read(&mut self, level: Level, source: &dyn Source, above: &[u64], band: &mut Band) {
        let (height, width) = (source.height(), source.width());
        self.count = 0;
        let first = self.bands.start * 64;
        if first > 0 && source.are_answers() {
            band.read(source, first - 1..first, 0..width);
        }
        for number in self.bands.clone() {
            band.move_last_row_above();
            band.read(source, number * 64..height.min(number * 64 + 64), 0..width);
            band.fill_up(source.are_answers());
            if number == 0 {
                band.words[..above.len()].copy_from_slice(above);
            }
            dispatch!(level, simd => self.keep(simd, number, band, source.are_answers()));
        }
    }

    fn kept(&self) -> &[Kept] {
        &self.tiles[..self.count]
    }

    fn next_tile(&mut self) -> &mut Kept {
        if self.count == self.tiles.len() {
            self.tiles.push(Kept { band: 0, across: 0, nonzero: 0, columns: [0; 64] });
        }
        self.count += 1;
        &mut self.tiles[self.count - 1]
    }

    /// Keeps the tiles of band `number` that hold a boundary.
    #[inline(always)]
    fn keep<S: Simd>(&mut self, simd: S, number: usize, band: &Band, are_answers: bool) {
        for group in (0..band.row).step_by(LANES) {
            let nonzero = band.nonzero(simd, group, are_answers);
            for (first, nonzero) in (group..).step_by(4).zip(nonzero.as_chunks::<4>().0) {
                let together = nonzero.iter().filter(|&&nonzero| nonzero != 0).count() > 1;
                let four = if together { Some(band.four_tiles(simd, first, are_answers)) } else { None };
                for (lane, &nonzero) in nonzero.iter().enumerate() {
                    if nonzero != 0 {
                        let rows = match &four {
                            Some(four) => four[lane],
                            None => band.tile(simd, first + lane, are_answers),
                        };
                        let tile = self.next_tile();
                        (tile.band, tile.across, tile.nonzero) = (number as u32, (first + lane) as u32, nonzero);
                        transpose(rows, &mut tile.columns);
                    }
                }
            }
        }
    }
}

impl Band {
    fn read(&mut self, source: &dyn Source, rows: Range<usize>, columns: Range<usize>) {
        self.rows = rows.len();
        self.row = columns.len().div_ceil(64);
        self.stride = if self.row < WIDE { self.row } else { self.row + LANES };
        self.words.resize(65 * self.stride + LANES, 0);
        source.read(rows, columns, &mut Grid { words: &mut self.words[self.stride..], row: self.stride });
    }

    /// Rows that there are not hold no boundary.
    fn fill_up(&mut self, are_answers: bool) {
        let (last, beyond) = self.words[self.rows * self.stride..65 * self.stride].split_at_mut(self.stride);
        for row in beyond.chunks_exact_mut(self.stride) {
            if are_answers {
                row.copy_from_slice(last);
            } else {
                row.fill(0);
            }
        }
    }

    /// The band was read, and the one below it is next.
    fn move_last_row_above(&mut self) {
        let last = self.rows * self.stride;
        self.words.copy_within(last..last + self.row, 0);
    }

    /// Puts before the first row what is there in the scan: the last row, of `width` answers, moved by a pixel. The first of
    /// all comes after `before`, or, there being nothing, after itself. Gives the last answer.
    fn seam(&mut self, width: usize, before: Option<u64>) -> u64 {
        let mut before = before.unwrap_or(self.words[self.stride] & 1);
        self.move_last_row_above();
        let above = &mut self.words[..self.row];
        for word in above.iter_mut() {
            *word = moved(*word, &mut before);
        }
        if let (Some(word), rest @ 1..) = (above.last_mut(), width % 64) {
            before = *word >> rest & 1;
            *word &= (1 << rest) - 1;
        }
        before
    }

    /// Of each of [`LANES`] tiles from `first` on, in which columns there is a boundary.
    #[inline(always)]
    fn nonzero<S: Simd>(&self, simd: S, first: usize, are_answers: bool) -> [u64; LANES] {
        let mut any = u64x8::splat(simd, 0);
        let mut above = u64x8::from_slice(simd, &self.words[first..first + LANES]);
        for row in 1..65 {
            let row = u64x8::from_slice(simd, &self.words[row * self.stride + first..][..LANES]);
            any |= if are_answers { row ^ above } else { row };
            above = row;
        }
        let mut nonzero = [0; LANES];
        any.store_slice(&mut nonzero);
        // Beyond the last tile are words of the next row.
        nonzero[LANES.min(self.row - first)..].fill(0);
        nonzero
    }

    /// The boundaries of four tiles side by side, by rows. Two of them alone take twice as long.
    #[inline(always)]
    fn four_tiles<S: Simd>(&self, simd: S, first: usize, are_answers: bool) -> [[u64x4<S>; 16]; 4] {
        let mut tiles = [[u64x4::splat(simd, 0); 16]; 4];
        let mut above = u64x4::from_slice(simd, &self.words[first..][..4]);
        for four in 0..16 {
            let mut boundaries = [above; 4];
            for (row, boundaries) in boundaries.iter_mut().enumerate() {
                let row = u64x4::from_slice(simd, &self.words[(4 * four + row + 1) * self.stride + first..][..4]);
                *boundaries = if are_answers { row ^ above } else { row };
                above = row;
            }
            let turned = interleave(boundaries);
            for (tile, turned) in tiles.iter_mut().zip(turned) {
                tile[four] = turned;
            }
        }
        tiles
    }

    /// A tile's boundaries, by rows.
    #[inline(always)]
    fn tile<S: Simd>(&self, simd: S, across: usize, are_answers: bool) -> [u64x4<S>; 16] {
        let mut boundaries = [u64x4::splat(simd, 0); 16];
        let mut above = self.words[across];
        let mut rows = self.words[across + self.stride..].iter().step_by(self.stride);
        for boundaries in &mut boundaries {
            let mut four = [0; 4];
            for boundary in &mut four {
                let Some(&row) = rows.next() else { break };
                *boundary = if are_answers { row ^ above } else { row };
                above = row;
            }
            *boundaries = u64x4::from_slice(simd, &four);
        }
        boundaries
    }
}
