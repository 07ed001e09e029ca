//! Decodes a file.

use anyhow::Result;
use maskrle::ElementType;

use super::args::Args;
use super::arrays::{self, ArraysFile};
use super::element_type::smallest;
use super::masks::Masks;
use crate::encoded::{EncodedFile, EntryOptions, Needs};
use crate::output::refuse_input;

/// Decodes a file.
pub fn run(args: &Args) -> Result<()> {
    refuse_input(Some(&args.output), [&args.file])?;
    let file = EncodedFile::open(&args.file)?.with_needs(Needs::NONE);
    file.check_csv("decode", &args.csv)?;
    let mut masks = Masks::default();
    let images = file.images(false)?;
    let options = EntryOptions::new(&args.csv, args.skip.skip_bad);
    let notes = file.entries(images.as_ref(), &options, &mut |entry| {
        masks.push(entry.runs);
        Ok(())
    })?;
    notes.print(false);
    write(&masks, args)
}

/// Writes the masks in the smallest type that holds them.
fn write(masks: &Masks, args: &Args) -> Result<()> {
    let file = ArraysFile {
        path: &args.output,
        source: &args.file,
        size_of_none: args.csv.columns.size.unwrap_or_default(),
    };
    match smallest(masks) {
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
