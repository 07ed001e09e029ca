//! A mask as JSON spells it.

use std::fmt;

use anyhow::{Context, Result, anyhow};
use maskrle::format::Counts;
use maskrle::{CocoMask, Limits, MaskRuns, Order, Runs, SetOp, ValueCounts};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::fields::Fields;
use super::json::{List, Place, parse};
use crate::coco::Listed;

/// A mask's spelling.
#[derive(Debug)]
pub enum Mask {
    Coco(CocoMask),
    Values(ValueCounts),
    /// Rings of x and y, alternating.
    Polygons(Vec<Vec<f64>>),
}

/// The members of a `segmentation` that is no polygon.
#[derive(Debug, serde::Deserialize)]
pub struct Rle<'a> {
    #[serde(borrow)]
    pub size: Option<&'a RawValue>,
    #[serde(borrow)]
    pub counts: Option<&'a RawValue>,
}

impl Mask {
    /// The mask of an object: of its `segmentation`, or its own. None where it has neither, or an
    /// empty list of polygons.
    pub fn read(place: Place, fields: &Fields<'_>) -> Result<Option<Self>> {
        let Some(segmentation) = fields.segmentation else {
            // Whatever size a dataset's annotation speaks of, it is no row.
            let is_row = !matches!(place, Place::Item(List::Annotations, _));
            let has_mask = is_row && (fields.counts.is_some() || fields.size.is_some());
            return if has_mask {
                Self::own(place, fields)
            } else {
                Ok(None)
            };
        };
        let within = || place.key("segmentation");
        if segmentation.get().starts_with('[') {
            let Rings(polygons) = parse(segmentation.get())
                .context("polygons")
                .with_context(within)?;
            return Ok(if polygons.is_empty() {
                None
            } else {
                Some(Mask::Polygons(polygons))
            });
        }
        let rle: Rle<'_> = parse(segmentation.get()).with_context(within)?;
        let read = read_coco(rle.size, rle.counts);
        read.map(Mask::Coco)
            .map(Some)
            .map_err(|Wrong { key, error }| within_key(error, within(), key))
    }

    /// The mask that a row is.
    fn own(place: Place, fields: &Fields<'_>) -> Result<Option<Self>> {
        let placed = |Wrong { key, error }: Wrong| match place {
            // A row's line says where it is.
            Place::Row => error,
            _ => within_key(error, place.to_string(), key),
        };
        let Some(values) = fields.values else {
            return read_coco(fields.size, fields.counts)
                .map(Mask::Coco)
                .map(Some)
                .map_err(placed);
        };
        let values = parse(values.get()).with_context(|| place.key("values"))?;
        let (size, counts) = read_rle(fields.size, fields.counts).map_err(placed)?;
        let Counts::Numbers(counts) = counts else {
            return Err(place.around(anyhow!(
                "a row with \"values\" has \"counts\" as a list of numbers"
            )));
        };
        let order = fields
            .order
            .ok_or_else(|| place.around(anyhow!("\"values\" and no \"order\"")))?;
        let order: Order = parse(order.get()).with_context(|| place.key("order"))?;
        Ok(Some(Mask::Values(ValueCounts {
            size,
            order,
            values,
            counts,
        })))
    }

    /// The mask's runs. It is of its image's size, where that is known, as polygons need.
    pub fn to_runs(&self, place: Place, image: Option<&Listed>) -> Result<Runs> {
        let size = image.and_then(|image| image.size);
        match (self, size) {
            (Mask::Coco(mask), Some(size)) => check_size(mask, size, place)?,
            (Mask::Polygons(_), None) => {
                let what = "polygons need their image's height and width, which a dataset's \"images\" say";
                return Err(anyhow!(what).context(place.key("segmentation")));
            }
            _ => {}
        }
        let runs = match self {
            Mask::Coco(mask) => mask.to_runs(),
            Mask::Values(values) => values.to_runs(),
            Mask::Polygons(polygons) => rasterise(polygons, size.unwrap_or_default()),
        };
        runs.map_err(|error| match place {
            // Its masks may be its items themselves.
            Place::Row | Place::Item(List::Document, _) => place.around(error),
            _ => anyhow!(error).context(place.key("segmentation")),
        })
    }
}

fn check_size(mask: &CocoMask, [h, w]: [u32; 2], place: Place) -> Result<()> {
    let [height, width] = match mask {
        CocoMask::Rle(rle) => rle.size,
        CocoMask::Counts(counts) => counts.size,
    };
    if [height, width] == [h, w] {
        return Ok(());
    }
    let what = anyhow!("{height} x {width}, and its image is of {h} x {w}");
    Err(what.context(place.key("segmentation.size")))
}

/// The binary masks that a mask is: itself, or one for each label of a label map, with the label. A
/// map of 0 and 1 is a mask.
pub fn masks_of(mask: MaskRuns<'_>) -> Result<(Vec<Option<i64>>, Runs)> {
    if mask.is_binary() {
        return Ok((vec![None], mask.to_order_within(mask.order(), &limits())?));
    }
    let is_mask = mask.values().all(|value| matches!(value, 0 | 1));
    let (instances, masks) = mask.split_labels_within(&limits())?;
    match (is_mask, instances.is_empty()) {
        (true, true) => Ok((
            vec![None],
            Runs::from_counts(mask.size(), mask.order(), [mask.pixels()])?,
        )),
        (true, false) => Ok((vec![None], masks)),
        (false, _) => Ok((
            instances
                .iter()
                .map(|instance| Some(instance.label))
                .collect(),
            masks,
        )),
    }
}

/// What is made of one row. A few bytes may cross every column of an image that is said to have
/// millions, and a run along the rows may be one in every column: the runs are kept to what a
/// file's reader has memory for, 32 MiB.
pub fn limits() -> Limits {
    Limits {
        runs: 1 << 23,
        ..Limits::default()
    }
}

/// One mask of all polygons.
fn rasterise(polygons: &[Vec<f64>], size: [u32; 2]) -> maskrle::Result<Runs> {
    let runs = Runs::from_polygons_within(size, polygons, &limits())?;
    if runs.len() == 1 {
        Ok(runs)
    } else {
        runs.merge(SetOp::Union)
    }
}

/// The least numbers of a polygon, three points.
const LEAST_NUMBERS: usize = 6;

/// Polygons as they are read. One that is none ends it: of a few bytes each, millions would take
/// ten times their text.
struct Rings(Vec<Vec<f64>>);

impl<'de> Deserialize<'de> for Rings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;

        impl<'de> Visitor<'de> for Visit {
            type Value = Rings;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of polygons")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rings, A::Error> {
                let mut rings = Vec::new();
                while let Some(ring) = list.next_element::<Vec<f64>>()? {
                    if ring.len() < LEAST_NUMBERS {
                        let (index, numbers) = (rings.len(), ring.len());
                        let what = format!(
                            "polygon {index} is {numbers} numbers, and a polygon has {LEAST_NUMBERS} at least"
                        );
                        return Err(A::Error::custom(what));
                    }
                    rings.push(ring);
                }
                Ok(Rings(rings))
            }
        }

        deserializer.deserialize_seq(Visit)
    }
}

/// What is wrong, and the key it is about, if it is about one.
struct Wrong {
    key: &'static str,
    error: anyhow::Error,
}

fn within_key(error: anyhow::Error, place: String, key: &str) -> anyhow::Error {
    error.context(if key.is_empty() {
        place
    } else {
        format!("{place}.{key}")
    })
}

fn read_coco(size: Option<&RawValue>, counts: Option<&RawValue>) -> Result<CocoMask, Wrong> {
    read_rle(size, counts).map(|(size, counts)| counts.of(size))
}

fn read_rle(
    size: Option<&RawValue>,
    counts: Option<&RawValue>,
) -> Result<([u32; 2], Counts), Wrong> {
    let missing = |key: &str| Wrong {
        key: "",
        error: anyhow!("no {key:?}"),
    };
    let size = size.ok_or_else(|| missing("size"))?;
    let counts = counts.ok_or_else(|| missing("counts"))?;
    let size = parse(size.get()).map_err(|error| Wrong { key: "size", error })?;
    let counts = parse(counts.get()).map_err(|error| Wrong {
        key: "counts",
        error,
    })?;
    Ok((size, counts))
}
