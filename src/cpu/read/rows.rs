//! Rows of pixels to rows of words between which there is a gap.

use std::ops::Range;

use fearless_simd::Simd;

use super::kernel::PredicateKernel;
use super::lines::{
    LINE_PIXELS, Line, PLACES, are_worth_turns, at, in_places_mut, one_word, read_in_turn,
    read_lines, whole_lines, write_line,
};
use super::word_rows::{LINE, WordRows};
use crate::simd::Lanes;

/// Rows that follow one another, each read as whole lines and an end, of less than a line.
pub(super) struct RowsInParts<'p, B, K> {
    kernel: K,
    pixels: [&'p [B]; 2],
    count: usize,
    width: usize,
    /// Bits of the columns in the end.
    valid: [u64; LINE],
}

/// The pixels of a row, and those that they are compared with. An end has `END` words.
struct Row<'p, B, const END: usize> {
    lines: [&'p [Line<B>]; 2],
    end: [&'p [[B; 64]; END]; 2],
}

/// The words of a row.
struct RowWords<'w, const END: usize> {
    lines: &'w mut [[u64; LINE]],
    end: &'w mut [u64; END],
}

impl<'p, B: Lanes, K: PredicateKernel<B>> RowsInParts<'p, B, K> {
    #[inline(always)]
    pub(super) fn new(kernel: K, pixels: [&'p [B]; 2], [count, width]: [usize; 2]) -> Self {
        RowsInParts {
            kernel,
            pixels,
            count,
            width,
            valid: first_bits(width % LINE_PIXELS),
        }
    }

    /// Reads the rows. Of a row, as many words may be written as its end is read as.
    #[inline(always)]
    pub(super) fn read<S: Simd>(&self, simd: S, out: &mut WordRows<'_>) {
        if self.count < PLACES {
            return self.read_alone(simd, 0..self.count, out);
        }
        // A loop for each number of words takes a third less instructions. Where an end is read as
        // more words than it has, the first half of these is whole.
        match (self.width % LINE_PIXELS).div_ceil(64) {
            0 => self.read_with_ends::<S, 0>(simd, out),
            1 => self.read_with_ends::<S, 1>(simd, out),
            2 => self.read_with_ends::<S, 2>(simd, out),
            3..=4 => self.read_with_ends::<S, 4>(simd, out),
            _ => self.read_with_ends::<S, 8>(simd, out),
        }
    }

    /// Reads ends as `END` words, where so many pixels are in memory, and words in `out`.
    #[inline(always)]
    fn read_with_ends<S: Simd, const END: usize>(&self, simd: S, out: &mut WordRows<'_>) {
        let words = self.lines() * LINE + END;
        let rows = self
            .rows_within(self.pixels[0].len(), 64 * words, self.width)
            .min(self.rows_within(out.words.len(), words, out.stride));
        match self.lines() {
            0 => self.read_ends::<S, END>(simd, rows, out),
            _ => self.read_lines_and_ends::<S, END>(simd, rows, out),
        }
        self.read_alone(simd, rows..self.count, out);
    }

    /// Reads rows of less than a line.
    #[inline(always)]
    fn read_ends<S: Simd, const END: usize>(&self, simd: S, rows: usize, out: &mut WordRows<'_>) {
        let [own, before] = self.pixels;
        for row in 0..rows {
            let words = out.words[row * out.stride..].first_chunk_mut();
            let words: &mut [u64; END] = words.expect("so many are there");
            let at = row * self.width;
            self.read_end(simd, [words_of(&own[at..]), words_of(&before[at..])], words);
        }
    }

    /// Reads rows of a line or more.
    #[inline(always)]
    fn read_lines_and_ends<S: Simd, const END: usize>(
        &self,
        simd: S,
        rows: usize,
        out: &mut WordRows<'_>,
    ) {
        // A row's last words may be overwritten with those of the next one, but not the other way.
        let are_apart = self.lines() * LINE + END <= out.stride;
        let a_place = match are_apart && are_worth_turns::<S, B>(simd, rows * self.width) {
            true => rows / PLACES,
            false => 0,
        };
        let stride = out.stride;
        let ([a, b, c, d], _) = in_places_mut(out.words, a_place * stride);
        for row in 0..a_place {
            let at = row * stride;
            self.read_in_turn::<S, END>(
                simd,
                [
                    self.row(row),
                    self.row(a_place + row),
                    self.row(2 * a_place + row),
                    self.row(3 * a_place + row),
                ],
                [
                    self.words(&mut a[at..]),
                    self.words(&mut b[at..]),
                    self.words(&mut c[at..]),
                    self.words(&mut d[at..]),
                ],
            );
        }
        for row in PLACES * a_place..rows {
            let Row { lines, end } = self.row::<END>(row);
            let words = self.words::<END>(&mut out.words[row * stride..]);
            for (line, words) in words.lines.iter_mut().enumerate() {
                write_line(simd, self.kernel, at(lines, line), None, words);
            }
            self.read_end(simd, end, words.end);
        }
    }

    /// Reads rows from several places, a line of each in turn.
    #[inline(always)]
    fn read_in_turn<S: Simd, const END: usize>(
        &self,
        simd: S,
        [a, b, c, d]: [Row<'_, B, END>; PLACES],
        [to_a, to_b, to_c, to_d]: [RowWords<'_, END>; PLACES],
    ) {
        read_in_turn(
            simd,
            self.kernel,
            [a.lines, b.lines, c.lines, d.lines],
            [to_a.lines, to_b.lines, to_c.lines, to_d.lines],
        );
        self.read_end(simd, a.end, to_a.end);
        self.read_end(simd, b.end, to_b.end);
        self.read_end(simd, c.end, to_c.end);
        self.read_end(simd, d.end, to_d.end);
    }

    #[inline(always)]
    fn read_end<S: Simd, const END: usize>(
        &self,
        simd: S,
        pixels: [&[[B; 64]; END]; 2],
        words: &mut [u64; END],
    ) {
        write_line(simd, self.kernel, pixels, Some(&self.valid), words);
    }

    /// Reads rows one by one, their ends word by word, and no pixels but theirs.
    #[inline(always)]
    fn read_alone<S: Simd>(&self, simd: S, rows: Range<usize>, out: &mut WordRows<'_>) {
        for row in rows {
            let first = row * self.width;
            let (end, after) = (first + self.lines() * LINE_PIXELS, first + self.width);
            let words = &mut out.words[row * out.stride..];
            let (lines, words) = words.split_at_mut(self.lines() * LINE);
            let [own, before] = self.pixels;
            let pixels = [
                whole_lines(&own[first..end]),
                whole_lines(&before[first..end]),
            ];
            read_lines(simd, self.kernel, pixels, lines.as_chunks_mut().0);
            for (word, start) in words.iter_mut().zip((end..after).step_by(64)) {
                let count = 64.min(after - start);
                *word = one_word(simd, self.kernel, self.pixels, start, count);
            }
        }
    }

    /// Rows whose `length` items end within `all` of them, if rows are `step` items from each
    /// other.
    #[inline(always)]
    fn rows_within(&self, all: usize, length: usize, step: usize) -> usize {
        match all.checked_sub(length) {
            Some(room) if room >= self.count.saturating_sub(1) * step => self.count,
            Some(room) => room / step + 1,
            None => 0,
        }
    }

    /// Whole lines of a row.
    #[inline(always)]
    fn lines(&self) -> usize {
        self.width / LINE_PIXELS
    }

    #[inline(always)]
    fn row<const END: usize>(&self, row: usize) -> Row<'p, B, END> {
        let [own, before] = self.pixels;
        let (own_lines, own_end) = self.parts(own, row);
        let (before_lines, before_end) = self.parts(before, row);
        Row {
            lines: [own_lines, before_lines],
            end: [own_end, before_end],
        }
    }

    /// The lines and the end of a row.
    #[inline(always)]
    fn parts<'b, const END: usize>(
        &self,
        pixels: &'b [B],
        row: usize,
    ) -> (&'b [Line<B>], &'b [[B; 64]; END]) {
        let in_lines = self.lines() * LINE_PIXELS;
        let row = &pixels[row * self.width..][..in_lines + 64 * END];
        let (lines, end) = row.split_at(in_lines);
        (whole_lines(lines), words_of(end))
    }

    /// The words of the row that is first of `words`.
    #[inline(always)]
    fn words<'w, const END: usize>(&self, words: &'w mut [u64]) -> RowWords<'w, END> {
        let words = &mut words[..self.lines() * LINE + END];
        let (lines, end) = words.split_at_mut(self.lines() * LINE);
        RowWords {
            lines: lines.as_chunks_mut().0,
            end: end.try_into().expect("an end has as many words"),
        }
    }
}

/// The pixels of so many words, of more pixels.
#[inline(always)]
fn words_of<B, const COUNT: usize>(pixels: &[B]) -> &[[B; 64]; COUNT] {
    let words = pixels.as_chunks().0.first_chunk();
    words.expect("there are so many pixels")
}

/// Eight words whose first `count` bits are set.
fn first_bits(count: usize) -> [u64; LINE] {
    let mut words = [0; LINE];
    words[..count / 64].fill(u64::MAX);
    if !count.is_multiple_of(64) {
        words[count / 64] = (1 << (count % 64)) - 1;
    }
    words
}
