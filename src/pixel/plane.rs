//! One mask as rows of memory, whatever its strides: what both backends read.

use std::ops::Range;

use ndarray::{ArrayView2, Axis, s};

use super::element::{Bits, Element};
use super::masks::Masks;
use super::order::{BitOrder, Order};
use super::typed::{mask_of, with_view};

/// Direction of the scan relative to the rows of a [`Plane`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scan {
    /// Along each row, and on to the next.
    Along,
    /// Down each column, and on to the next.
    Across,
}

/// Orientation of a [`Plane`]'s rows relative to a mask's scan lines: its rows in row-major order,
/// its columns in column-major order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Orientation {
    /// All pixels follow one another in scan order: they are one row.
    OneRow,
    /// The scan lines are of one pixel each, which are one row.
    RowOfLines,
    /// A row is a scan line: the scan goes along the rows.
    Lines,
    /// A row is a pixel of each scan line: the scan goes across the rows.
    AcrossLines,
}

/// The orientation in which a mask's pixels are read best. `size` is the number of its scan lines
/// and of the pixels of each, `strides` the steps from line to line and from pixel to pixel.
pub(crate) fn orientation(size: [usize; 2], strides: [isize; 2]) -> Orientation {
    let ([lines, length], [line_stride, step]) = (size, strides);
    let is_line_whole = step == 1 || length == 1;
    let do_lines_follow = line_stride == length as isize || lines == 1;
    if lines * length == 0 || is_line_whole && do_lines_follow {
        return Orientation::OneRow;
    }
    // Pixels that are repeated do not lie along memory.
    let distance = |stride: isize| match stride {
        0 => usize::MAX,
        _ => stride.unsigned_abs(),
    };
    if length == 1 {
        Orientation::RowOfLines
    } else if lines > 1 && distance(line_stride) < distance(step) {
        Orientation::AcrossLines
    } else {
        Orientation::Lines
    }
}

/// A mask's pixels as rows that lie along memory, if any axis does. They may be the mask's rows,
/// its columns, or one row of all pixels; height and width are those of these rows.
pub(crate) trait Plane: Sync {
    type Bits: Bits;

    fn height(&self) -> usize;
    fn width(&self) -> usize;

    /// Some columns of some rows: borrowed where they lie along memory, else gathered into
    /// `scratch`.
    fn rows<'s>(
        &'s self,
        rows: Range<usize>,
        columns: Range<usize>,
        scratch: &'s mut Vec<Self::Bits>,
    ) -> Rows<'s, Self::Bits>;
}

/// Some rows of a plane, all of one length.
pub(crate) enum Rows<'s, B> {
    /// They lie at equal distances, from the first of `pixels` on; between them and after them
    /// may lie others.
    Spaced { pixels: &'s [B], shape: RowShape },
    /// Each lies somewhere else.
    Separate(Vec<&'s [B]>),
}

/// Rows of one length at equal distances.
#[derive(Clone, Copy)]
pub(crate) struct RowShape {
    pub(crate) count: usize,
    pub(crate) width: usize,
    /// Pixels from row to row.
    pub(crate) step: usize,
}

impl RowShape {
    pub(crate) fn one(width: usize) -> Self {
        RowShape {
            count: 1,
            width,
            step: width,
        }
    }
}

impl<'s, B> Rows<'s, B> {
    pub(crate) fn count(&self) -> usize {
        match self {
            Rows::Spaced { shape, .. } => shape.count,
            Rows::Separate(rows) => rows.len(),
        }
    }

    pub(crate) fn width(&self) -> usize {
        match self {
            Rows::Spaced { shape, .. } => shape.width,
            Rows::Separate(rows) => rows.first().map_or(0, |row| row.len()),
        }
    }

    pub(crate) fn row(&self, index: usize) -> &'s [B] {
        match self {
            Rows::Spaced { pixels, shape } => &pixels[index * shape.step..][..shape.width],
            Rows::Separate(rows) => rows[index],
        }
    }

    /// The rows from `rows.start` to before `rows.end`.
    pub(crate) fn part(&self, rows: Range<usize>) -> Rows<'s, B> {
        match self {
            &Rows::Spaced { pixels, shape } => Rows::Spaced {
                pixels: &pixels[rows.start * shape.step..],
                shape: RowShape {
                    count: rows.len(),
                    ..shape
                },
            },
            Rows::Separate(all) => Rows::Separate(all[rows].to_vec()),
        }
    }
}

/// Work on a plane, for whatever element type it has, or with rows of packed pixels.
pub(crate) trait PlaneVisitor: Sized {
    type Output;
    fn visit<P: Plane>(self, plane: &P, scan: Scan) -> Self::Output;

    fn visit_packed(self, rows: &Packed<'_>, scan: Scan) -> Self::Output;
}

/// Shows mask `index` to the visitor as the plane that reads best in the given scan order.
pub(crate) fn visit_plane<V: PlaneVisitor>(
    masks: &Masks<'_>,
    index: usize,
    order: Order,
    visitor: V,
) -> V::Output {
    let (pixels, place) = masks.stack_of(index);
    with_view!(pixels, view => {
        let (plane, scan) = Strided::new(mask_of(view, place), order);
        visitor.visit(&plane, scan)
    }, (bytes, width, bit_order) => {
        let packed = Packed { rows: mask_of(bytes, place), width: *width, order: *bit_order };
        // Down one row is along it.
        let is_along = order == Order::RowMajor || packed.rows.nrows() == 1;
        let scan = if is_along { Scan::Along } else { Scan::Across };
        visitor.visit_packed(&packed, scan)
    })
}

/// Work on masks that follow one another in memory, for whatever element type they have.
pub(crate) trait StackVisitor {
    type Output;

    /// A mask's pixels are `size` rows and columns of memory.
    fn visit<P: Plane>(self, pixels: &P, size: [usize; 2], scan: Scan) -> Self::Output;
}

/// Shows the masks `range`, which are of one array, to the visitor as rows, a row a mask, unless
/// they are packed or do not follow one another in memory.
pub(crate) fn visit_stack<V: StackVisitor>(
    masks: &Masks<'_>,
    range: Range<usize>,
    order: Order,
    visitor: V,
) -> Option<V::Output> {
    let first = range.start - masks.array_of(range.start).start;
    with_view!(masks.stack_of(range.start).0, view => {
        let (_, _, height, width) = view.dim();
        let (pixels, size, order_of_memory) = match view.to_slice() {
            Some(pixels) => (pixels, [height, width], Order::RowMajor),
            None => {
                let by_column = view.view().permuted_axes([0, 1, 3, 2]);
                (by_column.to_slice()?, [width, height], Order::ColumnMajor)
            }
        };
        let pixels = &pixels[first * height * width..][..range.len() * height * width];
        let scan = if order == order_of_memory { Scan::Along } else { Scan::Across };
        Some(visitor.visit(&Strided::rows(pixels, range.len()), size, scan))
    }, (_bytes, _width, _order) => None)
}

/// Shows all masks of an array to the visitor as one row if they lie pixel by pixel beside each
/// other, and are not packed: a pixel of `size` is then those of all masks at that place.
pub(crate) fn visit_interleaved<V: StackVisitor>(
    masks: &Masks<'_>,
    index: usize,
    order: Order,
    visitor: V,
) -> Option<V::Output> {
    with_view!(masks.stack_of(index).0, view => {
        let (_, _, height, width) = view.dim();
        let by_row = view.view().permuted_axes([2, 3, 0, 1]);
        let (pixels, size, order_of_memory) = match by_row.to_slice() {
            Some(pixels) => (pixels, [height, width], Order::RowMajor),
            None => {
                let by_column = view.view().permuted_axes([3, 2, 0, 1]);
                (by_column.to_slice()?, [width, height], Order::ColumnMajor)
            }
        };
        let scan = if order == order_of_memory { Scan::Along } else { Scan::Across };
        Some(visitor.visit(&Strided::row(pixels), size, scan))
    }, (_bytes, _width, _order) => None)
}

/// Pixels of an array.
struct Strided<'a, T> {
    rows: ArrayView2<'a, T>,
    /// All of them, where the rows follow one another in memory.
    whole: Option<&'a [T]>,
}

impl<'a, T: Element> Strided<'a, T> {
    fn new(mask: ArrayView2<'a, T>, order: Order) -> (Self, Scan) {
        let in_scan_order = if order == Order::RowMajor {
            mask
        } else {
            mask.reversed_axes()
        };
        let size = [in_scan_order.nrows(), in_scan_order.ncols()];
        let stride = |axis: usize| in_scan_order.stride_of(Axis(axis));
        let (rows, scan) = match orientation(size, [stride(0), stride(1)]) {
            Orientation::OneRow => {
                let pixels = in_scan_order
                    .to_slice()
                    .expect("pixels of one row follow one another");
                return (Strided::row(pixels), Scan::Along);
            }
            Orientation::RowOfLines => (in_scan_order.reversed_axes(), Scan::Along),
            Orientation::Lines => (in_scan_order, Scan::Along),
            Orientation::AcrossLines => (in_scan_order.reversed_axes(), Scan::Across),
        };
        let whole = rows.to_slice();
        (Strided { rows, whole }, scan)
    }

    fn row(pixels: &'a [T]) -> Self {
        Self::rows(pixels, 1)
    }

    /// `count` rows that follow one another.
    fn rows(pixels: &'a [T], count: usize) -> Self {
        let rows = ArrayView2::from_shape((count, pixels.len() / count), pixels)
            .expect("the pixels are whole rows");
        Strided {
            rows,
            whole: Some(pixels),
        }
    }
}

impl<T: Element> Plane for Strided<'_, T> {
    type Bits = T::Bits;

    fn height(&self) -> usize {
        self.rows.nrows()
    }

    fn width(&self) -> usize {
        self.rows.ncols()
    }

    fn rows<'s>(
        &'s self,
        rows: Range<usize>,
        columns: Range<usize>,
        scratch: &'s mut Vec<T::Bits>,
    ) -> Rows<'s, T::Bits> {
        let (count, width) = (rows.len(), columns.len());
        if let Some(pixels) = self.whole {
            let first = rows.start * self.width() + columns.start;
            // A row alone leaves no gap: it is read as one that ends with its columns.
            let step = if count == 1 { width } else { self.width() };
            return Rows::Spaced {
                pixels: bytemuck::cast_slice(&pixels[first..]),
                shape: RowShape { count, width, step },
            };
        }
        let borrowed = |row| {
            Some(bytemuck::cast_slice(
                self.rows.slice(s![row, columns.clone()]).to_slice()?,
            ))
        };
        if let Some(rows) = rows.clone().map(borrowed).collect() {
            return Rows::Separate(rows);
        }
        scratch.clear();
        for row in self.rows.slice(s![rows, columns]).outer_iter() {
            scratch.extend(row.iter().map(|&pixel| bytemuck::cast::<T, T::Bits>(pixel)));
        }
        Rows::Spaced {
            pixels: scratch,
            shape: RowShape {
                count,
                width,
                step: width,
            },
        }
    }
}

/// Pixels packed eight to a byte along rows, which begin at a byte. No backend unpacks them.
pub(crate) struct Packed<'a> {
    pub(crate) rows: ArrayView2<'a, u8>,
    pub(crate) width: usize,
    pub(crate) order: BitOrder,
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, ArrayView2, s};

    use super::*;

    fn of(mask: ArrayView2<'_, u16>, order: Order) -> (Scan, [usize; 2], Vec<u16>) {
        let (plane, scan) = Strided::new(mask, order);
        let size = [plane.height(), plane.width()];
        let mut scratch = Vec::new();
        let rows = plane.rows(0..size[0], 0..size[1], &mut scratch);
        let pixels = (0..size[0]).flat_map(|row| rows.row(row).iter().copied());
        (scan, size, pixels.collect())
    }

    /// Pixels in scan order, from a plane.
    fn scanned((scan, [height, width], pixels): (Scan, [usize; 2], Vec<u16>)) -> Vec<u16> {
        match scan {
            Scan::Along => pixels,
            Scan::Across => (0..width)
                .flat_map(|column| (0..height).map(move |row| row * width + column))
                .map(|place| pixels[place])
                .collect(),
        }
    }

    #[test]
    fn planes_hold_every_pixel_once_in_scan_order() {
        let pixels = Array2::from_shape_fn((6, 9), |(row, column)| (100 * row + column) as u16);
        let (row, column) = (pixels.slice(s![1..2, ..]), pixels.slice(s![.., 3..4]));
        let views = [
            pixels.view(),
            pixels.slice(s![..;2, ..]),
            pixels.slice(s![.., ..;2]),
            pixels.slice(s![..;-1, ..;-1]),
            row,
            column,
            pixels.slice(s![2..3, 3..4]),
            pixels.slice(s![..0, ..]),
            pixels.slice(s![.., ..0]),
            row.broadcast((5, 9)).expect("one row"),
            column.broadcast((6, 7)).expect("one column"),
        ];
        for view in &views {
            for mask in [view.view(), view.t()] {
                let by_row: Vec<u16> = mask.iter().copied().collect();
                let by_column: Vec<u16> = mask.t().iter().copied().collect();
                assert_eq!(scanned(of(mask, Order::RowMajor)), by_row);
                assert_eq!(scanned(of(mask, Order::ColumnMajor)), by_column);
            }
        }
    }

    #[test]
    fn rows_lie_along_memory_where_any_axis_does() {
        use Orientation::*;
        for (size, strides, expected) in [
            ([4, 5], [5, 1], OneRow),
            ([4, 5], [6, 1], Lines),
            ([4, 5], [1, 4], AcrossLines),
            ([4, 5], [-1, -4], AcrossLines),
            ([4, 5], [-5, -1], Lines),
            ([4, 1], [1, 9], OneRow),
            ([4, 1], [3, 1], RowOfLines),
            ([1, 5], [9, 1], OneRow),
            ([1, 5], [1, 2], Lines),
            ([1, 1], [7, 7], OneRow),
            ([0, 5], [7, 7], OneRow),
            ([4, 5], [0, 1], Lines),
            ([4, 5], [1, 0], AcrossLines),
            ([4, 5], [0, 0], Lines),
            ([4, 5], [2, 2], Lines),
        ] {
            assert_eq!(orientation(size, strides), expected, "{size:?} {strides:?}");
        }
    }
}
