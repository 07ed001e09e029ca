//! The area and the box of an annotation, which COCO's evaluation reads.

use anyhow::{Context, Result, bail};
use maskrle::MaskView;
use serde::Serialize;

use super::edits::Edits;
use super::spelt::spelt;
use crate::encoded::{Kind, Value};

/// Gives an annotation the area and the box of its mask, where its own are not usable.
pub fn set_measures(edits: &mut Edits<'_>, mask: MaskView<'_>) -> Result<()> {
    set_area(edits, Some(mask.area()))?;
    match edits.get("bbox").map(|value| (value, box_of(value))) {
        Some((value, Ok(sides))) => set_numbers_of_box(edits, value, sides),
        _ => edits.set("bbox", &mask.bbox()),
    }?;
    set_num_keypoints(edits)
}

/// Gives an annotation without a mask the area of its box, which may be that of its key points.
/// Fails where it has neither: nothing of it can be compared.
pub fn set_measures_without_mask(edits: &mut Edits<'_>) -> Result<()> {
    let of_points = || box_of_keypoints(edits.get("keypoints")?);
    let own = edits.get("bbox").filter(|value| !is_empty_list(*value));
    let [.., w, h] = match own.map(|value| (value, box_of(value))) {
        Some((value, Ok(sides))) => {
            set_numbers_of_box(edits, value, sides)?;
            sides
        }
        bad_box => match (of_points(), bad_box) {
            (Some(Ok(sides)), _) => {
                edits.set("bbox", &sides.map(spelt))?;
                sides
            }
            (_, Some((_, Err(error)))) => return Err(error.context("bbox")),
            (Some(Err(error)), _) => return Err(error.context("keypoints")),
            _ => bail!("neither a mask nor a box: a dataset's annotation has one of them"),
        },
    };
    set_area(edits, spelt(w * h))?;
    set_num_keypoints(edits)
}

/// Gives an annotation an area that is a number from 0 on: that of its text, or else this one.
pub fn set_area(edits: &mut Edits<'_>, usual: Option<impl Serialize>) -> Result<()> {
    let old = edits.get("area");
    let number = old.and_then(|old| old.number_or_text().ok());
    match (number.filter(|area| *area >= 0.0).and_then(spelt), usual) {
        (Some(_), _) if old.is_some_and(|old| old.kind() == Kind::Number) => Ok(()),
        (Some(number), _) => edits.set("area", &number),
        (None, Some(usual)) => edits.set("area", &usual),
        (None, None) => Ok(()),
    }
}

/// Makes numbers of a box's sides that are text, which is none to those who compute with it.
fn set_numbers_of_box(edits: &mut Edits<'_>, value: Value<'_>, sides: [f64; 4]) -> Result<()> {
    match value.items().all(|side| side.kind() == Kind::Number) {
        true => Ok(()),
        false => edits.set("bbox", &sides.map(spelt)),
    }
}

/// The sides of a box: x, y, width and height.
fn box_of(value: Value<'_>) -> Result<[f64; 4]> {
    const WANTED: &str = "[x, y, width, height]";
    if value.kind() != Kind::List {
        return Err(value.unlike(WANTED));
    }
    let sides: Vec<_> = value
        .items()
        .map(Value::number_or_text)
        .collect::<Result<_>>()?;
    let Ok([x, y, w, h]) = <[f64; 4]>::try_from(&sides[..]) else {
        bail!("{} numbers where {WANTED} should be", sides.len());
    };
    if w < 0.0 || h < 0.0 {
        bail!("a box of {w} x {h}: no side is below 0");
    }
    if ![w * h, x + w, y + h]
        .iter()
        .all(|number| number.is_finite())
    {
        bail!("too large a box");
    }
    Ok([x, y, w, h])
}

/// The box of the key points that are visible; None of a list of nothing.
fn box_of_keypoints(value: Value<'_>) -> Option<Result<[f64; 4]>> {
    (!is_empty_list(value)).then(|| {
        let visible = visible_points(value)?;
        let [mut x, mut y] = *visible
            .first()
            .context("none is visible, and no box is there")?;
        let [mut right, mut bottom] = [x, y];
        for [px, py] in visible {
            (x, y) = (x.min(px), y.min(py));
            (right, bottom) = (right.max(px), bottom.max(py));
        }
        let sides = [x, y, right - x, bottom - y];
        match (sides[2] * sides[3]).is_finite() {
            true => Ok(sides),
            false => bail!("too large a box"),
        }
    })
}

/// Points x, y and v of a list whose v, their visibility, is above 0.
fn visible_points(value: Value<'_>) -> Result<Vec<[f64; 2]>> {
    const WANTED: &str = "numbers x, y and v of each point";
    if value.kind() != Kind::List {
        return Err(value.unlike(WANTED));
    }
    let numbers: Vec<_> = value.items().map(Value::number).collect::<Result<_>>()?;
    let (points, []) = numbers.as_chunks::<3>() else {
        bail!("{} numbers where {WANTED} should be", numbers.len());
    };
    let visible = points.iter().filter(|[.., v]| *v > 0.0);
    Ok(visible.map(|&[x, y, _]| [x, y]).collect())
}

/// Gives an annotation with key points the number of those that are visible, if it has none.
fn set_num_keypoints(edits: &mut Edits<'_>) -> Result<()> {
    let points = edits
        .get("keypoints")
        .filter(|value| !is_empty_list(*value));
    match points.map(visible_points) {
        Some(Ok(visible)) => edits.set_missing("num_keypoints", &visible.len()),
        _ => Ok(()),
    }
}

fn is_empty_list(value: Value<'_>) -> bool {
    value.kind() == Kind::List && value.items().next().is_none()
}
