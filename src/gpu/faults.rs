//! Faults on demand, for tests: a device that dies, refuses, does not answer or miscounts at a
//! chosen chunk. Only with the cargo feature `fault-injection`; else there are none, at no cost.

#[cfg(feature = "fault-injection")]
pub use self::injected::Faults;
#[cfg(not(feature = "fault-injection"))]
pub(crate) use self::none::Faults;

/// A way to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(hidden)]
pub enum Fault {
    /// The device is lost before the chunk is submitted.
    LostBefore,
    /// The device is lost while it works on the chunk.
    LostWithin,
    /// A buffer that the device refuses.
    OutOfMemory,
    /// A wait that ends too early.
    Timeout,
    /// An adapter that refuses the limits: of the next device that is opened.
    Refused,
    /// A total of no boundaries.
    NoBoundaries,
    /// A total of more boundaries than there are bits.
    TooManyBoundaries,
    /// Two starts that have changed places, of a chunk whose starts or strings come back.
    StartsOutOfOrder,
    /// A character that is another, of the first mask of a chunk whose strings come back.
    WrongCharacter,
    /// The last characters of such a chunk, which nobody has written.
    MissingCharacters,
}

#[cfg(feature = "fault-injection")]
mod injected {
    use std::ops::Range;
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

    use super::Fault;

    /// Faults that are still to come, each with the mask whose chunk it strikes, or with none if it
    /// strikes whichever is next.
    #[derive(Debug, Clone, Default)]
    #[doc(hidden)]
    pub struct Faults(Arc<Mutex<Schedule>>);

    #[derive(Debug, Default)]
    struct Schedule {
        planned: Vec<(Fault, Option<usize>)>,
        /// Faults that strike the chunk at hand.
        due: Vec<Fault>,
    }

    impl Faults {
        /// Each strikes once, when the chunk that holds the mask is encoded: of several at one
        /// chunk one each time.
        pub fn new(planned: impl IntoIterator<Item = (Fault, usize)>) -> Self {
            let faults = Faults::default();
            for (fault, mask) in planned {
                faults.add(fault, mask);
            }
            faults
        }

        /// Plans one more.
        pub fn add(&self, fault: Fault, mask: usize) {
            self.schedule().planned.push((fault, Some(mask)));
        }

        /// Plans one more, for the next chunk.
        pub fn add_for_next(&self, fault: Fault) {
            self.schedule().planned.push((fault, None));
        }

        /// Number of faults that have not struck yet.
        pub fn left(&self) -> usize {
            let schedule = self.schedule();
            schedule.planned.len() + schedule.due.len()
        }

        /// Makes the first fault due that strikes a chunk of these masks, which is about to be
        /// encoded. Others wait until one of the chunks comes again.
        pub(crate) fn reach(&self, masks: &Range<usize>) {
            let Schedule { planned, due } = &mut *self.schedule();
            let is_here = |(fault, mask): &(Fault, Option<usize>)| {
                let is_reached = mask.is_none_or(|mask| masks.contains(&mask));
                *fault != Fault::Refused && is_reached
            };
            if let Some(index) = planned.iter().position(is_here) {
                due.push(planned.remove(index).0);
            }
        }

        /// True if this fault strikes now.
        pub(crate) fn strikes(&self, fault: Fault) -> bool {
            let Schedule { planned, due } = &mut *self.schedule();
            if fault == Fault::Refused {
                let next = planned.iter().position(|(other, _)| *other == fault);
                return next.map(|index| planned.remove(index)).is_some();
            }
            let next = due.iter().position(|&other| other == fault);
            next.map(|index| due.remove(index)).is_some()
        }

        fn schedule(&self) -> MutexGuard<'_, Schedule> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}

#[cfg(not(feature = "fault-injection"))]
mod none {
    use std::ops::Range;

    use super::Fault;

    /// No faults.
    #[derive(Debug, Clone, Default)]
    pub(crate) struct Faults;

    const _: () = assert!(
        size_of::<Faults>() == 0,
        "a build without faults holds none"
    );

    impl Faults {
        #[inline(always)]
        pub(crate) fn reach(&self, _masks: &Range<usize>) {}

        #[inline(always)]
        pub(crate) fn strikes(&self, _fault: Fault) -> bool {
            false
        }
    }
}
