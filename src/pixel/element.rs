//! The types a pixel may have, and what the encoders need of each.

use std::fmt::Debug;

use half::{bf16, f16};
use ndarray::{Array3, ArrayView4};

use super::element_type::ElementType;
use super::list::for_each_element;
use super::typed::{Labels, PixelArray, Pixels};
use crate::predicate::Threshold;
use crate::simd::Lanes;

/// Supertraits that nobody else can implement, with what callers need not see.
mod sealed {
    use super::*;

    pub trait Element: Copy + Send + Sync + bytemuck::NoUninit + bytemuck::Zeroable {
        /// The unsigned integer of the same width.
        type Bits: Bits;
        fn pixels(view: ArrayView4<'_, Self>) -> Pixels<'_>;
        fn array(array: Array3<Self>) -> PixelArray;
    }

    pub trait Integer: Element {
        fn labels(values: Vec<Self>) -> Labels;
        fn slice(labels: &Labels) -> Option<&[Self]>;
        fn view<'p, 'a>(pixels: &'p Pixels<'a>) -> Option<&'p ArrayView4<'a, Self>>;
        /// The label as this type, if it holds it; as bool, true if it is not 0.
        fn of_label(label: i64) -> Option<Self>;
        /// The pixel as the value of a run, if that holds it.
        fn to_label(self) -> Option<i64>;
        /// The pixel whose bits are the low ones of `word`.
        fn of_word(word: u32) -> Self;
    }

    pub trait Float: Element {
        /// The bits of the nearest value of this type, and of this type's infinity.
        fn threshold(value: f64) -> Threshold;
        /// The threshold that is below the nearest value of this type, and not below any less.
        fn at_least(value: f64) -> Threshold;
    }
}

/// A pixel's bits, whatever they mean: u8, u16, u32 or u64.
pub trait Bits: Lanes + Into<u64> + bytemuck::Pod {}
impl Bits for u8 {}
impl Bits for u16 {}
impl Bits for u32 {}
impl Bits for u64 {}

/// A type that pixels may have: one of [`ElementType`], each of which is an [`Integer`] or a
/// [`Float`].
///
/// ```
/// use maskrle::{Element, ElementType};
///
/// fn bytes<T: Element>(pixels: &[T]) -> u64 {
///     pixels.len() as u64 * T::TYPE.bytes()
/// }
/// assert_eq!(bytes(&[1.0f32, 2.0]), 8);
/// assert_eq!(<bool as Element>::TYPE, ElementType::Bool);
/// ```
pub trait Element: sealed::Element + Debug + Default + PartialEq {
    /// The type's name.
    const TYPE: ElementType;
}

/// Element types that hold a flag or a label: bool, u8, i8, u16, i16, u32, i32, u64 and i64.
///
/// ```
/// use maskrle::{Encoder, Integer, Masks, Order};
///
/// fn runs<T: Integer>(classes: &ndarray::Array2<T>) -> maskrle::Result<usize> {
///     let runs = Encoder::new().runs(&Masks::labels(classes)?, Order::RowMajor)?;
///     Ok(runs.starts().len())
/// }
/// assert_eq!(runs(&ndarray::arr2(&[[0i64, 7, 7]]))?, 2);
/// assert_eq!(runs(&ndarray::arr2(&[[true, true]]))?, 1);
/// # Ok::<(), maskrle::Error>(())
/// ```
pub trait Integer: Element + sealed::Integer {}

/// Element types that hold a logit or a probability: f16, bf16, f32 and f64.
///
/// ```
/// use maskrle::{Float, f16};
///
/// // A threshold is rounded to the pixels' type before they are compared with it.
/// assert_eq!(f32::nearest(0.1), 0.1f32);
/// assert_eq!(f16::nearest(65_520.0), f16::INFINITY);
/// ```
pub trait Float: Element + sealed::Float + PartialOrd + Into<f64> {
    /// The nearest value of this type, rounded once; of two equally near ones the even one.
    fn nearest(value: f64) -> Self;
}

macro_rules! element {
    ($variant:ident $type:ident $bits:ident) => {
        impl sealed::Element for $type {
            type Bits = $bits;
            fn pixels(view: ArrayView4<'_, Self>) -> Pixels<'_> {
                Pixels::$variant(view)
            }
            fn array(array: Array3<Self>) -> PixelArray {
                PixelArray::$variant(array)
            }
        }

        impl Element for $type {
            const TYPE: ElementType = ElementType::$variant;
        }
    };
}

/// Conversions that bool has of its own.
macro_rules! of_integer {
    (bool of_label $label:expr) => {
        Some($label != 0)
    };
    (bool of_word $word:expr) => {
        $word != 0
    };
    (bool to_label $pixel:expr) => {
        Some(i64::from($pixel))
    };
    ($type:ident of_label $label:expr) => {
        $label.try_into().ok()
    };
    ($type:ident of_word $word:expr) => {
        $word as $type
    };
    ($type:ident to_label $pixel:expr) => {
        $pixel.try_into().ok()
    };
}

macro_rules! implement {
    (
        integers {
            $($integer:ident $integer_type:ident $integer_bits:ident $integer_name:literal,)*
        }
        floats {
            $($float:ident $float_type:ident $float_bits:ident $float_name:literal,)*
        }
    ) => {
        $(
            element!($integer $integer_type $integer_bits);

            impl sealed::Integer for $integer_type {
                fn labels(values: Vec<Self>) -> Labels {
                    Labels::$integer(values)
                }
                fn slice(labels: &Labels) -> Option<&[Self]> {
                    match labels {
                        Labels::$integer(values) => Some(values),
                        _ => None,
                    }
                }
                fn view<'p, 'a>(pixels: &'p Pixels<'a>) -> Option<&'p ArrayView4<'a, Self>> {
                    match pixels {
                        Pixels::$integer(view) => Some(view),
                        _ => None,
                    }
                }
                fn of_label(label: i64) -> Option<Self> {
                    of_integer!($integer_type of_label label)
                }
                fn to_label(self) -> Option<i64> {
                    of_integer!($integer_type to_label self)
                }
                fn of_word(word: u32) -> Self {
                    of_integer!($integer_type of_word word)
                }
            }

            impl Integer for $integer_type {}
        )*
        $(
            element!($float $float_type $float_bits);

            impl sealed::Float for $float_type {
                fn threshold(value: f64) -> Threshold {
                    let aligned = |float: Self| {
                        u64::from(float.to_bits()) << (64 - $float_bits::BITS)
                    };
                    Threshold::new(aligned(Self::nearest(value)), aligned(Self::INFINITY))
                }

                fn at_least(value: f64) -> Threshold {
                    const SHIFT: u32 = 64 - $float_bits::BITS;
                    let aligned = |float: Self| u64::from(float.to_bits()) << SHIFT;
                    Threshold::below(
                        aligned(Self::nearest(value)),
                        1 << SHIFT,
                        aligned(Self::INFINITY),
                    )
                }
            }
        )*

        impl Labels {
            /// Pixels that are the low bits of words, as the device gives them.
            #[cfg(feature = "gpu")]
            pub(crate) fn of_words(element: ElementType, words: &[u32]) -> Self {
                match element {
                    $(ElementType::$integer => of_words::<$integer_type>(words),)*
                    $(ElementType::$float)|* => unreachable!("only integers are labels"),
                }
            }
        }

        impl ElementType {
            /// A threshold for pixels of this type; none of integers.
            pub(crate) fn threshold(self, value: f64) -> Option<Threshold> {
                use sealed::Float;
                match self {
                    $(ElementType::$integer)|* => None,
                    $(ElementType::$float => Some($float_type::threshold(value)),)*
                }
            }

            /// A threshold below which no pixel of this type is that is at least `value`; none of
            /// integers.
            pub(crate) fn at_least(self, value: f64) -> Option<Threshold> {
                use sealed::Float;
                match self {
                    $(ElementType::$integer)|* => None,
                    $(ElementType::$float => Some($float_type::at_least(value)),)*
                }
            }
        }
    };
}
for_each_element! { [implement] }

#[cfg(feature = "gpu")]
fn of_words<T: Integer>(words: &[u32]) -> Labels {
    T::labels(words.iter().map(|&word| T::of_word(word)).collect())
}

impl Float for f16 {
    fn nearest(value: f64) -> Self {
        f16::from_f32(rounded_to_odd(value))
    }
}

impl Float for bf16 {
    fn nearest(value: f64) -> Self {
        bf16::from_f32(rounded_to_odd(value))
    }
}

impl Float for f32 {
    fn nearest(value: f64) -> Self {
        value as f32
    }
}

impl Float for f64 {
    fn nearest(value: f64) -> Self {
        value
    }
}

/// An f32 next to the value, the odd one unless it is the value: rounded once more, to 16 bits, it
/// is what the value would be. The nearest f32, as `f16::from_f64` may take it, would be rounded
/// twice.
fn rounded_to_odd(value: f64) -> f32 {
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
    single
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ulp(exponent: i32) -> f64 {
        2f64.powi(exponent)
    }

    #[test]
    fn thresholds_are_rounded_to_f16_once() {
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
            assert_eq!(f16::nearest(value).to_bits(), bits, "{value:e}");
        }
    }

    #[test]
    fn thresholds_are_rounded_to_bf16_once() {
        for (value, bits) in [
            (1.0 + ulp(-8), 0x3f80),
            (1.0 + ulp(-8) + ulp(-40), 0x3f81),
            (-1.0 - ulp(-8) - ulp(-40), 0xbf81),
            (1.0 + 3.0 * ulp(-8) - ulp(-40), 0x3f81),
            (ulp(128) - ulp(119) - ulp(80), 0x7f7f),
            (ulp(128) - ulp(119), 0x7f80),
            (1e300, 0x7f80),
            (ulp(-134), 0x0000),
            (ulp(-134) + ulp(-180), 0x0001),
            (-0.0, 0x8000),
            (f64::NEG_INFINITY, 0xff80),
        ] {
            assert_eq!(bf16::nearest(value).to_bits(), bits, "{value:e}");
        }
    }

    #[test]
    fn labels_are_held_or_not() {
        assert_eq!(sealed::Integer::to_label(u64::MAX >> 1), Some(i64::MAX));
        assert_eq!(sealed::Integer::to_label((u64::MAX >> 1) + 1), None);
        assert_eq!(<u64 as sealed::Integer>::of_label(-1), None);
        assert_eq!(<bool as sealed::Integer>::of_label(-1), Some(true));
        assert_eq!(<i8 as sealed::Integer>::of_label(128), None);
        assert_eq!(<i8 as sealed::Integer>::of_word(0xff), -1);
    }
}
