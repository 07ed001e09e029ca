//! Masks that are on the GPU already, and what a GPU is asked to do for a stack. Ignored without an
//! adapter.

#[path = "support/gpu.rs"]
mod gpu;
mod support;

use half::{bf16, f16};
use libtest_mimic::{Arguments, Failed};
use maskrle::wgpu::util::DeviceExt;
use maskrle::{
    Backend, CocoRle, Element, ElementType, Encoder, Error, GpuMasks, Masks, Order, Runs, wgpu,
};
use ndarray::{Array3, ArrayView3, ShapeBuilder, s};
use std::sync::Arc;
use support::*;

fn main() {
    env_logger::init();
    let arguments = Arguments::from_args();
    let shared = gpu::device().and_then(|(device, queue)| {
        let encoder = Encoder::with_device(device.clone(), queue.clone())
            .map_err(|error| error.to_string())?;
        Ok(Arc::new(Shared {
            device,
            queue,
            encoder,
        }))
    });
    let trials = gpu::trials(
        "device",
        &shared,
        [
            ("every_type_and_question", every_type_and_question),
            ("any_strides_and_offsets", any_strides_and_offsets),
            ("many_sizes", many_sizes),
            (
                "dense_labels_come_by_stretches",
                dense_labels_come_by_stretches,
            ),
            ("a_stack_in_several_chunks", a_stack_in_several_chunks),
            (
                "recorded_into_the_callers_commands",
                recorded_into_the_callers_commands,
            ),
            ("awaited", awaited),
            (
                "what_was_never_submitted_is_an_error",
                what_was_never_submitted_is_an_error,
            ),
            (
                "a_few_bytes_at_the_end_of_a_buffer",
                a_few_bytes_at_the_end_of_a_buffer,
            ),
            ("wrong_buffers_are_told", wrong_buffers_are_told),
            ("a_lost_device_is_an_error", a_lost_device_is_an_error),
            (
                "work_does_not_grow_with_the_masks",
                work_does_not_grow_with_the_masks,
            ),
            (
                "a_large_stack_goes_in_chunks_that_overlap",
                a_large_stack_goes_in_chunks_that_overlap,
            ),
        ],
    );
    libtest_mimic::run(&arguments, trials).exit();
}

/// A device and an encoder that shares it.
struct Shared {
    device: wgpu::Device,
    queue: wgpu::Queue,
    encoder: Encoder,
}

impl Shared {
    /// A buffer of elements, some others before them, filled up to whole words.
    fn buffer<T: Element>(&self, before: usize, elements: &[T]) -> wgpu::Buffer {
        let mut bytes = vec![0xa5; before * size_of::<T>()];
        bytes.extend_from_slice(bytemuck::cast_slice(elements));
        bytes.resize(bytes.len().next_multiple_of(4), 0x5a);
        self.device
            .create_buffer_init(&wgpu::util::BufferInitDescriptor {
                label: None,
                contents: &bytes,
                usage: wgpu::BufferUsages::STORAGE,
            })
    }

    /// Masks that lie in a buffer as `view` lies in the array that `memory` is.
    fn masks<T: Sample>(
        &self,
        memory: &[T],
        view: &ArrayView3<'_, T>,
        make: impl Fn(&wgpu::Buffer, [usize; 3]) -> maskrle::Result<GpuMasks>,
    ) -> Result<GpuMasks, Failed> {
        let before = 5;
        let first = (view.as_ptr() as usize - memory.as_ptr() as usize) / size_of::<T>();
        let buffer = self.buffer(before, memory);
        let (n, height, width) = view.dim();
        let strides = [0, 1, 2].map(|axis| view.strides()[axis] as usize);
        Ok(make(&buffer, [n, height, width])?
            .offset((before + first) as u64)
            .strides(strides))
    }
}

/// Runs of masks on the device are those of the same masks on the host; their strings too.
fn same(shared: &Shared, on_device: &GpuMasks, on_host: &Masks<'_>) -> Result<(), Failed> {
    let cpu = Encoder::builder().backend(Backend::Cpu).build()?;
    for order in ORDERS {
        let (got, expected) = (
            shared.encoder.gpu_runs(on_device, order)?,
            cpu.runs(on_host, order)?,
        );
        if got != expected {
            return Err(format!(
                "{order:?} of {on_device:?}: {}",
                difference(&got, &expected)
            )
            .into());
        }
    }
    if let Ok(expected) = cpu.coco(on_host) {
        let got: Vec<CocoRle> = shared.encoder.gpu_coco(on_device)?;
        if got != expected {
            return Err("the strings differ".into());
        }
    }
    Ok(())
}

fn difference(got: &Runs, expected: &Runs) -> String {
    let at = got
        .starts()
        .iter()
        .zip(expected.starts())
        .take_while(|(a, b)| a == b)
        .count();
    format!(
        "start {at} of {} is {:?}, of {} it should be {:?}; values equal: {}",
        got.starts().len(),
        got.starts().get(at),
        expected.starts().len(),
        expected.starts().get(at),
        got.values() == expected.values()
    )
}

fn every_type_and_question(shared: &Arc<Shared>) -> Result<(), Failed> {
    macro_rules! integers {
        ($($type:ty, $pixel:ident);*) => {$(
            for pattern in PATTERNS {
                let pixels = stack::<$type>([3, 37, 45], pattern, 1);
                let memory = pixels.as_slice().ok_or("it is in one piece")?;
                let masks = shared.masks(memory, &pixels.view(), |b, shape| GpuMasks::binary(b, ElementType::$pixel, shape))?;
                same(shared, &masks, &Masks::binary(&pixels)?)?;
                let masks = shared.masks(memory, &pixels.view(), |b, shape| GpuMasks::labels(b, ElementType::$pixel, shape))?;
                same(shared, &masks, &Masks::labels(&pixels)?)?;
            }
        )*};
    }
    macro_rules! floats {
        ($($type:ty, $pixel:ident);*) => {$(
            for (pattern, threshold) in PATTERNS.into_iter().zip([0.0, -0.5, 0.5, -1e9, 0.0]) {
                let pixels = stack::<$type>([3, 37, 45], pattern, 2);
                let memory = pixels.as_slice().ok_or("it is in one piece")?;
                let make = |b: &_, shape| GpuMasks::threshold(b, ElementType::$pixel, shape, threshold);
                same(shared, &shared.masks(memory, &pixels.view(), make)?, &Masks::threshold(&pixels, threshold)?)?;
            }
        )*};
    }
    integers!(u8, U8; i8, I8; u16, U16; i16, I16; u32, U32; i32, I32);
    floats!(f16, F16; bf16, Bf16; f32, F32);
    // Bool tensors of four bytes a pixel: 0 and 1.
    let bools = stack::<u32>([2, 40, 50], Pattern::Noise, 3).mapv(|pixel| pixel & 1);
    let memory = bools.as_slice().ok_or("it is in one piece")?;
    let masks = shared.masks(memory, &bools.view(), |b, shape| {
        GpuMasks::binary(b, ElementType::U32, shape)
    })?;
    same(
        shared,
        &masks,
        &Masks::binary(bools.mapv(|pixel| pixel != 0).view())?,
    )
}

fn any_strides_and_offsets(shared: &Arc<Shared>) -> Result<(), Failed> {
    fn check<T: maskrle::Integer + Sample>(
        shared: &Shared,
        pixel: ElementType,
    ) -> Result<(), Failed> {
        let pixels = stack::<T>([6, 75, 83], Pattern::Stretches(9), 4);
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
            let memory = pixels.as_slice().ok_or("it is in one piece")?;
            let masks =
                shared.masks(memory, &view, |b, shape| GpuMasks::labels(b, pixel, shape))?;
            same(shared, &masks, &Masks::labels(view)?)?;
            let masks =
                shared.masks(memory, &view, |b, shape| GpuMasks::binary(b, pixel, shape))?;
            same(shared, &masks, &Masks::binary(view)?)?;
        }
        let memory = fortran
            .as_slice_memory_order()
            .ok_or("it is in one piece")?;
        let masks = shared.masks(memory, &fortran.view(), |b, shape| {
            GpuMasks::labels(b, pixel, shape)
        })?;
        same(shared, &masks, &Masks::labels(&fortran)?)?;
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
            let memory = pixels.as_slice().ok_or("it is in one piece")?;
            let masks =
                shared.masks(memory, &view, |b, shape| GpuMasks::labels(b, pixel, shape))?;
            same(shared, &masks, &Masks::labels(view)?)?;
        }
        Ok(())
    }
    check::<u8>(shared, ElementType::U8)?;
    check::<i16>(shared, ElementType::I16)?;
    check::<u32>(shared, ElementType::U32)
}

fn many_sizes(shared: &Arc<Shared>) -> Result<(), Failed> {
    let mut random = Random(5);
    for _ in 0..60 {
        let [n, height, width] =
            [1 + random.below(5), random.below(200), random.below(200)].map(|side| side as usize);
        let pixels = stack::<u8>(
            [n, height, width],
            PATTERNS[random.below(5) as usize],
            random.next(),
        );
        let memory = pixels.as_slice().ok_or("it is in one piece")?;
        let masks = shared.masks(memory, &pixels.view(), |b, shape| {
            GpuMasks::binary(b, ElementType::U8, shape)
        })?;
        same(shared, &masks, &Masks::binary(&pixels)?)?;
    }
    Ok(())
}

fn dense_labels_come_by_stretches(shared: &Arc<Shared>) -> Result<(), Failed> {
    let pixels = stack::<u16>([3, 200, 300], Pattern::Noise, 6);
    let memory = pixels.as_slice().ok_or("it is in one piece")?;
    let masks = shared.masks(memory, &pixels.view(), |b, shape| {
        GpuMasks::labels(b, ElementType::U16, shape)
    })?;
    same(shared, &masks, &Masks::labels(&pixels)?)
}

fn a_stack_in_several_chunks(_: &Arc<Shared>) -> Result<(), Failed> {
    let encoder = Encoder::builder()
        .backend(Backend::Gpu)
        .allow_software(true)
        .memory(100_000)
        .build()?;
    let (device, queue) = encoder.wgpu().ok_or("it has a device")?;
    let shared = Shared {
        device,
        queue,
        encoder,
    };
    let pixels = stack::<u8>([40, 100, 130], Pattern::Stretches(40), 7);
    let memory = pixels.as_slice().ok_or("it is in one piece")?;
    let masks = shared.masks(memory, &pixels.view(), |b, shape| {
        GpuMasks::binary(b, ElementType::U8, shape)
    })?;
    same(&shared, &masks, &Masks::binary(&pixels)?)
}

/// Masks of u8 and their runs.
fn some(shared: &Shared, seed: u64) -> Result<(GpuMasks, Runs), Failed> {
    let pixels = stack::<u8>([4, 50, 60], Pattern::Stretches(20), seed);
    let memory = pixels.as_slice().ok_or("it is in one piece")?;
    let masks = shared.masks(memory, &pixels.view(), |b, shape| {
        GpuMasks::binary(b, ElementType::U8, shape)
    })?;
    let cpu = Encoder::builder().backend(Backend::Cpu).build()?;
    Ok((
        masks,
        cpu.runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?,
    ))
}

fn recorded_into_the_callers_commands(shared: &Arc<Shared>) -> Result<(), Failed> {
    // Several in one submission, waited for in another order.
    let all = [some(shared, 8)?, some(shared, 9)?, some(shared, 10)?];
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let mut pending = Vec::new();
    for (masks, _) in &all {
        pending.push(
            shared
                .encoder
                .record(&mut commands, masks, Order::ColumnMajor)?,
        );
    }
    shared.queue.submit([commands.finish()]);
    for (pending, (_, expected)) in pending.into_iter().zip(&all).rev() {
        if pending.wait()? != *expected {
            return Err("the runs differ".into());
        }
    }
    Ok(())
}

fn awaited(shared: &Arc<Shared>) -> Result<(), Failed> {
    let (masks, expected) = some(shared, 11)?;
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let pending = shared
        .encoder
        .record(&mut commands, &masks, Order::ColumnMajor)?;
    shared.queue.submit([commands.finish()]);
    let runs = pollster::block_on(async { pending.await })?;
    if runs == expected {
        Ok(())
    } else {
        Err("the runs differ".into())
    }
}

fn what_was_never_submitted_is_an_error(shared: &Arc<Shared>) -> Result<(), Failed> {
    let (masks, _) = some(shared, 12)?;
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let pending = shared
        .encoder
        .record(&mut commands, &masks, Order::ColumnMajor)?;
    match pending.wait() {
        Err(Error::Gpu(_)) => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

/// Fewer bytes than a shader reads at once.
fn a_few_bytes_at_the_end_of_a_buffer(shared: &Arc<Shared>) -> Result<(), Failed> {
    let pixels = [0u8, 1, 1, 0];
    for before in [12, 256] {
        let buffer = shared.buffer(before, &pixels);
        let masks = GpuMasks::binary(&buffer, ElementType::U8, [1, 2, 2])?.offset(before as u64);
        same(shared, &masks, &Masks::binary((&pixels[..], [1, 2, 2]))?)?;
    }
    Ok(())
}

fn wrong_buffers_are_told(shared: &Arc<Shared>) -> Result<(), Failed> {
    let buffer = |size, usage| {
        shared.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size,
            usage,
            mapped_at_creation: false,
        })
    };
    let storage = wgpu::BufferUsages::STORAGE;
    let (small, odd, plain) = (
        buffer(100, storage),
        buffer(102, storage),
        buffer(100, wgpu::BufferUsages::COPY_DST),
    );
    let told = |masks: maskrle::Result<GpuMasks>, words: &str| match masks
        .and_then(|masks| shared.encoder.gpu_runs(&masks, Order::RowMajor))
    {
        Err(Error::Input(why) | Error::Limit(why)) if why.contains(words) => Ok(()),
        other => Err(Failed::from(format!("{words}: {other:?}"))),
    };
    told(
        GpuMasks::binary(&plain, ElementType::U8, [1, 10, 10]),
        "STORAGE",
    )?;
    told(
        GpuMasks::binary(&small, ElementType::F32, [1, 5, 5]),
        "threshold",
    )?;
    told(
        GpuMasks::threshold(&small, ElementType::U8, [1, 5, 5], 0.0),
        "float32",
    )?;
    told(
        GpuMasks::threshold(&small, ElementType::F32, [1, 5, 5], f64::NAN),
        "not a number",
    )?;
    for wide in [ElementType::U64, ElementType::I64] {
        told(
            GpuMasks::binary(&small, wide, [1, 2, 3]),
            "narrow the pixels",
        )?;
        told(
            GpuMasks::labels(&small, wide, [1, 2, 3]),
            "narrow the pixels",
        )?;
    }
    told(
        GpuMasks::threshold(&small, ElementType::F64, [1, 2, 3], 0.0),
        "narrow the pixels",
    )?;
    told(
        GpuMasks::binary(&small, ElementType::U8, [1, 10, 11]),
        "byte 110, the buffer has 100",
    )?;
    told(
        GpuMasks::binary(&small, ElementType::U8, [1, 10, 10]).map(|masks| masks.offset(1)),
        "byte 101",
    )?;
    told(
        GpuMasks::binary(&odd, ElementType::U8, [1, 1, 101]),
        "needs 104",
    )?;
    told(
        GpuMasks::binary(&small, ElementType::U8, [1, 1 << 20, 1 << 20]),
        "limit",
    )?;
    told(
        GpuMasks::binary(&small, ElementType::U8, [usize::MAX, 0, 5]),
        "limit",
    )?;
    told(
        GpuMasks::binary(&small, ElementType::U8, [9, 2, 2])
            .map(|masks| masks.strides([usize::MAX, 2, 1])),
        "2^64",
    )?;
    told(
        GpuMasks::binary(&small, ElementType::U8, [1, 1, 1]).map(|masks| masks.offset(u64::MAX)),
        "2^64",
    )?;
    told(
        GpuMasks::binary(&buffer(12, storage), ElementType::U8, [1, 3, 4]),
        "16 at least",
    )
}

fn a_lost_device_is_an_error(_: &Arc<Shared>) -> Result<(), Failed> {
    let (device, queue) = gpu::device()?;
    let encoder = Encoder::with_device(device.clone(), queue.clone())?;
    let shared = Shared {
        device,
        queue,
        encoder,
    };
    let (masks, expected) = some(&shared, 13)?;
    if shared.encoder.gpu_runs(&masks, Order::ColumnMajor)? != expected {
        return Err("the runs differ".into());
    }
    let mut commands = shared.device.create_command_encoder(&Default::default());
    let pending = shared
        .encoder
        .record(&mut commands, &masks, Order::ColumnMajor)?;
    shared.queue.submit([commands.finish()]);
    shared.device.destroy();
    // The one may have been done before; masks that come after cannot.
    if let Ok(runs) = pending.wait()
        && runs != expected
    {
        return Err("the runs differ".into());
    }
    match shared.encoder.gpu_runs(&masks, Order::ColumnMajor) {
        Err(Error::Gpu(_)) => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

/// Dispatches, submissions and waits are those of a chunk, however many masks it holds.
fn work_does_not_grow_with_the_masks(_: &Arc<Shared>) -> Result<(), Failed> {
    let gpu = Encoder::builder()
        .backend(Backend::Gpu)
        .allow_software(true)
        .build()?;
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
    for pattern in [Pattern::Empty, Pattern::Stretches(200), Pattern::Noise] {
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
fn a_large_stack_goes_in_chunks_that_overlap(_: &Arc<Shared>) -> Result<(), Failed> {
    let gpu = Encoder::builder()
        .backend(Backend::Gpu)
        .allow_software(true)
        .build()?;
    let pixels = Array3::<u8>::zeros((30, 1024, 1024));
    let runs = gpu.runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?;
    let work = gpu.gpu_work();
    if runs.starts() != [0; 30] || (work.dispatches, work.submits, work.waits) != (18, 6, 6) {
        return Err(format!("{work:?}").into());
    }
    Ok(())
}
