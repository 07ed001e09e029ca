//! The verb: its options, and reading the file.

use std::path::PathBuf;

use anyhow::Result;

use super::report::Report;
use super::tally::Tally;
use crate::encoded::{BadItem, EncodedFile, EntryOptions, Need, Needs};
use crate::options::{CsvArgs, SkipArgs, heading};
use crate::output;
use crate::read;

/// Count masks, pixels, runs and bytes
///
/// FILE is what `maskrle encode` writes, a COCO dataset or results, Segment Anything's JSON, or CSV
/// with the column EncodedPixels. It is read as a stream. A label map counts as the masks of its
/// labels.
///
/// Runs are counted down the columns. Bytes are those of COCO's compressed strings, whatever FILE
/// holds; the compression is theirs against a bit and against a byte a pixel. The densest mask has
/// the most runs a pixel. Rows are counted from 0: `maskrle show --index` shows one. A dataset's
/// annotations without a mask, of key points or boxes alone, are no rows: how many there are is
/// said.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// JSON, JSON lines or CSV, plain or packed by gzip or zstd; - is standard input
    file: PathBuf,
    /// Print a JSON object
    #[arg(long, help_heading = heading::OUTPUT)]
    json: bool,
    #[command(flatten)]
    csv: CsvArgs,
    #[command(flatten)]
    skip: SkipArgs,
}

const EXAMPLES: &str = "\
Examples:
  maskrle stats rle.jsonl
  maskrle stats instances_val2017.json --json
  maskrle stats train.csv --size 768,768";

/// Reads a file and prints its figures.
pub fn run(args: &Args) -> Result<()> {
    let file = EncodedFile::open(&args.file)?.with_needs(Needs::all(Need::Shown));
    file.check_csv("stats", &args.csv)?;
    let images = file.images(true)?;
    let options = EntryOptions::new(&args.csv, args.skip.skip_bad);
    let mut tally = Tally::default();
    let notes = file.entries(images.as_ref(), &options, &mut |entry| {
        tally.add(&entry).map_err(BadItem::error)
    })?;
    notes.print(false);
    tally.without_mask = notes.without_mask;
    let report = Report::new(&file.name, read::size(&args.file), &tally);
    let text = if args.json {
        serde_json::to_string_pretty(&report)? + "\n"
    } else {
        report.table()
    };
    output::print(text.as_bytes())
}
