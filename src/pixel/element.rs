//! The types a pixel may have, and what the encoders need of each.

use half::f16;
use ndarray::ArrayView4;

use super::order::BitOrder;
use crate::predicate::Threshold;
use crate::simd::Lanes;

mod sealed {
    pub trait Sealed {}
}

/// A pixel's bits, whatever they mean: u8, u16 or u32.
pub trait Bits: Lanes + Into<u32> + bytemuck::Pod + sealed::Sealed {}
impl Bits for u8 {}
impl Bits for u16 {}
impl Bits for u32 {}

/// A type that pixels may have: bool, u8, i8, u16, i16, u32, i32, f16 or f32.
pub trait Element: Copy + Send + Sync + bytemuck::NoUninit + sealed::Sealed {
    /// The unsigned integer of the same width.
    #[doc(hidden)]
    type Bits: Bits;
    /// The type's name in numpy.
    #[doc(hidden)]
    const NAME: &'static str;
    #[doc(hidden)]
    fn pixels(view: ArrayView4<'_, Self>) -> Pixels<'_>;
}

/// Element types that hold a flag or a label: every one but the floats.
pub trait Integer: Element + bytemuck::Zeroable {
    #[doc(hidden)]
    fn labels(values: Vec<Self>) -> Labels;
    #[doc(hidden)]
    fn slice(labels: &Labels) -> Option<&[Self]>;
    #[doc(hidden)]
    fn view<'p, 'a>(pixels: &'p Pixels<'a>) -> Option<&'p ArrayView4<'a, Self>>;
    /// The label as this type, if it holds it; as bool, whether it is not 0.
    #[doc(hidden)]
    fn of_label(label: i64) -> Option<Self>;
}

/// Element types that hold a logit or a probability: f16 and f32.
pub trait Float: Element {
    /// The bits of the nearest value of this type, and of this type's infinity.
    #[doc(hidden)]
    fn threshold(value: f64) -> Threshold;
}

/// The pixels of one array, as `[b, k, height, width]`.
#[derive(Debug, Clone)]
#[doc(hidden)]
pub enum Pixels<'a> {
    Bool(ArrayView4<'a, bool>),
    U8(ArrayView4<'a, u8>),
    I8(ArrayView4<'a, i8>),
    U16(ArrayView4<'a, u16>),
    I16(ArrayView4<'a, i16>),
    U32(ArrayView4<'a, u32>),
    I32(ArrayView4<'a, i32>),
    F16(ArrayView4<'a, f16>),
    F32(ArrayView4<'a, f32>),
    Packed {
        bytes: ArrayView4<'a, u8>,
        width: usize,
        order: BitOrder,
    },
}

/// Runs `$body` with `$view` bound to the typed view of `$pixels`, or `$packed` where they are
/// packed bits.
macro_rules! with_view {
    ($pixels:expr, $view:ident => $body:expr, ($bytes:ident, $width:ident, $order:ident) => $packed:expr) => {
        match $pixels {
            $crate::pixel::Pixels::Bool($view) => $body,
            $crate::pixel::Pixels::U8($view) => $body,
            $crate::pixel::Pixels::I8($view) => $body,
            $crate::pixel::Pixels::U16($view) => $body,
            $crate::pixel::Pixels::I16($view) => $body,
            $crate::pixel::Pixels::U32($view) => $body,
            $crate::pixel::Pixels::I32($view) => $body,
            $crate::pixel::Pixels::F16($view) => $body,
            $crate::pixel::Pixels::F32($view) => $body,
            $crate::pixel::Pixels::Packed {
                bytes: $bytes,
                width: $width,
                order: $order,
            } => $packed,
        }
    };
}
pub(crate) use with_view;

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

    /// The element type, by numpy's name.
    pub(super) fn type_name(&self) -> &'static str {
        fn name<T: Element>(_: &ArrayView4<'_, T>) -> &'static str {
            T::NAME
        }
        with_view!(self, view => name(view), (_bytes, _width, _order) => "packed bits")
    }
}

/// Runs `$body` with `$values` bound to the typed values.
macro_rules! with_labels {
    ($labels:expr, $values:ident => $body:expr) => {
        match $labels {
            $crate::pixel::Labels::Bool($values) => $body,
            $crate::pixel::Labels::U8($values) => $body,
            $crate::pixel::Labels::I8($values) => $body,
            $crate::pixel::Labels::U16($values) => $body,
            $crate::pixel::Labels::I16($values) => $body,
            $crate::pixel::Labels::U32($values) => $body,
            $crate::pixel::Labels::I32($values) => $body,
        }
    };
}
pub(crate) use with_labels;

/// Values of runs, in the element type of the masks they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is named after its type")]
pub enum Labels {
    Bool(Vec<bool>),
    U8(Vec<u8>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
}

macro_rules! element {
    ($type:ty, $bits:ty, $variant:ident, $name:literal) => {
        impl sealed::Sealed for $type {}
        impl Element for $type {
            type Bits = $bits;
            const NAME: &'static str = $name;
            fn pixels(view: ArrayView4<'_, Self>) -> Pixels<'_> {
                Pixels::$variant(view)
            }
        }
    };
}

macro_rules! integer {
    ($type:ty, $bits:ty, $variant:ident, $name:literal, $label:ident => $of_label:expr) => {
        element!($type, $bits, $variant, $name);
        impl Integer for $type {
            fn labels(values: Vec<Self>) -> Labels {
                Labels::$variant(values)
            }
            fn slice(labels: &Labels) -> Option<&[Self]> {
                match labels {
                    Labels::$variant(values) => Some(values),
                    _ => None,
                }
            }
            fn view<'p, 'a>(pixels: &'p Pixels<'a>) -> Option<&'p ArrayView4<'a, Self>> {
                match pixels {
                    Pixels::$variant(view) => Some(view),
                    _ => None,
                }
            }
            fn of_label($label: i64) -> Option<Self> {
                $of_label
            }
        }
    };
}

integer!(bool, u8, Bool, "bool", label => Some(label != 0));
integer!(u8, u8, U8, "uint8", label => label.try_into().ok());
integer!(i8, u8, I8, "int8", label => label.try_into().ok());
integer!(u16, u16, U16, "uint16", label => label.try_into().ok());
integer!(i16, u16, I16, "int16", label => label.try_into().ok());
integer!(u32, u32, U32, "uint32", label => label.try_into().ok());
integer!(i32, u32, I32, "int32", label => label.try_into().ok());
element!(f16, u16, F16, "float16");
element!(f32, u32, F32, "float32");

impl Float for f16 {
    fn threshold(value: f64) -> Threshold {
        Threshold::new(
            u32::from(rounded_once(value).to_bits()) << 16,
            u32::from(f16::INFINITY.to_bits()) << 16,
        )
    }
}

impl Float for f32 {
    fn threshold(value: f64) -> Threshold {
        Threshold::new((value as f32).to_bits(), f32::INFINITY.to_bits())
    }
}

/// The nearest f16. `f16::from_f64` may round to f32 first, and then once more: here f32 is rounded
/// to odd, which keeps what the second rounding must know.
pub(crate) fn rounded_once(value: f64) -> f16 {
    let mut single = value as f32;
    if f64::from(single) != value && single.is_finite() {
        let bits = single.to_bits();
        let towards_zero = if f64::from(single).abs() > value.abs() {
            bits - 1
        } else {
            bits
        };
        single = f32::from_bits(towards_zero | 1);
    }
    f16::from_f32(single)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_rounded_to_f16_once() {
        let ulp = |exponent: i32| 2f64.powi(exponent);
        for (value, bits) in [
            (1.0 + ulp(-11), 0x3c00),
            (1.0 + ulp(-11) + ulp(-40), 0x3c01),
            (-1.0 - ulp(-11) - ulp(-40), 0xbc01),
            (1.0 + 3.0 * ulp(-11) - ulp(-40), 0x3c01),
            (65_519.999_9, 0x7bff),
            (65_520.0, 0x7c00),
            (1e300, 0x7c00),
            (ulp(-25), 0x0000),
            (ulp(-25) + ulp(-70), 0x0001),
            (-0.0, 0x8000),
            (f64::NEG_INFINITY, 0xfc00),
        ] {
            assert_eq!(rounded_once(value).to_bits(), bits, "{value:e}");
        }
    }
}
