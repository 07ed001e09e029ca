//! CVAT for images 1.1: XML whose images hold masks, polygons and boxes.

use std::str::FromStr;

use anyhow::{Context, Result, anyhow};
use maskrle::Runs;
use maskrle::dialect::CvatMask;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::bounded::Bounded;
use super::object::OnObject;
use crate::encoded::bytes::Reader;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::limits::limits;
use crate::encoded::line_error::{LineError, at_line};

/// An image whose shapes follow.
struct Image {
    name: Box<str>,
    size: [u32; 2],
}

/// Shapes that are no masks.
const OTHERS: [&[u8]; 6] = [
    b"box",
    b"polyline",
    b"points",
    b"ellipse",
    b"cuboid",
    b"skeleton",
];

pub fn read(reader: Reader, on: &mut OnObject<'_>) -> Result<(), LineError> {
    let mut xml = quick_xml::Reader::from_reader(Bounded::new(reader));
    let (mut buffer, mut image, mut depth) = (Vec::new(), None, 0u64);
    loop {
        buffer.clear();
        xml.get_mut().begin_item();
        let line = xml.get_ref().line();
        let event = xml.read_event_into(&mut buffer);
        let event = event.map_err(|error| at_line(line)(anyhow!("it is no XML: {error}")))?;
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        match event {
            Event::Eof if depth > 0 => {
                return Err(at_line(line)(anyhow!("the file ends within an element")));
            }
            Event::Eof => return Ok(()),
            Event::Start(element) if element.name().as_ref() == b"image" => {
                image = Some(Image::of(&element).map_err(at_line(line))?);
            }
            Event::End(element) if element.name().as_ref() == b"image" => image = None,
            Event::Start(element) | Event::Empty(element) => {
                if let Some(object) = shape(&element, image.as_ref()) {
                    on(line, object).map_err(at_line(line))?;
                }
            }
            _ => {}
        }
    }
}

impl Image {
    fn of(element: &BytesStart<'_>) -> Result<Self> {
        let name = text(element, "name").context("image")?;
        let side = |key| number(element, key).with_context(|| format!("image {name:?}"));
        let size = [side("height")?, side("width")?];
        Ok(Image {
            name: name.into(),
            size,
        })
    }
}

/// Object of an element that is a shape.
fn shape(element: &BytesStart<'_>, image: Option<&Image>) -> Option<Result<Object>> {
    let name = element.name();
    let read = match name.as_ref() {
        b"mask" => mask,
        b"polygon" => polygon,
        other if OTHERS.contains(&other) => return Some(Ok(Object::NoMask)),
        _ => return None,
    };
    Some((|| {
        let missing = "a shape outside of an <image>: CVAT for images 1.1 is read, not for video";
        let image = image.context(missing)?;
        let runs = read(element, image.size)?;
        let label = text(element, "label")?;
        let name = ImageName::Name(image.name.clone());
        Ok(Object::Mask(Entry::labelled(name, Some(&label), runs)))
    })())
}

fn mask(element: &BytesStart<'_>, size: [u32; 2]) -> Result<maskrle::MaskRuns> {
    let side = |key| number(element, key);
    let place = [side("left")?, side("top")?, side("width")?, side("height")?];
    let mask = CvatMask::from_rle(size, &text(element, "rle")?, place);
    mask.and_then(|mask| mask.to_runs_within(&limits()))
        .context("mask")
}

fn polygon(element: &BytesStart<'_>, size: [u32; 2]) -> Result<maskrle::MaskRuns> {
    let points = text(element, "points")?;
    let numbers = points.split([';', ',']).map(|number| {
        let number = number.trim();
        let read = number.parse::<f64>().ok().filter(|read| read.is_finite());
        read.with_context(|| format!("points: {number:?} is no number"))
    });
    let numbers: Vec<f64> = numbers.collect::<Result<_>>()?;
    let runs = Runs::from_polygons_within(size, &[numbers], &limits()).context("polygon")?;
    Ok(runs.mask(0).to_owned())
}

/// An attribute.
fn text(element: &BytesStart<'_>, key: &str) -> Result<String> {
    let found = element
        .try_get_attribute(key)
        .map_err(|error| anyhow!("it is no XML: {error}"))?;
    let found = found.with_context(|| format!("no {key}"))?;
    let value = found.decoded_and_normalized_value(XmlVersion::Implicit1_0, element.decoder());
    Ok(value.with_context(|| key.to_owned())?.into_owned())
}

/// An attribute that is a whole number.
fn number<T: FromStr>(element: &BytesStart<'_>, key: &str) -> Result<T> {
    let text = text(element, key)?;
    let number = text.trim().parse().ok();
    number.with_context(|| format!("{key}: {text:?} is not a whole number of pixels"))
}
