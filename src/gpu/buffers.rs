//! The buffers of a device, kept from chunk to chunk: a fresh one costs its zeroing, and staging its first use.

use wgpu::{Buffer, BufferDescriptor, BufferUsages, Device, MapMode};

use super::device::GpuDevice;
use super::passes::{BLOCK_WORDS, Params, Stripe};
use crate::{Error, Result};

/// A buffer that grows.
#[derive(Debug)]
pub(super) struct Grown {
    buffer: Buffer,
    label: &'static str,
}

impl Grown {
    fn new(device: &Device, label: &'static str, usage: BufferUsages) -> Self {
        Grown { buffer: create(device, label, usage, 4), label }
    }

    /// Makes it hold at least `bytes`.
    fn hold(&mut self, device: &Device, bytes: u64) {
        let bytes = bytes.next_multiple_of(4).max(4);
        if self.buffer.size() < bytes {
            // Half as much again, so that slowly growing chunks do not make a buffer each; never past what may be bound.
            let most = device.limits().max_storage_buffer_binding_size.min(device.limits().max_buffer_size) & !3;
            let roomy = (self.buffer.size() / 2 * 3).next_multiple_of(4).min(most).max(bytes);
            self.buffer.destroy();
            self.buffer = create(device, self.label, self.buffer.usage(), roomy);
        }
    }
}

impl std::ops::Deref for Grown {
    type Target = Buffer;

    fn deref(&self) -> &Buffer {
        &self.buffer
    }
}

fn create(device: &Device, label: &str, usage: BufferUsages, size: u64) -> Buffer {
    device.create_buffer(&BufferDescriptor { label: Some(label), size, usage, mapped_at_creation: false })
}

/// What a chunk is encoded in.
#[derive(Debug)]
pub(super) struct Buffers {
    /// Pixels on their way to the device.
    pub(super) upload: Grown,
    pub(super) pixels: Grown,
    /// Parameters and stripes of the window that is flagged.
    pub(super) window_params: Grown,
    pub(super) window_stripes: Grown,
    /// Parameters and stripes of the chunk.
    pub(super) params: Grown,
    pub(super) stripes: Grown,
    pub(super) bits: Grown,
    pub(super) blocks: Grown,
    pub(super) summary: Grown,
    pub(super) starts: Grown,
    /// Results on their way to the host.
    pub(super) readback: Grown,
}

impl Buffers {
    pub(super) fn new(device: &Device) -> Self {
        let storage = BufferUsages::STORAGE;
        let (to, from) = (BufferUsages::COPY_DST, BufferUsages::COPY_SRC);
        let grown = |label, usage| Grown::new(device, label, usage);
        Buffers {
            upload: grown("upload", BufferUsages::MAP_WRITE | from),
            pixels: grown("pixels", storage | to),
            window_params: grown("window params", BufferUsages::UNIFORM | to),
            window_stripes: grown("window stripes", storage | to),
            params: grown("params", BufferUsages::UNIFORM | to),
            stripes: grown("stripes", storage | to),
            bits: grown("bits", storage | from),
            blocks: grown("blocks", storage),
            summary: grown("summary", storage | from),
            starts: grown("starts", storage | from),
            readback: grown("readback", BufferUsages::MAP_READ | to),
        }
    }

    /// Room for a chunk of so many words of bits and masks, whose largest window has so many bytes of pixels and stripes.
    pub(super) fn hold(&mut self, device: &Device, words: u32, masks: usize, pixel_bytes: u64, window_stripes: usize) {
        let bits = 4 * u64::from(words);
        let table = |stripes: usize| (stripes * size_of::<Stripe>()) as u64;
        self.upload.hold(device, pixel_bytes);
        self.pixels.hold(device, pixel_bytes);
        self.window_params.hold(device, size_of::<Params>() as u64);
        self.window_stripes.hold(device, table(window_stripes));
        self.params.hold(device, size_of::<Params>() as u64);
        self.stripes.hold(device, table(masks));
        self.bits.hold(device, bits);
        self.blocks.hold(device, 4 * u64::from(words.div_ceil(BLOCK_WORDS)));
        self.summary.hold(device, 4 * (1 + masks as u64));
        self.starts.hold(device, bits);
    }

    pub(super) fn hold_readback(&mut self, device: &Device, bytes: u64) {
        self.readback.hold(device, bytes);
    }
}

/// The first `bytes` of a buffer that a finished submission has written.
pub(super) fn read(gpu: &GpuDevice, buffer: &Buffer, bytes: u64) -> Result<Vec<u32>> {
    let range = 0..bytes;
    let words = mapped(gpu, buffer, MapMode::Read, bytes, || {
        let view = buffer.get_mapped_range(range).map_err(|error| error.to_string())?;
        Ok(bytemuck::pod_collect_to_vec(&view))
    })?;
    Ok(words)
}

/// Writes the first `bytes` of a staging buffer.
pub(super) fn write(
    gpu: &GpuDevice,
    buffer: &Buffer,
    bytes: u64,
    fill: impl FnOnce(wgpu::WriteOnly<'_, [u8]>),
) -> Result<()> {
    mapped(gpu, buffer, MapMode::Write, bytes, || {
        let mut view = buffer.get_mapped_range_mut(0..bytes).map_err(|error| error.to_string())?;
        fill(view.slice(..));
        Ok(())
    })
}

/// Maps a buffer, runs `work` and unmaps it.
fn mapped<R>(
    gpu: &GpuDevice,
    buffer: &Buffer,
    mode: MapMode,
    bytes: u64,
    work: impl FnOnce() -> Result<R, String>,
) -> Result<R> {
    let fault = |what: String| Error::Gpu(format!("{}: mapping a buffer failed: {what}", gpu.info.name));
    let (done, told) = std::sync::mpsc::channel();
    buffer.map_async(mode, 0..bytes, move |result| {
        // The receiver is gone only when the wait has failed.
        let _ = done.send(result);
    });
    gpu.wait_all()?;
    told.recv().map_err(|error| fault(error.to_string()))?.map_err(|error| fault(error.to_string()))?;
    // A map of a dead device may say that it went well: taking the range is what tells.
    let result = work().map_err(fault);
    buffer.unmap();
    result
}
