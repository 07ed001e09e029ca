//! The number of dispatches, submissions and waits for a stack.

use std::sync::Arc;

use libtest_mimic::Failed;
use maskrle::{Masks, Order};
use ndarray::Array3;

use crate::gpu;
use crate::shared::Shared;
use crate::support::*;

/// Dispatches, submissions and waits are those of a chunk, however many masks it holds.
pub fn work_does_not_grow_with_the_masks(_: &Arc<Shared>) -> Result<(), Failed> {
    let gpu = gpu::builder().build()?;
    let of = |n: usize, pattern| -> Result<_, Failed> {
        let pixels = stack::<u8>([n, 40, 50], pattern, 14);
        // The density of the last chunk decides how many starts come at once.
        gpu.runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?;
        let before = gpu.gpu_work();
        gpu.runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?;
        let after = gpu.gpu_work();
        Ok([
            after.dispatches - before.dispatches,
            after.submits - before.submits,
            after.waits - before.waits,
        ])
    };
    for pattern in [Pattern::Empty, Pattern::Runs(200), Pattern::Noise] {
        for n in [1, 10, 1000] {
            let work = of(n, pattern)?;
            if work != [3, 1, 1] {
                return Err(format!(
                    "{n} masks of {pattern:?}: {work:?} dispatches, submissions and waits"
                )
                .into());
            }
        }
    }
    Ok(())
}

/// One wait for each of six chunks, none for a mask.
pub fn a_large_stack_goes_in_chunks_that_overlap(_: &Arc<Shared>) -> Result<(), Failed> {
    let gpu = gpu::builder().build()?;
    let pixels = Array3::<u8>::zeros((30, 1024, 1024));
    let runs = gpu.runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?;
    let work = gpu.gpu_work();
    if runs.starts() != [0; 30] || (work.dispatches, work.submits, work.waits) != (18, 6, 6) {
        return Err(format!("{work:?}").into());
    }
    Ok(())
}
