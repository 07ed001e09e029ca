//! Ranges of masks that are worth a task, or a step, of their own.

use std::ops::Range;

use crate::pixel::Masks;

/// Splits a range of masks into parts of `least` pixels or more: of many small masks or one large
/// one.
pub(super) fn split(masks: &Masks<'_>, range: Range<usize>, least: u64) -> Vec<Range<usize>> {
    split_by(range, least, |index| masks.cost(index))
}

/// Splits a range into parts of `least` pixels or more each, but for the last, given what each
/// index costs, in pixels.
pub(super) fn split_by(
    range: Range<usize>,
    least: u64,
    cost: impl Fn(usize) -> u64,
) -> Vec<Range<usize>> {
    let mut tasks = Vec::new();
    let mut start = range.start;
    let mut pixels = 0;
    for index in range.clone() {
        pixels += cost(index);
        if pixels >= least || index + 1 == range.end {
            tasks.push(start..index + 1);
            start = index + 1;
            pixels = 0;
        }
    }
    tasks
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    /// Pixels of a task.
    const PIXELS: u64 = 1 << 10;

    /// Numbers of masks in each task of `count` masks of this height and width.
    fn split_stack(count: usize, [height, width]: [usize; 2]) -> Vec<usize> {
        let stack = Array3::<u8>::zeros((count, height, width));
        let masks = Masks::binary(&stack).expect("small");
        split(&masks, 0..count, PIXELS)
            .iter()
            .map(Range::len)
            .collect()
    }

    #[test]
    fn tasks_end_with_the_mask_that_fills_them() {
        let most = PIXELS as usize;
        assert_eq!(split_stack(0, [1, 1]), [0; 0]);
        assert_eq!(split_stack(5, [1, most - 1]), [2, 2, 1]);
        assert_eq!(split_stack(3, [1, most]), [1, 1, 1]);
        assert_eq!(split_stack(3, [1, most + 1]), [1, 1, 1]);
        assert_eq!(split_stack(5, [2, most / 4 - 1]), [3, 2]);
        assert_eq!(split_stack(5, [2, most / 4]), [2, 2, 1]);
    }

    #[test]
    fn masks_of_no_pixels_fill_tasks_too() {
        let a_task = PIXELS as usize / 64;
        for shape in [[0, 5], [1, 63], [1, 64]] {
            assert_eq!(split_stack(a_task - 1, shape), [a_task - 1]);
            assert_eq!(split_stack(a_task, shape), [a_task]);
            assert_eq!(split_stack(a_task + 1, shape), [a_task, 1]);
        }
    }
}
