//! `maskrle decode`.
use std::process::ExitCode;

use anyhow::Result;

/// Decode runs to pixels
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Decodes.
pub fn run(_args: &Args) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
