//! What is done with runs, never with pixels.

mod decode;
mod split;
