//! Backends: the one that is asked for, the one that was chosen, and the masks that each has
//! encoded.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// Where masks are encoded.
///
/// ```
/// use maskrle::Backend;
///
/// let backend: Backend = "cpu".parse()?;
/// assert_eq!(backend, Backend::Cpu);
/// assert_eq!(backend.to_string(), "cpu");
/// assert_eq!(Backend::default(), Backend::Auto);
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
#[non_exhaustive]
pub enum Backend {
    /// Small stacks on the CPU at once; large ones by the CPU and the GPU together, where there is
    /// a hardware adapter and that is faster. No adapter is looked for before it is needed. Masks
    /// that are resampled the CPU encodes, whose pixels are exact.
    ///
    /// No call waits for the GPU to be opened, for its shaders, or for a device that is late: the
    /// CPU encodes what it has not finished. The rates of both are measured beside the first calls
    /// of masks of a kind and in all that are shared; where uploading slows the CPU down by more
    /// than the GPU wins, all is the CPU's, and sharing is tried again after some calls. A call
    /// then takes at most 5 % longer than on the CPU alone, but for the threads that open and
    /// rehearse the device beside the first calls, and for a device that becomes slow within one.
    #[default]
    Auto,
    /// The GPU. Without an adapter, building the encoder fails.
    Gpu,
    /// The CPU.
    Cpu,
}

impl fmt::Display for Backend {
    /// `auto`, `gpu` or `cpu`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Backend::Auto => "auto",
            Backend::Gpu => "gpu",
            Backend::Cpu => "cpu",
        })
    }
}

impl FromStr for Backend {
    type Err = Error;

    /// Reads `auto`, `gpu` or `cpu`, in any case.
    fn from_str(name: &str) -> Result<Self, Error> {
        [Backend::Auto, Backend::Gpu, Backend::Cpu]
            .into_iter()
            .find(|backend| name.eq_ignore_ascii_case(&backend.to_string()))
            .ok_or_else(|| {
                Error::Input(format!(
                    "{name:?} is no backend: there are auto, gpu and cpu"
                ))
            })
    }
}

/// Backend that an encoder was built on, and why: see
/// [`Encoder::backend`](crate::Encoder::backend).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ChosenBackend {
    /// [`Backend::Gpu`] or [`Backend::Cpu`].
    pub backend: Backend,
    /// The GPU's name.
    pub adapter: Option<String>,
    /// Why, in a sentence.
    pub reason: String,
}

/// Number of masks that each backend has encoded: see [`Encoder::tally`](crate::Encoder::tally).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Tally {
    /// By the CPU.
    pub cpu: u64,
    /// By the GPU.
    pub gpu: u64,
}

/// Results of consecutive masks, by the backend that found their boundaries.
pub(crate) enum EncodedBy<P> {
    Cpu(P),
    #[cfg(feature = "gpu")]
    Gpu(P),
}

impl<P> EncodedBy<P> {
    pub(crate) fn into_results(self) -> P {
        match self {
            EncodedBy::Cpu(results) => results,
            #[cfg(feature = "gpu")]
            EncodedBy::Gpu(results) => results,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for backend in [Backend::Auto, Backend::Gpu, Backend::Cpu] {
            assert_eq!(backend.to_string().parse::<Backend>().unwrap(), backend);
        }
        assert_eq!("GPU".parse::<Backend>().unwrap(), Backend::Gpu);
        assert!("".parse::<Backend>().is_err());
        assert!("cuda".parse::<Backend>().is_err());
        assert_eq!(format!("[{:>5}]", Backend::Cpu), "[  cpu]");
    }
}
