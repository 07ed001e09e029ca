//! LabelMe: an image's shapes, of which polygons, rectangles and masks are read.

use anyhow::{Context, Result, bail};
use maskrle::{MaskRuns, Runs};

use super::bitmap::{bytes_of, mask_of, placed};
use super::list::{OnItem, read_objects};
use super::object::{DialectOptions, OnObject};
use super::points::coordinates;
use crate::encoded::bytes::Reader;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::json::Value;
use crate::encoded::limits::limits;
use crate::encoded::line_error::{LineError, at_line};
use crate::read::LabelReader;

pub fn read(
    reader: Reader,
    options: &DialectOptions<'_>,
    on: &mut OnObject<'_>,
) -> Result<(), LineError> {
    let labels = LabelReader::new(options.pngs.budget).map_err(at_line(0))?;
    read_objects(reader, on, |file, on| image(file, &labels, on))
}

/// Gives each shape of an image to `on`.
fn image(file: Value<'_>, labels: &LabelReader, on: &mut OnItem<'_>) -> Result<()> {
    let head = (|| {
        let member = |key| file.member(key).with_context(|| format!("no {key:?}"));
        let side = |key: &'static str| member(key)?.whole("a number of pixels").context(key);
        let size = [side("imageHeight")?, side("imageWidth")?];
        let path = member("imagePath")?.string().context("imagePath")?;
        Ok::<_, anyhow::Error>((size, path, member("shapes")?))
    })();
    let (size, path, shapes) = match head {
        Ok(head) => head,
        Err(error) => return on(Err(error)),
    };
    let file = path.rsplit(['/', '\\']).next().unwrap_or(&path);
    for (index, shape) in shapes.items().enumerate() {
        let object = object(shape, labels, size, file);
        on(object.with_context(|| format!("shapes[{index}]")))?;
    }
    Ok(())
}

fn object(shape: Value<'_>, labels: &LabelReader, size: [u32; 2], file: &str) -> Result<Object> {
    let kind = shape.member("shape_type").map(Value::string).transpose();
    let kind = kind.context("shape_type")?.unwrap_or("polygon".into());
    if !matches!(&*kind, "polygon" | "rectangle" | "mask") {
        return Ok(Object::NoMask);
    }
    let points = shape.member("points").context("no \"points\"")?;
    let numbers = coordinates(points)?;
    let runs = match (&*kind, &numbers[..]) {
        ("mask", numbers) => mask(shape, labels, numbers, size)?,
        (kind, numbers) => {
            let corners;
            let polygon = match (kind, numbers) {
                ("rectangle", &[x0, y0, x1, y1]) => {
                    corners = [x0, y0, x1, y0, x1, y1, x0, y1];
                    &corners
                }
                _ => numbers,
            };
            let runs = Runs::from_polygons_within(size, &[polygon], &limits())?;
            runs.mask(0).to_owned()
        }
    };
    let label = shape
        .member("label")
        .map(Value::name)
        .transpose()
        .context("label")?;
    let image = ImageName::Name(file.into());
    Ok(Object::Mask(Entry::labelled(image, label.as_deref(), runs)))
}

/// Mask of a PNG, which fills the box between two corners, both within it.
fn mask(
    shape: Value<'_>,
    labels: &LabelReader,
    corners: &[f64],
    size: [u32; 2],
) -> Result<MaskRuns> {
    let &[left, top, right, bottom] = corners else {
        bail!("points: a mask has two, the corners of its box");
    };
    let png = shape.member("mask").context("no \"mask\"")?;
    let read = || {
        let mask = mask_of(labels, bytes_of(png)?)?;
        // As LabelMe has it: what stands behind the point does not count.
        let [left, top, right, bottom] = [left, top, right, bottom].map(f64::trunc);
        let [height, width] = mask.size();
        let wanted = [bottom - top + 1.0, right - left + 1.0];
        if wanted != [height, width].map(f64::from) {
            bail!(
                "it is of {height} x {width}, and the box of {} x {}",
                wanted[0],
                wanted[1]
            );
        }
        if left < 0.0 || top < 0.0 {
            bail!("its upper left corner is at {left}, {top}, out of the image");
        }
        placed(&mask, [left as u32, top as u32], size)
    };
    read().context("mask")
}
