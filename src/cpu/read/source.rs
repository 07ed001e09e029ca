//! A mask as rows of words, whatever its pixels are: what the scans read.
//!
//! Two traits, as there are two kinds of masks. Pixels that are foreground or background give
//! foreground bits, of which boundary bits are made in any direction. Labels have no such bits:
//! they give boundary bits alone, along the rows or across them.

use std::ops::Range;

use super::word_rows::WordRows;

/// Pixels in rows of memory. Each 64 of a row become a word, the first of them its lowest bit;
/// every row begins with a word of its own, and bits beyond its last pixel are 0.
pub(crate) trait PixelRows: Sync {
    fn height(&self) -> usize;
    fn width(&self) -> usize;

    /// Bytes that a row's pixels take.
    fn row_bytes(&self) -> usize;
}

/// Pixels that are foreground or background.
pub(crate) trait ForegroundSource: PixelRows {
    /// Reads foreground bits of rows, of columns that begin at a multiple of 64.
    fn read_foreground_bits(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        words: &mut WordRows<'_>,
    );
}

/// Pixels each of which is compared with the one before it in the scan. The mask's first pixel,
/// which has none before it, is no boundary here.
pub(crate) trait LabelSource: PixelRows {
    /// Reads boundary bits of a scan along the rows, of columns that begin at a multiple of 64.
    fn read_boundaries_along(&self, row: usize, columns: Range<usize>, words: &mut [u64]);

    /// Reads boundary bits of a scan across the rows, of columns that begin at a multiple of 64.
    fn read_boundaries_across(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        words: &mut WordRows<'_>,
    );
}

/// A mask of either kind.
#[derive(Clone, Copy)]
pub(crate) enum Source<'s> {
    Foreground(&'s dyn ForegroundSource),
    Labels(&'s dyn LabelSource),
}

impl<'s> Source<'s> {
    pub(crate) fn height(self) -> usize {
        self.rows().height()
    }

    pub(crate) fn width(self) -> usize {
        self.rows().width()
    }

    pub(crate) fn row_bytes(self) -> usize {
        self.rows().row_bytes()
    }

    fn rows(self) -> &'s dyn PixelRows {
        match self {
            Source::Foreground(source) => source,
            Source::Labels(source) => source,
        }
    }
}
