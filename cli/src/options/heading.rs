//! Headings that options stand under in the help.

pub const INPUT: &str = "Input";
pub const OUTPUT: &str = "Output";
pub const DOCUMENTS: &str = "COCO documents";
pub const CSV: &str = "CSV";
pub const ENCODER: &str = "Encoder";
pub const CHANGES: &str = "Changes to the masks, in the order given";
pub const PICTURE: &str = "Picture";
