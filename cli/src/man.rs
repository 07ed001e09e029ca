//! `maskrle man`: the manual pages.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Command;
use clap_mangen::{Man, generate_to};

use crate::output;

/// Print the manual page, or write one for each verb into a folder
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder, which is there, for maskrle.1, maskrle-encode.1 and so on; default: the page of
    /// maskrle alone, on standard output
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  maskrle man | man -l -
  maskrle man ~/.local/share/man/man1
      then: man maskrle-encode";

/// Prints or writes the pages of `command`.
pub fn run(args: &Args, command: Command) -> Result<()> {
    let command = command.disable_help_subcommand(true);
    let Some(folder) = &args.folder else {
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        return output::print(&page);
    };
    generate_to(command, folder).with_context(|| format!("{}: no pages", folder.display()))
}
