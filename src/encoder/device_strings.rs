//! Strings that a device has written, checked before they are believed.

use crate::format::{CocoInstance, CocoRle, counts_in};
use crate::gpu::{WrittenMask, WrittenStrings};
use crate::{Error, Result};

/// First of the characters that another one of the same number follows.
const FOLLOWED: u8 = b'0' + 32;

/// The masks of a chunk's strings, all of this height and width, and of one pixel or more.
///
/// Each string has as many counts as its mask has runs, and COCO's characters alone: a device that
/// was lost half-way has left others. The device itself has compared each run's start with its end.
/// The first string is read too, and its mask measured: what a device does wrong it does wrong in
/// every mask. To read them all would take longer than to write them here.
pub(super) fn instances(written: &WrittenStrings, size: [u32; 2]) -> Result<Vec<CocoInstance>> {
    let masks = written.masks.iter().enumerate();
    let instances = masks.map(|(index, mask)| {
        let wrong = |what: String| Error::Gpu(format!("the string of mask {}: {what}", mask.mask));
        let instance = instance(mask, written.characters(mask), size).map_err(wrong)?;
        if index == 0 {
            check_whole(mask, &instance).map_err(wrong)?;
        }
        Ok(instance)
    });
    instances.collect()
}

fn instance(
    mask: &WrittenMask,
    text: &[u8],
    size: [u32; 2],
) -> std::result::Result<CocoInstance, String> {
    let segmentation = CocoRle::from_bytes(size, text).map_err(|error| error.to_string())?;
    let counts = u64::from(mask.runs) + u64::from(mask.begins_with_foreground);
    let found = counts_in(text);
    if found != counts || text.last().is_none_or(|&last| last >= FOLLOWED) {
        return Err(format!("{found} whole counts of {counts}"));
    }
    if (text[0] == b'0') != mask.begins_with_foreground {
        return Err("its first count is that of another first pixel".into());
    }
    Ok(CocoInstance::new(segmentation, mask.area, mask.bbox))
}

/// Fails unless the string is that of the mask that it gives, and the measures are this mask's.
fn check_whole(mask: &WrittenMask, instance: &CocoInstance) -> std::result::Result<(), String> {
    let string = &instance.segmentation;
    let read = string.to_runs().map_err(|error| error.to_string())?;
    let runs = read.view();
    let written = CocoRle::try_from(runs).map_err(|error| error.to_string())?;
    if written != *string || runs.starts().len() != mask.runs as usize {
        return Err("it is not what its own mask is written as".into());
    }
    if (runs.area(), runs.bbox()) != (instance.area, instance.bbox) {
        return Err("its area or box is another mask's".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Height and width of a mask whose rows 1 and 2 are foreground: counts of 1, 2, 2, 2 and 1.
    const SIZE: [u32; 2] = [4, 2];
    const STRING: &[u8] = b"1220O";

    fn mask() -> WrittenMask {
        WrittenMask {
            mask: 0,
            characters: 0..STRING.len(),
            runs: 5,
            begins_with_foreground: false,
            area: 4,
            bbox: [0, 1, 2, 2],
        }
    }

    #[test]
    fn strings_have_a_count_for_each_run() {
        assert!(instance(&mask(), STRING, SIZE).is_ok());
        let changes: [fn(&mut WrittenMask); 3] = [
            |mask| mask.runs = 4,
            |mask| mask.runs = 6,
            |mask| (mask.runs, mask.begins_with_foreground) = (4, true),
        ];
        for change in changes {
            let mut other = mask();
            change(&mut other);
            assert!(instance(&other, STRING, SIZE).is_err(), "{other:?}");
        }
        // Its last count goes on, none is there, and a character is none of COCO's.
        for text in [&b"1220OP"[..], b"", b"1220 "] {
            assert!(instance(&mask(), text, SIZE).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_string_that_is_read_is_its_own_masks() {
        let of = |mask: &WrittenMask, text: &[u8]| {
            let instance = instance(mask, text, SIZE).expect("it has as many counts");
            check_whole(mask, &instance)
        };
        assert_eq!(of(&mask(), STRING), Ok(()));
        let changes: [fn(&mut WrittenMask); 2] = [|mask| mask.area = 3, |mask| mask.bbox[2] = 1];
        for change in changes {
            let mut other = mask();
            change(&mut other);
            assert!(of(&other, STRING).is_err(), "{other:?}");
        }
        // Counts of another sum, and one that is written longer than it need be.
        for text in [&b"1220N"[..], b"1220oO"] {
            assert!(of(&mask(), text).is_err(), "{text:?}");
        }
    }
}
