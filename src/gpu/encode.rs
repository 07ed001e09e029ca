//! Records a chunk's way through the passes.

use std::sync::atomic::Ordering;

use wgpu::{Buffer, BufferBinding, BufferSize, CommandEncoder, MapMode};

use super::buffers::{Scratch, Tables};
use super::clock::Clock;
use super::device::{GpuDevice, Pipeline};
use super::passes::{BLOCK_WORDS, COMPACT, Params, SCAN, VALUES, float_terms, workgroups};
use super::plan::{Chunk, Window};
use super::shape::Table;
use crate::predicate::Predicate;

/// Pixels on the device.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    pub(super) buffer: Buffer,
    pub(super) offset: u64,
    pub(super) bytes: u64,
}

impl Binding {
    pub(super) fn resource(&self) -> wgpu::BindingResource<'_> {
        let Binding {
            buffer,
            offset,
            bytes,
        } = self;
        wgpu::BindingResource::Buffer(BufferBinding {
            buffer,
            offset: *offset,
            size: BufferSize::new(*bytes),
        })
    }
}

/// What of a chunk is in its readback: the summary first, then these, then the timestamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copied {
    /// So many starts at most, and as many values.
    Starts { starts: u64, values: u64 },
    /// All bits, where a dense chunk is expected.
    Bits { values: u64 },
}

impl Copied {
    /// Words between the summary and the timestamps, `words` of bits being the chunk's.
    pub(super) fn words(self, words: u32) -> u64 {
        match self {
            Copied::Starts { starts, values } => starts + values,
            Copied::Bits { values } => u64::from(words) + values,
        }
    }
}

/// Records passes of one chunk.
pub(super) struct Recorder<'r> {
    pub(super) gpu: &'r GpuDevice,
    pub(super) commands: &'r mut CommandEncoder,
    pub(super) scratch: &'r mut Scratch,
    pub(super) predicate: Predicate,
    pub(super) element_bits: u32,
}

impl Recorder<'_> {
    /// The chunk's first command.
    pub(super) fn begin(&mut self, chunk: &Chunk) {
        if let Some(clock) = &mut self.scratch.clock {
            clock.restart();
        }
        let blocks = u64::from(chunk.words.div_ceil(BLOCK_WORDS));
        self.commands
            .clear_buffer(&self.scratch.blocks, 0, Some(4 * blocks));
    }

    /// Flags the boundaries of a window's pixels, by a dispatch a kernel. `tables` of None are the
    /// scratch's own.
    pub(super) fn flag(&mut self, window: &Window, pixels: &Binding, tables: Option<&Tables>) {
        for table in &window.tables {
            let Table {
                kernel,
                stripes,
                tasks,
            } = table;
            let pipeline = self
                .gpu
                .of_pixels(kernel.pass(), self.element_bits, self.predicate);
            let Scratch {
                tables: own,
                bits,
                blocks,
                clock,
                ..
            } = &mut *self.scratch;
            let tables = tables.unwrap_or(own);
            let (params, buffer) = (
                &tables.params[*kernel as usize],
                &tables.stripes[*kernel as usize],
            );
            let uniform = Params {
                tasks: *tasks,
                stripes: stripes.len() as u32,
                ..params_of(self.predicate, self.element_bits)
            };
            self.gpu
                .queue
                .write_buffer(params, 0, bytemuck::bytes_of(&uniform));
            self.gpu
                .queue
                .write_buffer(buffer, 0, bytemuck::cast_slice(stripes));
            let bound = self.gpu.bind(&pipeline, |binding| match binding {
                0 => params.as_entire_binding(),
                1 => buffer.as_entire_binding(),
                2 | 3 => pixels.resource(),
                4 => bits.as_entire_binding(),
                _ => blocks.as_entire_binding(),
            });
            dispatch(
                self.gpu,
                self.commands,
                clock.as_mut(),
                &pipeline,
                &bound,
                table.workgroups(),
            );
        }
    }

    /// Scans the chunk's counts.
    pub(super) fn scan(&mut self, chunk: &Chunk) {
        let table = chunk.table();
        let Scratch {
            params, stripes, ..
        } = &*self.scratch;
        self.gpu
            .queue
            .write_buffer(params, 0, bytemuck::bytes_of(&compact_params(chunk, 0)));
        self.gpu
            .queue
            .write_buffer(stripes, 0, bytemuck::cast_slice(&table));
        let pipeline = self.gpu.pipeline(&SCAN, [0; 2]);
        let groups = chunk.words.div_ceil(BLOCK_WORDS).div_ceil(BLOCK_WORDS);
        self.run(&pipeline, groups, None);
    }

    /// Compacts the chunk's bits to starts: all of them if there is room, or a stretch of them,
    /// from `stretch` on.
    pub(super) fn compact(&mut self, chunk: &Chunk, stretch: Option<u32>) {
        if let Some(from) = stretch {
            let params = compact_params(chunk, from);
            self.gpu
                .queue
                .write_buffer(&self.scratch.params, 0, bytemuck::bytes_of(&params));
        }
        let pipeline = self
            .gpu
            .pipeline(&COMPACT, [u32::from(stretch.is_some()), 0]);
        self.run(&pipeline, chunk.words.div_ceil(BLOCK_WORDS), None);
    }

    /// Reads the values of the starts, or the first pixels of the masks, from pixels that the host
    /// does not have.
    pub(super) fn values(&mut self, chunk: &Chunk, pixels: &Binding, from: u32) {
        let tasks = match self.predicate {
            Predicate::Labels => chunk.words,
            _ => chunk.placed.len() as u32,
        };
        let stripes = chunk.placed.len() as u32;
        let params = Params {
            tasks,
            stripes,
            first_start: from,
            ..params_of(self.predicate, self.element_bits)
        };
        self.gpu
            .queue
            .write_buffer(&self.scratch.value_params, 0, bytemuck::bytes_of(&params));
        let pipeline = self
            .gpu
            .of_pixels(&VALUES, self.element_bits, self.predicate);
        self.run(
            &pipeline,
            tasks.div_ceil(VALUES.workgroup_size),
            Some(pixels),
        );
    }

    /// Copies the summary, what is wanted beside it, and the timestamps to the readback, which is
    /// mapped once they are there.
    pub(super) fn copy_back(&mut self, chunk: &Chunk, copied: Copied) {
        let Scratch {
            bits,
            summary,
            starts,
            values,
            readback,
            clock,
            ..
        } = &mut *self.scratch;
        let summary_bytes = 4 * (1 + chunk.placed.len() as u64);
        let times_at = summary_bytes + 4 * copied.words(chunk.words);
        let bytes = times_at + clock.as_ref().map_or(0, Clock::bytes);
        readback.hold(&self.gpu.device, bytes);
        self.commands
            .copy_buffer_to_buffer(summary, 0, readback, 0, summary_bytes);
        let (from, first, second) = match copied {
            Copied::Starts {
                starts: count,
                values,
            } => (&*starts, 4 * count, 4 * values),
            Copied::Bits { values } => (&*bits, 4 * u64::from(chunk.words), 4 * values),
        };
        self.commands
            .copy_buffer_to_buffer(from, 0, readback, summary_bytes, first);
        if second > 0 {
            self.commands
                .copy_buffer_to_buffer(values, 0, readback, summary_bytes + first, second);
        }
        if let Some(clock) = clock {
            clock.copy(self.commands, readback, times_at);
        }
        self.commands
            .map_buffer_on_submit(readback, MapMode::Read, 0..bytes, |_| {});
    }

    fn run(&mut self, pipeline: &Pipeline, groups: u32, pixels: Option<&Binding>) {
        let Scratch {
            params,
            value_params,
            stripes,
            bits,
            blocks,
            totals,
            summary,
            starts,
            values,
            clock,
            ..
        } = &mut *self.scratch;
        let params = if pipeline.pass.name == VALUES.name {
            value_params
        } else {
            params
        };
        let bound = self.gpu.bind(pipeline, |binding| match (binding, pixels) {
            (0, _) => params.as_entire_binding(),
            (1, _) => stripes.as_entire_binding(),
            (3, Some(pixels)) => pixels.resource(),
            (4, _) => bits.as_entire_binding(),
            (5, _) => blocks.as_entire_binding(),
            (6, _) => totals.as_entire_binding(),
            (7, _) => summary.as_entire_binding(),
            (8, _) => starts.as_entire_binding(),
            _ => values.as_entire_binding(),
        });
        dispatch(
            self.gpu,
            self.commands,
            clock.as_mut(),
            pipeline,
            &bound,
            groups,
        );
    }
}

fn compact_params(chunk: &Chunk, from: u32) -> Params {
    Params {
        tasks: chunk.words,
        stripes: chunk.placed.len() as u32,
        blocks: chunk.words.div_ceil(BLOCK_WORDS),
        first_start: from,
        capacity: chunk.words,
        ..Params::default()
    }
}

/// Parameters that the predicate makes.
fn params_of(predicate: Predicate, element_bits: u32) -> Params {
    let Predicate::Above(threshold) = predicate else {
        return Params::default();
    };
    let shift = 32 - element_bits;
    let [positive, negative, infinite] = float_terms(
        element_bits,
        threshold.bits() >> shift,
        threshold.infinity_bits() >> shift,
    );
    Params {
        positive,
        negative,
        infinite,
        ..Params::default()
    }
}

fn dispatch(
    gpu: &GpuDevice,
    commands: &mut CommandEncoder,
    clock: Option<&mut Clock>,
    pipeline: &Pipeline,
    bound: &wgpu::BindGroup,
    groups: u32,
) {
    gpu.work.dispatches.fetch_add(1, Ordering::Relaxed);
    let (x, y) = workgroups(groups);
    let name = pipeline.pass.name;
    let timestamp_writes = clock.and_then(|clock| clock.time(name));
    let mut compute = commands.begin_compute_pass(&wgpu::ComputePassDescriptor {
        label: Some(name),
        timestamp_writes,
    });
    compute.set_pipeline(&pipeline.compute);
    compute.set_bind_group(0, bound, &[]);
    compute.dispatch_workgroups(x, y, 1);
}
