//! Options that several verbs share: the encoder's, scan orders, sizes, and the meaning of a stack.

mod encoder;
mod order;
mod sides;
mod stack;

pub use encoder::EncoderArgs;
pub use order::OrderArg;
pub use sides::parse_sides;
pub use stack::Stack;
