//! Which `ImageId`s are taken: two inputs of one stem would be one image to whoever reads the rows.

use std::collections::HashMap;

use anyhow::{Result, bail};

use crate::read::Name;
use crate::rows::Place;

/// The ids of the inputs that were encoded. A stack takes one entry, however many masks it has.
#[derive(Debug, Default)]
pub struct Ids {
    /// Those of single masks, and the inputs they are of.
    singles: HashMap<String, String>,
    /// Those of stacks, before `_INDEX`; how many masks they have, and the inputs they are of.
    stacks: HashMap<String, (u64, String)>,
}

impl Ids {
    /// Fails where another input has the id of the mask at `place`.
    pub fn check(&self, place: Place<'_>) -> Result<()> {
        let id = place.image_id();
        match self.singles.get(&id).or_else(|| self.stack(&id)) {
            Some(source) => bail!("its ImageId {id:?} is already that of {source}"),
            None => Ok(()),
        }
    }

    /// The stack that has a mask of this id.
    fn stack(&self, id: &str) -> Option<&String> {
        let (stem, index) = id.rsplit_once('_')?;
        let (masks, source) = self.stacks.get(stem)?;
        let number: u64 = index.parse().ok()?;
        // "01" and "+1" are numbers, and not what a stack's masks are called.
        (number < *masks && number.to_string() == index).then_some(source)
    }

    /// An input of so many masks was encoded.
    pub fn add(&mut self, name: &Name, is_stack: bool, masks: u64) {
        if masks == 0 {
            return;
        }
        let (id, source) = (name.id.clone(), name.source.clone());
        if is_stack {
            self.stacks.insert(id, (masks, source));
        } else {
            self.singles.insert(id, source);
        }
    }
}
