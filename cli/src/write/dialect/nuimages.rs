//! nuImages: a list of annotations.

use anyhow::Result;
use maskrle::Order;
use maskrle::dialect::NuImagesRle;
use serde::Serialize;

use super::names::Names;
use crate::output::Output;
use crate::write::mask_info::MaskInfo;
use crate::write::writer::{EncodedMask, Writer};

/// Writes an annotation for each mask that is not empty.
#[derive(Debug)]
pub struct NuImages {
    names: Names,
    /// Number of annotations that were written, and of those that were committed.
    written: u64,
    committed: u64,
}

/// Members of an annotation, in their order.
#[derive(Serialize)]
struct Annotation<'a> {
    token: String,
    sample_data_token: &'a str,
    category_token: &'a str,
    attribute_tokens: [&'a str; 0],
    bbox: [u32; 4],
    mask: &'a NuImagesRle,
}

impl NuImages {
    pub fn new(names: Names) -> Self {
        NuImages {
            names,
            written: 0,
            committed: 0,
        }
    }
}

impl Writer for NuImages {
    fn begin(&self) -> Result<Vec<u8>> {
        Ok(b"[".to_vec())
    }

    fn mask(
        &mut self,
        out: &mut Vec<u8>,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<bool> {
        if mask.is_empty() {
            return Ok(false);
        }
        let (rle, [x, y, w, h]) = mask.with_runs(Order::ColumnMajor, |runs| {
            Ok((NuImagesRle::try_from(runs)?, runs.bbox()))
        })?;
        out.extend_from_slice(if self.written == 0 { b"\n" } else { b",\n" });
        self.written += 1;
        let row = Annotation {
            token: self.written.to_string(),
            sample_data_token: &self.names.image(info)?,
            category_token: &self.names.label(info),
            attribute_tokens: [],
            bbox: [x, y, x + w, y + h],
            mask: &rle,
        };
        serde_json::to_writer(out, &row)?;
        Ok(true)
    }

    fn commit(&mut self) -> Result<()> {
        self.committed = self.written;
        Ok(())
    }

    fn roll_back(&mut self) -> Result<()> {
        self.written = self.committed;
        Ok(())
    }

    fn end(self: Box<Self>, output: &mut Output) -> Result<()> {
        output.write(b"\n]\n")
    }
}
