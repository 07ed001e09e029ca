//! The verb: its options, and reading the files.

use std::path::PathBuf;

use anyhow::Result;
use maskrle::MaskView;

use super::report::Report;
use super::tally::Tally;
use crate::budget::Budget;
use crate::encoded::{
    BadItem, EncodedFile, EntryOptions, ImageName, Need, Needs, bytes_of_runs, check_view,
};
use crate::error::error_line;
use crate::options::{ViewArgs, heading};
use crate::output;
use crate::read::{self, PixelMask, Receiver};
use crate::standard_error;
use crate::text::input_name;

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
    /// JSON, JSON lines or CSV, plain or packed by gzip or zstd (- is standard input); .npy, .npz,
    /// .png, or a folder of these
    file: PathBuf,
    /// Print a JSON object
    #[arg(long, help_heading = heading::OUTPUT)]
    json: bool,
    #[command(flatten)]
    view: ViewArgs,
}

const EXAMPLES: &str = "\
Examples:
  maskrle stats instances_val2017.json
  maskrle stats train.csv --size 768,768 --json
  maskrle stats logits.npy --threshold 0";

/// Reads the files and prints their figures. `has_failed` becomes true if one of several is bad.
pub fn run(args: &Args, has_failed: &mut bool) -> Result<()> {
    let is_pixels = read::is_named_pixels(&args.file) || args.file.is_dir();
    check_view("stats", &args.view, is_pixels)?;
    let inputs = std::slice::from_ref(&args.file);
    read::check_recursive("stats", args.view.recursive, inputs)?;
    let (tally, bytes) = if is_pixels {
        of_pixels(args, has_failed)
    } else {
        of_runs(args)
    }?;
    // Of bad inputs alone there are no figures.
    if *has_failed && tally.rows == 0 {
        return Ok(());
    }
    let name = input_name(&args.file);
    let report = Report::new(&name, bytes, &tally);
    let text = if args.json {
        serde_json::to_string_pretty(&report)? + "\n"
    } else {
        report.table()
    };
    output::print(text.as_bytes())
}

/// Counts of a file of encoded masks, and the file's bytes.
fn of_runs(args: &Args) -> Result<(Tally, u64)> {
    let file = EncodedFile::open(&args.file)?.with_needs(Needs::all(Need::Shown));
    file.check_csv("stats", &args.view.csv)?;
    let images = file.images(Need::Shown)?;
    let options = EntryOptions::new(&args.view.csv, args.view.skip.skip_bad);
    let budget = args.view.budget.budget();
    let mut tally = Tally::default();
    let notes = file.entries(images.as_ref(), &options, &mut |entry| {
        check(&budget, entry.runs.view())?;
        tally
            .add(entry.runs.view(), entry.category, entry.image.as_ref())
            .map_err(BadItem::error)
    })?;
    notes.print(false);
    tally.without_mask = notes.without_mask;
    Ok((tally, read::size(&args.file)))
}

/// Counts of files of pixels, and the files' bytes.
fn of_pixels(args: &Args, has_failed: &mut bool) -> Result<(Tally, u64)> {
    let budget = args.view.budget.budget();
    let listing = read::list(std::slice::from_ref(&args.file), args.view.recursive);
    let bytes = listing.files.iter().filter_map(|file| file.size).sum();
    let mut counts = Counts {
        budget,
        tally: Tally::default(),
        of_input: Tally::default(),
        has_failed,
    };
    let notes = read::runs(listing, args.view.threshold, budget, &mut counts)?;
    notes.iter().for_each(|note| standard_error::line(note));
    counts.begin();
    Ok((counts.tally, bytes))
}

/// Counts of the masks of several inputs.
struct Counts<'a> {
    budget: Budget,
    tally: Tally,
    /// Counts of the last input, which is not known to be good yet.
    of_input: Tally,
    has_failed: &'a mut bool,
}

impl Receiver for Counts<'_> {
    fn begin(&mut self) {
        self.tally.append(std::mem::take(&mut self.of_input));
    }

    fn mask(&mut self, found: &PixelMask<'_>) -> Result<()> {
        check(&self.budget, found.mask)?;
        let image = ImageName::Source(found.name.source.as_str().into(), found.index);
        self.of_input.add(found.mask, None, Some(&image))
    }

    fn bad(&mut self, error: anyhow::Error) -> Result<()> {
        self.of_input = Tally::default();
        *self.has_failed = true;
        standard_error::line(&error_line(&error));
        Ok(())
    }
}

/// Fails where a row's masks would take too much memory: its runs are there as they came, by label,
/// and in order.
fn check(budget: &Budget, mask: MaskView<'_>) -> Result<()> {
    budget.check(bytes_of_runs(mask).saturating_mul(3))
}
