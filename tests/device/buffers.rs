//! Buffers that do not hold the masks that they should.

use std::sync::Arc;

use libtest_mimic::Failed;
use maskrle::{ElementType, Error, GpuMasks, Order, wgpu};

use crate::shared::Shared;

pub fn wrong_buffers_are_errors(shared: &Arc<Shared>) -> Result<(), Failed> {
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
    let assert_error = |masks: maskrle::Result<GpuMasks>, words: &str| match masks
        .and_then(|masks| shared.encoder.gpu_runs(&masks, Order::RowMajor))
    {
        Err(Error::Input(why) | Error::Limit(why)) if why.contains(words) => Ok(()),
        other => Err(Failed::from(format!("{words}: {other:?}"))),
    };
    assert_error(
        GpuMasks::binary(&plain, ElementType::U8, [1, 10, 10]),
        "STORAGE",
    )?;
    assert_error(
        GpuMasks::binary(&small, ElementType::F32, [1, 5, 5]),
        "threshold",
    )?;
    assert_error(
        GpuMasks::threshold(&small, ElementType::U8, [1, 5, 5], 0.0),
        "float32",
    )?;
    assert_error(
        GpuMasks::threshold(&small, ElementType::F32, [1, 5, 5], f64::NAN),
        "not a number",
    )?;
    for wide in [ElementType::U64, ElementType::I64] {
        for masks in [GpuMasks::binary, GpuMasks::labels] {
            assert_error(masks(&small, wide, [1, 2, 3]), "narrow the pixels")?;
        }
    }
    assert_error(
        GpuMasks::threshold(&small, ElementType::F64, [1, 2, 3], 0.0),
        "narrow the pixels",
    )?;
    assert_error(
        GpuMasks::binary(&small, ElementType::U8, [1, 10, 11]),
        "byte 110, the buffer has 100",
    )?;
    assert_error(
        GpuMasks::binary(&small, ElementType::U8, [1, 10, 10]).map(|masks| masks.offset(1)),
        "byte 101",
    )?;
    assert_error(
        GpuMasks::binary(&odd, ElementType::U8, [1, 1, 101]),
        "needs 104",
    )?;
    assert_error(
        GpuMasks::binary(&small, ElementType::U8, [1, 1 << 20, 1 << 20]),
        "limit",
    )?;
    assert_error(
        GpuMasks::binary(&small, ElementType::U8, [usize::MAX, 0, 5]),
        "limit",
    )?;
    assert_error(
        GpuMasks::binary(&small, ElementType::U8, [9, 2, 2])
            .map(|masks| masks.strides([usize::MAX, 2, 1])),
        "2^64",
    )?;
    assert_error(
        GpuMasks::binary(&small, ElementType::U8, [1, 1, 1]).map(|masks| masks.offset(u64::MAX)),
        "2^64",
    )?;
    assert_error(
        GpuMasks::binary(&buffer(12, storage), ElementType::U8, [1, 3, 4]),
        "16 at least",
    )
}
