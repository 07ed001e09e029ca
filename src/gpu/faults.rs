//! Faults on demand, for tests: a device that dies, refuses or does not answer at a chosen chunk.

use std::sync::{Arc, Mutex};

use super::device::lock;

/// What goes wrong.
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
}

/// The faults that are still to come, each with the mask whose chunk it strikes.
#[derive(Debug, Clone, Default)]
#[doc(hidden)]
pub struct Faults(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    planned: Vec<(Fault, usize)>,
    /// Those that strike the chunk at hand.
    due: Vec<Fault>,
}

impl Faults {
    /// Each strikes once, when the chunk that holds the mask is encoded.
    pub fn new(planned: impl IntoIterator<Item = (Fault, usize)>) -> Self {
        Faults(Arc::new(Mutex::new(State {
            planned: planned.into_iter().collect(),
            due: Vec::new(),
        })))
    }

    /// One more.
    pub fn add(&self, fault: Fault, mask: usize) {
        lock(&self.0).planned.push((fault, mask));
    }

    /// How many have not struck yet.
    pub fn left(&self) -> usize {
        let state = lock(&self.0);
        state.planned.len() + state.due.len()
    }

    /// A chunk of these masks is about to be encoded.
    pub(super) fn reach(&self, masks: &std::ops::Range<usize>) {
        let State { planned, due } = &mut *lock(&self.0);
        planned.retain(|(fault, mask)| {
            let is_here = *fault != Fault::Refused && masks.contains(mask);
            if is_here {
                due.push(*fault);
            }
            !is_here
        });
    }

    /// Whether this fault strikes now.
    pub(super) fn strikes(&self, fault: Fault) -> bool {
        let due = &mut lock(&self.0).due;
        let place = due.iter().position(|&other| other == fault);
        place.map(|place| due.remove(place)).is_some()
    }

    /// Whether the device that is being opened is refused.
    pub(super) fn strikes_opening(&self) -> bool {
        let planned = &mut lock(&self.0).planned;
        let place = planned
            .iter()
            .position(|(fault, _)| *fault == Fault::Refused);
        place.map(|place| planned.remove(place)).is_some()
    }
}
