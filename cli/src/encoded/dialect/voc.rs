//! Pascal VOC: PNGs whose palette indices are classes, or objects beside such classes.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use maskrle::PixelArray;

use super::object::{DialectOptions, OnObject};
use super::png_files::{file_name, png_files, read_labels};
use crate::coco::{Id, stem};
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::line_error::LineError;
use crate::read::LabelReader;

/// Names of the classes, by their indices, of which 0 is the background.
const CLASSES: [&str; 21] = [
    "background",
    "aeroplane",
    "bicycle",
    "bird",
    "boat",
    "bottle",
    "bus",
    "car",
    "cat",
    "chair",
    "cow",
    "diningtable",
    "dog",
    "horse",
    "motorbike",
    "person",
    "pottedplant",
    "sheep",
    "sofa",
    "train",
    "tvmonitor",
];

/// Index of pixels between objects, and of difficult ones.
const VOID: u8 = 255;

/// Folders of the PNGs.
const OBJECTS: &str = "SegmentationObject";
const CLASS_MAPS: &str = "SegmentationClass";

/// The class of each object of a PNG; None where its indices are classes.
type Classes = Option<[Option<u8>; 256]>;

/// Reads the objects of a folder that has both kinds of PNGs, or else what is given.
pub fn read(options: &DialectOptions<'_>, on: &mut OnObject<'_>) -> Result<(), LineError> {
    let folders = [OBJECTS, CLASS_MAPS].map(|name| options.path.join(name));
    let folder = folders.iter().find(|folder| folder.is_dir());
    let files = png_files(folder.map_or(options.path, PathBuf::as_path));
    read_labels(files, options, on, classes, |path, classes, index, mask| {
        if index == i64::from(VOID) {
            return Ok(None);
        }
        let class = match classes {
            None => index,
            Some(classes) => {
                let class = usize::try_from(index).ok();
                let class = class.and_then(|index| *classes.get(index)?);
                let missing = || format!("the object {index} has no pixel of a class");
                class.with_context(missing)?.into()
            }
        };
        let name = CLASSES.get(class as usize);
        let image = ImageName::Name(format!("{}.jpg", stem(&file_name(path))).into());
        Ok(Some(Object::Mask(Entry {
            id: classes.is_some().then_some(Id::Number(index)),
            category: Some(class),
            label: name.map(|name| (*name).into()),
            ..Entry::labelled(image, None, mask.to_owned())
        })))
    })
}

/// Classes of the objects of a PNG, from the one of classes beside it.
fn classes(reader: &LabelReader, path: &Path, objects: &PixelArray) -> Result<Classes> {
    let folder = path.parent().filter(|folder| folder.ends_with(OBJECTS));
    let (Some(folder), Some(name)) = (folder, path.file_name()) else {
        return Ok(None);
    };
    let beside = folder.with_file_name(CLASS_MAPS).join(name);
    let read = || {
        let classes = reader.pixels(&beside, None)?;
        if classes.shape() != objects.shape() {
            bail!("it is not of the size of the PNG of objects");
        }
        Ok(classes)
    };
    let classes = read().with_context(|| beside.display().to_string())?;
    let (PixelArray::U8(objects), PixelArray::U8(classes)) = (objects, &classes) else {
        bail!("objects and classes are indices of 8 bits at most");
    };
    // Pixels of each object, by their classes.
    let mut counts = vec![[0u64; 256]; 256];
    for (&object, &class) in objects.iter().zip(classes) {
        counts[usize::from(object)][usize::from(class)] += 1;
    }
    let mut found = [None; 256];
    for (found, counts) in found.iter_mut().zip(&counts) {
        let classes = (1..VOID).filter(|class| counts[usize::from(*class)] > 0);
        *found = classes.max_by_key(|class| counts[usize::from(*class)]);
    }
    Ok(Some(found))
}
