//! The limit on the runs of all masks, while they are made.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::limits::Limits;

/// Runs that are told to other threads together.
const TOGETHER: u64 = 1 << 12;

/// Counts the runs of one mask with those of all others.
pub(super) struct Tally<'a> {
    limit: u64,
    all: &'a AtomicU64,
    /// Runs that are not among all yet.
    own: u64,
}

impl<'a> Tally<'a> {
    pub(super) fn new(limits: &Limits, all: &'a AtomicU64) -> Self {
        Tally {
            limit: limits.runs,
            all,
            own: 0,
        }
    }

    /// Counts some more. False once there are too many, which may be found later: by
    /// [`Tally::is_within`] at the latest.
    #[inline(always)]
    pub(super) fn add(&mut self, runs: u64) -> bool {
        self.own = self.own.saturating_add(runs);
        self.own < TOGETHER || self.is_within()
    }

    /// False if there are too many.
    pub(super) fn is_within(&mut self) -> bool {
        let own = std::mem::take(&mut self.own);
        let sum = |all: u64| Some(all.saturating_add(own));
        let order = Ordering::Relaxed;
        let (Ok(before) | Err(before)) = self.all.fetch_update(order, order, sum);
        before.saturating_add(own) <= self.limit
    }
}
