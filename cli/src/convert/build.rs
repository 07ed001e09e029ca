//! Masks written anew, in a file of another format.

use anyhow::Result;
use maskrle::{MaskRuns, MaskView};

use super::change::Changes;
use super::image_sizes::change_sizes;
use super::labels::{Labels, check_category};
use super::summary::{Masks, Summary};
use crate::coco::Images;
use crate::encoded::{BadItem, EncodedFile, Entry, EntryOptions, ImageName, masks_of};
use crate::output::Output;
use crate::write::{EncodedMask, MaskInfo, Origin, Writer};

/// Masks of a file that are to be written to another.
pub struct Build<'a> {
    pub file: &'a EncodedFile,
    /// Images of a dataset.
    pub images: Option<Images>,
    pub options: &'a EntryOptions<'a>,
    pub changes: &'a Changes,
}

impl Build<'_> {
    /// Writes all masks.
    pub fn run(
        mut self,
        mut labels: Labels,
        mut writer: Box<dyn Writer>,
        output: &mut Output,
    ) -> Result<Summary> {
        output.write(&writer.begin()?)?;
        let mut summary = Summary::default();
        let mut out = Vec::new();
        let mut on = |entry: Entry| {
            out.clear();
            match write_entry(&entry, self.changes, &mut labels, writer.as_mut(), &mut out) {
                Ok(masks) => {
                    summary.add(masks);
                    let name = entry.image.as_ref();
                    let is_name = |name: &ImageName| !matches!(name, ImageName::Id(..));
                    summary.have_names |= name.is_some_and(is_name);
                }
                Err(error) => {
                    writer.roll_back()?;
                    return Err(BadItem::error(error));
                }
            }
            output.write(&out)
        };
        let notes = self
            .file
            .entries(self.images.as_ref(), self.options, &mut on)?;
        summary.notes = notes;
        if let Some(images) = &mut self.images {
            change_sizes(images, self.changes)?;
            writer.images_without_masks(images, output)?;
        }
        writer.end(output)?;
        Ok(summary)
    }
}

/// Appends a mask, or those of a label map, with all changes.
fn write_entry(
    entry: &Entry,
    changes: &Changes,
    labels: &mut Labels,
    writer: &mut dyn Writer,
    out: &mut Vec<u8>,
) -> Result<Masks> {
    let mask = entry.runs.view();
    let category = labels.number(entry.category, entry.label.as_deref());
    let info = MaskInfo {
        origin: Origin::Encoded(entry.image.as_ref()),
        label: category,
        label_name: category.and_then(|category| labels.name(category)),
        object: entry.id.as_ref(),
        score: entry.score,
        is_crowd: entry.is_crowd,
    };
    let mut counts = Masks::default();
    let stays_whole = mask.is_binary() || writer.takes_label_maps();
    let mut write = |info: &MaskInfo<'_>, mask: MaskView<'_>| -> Result<bool> {
        let changed = changes.of_mask(mask)?;
        let mask = changed.as_ref().map_or(mask, MaskRuns::view);
        check_category(labels.are_needed, info.label, mask)?;
        writer.image(info, mask.size())?;
        writer.mask(out, info, EncodedMask::Runs(mask))
    };
    if stays_whole {
        counts.add(write(&info, mask)?);
    } else {
        let (of_map, masks) = masks_of(mask)?;
        counts.are_labels = of_map != [None];
        for (label, mask) in of_map.into_iter().zip(&masks) {
            counts.add(write(&info.with_label(label.or(category)), mask)?);
        }
    }
    writer.commit()?;
    Ok(counts)
}
