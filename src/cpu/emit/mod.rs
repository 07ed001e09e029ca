//! Boundaries to run starts, or to COCO's strings.

mod destination;
mod emitter;
mod instances;
mod measure;
mod measure_tiny;

pub(crate) use destination::{CocoStrings, CollectedStarts, Destination};
pub(crate) use emitter::{Emitter, PendingStarts, WordEmitter};
pub(crate) use instances::{Areas, Instances};
