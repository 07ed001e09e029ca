//! The GPU backend.

use std::ops::Range;

use crate::encoder::{Builder, Starts};
use crate::masks::{Masks, Order};
use crate::{Error, Result};

#[derive(Debug)]
pub(crate) struct Gpu;

impl Gpu {
    pub(crate) fn open(_options: &Builder) -> Result<Self> {
        Err(Error::Gpu("no adapter".into()))
    }

    pub(crate) fn adapter_name(&self) -> &str {
        ""
    }

    pub(crate) fn starts(
        &self,
        masks: &Masks<'_>,
        _order: Order,
        cpu: impl Fn(Range<usize>) -> Starts,
    ) -> (Starts, u64) {
        (cpu(0..masks.len()), 0)
    }
}

/// An adapter, and whether it would be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
#[allow(missing_docs, reason = "stand-in")]
pub struct AdapterReport {
    pub name: String,
    pub backend: String,
    pub device_type: String,
    pub driver: String,
    pub vendor: u32,
    pub device: u32,
    pub software: bool,
    pub passed_over: Option<String>,
    pub max_binding_bytes: u64,
    pub max_buffer_bytes: u64,
    pub subgroups: bool,
    pub timestamps: bool,
    pub chosen: bool,
}

/// The adapters of this machine.
pub fn adapters() -> Vec<AdapterReport> {
    Vec::new()
}
