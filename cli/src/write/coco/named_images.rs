//! The images of encoded masks, by the names that their file gives them.

use std::collections::HashMap;

use anyhow::{Result, bail};

use crate::coco::Id;
use crate::encoded::ImageName;
use crate::options::Stack;

/// Images that were met so far.
#[derive(Debug)]
pub struct NamedImages {
    stack: Stack,
    images: HashMap<ImageName, KnownImage>,
    /// True if CSV's names of images are ids, as the first was.
    names_are_ids: Option<bool>,
}

/// An image that was met.
#[derive(Debug)]
struct KnownImage {
    id: Id,
    size: [u32; 2],
}

impl NamedImages {
    pub fn new(stack: Stack) -> Self {
        NamedImages {
            stack,
            images: HashMap::new(),
            names_are_ids: None,
        }
    }

    /// Id of the image of a mask, and the name of its file if the image is new.
    pub fn find(
        &mut self,
        name: Option<&ImageName>,
        size: [u32; 2],
        is_label: bool,
    ) -> Result<(Id, Option<String>)> {
        let name = match name {
            // A label map is an image of its own, whatever stands beside it.
            Some(ImageName::Source(source, _)) if self.stack == Stack::Instances && !is_label => {
                ImageName::Source(source.clone(), None)
            }
            Some(name) => name.clone(),
            None => bail!("no \"image_id\" and no \"source\", which an image could be told by"),
        };
        if let Some(known) = self.images.get(&name) {
            if known.size != size {
                let ([h, w], [height, width]) = (known.size, size);
                bail!(
                    "it is of {height} x {width}, and another mask of its image, {name}, \
                     of {h} x {w}"
                );
            }
            return Ok((known.id.clone(), None));
        }
        let (id, file_name) = self.new_image(&name)?;
        let known = KnownImage {
            id: id.clone(),
            size,
        };
        self.images.insert(name, known);
        Ok((id, Some(file_name)))
    }

    /// Id and file name of an image that was not met before.
    fn new_image(&mut self, name: &ImageName) -> Result<(Id, String)> {
        let counted = Id::Number(self.images.len() as i64 + 1);
        Ok(match name {
            ImageName::Id(id, Some(file_name)) => (id.clone(), file_name.to_string()),
            ImageName::Id(id, None) => (id.clone(), id.plain().into_owned()),
            ImageName::Name(text) => {
                let id = Id::of_text(text);
                let is_number = !matches!(id, Id::Text(_));
                if *self.names_are_ids.get_or_insert(is_number) != is_number {
                    bail!(
                        "the ImageId {text:?}: where some are whole numbers, all are, \
                         or no ids can be made of them"
                    );
                }
                (if is_number { id } else { counted }, text.to_string())
            }
            ImageName::Source(source, index) => {
                let file = source.rsplit(['/', '\\']).next().unwrap_or(source);
                let file_name = index.map_or(file.to_owned(), |index| format!("{file}:{index}"));
                (counted, file_name)
            }
        })
    }
}
