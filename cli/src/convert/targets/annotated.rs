//! COCO's documents.

use std::collections::HashMap;

use anyhow::{Result, bail};
use maskrle::{CocoRle, MaskRuns, Order};

use crate::coco::{Annotation, Categories, Category, Document, Id, Images, Kind};
use crate::coded::{Entry, ImageName, limits};
use crate::convert::rebuild::Target;
use crate::options::Stack;
use crate::output::Output;

/// An annotation or a result for each mask that is not empty; a dataset lists the images of the
/// empty ones too.
pub struct Annotated {
    document: Document,
    /// The category of masks that have none.
    category: Category,
    stack: Stack,
    images: HashMap<ImageName, Known>,
    /// Whether CSV's names of images are ids, as the first was.
    names_are_ids: Option<bool>,
}

/// An image that was met.
#[derive(Debug)]
struct Known {
    id: Id,
    size: [u32; 2],
}

impl Annotated {
    pub fn new(kind: Kind, named: &[Category], stack: Stack) -> Result<Self> {
        let category = named.first().cloned().unwrap_or_else(Category::usual);
        let document = Document::new(kind, Categories::named(named)?)?;
        Ok(Annotated {
            document,
            category,
            stack,
            images: HashMap::new(),
            names_are_ids: None,
        })
    }

    /// The image of a mask, listed where it is new.
    fn image(&mut self, entry: &Entry, size: [u32; 2], is_label: bool) -> Result<Id> {
        let name = match &entry.image {
            // A label map is an image, whatever is beside it.
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
                    "it is of {height} x {width}, and another mask of its image, {name}, of {h} x {w}"
                );
            }
            return Ok(known.id.clone());
        }
        let (id, file_name) = self.new_image(&name)?;
        self.document.image(&id, &file_name, size)?;
        self.images.insert(
            name,
            Known {
                id: id.clone(),
                size,
            },
        );
        Ok(id)
    }

    /// The id and the file's name of an image that is not listed yet.
    fn new_image(&mut self, name: &ImageName) -> Result<(Id, String)> {
        let counted = Id::Number(self.images.len() as i64 + 1);
        Ok(match name {
            ImageName::Id(id, Some(file_name)) => (id.clone(), file_name.to_string()),
            ImageName::Id(id @ Id::Number(number), None) => (id.clone(), number.to_string()),
            ImageName::Id(id @ Id::Text(text), None) => (id.clone(), text.to_string()),
            ImageName::Name(text) => {
                let id = Id::of_text(text);
                let is_number = matches!(id, Id::Number(_));
                if *self.names_are_ids.get_or_insert(is_number) != is_number {
                    bail!(
                        "the ImageId {text:?}: where some are whole numbers, all are, or no ids can be made of them"
                    );
                }
                (if is_number { id } else { counted }, text.to_string())
            }
            ImageName::Source(source, index) => {
                let file = source.rsplit(['/', '\\']).next().unwrap_or(source);
                (
                    counted,
                    index.map_or(file.to_owned(), |index| format!("{file}:{index}")),
                )
            }
        })
    }
}

impl Target for Annotated {
    fn begin(&self) -> Result<Vec<u8>> {
        Ok(self.document.begin().to_vec())
    }

    fn mask(
        &mut self,
        out: &mut Vec<u8>,
        entry: &Entry,
        mask: MaskRuns<'_>,
        category: Option<i64>,
    ) -> Result<()> {
        let image_id = self.image(entry, mask.size(), category.is_some())?;
        let area = mask.area();
        if area == 0 {
            return Ok(());
        }
        let category_id = category.unwrap_or(self.category.id);
        match category {
            Some(id) => self.document.categories.add(id)?,
            None => self.document.categories.add_named(&self.category),
        }
        let runs = mask.to_order_within(Order::ColumnMajor, &limits())?;
        let annotation = Annotation {
            image_id: &image_id,
            category_id,
            mask: &CocoRle::try_from(runs.get(0).expect("one mask went in"))?,
            area,
            bbox: mask.bbox(),
            score: entry.score.unwrap_or(1.0),
            iscrowd: entry.is_crowd.into(),
        };
        self.document.annotation(out, &annotation)
    }

    fn end(self, _: Option<&Images>, output: &mut Output) -> Result<()> {
        self.document.end(output)
    }
}
