//! `Runs`: a stack of encoded masks.

mod build;
mod class;
mod export;
mod index;
mod measure;
mod pickle;
mod regions;
mod shape;

pub(crate) use class::Runs;
