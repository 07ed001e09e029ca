//! Converts a file: its masks are rewritten where they stand, or written anew in another format.

use anyhow::{Context, Result};
use maskrle::Order;

use super::args::{Args, check_usage};
use super::build::build;
use super::rewrite::{Rewriting, rewrite};
use crate::encoded::{CsvOptions, EncodedFile, FileKind};
use crate::output::{Output, refuse_input};
use crate::write::{Columns, Format, ObjectFormat, WriterOptions, open_writer};

/// Converts a file.
pub fn run(args: &Args) -> Result<()> {
    check_usage(args)?;
    refuse_input(Some(&args.output), [&args.input])?;
    let file = EncodedFile::open(&args.input)?;
    let mut output = Output::create_whole(Some(&args.output))?;
    match rewriting(args, file.kind) {
        Some(rewriting) => rewrite(&file, &rewriting, &mut output)?,
        None => build_anew(args, &file, &mut output)?,
    }
    output.finish()
}

/// Format of masks that are rewritten where they stand; None where the file becomes another.
fn rewriting(args: &Args, kind: FileKind) -> Option<Rewriting> {
    let format = match (args.to(), kind) {
        (Format::Coco, FileKind::Dataset | FileKind::List | FileKind::Rows)
        | (Format::CocoDataset, FileKind::Dataset)
        | (Format::CocoResults, FileKind::List) => ObjectFormat::Coco,
        (Format::CocoCounts, FileKind::Dataset | FileKind::List | FileKind::Rows) => {
            ObjectFormat::CocoCounts
        }
        (Format::Values, FileKind::Rows) => ObjectFormat::Values,
        _ => return None,
    };
    Some(Rewriting {
        format,
        order: values_order(args, kind),
        keeps_polygons: args.keep_polygons,
    })
}

/// Scan order of values; where CSV is read, --order is that of its pairs.
fn values_order(args: &Args, kind: FileKind) -> Order {
    let order = args.order.filter(|_| kind != FileKind::Csv);
    order.map_or(Order::RowMajor, Order::from)
}

/// Writes all masks of a file anew.
fn build_anew(args: &Args, file: &EncodedFile, output: &mut Output) -> Result<()> {
    let pairs_order = args.order.map_or(Order::ColumnMajor, Order::from);
    let csv = CsvOptions {
        size: args.size,
        order: pairs_order,
        empty: &args.empty,
    };
    let options = WriterOptions {
        order: match args.to() {
            Format::Kaggle => pairs_order,
            _ => values_order(args, file.kind),
        },
        is_by_label: false,
        empty: &args.empty,
        columns: if args.full {
            Columns::Full
        } else {
            Columns::Pairs
        },
        categories: &args.category,
        stack: args.stack,
        image_ids: None,
    };
    let writer = open_writer(args.to(), &options).with_context(|| {
        if args.to() == Format::CocoResults {
            "no results"
        } else {
            "no dataset"
        }
    })?;
    build(file, &csv, writer, output)
}
