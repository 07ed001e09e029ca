//! A device at work: windows of pixels go through a ring of staging buffers, and a chunk is
//! uploaded and encoded while those before it are still being read back.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use wgpu::{MapMode, WriteOnly};

use super::buffers::{Scratch, Upload, write};
use super::device::{GpuDevice, Submitted, lock};
use super::encode::{Binding, Copied, Recorder};
use super::faults::Fault;
use super::landing::{Found, InFlight, expected};
use super::plan::{Chunk, Part, Window};
use crate::Result;
use crate::pixel::{Masks, Order};
use crate::pixel::{Packed, Plane, PlaneVisitor, Scan, visit_plane};

/// Chunks in flight, and staging buffers: one is filled, one computed, one read back.
pub(super) const RING: usize = 3;

/// A device and its buffers.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) gpu: Arc<GpuDevice>,
    /// The one that was used longest ago first.
    uploads: VecDeque<Upload>,
    pub(super) pool: Pool,
}

/// Scratch that no chunk uses.
#[derive(Debug, Clone, Default)]
pub(super) struct Pool(Arc<Mutex<Vec<Scratch>>>);

impl Pool {
    pub(super) fn take(&self, gpu: &GpuDevice) -> Scratch {
        let kept = lock(&self.0).pop();
        kept.unwrap_or_else(|| Scratch::new(gpu))
    }

    pub(super) fn give(&self, scratch: Scratch) {
        let mut kept = lock(&self.0);
        if kept.len() < RING {
            kept.push(scratch);
        }
    }
}

/// A chunk of masks of the host that was submitted.
#[derive(Debug)]
pub(super) struct Flying {
    in_flight: InFlight,
    submitted: Submitted,
}

impl Flying {
    pub(super) fn chunk(&self) -> &Arc<Chunk> {
        &self.in_flight.chunk
    }
}

impl Session {
    pub(super) fn new(gpu: GpuDevice) -> Result<Self> {
        let uploads = gpu.watched(|| Ok((0..RING).map(|_| Upload::new(&gpu.device)).collect()))?;
        Ok(Session {
            gpu: Arc::new(gpu),
            uploads,
            pool: Pool::default(),
        })
    }

    /// Uploads and submits a chunk. After an error the session is of no more use.
    pub(super) fn start(
        &mut self,
        masks: &Masks<'_>,
        order: Order,
        chunk: &Arc<Chunk>,
    ) -> Result<Flying> {
        let gpu = Arc::clone(&self.gpu);
        gpu.faults.reach(&chunk.masks);
        if gpu.faults.strikes(Fault::LostBefore) {
            gpu.device.destroy();
        }
        gpu.watched(|| {
            if gpu.faults.strikes(Fault::OutOfMemory) {
                refused_buffer(&gpu);
            }
            let mut scratch = self.pool.take(&gpu);
            scratch.hold(&gpu.device, chunk, 0);
            let copied = match expected(&gpu, chunk) {
                Some(starts) => Copied::Starts { starts, values: 0 },
                None => Copied::Bits { values: 0 },
            };
            let mut submitted = None;
            for (index, window) in chunk.windows.iter().enumerate() {
                let is_last = index + 1 == chunk.windows.len();
                submitted = Some(self.window(
                    masks,
                    order,
                    chunk,
                    window,
                    &mut scratch,
                    (index == 0, is_last, copied),
                )?);
            }
            if gpu.faults.strikes(Fault::LostWithin) {
                gpu.device.destroy();
            }
            let submitted = submitted.expect("a chunk has a window");
            let (gpu, chunk, predicate) = (Arc::clone(&gpu), Arc::clone(chunk), masks.predicate());
            Ok(Flying {
                in_flight: InFlight {
                    gpu,
                    chunk,
                    predicate,
                    scratch,
                    copied,
                    pixels: None,
                },
                submitted,
            })
        })
    }

    /// Uploads a window and flags it; after the last, its chunk is scanned, compacted and copied
    /// back.
    fn window(
        &mut self,
        masks: &Masks<'_>,
        order: Order,
        chunk: &Chunk,
        window: &Window,
        scratch: &mut Scratch,
        (is_first, is_last, copied): (bool, bool, Copied),
    ) -> Result<Submitted> {
        let gpu = Arc::clone(&self.gpu);
        let mut upload = self.uploads.pop_front().expect("the ring is never empty");
        if let Some(submitted) = upload.used_by.take() {
            gpu.wait(&submitted)?;
        }
        upload.hold(&gpu.device, window);
        write(&gpu, &upload.staging, window.bytes, |mut staging| {
            for part in &window.parts {
                let copy = CopyRows {
                    part,
                    at: part.at as usize,
                    staging: &mut staging,
                };
                visit_plane(masks, part.mask, order, copy);
            }
        })?;
        let pixels = Binding {
            buffer: (*upload.pixels).clone(),
            offset: 0,
            bytes: upload.pixels.size(),
        };
        let mut commands = gpu.commands();
        commands.copy_buffer_to_buffer(&upload.staging, 0, &upload.pixels, 0, window.bytes);
        let (predicate, element_bits) = (masks.predicate(), chunk.element_bits);
        let mut recorder = Recorder {
            gpu: &gpu,
            commands: &mut commands,
            scratch,
            predicate,
            element_bits,
        };
        if is_first {
            recorder.begin(chunk);
        }
        recorder.flag(window, &pixels, Some(&upload.tables));
        if is_last {
            recorder.scan(chunk);
            recorder.compact(chunk, None);
            recorder.copy_back(chunk, copied);
        }
        commands.map_buffer_on_submit(&upload.staging, MapMode::Write, .., |_| {});
        let submitted = gpu.submit(commands);
        upload.used_by = Some(submitted.clone());
        self.uploads.push_back(upload);
        Ok(submitted)
    }

    /// Waits for a chunk and reads it.
    pub(super) fn land(&mut self, flying: Flying) -> Result<Found> {
        let Flying {
            mut in_flight,
            submitted,
        } = flying;
        let gpu = Arc::clone(&self.gpu);
        let found = gpu.watched(|| {
            gpu.wait(&submitted)?;
            in_flight.land()
        })?;
        self.pool.give(in_flight.scratch);
        Ok(found)
    }
}

/// A buffer beyond what the device gives: what happens when memory is short.
fn refused_buffer(gpu: &GpuDevice) {
    let size = gpu
        .device
        .limits()
        .max_buffer_size
        .saturating_add(1)
        .next_multiple_of(4);
    let descriptor = wgpu::BufferDescriptor {
        label: None,
        size,
        usage: wgpu::BufferUsages::STORAGE,
        mapped_at_creation: false,
    };
    let _refused = gpu.device.create_buffer(&descriptor);
}

/// Copies the rows of a part into the mapped staging memory, in order and without reading it.
struct CopyRows<'c, 'm> {
    part: &'c Part,
    staging: &'c mut WriteOnly<'m, [u8]>,
    /// Where the next bytes go.
    at: usize,
}

impl CopyRows<'_, '_> {
    fn put(&mut self, bytes: &[u8]) {
        self.staging
            .slice(self.at..self.at + bytes.len())
            .copy_from_slice(bytes);
        self.at += bytes.len();
    }
}

impl PlaneVisitor for CopyRows<'_, '_> {
    type Output = ();

    fn visit<P: Plane>(mut self, plane: &P, _scan: Scan) {
        let Part { rows, width, .. } = self.part;
        let mut gathered = Vec::new();
        if plane.height() == 1 {
            let columns = rows.start * width..plane.width().min(rows.end * width);
            self.put(bytemuck::cast_slice(
                plane.rows(0..1, columns, &mut gathered).row(0),
            ));
        } else {
            for row in rows.clone() {
                self.put(bytemuck::cast_slice(
                    plane.rows(row..row + 1, 0..*width, &mut gathered).row(0),
                ));
            }
        }
    }

    /// Whole bytes, as they are.
    fn visit_packed(mut self, packed: &Packed<'_>, _scan: Scan) {
        let rows = packed.rows;
        // One row comes in pieces, as rows of its own.
        let is_in_pieces = rows.nrows() == 1;
        for row in self.part.rows.clone() {
            let piece = self.part.width.div_ceil(8);
            let bytes = match is_in_pieces {
                true => rows.row(0).slice_move(ndarray::s![
                    row * piece..rows.ncols().min((row + 1) * piece)
                ]),
                false => rows.row(row),
            };
            match bytes.to_slice() {
                Some(bytes) => self.put(bytes),
                None => self.put(&bytes.to_vec()),
            }
        }
    }
}
