//! Operations on runs. Only `decode` touches pixels, and makes them; all others take time and
//! memory by the runs.

mod components;
mod decode;
mod footprint;
mod iou;
mod label_map;
mod line_spans;
mod lines;
mod measure;
mod merge;
mod merge_words;
mod moments;
mod morphology;
mod nms;
mod order;
mod owned;
mod regions;
mod resize;
mod shape;
mod spans;
mod split;
mod tile;
mod turn;
mod walk;
mod warp;

pub use components::Connectivity;
pub use footprint::Footprint;
pub use iou::{box_iou, box_iou_within};
pub use merge::SetOp;
pub use moments::Moments;
pub use morphology::MorphOp;
pub use nms::box_nms;
pub use split::Instance;
