//! Boundaries of a scan across the rows of memory: the pixels are read by rows, and only their bits are turned.
//!
//! Tiles of 64 x 64 without a boundary, which are most, are skipped; the others are transposed and kept until the columns can be walked
//! from top to bottom. The bands of a large mask are read in parallel.

use std::ops::Range;
#[cfg(feature = "rayon")]
use std::sync::Mutex;

use fearless_simd::{Level, Simd, dispatch};

use super::bands::{Bands, seam};
use super::grid::Grid;
use super::sink::Sink;
use super::source::Source;
use super::transpose::{transpose, vectors};

/// Memory kept from mask to mask.
#[derive(Default)]
pub(super) struct Scratch {
    bands: Bands,
    stretches: Vec<Stretch>,
}

/// Some bands of a mask.
#[derive(Default)]
struct Stretch {
    /// Which bands of the mask.
    numbers: Range<usize>,
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
/// Tiles whose memory is kept for the next call, some 4 MiB.
const MOST_KEPT: usize = 1 << 13;
/// Pixels that make a stretch of bands worth a task of its own.
const STRETCH: usize = 1 << 21;

/// Tells `sink` every boundary but the one at the first pixel. A large mask is read on all threads where `parallel`.
pub(super) fn flag(level: Level, source: &dyn Source, parallel: bool, scratch: &mut Scratch, sink: &mut Sink<'_>) {
    if source.height() <= 64 {
        dispatch!(level, simd => flag_one_band(simd, source, &mut scratch.bands, sink));
    } else {
        flag_bands(level, source, parallel, scratch, sink);
    }
}

/// A mask of up to 64 rows: nothing needs to be kept.
#[inline(always)]
fn flag_one_band<S: Simd>(simd: S, source: &dyn Source, bands: &mut Bands, sink: &mut Sink<'_>) {
    let (height, width) = (source.height(), source.width());
    let mut before = None;
    let mut columns = [0; 64];
    for left in (0..width).step_by(STRIP) {
        let strip = left..width.min(left + STRIP);
        bands.begin(strip.len(), 1);
        if source.are_answers() {
            before = Some(bands.read_around(source, strip, before));
        } else {
            bands.read(0, source, 0..height, strip);
        }
        for (across, &found) in bands.found(0).iter().enumerate() {
            let mut nonzero = found;
            if nonzero == 0 {
                continue;
            }
            transpose(bands.tile(simd, 0, across), &mut columns);
            while nonzero != 0 {
                let column = nonzero.trailing_zeros() as usize;
                sink.word(simd, ((left + across * 64 + column) * height) as u32, columns[column]);
                nonzero &= nonzero - 1;
            }
        }
    }
}

fn flag_bands(level: Level, source: &dyn Source, parallel: bool, scratch: &mut Scratch, sink: &mut Sink<'_>) {
    let (height, width) = (source.height(), source.width());
    let above = above_first(source);
    scratch.divide(height, width);
    match &mut scratch.stretches[..] {
        #[cfg(feature = "rayon")]
        several @ [_, _, ..] if parallel => {
            let stretches: Vec<_> = several.iter_mut().map(Mutex::new).collect();
            super::queue::each(stretches.len(), Bands::default, |bands, stretch| {
                let mut stretch = stretches[stretch].lock().expect("it is taken once");
                stretch.read(level, source, &above, bands);
            });
        }
        all => all.iter_mut().for_each(|stretch| stretch.read(level, source, &above, &mut scratch.bands)),
    }
    #[cfg(not(feature = "rayon"))]
    let _ = parallel;
    dispatch!(level, simd => scratch.walk(simd, [height, width], sink));
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
    source.read(end - 1..end, 0..source.width(), &mut Grid::new(&mut words, row));
    words
}

impl Scratch {
    /// Gives back what only large, wide or dense masks need.
    pub(super) fn shrink(&mut self) {
        let tiles: usize = self.stretches.iter().map(|stretch| stretch.tiles.capacity()).sum();
        if tiles > MOST_KEPT {
            self.stretches = Vec::new();
        }
        self.bands.shrink();
    }

    /// A stretch for every so many bands, the last one shorter.
    fn divide(&mut self, height: usize, width: usize) {
        let bands = height.div_ceil(64);
        let each = STRETCH.div_ceil(64 * width).min(bands);
        self.stretches.resize_with(bands.div_ceil(each), Stretch::default);
        for (number, stretch) in self.stretches.iter_mut().enumerate() {
            stretch.numbers = number * each..bands.min((number + 1) * each);
        }
    }

    /// Tells the boundaries column by column.
    #[inline(always)]
    fn walk<S: Simd>(&self, simd: S, [height, width]: [usize; 2], sink: &mut Sink<'_>) {
        let (tiles, ends) = self.tiles_by_columns(width.div_ceil(64));
        // For each column, in which of 64 tiles there is a boundary.
        let mut tiles_of_columns = Vec::new();
        let mut start = 0;
        for (across, end) in ends.into_iter().enumerate() {
            let tiles = &tiles[start..end];
            start = end;
            if tiles.is_empty() {
                continue;
            }
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
    fn read(&mut self, level: Level, source: &dyn Source, above: &[u64], bands: &mut Bands) {
        let (height, width) = (source.height(), source.width());
        self.count = 0;
        let at_once = bands.begin(width, self.numbers.len());
        match self.numbers.start * 64 {
            first @ 1.. if source.are_answers() => bands.put_above(&last_row(source, first)),
            _ => bands.put_above(above),
        }
        for first in self.numbers.clone().step_by(at_once) {
            let numbers = first..self.numbers.end.min(first + at_once);
            for (band, number) in numbers.clone().enumerate() {
                bands.read(band, source, number * 64..height.min(number * 64 + 64), 0..width);
            }
            dispatch!(level, simd => {
                for (band, number) in numbers.enumerate() {
                    self.keep(simd, number, bands, band);
                }
            });
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

    /// Keeps the tiles that hold a boundary, of band `number`, which is `band` of `bands`.
    #[inline(always)]
    fn keep<S: Simd>(&mut self, simd: S, number: usize, bands: &Bands, band: usize) {
        for (first, nonzero) in (0..).step_by(4).zip(bands.found(band).as_chunks::<4>().0) {
            let together = nonzero.iter().filter(|&&nonzero| nonzero != 0).count() > 1;
            let four = if together { Some(bands.four_tiles(simd, band, first)) } else { None };
            for (lane, &nonzero) in nonzero.iter().enumerate() {
                if nonzero != 0 {
                    let rows = match &four {
                        Some(four) => four[lane],
                        None => bands.tile(simd, band, first + lane),
                    };
                    let tile = self.next_tile();
                    (tile.band, tile.across, tile.nonzero) = (number as u32, (first + lane) as u32, nonzero);
                    transpose(rows, &mut tile.columns);
                }
            }
        }
    }
}
