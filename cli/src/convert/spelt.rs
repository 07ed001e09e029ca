//! Numbers as JSON spells them.

use serde_json::Number;

/// A number as JSON spells it, a whole one by its digits alone.
pub fn spelt(number: f64) -> Option<Number> {
    /// Numbers up to this are exact as floats.
    const MOST: f64 = (1u64 << 53) as f64;
    match number.fract() == 0.0 && number.abs() <= MOST {
        true => Some((number as i64).into()),
        false => Number::from_f64(number),
    }
}
