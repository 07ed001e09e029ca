//! Pixels of masks of the host into mapped staging memory, by several threads where they are many:
//! one alone copies less than a bus takes.

use std::ops::Range;
use std::thread;

use wgpu::{Buffer, MAP_ALIGNMENT, WriteOnly};

use super::device::GpuDevice;
use super::windows::{UploadedRows, Window};
use crate::Result;
use crate::pixel::{Masks, Order, Packed, Plane, PlaneVisitor, Samples, Scan, visit_plane};

/// Bytes that are worth a thread: one takes some 50 us to begin, and copies as many in 0.4 ms.
const BYTES_PER_THREAD: u64 = 4 << 20;
/// Threads that copy at most: a few take all of memory's bandwidth.
const MOST_THREADS: usize = 4;

/// Rows that one thread copies, and the bytes of the staging memory in which they lie.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    bytes: Range<u64>,
    uploads: Vec<UploadedRows>,
}

/// The rows of a window, of elements of so many bits, as a part for each thread.
pub(super) fn parts(window: &Window, element_bits: u32, threads: usize) -> Vec<Part> {
    let most = threads.clamp(1, MOST_THREADS) as u64;
    split(
        window,
        element_bits,
        (window.bytes / BYTES_PER_THREAD).clamp(1, most),
    )
}

/// The rows of a window in at most `count` parts of about as many bytes.
fn split(window: &Window, element_bits: u32, count: u64) -> Vec<Part> {
    let wanted = window.bytes.div_ceil(count);
    let begin_at = |begin| Part {
        bytes: begin..window.bytes,
        uploads: Vec::new(),
    };
    let mut parts = Vec::new();
    let mut part = begin_at(0);
    for upload in &window.uploads {
        let mut rest = upload.clone();
        while let Some(rows) = rows_before_cut(&rest, element_bits, part.bytes.start, wanted) {
            if rows > 0 {
                let next = rest.split_off(rows, element_bits);
                part.uploads.push(std::mem::replace(&mut rest, next));
            }
            part.bytes.end = rest.at;
            parts.push(std::mem::replace(&mut part, begin_at(rest.at)));
        }
        part.uploads.push(rest);
    }
    parts.push(part);
    parts
}

/// Number of the first rows, but not all, after which a part that begins at byte `begin` is full
/// and another may begin.
fn rows_before_cut(
    upload: &UploadedRows,
    element_bits: u32,
    begin: u64,
    wanted: u64,
) -> Option<usize> {
    let row_bytes = upload.row_bytes(element_bits);
    let room = (begin + wanted).saturating_sub(upload.at);
    let full = room.div_ceil(row_bytes.max(1)) as usize;
    let may_begin = |rows: &usize| {
        let place = upload.at + *rows as u64 * row_bytes;
        place > begin && place.is_multiple_of(MAP_ALIGNMENT)
    };
    let rows = full..upload.rows.len().min(full + MAP_ALIGNMENT as usize);
    rows.into_iter().find(may_begin)
}

/// Writes the parts of a window into a staging buffer that is mapped, and unmaps it. Threads of
/// their own do it: one of rayon's that waits may take up another call, which would wait for this
/// one.
pub(super) fn fill(
    gpu: &GpuDevice,
    staging: &Buffer,
    parts: &[Part],
    masks: &Masks<'_>,
    order: Order,
) -> Result<()> {
    let copy = |part: &Part| -> Result<()> {
        let mut view = staging
            .get_mapped_range_mut(part.bytes.clone())
            .map_err(|error| gpu.fault(error))?;
        for rows in &part.uploads {
            let at = (rows.at - part.bytes.start) as usize;
            copy_rows(masks, order, rows, at, &mut view.slice(..));
        }
        Ok(())
    };
    let filled = thread::scope(|scope| {
        let (first, others) = parts.split_first().expect("a window has a part at least");
        let threads = others.iter().map(|part| {
            let thread = thread::Builder::new().spawn_scoped(scope, move || copy(part));
            thread.map_err(|_refused| part)
        });
        let threads: Vec<_> = threads.collect();
        let mut filled = copy(first);
        for thread in threads {
            let other = match thread {
                Ok(thread) => thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                Err(part) => copy(part),
            };
            filled = filled.and(other);
        }
        filled
    });
    staging.unmap();
    filled
}

/// Copies rows of a mask into mapped memory, from byte `at` on.
fn copy_rows(
    masks: &Masks<'_>,
    order: Order,
    upload: &UploadedRows,
    at: usize,
    staging: &mut WriteOnly<'_, [u8]>,
) {
    if let Some((samples, _)) = masks.samples_of(upload.mask) {
        return copy_samples(&samples, upload, at, staging);
    }
    let copy = CopyRows {
        upload,
        at,
        staging,
    };
    visit_plane(masks, upload.mask, order, copy);
}

/// Copies a mask's samples into the mapped staging memory, as f32, row by row.
fn copy_samples(
    samples: &Samples<'_>,
    upload: &UploadedRows,
    mut at: usize,
    staging: &mut WriteOnly<'_, [u8]>,
) {
    let mut row_samples = Vec::with_capacity(upload.width);
    let bytes = upload.width * size_of::<f32>();
    for row in upload.rows.clone() {
        row_samples.clear();
        samples.append_row(row, &mut row_samples);
        staging
            .slice(at..at + bytes)
            .copy_from_slice(bytemuck::cast_slice(&row_samples));
        at += bytes;
    }
}

/// Copies rows of a mask into the mapped staging memory, in order and without reading it.
struct CopyRows<'c, 'm> {
    upload: &'c UploadedRows,
    staging: &'c mut WriteOnly<'m, [u8]>,
    /// Byte at which the next ones are put.
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
        let UploadedRows { rows, width, .. } = self.upload;
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
        for row in self.upload.rows.clone() {
            let piece = self.upload.width.div_ceil(8);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(mask: usize, rows: Range<usize>, width: usize, at: u64) -> UploadedRows {
        UploadedRows {
            mask,
            rows,
            width,
            at,
        }
    }

    fn window(uploads: Vec<UploadedRows>, bytes: u64) -> Window {
        Window {
            uploads,
            bytes,
            ..Window::default()
        }
    }

    /// Parts follow one another, begin where memory may be mapped, and have all rows between them.
    #[test]
    fn parts_have_all_rows_of_a_window() {
        for (element_bits, width) in [(8, 1), (8, 40), (8, 41), (16, 33), (32, 7), (1, 41)] {
            let row_bytes = upload(0, 0..1, width, 0).row_bytes(element_bits);
            let mut uploads = Vec::new();
            let mut at = 0;
            for (mask, rows) in [100, 1, 0, 17, 64, 300].into_iter().enumerate() {
                uploads.push(upload(mask, 0..rows, width, at));
                at = (at + rows as u64 * row_bytes).next_multiple_of(16);
            }
            check(&window(uploads, at), element_bits);
            // The row before the first of a mask that is cut comes first.
            let cut = vec![
                upload(0, 99..100, width, 0),
                upload(0, 100..331, width, row_bytes),
            ];
            check(
                &window(cut, (232 * row_bytes).next_multiple_of(16)),
                element_bits,
            );
        }
    }

    fn check(window: &Window, element_bits: u32) {
        let rows_of = |uploads: &[UploadedRows]| -> Vec<(usize, usize, u64)> {
            let row = |upload: &UploadedRows, row: usize| {
                let before = (row - upload.rows.start) as u64;
                let at = upload.at + before * upload.row_bytes(element_bits);
                (upload.mask, row, at)
            };
            let rows = uploads
                .iter()
                .flat_map(|upload| upload.rows.clone().map(move |at| row(upload, at)));
            rows.collect()
        };
        let all = rows_of(&window.uploads);
        for count in 1..6 {
            let parts = split(window, element_bits, count);
            assert!(!parts.is_empty() && parts.len() as u64 <= count, "{count}");
            let mut begin = 0;
            let mut found = Vec::new();
            for part in &parts {
                assert_eq!(part.bytes.start, begin);
                assert_eq!(begin % MAP_ALIGNMENT, 0);
                let rows = rows_of(&part.uploads);
                let row_bytes = window.uploads[0].row_bytes(element_bits);
                let mut places = rows.iter().map(|&(_, _, at)| at..at + row_bytes);
                let (start, end) = (part.bytes.start, part.bytes.end);
                assert!(places.all(|place| start <= place.start && place.end <= end));
                begin = end;
                found.extend(rows);
            }
            assert_eq!(begin, window.bytes);
            assert_eq!(found, all, "{count} parts of {window:?}");
        }
        let wide = split(window, element_bits, 4);
        let bytes = |part: &Part| part.bytes.end - part.bytes.start;
        let longest = wide.iter().map(bytes).max();
        let row_bytes = window.uploads[0].row_bytes(element_bits);
        assert!(
            longest < Some(window.bytes / 4 + 9 * row_bytes + 64),
            "{wide:?}"
        );
    }
}
