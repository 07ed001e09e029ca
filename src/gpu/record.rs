//! Recorder of a chunk's passes.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use wgpu::{BindGroup, BindingResource, Buffer, CommandEncoder, MapMode};

use super::clock::Clock;
use super::completion::Completion;
use super::device::{GpuDevice, Pipeline, lock};
use super::kept_groups::{KeptGroups, Part};
use super::passes::{
    BLOCK_WORDS, Binding, CHARACTERS, COMPACT, COMPACT_LABELS, MEASURE, Params, SCAN, workgroups,
};
use super::plan::Chunk;
use super::scratch::Scratch;
use super::tables::{ChunkTables, PassParts, compact_params};
use crate::predicate::Predicate;

/// Pixels on the device: a part of a buffer.
#[derive(Debug, Clone)]
pub(super) struct PixelBinding {
    pub(super) buffer: Buffer,
    pub(super) part: Part,
    /// Over the buffer. They lie beside it: whoever drops it drops them.
    pub(super) groups: Arc<Mutex<KeptGroups>>,
}

impl PixelBinding {
    /// The group that binds the pixels to a pass.
    fn group(&self, gpu: &GpuDevice, pipeline: &Pipeline) -> BindGroup {
        let make = || gpu.bind(pipeline, 1, |_| self.part.of(&self.buffer));
        let name = pipeline.pass.name;
        lock(&self.groups).get_or_make(&gpu.device, name, &[self.part], make)
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

impl Strings {
    /// Parameters of the passes that make them, of masks of this height and width.
    pub(super) fn params(self, chunk: &Chunk, [height, width]: [u32; 2]) -> Params {
        Params {
            stripes: chunk.placed.len() as u32,
            blocks: (self.starts as u32).div_ceil(BLOCK_WORDS),
            capacity: self.starts as u32,
            height,
            pixels: height * width,
            characters: self.characters as u32,
            ..Params::default()
        }
    }
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

impl Recorder<'_> {
    /// Uploads the chunk's tables, with parameters of its strings if it has any, and records its
    /// first command.
    pub(super) fn begin(&mut self, chunk: &Chunk, strings: Option<Params>) {
        if let Some(clock) = &mut self.scratch.clock {
            clock.restart();
        }
        let limits = self.gpu.device.limits();
        let alignment = limits
            .min_uniform_buffer_offset_alignment
            .max(limits.min_storage_buffer_offset_alignment);
        let tables = ChunkTables::new(chunk, self.predicate, strings, alignment);
        self.scratch.upload(self.gpu, tables);
        let blocks = u64::from(chunk.words.div_ceil(BLOCK_WORDS));
        self.commands
            .clear_buffer(&self.scratch.blocks, 0, Some(4 * blocks));
    }

    /// Flags the boundaries of a window's pixels, by a dispatch of each kernel.
    pub(super) fn flag(&mut self, chunk: &Chunk, window: usize, pixels: &PixelBinding) {
        for (index, table) in chunk.windows[window].tables.iter().enumerate() {
            let pipeline =
                self.gpu
                    .pixel_pipeline(table.kernel.pass(), self.element_bits, self.predicate);
            let parts = self.scratch.parts.windows[window][index];
            self.run(&pipeline, table.workgroups(), parts, Some(pixels));
        }
    }

    /// Scans the chunk's counts.
    pub(super) fn scan(&mut self, chunk: &Chunk) {
        let pipeline = self.gpu.pipeline(&SCAN, [0; 2]);
        let groups = chunk.words.div_ceil(BLOCK_WORDS).div_ceil(BLOCK_WORDS);
        self.run(&pipeline, groups, self.scratch.parts.whole, None);
    }

    /// Compacts the chunk's bits to starts: all of them if there is room, or, from `first_start`
    /// on, as many as there is room for. With `labels`, the pixels, the value of each start too.
    pub(super) fn compact(
        &mut self,
        chunk: &Chunk,
        first_start: Option<u32>,
        labels: Option<&PixelBinding>,
    ) {
        let parts = self.scratch.parts.whole;
        if let Some(first_start) = first_start {
            let params = compact_params(chunk, first_start);
            let (buffer, at) = (&self.scratch.tables, parts.params.offset);
            self.gpu.write(buffer, at, bytemuck::bytes_of(&params));
        }
        let in_ranges = u32::from(first_start.is_some());
        let pipeline = match labels {
            None => self.gpu.pipeline(&COMPACT, [in_ranges, 0]),
            Some(_) => self
                .gpu
                .pipeline(&COMPACT_LABELS, [self.element_bits, in_ranges]),
        };
        self.run(&pipeline, chunk.words.div_ceil(BLOCK_WORDS), parts, labels);
    }

    /// Writes COCO's strings of the chunk's starts, and measures its masks.
    pub(super) fn strings(&mut self, strings: Strings) {
        let scratch = &mut *self.scratch;
        let (measures, characters) = (4 * strings.measures, 4 * strings.characters);
        let are_others = [
            scratch.measures.reserve(self.gpu, measures),
            scratch.characters.reserve(self.gpu, characters),
        ];
        if are_others.contains(&true) {
            scratch.groups.clear();
        }
        self.commands
            .clear_buffer(&scratch.measures, 0, Some(measures));
        self.commands
            .clear_buffer(&scratch.characters, 0, Some(characters));
        let blocks = (strings.starts as u32).div_ceil(BLOCK_WORDS);
        let parts = scratch.parts.strings;
        for (pass, groups) in [
            (&MEASURE, blocks),
            (&SCAN, blocks.div_ceil(BLOCK_WORDS)),
            (&CHARACTERS, blocks),
        ] {
            let pipeline = self.gpu.pipeline(pass, [0; 2]);
            self.run(&pipeline, groups, parts, None);
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

    /// Records a pass over these parts of the tables, with pixels if it reads them.
    fn run(
        &mut self,
        pipeline: &Pipeline,
        groups: u32,
        parts: PassParts,
        pixels: Option<&PixelBinding>,
    ) {
        self.gpu.work.dispatches.fetch_add(1, Ordering::Relaxed);
        let (x, y) = workgroups(groups);
        let name = pipeline.pass.name;
        let own_group = self.own_group(pipeline, parts);
        let pixel_group = pixels.map(|pixels| pixels.group(self.gpu, pipeline));
        let clock = self.scratch.clock.as_mut();
        let mut compute = self
            .commands
            .begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some(name),
                timestamp_writes: clock.and_then(|clock| clock.time(name)),
            });
        compute.set_pipeline(&pipeline.compute);
        compute.set_bind_group(0, &own_group, &[]);
        if let Some(group) = &pixel_group {
            compute.set_bind_group(1, group, &[]);
        }
        compute.dispatch_workgroups(x, y, 1);
    }

    /// The group that binds the scratch to a pass.
    fn own_group(&mut self, pipeline: &Pipeline, parts: PassParts) -> BindGroup {
        let mut kept = std::mem::take(&mut self.scratch.groups);
        let make = || {
            let resource = |binding| own_resource(self.scratch, parts, binding);
            self.gpu.bind(pipeline, 0, resource)
        };
        let name = pipeline.pass.name;
        let group = kept.get_or_make(&self.gpu.device, name, &parts.all(), make);
        self.scratch.groups = kept;
        group
    }
}

/// A buffer of the scratch, or a part of its tables.
fn own_resource(scratch: &Scratch, parts: PassParts, binding: Binding) -> BindingResource<'_> {
    let tables = &scratch.tables;
    match binding {
        Binding::Params => parts.params.of(tables),
        Binding::Stripes => parts.stripes.of(tables),
        Binding::Resampled => parts.resampled.of(tables),
        Binding::Taps => parts.taps.of(tables),
        Binding::Bits => scratch.bits.as_entire_binding(),
        Binding::Blocks => scratch.blocks.as_entire_binding(),
        Binding::Totals => scratch.totals.as_entire_binding(),
        Binding::Summary => scratch.summary.as_entire_binding(),
        Binding::Starts => scratch.starts.as_entire_binding(),
        Binding::Values => scratch.values.as_entire_binding(),
        Binding::Measures => scratch.measures.as_entire_binding(),
        Binding::Characters => scratch.characters.as_entire_binding(),
        Binding::Vectors | Binding::Words => unreachable!("pixels are in another group"),
    }
}
