//! Plain reads by the kernel that only reads, timed by timestamps where the device has them.

use std::time::{Duration, Instant};

use anyhow::Result;
use maskrle::wgpu;

use super::gpu::{Chunk, Gpu};
use super::kernel::{self, WORKGROUP_BYTES};

/// Bytes of a pass's two timestamps.
const TIMESTAMPS_SIZE: u64 = 16;

const LABEL: Option<&str> = Some("maskrle bench read");

/// The kernel and its bindings.
pub struct Reader {
    pipeline: wgpu::ComputePipeline,
    /// Bind groups, one for each chunk.
    bind_groups: Vec<wgpu::BindGroup>,
    timestamps: Option<Timetimestamps>,
}

/// Timestamps of a pass's begin and end, on the device's own clock.
struct Timetimestamps {
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
                label: LABEL,
                source: wgpu::ShaderSource::Wgsl(kernel::SOURCE.into()),
            });
        let pipeline = gpu
            .device
            .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: LABEL,
                layout: None,
                module: &module,
                entry_point: Some(kernel::ENTRY_POINT),
                compilation_options: Default::default(),
                cache: None,
            });
        let sink = gpu.buffer(kernel::SINK_BYTES, wgpu::BufferUsages::STORAGE);
        let bind_groups = chunks.iter().map(|chunk| {
            gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: LABEL,
                layout: &pipeline.get_bind_group_layout(0),
                entries: &[
                    wgpu::BindGroupEntry {
                        binding: kernel::WORDS_BINDING,
                        resource: chunk.buffer.as_entire_binding(),
                    },
                    wgpu::BindGroupEntry {
                        binding: kernel::SINK_BINDING,
                        resource: sink.as_entire_binding(),
                    },
                ],
            })
        });
        Reader {
            bind_groups: bind_groups.collect(),
            pipeline,
            timestamps: gpu
                .device
                .features()
                .contains(wgpu::Features::TIMESTAMP_QUERY)
                .then(|| Timetimestamps::new(gpu)),
        }
    }

    /// Reads all chunks and returns the time that it took.
    pub fn read(&self, gpu: &Gpu, chunks: &[Chunk]) -> Result<Duration> {
        let start = Instant::now();
        let mut commands = gpu.device.create_command_encoder(&Default::default());
        {
            let mut pass = commands.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: LABEL,
                timestamp_writes: self.timestamps.as_ref().map(Timetimestamps::writes),
            });
            pass.set_pipeline(&self.pipeline);
            for (chunk, bind_group) in chunks.iter().zip(&self.bind_groups) {
                pass.set_bind_group(0, bind_group, &[]);
                pass.dispatch_workgroups((chunk.size / WORKGROUP_BYTES) as u32, 1, 1);
            }
        }
        if let Some(timestamps) = &self.timestamps {
            timestamps.resolve(&mut commands);
        }
        let submission = gpu.queue.submit([commands.finish()]);
        gpu.wait(submission)?;
        let wall = start.elapsed();
        // Where the device's clock is too coarse to separate the two, the wall time stands in.
        match self
            .timestamps
            .as_ref()
            .map(|timestamps| timestamps.elapsed(gpu))
            .transpose()?
        {
            Some(elapsed) if !elapsed.is_zero() => Ok(elapsed),
            _ => Ok(wall),
        }
    }
}

impl Timetimestamps {
    fn new(gpu: &Gpu) -> Self {
        use wgpu::BufferUsages as Usage;
        Timetimestamps {
            queries: gpu.device.create_query_set(&wgpu::QuerySetDescriptor {
                label: LABEL,
                ty: wgpu::QueryType::Timestamp,
                count: 2,
            }),
            resolved: gpu.buffer(TIMESTAMPS_SIZE, Usage::QUERY_RESOLVE | Usage::COPY_SRC),
            readback: gpu.buffer(TIMESTAMPS_SIZE, Usage::MAP_READ | Usage::COPY_DST),
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
        commands.copy_buffer_to_buffer(&self.resolved, 0, &self.readback, 0, TIMESTAMPS_SIZE);
        commands.map_buffer_on_submit(&self.readback, wgpu::MapMode::Read, .., |_| {});
    }

    /// Time between the two, to be read after the wait for their submission.
    fn elapsed(&self, gpu: &Gpu) -> Result<Duration> {
        gpu.check()?;
        let bytes = self.readback.get_mapped_range(..)?.to_vec();
        self.readback.unmap();
        let ticks = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]));
        let nanoseconds = ticks(8).saturating_sub(ticks(0)) as f64 * self.nanoseconds_per_tick;
        Ok(Duration::from_nanos(nanoseconds as u64))
    }
}
