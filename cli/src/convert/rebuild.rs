//! Masks written anew, in a file of another kind.

use anyhow::Result;
use maskrle::MaskRuns;

use crate::coco::Images;
use crate::coded::{Csv, Entry, Source, masks_of};
use crate::output::Output;

/// A kind of file that masks are written to.
pub trait Target {
    /// What the file begins with.
    fn begin(&self) -> Result<Vec<u8>>;
    /// Appends a mask of `entry`, of this category if it has one. It is binary, unless
    /// [`Target::takes_labels`].
    fn mask(
        &mut self,
        out: &mut Vec<u8>,
        entry: &Entry,
        mask: MaskRuns<'_>,
        category: Option<i64>,
    ) -> Result<()>;
    /// Whether label maps are written as they are.
    fn takes_labels(&self) -> bool {
        false
    }
    /// Writes what comes after the masks.
    fn end(self, images: Option<&Images>, output: &mut Output) -> Result<()>;
}

/// Writes all masks of a file to another.
pub fn rebuild(
    source: &Source,
    csv: &Csv<'_>,
    mut target: impl Target,
    output: &mut Output,
) -> Result<()> {
    let images = source.images(true)?;
    output.write(&target.begin()?)?;
    let mut out = Vec::new();
    source.entries(images.as_ref(), csv, &mut |entry| {
        out.clear();
        write(&entry, &mut target, &mut out)?;
        output.write(&out)
    })?;
    target.end(images.as_ref(), output)
}

fn write(entry: &Entry, target: &mut impl Target, out: &mut Vec<u8>) -> Result<()> {
    let mask = entry.runs.get(0).expect("an entry is one mask");
    if mask.is_binary() || target.takes_labels() {
        return target.mask(out, entry, mask, entry.category);
    }
    let (labels, masks) = masks_of(mask)?;
    let mut labels = labels.into_iter().zip(&masks);
    labels.try_for_each(|(label, mask)| target.mask(out, entry, mask, label.or(entry.category)))
}
