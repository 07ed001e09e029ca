//! The kinds of file that masks are written to anew: CSV, rows, COCO's documents.

mod annotated;
mod kaggle;
mod rows;

pub use annotated::Annotated;
pub use kaggle::Kaggle;
pub use rows::Rows;
