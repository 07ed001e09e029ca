//! Blocks: boundary bits of 8 rows x 64 columns, of which only those that hold a boundary are kept.
//!
//! Invariant: a line's groups are pushed from the top to the bottom, and the blocks of a group lie
//! one after the other, in the order of their words.

use crate::cpu::read::LINE;

/// Rows of a block, and of a row group.
pub(super) const ROWS: usize = 8;

/// The blocks of some rows of a mask: at most 64 bytes, and a few for the groups, for each 8 x 64
/// pixels.
///
/// They are appended, not put at an index of their own: so little memory is written that it is
/// still in the L1 cache when it is read again. A cache line that comes from L2 takes as long as
/// reading two lines of pixels.
#[derive(Default)]
pub(super) struct Blocks {
    /// For each line of eight words, its groups from the top.
    groups: Vec<Vec<BlockGroup>>,
    /// The first `count` are in use; the rest is memory kept from before.
    blocks: Vec<Block>,
    count: usize,
}

/// Blocks of one row group in one line.
pub(super) struct BlockGroup {
    /// Index of the row group in the mask.
    pub(super) row_group: u32,
    /// A bit for each word of the line, set if its block is there.
    pub(super) present: u8,
    /// Index of the first block.
    first: usize,
}

/// The boundary bits of a block's rows, a cache line.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
pub(super) struct Block(pub(super) [u64; ROWS]);

impl Blocks {
    /// Empties it for rows of `lines` lines.
    pub(super) fn begin(&mut self, lines: usize) {
        self.count = 0;
        self.groups.resize_with(lines, Vec::new);
        self.groups.iter_mut().for_each(Vec::clear);
    }

    /// Bytes of memory that they take.
    pub(super) fn bytes(&self) -> usize {
        let groups: usize = self.groups.iter().map(Vec::capacity).sum();
        self.blocks.capacity() * size_of::<Block>() + groups * size_of::<BlockGroup>()
    }

    /// Adds the blocks of a line whose bits are set in `present`. Gives the room to which they are
    /// to be written, one after the other.
    #[inline(always)]
    pub(super) fn push(
        &mut self,
        row_group: usize,
        line: usize,
        present: u8,
    ) -> &mut [Block; LINE] {
        let first = self.count;
        if self.blocks.len() < first + LINE {
            self.grow();
        }
        self.groups[line].push(BlockGroup {
            row_group: row_group as u32,
            present,
            first,
        });
        self.count += present.count_ones() as usize;
        self.blocks[first..]
            .first_chunk_mut()
            .expect("`grow` has made room for a line")
    }

    #[cold]
    fn grow(&mut self) {
        self.blocks
            .resize((2 * self.blocks.len()).max(64), Block::default());
    }

    /// The groups of a line.
    pub(super) fn groups(&self, line: usize) -> &[BlockGroup] {
        &self.groups[line]
    }

    /// The blocks of a group.
    pub(super) fn of(&self, group: &BlockGroup) -> &[Block] {
        &self.blocks[group.first..][..group.present.count_ones() as usize]
    }
}
