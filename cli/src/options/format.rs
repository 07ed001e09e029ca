//! Formats to write.

use clap::ValueEnum;
use maskrle::Order;

/// The format that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// COCO's compressed RLE, as pycocotools writes it: a JSON object a line
    Coco,
    /// COCO's run lengths as numbers: a JSON object a line
    CocoCounts,
    /// A list of COCO results, with their scores or one of 1: what loadRes of pycocotools loads
    CocoResults,
    /// A COCO dataset of images, annotations and categories: what COCO(...) of pycocotools loads
    CocoDataset,
    /// Kaggle's pairs of start and length: CSV
    Kaggle,
    /// The value and the length of each run: a JSON object a line
    Values,
}

impl FormatArg {
    /// True if it is one of COCO's documents, not rows.
    pub fn is_document(self) -> bool {
        matches!(self, FormatArg::CocoResults | FormatArg::CocoDataset)
    }

    /// True if it is COCO's, which knows one scan order.
    pub fn is_coco(self) -> bool {
        !matches!(self, FormatArg::Kaggle | FormatArg::Values)
    }

    /// Scan order, unless another is asked for.
    pub fn default_order(self) -> Order {
        if self == FormatArg::Values {
            Order::RowMajor
        } else {
            Order::ColumnMajor
        }
    }
}
