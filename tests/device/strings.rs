//! COCO's strings that the device writes, with areas and boxes.

use std::sync::Arc;

use libtest_mimic::Failed;
use maskrle::{Backend, ElementType, Encoder, GpuMasks, Masks, Order, Paste};
use ndarray::{Array3, s};

use crate::gpu;
use crate::shared::{Shared, check_same};
use crate::support::*;

/// Masks of u8 on the device.
fn on_device(shared: &Shared, pixels: &Array3<u8>) -> Result<GpuMasks, Failed> {
    let elements = pixels.as_slice().ok_or("it is contiguous")?;
    shared.masks(elements, &pixels.view(), |buffer, shape| {
        GpuMasks::binary(buffer, ElementType::U8, shape)
    })
}

/// Masks whose runs are long down the columns, of `length` pixels.
fn sparse([masks, height, width]: [usize; 3], length: u64, seed: u64) -> Array3<u8> {
    let transposed = stack::<u8>([masks, width, height], Pattern::Runs(length), seed);
    let pixels = transposed.permuted_axes([0, 2, 1]);
    Array3::from_shape_fn(pixels.dim(), |place| pixels[place])
}

/// A device of its own, on which nothing is known of masks yet.
fn fresh(memory: Option<u64>) -> Result<Shared, Failed> {
    let builder = match memory {
        Some(bytes) => gpu::builder().memory(bytes),
        None => gpu::builder(),
    };
    let encoder = builder.build()?;
    let (device, queue) = encoder.wgpu().ok_or("it has a device")?;
    Ok(Shared {
        device,
        queue,
        encoder,
    })
}

/// Dispatches, submissions and waits of one call, of which the strings are checked, and bytes of
/// new buffers.
fn work_of(shared: &Shared, pixels: &Array3<u8>) -> Result<([u64; 3], u64), Failed> {
    let masks = on_device(shared, pixels)?;
    let before = shared.encoder.gpu_work();
    let strings = shared.encoder.gpu_coco(&masks)?;
    let after = shared.encoder.gpu_work();
    let cpu = Encoder::builder().backend(Backend::Cpu).build()?;
    if strings != cpu.coco(&Masks::binary(pixels)?)? {
        return Err("the strings differ".into());
    }
    let work = [
        after.dispatches - before.dispatches,
        after.submits - before.submits,
        after.waits - before.waits,
    ];
    Ok((work, after.buffer_bytes - before.buffer_bytes))
}

fn expect_work(case: &str, work: [u64; 3], expected: [u64; 3]) -> Result<(), Failed> {
    match work == expected {
        true => Ok(()),
        false => Err(format!("{case}: {work:?} dispatches, submissions and waits").into()),
    }
}

/// Flags, scan and compaction; measures, scan and characters; one submission, one wait. Few runs a
/// mask, or dense masks, take the first three passes alone.
pub fn sparse_masks_take_three_passes_more(_: &Arc<Shared>) -> Result<(), Failed> {
    let shared = fresh(None)?;
    for (case, pixels, dispatches) in [
        ("sparse", sparse([64, 100, 130], 400, 41), 6),
        ("large", sparse([3, 1000, 700], 90, 41), 6),
        ("tiny", sparse([4000, 12, 17], 90, 41), 3),
        ("dense", stack::<u8>([64, 100, 130], Pattern::Noise, 41), 3),
    ] {
        // The last chunk decides what is expected.
        work_of(&shared, &pixels)?;
        let (work, _) = work_of(&shared, &pixels)?;
        expect_work(case, work, [dispatches, 1, 1])?;
    }
    Ok(())
}

/// More starts than were expected, and more characters: their starts are fetched, once.
pub fn strings_beyond_their_room_are_made_of_starts(_: &Arc<Shared>) -> Result<(), Failed> {
    let shared = fresh(None)?;
    let shape = [64, 200, 260];
    // Columns of each in turn: runs of one length, of a character each but for the first few.
    let even = |columns: usize| {
        Array3::from_shape_fn(shape, |(_, _, column)| u8::from(column / columns % 2 == 1))
    };
    let [few, many] = [16, 2].map(even);
    // Runs of 10, 10, 790 and 790 pixels in turn: as many, of three characters each.
    let uneven = Array3::from_shape_fn(shape, |(_, row, column)| {
        let place = (200 * column + row) % 1600;
        u8::from((10..20).contains(&place) || place >= 810)
    });
    let dense = stack::<u8>(shape, Pattern::Noise, 42);
    for (case, before, pixels) in [
        ("more starts", &few, &uneven),
        ("more characters", &many, &uneven),
        ("more starts than words", &few, &dense),
    ] {
        for _ in 0..3 {
            work_of(&shared, before)?;
        }
        let (work, _) = work_of(&shared, pixels)?;
        expect_work(case, work, [6, 2, 2])?;
    }
    Ok(())
}

/// Strings that are as many bytes as the starts are tried once, and not at the next call.
pub fn strings_of_long_numbers_are_not_tried_each_time(_: &Arc<Shared>) -> Result<(), Failed> {
    let shared = fresh(None)?;
    // Runs of 10, 10, 40000 and 40000 pixels in turn: of four characters each.
    let pixels = Array3::from_shape_fn([16, 1000, 1100], |(_, row, column)| {
        let place = (1000 * column + row) % 80_020;
        u8::from((10..20).contains(&place) || place >= 40_020)
    });
    for (case, expected) in [("the first call", [6, 1, 1]), ("the next", [3, 1, 1])] {
        let (work, _) = work_of(&shared, &pixels)?;
        expect_work(case, work, expected)?;
    }
    Ok(())
}

/// Masks of few runs and of long ones beside one of many, which make their strings worth it.
pub fn masks_of_few_runs_become_strings(_: &Arc<Shared>) -> Result<(), Failed> {
    let shared = fresh(None)?;
    for [height, width] in [[60, 70], [1, 4200], [4200, 1], [15, 280], [1000, 1100]] {
        let mut pixels = Array3::<u8>::zeros((14, height, width));
        let (last_row, last_column) = (height - 1, width - 1);
        pixels.slice_mut(s![1, .., ..]).fill(1);
        let corners = [
            [0, 0],
            [last_row, 0],
            [0, last_column],
            [last_row, last_column],
            [height / 2, width / 2],
        ];
        for (index, [row, column]) in corners.into_iter().enumerate() {
            pixels[[2 + index, row, column]] = 1;
            pixels.slice_mut(s![7 + index, .., ..]).fill(1);
            pixels[[7 + index, row, column]] = 0;
        }
        pixels.slice_mut(s![12, height / 3.., ..]).fill(1);
        let many = sparse([1, height, width], 23, 43);
        pixels.slice_mut(s![13.., .., ..]).assign(&many);
        let masks = on_device(&shared, &pixels)?;
        check_same(&shared, &masks, &Masks::binary(&pixels)?)?;
        let (work, _) = work_of(&shared, &pixels)?;
        expect_work(&format!("{height} x {width}"), work, [6, 1, 1])?;
    }
    Ok(())
}

/// Many chunks, of several masks and of one that is more than the memory, in buffers that few have
/// left.
pub fn strings_of_many_chunks_keep_to_the_memory(_: &Arc<Shared>) -> Result<(), Failed> {
    let pixels = sparse([270, 100, 130], 400, 44);
    let shared = fresh(Some(200_000))?;
    let few = pixels.slice(s![..30, .., ..]).to_owned();
    work_of(&shared, &few)?;
    work_of(&shared, &few)?;
    let ([dispatches, submits, waits], bytes) = work_of(&shared, &pixels)?;
    if submits < 9 || (dispatches, waits) != (6 * submits, submits) || bytes > 0 {
        return Err(format!("{dispatches}, {submits}, {waits}, {bytes} bytes").into());
    }
    let large = sparse([5, 1000, 1100], 700, 45);
    let masks = on_device(&shared, &large)?;
    check_same(&shared, &masks, &Masks::binary(&large)?)
}

/// Strings, areas and boxes of resampled masks are those of their runs.
pub fn resampled_masks_become_strings(_: &Arc<Shared>) -> Result<(), Failed> {
    let shared = fresh(None)?;
    let logits = Array3::from_shape_fn((9, 28, 30), |(mask, row, column)| {
        ((mask * 7 + row) as f32 * 0.4).sin() + (column as f32 * 0.3).cos() - 0.3
    });
    let elements = logits.as_slice().ok_or("it is contiguous")?;
    let masks = shared.masks(elements, &logits.view(), |buffer, shape| {
        GpuMasks::threshold(buffer, ElementType::F32, shape, 0.0)
    })?;
    let boxes: Vec<[f32; 4]> = (0..9)
        .map(|index| index as f32 * 10.0)
        .map(|at| [at - 12.5, at + 3.25, at + 150.0, at + 90.0])
        .collect();
    for resampled in [
        masks.clone().resized([300, 211])?,
        masks.pasted(&boxes, [240, 320], Paste::GridSample)?,
    ] {
        let runs = shared.encoder.gpu_runs(&resampled, Order::ColumnMajor)?;
        let before = shared.encoder.gpu_work().dispatches;
        let found = shared.encoder.gpu_instances(&resampled)?;
        let dispatches = shared.encoder.gpu_work().dispatches - before;
        let strings: Vec<_> = found
            .iter()
            .map(|found| found.segmentation.clone())
            .collect();
        let areas: Vec<_> = found.iter().map(|found| found.area).collect();
        let boxes: Vec<_> = found.iter().map(|found| found.bbox).collect();
        let is_same = strings == runs.to_coco()?
            && areas == runs.areas()
            && boxes == runs.bboxes()
            && strings == shared.encoder.gpu_coco(&resampled)?;
        if !is_same || dispatches != 6 {
            return Err(format!("{dispatches} dispatches, the same: {is_same}").into());
        }
    }
    Ok(())
}

/// Masks without pixels, none at all, and labels.
pub fn masks_without_pixels_have_strings(shared: &Arc<Shared>) -> Result<(), Failed> {
    let buffer = shared.buffer::<u8>(0, &[1; 16]);
    for shape in [[0, 4, 4], [3, 0, 4], [3, 4, 0]] {
        let masks = GpuMasks::binary(&buffer, ElementType::U8, shape)?;
        let [height, width] = [shape[1], shape[2]];
        let on_host = Array3::<u8>::zeros((shape[0], height, width));
        check_same(shared, &masks, &Masks::binary(&on_host)?)?;
    }
    let labels = GpuMasks::labels(&buffer, ElementType::U8, [1, 4, 4])?;
    for error in [
        shared.encoder.gpu_coco(&labels).err(),
        shared.encoder.gpu_instances(&labels).err(),
    ] {
        if !matches!(error, Some(maskrle::Error::Input(_))) {
            return Err(format!("{error:?}").into());
        }
    }
    Ok(())
}
