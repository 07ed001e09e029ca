//! The writer of each format.

use std::path::Path;

use anyhow::Result;
use maskrle::Order;

use super::coco::{Annotations, AnnotationsOptions, Dataset, Results};
use super::format::Format;
use super::json::{JsonLines, ObjectFormat};
use super::kaggle::{Columns, Kaggle};
use super::measures::Wanted;
use super::writer::Writer;
use crate::coco::Category;
use crate::options::Stack;

/// Options of the writers, of which each format uses some.
#[derive(Debug)]
pub struct WriterOptions<'a> {
    /// Scan order of pairs and values.
    pub order: Order,
    /// True if masks come from label maps, one for each label.
    pub is_by_label: bool,
    /// Kaggle's text of an empty mask.
    pub empty: &'a str,
    /// Kaggle's columns.
    pub columns: Columns,
    /// Categories with names, for COCO's documents. The first is that of masks without a label.
    pub categories: &'a [Category],
    /// Meaning of the masks of one array, in COCO's documents.
    pub stack: Stack,
    /// True if all masks of a stack have one `ImageId`, in Kaggle's rows.
    pub stacks_are_images: bool,
    /// File that gives images their ids in COCO's documents.
    pub image_ids: Option<&'a Path>,
    /// True if CSV's names of images are their ids, in COCO's documents.
    pub names_are_ids: bool,
    /// Measures that JSON lines have beside their masks.
    pub wanted: Wanted,
}

/// Makes the writer of a format.
pub fn open_writer(format: Format, options: &WriterOptions<'_>) -> Result<Box<dyn Writer>> {
    let json = |format| {
        Box::new(JsonLines::new(
            format,
            options.order,
            options.is_by_label,
            options.wanted,
        ))
    };
    let annotations = AnnotationsOptions {
        categories: options.categories,
        stack: options.stack,
        image_ids: options.image_ids,
        is_by_label: options.is_by_label,
        names_are_ids: options.names_are_ids,
    };
    let document = |document| Annotations::new(document, &annotations).map(Box::new);
    Ok(match format {
        Format::Coco => json(ObjectFormat::Coco),
        Format::CocoCounts => json(ObjectFormat::CocoCounts),
        Format::Values => json(ObjectFormat::Values),
        Format::Kaggle => Box::new(Kaggle::new(
            options.order,
            options.empty,
            options.columns,
            options.stacks_are_images,
        )),
        Format::CocoResults => document(Box::<Results>::default())?,
        Format::CocoDataset => document(Box::new(Dataset::new()?))?,
    })
}
