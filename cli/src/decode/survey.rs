//! Properties of all masks of a file, which are known before the first is written.

use anyhow::{Result, bail};
use maskrle::{ElementType, MaskView};

use super::masks::MaskFile;

/// Properties of all masks together.
#[derive(Debug, Default)]
pub struct Survey {
    /// Number of masks.
    pub masks: u64,
    /// Height and width of the first.
    pub size: Option<[u32; 2]>,
    /// Height and width of the first that has others.
    other_size: Option<[u32; 2]>,
    /// Least and greatest value, 0 among them.
    low: i64,
    high: i64,
}

impl Survey {
    /// Reads all masks of a file.
    pub fn of(masks: &MaskFile<'_>) -> Result<Self> {
        let mut survey = Survey::default();
        let notes = masks.each(&mut |mask| {
            survey.add(mask);
            Ok(())
        })?;
        notes.print(false);
        if survey.masks == 0 {
            notes.without_mask.check_none(masks.name(), "annotation")?;
        }
        Ok(survey)
    }

    fn add(&mut self, mask: MaskView<'_>) {
        self.masks += 1;
        let first = *self.size.get_or_insert(mask.size());
        if mask.size() != first {
            self.other_size.get_or_insert(mask.size());
        }
        // The values of a binary mask are known, and its runs need not be looked at.
        if mask.is_binary() {
            self.high = self.high.max(1);
        } else {
            for value in mask.values() {
                (self.low, self.high) = (self.low.min(value), self.high.max(value));
            }
        }
    }

    /// Height and width of all masks; `of_none` where there is no mask. Fails where they differ.
    pub fn common_size(&self, of_none: [u32; 2]) -> Result<[u32; 2]> {
        let first = self.size.unwrap_or(of_none);
        if let Some([other_h, other_w]) = self.other_size {
            let [h, w] = first;
            bail!(
                "masks of {h} x {w} and of {other_h} x {other_w} are no stack: \
                 write them to a .npz file"
            );
        }
        Ok(first)
    }

    /// The smallest type that holds every value of every mask.
    pub fn element_type(&self) -> ElementType {
        let holds = |min: i64, max: i64| min <= self.low && self.high <= max;
        match () {
            () if holds(0, u8::MAX.into()) => ElementType::U8,
            () if holds(i8::MIN.into(), i8::MAX.into()) => ElementType::I8,
            () if holds(0, u16::MAX.into()) => ElementType::U16,
            () if holds(i16::MIN.into(), i16::MAX.into()) => ElementType::I16,
            () if holds(0, u32::MAX.into()) => ElementType::U32,
            () if holds(i32::MIN.into(), i32::MAX.into()) => ElementType::I32,
            () => ElementType::I64,
        }
    }
}
