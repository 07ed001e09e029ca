//! The writer of COCO's documents.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use maskrle::{CocoRle, Order};

use super::document::{Annotation, Document};
use super::input_images::InputImages;
use super::named_images::NamedImages;
use super::new_image::NewImage;
use crate::coco::{Categories, Category, Id};
use crate::options::Stack;
use crate::output::Output;
use crate::read::Name;
use crate::write::mask_info::{MaskInfo, Origin};
use crate::write::writer::{EncodedMask, Writer};

/// Options of the annotations.
#[derive(Debug)]
pub struct AnnotationsOptions<'a> {
    /// Categories that have a name. The first is that of masks without a label.
    pub categories: &'a [Category],
    /// Meaning of the masks of one array.
    pub stack: Stack,
    /// File that gives the images of pixels their ids.
    pub image_ids: Option<&'a Path>,
    /// True if masks come from label maps.
    pub is_by_label: bool,
    /// True if CSV's names of images are their ids.
    pub names_are_ids: bool,
}

/// Writes an annotation or a result for each mask that is not empty. The images of the empty ones
/// are listed too.
pub struct Annotations {
    document: Box<dyn Document>,
    categories: Categories,
    /// Category of masks without a label.
    category: Category,
    /// Labels of the annotations since the last commit, which are their categories.
    labels: BTreeSet<i64>,
    /// Categories among these whose names the masks' file says.
    named: Vec<Category>,
    /// True if annotations since the last commit have none.
    has_unlabelled: bool,
    stack: Stack,
    is_by_label: bool,
    input_images: InputImages,
    named_images: NamedImages,
    /// Image of the input's masks, if they are instances of one.
    input_image: Option<Id>,
    /// Image of the masks that follow.
    image: Option<Id>,
}

impl Annotations {
    /// A writer of `document`.
    pub fn new(document: Box<dyn Document>, options: &AnnotationsOptions<'_>) -> Result<Self> {
        let category = options.categories.first().cloned();
        Ok(Annotations {
            document,
            categories: Categories::named(options.categories)?,
            category: category.unwrap_or_else(Category::usual),
            labels: BTreeSet::new(),
            named: Vec::new(),
            has_unlabelled: false,
            stack: options.stack,
            is_by_label: options.is_by_label,
            input_images: InputImages::new(options.image_ids)?,
            named_images: NamedImages::new(options.stack, options.names_are_ids),
            input_image: None,
            image: None,
        })
    }

    /// Lists the image of an input, or that of the mask `index` of a stack of images.
    fn next_input_image(&mut self, input: &Name, index: Option<u64>, size: [u32; 2]) -> Result<Id> {
        let image = self.input_images.next(input, index, size);
        let NewImage { id, file_name } = image.context("no image id")?;
        self.document.image(&id, &file_name, size)?;
        Ok(id)
    }
}

impl Writer for Annotations {
    fn begin(&self) -> Result<Vec<u8>> {
        Ok(self.document.begin().to_vec())
    }

    fn takes_strings(&self) -> bool {
        !self.document.has_measures() && !self.is_by_label
    }

    fn input(&mut self, input: &Name, size: [usize; 2]) -> Result<()> {
        self.input_image = None;
        if self.stack == Stack::Instances {
            let [height, width] = size.map(u32::try_from);
            let (Ok(height), Ok(width)) = (height, width) else {
                bail!(
                    "masks of {} x {}: a side has at most {} pixels",
                    size[0],
                    size[1],
                    u32::MAX
                );
            };
            // The image is listed even if there are no masks.
            self.input_image = Some(self.next_input_image(input, None, [height, width])?);
        }
        Ok(())
    }

    fn image(&mut self, info: &MaskInfo<'_>, size: [u32; 2]) -> Result<()> {
        let id = match (info.origin, &self.input_image) {
            (Origin::Pixels(_), Some(id)) => id.clone(),
            (Origin::Pixels(mask), None) => {
                self.next_input_image(mask.input, mask.stack_index(), size)?
            }
            (Origin::Encoded(name), _) => {
                let (id, new_name) = self.named_images.find(name, size, info.label.is_some())?;
                if let Some(file_name) = new_name {
                    self.document.image(&id, &file_name, size)?;
                }
                id
            }
        };
        self.image = Some(id);
        Ok(())
    }

    fn mask(
        &mut self,
        out: &mut Vec<u8>,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<bool> {
        let measures = mask.measures();
        let is_empty = measures.map_or_else(|| mask.is_empty(), |measures| measures.area == 0);
        if is_empty {
            return Ok(false);
        }
        let measures = measures.unwrap_or_default();
        let category_id = match info.label {
            Some(label) => {
                if self.labels.insert(label)
                    && let Some(name) = info.label_name
                {
                    let name = name.to_owned();
                    self.named.push(Category { id: label, name });
                }
                label
            }
            None => {
                self.has_unlabelled = true;
                self.category.id
            }
        };
        let string;
        let mask = match mask {
            EncodedMask::String { rle, .. } => rle,
            EncodedMask::Runs(_) => {
                string = mask.with_runs(Order::ColumnMajor, |mask| Ok(CocoRle::try_from(mask)?))?;
                &string
            }
        };
        let annotation = Annotation {
            image_id: self.image.as_ref().expect("its image was named"),
            category_id,
            mask,
            measures,
            score: info.score.unwrap_or(1.0),
            is_crowd: info.is_crowd,
        };
        self.document.annotation(out, &annotation)?;
        Ok(true)
    }

    fn commit(&mut self) -> Result<()> {
        self.categories.add(&self.labels)?;
        self.labels.clear();
        for category in self.named.drain(..) {
            self.categories.add_named(&category);
        }
        if std::mem::take(&mut self.has_unlabelled) {
            self.categories.add_named(&self.category);
        }
        self.document.commit();
        self.input_images.commit();
        self.named_images.commit();
        Ok(())
    }

    fn roll_back(&mut self) -> Result<()> {
        self.labels.clear();
        self.named.clear();
        self.has_unlabelled = false;
        self.named_images.roll_back();
        self.document.roll_back()?;
        self.input_images.roll_back()
    }

    fn end(mut self: Box<Self>, output: &mut Output) -> Result<()> {
        self.input_images.finish()?;
        self.document.end(&self.categories, output)
    }
}
