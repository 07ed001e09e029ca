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
