//! Runs back to pixels.

mod across;
mod pixels;
