//! The `maskrle` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(maskrle_cli::run(std::env::args_os()))
}
