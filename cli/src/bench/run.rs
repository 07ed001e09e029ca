//! The verb: the stack, the measurement, and the print.

use anyhow::Result;

use super::args::Args;
use super::input;
use super::measure::measure;
use super::stack::Stack;
use crate::output;

/// Benches and prints.
pub fn run(args: Args) -> Result<()> {
    let task = args.task()?;
    let stack = match &args.input {
        Some(path) => input::load(path)?,
        None => Stack::generated(args.pattern, args.shape)?,
    };
    let report = measure(&args, task, &stack)?;
    let text = if args.json {
        serde_json::to_string(&report)?
    } else {
        report.table()
    };
    output::print(format!("{text}\n").as_bytes())
}
