//! The images of encoded masks, by the names that their file gives them.

use std::collections::HashMap;

use anyhow::{Result, bail};

use crate::coco::{Id, SeenIds};
use crate::encoded::ImageName;
use crate::options::Stack;
use crate::write::mask_info::index_in_stack;

/// Images that were met so far.
#[derive(Debug)]
pub struct NamedImages {
    stack: Stack,
    images: HashMap<ImageName, KnownImage>,
    /// True if CSV's names of images are their ids: all are whole numbers.
    names_are_ids: bool,
    /// Ids that the file gives, and the last number that was counted.
    given: SeenIds,
    counted: i64,
    /// Sources that are called by the last parts of their paths.
    last_parts: HashMap<String, Box<str>>,
    /// Images since the last commit.
    current: Vec<ImageName>,
}

/// An image that was met.
#[derive(Debug)]
struct KnownImage {
    id: Id,
    size: [u32; 2],
}

impl NamedImages {
    pub fn new(stack: Stack, names_are_ids: bool) -> Self {
        NamedImages {
            stack,
            images: HashMap::new(),
            names_are_ids,
            given: SeenIds::default(),
            counted: 0,
            last_parts: HashMap::new(),
            current: Vec::new(),
        }
    }

    /// Keeps the images that were met.
    pub fn commit(&mut self) {
        self.current.clear();
    }

    /// Forgets the images since the last commit. Their ids are not given again.
    pub fn roll_back(&mut self) {
        for name in self.current.drain(..) {
            self.images.remove(&name);
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
            // One image may be 12 and 12.0.
            Some(ImageName::Name(text)) if self.names_are_ids => {
                ImageName::Name(Id::of_name(text).plain().into())
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
        self.images.insert(name.clone(), known);
        self.current.push(name);
        Ok((id, Some(file_name)))
    }

    /// Id and file name of an image that was not met before.
    fn new_image(&mut self, name: &ImageName) -> Result<(Id, String)> {
        Ok(match name {
            ImageName::Id(id, file_name) => {
                let file_name = file_name.as_deref().map(str::to_owned);
                let file_name = file_name.unwrap_or_else(|| id.plain().into_owned());
                (self.given_id(id)?, file_name)
            }
            ImageName::Name(text) if self.names_are_ids => {
                (self.given_id(&Id::of_text(text))?, text.to_string())
            }
            ImageName::Name(text) => (self.next_id(), text.to_string()),
            ImageName::Source(source, index) => {
                let file = self.name_of_file(source);
                let file_name = match index_in_stack(source, *index) {
                    Some(index) => format!("{file}:{index}"),
                    None => file,
                };
                (self.next_id(), file_name)
            }
        })
    }

    /// Name of the file of a source: its path as given, if that is relative, else its last part, as
    /// far as no other source has that.
    fn name_of_file(&mut self, source: &str) -> String {
        let path = source.replace('\\', "/");
        let is_absolute = path.starts_with('/') || path.get(1..3) == Some(":/");
        if !is_absolute {
            return path.trim_start_matches("./").to_owned();
        }
        let name = path.rsplit('/').next().unwrap_or(&path);
        let owner = self.last_parts.entry(name.to_owned());
        match owner.or_insert_with(|| source.into()).as_ref() == source {
            true => name.to_owned(),
            false => path,
        }
    }

    /// An id that the file gives. Fails where it was counted for another image.
    fn given_id(&mut self, id: &Id) -> Result<Id> {
        let is_counted = matches!(id, Id::Number(number) if (1..=self.counted).contains(number));
        if is_counted && !self.given.contains(id) {
            bail!("the image id {id} was counted for an image that is known by its source alone");
        }
        self.given.insert(id);
        Ok(id.clone())
    }

    /// The next number that no image has.
    fn next_id(&mut self) -> Id {
        loop {
            self.counted += 1;
            let id = Id::Number(self.counted);
            if !self.given.contains(&id) {
                return id;
            }
        }
    }
}
