//! Threads, which the system may refuse: the work is then done on the one that there is.

use std::sync::{Arc, Mutex};
use std::thread;

use rayon::{Scope, ThreadPool, ThreadPoolBuilder};

/// Threads that work together.
#[derive(Debug, Clone)]
pub enum Pool {
    Threads(Arc<ThreadPool>),
    /// The caller's thread alone: no other can be started.
    None,
}

impl Pool {
    /// A pool of as many threads, or of one a core if that is 0.
    pub fn new(threads: usize) -> Self {
        /// Threads that encode and write what is read meanwhile.
        const BESIDE: usize = 2;
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().ok();
        match pool.filter(|_| can_start(BESIDE)) {
            Some(pool) => Pool::Threads(Arc::new(pool)),
            None => Pool::None,
        }
    }

    /// Number of its threads.
    pub fn threads(&self) -> usize {
        match self {
            Pool::Threads(pool) => pool.current_num_threads(),
            Pool::None => 1,
        }
    }

    /// True if the caller's thread is the only one.
    pub fn is_none(&self) -> bool {
        matches!(self, Pool::None)
    }

    /// Does `work`, whose tasks go to the pool's threads.
    pub fn install<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match self {
            Pool::Threads(pool) => pool.install(work),
            Pool::None => work(),
        }
    }

    /// Runs `here` on this thread, while the others may be given tasks.
    pub fn scope<'s, T>(&self, here: impl FnOnce(&Scope<'s>) -> T) -> T {
        match self {
            Pool::Threads(pool) => pool.in_place_scope(here),
            Pool::None => rayon::in_place_scope(here),
        }
    }
}

/// True if as many more threads can run at once now.
fn can_start(threads: usize) -> bool {
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock();
    let start = |_| {
        let gate = gate.clone();
        let wait = move || drop(gate.lock());
        thread::Builder::new().spawn(wait).ok()
    };
    let started: Vec<_> = (0..threads).map_while(start).collect();
    drop(closed);
    let count = started.len();
    started.into_iter().for_each(|thread| drop(thread.join()));
    count == threads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_has_the_threads_that_were_asked_for() {
        assert_eq!(Pool::new(3).threads(), 3);
        assert_eq!(Pool::new(3).install(rayon::current_num_threads), 3);
        assert!(Pool::new(0).threads() > 0);
        assert!(can_start(2));
    }
}
