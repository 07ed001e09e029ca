//! `maskrle decode`: rows of runs back to arrays of pixels.

mod arrays;
mod paint;

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::coded::Source;
use crate::options::CsvArgs;
use arrays::{Element, Masks};

/// Decode runs to an array of pixels
///
/// FILE is what `maskrle encode` writes, a COCO dataset or results (a JSON list of objects with a
/// "segmentation"), or CSV with the columns ImageId and EncodedPixels. Binary masks become 0 and 1
/// of uint8; values the smallest type that holds them all. A dataset's annotations without a mask
/// are left out. A bad row is an error that names its line, and nothing is written. A file without
/// rows, which encode writes where there are no masks, becomes a stack of none: [0, 0, 0], or [0,
/// H, W] with --size.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// JSON lines, a COCO dataset or results, Segment Anything's JSON, or CSV
    file: PathBuf,
    #[command(flatten)]
    csv: CsvArgs,
    /// One stack [n, h, w] as .npy, where all sizes are equal; or .npz, with an array mask_0,
    /// mask_1, ... for each row
    #[arg(short, long, value_name = "OUT", value_parser = parse_output)]
    output: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  maskrle decode rle.jsonl -o masks.npy
  maskrle decode results.json -o masks.npz
  maskrle decode train.csv --size 768,768 --empty -1 -o masks.npy";

fn parse_output(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("npy" | "npz") => Ok(path),
        _ => Err(format!("{text:?} is neither a .npy nor a .npz file")),
    }
}

/// Decodes a file.
pub fn run(args: &Args) -> Result<()> {
    let source = Source::open(&args.file)?;
    let mut masks = Masks::default();
    source.entries(
        source.images(false)?.as_ref(),
        &args.csv.csv(),
        &mut |entry| {
            masks.push(entry.runs);
            Ok(())
        },
    )?;
    write(&masks, args).with_context(|| args.file.display().to_string())
}

fn write(masks: &Masks, args: &Args) -> Result<()> {
    let output = arrays::Output {
        path: &args.output,
        size_of_none: args.csv.size.unwrap_or_default(),
    };
    match Element::smallest(masks) {
        Element::U8 => arrays::write::<u8>(masks, &output),
        Element::I8 => arrays::write::<i8>(masks, &output),
        Element::U16 => arrays::write::<u16>(masks, &output),
        Element::I16 => arrays::write::<i16>(masks, &output),
        Element::U32 => arrays::write::<u32>(masks, &output),
        Element::I32 => arrays::write::<i32>(masks, &output),
        Element::I64 => arrays::write::<i64>(masks, &output),
    }
}
