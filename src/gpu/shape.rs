//! How a mask lies in a pixel buffer, which pass flags it, and where its bits go.

use super::bits::BitLines;
use super::passes::{FLAG_ACROSS, FLAG_ACROSS_PACKED, FLAG_ALONG, FLAG_STRIDED, Pass, Stripe};
use crate::pixel::Scan;

/// Columns of fewer pixels share words: padding each to a word would more than double the bits.
const LEAST_COLUMN: usize = 16;

/// The flag passes. A window's masks are flagged by one dispatch of each that is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kernel {
    Along,
    Across,
    AcrossPacked,
    Strided,
}

/// How many there are.
pub(super) const KERNELS: usize = 4;

impl Kernel {
    pub(super) fn pass(self) -> &'static Pass {
        match self {
            Kernel::Along => &FLAG_ALONG,
            Kernel::Across => &FLAG_ACROSS,
            Kernel::AcrossPacked => &FLAG_ACROSS_PACKED,
            Kernel::Strided => &FLAG_STRIDED,
        }
    }
}

/// A mask's pixels as the passes see them: rows of memory, and how the scan lies to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) pixels: usize,
    pub(super) scan: Scan,
    /// 8, 16 or 32, or 1 of packed pixels.
    pub(super) element_bits: u32,
    /// From row to row and from column to column, in elements, or bytes of packed pixels.
    pub(super) row_stride: usize,
    pub(super) column_stride: usize,
    /// Of packed pixels: whether a byte's highest bit is its first pixel.
    pub(super) highest_first: bool,
}

impl Shape {
    pub(super) fn kernel(&self) -> Kernel {
        match (self.scan, self.element_bits) {
            (Scan::Along, _) if self.column_stride == 1 => Kernel::Along,
            (Scan::Across, 1) => Kernel::AcrossPacked,
            (Scan::Across, _) if self.column_stride == 1 && self.height >= LEAST_COLUMN => {
                Kernel::Across
            }
            _ => Kernel::Strided,
        }
    }

    pub(super) fn bit_lines(&self) -> BitLines {
        let has_padded_columns = self.element_bits == 1 || self.height >= LEAST_COLUMN;
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

    pub(super) fn words(&self) -> u64 {
        self.bit_lines().words() as u64
    }

    /// Bytes of what strides count.
    pub(super) fn unit_bytes(&self) -> usize {
        if self.element_bits == 1 {
            1
        } else {
            self.element_bits as usize / 8
        }
    }

    /// Bytes of some pixels of one row, from its begin on.
    pub(super) fn row_bytes(&self, pixels: usize) -> usize {
        if self.element_bits == 1 {
            pixels.div_ceil(8)
        } else {
            pixels * self.unit_bytes()
        }
    }

    /// The mask as one stripe: its first pixel is at `at`, in the units of its strides, its bits at
    /// `first_word`.
    pub(super) fn stripe(&self, at: usize, first_word: u32) -> Stripe {
        let bit_lines = self.bit_lines();
        let words_per_line = bit_lines.words_per_line() as u32;
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
            last_row_at: at.wrapping_add((self.height - 1).wrapping_mul(self.row_stride)) as u32,
            highest_first: u32::from(self.highest_first),
            unused: 0,
        }
    }

    /// What a stripe's dispatch is counted in: words; vectors of four to a band and of 32 rows;
    /// groups of tiles.
    fn tasks(&self, stripe: &Stripe) -> u32 {
        match self.kernel() {
            Kernel::Along | Kernel::Strided => self.bit_lines().lines as u32 * stripe.line_words,
            Kernel::Across => {
                (stripe.width * self.element_bits).div_ceil(4 * 128) * 4 * stripe.line_words
            }
            Kernel::AcrossPacked => stripe.width.div_ceil(256) * stripe.line_words,
        }
    }
}

/// Stripes that one dispatch flags.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) kernel: Kernel,
    pub(super) stripes: Vec<Stripe>,
    pub(super) tasks: u32,
}

impl Table {
    /// Adds a stripe to the table of its kernel.
    pub(super) fn add(tables: &mut Vec<Table>, shape: &Shape, stripe: Stripe) {
        let kernel = shape.kernel();
        let index = tables
            .iter()
            .position(|table| table.kernel == kernel)
            .unwrap_or_else(|| {
                tables.push(Table {
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
        table.tasks += shape.tasks(&stripe);
    }

    pub(super) fn workgroups(&self) -> u32 {
        match self.kernel {
            Kernel::AcrossPacked => self.tasks,
            _ => self.tasks.div_ceil(self.kernel.pass().workgroup_size),
        }
    }
}
