//! Rows of JSON.

use anyhow::Result;
use maskrle::{MaskRuns, Order};
use serde::Serialize;

use crate::coco::{Id, Images};
use crate::coded::{Entry, ImageName};
use crate::convert::rebuild::Target;
use crate::convert::row::Spelt;
use crate::output::Output;
use crate::rows::Format;

/// A row for each mask, with its image, category and score where these are known.
#[derive(Debug)]
pub struct Rows {
    pub format: Format,
    /// The scan order of values.
    pub order: Order,
}

#[derive(Serialize)]
struct Row<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    image_id: Option<&'a Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    #[serde(flatten)]
    mask: Spelt,
}

impl Target for Rows {
    fn begin(&self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn takes_labels(&self) -> bool {
        self.format == Format::Values
    }

    fn mask(
        &mut self,
        out: &mut Vec<u8>,
        entry: &Entry,
        mask: MaskRuns<'_>,
        category_id: Option<i64>,
    ) -> Result<()> {
        let image_id = match &entry.image {
            Some(ImageName::Id(id, _)) => Some(id.clone()),
            Some(ImageName::Name(text)) => Some(Id::of_text(text)),
            // Rows that are rows already are spelt anew, not built.
            Some(ImageName::Source(..)) | None => None,
        };
        let mask = Spelt::new(mask, self.format, self.order)?;
        let row = Row {
            image_id: image_id.as_ref(),
            category_id,
            score: entry.score,
            mask,
        };
        serde_json::to_writer(&mut *out, &row)?;
        out.push(b'\n');
        Ok(())
    }

    fn end(self, _: Option<&Images>, _: &mut Output) -> Result<()> {
        Ok(())
    }
}
