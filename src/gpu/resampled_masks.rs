//! Masks on the device that are resampled.

use super::device_resampling::DeviceResampling;
use super::masks::GpuMasks;
use crate::pixel::{Paste, Pasted, Resample, check_boxes, check_sides};
use crate::predicate::Predicate;
use crate::{Error, Result};

impl GpuMasks {
    /// The masks resampled to a height and width, as
    /// [`Masks::resized`](crate::Masks::resized) resamples those of the host, on the device. Single
    /// pixels may differ from the CPU's: the device may round twice where the CPU rounds once, and
    /// what is within 4 ulp of the threshold (ulp of the largest number that was added up to it)
    /// may be on its other side. A device may also take denormals as 0, and need not know of
    /// infinities and NaN.
    ///
    /// # Errors
    /// [`Error::Input`] if the masks have no threshold, are resampled already, or have no pixels,
    /// or if a side of the target is 0; [`Error::Limit`] if the target has more than `u32::MAX`
    /// pixels.
    ///
    /// ```no_run
    /// use maskrle::{CocoRle, ElementType, Encoder, GpuMasks, wgpu};
    ///
    /// # fn encode(encoder: &Encoder, logits: &wgpu::Buffer) -> maskrle::Result<Vec<CocoRle>> {
    /// let masks = GpuMasks::threshold(logits, ElementType::F32, [16, 256, 256], 0.0)?;
    /// encoder.gpu_coco(&masks.resized([1080, 1920])?)
    /// # }
    /// ```
    pub fn resized(self, size: [u32; 2]) -> Result<Self> {
        self.check_samples(size)?;
        let resample = Resample::new(self.samples(), size);
        self.resampled(DeviceResampling::Resized(resample))
    }

    /// The masks pasted into boxes of a target of this height and width, as
    /// [`Masks::pasted`](crate::Masks::pasted) pastes those of the host, on the device. About
    /// pixels that may differ all is as with [`GpuMasks::resized`].
    ///
    /// # Errors
    /// As of [`Masks::pasted`](crate::Masks::pasted).
    ///
    /// ```no_run
    /// use maskrle::{CocoRle, ElementType, Encoder, GpuMasks, Paste, wgpu};
    ///
    /// # fn encode(
    /// #     encoder: &Encoder,
    /// #     maps: &wgpu::Buffer,
    /// #     boxes: &[[f32; 4]],
    /// # ) -> maskrle::Result<Vec<CocoRle>> {
    /// let masks = GpuMasks::at_least(maps, ElementType::F16, [boxes.len(), 28, 28], 0.5)?;
    /// encoder.gpu_coco(&masks.pasted(boxes, [1080, 1920], Paste::GridSample)?)
    /// # }
    /// ```
    pub fn pasted(self, boxes: &[[f32; 4]], size: [u32; 2], paste: Paste) -> Result<Self> {
        check_boxes(boxes.len(), self.len())?;
        self.check_samples(size)?;
        let pasted = Pasted::new(boxes, 0, self.samples(), size, paste)?;
        self.resampled(DeviceResampling::Pasted(pasted))
    }

    /// Fails unless the masks may be resampled to a target.
    fn check_samples(&self, target: [u32; 2]) -> Result<()> {
        if self.resampling.is_some() {
            return Err(Error::Input(
                "these masks are resampled already: on the device that is done once".into(),
            ));
        }
        check_sides(self.samples(), target)
    }

    fn resampled(self, resampling: DeviceResampling) -> Result<Self> {
        let Some(given) = self.given else {
            return Err(Error::Input(format!(
                "{} are not resampled: it takes a threshold, see GpuMasks::threshold",
                self.predicate
            )));
        };
        Ok(GpuMasks {
            resampling: Some(resampling),
            predicate: Predicate::Above(given.single()),
            ..self
        })
    }
}
