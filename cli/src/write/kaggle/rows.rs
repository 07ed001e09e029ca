//! The writer of Kaggle's CSV.

use anyhow::{Context, Result, bail};
use maskrle::{KaggleRle, MaskView, Order};

use super::input_ids::InputIds;
use super::named_ids::NamedIds;
use crate::coco::Images;
use crate::encoded::ImageName;
use crate::output::Output;
use crate::write::mask_info::{MaskInfo, Origin};
use crate::write::writer::{EncodedMask, Writer};

/// Columns of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// The image and the pairs.
    Pairs,
    /// These and the label.
    PairsAndValue,
    /// These, and the size and category, which Kaggle's own files do not hold.
    Full,
}

impl Columns {
    fn names(self) -> &'static [&'static str] {
        match self {
            Columns::Pairs => &["ImageId", "EncodedPixels"],
            Columns::PairsAndValue => &["ImageId", "EncodedPixels", "Value"],
            Columns::Full => &["ImageId", "EncodedPixels", "Height", "Width", "CategoryId"],
        }
    }
}

/// Spelling of a mask's pairs.
#[derive(Debug, Clone, Copy)]
pub struct Pairs<'a> {
    pub order: Order,
    /// Text of an empty mask.
    pub empty: &'a str,
    /// True if starts count from the end of the run before.
    pub is_relative: bool,
}

/// Writes a row for each mask, and an empty one for each image of a dataset without masks.
#[derive(Debug)]
pub struct Kaggle {
    order: Order,
    /// Text of an empty mask.
    empty: String,
    columns: Columns,
    /// True if starts count from the end of the run before.
    is_relative: bool,
    input_ids: InputIds,
    named_ids: NamedIds,
    /// `ImageId` of the masks that follow.
    image_id: String,
}

impl Kaggle {
    /// A writer of rows. The masks of a stack are of one image if `stacks_are_images`.
    pub fn new(pairs: Pairs<'_>, columns: Columns, stacks_are_images: bool) -> Self {
        Kaggle {
            order: pairs.order,
            empty: pairs.empty.to_owned(),
            columns,
            is_relative: pairs.is_relative,
            input_ids: InputIds::new(stacks_are_images),
            named_ids: NamedIds::default(),
            image_id: String::new(),
        }
    }

    /// Appends a row of the image.
    fn row(
        &self,
        out: &mut Vec<u8>,
        pairs: &str,
        size: [u32; 2],
        label: Option<i64>,
    ) -> Result<()> {
        let pairs = if pairs.is_empty() { &self.empty } else { pairs };
        let label = label.map(|label| label.to_string()).unwrap_or_default();
        let id = self.image_id.as_str();
        match self.columns {
            Columns::Pairs => csv_row(out, &[id, pairs]),
            Columns::PairsAndValue => csv_row(out, &[id, pairs, &label]),
            Columns::Full => {
                let [height, width] = size.map(|side| side.to_string());
                csv_row(out, &[id, pairs, &height, &width, &label])
            }
        }
    }
}

impl Writer for Kaggle {
    fn begin(&self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        csv_row(&mut out, self.columns.names())?;
        Ok(out)
    }

    fn image(&mut self, info: &MaskInfo<'_>, _: [u32; 2]) -> Result<()> {
        self.image_id = match info.origin {
            Origin::Pixels(mask) => self.input_ids.next(mask)?,
            Origin::Encoded(Some(name)) => self.named_ids.of_mask(name)?,
            Origin::Encoded(None) => {
                bail!("no \"image_id\" and no \"source\", which an ImageId could be made of")
            }
        };
        Ok(())
    }

    fn mask(
        &mut self,
        out: &mut Vec<u8>,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<bool> {
        let is_relative = self.is_relative;
        let pairs = mask.with_runs(self.order, |mask| {
            let pairs = KaggleRle::try_from(mask)?.pairs;
            Ok(if is_relative { relative(mask) } else { pairs })
        })?;
        self.row(out, &pairs, mask.size(), info.label)?;
        Ok(true)
    }

    fn commit(&mut self) -> Result<()> {
        self.input_ids.commit();
        self.named_ids.commit();
        Ok(())
    }

    fn roll_back(&mut self) -> Result<()> {
        self.input_ids.roll_back();
        self.named_ids.roll_back();
        Ok(())
    }

    fn images_without_masks(&mut self, images: &Images, output: &mut Output) -> Result<()> {
        let mut without: Vec<_> = images
            .iter()
            .filter(|(id, _)| !self.named_ids.has_masks(id))
            .collect();
        without.sort_by_key(|(_, image)| image.index);
        for (id, image) in without {
            let name = ImageName::Id(id.clone(), image.file_name.clone());
            self.image_id = self.named_ids.of_image(&name)?;
            let size = match self.columns {
                Columns::Full => image.sides.size().with_context(|| {
                    format!("the image {id} has no height and width, which --full writes")
                })?,
                Columns::Pairs | Columns::PairsAndValue => [0, 0],
            };
            let mut out = Vec::new();
            self.row(&mut out, "", size, None)?;
            output.write(&out)?;
        }
        Ok(())
    }

    fn end(self: Box<Self>, _: &mut Output) -> Result<()> {
        Ok(())
    }
}

/// Pairs of a binary mask whose starts count from the end of the run before, the first from 0.
fn relative(mask: MaskView<'_>) -> String {
    let mut end = 0;
    let pairs = mask.foreground().map(|(start, length)| {
        let pair = format!("{} {length}", start - end);
        end = start + length;
        pair
    });
    pairs.collect::<Vec<_>>().join(" ")
}

/// Appends a row of CSV.
fn csv_row(out: &mut Vec<u8>, cells: &[&str]) -> Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(cells)?;
    writer.flush()?;
    Ok(())
}
