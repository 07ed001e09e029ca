//! Pixels to words: foreground bits of a mask's rows, or boundary bits of labels.

mod aligned;
mod bits;
mod foreground;
mod kernel;
mod labels;
mod lines;
mod plane_pixels;
mod source;
mod word_rows;
mod words;

pub(crate) use aligned::AlignedWords;
pub(crate) use bits::{bits_from, bits_of_pair, shift_in};
pub(crate) use kernel::{Differs, ForegroundTest};
pub(crate) use lines::{LINE_PIXELS, are_read_in_turn};
pub(crate) use plane_pixels::PlanePixels;
pub(crate) use source::{ForegroundSource, PixelRows, Source};
pub(crate) use word_rows::{LINE, WordRows};
