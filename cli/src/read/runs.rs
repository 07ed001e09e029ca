//! Runs of the masks in files of pixels, for verbs that look at masks and write none.

use std::fmt;

use anyhow::{Context, Result};
use maskrle::{Backend, Encoder, MaskView, Order};

use super::folder::{Listing, Unread};
use super::hints::Hints;
use super::input::{Opened, Options};
use super::left_out::LeftOut;
use super::name::Name;
use super::predicate::Predicate;
use super::visit::visit_opened;
use crate::budget::Budget;
use crate::text::printable;

/// A mask or a label map of an input.
pub struct PixelMask<'a> {
    pub name: &'a Name,
    /// Its place in a stack, counted from 0.
    pub index: Option<u64>,
    /// Column-major runs.
    pub mask: MaskView<'a>,
}

/// Receiver of the masks of several inputs.
pub trait Receiver {
    /// An input begins.
    fn begin(&mut self) {}

    /// Takes a mask of the input. An error ends the reading.
    fn mask(&mut self, mask: &PixelMask<'_>) -> Result<()>;

    /// The input is bad: after some of its masks, maybe. The next is read, unless it is an error.
    fn bad(&mut self, error: anyhow::Error) -> Result<()>;
}

/// Error of a receiver, which is not about the input alone.
#[derive(Debug)]
struct Refused(anyhow::Error);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl std::error::Error for Refused {}

/// Gives each mask of the files to `receiver`: label maps, or with a threshold the masks where the
/// values are above it. Errors name the input. Returns remarks on what was not read.
pub fn runs(
    listing: Listing,
    threshold: Option<f64>,
    budget: Budget,
    receiver: &mut dyn Receiver,
) -> Result<Vec<String>> {
    let predicate = threshold.map_or(Predicate::Labels, Predicate::Above);
    let encoder = Encoder::builder().backend(Backend::Cpu).build()?;
    let options = Options {
        are_labels_asked_for: false,
        ..Options::new(predicate, budget)
    };
    let (mut left_out, mut hints) = (LeftOut::default(), Hints::default());
    visit_opened(listing.files, &options, &mut |name, opened| {
        receiver.begin();
        let read = || -> Result<()> {
            let input = match opened? {
                Opened::Masks(input) => input,
                Opened::LeftOut(dimensions) => {
                    left_out.add(name, dimensions);
                    return Ok(());
                }
            };
            let mut count = 0..;
            for pixels in input.chunks {
                let pixels = pixels?;
                for mask in &encoder.runs(&predicate.masks(&pixels)?, Order::ColumnMajor)? {
                    let index = count.next().filter(|_| input.is_stack);
                    receiver
                        .mask(&PixelMask { name, index, mask })
                        .map_err(Refused)?;
                }
            }
            input.hint.iter().for_each(|hint| hints.add(name, hint));
            Ok(())
        };
        let named = || name.source.clone();
        match read() {
            Err(error) if !error.is::<Refused>() => receiver.bad(error.context(named())),
            read => read.with_context(named),
        }
    })?;
    let notes = listing.unread.iter().filter_map(Unread::note);
    let notes = notes.chain(left_out.note()).chain(hints.note());
    Ok(notes.map(|note| printable(&note)).collect())
}
