//! Selection of the masks of a file that are drawn.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use maskrle::{Backend, Encoder, MaskRuns, Order};

use crate::budget::Budget;
use crate::coco::Id;
use crate::encoded::{EncodedFile, Entry, EntryOptions, ImageName, limits, masks_of};
use crate::read::{self, Predicate};

/// The masks that are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Choice<'a> {
    /// The row, or the mask of a stack, with this index.
    Index(u64),
    /// All masks of an image.
    Image(&'a str),
    /// All masks, which must be of one image.
    All,
}

/// A mask to draw.
#[derive(Debug)]
pub struct SelectedMask {
    /// Text that is written beside it.
    pub id: String,
    /// One binary mask, column-major.
    pub runs: MaskRuns,
}

/// The masks to draw, all of one size.
#[derive(Debug, Default)]
pub struct Selection {
    /// Height and width.
    pub size: [u32; 2],
    pub masks: Vec<SelectedMask>,
}

/// A mask or label map of a file, with its names there.
struct Row {
    index: u64,
    image: Option<String>,
    id: Option<String>,
    runs: MaskRuns,
}

impl Selection {
    /// Selects from a file of encoded masks.
    pub fn of_runs(
        file: &EncodedFile,
        choice: Choice<'_>,
        options: &EntryOptions<'_>,
    ) -> Result<Self> {
        let images = file.images(false)?;
        let mut picker = Picker::new(choice);
        let notes = file.entries(images.as_ref(), options, &mut |entry| {
            picker.take(Row::of_entry(picker.rows, entry))
        })?;
        notes.print(false);
        // An image may be listed, and have no mask.
        let listed = match choice {
            Choice::Image(id) => images
                .as_ref()
                .and_then(|images| images.get(&Id::of_text(id))),
            _ => None,
        };
        picker
            .finish(listed.and_then(|image| image.size))
            .with_context(|| file.name.clone())
    }

    /// Selects from a file of pixels.
    pub fn of_pixels(path: &Path, choice: Choice<'_>, threshold: Option<f64>) -> Result<Self> {
        let predicate = threshold.map_or(Predicate::Labels, Predicate::Above);
        if threshold.is_none() && read::holds_floats(path).unwrap_or(false) {
            bail!(
                "{}: floats need --threshold T: masks are where the values are above T",
                path.display()
            );
        }
        let options = read::Options::new(predicate, Budget::new(2 << 30));
        let encoder = Encoder::builder().backend(Backend::Cpu).build()?;
        let mut picker = Picker::new(choice);
        read::visit(path, &options, &mut |name, input| {
            let take = || -> Result<()> {
                for pixels in input?.chunks {
                    let pixels = pixels?;
                    for mask in &encoder.runs(&predicate.masks(&pixels)?, Order::ColumnMajor)? {
                        let image = Some(name.source.clone());
                        picker.take(Row {
                            index: picker.rows,
                            image,
                            id: None,
                            runs: MaskRuns::from(mask),
                        })?;
                    }
                }
                Ok(())
            };
            take().with_context(|| name.source.clone())
        })?;
        picker
            .finish(None)
            .with_context(|| path.display().to_string())
    }
}

impl Row {
    /// The row of an entry of a file of encoded masks.
    fn of_entry(index: u64, entry: Entry) -> Self {
        let is_coco = matches!(entry.image, Some(ImageName::Id(..)));
        let image = entry.image.map(|image| match image {
            ImageName::Id(id, _) => id.plain().into_owned(),
            ImageName::Name(text) | ImageName::Source(text, _) => text.into(),
        });
        let label = entry
            .category
            .filter(|_| !is_coco)
            .map(|label| label.to_string());
        let id = entry.id.map(|id| id.plain().into_owned());
        Row {
            index,
            image,
            id: id.or(label),
            runs: entry.runs,
        }
    }
}

/// Picks the rows that are asked for.
struct Picker<'a> {
    choice: Choice<'a>,
    /// Number of rows so far.
    rows: u64,
    image: Option<String>,
    selection: Option<Selection>,
}

impl<'a> Picker<'a> {
    fn new(choice: Choice<'a>) -> Self {
        Picker {
            choice,
            rows: 0,
            image: None,
            selection: None,
        }
    }

    /// Takes the masks of the next row if they are asked for.
    fn take(&mut self, row: Row) -> Result<()> {
        self.rows += 1;
        let is_chosen = match self.choice {
            Choice::Index(index) => index == row.index,
            Choice::Image(image) => row.image.as_deref() == Some(image),
            Choice::All => true,
        };
        if !is_chosen {
            return Ok(());
        }
        if self.selection.is_some() && self.image != row.image {
            let name = |image: Option<&str>| image.unwrap_or("no image").to_owned();
            let (image, before) = (name(row.image.as_deref()), name(self.image.as_deref()));
            bail!(
                "a mask of {image}, and those before it of {before}: \
                 --index I or --image-id ID says which are drawn"
            );
        }
        self.image = row.image;
        let selection = self.selection.get_or_insert_default();
        let mask = row.runs.view();
        if !selection.masks.is_empty() && mask.size() != selection.size {
            let ([h, w], [height, width]) = (mask.size(), selection.size);
            bail!(
                "a mask of {h} x {w}, and those before it of {height} x {width}: \
                     one picture has one size"
            );
        }
        selection.size = mask.size();
        let own = row.id.clone().unwrap_or_else(|| row.index.to_string());
        let (labels, masks) = masks_of(mask)?;
        for (label, mask) in labels
            .into_iter()
            .zip(&masks.to_order_within(Order::ColumnMajor, &limits())?)
        {
            let id = label.map_or_else(|| own.clone(), |label| label.to_string());
            selection.masks.push(SelectedMask {
                id,
                runs: MaskRuns::from(mask),
            });
        }
        Ok(())
    }

    /// The selection. `listed` is the size of an image that the file lists, maybe without masks.
    fn finish(self, listed: Option<[u32; 2]>) -> Result<Selection> {
        if let Some(selection) = self.selection {
            return Ok(selection);
        }
        match (self.choice, listed) {
            (_, Some(size)) => Ok(Selection {
                size,
                masks: Vec::new(),
            }),
            (Choice::Index(index), _) => Err(anyhow!(
                "no row {index}: there are {}, counted from 0",
                self.rows
            )),
            (Choice::Image(image), _) => Err(anyhow!("no mask is of {image:?}")),
            (Choice::All, _) => Err(anyhow!("there is no mask to draw")),
        }
    }
}
