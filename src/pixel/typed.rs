//! Pixels and values whose element type is known only at run time: enums with a variant for each
//! type, and matches over them.

use half::{bf16, f16};
use ndarray::{Array3, ArrayView2, ArrayView4};

use super::element_type::ElementType;
use super::list::for_each_element;
use super::order::BitOrder;

macro_rules! define {
    (
        integers {
            $($integer:ident $integer_type:ident $integer_bits:ident $integer_name:literal,)*
        }
        floats {
            $($float:ident $float_type:ident $float_bits:ident $float_name:literal,)*
        }
    ) => {
        /// The pixels of one array, as `[b, k, height, width]`.
        #[derive(Debug, Clone)]
        #[doc(hidden)]
        pub enum Pixels<'a> {
            $($integer(ArrayView4<'a, $integer_type>),)*
            $($float(ArrayView4<'a, $float_type>),)*
            /// Eight to a byte along the rows, which begin at a byte.
            Packed {
                bytes: ArrayView4<'a, u8>,
                width: usize,
                order: BitOrder,
            },
        }

        impl Pixels<'_> {
            /// The element type; none of packed bits.
            pub(super) fn element_type(&self) -> Option<ElementType> {
                match self {
                    $(Pixels::$integer(_) => Some(ElementType::$integer),)*
                    $(Pixels::$float(_) => Some(ElementType::$float),)*
                    Pixels::Packed { .. } => None,
                }
            }
        }

        /// Values of runs, in the element type of the masks they come from.
        ///
        /// Whatever the type, the values of runs are at most `i64::MAX`: [`MaskRuns::values`] and
        /// the formats give them as i64.
        ///
        /// ```
        /// use maskrle::{Encoder, Labels, Masks, Order, Values};
        ///
        /// let classes = ndarray::arr2(&[[0u16, 700, 700]]);
        /// let runs = Encoder::new().runs(&Masks::labels(&classes)?, Order::RowMajor)?;
        /// assert_eq!(*runs.values(), Values::Labels(Labels::U16(vec![0, 700])));
        /// # Ok::<(), maskrle::Error>(())
        /// ```
        ///
        /// [`MaskRuns::values`]: crate::MaskRuns::values
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[cfg_attr(
            feature = "serde",
            derive(serde::Serialize, serde::Deserialize),
            serde(rename_all = "snake_case")
        )]
        #[non_exhaustive]
        pub enum Labels {
            $(#[doc = concat!("Values of [`", stringify!($integer_type), "`] pixels.")]
            $integer(Vec<$integer_type>),)*
        }

        /// Masks `[n, height, width]` that own their pixels, of an element type that is known only
        /// at run time, as code has them that reads files.
        ///
        /// ```
        /// use maskrle::{ElementType, Encoder, PixelArray};
        /// use ndarray::Array3;
        ///
        /// let pixels = PixelArray::from(Array3::<f32>::zeros((2, 4, 5)));
        /// assert_eq!(pixels.element_type(), ElementType::F32);
        /// assert_eq!(pixels.shape(), [2, 4, 5]);
        /// assert!(pixels.binary().is_err(), "floats need a threshold");
        /// assert_eq!(Encoder::new().coco(&pixels.threshold(-0.5)?)?.len(), 2);
        /// # Ok::<(), maskrle::Error>(())
        /// ```
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum PixelArray {
            $(#[doc = concat!("Pixels of `", stringify!($integer_type), "`.")]
            $integer(Array3<$integer_type>),)*
            $(#[doc = concat!("Pixels of `", stringify!($float_type), "`.")]
            $float(Array3<$float_type>),)*
        }

        impl PixelArray {
            /// The type of the pixels.
            pub fn element_type(&self) -> ElementType {
                match self {
                    $(PixelArray::$integer(_) => ElementType::$integer,)*
                    $(PixelArray::$float(_) => ElementType::$float,)*
                }
            }
        }
    };
}
for_each_element! { [define] }

/// Runs `$body` with `$view` bound to the typed view of `$pixels`, or `$packed` where they are
/// packed bits. With `integers`, `$body` is for those only, and `$others` for floats and packed
/// bits.
macro_rules! with_view {
    (
        $pixels:expr, $view:ident => $body:expr,
        ($bytes:ident, $width:ident, $order:ident) => $packed:expr $(,)?
    ) => {
        $crate::pixel::for_each_element! {
            [$crate::pixel::match_pixels]
            [$pixels] [$view => $body] [$view => $body] [{
                bytes: $bytes,
                width: $width,
                order: $order,
            } => $packed]
        }
    };
    ($pixels:expr, integers $view:ident => $body:expr, others => $others:expr $(,)?) => {
        $crate::pixel::for_each_element! {
            [$crate::pixel::match_pixels]
            [$pixels] [$view => $body] [_view => $others] [{ .. } => $others]
        }
    };
}
pub(crate) use with_view;

/// The match of [`with_view`]; bodies for integers, for floats and for packed bits.
macro_rules! match_pixels {
    (
        [$pixels:expr] [$of_integers:ident => $integers:expr] [$of_floats:ident => $floats:expr]
        [$packed:tt => $of_packed:expr]
        integers {
            $($integer:ident $integer_type:ident $integer_bits:ident $integer_name:literal,)*
        }
        floats {
            $($float:ident $float_type:ident $float_bits:ident $float_name:literal,)*
        }
    ) => {
        match $pixels {
            $($crate::pixel::Pixels::$integer($of_integers) => $integers,)*
            $($crate::pixel::Pixels::$float($of_floats) => $floats,)*
            $crate::pixel::Pixels::Packed $packed => $of_packed,
        }
    };
}
pub(crate) use match_pixels;

/// Runs `$body` with `$values` bound to the typed values.
macro_rules! with_labels {
    ($labels:expr, $values:ident => $body:expr) => {
        $crate::pixel::for_each_element! {
            [$crate::pixel::match_labels] [$labels] [$values => $body]
        }
    };
}
pub(crate) use with_labels;

/// The match of [`with_labels`].
macro_rules! match_labels {
    (
        [$labels:expr] [$values:ident => $body:expr]
        integers {
            $($integer:ident $integer_type:ident $integer_bits:ident $integer_name:literal,)*
        }
        floats $floats:tt
    ) => {
        match $labels {
            $($crate::pixel::Labels::$integer($values) => $body,)*
        }
    };
}
pub(crate) use match_labels;

/// Runs `$body` with `$array` bound to the typed array; or another one for floats.
macro_rules! with_array {
    ($pixels:expr, $array:ident => $body:expr) => {
        $crate::pixel::for_each_element! {
            [$crate::pixel::match_array] [$pixels] [$array => $body] [$array => $body]
        }
    };
    (
        $pixels:expr,
        integers $of_integers:ident => $integers:expr,
        floats $of_floats:ident => $floats:expr $(,)?
    ) => {
        $crate::pixel::for_each_element! {
            [$crate::pixel::match_array] [$pixels]
            [$of_integers => $integers] [$of_floats => $floats]
        }
    };
}
pub(crate) use with_array;

/// The match of [`with_array`].
macro_rules! match_array {
    (
        [$pixels:expr] [$of_integers:ident => $integers:expr] [$of_floats:ident => $floats:expr]
        integers {
            $($integer:ident $integer_type:ident $integer_bits:ident $integer_name:literal,)*
        }
        floats {
            $($float:ident $float_type:ident $float_bits:ident $float_name:literal,)*
        }
    ) => {
        match $pixels {
            $($crate::pixel::PixelArray::$integer($of_integers) => $integers,)*
            $($crate::pixel::PixelArray::$float($of_floats) => $floats,)*
        }
    };
}
pub(crate) use match_array;

/// One mask of `[b, k, height, width]`.
pub(crate) fn mask_of<'v, T>(view: &'v ArrayView4<'_, T>, [b, k]: [usize; 2]) -> ArrayView2<'v, T> {
    view.index_axis(ndarray::Axis(0), b)
        .index_axis_move(ndarray::Axis(0), k)
}

impl Pixels<'_> {
    pub(super) fn shape(&self) -> [usize; 4] {
        let mut width_of_packed = None;
        let shape = with_view!(self, view => view.shape(), (bytes, width, _order) => {
            width_of_packed = Some(*width);
            bytes.shape()
        });
        [
            shape[0],
            shape[1],
            shape[2],
            width_of_packed.unwrap_or(shape[3]),
        ]
    }

    /// The element type, as messages name it.
    pub(super) fn type_name(&self) -> &'static str {
        self.element_type().map_or("packed bits", ElementType::name)
    }
}
