//! The command line: its verbs, and the one function that runs it.

use std::ffi::OsString;
use std::io::{self, Write};

use anyhow::Context;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

use crate::error::{UsageError, error_line, is_closed_pipe};
use crate::{
    adapters, bench, completions, convert, decode, encode, man, show, standard_error, stats,
};

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
  maskrle encode --labels instances/ -o rle.jsonl        a row for each instance of each \
  label map in a folder
  maskrle encode *.png -o rows.csv                       a Kaggle submission
  maskrle encode --format coco-dataset masks.npy -o dataset.json
  maskrle decode rle.jsonl -o masks.npy                  and the pixels again
  maskrle convert instances.json rle.json                a COCO dataset whose polygons became RLE
  maskrle stats rle.json                                 how many masks, how large, how \
  well they compress
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
    Bench(bench::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Exit statuses; wrong usage has clap's, 2.
const SUCCESS: u8 = 0;
const BAD_INPUT: u8 = 1;

/// Runs the command with `arguments`, of which the first is the name that it was called by, and
/// returns its exit status: 0, all is well; 1, an input is bad; 2, usage.
///
/// It never ends the process, and may be called again. It writes to the process's standard output
/// and standard error; what it has written to them is flushed.
pub fn run<A: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = A>) -> u8 {
    // The library's messages alone: Vulkan's loader calls it an error that a machine has no driver.
    let log = env_logger::Env::default().default_filter_or("maskrle=warn");
    // A logger that the caller has set stays.
    let _ = env_logger::Builder::from_env(log)
        .format_timestamp(None)
        .try_init();
    let mut has_failed = false;
    let done = match Cli::try_parse_from(arguments) {
        Ok(cli) => run_verb(cli.verb, &mut has_failed),
        Err(error) => Err(error.into()),
    };
    let status = match done {
        Ok(()) => exit_status(has_failed),
        Err(error) => report(error, has_failed),
    };
    // Only the end of a Rust program flushes it otherwise, and the caller may be no Rust program.
    let _ = io::stdout().flush();
    status
}

fn run_verb(verb: Verb, has_failed: &mut bool) -> anyhow::Result<()> {
    match verb {
        Verb::Encode(args) => encode::run(args, has_failed),
        Verb::Decode(args) => decode::run(&args),
        Verb::Convert(args) => convert::run(&args),
        Verb::Stats(args) => stats::run(&args, has_failed),
        Verb::Show(args) => show::run(&args, has_failed),
        Verb::Adapters(args) => adapters::run(&args),
        Verb::Bench(args) => bench::run(args),
        Verb::Completions(args) => completions::run(&args, Cli::command()),
        Verb::Man(args) => man::run(&args, Cli::command()),
    }
}

fn exit_status(has_failed: bool) -> u8 {
    if has_failed { BAD_INPUT } else { SUCCESS }
}

/// Prints what ended the command and returns its exit status. Help and version are errors to clap.
fn report(error: anyhow::Error, has_failed: bool) -> u8 {
    match usage_error(error) {
        Ok(usage) => print_usage(&usage).unwrap_or_else(|error| report(error, has_failed)),
        // Whoever read our output has seen enough. An input that was bad before that still counts.
        Err(error) if is_closed_pipe(&error) => exit_status(has_failed),
        Err(error) => {
            standard_error::line(&error_line(&error));
            BAD_INPUT
        }
    }
}

/// Prints help or what is wrong with the usage, and returns the exit status of that. Fails where
/// standard output does not take the help; standard error may be closed.
fn print_usage(usage: &clap::Error) -> anyhow::Result<u8> {
    let printed = usage.print().and_then(|()| io::stdout().flush());
    if !usage.use_stderr() {
        printed.context("standard output")?;
    }
    Ok(u8::try_from(usage.exit_code()).unwrap_or(BAD_INPUT))
}

/// The error as clap's own where it is about usage, else the error itself.
fn usage_error(error: anyhow::Error) -> Result<clap::Error, anyhow::Error> {
    let error = match error.downcast::<clap::Error>() {
        Ok(usage) => return Ok(usage),
        Err(error) => error,
    };
    let UsageError { verb, message } = error.downcast()?;
    let mut command = Cli::command();
    command.build();
    let verb = command
        .find_subcommand_mut(verb)
        .expect("it is one of the verbs");
    Ok(verb.error(ErrorKind::ArgumentConflict, message))
}
