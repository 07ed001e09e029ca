//! Buffers that grow and are kept from chunk to chunk: a fresh one costs its zeroing, and staging
//! its first use.

use std::sync::atomic::Ordering;

use wgpu::{Buffer, BufferDescriptor, BufferUsages, Device};

use super::device::GpuDevice;

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

    /// Makes it hold at least `bytes`. True if it is another buffer then, and what it held gone.
    /// The buffer of before is dropped, not destroyed: for that wgpu takes a lock that a thread
    /// which waits for the device holds.
    pub(super) fn reserve(&mut self, gpu: &GpuDevice, bytes: u64) -> bool {
        if self.buffer.size() >= bytes {
            return false;
        }
        let limits = gpu.device.limits();
        let most = limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size);
        let size = grown(self.buffer.size(), bytes, most);
        self.buffer = create(&gpu.device, self.label, self.buffer.usage(), size);
        gpu.work.buffer_bytes.fetch_add(size, Ordering::Relaxed);
        true
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
