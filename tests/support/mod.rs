//! Test stacks, the oracle that they are compared with, and the comparisons.
#![allow(
    dead_code,
    unused_imports,
    reason = "each test target uses its part of it"
)]

mod check;
pub mod formulas;
mod oracle;
mod orders;
mod random;
pub mod resampled;
mod single;
mod stacks;
pub mod strategies;
mod views;

pub use check::*;
pub use oracle::*;
pub use orders::ORDERS;
pub use random::Random;
pub use single::only;
pub use stacks::*;
pub use views::each_strided;
