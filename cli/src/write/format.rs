//! The formats, as the command line names them.

use clap::ValueEnum;
use maskrle::Order;

/// A format that masks are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
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

impl Format {
    /// True for COCO's documents, of use only as a whole.
    pub fn is_document(self) -> bool {
        matches!(self, Format::CocoResults | Format::CocoDataset)
    }

    /// True for COCO's formats, which have one scan order.
    pub fn is_coco(self) -> bool {
        !matches!(self, Format::Kaggle | Format::Values)
    }

    /// Scan order, unless another is asked for.
    pub fn default_order(self) -> Order {
        if self == Format::Values {
            Order::RowMajor
        } else {
            Order::ColumnMajor
        }
    }
}
