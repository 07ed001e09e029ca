//! Runs as they lie on scan lines: columns in column-major order, rows in row-major order.

use std::ops::Range;

use super::view::{MaskValues, MaskView};

/// Divides by a number that is not known before: the scan line of a position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines {
    length: u32,
    /// 2^64 / length, rounded up; 0 stands for 2^64.
    inverse: u64,
}

impl Lines {
    /// Lines of `length` pixels, which is not 0.
    pub(crate) fn new(length: u32) -> Self {
        Lines {
            length,
            inverse: (u64::MAX / u64::from(length)).wrapping_add(1),
        }
    }

    /// The line of a position, and the position on it.
    ///
    /// By the high half of a product with the inverse, which is exact for any two u32 (Lemire,
    /// Kaser and Kurz, Faster remainder by direct computation, 2019) and takes a sixth of a
    /// division's time.
    #[inline(always)]
    pub(crate) fn locate(self, position: u32) -> [u32; 2] {
        let line = match self.inverse {
            0 => position,
            inverse => ((u128::from(inverse) * u128::from(position)) >> 64) as u32,
        };
        [line, position - line * self.length]
    }
}

/// A rectangle of a run's pixels: some whole lines, or a segment of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) value: i64,
    pub(crate) lines: Range<u32>,
    /// Range of each of these lines.
    pub(crate) within: Range<u32>,
}

/// The runs of a mask as blocks, in scan order: at most three for each run, however many lines it
/// covers.
#[inline(always)]
pub(crate) fn blocks(mask: &MaskView<'_>, mut each: impl FnMut(Block)) {
    if mask.is_empty() {
        return;
    }
    let length = mask.lines()[0];
    let lines = Lines::new(length);
    let ends = mask.starts()[1..].iter().copied().chain([mask.pixels()]);
    let mut start = [0, 0];
    for (end, value) in ends.zip(mask.values()) {
        let end = lines.locate(end);
        run_blocks(value, [start, end], length, &mut each);
        start = end;
    }
}

/// The foreground of a mask alone, as [`blocks`]: a third of the time where most runs of the
/// background go from one line to the next.
#[inline(always)]
pub(crate) fn foreground_blocks(mask: &MaskView<'_>, mut each: impl FnMut(Block)) {
    if mask.is_empty() {
        return;
    }
    let length = mask.lines()[0];
    let lines = Lines::new(length);
    let mut block = |run: usize, value: i64| {
        let starts = mask.starts();
        let end = starts.get(run + 1).copied().unwrap_or(mask.pixels());
        let [start, end] = [starts[run], end].map(|position| lines.locate(position));
        run_blocks(value, [start, end], length, &mut each);
    };
    match mask.kind() {
        MaskValues::Binary { first } => {
            let runs = usize::from(!first)..mask.len();
            runs.step_by(2).for_each(|run| block(run, 1));
        }
        MaskValues::Labels { .. } => {
            let runs = mask.values().enumerate().filter(|&(_, value)| value != 0);
            runs.for_each(|(run, value)| block(run, value));
        }
    }
}

/// Blocks of a run from one place to before another, each a line and a position on it.
#[inline(always)]
fn run_blocks(
    value: i64,
    [[mut first, from], [last, to]]: [[u32; 2]; 2],
    length: u32,
    mut each: impl FnMut(Block),
) {
    let mut block = |lines, within| {
        each(Block {
            value,
            lines,
            within,
        });
    };
    if first == last {
        return block(first..first + 1, from..to);
    }
    if from > 0 {
        block(first..first + 1, from..length);
        first += 1;
    }
    if first < last {
        block(first..last, 0..length);
    }
    if to > 0 {
        block(last..last + 1, 0..to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_a_division() {
        let numbers = [
            0,
            1,
            2,
            3,
            5,
            7,
            1023,
            1024,
            1025,
            65_535,
            65_536,
            1 << 31,
            (1 << 31) + 1,
            u32::MAX - 1,
            u32::MAX,
        ];
        for length in numbers.into_iter().filter(|&length| length > 0) {
            for position in numbers
                .into_iter()
                .chain(numbers.map(|number| number.wrapping_mul(2_654_435_761)))
            {
                let expected = [position / length, position % length];
                assert_eq!(
                    Lines::new(length).locate(position),
                    expected,
                    "{position} / {length}"
                );
            }
        }
    }
}
