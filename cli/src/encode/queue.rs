//! Sources that wait for the workers, in their order.
//!
//! No worker waits for memory that only the writing of earlier sources frees: where there is none,
//! its task ends, and begins again once there is some.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::memory::Memory;

/// Sources that wait, and tasks that take them.
#[derive(Debug)]
pub struct Queue<S>(Mutex<State<S>>);

#[derive(Debug)]
struct State<S> {
    waiting: VecDeque<S>,
    /// Number of sources that were taken, and whose results were not received.
    under_way: usize,
    /// Number of tasks. Each has a source under way.
    tasks: usize,
}

impl<S> Default for Queue<S> {
    fn default() -> Self {
        Queue(Mutex::new(State {
            waiting: VecDeque::new(),
            under_way: 0,
            tasks: 0,
        }))
    }
}

impl<S> Queue<S> {
    fn state(&self) -> MutexGuard<'_, State<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn push(&self, source: S) {
        self.state().waiting.push_back(source);
    }

    /// Forgets the sources that wait.
    pub fn clear(&self) {
        self.state().waiting.clear();
    }

    /// The first source of a new task, unless there are as many tasks as there may be, or none is
    /// needed.
    pub fn begin(&self, most_tasks: usize, memory: &Memory) -> Option<S> {
        let mut state = self.state();
        let is_wanted = state.tasks < most_tasks;
        let source = is_wanted.then(|| state.take(memory)).flatten();
        state.tasks += usize::from(source.is_some());
        source
    }

    /// The next source of a task, which ends if there is none; and the number of those that wait.
    pub fn next(&self, memory: &Memory) -> (Option<S>, usize) {
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

impl<S> State<S> {
    fn take(&mut self, memory: &Memory) -> Option<S> {
        let source = match memory.is_full() {
            true => None,
            false => self.waiting.pop_front(),
        };
        self.under_way += usize::from(source.is_some());
        source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_end_without_memory_and_begin_again_with_some() {
        let (queue, memory) = (Queue::default(), Memory::new(10));
        (0..5).for_each(|source| queue.push(source));
        assert!(queue.is_idle());
        assert_eq!(queue.begin(2, &memory), Some(0));
        assert_eq!(queue.begin(2, &memory), Some(1));
        assert_eq!(queue.begin(2, &memory), None, "there are two");
        let (first, second) = (memory.take(5), memory.take(5));
        assert_eq!(queue.next(&memory), (None, 3));
        assert_eq!(queue.next(&memory), (None, 3));
        queue.received(1);
        drop(first);
        assert!(!queue.is_idle());
        assert_eq!(queue.begin(2, &memory), Some(2));
        assert_eq!(queue.next(&memory), (Some(3), 1));
        queue.received(3);
        assert!(queue.is_idle());
        queue.clear();
        assert_eq!(queue.next(&memory), (None, 0));
        drop(second);
    }
}
