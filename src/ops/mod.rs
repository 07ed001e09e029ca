//! What is done with runs, never with pixels.
