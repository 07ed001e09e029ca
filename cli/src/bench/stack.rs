//! The masks that are benched, in memory, and their runs by the plain reference.

use anyhow::{Context, Result, anyhow, bail};
use maskrle::ndarray::{Array3, ArrayView3, Axis};
use maskrle::{
    CocoRle, Float, GpuMasks, Integer, Masks, Order, PixelArray, PixelVisitor, Runs, Values, wgpu,
};

use super::support::patterns::Pattern;
use super::support::reference;
use crate::read::Predicate;

/// A stack, its predicate, and the name of its pattern or file.
#[derive(Debug)]
pub struct Stack {
    pub pattern: String,
    pub pixels: PixelArray,
    pub predicate: Predicate,
}

impl Stack {
    /// A generated stack of u8.
    pub fn generated(pattern: Pattern, shape: [usize; 3]) -> Result<Self> {
        let [n, height, width] = shape;
        let length = n * height * width;
        let mut pixels = Vec::new();
        pixels
            .try_reserve_exact(length)
            .with_context(|| format!("no memory for {length} pixels"))?;
        pixels.resize(length, 0);
        pattern.fill(&mut pixels, [height, width]);
        let pixels =
            PixelArray::U8(Array3::from_shape_vec(shape, pixels).expect("it has this length"));
        Ok(Stack {
            pattern: pattern.name().into(),
            pixels,
            predicate: Predicate::Binary,
        })
    }

    /// Masks as the library takes them.
    pub fn masks(&self) -> maskrle::Result<Masks<'_>> {
        self.predicate.masks(&self.pixels)
    }

    /// `[n, height, width]`.
    pub fn shape(&self) -> [usize; 3] {
        self.pixels.shape()
    }

    /// The pixels as they lie in memory.
    pub fn bytes(&self) -> Result<&[u8]> {
        self.pixels
            .as_bytes()
            .context("the pixels have gaps in memory")
    }

    /// Uploads the pixels to a device, as they lie in memory.
    pub fn on_device(&self, device: &wgpu::Device, queue: &wgpu::Queue) -> Result<GpuMasks> {
        let bytes = self.bytes()?;
        let size = (bytes.len() as u64).next_multiple_of(4);
        if size > device.limits().max_buffer_size {
            bail!(
                "the masks are of {size} bytes, a buffer of the device has {}",
                device.limits().max_buffer_size
            );
        }
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("benched masks"),
            size,
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        // In parts, each of which the queue stages.
        const PART: usize = 16 << 20;
        for (index, part) in bytes.chunks(PART).enumerate() {
            let mut whole_words = part.to_vec();
            whole_words.resize(part.len().next_multiple_of(4), 0);
            queue.write_buffer(&buffer, (index * PART) as u64, &whole_words);
            queue.submit([]);
        }
        device.poll(wgpu::PollType::wait_indefinitely())?;
        let element = self.pixels.element_type();
        let strides = self.pixels.strides().map(isize::unsigned_abs);
        let masks = match self.predicate {
            Predicate::Above(threshold) => {
                GpuMasks::threshold(&buffer, element, self.shape(), threshold)
            }
            _ => GpuMasks::binary(&buffer, element, self.shape()),
        };
        Ok(masks?.strides(strides))
    }

    /// Runs that every result must have.
    pub fn expected(&self, order: Order) -> Expected {
        self.pixels.visit(PlainRuns {
            order,
            predicate: self.predicate,
        })
    }
}

/// The plain reference's runs of pixels of any type.
struct PlainRuns {
    order: Order,
    predicate: Predicate,
}

impl PixelVisitor for PlainRuns {
    type Output = Expected;

    fn integers<T: Integer>(self, pixels: &Array3<T>) -> Expected {
        Expected::new(pixels.view(), self.order, |value| value != T::default())
    }

    fn floats<T: Float>(self, pixels: &Array3<T>) -> Expected {
        let threshold = match self.predicate {
            Predicate::Above(threshold) => threshold,
            Predicate::Binary | Predicate::Labels => 0.0,
        };
        let threshold = T::nearest(threshold);
        Expected::new(pixels.view(), self.order, |value| value > threshold)
    }
}

/// The runs of a stack, by the plain reference.
pub struct Expected {
    size: [u32; 2],
    offsets: Vec<u64>,
    starts: Vec<u32>,
    firsts: Vec<bool>,
}

impl Expected {
    /// Runs of the masks where `is_set` holds.
    fn new<T: Copy>(pixels: ArrayView3<'_, T>, order: Order, is_set: impl Fn(T) -> bool) -> Self {
        let (_, height, width) = pixels.dim();
        let mut expected = Expected {
            size: [height as u32, width as u32],
            offsets: vec![0],
            starts: Vec::new(),
            firsts: Vec::new(),
        };
        for mask in pixels.axis_iter(Axis(0)) {
            let (starts, values) =
                reference::runs([height, width], order, |y, x| is_set(mask[[y, x]]));
            expected.starts.extend(starts);
            expected.offsets.push(expected.starts.len() as u64);
            expected
                .firsts
                .push(values.first().copied().unwrap_or(false));
        }
        expected
    }

    /// Fails unless `runs` are these.
    pub fn check_runs(&self, runs: &Runs) -> Result<()> {
        let firsts_agree =
            matches!(runs.values(), Values::Binary(firsts) if *firsts == self.firsts);
        if runs.offsets() == self.offsets && runs.starts() == self.starts && firsts_agree {
            return Ok(());
        }
        Err(anyhow!("the runs are not those of the plain reference"))
    }

    /// Fails unless `rles` are these runs as COCO writes them.
    pub fn check_coco(&self, rles: &[CocoRle]) -> Result<()> {
        if rles.len() != self.firsts.len() {
            return Err(anyhow!(
                "{} strings for {} masks",
                rles.len(),
                self.firsts.len()
            ));
        }
        for (index, rle) in rles.iter().enumerate() {
            let starts =
                &self.starts[self.offsets[index] as usize..self.offsets[index + 1] as usize];
            let string =
                reference::coco_string(self.size[0] * self.size[1], starts, self.firsts[index]);
            if rle.size != self.size || rle.counts != string {
                return Err(anyhow!(
                    "the string of mask {index} is not the plain reference's"
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs_per_mask(pattern: Pattern, shape: [usize; 3], order: Order) -> f64 {
        let stack = Stack::generated(pattern, shape).expect("small");
        stack.expected(order).starts.len() as f64 / shape[0] as f64
    }

    #[test]
    fn blobs_have_the_runs_they_promise() {
        let runs = runs_per_mask(Pattern::Blobs, [64, 1024, 1024], Order::ColumnMajor);
        assert!((1400.0..1520.0).contains(&runs), "{runs} runs a mask");
    }

    #[test]
    fn blobs_scale_with_the_width() {
        let runs = runs_per_mask(Pattern::Blobs, [64, 100, 512], Order::ColumnMajor);
        assert!((650.0..800.0).contains(&runs), "{runs} runs a mask");
    }

    #[test]
    fn noise_changes_at_every_other_pixel() {
        for order in [Order::RowMajor, Order::ColumnMajor] {
            let runs = runs_per_mask(Pattern::Noise, [4, 256, 256], order);
            assert!((32000.0..33500.0).contains(&runs), "{runs} runs a mask");
        }
    }

    #[test]
    fn empty_is_one_run() {
        assert_eq!(
            runs_per_mask(Pattern::Empty, [3, 5, 7], Order::RowMajor),
            1.0
        );
    }

    #[test]
    fn a_wrong_result_is_caught() {
        let stack = Stack::generated(Pattern::Noise, [2, 9, 11]).expect("small");
        let other = Stack::generated(Pattern::Empty, [2, 9, 11]).expect("small");
        let runs = maskrle::Encoder::new()
            .runs(&stack.masks().expect("valid"), Order::RowMajor)
            .expect("valid");
        assert!(stack.expected(Order::RowMajor).check_runs(&runs).is_ok());
        assert!(other.expected(Order::RowMajor).check_runs(&runs).is_err());
        let rle = |counts: &str| CocoRle {
            size: [9, 11],
            counts: counts.into(),
        };
        assert!(
            other
                .expected(Order::ColumnMajor)
                .check_coco(&[rle("S3"), rle("S3")])
                .is_ok()
        );
        assert!(
            other
                .expected(Order::ColumnMajor)
                .check_coco(&[rle("S3"), rle("S4")])
                .is_err()
        );
        assert!(
            other
                .expected(Order::ColumnMajor)
                .check_coco(&[rle("S3")])
                .is_err()
        );
    }
}
