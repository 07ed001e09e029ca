//! Options of the writers.

use std::path::Path;

use maskrle::Order;

use super::kaggle::Columns;
use super::measures::Wanted;
use crate::budget::Budget;
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
    /// True if Kaggle's starts count from the end of the run before.
    pub is_relative: bool,
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
    /// Pixels that outlines may be off.
    pub tolerance: f64,
    /// OUT where it is a folder.
    pub folder: Option<&'a Path>,
    /// Folder of panoptic's PNGs, and memory that the pixels of one may take.
    pub pngs: Option<&'a Path>,
    pub budget: Budget,
    /// Measures that JSON lines have beside their masks.
    pub wanted: Wanted,
}
