//! What the GPU's memory and the way to it can do: plain reads, copies and uploads of the benched
//! bytes, by raw wgpu, so that the figures owe nothing to the encoder.

mod gpu;
mod read;
mod upload;

use anyhow::Result;
use maskrle::wgpu;

use self::gpu::{BYTES_PER_TILE, Gpu};
use self::read::Reader;
use self::upload::Uploader;
use super::timing::Times;

/// Enough to be far beyond any cache, little enough to fit beside other work.
const MOST_BYTES: usize = 1 << 30;

/// A part of the bytes, in one buffer on the device.
struct Chunk {
    buffer: wgpu::Buffer,
    /// A whole number of tiles, of which the pixels fill all but the end of the last.
    size: u64,
}

/// A GPU that is being measured, and its times so far.
pub struct Device<'p> {
    gpu: Gpu,
    pixels: &'p [u8],
    chunks: Vec<Chunk>,
    reader: Reader,
    /// What chunks are copied to.
    spare: wgpu::Buffer,
    uploader: Uploader,
    read: Times,
    copy: Times,
    upload: Times,
}

/// 10^9 bytes a second, counting each byte once: a copy's both reads and writes it.
pub struct Rates {
    pub read: f64,
    pub copy: f64,
    pub upload: f64,
}

impl<'p> Device<'p> {
    /// Opens the adapter of this name and warms it up, with the first GiB of `pixels` at most.
    pub fn open(adapter_name: &str, pixels: &'p [u8]) -> Result<Self> {
        let pixels = &pixels[..pixels.len().min(MOST_BYTES)];
        let gpu = Gpu::open(adapter_name)?;
        let chunks: Vec<Chunk> = gpu
            .chunk_sizes(pixels.len())
            .map(|size| gpu.chunk(size))
            .collect();
        let largest = chunks
            .iter()
            .map(|chunk| chunk.size)
            .max()
            .unwrap_or(BYTES_PER_TILE);
        let mut device = Device {
            reader: Reader::new(&gpu, &chunks),
            spare: gpu.chunk(largest).buffer,
            uploader: Uploader::new(&gpu),
            gpu,
            pixels,
            chunks,
            read: Times::default(),
            copy: Times::default(),
            upload: Times::default(),
        };
        // The first round compiles shaders and makes the driver clear memory.
        device.measure()?;
        device.read = Times::default();
        device.copy = Times::default();
        device.upload = Times::default();
        Ok(device)
    }

    /// Takes each time once more.
    pub fn measure(&mut self) -> Result<()> {
        let Device { gpu, chunks, .. } = self;
        let start = std::time::Instant::now();
        self.uploader.upload(gpu, self.pixels, chunks)?;
        self.upload.push(start.elapsed());
        self.read.push(self.reader.read(gpu, chunks)?);
        self.copy.push(copy(gpu, chunks, &self.spare)?);
        gpu.check()
    }

    /// The rates of the least times.
    pub fn rates(&self) -> Rates {
        let on_device = self.chunks.iter().map(|chunk| chunk.size as usize).sum();
        Rates {
            read: self.read.gb_per_s(on_device),
            copy: self.copy.gb_per_s(on_device),
            upload: self.upload.gb_per_s(self.pixels.len()),
        }
    }
}

/// The time of copying all chunks within the device.
fn copy(gpu: &Gpu, chunks: &[Chunk], spare: &wgpu::Buffer) -> Result<std::time::Duration> {
    // Timestamps around copies are not portable, those around passes are: hence the wall, with one
    // submit and one wait.
    let start = std::time::Instant::now();
    let mut commands = gpu.device.create_command_encoder(&Default::default());
    for chunk in chunks {
        commands.copy_buffer_to_buffer(&chunk.buffer, 0, spare, 0, chunk.size);
    }
    gpu.wait(gpu.queue.submit([commands.finish()]))?;
    Ok(start.elapsed())
}
