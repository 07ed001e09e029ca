//! Boundaries of a scan across the rows of memory: the pixels are read by rows, and only their bits are turned.
//!
//! Words of 64 pixels are read by bands of 64 rows; 64 words below one another make a tile. Tiles without a boundary, which
//! are most, are skipped; the others are transposed and kept until the columns can be walked from top to bottom. The bands
//! of a large mask are read in parallel.

use std::ops::Range;
#[cfg(feature = "rayon")]
use std::sync::Mutex;

use fearless_simd::{Level, Simd, dispatch, u64x4};

use super::sink::Sink;
use super::source::Source;
use super::transpose::{transpose, vectors};
use super::words::{Grid, moved};

/// Memory kept from mask to mask.
#[derive(Default)]
pub(super) struct Scratch {
    band: Band,
    stretches: Vec<Stretch>,
}

/// The words of up to 64 rows, by tiles: for each column of words, those before its first row and then its own.
#[derive(Default)]
struct Band {
    tiles: Vec<[u64; TILE]>,
    rows: usize,
}

/// Words of a tile. Nine lines of a cache, not eight, so that the tiles of wide masks do not contend for a few places in it.
const TILE: usize = 72;
/// Where a tile's rows begin. Before them, where words are answers, are those of the row above, or what comes before in the scan.
const ROWS: usize = 8;

/// Some bands of a mask. It takes a word for each column of a band that holds a boundary: an eighth of a byte a pixel where all do
/// and the bands are whole, and far less for other masks.
#[derive(Default)]
struct Stretch {
    /// Which bands.
    bands: Range<usize>,
    /// The tiles that hold a boundary, band after band.
    tiles: Vec<Kept>,
    /// The columns that hold a boundary, of one tile after the other.
    columns: Vec<u64>,
}

/// What is kept of a tile that holds a boundary.
struct Kept {
    band: u32,
    /// Its place in the band.
    across: u32,
    /// Which columns hold a boundary.
    nonzero: u64,
    /// Where they begin among the columns of the stretch.
    first: usize,
}

/// What is left to be walked of a kept tile.
#[derive(Clone, Copy)]
struct Left<'k> {
    /// The mask's row that is the tile's first.
    row: u32,
    nonzero: u64,
    columns: &'k [u64],
}

/// The boundaries of 64 x 64 pixels.
struct Tile {
    /// In which columns there is one.
    nonzero: u64,
    columns: [u64; 64],
}

/// Columns of a mask of one band that are read at a time: they and their words stay in the nearest cache.
const STRIP: usize = 1 << 12;
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
    for left in (0..width).step_by(STRIP) {
        let columns = left..width.min(left + STRIP);
        band.read(source, 0..height, columns.clone());
        if source.are_answers() {
            before = Some(band.seam(columns.len(), before));
        }
        for (across, tile) in band.tiles.iter().enumerate() {
            let Some(tile) = Tile::new(simd, tile, source.are_answers()) else { continue };
            let mut columns = tile.nonzero;
            while columns != 0 {
                let column = columns.trailing_zeros() as usize;
                sink.word(simd, ((left + across * 64 + column) * height) as u32, tile.columns[column]);
                columns &= columns - 1;
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
        let first = band.tiles[0][ROWS] & 1;
        band.read(source, height - 1..height, 0..width);
        band.seam(width, Some(first));
        above.extend(band.tiles.iter().map(|tile| tile[ROWS - 1]));
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
        let (mut tiles, ends) = self.tiles_by_columns(width.div_ceil(64));
        // For each column, in which of 64 tiles there is a boundary.
        let mut tiles_of_columns = Vec::new();
        for across in 0..ends.len() {
            let tiles = &mut tiles[if across == 0 { 0 } else { ends[across - 1] }..ends[across]];
            tiles_of_columns.clear();
            for tiles in tiles.chunks(64) {
                tiles_of_columns.push(columns_of(simd, tiles));
            }
            for column in 0..64.min(width - across * 64) {
                let top = ((across * 64 + column) * height) as u32;
                for (tiles, tiles_of_columns) in tiles.chunks_mut(64).zip(&tiles_of_columns) {
                    let mut which = tiles_of_columns[column];
                    while which != 0 {
                        let tile = &mut tiles[which.trailing_zeros() as usize];
                        if let Some((&word, others)) = tile.columns.split_first() {
                            sink.word(simd, top + tile.row, word);
                            tile.columns = others;
                        }
                        which &= which - 1;
                    }
                }
            }
        }
    }

    /// The kept tiles, those of each column of tiles from the top, and for each such column where its tiles end.
    fn tiles_by_columns(&self, count: usize) -> (Vec<Left<'_>>, Vec<usize>) {
        let mut ends = vec![0; count];
        for tile in self.stretches.iter().flat_map(|stretch| &stretch.tiles) {
            ends[tile.across as usize] += 1;
        }
        let mut all = 0;
        for end in &mut ends {
            // The beginning, which moves on to the end as the tiles come.
            all += std::mem::replace(end, all);
        }
        let mut tiles = vec![Left { row: 0, nonzero: 0, columns: &[] }; all];
        for stretch in &self.stretches {
            for kept in &stretch.tiles {
                let at = &mut ends[kept.across as usize];
                tiles[*at] =
                    Left { row: 64 * kept.band, nonzero: kept.nonzero, columns: &stretch.columns[kept.first..] };
                *at += 1;
            }
        }
        (tiles, ends)
    }
}

/// For each of 64 columns, in which of up to 64 tiles it holds a boundary.
#[inline(always)]
fn columns_of<S: Simd>(simd: S, tiles: &[Left<'_>]) -> [u64; 64] {
    let mut rows = [0; 64];
    for (row, tile) in rows.iter_mut().zip(tiles) {
        *row = tile.nonzero;
    }
    transpose(vectors(simd, &rows))
}

impl Stretch {
    /// Reads its bands, and keeps their tiles that hold a boundary. `above` are the answers before the mask's first row, a word
    /// for each tile; none where words are no answers.
    fn read(&mut self, level: Level, source: &dyn Source, above: &[u64], band: &mut Band) {
        let (height, width) = (source.height(), source.width());
        self.columns.clear();
        self.tiles.clear();
        let first = self.bands.start * 64;
        if first > 0 && source.are_answers() {
            band.read(source, first - 1..first, 0..width);
        }
        for number in self.bands.clone() {
            band.move_last_row_above();
            band.read(source, number * 64..height.min(number * 64 + 64), 0..width);
            if number == 0 {
                for (tile, &above) in band.tiles.iter_mut().zip(above) {
                    tile[ROWS - 1] = above;
                }
            }
            dispatch!(level, simd => self.keep(simd, number, band, source.are_answers()));
        }
    }

    /// Keeps the tiles of band `number` that hold a boundary.
    #[inline(always)]
    fn keep<S: Simd>(&mut self, simd: S, number: usize, band: &Band, are_answers: bool) {
        for (across, words) in band.tiles.iter().enumerate() {
            let Some(tile) = Tile::new(simd, words, are_answers) else { continue };
            let (band, across) = (number as u32, across as u32);
            self.tiles.push(Kept { band, across, nonzero: tile.nonzero, first: self.columns.len() });
            let mut nonzero = tile.nonzero;
            while nonzero != 0 {
                self.columns.push(tile.columns[nonzero.trailing_zeros() as usize]);
                nonzero &= nonzero - 1;
            }
        }
    }
}

impl Band {
    fn read(&mut self, source: &dyn Source, rows: Range<usize>, columns: Range<usize>) {
        self.rows = rows.len();
        self.tiles.resize(columns.len().div_ceil(64), [0; TILE]);
        source.read(rows, columns, &mut Grid { words: &mut self.tiles.as_flattened_mut()[ROWS..], row: 1, word: TILE });
        if self.rows < 64 {
            // Rows that there are not hold no boundary.
            for tile in &mut self.tiles {
                let beyond = if source.are_answers() { tile[ROWS - 1 + self.rows] } else { 0 };
                tile[ROWS + self.rows..].fill(beyond);
            }
        }
    }

    /// The band was read, and the one below it is next.
    fn move_last_row_above(&mut self) {
        for tile in &mut self.tiles {
            tile[ROWS - 1] = tile[ROWS - 1 + self.rows];
        }
    }

    /// Puts before the first row what is there in the scan: the last row, of `width` answers, moved by a pixel. The first of
    /// all comes after `before`, or, there being nothing, after itself. Gives the last answer.
    fn seam(&mut self, width: usize, before: Option<u64>) -> u64 {
        let mut before = before.unwrap_or(self.tiles[0][ROWS] & 1);
        for tile in &mut self.tiles {
            tile[ROWS - 1] = moved(tile[ROWS - 1 + self.rows], &mut before);
        }
        if let (Some(tile), rest @ 1..) = (self.tiles.last_mut(), width % 64) {
            before = tile[ROWS - 1] >> rest & 1;
            tile[ROWS - 1] &= (1 << rest) - 1;
        }
        before
    }
}

impl Tile {
    /// The boundaries of a band's tile, if there is one.
    #[inline(always)]
    fn new<S: Simd>(simd: S, words: &[u64; TILE], are_answers: bool) -> Option<Self> {
        let mut boundaries: [u64x4<S>; 16] = vectors(simd, &words[ROWS..]);
        if are_answers {
            for (boundaries, above) in boundaries.iter_mut().zip(vectors::<S, 16>(simd, &words[ROWS - 1..])) {
                *boundaries ^= above;
            }
        }
        let mut any = boundaries[0];
        for boundaries in &boundaries[1..] {
            any |= *boundaries;
        }
        let nonzero = any[0] | any[1] | any[2] | any[3];
        if nonzero == 0 {
            return None;
        }
        Some(Tile { nonzero, columns: transpose(boundaries) })
    }
}
