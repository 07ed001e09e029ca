//! Runs as the rows of a file: JSON lines or CSV.

use anyhow::Result;
use maskrle::{CocoCounts, CocoRle, KaggleRle, MaskRuns, ValueCounts};
use serde::Serialize;

use crate::read::Name;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// COCO's compressed RLE, in JSON.
    Coco,
    /// COCO's run lengths as numbers, in JSON.
    CocoCounts,
    /// Kaggle's pairs, in CSV.
    Kaggle,
    /// Values and counts, in JSON.
    Values,
}

/// How rows are written.
#[derive(Debug)]
pub struct Rows {
    pub format: Format,
    /// Whether each label of a mask has a row of its own, with its value.
    pub is_by_label: bool,
    /// Kaggle's spelling of an empty mask.
    pub empty: String,
}

/// A JSON row; its keys come in this order.
#[derive(Serialize)]
struct JsonRow<'a, T> {
    source: &'a str,
    index: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<i64>,
    #[serde(flatten)]
    runs: &'a T,
}

/// Which mask a row is of.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub name: &'a Name,
    /// Whether the input is a stack.
    pub is_stack: bool,
    pub index: u64,
}

impl Place<'_> {
    /// Kaggle's `ImageId`.
    pub fn image_id(&self) -> String {
        match self.is_stack {
            true => format!("{}_{}", self.name.id, self.index),
            false => self.name.id.clone(),
        }
    }
}

impl Rows {
    /// Whether strings are all they need.
    pub fn wants_coco(&self) -> bool {
        self.format == Format::Coco && !self.is_by_label
    }

    /// Whether rows are told apart by an `ImageId`.
    pub fn has_ids(&self) -> bool {
        self.format == Format::Kaggle
    }

    /// What the file begins with.
    pub fn header(&self) -> Result<Vec<u8>> {
        let mut header = Vec::new();
        if self.format == Format::Kaggle {
            let columns: &[&str] = if self.is_by_label {
                &["ImageId", "EncodedPixels", "Value"]
            } else {
                &["ImageId", "EncodedPixels"]
            };
            csv_row(&mut header, columns)?;
        }
        Ok(header)
    }

    /// Appends the rows of one mask.
    pub fn write(&self, out: &mut Vec<u8>, place: Place<'_>, mask: MaskRuns<'_>) -> Result<()> {
        if !self.is_by_label || self.format == Format::Values {
            return self.row(out, place, None, mask);
        }
        let (instances, masks) = mask.split_labels()?;
        let mut instances = instances.into_iter().zip(masks.iter());
        instances.try_for_each(|(instance, mask)| self.row(out, place, Some(instance.label), mask))
    }

    /// Appends the row of a mask that is COCO's already.
    pub fn write_coco(&self, out: &mut Vec<u8>, place: Place<'_>, coco: &CocoRle) -> Result<()> {
        json_row(out, place, None, coco)
    }

    fn row(
        &self,
        out: &mut Vec<u8>,
        place: Place<'_>,
        value: Option<i64>,
        mask: MaskRuns<'_>,
    ) -> Result<()> {
        match self.format {
            Format::Coco => json_row(out, place, value, &CocoRle::try_from(mask)?),
            Format::CocoCounts => json_row(out, place, value, &CocoCounts::try_from(mask)?),
            Format::Values => json_row(out, place, value, &ValueCounts::from(mask)),
            Format::Kaggle => {
                let pairs = KaggleRle::try_from(mask)?.pairs;
                let id = place.image_id();
                let pairs = if pairs.is_empty() {
                    self.empty.as_str()
                } else {
                    pairs.as_str()
                };
                match value {
                    Some(value) => csv_row(out, &[&id, pairs, &value.to_string()]),
                    None => csv_row(out, &[&id, pairs]),
                }
            }
        }
    }
}

fn json_row<T: Serialize>(
    out: &mut Vec<u8>,
    place: Place<'_>,
    value: Option<i64>,
    runs: &T,
) -> Result<()> {
    serde_json::to_writer(
        &mut *out,
        &JsonRow {
            source: &place.name.source,
            index: place.index,
            value,
            runs,
        },
    )?;
    out.push(b'\n');
    Ok(())
}

/// Appends a row of CSV.
pub fn csv_row(out: &mut Vec<u8>, cells: &[&str]) -> Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(cells)?;
    writer.flush()?;
    Ok(())
}
