//! One mask as rows of memory, whatever its strides: what both backends read.

use std::ops::Range;

use ndarray::{ArrayView2, Axis, s};

use crate::element::{Bits, Element};
use crate::masks::{BitOrder, Masks, Order, mask_of, with_view};

/// How the scan lies to the rows of a [`Plane`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scan {
    /// Along each row, and on to the next.
    Along,
    /// Down each column, and on to the next.
    Across,
}

/// A mask's pixels as rows that lie along memory where any axis does. Where the columns of the mask lie along memory, or
/// the whole mask does in scan order, height and width are not the mask's.
pub(crate) trait Plane: Sync {
    type Bits: Bits;

    fn height(&self) -> usize;
    fn width(&self) -> usize;

    /// Some columns of some rows, at most [`MOST_ROWS`]: borrowed where they lie along memory, else gathered into `scratch`.
    fn rows<'s>(
        &'s self,
        rows: Range<usize>,
        columns: Range<usize>,
        scratch: &'s mut Vec<Self::Bits>,
    ) -> Rows<'s, Self::Bits>;
}

/// A band of 64 rows, and the one above it.
pub(crate) const MOST_ROWS: usize = 65;

/// Some rows of a plane, all of one length.
pub(crate) struct Rows<'s, B> {
    rows: [&'s [B]; MOST_ROWS],
    count: usize,
}

impl<'s, B> std::ops::Deref for Rows<'s, B> {
    type Target = [&'s [B]];

    fn deref(&self) -> &[&'s [B]] {
        &self.rows[..self.count]
    }
}

impl<'s, B> Rows<'s, B> {
    /// `count` rows of `width` pixels, which lie one after the other.
    fn split(pixels: &'s [B], count: usize, width: usize) -> Self {
        let mut rows: [&[B]; MOST_ROWS] = [&[]; MOST_ROWS];
        for (index, row) in rows[..count].iter_mut().enumerate() {
            *row = &pixels[index * width..(index + 1) * width];
        }
        Rows { rows, count }
    }
}

/// What is done with a plane, for whatever element type it has.
pub(crate) trait PlaneVisitor {
    type Output;
    fn visit<P: Plane>(self, plane: &P, scan: Scan) -> Self::Output;
}

/// Shows mask `index` to the visitor as the plane that reads best in the given scan order.
pub(crate) fn visit_plane<V: PlaneVisitor>(masks: &Masks<'_>, index: usize, order: Order, visitor: V) -> V::Output {
    let (pixels, place) = masks.stack_of(index);
    with_view!(pixels, view => {
        let (plane, scan) = Strided::new(mask_of(view, place), order);
        visitor.visit(&plane, scan)
    }, (bytes, width, bit_order) => {
        let plane = Packed { rows: mask_of(bytes, place), width: *width, order: *bit_order };
        // Down one row is along it.
        let scan = if order == Order::RowMajor || plane.height() == 1 { Scan::Along } else { Scan::Across };
        visitor.visit(&plane, scan)
    })
}

/// Pixels of an array.
struct Strided<'a, T> {
    rows: ArrayView2<'a, T>,
}

impl<'a, T: Element> Strided<'a, T> {
    fn new(mask: ArrayView2<'a, T>, order: Order) -> (Self, Scan) {
        let in_scan_order = if order == Order::RowMajor { mask } else { mask.reversed_axes() };
        if let Some(pixels) = in_scan_order.to_slice() {
            let rows = ArrayView2::from_shape((1, pixels.len()), pixels).expect("one row of all pixels");
            return (Strided { rows }, Scan::Along);
        }
        let lies_along = |axis: usize| in_scan_order.stride_of(Axis(axis)) == 1;
        if lies_along(0) && !lies_along(1) {
            (Strided { rows: in_scan_order.reversed_axes() }, Scan::Across)
        } else {
            (Strided { rows: in_scan_order }, Scan::Along)
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
        let part = self.rows.slice(s![rows.clone(), columns.clone()]);
        if let Some(pixels) = part.to_slice() {
            return Rows::split(bytemuck::cast_slice(pixels), count, width);
        }
        // Either every row can be borrowed, or none.
        let mut borrowed: [&[T::Bits]; MOST_ROWS] = [&[]; MOST_ROWS];
        for (row, index) in borrowed.iter_mut().zip(rows) {
            let Some(pixels) = self.rows.slice(s![index, columns.clone()]).to_slice() else {
                scratch.clear();
                scratch.extend(part.iter().map(|&pixel| bytemuck::cast::<T, T::Bits>(pixel)));
                return Rows::split(scratch, count, width);
            };
            *row = bytemuck::cast_slice(pixels);
        }
        Rows { rows: borrowed, count }
    }
}

/// Pixels packed eight to a byte, unpacked to 0 and 1.
struct Packed<'a> {
    rows: ArrayView2<'a, u8>,
    width: usize,
    order: BitOrder,
}

impl Plane for Packed<'_> {
    type Bits = u8;

    fn height(&self) -> usize {
        self.rows.nrows()
    }

    fn width(&self) -> usize {
        self.width
    }

    fn rows<'s>(&'s self, rows: Range<usize>, columns: Range<usize>, scratch: &'s mut Vec<u8>) -> Rows<'s, u8> {
        scratch.clear();
        for row in rows.clone() {
            let row = self.rows.row(row);
            scratch.extend(columns.clone().map(|x| self.order.bit(row[x / 8], x % 8)));
        }
        Rows::split(scratch, rows.len(), columns.len())
    }
}
