//! A mask as a JSON object.

use anyhow::Result;
use maskrle::{CocoCounts, CocoRle, Order, ValueCounts};
use serde::Serialize;

use crate::write::writer::EncodedMask;

/// Format of a mask's JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectFormat {
    /// COCO's compressed RLE.
    Coco,
    /// COCO's run lengths as numbers.
    CocoCounts,
    /// Values and run lengths.
    Values,
}

/// A mask as a JSON object: its size, its counts, and what else the format has.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum MaskObject {
    Coco(CocoRle),
    Counts(CocoCounts),
    Values(ValueCounts),
}

impl MaskObject {
    /// The mask in `format`. Values are scanned in `values_order`; COCO has one order.
    pub fn new(mask: EncodedMask<'_>, format: ObjectFormat, values_order: Order) -> Result<Self> {
        let order = if format == ObjectFormat::Values {
            values_order
        } else {
            Order::ColumnMajor
        };
        mask.with_runs(order, |mask| {
            Ok(match format {
                ObjectFormat::Coco => MaskObject::Coco(CocoRle::try_from(mask)?),
                ObjectFormat::CocoCounts => MaskObject::Counts(CocoCounts::try_from(mask)?),
                ObjectFormat::Values => MaskObject::Values(ValueCounts::from(mask)),
            })
        })
    }

    /// Height and width.
    pub fn size(&self) -> [u32; 2] {
        match self {
            MaskObject::Coco(mask) => mask.size,
            MaskObject::Counts(mask) => mask.size,
            MaskObject::Values(mask) => mask.size,
        }
    }

    /// JSON of the member `counts`.
    pub fn counts(&self) -> Result<String> {
        Ok(match self {
            MaskObject::Coco(mask) => serde_json::to_string(&mask.counts)?,
            MaskObject::Counts(mask) => serde_json::to_string(&mask.counts)?,
            MaskObject::Values(mask) => serde_json::to_string(&mask.counts)?,
        })
    }
}
