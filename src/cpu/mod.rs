//! The CPU backend: pixels to words (`read`), words to boundaries in scan order (`scan`),
//! boundaries to run starts or strings (`emit`), and threads (`backend`).

mod backend;
mod emit;
mod read;
mod scan;
mod scanner;
#[cfg(feature = "rayon")]
mod tasks;
#[cfg(test)]
mod tests;

pub(crate) use backend::Cpu;
