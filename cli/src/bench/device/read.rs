//! The kernel that only reads, timed by timestamps where the device has them.

use std::time::{Duration, Instant};

use anyhow::Result;
use maskrle::wgpu;

use super::Chunk;
use super::gpu::{BYTES_PER_TILE, Gpu};

/// Bytes of a pass's two timestamps.
const STAMPS_SIZE: u64 = 16;

pub struct Reader {
    pipeline: wgpu::ComputePipeline,
    /// One for each chunk.
    bind_groups: Vec<wgpu::BindGroup>,
    stamps: Option<Stamps>,
}

/// When a pass began and when it ended, on the device's own clock.
struct Stamps {
    queries: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    readback: wgpu::Buffer,
    nanoseconds_per_tick: f64,
}

impl Reader {
    pub fn new(gpu: &Gpu, chunks: &[Chunk]) -> Self {
        let module = gpu
            .device
            .create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some("bench_read"),
                source: wgpu::ShaderSource::Wgsl(include_str!("read.wgsl").into()),
            });
        let pipeline = gpu
            .device
            .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some("bench_read"),
                layout: None,
                module: &module,
                entry_point: Some("bench_read"),
                compilation_options: Default::default(),
                cache: None,
            });
        let sink = gpu.buffer(4, wgpu::BufferUsages::STORAGE);
        let bind_groups = chunks.iter().map(|chunk| {
            gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("bench_read"),
                layout: &pipeline.get_bind_group_layout(0),
                entries: &[
                    wgpu::BindGroupEntry {
                        binding: 0,
                        resource: chunk.buffer.as_entire_binding(),
                    },
                    wgpu::BindGroupEntry {
                        binding: 1,
                        resource: sink.as_entire_binding(),
                    },
                ],
            })
        });
        Reader {
            bind_groups: bind_groups.collect(),
            pipeline,
            stamps: gpu
                .device
                .features()
                .contains(wgpu::Features::TIMESTAMP_QUERY)
                .then(|| Stamps::new(gpu)),
        }
    }

    /// The time of reading all chunks.
    pub fn read(&self, gpu: &Gpu, chunks: &[Chunk]) -> Result<Duration> {
        let start = Instant::now();
        let mut commands = gpu.device.create_command_encoder(&Default::default());
        {
            let mut pass = commands.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some("bench_read"),
                timestamp_writes: self.stamps.as_ref().map(Stamps::writes),
            });
            pass.set_pipeline(&self.pipeline);
            for (chunk, bind_group) in chunks.iter().zip(&self.bind_groups) {
                pass.set_bind_group(0, bind_group, &[]);
                pass.dispatch_workgroups((chunk.size / BYTES_PER_TILE) as u32, 1, 1);
            }
        }
        if let Some(stamps) = &self.stamps {
            stamps.resolve(&mut commands);
        }
        let submission = gpu.queue.submit([commands.finish()]);
        gpu.wait(submission)?;
        let wall = start.elapsed();
        // A clock too coarse to tell the two apart says nothing.
        match self
            .stamps
            .as_ref()
            .map(|stamps| stamps.elapsed(gpu))
            .transpose()?
        {
            Some(elapsed) if !elapsed.is_zero() => Ok(elapsed),
            _ => Ok(wall),
        }
    }
}

impl Stamps {
    fn new(gpu: &Gpu) -> Self {
        use wgpu::BufferUsages as Usage;
        Stamps {
            queries: gpu.device.create_query_set(&wgpu::QuerySetDescriptor {
                label: Some("bench_read"),
                ty: wgpu::QueryType::Timestamp,
                count: 2,
            }),
            resolved: gpu.buffer(STAMPS_SIZE, Usage::QUERY_RESOLVE | Usage::COPY_SRC),
            readback: gpu.buffer(STAMPS_SIZE, Usage::MAP_READ | Usage::COPY_DST),
            nanoseconds_per_tick: f64::from(gpu.queue.get_timestamp_period()),
        }
    }

    fn writes(&self) -> wgpu::ComputePassTimestampWrites<'_> {
        wgpu::ComputePassTimestampWrites {
            query_set: &self.queries,
            beginning_of_pass_write_index: Some(0),
            end_of_pass_write_index: Some(1),
        }
    }

    fn resolve(&self, commands: &mut wgpu::CommandEncoder) {
        commands.resolve_query_set(&self.queries, 0..2, &self.resolved, 0);
        commands.copy_buffer_to_buffer(&self.resolved, 0, &self.readback, 0, STAMPS_SIZE);
        commands.map_buffer_on_submit(&self.readback, wgpu::MapMode::Read, .., |_| {});
    }

    /// The time between the two, after the wait for their submission.
    fn elapsed(&self, gpu: &Gpu) -> Result<Duration> {
        gpu.check()?;
        let bytes = self.readback.get_mapped_range(..)?.to_vec();
        self.readback.unmap();
        let ticks = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]));
        let nanoseconds = ticks(8).saturating_sub(ticks(0)) as f64 * self.nanoseconds_per_tick;
        Ok(Duration::from_nanos(nanoseconds as u64))
    }
}
