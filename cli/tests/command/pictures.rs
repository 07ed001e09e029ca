//! PNGs of colours: gray ones, one channel, panoptic ids.

use png::{BitDepth, ColorType};

use crate::{TestDir, png};

/// The values and counts of the only row of `encode --labels --format values`.
#[track_caller]
fn values(dir: &TestDir, options: &str, name: &str) -> String {
    let line = format!("encode --labels --format values {options} {name}");
    let out = dir.run(&line).ok();
    let at = out.find("\"values\":").unwrap();
    out[at..].trim_end().to_owned()
}

/// An image of one row, of bytes.
fn row(color: ColorType, samples: &[u8]) -> Vec<u8> {
    let width = samples.len() / color.samples();
    png(color, BitDepth::Eight, [width as u32, 1], samples)
}

#[test]
fn gray_levels_saved_as_colours_are_one_mask() {
    let dir = TestDir::new();
    let expected = r#""values":[0,7,255],"counts":[1,1,1]}"#;
    dir.file(
        "rgb.png",
        row(ColorType::Rgb, &[0, 0, 0, 7, 7, 7, 255, 255, 255]),
    );
    assert_eq!(values(&dir, "", "rgb.png"), expected);
    let rgba = [0, 0, 0, 255, 7, 7, 7, 255, 255, 255, 255, 255];
    dir.file("rgba.png", row(ColorType::Rgba, &rgba));
    assert_eq!(values(&dir, "", "rgba.png"), expected);
    let gray_and_opacity = [0, 255, 7, 255, 255, 255];
    dir.file("la.png", row(ColorType::GrayscaleAlpha, &gray_and_opacity));
    assert_eq!(values(&dir, "", "la.png"), expected);
    let wide: Vec<u8> = [0u16, 0, 0, 700, 700, 700]
        .into_iter()
        .flat_map(u16::to_be_bytes)
        .collect();
    dir.file(
        "wide.png",
        png(ColorType::Rgb, BitDepth::Sixteen, [2, 1], &wide),
    );
    assert_eq!(
        values(&dir, "", "wide.png"),
        r#""values":[0,700],"counts":[1,1]}"#
    );
    assert_eq!(
        dir.run("encode rgb.png rgba.png la.png")
            .ok()
            .lines()
            .count(),
        3
    );
}

#[test]
fn colours_name_the_ways_to_read_them() {
    let dir = TestDir::new();
    dir.file("rgb.png", row(ColorType::Rgb, &[0, 0, 0, 1, 2, 3]));
    dir.run("encode --quiet rgb.png").fails(
        "error: rgb.png: a PNG of colours, as at pixel 1, 0, is not a mask: ",
        "--channels panoptic reads panoptic ids, --channels r, g or b one channel",
    );
    dir.file(
        "rgba.png",
        row(ColorType::Rgba, &[0, 0, 0, 255, 1, 1, 1, 254]),
    );
    dir.run("encode --quiet rgba.png").fails(
        "error: rgba.png: a PNG that is transparent, as at pixel 1, 0, ",
        "--channels a reads the opacity",
    );
    dir.file("la.png", row(ColorType::GrayscaleAlpha, &[9, 0]));
    dir.run("encode --quiet la.png")
        .fails("error: la.png: a PNG that is transparent", "--channels r");
    let wide = png(
        ColorType::Rgb,
        BitDepth::Sixteen,
        [1, 1],
        &[0, 1, 0, 1, 0, 2],
    );
    dir.file("wide.png", wide);
    dir.run("encode --quiet wide.png")
        .fails("error: wide.png: ", "at pixel 0, 0");
}

#[test]
fn one_channel() {
    let dir = TestDir::new();
    let rgba = [1, 2, 3, 4, 1, 9, 3, 0];
    dir.file("rgba.png", row(ColorType::Rgba, &rgba));
    for (channel, expected) in [
        ("r", r#""values":[1],"counts":[2]}"#),
        ("g", r#""values":[2,9],"counts":[1,1]}"#),
        ("b", r#""values":[3],"counts":[2]}"#),
        ("a", r#""values":[4,0],"counts":[1,1]}"#),
    ] {
        let options = format!("--channels {channel}");
        assert_eq!(values(&dir, &options, "rgba.png"), expected);
    }
    dir.file("la.png", row(ColorType::GrayscaleAlpha, &[5, 6]));
    let only = |value| format!(r#""values":[{value}],"counts":[1]}}"#);
    assert_eq!(values(&dir, "--channels g", "la.png"), only(5));
    assert_eq!(values(&dir, "--channels a", "la.png"), only(6));
    // Pixels that are gray, or a palette's, are read as it is stored.
    dir.file("gray.png", row(ColorType::Grayscale, &[8]));
    assert_eq!(values(&dir, "--channels b", "gray.png"), only(8));
    dir.file("palette.png", row(ColorType::Indexed, &[3]));
    assert_eq!(values(&dir, "--channels b", "palette.png"), only(3));
    dir.run("encode --quiet --channels a gray.png")
        .fails("error: gray.png: ", "has no opacity");
}

#[test]
fn panoptic_ids() {
    let dir = TestDir::new();
    // 3 226 756 is 132 + 256 * 60 + 65536 * 49.
    let rgb = [132, 60, 49, 132, 60, 49, 0, 0, 0, 1, 0, 0];
    dir.file("rgb.png", row(ColorType::Rgb, &rgb));
    assert_eq!(
        values(&dir, "--channels panoptic", "rgb.png"),
        r#""values":[3226756,0,1],"counts":[2,1,1]}"#
    );
    let rgba: Vec<u8> = rgb
        .chunks_exact(3)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255])
        .collect();
    dir.file("rgba.png", row(ColorType::Rgba, &rgba));
    let rows = dir.run("encode --labels --channels panoptic rgba.png").ok();
    assert!(rows.contains(r#""value":3226756"#), "{rows}");
    assert_eq!(rows.lines().count(), 2);
    dir.file("gray.png", row(ColorType::Grayscale, &[8]));
    dir.run("encode --quiet --labels --channels panoptic gray.png")
        .fails("error: gray.png: a PNG of gray levels ", "no panoptic ids");
    let outcome = dir.run("encode --channels panoptic rgb.png");
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.err.contains("goes with --labels"),
        "{}",
        outcome.err
    );
}

#[test]
fn ignored_labels_are_background() {
    let dir = TestDir::new();
    dir.file("void.png", row(ColorType::Grayscale, &[0, 1, 255, 255, 2]));
    let rows = dir.run("encode --labels --ignore 255 void.png").ok();
    assert_eq!(rows.lines().count(), 2);
    assert!(!rows.contains("255"), "{rows}");
    assert_eq!(
        values(&dir, "--ignore 255 --ignore 1", "void.png"),
        r#""values":[0,2],"counts":[4,1]}"#
    );
    // In wider and signed types, and where the type does not have the label.
    let wide: Vec<u8> = [-1i16, 255, 3]
        .into_iter()
        .flat_map(i16::to_le_bytes)
        .collect();
    dir.file("wide.npy", crate::npy("'<i2'", false, "(1, 3)", &wide));
    assert_eq!(
        values(&dir, "--ignore -1 --ignore 100000", "wide.npy"),
        r#""values":[0,255,3],"counts":[1,1,1]}"#
    );
    let dataset = dir
        .run("encode --labels --categories label --format coco-dataset --ignore 255 void.png")
        .ok();
    assert!(!dataset.contains("255"), "{dataset}");
    let outcome = dir.run("encode --ignore 255 void.png");
    assert_eq!(outcome.status, 2, "{}", outcome.err);
}

#[test]
fn interlaced_images() {
    let dir = TestDir::new();
    // A gray image of 2 x 2 in Adam7: passes of 1, 1 and 2 pixels, each row behind its filter.
    let rows = [0, 7, 0, 8, 0, 9, 5];
    dir.file("adam7.png", interlaced([2, 2], ColorType::Grayscale, &rows));
    assert_eq!(
        values(&dir, "", "adam7.png"),
        r#""values":[7,8,9,5],"counts":[1,1,1,1]}"#
    );
}

/// An interlaced PNG of 8 bits of these rows, as they are stored.
fn interlaced(sides: [u32; 2], color: ColorType, rows: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(rows).unwrap();
    png_of_chunks(sides, [8, color as u8, 0, 0, 1], &encoder.finish().unwrap())
}

/// A PNG of this width and height, with what else its header has, and of these compressed rows.
pub fn png_of_chunks([width, height]: [u32; 2], header: [u8; 5], rows: &[u8]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], bytes: &[u8]| {
        file.extend((bytes.len() as u32).to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(bytes);
        file.extend(kind);
        file.extend(bytes);
        file.extend(crc.sum().to_be_bytes());
    };
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(b"IHDR", &[&sides[..], &header].concat());
    chunk(b"IDAT", rows);
    chunk(b"IEND", &[]);
    file
}
