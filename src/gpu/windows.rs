//! Windows of pixels: masks of the host as they are uploaded, and a mask too large for one upload
//! cut into several.

use std::ops::Range;

use super::budget::ALIGNMENT;
use super::layout::{MaskLayout, StripeTable};
use super::passes::Stripe;
use super::resample_tables::ResampleTables;
use crate::pixel::{BitOrder, Masks, Order, Resample};
use crate::pixel::{Packed, Plane, PlaneVisitor, Scan, visit_plane};

/// Pixels of a row, of a mask that lies in one piece: it is uploaded as rows of this many.
const PIECE: usize = 1 << 8;

/// Pixels that are in the pixel buffer together.
#[derive(Debug, Default)]
pub(super) struct Window {
    pub(super) uploads: Vec<UploadedRows>,
    pub(super) tables: Vec<StripeTable>,
    /// Of the masks that are resampled, in the order of their stripes.
    pub(super) resampled: ResampleTables,
    /// Bytes of pixels.
    pub(super) bytes: u64,
}

/// Rows of a mask's plane, and the byte at which they are put. Of a mask in one piece, rows of
/// `width` pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UploadedRows {
    pub(super) mask: usize,
    pub(super) rows: Range<usize>,
    pub(super) width: usize,
    pub(super) at: u64,
}

impl UploadedRows {
    /// Bytes of a row of elements of so many bits.
    pub(super) fn row_bytes(&self, element_bits: u32) -> u64 {
        (self.width as u64 * u64::from(element_bits)).div_ceil(8)
    }

    /// Keeps the first `rows`, and gives the others.
    pub(super) fn split_off(&mut self, rows: usize, element_bits: u32) -> UploadedRows {
        let middle = self.rows.start + rows;
        let others = UploadedRows {
            rows: middle..self.rows.end,
            at: self.at + rows as u64 * self.row_bytes(element_bits),
            ..*self
        };
        self.rows.end = middle;
        others
    }
}

/// A mask of the host as it is uploaded.
pub(super) struct UploadedMask {
    pub(super) layout: MaskLayout,
    /// Rows that are uploaded, and their width in pixels.
    pub(super) rows: usize,
    pub(super) width: usize,
    /// Bytes in the pixel buffer.
    pub(super) bytes: u64,
    /// How it is made, if samples are uploaded, as f32.
    pub(super) resample: Option<Resample>,
}

/// Mask `index` as it is uploaded.
pub(super) fn uploaded_mask(masks: &Masks<'_>, index: usize, order: Order) -> UploadedMask {
    let Some((_, resample)) = masks.samples_of(index) else {
        let layout = visit_plane(masks, index, order, LayoutVisitor);
        return UploadedMask {
            layout,
            rows: layout.height,
            width: layout.width,
            bytes: uploaded_bytes(&layout),
            resample: None,
        };
    };
    let samples: u64 = resample.from().into_iter().map(u64::from).product();
    let [rows, width] = resample.from().map(|side| side as usize);
    UploadedMask {
        layout: MaskLayout::of_target(resample.target, order, [width, 1]),
        rows,
        width,
        bytes: (samples * size_of::<f32>() as u64).next_multiple_of(ALIGNMENT),
        resample: Some(resample),
    }
}

struct LayoutVisitor;

impl PlaneVisitor for LayoutVisitor {
    type Output = MaskLayout;

    fn visit<P: Plane>(self, plane: &P, scan: Scan) -> MaskLayout {
        let element_bits = 8 * size_of::<P::Bits>() as u32;
        layout([plane.height(), plane.width()], scan, element_bits, false)
    }

    fn visit_packed(self, packed: &Packed<'_>, scan: Scan) -> MaskLayout {
        let size = [packed.rows.nrows(), packed.width];
        layout(size, scan, 1, packed.order == BitOrder::Big)
    }
}

fn layout(
    [height, width]: [usize; 2],
    scan: Scan,
    element_bits: u32,
    highest_first: bool,
) -> MaskLayout {
    let pixels = height * width;
    let (height, width) = if height == 1 && width > PIECE && scan == Scan::Along {
        (width.div_ceil(PIECE), PIECE)
    } else {
        (height, width)
    };
    let row_stride = if element_bits == 1 {
        width.div_ceil(8)
    } else {
        width
    };
    MaskLayout {
        height,
        width,
        pixels,
        scan,
        element_bits,
        row_stride,
        column_stride: 1,
        highest_first,
        is_resampled: false,
    }
}

/// Bytes of a mask in the pixel buffer.
fn uploaded_bytes(layout: &MaskLayout) -> u64 {
    let rows = layout.height as u64 * layout.row_bytes(layout.width);
    rows.next_multiple_of(ALIGNMENT)
}

/// The mask's pixels in windows of at most `bytes`, or None where a window cannot hold 32 rows and
/// the one before.
pub(super) fn cut(layout: &MaskLayout, mask: usize, bytes: u64) -> Option<Vec<Window>> {
    let MaskLayout {
        height,
        width,
        scan,
        ..
    } = *layout;
    // Rows by 32: every word's pixels are in one window, whether a line is a column or the whole
    // mask.
    let rows_per_window = (bytes / layout.row_bytes(width)).checked_sub(1)? as usize / 32 * 32;
    let rows_are_whole_words = layout.bit_lines().lines > 1 || scan == Scan::Along;
    if rows_per_window == 0 || !rows_are_whole_words {
        return None;
    }
    let windows = (0..height).step_by(rows_per_window).map(|first_row| {
        let rows = first_row..height.min(first_row + rows_per_window);
        window(layout, mask, rows)
    });
    Some(windows.collect())
}

/// A window of some rows of a mask, and of the row before the first in the scan.
fn window(layout: &MaskLayout, mask: usize, rows: Range<usize>) -> Window {
    let MaskLayout {
        height,
        width,
        pixels,
        scan,
        ..
    } = *layout;
    let row_bytes = layout.row_bytes(width);
    // Of columns, the row before the first is the last one.
    let lead = match (rows.start, scan) {
        (0, Scan::Across) => Some(height - 1..height),
        (0, Scan::Along) => None,
        (first_row, _) => Some(first_row - 1..first_row),
    };
    let in_line = match scan {
        Scan::Across => rows.clone(),
        Scan::Along => rows.start * width..pixels.min(rows.end * width),
    };
    let line_words = (in_line.start / 32) as u32..in_line.end.div_ceil(32) as u32;
    let uploaded = |rows, at| UploadedRows {
        mask,
        rows,
        width,
        at,
    };
    let stripe = Stripe {
        line_words: line_words.end - line_words.start,
        first_line_word: line_words.start,
        first_row: rows.start as u32,
        first_row_at: layout.row_stride as u32,
        last_row_at: 0,
        ..layout.stripe(0, 0)
    };
    let mut tables = Vec::new();
    StripeTable::add(&mut tables, layout, stripe);
    Window {
        bytes: ((rows.len() + 1) as u64 * row_bytes).next_multiple_of(ALIGNMENT),
        uploads: lead
            .map(|lead| uploaded(lead, 0))
            .into_iter()
            .chain([uploaded(rows, row_bytes)])
            .collect(),
        tables,
        resampled: ResampleTables::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_more_than_a_piece_are_cut_into_pieces() {
        for (width, expected) in [
            (PIECE - 1, [1, PIECE - 1]),
            (PIECE, [1, PIECE]),
            (PIECE + 1, [2, PIECE]),
            (2 * PIECE, [2, PIECE]),
            (2 * PIECE + 1, [3, PIECE]),
        ] {
            let layout = layout([1, width], Scan::Along, 8, false);
            assert_eq!([layout.height, layout.width], expected, "{width} pixels");
            assert_eq!(layout.pixels, width);
        }
        let across = layout([1, PIECE + 1], Scan::Across, 8, false);
        assert_eq!([across.height, across.width], [1, PIECE + 1]);
    }

    #[test]
    fn masks_take_whole_vectors() {
        for (width, bytes) in [(15, 16), (16, 16), (17, 32)] {
            let layout = layout([1, width], Scan::Along, 8, false);
            assert_eq!(uploaded_bytes(&layout), bytes, "{width} bytes");
        }
    }

    /// Windows hold 32 rows and the one before them, and no fewer.
    #[test]
    fn a_window_holds_33_rows_at_least() {
        let layout = layout([100, 40], Scan::Across, 8, false);
        assert!(cut(&layout, 0, 33 * 40 - 1).is_none());
        for (bytes, windows) in [
            (33 * 40, 4),
            (33 * 40 + 1, 4),
            (65 * 40 - 1, 4),
            (65 * 40, 2),
        ] {
            let cut = cut(&layout, 0, bytes).expect("32 rows fit");
            assert_eq!(cut.len(), windows, "{bytes} bytes");
            let rows = cut.iter().map(|window| window.uploads[1].rows.len());
            assert_eq!(rows.sum::<usize>(), 100, "{bytes} bytes");
            assert_eq!(
                cut[0].uploads[0].rows,
                99..100,
                "the first column's last row"
            );
        }
    }
}
