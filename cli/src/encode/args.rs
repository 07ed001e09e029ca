//! Command line of `maskrle encode`.

use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;

use super::resample_args::{MeasureArgs, ResampleArgs};
use crate::coco::Category;
use crate::error::usage;
use crate::options::{BudgetArgs, EncoderArgs, OrderArg, Stack, folder_of_pngs, heading};
use crate::read::Channels;
use crate::write::{Format, check_extension, usual_format};

/// Encode masks as runs
///
/// Integers and bools are masks where they are not 0, or label maps with --labels; floats need
/// --threshold. Rows come in the order of the inputs. Each file in a folder and each array in a
/// .npz (named FILE.npz:ARRAY) is an input of its own; arrays of one dimension beside others are
/// left out. A bad input is a line on standard error and gives no row to OUT; the others are still
/// encoded, and the exit status is 1.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// .npy ([w], [h, w], [n, h, w] or [b, k, h, w]), .npz (every array in it), .png (gray or
    /// palette, or colours that are gray), a folder of these, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Format to write; default: kaggle where OUT ends in .csv, else coco
    #[arg(short, long, value_enum, help_heading = heading::OUTPUT)]
    format: Option<Format>,
    /// The scan order; default: column, row for values. COCO knows column only
    #[arg(long, value_enum, help_heading = heading::OUTPUT)]
    pub order: Option<OrderArg>,
    /// Pixels are labels: a row for each non-zero label of each mask, with its value; with values,
    /// each run is of one label
    #[arg(long, help_heading = heading::INPUT)]
    pub labels: bool,
    /// Masks are where the pixels are above T: floats, and integers such as probabilities of 8
    /// bits; bools, and gray PNGs of one bit, are masks already
    #[arg(
        short,
        long,
        value_name = "T",
        allow_hyphen_values = true,
        conflicts_with = "labels",
        value_parser = parse_threshold,
        help_heading = heading::INPUT
    )]
    pub threshold: Option<f64>,
    #[command(flatten)]
    pub resample: ResampleArgs,
    /// Layout of arrays of three dimensions: [n, h, w] or [h, w, n]
    #[arg(long, value_enum, default_value_t = Layout::Nhw, help_heading = heading::INPUT)]
    pub layout: Layout,
    /// Read the folders in folders too
    #[arg(long, help_heading = heading::INPUT)]
    pub recursive: bool,
    /// Array of a .npz to take, whatever its dimensions, and no other; may be repeated
    #[arg(long, value_name = "NAME", help_heading = heading::INPUT)]
    pub array: Vec<String>,
    /// Label that is background, such as 255 for pixels without one; with --labels; may be repeated
    #[arg(
        long,
        value_name = "LABEL",
        allow_negative_numbers = true,
        requires = "labels",
        help_heading = heading::INPUT
    )]
    pub ignore: Vec<i128>,
    /// Meaning of the channels of a PNG of colours; default: its gray levels, if they are equal
    #[arg(long, value_enum, help_heading = heading::INPUT)]
    pub channels: Option<Channels>,
    #[command(flatten)]
    pub budget: BudgetArgs,
    /// Text that kaggle writes for an empty mask, such as -1 or "1 0"; default: nothing
    #[arg(
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        help_heading = heading::OUTPUT
    )]
    pub empty: Option<String>,
    /// Kaggle's starts count from the end of the run before, the first from 0 (SIIM-ACR), which
    /// the way back reads with --relative
    #[arg(long, help_heading = heading::OUTPUT)]
    pub write_relative: bool,
    #[command(flatten)]
    pub measures: MeasureArgs,
    /// Meaning of the masks of one array; default: instances, with --labels images. An image
    /// without masks is listed, an empty mask is no annotation. For kaggle the default is images:
    /// with instances all rows of an array have one ImageId
    #[arg(long, value_enum, help_heading = heading::DOCUMENTS)]
    pub stack: Option<Stack>,
    /// Categories of labels, with --labels; default: one
    #[arg(long, value_enum, help_heading = heading::DOCUMENTS)]
    pub categories: Option<Labels>,
    /// The category of all masks; default: 1:object. With --categories label, the name of a label;
    /// may be repeated
    #[arg(
        long,
        value_name = "ID:NAME",
        value_parser = Category::parse,
        help_heading = heading::DOCUMENTS
    )]
    pub category: Vec<Category>,
    /// The images' ids; default: counted from 1. FILE is a COCO dataset whose images are called as
    /// the inputs are, but for folders and extensions (masks of a stack as STEM_INDEX); or a whole
    /// number a line, in the order of the images
    #[arg(long, value_name = "FILE", help_heading = heading::DOCUMENTS)]
    pub image_ids: Option<PathBuf>,
    /// The folder of panoptic's PNGs, which must be new or empty; default: OUT without .json
    #[arg(long, value_name = "FOLDER", help_heading = heading::DOCUMENTS)]
    pub pngs: Option<PathBuf>,
    #[command(flatten)]
    pub encoder: EncoderArgs,
    /// No summary and no progress bar on standard error; errors still are
    #[arg(short, long, help_heading = heading::OUTPUT)]
    pub quiet: bool,
    /// Write to OUT, which appears when all is done; default: -, standard output
    #[arg(short, long, value_name = "OUT", help_heading = heading::OUTPUT)]
    pub output: Option<PathBuf>,
}

impl Args {
    /// The format to write.
    pub fn format(&self) -> Format {
        let usual = || usual_format(self.output.as_deref());
        self.format.unwrap_or_else(usual)
    }

    /// Folder of the PNGs.
    pub fn pngs(&self) -> Option<PathBuf> {
        let usual = || folder_of_pngs(self.output.as_deref()?);
        self.pngs.clone().or_else(usual)
    }
}

const EXAMPLES: &str = "\
Examples:
  maskrle encode masks.npy
      {\"source\":\"masks.npy\",\"index\":0,\"size\":[480,640],\"counts\":\"...\"}, \
      a line for each mask
  maskrle encode --threshold 0.5 --backend gpu probabilities.npy -o rle.jsonl
  maskrle encode --threshold 0 --resize 1080,1920 --with area,bbox,stability logits.npy
      from a model's logits, such as [n, 256, 256], to RLE of the image's size
  maskrle encode --threshold 0.5 --paste boxes.npy --size 480,640 maps.npy
      Mask R-CNN's maps [n, 28, 28], each in its box of boxes.npy [n, 4]
  maskrle encode --labels --format coco-counts instances.png
  maskrle encode --labels --format values --order column classes.npz
  maskrle encode --labels --ignore 255 --recursive annotations/ -o rle.jsonl
  maskrle encode --labels --channels panoptic panoptic_val2017/ -o segments.jsonl
  maskrle encode --threshold 127 --array probs results.npz
  maskrle encode --empty -1 predictions/ -o submission.csv
      ImageId is the file's stem, with _INDEX for each mask of a stack; \
      for arrays in a .npz, STEM_NAME";

/// Layout of arrays of three dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Layout {
    /// [n, h, w]
    Nhw,
    /// [h, w, n]
    Hwn,
}

/// Meaning of labels as categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Labels {
    /// One: a label map holds instances of it
    One,
    /// The labels themselves: a label map holds classes
    Label,
}

fn parse_threshold(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|threshold: &f64| !threshold.is_nan())
        .ok_or_else(|| "not a number".into())
}

/// Fails where options contradict each other in a way that clap cannot check.
pub fn check_usage(args: &Args) -> Result<()> {
    let usage = |message: &str| Err(usage("encode", message));
    let format = args.format();
    if let Err(message) = check_extension(args.output.as_deref(), format) {
        return usage(&message);
    }
    if args.order == Some(OrderArg::Row) && format.has_one_order() {
        return usage(
            "COCO is column-major by definition: --order row goes with --format kaggle and values",
        );
    }
    if args.empty.is_some() && format != Format::Kaggle {
        return usage("--empty goes with --format kaggle");
    }
    if args.write_relative && format != Format::Kaggle {
        return usage("--write-relative goes with --format kaggle");
    }
    let has_categories = args.categories.is_some() || !args.category.is_empty();
    if args.image_ids.is_some() && !format.is_document()
        || has_categories && !format.names_categories()
    {
        return usage(
            "--categories, --category and --image-ids go with --format coco-results and \
             --format coco-dataset",
        );
    }
    if args.stack.is_some() && !format.names_categories() && format != Format::Kaggle {
        return usage(
            "--stack goes with --format coco-results, --format coco-dataset and --format kaggle",
        );
    }
    if args.pngs.is_some() && format != Format::Panoptic {
        return usage("--pngs goes with --format panoptic");
    }
    if format == Format::Panoptic && args.pngs().is_none() {
        return usage("--format panoptic: --pngs FOLDER says the PNGs, or -o OUT.json");
    }
    if args.channels == Some(Channels::Panoptic) && !args.labels {
        return usage("--channels panoptic goes with --labels: each id is a segment");
    }
    if args.categories.is_some() && !args.labels {
        return usage("--categories goes with --labels");
    }
    let has_threshold = args.threshold.is_some();
    if let Err(message) = args.measures.check(format, has_threshold) {
        return usage(message);
    }
    if let Err(error) = crate::coco::Categories::named(&args.category) {
        return usage(&format!("--category: {error}"));
    }
    if args.category.len() > 1 && args.categories != Some(Labels::Label) {
        return usage(
            "all masks have one category, unless --categories label makes categories of labels",
        );
    }
    Ok(())
}
