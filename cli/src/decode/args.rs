//! Command line of `maskrle decode`.

use std::path::PathBuf;

use crate::options::{BudgetArgs, CsvArgs, SkipArgs, heading};

/// Decode runs to an array of pixels
///
/// FILE is what `maskrle encode` writes, a COCO dataset or results (a JSON list of objects with a
/// "segmentation"), or CSV with a column such as EncodedPixels. Binary masks become 0 and 1
/// of uint8; values the smallest type that holds them all. A dataset's annotations without a mask
/// are left out. A bad row is an error that names its line, and nothing is written, unless
/// --skip-bad leaves it out. A file without rows, which encode writes where there are no masks,
/// becomes a stack of none: [0, 0, 0], or [0, H, W] with --size.
///
/// FILE is read twice, and one mask of it is in memory at a time, however large the array is.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// JSON lines, a COCO dataset or results, Segment Anything's JSON, or CSV, plain or packed by
    /// gzip or zstd; - is standard input
    pub file: PathBuf,
    #[command(flatten)]
    pub csv: CsvArgs,
    #[command(flatten)]
    pub skip: SkipArgs,
    /// One stack [n, h, w] as .npy, where all sizes are equal; or .npz, with an array mask_0,
    /// mask_1, ... for each row. - is a .npy on standard output
    #[arg(
        short,
        long,
        value_name = "OUT",
        value_parser = parse_output,
        help_heading = heading::OUTPUT
    )]
    pub output: PathBuf,
    #[command(flatten)]
    pub budget: BudgetArgs,
}

const EXAMPLES: &str = "\
Examples:
  maskrle decode rle.jsonl -o masks.npy
  maskrle decode results.json -o masks.npz
  maskrle decode train.csv --size 768,768 --empty -1 -o masks.npy
  maskrle decode train-rle.csv --size 1024,1024 --relative --empty -1 -o masks.npy
  maskrle decode rle.jsonl -o - | python -c 'import numpy, sys; print(numpy.load(sys.stdin.buffer))'";

fn parse_output(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let is_one = |wanted| {
        path.extension()
            .is_some_and(|it| it.eq_ignore_ascii_case(wanted))
    };
    match text == "-" || is_one("npy") || is_one("npz") {
        true => Ok(path),
        false => Err(format!("{text:?} is neither a .npy nor a .npz file")),
    }
}
