//! Masks written anew, in a file of another format.

use anyhow::Result;

use crate::encoded::{CsvOptions, EncodedFile, Entry, masks_of};
use crate::output::Output;
use crate::write::{EncodedMask, MaskInfo, Origin, Writer};

/// Writes all masks of a file to another.
pub fn build(
    file: &EncodedFile,
    csv: &CsvOptions<'_>,
    mut writer: Box<dyn Writer>,
    output: &mut Output,
) -> Result<()> {
    let images = file.images(true)?;
    output.write(&writer.begin()?)?;
    let mut out = Vec::new();
    file.entries(images.as_ref(), csv, &mut |entry| {
        out.clear();
        write_entry(&entry, writer.as_mut(), &mut out)?;
        output.write(&out)
    })?;
    if let Some(images) = &images {
        writer.images_without_masks(images, output)?;
    }
    writer.end(output)
}

/// Appends a mask, or those of a label map.
fn write_entry(entry: &Entry, writer: &mut dyn Writer, out: &mut Vec<u8>) -> Result<()> {
    let mask = entry.runs.view();
    let info = MaskInfo {
        origin: Origin::Encoded(entry.image.as_ref()),
        label: entry.category,
        score: entry.score,
        is_crowd: entry.is_crowd,
    };
    if mask.is_binary() || writer.takes_label_maps() {
        writer.image(&info, mask.size())?;
        writer.mask(out, &info, EncodedMask::Runs(mask))?;
        return writer.commit();
    }
    let (labels, masks) = masks_of(mask)?;
    for (label, mask) in labels.into_iter().zip(&masks) {
        let info = info.with_label(label.or(entry.category));
        writer.image(&info, mask.size())?;
        writer.mask(out, &info, EncodedMask::Runs(mask))?;
    }
    writer.commit()
}
