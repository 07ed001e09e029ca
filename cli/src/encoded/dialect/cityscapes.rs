//! Cityscapes: PNGs of instance ids, `class * 1000 + number`, or the class of what has none.

use super::object::{DialectOptions, OnObject};
use super::png_files::{file_name, png_files, read_labels};
use crate::coco::Id;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::line_error::LineError;

/// Names of the classes, by their ids.
const CLASSES: [&str; 34] = [
    "unlabeled",
    "ego vehicle",
    "rectification border",
    "out of roi",
    "static",
    "dynamic",
    "ground",
    "road",
    "sidewalk",
    "parking",
    "rail track",
    "building",
    "wall",
    "fence",
    "guard rail",
    "bridge",
    "tunnel",
    "pole",
    "polegroup",
    "traffic light",
    "traffic sign",
    "vegetation",
    "terrain",
    "sky",
    "person",
    "rider",
    "car",
    "truck",
    "bus",
    "caravan",
    "trailer",
    "train",
    "motorcycle",
    "bicycle",
];

/// First of the classes that have instances: those up to the last.
const FIRST_WITH_INSTANCES: i64 = 24;

/// Number of ids of a class.
const IDS_OF_CLASS: i64 = 1000;

/// End of the names of such PNGs, beside which others stand.
const END: &str = "_instanceIds.png";

pub fn read(options: &DialectOptions<'_>, on: &mut OnObject<'_>) -> Result<(), LineError> {
    let mut files = png_files(options.path);
    let is_of_ids = |name: &str| name.ends_with(END);
    if files.iter().any(|file| is_of_ids(&file.name.file_name)) {
        files.retain(|file| is_of_ids(&file.name.file_name) || file.error.is_some());
    }
    read_labels(
        files,
        options,
        on,
        |_, _, _| Ok(()),
        |path, (), id, mask| {
            let class = if id < IDS_OF_CLASS {
                id
            } else {
                id / IDS_OF_CLASS
            };
            // Instances that could not be told apart.
            let is_crowd = id < IDS_OF_CLASS && class >= FIRST_WITH_INSTANCES;
            let name = CLASSES.get(class as usize);
            let image = ImageName::Name(image_of(&file_name(path)).into());
            Ok(Some(Object::Mask(Entry {
                id: Some(Id::Number(id)),
                category: Some(class),
                label: name.map(|name| (*name).into()),
                is_crowd,
                ..Entry::labelled(image, None, mask.to_owned())
            })))
        },
    )
}

/// Name of the image that a PNG is of.
fn image_of(name: &str) -> String {
    let scene = ["_gtFine", "_gtCoarse"]
        .iter()
        .find_map(|kind| name.strip_suffix(END)?.strip_suffix(kind));
    match scene {
        Some(scene) => format!("{scene}_leftImg8bit.png"),
        None => name.to_owned(),
    }
}
