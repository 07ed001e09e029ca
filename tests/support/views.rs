//! Views of stacks whose strides are of every kind.

use ndarray::{Array3, ArrayView3, ShapeBuilder, s};

use super::stacks::{Pattern, Sample, stack};

/// Calls `check` with views of a stack: rows, columns and masks left out, axes reversed and
/// exchanged, pixels repeated, and masks as they lie in column-major memory.
pub fn each_strided<T: Sample>(
    seed: u64,
    mut check: impl FnMut(ArrayView3<'_, T>) -> Result<(), String>,
) -> Result<(), String> {
    let pixels = stack::<T>([6, 75, 83], Pattern::Runs(9), seed);
    let mut by_column = Array3::from_elem(pixels.dim().f(), T::sample(0));
    by_column.assign(&pixels);
    let column = stack::<T>([2, 40, 1], Pattern::Noise, seed + 1);
    let (mask, narrow) = (pixels.slice(s![..1, .., ..]), pixels.slice(s![.., .., ..1]));
    for view in [
        pixels.slice(s![.., ..;2, ..]),
        pixels.slice(s![.., .., 1..;3]),
        pixels.slice(s![1..;2, 3..70, 5..80;2]),
        pixels.slice(s![..;-1, ..;-1, ..;-1]),
        pixels.view().permuted_axes([0, 2, 1]),
        pixels.view().permuted_axes([2, 0, 1]),
        pixels.view().permuted_axes([1, 2, 0]),
        by_column.view(),
        by_column.slice(s![.., 1.., ..;2]),
        mask.broadcast((3, 75, 83)).expect("a mask is repeated"),
        column.broadcast((2, 40, 33)).expect("a column is repeated"),
        narrow.broadcast((6, 75, 33)).expect("a column is repeated"),
    ] {
        check(view)?;
    }
    Ok(())
}
