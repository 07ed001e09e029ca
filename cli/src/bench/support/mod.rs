//! Code that `maskrle bench` and the criterion benches share: generated masks, the plain reference,
//! and the read limit.
//!
//! It stands here, and the criterion benches include it by path, so that the command needs nothing
//! from outside `src` and the library exports nothing that only benches use.

pub mod patterns;
pub mod read;
pub mod reference;
