//! Tables of masks that are resampled: how each is made, and where its pixels lie between samples.
//!
//! The host computes the places, by the formulas of the CPU backend: a device may round them
//! otherwise, and then weights of pixels would differ by far more than their values may.

use super::passes::{Resampled, Tap};
use crate::pixel::{Axis, Formula, Resample};

/// Masks that are resampled, of one window.
#[derive(Debug, Default)]
pub(super) struct ResampleTables {
    pub(super) masks: Vec<Resampled>,
    /// Taps of a mask's rows, then of its columns. Masks that are made alike share them.
    pub(super) taps: Vec<Tap>,
    /// The resampling whose taps came last.
    last: Option<Resample>,
}

/// Samples of a mask in the pixel buffer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    /// Rows and columns.
    pub(super) own: [u32; 2],
    /// Samples of 0 that lie before the first of a row or column, but not in the buffer.
    pub(super) before: u32,
    pub(super) sample_type: SampleType,
    pub(super) first_pixel: FirstPixel,
}

/// Type of samples, by the shader's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SampleType {
    F32 = 0,
    F16 = 1,
    Bf16 = 2,
}

/// First pixel of a mask. Whoever encodes the starts must know the very value that the device has
/// compared with its neighbour: else all runs would be taken for their opposites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstPixel {
    /// The host has evaluated it: true if it is foreground.
    Known(bool),
    /// The device evaluates it, and puts it among the values.
    Asked,
}

impl Source {
    /// Samples that were uploaded as f32, those of 0 around a mask's own too.
    pub(super) fn uploaded(resample: &Resample, first_pixel: FirstPixel) -> Self {
        Source {
            own: resample.from(),
            before: 0,
            sample_type: SampleType::F32,
            first_pixel,
        }
    }
}

impl ResampleTables {
    /// Bytes with one mask more, if it is resampled.
    pub(super) fn bytes_with(&self, resample: Option<&Resample>) -> u64 {
        let (mut masks, mut taps) = (self.masks.len(), self.taps.len() as u64);
        if let Some(resample) = resample {
            masks += 1;
            if self.last != Some(*resample) {
                taps += resample.to().into_iter().map(u64::from).sum::<u64>();
            }
        }
        (masks * size_of::<Resampled>()) as u64 + taps * size_of::<Tap>() as u64
    }

    /// Adds a mask. All that are made alike lie alike: only the first of them adds taps.
    pub(super) fn add(&mut self, resample: &Resample, source: Source) {
        let [rows, columns] = resample.to();
        if self.last != Some(*resample) {
            for axis in [&resample.rows, &resample.columns] {
                self.taps
                    .extend((0..axis.to).map(|index| tap(axis, index, source.before)));
            }
            self.last = Some(*resample);
        }
        let column_taps = self.taps.len() as u32 - columns;
        let [top, left] = resample.begin;
        let [own_rows, own_columns] = source.own;
        self.masks.push(Resampled {
            row_taps: column_taps - rows,
            column_taps,
            top,
            left,
            rows,
            columns,
            own_rows,
            own_columns,
            formula: match resample.formula {
                Formula::Interpolate => 0,
                Formula::Small => 1,
                Formula::Grid => 2,
            },
            sample_type: source.sample_type as u32,
            first_pixel: match source.first_pixel {
                FirstPixel::Known(is_foreground) => is_foreground.into(),
                FirstPixel::Asked => 2,
            },
            unused: 0,
        });
    }
}

/// Samples of a pixel that is not a number, whatever they are.
const NOT_A_NUMBER: u32 = 1 << 31;

/// Place of a pixel on an axis that has `before` samples of 0 before those in the buffer.
fn tap(axis: &Axis, index: u32, before: u32) -> Tap {
    let tap = axis.tap(index);
    let is_number = tap.weights.into_iter().all(f32::is_finite);
    Tap {
        samples: match is_number {
            // Wraps for those before.
            true => tap.samples.map(|sample| sample.wrapping_sub(before)),
            false => [NOT_A_NUMBER; 2],
        },
        weights: tap.weights,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixel::{Paste, Pasted};

    #[test]
    fn masks_that_are_made_alike_share_taps() {
        let mut tables = ResampleTables::default();
        let first = Resample::new([3, 4], [70, 90]);
        let second = Resample::new([3, 4], [90, 70]);
        for (resample, taps) in [(first, 160), (first, 160), (second, 320), (first, 480)] {
            let bytes = tables.bytes_with(Some(&resample));
            let source = Source::uploaded(&resample, FirstPixel::Known(true));
            tables.add(&resample, source);
            assert_eq!(tables.taps.len(), taps);
            assert_eq!(tables.bytes_with(None), bytes);
            let mask = tables.masks[tables.masks.len() - 1];
            let [rows, columns] = [
                (mask.row_taps, resample.rows),
                (mask.column_taps, resample.columns),
            ];
            for (begin, axis) in [rows, columns] {
                let last = tables.taps[(begin + axis.to - 1) as usize];
                assert_eq!(last, tap(&axis, axis.to - 1, 0));
            }
        }
    }

    /// A box of no height has no pixel that is a number, and margins lie before a mask's samples.
    #[test]
    fn taps_say_what_is_no_number_and_what_lies_before() {
        let boxes = [[10.0, 20.0, 14.0, 20.0]];
        let pasted = Pasted::new(&boxes, 0, [4, 4], [50, 50], Paste::GridSample).expect("small");
        let resample = pasted.resample(0, [4, 4]);
        let is_number =
            |axis: &Axis| (0..axis.to).all(|index| tap(axis, index, 2).samples[0] != NOT_A_NUMBER);
        assert!(is_number(&resample.columns));
        assert!(
            (0..resample.rows.to)
                .all(|index| tap(&resample.rows, index, 2).samples == [NOT_A_NUMBER; 2])
        );
        let before = tap(&resample.columns, 0, 2).samples;
        assert_eq!(before, [0u32.wrapping_sub(1), 0]);
    }
}
