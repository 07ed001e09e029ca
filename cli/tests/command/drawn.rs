//! Pictures that tests read and write.

use std::collections::BTreeSet;

use png::{BitDepth, ColorType};

use super::TestDir;

/// Red, green and blue, along the rows.
pub struct Picture {
    pub sides: [usize; 2],
    pub pixels: Vec<[u8; 3]>,
}

impl Picture {
    pub fn read(dir: &TestDir, name: &str) -> Self {
        let file = std::fs::File::open(dir.path(name)).unwrap();
        let mut reader = ::png::Decoder::new(std::io::BufReader::new(file))
            .read_info()
            .unwrap();
        assert_eq!(
            reader.output_color_type(),
            (ColorType::Rgb, BitDepth::Eight)
        );
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let pixels = pixels.as_chunks().0.to_vec();
        Picture {
            sides: [info.width as usize, info.height as usize],
            pixels,
        }
    }

    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        self.pixels[y * self.sides[0] + x]
    }

    /// True for each pixel that is drawn.
    pub fn drawn(&self) -> Vec<bool> {
        self.pixels.iter().map(|&pixel| pixel != DARK).collect()
    }

    pub fn colours(&self) -> BTreeSet<[u8; 3]> {
        self.pixels.iter().copied().collect()
    }
}

/// Where nothing is drawn.
pub const DARK: [u8; 3] = [30, 31, 34];

/// A JPEG of gray levels, a block of 8 x 8 pixels each.
pub fn jpeg([width, height]: [u16; 2], blocks: &[u8]) -> Vec<u8> {
    let mut file = vec![0xff, 0xd8];
    let mut segment = |marker: u8, bytes: &[u8]| {
        file.extend([0xff, marker]);
        file.extend((bytes.len() as u16 + 2).to_be_bytes());
        file.extend(bytes);
    };
    // The mean of a block is coded as eight times its distance from 128.
    segment(0xdb, &[&[0][..], &[8; 64]].concat());
    let [[h1, h2], [w1, w2]] = [height.to_be_bytes(), width.to_be_bytes()];
    segment(0xc0, &[8, h1, h2, w1, w2, 1, 1, 0x11, 0]);
    // Twelve codes of four bits for means, and one of a bit, that a block holds no more.
    let codes = |class: u8, of_length: usize, symbols: &[u8]| {
        let mut table = vec![class];
        table.extend((1..=16).map(|bits| {
            if bits == of_length {
                symbols.len() as u8
            } else {
                0
            }
        }));
        table.extend(symbols);
        table
    };
    segment(
        0xc4,
        &codes(0x00, 4, &std::array::from_fn::<u8, 12, _>(|i| i as u8)),
    );
    segment(0xc4, &codes(0x10, 1, &[0]));
    segment(0xda, &[1, 1, 0x00, 0, 63, 0]);
    let (mut bits, mut before) = (String::new(), 0i32);
    for &block in blocks {
        let difference = i32::from(block) - 128 - before;
        before += difference;
        let length = 32 - difference.unsigned_abs().leading_zeros();
        bits += &format!("{length:04b}");
        let code = if difference < 0 {
            difference - 1
        } else {
            difference
        };
        bits += &(0..length)
            .rev()
            .map(|bit| if code >> bit & 1 == 1 { '1' } else { '0' })
            .collect::<String>();
        bits.push('0');
    }
    while bits.len() % 8 > 0 {
        bits.push('1');
    }
    for byte in bits.as_bytes().chunks(8) {
        let byte = byte.iter().fold(0, |all, &bit| all << 1 | (bit - b'0'));
        file.push(byte);
        if byte == 0xff {
            file.push(0);
        }
    }
    file.extend([0xff, 0xd9]);
    file
}
