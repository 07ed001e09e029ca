//! YOLO's lines of polygons.

use std::fmt;
use std::str::FromStr;

use crate::error::Position;
use crate::format::{shown, whole};
use crate::limits::Limits;
use crate::pixel::checked_pixels;
use crate::polygon::Polygon;
use crate::runs::{MaskRuns, MaskView, Runs};
use crate::{Error, Result};

/// A line of [YOLO] segmentation: `class x y x y ...`, each x a share of the width, each y one of
/// the height.
///
/// It is one object. Of a mask that is of several parts, or has holes, the rings are joined to one,
/// as [`Polygon::to_coco`] joins holes: the way to a ring is gone back the same way. Predictions
/// may have a score at the end.
///
/// ```
/// use maskrle::dialect::YoloSegment;
/// use maskrle::{MaskRuns, Order};
///
/// let mask = MaskRuns::from_counts([4, 5], Order::ColumnMajor, [5, 2, 2, 2, 9])?;
/// let yolo = YoloSegment::of_mask(3, &mask.view(), 0.0)?.expect("it is not empty");
/// assert_eq!(yolo.to_string(), "3 0.2 0.25 0.6 0.25 0.6 0.75 0.2 0.75");
/// assert_eq!(yolo.to_string().parse::<YoloSegment>()?, yolo);
/// assert_eq!(yolo.to_runs([4, 5])?, mask);
/// # Ok::<(), maskrle::Error>(())
/// ```
///
/// [YOLO]: https://docs.ultralytics.com/datasets/segment/
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct YoloSegment {
    /// Number of the class, from 0 on.
    pub class: u32,
    /// x and y of each point, as shares of the image's sides.
    pub points: Vec<[f64; 2]>,
    /// Confidence of a prediction.
    pub score: Option<f64>,
}

impl YoloSegment {
    /// The outline of a mask, simplified by [`Polygon::simplified`]; a tolerance of 0 keeps all of
    /// its pixels. None of a mask without foreground.
    ///
    /// # Errors
    /// [`Error::Input`] on a label map, or unless `tolerance` is a number from 0 on.
    pub fn of_mask(class: u32, mask: &MaskView<'_>, tolerance: f64) -> Result<Option<Self>> {
        let polygons = mask.to_polygons()?;
        let polygons = polygons.iter().map(|polygon| polygon.simplified(tolerance));
        let polygons: Vec<_> = polygons.collect::<Result<_>>()?;
        if polygons.is_empty() {
            return Ok(None);
        }
        let [height, width] = mask.size();
        let points = joined(&polygons);
        let points = points
            .iter()
            .map(|&[x, y]| [share(x, width), share(y, height)]);
        Ok(Some(YoloSegment {
            class,
            points: points.collect(),
            score: None,
        }))
    }

    /// Coordinates in an image of this height and width, x and y alternating.
    pub fn to_polygon(&self, [height, width]: [u32; 2]) -> Vec<f64> {
        let sides = [width, height].map(f64::from);
        let points = self.points.iter();
        points
            .flat_map(|&[x, y]| [x * sides[0], y * sides[1]])
            .collect()
    }

    /// The mask's runs in an image of this height and width, column-major: what
    /// [`Runs::from_polygons`], and pycocotools, make of the polygon.
    ///
    /// # Errors
    /// As of [`Runs::from_polygons`].
    pub fn to_runs(&self, size: [u32; 2]) -> Result<MaskRuns> {
        self.to_runs_within(size, &Limits::default())
    }

    /// [`YoloSegment::to_runs`] within other limits, on runs.
    pub fn to_runs_within(&self, size: [u32; 2], limits: &Limits) -> Result<MaskRuns> {
        checked_pixels(size)?;
        let runs = Runs::from_polygons_within(size, &[self.to_polygon(size)], limits)?;
        Ok(runs.mask(0).to_owned())
    }
}

/// One ring of all polygons and holes: the way to each is gone back.
fn joined(polygons: &[Polygon]) -> Vec<[u32; 2]> {
    let mut ring = Vec::new();
    let rings = polygons
        .iter()
        .flat_map(|polygon| std::iter::once(&polygon.outer).chain(&polygon.holes));
    for part in rings {
        let start = ring.first().copied();
        ring.extend(start);
        ring.extend(part);
        // The first ring is closed by the way to the second, or by itself.
        if start.is_some() {
            ring.extend(part.first());
        }
    }
    ring
}

/// A coordinate as a share of a side, to a hundredth of a pixel and six digits at least.
fn share(coordinate: u32, side: u32) -> f64 {
    let mut scale = 1e6;
    while scale < 50.0 * f64::from(side) {
        scale *= 10.0;
    }
    (f64::from(coordinate) / f64::from(side) * scale).round() / scale
}

impl FromStr for YoloSegment {
    type Err = Error;

    /// Fails with [`Error::Format`] and the field at fault, on a line of a box among others.
    fn from_str(line: &str) -> Result<Self> {
        let mut fields = line.split_ascii_whitespace();
        let class = fields.next().unwrap_or_default();
        // Some tools write classes as floats.
        let Some(class) = whole(class.strip_suffix(".0").unwrap_or(class)) else {
            let shown = shown(class);
            let what = format!("the class {shown:?} is not a whole number of 32 bits");
            return Err(Error::format(Position::Field(0), what));
        };
        let mut numbers = Vec::new();
        for (index, field) in fields.enumerate() {
            let number = field.parse().ok().filter(|number: &f64| number.is_finite());
            numbers.push(number.ok_or_else(|| {
                let what = format!("{:?} is not a number", shown(field));
                Error::format(Position::Field(index + 1), what)
            })?);
        }
        let (points, score) = numbers.as_chunks();
        if points.len() < 3 {
            let what = format!(
                "{} numbers after the class, a polygon has three points at least",
                numbers.len()
            );
            return Err(Error::format(Position::Points, what));
        }
        Ok(YoloSegment {
            class,
            points: points.to_vec(),
            score: score.first().copied(),
        })
    }
}

/// The line, without its end.
impl fmt::Display for YoloSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.class)?;
        for number in self.points.iter().flatten().chain(&self.score) {
            write!(f, " {number}")?;
        }
        Ok(())
    }
}
