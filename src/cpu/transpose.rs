//! A square of bits, rows to columns.

/// Transposes 64 x 64 bits in place: bit c of word r becomes bit r of word c. Six rounds of swapping halves, quarters, ...
/// of ever smaller squares (Warren, Hacker's Delight, 7-3).
#[inline(always)]
pub(super) fn transpose(rows: &mut [u64; 64]) {
    let mut half = 32;
    let mut mask = 0x0000_0000_ffff_ffff;
    while half != 0 {
        let mut row = 0;
        while row < 64 {
            let swap = (rows[row] >> half ^ rows[row + half]) & mask;
            rows[row] ^= swap << half;
            rows[row + half] ^= swap;
            row = (row + half + 1) & !half;
        }
        half >>= 1;
        mask ^= mask << half;
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_bit_goes_to_its_place() {
        for row in 0..64 {
            for column in 0..64 {
                let mut bits = [0; 64];
                bits[row] = 1 << column;
                super::transpose(&mut bits);
                let mut expected = [0; 64];
                expected[column] = 1 << row;
                assert_eq!(bits, expected);
            }
        }
    }
}
