//! Command line of `maskrle show`.

use std::path::PathBuf;

use crate::options::{ViewArgs, heading};

/// Draw masks as a picture
///
/// FILE is what `maskrle encode` writes, a COCO dataset or results, Segment Anything's JSON, CSV
/// with the column EncodedPixels; or pixels: .npy, .npz or .png, or a folder of them. Each mask,
/// and each label of a label map, has a colour, an outline, a box and an id: the annotation's, the
/// label, or else the row, counted from 0. Smaller masks are drawn over larger ones.
///
/// Without --index all masks of FILE, or of the image of --image-id, are drawn: over each other if
/// they are of one image and at most 64; else as a sheet of the first 100, each in a tile of its
/// own.
///
/// Masks of more than 4096 pixels along a side are drawn smaller, a pixel for 2 x 2, 3 x 3 ... of
/// theirs; so are many large masks over each other.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// JSON, JSON lines or CSV, plain or packed by gzip or zstd (- is standard input); .npy, .npz,
    /// .png, or a folder of these
    pub file: PathBuf,
    /// One mask or label map: its row, or its place in a stack, counted from 0
    #[arg(long, value_name = "I", conflicts_with = "image_id", help_heading = heading::INPUT)]
    pub index: Option<u64>,
    /// All masks of an image: its id in COCO's files, the ImageId of CSV, or the source of other
    /// rows
    #[arg(long, value_name = "ID", help_heading = heading::INPUT)]
    pub image_id: Option<String>,
    /// Draw over this picture, a PNG or JPEG of the masks' size
    #[arg(
        long,
        value_name = "PICTURE",
        conflicts_with = "sheet",
        help_heading = heading::PICTURE
    )]
    pub image: Option<PathBuf>,
    /// Draw each pixel as N x N, however large the masks are; default: as many as make the longer
    /// side 640 at least, but at most 32
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64),
          conflicts_with = "sheet", help_heading = heading::PICTURE)]
    pub scale: Option<u32>,
    /// Draw all masks over each other, however many: they must be of one image
    #[arg(long, conflicts_with = "sheet", help_heading = heading::PICTURE)]
    pub pile: bool,
    /// Draw each mask or label map in a tile of its own, of 160 x 160 pixels: the first 100
    #[arg(long, help_heading = heading::PICTURE)]
    pub sheet: bool,
    /// Neither boxes nor ids
    #[arg(long, help_heading = heading::PICTURE)]
    pub plain: bool,
    #[command(flatten)]
    pub view: ViewArgs,
    /// The picture to write; - is standard output
    #[arg(
        short,
        long,
        value_name = "OUT.png",
        value_parser = parse_output,
        help_heading = heading::OUTPUT
    )]
    pub output: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  maskrle show rle.jsonl --index 7 -o mask.png
  maskrle show instances_val2017.json --image-id 139 --image 000000000139.jpg -o masks.png
  maskrle show instances_val2017.json -o sheet.png
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
