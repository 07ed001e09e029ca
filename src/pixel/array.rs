//! Masks that own their pixels, of an element type that is known only at run time.

use ndarray::Array3;

use super::element::{Element, Float, Integer};
use super::masks::Masks;
use super::typed::{PixelArray, with_array};
use crate::{Error, Result};

/// Generic code that is run over the typed array of a [`PixelArray`].
///
/// ```
/// use maskrle::{Float, Integer, PixelArray, PixelVisitor};
/// use ndarray::Array3;
///
/// /// Number of pixels that are not 0, or above a threshold.
/// struct Foreground(f64);
///
/// impl PixelVisitor for Foreground {
///     type Output = usize;
///
///     fn integers<T: Integer>(self, pixels: &Array3<T>) -> usize {
///         pixels.iter().filter(|&&pixel| pixel != T::default()).count()
///     }
///
///     fn floats<T: Float>(self, pixels: &Array3<T>) -> usize {
///         let threshold = T::nearest(self.0);
///         pixels.iter().filter(|&&pixel| pixel > threshold).count()
///     }
/// }
///
/// let pixels = PixelArray::from(Array3::<u64>::ones((1, 2, 3)));
/// assert_eq!(pixels.visit(Foreground(0.5)), 6);
/// ```
pub trait PixelVisitor {
    /// The result of a visit.
    type Output;

    /// Visits pixels of an integer type.
    fn integers<T: Integer>(self, pixels: &Array3<T>) -> Self::Output;

    /// Visits pixels of a float type.
    fn floats<T: Float>(self, pixels: &Array3<T>) -> Self::Output;
}

impl<T: Element> From<Array3<T>> for PixelArray {
    fn from(array: Array3<T>) -> Self {
        T::array(array)
    }
}

impl PixelArray {
    /// Runs the visitor over the typed array.
    pub fn visit<V: PixelVisitor>(&self, visitor: V) -> V::Output {
        with_array!(
            self,
            integers array => visitor.integers(array),
            floats array => visitor.floats(array),
        )
    }

    /// Masks, height and width.
    pub fn shape(&self) -> [usize; 3] {
        let (masks, height, width) = with_array!(self, array => array.dim());
        [masks, height, width]
    }

    /// Steps from mask to mask, row to row and column to column, in pixels.
    pub fn strides(&self) -> [isize; 3] {
        with_array!(self, array => strides(array))
    }

    /// Bytes that the pixels take.
    pub fn bytes(&self) -> u64 {
        let pixels = with_array!(self, array => array.len());
        pixels as u64 * self.element_type().bytes()
    }

    /// The pixels as they lie in memory, in the machine's byte order; none if there are gaps
    /// between them.
    ///
    /// ```
    /// use maskrle::PixelArray;
    ///
    /// let pixels = PixelArray::from(ndarray::arr3(&[[[true, false]]]));
    /// assert_eq!(pixels.as_bytes(), Some(&[1, 0][..]));
    /// ```
    pub fn as_bytes(&self) -> Option<&[u8]> {
        with_array!(self, array => bytes(array))
    }

    /// The masks whose foreground is every non-zero pixel: [`Masks::binary`].
    ///
    /// # Errors
    /// [`Error::Input`] if the pixels are floats, and the errors of [`Masks::binary`].
    pub fn binary(&self) -> Result<Masks<'_>> {
        with_array!(
            self,
            integers array => Masks::binary(array),
            floats _array => Err(self.needs_threshold("PixelArray::binary")),
        )
    }

    /// The masks as label maps: [`Masks::labels`].
    ///
    /// # Errors
    /// [`Error::Input`] if the pixels are floats, and the errors of [`Masks::labels`].
    pub fn labels(&self) -> Result<Masks<'_>> {
        with_array!(
            self,
            integers array => Masks::labels(array),
            floats _array => Err(self.needs_threshold("PixelArray::labels")),
        )
    }

    /// The masks whose foreground is every pixel above `threshold`: [`Masks::threshold`].
    ///
    /// # Errors
    /// [`Error::Input`] if the pixels are integers, and the errors of [`Masks::threshold`].
    pub fn threshold(&self, threshold: f64) -> Result<Masks<'_>> {
        with_array!(
            self,
            integers _array => Err(Error::Input(format!(
                "PixelArray::threshold is for floats, these are {}: PixelArray::binary takes those \
                 that are not 0",
                self.element_type(),
            ))),
            floats array => Masks::threshold(array, threshold),
        )
    }

    fn needs_threshold(&self, call: &str) -> Error {
        let element = self.element_type();
        Error::Input(format!(
            "{call} is for integers, these are {element}: PixelArray::threshold takes those above \
             a threshold"
        ))
    }
}

fn strides<T>(array: &Array3<T>) -> [isize; 3] {
    [0, 1, 2].map(|axis| array.strides()[axis])
}

fn bytes<T: Element>(array: &Array3<T>) -> Option<&[u8]> {
    array.as_slice_memory_order().map(bytemuck::cast_slice)
}
