//! Sets up a job, and runs it over all inputs.

use std::time::Instant;

use anyhow::{Context, Result};
use maskrle::Order;

use super::args::{Args, Labels, Layout, check_usage};
use super::job::{Job, Labelling};
use super::totals::Totals;
use crate::coco::Category;
use crate::options::Stack;
use crate::output::{Output, refuse_input};
use crate::progress::Progress;
use crate::read::{self, Predicate};
use crate::standard_error;
use crate::write::{Columns, Writer, WriterOptions, open_writer};

/// Encodes all inputs. Fails only where nothing can be written; `has_failed` becomes true, then
/// too, if an input was bad.
pub fn run(args: Args, has_failed: &mut bool) -> Result<()> {
    let started = Instant::now();
    check_usage(&args)?;
    refuse_inputs(&args)?;
    let format = args.format();
    let total = args
        .inputs
        .iter()
        .flat_map(|path| read::files(path).unwrap_or_default())
        .map(|file| read::size(&file))
        .sum();
    let encoder = args.encoder.build(total).context("no encoder")?;
    let order = args.order.map_or(format.default_order(), Order::from);
    let writer = writer(&args, order)?;
    let mut output = match format.is_document() {
        true => Output::create_whole(args.output.as_deref())?,
        false => Output::create(args.output.as_deref())?,
    };
    output.write(&writer.begin()?)?;

    let progress = Progress::new(total, !args.quiet);
    let options = read_options(&args);
    let mut job = Job {
        encoder,
        order,
        writer,
        labelling: labelling(&args),
        is_document: format.is_document(),
        predicate: options.predicate,
        output,
        progress,
        done: Totals::default(),
        has_failed,
    };
    let written = args
        .inputs
        .iter()
        .try_for_each(|path| job.path(path, &options));
    job.progress.finish();
    written?;
    if job.done.inputs > 0 || !*job.has_failed {
        job.writer.end(&mut job.output)?;
        job.output.finish()?;
    }
    if !args.quiet {
        let seconds = started.elapsed().as_secs_f64();
        standard_error::line(&job.done.summary(&job.encoder, seconds));
    }
    Ok(())
}

/// Fails where OUT is one of the files that are read.
fn refuse_inputs(args: &Args) -> Result<()> {
    let inputs = args.inputs.iter();
    let files = inputs.flat_map(|path| read::files(path).unwrap_or_default());
    refuse_input(args.output.as_deref(), files.chain(args.image_ids.clone()))
}

/// The writer of the format that was asked for.
fn writer(args: &Args, order: Order) -> Result<Box<dyn Writer>> {
    let usual_category = [Category::usual()];
    // Labels that are categories name themselves.
    let categories = if args.category.is_empty() && args.categories != Some(Labels::Label) {
        &usual_category
    } else {
        args.category.as_slice()
    };
    let usual_stack = if args.labels {
        Stack::Images
    } else {
        Stack::Instances
    };
    let options = WriterOptions {
        order,
        is_by_label: args.labels,
        empty: args.empty.as_deref().unwrap_or_default(),
        columns: if args.labels {
            Columns::PairsAndValue
        } else {
            Columns::Pairs
        },
        categories,
        stack: args.stack.unwrap_or(usual_stack),
        stacks_are_images: args.stack == Some(Stack::Instances),
        image_ids: args.image_ids.as_deref(),
        names_are_ids: false,
    };
    open_writer(args.format(), &options)
}

/// Use of the labels of masks, as the options have it.
fn labelling(args: &Args) -> Labelling {
    match (args.labels, args.categories) {
        (false, _) => Labelling::None,
        (true, Some(Labels::Label)) => Labelling::Kept,
        (true, _) if args.format().is_document() => Labelling::Dropped,
        (true, _) => Labelling::Kept,
    }
}

/// Options of the readers of pixels.
fn read_options(args: &Args) -> read::Options {
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
