//! The CPU backend: pixels to words (`read`), words to boundaries in scan order (`scan`),
//! boundaries to run starts or strings (`emit`), and threads (`backend`). Samples that are
//! resampled become starts at once, or words of pixels (`resample`).

mod backend;
mod emit;
mod instances;
mod of_boundaries;
mod read;
mod resample;
mod scan;
mod scanner;
mod tasks;
#[cfg(test)]
mod tests;

pub(crate) use backend::Cpu;
