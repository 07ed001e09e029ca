//! One mask as rows of memory, whatever its strides: what both backends read.

use std::ops::Range;

use ndarray::{ArrayView2, Axis, s};

use super::element::{Bits, Element, with_view};
use super::masks::{Masks, mask_of};
use super::order::{BitOrder, Order};

/// How the scan lies to the rows of a [`Plane`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scan {
    /// Along each row, and on to the next.
    Along,
    /// Down each column, and on to the next.
    Across,
}

/// How a mask's scan lines become the rows of a plane, by the strides that the mask has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orientation {
    /// True if all scan lines follow one another without gaps: they are one row.
    pub(crate) is_one_row: bool,
    /// True if a row holds a pixel of each scan line, and not a scan line's pixels.
    pub(crate) is_transposed: bool,
    pub(crate) scan: Scan,
}

impl Orientation {
    /// Orientation that reads best. Of `[scan lines, pixels of each]`, and of the elements of memory
    /// from scan line to scan line and from pixel to pixel.
    pub(crate) fn new([lines, length]: [usize; 2], [to_line, to_pixel]: [isize; 2]) -> Self {
        let follow_one_another = (length <= 1 || to_pixel == 1)
            && (lines <= 1 || usize::try_from(to_line) == Ok(length));
        let is_one_row = lines == 0 || length == 0 || follow_one_another;
        let is_across = lines > 1 && length > 1 && to_line.unsigned_abs() < to_pixel.unsigned_abs();
        Orientation {
            is_one_row,
            is_transposed: !is_one_row && (length == 1 || is_across),
            scan: match is_across && !is_one_row {
                true => Scan::Across,
                false => Scan::Along,
            },
        }
    }
}

/// A mask's pixels as rows that lie along memory where any axis does. Where the columns of the mask
/// lie along memory, or the whole mask does in scan order, height and width are not the mask's.
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
    /// They follow one another in memory, from the first of `pixels` on; other pixels may follow.
    Whole {
        pixels: &'s [B],
        count: usize,
        width: usize,
    },
    /// Each lies somewhere else.
    Separate(Vec<&'s [B]>),
}

impl<'s, B> Rows<'s, B> {
    pub(crate) fn count(&self) -> usize {
        match self {
            Rows::Whole { count, .. } => *count,
            Rows::Separate(rows) => rows.len(),
        }
    }

    pub(crate) fn width(&self) -> usize {
        match self {
            Rows::Whole { width, .. } => *width,
            Rows::Separate(rows) => rows.first().map_or(0, |row| row.len()),
        }
    }

    pub(crate) fn row(&self, index: usize) -> &'s [B] {
        match self {
            Rows::Whole { pixels, width, .. } => &pixels[index * width..][..*width],
            Rows::Separate(rows) => rows[index],
        }
    }

    /// Those from `rows.start` to before `rows.end`.
    pub(crate) fn part(&self, rows: Range<usize>) -> Rows<'s, B> {
        match self {
            Rows::Whole { pixels, width, .. } => Rows::Whole {
                pixels: &pixels[rows.start * width..],
                count: rows.len(),
                width: *width,
            },
            Rows::Separate(all) => Rows::Separate(all[rows].to_vec()),
        }
    }
}

/// What is done with a plane, for whatever element type it has, or with rows of packed pixels.
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
        let scan = if order == Order::RowMajor || packed.rows.nrows() == 1 { Scan::Along } else { Scan::Across };
        visitor.visit_packed(&packed, scan)
    })
}

/// What is done with masks that follow one another in memory, for whatever element type they have.
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
            None => (view.view().permuted_axes([0, 1, 3, 2]).to_slice()?, [width, height], Order::ColumnMajor),
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
        let (pixels, size, order_of_memory) = match view.view().permuted_axes([2, 3, 0, 1]).to_slice() {
            Some(pixels) => (pixels, [height, width], Order::RowMajor),
            None => (view.view().permuted_axes([3, 2, 0, 1]).to_slice()?, [width, height], Order::ColumnMajor),
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
        let (lines, length) = in_scan_order.dim();
        let stride = |axis: usize| in_scan_order.stride_of(Axis(axis));
        let orientation = Orientation::new([lines, length], [stride(0), stride(1)]);
        let rows = match orientation.is_transposed {
            true => in_scan_order.reversed_axes(),
            false => in_scan_order,
        };
        let whole = rows.to_slice();
        match whole.filter(|_| orientation.is_one_row) {
            Some(pixels) => (Strided::row(pixels), orientation.scan),
            None => (Strided { rows, whole }, orientation.scan),
        }
    }

    fn row(pixels: &'a [T]) -> Self {
        Self::rows(pixels, 1)
    }

    /// So many rows that follow one another.
    fn rows(pixels: &'a [T], count: usize) -> Self {
        let rows = ArrayView2::from_shape((count, pixels.len() / count), pixels)
            .expect("rows of the same length");
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
        if let Some(pixels) = self.whole.filter(|_| count == 1 || width == self.width()) {
            let pixels = bytemuck::cast_slice(&pixels[rows.start * self.width() + columns.start..]);
            return Rows::Whole {
                pixels,
                count,
                width,
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
        Rows::Whole {
            pixels: scratch,
            count,
            width,
        }
    }
}

/// Pixels packed eight to a byte along rows, which begin at a byte. No backend unpacks them.
pub(crate) struct Packed<'a> {
    pub(crate) rows: ArrayView2<'a, u8>,
    pub(crate) width: usize,
    pub(crate) order: BitOrder,
}
