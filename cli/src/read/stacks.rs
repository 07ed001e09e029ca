//! The masks of an archive, beside which boxes, key points, ids and pictures are none.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use super::npy::{Header, has_image_sides};
use super::things::{Thing, is_few};

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
    /// Shapes of two dimensions and more of arrays that are no things by their names.
    shapes: HashSet<Vec<u64>>,
    /// Shapes of boxes and points, each without its last dimension.
    things: HashSet<Vec<u64>>,
    /// Heights and widths of the masks in arrays of three dimensions and more, and true if there is
    /// such an array. They are known when all were looked at.
    sizes: HashSet<[u64; 2]>,
    has_stacks: bool,
    /// True if all arrays would be left out, of which some are masks then.
    is_vain: bool,
}

impl Stacks {
    /// Part of the array of this name and shape. `look` gives the name and the header of one of the
    /// `count` arrays.
    pub fn role(
        &self,
        name: &str,
        shape: &[u64],
        masks_last: bool,
        count: usize,
        look: impl Fn(usize) -> Option<(String, Header)>,
    ) -> Role {
        let thing = Thing::of(name, shape);
        // Others are masks whatever stands beside them.
        let may_be_beside = shape.len() <= 3 || is_few(shape);
        if shape.len() > 2 && thing.is_none() && (masks_last || !may_be_beside) {
            return Role::Masks;
        }
        self.search(masks_last, count, look);
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        match thing {
            Some(thing) if !found.has_masks() => Role::Alone(thing),
            Some(_) => Role::LeftOut,
            None if found.is_left_out(shape, masks_last) => Role::LeftOut,
            None => Role::Masks,
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
        if Thing::of(name, &shape).is_some() {
            self.things.insert(shape[..shape.len() - 1].to_vec());
        } else if shape.len() > 1 {
            self.shapes.insert(shape);
        }
    }

    fn append(&mut self, other: Found) {
        self.looked_at += other.looked_at;
        self.dimensions = self.dimensions.max(other.dimensions);
        self.shapes.extend(other.shapes);
        self.things.extend(other.things);
    }

    /// Finds the sizes of all stacks.
    fn finish(&mut self, masks_last: bool) {
        let is_stack = |shape: &&Vec<u64>| shape.len() > 2;
        for shape in self.shapes.iter().filter(is_stack) {
            if !masks_last && self.is_beside_masks(shape) {
                continue;
            }
            self.has_stacks = true;
            match shape[..] {
                [h, w, n] if masks_last || has_image_sides([h, w, n]) => self.sizes.insert([h, w]),
                [_, h, w, _] if masks_last => self.sizes.insert([h, w]),
                [_, h, w] | [_, _, h, w] => self.sizes.insert([h, w]),
                _ => false,
            };
        }
        let is_left_out = |shape: &Vec<u64>| self.is_left_out(shape, masks_last);
        self.is_vain = self.has_masks() && self.shapes.iter().all(is_left_out);
    }

    /// True if these are no masks, of three dimensions or more, beside masks: numbers of each of
    /// them, or colours of their pixels.
    fn is_beside_masks(&self, shape: &[u64]) -> bool {
        // Of masks [b, k, h, w]; not of pictures [n, h, w, c], whose masks these are.
        let is_of_batch = |other: &Vec<u64>| {
            other.len() == 4 && other[..2] == shape[..2] && other[2] != shape[2] && !is_few(other)
        };
        let is_of_each = |other: &[u64]| other.len() > 2 && other[0] == shape[0];
        shape.len() == 3 && self.shapes.iter().any(is_of_batch)
            || is_few(shape) && self.has_large(is_of_each)
            || self.is_picture(shape)
    }

    /// True if these are colours, or so, of pixels that other arrays have.
    fn is_picture(&self, shape: &[u64]) -> bool {
        let (pixels, size) = (&shape[..shape.len() - 1], &shape[shape.len() - 3..][..2]);
        let has_size = |other: &Vec<u64>| !is_few(other) && other.ends_with(size);
        let is_there = self.shapes.contains(pixels) || self.shapes.iter().any(has_size);
        is_few(shape) && is_there && !self.is_of_things(pixels)
    }

    /// True if an array of two dimensions or more is none of the things, nor a number of each.
    fn has_masks(&self) -> bool {
        self.shapes.iter().any(|shape| !self.is_of_things(shape))
    }

    /// True if there is a number for each of some boxes, or for each point.
    fn is_of_things(&self, shape: &[u64]) -> bool {
        self.things.contains(shape)
    }

    /// True if an array that is no thing by its name is no mask.
    fn is_left_out(&self, shape: &[u64], masks_last: bool) -> bool {
        match *shape {
            [_, _, ..] if self.is_vain => self.is_of_things(shape),
            [height, width] => {
                self.has_stacks && !self.sizes.contains(&[height, width])
                    || self.is_of_things(shape)
                    || is_few(shape) && self.has_large(|_| true)
            }
            [_, _, _, ..] => !masks_last && self.is_beside_masks(shape),
            _ => self.dimensions > 1,
        }
    }

    /// True if there are masks of many pixels along both sides, in an array of such a shape.
    fn has_large(&self, is_such: impl Fn(&[u64]) -> bool) -> bool {
        const LEAST_SIDE: u64 = 32;
        let is_large = |shape: &[u64]| shape.iter().rev().take(2).all(|&side| side >= LEAST_SIDE);
        let mut shapes = self.shapes.iter();
        shapes.any(|shape| is_large(shape) && is_such(shape))
    }
}
