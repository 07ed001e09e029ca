//! Conversion of shared options to values of the layers that read and write, which lie above the
//! options.

use crate::coco::Kind;
use crate::coded::Csv;
use crate::options::{CsvArgs, FormatArg};
use crate::rows::Format;

impl FormatArg {
    /// The rows that it names, or else the document.
    pub fn rows(self) -> Result<Format, Kind> {
        match self {
            FormatArg::Coco => Ok(Format::Coco),
            FormatArg::CocoCounts => Ok(Format::CocoCounts),
            FormatArg::Kaggle => Ok(Format::Kaggle),
            FormatArg::Values => Ok(Format::Values),
            FormatArg::CocoResults => Err(Kind::Results),
            FormatArg::CocoDataset => Err(Kind::Dataset),
        }
    }
}

impl CsvArgs {
    /// The options of the reader of CSV.
    pub fn csv(&self) -> Csv<'_> {
        Csv {
            size: self.size,
            order: self.order.into(),
            empty: &self.empty,
        }
    }
}
