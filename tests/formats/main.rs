//! Every format there and back, and bytes that are none of it.

mod coco;
mod drawn;
mod every_format;
mod kaggle;
mod read;
#[path = "../support/mod.rs"]
mod support;
mod values;
