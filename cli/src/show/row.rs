//! Rows of a file as masks to draw.

use anyhow::Result;
use maskrle::MaskRuns;

use crate::encoded::{bytes_of_runs, masks_of};

/// A mask to draw.
#[derive(Debug)]
pub struct SelectedMask {
    /// Text that is written beside it.
    pub id: String,
    /// One binary mask.
    pub runs: MaskRuns,
}

/// A mask of a file, or the masks of the labels of a label map.
#[derive(Debug)]
pub struct Row {
    /// Name of its image, where the file says it.
    pub image: Option<String>,
    pub id: String,
    /// Height and width.
    pub size: [u32; 2],
    pub masks: Vec<SelectedMask>,
}

impl Row {
    /// The row of a mask or a label map.
    pub fn new(image: Option<String>, id: String, runs: MaskRuns) -> Result<Self> {
        let size = runs.size();
        let masks = if runs.is_binary() {
            vec![SelectedMask {
                id: id.clone(),
                runs,
            }]
        } else {
            let (labels, masks) = masks_of(runs.view())?;
            let masks = labels.into_iter().zip(masks.iter());
            let masks = masks.map(|(label, mask)| SelectedMask {
                id: label.map_or_else(|| id.clone(), |label| label.to_string()),
                runs: MaskRuns::from(mask),
            });
            masks.collect()
        };
        Ok(Row {
            image,
            id,
            size,
            masks,
        })
    }

    /// Bytes of memory that it takes.
    pub fn bytes(&self) -> u64 {
        /// Bytes of a mask beside its runs.
        const MASK_BYTES: u64 = 128;
        let bytes = |mask: &SelectedMask| bytes_of_runs(mask.runs.view()) + MASK_BYTES;
        self.masks.iter().map(bytes).sum()
    }
}
