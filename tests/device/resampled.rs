//! Resampled masks on the GPU, of the host and device-resident, beside all their pixels one by one.
//!
//! The device may round twice where the formulas round once. A pixel may be another for it only
//! where its value is within 4 ulp of the threshold: ulp of the largest number that is added up to
//! it. How many are is printed.

use std::sync::Arc;

use fearless_simd::Level;
use half::{bf16, f16};
use libtest_mimic::Failed;
use maskrle::{Backend, ElementType, Float, GpuMasks, Masks, Order, Paste, Runs};
use ndarray::{Array3, ArrayView3, s};

use crate::gpu;
use crate::shared::Shared;
use crate::support::formulas::{interpolated, pasted};
use crate::support::resampled::{boxes, is_fused, maps, unit, waves};
use crate::support::*;

/// The pixels of masks by the formulas, and the threshold that they are compared with.
struct Expected {
    /// Not a number outside of what is pasted.
    values: Array3<f32>,
    /// Pixels made of the samples' magnitudes: the largest number that is added up to each.
    magnitudes: Array3<f32>,
    threshold: f32,
    at_least: bool,
}

/// Pixels that were compared, and those that differed.
#[derive(Default)]
struct Count {
    pixels: u64,
    differing: u64,
}

impl Expected {
    fn is_foreground(&self, value: f32) -> bool {
        value > self.threshold || self.at_least && value == self.threshold
    }

    /// True if a device may find a pixel on the other side of the threshold.
    fn is_beside(&self, pixel: [usize; 3]) -> bool {
        let largest = self.threshold.abs().max(self.magnitudes[pixel]);
        let ulp = largest.next_up() - largest;
        // Denormals may be 0.
        let most = 4.0 * ulp + f32::MIN_POSITIVE;
        (self.values[pixel] - self.threshold).abs() <= most
    }

    /// Fails if a pixel of the runs differs and may not.
    fn check(&self, case: &str, runs: &Runs, count: &mut Count) -> Result<(), Failed> {
        let (masks, height, width) = self.values.dim();
        if runs.len() != masks {
            return Err(format!("{case}: {} masks", runs.len()).into());
        }
        for mask in 0..masks {
            let found = runs.mask(mask);
            let mut is_foreground = found.values().next() != Some(1);
            let mut starts = found.starts().iter().peekable();
            for position in 0..height * width {
                if starts.next_if_eq(&&(position as u32)).is_some() {
                    is_foreground = !is_foreground;
                }
                let [row, column] = match runs.order() {
                    Order::RowMajor => [position / width, position % width],
                    Order::ColumnMajor => [position % height, position / height],
                };
                let pixel = [mask, row, column];
                count.pixels += 1;
                if is_foreground != self.is_foreground(self.values[pixel]) {
                    count.differing += 1;
                    if !self.is_beside(pixel) {
                        return Err(format!(
                            "{case}: pixel {pixel:?} is {}, {}",
                            self.values[pixel], is_foreground
                        )
                        .into());
                    }
                }
            }
        }
        Ok(())
    }
}

/// Masks of a threshold, of the host and on the device.
#[derive(Clone, Copy)]
struct Compare {
    threshold: f64,
    at_least: bool,
}

impl Compare {
    const fn new(threshold: f64, at_least: bool) -> Self {
        Compare {
            threshold,
            at_least,
        }
    }

    fn of_host<T: Float>(self, view: ArrayView3<'_, T>) -> maskrle::Result<Masks<'_>> {
        match self.at_least {
            true => Masks::at_least(view, self.threshold),
            false => Masks::threshold(view, self.threshold),
        }
    }

    fn on_device<T: Sample>(
        self,
        shared: &Shared,
        elements: &[T],
        view: &ArrayView3<'_, T>,
        element: ElementType,
    ) -> Result<GpuMasks, Failed> {
        shared.masks(elements, view, |buffer, shape| match self.at_least {
            true => GpuMasks::at_least(buffer, element, shape, self.threshold),
            false => GpuMasks::threshold(buffer, element, shape, self.threshold),
        })
    }
}

/// How the masks of a case are resampled.
#[derive(Clone, Copy)]
enum How<'b> {
    Resized([u32; 2]),
    Pasted(&'b [[f32; 4]], [u32; 2], Paste),
}

impl How<'_> {
    fn of_host(self, masks: Masks<'_>) -> maskrle::Result<Masks<'_>> {
        match self {
            How::Resized(size) => masks.resized(size),
            How::Pasted(boxes, size, paste) => masks.pasted(boxes, size, paste),
        }
    }

    fn on_device(self, masks: GpuMasks) -> maskrle::Result<GpuMasks> {
        match self {
            How::Resized(size) => masks.resized(size),
            How::Pasted(boxes, size, paste) => masks.pasted(boxes, size, paste),
        }
    }

    fn values(self, samples: &Array3<f32>) -> Array3<f32> {
        let fused = is_fused(Level::new());
        match self {
            How::Resized(size) => interpolated(samples.view(), size, fused),
            How::Pasted(boxes, size, paste) => {
                pasted(samples, boxes, size, paste, fused).mapv(|pixel| pixel.unwrap_or(f32::NAN))
            }
        }
    }
}

/// Compares masks of the host, and the same on the device, in both orders.
fn check<T: Float + Sample>(
    shared: &Shared,
    elements: &[T],
    view: &ArrayView3<'_, T>,
    element: ElementType,
    (how, compare): (How<'_>, Compare),
    count: &mut Count,
) -> Result<(), Failed>
where
    f32: From<T>,
{
    let samples = view.mapv(f32::from);
    let expected = Expected {
        values: how.values(&samples),
        magnitudes: how.values(&samples.mapv(f32::abs)),
        threshold: compare.threshold as f32,
        at_least: compare.at_least,
    };
    let of_host = how.of_host(compare.of_host(view.view())?)?;
    let on_device = how.on_device(compare.on_device(shared, elements, view, element)?)?;
    let case = format!(
        "{element} {:?} to {:?}, {}",
        view.dim(),
        expected.values.dim(),
        compare.threshold
    );
    for order in ORDERS {
        let runs = shared.encoder.runs(&of_host, order)?;
        expected.check(&format!("{case}, {order:?}, of the host"), &runs, count)?;
        let runs = shared.encoder.gpu_runs(&on_device, order)?;
        expected.check(&format!("{case}, {order:?}, on the device"), &runs, count)?;
    }
    Ok(())
}

/// Logits of a kind: waves, noise, quarters, which are ties of many thresholds, and special values.
fn logits(random: &mut Random, shape: [usize; 3], kind: usize) -> Array3<f32> {
    match kind {
        0 => waves(shape, random.below(1000)),
        1 => Array3::from_shape_simple_fn(shape, || unit(random) - 0.5),
        2 => Array3::from_shape_simple_fn(shape, || random.below(9) as f32 / 4.0 - 1.0),
        _ => maps(random, shape, 1),
    }
}

const KINDS: usize = 4;
const COMPARES: [Compare; 4] = [
    Compare::new(0.0, false),
    Compare::new(0.25, true),
    Compare::new(-0.3, false),
    Compare::new(0.0, true),
];

const SIZES: [[u32; 2]; 10] = [
    [150, 210],
    [33, 210],
    [33, 47],
    [20, 210],
    [129, 31],
    [17, 30],
    [64, 64],
    [1, 1],
    [1, 300],
    [300, 1],
];

pub fn resized_masks_have_the_pixels_of_the_formula(shared: &Arc<Shared>) -> Result<(), Failed> {
    let mut random = Random(0x5eed_1234);
    let mut count = Count::default();
    for (case, size) in SIZES.into_iter().enumerate() {
        for kind in 0..KINDS {
            let logits = logits(&mut random, [3, 33, 47], kind);
            let how = How::Resized(size);
            let compare = COMPARES[(case + kind) % COMPARES.len()];
            let elements = logits.as_slice().ok_or("it is in one piece")?;
            let case = (how, compare);
            let view = logits.view();
            check(shared, elements, &view, ElementType::F32, case, &mut count)?;
            let halves = logits.mapv(f16::from_f32);
            let elements = halves.as_slice().ok_or("it is in one piece")?;
            let view = halves.view();
            check(shared, elements, &view, ElementType::F16, case, &mut count)?;
            let halves = logits.mapv(bf16::from_f32);
            let elements = halves.as_slice().ok_or("it is in one piece")?;
            let view = halves.view();
            check(shared, elements, &view, ElementType::Bf16, case, &mut count)?;
        }
    }
    report("resized", &count);
    Ok(())
}

pub fn resized_masks_of_any_strides(shared: &Arc<Shared>) -> Result<(), Failed> {
    let mut random = Random(0x5eed_5678);
    let mut count = Count::default();
    let all = logits(&mut random, [4, 40, 60], 0);
    let halves = all.mapv(f16::from_f32);
    for size in [[130, 90], [20, 25]] {
        let case = (How::Resized(size), COMPARES[2]);
        macro_rules! views {
            ($all:expr, $element:expr) => {
                for view in [
                    $all.slice(s![1.., 2.., 3..]),
                    $all.slice(s![..;2, ..;2, ..;3]),
                    $all.view().permuted_axes([0, 2, 1]),
                    $all.view().permuted_axes([2, 1, 0]),
                ] {
                    let elements = $all.as_slice().ok_or("it is in one piece")?;
                    check(shared, elements, &view, $element, case, &mut count)?;
                }
            };
        }
        views!(all, ElementType::F32);
        views!(halves, ElementType::F16);
    }
    report("strides", &count);
    Ok(())
}

pub fn pasted_masks_have_the_pixels_of_the_formula(shared: &Arc<Shared>) -> Result<(), Failed> {
    let mut random = Random(0x5eed_9abc);
    let mut count = Count::default();
    for case in 0..40 {
        let size = [[150, 210], [40, 30], [1, 300], [300, 1], [65, 64]][case % 5];
        let side = [1, 2, 7, 14, 28][random.below(5) as usize];
        let maps = maps(&mut random, [4, side, side + case % 2], case % 4);
        let boxes = boxes(&mut random, 4, size);
        let threshold = [0.5, 0.0, -0.2, 0.9][random.below(4) as usize];
        let compare = Compare::new(threshold, case % 3 == 0);
        let halves = maps.mapv(f16::from_f32);
        for paste in [Paste::GridSample, Paste::Torchvision] {
            let case = (How::Pasted(&boxes, size, paste), compare);
            let elements = maps.as_slice().ok_or("it is in one piece")?;
            let view = maps.view();
            check(shared, elements, &view, ElementType::F32, case, &mut count)?;
            let elements = halves.as_slice().ok_or("it is in one piece")?;
            let view = halves.view();
            check(shared, elements, &view, ElementType::F16, case, &mut count)?;
        }
    }
    report("pasted", &count);
    Ok(())
}

fn report(name: &str, Count { pixels, differing }: &Count) {
    println!("{name}: {differing} of {pixels} pixels differ, all next to the threshold");
}

/// Masks that are resampled differently, and some that are not, in one batch, in chunks of any
/// size.
pub fn resampled_masks_go_with_others_in_chunks(shared: &Arc<Shared>) -> Result<(), Failed> {
    let mut random = Random(0x5eed_def0);
    let first = logits(&mut random, [5, 30, 40], 0);
    let second = logits(&mut random, [4, 20, 25], 1).mapv(f16::from_f32);
    let boxes = boxes(&mut random, 4, [90, 110]);
    let parts = || -> maskrle::Result<_> {
        Ok([
            Masks::threshold(&first, 0.1)?.resized([100, 140])?,
            Masks::threshold(&second, 0.1)?.pasted(&boxes, [90, 110], Paste::Torchvision)?,
            Masks::threshold(&first, 0.1)?,
            Masks::threshold(&second, 0.1)?.resized([40, 30])?,
            Masks::threshold(&first, 0.1)?
                .cropped([3..20, 5..30])?
                .resized([77, 140])?,
        ])
    };
    let batch = Masks::batch(parts()?)?;
    for order in ORDERS {
        let whole = shared.encoder.runs(&batch, order)?;
        let alone = parts()?.map(|part| shared.encoder.runs(&part, order));
        let mut before = 0;
        for part in alone {
            let part = part?;
            for (index, mask) in part.iter().enumerate() {
                if whole.mask(before + index) != mask {
                    return Err(format!("mask {} in a batch, {order:?}", before + index).into());
                }
            }
            before += part.len();
        }
        for memory in [100_000, 400_000] {
            let small = gpu::builder().memory(memory).build()?;
            if small.runs(&batch, order)? != whole {
                return Err(format!("other runs in {memory} bytes").into());
            }
            let tally = small.tally();
            if (tally.cpu, tally.gpu) != (0, batch.len() as u64) {
                return Err(format!("{tally:?} in {memory} bytes").into());
            }
        }
    }
    Ok(())
}

/// As few dispatches, submissions and waits as of masks that are there as pixels.
pub fn resampled_masks_take_one_submit_and_one_wait(_: &Arc<Shared>) -> Result<(), Failed> {
    let gpu = gpu::builder().build()?;
    let logits = waves([20, 32, 32], 5);
    let masks = Masks::threshold(&logits, 0.0)?.resized([200, 300])?;
    gpu.coco(&masks)?;
    let before = gpu.gpu_work();
    gpu.coco(&masks)?;
    let after = gpu.gpu_work();
    let work = [
        after.dispatches - before.dispatches,
        after.submits - before.submits,
        after.waits - before.waits,
        after.uploads - before.uploads,
    ];
    if work != [3, 1, 1, 1] {
        return Err(format!("{work:?} dispatches, submissions, waits and uploads").into());
    }
    Ok(())
}

/// The CPU encodes masks that are resampled twice, those that do not fit, and, where backends share
/// a stack, all that are resampled: its pixels are the exact ones.
pub fn other_resampled_masks_go_to_the_cpu(_: &Arc<Shared>) -> Result<(), Failed> {
    let logits = waves([6, 32, 32], 6);
    let once = || Masks::threshold(&logits, 0.0)?.resized([200, 300]);
    let twice = once()?.cropped([0..100, 0..300])?.resized([150, 70])?;
    let gpu = gpu::builder();
    let cases = [
        (gpu.clone(), twice),
        (gpu.clone().memory(60_000), once()?),
        (gpu.backend(Backend::Auto).share_from(1), once()?),
    ];
    for (index, (builder, masks)) in cases.into_iter().enumerate() {
        let encoder = builder.build()?;
        let cpu = crate::support::resampled::encoder();
        if encoder.coco(&masks)? != cpu.coco(&masks)? {
            return Err(format!("case {index}: other strings").into());
        }
        let tally = encoder.tally();
        if (tally.cpu, tally.gpu) != (6, 0) {
            return Err(format!("case {index}: {tally:?}").into());
        }
    }
    Ok(())
}

pub fn wrong_resampling_is_an_error(shared: &Arc<Shared>) -> Result<(), Failed> {
    let buffer = shared.buffer::<f32>(0, &[0.0; 24]);
    let logits = || GpuMasks::threshold(&buffer, ElementType::F32, [2, 3, 4], 0.0);
    let good = [1.0, 2.0, 3.0, 4.0];
    let labels = GpuMasks::labels(&buffer, ElementType::U32, [2, 3, 4])?;
    let none = GpuMasks::threshold(&buffer, ElementType::F32, [2, 0, 4], 0.0)?;
    let cases = [
        (labels.resized([9, 9]), "threshold"),
        (none.resized([9, 9]), "0 x 4 has no pixels"),
        (logits()?.resized([0, 9]), "0 x 9 has no pixels"),
        (logits()?.resized([1 << 16, 1 << 16]), "limit"),
        (logits()?.resized([9, 9])?.resized([9, 9]), "already"),
        (
            logits()?.pasted(&[good], [9, 9], Paste::GridSample),
            "1 boxes for 2 masks",
        ),
        (
            logits()?.pasted(&[good, [1.0, 2.0, 0.0, 4.0]], [9, 9], Paste::Torchvision),
            "box 1: it ends at",
        ),
    ];
    for (masks, expected) in cases {
        match masks {
            Err(error) if error.to_string().contains(expected) => {}
            other => return Err(format!("{expected}: {other:?}").into()),
        }
    }
    // Its taps alone are more than a device binds.
    let large = logits()?.resized([u32::MAX, 1])?;
    match shared.encoder.gpu_runs(&large, Order::RowMajor) {
        Err(maskrle::Error::Limit(_)) => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}
