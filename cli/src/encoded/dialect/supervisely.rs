//! Supervisely: an image's objects, of which bitmaps and polygons are read.

use anyhow::{Context, Result};
use flate2::read::ZlibDecoder;
use maskrle::{MaskRuns, Runs, SetOp};

use super::bitmap::{bytes_of, mask_of, placed};
use super::list::{OnItem, read_objects};
use super::object::{DialectOptions, OnObject};
use super::points::coordinates;
use crate::encoded::bytes::Reader;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::json::{Kind, Value};
use crate::encoded::limits::limits;
use crate::encoded::line_error::{LineError, at_line};
use crate::read::LabelReader;

/// Reads the annotation of an image, which is called as the file is but for `.json`.
pub fn read(
    reader: Reader,
    options: &DialectOptions<'_>,
    on: &mut OnObject<'_>,
) -> Result<(), LineError> {
    let labels = LabelReader::new(options.pngs.budget).map_err(at_line(0))?;
    read_objects(reader, on, |file, on| image(file, &labels, options, on))
}

/// Gives each object of an image to `on`.
fn image(
    file: Value<'_>,
    labels: &LabelReader,
    options: &DialectOptions<'_>,
    on: &mut OnItem<'_>,
) -> Result<()> {
    let head = (|| {
        let size = file.member("size").context("no \"size\"")?;
        let side = |key: &'static str| {
            let side = size.member(key).with_context(|| format!("no {key:?}"))?;
            side.whole("a number of pixels").context(key)
        };
        let size = side("height").and_then(|height| Ok([height, side("width")?]));
        let objects = file.member("objects").context("no \"objects\"")?;
        Ok::<_, anyhow::Error>((size.context("size")?, objects))
    })();
    let (size, objects) = match head {
        Ok(head) => head,
        Err(error) => return on(Err(error)),
    };
    for (index, object) in objects.items().enumerate() {
        let read = read_object(object, labels, size, options.stem);
        on(read.with_context(|| format!("objects[{index}]")))?;
    }
    Ok(())
}

fn read_object(
    object: Value<'_>,
    labels: &LabelReader,
    size: [u32; 2],
    image: &str,
) -> Result<Object> {
    let kind = object.member("geometryType").map(Value::string).transpose();
    let kind = kind.context("geometryType")?;
    // Older files do not say what an object is, but what it is not is null.
    let bitmap = object.member("bitmap");
    let kind = kind.as_deref().unwrap_or(match bitmap {
        Some(_) => "bitmap",
        None => "polygon",
    });
    let runs = match kind {
        "bitmap" => {
            read_bitmap(bitmap.context("no \"bitmap\"")?, labels, size).context("bitmap")?
        }
        "polygon" => polygon(object.member("points").context("no \"points\"")?, size)?,
        _ => return Ok(Object::NoMask),
    };
    let label = object.member("classTitle").map(Value::name).transpose();
    let label = label.context("classTitle")?;
    let id = object.member("id").map(Value::id).transpose();
    let image = ImageName::Name(image.into());
    Ok(Object::Mask(Entry {
        id: id.context("id")?,
        ..Entry::labelled(image, label.as_deref(), runs)
    }))
}

/// First bytes of a PNG that is not packed, which Supervisely reads too.
const PNG: &[u8] = b"\x89PNG";

/// Mask of base64 of zlib of a PNG, and of the x and y of its upper left corner.
fn read_bitmap(bitmap: Value<'_>, labels: &LabelReader, size: [u32; 2]) -> Result<MaskRuns> {
    let data = bitmap.member("data").context("no \"data\"")?;
    let mask = bytes_of(data).and_then(|bytes| match bytes.get_ref().starts_with(PNG) {
        true => mask_of(labels, bytes),
        false => mask_of(labels, ZlibDecoder::new(bytes)),
    });
    let origin = bitmap.member("origin").context("no \"origin\"")?;
    let origin_of = |number: Value<'_>| number.whole("a whole number of pixels from 0 on");
    let numbers: Vec<u32> = origin
        .items()
        .map(origin_of)
        .collect::<Result<_>>()
        .context("origin")?;
    let &[x, y] = &numbers[..] else {
        return Err(origin.unlike("an x and a y").context("origin"));
    };
    placed(&mask.context("data")?, [x, y], size)
}

/// Mask of an outline without its holes.
fn polygon(points: Value<'_>, size: [u32; 2]) -> Result<MaskRuns> {
    let exterior = points
        .member("exterior")
        .context("points: no \"exterior\"")?;
    let mut rings = vec![coordinates(exterior).context("exterior")?];
    for (index, ring) in points
        .member("interior")
        .into_iter()
        .flat_map(Value::items)
        .filter(|ring| ring.kind() == Kind::List)
        .enumerate()
    {
        rings.push(coordinates(ring).with_context(|| format!("interior[{index}]"))?);
    }
    let rings = Runs::from_polygons_within(size, &rings, &limits())?;
    Ok(rings.merge(SetOp::Difference)?)
}
