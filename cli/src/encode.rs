//! `maskrle encode`: masks in files to rows of runs, or to COCO's documents.

mod annotations;
mod image_ids;
mod target;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::ValueEnum;
use maskrle::{Encoder, Order};

use crate::coco::Category;
use crate::error::{error_line, usage};
use crate::ids::Ids;
use crate::options::{EncoderArgs, FormatArg, OrderArg, Stack};
use crate::output::Output;
use crate::progress::Progress;
use crate::read::{self, Input, Name, Pixels, Predicate};
use crate::rows::{Place, Rows};
use annotations::{Annotations, Labels};
use target::{Encoded, Target};

/// Encode masks as runs
///
/// Integers and bools are masks where they are not 0, or label maps with --labels; floats need
/// --threshold. Rows come in the order of the inputs. Each file in a folder and each array in a
/// .npz (named FILE.npz:ARRAY) is an input of its own. A bad one is a line on standard error and
/// gives no row to OUT; the others are still encoded, and the exit status is 1.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// .npy ([w], [h, w] or [n, h, w]), .npz (every array in it), .png (gray or palette), or a
    /// folder of these
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// What to write
    #[arg(long, value_enum, default_value_t = FormatArg::Coco)]
    format: FormatArg,
    /// The scan order; column unless told, row for values. COCO knows column only
    #[arg(long, value_enum)]
    order: Option<OrderArg>,
    /// Pixels are labels: a row for each non-zero label of each mask, with its value; with values,
    /// a run for each stretch of one label
    #[arg(long)]
    labels: bool,
    /// Masks are where the pixels are above T: for floats
    #[arg(long, value_name = "T", allow_hyphen_values = true, conflicts_with = "labels", value_parser = parse_threshold)]
    threshold: Option<f64>,
    /// How arrays of three dimensions lie: [n, h, w] or [h, w, n]
    #[arg(long, value_enum, default_value_t = Layout::Nhw)]
    layout: Layout,
    /// What kaggle writes for an empty mask, such as -1 or "1 0"; an empty field unless told
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    empty: Option<String>,
    /// For COCO's documents: what the masks of one array are; instances unless told, with --labels
    /// images. An image without masks is listed, an empty mask is no annotation
    #[arg(long, value_enum)]
    stack: Option<Stack>,
    /// For COCO's documents with --labels: what the categories are
    #[arg(long, value_enum)]
    categories: Option<Labels>,
    /// For COCO's documents: the category of all masks, 1:object unless told. With --categories
    /// label, the name of a label; may be repeated
    #[arg(long, value_name = "ID:NAME", value_parser = Category::parse)]
    category: Vec<Category>,
    /// For COCO's documents: the images' ids, counted from 1 unless told. FILE is a COCO dataset
    /// whose images are called as the inputs are, but for folders and extensions (masks of a stack
    /// as STEM_INDEX); or a whole number a line, in the order of the images
    #[arg(long, value_name = "FILE")]
    image_ids: Option<PathBuf>,
    #[command(flatten)]
    encoder: EncoderArgs,
    /// No summary and no progress bar on standard error; errors still are
    #[arg(long)]
    quiet: bool,
    /// Write to OUT, which appears when all is done; standard output unless told
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  maskrle encode masks.npy
      {\"source\":\"masks.npy\",\"index\":0,\"size\":[480,640],\"counts\":\"...\"}, a line for each mask
  maskrle encode --threshold 0.5 --backend gpu probabilities.npy -o rle.jsonl
  maskrle encode --labels --format coco-counts instances.png
  maskrle encode --labels --format values --order column classes.npz
  maskrle encode --format kaggle --empty -1 predictions/ -o submission.csv
      ImageId is the file's stem, with _INDEX for each mask of a stack; for arrays in a .npz, STEM_NAME";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Layout {
    /// [n, h, w]
    Nhw,
    /// [h, w, n]
    Hwn,
}

fn parse_threshold(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|threshold: &f64| !threshold.is_nan())
        .ok_or_else(|| "not a number".into())
}

/// Encodes all inputs. Fails only where nothing can be written; `has_failed` says, then too,
/// whether an input was bad.
pub fn run(args: Args, has_failed: &mut bool) -> Result<()> {
    let started = Instant::now();
    check_usage(&args)?;
    let total = args
        .inputs
        .iter()
        .flat_map(|path| read::files(path).unwrap_or_default())
        .map(|file| read::size(&file))
        .sum();
    let encoder = args.encoder.build(total).context("no encoder")?;
    let order = args.order.map_or(args.format.default_order(), Order::from);
    let target = target(&args)?;
    let mut output = match args.format.is_document() {
        true => Output::create_whole(args.output.as_deref())?,
        false => Output::create(args.output.as_deref())?,
    };
    output.write(&target.begin()?)?;

    let progress = Progress::new(total, !args.quiet);
    let options = options(&args);
    let predicate = options.predicate;
    let done = Totals::default();
    let mut job = Job {
        encoder,
        order,
        target,
        predicate,
        output,
        progress,
        done,
        has_failed,
    };
    let written = args
        .inputs
        .iter()
        .try_for_each(|path| job.path(path, &options));
    job.progress.finish();
    written?;
    if job.done.inputs > 0 || !*job.has_failed {
        job.target.end(&mut job.output)?;
        job.output.finish()?;
    }
    if !args.quiet {
        eprintln!(
            "{}",
            job.done
                .summary(&job.encoder, started.elapsed().as_secs_f64())
        );
    }
    Ok(())
}

/// Fails where options contradict each other in a way that clap cannot check.
fn check_usage(args: &Args) -> Result<()> {
    let usage = |message| Err(usage("encode", message));
    if args.order == Some(OrderArg::Row) && args.format.is_coco() {
        return usage(
            "COCO is column-major by definition: --order row goes with --format kaggle and values",
        );
    }
    if args.empty.is_some() && args.format != FormatArg::Kaggle {
        return usage("--empty goes with --format kaggle");
    }
    let is_about_documents = args.stack.is_some()
        || args.categories.is_some()
        || !args.category.is_empty()
        || args.image_ids.is_some();
    if is_about_documents && !args.format.is_document() {
        return usage(
            "--stack, --categories, --category and --image-ids go with --format coco-results and --format coco-dataset",
        );
    }
    if args.categories.is_some() && !args.labels {
        return usage("--categories goes with --labels");
    }
    if args.category.len() > 1 && args.categories != Some(Labels::Label) {
        return usage(
            "all masks have one category, unless --categories label makes categories of labels",
        );
    }
    Ok(())
}

/// What is written.
fn target(args: &Args) -> Result<Target> {
    let kind = match args.format.rows() {
        Ok(format) => {
            let empty = args.empty.clone().unwrap_or_default();
            return Ok(Target::Rows {
                rows: Rows {
                    format,
                    is_by_label: args.labels,
                    empty,
                },
                ids: Ids::default(),
            });
        }
        Err(kind) => kind,
    };
    let usual = if args.labels {
        Stack::Images
    } else {
        Stack::Instances
    };
    let options = annotations::Options {
        kind,
        stack: args.stack.unwrap_or(usual),
        labels: args
            .labels
            .then_some(args.categories.unwrap_or(Labels::One)),
        categories: &args.category,
        image_ids: args.image_ids.as_deref(),
    };
    Annotations::new(&options)
        .map(Box::new)
        .map(Target::Annotations)
}

fn options(args: &Args) -> read::Options {
    let predicate = match (args.labels, args.threshold) {
        (true, _) => Predicate::Labels,
        (false, Some(threshold)) => Predicate::Above(threshold),
        (false, None) => Predicate::Binary,
    };
    read::Options {
        masks_last: args.layout == Layout::Hwn,
        predicate,
        chunk_bytes: args.encoder.chunk_bytes(),
    }
}

/// What came of the inputs that were encoded.
#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    inputs: u64,
    masks: u64,
    pixels: u64,
    bytes: u64,
    runs: u64,
    /// Masks that no annotation is made of.
    empty: u64,
}

impl Totals {
    fn summary(&self, encoder: &Encoder, seconds: f64) -> String {
        let Totals {
            masks,
            pixels,
            bytes,
            runs,
            empty,
            ..
        } = self;
        let speed = *bytes as f64 / seconds / 1e9;
        let tally = encoder.tally();
        // Asking for the adapter opens it.
        let adapter = if tally.gpu > 0 {
            encoder.backend().adapter.as_deref()
        } else {
            None
        };
        let adapter = adapter.map(|name| format!(" ({name})")).unwrap_or_default();
        let left_out = if *empty > 0 {
            format!(", {empty} empty left out")
        } else {
            String::new()
        };
        format!(
            "{masks} masks, {pixels} pixels, {runs} runs, {seconds:.3} s, {speed:.2} GB/s, cpu {} masks, gpu{adapter} {} masks{left_out}",
            tally.cpu, tally.gpu
        )
    }
}

/// Why an input was not encoded.
enum Failure {
    /// It is bad: the next one is tried.
    Input(anyhow::Error),
    /// Nothing can be written any more.
    Output(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure::Input(error.into())
    }
}

struct Job<'a> {
    encoder: Encoder,
    order: Order,
    target: Target,
    predicate: Predicate,
    output: Output,
    progress: Progress,
    done: Totals,
    /// Whether an input was bad. It outlives the job, which a closed pipe ends early.
    has_failed: &'a mut bool,
}

impl Job<'_> {
    /// Encodes a file, or those in a folder.
    fn path(&mut self, path: &Path, options: &read::Options) -> Result<()> {
        match read::files(path) {
            Ok(files) => files.iter().try_for_each(|file| {
                self.progress.file(read::size(file));
                read::visit(file, options, &mut |name, input| self.input(name, input))
            }),
            Err(error) => {
                self.report(&path.display().to_string(), error);
                Ok(())
            }
        }
    }

    /// Encodes an input. One that fails leaves no row in the output file.
    fn input(&mut self, name: &Name, input: Result<Input<'_>>) -> Result<()> {
        let mark = self.target.mark(&mut self.output)?;
        let before = self.done;
        match input
            .map_err(Failure::Input)
            .and_then(|input| self.encode(name, input))
        {
            Ok(()) => self.done.inputs += 1,
            Err(Failure::Output(error)) => return Err(error),
            Err(Failure::Input(error)) => {
                self.done = before;
                self.report(&name.source, error);
                self.target.roll_back(mark, &mut self.output)?;
            }
        }
        Ok(())
    }

    fn report(&mut self, name: &str, error: anyhow::Error) {
        *self.has_failed = true;
        self.progress
            .line(&error_line(&error.context(name.to_owned())));
    }

    /// Encodes an input as it is read; what is encoded is written meanwhile.
    fn encode(&mut self, name: &Name, input: Input<'_>) -> Result<(), Failure> {
        let Job {
            encoder,
            order,
            target,
            predicate,
            output,
            progress,
            done,
            ..
        } = self;
        let is_stack = input.is_stack;
        let wants_coco = target.wants_coco();
        target.input(name, input.size)?;
        let mut index = 0;
        encoder.stream(
            input.chunks.map(|pixels| pixels.map_err(Failure::Input)),
            |encoder, pixels: Pixels| {
                let masks = pixels.masks(*predicate)?;
                let encoded = match wants_coco {
                    true => Encoded::Coco(encoder.coco(&masks)?),
                    false => Encoded::Runs(encoder.runs(&masks, *order)?),
                };
                Ok((encoded, masks.pixels(), pixels.bytes()))
            },
            |(encoded, pixels, bytes)| {
                let written = target.write(
                    Place {
                        name,
                        is_stack,
                        index,
                    },
                    &encoded,
                    output,
                )?;
                index += written.masks;
                done.masks += written.masks;
                done.runs += written.runs;
                done.empty += written.empty;
                done.pixels += pixels;
                done.bytes += bytes;
                progress.advance(bytes);
                Ok(())
            },
        )?;
        target.end_input(name, is_stack, index)?;
        Ok(())
    }
}
