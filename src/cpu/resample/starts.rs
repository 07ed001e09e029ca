//! Starts of some lines beside each other, and of all lines one after the other.

use super::weights::LANES;

/// Starts of [`LANES`] lines, each one's in order. Two at one position are none.
#[derive(Default)]
pub(super) struct LaneStarts {
    /// Those of each line, one line's room after another's.
    starts: Vec<u32>,
    room: usize,
    counts: [usize; LANES],
    last: [u32; LANES],
}

/// Starts that are copied at a time, some of which may be no starts.
const AT_ONCE: usize = 8;
/// Position at which no line has a start but the end of a mask that is as large as can be.
const NONE: u32 = u32::MAX;

impl LaneStarts {
    /// Makes room for `most` starts of each line.
    pub(super) fn begin(&mut self, most: usize) {
        self.room = most + AT_ONCE;
        if self.starts.len() < LANES * self.room {
            self.starts.resize(LANES * self.room, 0);
        }
    }

    /// Begins other lines.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        self.counts = [0; LANES];
        self.last = [NONE; LANES];
    }

    /// Adds a start at one of `places` to each line whose bit is set.
    #[inline(always)]
    pub(super) fn push_each(&mut self, lines: u64, places: [u32; LANES]) {
        let mut repeated = 0;
        for (lane, &place) in places.iter().enumerate() {
            repeated |= u64::from(place == self.last[lane]) << lane;
        }
        if repeated & lines != 0 {
            return self.push_one_by_one(lines, places);
        }
        // Without a branch for each line: no line with a start is like another.
        for (lane, &place) in places.iter().enumerate() {
            let is_set = lines >> lane & 1 == 1;
            self.starts[lane * self.room + self.counts[lane]] = place;
            self.counts[lane] += usize::from(is_set);
            self.last[lane] = if is_set { place } else { self.last[lane] };
        }
    }

    /// Adds a start at pixel `step` of each line whose bit is set.
    pub(super) fn push_at(&mut self, lines: u64, positions: [u32; LANES], step: u32) {
        self.push_one_by_one(lines, positions.map(|position| position.wrapping_add(step)));
    }

    #[cold]
    #[inline(never)]
    fn push_one_by_one(&mut self, lines: u64, places: [u32; LANES]) {
        for lane in (0..LANES).filter(|lane| lines >> lane & 1 == 1) {
            let own = &mut self.starts[lane * self.room..][..self.room];
            let count = &mut self.counts[lane];
            if *count > 0 && own[*count - 1] == places[lane] {
                *count -= 1;
            } else {
                own[*count] = places[lane];
                *count += 1;
            }
            self.last[lane] = if *count > 0 { own[*count - 1] } else { NONE };
        }
    }

    /// Bytes of memory that they take.
    pub(super) fn bytes(&self) -> usize {
        self.starts.capacity() * size_of::<u32>()
    }

    /// Starts of a line, and room for [`AT_ONCE`] after the last.
    #[inline(always)]
    pub(super) fn of(&self, lane: usize) -> (&[u32], usize) {
        (
            &self.starts[lane * self.room..][..self.room],
            self.counts[lane],
        )
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

    /// Adds a line whose state is `first` before the given starts.
    #[inline(always)]
    pub(super) fn push_line(&mut self, line: u32, first: bool, (starts, count): (&[u32], usize)) {
        self.reserve(count + 3 + AT_ONCE);
        if first != self.state {
            self.push(self.places.of(line));
        }
        self.state = first ^ (count % 2 == 1);
        if count > 0 {
            self.push_all(starts, count);
        }
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

    /// Adds the first `count` of the given starts.
    #[inline(always)]
    fn push_all(&mut self, starts: &[u32], count: usize) {
        self.push(starts[0]);
        let mut copied = 1;
        while copied < count {
            let some: &[u32; AT_ONCE] = starts[copied..].first_chunk().expect("there is room");
            self.starts[self.count..][..AT_ONCE].copy_from_slice(some);
            let new = AT_ONCE.min(count - copied);
            (copied, self.count) = (copied + new, self.count + new);
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
        let needed = self.count + more;
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
