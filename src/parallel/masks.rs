//! Work on many masks, on all cores where it is worth handing out.

use ndarray::{ArrayViewMut2, ArrayViewMut3, Axis};

#[cfg(feature = "rayon")]
use super::{amounts::PIXELS_PER_TASK, threads};
use crate::Result;

/// Runs of a task that is worth handing to another core: some ten microseconds' work.
#[cfg(feature = "rayon")]
const RUNS_PER_TASK: u64 = 1 << 13;

/// Results of `work` for each index below `count`, in order. `runs` is the number of runs that it
/// goes through in all.
pub(crate) fn map<R: Send>(
    count: usize,
    runs: u64,
    work: impl Fn(usize) -> R + Sync + Send,
) -> Vec<R> {
    #[cfg(feature = "rayon")]
    if runs >= 2 * RUNS_PER_TASK && count > 1 && threads::are_there() {
        use rayon::prelude::*;
        let masks_per_task = (RUNS_PER_TASK * count as u64 / runs) as usize;
        return (0..count)
            .into_par_iter()
            .with_min_len(masks_per_task.max(1))
            .map(work)
            .collect();
    }
    let _ = runs;
    (0..count).map(work).collect()
}

/// Numbers that a task makes which is worth handing to another core.
#[cfg(feature = "rayon")]
const NUMBERS_PER_TASK: usize = 1 << 14;

/// Does `work` for each chunk of `size` numbers, given its index.
pub(crate) fn for_each_chunk<T: Send>(
    numbers: &mut [T],
    size: usize,
    work: impl Fn(usize, &mut [T]) + Sync + Send,
) {
    // Without numbers a chunk may have no size.
    let size = size.max(1);
    #[cfg(feature = "rayon")]
    if numbers.len() >= 2 * NUMBERS_PER_TASK && threads::are_there() {
        use rayon::prelude::*;
        numbers
            .par_chunks_mut(size)
            .with_min_len(NUMBERS_PER_TASK.div_ceil(size))
            .enumerate()
            .for_each(|(index, chunk)| work(index, chunk));
        return;
    }
    for (index, chunk) in numbers.chunks_mut(size).enumerate() {
        work(index, chunk);
    }
}

/// Joins `leaf` of each index below `count` two by two, then the results two by two, and so on:
/// what lies far apart is joined last. None if there is no index. `runs` is the number of runs of
/// all leaves.
pub(crate) fn reduce<T: Send>(
    count: usize,
    runs: u64,
    leaf: &(impl Fn(usize) -> T + Sync),
    join: &(impl Fn(T, T) -> T + Sync),
) -> Option<T> {
    (count > 0).then(|| reduce_range(0, count, runs, leaf, join))
}

fn reduce_range<T: Send>(
    first: usize,
    count: usize,
    runs: u64,
    leaf: &(impl Fn(usize) -> T + Sync),
    join: &(impl Fn(T, T) -> T + Sync),
) -> T {
    if count == 1 {
        return leaf(first);
    }
    let half = count / 2;
    let left = || reduce_range(first, half, runs / 2, leaf, join);
    let right = || reduce_range(first + half, count - half, runs / 2, leaf, join);
    let (left, right) = both(runs, left, right);
    join(left, right)
}

/// Results of two functions that go through `runs` runs in all.
fn both<T: Send>(
    runs: u64,
    left: impl FnOnce() -> T + Send,
    right: impl FnOnce() -> T + Send,
) -> (T, T) {
    #[cfg(feature = "rayon")]
    if runs >= 2 * RUNS_PER_TASK && threads::are_there() {
        return rayon::join(left, right);
    }
    let _ = runs;
    (left(), right())
}

/// Does `work` for each `[height, width]` of a stack.
pub(crate) fn try_for_each_mask<T: Send + Sync>(
    mut stack: ArrayViewMut3<'_, T>,
    work: impl Fn(usize, ArrayViewMut2<'_, T>) -> Result<()> + Sync + Send,
) -> Result<()> {
    #[cfg(feature = "rayon")]
    if stack.len() >= PIXELS_PER_TASK as usize && threads::are_there() {
        use rayon::prelude::*;
        let masks = stack.axis_iter_mut(Axis(0)).into_par_iter().enumerate();
        return masks.try_for_each(|(index, mask)| work(index, mask));
    }
    stack
        .axis_iter_mut(Axis(0))
        .enumerate()
        .try_for_each(|(index, mask)| work(index, mask))
}

#[cfg(all(test, feature = "rayon"))]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::Error;

    /// Runs around those from which on work is handed out, and a few times as many.
    const RUNS: [u64; 5] = [
        2 * RUNS_PER_TASK - 1,
        2 * RUNS_PER_TASK,
        2 * RUNS_PER_TASK + 1,
        9 * RUNS_PER_TASK,
        u64::MAX / 1000,
    ];

    #[test]
    fn results_are_in_order_however_the_work_is_handed_out() {
        for runs in RUNS {
            for count in [0, 1, 2, 3, 100, 1000] {
                let expected: Vec<usize> = (0..count).map(|index| 3 * index).collect();
                assert_eq!(map(count, runs, |index| 3 * index), expected);
                // Joining in another order gives another list.
                let leaf = |index: usize| vec![3 * index];
                let join = |left: Vec<usize>, right: Vec<usize>| [left, right].concat();
                let joined = reduce(count, runs, &leaf, &join);
                assert_eq!(joined.unwrap_or_default(), expected);
            }
        }
    }

    #[test]
    fn every_chunk_is_worked_on_with_its_index() {
        for size in [0, 1, 7, NUMBERS_PER_TASK, NUMBERS_PER_TASK + 1] {
            for length in [
                0,
                size,
                5 * size,
                2 * NUMBERS_PER_TASK,
                5 * NUMBERS_PER_TASK,
            ] {
                let mut numbers = vec![0; length];
                for_each_chunk(&mut numbers, size, |index, chunk| chunk.fill(index + 1));
                let expected = (0..length).map(|at| at / size.max(1) + 1);
                assert!(numbers.into_iter().eq(expected), "{length} by {size}");
            }
        }
    }

    #[test]
    fn every_mask_is_worked_on_around_the_pixels_of_a_task() {
        let pixels = PIXELS_PER_TASK as usize;
        for width in [pixels / 4 - 1, pixels / 4, pixels / 4 + 1] {
            let mut stack = Array3::<u8>::zeros((4, 1, width));
            try_for_each_mask(stack.view_mut(), |index, mut mask| {
                mask.fill(index as u8 + 1);
                Ok(())
            })
            .expect("no mask fails");
            for (index, mask) in stack.axis_iter(Axis(0)).enumerate() {
                assert!(mask.iter().all(|&pixel| pixel == index as u8 + 1));
            }
            let failed = try_for_each_mask(stack.view_mut(), |index, _| match index {
                3 => Err(Error::Input("the last".into())),
                _ => Ok(()),
            });
            assert_eq!(failed, Err(Error::Input("the last".into())));
        }
    }
}
