//! Counts and sizes, mask by mask.

use std::collections::BTreeMap;

use anyhow::Result;
use maskrle::{CocoRle, MaskView, Order};
use serde::Serialize;

use crate::encoded::{ImageName, WithoutMask, limits, masks_of};

/// Counts so far. Their memory grows with the number of different sizes alone.
#[derive(Debug, Default)]
pub struct Tally {
    pub rows: u64,
    pub masks: u64,
    /// A dataset's annotations without a mask; they are no rows.
    pub without_mask: WithoutMask,
    /// Number of masks without foreground.
    pub empty: u64,
    /// Number of masks of each height and width.
    pub sizes: BTreeMap<[u32; 2], u64>,
    pub pixels: Spread,
    pub area: Spread,
    pub runs: Spread,
    /// Bytes of COCO's strings.
    pub bytes: Spread,
    pub largest: Option<Record>,
    pub densest: Option<Record>,
}

/// Sum and extremes of a number that each mask has.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Spread {
    pub total: u64,
    pub least: u64,
    pub most: u64,
}

/// A mask that has the most of something.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    /// Index of its row, from 0.
    pub index: u64,
    /// Label or category, where it has one.
    pub label: Option<i64>,
    /// Name of its image, where the file says it.
    pub image: Option<String>,
    pub size: [u32; 2],
    pub area: u64,
    pub runs: u64,
}

impl Tally {
    /// Counts the mask of a row, or those of its label map.
    pub fn add(
        &mut self,
        mask: MaskView<'_>,
        category: Option<i64>,
        image: Option<&ImageName>,
    ) -> Result<()> {
        let (labels, masks) = masks_of(mask)?;
        for (label, mask) in labels
            .into_iter()
            .zip(&masks.to_order_within(Order::ColumnMajor, &limits())?)
        {
            self.add_mask(mask, label.or(category), image)?;
        }
        self.rows += 1;
        Ok(())
    }

    fn add_mask(
        &mut self,
        mask: MaskView<'_>,
        label: Option<i64>,
        image: Option<&ImageName>,
    ) -> Result<()> {
        let record = Record {
            index: self.rows,
            label,
            image: None,
            size: mask.size(),
            area: mask.area(),
            runs: mask.len() as u64,
        };
        let string = CocoRle::try_from(mask)?.counts;
        self.empty += u64::from(record.area == 0);
        *self.sizes.entry(record.size).or_default() += 1;
        self.pixels.add(record.pixels(), self.masks);
        self.area.add(record.area, self.masks);
        self.runs.add(record.runs, self.masks);
        self.bytes.add(string.len() as u64, self.masks);
        self.masks += 1;
        let named = |record: &Record| {
            let image = image.map(ToString::to_string);
            Some(Record {
                image,
                ..record.clone()
            })
        };
        if self.is_largest(&record) {
            self.largest = named(&record);
        }
        if self.is_densest(&record) {
            self.densest = named(&record);
        }
        Ok(())
    }

    /// Adds the counts of rows of pixels that follow those so far.
    pub fn append(&mut self, mut other: Tally) {
        let records = [&mut other.largest, &mut other.densest];
        for record in records.into_iter().flatten() {
            record.index += self.rows;
        }
        if let Some(record) = other.largest.take_if(|record| self.is_largest(record)) {
            self.largest = Some(record);
        }
        if let Some(record) = other.densest.take_if(|record| self.is_densest(record)) {
            self.densest = Some(record);
        }
        let counts = [self.masks, other.masks];
        self.pixels.append(other.pixels, counts);
        self.area.append(other.area, counts);
        self.runs.append(other.runs, counts);
        self.bytes.append(other.bytes, counts);
        for (size, count) in other.sizes {
            *self.sizes.entry(size).or_default() += count;
        }
        self.rows += other.rows;
        self.masks += other.masks;
        self.empty += other.empty;
    }

    fn is_largest(&self, record: &Record) -> bool {
        let largest = self.largest.as_ref();
        largest.is_none_or(|largest| record.area > largest.area)
    }

    /// Without pixels nothing is dense.
    fn is_densest(&self, record: &Record) -> bool {
        let densest = self.densest.as_ref();
        record.pixels() > 0 && densest.is_none_or(|densest| record.is_denser(densest))
    }
}

impl Spread {
    /// Adds one more mask's number to those of `masks_before`.
    fn add(&mut self, number: u64, masks_before: u64) {
        self.total += number;
        self.least = if masks_before == 0 {
            number
        } else {
            self.least.min(number)
        };
        self.most = self.most.max(number);
    }

    /// Adds the numbers of other masks, given how many there are of each.
    fn append(&mut self, other: Spread, [own_masks, other_masks]: [u64; 2]) {
        *self = match (own_masks, other_masks) {
            (0, _) => other,
            (_, 0) => *self,
            _ => Spread {
                total: self.total + other.total,
                least: self.least.min(other.least),
                most: self.most.max(other.most),
            },
        };
    }
}

impl Record {
    /// Number of its pixels.
    pub fn pixels(&self) -> u64 {
        u64::from(self.size[0]) * u64::from(self.size[1])
    }

    /// True if it has more runs a pixel than the other.
    fn is_denser(&self, other: &Record) -> bool {
        u128::from(self.runs) * u128::from(other.pixels())
            > u128::from(other.runs) * u128::from(self.pixels())
    }
}
