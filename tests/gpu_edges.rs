//! Edges of the GPU's ways: masks that do not fit, more workgroups than a dimension holds, rows
//! that end with the buffer. Ignored without an adapter.

#[path = "support/gpu.rs"]
mod gpu;
mod support;

use std::sync::Arc;

use libtest_mimic::Failed;
use maskrle::wgpu::util::DeviceExt;
use maskrle::{Backend, BitOrder, ElementType, Encoder, GpuMasks, Masks, wgpu};
use ndarray::{Array3, Axis, s};
use support::*;

fn main() {
    gpu::run(
        "gpu_edges",
        || gpu::builder().build().map(Arc::new),
        [
            (
                "a_mask_that_does_not_fit_keeps_its_place",
                a_mask_that_does_not_fit_keeps_its_place,
            ),
            (
                "seventy_thousand_packed_masks",
                seventy_thousand_packed_masks,
            ),
            (
                "a_mask_as_large_as_the_memory_goes_alone",
                a_mask_as_large_as_the_memory_goes_alone,
            ),
            (
                "rows_that_end_in_the_last_vector",
                rows_that_end_in_the_last_vector,
            ),
        ],
    )
}

/// Runs and strings are in the order of the masks, though the CPU encodes the middle one last.
fn a_mask_that_does_not_fit_keeps_its_place(_: &Arc<Encoder>) -> Result<(), Failed> {
    let gpu = gpu::builder().memory(60_000).build()?;
    let mask = |[height, width]: [usize; 2], seed| {
        stack::<u8>([1, height, width], Pattern::Runs(7), seed).index_axis_move(Axis(0), 0)
    };
    // The bits of the middle one take more than a third of the memory, in either order.
    let arrays = [
        mask([20, 30], 1),
        mask([21, 30], 2),
        mask([3, 40_000], 3),
        mask([40, 30], 4),
        mask([30, 20], 5),
    ];
    check_batch(&of_encoder(&gpu), &arrays)?;
    check_batch(&through_coco(&gpu), &arrays)?;
    let tally = gpu.tally();
    // Four calls for runs, and one for strings.
    if (tally.cpu, tally.gpu) == (5, 4 * 5) {
        Ok(())
    } else {
        Err(format!("{tally:?}").into())
    }
}

/// More masks than a dimension holds workgroups, each of which takes one.
fn seventy_thousand_packed_masks(gpu: &Arc<Encoder>) -> Result<(), Failed> {
    let mut random = Random(31);
    let packed = Array3::from_shape_fn((70_000, 2, 1), |_| random.below(4) as u8);
    let masks = Masks::packed(&packed, 2, BitOrder::Little)?;
    let pixels = Array3::from_shape_fn((70_000, 2, 2), |(n, y, x)| packed[[n, y, 0]] >> x & 1);
    check(&of_encoder(gpu), &masks, |order| {
        oracle_of_stack(pixels.view(), order, i64::from)
    })?;
    // The CPU would hide what the GPU does not do. No other trial gives this encoder masks to it.
    match gpu.tally() {
        tally if tally.cpu > 0 => Err(format!("{tally:?}").into()),
        _ => Ok(()),
    }
}

/// A mask of 16384 x 16384 with the default memory, of which its bits alone take more than a
/// chunk's share, between others that go together; and a small one with as little memory.
fn a_mask_as_large_as_the_memory_goes_alone(_: &Arc<Encoder>) -> Result<(), Failed> {
    let cpu = Encoder::builder().backend(Backend::Cpu).build()?;
    let large = 16_384;
    let of_memory = [(None, large), (Some(1_000_000), 1024)];
    for (memory, side) in of_memory {
        let builder = gpu::builder();
        let gpu = match memory {
            Some(bytes) => builder.memory(bytes).build()?,
            None => builder.build()?,
        };
        let mut mask = Array3::<u8>::zeros((1, side, side));
        mask.slice_mut(s![0, side / 3.., ..side / 2]).fill(1);
        mask[[0, side - 1, side - 1]] = 1;
        let small = stack::<u8>([1, 40, 50], Pattern::Runs(30), 24);
        let arrays = [&small, &mask, &small, &small];
        let masks: Vec<_> = arrays
            .into_iter()
            .map(Masks::binary)
            .collect::<Result<_, _>>()?;
        let masks = Masks::batch(masks)?;
        if gpu.coco(&masks)? != cpu.coco(&masks)? {
            return Err(format!("{side}: other strings").into());
        }
        let tally = gpu.tally();
        if (tally.cpu, tally.gpu) != (0, 4) {
            return Err(format!("{side}: {tally:?}").into());
        }
    }
    Ok(())
}

/// Rows of 12 bytes at every 16th. The last row's vector is whole where the buffer holds the 4
/// bytes beyond the row, and not where it does not.
fn rows_that_end_in_the_last_vector(gpu: &Arc<Encoder>) -> Result<(), Failed> {
    let (device, _) = gpu.wgpu().ok_or("it has a device")?;
    let cpu = Encoder::builder().backend(Backend::Cpu).build()?;
    for height in [16, 31, 32, 33, 64] {
        for (spare, seed) in [(0, 1), (0, 2), (4, 3), (4, 4)] {
            let rows = stack::<u8>([1, height, 16], Pattern::Noise, seed);
            let bytes = rows.as_slice().ok_or("it is in one piece")?;
            let buffer = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
                label: None,
                contents: &bytes[..16 * height - 4 + spare],
                usage: wgpu::BufferUsages::STORAGE,
            });
            let on_device = GpuMasks::binary(&buffer, ElementType::U8, [1, height, 12])?.strides([
                16 * height,
                16,
                1,
            ]);
            let on_host = Masks::binary(rows.slice(s![.., .., ..12]))?;
            for order in ORDERS {
                if gpu.gpu_runs(&on_device, order)? != cpu.runs(&on_host, order)? {
                    return Err(format!("{height} rows, {spare} bytes more, {order:?}").into());
                }
            }
        }
    }
    Ok(())
}
