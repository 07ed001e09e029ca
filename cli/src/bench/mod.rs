//! `maskrle bench`: the speed of each backend at encoding a stack, as a share of what the machine's
//! memory allows.

mod args;
mod backends;
mod device;
mod input;
mod machine;
mod measure;
mod report;
mod run;
mod stack;
mod support;
mod task;
mod timed_backend;
mod timing;

pub use args::Args;
pub use run::run;
