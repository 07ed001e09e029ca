//! Blocks of 8 x 64 pixels that hold a boundary, which are few of most masks'.

use crate::cpu::read::grid::LINE;

/// Rows of a block.
pub(crate) const ROWS: usize = 8;

/// The blocks of some rows of a mask, at most 64 bytes and some for each 8 x 64 pixels.
///
/// They are appended, not put at their place: so few lines are written that they are still near
/// when they are read again. A line that comes from the second cache keeps pixels waiting as long
/// as two lines of theirs.
#[derive(Default)]
pub(crate) struct Blocks {
    /// For each line of eight words, its groups from the top.
    groups: Vec<Vec<Group>>,
    /// The first `count` are there; the others were those of other masks.
    blocks: Vec<Block>,
    count: usize,
}

/// Blocks of the same rows in the same line.
pub(crate) struct Group {
    /// Which eight rows of the mask.
    pub(crate) eighth: u32,
    /// Which words of the line have one, a bit for each.
    pub(crate) found: u8,
    /// The first of them.
    first: usize,
}

/// The boundaries of a block's rows, a line of the cache.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
pub(crate) struct Block(pub(crate) [u64; ROWS]);

impl Blocks {
    /// Forgets all; makes room for rows of so many lines.
    pub(crate) fn begin(&mut self, lines: usize) {
        self.count = 0;
        self.groups.resize_with(lines, Vec::new);
        self.groups.iter_mut().for_each(Vec::clear);
    }

    /// Bytes of memory that they take.
    pub(crate) fn bytes(&self) -> usize {
        let groups: usize = self.groups.iter().map(Vec::capacity).sum();
        self.blocks.capacity() * size_of::<Block>() + groups * size_of::<Group>()
    }

    /// Adds those of a line's eight blocks whose bits are set in `found`. They are to be written,
    /// one after the other, to what is given.
    #[inline(always)]
    pub(crate) fn push(&mut self, eighth: usize, line: usize, found: u8) -> &mut [Block; LINE] {
        let first = self.count;
        if self.blocks.len() < first + LINE {
            self.grow();
        }
        self.groups[line].push(Group {
            eighth: eighth as u32,
            found,
            first,
        });
        self.count += found.count_ones() as usize;
        self.blocks[first..]
            .first_chunk_mut()
            .expect("there is room for a line")
    }

    #[cold]
    fn grow(&mut self) {
        self.blocks
            .resize((2 * self.blocks.len()).max(64), Block::default());
    }

    /// Those of a line.
    pub(crate) fn groups(&self, line: usize) -> &[Group] {
        &self.groups[line]
    }

    /// The blocks of a group.
    pub(crate) fn of(&self, group: &Group) -> &[Block] {
        &self.blocks[group.first..][..group.found.count_ones() as usize]
    }
}
