//! The verb: its options, and reading the files.

use std::path::PathBuf;

use anyhow::{Context, Result};
use maskrle::MaskView;

use super::report::Report;
use super::tally::Tally;
use crate::budget::Budget;
use crate::encoded::{CsvOptions, EncodedFile, ImageName, bytes_of_runs};
use crate::error::usage;
use crate::options::{BudgetArgs, CsvArgs};
use crate::output::Output;
use crate::read;

/// Count masks, pixels, runs and bytes
///
/// FILE is what `maskrle encode` writes, a COCO dataset or results, Segment Anything's JSON, or CSV
/// with the column EncodedPixels; or pixels: .npy, .npz or .png, or a folder of them. It is read as
/// a stream. A label map counts as the masks of its labels.
///
/// Runs are counted down the columns. Bytes are those of COCO's compressed strings, whatever FILE
/// holds; the compression is theirs against a bit and against a byte a pixel. The densest mask has
/// the most runs a pixel. Rows are counted from 0: `maskrle show --index` shows one. A dataset's
/// annotations without a mask, of key points or boxes alone, are no rows: how many there are is
/// said.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// JSON, JSON lines, CSV; .npy, .npz, .png, or a folder of these
    file: PathBuf,
    /// A JSON object
    #[arg(long)]
    json: bool,
    /// Of .npy and .npz files of floats: masks are where the values are above T
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    threshold: Option<f64>,
    #[command(flatten)]
    csv: CsvArgs,
    #[command(flatten)]
    budget: BudgetArgs,
}

const EXAMPLES: &str = "\
Examples:
  maskrle stats instances_val2017.json
  maskrle stats train.csv --size 768,768 --json
  maskrle stats logits.npy --threshold 0";

/// Reads the files and prints their figures.
pub fn run(args: &Args) -> Result<()> {
    let name = args.file.display().to_string();
    let is_pixels = read::is_named_pixels(&args.file) || args.file.is_dir();
    if args.threshold.is_some() && !is_pixels {
        return Err(usage("stats", "--threshold is for .npy and .npz files"));
    }
    let (tally, bytes) = if is_pixels {
        of_pixels(args)
    } else {
        of_runs(args)
    }?;
    let report = Report::new(&name, bytes, &tally);
    let text = if args.json {
        serde_json::to_string_pretty(&report)? + "\n"
    } else {
        report.table()
    };
    let mut output = Output::create(None)?;
    output.write(text.as_bytes())?;
    output.finish()
}

/// Counts of a file of encoded masks, and the file's bytes.
fn of_runs(args: &Args) -> Result<(Tally, u64)> {
    let file = EncodedFile::open(&args.file)?;
    let images = file.images(true)?;
    let (csv, budget) = (CsvOptions::from(&args.csv), args.budget.budget());
    let mut tally = Tally::default();
    tally.without_mask = file.entries(images.as_ref(), &csv, &mut |entry| {
        check(&budget, entry.runs.view())?;
        tally.add(entry.runs.view(), entry.category, entry.image.as_ref())
    })?;
    Ok((tally, read::size(&args.file)))
}

/// Counts of files of pixels, and the files' bytes.
fn of_pixels(args: &Args) -> Result<(Tally, u64)> {
    let budget = args.budget.budget();
    let mut tally = Tally::default();
    read::runs(&args.file, args.threshold, &mut |found| {
        check(&budget, found.mask)?;
        let image = ImageName::Source(found.name.source.as_str().into(), found.index);
        tally.add(found.mask, None, Some(&image))
    })?;
    let files = read::files(&args.file).with_context(|| args.file.display().to_string())?;
    Ok((tally, files.iter().map(|file| read::size(file)).sum()))
}

/// Fails where a row's masks would take too much memory: its runs are there as they came, by label,
/// and in order.
fn check(budget: &Budget, mask: MaskView<'_>) -> Result<()> {
    budget.check(bytes_of_runs(mask).saturating_mul(3))
}
