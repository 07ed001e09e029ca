//! Names of the element types, for code that learns at run time which one it has.

use std::fmt;
use std::str::FromStr;

use half::{bf16, f16};

use super::list::for_each_element;
use crate::{Error, Result};

macro_rules! define {
    (
        integers {
            $($integer:ident $integer_type:ident $integer_bits:ident $integer_name:literal,)*
        }
        floats {
            $($float:ident $float_type:ident $float_bits:ident $float_name:literal,)*
        }
    ) => {
        /// The type of an array's pixels, where it is known only at run time.
        ///
        /// `Display` and `FromStr` write and read numpy's name.
        ///
        /// ```
        /// use maskrle::ElementType;
        ///
        /// let element: ElementType = "float16".parse()?;
        /// assert_eq!(element, ElementType::F16);
        /// assert_eq!(element.to_string(), "float16");
        /// assert_eq!(element.bytes(), 2);
        /// assert!(element.is_float());
        /// assert!("float128".parse::<ElementType>().is_err());
        /// # Ok::<(), maskrle::Error>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(
            feature = "serde",
            derive(serde::Serialize, serde::Deserialize),
            serde(rename_all = "snake_case")
        )]
        #[non_exhaustive]
        pub enum ElementType {
            $(
                #[doc = concat!(
                    "`", stringify!($integer_type), "`, numpy's `", $integer_name, "`."
                )]
                $integer,
            )*
            $(
                #[doc = concat!(
                    "`", stringify!($float_type), "`, numpy's `", $float_name, "`."
                )]
                $float,
            )*
        }

        impl ElementType {
            /// Every type there is, integers first.
            pub const ALL: &[ElementType] =
                &[$(ElementType::$integer,)* $(ElementType::$float,)*];

            /// The name that numpy gives the type; of `bfloat16`, which numpy does not have, the
            /// name that its extensions give it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(ElementType::$integer => $integer_name,)*
                    $(ElementType::$float => $float_name,)*
                }
            }

            /// Bytes of one pixel.
            pub const fn bytes(self) -> u64 {
                match self {
                    $(ElementType::$integer => size_of::<$integer_type>() as u64,)*
                    $(ElementType::$float => size_of::<$float_type>() as u64,)*
                }
            }

            /// True if pixels of this type are compared with a threshold: it is a
            /// [`Float`](crate::Float). The others are [`Integer`](crate::Integer)s.
            pub const fn is_float(self) -> bool {
                match self {
                    $(ElementType::$integer => false,)*
                    $(ElementType::$float => true,)*
                }
            }
        }
    };
}
for_each_element! { [define] }

impl ElementType {
    /// True if shaders can read pixels of this type: WGSL has no elements of 64 bits.
    #[cfg(feature = "gpu")]
    pub(crate) const fn is_on_device(self) -> bool {
        self.bytes() <= 4
    }
}

impl fmt::Display for ElementType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ElementType {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let named = |element: &&ElementType| element.name() == name;
        ElementType::ALL.iter().find(named).copied().ok_or_else(|| {
            let names = ElementType::ALL.iter().map(|element| element.name());
            let names = names.collect::<Vec<_>>().join(", ");
            Error::Input(format!("{name:?} is no element type, which are {names}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::ElementType;

    #[test]
    fn names_are_read_as_they_are_written() {
        for &element in ElementType::ALL {
            assert_eq!(element.to_string().parse(), Ok(element));
        }
        let error = "complex64".parse::<ElementType>().unwrap_err().to_string();
        assert!(
            error.contains("\"complex64\"") && error.contains("bfloat16"),
            "{error}"
        );
    }

    #[test]
    fn sizes_are_those_of_the_types() {
        let bytes = |bytes| {
            let all = ElementType::ALL.iter();
            all.filter(|element| element.bytes() == bytes).count()
        };
        assert_eq!([1, 2, 4, 8].map(bytes), [3, 4, 3, 3]);
        assert_eq!(ElementType::ALL.len(), 13);
    }
}
