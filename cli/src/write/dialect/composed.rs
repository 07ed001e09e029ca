//! Dialects whose file is made when all masks are known.

use std::collections::HashMap;

use anyhow::Result;
use maskrle::{CocoRle, Order};
use serde::{Deserialize, Serialize};

use super::image_spool::ImageSpool;
use super::names::Names;
use super::spool::{Group, Texts};
use crate::coco::{Id, Images};
use crate::encoded::ImageName;
use crate::output::Output;
use crate::write::mask_info::{MaskInfo, Origin};
use crate::write::writer::{EncodedMask, Writer};

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

/// Writes masks that are not empty. Images without masks are listed too.
pub struct Composed<C> {
    composition: C,
    images: ImageSpool,
    ids: HashMap<String, Id>,
}

impl<C: Composition + 'static> Composed<C> {
    pub fn open(composition: C, names: Names) -> Result<Box<dyn Writer>> {
        Ok(Box::new(Composed {
            composition,
            images: ImageSpool::new(names)?,
            ids: HashMap::new(),
        }))
    }
}

impl<C: Composition> Writer for Composed<C> {
    fn begin(&self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn image(&mut self, info: &MaskInfo<'_>, size: [u32; 2]) -> Result<()> {
        let name = self.images.image(info, size)?;
        if let Origin::Encoded(Some(ImageName::Id(id, _))) = info.origin {
            self.ids.insert(name, id.clone());
        }
        Ok(())
    }

    fn mask(
        &mut self,
        _: &mut Vec<u8>,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<bool> {
        if mask.is_empty() {
            return Ok(false);
        }
        let category = self.images.names.category(info);
        let waiting = Waiting {
            object: info.object.map(|id| id.plain().into_owned()),
            category: category.id,
            label: category.name,
            is_crowd: info.is_crowd,
            rle: mask.with_runs(Order::ColumnMajor, |runs| Ok(CocoRle::try_from(runs)?))?,
        };
        self.images.add(&serde_json::to_vec(&waiting)?)?;
        Ok(true)
    }

    fn commit(&mut self) -> Result<()> {
        self.images.commit();
        Ok(())
    }

    fn roll_back(&mut self) -> Result<()> {
        self.images.roll_back();
        Ok(())
    }

    fn images_without_masks(&mut self, images: &Images, _: &mut Output) -> Result<()> {
        let ids = &mut self.ids;
        self.images.list(images, |name, image| {
            if let ImageName::Id(id, _) = image {
                ids.insert(name, id.clone());
            }
        })
    }

    fn end(self: Box<Self>, output: &mut Output) -> Result<()> {
        let Composed {
            composition,
            images,
            ids,
        } = *self;
        let (images, texts) = images.into_groups()?;
        let collected = Collected { images, texts, ids };
        composition.compose(collected, output)
    }
}
