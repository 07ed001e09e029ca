//! Buffers that grow and are kept from chunk to chunk: a fresh one costs its zeroing, and staging
//! its first use.

use std::sync::atomic::Ordering;

use wgpu::{Buffer, BufferDescriptor, BufferUsages, Device};

use super::device::GpuDevice;
use super::layout::KERNELS;
use super::passes::{Params, Resampled, Stripe, Tap};
use super::windows::Window;

/// A buffer that grows.
#[derive(Debug)]
pub(super) struct GrowingBuffer {
    buffer: Buffer,
    label: &'static str,
}

/// Bytes of which every size is a multiple: vectors of 16 bytes are read from some of the buffers.
const MULTIPLE: u64 = 16;

impl GrowingBuffer {
    pub(super) fn new(device: &Device, label: &'static str, usage: BufferUsages) -> Self {
        GrowingBuffer {
            buffer: create(device, label, usage, MULTIPLE),
            label,
        }
    }

    /// Makes it hold at least `bytes`; what it held may be gone. The buffer of before is dropped,
    /// not destroyed: for that wgpu takes a lock that a thread which waits for the device holds.
    pub(super) fn reserve(&mut self, gpu: &GpuDevice, bytes: u64) {
        if self.buffer.size() < bytes {
            let limits = gpu.device.limits();
            let most = limits
                .max_storage_buffer_binding_size
                .min(limits.max_buffer_size);
            let size = grown(self.buffer.size(), bytes, most);
            self.buffer = create(&gpu.device, self.label, self.buffer.usage(), size);
            gpu.work.buffer_bytes.fetch_add(size, Ordering::Relaxed);
        }
    }
}

/// Size of a buffer of `size` bytes that has to hold more: half as much again, so that slowly
/// growing chunks do not make a buffer each; not past `most`, which may be bound, unless `bytes`
/// is.
fn grown(size: u64, bytes: u64, most: u64) -> u64 {
    (size / 2 * 3)
        .next_multiple_of(MULTIPLE)
        .min(most & !(MULTIPLE - 1))
        .max(bytes.next_multiple_of(MULTIPLE))
}

impl std::ops::Deref for GrowingBuffer {
    type Target = Buffer;

    fn deref(&self) -> &Buffer {
        &self.buffer
    }
}

fn create(device: &Device, label: &str, usage: BufferUsages, size: u64) -> Buffer {
    // Staging for writing is always mapped when it is at rest.
    let mapped_at_creation = usage.contains(BufferUsages::MAP_WRITE);
    device.create_buffer(&BufferDescriptor {
        label: Some(label),
        size,
        usage,
        mapped_at_creation,
    })
}

/// Parameters and stripes of the dispatches that flag a window, one of each kernel at most.
#[derive(Debug)]
pub(super) struct FlagTables {
    pub(super) params: [GrowingBuffer; KERNELS],
    pub(super) stripes: [GrowingBuffer; KERNELS],
    pub(super) resampled: GrowingBuffer,
    pub(super) taps: GrowingBuffer,
}

impl FlagTables {
    pub(super) fn new(device: &Device) -> Self {
        let buffers = |usage| {
            [(); KERNELS]
                .map(|()| GrowingBuffer::new(device, "window", usage | BufferUsages::COPY_DST))
        };
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST;
        FlagTables {
            params: buffers(BufferUsages::UNIFORM),
            stripes: buffers(BufferUsages::STORAGE),
            resampled: GrowingBuffer::new(device, "resampled", usage),
            taps: GrowingBuffer::new(device, "taps", usage),
        }
    }

    pub(super) fn reserve(&mut self, gpu: &GpuDevice, window: &Window) {
        for table in &window.tables {
            let kernel = table.kernel as usize;
            self.params[kernel].reserve(gpu, size_of::<Params>() as u64);
            let stripes = table.stripes.len() * size_of::<Stripe>();
            self.stripes[kernel].reserve(gpu, stripes as u64);
        }
        let resampled = window.resampled.masks.len() * size_of::<Resampled>();
        self.resampled.reserve(gpu, resampled as u64);
        let taps = window.resampled.taps.len() * size_of::<Tap>();
        self.taps.reserve(gpu, taps as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::grown;

    #[test]
    fn buffers_grow_by_half_within_the_limit() {
        for (size, bytes, most, expected) in [
            (16, 17, 1000, 32),
            (160, 161, 1000, 240),
            (160, 240, 1000, 240),
            (160, 241, 1000, 256),
            (800, 801, 1000, 992),
            (800, 992, 1000, 992),
            (800, 993, 1008, 1008),
        ] {
            assert_eq!(grown(size, bytes, most), expected, "{size} to {bytes}");
        }
    }
}
