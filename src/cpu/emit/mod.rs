//! Boundaries to run starts, or to COCO's strings.

mod destination;
mod emitter;

pub(crate) use destination::{CocoStrings, CollectedStarts, Destination};
pub(crate) use emitter::{Emitter, PendingStarts, WordEmitter};
