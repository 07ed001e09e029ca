//! The map by which a mask is warped: the source pixel of each target pixel.

use crate::pixel::Order;
use crate::{Error, Result};

pub(super) type Matrix = [[f64; 3]; 3];

/// A map from source to target and its inverse, as matrices of homogeneous coordinates.
#[derive(Clone, Copy)]
pub(super) struct Projection {
    pub(super) forward: Matrix,
    pub(super) inverse: Matrix,
}

impl Projection {
    /// The map of a matrix on (x, y, 1). Its inverse is its adjugate, divided by its determinant.
    pub(super) fn new(matrix: Matrix) -> Result<Self> {
        if !matrix.iter().flatten().all(|number| number.is_finite()) {
            return Err(Error::Input(format!(
                "the matrix {matrix:?} needs finite numbers"
            )));
        }
        let [[a, b, c], [d, e, f], [g, h, i]] = matrix;
        let adjugate = [
            [e * i - f * h, c * h - b * i, b * f - c * e],
            [f * g - d * i, a * i - c * g, c * d - a * f],
            [d * h - e * g, b * g - a * h, a * e - b * d],
        ];
        let determinant = a * adjugate[0][0] + b * adjugate[1][0] + c * adjugate[2][0];
        let terms = a.abs() * ((e * i).abs() + (f * h).abs())
            + b.abs() * ((f * g).abs() + (d * i).abs())
            + c.abs() * ((d * h).abs() + (e * g).abs());
        // What rounding alone may leave of a determinant of 0.
        if terms.is_finite() && determinant.abs() <= 4.0 * f64::EPSILON * terms {
            return Err(Error::Input(format!(
                "the matrix {matrix:?} has no inverse: its determinant is 0, or as near to it as \
                 rounding takes it"
            )));
        }
        let inverse = adjugate.map(|row| row.map(|number| number / determinant));
        let mut numbers = inverse.iter().flatten();
        if !terms.is_finite() || !numbers.all(|number| number.is_finite()) {
            return Err(Error::Input(format!(
                "the matrix {matrix:?} has numbers that are too large or too small to be inverted"
            )));
        }
        Ok(Projection {
            forward: matrix,
            inverse,
        })
    }

    /// The same map on (position, line, 1), of scan lines in this order.
    pub(super) fn on_lines(self, order: Order) -> Self {
        match order {
            Order::RowMajor => self,
            Order::ColumnMajor => Projection {
                forward: exchanged(self.forward),
                inverse: exchanged(self.inverse),
            },
        }
    }

    /// The source pixel that a target pixel is, both as position and line; none if it is outside of
    /// a source of this length and number of lines.
    ///
    /// This is the definition of a warp. Sums are of three terms of which the last one is constant,
    /// so that exchanging x and y changes no bit of a result.
    #[inline(always)]
    pub(super) fn source_of(&self, target: [u32; 2], source: [u32; 2]) -> Option<[u32; 2]> {
        let [u, v] = target.map(f64::from);
        let [x, y, w] = self.inverse.map(|[a, b, c]| a * u + b * v + c);
        if w == 0.0 {
            return None;
        }
        // Of affine maps w is 1, by which nothing needs to be divided.
        let [x, y] = if w == 1.0 { [x, y] } else { [x / w, y / w] };
        let [x, y] = [x + 0.5, y + 0.5];
        // Rounded towards zero, which is down, as both are at least 0.
        let is_inside = x >= 0.0 && y >= 0.0 && x < source[0].into() && y < source[1].into();
        is_inside.then_some([x as u32, y as u32])
    }
}

/// The matrix with its first two coordinates exchanged.
fn exchanged(matrix: Matrix) -> Matrix {
    let [first, second, third] = matrix.map(|[a, b, c]| [b, a, c]);
    [second, first, third]
}
