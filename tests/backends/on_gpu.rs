//! Tests of the GPU alone: chunks, windows, and masks left to the CPU.

use half::f16;
use libtest_mimic::Failed;
use maskrle::{Encoder, Masks, Order};
use ndarray::{Array2, s};

use crate::checks::no_fallback;
use crate::gpu;
use crate::support::*;

pub type GpuTest = fn(&Encoder) -> Result<(), Failed>;

/// Builds another encoder on the same kind of adapter, with a memory budget.
fn with_memory(bytes: u64) -> Result<Encoder, Failed> {
    Ok(gpu::builder().memory(bytes).build()?)
}

pub fn the_gpu_does_the_work(gpu: &Encoder) -> Result<(), Failed> {
    let before = gpu.tally();
    let pixels = stack::<u8>([5, 40, 50], Pattern::Noise, 20);
    gpu.runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?;
    let after = gpu.tally();
    // Other trials run on this encoder meanwhile, and none of them falls back.
    if after.gpu < before.gpu + 5 || after.cpu != before.cpu {
        return Err(format!("the tally went from {before:?} to {after:?}").into());
    }
    Ok(())
}

pub fn small_memory_makes_chunks(_: &Encoder) -> Result<(), Failed> {
    let gpu = with_memory(120_000)?;
    let backend = of_encoder(&gpu);
    check_binary(
        &backend,
        stack::<u8>([40, 50, 70], Pattern::Noise, 21).view(),
    )?;
    check_labels(
        &backend,
        stack::<i32>([10, 50, 70], Pattern::Runs(20), 22).view(),
    )?;
    check_sizes(&backend, (1..60).map(|side| [side, 130 - side]), 23)?;
    Ok(no_fallback(&gpu)?)
}

pub fn large_masks_go_through_windows(_: &Encoder) -> Result<(), Failed> {
    let gpu = with_memory(300_000)?;
    let backend = of_encoder(&gpu);
    for (seed, pattern) in PATTERNS.into_iter().enumerate() {
        check_binary(
            &backend,
            stack::<u8>([2, 333, 301], pattern, seed as u64).view(),
        )?;
        check_threshold(
            &backend,
            stack::<f16>([1, 300, 131], pattern, 30).view(),
            0.5,
            f16::from_f64(0.5),
        )?;
        // Rows that do not lie in one piece, scanned along and across.
        let wide = stack::<u8>([1, 300, 400], pattern, 31);
        check_labels(&backend, wide.slice(s![.., .., 3..350]))?;
        check_labels(&backend, wide.slice(s![.., ..;2, ..;-2]))?;
    }
    Ok(no_fallback(&gpu)?)
}

pub fn masks_that_do_not_fit_go_to_the_cpu(_: &Encoder) -> Result<(), Failed> {
    let gpu = with_memory(60_000)?;
    let backend = of_encoder(&gpu);
    // Three rows cannot be cut into windows of 32; the masks about them fit.
    check_batch(
        &backend,
        &[
            Array2::ones([20, 30]),
            Array2::ones([3, 40_000]),
            Array2::ones([40, 30]),
        ],
    )?;
    let tally = gpu.tally();
    if tally.cpu == 0 || tally.gpu < 4 {
        Err(format!("{tally:?}").into())
    } else {
        Ok(())
    }
}

/// The number of starts read back at once follows the last chunk: too few, too many and as bits all
/// come back whole.
pub fn density_changes_between_calls(gpu: &Encoder) -> Result<(), Failed> {
    let backend = of_encoder(gpu);
    for pattern in [
        Pattern::Empty,
        Pattern::Runs(50),
        Pattern::Noise,
        Pattern::Empty,
        Pattern::Checkerboard,
        Pattern::Runs(200),
    ] {
        check_binary(&backend, stack::<u8>([2, 500, 600], pattern, 24).view())?;
    }
    Ok(())
}
