//! Runs to polygons: outlines along the edges of pixels.
//!
//! The scan lines are gone through one after the other, called columns here. What is known of a
//! column are the places where its pixels change; a line along which one column differs from the
//! next holds corners, where edges turn. Edges that go on from column to column are kept open, so
//! that stretches without a corner take no time.

use crate::parallel;
use crate::pixel::Order;
use crate::runs::blocks;
use crate::runs::{MaskRuns, Runs};
use crate::{Error, Result};

/// A connected part of a mask, by its outline and those of its holes.
///
/// Points are `[x, y]`, the corners of pixels: the upper left pixel has its corners at `[0, 0]` and
/// `[1, 1]`. Each is where the outline turns, so that one ring's edges go along x and along y in
/// turn; the last point is joined with the first. On a picture, whose y grows downwards, the outer
/// ring goes clockwise and the holes the other way round: the mask is always on the right.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Polygon {
    /// The outline.
    pub outer: Vec<[u32; 2]>,
    /// The outlines of what the part goes round.
    pub holes: Vec<Vec<[u32; 2]>>,
}

impl Polygon {
    /// The polygon as COCO's annotations have it, `[x0, y0, x1, y1, ...]`.
    ///
    /// COCO knows no holes: whatever a polygon goes round is set. So all rings become one: a hole
    /// is entered from the outer ring's first point, gone round, and left the way it was entered.
    /// [`Runs::from_polygons`] and pycocotools make the very pixels of it that were traced, as what
    /// is gone along twice changes nothing. A list of these of all polygons of a mask is its
    /// `segmentation`.
    ///
    /// ```
    /// use maskrle::Polygon;
    ///
    /// let square = vec![[0, 0], [3, 0], [3, 3], [0, 3]];
    /// let frame = Polygon { outer: square, holes: vec![vec![[1, 1], [1, 2], [2, 2], [2, 1]]] };
    /// let [outer, there, hole, back] =
    ///     [&[0.0, 0.0, 3.0, 0.0, 3.0, 3.0, 0.0, 3.0][..], &[0.0, 0.0], &[1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 1.0], &[1.0, 1.0]];
    /// assert_eq!(frame.to_coco(), [outer, there, hole, back].concat());
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

impl MaskRuns<'_> {
    /// The parts of the mask as polygons along the edges of pixels, in the order in which the scan
    /// meets them. Pixels that only touch at a corner belong to different parts, unless others join
    /// them.
    ///
    /// It is exact: what [`Runs::from_polygons`], or pycocotools, makes of a polygon's outer ring,
    /// less what it makes of its holes, is the part; [`Polygon::to_coco`] writes both as one ring.
    /// It takes time and memory by the runs, of either scan order.
    ///
    /// # Errors
    /// [`Error::Input`] on a label map.
    ///
    /// ```
    /// use maskrle::{Order, Runs, SetOp};
    ///
    /// let runs = Runs::from_counts([3, 5], Order::RowMajor, [0, 3, 2, 1, 1, 1, 1, 1, 0, 3, 2])?;
    /// let mask = runs.get(0).expect("one mask");
    /// assert_eq!(mask.to_mask()?, ndarray::arr2(&[[1, 1, 1, 0, 0], [1, 0, 1, 0, 1], [1, 1, 1, 0, 0]]));
    ///
    /// let polygons = mask.to_polygons()?;
    /// assert_eq!(polygons.len(), 2);
    /// assert_eq!(polygons[0].outer, [[0, 0], [3, 0], [3, 3], [0, 3]]);
    /// assert_eq!(polygons[0].holes, [[[1, 1], [1, 2], [2, 2], [2, 1]]]);
    /// assert_eq!(polygons[1].outer, [[4, 1], [5, 1], [5, 2], [4, 2]]);
    ///
    /// let segmentation: Vec<Vec<f64>> = polygons.iter().map(|polygon| polygon.to_coco()).collect();
    /// let again = Runs::from_polygons([3, 5], &segmentation)?.merge(SetOp::Union)?;
    /// assert_eq!(again.to_order(Order::RowMajor)?, runs);
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

impl Runs {
    /// [`MaskRuns::to_polygons`] of each mask, on all cores.
    ///
    /// # Errors
    /// As of [`MaskRuns::to_polygons`], with the mask at fault.
    pub fn to_polygons(&self) -> Result<Vec<Vec<Polygon>>> {
        let traced = parallel::map(self.len(), self.starts().len() as u64, |index| {
            let mask = self.get(index).expect("index is below len");
            mask.to_polygons()
                .map_err(|error| error.within(format!("mask {index}")))
        });
        traced.into_iter().collect()
    }
}

/// Where the mask's outline turns.
#[derive(Debug, Clone, Copy)]
struct Corner {
    /// Columns before it, and pixels before it in a column.
    place: [u32; 2],
    /// The corner that follows, the mask being on the right.
    next: usize,
    /// A corner of the ring that is met first on the way up the column before it, where that is
    /// set.
    above: usize,
}

/// An edge across the columns that is not at its end yet.
#[derive(Debug, Clone, Copy)]
struct Open {
    place: u32,
    /// Whether the mask is below it.
    begins: bool,
    from: usize,
}

/// The corners of a mask, from column to column, and down each.
fn corners(mask: &MaskRuns<'_>) -> Vec<Corner> {
    let mut trace = Trace::default();
    let mut column = 0;
    // Where the pixels of the column change: from unset to set, from set to unset ...
    let mut changes = Vec::new();
    blocks(mask, |block| {
        if block.value == 0 {
            return;
        }
        let (lines, within) = (block.lines, block.within);
        if lines.start > column {
            trace.column(column, &changes);
            changes.clear();
            if lines.start > column + 1 {
                // Nothing is set in those between; the first of them ends what is open.
                trace.column(column + 1, &changes);
            }
            column = lines.start;
        }
        changes.extend([within.start, within.end]);
        if lines.len() > 1 {
            // All like the first.
            trace.column(column, &changes);
            changes.clear();
            column = lines.end;
        }
    });
    trace.column(column, &changes);
    if !trace.open.is_empty() {
        trace.column(column + 1, &[]);
    }
    trace.corners
}

#[derive(Debug, Default)]
struct Trace {
    corners: Vec<Corner>,
    /// Edges that go across the column before, downwards.
    open: Vec<Open>,
}

impl Trace {
    /// Finds the corners between a column, given where its pixels change, and the one before it.
    fn column(&mut self, column: u32, changes: &[u32]) {
        let before = std::mem::take(&mut self.open);
        let mut down = Down {
            column,
            is_set: false,
            upper: None,
            above: usize::MAX,
        };
        let (mut i, mut j) = (0, 0);
        while let Some(place) = before
            .get(i)
            .map(|edge| edge.place)
            .into_iter()
            .chain(changes.get(j).copied())
            .min()
        {
            let edge = before.get(i).filter(|edge| edge.place == place);
            let begins = (changes.get(j) == Some(&place)).then_some(j % 2 == 0);
            i += usize::from(edge.is_some());
            j += usize::from(begins.is_some());
            if let Some(edge) = edge.filter(|edge| edge.begins) {
                down.above = edge.from;
            }
            match (edge, begins) {
                (Some(edge), Some(begins)) if edge.begins == begins => {
                    self.open.push(*edge);
                    down.is_set = begins;
                }
                // Two pixels touch at this corner. Each keeps its own edges: what is joined with
                // the edge from above is the edge of the upper pixel.
                (Some(edge), Some(true)) => {
                    self.close(edge, &mut down);
                    self.open(place, true, &mut down);
                }
                (Some(edge), Some(false)) => {
                    self.open(place, false, &mut down);
                    self.close(edge, &mut down);
                }
                (Some(edge), None) => self.close(edge, &mut down),
                (None, Some(begins)) => self.open(place, begins, &mut down),
                (None, None) => unreachable!("the place is one of the two's"),
            }
        }
    }

    /// Ends an edge that came across the column before.
    fn close(&mut self, edge: &Open, down: &mut Down) {
        let corner = self.corner(edge.place, down);
        let (from, to) = if edge.begins {
            (edge.from, corner)
        } else {
            (corner, edge.from)
        };
        self.corners[from].next = to;
    }

    /// Begins an edge across this column.
    fn open(&mut self, place: u32, begins: bool, down: &mut Down) {
        let from = self.corner(place, down);
        self.open.push(Open {
            place,
            begins,
            from,
        });
        down.is_set = begins;
    }

    /// Adds a corner, and the edge to it from the one above, if there is one that has none yet.
    fn corner(&mut self, place: u32, down: &mut Down) -> usize {
        let corner = self.corners.len();
        self.corners.push(Corner {
            place: [down.column, place],
            next: usize::MAX,
            above: down.above,
        });
        down.upper = match down.upper {
            None => Some(corner),
            Some(upper) => {
                let (from, to) = if down.is_set {
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

/// The way down between two columns.
struct Down {
    column: u32,
    /// Whether the column's pixel is set.
    is_set: bool,
    /// The corner from which an edge goes down.
    upper: Option<usize>,
    /// Where the edge began that is above the pixel of the column before, if that is set.
    above: usize,
}

/// The rings of which these are the corners.
fn polygons(corners: &[Corner], order: Order) -> Vec<Polygon> {
    let mut polygons: Vec<Polygon> = Vec::new();
    // The polygon that a corner belongs to.
    let mut owner = vec![usize::MAX; corners.len()];
    for first in 0..corners.len() {
        if owner[first] != usize::MAX {
            continue;
        }
        // A ring's first corner is its upper left one. From there an outer ring goes across the
        // columns, a hole down.
        let is_hole = corners[corners[first].next].place[0] == corners[first].place[0];
        // Left of a hole is its part, whose edge above has been met before.
        let polygon = if is_hole {
            owner[corners[first].above]
        } else {
            polygons.len()
        };
        let mut ring = Vec::new();
        let mut corner = first;
        while owner[corner] == usize::MAX {
            owner[corner] = polygon;
            let [column, place] = corners[corner].place;
            ring.push(if order == Order::ColumnMajor {
                [column, place]
            } else {
                [place, column]
            });
            corner = corners[corner].next;
        }
        if order == Order::RowMajor {
            // With rows for columns, the mask was on the left.
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
