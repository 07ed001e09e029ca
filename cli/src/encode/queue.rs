//! Sources that wait for the workers, in their order.
//!
//! No worker waits for memory that only the writing of earlier sources frees: where there is none,
//! its task ends, and begins again once there is some.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::memory::Memory;
use crate::read::Source;

/// A source and its number, counted from 0.
pub type Numbered = (usize, Source);

/// Sources that wait, and tasks that take them.
#[derive(Default)]
pub struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: VecDeque<Numbered>,
    /// Number of sources that were taken, and whose results were not received.
    under_way: usize,
    /// Number of tasks. Each has a source under way.
    tasks: usize,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn push(&self, source: Numbered) {
        self.state().waiting.push_back(source);
    }

    /// Forgets the sources that wait.
    pub fn clear(&self) {
        self.state().waiting.clear();
    }

    /// The first source of a new task, unless there are as many tasks as there may be, or none is
    /// needed.
    pub fn begin(&self, most_tasks: usize, memory: &Memory) -> Option<Numbered> {
        let mut state = self.state();
        let is_wanted = state.tasks < most_tasks;
        let source = is_wanted.then(|| state.take(memory)).flatten();
        state.tasks += usize::from(source.is_some());
        source
    }

    /// The next source of a task, which ends if there is none; and the number of those that wait.
    pub fn next(&self, memory: &Memory) -> (Option<Numbered>, usize) {
        let mut state = self.state();
        let source = state.take(memory);
        state.tasks -= usize::from(source.is_none());
        (source, state.waiting.len())
    }

    /// Counts results that were received.
    pub fn received(&self, count: usize) {
        self.state().under_way -= count;
    }

    /// True if no result will come.
    pub fn is_idle(&self) -> bool {
        self.state().under_way == 0
    }
}

impl State {
    fn take(&mut self, memory: &Memory) -> Option<Numbered> {
        let source = match memory.is_full() {
            true => None,
            false => self.waiting.pop_front(),
        };
        self.under_way += usize::from(source.is_some());
        source
    }
}
