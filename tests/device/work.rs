//! The number of dispatches, submissions, waits, uploads and bind groups for a stack.

use std::sync::Arc;

use libtest_mimic::Failed;
use maskrle::{Backend, ElementType, Encoder, GpuMasks, Masks, Order, Runs, wgpu};
use ndarray::{Array3, s};

use crate::gpu;
use crate::shared::Shared;
use crate::support::*;

/// Work between two counts: dispatches, submissions, waits, uploads and bind groups.
fn work_of(
    encoder: &Encoder,
    encode: impl FnOnce() -> Result<(), Failed>,
) -> Result<[u64; 5], Failed> {
    let before = encoder.gpu_work();
    encode()?;
    let after = encoder.gpu_work();
    Ok([
        after.dispatches - before.dispatches,
        after.submits - before.submits,
        after.waits - before.waits,
        after.uploads - before.uploads,
        after.bind_groups - before.bind_groups,
    ])
}

/// Work is that of a chunk, however many masks it holds.
pub fn work_does_not_grow_with_the_masks(_: &Arc<Shared>) -> Result<(), Failed> {
    let gpu = gpu::builder().build()?;
    let of = |n: usize, pattern| -> Result<_, Failed> {
        let pixels = stack::<u8>([n, 40, 50], pattern, 14);
        // The density of the last chunk decides how many starts come at once; and each of three
        // staging buffers has its own pixels to bind.
        for _ in 0..3 {
            gpu.runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?;
        }
        work_of(&gpu, || {
            gpu.runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?;
            Ok(())
        })
    };
    for pattern in [Pattern::Empty, Pattern::Runs(200), Pattern::Noise] {
        for n in [1, 10, 1000] {
            let work = of(n, pattern)?;
            if work != [3, 1, 1, 1, 0] {
                return Err(format!("{n} masks of {pattern:?}: {work:?}").into());
            }
        }
    }
    Ok(())
}

/// Masks on the device take as much: the passes that flag and compact them read their values too.
pub fn work_on_the_device_is_as_much(_: &Arc<Shared>) -> Result<(), Failed> {
    let encoder = gpu::builder().build()?;
    let (device, queue) = encoder.wgpu().ok_or("it has a device")?;
    let shared = Shared {
        device,
        queue,
        encoder,
    };
    let makes: [(&str, Make); 2] = [("binary", GpuMasks::binary), ("labels", GpuMasks::labels)];
    for (name, make) in makes {
        // Along the rows, across them, and of columns that share words.
        for (height, order) in [(40, ORDERS[0]), (40, ORDERS[1]), (8, ORDERS[1])] {
            for n in [1, 10, 1000] {
                let mut pixels = Array3::<u8>::zeros((n, height, 50));
                pixels.slice_mut(s![.., 3..6, 10..15]).fill(1);
                let elements = pixels.as_slice().ok_or("it is contiguous")?;
                let masks = shared.masks(elements, &pixels.view(), |buffer, shape| {
                    make(buffer, ElementType::U8, shape)
                })?;
                let encode = || {
                    shared.encoder.gpu_runs(&masks, order)?;
                    Ok(())
                };
                encode()?;
                let work = work_of(&shared.encoder, encode)?;
                if work != [3, 1, 1, 1, 0] {
                    return Err(format!("{n} {name} masks, {height} rows: {work:?}").into());
                }
            }
        }
    }
    Ok(())
}

/// Groups of other masks, and of buffers that have grown, are made anew, and bind what they should.
pub fn groups_are_kept_while_the_buffers_are_the_same(_: &Arc<Shared>) -> Result<(), Failed> {
    let gpu = gpu::builder().build()?;
    let cpu = cpu()?;
    for (round, n) in [1, 40, 3, 400, 2].into_iter().enumerate() {
        let pixels = stack::<u8>([n, 40, 50], Pattern::Runs(20), round as u64);
        let masks = Masks::binary(&pixels)?;
        for order in ORDERS {
            let mut last = [0; 5];
            for _ in 0..4 {
                last = work_of(&gpu, || {
                    match gpu.runs(&masks, order)? == cpu.runs(&masks, order)? {
                        true => Ok(()),
                        false => Err(format!("{n} masks, {order:?}: the runs differ").into()),
                    }
                })?;
                // A fresh device would hide that this one has given wrong starts.
                if last[0] != 3 {
                    return Err(format!("{n} masks, {order:?}: {last:?}").into());
                }
            }
            if last != [3, 1, 1, 1, 0] {
                return Err(format!("{n} masks, {order:?}: {last:?}").into());
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

type Make = fn(&wgpu::Buffer, ElementType, [usize; 3]) -> maskrle::Result<GpuMasks>;

/// A device with little memory for chunks, and the masks of a stack on it.
fn with_little_memory(pixels: &Array3<u8>, make: Make) -> Result<(Shared, GpuMasks), Failed> {
    let encoder = gpu::builder().memory(200_000).build()?;
    let (device, queue) = encoder.wgpu().ok_or("it has a device")?;
    let shared = Shared {
        device,
        queue,
        encoder,
    };
    let elements = pixels.as_slice().ok_or("it is contiguous")?;
    let masks = shared.masks(elements, &pixels.view(), |buffer, shape| {
        make(buffer, ElementType::U8, shape)
    })?;
    Ok((shared, masks))
}

fn cpu() -> maskrle::Result<Encoder> {
    Encoder::builder().backend(Backend::Cpu).build()
}

/// Runs of masks that are recorded into commands.
fn recorded(shared: &Shared, masks: &GpuMasks, order: Order) -> maskrle::Result<Runs> {
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let pending = shared.encoder.record(&mut commands, masks, order)?;
    shared.queue.submit([commands.finish()]);
    pending.wait()
}

/// Bytes of buffers that a stack of many masks takes beyond what one of few has taken.
fn growth(
    [few, many]: [usize; 2],
    encode: impl Fn(&Shared, &GpuMasks) -> maskrle::Result<Runs>,
) -> Result<u64, Failed> {
    let pixels = stack::<u8>([many, 100, 130], Pattern::Runs(400), 17);
    let (shared, all) = with_little_memory(&pixels, GpuMasks::binary)?;
    let first = pixels.slice(s![..few, .., ..]).to_owned();
    let elements = first.as_slice().ok_or("it is contiguous")?;
    let first = shared.masks(elements, &first.view(), |buffer, shape| {
        GpuMasks::binary(buffer, ElementType::U8, shape)
    })?;
    // The second time, as many starts are expected as there are.
    encode(&shared, &first)?;
    encode(&shared, &first)?;
    let before = shared.encoder.gpu_work();
    let runs = encode(&shared, &all)?;
    let after = shared.encoder.gpu_work();
    if runs != cpu()?.runs(&Masks::binary(&pixels)?, Order::RowMajor)? {
        return Err("the runs differ".into());
    }
    Ok(after.buffer_bytes - before.buffer_bytes)
}

/// Nine chunks and twenty-seven take the buffers that three have left.
pub fn scratch_does_not_grow_with_a_stack_on_the_device(_: &Arc<Shared>) -> Result<(), Failed> {
    let encode =
        |shared: &Shared, masks: &GpuMasks| shared.encoder.gpu_runs(masks, Order::RowMajor);
    for many in [90, 270] {
        let bytes = growth([30, many], encode)?;
        if bytes > 0 {
            return Err(format!("{bytes} bytes more for {many} masks").into());
        }
    }
    Ok(())
}

/// Of masks that are recorded the bits of all chunks are kept, 1628 bytes a mask, and the
/// readbacks, but not the room for their starts, which is as large as the bits.
pub fn recorded_chunks_share_the_room_for_starts(_: &Arc<Shared>) -> Result<(), Failed> {
    let encode = |shared: &Shared, masks: &GpuMasks| recorded(shared, masks, Order::RowMajor);
    let bytes = growth([30, 270], encode)?;
    let of_bits = 240 * 4 * (100 * 130u64).div_ceil(32);
    if bytes < of_bits || bytes > of_bits * 3 / 2 {
        return Err(format!("{bytes} bytes more, {of_bits} of them bits").into());
    }
    Ok(())
}

/// Starts that were not expected, of chunks whose starts others have overwritten.
pub fn unexpected_starts_of_recorded_chunks_are_made_again(_: &Arc<Shared>) -> Result<(), Failed> {
    let cpu = cpu()?;
    // More starts than words of bits; and fewer, but more than are expected.
    let [dense, sparse] =
        [Pattern::Noise, Pattern::Runs(60)].map(|of| stack::<u8>([90, 100, 130], of, 18));
    let cases = [
        (GpuMasks::binary as Make, Masks::binary(&dense)?, &dense),
        (GpuMasks::labels, Masks::labels(&dense)?, &dense),
        (GpuMasks::binary, Masks::binary(&sparse)?, &sparse),
        (GpuMasks::labels, Masks::labels(&sparse)?, &sparse),
    ];
    for (make, on_host, pixels) in cases {
        for density in [Pattern::Empty, Pattern::Noise] {
            let (shared, masks) = with_little_memory(pixels, make)?;
            // The density of what came last decides how many starts are expected.
            let before = stack::<u8>([3, 100, 130], density, 19);
            shared
                .encoder
                .runs(&Masks::binary(&before)?, Order::ColumnMajor)?;
            for order in ORDERS {
                if recorded(&shared, &masks, order)? != cpu.runs(&on_host, order)? {
                    return Err(format!("{make:?}, after {density:?}, {order:?}").into());
                }
            }
        }
    }
    Ok(())
}

/// Times of the passes are there if they were asked for, and then of each.
pub fn passes_are_timed_where_it_is_asked_for(shared: &Arc<Shared>) -> Result<(), Failed> {
    let pixels = stack::<u8>([3, 100, 130], Pattern::Runs(40), 19);
    let of = |is_asked_for: bool| -> Result<Vec<&str>, Failed> {
        let encoder = gpu::builder().time_passes(is_asked_for).build()?;
        encoder.runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?;
        Ok(encoder.pass_times().into_keys().collect())
    };
    if !of(false)?.is_empty() {
        return Err("passes are timed that nobody asked for".into());
    }
    let expected = match shared.device.adapter_info().backend {
        wgpu::Backend::Vulkan => vec!["compact_starts", "flag_across", "scan_blocks"],
        // Not all have timestamps.
        _ => return Ok(()),
    };
    let timed = of(true)?;
    if timed != expected {
        return Err(format!("{timed:?}").into());
    }
    Ok(())
}
