//! LabelMe: an image's shapes, of which polygons and rectangles are read.

use anyhow::{Context, Result};
use maskrle::Runs;

use super::list::{OnItem, read_objects};
use super::object::OnObject;
use crate::encoded::bytes::Reader;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::json::Value;
use crate::encoded::limits::limits;
use crate::encoded::line_error::LineError;

pub fn read(reader: Reader, on: &mut OnObject<'_>) -> Result<(), LineError> {
    read_objects(reader, on, image)
}

/// Gives each shape of an image to `on`.
fn image(file: Value<'_>, on: &mut OnItem<'_>) -> Result<()> {
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
        let object = object(shape, size, file);
        on(object.with_context(|| format!("shapes[{index}]")))?;
    }
    Ok(())
}

fn object(shape: Value<'_>, size: [u32; 2], file: &str) -> Result<Object> {
    let kind = shape.member("shape_type").map(Value::string).transpose();
    let kind = kind.context("shape_type")?.unwrap_or("polygon".into());
    if !matches!(&*kind, "polygon" | "rectangle") {
        return Ok(Object::NoMask);
    }
    let points = shape.member("points").context("no \"points\"")?;
    let mut numbers = Vec::new();
    for (index, point) in points.items().enumerate() {
        let coordinates = point.items().map(Value::number);
        let coordinates: Vec<f64> = coordinates
            .collect::<Result<_>>()
            .with_context(|| format!("points[{index}]"))?;
        let [x, y] = coordinates[..] else {
            return Err(point
                .unlike("an x and a y")
                .context(format!("points[{index}]")));
        };
        numbers.extend([x, y]);
    }
    if kind == "rectangle"
        && let [x0, y0, x1, y1] = numbers[..]
    {
        numbers = vec![x0, y0, x1, y0, x1, y1, x0, y1];
    }
    let runs = Runs::from_polygons_within(size, &[numbers], &limits())?;
    let label = shape
        .member("label")
        .map(Value::name)
        .transpose()
        .context("label")?;
    let image = ImageName::Name(file.into());
    Ok(Object::Mask(Entry::labelled(
        image,
        label.as_deref(),
        runs.mask(0).to_owned(),
    )))
}
