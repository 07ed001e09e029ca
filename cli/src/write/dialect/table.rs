//! The writer of each dialect.

use anyhow::Result;

use super::cvat::Cvat;
use super::grouped::Grouped;
use super::label_studio::LabelStudio;
use super::mots::Mots;
use super::names::Names;
use super::nuimages::NuImages;
use super::open_images::OpenImages;
use super::yolo::Yolo;
use crate::write::format::Format;
use crate::write::options::WriterOptions;
use crate::write::writer::Writer;

/// Makes the writer of a dialect; None for other formats.
pub fn dialect_writer(
    format: Format,
    options: &WriterOptions<'_>,
) -> Option<Result<Box<dyn Writer>>> {
    let names = Names::new(options.categories, options.stack);
    Some(match format {
        Format::Nuimages => Ok(Box::new(NuImages::new(names))),
        Format::OpenImages => Grouped::open(OpenImages, names),
        Format::Mots => Ok(Box::new(Mots::new(names))),
        Format::Cvat => Grouped::open(Cvat, names),
        Format::LabelStudio => Grouped::open(LabelStudio, names),
        Format::Yolo => Ok(Box::new(Yolo::new(names, options.tolerance))),
        _ => return None,
    })
}
