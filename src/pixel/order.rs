//! Scan order of pixels, and order of bits in a byte.

/// The way a mask's pixels are walked: the scan order of its runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Order {
    /// Along each row, rows from the top: numpy's C order.
    #[cfg_attr(feature = "serde", serde(rename = "row"))]
    RowMajor,
    /// Down each column, columns from the left: COCO's and Kaggle's order.
    #[cfg_attr(feature = "serde", serde(rename = "column"))]
    ColumnMajor,
}

impl Order {
    /// As messages call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Order::RowMajor => "row-major",
            Order::ColumnMajor => "column-major",
        }
    }
}

/// Which bit of a byte is its first pixel, where pixels are packed eight to a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum BitOrder {
    /// The highest bit first, as `numpy.packbits` packs by default.
    Big,
    /// The lowest bit first: `numpy.packbits(..., bitorder="little")`.
    Little,
}

impl BitOrder {
    /// Pixel `index` of a byte, 0 or 1.
    pub(crate) fn bit(self, byte: u8, index: usize) -> u8 {
        match self {
            BitOrder::Big => byte >> (7 - index) & 1,
            BitOrder::Little => byte >> index & 1,
        }
    }
}
