//! What `maskrle stats` prints: one JSON object, or a table of the same.

use std::fmt::Write;

use serde::Serialize;

use super::tally::{Record, Spread, Tally};

/// What a file holds. The keys are a contract.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    schema: u32,
    file: &'a str,
    /// Null for a pipe.
    file_bytes: Option<u64>,
    rows: u64,
    masks: u64,
    /// Annotations that have none.
    without_mask: u64,
    empty: u64,
    /// The most frequent first.
    sizes: Vec<Size>,
    pixels: Statistic,
    area: Statistic,
    runs: Statistic,
    coco_bytes: Statistic,
    /// Null where there are no pixels.
    compression: Option<Compression>,
    largest: Option<&'a Record>,
    densest: Option<&'a Record>,
}

#[derive(Debug, Serialize)]
struct Size {
    size: [u32; 2],
    masks: u64,
}

/// A number of the masks.
#[derive(Debug, Serialize)]
struct Statistic {
    #[serde(flatten)]
    spread: Spread,
    /// Null where there are no masks.
    mean: Option<f64>,
}

/// How many times as much the pixels would take as the strings.
#[derive(Debug, Serialize)]
struct Compression {
    of_a_bit_a_pixel: f64,
    of_a_byte_a_pixel: f64,
}

/// Sizes that the table lists.
const LISTED_SIZES: usize = 5;

impl<'a> Report<'a> {
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
            without_mask: tally.without_mask,
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
            "{}: {} masks in {} rows, {} of them empty",
            self.file, self.masks, self.rows, self.empty
        );
        if self.without_mask > 0 {
            let _ = write!(text, "; {} annotations without a mask", self.without_mask);
        }
        text.push('\n');
        if self.masks > 0 {
            self.numbers(&mut text);
            self.sizes(&mut text);
            self.records(&mut text);
        }
        text
    }

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
        let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
        let widths = [0, 1, 2, 3, 4].map(width);
        for row in &rows {
            let _ = write!(text, "  {:<1$}", row[0], widths[0]);
            for (cell, width) in row.iter().zip(widths).skip(1) {
                let _ = write!(text, "  {cell:>width$}");
            }
            text.push('\n');
        }
    }

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

    fn records(&self, text: &mut String) {
        if let Some(Compression {
            of_a_bit_a_pixel,
            of_a_byte_a_pixel,
        }) = &self.compression
        {
            let what = format!(
                "a bit a pixel takes {of_a_bit_a_pixel:.1} times as much, a byte {of_a_byte_a_pixel:.1} times"
            );
            let _ = writeln!(text, "  compression  {what}");
        }
        if let Some(largest) = self.largest {
            let _ = writeln!(
                text,
                "  largest      {}: {} pixels",
                place(largest),
                largest.area
            );
        }
        if let Some(densest) = self.densest {
            let per_pixel = densest.runs as f64 / densest.pixels() as f64;
            let _ = writeln!(
                text,
                "  densest      {}: {} runs, {per_pixel:.4} a pixel",
                place(densest),
                densest.runs
            );
        }
    }
}

fn place(record: &Record) -> String {
    let label = record
        .label
        .map_or_else(String::new, |label| format!(", label {label}"));
    let image = record
        .image
        .as_ref()
        .map_or_else(String::new, |image| format!(", {image}"));
    let place = format!("row {}{label}{image}", record.index);
    // The name is the file's, and the reader may be a terminal.
    place
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
