//! Dialects whose file is made when all masks are known.

use std::collections::HashMap;

use anyhow::Result;
use maskrle::{CocoRle, Order};
use serde::{Deserialize, Serialize};

use super::by_image::PerImage;
use super::names::Names;
use super::spool::{Group, Texts};
use crate::coco::Id;
use crate::encoded::ImageName;
use crate::output::Output;
use crate::write::mask_info::MaskInfo;
use crate::write::writer::EncodedMask;

/// A mask of an image, as it waits for the others.
#[derive(Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// Id of its object, where the file that it is of has ids.
    pub object: Option<String>,
    pub category: i64,
    /// Name of the category.
    pub label: String,
    pub is_crowd: bool,
    pub rle: CocoRle,
}

/// All masks by their images.
pub struct Collected {
    /// Images in the order in which they came.
    pub images: Vec<Group>,
    pub texts: Texts,
    /// Ids of images by their names, where they have ids.
    pub ids: HashMap<String, Id>,
}

impl Collected {
    /// Gives each mask of an image to `on`.
    pub fn each(
        texts: &mut Texts,
        image: &Group,
        mut on: impl FnMut(Waiting) -> Result<()>,
    ) -> Result<()> {
        texts.each(image, |text| on(serde_json::from_slice(text)?))
    }
}

/// A dialect that is made of all masks.
pub trait Composition: Send {
    /// Writes the file.
    fn compose(self, collected: Collected, output: &mut Output) -> Result<()>;
}

/// Collects masks that are not empty.
pub struct Composed<C> {
    composition: C,
    ids: HashMap<String, Id>,
}

impl<C: Composition> Composed<C> {
    pub fn new(composition: C) -> Self {
        let ids = HashMap::new();
        Composed { composition, ids }
    }
}

impl<C: Composition> PerImage for Composed<C> {
    fn image(&mut self, name: String, given: &ImageName) {
        if let ImageName::Id(id, _) = given {
            self.ids.insert(name, id.clone());
        }
    }

    fn mask(
        &mut self,
        names: &Names,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<Option<Vec<u8>>> {
        if mask.is_empty() {
            return Ok(None);
        }
        let category = names.category(info);
        let waiting = Waiting {
            object: info.object.map(|id| id.plain().into_owned()),
            category: category.id,
            label: category.name,
            is_crowd: info.is_crowd,
            rle: mask.with_runs(Order::ColumnMajor, |runs| Ok(CocoRle::try_from(runs)?))?,
        };
        Ok(Some(serde_json::to_vec(&waiting)?))
    }

    fn end(self, images: Vec<Group>, texts: Texts, output: &mut Output) -> Result<()> {
        let ids = self.ids;
        let collected = Collected { images, texts, ids };
        self.composition.compose(collected, output)
    }
}
