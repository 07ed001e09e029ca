//! Masks in JSON: COCO's RLE, values and counts, polygons.

use anyhow::{Context, Result, anyhow};
use maskrle::format::Counts;
use maskrle::{CocoMask, MaskRuns, Order, ValueCounts};
use serde_json::value::RawValue;

use super::fields::Fields;
use super::json_text::parse;
use super::location::{List, Location};
use super::polygons::Polygons;
use crate::coco::ListedImage;

/// A mask as a JSON object holds it.
#[derive(Debug)]
pub enum JsonMask {
    Coco(CocoMask),
    Values(ValueCounts),
    Polygons(Polygons),
}

/// Members of a `segmentation` that is no list of polygons.
#[derive(Debug, serde::Deserialize)]
pub struct Rle<'a> {
    #[serde(borrow)]
    pub size: Option<&'a RawValue>,
    #[serde(borrow)]
    pub counts: Option<&'a RawValue>,
}

impl JsonMask {
    /// Reads the mask of an object: that of its `segmentation`, or that of its own `size` and
    /// `counts`. None where it has neither, or an empty list of polygons.
    pub fn read(location: Location, fields: &Fields<'_>) -> Result<Option<Self>> {
        let Some(segmentation) = fields.segmentation else {
            // A dataset's annotation is no row, whatever its own "size" is of.
            let is_row = !matches!(location, Location::Item(List::Annotations, _));
            let has_mask = is_row && (fields.counts.is_some() || fields.size.is_some());
            return if has_mask {
                Self::own(location, fields)
            } else {
                Ok(None)
            };
        };
        let within = || location.key("segmentation");
        if segmentation.get().starts_with('[') {
            let polygons: Polygons = parse(segmentation.get())
                .context("polygons")
                .with_context(within)?;
            return Ok(if polygons.is_empty() {
                None
            } else {
                Some(JsonMask::Polygons(polygons))
            });
        }
        let rle: Rle<'_> = parse(segmentation.get()).with_context(within)?;
        let read = read_coco(rle.size, rle.counts);
        read.map(JsonMask::Coco)
            .map(Some)
            .map_err(|BadMember { key, error }| within_key(error, within(), key))
    }

    /// Reads the mask of a row, from the members of the row itself.
    fn own(location: Location, fields: &Fields<'_>) -> Result<Option<Self>> {
        let located = |BadMember { key, error }: BadMember| match location {
            // The number of the row's line is in the error already.
            Location::Row => error,
            _ => within_key(error, location.to_string(), key),
        };
        let Some(values) = fields.values else {
            return read_coco(fields.size, fields.counts)
                .map(JsonMask::Coco)
                .map(Some)
                .map_err(located);
        };
        let values = parse(values.get()).with_context(|| location.key("values"))?;
        let (size, counts) = read_rle(fields.size, fields.counts).map_err(located)?;
        let Counts::Numbers(counts) = counts else {
            return Err(location.locate(anyhow!(
                "a row with \"values\" has \"counts\" as a list of numbers"
            )));
        };
        let order = fields
            .order
            .ok_or_else(|| location.locate(anyhow!("\"values\" and no \"order\"")))?;
        let order: Order = parse(order.get()).with_context(|| location.key("order"))?;
        Ok(Some(JsonMask::Values(ValueCounts {
            size,
            order,
            values,
            counts,
        })))
    }

    /// Runs of the mask, which must have the size of its image where that is known. Polygons need
    /// one.
    pub fn to_runs(&self, location: Location, image: Option<&ListedImage>) -> Result<MaskRuns> {
        let size = image.and_then(|image| image.size);
        match (self, size) {
            (JsonMask::Coco(mask), Some(size)) => check_size(mask, size, location)?,
            (JsonMask::Polygons(_), None) => {
                let what = "polygons need their image's height and width, \
                            which a dataset's \"images\" say";
                return Err(anyhow!(what).context(location.key("segmentation")));
            }
            _ => {}
        }
        let runs = match self {
            JsonMask::Coco(mask) => mask.to_runs(),
            JsonMask::Values(values) => values.to_runs(),
            JsonMask::Polygons(polygons) => polygons.to_runs(size.unwrap_or_default()),
        };
        runs.map_err(|error| match location {
            // The item itself may be the mask.
            Location::Row | Location::Item(List::Document, _) => location.locate(error),
            _ => anyhow!(error).context(location.key("segmentation")),
        })
    }
}

fn check_size(mask: &CocoMask, [h, w]: [u32; 2], location: Location) -> Result<()> {
    let [height, width] = mask.size();
    if [height, width] == [h, w] {
        return Ok(());
    }
    let what = anyhow!("{height} x {width}, and its image is of {h} x {w}");
    Err(what.context(location.key("segmentation.size")))
}

/// An error about a member of a mask's object; its key is empty where the member is missing.
struct BadMember {
    key: &'static str,
    error: anyhow::Error,
}

fn within_key(error: anyhow::Error, location: String, key: &str) -> anyhow::Error {
    error.context(if key.is_empty() {
        location
    } else {
        format!("{location}.{key}")
    })
}

fn read_coco(size: Option<&RawValue>, counts: Option<&RawValue>) -> Result<CocoMask, BadMember> {
    read_rle(size, counts).map(|(size, counts)| counts.of(size))
}

fn read_rle(
    size: Option<&RawValue>,
    counts: Option<&RawValue>,
) -> Result<([u32; 2], Counts), BadMember> {
    let missing = |key: &str| BadMember {
        key: "",
        error: anyhow!("no {key:?}"),
    };
    let size = size.ok_or_else(|| missing("size"))?;
    let counts = counts.ok_or_else(|| missing("counts"))?;
    let size = parse(size.get()).map_err(|error| BadMember { key: "size", error })?;
    let counts = parse(counts.get()).map_err(|error| BadMember {
        key: "counts",
        error,
    })?;
    Ok((size, counts))
}
