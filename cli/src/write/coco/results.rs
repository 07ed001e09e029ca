//! COCO's results.

use anyhow::Result;
use maskrle::CocoRle;
use serde::Serialize;

use super::document::{Annotation, Document, separator};
use crate::coco::{Categories, Id};
use crate::output::Output;

/// A list of `{image_id, category_id, segmentation, score}`, which `loadRes` of pycocotools loads.
#[derive(Debug, Default)]
pub struct Results {
    /// Number of results that were written.
    written: u64,
    /// Number of them that were committed.
    committed: u64,
}

/// Members of a result, in their order.
#[derive(Serialize)]
struct ResultRow<'a> {
    image_id: &'a Id,
    category_id: i64,
    segmentation: &'a CocoRle,
    score: f64,
}

impl Document for Results {
    fn has_measures(&self) -> bool {
        false
    }

    fn begin(&self) -> &'static [u8] {
        b"["
    }

    fn image(&mut self, _: &Id, _: &str, _: [u32; 2]) -> Result<()> {
        Ok(())
    }

    fn annotation(&mut self, out: &mut Vec<u8>, annotation: &Annotation<'_>) -> Result<()> {
        out.extend_from_slice(separator(self.written));
        self.written += 1;
        let row = ResultRow {
            image_id: annotation.image_id,
            category_id: annotation.category_id,
            segmentation: annotation.mask,
            score: annotation.score,
        };
        serde_json::to_writer(out, &row)?;
        Ok(())
    }

    fn commit(&mut self) {
        self.committed = self.written;
    }

    fn roll_back(&mut self) -> Result<()> {
        self.written = self.committed;
        Ok(())
    }

    fn end(self: Box<Self>, _: &Categories, output: &mut Output) -> Result<()> {
        output.write(b"\n]\n")
    }
}
