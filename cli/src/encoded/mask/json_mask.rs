//! Masks in JSON: COCO's RLE and lists of them, values and counts, polygons.

use anyhow::{Context, Result, anyhow, bail};
use maskrle::format::Counts;
use maskrle::{CocoMask, MaskRuns, Order, Runs, ValueCounts};

use super::polygons::Polygons;
use super::union::Union;
use crate::coco::{ListedImage, Sides};
use crate::encoded::fields::Fields;
use crate::encoded::json::{Kind, List, Location, Value, decoded};
use crate::text::plural;

/// A mask as a JSON object holds it.
#[derive(Debug)]
pub enum JsonMask<'a> {
    Coco(CocoMask),
    /// Masks whose union it is.
    Parts(Parts<'a>),
    Values(ValueCounts),
    Polygons(Polygons<'a>),
}

/// Members of an RLE's object.
#[derive(Debug)]
pub struct Rle<'a> {
    pub size: Option<Value<'a>>,
    pub counts: Option<Value<'a>>,
}

/// List of RLEs of one size.
#[derive(Debug)]
pub struct Parts<'a>(Value<'a>);

impl<'a> JsonMask<'a> {
    /// Reads the mask of an object: that of its `segmentation`, or that of its own `size` and
    /// `counts`. None where it has neither, or an empty list of polygons.
    pub fn read(location: Location, fields: &Fields<'a>) -> Result<Option<Self>> {
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
        let first = segmentation.items().next();
        match (segmentation.kind(), first.map(Value::kind)) {
            (Kind::List, None) => Ok(None),
            (Kind::List, Some(Kind::Object)) => Ok(Some(JsonMask::Parts(Parts(segmentation)))),
            (Kind::List, Some(_)) => Ok(Some(JsonMask::Polygons(Polygons::new(segmentation)))),
            _ => {
                let within = || location.key("segmentation");
                let rle = Rle::read(segmentation).with_context(within)?;
                read_coco(rle.size, rle.counts)
                    .map(|mask| Some(JsonMask::Coco(mask)))
                    .map_err(|bad| bad.within(within()))
            }
        }
    }

    /// Reads the mask of a row, from the members of the row itself.
    fn own(location: Location, fields: &Fields<'a>) -> Result<Option<Self>> {
        let located = |bad: BadMember| match location {
            // The number of the row's line is in the error already.
            Location::Row => bad.alone(),
            _ => bad.within(location.to_string()),
        };
        let Some(values) = fields.values else {
            return read_coco(fields.size, fields.counts)
                .map(JsonMask::Coco)
                .map(Some)
                .map_err(located);
        };
        let values =
            numbers(values, "a whole number of 64 bits").with_context(|| location.key("values"))?;
        let (size, counts) = read_rle(fields.size, fields.counts).map_err(located)?;
        let Counts::Numbers(counts) = counts else {
            return Err(location.locate(anyhow!(
                "a row with \"values\" has \"counts\" as a list of numbers"
            )));
        };
        let order = fields
            .order
            .ok_or_else(|| location.locate(anyhow!("\"values\" and no \"order\"")))?;
        let order = match decoded(order.json()).as_deref() {
            Some("row") => Order::RowMajor,
            Some("column") => Order::ColumnMajor,
            _ => {
                let wanted = "the text \"row\" or \"column\"";
                return Err(order.unlike(wanted).context(location.key("order")));
            }
        };
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
        let sides = image.map_or_else(Sides::default, |image| image.sides);
        let runs = match (self, sides.size()) {
            (JsonMask::Coco(mask), _) => {
                check_size(mask.size(), sides)
                    .with_context(|| location.key("segmentation.size"))?;
                mask.to_runs().map_err(Into::into)
            }
            (JsonMask::Parts(parts), _) => parts.to_runs(sides),
            (JsonMask::Values(values), _) => values.to_runs().map_err(Into::into),
            (JsonMask::Polygons(polygons), Some(size)) => polygons.to_runs(size),
            (JsonMask::Polygons(_), None) => {
                let what = "polygons need their image's height and width, \
                            which a dataset's \"images\" say";
                return Err(anyhow!(what).context(location.key("segmentation")));
            }
        };
        runs.map_err(|error| match (self, location) {
            // The item itself may be the mask.
            (
                JsonMask::Coco(_) | JsonMask::Values(_),
                Location::Row | Location::Item(List::Document, _),
            ) => location.locate(error),
            _ => error.context(location.key("segmentation")),
        })
    }
}

/// Fails where a mask has not the size of its image, as far as that is known.
fn check_size([height, width]: [u32; 2], image: Sides) -> Result<()> {
    match image.unlike([height, width]) {
        Some(other) => bail!("{height} x {width}, and its image {other}"),
        None => Ok(()),
    }
}

impl<'a> Rle<'a> {
    /// Finds the members of an RLE.
    pub fn read(value: Value<'a>) -> Result<Self> {
        if value.kind() != Kind::Object {
            return Err(value.unlike("polygons or an object with \"size\" and \"counts\""));
        }
        Ok(Rle {
            size: value.member("size"),
            counts: value.member("counts"),
        })
    }

    /// Finds the members of an object's RLE: those of its `segmentation`, or its own.
    pub fn of(fields: &Fields<'a>) -> Result<Self> {
        match fields.segmentation {
            Some(segmentation) => Self::read(segmentation),
            None => Ok(Rle {
                size: fields.size,
                counts: fields.counts,
            }),
        }
    }

    /// True if all numbers are spelt by their digits alone.
    pub fn is_plain(&self) -> bool {
        let values = [self.size, self.counts];
        values.into_iter().flatten().all(Value::is_plain)
    }
}

impl Parts<'_> {
    /// Runs of the union of the masks, which must have the size of their image where that is known.
    fn to_runs(&self, image: Sides) -> Result<MaskRuns> {
        /// Bytes of text whose masks are in memory together, each of which may take ten times its
        /// text.
        const AT_ONCE: usize = 4 << 20;
        let mut union = Union::default();
        let (mut masks, mut bytes) = (Vec::new(), 0);
        let mut sides = image;
        for (index, part) in self.0.items().enumerate() {
            let mask = part_mask(part, sides).with_context(|| format!("item {index}"))?;
            sides = mask.size().into();
            masks.push(mask.to_runs().with_context(|| format!("item {index}"))?);
            bytes += part.json().len();
            if bytes > AT_ONCE {
                union.add(&Runs::from_masks(&masks)?)?;
                (masks, bytes) = (Vec::new(), 0);
            }
        }
        if !masks.is_empty() {
            union.add(&Runs::from_masks(&masks)?)?;
        }
        union.finish()
    }
}

/// A mask of COCO's RLE, which must have this size where it is known.
pub fn part_mask(part: Value<'_>, sides: Sides) -> Result<CocoMask> {
    let rle = Rle::read(part)?;
    let mask = read_coco(rle.size, rle.counts).map_err(BadMember::alone)?;
    check_size(mask.size(), sides).context("size")?;
    Ok(mask)
}

/// An error about a member of a mask's object; its key is empty where the member is missing.
struct BadMember {
    key: &'static str,
    error: anyhow::Error,
}

impl BadMember {
    /// The error, where the object is known.
    fn alone(self) -> anyhow::Error {
        match self.key {
            "" => self.error,
            key => self.error.context(key),
        }
    }

    /// The error, in the object that is called so.
    fn within(self, object: String) -> anyhow::Error {
        self.error.context(match self.key {
            "" => object,
            key => format!("{object}.{key}"),
        })
    }
}

fn read_coco(size: Option<Value<'_>>, counts: Option<Value<'_>>) -> Result<CocoMask, BadMember> {
    read_rle(size, counts).map(|(size, counts)| counts.of(size))
}

fn read_rle(
    size: Option<Value<'_>>,
    counts: Option<Value<'_>>,
) -> Result<([u32; 2], Counts), BadMember> {
    let missing = |key: &str| BadMember {
        key: "",
        error: anyhow!("no {key:?}"),
    };
    let at = |key| move |error| BadMember { key, error };
    let size = size.ok_or_else(|| missing("size"))?;
    let counts = counts.ok_or_else(|| missing("counts"))?;
    Ok((
        read_size(size).map_err(at("size"))?,
        read_counts(counts).map_err(at("counts"))?,
    ))
}

/// Reads a height and a width.
pub fn read_size(size: Value<'_>) -> Result<[u32; 2]> {
    let wanted = "a height and a width, [h, w],";
    if size.kind() != Kind::List {
        return Err(size.unlike(wanted));
    }
    let sides: Vec<_> = size.items().take(3).collect();
    let &[height, width] = sides.as_slice() else {
        let count = size.items().count();
        let numbers = plural(count as u64, "number", "numbers");
        bail!("a list of {numbers} where {wanted} should be");
    };
    let side = |side: Value<'_>| side.whole("a whole number from 0 to 4294967295");
    Ok([side(height)?, side(width)?])
}

fn read_counts(counts: Value<'_>) -> Result<Counts> {
    match counts.kind() {
        Kind::Text => Ok(Counts::Text(counts.string()?.into_owned())),
        Kind::List => numbers(counts, "a run length, a whole number from 0 to 4294967295,")
            .map(Counts::Numbers),
        _ => Err(counts.unlike("run lengths, a text or a list,")),
    }
}

/// Reads a list of whole numbers of the type T.
pub fn numbers<T: std::str::FromStr>(list: Value<'_>, wanted: &str) -> Result<Vec<T>> {
    if list.kind() != Kind::List {
        return Err(list.unlike("a list of whole numbers"));
    }
    let read = |(index, number): (usize, Value<'_>)| {
        number
            .whole(wanted)
            .with_context(|| format!("item {index}"))
    };
    list.items().enumerate().map(read).collect()
}
