//! Options that several verbs share: the encoder's, scan orders, and properties of masks that CSV
//! does not say.

mod budget;
mod csv;
mod encoder;
pub mod heading;
mod order;
mod pngs;
mod skip;
mod stack;
mod view;

pub use budget::BudgetArgs;
pub use csv::{ColumnArgs, CsvArgs, parse_sides};
pub use encoder::EncoderArgs;
pub use order::OrderArg;
pub use pngs::folder_of_pngs;
pub use skip::SkipArgs;
pub use stack::Stack;
pub use view::ViewArgs;
