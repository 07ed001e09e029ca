//! The writer of JSON lines.

use anyhow::Result;
use maskrle::Order;

use super::line::write_line;
use super::object::{MaskObject, ObjectFormat};
use crate::output::Output;
use crate::write::mask_info::MaskInfo;
use crate::write::measures::{Measures, Wanted};
use crate::write::writer::{EncodedMask, Writer};

/// Writes a line for each mask: what is known of it, and its JSON object.
#[derive(Debug)]
pub struct JsonLines {
    format: ObjectFormat,
    /// Scan order of values.
    order: Order,
    /// True if each label of a label map has a line of its own.
    is_by_label: bool,
    /// Measures that stand behind the mask.
    wanted: Wanted,
}

impl JsonLines {
    pub fn new(format: ObjectFormat, order: Order, is_by_label: bool, wanted: Wanted) -> Self {
        JsonLines {
            format,
            order,
            is_by_label,
            wanted,
        }
    }
}

impl Writer for JsonLines {
    fn begin(&self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn takes_strings(&self) -> bool {
        self.format == ObjectFormat::Coco && !self.is_by_label
    }

    fn takes_label_maps(&self) -> bool {
        self.format == ObjectFormat::Values
    }

    fn mask(
        &mut self,
        out: &mut Vec<u8>,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<bool> {
        let measures = match self.wanted.any() {
            true => mask.measures().unwrap_or_default(),
            false => Measures::default(),
        };
        let measures = self.wanted.members(&measures);
        match mask {
            EncodedMask::String { rle, .. } if self.format == ObjectFormat::Coco => {
                write_line(out, info, rle, &measures)?;
            }
            _ => {
                let object = MaskObject::new(mask, self.format, self.order)?;
                write_line(out, info, &object, &measures)?;
            }
        }
        Ok(true)
    }

    fn end(self: Box<Self>, _: &mut Output) -> Result<()> {
        Ok(())
    }
}
