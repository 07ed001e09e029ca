//! `maskrle completions`: the command's verbs and options, for the shell to complete.

use anyhow::Result;
use clap::Command;
use clap_complete::{Shell, generate};

use crate::output;

/// Print a script that has a shell complete verbs, options and their values
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Shell that reads the script
    #[arg(value_enum)]
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  maskrle completions bash > ~/.local/share/bash-completion/completions/maskrle
  maskrle completions zsh > ~/.zfunc/_maskrle
      with fpath+=~/.zfunc before compinit in ~/.zshrc
  maskrle completions fish > ~/.config/fish/completions/maskrle.fish";

/// Prints the script for `command`.
pub fn run(args: &Args, mut command: Command) -> Result<()> {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(args.shell, &mut command, name, &mut script);
    output::print(&script)
}
