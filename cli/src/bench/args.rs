//! Options of the verb.

use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use clap::error::ErrorKind;
use maskrle::Order;

use super::machine;
use super::support::patterns::Pattern;
use super::task::Task;
use crate::options::OrderArg;

/// Time each backend on a stack of masks, beside what memory allows
///
/// Every result is first compared with that of a plain loop. Backends and limits are then timed by
/// turns; rates are those of the least times. Integers are encoded as binary masks, floats as
/// logits: above 0 or not.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A stack to bench, read into memory first; without it, one is made
    #[arg(value_name = "INPUT.npy", conflicts_with_all = ["shape", "pattern"])]
    pub input: Option<PathBuf>,
    /// Shape of the stack that is made
    #[arg(long, value_name = "N,H,W", default_value = "64,1024,1024", value_parser = parse_shape)]
    pub shape: [usize; 3],
    /// Pattern of the stack that is made
    #[arg(long, value_enum, default_value_t = Pattern::Blobs)]
    pub pattern: Pattern,
    /// Scan order of the runs
    #[arg(long, value_enum, default_value_t = OrderArg::Column)]
    order: OrderArg,
    /// Runs' starts, or COCO's strings, which are column-major; default: coco, for row starts
    #[arg(long, value_enum)]
    output: Option<OutputArg>,
    /// Backends to bench
    #[arg(long, value_enum, default_value_t = BackendChoice::All)]
    pub backend: BackendChoice,
    /// Threads of the CPU, at most 1024; 0 is one a core
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0,
          value_parser = clap::value_parser!(u16).range(0..=1024))]
    threads: u16,
    /// Number of times to time each
    #[arg(long, value_name = "N", default_value_t = 15,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub repeat: u32,
    /// Let an adapter that computes on the CPU count as a GPU
    #[arg(long)]
    pub allow_software: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  maskrle bench --backend cpu
  maskrle bench --shape 16,2048,2048 --pattern noise --repeat 5
  maskrle bench masks.npy --json";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputArg {
    Starts,
    Coco,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BackendChoice {
    All,
    Auto,
    Gpu,
    Cpu,
}

impl Args {
    /// The output to time, or an error of usage.
    pub fn task(&self) -> Result<Task, clap::Error> {
        match (self.output, self.order) {
            (Some(OutputArg::Coco), OrderArg::Row) => Err(clap::Error::raw(
                ErrorKind::ArgumentConflict,
                "coco is column-major by definition: \
                 --output coco and --order row do not go together\n",
            )),
            (Some(OutputArg::Coco) | None, OrderArg::Column) => Ok(Task::Coco),
            (Some(OutputArg::Starts), OrderArg::Column) => Ok(Task::Starts(Order::ColumnMajor)),
            (Some(OutputArg::Starts) | None, OrderArg::Row) => Ok(Task::Starts(Order::RowMajor)),
        }
    }

    /// Number of threads of the CPU.
    pub fn threads(&self) -> usize {
        if self.threads == 0 {
            machine::cores()
        } else {
            usize::from(self.threads)
        }
    }
}

/// Reads `N,H,W`, none of them 0.
fn parse_shape(text: &str) -> Result<[usize; 3], String> {
    let sides: Vec<usize> = text
        .split(',')
        .map(|side| side.trim().parse())
        .collect::<Result<_, _>>()
        .unwrap_or_default();
    let shape = <[usize; 3]>::try_from(sides).map_err(|_| "three numbers are needed, N,H,W")?;
    let mask = shape[1]
        .checked_mul(shape[2])
        .filter(|&pixels| u32::try_from(pixels).is_ok());
    let stack = mask
        .ok_or("a mask has fewer than 2^32 pixels")?
        .checked_mul(shape[0]);
    match stack {
        Some(0) => Err("there is nothing to time without pixels".into()),
        Some(pixels) if isize::try_from(pixels).is_ok() => Ok(shape),
        _ => Err("no memory holds so many pixels".into()),
    }
}

impl ValueEnum for Pattern {
    fn value_variants<'a>() -> &'a [Self] {
        &[Pattern::Blobs, Pattern::Noise, Pattern::Empty]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Pattern::Blobs => "A few ellipses: about 1460 column-major runs in 1024 x 1024 pixels",
            Pattern::Noise => "Every pixel set or not by chance, one as often as the other",
            Pattern::Empty => "Nothing set",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}
