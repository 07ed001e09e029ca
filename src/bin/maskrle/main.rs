//! The `maskrle` command.

mod bench;

use clap::Parser;

#[derive(Debug, Parser)]
#[command(version, about)]
enum Verb {
    Bench(bench::Options),
}

fn main() -> std::process::ExitCode {
    let Verb::Bench(options) = Verb::parse();
    match bench::run(options) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
