//! Work on many masks, on all cores where it is worth handing out.

use std::ops::Range;

use ndarray::{ArrayViewMut2, ArrayViewMut3, Axis};

use super::amounts::PIXELS_PER_TASK;
#[cfg(feature = "rayon")]
use super::{queue, threads};
use crate::Result;

/// Runs that are worth handing out: 0.1 ms of work, as long as threads take to wake.
const RUNS_OF_SEVERAL_TASKS: u64 = 1 << 14;
/// Runs of a task: some ten microseconds' work.
const RUNS_PER_TASK: u64 = 1 << 11;
/// Numbers that a task makes.
const NUMBERS_PER_TASK: usize = 1 << 14;

/// Results of `work` for each index below `count`, in order. `runs` is the number of runs that it
/// goes through in all.
pub(crate) fn map<R: Send>(
    count: usize,
    runs: u64,
    work: impl Fn(usize) -> R + Sync + Send,
) -> Vec<R> {
    if runs < RUNS_OF_SEVERAL_TASKS {
        return (0..count).map(work).collect();
    }
    let of_range = |range: Range<usize>| range.map(&work).collect::<Vec<_>>();
    map_ranges(count, runs, of_range)
        .into_iter()
        .flatten()
        .collect()
}

/// Results of `work` for ranges of the indices below `count`, in order. `runs` is the number of
/// runs that it goes through in all.
pub(crate) fn map_ranges<R: Send>(
    count: usize,
    runs: u64,
    work: impl Fn(Range<usize>) -> R + Sync + Send,
) -> Vec<R> {
    match runs < RUNS_OF_SEVERAL_TASKS {
        true => vec![work(0..count)],
        false => each_of(true, tasks(count, runs, RUNS_PER_TASK), work),
    }
}

/// Does `work` for each chunk of `size` numbers, given its index.
pub(crate) fn for_each_chunk<T: Send>(
    numbers: &mut [T],
    size: usize,
    work: impl Fn(usize, &mut [T]) + Sync + Send,
) {
    // Without numbers a chunk may have no size.
    let size = size.max(1);
    let is_shared = numbers.len() >= 2 * NUMBERS_PER_TASK;
    let chunks_per_task = NUMBERS_PER_TASK.div_ceil(size);
    let tasks = numbers.chunks_mut(chunks_per_task * size).enumerate();
    each_of(is_shared, tasks.collect(), |(task, numbers)| {
        for (index, chunk) in numbers.chunks_mut(size).enumerate() {
            work(task * chunks_per_task + index, chunk);
        }
    });
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
    let is_shared = runs >= RUNS_OF_SEVERAL_TASKS;
    let reduce_task = |task| reduce_range(task, leaf, join);
    let runs_per_task = match is_shared {
        // Few tasks, since each joining of all is handed out again.
        #[cfg(feature = "rayon")]
        true => RUNS_PER_TASK.max(runs / (2 * threads::count() as u64)),
        _ => runs,
    };
    let mut joined = each_of(is_shared, tasks(count, runs, runs_per_task), reduce_task);
    while joined.len() > 1 {
        let mut rest = joined.into_iter();
        let pairs = std::iter::from_fn(|| rest.next().map(|left| (left, rest.next())));
        joined = each_of(is_shared, pairs.collect(), |(left, right)| match right {
            Some(right) => join(left, right),
            None => left,
        });
    }
    joined.pop()
}

fn reduce_range<T>(
    range: Range<usize>,
    leaf: &impl Fn(usize) -> T,
    join: &impl Fn(T, T) -> T,
) -> T {
    if range.len() == 1 {
        return leaf(range.start);
    }
    let middle = range.start + range.len() / 2;
    let left = reduce_range(range.start..middle, leaf, join);
    join(left, reduce_range(middle..range.end, leaf, join))
}

/// Does `work` for each `[height, width]` of a stack. The error is that of the first mask that has
/// one.
pub(crate) fn try_for_each_mask<T: Send + Sync>(
    mut stack: ArrayViewMut3<'_, T>,
    work: impl Fn(usize, ArrayViewMut2<'_, T>) -> Result<()> + Sync + Send,
) -> Result<()> {
    let masks = stack.len_of(Axis(0)).max(1);
    let pixels = stack.len().div_ceil(masks).max(1);
    let a_task = (PIXELS_PER_TASK as usize).div_ceil(pixels).min(masks);
    let tasks = stack.axis_chunks_iter_mut(Axis(0), a_task).enumerate();
    let do_task = |(task, mut masks): (usize, ArrayViewMut3<'_, T>)| {
        let mut masks = masks.axis_iter_mut(Axis(0)).enumerate();
        masks.try_for_each(|(index, mask)| work(task * a_task + index, mask))
    };
    let done = each_of(true, tasks.collect(), do_task);
    done.into_iter().collect()
}

/// The indices below `count` in ranges that are a task each, given the runs of all.
fn tasks(count: usize, runs: u64, runs_per_task: u64) -> Vec<Range<usize>> {
    let a_task = (u128::from(runs_per_task) * count as u128).checked_div(runs.into());
    let a_task = a_task.map_or(count, |masks| masks as usize).max(1);
    let firsts = (0..count).step_by(a_task);
    firsts
        .map(|first| first..count.min(first + a_task))
        .collect()
}

/// Results of `work` for each item, in order, on all cores if the work `is_shared`.
fn each_of<T: Send, R: Send>(
    is_shared: bool,
    items: Vec<T>,
    work: impl Fn(T) -> R + Sync + Send,
) -> Vec<R> {
    #[cfg(feature = "rayon")]
    if is_shared && items.len() > 1 {
        return queue::each_of(items, work);
    }
    let _ = is_shared;
    items.into_iter().map(work).collect()
}

#[cfg(all(test, feature = "rayon"))]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::Error;

    /// Runs around those from which on work is handed out, and a few times as many.
    const RUNS: [u64; 6] = [
        0,
        RUNS_OF_SEVERAL_TASKS - 1,
        RUNS_OF_SEVERAL_TASKS,
        RUNS_OF_SEVERAL_TASKS + 1,
        9 * RUNS_OF_SEVERAL_TASKS,
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
