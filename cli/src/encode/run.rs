//! Sets up a job, and runs it over all inputs.

use std::collections::HashSet;
use std::time::Instant;

use anyhow::{Context, Result};
use maskrle::Order;

use super::args::{Args, Labels, Layout, check_usage};
use super::chunk::{Method, Takes};
use super::inputs::encode_all;
use super::job::Job;
use super::notes::Notes;
use super::sink::Labelling;
use super::totals::Totals;
use super::workers::Workers;
use crate::coco::Category;
use crate::error::usage;
use crate::options::{EncoderArgs, Stack};
use crate::output::{Output, refuse_input};
use crate::progress::Progress;
use crate::read::{self, InputFile, Predicate, Resampled};
use crate::standard_error;
use crate::threads::Pool;
use crate::write::{Columns, Format, Writer, WriterOptions, folder_of, open_writer};

/// Encodes all inputs. Fails only where nothing can be written; `has_failed` becomes true, then
/// too, if an input was bad.
pub fn run(args: Args, has_failed: &mut bool) -> Result<()> {
    let started = Instant::now();
    check_usage(&args)?;
    read::check_standard_input(
        "encode",
        args.inputs
            .iter()
            .chain(&args.image_ids)
            .chain(&args.resample.paste),
    )?;
    read::check_recursive("encode", args.recursive, &args.inputs)?;
    let format = args.format();
    let mut listing = read::list(&args.inputs, args.recursive);
    let inputs = listing.files.len();
    if let Err(message) = args.resample.check_inputs(inputs) {
        return Err(usage("encode", message));
    }
    if format == Format::CocoDataset {
        refuse_repeated(&mut listing.files);
    }
    let paths = listing.files.iter().map(|file| &file.path);
    refuse_input(
        args.output.as_deref(),
        paths.chain(&args.image_ids).chain(&args.resample.paste),
    )?;
    let sizes = listing.files.iter().filter_map(|file| file.size);
    let total = sizes.fold(0, u64::saturating_add);
    let pool = Pool::new(args.encoder.threads());
    if let Some(refused) = refused(&pool, args.encoder.threads(), args.quiet) {
        standard_error::line(&refused);
    }
    let encoder = args.encoder.build(total, &pool).context("no encoder")?;
    let order = args.order.map_or(format.default_order(), Order::from);
    let writer = writer(&args, order)?;
    let resampling = args.resample.resampling(&args.budget.budget())?;
    let folder = folder_of(args.output.as_deref(), format);
    let mut output = match format.is_whole() {
        _ if folder.is_some() => Output::Folder,
        true => Output::create_whole(args.output.as_deref())?,
        false => Output::create(args.output.as_deref())?,
    };
    output.write(&writer.begin()?)?;

    let options = read_options(&args);
    let notes = Notes::new(listing.unread, &options.arrays);
    let mut job = Job {
        encoder,
        pool: pool.clone(),
        method: Method {
            order,
            predicate: options.predicate,
            resampling,
            takes: takes(&args, writer.as_ref()),
        },
        options,
        writer,
        labelling: labelling(&args),
        is_document: format.is_whole(),
        output,
        progress: Progress::new(listing.files.len(), total, !args.quiet),
        done: Totals::default(),
        notes,
        has_failed,
    };
    let (method, options) = (job.method.clone(), job.options.clone());
    let written = encode_all(&mut job, listing.files, || {
        workers(&args.encoder, pool, method, options)
    });
    job.progress.finish();
    written?;
    job.report_missing_arrays();
    if job.done.inputs > 0 || !*job.has_failed {
        job.writer.end(&mut job.output)?;
        job.output.finish()?;
    }
    if !args.quiet {
        let seconds = started.elapsed().as_secs_f64();
        let are_label_maps = job.method.predicate == Predicate::Labels;
        standard_error::line(&job.done.summary(&job.encoder, are_label_maps, seconds));
        for note in job.notes.lines(&job.options) {
            standard_error::line(&note);
        }
    }
    Ok(())
}

/// A line about threads that the system refuses. One that is to be quiet says it only of those that
/// were asked for.
fn refused(pool: &Pool, threads: usize, is_quiet: bool) -> Option<String> {
    let done = "the system refuses to start threads: all is done on one";
    match threads {
        _ if !pool.is_none() || threads == 1 => None,
        0 => (!is_quiet).then(|| done.into()),
        _ => Some(format!("--threads {threads}: {done}")),
    }
}

/// Makes files that were given before errors: a dataset has one image of a name.
fn refuse_repeated(files: &mut [InputFile]) {
    let mut names = HashSet::new();
    for file in files.iter_mut().filter(|file| file.error.is_none()) {
        if !names.insert(&file.name.file_name) {
            file.error = Some("it is given twice, and a dataset lists an image once".into());
        }
    }
}

/// Workers with half of the memory: the other half is for inputs that are encoded as they are read.
/// None where there is but one thread.
fn workers(
    args: &EncoderArgs,
    pool: Pool,
    method: Method,
    options: read::Options,
) -> Result<Option<Workers>> {
    if pool.is_none() {
        return Ok(None);
    }
    let encoder = args.build_for_small()?;
    let memory = args.memory() / 2;
    Ok(Some(Workers::new(pool, memory, encoder, method, options)))
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
    let pngs = args.pngs();
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
        is_relative: args.write_relative,
        stacks_are_images: args.stack == Some(Stack::Instances),
        image_ids: args.image_ids.as_deref(),
        names_are_ids: false,
        folder: folder_of(args.output.as_deref(), args.format()),
        pngs: pngs.as_deref(),
        budget: args.budget.budget(),
        tolerance: 0.0,
        wanted: args.measures.wanted(),
    };
    open_writer(args.format(), &options)
}

/// Things that the writer needs of the masks. Without strings, areas and boxes come of the runs.
fn takes(args: &Args, writer: &dyn Writer) -> Takes {
    let wanted = args.measures.wanted();
    match writer.takes_strings() {
        true if wanted.any() => Takes::Instances(args.measures.instance_options()),
        true => Takes::Strings,
        false if wanted.stability => Takes::Instances(args.measures.instance_options()),
        false => Takes::Runs,
    }
}

/// Use of the labels of masks, as the options have it.
fn labelling(args: &Args) -> Labelling {
    match (args.labels, args.categories) {
        (false, _) => Labelling::None,
        (true, Some(Labels::Label)) => Labelling::Kept,
        (true, _) if args.format().names_categories() => Labelling::Dropped,
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
    let array = |name: &String| name.strip_suffix(".npy").unwrap_or(name).to_owned();
    let mut arrays: Vec<_> = args.array.iter().map(array).collect();
    arrays.sort();
    arrays.dedup();
    let resampled = args.resample.target().map(|(option, target)| Resampled {
        option,
        target,
        run_bytes: args.encoder.memory() / 4,
    });
    read::Options {
        resampled,
        are_scored: args.measures.wanted().stability,
        hints_at: "",
        masks_last: args.layout == Layout::Hwn,
        chunk_bytes: args.encoder.chunk_bytes(),
        channels: args.channels,
        ignored: args.ignore.clone(),
        arrays,
        ..read::Options::new(predicate, args.budget.budget())
    }
}
