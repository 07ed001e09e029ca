//! The masks of a file, of whatever kind it is.

use std::fmt;

use anyhow::{Context, Result, anyhow};
use maskrle::Runs;

use super::fields::{AnnotationIds, Fields};
use super::json::{Event, Item, List, Place};
use super::{Csv, Kind, Mask, Source, csv};
use crate::coco::{Id, Images};

/// A mask and what is said of it.
#[derive(Debug)]
pub struct Entry {
    /// Its own id, where the file gives it one.
    pub id: Option<Id>,
    /// The image it is of, where the file says it.
    pub image: Option<ImageName>,
    /// Its category, or its label in a label map.
    pub category: Option<i64>,
    /// How sure a result is.
    pub score: Option<f64>,
    /// Whether it holds many of its category, not one.
    pub is_crowd: bool,
    /// One binary mask, or a label map.
    pub runs: Runs,
}

/// What names an image.
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

impl Source {
    /// Gives each mask to `on`, in the file's order. `images` are those of a dataset, which
    /// [`Source::images`] gives; `csv` says what only CSV needs. Returns how many of a dataset's
    /// annotations were left out, having no mask.
    pub fn entries(
        &self,
        images: Option<&Images>,
        csv: &Csv<'_>,
        on: &mut dyn FnMut(Entry) -> Result<()>,
    ) -> Result<u64> {
        let (mut ids, mut without_mask) = (AnnotationIds::default(), 0);
        match self.kind {
            Kind::Empty => Ok(()),
            Kind::Csv => {
                let reader = self.reader().with_context(|| self.name.clone())?;
                csv::entries(reader, csv, on).map_err(|error| self.at(error))
            }
            _ => self.walk(&mut |event| match event {
                Event::Item(Item {
                    list: list @ (List::Annotations | List::Document),
                    place,
                    text,
                }) => {
                    let fields = Fields::read(place, text)?;
                    if list == List::Annotations {
                        ids.check(place, &fields)?;
                    }
                    match Entry::read(place, &fields, images)? {
                        Some(entry) => on(entry).map_err(|error| place.around(error))?,
                        None => without_mask += 1,
                    }
                    Ok(())
                }
                _ => Ok(()),
            }),
        }?;
        Ok(without_mask)
    }
}

impl Entry {
    /// None for an annotation of key points or a box alone. A row or a result is there for its
    /// mask.
    fn read(place: Place, fields: &Fields<'_>, images: Option<&Images>) -> Result<Option<Self>> {
        let image = images
            .map(|images| fields.image(place, images))
            .transpose()?;
        let Some(mask) = Mask::read(place, fields)? else {
            let missing = "no mask: neither one in a \"segmentation\" nor \"size\" and \"counts\"";
            let is_annotation = matches!(place, Place::Item(List::Annotations, _));
            return if is_annotation {
                Ok(None)
            } else {
                Err(place.around(anyhow!(missing)))
            };
        };
        let runs = mask.to_runs(place, image.as_ref().map(|(_, listed)| *listed))?;
        let category = Fields::get(place, "category_id", fields.category_id)?;
        Ok(Some(Entry {
            id: Fields::get(place, "id", fields.id)?,
            category: category.or(Fields::get(place, "value", fields.value)?),
            score: Fields::get(place, "score", fields.score)?,
            is_crowd: fields
                .iscrowd
                .is_some_and(|value| !matches!(value.get(), "0" | "false")),
            image: match image {
                Some((id, listed)) => Some(ImageName::Id(id, listed.file_name.clone())),
                None => image_name(place, fields)?,
            },
            runs,
        }))
    }
}

fn image_name(place: Place, fields: &Fields<'_>) -> Result<Option<ImageName>> {
    if let Some(id) = Fields::get(place, "image_id", fields.image_id)? {
        return Ok(Some(ImageName::Id(id, None)));
    }
    let index = Fields::get(place, "index", fields.index)?;
    Ok(fields
        .source(place)?
        .map(|source| ImageName::Source(source.into(), index)))
}
