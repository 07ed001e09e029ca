//! Remarks on what was read and what was not, for the summary.

use std::collections::BTreeSet;

use crate::read::{Hints, LeftOut, Name, Options, Unread, Uses};
use crate::text::{plural, printable};

/// Remarks on the inputs.
#[derive(Debug, Default)]
pub struct Notes {
    /// Names of the arrays that were asked for and not found yet.
    pub wanted: BTreeSet<String>,
    /// Numbers of what was left out of folders.
    unread: Vec<Unread>,
    arrays: LeftOut,
    hints: Hints,
    /// Numbers of the inputs that options mean something to.
    inputs: u64,
    with_layout: u64,
    with_channels: u64,
    with_palette: u64,
}

impl Notes {
    /// Remarks on what was listed, with the names of the arrays that are asked for.
    pub fn new(unread: Vec<Unread>, arrays: &[String]) -> Self {
        Notes {
            wanted: arrays.iter().cloned().collect(),
            unread,
            ..Notes::default()
        }
    }

    /// Notes an array that is left out.
    pub fn left_out(&mut self, name: &Name, dimensions: usize) {
        self.arrays.add(name, dimensions);
    }

    /// Notes an input that is there, be it good or bad.
    pub fn read(&mut self, name: &Name) {
        if let Some(array) = &name.array {
            self.wanted.remove(array);
        }
    }

    /// Notes that the shape of an input looks like another layout's.
    pub fn hint(&mut self, name: &Name, hint: &str) {
        self.hints.add(name, hint);
    }

    /// Notes which options mean something to an input.
    pub fn uses(&mut self, uses: Uses) {
        self.inputs += 1;
        self.with_layout += u64::from(uses.layout);
        self.with_channels += u64::from(uses.channels == Some(true));
        self.with_palette += u64::from(uses.channels == Some(false));
    }

    /// Lines about options that meant nothing to the inputs.
    fn unused(&self, options: &Options) -> impl Iterator<Item = String> {
        let layout = options.masks_last && self.with_layout == 0;
        let channels = options.channels.is_some() && self.with_channels + self.with_palette == 0;
        let palettes = options.channels.is_some() && self.with_palette > 0;
        let lines = [
            layout.then(|| {
                "--layout hwn had no effect: no input has three dimensions or four".to_owned()
            }),
            channels.then(|| "--channels had no effect: no input is a PNG".to_owned()),
            palettes.then(|| {
                let images = plural(self.with_palette, "PNG", "PNGs");
                format!("--channels had no effect on {images} with a palette: the indices are read")
            }),
        ];
        lines.into_iter().flatten().filter(|_| self.inputs > 0)
    }

    /// Lines of the summary.
    pub fn lines(&self, options: &Options) -> Vec<String> {
        let mut lines: Vec<_> = self.unread.iter().filter_map(Unread::note).collect();
        lines.extend(self.arrays.note());
        lines.extend(self.hints.note());
        lines.extend(self.unused(options));
        lines.iter().map(|line| printable(line)).collect()
    }
}
