//! Polygons to runs, pixel by pixel as `rleFrPoly` in cocoapi's maskApi.c sets them.
//!
//! That function walks along each edge on a grid five times as fine as the pixels', and keeps the
//! steps that cross the middle of a column of pixels. Here only these are computed, so that an
//! edge takes time by the columns that it crosses, however far it reaches beyond the mask.

use std::ops::Range;

use crate::error::Position;
use crate::limits::Limits;
use crate::parallel;
use crate::pixel::{Order, checked_pixels};
use crate::runs::{MaskRuns, Runs};
use crate::{Error, Result};

impl Runs {
    /// One binary mask of each polygon, all of one size, column-major: equal to the masks that
    /// `pycocotools.mask.frPyObjects` gives of the same polygons, to the bit. [`Runs::merge`] joins
    /// those of one object.
    ///
    /// A polygon is `[x0, y0, x1, y1, ...]`, in pixels, a pixel's left and upper edges being at
    /// whole numbers; the `segmentation` of COCO's annotations is a list of these. Its last point
    /// is joined with its first. It may cross itself, and pixels that it goes round twice are
    /// outside; it may lie beyond the mask in part or wholly.
    ///
    /// Pixels are set as by `rleFrPoly` in [cocoapi's maskApi.c]: points go to the nearest fifth of
    /// a pixel, upwards from halfway; edges are lines on that grid; and a pixel is inside whose
    /// middle fifth is. It takes time by the points and by the columns of the mask that each edge
    /// crosses.
    ///
    /// # Errors
    /// [`Error::Format`] with the polygon and coordinate at fault, unless there are three points at
    /// least, each of two coordinates, which are finite and within 2^32 of 0. (pycocotools drops a
    /// last odd coordinate, takes two points for a box, for which there is [`MaskRuns::from_bbox`],
    /// and is undefined from 2^31 / 5 on.) [`Error::Limit`] if the mask has more than `u32::MAX`
    /// pixels; and beyond the default [`Limits`] on masks, and on runs: each crossing of an edge
    /// and a column counts as one.
    ///
    /// ```
    /// use maskrle::{Runs, SetOp};
    ///
    /// let square = vec![1.0, 1.0, 4.0, 1.0, 4.0, 3.0, 1.0, 3.0];
    /// let triangle = vec![0.0, 0.0, 3.0, 0.0, 0.0, 3.0];
    /// let runs = Runs::from_polygons([3, 4], &[square, triangle])?;
    /// let pixels = runs.mask(0).to_mask()?;
    /// assert_eq!(pixels, ndarray::arr2(&[[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 1, 1]]));
    /// let pixels = runs.mask(1).to_mask()?;
    /// assert_eq!(pixels, ndarray::arr2(&[[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]));
    /// assert_eq!(runs.merge(SetOp::Union)?.to_coco()?.counts, "02110O00");
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    ///
    /// [cocoapi's maskApi.c]: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c
    pub fn from_polygons<P: AsRef<[f64]> + Sync>(size: [u32; 2], polygons: &[P]) -> Result<Runs> {
        Self::from_polygons_within(size, polygons, &Limits::default())
    }

    /// [`Runs::from_polygons`] within other limits, on masks and runs.
    pub fn from_polygons_within<P: AsRef<[f64]> + Sync>(
        size: [u32; 2],
        polygons: &[P],
        limits: &Limits,
    ) -> Result<Runs> {
        checked_pixels(size)?;
        limits.check_masks(polygons.len() as u64)?;
        let mut crossings = 0;
        for (index, polygon) in polygons.iter().enumerate() {
            let polygon = polygon.as_ref();
            check(polygon).map_err(|error| error.within("polygon", index))?;
            crossings += edges(polygon)
                .map(|edge| edge.columns(size).len() as u64)
                .sum::<u64>();
            // After each, as their sum is then far from what a u64 holds.
            limits.check_runs(crossings)?;
        }
        let masks = parallel::map(polygons.len(), crossings, |index| {
            rasterise(polygons[index].as_ref(), size)
        });
        Runs::from_masks(&masks)
    }
}

/// Farthest from 0 that a coordinate may be, in pixels: no mask reaches further, and all integers
/// of the computation stay exact.
const FARTHEST: f64 = (1u64 << 32) as f64;

fn check(polygon: &[f64]) -> Result<()> {
    let count = polygon.len();
    if count % 2 == 1 {
        let what = "it has no second coordinate: each point has an x and a y";
        return Err(Error::format(Position::Coordinate(count - 1), what));
    }
    if count < 6 {
        let what = format!("{} points, a polygon has 3 at least", count / 2);
        return Err(Error::format(Position::Points, what));
    }
    match polygon
        .iter()
        .position(|coordinate| !(-FARTHEST..=FARTHEST).contains(coordinate))
    {
        None => Ok(()),
        Some(index) => {
            let what = format!("{} is not within 2^32 of 0", polygon[index]);
            Err(Error::format(Position::Coordinate(index), what))
        }
    }
}

/// One polygon's mask. It must have been checked.
fn rasterise(polygon: &[f64], size: [u32; 2]) -> MaskRuns {
    let [height, width] = size;
    let pixels = height * width;
    let mut boundaries = Vec::new();
    for edge in edges(polygon) {
        let boundary = |column| column * height + pixel(edge.row(column), height);
        boundaries.extend(edge.columns(size).map(boundary));
    }
    boundaries.sort_unstable();
    let is_first_set = boundaries
        .chunk_by(u32::eq)
        .next()
        .is_some_and(|same| same[0] == 0 && same.len() % 2 == 1);
    let mut starts = Vec::from_iter((pixels > 0).then_some(0));
    for same in boundaries.chunk_by(u32::eq) {
        // Two boundaries at one position are none.
        if same.len() % 2 == 1 && (1..pixels).contains(&same[0]) {
            starts.push(same[0]);
        }
    }
    let first = is_first_set && pixels > 0;
    MaskRuns::binary(size, Order::ColumnMajor, starts, first)
}

/// Lines of the fine grid in a pixel: they are a fifth of a pixel apart.
const FINE: i64 = 5;
/// The fifth in a pixel's middle, counted from 0.
const MIDDLE: i64 = 2;

/// A coordinate on the fine grid: to the nearest, halves up; below 0 as C converts to integers,
/// towards 0.
fn fine(coordinate: f64) -> i64 {
    (FINE as f64 * coordinate + 0.5) as i64
}

/// The first pixel of a side whose middle is not before a line of the fine grid; the side's length,
/// if none is.
fn pixel(line: i64, side: u32) -> u32 {
    (line - MIDDLE + (FINE - 1))
        .div_euclid(FINE)
        .clamp(0, side.into()) as u32
}

/// The edges of a polygon of at least one point, on the fine grid.
fn edges(polygon: &[f64]) -> impl Iterator<Item = Edge> {
    let (points, _) = polygon.as_chunks();
    let points = points.iter().map(|&[x, y]| [fine(x), fine(y)]);
    points
        .clone()
        .zip(points.cycle().skip(1))
        .map(|(a, b)| Edge::new(a, b))
}

/// An edge, walked step by step along x, or along y where it is steep, always upwards: at step t
/// its other coordinate is that of `from` and t times the slope, to the nearest.
struct Edge {
    from: [i64; 2],
    to: [i64; 2],
    is_steep: bool,
    slope: f64,
}

impl Edge {
    fn new(a: [i64; 2], b: [i64; 2]) -> Self {
        let [dx, dy] = [a[0].abs_diff(b[0]), a[1].abs_diff(b[1])];
        let is_steep = dx < dy;
        let along = usize::from(is_steep);
        let (from, to) = if a[along] <= b[along] { (a, b) } else { (b, a) };
        // Where both ends are one point there is no slope, and no column is crossed.
        let slope = (to[1 - along] - from[1 - along]) as f64 / (to[along] - from[along]) as f64;
        Edge {
            from,
            to,
            is_steep,
            slope,
        }
    }

    /// The columns of the mask whose middle it crosses.
    fn columns(&self, [_, width]: [u32; 2]) -> Range<u32> {
        let [a, b] = [self.from[0], self.to[0]];
        pixel(a.min(b), width)..pixel(a.max(b), width)
    }

    /// The coordinate that is not walked along, at a step. Invariant: this formula and no other, as
    /// other roundings give other pixels.
    fn other(&self, step: i64) -> i64 {
        let from = self.from[usize::from(!self.is_steep)];
        (from as f64 + self.slope * step as f64 + 0.5) as i64
    }

    /// The upper of the two rows of the fine grid between which it crosses the middle of a column.
    fn row(&self, column: u32) -> i64 {
        let left = FINE * i64::from(column) + MIDDLE;
        if !self.is_steep {
            let step = left - self.from[0];
            return self.other(step).min(self.other(step + 1));
        }
        // The last step on the side where it begins, by bisection: with x as rounded as it is, a
        // division would not find it.
        let begins_left = self.from[0] <= left;
        let (mut before, mut after) = (0, self.to[1] - self.from[1]);
        while after - before > 1 {
            let step = before + (after - before) / 2;
            let is_before = (self.other(step) <= left) == begins_left;
            *(if is_before { &mut before } else { &mut after }) = step;
        }
        self.from[1] + before
    }
}
