//! Bind groups that are kept from call to call, beside the buffers that they bind.

use wgpu::{BindGroup, BindingResource, Buffer, BufferBinding, BufferSize, Device};

/// A part of a buffer: its first byte, and its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Part {
    pub(super) offset: u64,
    pub(super) bytes: u64,
}

impl Part {
    /// The part of a buffer, to be bound.
    pub(super) fn of(self, buffer: &Buffer) -> BindingResource<'_> {
        BindingResource::Buffer(BufferBinding {
            buffer,
            offset: self.offset,
            size: BufferSize::new(self.bytes),
        })
    }
}

/// Bind groups over the same buffers. Whoever replaces one of these clears the groups, which else
/// would bind it further.
#[derive(Debug, Default)]
pub(super) struct KeptGroups(Vec<KeptGroup>);

#[derive(Debug)]
struct KeptGroup {
    device: Device,
    pass: &'static str,
    /// Parts of the buffers that it binds.
    parts: Vec<Part>,
    group: BindGroup,
}

/// Most groups that are kept: a large mask that goes in windows has one for each.
const MOST: usize = 32;

impl KeptGroups {
    /// The group of a pass over these parts, made by `make` if it is not kept.
    pub(super) fn get_or_make(
        &mut self,
        device: &Device,
        pass: &'static str,
        parts: &[Part],
        make: impl FnOnce() -> BindGroup,
    ) -> BindGroup {
        let is_it =
            |kept: &&KeptGroup| kept.pass == pass && kept.parts == parts && kept.device == *device;
        if let Some(kept) = self.0.iter().find(is_it) {
            return kept.group.clone();
        }
        if self.0.len() == MOST {
            self.0.clear();
        }
        let group = make();
        self.0.push(KeptGroup {
            device: device.clone(),
            pass,
            parts: parts.to_vec(),
            group: group.clone(),
        });
        group
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
