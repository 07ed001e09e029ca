//! Masks that are on the GPU.

use super::encode::Encoder;
use crate::format::CocoRle;
use crate::gpu::{ChunkRuns, GpuMasks, Pending};
use crate::parallel::concat;
use crate::pixel::Order;
use crate::runs::Runs;
use crate::{Error, Result};

/// Masks on the GPU. The device must be this encoder's: build it by [`Encoder::with_device`].
impl Encoder {
    /// Records the encoding of masks that are on the GPU into the caller's commands, after whatever
    /// makes their pixels. Nothing runs before these are submitted.
    ///
    /// Until the results are taken, it keeps a bit a pixel, and room for the starts: of 4 GiB of
    /// bytes some 0.6 GB, and up to three times that of dense masks. [`Encoder::gpu_runs`] and
    /// [`Encoder::gpu_coco`], which submit chunk by chunk, keep to
    /// [`EncoderBuilder::memory`](crate::EncoderBuilder::memory), unless one mask needs more.
    ///
    /// ```no_run
    /// use maskrle::{Encoder, GpuMasks, Order, wgpu};
    ///
    /// # fn encode(
    /// #     encoder: &Encoder,
    /// #     device: &wgpu::Device,
    /// #     queue: &wgpu::Queue,
    /// #     masks: &GpuMasks,
    /// # ) -> maskrle::Result<()> {
    /// let mut commands = device.create_command_encoder(&Default::default());
    /// // ... passes that make the masks ...
    /// let pending = encoder.record(&mut commands, masks, Order::ColumnMajor)?;
    /// queue.submit([commands.finish()]);
    /// let runs = pending.wait()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn record(
        &self,
        commands: &mut wgpu::CommandEncoder,
        masks: &GpuMasks,
        order: Order,
    ) -> Result<Pending> {
        let gpu = self.gpu()?;
        let pending = gpu.record(commands, masks, order, self.cpu().threads())?;
        self.count_gpu(masks.len());
        Ok(pending)
    }

    /// Encodes masks that are on the GPU to runs.
    pub fn gpu_runs(&self, masks: &GpuMasks, order: Order) -> Result<Runs> {
        let runs = self.gpu()?.runs(masks, order, self.cpu().threads())?;
        self.count_gpu(masks.len());
        Ok(runs)
    }

    /// Encodes masks that are on the GPU as COCO's compressed RLE. Fails on labels, as
    /// [`Encoder::coco`] does.
    pub fn gpu_coco(&self, masks: &GpuMasks) -> Result<Vec<CocoRle>> {
        if masks.is_labels() {
            return Err(Error::Input(
                "labels are no COCO masks: take their runs, and MaskRuns::split_labels".into(),
            ));
        }
        let size = masks.size();
        if size.contains(&0) {
            let runs = self.gpu_runs(masks, Order::ColumnMajor)?;
            return runs.to_coco();
        }
        let chunks = self.gpu()?.chunks(masks, Order::ColumnMajor)?;
        self.count_gpu(masks.len());
        let strings = chunks.iter().map(|ChunkRuns { boundaries, values }| {
            let mask = |index: usize| (size, values[index] != 0);
            self.cpu()
                .coco_of_boundaries(boundaries, self.cpu().threads(), mask)
        });
        Ok(concat(strings))
    }
}
