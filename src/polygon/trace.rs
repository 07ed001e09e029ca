//! Runs to polygons: outlines along the edges of pixels.
//!
//! Scan lines, which are called columns here, are compared one after the other, by their
//! boundaries: the positions where their pixels change. A boundary that only one of two
//! neighbouring columns has is a corner of the outline, and so are some that both have. Edges
//! across the columns stay open from their first corner to their last, so that columns without a
//! corner take no time.

use crate::parallel;
use crate::pixel::Order;
use crate::runs::{MaskRuns, MaskView, Runs, delegate_to_view, foreground_blocks};
use crate::{Error, Result};

/// A connected part of a mask, by its outline and those of its holes, as
/// [`MaskView::to_polygons`] gives it.
///
/// Points are `[x, y]`, the corners of pixels: the upper left pixel has its corners at `[0, 0]` and
/// `[1, 1]`. Each is a corner of the outline, so that a ring's edges lie alternately along x and
/// along y; the last point is joined with the first. On a picture, whose y grows downwards, the
/// outer ring goes clockwise and the holes the other way round: the mask is always on the right.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Polygon {
    /// The outline.
    pub outer: Vec<[u32; 2]>,
    /// The outlines of the holes in it.
    pub holes: Vec<Vec<[u32; 2]>>,
}

impl Polygon {
    /// The polygon as COCO's annotations have it, `[x0, y0, x1, y1, ...]`.
    ///
    /// COCO knows no holes: all pixels that a polygon goes round are set. So all rings become one:
    /// a hole is entered from the outer ring's first point, gone round, and left the way it was
    /// entered. [`Runs::from_polygons`] and pycocotools make the very pixels of it that were
    /// traced, as an edge that is gone along twice changes nothing. A list of these of all polygons
    /// of a mask is its `segmentation`.
    ///
    /// ```
    /// use maskrle::Polygon;
    ///
    /// let square = vec![[0, 0], [3, 0], [3, 3], [0, 3]];
    /// let frame = Polygon { outer: square, holes: vec![vec![[1, 1], [1, 2], [2, 2], [2, 1]]] };
    /// let outer = [0.0, 0.0, 3.0, 0.0, 3.0, 3.0, 0.0, 3.0];
    /// let hole = [1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 1.0];
    /// assert_eq!(frame.to_coco(), [&outer[..], &[0.0, 0.0], &hole, &[1.0, 1.0]].concat());
    /// ```
    pub fn to_coco(&self) -> Vec<f64> {
        let mut ring = self.outer.clone();
        let first = |ring: &[[u32; 2]]| ring.first().copied();
        for hole in &self.holes {
            ring.extend(first(&self.outer));
            ring.extend(hole);
            ring.extend(first(hole));
        }
        ring.into_iter().flatten().map(f64::from).collect()
    }
}

impl MaskView<'_> {
    /// The connected parts of the mask as polygons along the edges of pixels, in the order in which
    /// the scan meets them. Pixels that only touch at a corner belong to different parts, unless
    /// others join them.
    ///
    /// It is exact: the mask that [`Runs::from_polygons`], or pycocotools, makes of a polygon's
    /// outer ring, less those that it makes of its holes, is the part; [`Polygon::to_coco`] writes
    /// all as one ring. It takes time and memory by the runs, of either scan order.
    ///
    /// # Errors
    /// [`Error::Input`] on a label map.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order, Runs, SetOp};
    ///
    /// let counts = [0, 3, 2, 1, 1, 1, 1, 1, 0, 3, 2];
    /// let mask = MaskRuns::from_counts([3, 5], Order::RowMajor, counts)?;
    /// let pixels = ndarray::arr2(&[[1, 1, 1, 0, 0], [1, 0, 1, 0, 1], [1, 1, 1, 0, 0]]);
    /// assert_eq!(mask.to_mask()?, pixels);
    ///
    /// let polygons = mask.to_polygons()?;
    /// assert_eq!(polygons.len(), 2);
    /// assert_eq!(polygons[0].outer, [[0, 0], [3, 0], [3, 3], [0, 3]]);
    /// assert_eq!(polygons[0].holes, [[[1, 1], [1, 2], [2, 2], [2, 1]]]);
    /// assert_eq!(polygons[1].outer, [[4, 1], [5, 1], [5, 2], [4, 2]]);
    ///
    /// let segmentation: Vec<_> = polygons.iter().map(|polygon| polygon.to_coco()).collect();
    /// let again = Runs::from_polygons([3, 5], &segmentation)?.merge(SetOp::Union)?;
    /// assert_eq!(again.to_order(Order::RowMajor)?, mask);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn to_polygons(&self) -> Result<Vec<Polygon>> {
        if !self.is_binary() {
            let what =
                "a label map has no outline, masks have: split_labels makes one for each label";
            return Err(Error::Input(what.into()));
        }
        Ok(polygons(&corners(self), self.order()))
    }
}

delegate_to_view! {
    to_polygons() -> Result<Vec<Polygon>>;
}

impl Runs {
    /// [`MaskView::to_polygons`] of each mask, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::to_polygons`], with the mask at fault.
    ///
    /// ```
    /// use maskrle::{KaggleRle, Runs};
    ///
    /// let runs = Runs::read(&["1 2", "6 1"].map(|pairs| KaggleRle::by_rows([2, 3], pairs)))?;
    /// let polygons = runs.to_polygons()?;
    /// assert_eq!(polygons[0][0].outer, [[0, 0], [2, 0], [2, 1], [0, 1]]);
    /// assert_eq!(polygons[1][0].outer, [[2, 1], [3, 1], [3, 2], [2, 2]]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn to_polygons(&self) -> Result<Vec<Vec<Polygon>>> {
        let traced = parallel::map(self.len(), self.starts().len() as u64, |index| {
            self.mask(index)
                .to_polygons()
                .map_err(|error| error.within("mask", index))
        });
        traced.into_iter().collect()
    }
}

/// Corner of the mask's outline.
#[derive(Debug, Clone, Copy)]
struct Corner {
    /// Number of columns before it, and of pixels before it in a column.
    place: [u32; 2],
    /// The corner that follows, the mask being on the right.
    next: usize,
    /// A corner of the nearest edge above that has the mask below it, on the left: if a hole begins
    /// here, it is in that edge's part.
    above: usize,
}

/// An edge across the columns whose end is not known yet.
#[derive(Debug, Clone, Copy)]
struct OpenEdge {
    /// Position in the columns: number of pixels above it.
    position: u32,
    /// True if the mask is below it.
    begins: bool,
    /// Corner that it starts from.
    from: usize,
}

/// The corners of a mask, from column to column, and down each.
fn corners(mask: &MaskView<'_>) -> Vec<Corner> {
    let mut trace = Trace::default();
    let mut column = 0;
    // Boundaries of the column: alternately from background to foreground and back.
    let mut boundaries = Vec::new();
    foreground_blocks(mask, |block| {
        let (lines, within) = (block.lines, block.within);
        if lines.start > column {
            trace.column(column, &boundaries);
            boundaries.clear();
            if lines.start > column + 1 {
                // Columns between are background; the first of them ends all open edges.
                trace.column(column + 1, &boundaries);
            }
            column = lines.start;
        }
        boundaries.extend([within.start, within.end]);
        if lines.len() > 1 {
            // All columns of the block are like the first.
            trace.column(column, &boundaries);
            boundaries.clear();
            column = lines.end;
        }
    });
    trace.column(column, &boundaries);
    if !trace.open.is_empty() {
        trace.column(column + 1, &[]);
    }
    trace.corners
}

/// Corners that have been found up to a column.
#[derive(Debug, Default)]
struct Trace {
    corners: Vec<Corner>,
    /// Edges across the column before, from the top.
    open: Vec<OpenEdge>,
}

impl Trace {
    /// Finds the corners between a column, given its boundaries, and the column before it.
    fn column(&mut self, column: u32, boundaries: &[u32]) {
        let before = std::mem::take(&mut self.open);
        let mut border = Border {
            column,
            is_set: false,
            upper: None,
            above: usize::MAX,
        };
        let (mut i, mut j) = (0, 0);
        while let Some(position) = before
            .get(i)
            .map(|edge| edge.position)
            .into_iter()
            .chain(boundaries.get(j).copied())
            .min()
        {
            let edge = before.get(i).filter(|edge| edge.position == position);
            let begins = (boundaries.get(j) == Some(&position)).then_some(j % 2 == 0);
            i += usize::from(edge.is_some());
            j += usize::from(begins.is_some());
            if let Some(edge) = edge.filter(|edge| edge.begins) {
                border.above = edge.from;
            }
            match (edge, begins) {
                (Some(edge), Some(begins)) if edge.begins == begins => {
                    self.open.push(*edge);
                    border.is_set = begins;
                }
                // Two pixels touch at a corner only. Each keeps edges of its own: the upper pixel's
                // are joined with the edge that comes down the border.
                (Some(edge), Some(true)) => {
                    self.close(edge, &mut border);
                    self.open(position, true, &mut border);
                }
                (Some(edge), Some(false)) => {
                    self.open(position, false, &mut border);
                    self.close(edge, &mut border);
                }
                (Some(edge), None) => self.close(edge, &mut border),
                (None, Some(begins)) => self.open(position, begins, &mut border),
                (None, None) => unreachable!("the position is that of one of the two"),
            }
        }
    }

    /// Ends an edge across the column before.
    fn close(&mut self, edge: &OpenEdge, border: &mut Border) {
        let corner = self.corner(edge.position, border);
        let (from, to) = if edge.begins {
            (edge.from, corner)
        } else {
            (corner, edge.from)
        };
        self.corners[from].next = to;
    }

    /// Begins an edge across this column.
    fn open(&mut self, position: u32, begins: bool, border: &mut Border) {
        let from = self.corner(position, border);
        self.open.push(OpenEdge {
            position,
            begins,
            from,
        });
        border.is_set = begins;
    }

    /// Adds a corner. Every second one down a border also ends the edge along it that the one above
    /// has begun.
    fn corner(&mut self, position: u32, border: &mut Border) -> usize {
        let corner = self.corners.len();
        self.corners.push(Corner {
            place: [border.column, position],
            next: usize::MAX,
            above: border.above,
        });
        border.upper = match border.upper {
            None => Some(corner),
            Some(upper) => {
                let (from, to) = if border.is_set {
                    (corner, upper)
                } else {
                    (upper, corner)
                };
                self.corners[from].next = to;
                None
            }
        };
        corner
    }
}

/// State of the way down the border between two columns.
struct Border {
    /// The column on its right.
    column: u32,
    /// True if that column's pixel is foreground.
    is_set: bool,
    /// Corner that an edge along the border goes on from.
    upper: Option<usize>,
    /// Corner from which the last edge met starts that has the mask below it, in the column on the
    /// left.
    above: usize,
}

/// Polygons whose rings have these corners.
fn polygons(corners: &[Corner], order: Order) -> Vec<Polygon> {
    let mut polygons: Vec<Polygon> = Vec::new();
    // Index of the polygon that each corner belongs to.
    let mut owner = vec![usize::MAX; corners.len()];
    for first in 0..corners.len() {
        if owner[first] != usize::MAX {
            continue;
        }
        // A ring's first corner is its topmost in its leftmost column. From there an outer ring
        // goes across the columns, and a hole's down its column.
        let is_hole = corners[corners[first].next].place[0] == corners[first].place[0];
        // Left of a hole is the part around it, whose edge above belongs to a ring that is known.
        let polygon = if is_hole {
            owner[corners[first].above]
        } else {
            polygons.len()
        };
        let mut ring = Vec::new();
        let mut corner = first;
        while owner[corner] == usize::MAX {
            owner[corner] = polygon;
            let [column, position] = corners[corner].place;
            ring.push(if order == Order::ColumnMajor {
                [column, position]
            } else {
                [position, column]
            });
            corner = corners[corner].next;
        }
        if order == Order::RowMajor {
            // With rows as columns, the mask was on the left.
            ring[1..].reverse();
        }
        if is_hole {
            polygons[polygon].holes.push(ring)
        } else {
            polygons.push(Polygon {
                outer: ring,
                holes: Vec::new(),
            })
        }
    }
    polygons
}
