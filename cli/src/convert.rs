//! `maskrle convert`: encoded masks from one format to another.

mod rebuild;
mod respell;
mod row;
mod targets;

use std::path::PathBuf;

use anyhow::{Context, Result};
use maskrle::Order;

use crate::coco::{Category, Kind};
use crate::coded::{self, Csv, Source};
use crate::error::usage;
use crate::options::{FormatArg, OrderArg, Stack, parse_sides};
use crate::output::Output;
use respell::Spelling;

/// Convert encoded masks to another format
///
/// IN is a COCO dataset or results, Segment Anything's JSON, the JSON lines that `maskrle encode`
/// writes, or CSV with the columns ImageId and EncodedPixels: which of them is seen from its
/// content. It is read as a stream, however large it is.
///
/// To coco and coco-counts, a JSON file stays what it is: only its masks are spelt anew, polygons
/// among them, and all else, known or not, goes through as it is spelt, but for white space between
/// items. CSV becomes JSON lines. The keys of a dataset's own members are spelt anew where they
/// have escapes.
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
    input: PathBuf,
    /// The file to write, which appears when all is done
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// What the masks become, by default kaggle where OUT ends in .csv, else coco; a JSON file
    /// stays a list, a dataset or lines to coco and coco-counts
    #[arg(long, value_enum)]
    to: Option<FormatArg>,
    /// To coco and coco-counts: leave polygons as they are
    #[arg(long)]
    keep_polygons: bool,
    /// Height and width of all masks in CSV without columns Height and Width, which win over it
    #[arg(long, value_name = "H,W", value_parser = parse_sides)]
    size: Option<[u32; 2]>,
    /// The scan order of the pairs in CSV, read or written; column unless told. From JSON to
    /// values, that of the values; row unless told, and always where CSV is read
    #[arg(long, value_enum)]
    order: Option<OrderArg>,
    /// How CSV spells an empty mask, read or written; a field of nothing unless told
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        allow_hyphen_values = true
    )]
    empty: String,
    /// To kaggle: with columns Height, Width and CategoryId, which the way back reads
    #[arg(long)]
    full: bool,
    /// To coco-results and coco-dataset: the name of a category, by default its number; may be
    /// repeated. The first is that of masks without one, by default 1:object
    #[arg(long, value_name = "ID:NAME", value_parser = Category::parse)]
    category: Vec<Category>,
    /// To coco-results and coco-dataset from JSON lines: what the masks of one source are
    #[arg(long, value_enum, default_value_t = Stack::Instances)]
    stack: Stack,
}

impl Args {
    fn to(&self) -> FormatArg {
        let is_csv = self
            .output
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        self.to.unwrap_or(if is_csv {
            FormatArg::Kaggle
        } else {
            FormatArg::Coco
        })
    }
}

const EXAMPLES: &str = "\
Examples:
  maskrle convert instances_val2017.json rle.json
      a dataset whose polygons and counts became compressed RLE, all else as it was
  maskrle convert sam.json counts.json --to coco-counts
  maskrle convert results.json rows.csv --empty -1
      ImageId is the stem of the image's file name, or its id; an image without annotations has an empty row
  maskrle convert train.csv dataset.json --to coco-dataset --size 768,768 --category 1:ship
      image ids are the ImageIds where these are whole numbers, else counted from 1; an empty mask is no annotation";

/// Converts a file.
pub fn run(args: &Args) -> Result<()> {
    check_usage(args)?;
    let source = Source::open(&args.input)?;
    let mut output = Output::create_whole(Some(&args.output))?;
    match spelling(args, source.kind) {
        Some(spelling) => respell::respell(&source, &spelling, &mut output)?,
        None => rebuild(args, &source, &mut output)?,
    }
    output.finish()
}

/// Fails where options contradict each other in a way that clap cannot check.
fn check_usage(args: &Args) -> Result<()> {
    let usage = |message| Err(usage("convert", message));
    if args.keep_polygons && !matches!(args.to(), FormatArg::Coco | FormatArg::CocoCounts) {
        return usage("--keep-polygons goes with --to coco and coco-counts");
    }
    if args.full && args.to() != FormatArg::Kaggle {
        return usage("--full goes with --to kaggle");
    }
    if !args.category.is_empty() && !args.to().is_document() {
        return usage("--category goes with --to coco-results and coco-dataset");
    }
    Ok(())
}

/// How masks are spelt where the document stays what it is; None where it becomes another.
fn spelling(args: &Args, kind: coded::Kind) -> Option<Spelling> {
    let is_rows = kind == coded::Kind::Rows;
    let is_json = is_rows || matches!(kind, coded::Kind::Dataset | coded::Kind::List);
    let format = match (args.to(), kind) {
        (FormatArg::Coco | FormatArg::CocoCounts, _) if is_json => args.to().rows().ok()?,
        (FormatArg::Values, coded::Kind::Rows) => args.to().rows().ok()?,
        (FormatArg::CocoDataset, coded::Kind::Dataset)
        | (FormatArg::CocoResults, coded::Kind::List) => crate::rows::Format::Coco,
        _ => return None,
    };
    Some(Spelling {
        format,
        order: values_order(args, kind),
        keeps_polygons: args.keep_polygons,
    })
}

/// The order of values; where CSV is read, --order is that of its pairs.
fn values_order(args: &Args, kind: coded::Kind) -> Order {
    let order = args.order.filter(|_| kind != coded::Kind::Csv);
    order.map_or(Order::RowMajor, Order::from)
}

fn pairs_order(args: &Args) -> Order {
    args.order.map_or(Order::ColumnMajor, Order::from)
}

fn rebuild(args: &Args, source: &Source, output: &mut Output) -> Result<()> {
    let csv = Csv {
        size: args.size,
        order: pairs_order(args),
        empty: &args.empty,
    };
    match args.to().rows() {
        Ok(crate::rows::Format::Kaggle) => {
            let kaggle = targets::Kaggle::new(pairs_order(args), &args.empty, args.full);
            rebuild::rebuild(source, &csv, kaggle, output)
        }
        Ok(format) => {
            let rows = targets::Rows {
                format,
                order: values_order(args, source.kind),
            };
            rebuild::rebuild(source, &csv, rows, output)
        }
        Err(kind) => {
            let is_results = kind == Kind::Results;
            let document = targets::Annotated::new(kind, &args.category, args.stack);
            let document = document.with_context(|| {
                if is_results {
                    "no results"
                } else {
                    "no dataset"
                }
            })?;
            rebuild::rebuild(source, &csv, document, output)
        }
    }
}
