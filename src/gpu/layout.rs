//! Layout of a mask on the device: how its pixels lie, which pass flags them, and where its
//! boundary bits go.
//!
//! Boundary bits: one a pixel in scan order, set where a pixel differs from the one before it in
//! the scan, and at the first pixel of a mask. Scan lines each start at a word, so that no two
//! share one; the bits that pad a line to whole words are zero.

use super::passes::{
    FLAG_ACROSS, FLAG_ACROSS_PACKED, FLAG_ALONG, FLAG_RESAMPLED, FLAG_STRIDED, Pass, Stripe,
};
use crate::pixel::{Order, Scan};
use crate::runs::BitLines;

/// Pixels of a column from which it has words of its own: padding shorter ones to a word would more
/// than double the bits, so these share words.
const MIN_PADDED_COLUMN: usize = 16;

/// The flag passes. A window's masks are flagged by one dispatch of each that is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kernel {
    Along,
    Across,
    AcrossPacked,
    Strided,
    Resampled,
}

impl Kernel {
    pub(super) fn pass(self) -> &'static Pass {
        match self {
            Kernel::Along => &FLAG_ALONG,
            Kernel::Across => &FLAG_ACROSS,
            Kernel::AcrossPacked => &FLAG_ACROSS_PACKED,
            Kernel::Strided => &FLAG_STRIDED,
            Kernel::Resampled => &FLAG_RESAMPLED,
        }
    }
}

/// The flag passes of uploaded pixels of these bits, that are not resampled.
pub(super) fn flag_passes(element_bits: u32) -> [&'static Pass; 3] {
    let across = match element_bits {
        1 => Kernel::AcrossPacked,
        _ => Kernel::Across,
    };
    [Kernel::Along, across, Kernel::Strided].map(Kernel::pass)
}

/// A mask's pixels as the passes see them: rows of memory, and how the scan lies to them. Of a
/// mask that is resampled, rows of the target, and strides of its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MaskLayout {
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) pixels: usize,
    pub(super) scan: Scan,
    /// 8, 16 or 32, or 1 of packed pixels.
    pub(super) element_bits: u32,
    /// Elements, or bytes of packed pixels, from row to row.
    pub(super) row_stride: usize,
    /// Elements, or bytes of packed pixels, from column to column.
    pub(super) column_stride: usize,
    /// Of packed pixels: true if a byte's highest bit is its first pixel.
    pub(super) highest_first: bool,
    pub(super) is_resampled: bool,
}

impl MaskLayout {
    /// A mask of a target's height and width that is made of samples with these strides.
    pub(super) fn of_target(
        [height, width]: [u32; 2],
        order: Order,
        [row_stride, column_stride]: [usize; 2],
    ) -> Self {
        let [height, width] = [height as usize, width as usize];
        MaskLayout {
            height,
            width,
            pixels: height * width,
            scan: match order {
                Order::RowMajor => Scan::Along,
                Order::ColumnMajor => Scan::Across,
            },
            // Whatever the samples are, f32 are compared.
            element_bits: 32,
            row_stride,
            column_stride,
            highest_first: false,
            is_resampled: true,
        }
    }

    pub(super) fn kernel(&self) -> Kernel {
        if self.is_resampled {
            return Kernel::Resampled;
        }
        match (self.scan, self.element_bits) {
            (Scan::Along, _) if self.column_stride == 1 => Kernel::Along,
            (Scan::Across, 1) => Kernel::AcrossPacked,
            (Scan::Across, _) if self.column_stride == 1 && self.height >= MIN_PADDED_COLUMN => {
                Kernel::Across
            }
            _ => Kernel::Strided,
        }
    }

    pub(super) fn bit_lines(&self) -> BitLines {
        let has_padded_columns = self.element_bits == 1 || self.height >= MIN_PADDED_COLUMN;
        match self.scan {
            Scan::Across if has_padded_columns => BitLines {
                lines: self.width,
                length: self.height,
            },
            _ => BitLines {
                lines: 1,
                length: self.pixels,
            },
        }
    }

    /// Words of boundary bits.
    pub(super) fn words(&self) -> u64 {
        self.bit_lines().words() as u64
    }

    /// Bytes of the unit that strides are counted in.
    pub(super) fn unit_bytes(&self) -> u64 {
        u64::from(self.element_bits.max(8) / 8)
    }

    /// Bytes of `pixels` pixels of one row, from its begin on.
    pub(super) fn row_bytes(&self, pixels: usize) -> u64 {
        match self.element_bits {
            1 => pixels.div_ceil(8) as u64,
            _ => pixels as u64 * self.unit_bytes(),
        }
    }

    /// The mask as one stripe: its first pixel is at `at`, in the units of its strides, its bits at
    /// `first_word`.
    pub(super) fn stripe(&self, at: u64, first_word: u32) -> Stripe {
        let bit_lines = self.bit_lines();
        let words_per_line = bit_lines.words_per_line() as u32;
        let to_last_row = (self.height as u64 - 1).wrapping_mul(self.row_stride as u64);
        Stripe {
            first: first_word,
            line_words: words_per_line,
            first_line_word: 0,
            first_word,
            words_per_line,
            line_length: bit_lines.length as u32,
            height: self.height as u32,
            width: self.width as u32,
            across: u32::from(self.scan == Scan::Across),
            row_stride: self.row_stride as u32,
            column_stride: self.column_stride as u32,
            first_row: 0,
            first_row_at: at as u32,
            last_row_at: at.wrapping_add(to_last_row) as u32,
            highest_first: u32::from(self.highest_first),
            unused: 0,
        }
    }

    /// Tasks of a stripe's dispatch: words; vectors of four to a band and of 32 rows; groups of
    /// tiles.
    fn tasks(&self, stripe: &Stripe) -> u32 {
        match self.kernel() {
            Kernel::Along | Kernel::Strided | Kernel::Resampled => {
                self.bit_lines().lines as u32 * stripe.line_words
            }
            Kernel::Across => {
                (stripe.width * self.element_bits).div_ceil(4 * 128) * 4 * stripe.line_words
            }
            Kernel::AcrossPacked => stripe.width.div_ceil(256) * stripe.line_words,
        }
    }
}

/// Stripes that one dispatch flags.
#[derive(Debug)]
pub(super) struct StripeTable {
    pub(super) kernel: Kernel,
    pub(super) stripes: Vec<Stripe>,
    pub(super) tasks: u32,
}

impl StripeTable {
    /// Adds a stripe to the table of its kernel.
    pub(super) fn add(tables: &mut Vec<StripeTable>, layout: &MaskLayout, stripe: Stripe) {
        let kernel = layout.kernel();
        let index = tables
            .iter()
            .position(|table| table.kernel == kernel)
            .unwrap_or_else(|| {
                tables.push(StripeTable {
                    kernel,
                    stripes: Vec::new(),
                    tasks: 0,
                });
                tables.len() - 1
            });
        let table = &mut tables[index];
        table.stripes.push(Stripe {
            first: table.tasks,
            ..stripe
        });
        table.tasks += layout.tasks(&stripe);
    }

    pub(super) fn workgroups(&self) -> u32 {
        match self.kernel {
            Kernel::AcrossPacked => self.tasks,
            _ => self.tasks.div_ceil(self.kernel.pass().workgroup_size),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn across(height: usize, element_bits: u32, column_stride: usize) -> MaskLayout {
        MaskLayout {
            height,
            width: 10,
            pixels: 10 * height,
            scan: Scan::Across,
            element_bits,
            row_stride: 10 * column_stride,
            column_stride,
            highest_first: false,
            is_resampled: false,
        }
    }

    /// Columns of 16 pixels have words of their own, shorter ones share words; packed ones always
    /// have.
    #[test]
    fn short_columns_share_words() {
        for (height, kernel, lines) in [
            (15, Kernel::Strided, [1, 150]),
            (16, Kernel::Across, [10, 16]),
            (17, Kernel::Across, [10, 17]),
        ] {
            let layout = across(height, 8, 1);
            let bit_lines = layout.bit_lines();
            assert_eq!(layout.kernel(), kernel, "{height} rows");
            assert_eq!([bit_lines.lines, bit_lines.length], lines, "{height} rows");
            let packed = across(height, 1, 1);
            assert_eq!(packed.kernel(), Kernel::AcrossPacked);
            assert_eq!(packed.bit_lines().lines, 10);
            assert_eq!(across(height, 8, 2).kernel(), Kernel::Strided);
        }
    }

    /// Workgroups that flag one mask of 1024 x 1024, for a device's hundred processors and more.
    #[test]
    fn one_mask_has_many_workgroups() {
        for (scan, element_bits, workgroups) in [
            (Scan::Along, 8, 128),
            (Scan::Along, 32, 128),
            (Scan::Across, 1, 128),
            (Scan::Across, 8, 32),
            (Scan::Across, 16, 64),
            (Scan::Across, 32, 128),
        ] {
            let layout = MaskLayout {
                height: 1024,
                width: 1024,
                pixels: 1 << 20,
                scan,
                row_stride: 1024,
                ..across(1, element_bits, 1)
            };
            let mut tables = Vec::new();
            StripeTable::add(&mut tables, &layout, layout.stripe(0, 0));
            assert_eq!(
                tables[0].workgroups(),
                workgroups,
                "{scan:?}, {element_bits}"
            );
        }
    }

    /// Tasks at the widths from which a kernel needs more of them.
    #[test]
    fn tasks_cover_the_width() {
        for (element_bits, width, tasks) in [
            (8, 63, 4),
            (8, 64, 4),
            (8, 65, 8),
            (32, 15, 4),
            (32, 16, 4),
            (32, 17, 8),
            (1, 255, 1),
            (1, 256, 1),
            (1, 257, 2),
        ] {
            let layout = MaskLayout {
                width,
                ..across(32, element_bits, 1)
            };
            let stripe = layout.stripe(0, 0);
            assert_eq!(layout.tasks(&stripe), tasks, "{element_bits}, {width}");
        }
    }
}
