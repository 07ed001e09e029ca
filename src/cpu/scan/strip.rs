//! A strip: some rows of a mask, or some columns of them, read into words, of which tiles are made.
//!
//! Words hold foreground bits, and become boundary bits when they are looked at: each row is
//! compared with the one above. Of labels they hold boundary bits.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u64x8};

use super::tile::{BAND, TileRows};
use crate::cpu::read::{AlignedWords, LINE, LINE_PIXELS, Source, WordRows, shift_in};
use crate::simd::nonzero_words;

/// Words of rows that follow one another, as their pixels lie in memory.
#[derive(Default)]
pub(super) struct Strip {
    /// The rows, and a line more, so that a whole line can be read from any word on.
    words: AlignedWords,
    /// Words above the first row, in whole lines.
    above: Vec<u64>,
    /// Words that a row has.
    words_a_row: usize,
    /// Words from row to row.
    stride: usize,
    /// Rows that have been read.
    count: usize,
    /// Rows of these whose words have been marked.
    marked: usize,
    /// For each band, the bits of its rows that differ from the row above it, in whole lines.
    differ: Vec<[u64; LINE]>,
    /// Bits of the row above that a row is compared with: all, or none of labels.
    compared: u64,
}

/// Words a row from which on rows are padded by a line: rows 2 KiB apart contend for few sets of
/// the L1 cache.
pub(crate) const WIDE: usize = 64;
/// Words of a line up to which making all their tiles takes no longer than marking those that hold
/// a boundary.
const FEW_WORDS: usize = 2;

impl Strip {
    /// Makes room for `rows` rows of `width` pixels. Above the first row all is background.
    pub(super) fn begin(&mut self, rows: usize, width: usize) {
        self.empty();
        self.words_a_row = width.div_ceil(64);
        let in_lines = self.words_a_row.next_multiple_of(LINE);
        // Rows that end with a word are read as one if they leave no gap; others line by line.
        self.stride = if self.words_a_row >= WIDE {
            in_lines + LINE
        } else if width < LINE_PIXELS || width.is_multiple_of(64) {
            self.words_a_row
        } else {
            in_lines
        };
        self.words.resize(rows * self.stride + LINE);
        self.above.clear();
        self.above.resize(in_lines, 0);
    }

    /// Sets the foreground bits above the row that is read next; `above` may have words beyond a
    /// row's last.
    pub(super) fn set_above(&mut self, above: &[u64]) {
        let count = above.len().min(self.words_a_row);
        self.above[..count].copy_from_slice(&above[..count]);
    }

    /// Goes on below the rows that have been read.
    pub(super) fn go_on(&mut self) {
        if let Some(last) = self.count.checked_sub(1) {
            let last = &self.words[last * self.stride..][..self.words_a_row];
            self.above[..self.words_a_row].copy_from_slice(last);
        }
        self.empty();
    }

    fn empty(&mut self) {
        (self.count, self.marked) = (0, 0);
        self.differ.clear();
    }

    /// Reads rows, which lie below those that have been read.
    pub(super) fn read(&mut self, source: Source<'_>, rows: Range<usize>, columns: Range<usize>) {
        let mut words = WordRows::new(&mut self.words, self.stride);
        let mut words = words.at_row(self.count);
        self.count += rows.len();
        match source {
            Source::Foreground(source) => {
                self.compared = u64::MAX;
                source.read_foreground_bits(rows, columns, &mut words);
            }
            Source::Labels(source) => {
                self.compared = 0;
                source.read_boundaries_across(rows, columns, &mut words);
            }
        }
    }

    /// Reads some columns of all rows of a mask. In the scan, the pixel before the first of a
    /// column is the last of the column before: above the first row lies the last one, shifted by a
    /// pixel. `before` is the foreground bit of the pixel before all of these columns; None at the
    /// mask's first pixel, which is then no boundary. Gives the last foreground bit. Words of
    /// labels hold boundaries already: it gives None.
    pub(super) fn read_all_rows(
        &mut self,
        source: Source<'_>,
        columns: Range<usize>,
        before: Option<u64>,
    ) -> Option<u64> {
        let (height, width) = (source.height(), columns.len());
        self.read(source, 0..height, columns);
        if matches!(source, Source::Labels(_)) {
            return None;
        }
        let before = before.unwrap_or(self.words[0] & 1);
        let last = &self.words[(height - 1) * self.stride..][..self.words_a_row];
        let above = &mut self.above[..self.words_a_row];
        above.copy_from_slice(last);
        Some(shift_last_row(above.iter_mut(), width, before))
    }

    /// Number of rows that have been read.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Number of words that a row has.
    pub(super) fn words_a_row(&self) -> usize {
        self.words_a_row
    }

    /// Number of lines that a row has.
    pub(super) fn lines(&self) -> usize {
        self.words_a_row.div_ceil(LINE)
    }

    /// Marks the words that hold a boundary, in the rows that have been read since the last time,
    /// while these are in the L1 cache.
    #[inline(always)]
    pub(super) fn mark<S: Simd>(&mut self, simd: S) {
        let lines = self.lines();
        while self.marked < self.count {
            let (band, first) = (self.marked / BAND, self.marked);
            let rows = first..self.count.min((band + 1) * BAND);
            self.marked = rows.end;
            self.differ.resize((band + 1) * lines, [0; LINE]);
            for line in 0..lines {
                if self.are_few(line) {
                    continue;
                }
                let differ = self.differ_from_above(simd, band, rows.clone(), line);
                let all = &mut self.differ[band * lines + line];
                (u64x8::from_slice(simd, all) | differ).store_slice(all);
            }
        }
    }

    /// Bits of the words of a line, in rows of a band, that differ from the row above the band.
    /// Without one there is no boundary.
    #[inline(always)]
    fn differ_from_above<S: Simd>(
        &self,
        simd: S,
        band: usize,
        rows: Range<usize>,
        line: usize,
    ) -> u64x8<S> {
        let above = &self.above(band * BAND)[line * LINE..][..LINE];
        let above = u64x8::from_slice(simd, above) & self.compared;
        let words = &self.words[rows.start * self.stride + line * LINE..];
        let mut differ = u64x8::splat(simd, 0);
        // Quarters of one length, so that one check of bounds does for four rows.
        let (quarter, rest) = (rows.len() / 4, rows.len() % 4);
        if quarter > 0 {
            let length = (quarter - 1) * self.stride + LINE;
            let part = |number: usize| &words[number * quarter * self.stride..][..length];
            let quarters = [part(0), part(1), part(2), part(3)];
            for row in 0..quarter {
                for words in quarters {
                    differ |= u64x8::from_slice(simd, &words[row * self.stride..][..LINE]) ^ above;
                }
            }
        }
        for row in rows.len() - rest..rows.len() {
            differ |= u64x8::from_slice(simd, &words[row * self.stride..][..LINE]) ^ above;
        }
        differ
    }

    /// A bit for each word of a line that may hold a boundary in a band; of words beyond the row's
    /// last, 0.
    #[inline(always)]
    pub(super) fn present<S: Simd>(&self, simd: S, band: usize, line: usize) -> u8 {
        // Beyond a row's last word lie words of the next row.
        let beyond = (LINE * (line + 1)).saturating_sub(self.words_a_row);
        let are_words = u8::MAX >> beyond;
        if self.are_few(line) {
            return are_words;
        }
        let differ = &self.differ[band * self.lines() + line];
        nonzero_words(u64x8::from_slice(simd, differ)) & are_words
    }

    /// True of a line of up to [`FEW_WORDS`] words.
    fn are_few(&self, line: usize) -> bool {
        self.words_a_row - line * LINE <= FEW_WORDS
    }

    /// Words above a row, and more of a line.
    fn above(&self, row: usize) -> &[u64] {
        match row.checked_sub(1) {
            Some(above) => &self.words[above * self.stride..],
            None => &self.above,
        }
    }

    /// Words of a tile from row `top` on.
    #[inline(always)]
    pub(super) fn tile_rows(&self, top: usize, across: usize) -> TileRows<'_> {
        TileRows {
            words: &self.words[top * self.stride + across..],
            stride: self.stride,
            count: BAND.min(self.count - top),
            above: self.above(top)[across],
            compared: self.compared,
        }
    }
}

/// Shifts the foreground bits of the last row, of `width` pixels, by a pixel, so that they are
/// those above the first row in the scan. The bit `before` is shifted in. Gives the last foreground
/// bit, which is shifted out.
pub(super) fn shift_last_row<'w>(
    last: impl Iterator<Item = &'w mut u64>,
    width: usize,
    mut before: u64,
) -> u64 {
    for (index, word) in last.enumerate() {
        *word = shift_in(*word, &mut before);
        // A last word that is not full: the bit after the last pixel is the one shifted out.
        if index == width / 64 {
            before = *word >> (width % 64) & 1;
            *word &= (1 << (width % 64)) - 1;
        }
    }
    before
}
