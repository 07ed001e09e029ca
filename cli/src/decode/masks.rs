//! The masks of a file, one in memory at a time.

use anyhow::Result;
use maskrle::MaskView;

use super::args::Args;
use crate::budget::Budget;
use crate::coco::Images;
use crate::encoded::{EncodedFile, EntryOptions, Need, Needs, Notes, bytes_of_runs};

/// The masks of a file, which is read anew each time.
pub struct MaskFile<'a> {
    file: EncodedFile,
    images: Option<Images>,
    options: EntryOptions<'a>,
    budget: Budget,
}

impl<'a> MaskFile<'a> {
    /// Opens the file of the command line.
    pub fn open(args: &'a Args) -> Result<Self> {
        let file = EncodedFile::open(&args.file)?.with_needs(Needs::NONE);
        file.check_csv("decode", &args.csv)?;
        Ok(MaskFile {
            images: file.images(Need::Unread)?,
            file,
            options: EntryOptions::new(&args.csv, args.skip.skip_bad),
            budget: args.budget.budget(),
        })
    }

    /// Name of the file, for messages.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// Gives each mask to `on`, in the order of the rows. Errors name the row.
    pub fn each(&self, on: &mut dyn FnMut(MaskView<'_>) -> Result<()>) -> Result<Notes> {
        self.file
            .entries(self.images.as_ref(), &self.options, &mut |entry| {
                let mask = entry.runs.view();
                self.budget.check(bytes_of_runs(mask))?;
                on(mask)
            })
    }

    /// Gives each mask to `write`, whose errors are not about a row.
    pub fn write_each(&self, write: &mut dyn FnMut(MaskView<'_>) -> Result<()>) -> Result<()> {
        let mut failed = None;
        let read = self.each(&mut |mask| {
            write(mask).map_err(|error| {
                failed = Some(error);
                anyhow::anyhow!("it cannot be written")
            })
        });
        match failed {
            Some(error) => Err(error),
            None => read.map(drop),
        }
    }
}
