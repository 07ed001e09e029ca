//! The writer of each dialect.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use super::by_image::ByImage;
use super::composed::Composed;
use super::cvat::Cvat;
use super::grouped::Grouped;
use super::label_studio::LabelStudio;
use super::mots::Mots;
use super::names::Names;
use super::nuimages::NuImages;
use super::open_images::OpenImages;
use super::panoptic::Panoptic;
use super::sa_v::SaV;
use super::yolo::Yolo;
use super::yolo_folder::YoloFolder;
use super::youtube_vis::YoutubeVis;
use crate::output::NewFolder;
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
        Format::OpenImages => ByImage::open(Grouped(OpenImages), names),
        Format::Panoptic => panoptic(options, names),
        Format::Mots => Ok(Box::new(Mots::new(names))),
        Format::SaV => ByImage::open(Composed::new(SaV), names),
        Format::YoutubeVis => ByImage::open(Composed::new(YoutubeVis), names),
        Format::Cvat => ByImage::open(Grouped(Cvat), names),
        Format::LabelStudio => ByImage::open(Grouped(LabelStudio), names),
        Format::Yolo => match options.folder {
            Some(folder) => yolo_folder(folder, options, names),
            None => Ok(Box::new(Yolo::new(names, options.tolerance))),
        },
        _ => return None,
    })
}

fn panoptic(options: &WriterOptions<'_>, names: Names) -> Result<Box<dyn Writer>> {
    let folder = options.pngs.context("no folder for the PNGs: --pngs")?;
    let panoptic = Panoptic {
        folder: NewFolder::create(folder)?,
        budget: options.budget,
    };
    ByImage::open(Composed::new(panoptic), names)
}

fn yolo_folder(
    folder: &Path,
    options: &WriterOptions<'_>,
    names: Names,
) -> Result<Box<dyn Writer>> {
    let yolo = YoloFolder {
        folder: NewFolder::create(folder)?,
        tolerance: options.tolerance,
        classes: BTreeMap::new(),
    };
    ByImage::open(yolo, names)
}
