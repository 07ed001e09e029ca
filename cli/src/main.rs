//! The `maskrle` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(unix)]
    maskrle_cli::handle_signals();
    ExitCode::from(maskrle_cli::run(std::env::args_os()))
}
