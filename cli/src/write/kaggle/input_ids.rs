//! The `ImageId`s of masks of pixels. Two inputs of one stem would be one image to whoever reads
//! the rows.

use std::collections::HashMap;

use anyhow::{Result, bail};

use crate::write::mask_info::InputMask;

/// `ImageId`s that are taken. A stack takes one entry, whatever its number of masks.
#[derive(Debug, Default)]
pub struct InputIds {
    /// Ids of single masks, and the inputs they are of.
    singles: HashMap<String, String>,
    /// Ids of stacks, before `_INDEX`.
    stacks: HashMap<String, Stack>,
    /// The input whose masks are being written.
    current: Option<Input>,
    /// True if all masks of a stack are of one image, which has the stack's id.
    stacks_are_images: bool,
}

/// A stack of masks.
#[derive(Debug)]
struct Stack {
    /// Number of its masks.
    masks: u64,
    /// The input that it is.
    source: String,
}

/// An input, as far as it is written.
#[derive(Debug)]
struct Input {
    id: String,
    source: String,
    is_stack: bool,
    /// Number of masks that were written.
    masks: u64,
}

impl InputIds {
    /// No ids yet. The masks of a stack are of one image if `stacks_are_images`, else each has an
    /// id of its own.
    pub fn new(stacks_are_images: bool) -> Self {
        InputIds {
            stacks_are_images,
            ..InputIds::default()
        }
    }

    /// `ImageId` of the next mask of an input. Fails where another input has it.
    pub fn next(&mut self, mask: InputMask<'_>) -> Result<String> {
        let is_stack = mask.is_stack && !self.stacks_are_images;
        let id = match mask.stack_index().filter(|_| is_stack) {
            Some(index) => format!("{}_{index}", mask.input.id),
            None => mask.input.id.clone(),
        };
        if let Some(source) = self.singles.get(&id).or_else(|| self.stack_with(&id)) {
            bail!(
                "its ImageId {id:?} is already that of {source}: \
                 give one another name, or encode them to files of their own"
            );
        }
        let current = self.current.get_or_insert_with(|| Input {
            id: mask.input.id.clone(),
            source: mask.input.source.clone(),
            is_stack,
            masks: 0,
        });
        current.masks += 1;
        Ok(id)
    }

    /// Source of the stack that has a mask of this id.
    fn stack_with(&self, id: &str) -> Option<&String> {
        let (stem, index) = id.rsplit_once('_')?;
        let Stack { masks, source } = self.stacks.get(stem)?;
        let number: u64 = index.parse().ok()?;
        // "01" and "+1" are numbers too, and no mask of a stack is called so.
        (number < *masks && number.to_string() == index).then_some(source)
    }

    /// Keeps the ids of the current input.
    pub fn commit(&mut self) {
        match self.current.take() {
            Some(Input {
                id,
                source,
                is_stack: true,
                masks,
            }) => drop(self.stacks.insert(id, Stack { masks, source })),
            Some(Input { id, source, .. }) => drop(self.singles.insert(id, source)),
            None => {}
        }
    }

    /// Frees the ids of the current input.
    pub fn roll_back(&mut self) {
        self.current = None;
    }
}
