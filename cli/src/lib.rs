//! The `maskrle` command: run-length encoding of segmentation masks, to files and back.

mod adapters;
mod bench;
mod coco;
mod convert;
mod decode;
mod encode;
mod encoded;
mod options;
mod output;
mod progress;
mod read;
mod show;
mod stats;
mod write;

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

/// Run-length encoding of segmentation masks: COCO, Kaggle, values and counts.
#[derive(Debug, Parser)]
#[command(name = "maskrle", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "\
Examples:
  maskrle encode masks.npy                               COCO RLE, a line a mask, on standard output
  maskrle encode --threshold 0 logits.npy -o rle.jsonl   masks where the logits are above 0
  maskrle encode --labels instances/ -o rle.jsonl        a row for each instance of each label map in a folder
  maskrle encode --format kaggle *.png -o rows.csv       a Kaggle submission
  maskrle encode --format coco-dataset masks.npy -o dataset.json
  maskrle decode rle.jsonl -o masks.npy                  and the pixels again
  maskrle convert instances.json rle.json                a COCO dataset whose polygons became RLE
  maskrle stats rle.json                                 how many masks, how large, how well they compress
  maskrle show rle.json --image-id 139 -o masks.png      an image's masks as a picture

Exit status: 0 all is well, 1 an input is bad (the others are still encoded), 2 usage.
RUST_LOG=info says on standard error what encodes, and why.";

#[derive(Debug, Subcommand)]
enum Verb {
    Encode(encode::Args),
    Decode(decode::Args),
    Convert(convert::Args),
    Stats(stats::Args),
    Show(show::Args),
    Adapters(adapters::Args),
    Bench(bench::Options),
}

/// Runs the command with `arguments`, of which the first is the name that it was called by, and
/// returns its exit status: 0, all is well; 1, an input is bad; 2, usage.
pub fn run<A: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = A>) -> ExitCode {
    // Ours alone: Vulkan's loader calls it an error that a machine has no driver.
    let log = env_logger::Env::default().default_filter_or("maskrle=warn");
    // A logger that the caller has set stays.
    let _ = env_logger::Builder::from_env(log)
        .format_timestamp(None)
        .try_init();
    let mut has_failed = false;
    let done = match Cli::parse_from(arguments).verb {
        Verb::Encode(args) => encode::run(args, &mut has_failed),
        Verb::Decode(args) => decode::run(&args),
        Verb::Convert(args) => convert::run(&args),
        Verb::Stats(args) => stats::run(&args),
        Verb::Show(args) => show::run(&args),
        Verb::Adapters(args) => adapters::run(&args),
        Verb::Bench(options) => bench::run(options),
    };
    match done {
        // Whoever read our output has seen enough: `| head`. An input that was bad before that
        // still counts.
        Err(error) if is_closed_pipe(&error) => {}
        Err(error) => {
            eprintln!("{}", error_line(&error));
            has_failed = true;
        }
        Ok(()) => {}
    }
    if has_failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// An error as one line, its causes after colons: scripts read it line by line.
fn error_line(error: &anyhow::Error) -> String {
    // What the library says raises a limit, the command has no option for.
    let text = ["pixels", "runs", "masks", "pairs"]
        .iter()
        .fold(format!("{error:#}"), |text, what| {
            text.replace(&format!(": Limits::{what} raises it"), "")
        });
    let lines: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let line = format!("error: {}", lines.join("; "));
    // A hostile file's bytes may be in the message, and the reader may be a terminal.
    line.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// Says what is wrong with a verb's options, and ends the process as clap does.
fn usage(verb: &str, message: &str) -> ! {
    let mut command = Cli::command();
    command.build();
    let verb = command
        .find_subcommand_mut(verb)
        .expect("it is one of the verbs");
    verb.error(ErrorKind::ArgumentConflict, message).exit()
}

/// Whether someone watches standard error.
fn is_watched() -> bool {
    io::stderr().is_terminal()
}
