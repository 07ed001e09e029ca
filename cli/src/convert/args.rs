//! Command line of `maskrle convert`.

use std::path::PathBuf;

use anyhow::Result;

use crate::coco::Category;
use crate::error::usage;
use crate::options::{OrderArg, Stack, heading, parse_sides};
use crate::write::{Format, check_extension, usual_format};

/// Convert encoded masks to another format
///
/// IN is a COCO dataset or results, Segment Anything's JSON, the JSON lines that `maskrle encode`
/// writes, or CSV with the columns ImageId and EncodedPixels: which of them is seen from its
/// content. It is read as a stream, however large it is.
///
/// To coco and coco-counts, a JSON file stays what it is: only its masks are rewritten, polygons
/// among them, and all else, known or not, is copied as it stands, but for white space between
/// items. CSV becomes JSON lines. The keys of a dataset's own members are rewritten where they have
/// escapes.
///
/// To other formats the masks are written anew, and of what was said of them each keeps what it has
/// room for: coco-dataset the image, the category and iscrowd; coco-results the image, the category
/// and the score; kaggle the image, and with --full the size and the category; rows made of lists,
/// datasets and CSV the image's id or ImageId, the category and the score. A dataset's annotations
/// without a mask, which have key points or boxes alone, are left out.
///
/// An error names the line and the place in it, and OUT is not written.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// JSON, JSON lines, or CSV
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// The file to write, which appears when all is done; - is standard output
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// Format of the masks in OUT; default: kaggle where OUT ends in .csv, else coco. A JSON file
    /// stays a list, a dataset or lines to coco and coco-counts
    #[arg(
        short = 'f',
        long,
        visible_alias = "format",
        value_enum,
        help_heading = heading::OUTPUT
    )]
    pub to: Option<Format>,
    /// To coco and coco-counts: leave polygons as they are
    #[arg(long, help_heading = heading::OUTPUT)]
    pub keep_polygons: bool,
    /// Height and width of all masks in CSV without columns Height and Width, which win over it
    #[arg(long, value_name = "H,W", value_parser = parse_sides, help_heading = heading::CSV)]
    pub size: Option<[u32; 2]>,
    /// The scan order of the pairs in CSV, read or written; default: column. From JSON to values,
    /// that of the values; default: row, and always where CSV is read
    #[arg(long, value_enum, help_heading = heading::CSV)]
    pub order: Option<OrderArg>,
    /// Text of an empty mask in CSV, read or written; default: nothing
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true,
        help_heading = heading::CSV
    )]
    pub empty: String,
    /// To kaggle: with columns Height, Width and CategoryId, which the way back reads
    #[arg(long, help_heading = heading::CSV)]
    pub full: bool,
    /// To coco-results and coco-dataset: the name of a category; default: its number; may be
    /// repeated. The first is that of masks without one; default: 1:object
    #[arg(
        long,
        value_name = "ID:NAME",
        value_parser = Category::parse,
        help_heading = heading::DOCUMENTS
    )]
    pub category: Vec<Category>,
    /// To coco-results and coco-dataset from JSON lines: what the masks of one source are
    #[arg(
        long,
        value_enum,
        default_value_t = Stack::Instances,
        help_heading = heading::DOCUMENTS
    )]
    pub stack: Stack,
}

impl Args {
    /// The format to write.
    pub fn to(&self) -> Format {
        self.to.unwrap_or_else(|| usual_format(Some(&self.output)))
    }
}

const EXAMPLES: &str = "\
Examples:
  maskrle convert instances_val2017.json rle.json
      a dataset whose polygons and counts became compressed RLE, all else as it was
  maskrle convert sam.json counts.json --to coco-counts
  maskrle convert results.json rows.csv --empty -1
      ImageId is the stem of the image's file name, or its id; \
      an image without annotations has an empty row
  maskrle convert train.csv dataset.json --to coco-dataset --size 768,768 --category 1:ship
      image ids are the ImageIds where these are whole numbers, else counted from 1; \
      an empty mask is no annotation";

/// Fails where options contradict each other in a way that clap cannot check.
pub fn check_usage(args: &Args) -> Result<()> {
    let usage = |message: &str| Err(usage("convert", message));
    if let Err(message) = check_extension(Some(&args.output), args.to()) {
        return usage(&message);
    }
    if args.keep_polygons && !matches!(args.to(), Format::Coco | Format::CocoCounts) {
        return usage("--keep-polygons goes with --to coco and coco-counts");
    }
    if args.full && args.to() != Format::Kaggle {
        return usage("--full goes with --to kaggle");
    }
    if !args.category.is_empty() && !args.to().is_document() {
        return usage("--category goes with --to coco-results and coco-dataset");
    }
    Ok(())
}
