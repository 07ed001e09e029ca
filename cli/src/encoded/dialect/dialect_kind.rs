//! The dialects, as the command line names them.

use std::path::Path;

use clap::ValueEnum;

use super::object::{DialectOptions, OnObject, Open};
use super::{
    cityscapes, cvat, label_studio, labelme, mots, nuimages, open_images, panoptic, sa_v,
    supervisely, voc, yolo, youtube_vis,
};
use crate::encoded::line_error::{LineError, at_line};

/// A kind of file that its content does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Dialect {
    /// Annotations of nuImages: object_ann.json or surface_ann.json
    Nuimages,
    /// Open Images: CSV with ImageWidth, ImageHeight and PredictionString, or Mask
    OpenImages,
    /// COCO panoptic: JSON, and a folder of PNGs, which --pngs says
    Panoptic,
    /// Cityscapes: a PNG of instance ids, or a folder of NAME_instanceIds.png
    Cityscapes,
    /// Pascal VOC: a PNG of palette indices, or a folder of these, or of SegmentationObject and
    /// SegmentationClass
    Voc,
    /// MOTS: lines of frame, id, class, height, width and COCO's string
    Mots,
    /// CVAT for images 1.1: annotations.xml
    Cvat,
    /// YOLO's labels of one image, with --size H,W, which is called as the file is; or a folder of
    /// them, the images' sizes being of --size or of those in images where the labels are in labels
    Yolo,
    /// LabelMe's file of one image: JSON, whose polygons, rectangles and masks are read
    Labelme,
    /// Supervisely's annotation of one image: JSON, whose bitmaps and polygons are read; the image
    /// is called as the file is, without .json
    Supervisely,
    /// SA-V's masklets of a video: JSON
    SaV,
    /// YouTube-VIS: a dataset of videos, or a list of results, JSON
    YoutubeVis,
    /// Tasks of Label Studio with brush masks: JSON
    LabelStudio,
}

impl Dialect {
    /// Gives each object of a file to `on`, in the file's order.
    pub fn read(
        self,
        open: &Open<'_>,
        options: &DialectOptions<'_>,
        on: &mut OnObject<'_>,
    ) -> Result<(), LineError> {
        let reader = || open().map_err(at_line(0));
        match self {
            Dialect::Nuimages => nuimages::read(reader()?, on),
            Dialect::OpenImages => open_images::read(reader()?, options, on),
            Dialect::Panoptic => panoptic::read(reader()?, open, options, on),
            Dialect::Cityscapes => cityscapes::read(options, on),
            Dialect::Voc => voc::read(options, on),
            Dialect::Mots => mots::read(reader()?, on),
            Dialect::Cvat => cvat::read(reader()?, on),
            Dialect::Yolo if options.path.is_dir() => yolo::read_folder(options, on),
            Dialect::Yolo => yolo::read(reader()?, options, on),
            Dialect::Labelme => labelme::read(reader()?, options, on),
            Dialect::Supervisely => supervisely::read(reader()?, options, on),
            Dialect::SaV => sa_v::read(reader()?, on),
            Dialect::YoutubeVis => youtube_vis::read(reader()?, open, on),
            Dialect::LabelStudio => label_studio::read(reader()?, on),
        }
    }

    /// True if it is one file of text, and not PNGs or a folder.
    pub fn is_text(self, path: &Path) -> bool {
        match self {
            Dialect::Cityscapes | Dialect::Voc => false,
            Dialect::Yolo => !path.is_dir(),
            _ => true,
        }
    }

    /// Name of what a mask is of, in counts.
    pub fn item(self) -> &'static str {
        match self {
            Dialect::Nuimages => "annotation",
            Dialect::OpenImages | Dialect::SaV | Dialect::YoutubeVis => "mask",
            Dialect::Panoptic => "segment",
            Dialect::Cityscapes | Dialect::Voc => "region",
            Dialect::Supervisely => "object",
            Dialect::Mots | Dialect::Yolo => "line",
            Dialect::Cvat | Dialect::Labelme => "shape",
            Dialect::LabelStudio => "result",
        }
    }
}
