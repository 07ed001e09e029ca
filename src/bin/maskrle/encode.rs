//! `maskrle encode`: masks in files to rows of runs.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::error::ErrorKind;
use clap::{CommandFactory, ValueEnum};
use maskrle::{CocoRle, Encoder, Order, Runs};

use crate::ids::Ids;
use crate::options::{EncoderArgs, OrderArg};
use crate::output::Output;
use crate::progress::Progress;
use crate::read::{self, Input, Name, Pixels, Question};
use crate::rows::{Format, Place, Rows};

/// Encode masks as runs
///
/// Integers and bools are masks where they are not 0, or label maps with --labels; floats need --threshold. Rows come in
/// the order of the inputs. Each file in a folder and each array in a .npz (named FILE.npz:ARRAY) is an input of its own.
/// A bad one is a line on standard error and gives no row to OUT; the others are still encoded, and the exit status is 1.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// .npy ([w], [h, w] or [n, h, w]), .npz (every array in it), .png (gray or palette), or a folder of these
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Coco)]
    format: Format,
    /// The scan order; column unless told, row for values. COCO knows column only
    #[arg(long, value_enum)]
    order: Option<OrderArg>,
    /// Pixels are labels: a row for each non-zero label of each mask, with its value; with values, a run for each
    /// stretch of one label
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
    text.parse().ok().filter(|threshold: &f64| !threshold.is_nan()).ok_or_else(|| "not a number".into())
}

/// Encodes all inputs. Fails only where nothing can be written; `has_failed` says, then too, whether an input was bad.
pub fn run(args: Args, has_failed: &mut bool) -> Result<()> {
    let started = Instant::now();
    check_usage(&args);
    let total =
        args.inputs.iter().flat_map(|path| read::files(path).unwrap_or_default()).map(|file| read::size(&file)).sum();
    let encoder = args.encoder.build(total).context("no encoder")?;
    let order = args.order.map_or(args.format.default_order(), Order::from);
    let rows = Rows { format: args.format, is_by_label: args.labels, empty: args.empty.clone().unwrap_or_default() };
    let mut output = Output::create(args.output.as_deref())?;
    output.write(&rows.header()?)?;

    let progress = Progress::new(total, !args.quiet && crate::is_watched());
    let options = options(&args);
    let question = options.question;
    let (ids, done) = (Ids::default(), Totals::default());
    let mut job = Job { encoder, order, rows, question, output, progress, ids, done, has_failed };
    let written = args.inputs.iter().try_for_each(|path| job.path(path, &options));
    job.progress.finish();
    written?;
    if job.done.inputs > 0 || !*job.has_failed {
        job.output.finish()?;
    }
    if !args.quiet {
        eprintln!("{}", job.done.summary(&job.encoder, started.elapsed().as_secs_f64()));
    }
    Ok(())
}

/// What clap cannot check; ends the process as clap does.
fn check_usage(args: &Args) {
    let usage = |message: &str| -> ! {
        let mut command = crate::Cli::command();
        command.build();
        let encode = command.find_subcommand_mut("encode").expect("it is one of the verbs");
        encode.error(ErrorKind::ArgumentConflict, message).exit()
    };
    if args.order == Some(OrderArg::Row) && matches!(args.format, Format::Coco | Format::CocoCounts) {
        usage("COCO is column-major by definition: --order row goes with --format kaggle and values");
    }
    if args.empty.is_some() && args.format != Format::Kaggle {
        usage("--empty goes with --format kaggle");
    }
}

fn options(args: &Args) -> read::Options {
    let question = match (args.labels, args.threshold) {
        (true, _) => Question::Labels,
        (false, Some(threshold)) => Question::Above(threshold),
        (false, None) => Question::Binary,
    };
    read::Options { masks_last: args.layout == Layout::Hwn, question, chunk_bytes: args.encoder.chunk_bytes() }
}

/// What came of the inputs that were encoded.
#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    inputs: u64,
    masks: u64,
    pixels: u64,
    bytes: u64,
    runs: u64,
}

impl Totals {
    fn summary(&self, encoder: &Encoder, seconds: f64) -> String {
        let Totals { masks, pixels, bytes, runs, .. } = self;
        let speed = *bytes as f64 / seconds / 1e9;
        let tally = encoder.tally();
        // Asking for the adapter opens it.
        let adapter = if tally.gpu > 0 { encoder.backend().adapter.as_deref() } else { None };
        let adapter = adapter.map(|name| format!(" ({name})")).unwrap_or_default();
        format!(
            "{masks} masks, {pixels} pixels, {runs} runs, {seconds:.3} s, {speed:.2} GB/s, cpu {} masks, gpu{adapter} {} masks",
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
    rows: Rows,
    question: Question,
    output: Output,
    progress: Progress,
    ids: Ids,
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
        let mark = self.output.mark()?;
        let before = self.done;
        match input.map_err(Failure::Input).and_then(|input| self.encode(name, input)) {
            Ok(()) => self.done.inputs += 1,
            Err(Failure::Output(error)) => return Err(error),
            Err(Failure::Input(error)) => {
                self.done = before;
                self.output.roll_back(mark)?;
                self.report(&name.source, error);
            }
        }
        Ok(())
    }

    fn report(&mut self, name: &str, error: anyhow::Error) {
        *self.has_failed = true;
        self.progress.line(&crate::error_line(&error.context(name.to_owned())));
    }

    /// Encodes an input as it is read; what is encoded is written meanwhile.
    fn encode(&mut self, name: &Name, input: Input<'_>) -> Result<(), Failure> {
        let Job { encoder, order, rows, question, output, progress, ids, done, .. } = self;
        let is_stack = input.is_stack;
        let wants_coco = rows.format == Format::Coco && !rows.is_by_label;
        let mut index = 0;
        encoder.stream(
            input.chunks.map(|pixels| pixels.map_err(Failure::Input)),
            |encoder, pixels: Pixels| {
                let masks = pixels.masks(*question)?;
                let encoded = match wants_coco {
                    true => Encoded::Coco(encoder.coco(&masks)?),
                    false => Encoded::Runs(encoder.runs(&masks, *order)?),
                };
                Ok((encoded, masks.pixels(), pixels.bytes()))
            },
            |(encoded, pixels, bytes)| {
                let place = Place { name, is_stack, index };
                let mut writer = Writer { rows, ids, output, runs: 0 };
                let count = match encoded {
                    Encoded::Coco(strings) => writer.coco(place, &strings)?,
                    Encoded::Runs(runs) => writer.runs(place, &runs)?,
                };
                index += count;
                done.masks += count;
                done.pixels += pixels;
                done.bytes += bytes;
                done.runs += writer.runs;
                progress.advance(bytes);
                Ok(())
            },
        )?;
        if rows.format == Format::Kaggle {
            ids.add(name, is_stack, index);
        }
        Ok(())
    }
}

/// What a chunk was encoded to.
enum Encoded {
    Coco(Vec<CocoRle>),
    Runs(Runs),
}

/// Writes the rows of a chunk.
struct Writer<'w> {
    rows: &'w Rows,
    ids: &'w Ids,
    output: &'w mut Output,
    /// How many were written.
    runs: u64,
}

impl Writer<'_> {
    /// The rows of strings, the first of which is at `place`. Returns how many there were.
    fn coco(&mut self, mut place: Place<'_>, strings: &[CocoRle]) -> Result<u64, Failure> {
        let mut out = Vec::new();
        for coco in strings {
            self.rows.write_coco(&mut out, place, coco)?;
            self.runs += runs_of(&coco.counts);
            place.index += 1;
            self.flush(&mut out)?;
        }
        Ok(strings.len() as u64)
    }

    /// The rows of runs, the first of which is at `place`. Returns how many there were.
    fn runs(&mut self, mut place: Place<'_>, runs: &Runs) -> Result<u64, Failure> {
        self.runs += runs.starts().len() as u64;
        let mut out = Vec::new();
        for mask in runs {
            if self.rows.format == Format::Kaggle {
                self.ids.check(place)?;
            }
            self.rows.write(&mut out, place, mask)?;
            place.index += 1;
            self.flush(&mut out)?;
        }
        Ok(runs.len() as u64)
    }

    fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), Failure> {
        self.output.write(out).map_err(Failure::Output)?;
        out.clear();
        Ok(())
    }
}

/// How many runs a COCO string holds: a count ends where no continuation bit is set, and the first may be of no pixels.
fn runs_of(counts: &str) -> u64 {
    let ends = counts.bytes().filter(|byte| byte.wrapping_sub(48) & 0x20 == 0).count() as u64;
    ends - u64::from(counts.starts_with('0'))
}
