//! Input of a fuzzer as numbers.

use maskrle::Order;

pub const ORDERS: [Order; 2] = [Order::RowMajor, Order::ColumnMajor];

/// Bytes taken from the front; zeros when there are none left.
pub struct Bytes<'a>(pub &'a [u8]);

impl Bytes<'_> {
    pub fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        byte
    }

    pub fn word(&mut self) -> u32 {
        u32::from_le_bytes([(); 4].map(|()| self.byte()))
    }

    /// Small or of any height and width.
    pub fn size(&mut self) -> [u32; 2] {
        match self.byte() {
            0 => [self.word(), self.word()],
            1 => [self.word() >> 16, self.word() >> 16],
            _ => [self.byte(), self.byte()].map(u32::from),
        }
    }

    pub fn order(&mut self) -> Order {
        ORDERS[usize::from(self.byte() % 2)]
    }

    pub fn words(&mut self) -> Vec<u32> {
        (0..self.0.len() / 4).map(|_| self.word()).collect()
    }
}
