//! The verb: its options, and the picture's size.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::canvas::Canvas;
use super::draw::{self, Style};
use super::select::{Choice, Selection};
use crate::encoded::{EncodedFile, EntryOptions, Need, Needs};
use crate::error::usage;
use crate::options::{CsvArgs, SkipArgs, heading};
use crate::output::{Output, refuse_input};
use crate::read;

/// Draw masks as a picture
///
/// FILE is what `maskrle encode` writes, a COCO dataset or results, Segment Anything's JSON, CSV
/// with the column EncodedPixels; or pixels: .npy, .npz or .png. Each mask, and each label of a
/// label map, has a colour, an outline, a box and an id: the annotation's, the label, or else the
/// row, counted from 0. Smaller masks are drawn over larger ones.
///
/// Without --index and --image-id all masks of FILE are drawn, which must be of one image.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// JSON, JSON lines or CSV, plain or packed by gzip or zstd (- is standard input); .npy, .npz or
    /// .png
    file: PathBuf,
    /// One mask or label map: its row, or its place in a stack, counted from 0
    #[arg(
        long,
        value_name = "I",
        conflicts_with = "image_id",
        help_heading = heading::INPUT
    )]
    index: Option<u64>,
    /// All masks of an image: its id in COCO's files, the ImageId of CSV, or the source of other
    /// rows
    #[arg(long, value_name = "ID", help_heading = heading::INPUT)]
    image_id: Option<String>,
    /// Draw over this picture, a PNG of the masks' size
    #[arg(long, value_name = "PNG", help_heading = heading::PICTURE)]
    image: Option<PathBuf>,
    /// Draw each pixel as N x N; default: as many as make the longer side 640 at least, but at most
    /// 32
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64),
          help_heading = heading::PICTURE)]
    scale: Option<u32>,
    /// Neither boxes nor ids
    #[arg(long, help_heading = heading::PICTURE)]
    plain: bool,
    /// Of .npy and .npz files of floats: masks are where the values are above T
    #[arg(
        short,
        long,
        value_name = "T",
        allow_negative_numbers = true,
        help_heading = heading::INPUT
    )]
    threshold: Option<f64>,
    #[command(flatten)]
    csv: CsvArgs,
    #[command(flatten)]
    skip: SkipArgs,
    /// The picture to write; - is standard output
    #[arg(
        short,
        long,
        value_name = "OUT.png",
        value_parser = parse_output,
        help_heading = heading::OUTPUT
    )]
    output: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  maskrle show rle.jsonl --index 7 -o mask.png
  maskrle show instances_val2017.json --image-id 139 --image 000000000139.png -o masks.png
  maskrle show labels.png -o labels-in-colour.png";

/// Reads the name of the picture to write.
fn parse_output(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let is_png = path
        .extension()
        .is_some_and(|it| it.eq_ignore_ascii_case("png"));
    match text == "-" || is_png {
        true => Ok(path),
        false => Err(format!("{text:?} is not a .png file")),
    }
}

/// Draws the masks that were chosen.
pub fn run(args: &Args) -> Result<()> {
    refuse_input(
        Some(&args.output),
        [&args.file].into_iter().chain(&args.image),
    )?;
    let choice = match (args.index, &args.image_id) {
        (Some(index), _) => Choice::Index(index),
        (None, Some(image)) => Choice::Image(image),
        (None, None) => Choice::All,
    };
    let is_pixels = read::is_named_pixels(&args.file);
    check_usage(args, is_pixels)?;
    let selection = if is_pixels {
        Selection::of_pixels(&args.file, choice, args.threshold)
    } else {
        let options = EntryOptions::new(&args.csv, args.skip.skip_bad);
        let file = EncodedFile::open(&args.file)?.with_needs(Needs::all(Need::Shown));
        file.check_csv("show", &args.csv)?;
        Selection::of_runs(&file, choice, &options)
    }?;
    let canvas = picture(&selection, args).with_context(|| match args.file.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => args.file.display().to_string(),
    })?;
    let mut output = Output::create(Some(&args.output))?;
    output.write(&canvas.to_png()?)?;
    output.finish()
}

/// Fails where options do not go with the kind of file.
fn check_usage(args: &Args, is_pixels: bool) -> Result<()> {
    let csv = &args.csv;
    let is_about_runs = csv.order.is_some()
        || csv.empty.is_some()
        || csv.columns.size.is_some()
        || csv.columns.column.is_some()
        || csv.columns.relative
        || args.skip.skip_bad;
    match is_pixels {
        true if is_about_runs => Err(usage(
            "show",
            "--size, --order, --empty, --column, --relative and --skip-bad are about encoded \
             masks, and FILE holds pixels",
        )),
        false if args.threshold.is_some() => {
            Err(usage("show", "--threshold is about .npy and .npz files"))
        }
        _ => Ok(()),
    }
}

/// Pixels of the longer side, at least, by default: a small mask becomes large enough to see its
/// pixels, others stay as they are.
const SIDE: u32 = 640;
/// Pixels that one of a mask becomes along either side, at most, by default.
const MOST_SCALE: u32 = 32;

/// The picture of the selected masks.
fn picture(selection: &Selection, args: &Args) -> Result<Canvas> {
    let [height, width] = selection.size;
    if height == 0 || width == 0 {
        bail!("a mask of {height} x {width} has no pixels to draw");
    }
    let scale = args
        .scale
        .unwrap_or_else(|| SIDE.div_ceil(height.max(width)).clamp(1, MOST_SCALE));
    let background = args
        .image
        .as_ref()
        .map(|path| read::picture(path).with_context(|| path.display().to_string()));
    let background = background.transpose()?;
    if let Some(picture) = background
        .as_ref()
        .filter(|picture| picture.size != selection.size)
    {
        let [h, w] = picture.size;
        bail!("the masks are {height} x {width}, and the picture of --image is {h} x {w}");
    }
    let mut canvas = Canvas::new(selection.size, scale, background.as_ref())?;
    let style = Style {
        is_plain: args.plain,
        is_over_picture: background.is_some(),
    };
    draw::masks(&mut canvas, &selection.masks, style)?;
    Ok(canvas)
}
