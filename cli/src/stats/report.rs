//! The output of `maskrle stats`: one JSON object, or a table of its figures.

use std::fmt::Write;

use serde::Serialize;

use super::tally::{Record, Spread, Tally};
use crate::table;
use crate::text::{plural, printable};

/// Figures of a file. The keys are a contract.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    schema: u32,
    file: &'a str,
    /// Size of the file in bytes; null for a pipe.
    file_bytes: Option<u64>,
    rows: u64,
    masks: u64,
    /// Number of annotations without a mask.
    without_mask: u64,
    /// The clause that says what these have.
    #[serde(skip)]
    without_mask_clause: Option<&'static str>,
    empty: u64,
    /// Sizes of the masks, the most frequent first.
    sizes: Vec<Size>,
    pixels: Statistic,
    area: Statistic,
    runs: Statistic,
    coco_bytes: Statistic,
    /// Compression by the strings; null where there are no pixels.
    compression: Option<Compression>,
    largest: Option<&'a Record>,
    densest: Option<&'a Record>,
}

/// A size, and the number of masks that have it.
#[derive(Debug, Serialize)]
struct Size {
    size: [u32; 2],
    masks: u64,
}

/// Spread and mean of a number that each mask has.
#[derive(Debug, Serialize)]
struct Statistic {
    #[serde(flatten)]
    spread: Spread,
    /// Mean over the masks; null where there are none.
    mean: Option<f64>,
}

/// Bytes that the pixels would take, as a multiple of the strings' bytes.
#[derive(Debug, Serialize)]
struct Compression {
    of_a_bit_a_pixel: f64,
    of_a_byte_a_pixel: f64,
}

/// Number of sizes that the table lists.
const LISTED_SIZES: usize = 5;

impl<'a> Report<'a> {
    /// The report of a file of `file_bytes`, 0 for a pipe.
    pub fn new(file: &'a str, file_bytes: u64, tally: &'a Tally) -> Self {
        let statistic = |spread: Spread| {
            let mean = (tally.masks > 0).then(|| spread.total as f64 / tally.masks as f64);
            Statistic { spread, mean }
        };
        let mut sizes: Vec<_> = tally
            .sizes
            .iter()
            .map(|(&size, &masks)| Size { size, masks })
            .collect();
        sizes.sort_by_key(|size| std::cmp::Reverse(size.masks));
        let times = tally.pixels.total as f64 / tally.bytes.total as f64;
        Report {
            schema: 1,
            file,
            file_bytes: (file_bytes > 0).then_some(file_bytes),
            rows: tally.rows,
            masks: tally.masks,
            without_mask: tally.without_mask.items,
            without_mask_clause: tally.without_mask.clause(),
            empty: tally.empty,
            sizes,
            pixels: statistic(tally.pixels),
            area: statistic(tally.area),
            runs: statistic(tally.runs),
            coco_bytes: statistic(tally.bytes),
            compression: (tally.pixels.total > 0).then_some(Compression {
                of_a_bit_a_pixel: times / 8.0,
                of_a_byte_a_pixel: times,
            }),
            largest: tally.largest.as_ref(),
            densest: tally.densest.as_ref(),
        }
    }

    /// The report for people to read.
    pub fn table(&self) -> String {
        let mut text = format!(
            "{}: {} in {}, {} of them empty",
            self.file,
            plural(self.masks, "mask", "masks"),
            plural(self.rows, "row", "rows"),
            self.empty
        );
        if self.without_mask > 0 {
            let annotations = plural(self.without_mask, "annotation", "annotations");
            let _ = write!(text, "; {annotations} without a mask");
            if let Some(clause) = self.without_mask_clause {
                let _ = write!(text, ", {clause}");
            }
        }
        text.push('\n');
        if self.masks > 0 {
            self.numbers(&mut text);
            self.sizes(&mut text);
            self.records(&mut text);
        }
        text
    }

    /// Appends the table of the masks' numbers.
    fn numbers(&self, text: &mut String) {
        let mut rows = vec![["a mask", "least", "mean", "most", "in all"].map(String::from)];
        let statistics = [
            ("pixels", &self.pixels),
            ("area", &self.area),
            ("runs", &self.runs),
            ("COCO bytes", &self.coco_bytes),
        ];
        for (name, Statistic { spread, mean }) in statistics {
            let mean = format!("{:.1}", mean.unwrap_or_default());
            rows.push([
                name.into(),
                spread.least.to_string(),
                mean,
                spread.most.to_string(),
                spread.total.to_string(),
            ]);
        }
        for line in table::lines(&rows, 1) {
            let _ = writeln!(text, "  {line}");
        }
    }

    /// Appends the line of the most frequent sizes.
    fn sizes(&self, text: &mut String) {
        let listed = self.sizes.iter().take(LISTED_SIZES);
        let mut sizes: Vec<_> = listed
            .map(
                |Size {
                     size: [h, w],
                     masks,
                 }| format!("{h} x {w} ({masks})"),
            )
            .collect();
        if let Some(others @ 1..) = self.sizes.len().checked_sub(LISTED_SIZES) {
            sizes.push(format!("{others} others"));
        }
        let _ = writeln!(text, "  sizes        {}", sizes.join(", "));
    }

    /// Appends the compression, and the largest and the densest mask.
    fn records(&self, text: &mut String) {
        if let Some(Compression {
            of_a_bit_a_pixel,
            of_a_byte_a_pixel,
        }) = &self.compression
        {
            let times = format!(
                "a bit a pixel takes {of_a_bit_a_pixel:.1} times as much, \
                 a byte {of_a_byte_a_pixel:.1} times"
            );
            let _ = writeln!(text, "  compression  {times}");
        }
        if let Some(largest) = self.largest {
            let _ = writeln!(
                text,
                "  largest      {}: {} pixels",
                location(largest),
                largest.area
            );
        }
        if let Some(densest) = self.densest {
            let per_pixel = densest.runs as f64 / densest.pixels() as f64;
            let _ = writeln!(
                text,
                "  densest      {}: {} runs, {per_pixel:.4} a pixel",
                location(densest),
                densest.runs
            );
        }
    }
}

/// The row, label and image of a mask.
fn location(record: &Record) -> String {
    let label = record
        .label
        .map_or_else(String::new, |label| format!(", label {label}"));
    let image = record
        .image
        .as_ref()
        .map_or_else(String::new, |image| format!(", {image}"));
    // The name is the file's, and the reader may be a terminal.
    printable(&format!("row {}{label}{image}", record.index))
}
