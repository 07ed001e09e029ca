//! Masks written anew, in a file of another format.

use anyhow::Result;
use maskrle::MaskView;

use super::labels::{Labels, check_category};
use super::summary::{Masks, Summary};
use crate::coco::Images;
use crate::encoded::{BadItem, EncodedFile, Entry, EntryOptions, ImageName, masks_of};
use crate::output::Output;
use crate::write::{EncodedMask, MaskInfo, Origin, Writer};

/// Writes all masks of a file to another. `images` are a dataset's.
pub fn build(
    file: &EncodedFile,
    images: Option<&Images>,
    options: &EntryOptions<'_>,
    mut labels: Labels,
    mut writer: Box<dyn Writer>,
    output: &mut Output,
) -> Result<Summary> {
    output.write(&writer.begin()?)?;
    let mut summary = Summary::default();
    let mut out = Vec::new();
    let notes = file.entries(images, options, &mut |entry| {
        out.clear();
        match write_entry(&entry, &mut labels, writer.as_mut(), &mut out) {
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
    })?;
    summary.notes = notes;
    if let Some(images) = images {
        writer.images_without_masks(images, output)?;
    }
    writer.end(output)?;
    Ok(summary)
}

/// Appends a mask, or those of a label map.
fn write_entry(
    entry: &Entry,
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
    let check = |label, mask: MaskView<'_>| check_category(labels.are_needed, label, mask);
    if mask.is_binary() || writer.takes_label_maps() {
        check(info.label, mask)?;
        writer.image(&info, mask.size())?;
        counts.add(writer.mask(out, &info, EncodedMask::Runs(mask))?);
        writer.commit()?;
        return Ok(counts);
    }
    let (of_map, masks) = masks_of(mask)?;
    counts.are_labels = of_map != [None];
    for (label, mask) in of_map.into_iter().zip(&masks) {
        let info = info.with_label(label.or(category));
        check(info.label, mask)?;
        writer.image(&info, mask.size())?;
        counts.add(writer.mask(out, &info, EncodedMask::Runs(mask))?);
    }
    writer.commit()?;
    Ok(counts)
}
