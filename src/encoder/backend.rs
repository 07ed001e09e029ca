//! Where masks are encoded, and what was chosen.

use crate::runs::Starts;

/// Where masks are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Backend {
    /// Small stacks on the CPU at once; large ones by the CPU and the GPU together, where there is
    /// a hardware adapter. No adapter is looked for before it is needed.
    #[default]
    Auto,
    /// The GPU. Without an adapter, building the encoder fails.
    Gpu,
    /// The CPU.
    Cpu,
}

/// What an encoder was built on, and why: see [`Encoder::backend`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Chosen {
    /// [`Backend::Gpu`] or [`Backend::Cpu`].
    pub backend: Backend,
    /// The GPU's name.
    pub adapter: Option<String>,
    /// Why, in a sentence.
    pub reason: String,
}

/// How many masks each backend has encoded: see [`Encoder::tally`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Tally {
    /// By the CPU.
    pub cpu: u64,
    /// By the GPU.
    pub gpu: u64,
}

/// What a backend made of consecutive masks.
pub(crate) enum EncodedBy<P> {
    Cpu(P),
    #[cfg_attr(
        not(feature = "gpu"),
        expect(dead_code, reason = "only the GPU makes them")
    )]
    Gpu(Starts),
}
