//! The one list of element types.

/// Hands the list of element types to another macro, after `arguments`: every enum over the types,
/// and every match over such an enum, is made from it. A type that is added here and not handled
/// somewhere does not compile.
///
/// An entry is the variant's name, the type, the unsigned integer of its width, and numpy's name.
macro_rules! for_each_element {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! {
            $($arguments)*
            integers {
                Bool bool u8 "bool",
                U8 u8 u8 "uint8",
                I8 i8 u8 "int8",
                U16 u16 u16 "uint16",
                I16 i16 u16 "int16",
                U32 u32 u32 "uint32",
                I32 i32 u32 "int32",
                U64 u64 u64 "uint64",
                I64 i64 u64 "int64",
            }
            floats {
                F16 f16 u16 "float16",
                Bf16 bf16 u16 "bfloat16",
                F32 f32 u32 "float32",
                F64 f64 u64 "float64",
            }
        }
    };
}
pub(crate) use for_each_element;
