//! Masks that are on the GPU.

use super::device_strings;
use super::encode::Encoder;
use crate::format::{CocoInstance, CocoRle};
use crate::gpu::{ChunkRuns, ChunkStrings, GpuMasks, Pending};
use crate::parallel::{Threads, concat};
use crate::pixel::Order;
use crate::runs::{Boundaries, Runs};
use crate::{Error, Result};

/// Masks on the GPU. The device must be this encoder's: build it by [`Encoder::with_device`].
impl Encoder {
    /// Records the encoding of masks that are on the GPU into the caller's commands, after whatever
    /// makes their pixels. Nothing runs before these are submitted.
    ///
    /// Until the results are taken, it keeps a bit a pixel, and room for the starts: of 4 GiB of
    /// bytes some 0.6 GB, and up to three times that of dense masks. [`Encoder::gpu_runs`],
    /// [`Encoder::gpu_coco`] and [`Encoder::gpu_instances`], which submit chunk by chunk, keep to
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

    /// Encodes masks that are on the GPU as COCO's compressed RLE.
    ///
    /// Of masks of many runs the GPU writes the strings itself, and their characters come back; of
    /// others their starts or boundary bits do, whichever are fewer bytes.
    ///
    /// # Errors
    /// [`Error::Input`] on labels, as of [`Encoder::coco`], and on masks beyond their buffer;
    /// [`Error::Limit`] where a mask is more than the device binds; [`Error::Gpu`] if the device is
    /// lost, or gives strings of no mask.
    pub fn gpu_coco(&self, masks: &GpuMasks) -> Result<Vec<CocoRle>> {
        require_binary(masks)?;
        let size = masks.size();
        if size.contains(&0) {
            let runs = self.gpu_runs(masks, Order::ColumnMajor)?;
            return runs.to_coco();
        }
        let string = |instance: CocoInstance| instance.segmentation;
        self.gpu_strings(masks, string, |found, threads, first| {
            self.cpu()
                .coco_of_boundaries(found, threads, |index| (size, first[index] != 0))
        })
    }

    /// Encodes masks that are on the GPU as COCO's compressed RLE, each with its area and box, as
    /// [`Encoder::instances`] does. Where the GPU writes the strings it measures the masks too.
    ///
    /// # Errors
    /// As of [`Encoder::gpu_coco`].
    ///
    /// ```no_run
    /// use maskrle::{Encoder, GpuMasks};
    ///
    /// # fn encode(encoder: &Encoder, masks: &GpuMasks) -> maskrle::Result<()> {
    /// for found in encoder.gpu_instances(masks)? {
    ///     println!("{} {:?} {}", found.area, found.bbox, found.segmentation.counts);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn gpu_instances(&self, masks: &GpuMasks) -> Result<Vec<CocoInstance>> {
        require_binary(masks)?;
        let size = masks.size();
        if size.contains(&0) {
            let strings = self.gpu_coco(masks)?.into_iter();
            return Ok(strings
                .map(|string| CocoInstance::new(string, 0, [0; 4]))
                .collect());
        }
        let instance = |instance| instance;
        self.gpu_strings(masks, instance, |found, threads, first| {
            self.cpu()
                .instances_of_boundaries(found, threads, |index| (size, first[index] != 0))
        })
    }

    /// Results of binary masks on the GPU that have pixels: `of_written` makes one of each that it
    /// writes itself, `of_found` those of masks whose boundaries it finds, given the first pixel of
    /// each.
    fn gpu_strings<R>(
        &self,
        masks: &GpuMasks,
        of_written: impl Fn(CocoInstance) -> R,
        of_found: impl Fn(&Boundaries, Threads, &[u32]) -> Vec<R>,
    ) -> Result<Vec<R>> {
        let (size, threads) = (masks.size(), self.cpu().threads());
        let chunks = self.gpu()?.strings(masks)?.into_iter();
        let results = chunks.map(|chunk| match chunk {
            ChunkStrings::Written(written) => {
                let instances = device_strings::instances(&written, size)?.into_iter();
                Ok(instances.map(&of_written).collect())
            }
            ChunkStrings::Runs(ChunkRuns { boundaries, values }) => {
                Ok(of_found(&boundaries, threads, &values))
            }
        });
        let results = concat(results.collect::<Result<Vec<_>>>()?);
        self.count_gpu(masks.len());
        Ok(results)
    }
}

fn require_binary(masks: &GpuMasks) -> Result<()> {
    if masks.is_labels() {
        return Err(Error::Input(
            "labels are no COCO masks: take their runs, and MaskRuns::split_labels".into(),
        ));
    }
    Ok(())
}
