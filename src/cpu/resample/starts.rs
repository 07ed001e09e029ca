//! Starts of some lines beside each other, and of all lines one after the other.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, mask32x8, u32x8};

use super::weights::LANES;

/// Starts of [`LANES`] lines, in the order of the cells they lie in.
#[derive(Default)]
pub(super) struct LaneStarts {
    all: Vec<LaneStart>,
    count: usize,
    has_repeated: bool,
}

/// A place in each line, and -1 for each line that has a start there, 0 for others.
#[derive(Debug, Clone, Copy, Default)]
struct LaneStart {
    places: [u32; LANES],
    are_starts: [i32; LANES],
}

impl LaneStarts {
    /// Makes room for `most` starts of each line.
    pub(super) fn begin(&mut self, most: usize) {
        // One more is written, and not counted.
        if self.all.len() < most + 1 {
            self.all.resize(most + 1, LaneStart::default());
        }
    }

    /// Begins other lines.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        (self.count, self.has_repeated) = (0, false);
    }

    /// Adds a start at one of `places` to each of some lines. `is_repeated` says that one may have
    /// its last there too: two at one position are none.
    #[inline(always)]
    pub(super) fn push<S: Simd>(
        &mut self,
        is_repeated: bool,
        lines: mask32x8<S>,
        places: u32x8<S>,
    ) {
        let start = &mut self.all[self.count];
        places.store_slice(&mut start.places);
        lines.to_vector().store_slice(&mut start.are_starts);
        self.count += usize::from(lines.any_true());
        self.has_repeated |= is_repeated;
    }

    /// Bytes of memory that they take.
    pub(super) fn bytes(&self) -> usize {
        self.all.capacity() * size_of::<LaneStart>()
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

    /// State before the next line.
    #[inline(always)]
    pub(super) fn state(&self) -> bool {
        self.state
    }

    /// Adds `count` lines from `line` on. Bits of `first` are their states before their starts.
    #[inline(always)]
    pub(super) fn push_lines(&mut self, line: u32, count: usize, first: u64, lanes: &LaneStarts) {
        self.reserve(count * (lanes.count + 3));
        for lane in 0..count {
            self.push_line(line + lane as u32, first >> lane & 1 == 1, lanes, lane);
        }
    }

    #[inline(always)]
    fn push_line(&mut self, line: u32, first: bool, lanes: &LaneStarts, lane: usize) {
        if first != self.state {
            self.push(self.places.of(line));
        }
        let before = self.count;
        let all = &lanes.all[..lanes.count];
        if lanes.has_repeated {
            for start in all.iter().filter(|start| start.are_starts[lane] != 0) {
                self.push(start.places[lane]);
            }
        } else {
            // Without a branch for each: no line has starts where another has them.
            let starts = &mut self.starts[..];
            let mut end = before;
            for start in all {
                starts[end] = start.places[lane];
                end += usize::from(start.are_starts[lane] != 0);
            }
            self.count = end;
        }
        self.state = first ^ (self.count.abs_diff(before) % 2 == 1);
        if self.state && self.places.are_apart() {
            self.push(self.places.of(line) + self.places.length);
            self.state = false;
        }
    }

    /// Ends the last line, after which all is background.
    pub(super) fn end(&mut self) {
        if self.state {
            self.reserve(1);
            let last = self.places.of(self.places.lines - 1);
            self.push(last + self.places.length);
            self.state = false;
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
        if self.count > 0 && self.starts[self.count - 1] == start {
            self.count -= 1;
        } else {
            self.starts[self.count] = start;
            self.count += 1;
        }
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
