//! Converts a file: its masks are rewritten where they stand, or written anew in another format.

use anyhow::{Context, Result};
use maskrle::Order;

use super::args::{Args, check_input, check_usage};
use super::build::Build;
use super::categories::DatasetCategories;
use super::complete::Completion;
use super::image_sizes::size_images;
use super::item::Rewriting;
use super::labels::Labels;
use super::rewrite::rewrite;
use super::summary::Summary;
use crate::coco::{Category, Images};
use crate::encoded::{
    CsvOptions, EncodedFile, EntryOptions, FileKind, Need, Needs, PngOptions, Survey,
};
use crate::error::usage;
use crate::options::Stack;
use crate::output::{Output, refuse_input};
use crate::standard_error;
use crate::write::{Columns, Format, ObjectFormat, Wanted, WriterOptions, folder_of, open_writer};

/// Converts a file.
pub fn run(args: &Args) -> Result<()> {
    check_usage(args)?;
    refuse_input(Some(&args.output), [&args.input])?;
    let file = EncodedFile::open_as(&args.input, args.from)?.with_needs(needs(args));
    check_input(args, &file)?;
    let mut output = match folder_of(Some(&args.output), args.to()) {
        Some(_) => Output::Folder,
        None => Output::create_whole(Some(&args.output))?,
    };
    let summary = convert(args, &file, &mut output)?;
    summary.notes.print(args.quiet);
    summary.check(&file)?;
    output.finish()?;
    if !args.quiet {
        standard_error::line(&summary.line(&file));
    }
    Ok(())
}

/// Writes the file, rewritten or anew.
fn convert(args: &Args, file: &EncodedFile, output: &mut Output) -> Result<Summary> {
    if let Some(format) = rewritten_format(args.to(), file.kind) {
        let mut images = file.images(Need::Unread)?;
        let to_dataset = args.to() == Format::CocoDataset;
        // Segment Anything's files have no list of images, which a dataset has.
        if !to_dataset || !has_one_image(images.as_ref()) {
            let needs_sizes = to_dataset || args.changes.moves_pixels();
            if let Some(images) = images.as_mut().filter(|_| needs_sizes) {
                size_images(file, images)?;
            }
            let rewriting = rewriting(args, format);
            let completion = completion(args, file)?;
            return rewrite(file, images, &rewriting, completion, output);
        }
        if args.keep_polygons {
            return Err(usage(
                "convert",
                "--keep-polygons goes with a dataset that lists its images: of one \"image\" all \
                 is written anew",
            ));
        }
    }
    build_anew(args, file, output)
}

fn has_one_image(images: Option<&Images>) -> bool {
    images.is_some_and(|images| images.only().is_some())
}

/// Members that are written, where the masks are written anew.
fn needs(args: &Args) -> Needs {
    let if_written = |is_written| match is_written {
        true => Need::Written,
        false => Need::Unread,
    };
    let to = args.to();
    Needs {
        id: match to {
            Format::Panoptic => Need::Shown,
            _ => Need::Unread,
        },
        image: Need::Written,
        category: if_written(to != Format::Kaggle || args.full),
        score: if_written(!matches!(to, Format::Kaggle | Format::CocoDataset)),
        is_crowd: if_written(matches!(
            to,
            Format::CocoDataset | Format::Mots | Format::Panoptic | Format::YoutubeVis
        )),
    }
}

/// Format of masks that are rewritten where they stand; None where the file becomes another.
fn rewritten_format(to: Format, kind: FileKind) -> Option<ObjectFormat> {
    match (to, kind) {
        (Format::Coco, FileKind::Dataset | FileKind::List | FileKind::Rows)
        | (Format::CocoDataset, FileKind::Dataset)
        | (Format::CocoResults, FileKind::List) => Some(ObjectFormat::Coco),
        (Format::CocoCounts, FileKind::Dataset | FileKind::List | FileKind::Rows) => {
            Some(ObjectFormat::CocoCounts)
        }
        (Format::Values, FileKind::Rows) => Some(ObjectFormat::Values),
        _ => None,
    }
}

fn rewriting(args: &Args, format: ObjectFormat) -> Rewriting {
    Rewriting {
        format,
        order: args.order.map(Order::from),
        changes: args.changes.clone(),
        keeps_polygons: args.keep_polygons,
        size: args.columns.size,
        skips_bad: args.skip.skip_bad,
        renumbers: args.renumber,
    }
}

/// Members that rewritten items get, by their document.
fn completion<'a>(args: &'a Args, file: &EncodedFile) -> Result<Completion<'a>> {
    let usual = args.category.first().cloned();
    let usual = usual.unwrap_or_else(Category::usual);
    Ok(match args.to() {
        Format::CocoDataset => Completion::Dataset(DatasetCategories::new(&args.category)),
        Format::CocoResults => Completion::Results {
            usual,
            needs_category: needs_category(args, file)?,
        },
        _ => Completion::None,
    })
}

/// True if masks of JSON without a category are an error: others have one, and none is given.
fn needs_category(args: &Args, file: &EncodedFile) -> Result<bool> {
    Ok(args.to().names_categories() && args.category.is_empty() && file.has_category()?)
}

/// Scan order of values; where CSV is read, --order is that of its pairs.
fn values_order(args: &Args, kind: FileKind) -> Order {
    let order = args.order.filter(|_| kind != FileKind::Csv);
    order.map_or(Order::RowMajor, Order::from)
}

/// Writes all masks of a file anew.
fn build_anew(args: &Args, file: &EncodedFile, output: &mut Output) -> Result<Summary> {
    let order = args.order.map(Order::from);
    let mut csv = CsvOptions {
        categories: &args.category,
        ..CsvOptions::new(&args.columns, order, args.empty.as_deref())
    };
    let survey = match args.to().is_document() {
        true => file.survey(&csv)?,
        false => Survey::default(),
    };
    csv.has_categories = survey.has_categories;
    csv.has_names = survey.has_names;
    let (pngs_in, pngs_out) = (args.pngs_of_input(), args.pngs_of_output());
    let budget = args.budget.budget();
    let options = WriterOptions {
        order: match args.to() {
            Format::Kaggle => csv.order,
            _ => values_order(args, file.kind),
        },
        is_by_label: false,
        empty: args.empty.as_deref().unwrap_or_default(),
        columns: if args.full {
            Columns::Full
        } else {
            Columns::Pairs
        },
        categories: &args.category,
        stack: args.stack.unwrap_or(Stack::Instances),
        stacks_are_images: false,
        is_relative: args.write_relative,
        folder: folder_of(Some(&args.output), args.to()),
        pngs: pngs_out.as_deref(),
        budget,
        tolerance: args.tolerance.unwrap_or(0.0),
        image_ids: None,
        names_are_ids: survey.names_are_numbers,
        wanted: Wanted::default(),
    };
    let writer = open_writer(args.to(), &options).with_context(|| {
        if args.to() == Format::CocoResults {
            "no results"
        } else {
            "no dataset"
        }
    })?;
    let entries = EntryOptions {
        repeats_ids: args.renumber,
        pngs: PngOptions {
            folder: pngs_in.as_deref(),
            budget,
        },
        ..EntryOptions::new(csv, args.skip.skip_bad)
    };
    let names_images = matches!(args.to(), Format::Kaggle | Format::CocoDataset);
    let names = match names_images || args.to().is_dialect() {
        true => Need::Written,
        false => Need::Unread,
    };
    let images = file.images(names)?;
    let mut labels = Labels::new(&args.category, file)?;
    labels.are_needed = needs_category(args, file)?;
    let build = Build {
        file,
        images,
        options: &entries,
        changes: &args.changes,
    };
    let summary = build.run(labels, writer, output)?;
    let loses_names = args.to() == Format::CocoResults && summary.have_names;
    let counted = if survey.names_are_numbers {
        None
    } else if survey.names_are_digits {
        Some("ImageIds with zeros before them are names, images are counted from 1")
    } else {
        loses_names.then_some("results hold no names: images are counted from 1")
    };
    Ok(Summary { counted, ..summary })
}
