//! The writer of each format.

use anyhow::{Result, bail};

use super::coco::{Annotations, AnnotationsOptions, Dataset, Results};
use super::dialect::dialect_writer;
use super::format::Format;
use super::json::{JsonLines, ObjectFormat};
use super::kaggle::{Kaggle, Pairs};
use super::options::WriterOptions;
use super::writer::Writer;

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
    if let Some(writer) = dialect_writer(format, options) {
        return writer;
    }
    Ok(match format {
        Format::Coco => json(ObjectFormat::Coco),
        Format::CocoCounts => json(ObjectFormat::CocoCounts),
        Format::Values => json(ObjectFormat::Values),
        Format::Kaggle => {
            let pairs = Pairs {
                order: options.order,
                empty: options.empty,
                is_relative: options.is_relative,
            };
            let (columns, stacks_are_images) = (options.columns, options.stacks_are_images);
            Box::new(Kaggle::new(pairs, columns, stacks_are_images))
        }
        Format::CocoResults => document(Box::<Results>::default())?,
        Format::CocoDataset => document(Box::new(Dataset::new()?))?,
        _ => bail!("no writer"),
    })
}
