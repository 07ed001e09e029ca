//! Device-resident masks of every type, layout and size.

use std::sync::Arc;

use half::{bf16, f16};
use libtest_mimic::Failed;
use maskrle::{ElementType, GpuMasks, Masks};
use ndarray::{Array3, ShapeBuilder, s};

use crate::gpu;
use crate::shared::{Shared, check_same};
use crate::support::*;

pub fn every_type_and_predicate(shared: &Arc<Shared>) -> Result<(), Failed> {
    macro_rules! integers {
        ($($type:ty, $pixel:ident);*) => {$(
            for pattern in PATTERNS {
                let pixels = stack::<$type>([3, 37, 45], pattern, 1);
                let elements = pixels.as_slice().ok_or("it is in one piece")?;
                let make = |b: &_, shape| GpuMasks::binary(b, ElementType::$pixel, shape);
                let masks = shared.masks(elements, &pixels.view(), make)?;
                check_same(shared, &masks, &Masks::binary(&pixels)?)?;
                let make = |b: &_, shape| GpuMasks::labels(b, ElementType::$pixel, shape);
                let masks = shared.masks(elements, &pixels.view(), make)?;
                check_same(shared, &masks, &Masks::labels(&pixels)?)?;
            }
        )*};
    }
    macro_rules! floats {
        ($($type:ty, $pixel:ident);*) => {$(
            for (pattern, threshold) in PATTERNS.into_iter().zip([0.0, -0.5, 0.5, -1e9, 0.0]) {
                let pixels = stack::<$type>([3, 37, 45], pattern, 2);
                let elements = pixels.as_slice().ok_or("it is in one piece")?;
                let make =
                    |b: &_, shape| GpuMasks::threshold(b, ElementType::$pixel, shape, threshold);
                let masks = shared.masks(elements, &pixels.view(), make)?;
                check_same(shared, &masks, &Masks::threshold(&pixels, threshold)?)?;
            }
        )*};
    }
    integers!(u8, U8; i8, I8; u16, U16; i16, I16; u32, U32; i32, I32);
    floats!(f16, F16; bf16, Bf16; f32, F32);
    // Bool tensors of four bytes a pixel: 0 and 1.
    let bools = stack::<u32>([2, 40, 50], Pattern::Noise, 3).mapv(|pixel| pixel & 1);
    let elements = bools.as_slice().ok_or("it is contiguous")?;
    let masks = shared.masks(elements, &bools.view(), |b, shape| {
        GpuMasks::binary(b, ElementType::U32, shape)
    })?;
    check_same(
        shared,
        &masks,
        &Masks::binary(bools.mapv(|pixel| pixel != 0).view())?,
    )
}

pub fn any_strides_and_offsets_are_read(shared: &Arc<Shared>) -> Result<(), Failed> {
    fn check<T: maskrle::Integer + Sample>(
        shared: &Shared,
        pixel: ElementType,
    ) -> Result<(), Failed> {
        let pixels = stack::<T>([6, 75, 83], Pattern::Runs(9), 4);
        let mut fortran = Array3::from_elem(pixels.dim().f(), T::sample(0));
        fortran.assign(&pixels);
        let views = [
            pixels.view(),
            pixels.slice(s![1.., 2.., 3..]),
            pixels.slice(s![.., ..;2, ..]),
            pixels.slice(s![.., .., 1..;3]),
            pixels.slice(s![.., ..9, ..]),
            pixels.slice(s![.., ..1, ..]),
            pixels.slice(s![.., .., 4..5]),
            pixels.view().permuted_axes([0, 2, 1]),
            pixels.view().permuted_axes([2, 0, 1]),
            pixels.view().permuted_axes([1, 2, 0]),
            pixels.view().permuted_axes([2, 1, 0]),
        ];
        for view in views {
            let elements = pixels.as_slice().ok_or("it is contiguous")?;
            let masks = shared.masks(elements, &view, |b, shape| {
                GpuMasks::labels(b, pixel, shape)
            })?;
            check_same(shared, &masks, &Masks::labels(view)?)?;
            let masks = shared.masks(elements, &view, |b, shape| {
                GpuMasks::binary(b, pixel, shape)
            })?;
            check_same(shared, &masks, &Masks::binary(view)?)?;
        }
        let elements = fortran.as_slice_memory_order().ok_or("it is contiguous")?;
        let masks = shared.masks(elements, &fortran.view(), |b, shape| {
            GpuMasks::labels(b, pixel, shape)
        })?;
        check_same(shared, &masks, &Masks::labels(&fortran)?)?;
        // Repeated masks, rows and columns.
        let one = pixels.slice(s![..1, .., ..]);
        let row = pixels.slice(s![.., ..1, ..]);
        let column = pixels.slice(s![.., .., ..1]);
        for view in [
            one.broadcast((4, 75, 83)),
            row.broadcast((6, 40, 83)),
            column.broadcast((6, 75, 33)),
        ] {
            let view = view.ok_or("it can be repeated")?;
            let elements = pixels.as_slice().ok_or("it is contiguous")?;
            let masks = shared.masks(elements, &view, |b, shape| {
                GpuMasks::labels(b, pixel, shape)
            })?;
            check_same(shared, &masks, &Masks::labels(view)?)?;
        }
        Ok(())
    }
    check::<u8>(shared, ElementType::U8)?;
    check::<i16>(shared, ElementType::I16)?;
    check::<u32>(shared, ElementType::U32)
}

pub fn many_sizes_are_encoded(shared: &Arc<Shared>) -> Result<(), Failed> {
    let mut random = Random(5);
    for _ in 0..60 {
        let [n, height, width] =
            [1 + random.below(5), random.below(200), random.below(200)].map(|side| side as usize);
        let pixels = stack::<u8>(
            [n, height, width],
            PATTERNS[random.below(5) as usize],
            random.next(),
        );
        let elements = pixels.as_slice().ok_or("it is contiguous")?;
        let masks = shared.masks(elements, &pixels.view(), |b, shape| {
            GpuMasks::binary(b, ElementType::U8, shape)
        })?;
        check_same(shared, &masks, &Masks::binary(&pixels)?)?;
    }
    Ok(())
}

pub fn dense_labels_are_read_back_in_ranges(shared: &Arc<Shared>) -> Result<(), Failed> {
    let pixels = stack::<u16>([3, 200, 300], Pattern::Noise, 6);
    let elements = pixels.as_slice().ok_or("it is contiguous")?;
    let masks = shared.masks(elements, &pixels.view(), |b, shape| {
        GpuMasks::labels(b, ElementType::U16, shape)
    })?;
    check_same(shared, &masks, &Masks::labels(&pixels)?)
}

pub fn a_stack_in_several_chunks_keeps_its_order(_: &Arc<Shared>) -> Result<(), Failed> {
    let encoder = gpu::builder().memory(100_000).build()?;
    let (device, queue) = encoder.wgpu().ok_or("it has a device")?;
    let shared = Shared {
        device,
        queue,
        encoder,
    };
    let pixels = stack::<u8>([40, 100, 130], Pattern::Runs(40), 7);
    let elements = pixels.as_slice().ok_or("it is contiguous")?;
    let masks = shared.masks(elements, &pixels.view(), |b, shape| {
        GpuMasks::binary(b, ElementType::U8, shape)
    })?;
    check_same(&shared, &masks, &Masks::binary(&pixels)?)
}

/// Fewer bytes than a shader reads at once.
pub fn a_few_bytes_at_the_end_of_a_buffer_are_read(shared: &Arc<Shared>) -> Result<(), Failed> {
    let pixels = [0u8, 1, 1, 0];
    for before in [12, 256] {
        let buffer = shared.buffer(before, &pixels);
        let masks = GpuMasks::binary(&buffer, ElementType::U8, [1, 2, 2])?.offset(before as u64);
        check_same(shared, &masks, &Masks::binary((&pixels[..], [1, 2, 2]))?)?;
    }
    Ok(())
}

/// Masks at every place of small buffers whose sizes are not whole vectors, nor whole words.
pub fn any_place_in_a_buffer_of_any_size_is_read(shared: &Arc<Shared>) -> Result<(), Failed> {
    let mut random = Random(37);
    for size in 16..80u64 {
        let bytes: Vec<u8> = (0..size).map(|_| random.below(2) as u8).collect();
        let buffer = shared.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size,
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let whole = (size & !3) as usize;
        shared.queue.write_buffer(&buffer, 0, &bytes[..whole]);
        let [height, width] = [1 + random.below(4) as usize, 1 + random.below(4) as usize];
        let last = whole - height * width;
        for offset in [0, random.below(last as u64 + 1) as usize, last] {
            let masks = GpuMasks::binary(&buffer, ElementType::U8, [1, height, width])?;
            let pixels = &bytes[offset..offset + height * width];
            let on_host = Masks::binary((pixels, [1, height, width]))?;
            check_same(shared, &masks.offset(offset as u64), &on_host)?;
        }
    }
    Ok(())
}

/// Strings of dense masks are made of bits, of one mask or of several in a chunk.
pub fn dense_masks_become_strings(shared: &Arc<Shared>) -> Result<(), Failed> {
    for (shape, pattern) in [
        ([3, 200, 301], Pattern::Noise),
        ([400, 28, 28], Pattern::Noise),
        ([400, 28, 28], Pattern::Runs(9)),
        ([40, 15, 31], Pattern::Noise),
        ([2, 1000, 33], Pattern::Noise),
    ] {
        let pixels = stack::<u8>(shape, pattern, 23);
        let elements = pixels.as_slice().ok_or("it is contiguous")?;
        let masks = shared.masks(elements, &pixels.view(), |buffer, shape| {
            GpuMasks::binary(buffer, ElementType::U8, shape)
        })?;
        // First as starts were expected, then bits.
        for _ in 0..2 {
            check_same(shared, &masks, &Masks::binary(&pixels)?)?;
        }
    }
    Ok(())
}
