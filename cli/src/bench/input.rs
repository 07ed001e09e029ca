//! A stack read from a file into memory.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::stack::Stack;
use crate::budget::Budget;
use crate::read::{self, Predicate};
use maskrle::PixelArray;

/// The stack in a file of one array. Integers are masks where they are not 0, floats are logits:
/// masks where above 0.
pub fn load(path: &Path) -> Result<Stack> {
    let name = path.display().to_string();
    let stack = load_unnamed(path).with_context(|| name.clone())?;
    let pattern = path
        .file_name()
        .map_or(name, |file| file.to_string_lossy().into_owned());
    Ok(Stack { pattern, ..stack })
}

fn load_unnamed(path: &Path) -> Result<Stack> {
    let predicate = if read::holds_floats(path)? {
        Predicate::Above(0.0)
    } else {
        Predicate::Binary
    };
    let options = read::Options {
        chunk_bytes: u64::MAX,
        ..read::Options::new(predicate, Budget::new(u64::MAX))
    };
    let files = read::list(&[path.to_owned()], false).files;
    let mut stack = None;
    read::visit(files, &options, &mut |_, input| {
        stack = whole(input?.chunks)?;
        Ok(())
    })?;
    match stack {
        Some(pixels) if pixels.bytes() > 0 => Ok(Stack {
            pattern: String::new(),
            pixels,
            predicate,
        }),
        _ => bail!("there is nothing to time without pixels"),
    }
}

/// All chunks, which are one where the memory is not limited.
fn whole(mut chunks: impl Iterator<Item = Result<PixelArray>>) -> Result<Option<PixelArray>> {
    let first = chunks.next().transpose()?;
    match chunks.next().transpose()? {
        None => Ok(first),
        Some(_) => bail!("the stack does not fit in memory at once"),
    }
}
