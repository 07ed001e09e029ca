//! Kaggle's CSV.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result, bail};
use maskrle::{KaggleRle, MaskRuns, Order};

use crate::coco::{Id, Images, stem};
use crate::coded::{Entry, ImageName, limits};
use crate::convert::rebuild::Target;
use crate::output::Output;
use crate::rows::csv_row;

/// A row for each mask, and an empty one for each image without.
#[derive(Debug)]
pub struct Kaggle<'a> {
    order: Order,
    empty: &'a str,
    /// Whether there are columns for what Kaggle's files do not hold.
    is_full: bool,
    /// Which images the ids are of.
    images: HashMap<String, ImageName>,
    /// The dataset's images that have masks.
    found: HashSet<Id>,
}

impl<'a> Kaggle<'a> {
    pub fn new(order: Order, empty: &'a str, is_full: bool) -> Self {
        Kaggle {
            order,
            empty,
            is_full,
            images: HashMap::new(),
            found: HashSet::new(),
        }
    }

    /// The image's `ImageId`, which no other has.
    fn image_id(&mut self, name: &ImageName) -> Result<String> {
        let text = match name {
            ImageName::Id(_, Some(file_name)) => stem(file_name).to_owned(),
            ImageName::Id(Id::Number(number), None) => number.to_string(),
            ImageName::Id(Id::Text(text), None) | ImageName::Name(text) => text.to_string(),
            ImageName::Source(source, index) => of_source(source, *index),
        };
        match self.images.get(&text) {
            Some(other) if other != name => {
                bail!("the ImageId {text:?} would be that of {other} and of {name}")
            }
            Some(_) => {}
            None => drop(self.images.insert(text.clone(), name.clone())),
        }
        Ok(text)
    }

    fn row(
        &self,
        out: &mut Vec<u8>,
        id: &str,
        pairs: &str,
        size: [u32; 2],
        category: Option<i64>,
    ) -> Result<()> {
        let pairs = if pairs.is_empty() { self.empty } else { pairs };
        if !self.is_full {
            return csv_row(out, &[id, pairs]);
        }
        let [height, width] = size.map(|side| side.to_string());
        let category = category
            .map(|category| category.to_string())
            .unwrap_or_default();
        csv_row(out, &[id, pairs, &height, &width, &category])
    }
}

impl Target for Kaggle<'_> {
    fn begin(&self) -> Result<Vec<u8>> {
        let columns = ["ImageId", "EncodedPixels", "Height", "Width", "CategoryId"];
        let mut out = Vec::new();
        csv_row(
            &mut out,
            if self.is_full {
                &columns
            } else {
                &columns[..2]
            },
        )?;
        Ok(out)
    }

    fn mask(
        &mut self,
        out: &mut Vec<u8>,
        entry: &Entry,
        mask: MaskRuns<'_>,
        category: Option<i64>,
    ) -> Result<()> {
        let Some(name) = &entry.image else {
            bail!("no \"image_id\" and no \"source\", which an ImageId could be made of")
        };
        if let ImageName::Id(id, _) = name {
            self.found.insert(id.clone());
        }
        let id = self.image_id(name)?;
        let runs = mask.to_order_within(self.order, &limits())?;
        let pairs = KaggleRle::try_from(runs.get(0).expect("one mask went in"))?.pairs;
        self.row(out, &id, &pairs, mask.size(), category)
    }

    fn end(mut self, images: Option<&Images>, output: &mut Output) -> Result<()> {
        let images = images.into_iter().flat_map(Images::iter);
        let mut without: Vec<_> = images.filter(|(id, _)| !self.found.contains(id)).collect();
        without.sort_by_key(|(_, image)| image.index);
        for (id, image) in without {
            let text = self.image_id(&ImageName::Id(id.clone(), image.file_name.clone()))?;
            let mut out = Vec::new();
            let size = if self.is_full {
                image.size
            } else {
                Some([0, 0])
            };
            let size = size.with_context(|| {
                format!("the image {id} has no height and width, which --full writes")
            })?;
            self.row(&mut out, &text, "", size, None)?;
            output.write(&out)?;
        }
        Ok(())
    }
}

/// As encode calls a mask of a stack; a PNG is no stack.
fn of_source(source: &str, index: Option<u64>) -> String {
    let name = match source.rsplit_once(".npz:") {
        Some((file, array)) => format!("{}_{array}", stem(&format!("{file}.npz"))),
        None => stem(source).to_owned(),
    };
    match index {
        Some(index) if !source.to_ascii_lowercase().ends_with(".png") => format!("{name}_{index}"),
        _ => name,
    }
}
