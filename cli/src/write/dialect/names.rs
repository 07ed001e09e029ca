//! Names of images and labels, where a dialect has text.

use std::collections::HashMap;

use anyhow::{Result, bail};

use crate::coco::Category;
use crate::encoded::ImageName;
use crate::options::Stack;
use crate::read::Name;
use crate::write::mask_info::{MaskInfo, Origin, index_in_stack};

/// Names of images and of categories.
#[derive(Debug)]
pub struct Names {
    categories: HashMap<i64, String>,
    /// Category of masks without one.
    usual: Category,
    /// Meaning of the masks of one array.
    stack: Stack,
}

impl Names {
    /// Names of these categories; the first is that of masks without one.
    pub fn new(categories: &[Category], stack: Stack) -> Self {
        let named = categories.iter().rev();
        let usual = categories.first().cloned().unwrap_or_else(Category::usual);
        Names {
            categories: named.map(|named| (named.id, named.name.clone())).collect(),
            usual,
            stack,
        }
    }

    /// Label of a mask: the name of its category, or its number.
    pub fn label(&self, info: &MaskInfo<'_>) -> String {
        match (info.label_name, info.label) {
            (Some(name), _) => name.to_owned(),
            (None, Some(id)) => {
                let name = self.categories.get(&id).cloned();
                name.unwrap_or_else(|| id.to_string())
            }
            (None, None) => self.usual.name.clone(),
        }
    }

    /// Category of a mask, whose name is its label.
    pub fn category(&self, info: &MaskInfo<'_>) -> Category {
        Category {
            id: info.label.unwrap_or(self.usual.id),
            name: self.label(info),
        }
    }

    /// Name of the image of a mask: that of its file, or its id.
    pub fn image(&self, info: &MaskInfo<'_>) -> Result<String> {
        self.image_as(info, |input| &input.file_name)
    }

    /// Name of the image of a mask that no other image has.
    pub fn full_image(&self, info: &MaskInfo<'_>) -> Result<String> {
        match info.origin {
            Origin::Encoded(Some(name @ ImageName::Id(..))) => Ok(name.to_string()),
            _ => self.image_as(info, |input| &input.source),
        }
    }

    fn image_as<'i>(
        &self,
        info: &MaskInfo<'i>,
        file: impl Fn(&'i Name) -> &'i String,
    ) -> Result<String> {
        let index = self.index(info);
        let indexed = |name: &str| match index {
            Some(index) => format!("{name}:{index}"),
            None => name.to_owned(),
        };
        Ok(match info.origin {
            Origin::Pixels(mask) => indexed(file(mask.input)),
            Origin::Encoded(Some(ImageName::Id(_, Some(file_name)))) => file_name.to_string(),
            Origin::Encoded(Some(ImageName::Id(id, None))) => id.plain().into_owned(),
            Origin::Encoded(Some(ImageName::Name(name))) => name.to_string(),
            Origin::Encoded(Some(ImageName::Source(source, _))) => indexed(source),
            Origin::Encoded(None) => {
                bail!("no \"image_id\" and no \"source\", which an image could be told by")
            }
        })
    }

    /// Index of a mask's image in an array that is a stack of images.
    pub fn index(&self, info: &MaskInfo<'_>) -> Option<u64> {
        match info.origin {
            Origin::Pixels(mask) => mask.stack_index().filter(|_| self.stack == Stack::Images),
            // A label map is an image of its own, whatever stands beside it.
            Origin::Encoded(Some(ImageName::Source(source, index))) => {
                let index = index_in_stack(source, *index);
                index.filter(|_| self.stack == Stack::Images || info.label.is_some())
            }
            Origin::Encoded(_) => None,
        }
    }
}

/// Name of a file that stands for an image: no folder is made for those that its own name has.
pub fn file_beside(image: &str, extension: &str) -> String {
    let is_taken = |c: char| c.is_control() || "<>:\"/\\|?*".contains(c);
    let name = match image.rsplit_once('.') {
        Some((stem, old)) if !stem.is_empty() && !old.contains(is_taken) => stem,
        _ => image,
    };
    format!("{}.{extension}", name.replace(is_taken, "_"))
}
