//! Decodes a file.

use anyhow::Result;
use maskrle::ElementType;

use super::args::Args;
use super::arrays::{self, ArraysFile};
use super::masks::MaskFile;
use super::survey::Survey;
use crate::output::refuse_input;

/// Decodes a file. It is read twice, so that one mask at a time is in memory: what comes first in
/// an array, its shape and its type, is known when all masks are.
pub fn run(args: &Args) -> Result<()> {
    refuse_input(Some(&args.output), [&args.file])?;
    let masks = MaskFile::open(args)?;
    let survey = Survey::of(&masks)?;
    write(&masks, &survey, args)
}

/// Writes the masks in the smallest type that holds them.
fn write(masks: &MaskFile<'_>, survey: &Survey, args: &Args) -> Result<()> {
    let file = ArraysFile {
        path: &args.output,
        source: &args.file,
        size_of_none: args.csv.columns.size.unwrap_or_default(),
        survey,
    };
    match survey.element_type() {
        ElementType::U8 => arrays::write::<u8>(masks, &file),
        ElementType::I8 => arrays::write::<i8>(masks, &file),
        ElementType::U16 => arrays::write::<u16>(masks, &file),
        ElementType::I16 => arrays::write::<i16>(masks, &file),
        ElementType::U32 => arrays::write::<u32>(masks, &file),
        ElementType::I32 => arrays::write::<i32>(masks, &file),
        // Of i64, which holds what no smaller type does.
        _ => arrays::write::<i64>(masks, &file),
    }
}
