//! Recorder of a chunk's passes.

use std::sync::atomic::Ordering;

use wgpu::{BindingResource, Buffer, BufferBinding, BufferSize, CommandEncoder, MapMode};

use super::buffers::FlagTables;
use super::clock::Clock;
use super::completion::Completion;
use super::device::{GpuDevice, Pipeline};
use super::layout::Kernel;
use super::passes::{
    BLOCK_WORDS, Binding, CHARACTERS, COMPACT, MEASURE, Params, SCAN, VALUES, float_terms,
    workgroups,
};
use super::plan::Chunk;
use super::scratch::Scratch;
use super::windows::Window;
use crate::predicate::Predicate;

/// Pixels on the device: a part of a buffer.
#[derive(Debug, Clone)]
pub(super) struct PixelBinding {
    pub(super) buffer: Buffer,
    pub(super) offset: u64,
    pub(super) bytes: u64,
}

impl PixelBinding {
    fn resource(&self) -> BindingResource<'_> {
        BindingResource::Buffer(BufferBinding {
            buffer: &self.buffer,
            offset: self.offset,
            size: BufferSize::new(self.bytes),
        })
    }
}

/// Contents of a chunk's readback between the summary, which comes first, and the timestamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contents {
    /// At most this many starts, and values.
    Starts {
        starts: u64,
        values: u64,
    },
    /// All bits, where a dense chunk is expected, and values.
    Bits {
        values: u64,
    },
    Strings(Strings),
}

/// Words of COCO's strings, as far as there is room for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Strings {
    /// At most this many starts: of more no strings are made.
    pub(super) starts: u64,
    /// At most this many words of characters.
    pub(super) characters: u64,
    pub(super) values: u64,
    pub(super) measures: u64,
}

impl Contents {
    /// Words of the parts, for a chunk that has `words` words of bits: of starts, bits or
    /// characters, of values, and of measures.
    pub(super) fn parts(self, words: u32) -> [u64; 3] {
        match self {
            Contents::Starts { starts, values } => [starts, values, 0],
            Contents::Bits { values } => [words.into(), values, 0],
            Contents::Strings(Strings {
                characters,
                values,
                measures,
                ..
            }) => [characters, values, measures],
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

/// Buffers of one dispatch that are not the chunk's scratch.
#[derive(Clone, Copy)]
struct Inputs<'b> {
    params: &'b Buffer,
    stripes: &'b Buffer,
    /// None for passes that read no pixels.
    pixels: Option<&'b PixelBinding>,
    /// None for passes over whole chunks.
    tables: Option<&'b FlagTables>,
}

impl<'b> Inputs<'b> {
    fn flag_tables(&self) -> &'b FlagTables {
        self.tables.expect("a flag pass is given its tables")
    }
}

impl Recorder<'_> {
    /// Records the chunk's first command.
    pub(super) fn begin(&mut self, chunk: &Chunk) {
        if let Some(clock) = &mut self.scratch.clock {
            clock.restart();
        }
        let blocks = u64::from(chunk.words.div_ceil(BLOCK_WORDS));
        self.commands
            .clear_buffer(&self.scratch.blocks, 0, Some(4 * blocks));
    }

    /// Flags the boundaries of a window's pixels, by a dispatch of each kernel. `tables` of None
    /// are the scratch's own.
    pub(super) fn flag(
        &mut self,
        window: &Window,
        pixels: &PixelBinding,
        tables: Option<&FlagTables>,
    ) {
        for table in &window.tables {
            let uniform = Params {
                tasks: table.tasks,
                stripes: table.stripes.len() as u32,
                ..predicate_params(self.predicate, self.element_bits)
            };
            let tables = tables.unwrap_or(&self.scratch.tables);
            let kernel = table.kernel as usize;
            let inputs = Inputs {
                params: &tables.params[kernel],
                stripes: &tables.stripes[kernel],
                pixels: Some(pixels),
                tables: Some(tables),
            };
            if table.kernel == Kernel::Resampled {
                write(self.gpu, &tables.resampled, &window.resampled.masks);
                write(self.gpu, &tables.taps, &window.resampled.taps);
            }
            write(self.gpu, inputs.params, &[uniform]);
            write(self.gpu, inputs.stripes, &table.stripes);
            let pipeline =
                self.gpu
                    .pixel_pipeline(table.kernel.pass(), self.element_bits, self.predicate);
            let bound = bind(self.gpu, &pipeline, self.scratch, inputs);
            self.dispatch(&pipeline, &bound, table.workgroups());
        }
    }

    /// Scans the chunk's counts.
    pub(super) fn scan(&mut self, chunk: &Chunk) {
        write(self.gpu, &self.scratch.params, &[compact_params(chunk, 0)]);
        write(self.gpu, &self.scratch.stripes, &chunk.table());
        let pipeline = self.gpu.pipeline(&SCAN, [0; 2]);
        let groups = chunk.words.div_ceil(BLOCK_WORDS).div_ceil(BLOCK_WORDS);
        self.run(&pipeline, groups, None);
    }

    /// Compacts the chunk's bits to starts: all of them if there is room, or, from `first_start`
    /// on, as many as there is room for.
    pub(super) fn compact(&mut self, chunk: &Chunk, first_start: Option<u32>) {
        if let Some(first_start) = first_start {
            let params = compact_params(chunk, first_start);
            write(self.gpu, &self.scratch.params, &[params]);
        }
        let in_ranges = u32::from(first_start.is_some());
        let pipeline = self.gpu.pipeline(&COMPACT, [in_ranges, 0]);
        self.run(&pipeline, chunk.words.div_ceil(BLOCK_WORDS), None);
    }

    /// Reads the values of the starts from `first_start` on, or the first pixels of the masks, from
    /// pixels that the host does not have.
    pub(super) fn values(&mut self, chunk: &Chunk, pixels: &PixelBinding, first_start: u32) {
        let masks = chunk.placed.len() as u32;
        let tasks = match self.predicate {
            Predicate::Labels => chunk.words,
            Predicate::Binary | Predicate::Above(_) => masks,
        };
        let params = Params {
            tasks,
            stripes: masks,
            first_start,
            ..predicate_params(self.predicate, self.element_bits)
        };
        write(self.gpu, &self.scratch.value_params, &[params]);
        let pipeline = self
            .gpu
            .pixel_pipeline(&VALUES, self.element_bits, self.predicate);
        let groups = tasks.div_ceil(VALUES.workgroup_size);
        self.run(&pipeline, groups, Some(pixels));
    }

    /// Writes COCO's strings of the chunk's starts, and measures its masks, which are of this height
    /// and width.
    pub(super) fn strings(&mut self, chunk: &Chunk, strings: Strings, size: [u32; 2]) {
        let blocks = (strings.starts as u32).div_ceil(BLOCK_WORDS);
        let params = Params {
            stripes: chunk.placed.len() as u32,
            blocks,
            capacity: strings.starts as u32,
            height: size[0],
            pixels: size[0] * size[1],
            characters: strings.characters as u32,
            ..Params::default()
        };
        let bytes = [strings.measures, strings.characters].map(|words| 4 * words);
        let scratch = &mut *self.scratch;
        scratch
            .string_params
            .reserve(self.gpu, size_of::<Params>() as u64);
        write(self.gpu, &scratch.string_params, &[params]);
        for (buffer, bytes) in [&mut scratch.measures, &mut scratch.characters]
            .into_iter()
            .zip(bytes)
        {
            buffer.reserve(self.gpu, bytes);
            self.commands.clear_buffer(buffer, 0, Some(bytes));
        }
        for (pass, groups) in [
            (&MEASURE, blocks),
            (&SCAN, blocks.div_ceil(BLOCK_WORDS)),
            (&CHARACTERS, blocks),
        ] {
            let pipeline = self.gpu.pipeline(pass, [0; 2]);
            let inputs = Inputs {
                params: &self.scratch.string_params,
                stripes: &self.scratch.stripes,
                pixels: None,
                tables: None,
            };
            let bound = bind(self.gpu, &pipeline, self.scratch, inputs);
            self.dispatch(&pipeline, &bound, groups);
        }
    }

    /// Copies the summary, the contents and the timestamps to the readback, which is mapped once
    /// they are there, as the completion then says.
    pub(super) fn copy_back(&mut self, chunk: &Chunk, contents: Contents) -> Completion {
        let Scratch {
            bits,
            summary,
            starts,
            values,
            measures,
            characters,
            readback,
            clock,
            ..
        } = &mut *self.scratch;
        let first = match contents {
            Contents::Starts { .. } => &*starts,
            Contents::Bits { .. } => &*bits,
            Contents::Strings(_) => &*characters,
        };
        let [of_first, of_values, of_measures] = contents.parts(chunk.words);
        let parts = [
            (&*summary, 1 + chunk.placed.len() as u64),
            (first, of_first),
            (&*values, of_values),
            (&*measures, of_measures),
        ];
        let times_at = parts.iter().map(|(_, words)| 4 * words).sum();
        let bytes = times_at + clock.as_ref().map_or(0, Clock::bytes);
        readback.reserve(self.gpu, bytes);
        let mut at = 0;
        for (from, words) in parts.into_iter().filter(|&(_, words)| words > 0) {
            self.commands
                .copy_buffer_to_buffer(from, 0, readback, at, 4 * words);
            at += 4 * words;
        }
        if let Some(clock) = clock {
            clock.copy(self.commands, readback, times_at);
        }
        let completion = Completion::default();
        self.commands.map_buffer_on_submit(
            readback,
            MapMode::Read,
            0..bytes,
            completion.callback(),
        );
        completion
    }

    /// Records a pass over the chunk as a whole, with pixels if it reads them.
    fn run(&mut self, pipeline: &Pipeline, groups: u32, pixels: Option<&PixelBinding>) {
        let params = match pixels {
            Some(_) => &self.scratch.value_params,
            None => &self.scratch.params,
        };
        let inputs = Inputs {
            params,
            stripes: &self.scratch.stripes,
            pixels,
            tables: None,
        };
        let bound = bind(self.gpu, pipeline, self.scratch, inputs);
        self.dispatch(pipeline, &bound, groups);
    }

    fn dispatch(&mut self, pipeline: &Pipeline, bound: &wgpu::BindGroup, groups: u32) {
        self.gpu.work.dispatches.fetch_add(1, Ordering::Relaxed);
        let (x, y) = workgroups(groups);
        let name = pipeline.pass.name;
        let clock = self.scratch.clock.as_mut();
        let mut compute = self
            .commands
            .begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some(name),
                timestamp_writes: clock.and_then(|clock| clock.time(name)),
            });
        compute.set_pipeline(&pipeline.compute);
        compute.set_bind_group(0, bound, &[]);
        compute.dispatch_workgroups(x, y, 1);
    }
}

/// Binds the buffers of a pass.
fn bind(
    gpu: &GpuDevice,
    pipeline: &Pipeline,
    scratch: &Scratch,
    inputs: Inputs<'_>,
) -> wgpu::BindGroup {
    gpu.bind(pipeline, |binding| match binding {
        Binding::Params => inputs.params.as_entire_binding(),
        Binding::Stripes => inputs.stripes.as_entire_binding(),
        Binding::Vectors | Binding::Words => {
            let pixels = inputs.pixels.expect("a pass over pixels is given them");
            pixels.resource()
        }
        Binding::Bits => scratch.bits.as_entire_binding(),
        Binding::Blocks => scratch.blocks.as_entire_binding(),
        Binding::Totals => scratch.totals.as_entire_binding(),
        Binding::Summary => scratch.summary.as_entire_binding(),
        Binding::Starts => scratch.starts.as_entire_binding(),
        Binding::Values => scratch.values.as_entire_binding(),
        Binding::Resampled => inputs.flag_tables().resampled.as_entire_binding(),
        Binding::Taps => inputs.flag_tables().taps.as_entire_binding(),
        Binding::Measures => scratch.measures.as_entire_binding(),
        Binding::Characters => scratch.characters.as_entire_binding(),
    })
}

fn write<T: bytemuck::NoUninit>(gpu: &GpuDevice, buffer: &Buffer, data: &[T]) {
    gpu.queue
        .write_buffer(buffer, 0, bytemuck::cast_slice(data));
}

fn compact_params(chunk: &Chunk, first_start: u32) -> Params {
    Params {
        tasks: chunk.words,
        stripes: chunk.placed.len() as u32,
        blocks: chunk.words.div_ceil(BLOCK_WORDS),
        first_start,
        capacity: chunk.words,
        ..Params::default()
    }
}

/// Parameters that the predicate makes.
fn predicate_params(predicate: Predicate, element_bits: u32) -> Params {
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
