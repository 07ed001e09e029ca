//! Command line of `maskrle convert`.

use std::path::PathBuf;

use anyhow::Result;

use super::change::{Changes, Step};
use crate::coco::{Categories, Category};
use crate::encoded::{Dialect, EncodedFile, FileKind};
use crate::error::usage;
use crate::options::{BudgetArgs, ColumnArgs, OrderArg, SkipArgs, Stack, folder_of_pngs, heading};
use crate::write::{Format, check_extension, usual_format};

/// Convert encoded masks to another format
///
/// IN is a COCO dataset or results, Segment Anything's JSON, the JSON lines that `maskrle encode`
/// writes, or CSV with a column such as EncodedPixels: which of them is seen from its content. It
/// is read as a stream, however large it is.
///
/// To coco and coco-counts, a JSON file stays what it is: only its masks are rewritten, polygons
/// among them, and all else, known or not, is copied as it stands, but for white space between
/// items. CSV becomes JSON lines.
///
/// So does a dataset to coco-dataset, and a list to coco-results. There annotations get what COCO's
/// evaluation needs and they lack (area, bbox, iscrowd, a category), images without a size that of
/// their masks, the list of categories those that are not in it, and the names of --category;
/// results get a score of 1 and a category. Numbers that are text become numbers.
///
/// Files of datasets and annotators are read by --from, and written by --to, for COCO panoptic,
/// nuImages, Open Images, MOTS, CVAT, YOLO, SA-V, YouTube-VIS and Label Studio; Cityscapes, Pascal
/// VOC, LabelMe and Supervisely are read. Categories that are text get the numbers of --category,
/// or the next ones, and keep their names in coco-dataset.
///
/// To other formats the masks are written anew, and of what was said of them each keeps what it has
/// room for: coco-dataset the image, the category and iscrowd; coco-results the image, the category
/// and the score; kaggle the image, and with --full the size and the category; rows made of lists,
/// datasets and CSV the image's id or ImageId, the category and the score. A dataset's annotations
/// without a mask, which have key points or boxes alone, are left out.
///
/// In CSV the image is in a column ImageId, image, img, filename or id, the category in CategoryId,
/// ClassId, class, label or Value, or both in one, as in ImageId_ClassId; names may be in any case.
/// Columns that are not read are named.
///
/// Masks are changed by options, one after the other in the order given: holes are filled, small
/// components go, all is dilated, turned, cropped. Area and box are then those of the changed mask,
/// and images have the size that their masks get.
///
/// An error names the line and the place in it, and OUT is not written. Nor is it where IN has no
/// mask, though it has what might be one. How many masks were written anew is said on standard
/// error.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// JSON, JSON lines or CSV, plain or packed by gzip or zstd; - is standard input. With --from
    /// cityscapes and voc a PNG or a folder, with yolo a folder too
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// The file to write, which appears when all is done; - is standard output. To yolo a folder
    /// too, new or empty, such as labels/
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    /// Dialect of IN, which its content does not tell
    #[arg(long, value_enum, value_name = "DIALECT", help_heading = heading::INPUT)]
    pub from: Option<Dialect>,
    /// The folder of panoptic's PNGs: of IN, else of OUT, which must be new or empty; default: the
    /// file's name without .json
    #[arg(long, value_name = "FOLDER", help_heading = heading::INPUT)]
    pub pngs: Option<PathBuf>,
    #[command(flatten)]
    pub budget: BudgetArgs,
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
    /// To coco and coco-counts, and of a dataset to coco-dataset: leave polygons as they are
    #[arg(long, help_heading = heading::OUTPUT)]
    pub keep_polygons: bool,
    /// The scan order of the pairs in CSV, read or written; default: column. From JSON to values,
    /// that of the values; default: row, and always where CSV is read
    #[arg(long, value_enum, help_heading = heading::CSV)]
    pub order: Option<OrderArg>,
    /// Text of an empty mask in CSV, read or written; default: nothing
    #[arg(
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        help_heading = heading::CSV
    )]
    pub empty: Option<String>,
    #[command(flatten)]
    pub columns: ColumnArgs,
    /// To kaggle: with columns Height, Width and CategoryId, which the way back reads
    #[arg(long, help_heading = heading::CSV)]
    pub full: bool,
    /// To kaggle: starts count from the end of the run before, the first from 0 (SIIM-ACR), which
    /// the way back reads with --relative
    #[arg(long, help_heading = heading::CSV)]
    pub write_relative: bool,
    /// To coco-dataset: the name of a category; default: its number; may be repeated. There and to
    /// coco-results the first is that of masks without one; default: 1:object
    #[arg(
        long,
        value_name = "ID:NAME",
        value_parser = Category::parse,
        help_heading = heading::DOCUMENTS
    )]
    pub category: Vec<Category>,
    /// To coco-results and coco-dataset from JSON lines: what the masks of one source are; default:
    /// instances
    #[arg(long, value_enum, help_heading = heading::DOCUMENTS)]
    pub stack: Option<Stack>,
    /// To yolo: pixels that an outline may be off, so that it has fewer points (Douglas and
    /// Peucker): each point of the one is that near to the other; default: 0, no pixel changes
    #[arg(long, value_name = "PIXELS", value_parser = parse_tolerance, help_heading = heading::OUTPUT)]
    pub tolerance: Option<f64>,
    #[command(flatten)]
    pub changes: Changes,
    #[command(flatten)]
    pub skip: SkipArgs,
    /// Number a dataset's annotations anew, from 1 on: two may have one id, or none
    #[arg(long, help_heading = heading::DOCUMENTS)]
    pub renumber: bool,
    /// No summary on standard error; what is left out as bad is still named
    #[arg(short, long, help_heading = heading::OUTPUT)]
    pub quiet: bool,
}

impl Args {
    /// The format to write.
    pub fn to(&self) -> Format {
        self.to.unwrap_or_else(|| usual_format(Some(&self.output)))
    }

    /// Folder of the PNGs of IN.
    pub fn pngs_of_input(&self) -> Option<PathBuf> {
        let is_panoptic = self.from == Some(Dialect::Panoptic);
        let given = self.pngs.clone().filter(|_| is_panoptic);
        given.or_else(|| folder_of_pngs(&self.input))
    }

    /// Folder of the PNGs of OUT.
    pub fn pngs_of_output(&self) -> Option<PathBuf> {
        let is_panoptic = self.from == Some(Dialect::Panoptic);
        let given = self.pngs.clone().filter(|_| !is_panoptic);
        given.or_else(|| folder_of_pngs(&self.output))
    }
}

fn parse_tolerance(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| *number >= 0.0);
    number.ok_or_else(|| "not a number of pixels, from 0 on".into())
}

const EXAMPLES: &str = "\
Examples:
  maskrle convert instances_val2017.json rle.json
      a dataset whose polygons and counts became compressed RLE, all else as it was
  maskrle convert sam.json counts.json --to coco-counts
  maskrle convert results.json rows.csv --empty -1
      ImageId is the stem of the image's file name, or its id; \
      an image without annotations has an empty row
  maskrle convert sam.json clean.json --fill-holes --remove-small-components 50 --dilate 3
      one after the other: masks without holes and small islands, three pixels larger all around
  maskrle convert instances.json turned.json --rot90 1 --resize-nearest 512,512
  maskrle convert train.csv dataset.json --to coco-dataset --size 768,768 --category 1:ship
      image ids are the ImageIds where all of these are whole numbers, else counted from 1; \
      an empty mask is no annotation
  maskrle convert annotations.json dataset.json --to coco-dataset --skip-bad --renumber
      what COCOeval needs, from a dataset with bad polygons and repeated ids
  maskrle convert export.json dataset.json --from label-studio --to coco-dataset
      brush masks of Label Studio; its labels become categories
  maskrle convert panoptic_val2017.json dataset.json --from panoptic --to coco-dataset
      its segments, from the PNGs in panoptic_val2017/
  maskrle convert instances.json annotations.xml --to cvat
      what CVAT imports as \"CVAT for images 1.1\"";

/// Fails where options contradict each other in a way that clap cannot check.
pub fn check_usage(args: &Args) -> Result<()> {
    let usage = |message: &str| Err(usage("convert", message));
    let to = args.to();
    if let Err(message) = check_extension(Some(&args.output), to) {
        return usage(&message);
    }
    if args.keep_polygons && !matches!(to, Format::Coco | Format::CocoCounts | Format::CocoDataset)
    {
        return usage("--keep-polygons goes with --to coco, coco-counts and coco-dataset");
    }
    if args.keep_polygons && !args.changes.is_none() {
        return usage("--keep-polygons: a polygon that is changed becomes RLE");
    }
    let has_connectivity = |step: &Step| step.change.has_connectivity();
    if args.changes.connectivity.is_some() && !args.changes.steps.iter().any(has_connectivity) {
        return usage(
            "--connectivity goes with --fill-holes, --fill-small-holes, \
             --remove-small-components and --largest-component",
        );
    }
    if args.tolerance.is_some() && to != Format::Yolo {
        return usage("--tolerance goes with --to yolo");
    }
    let is_panoptic = args.from == Some(Dialect::Panoptic);
    if args.pngs.is_some() && !is_panoptic && to != Format::Panoptic {
        return usage("--pngs goes with --from panoptic and --to panoptic");
    }
    if is_panoptic && args.pngs_of_input().is_none() {
        return usage("--from panoptic: IN does not end in .json, --pngs FOLDER says the PNGs");
    }
    if to == Format::Panoptic && args.pngs_of_output().is_none() {
        return usage("--to panoptic: OUT does not end in .json, --pngs FOLDER says the PNGs");
    }
    if args.full && to != Format::Kaggle {
        return usage("--full goes with --to kaggle");
    }
    if args.write_relative && to != Format::Kaggle {
        return usage("--write-relative goes with --to kaggle");
    }
    if !args.category.is_empty() && !to.names_categories() && args.from.is_none() {
        return usage("--category goes with --to coco-results and coco-dataset");
    }
    if args.category.len() > 1 && to == Format::CocoResults {
        return usage(
            "results have no names of categories: --category says, once, which results without \
             a category have",
        );
    }
    if let Err(error) = Categories::named(&args.category) {
        return usage(&format!("--category: {error}"));
    }
    if args.stack.is_some() && !to.names_categories() {
        return usage("--stack goes with --to coco-results and coco-dataset");
    }
    Ok(())
}

/// Fails where options do not go with what IN holds.
pub fn check_input(args: &Args, file: &EncodedFile) -> Result<()> {
    let usage = |message| Err(usage("convert", message));
    let to = args.to();
    file.check_columns("convert", &args.columns)?;
    if matches!(file.kind, FileKind::Dialect(_)) && args.columns.relative {
        return usage("--relative is about CSV with pairs, and IN is of another dialect");
    }
    if matches!(file.kind, FileKind::Dialect(_))
        && (args.order.is_some() || args.empty.is_some())
        && !matches!(to, Format::Kaggle | Format::Values)
    {
        return usage("--order and --empty are about CSV with pairs, and neither IN nor OUT is");
    }
    if args.order.is_some() && file.is_json() && !matches!(to, Format::Kaggle | Format::Values) {
        return usage("--order is about CSV and values: COCO is column-major by definition");
    }
    if args.empty.is_some() && file.is_json() && to != Format::Kaggle {
        return usage("--empty is about CSV, and neither IN nor OUT is");
    }
    // A file of nothing is of any kind.
    if file.kind == FileKind::Empty {
        return Ok(());
    }
    let is_dataset = file.kind == FileKind::Dataset;
    let has_polygons = is_dataset || to != Format::CocoDataset && file.is_json();
    if args.keep_polygons && !has_polygons {
        return usage("--keep-polygons goes with a dataset, which holds polygons");
    }
    let has_sources =
        file.kind == FileKind::Rows || file.kind == FileKind::List && to == Format::CocoDataset;
    if args.stack.is_some() && !has_sources {
        return usage("--stack is about JSON lines, which name the source of each mask");
    }
    if args.renumber && !is_dataset {
        return usage("--renumber goes with a dataset, whose annotations have ids");
    }
    Ok(())
}
