//! The masks of an archive, beside which boxes, key points, ids and pictures are none.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use maskrle::ElementType;

use super::npy::{Header, has_image_sides};
use super::things::{Thing, is_called_masks};

/// Search for the masks of an archive, which goes through it once. All threads that ask take part:
/// an archive may have thousands of arrays.
#[derive(Debug, Default)]
pub struct Stacks {
    /// Index of the next array to look at.
    next: AtomicUsize,
    found: Mutex<Found>,
    is_done: Condvar,
}

/// Part that an array has in its archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Masks,
    /// It is no mask, beside masks.
    LeftOut,
    /// It is no mask, and nor is any other array.
    Alone(Thing),
}

/// Findings in the arrays that were looked at.
#[derive(Debug, Default)]
struct Found {
    looked_at: usize,
    /// Most dimensions that an array of numbers has.
    dimensions: usize,
    /// Shapes, of two dimensions and more, of arrays that are called masks, and of others that are
    /// no things.
    called: HashSet<Vec<u64>>,
    others: HashSet<Vec<u64>>,
    /// Shapes of boxes and points, each without its last dimension.
    things: HashSet<Vec<u64>>,
    has_pictures: bool,
    /// Heights and widths of the masks of those that are called so, or else of all stacks. They are
    /// known when all were looked at.
    sizes: HashSet<[u64; 2]>,
}

impl Stacks {
    /// Part of the array of this name and header. `look` gives those of one of the `count` arrays.
    ///
    /// Arrays that are called masks are. Beside these, others are if they have the same size, and
    /// are no things by their names. Where nothing is called so, all are but things, numbers of
    /// them, arrays of one dimension, and those of two beside stacks of another size.
    pub fn role(
        &self,
        name: &str,
        header: &Header,
        masks_last: bool,
        count: usize,
        look: impl Fn(usize) -> Option<(String, Header)>,
    ) -> Role {
        let shape = &header.shape[..];
        let thing = Thing::of(name, shape);
        if shape.len() > 1 && thing.is_none() && is_called_masks(name) {
            return Role::Masks;
        }
        self.search(masks_last, count, look);
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let is_bool = matches!(header.element(), Ok((ElementType::Bool, _)));
        match thing {
            Some(Thing::Pictures) if !found.has_masks() => Role::Masks,
            Some(thing) if !found.has_masks() && !found.has_pictures => Role::Alone(thing),
            Some(_) => Role::LeftOut,
            None if found.is_mask(shape, is_bool, masks_last) => Role::Masks,
            None => Role::LeftOut,
        }
    }

    /// Looks at all arrays, or waits until others have.
    fn search(
        &self,
        masks_last: bool,
        count: usize,
        look: impl Fn(usize) -> Option<(String, Header)>,
    ) {
        let mut mine = Found::default();
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                break;
            }
            mine.looked_at += 1;
            if let Some((name, header)) = look(index) {
                mine.add(&name, header);
            }
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        // Once all was looked at, nobody waits.
        if mine.looked_at > 0 {
            found.append(mine);
            if found.looked_at == count {
                found.finish(masks_last);
                self.is_done.notify_all();
            }
        }
        while found.looked_at < count {
            let woken = self.is_done.wait(found);
            found = woken.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Found {
    fn add(&mut self, name: &str, header: Header) {
        if header.element().is_err() {
            return;
        }
        let shape = header.shape;
        self.dimensions = self.dimensions.max(shape.len());
        match Thing::of(name, &shape) {
            Some(Thing::Pictures) => self.has_pictures = true,
            // A point for each pixel says nothing of other arrays of as many pixels.
            Some(_) if is_image(&shape) => {}
            Some(_) => {
                self.things.insert(shape[..shape.len() - 1].to_vec());
            }
            None if shape.len() < 2 => {}
            None if is_called_masks(name) => {
                self.called.insert(shape);
            }
            None => {
                self.others.insert(shape);
            }
        }
    }

    fn append(&mut self, other: Found) {
        self.looked_at += other.looked_at;
        self.dimensions = self.dimensions.max(other.dimensions);
        self.called.extend(other.called);
        self.others.extend(other.others);
        self.things.extend(other.things);
        self.has_pictures |= other.has_pictures;
    }

    /// Finds the sizes of the masks.
    fn finish(&mut self, masks_last: bool) {
        let is_stack = |shape: &&Vec<u64>| shape.len() > 2;
        let stacks = self.others.iter().filter(is_stack);
        let size = |shape: &Vec<u64>| size_of(shape, masks_last);
        self.sizes = match self.called.is_empty() {
            true => stacks.filter_map(size).collect(),
            false => self.called.iter().filter_map(size).collect(),
        };
    }

    /// True if an array of two dimensions or more is none of the things, nor a number of each.
    fn has_masks(&self) -> bool {
        let is_mask = |shape: &Vec<u64>| !self.is_of_things(shape);
        !self.called.is_empty() || self.others.iter().any(is_mask)
    }

    /// True if there is a number for each of some boxes, or for each point.
    fn is_of_things(&self, shape: &[u64]) -> bool {
        self.things.contains(shape)
    }

    /// True if an array that is no thing, and is not called masks, is masks.
    fn is_mask(&self, shape: &[u64], is_bool: bool, masks_last: bool) -> bool {
        let size = size_of(shape, masks_last);
        let has_size = || size.is_some_and(|size| self.sizes.contains(&size));
        match shape {
            [] | [_] => self.dimensions < 2,
            _ if !self.called.is_empty() => has_size(),
            _ if is_bool => true,
            _ if self.is_of_things(shape) => false,
            [_, _] => self.sizes.is_empty() || has_size(),
            _ => true,
        }
    }
}

/// Height and width of the masks of such an array.
fn size_of(shape: &[u64], masks_last: bool) -> Option<[u64; 2]> {
    match *shape {
        [h, w] => Some([h, w]),
        [h, w, n] if masks_last || has_image_sides([h, w, n]) => Some([h, w]),
        [_, h, w, _] if masks_last => Some([h, w]),
        [.., h, w] => Some([h, w]),
        _ => None,
    }
}

/// True if these are the sides of an image of some channels, or of several.
fn is_image(shape: &[u64]) -> bool {
    matches!(*shape, [.., h, w, c] if has_image_sides([h, w, c]))
}
