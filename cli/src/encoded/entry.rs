//! A mask of a file of any kind, and what the file says of it.

use std::fmt;

use anyhow::{Result, anyhow};
use maskrle::MaskRuns;

use super::fields::Fields;
use super::json::{List, Location, Value};
use super::mask::JsonMask;
use super::needs::{Need, Needs};
use crate::coco::{Id, Images};

/// A mask or a label map, and what the file says of it.
#[derive(Debug)]
pub struct Entry {
    /// Id of the mask, where the file gives it one.
    pub id: Option<Id>,
    /// Name of its image, where the file says it.
    pub image: Option<ImageName>,
    /// Category, or label in a label map.
    pub category: Option<i64>,
    /// Name of the category, where the file has it; perhaps it has no number.
    pub label: Option<Box<str>>,
    /// Confidence of a result.
    pub score: Option<f64>,
    /// True if it covers many objects of its category, not one.
    pub is_crowd: bool,
    /// One binary mask, or a label map.
    pub runs: MaskRuns,
}

/// Name of an image, as its file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ImageName {
    /// An id; in a dataset perhaps with the name of its file.
    Id(Id, Option<Box<str>>),
    /// CSV's `ImageId`.
    Name(Box<str>),
    /// The file that a row was encoded from, and the mask's index in it.
    Source(Box<str>, Option<u64>),
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImageName::Id(id, None) => write!(f, "the image {id}"),
            ImageName::Id(id, Some(file_name)) => write!(f, "the image {id} ({file_name})"),
            ImageName::Name(name) => write!(f, "{name:?}"),
            ImageName::Source(source, None) => f.write_str(source),
            ImageName::Source(source, Some(index)) => write!(f, "{source}, mask {index}"),
        }
    }
}

/// Function that is asked, by the name of a mask's image, if the mask's runs are wanted.
pub type Wanted<'w> = dyn FnMut(Option<&ImageName>) -> bool + 'w;

/// An object that was read.
#[derive(Debug)]
pub enum Object {
    Mask(Entry),
    /// A mask that is not wanted; its runs were not made.
    Unwanted,
    /// An annotation of key points or a box alone.
    NoMask,
}

impl Entry {
    /// Reads a JSON object, as far as it is needed. A row or a result must have a mask.
    pub fn read(
        location: Location,
        fields: &Fields<'_>,
        images: Option<&Images>,
        needs: &Needs,
        wanted: &mut Wanted<'_>,
    ) -> Result<Object> {
        let is_annotation = matches!(location, Location::Item(List::Annotations, _));
        let image = images
            .map(|images| fields.image(location, images))
            .transpose()?;
        let Some(mask) = JsonMask::read(location, fields)? else {
            if is_annotation {
                return Ok(Object::NoMask);
            }
            return Err(location.locate(anyhow!(
                "no mask: neither one in a \"segmentation\" nor \"size\" and \"counts\"{}",
                fields.advice()
            )));
        };
        let name = match &image {
            Some((id, listed)) => Some(ImageName::Id(id.clone(), listed.file_name.clone())),
            None => image_name(location, fields, needs.image)?,
        };
        if !wanted(name.as_ref()) {
            return Ok(Object::Unwanted);
        }
        let runs = mask.to_runs(location, image.as_ref().map(|(_, listed)| *listed))?;
        // encode's rows have their label under "value", which elsewhere is a key like any other.
        let category = match fields.category_id {
            None if !is_annotation => ("value", fields.value),
            category => ("category_id", category),
        };
        Ok(Object::Mask(Entry {
            id: needs.id.read(location, "id", fields.id, Value::id)?,
            category: needs
                .category
                .read(location, category.0, category.1, |value| {
                    value.whole("a whole number of 64 bits")
                })?,
            score: needs
                .score
                .read(location, "score", fields.score, Value::number_or_text)?,
            is_crowd: needs
                .is_crowd
                .read(location, "iscrowd", fields.iscrowd, Value::flag)?
                .unwrap_or(false),
            image: name,
            label: None,
            runs,
        }))
    }
}

fn image_name(location: Location, fields: &Fields<'_>, need: Need) -> Result<Option<ImageName>> {
    if fields.image_id.is_some() {
        let id = need.read(location, "image_id", fields.image_id, Value::id)?;
        return Ok(id.map(|id| ImageName::Id(id, None)));
    }
    let source = need.read(location, "source", fields.source, Value::string)?;
    let Some(source) = source else {
        return Ok(None);
    };
    let index = need.read(location, "index", fields.index, |value| {
        value.whole("a whole number from 0 on")
    })?;
    Ok(Some(ImageName::Source(source.into(), index)))
}
