//! The encoder: its backend, its threads and its memory.

use clap::{Args, ValueEnum};
use maskrle::{Backend, Encoder, EncoderBuilder};

use super::heading;
use crate::threads::Pool;

/// Options of the encoder.
#[derive(Debug, Args)]
pub struct EncoderArgs {
    /// Backend that encodes: small stacks the CPU, large ones the CPU and the GPU together where
    /// there is one; or one of the two
    #[arg(
        long,
        value_enum,
        default_value_t = BackendArg::Auto,
        help_heading = heading::ENCODER
    )]
    backend: BackendArg,
    /// Only a GPU whose name contains NAME, whatever the case (`maskrle adapters` lists them)
    #[arg(long, value_name = "NAME", help_heading = heading::ENCODER)]
    adapter: Option<String>,
    /// Take an adapter that computes on the CPU for a GPU: for tests, it is slow
    #[arg(long, help_heading = heading::ENCODER)]
    allow_software: bool,
    /// Threads of the CPU backend, at most 1024; 0 is one a core
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0,
          value_parser = clap::value_parser!(u16).range(0..=1024),
          help_heading = heading::ENCODER)]
    threads: u16,
    /// Memory to work in, in bytes or with a unit: 2000000, 512M, 2G, 1GiB. Inputs that can be are
    /// read in chunks that keep to it; a single mask is never cut
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "512M",
        value_parser = parse_size,
        help_heading = heading::ENCODER
    )]
    memory: u64,
}

/// Bytes of input from which on starting a GPU pays: the CPU reads and encodes fewer in a tenth of
/// a second.
const SHARED_BYTES: u64 = 256 << 20;

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BackendArg {
    Auto,
    Gpu,
    Cpu,
}

impl EncoderArgs {
    /// The library's builder with these options.
    fn builder(&self, threads: usize) -> EncoderBuilder {
        let backend = match self.backend {
            BackendArg::Auto => Backend::Auto,
            BackendArg::Gpu => Backend::Gpu,
            BackendArg::Cpu => Backend::Cpu,
        };
        let builder = Encoder::builder()
            .backend(backend)
            .allow_software(self.allow_software)
            .threads(threads)
            .memory(self.memory / 4);
        match &self.adapter {
            Some(name) => builder.adapter(name),
            None => builder,
        }
    }

    /// Builds the encoder for inputs of `input_bytes` in all, which encodes on the pool's threads
    /// where it is called there. An adapter that was named is there, or it is an error: nobody
    /// names one to have it ignored.
    pub fn build(&self, input_bytes: u64, pool: &Pool) -> maskrle::Result<Encoder> {
        // A GPU is started for the inputs as a whole or not at all, whatever the chunks they come
        // in.
        let share_from = if input_bytes >= SHARED_BYTES {
            1 << 20
        } else {
            u64::MAX
        };
        let mut builder = match pool.threads() {
            1 => self.builder(1),
            _ => self.builder(0),
        };
        if pool.is_none() && matches!(self.backend, BackendArg::Auto) {
            builder = builder.backend(Backend::Cpu);
        }
        let encoder = builder.share_from(share_from).build()?;
        if self.adapter.is_some() && !matches!(self.backend, BackendArg::Cpu) {
            let chosen = encoder.backend();
            if chosen.backend == Backend::Cpu {
                return Err(maskrle::Error::Gpu(chosen.reason.clone()));
            }
        }
        Ok(encoder)
    }

    /// Builds an encoder for inputs that are small, each of which is encoded on the thread that
    /// asks for it; none where the GPU encodes all.
    pub fn build_for_small(&self) -> maskrle::Result<Option<Encoder>> {
        if matches!(self.backend, BackendArg::Gpu) {
            return Ok(None);
        }
        let builder = self.builder(1).backend(Backend::Auto);
        builder.share_from(u64::MAX).build().map(Some)
    }

    /// Number of threads; 0 is one a core.
    pub fn threads(&self) -> usize {
        self.threads.into()
    }

    /// Bytes of memory to work in.
    pub fn memory(&self) -> u64 {
        self.memory
    }

    /// Bytes of pixels to read at a time. One chunk is read, one encoded and one written at once,
    /// and where neighbours all differ runs take four bytes a pixel: a sixteenth of the memory
    /// keeps even those within it. Chunks above 16 MiB are slower: above 32 MiB the allocator
    /// returns each to the system, and every page of the next faults anew.
    pub fn chunk_bytes(&self) -> u64 {
        const MOST_BYTES: u64 = 16 << 20;
        (self.memory / 16).min(MOST_BYTES)
    }
}

/// Reads a number of bytes, such as `512M`, `1GiB` or `2000000`: units are powers of 1024, with and
/// without an `i`, in either case.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || {
        format!(
            "{text:?} is not a size: a whole number of bytes, or one with K, M, G or T after it"
        )
    };
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    match number.checked_mul(1 << shift) {
        Some(bytes) if bytes >= 1 << 20 => Ok(bytes),
        Some(_) => Err("at least 1M is needed".into()),
        None => Err(format!("{text:?} is more than there can be")),
    }
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn sizes() {
        assert_eq!(parse_size("512M"), Ok(512 << 20));
        assert_eq!(parse_size("1GiB"), Ok(1 << 30));
        assert_eq!(parse_size("2 g"), Ok(2 << 30));
        assert_eq!(parse_size("2000000"), Ok(2_000_000));
        for wrong in ["", "M", "-1M", "1.5G", "12 parsecs", "99999999999G", "1K"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }
}
