//! Every dialect: as its own tool writes it, there and back, and bytes that are none of it.

mod cvat;
mod golden;
mod label_studio;
mod there_and_back;
mod wrapped;
mod yolo;

#[path = "../support/mod.rs"]
mod support;

/// Text of the error.
fn refused<T: std::fmt::Debug>(read: maskrle::Result<T>) -> String {
    read.unwrap_err().to_string()
}
