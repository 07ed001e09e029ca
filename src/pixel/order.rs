//! Scan order of pixels, and order of bits in a byte.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// The way a mask's pixels are walked: the scan order of its runs.
///
/// ```
/// use maskrle::Order;
///
/// assert_eq!(Order::RowMajor.to_string(), "row-major");
/// // As numpy's `order=`, and as the command's options.
/// assert_eq!("F".parse::<Order>()?, Order::ColumnMajor);
/// assert_eq!("column".parse::<Order>()?, Order::ColumnMajor);
/// assert_eq!("row-major".parse::<Order>()?, Order::RowMajor);
/// # Ok::<(), maskrle::Error>(())
/// ```
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
    /// The other scan order.
    pub(crate) fn other(self) -> Self {
        match self {
            Order::RowMajor => Order::ColumnMajor,
            Order::ColumnMajor => Order::RowMajor,
        }
    }

    /// Name of the order in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Order::RowMajor => "row-major",
            Order::ColumnMajor => "column-major",
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Order {
    type Err = Error;

    /// Reads `row-major`, `row` or `C`, and `column-major`, `column` or `F`.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "row-major" | "row" | "C" => Ok(Order::RowMajor),
            "column-major" | "column" | "F" => Ok(Order::ColumnMajor),
            _ => Err(Error::Input(format!(
                "{text:?} is no scan order: row-major (row, C) and column-major (column, F) are"
            ))),
        }
    }
}

/// Bit of a byte that is its first pixel, where pixels are packed eight to a byte.
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
