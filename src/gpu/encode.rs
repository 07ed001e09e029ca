//! One chunk's way through the passes.

use wgpu::{CommandEncoder, WriteOnly};

use super::buffers::{Buffers, read, write};
use super::clock::Clock;
use super::device::GpuDevice;
use super::passes::{BLOCK_WORDS, COMPACT, COUNT, FLAG, Params, Pass, SCAN, workgroups};
use super::plan::{Chunk, Part, Window};
use crate::encoder::Starts;
use crate::masks::{Masks, Order};
use crate::plane::{Plane, PlaneVisitor, Scan, visit_plane};
use crate::question::Question;
use crate::{Error, Result};

/// A device, its buffers, and what it has learnt.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) gpu: GpuDevice,
    buffers: Buffers,
    pub(super) clock: Option<Clock>,
    /// Starts a thousand words of bits in the last chunk: so many are read back at once.
    density: u64,
}

impl Session {
    pub(super) fn new(mut gpu: GpuDevice) -> Result<Self> {
        let (buffers, clock) =
            gpu.watched(|gpu| Ok((Buffers::new(&gpu.device), Clock::new(&gpu.device, &gpu.queue))))?;
        Ok(Session { gpu, buffers, clock, density: 60 })
    }

    /// The starts of a chunk's masks.
    pub(super) fn encode(&mut self, masks: &Masks<'_>, order: Order, chunk: &Chunk) -> Result<Starts> {
        let Session { gpu, buffers, clock, density } = self;
        gpu.watched(|gpu| {
            let mut run = Run { gpu, buffers, clock: clock.as_mut(), chunk, question: masks.question() };
            run.make_room();
            for window in &chunk.windows {
                run.flag(masks, order, window)?;
            }
            let expected = (u64::from(chunk.words) * *density / 800 + 1024).min(u64::from(chunk.words));
            let starts = run.finish(expected)?;
            *density = starts.starts.len() as u64 * 1000 / u64::from(chunk.words);
            Ok(starts)
        })
    }
}

struct Run<'r> {
    gpu: &'r mut GpuDevice,
    buffers: &'r mut Buffers,
    clock: Option<&'r mut Clock>,
    chunk: &'r Chunk,
    question: Question,
}

impl Run<'_> {
    fn make_room(&mut self) {
        if let Some(clock) = &mut self.clock {
            clock.restart();
        }
        let windows = &self.chunk.windows;
        let bytes = windows.iter().map(|window| window.bytes).max().unwrap_or(0);
        let stripes = windows.iter().map(|window| window.stripes.len()).max().unwrap_or(0);
        self.buffers.hold(&self.gpu.device, self.chunk.words, self.chunk.placed.len(), bytes, stripes);
    }

    fn params(&self, words: u32, stripes: usize) -> Params {
        let (threshold, infinity) = match self.question {
            Question::Above(threshold) => (threshold.key(), threshold.infinity()),
            _ => (0, 0),
        };
        Params {
            words,
            stripes: stripes as u32,
            blocks: words.div_ceil(BLOCK_WORDS),
            capacity: self.chunk.words,
            threshold,
            infinity,
            unused: [0; 2],
        }
    }

    /// Uploads a window's pixels and flags their boundaries.
    fn flag(&mut self, masks: &Masks<'_>, order: Order, window: &Window) -> Result<()> {
        write(self.gpu, &self.buffers.upload, window.bytes, |mut staging| {
            for part in &window.parts {
                visit_plane(masks, part.mask, order, CopyRows { part, staging: &mut staging });
            }
        })?;
        let params = self.params(window.words, window.stripes.len());
        let Buffers { upload, pixels, window_params, window_stripes, bits, .. } = &*self.buffers;
        self.gpu.queue.write_buffer(window_params, 0, bytemuck::bytes_of(&params));
        self.gpu.queue.write_buffer(window_stripes, 0, bytemuck::cast_slice(&window.stripes));
        let key = self.gpu.prepare(&FLAG, self.question, self.chunk.element_bytes);
        let bound = self.gpu.bind(key, |binding| match binding {
            0 => window_params,
            1 => window_stripes,
            2 => pixels,
            _ => bits,
        });
        let mut commands = self.commands();
        commands.copy_buffer_to_buffer(upload, 0, pixels, 0, window.bytes);
        self.dispatch(&mut commands, &FLAG, key, &bound, window.words.div_ceil(FLAG.workgroup_size));
        self.gpu.queue.submit([commands.finish()]);
        Ok(())
    }

    /// Scans and compacts the chunk's bits and reads the starts: `expected` of them at once, the rest, or the bits where
    /// those are fewer, by a second copy.
    fn finish(&mut self, expected: u64) -> Result<Starts> {
        let masks = self.chunk.placed.len();
        let summary_bytes = 4 * (1 + masks as u64);
        let mut commands = self.commands();
        self.scan_and_compact(&mut commands);
        let times_at = summary_bytes + 4 * expected;
        let bytes = times_at + self.clock.as_ref().map_or(0, |clock| clock.bytes());
        self.buffers.hold_readback(&self.gpu.device, bytes);
        let Buffers { summary, starts, readback, .. } = &*self.buffers;
        if let Some(clock) = &self.clock {
            clock.copy(&mut commands, readback, times_at);
        }
        commands.copy_buffer_to_buffer(summary, 0, readback, 0, summary_bytes);
        commands.copy_buffer_to_buffer(starts, 0, readback, summary_bytes, 4 * expected);
        let submission = self.gpu.queue.submit([commands.finish()]);
        self.gpu.wait(submission)?;
        let mut found = read(self.gpu, readback, bytes)?;
        let times = found.split_off(times_at as usize / 4);
        if let Some(clock) = &mut self.clock {
            clock.add(&times);
        }
        let mut starts = found.split_off(masks + 1);
        let total = found[0];
        self.check_total(total)?;
        if total > self.chunk.words {
            return self.walk_bits(total);
        }
        if u64::from(total) > expected {
            let rest = self.copy_back(|buffers| &buffers.starts, 4 * expected, 4 * (u64::from(total) - expected))?;
            starts.extend(rest);
        }
        starts.truncate(total as usize);
        let offsets = &found[1..];
        let counts = (0..masks).map(|i| offsets.get(i + 1).unwrap_or(&total).wrapping_sub(offsets[i])).collect();
        self.checked(starts, counts)
    }

    fn scan_and_compact(&mut self, commands: &mut CommandEncoder) {
        let table = self.chunk.table();
        let params = self.params(self.chunk.words, table.len());
        self.gpu.queue.write_buffer(&self.buffers.params, 0, bytemuck::bytes_of(&params));
        self.gpu.queue.write_buffer(&self.buffers.stripes, 0, bytemuck::cast_slice(&table));
        for (pass, groups) in [(&COUNT, params.blocks), (&SCAN, 1), (&COMPACT, params.blocks)] {
            let key = self.gpu.prepare(pass, self.question, self.chunk.element_bytes);
            let Buffers { params, stripes, bits, blocks, summary, starts, .. } = &*self.buffers;
            let bound = self.gpu.bind(key, |binding| match binding {
                0 => params,
                1 => stripes,
                3 => bits,
                4 => blocks,
                5 => summary,
                _ => starts,
            });
            self.dispatch(commands, pass, key, &bound, groups);
        }
    }

    /// The starts of a dense chunk, from its bits.
    fn walk_bits(&mut self, total: u32) -> Result<Starts> {
        let words = self.copy_back(|buffers| &buffers.bits, 0, 4 * u64::from(self.chunk.words))?;
        let mut starts = Vec::with_capacity(total as usize);
        let mut counts = Vec::with_capacity(self.chunk.placed.len());
        for placed in &self.chunk.placed {
            let before = starts.len();
            let words = &words[placed.first_word as usize..][..placed.words() as usize];
            placed.bit_lines().walk(words, &mut starts);
            counts.push((starts.len() - before) as u32);
        }
        if starts.len() != total as usize {
            return Err(self.fault(format!("{total} boundaries were counted, {} are there", starts.len())));
        }
        self.checked(starts, counts)
    }

    /// Copies bytes that are still on the device to the host.
    fn copy_back(&mut self, from: impl Fn(&Buffers) -> &wgpu::Buffer, offset: u64, bytes: u64) -> Result<Vec<u32>> {
        self.buffers.hold_readback(&self.gpu.device, bytes);
        let mut commands = self.commands();
        commands.copy_buffer_to_buffer(from(self.buffers), offset, &self.buffers.readback, 0, bytes);
        let submission = self.gpu.queue.submit([commands.finish()]);
        self.gpu.wait(submission)?;
        read(self.gpu, &self.buffers.readback, bytes)
    }

    /// Every mask has a boundary at its first pixel, and no more boundaries than pixels.
    fn check_total(&self, total: u32) -> Result<()> {
        let (least, most) = (self.chunk.placed.len() as u64, 32 * u64::from(self.chunk.words));
        if (least..=most).contains(&u64::from(total)) {
            return Ok(());
        }
        Err(self.fault(format!("it counted {total} boundaries, there are between {least} and {most}")))
    }

    /// The starts with a count for each mask of the chunk, those without pixels too. A device that was lost half-way, or
    /// computes nothing, shows in masks whose first start is not 0.
    fn checked(&self, starts: Vec<u32>, counts: Vec<u32>) -> Result<Starts> {
        let mut all = vec![0; self.chunk.masks.len()];
        let mut end = 0u64;
        for (placed, count) in self.chunk.placed.iter().zip(counts) {
            if count == 0 || starts.get(end as usize) != Some(&0) {
                return Err(self.fault(format!("the starts of mask {} do not begin at 0", placed.mask)));
            }
            end += u64::from(count);
            all[placed.mask - self.chunk.masks.start] = count;
        }
        if end != starts.len() as u64 {
            return Err(self.fault(format!("{} starts came back for {end} runs", starts.len())));
        }
        Ok(Starts { starts, counts: all })
    }

    fn fault(&self, what: String) -> Error {
        Error::Gpu(format!("{}: {what}", self.gpu.info.name))
    }

    fn commands(&self) -> CommandEncoder {
        self.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("maskrle") })
    }

    fn dispatch(
        &mut self,
        commands: &mut CommandEncoder,
        pass: &Pass,
        key: (&'static str, u32, u32),
        bound: &wgpu::BindGroup,
        groups: u32,
    ) {
        let (x, y) = workgroups(groups);
        let timestamp_writes = self.clock.as_mut().and_then(|clock| clock.time(pass.name));
        let descriptor = wgpu::ComputePassDescriptor { label: Some(pass.name), timestamp_writes };
        let mut compute = commands.begin_compute_pass(&descriptor);
        compute.set_pipeline(self.gpu.pipeline(key));
        compute.set_bind_group(0, bound, &[]);
        compute.dispatch_workgroups(x, y, 1);
    }
}

/// Copies the rows of a part into the mapped staging memory, in order and without reading it.
struct CopyRows<'c, 'm> {
    part: &'c Part,
    staging: &'c mut WriteOnly<'m, [u8]>,
}

impl PlaneVisitor for CopyRows<'_, '_> {
    type Output = ();

    fn visit<P: Plane>(self, plane: &P, _scan: Scan) {
        let Part { rows, width, at, .. } = self.part;
        let mut at = *at as usize;
        let mut put = |pixels: &[P::Bits]| {
            let bytes: &[u8] = bytemuck::cast_slice(pixels);
            self.staging.slice(at..at + bytes.len()).copy_from_slice(bytes);
            at += bytes.len();
        };
        let mut gathered = Vec::new();
        if plane.height() == 1 {
            let columns = rows.start * width..plane.width().min(rows.end * width);
            put(plane.rows(0..1, columns, &mut gathered).row(0));
        } else {
            for row in rows.clone() {
                put(plane.rows(row..row + 1, 0..*width, &mut gathered).row(0));
            }
        }
    }
}
