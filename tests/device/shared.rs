//! A device with an encoder that shares it, masks on it, and their comparison with the host's.

use libtest_mimic::Failed;
use maskrle::wgpu::util::DeviceExt;
use maskrle::{
    Backend, CocoRle, Element, ElementType, Encoder, GpuMasks, Masks, Order, Runs, wgpu,
};
use ndarray::ArrayView3;

use crate::support::*;

/// A device and an encoder that shares it.
pub struct Shared {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub encoder: Encoder,
}

impl Shared {
    /// A buffer of elements, some others before them, filled up to whole words.
    pub fn buffer<T: Element>(&self, before: usize, elements: &[T]) -> wgpu::Buffer {
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

    /// Masks that lie in a buffer as `view` lies in the array that `elements` is.
    pub fn masks<T: Sample>(
        &self,
        elements: &[T],
        view: &ArrayView3<'_, T>,
        make: impl Fn(&wgpu::Buffer, [usize; 3]) -> maskrle::Result<GpuMasks>,
    ) -> Result<GpuMasks, Failed> {
        let before = 5;
        let first = (view.as_ptr() as usize - elements.as_ptr() as usize) / size_of::<T>();
        let buffer = self.buffer(before, elements);
        let (n, height, width) = view.dim();
        let strides = [0, 1, 2].map(|axis| view.strides()[axis] as usize);
        Ok(make(&buffer, [n, height, width])?
            .offset((before + first) as u64)
            .strides(strides))
    }
}

/// An error unless device-resident masks have the runs, strings, areas and boxes of the same masks
/// on the host.
pub fn check_same(
    shared: &Shared,
    on_device: &GpuMasks,
    on_host: &Masks<'_>,
) -> Result<(), Failed> {
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
        if shared.encoder.gpu_instances(on_device)? != cpu.instances(on_host)? {
            return Err("the strings, areas or boxes differ".into());
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

/// Masks of u8 and their runs.
pub fn masks_and_runs(shared: &Shared, seed: u64) -> Result<(GpuMasks, Runs), Failed> {
    let pixels = stack::<u8>([4, 50, 60], Pattern::Runs(20), seed);
    let elements = pixels.as_slice().ok_or("it is contiguous")?;
    let masks = shared.masks(elements, &pixels.view(), |b, shape| {
        GpuMasks::binary(b, ElementType::U8, shape)
    })?;
    let cpu = Encoder::builder().backend(Backend::Cpu).build()?;
    Ok((
        masks,
        cpu.runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?,
    ))
}
