//! The type of the arrays that are written.

use maskrle::ElementType;

use super::masks::Masks;

/// The smallest type that holds every value of every mask.
pub fn smallest(masks: &Masks) -> ElementType {
    let (mut low, mut high) = (0, 1);
    // The values of a binary mask are known, and its runs need not be looked at.
    for value in masks
        .iter()
        .filter(|mask| !mask.is_binary())
        .flat_map(|mask| mask.values())
    {
        (low, high) = (low.min(value), high.max(value));
    }
    let holds = |min: i64, max: i64| min <= low && high <= max;
    match () {
        () if holds(0, u8::MAX.into()) => ElementType::U8,
        () if holds(i8::MIN.into(), i8::MAX.into()) => ElementType::I8,
        () if holds(0, u16::MAX.into()) => ElementType::U16,
        () if holds(i16::MIN.into(), i16::MAX.into()) => ElementType::I16,
        () if holds(0, u32::MAX.into()) => ElementType::U32,
        () if holds(i32::MIN.into(), i32::MAX.into()) => ElementType::I32,
        () => ElementType::I64,
    }
}
