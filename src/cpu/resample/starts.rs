//! Starts of all lines, one after the other.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, mask32x8, u32x4, u32x8};

use super::weights::LANES;

/// Starts of [`LANES`] lines, in the order of the cells they lie in: one a line, or none.
#[derive(Default)]
pub(super) struct LaneStarts {
    all: Vec<[u32; LANES]>,
    count: usize,
    /// The starts of half the lines, a line after the other, [`BLOCK`] at a time.
    lines: Vec<[[u32; BLOCK]; BLOCK]>,
}

/// Starts of a line that are handled together, and lines too.
const BLOCK: usize = 4;
/// In the place of a start that is none. It may be at the end of the largest mask, where a start
/// makes no difference.
const NONE: u32 = u32::MAX;

impl LaneStarts {
    /// Begins other lines.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Adds a start at one of `places` to each line that is `changed`.
    #[inline(always)]
    pub(super) fn push<S: Simd>(&mut self, changed: mask32x8<S>, places: u32x8<S>) {
        // A whole block may be read.
        if self.all.len() < self.count + BLOCK {
            self.grow();
        }
        let unchanged = (!changed).to_vector().bitcast::<u32x8<S>>();
        (places | unchanged).store_slice(&mut self.all[self.count]);
        self.count += 1;
    }

    #[cold]
    fn grow(&mut self) {
        self.all.resize(2 * (self.count + BLOCK), [NONE; LANES]);
    }

    /// Fills the last block.
    #[inline(always)]
    fn fill(&mut self) {
        if let Some(beyond) = self
            .all
            .get_mut(self.count..self.count.next_multiple_of(BLOCK))
        {
            beyond.fill([NONE; LANES]);
        }
    }

    /// Puts the starts of [`BLOCK`] lines from `first` on into the order of lines.
    #[inline(always)]
    fn transpose<S: Simd>(&mut self, simd: S, first: usize) -> &[[[u32; BLOCK]; BLOCK]] {
        self.lines.clear();
        for cells in self.all[..self.count.next_multiple_of(BLOCK)]
            .as_chunks::<BLOCK>()
            .0
        {
            let mut rows = [u32x4::splat(simd, 0); BLOCK];
            for (row, cell) in rows.iter_mut().zip(cells) {
                *row = u32x4::from_slice(simd, &cell[first..][..BLOCK]);
            }
            let [first, second, third, fourth] = rows;
            let (evens, more_evens) = first.interleave(third);
            let (odds, more_odds) = second.interleave(fourth);
            let (first, second) = evens.interleave(odds);
            let (third, fourth) = more_evens.interleave(more_odds);
            let mut lines = [[0; BLOCK]; BLOCK];
            for (line, out) in [first, second, third, fourth].into_iter().zip(&mut lines) {
                line.store_slice(out);
            }
            self.lines.push(lines);
        }
        &self.lines
    }

    /// Bytes of memory that they take.
    pub(super) fn bytes(&self) -> usize {
        self.all.capacity() * size_of::<[u32; LANES]>()
            + self.lines.capacity() * size_of::<[[u32; BLOCK]; BLOCK]>()
    }
}

/// Where the lines of a window lie in the target.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LinePlaces {
    /// Position of the first pixel of the first line.
    pub(super) first: u32,
    /// Positions from one line to the next, which are the pixels of the target's lines.
    pub(super) step: u32,
    /// Pixels of a line.
    pub(super) length: u32,
    /// Number of lines.
    pub(super) lines: u32,
}

impl LinePlaces {
    /// Position of the first pixel of a line.
    #[inline(always)]
    fn of(self, line: u32) -> u32 {
        self.first + line * self.step
    }

    /// True if other pixels, which are background, lie between a line and the next.
    fn are_apart(self) -> bool {
        self.length < self.step
    }
}

/// Starts of a mask's lines, one after the other. Two at one position are none.
#[derive(Default)]
pub(super) struct LineStarts {
    starts: Vec<u32>,
    count: usize,
    places: LinePlaces,
    /// State before the next line.
    state: bool,
}

impl LineStarts {
    /// Begins a mask. Before the first line it is background.
    pub(super) fn begin(&mut self, places: LinePlaces) {
        (self.count, self.places, self.state) = (0, places, false);
    }

    /// Adds `count` lines from `line` on. Bits of `ends` are their states before their starts, and
    /// after them.
    #[inline(always)]
    pub(super) fn push_lines<S: Simd>(
        &mut self,
        simd: S,
        line: u32,
        count: usize,
        [first, last]: [u64; 2],
        lanes: &mut LaneStarts,
    ) {
        lanes.fill();
        self.reserve(count * (lanes.count + BLOCK + 2));
        let are_apart = self.places.are_apart();
        let none = u32x4::splat(simd, NONE);
        let out = &mut self.starts[..];
        let mut end = self.count;
        let mut position = self.places.of(line);
        // A bit for each line before which the state is another, and for each after which it is.
        let (before, after) = if are_apart {
            (first, last)
        } else {
            (first ^ (last << 1 | u64::from(self.state)), 0)
        };
        for half in (0..count).step_by(BLOCK) {
            let blocks = lanes.transpose(simd, half);
            for lane in half..count.min(half + BLOCK) {
                out[end] = position;
                end += (before >> lane & 1) as usize;
                for block in blocks {
                    let starts = u32x4::from_slice(simd, &block[lane % BLOCK]);
                    let are_none = starts.simd_eq(none);
                    starts
                        .compress(!are_none)
                        .store_slice(&mut out[end..][..BLOCK]);
                    end += BLOCK - are_none.to_bitmask().count_ones() as usize;
                }
                if are_apart {
                    out[end] = position + self.places.length;
                    end += (after >> lane & 1) as usize;
                }
                position = position.wrapping_add(self.places.step);
            }
        }
        self.count = end;
        self.state = !are_apart && last >> (count - 1) & 1 == 1;
    }

    /// Adds lines of one state.
    pub(super) fn push_uniform(&mut self, [begin, end]: [u32; 2], state: bool) {
        if self.places.are_apart() && state {
            for line in begin..end {
                self.reserve(2);
                self.push(self.places.of(line));
                self.push(self.places.of(line) + self.places.length);
            }
        } else if state != self.state && begin < end {
            self.reserve(1);
            self.push(self.places.of(begin));
            self.state = state;
        }
    }

    /// Ends the last line, after which all is background.
    #[inline(always)]
    pub(super) fn end(&mut self) {
        if self.state {
            let last = self.places.of(self.places.lines - 1);
            self.reserve(1);
            self.push(last + self.places.length);
        }
        self.drop_pairs();
    }

    /// Drops starts at one position, two by two.
    #[inline(always)]
    fn drop_pairs(&mut self) {
        let starts = &self.starts[..self.count];
        let nexts = starts.get(1..).unwrap_or_default();
        let pairs = starts.iter().zip(nexts);
        if pairs.fold(false, |any, (start, next)| any | (start == next)) {
            let count = std::mem::take(&mut self.count);
            for index in 0..count {
                let start = self.starts[index];
                if self.count > 0 && self.starts[self.count - 1] == start {
                    self.count -= 1;
                } else {
                    self.push(start);
                }
            }
        }
    }

    /// Adds the starts of a window that is scanned by itself, the first of them at its first pixel,
    /// which is foreground if `first` is true.
    pub(super) fn push_window(&mut self, starts: &[u32], first: bool, pixels: u32) {
        let LinePlaces { length, .. } = self.places;
        for run in starts[usize::from(!first)..].chunks(2) {
            let (mut start, end) = (run[0], run.get(1).map_or(pixels, |&end| end));
            while start < end {
                let (line, within) = (start / length, start % length);
                let stop = (within + (end - start)).min(length);
                self.reserve(2);
                self.push(self.places.of(line) + within);
                self.push(self.places.of(line) + stop);
                start += stop - within;
            }
        }
        self.drop_pairs();
    }

    /// Makes room for `more` starts.
    #[inline(always)]
    fn reserve(&mut self, more: usize) {
        // One more is written, and not counted.
        let needed = self.count + more + 1;
        if self.starts.len() < needed {
            self.starts.resize(2 * needed, 0);
        }
    }

    #[inline(always)]
    fn push(&mut self, start: u32) {
        self.starts[self.count] = start;
        self.count += 1;
    }

    /// The starts of a mask of `pixels`, without that of its first pixel, and true if this is
    /// foreground: then there is a start.
    pub(super) fn finish(&self, pixels: u32) -> (&[u32], bool) {
        let starts = &self.starts[..self.count];
        let starts = starts.strip_suffix(&[pixels]).unwrap_or(starts);
        match starts.strip_prefix(&[0]) {
            Some(starts) => (starts, true),
            None => (starts, false),
        }
    }

    /// Bytes of memory that they take.
    pub(super) fn bytes(&self) -> usize {
        self.starts.capacity() * size_of::<u32>()
    }
}
