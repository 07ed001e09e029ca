//! The fuzzers' bodies over the kept part of their corpus, over the inputs that once made them
//! fail, and over drawn bytes.
#![cfg(all(feature = "dialects", feature = "serde"))]

use std::fs;
use std::path::Path;

#[path = "fuzz/bodies/mod.rs"]
mod bodies;
mod support;

use support::Random;

/// Calls `body` with every kept input, and with some thousand that are drawn.
fn replay(target: &str, body: fn(&[u8])) {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let mut kept = 0;
    for folder in ["corpus", "crashes"] {
        let Ok(files) = fs::read_dir(fuzz.join(folder).join(target)) else {
            continue;
        };
        for file in files {
            body(&fs::read(file.unwrap().path()).unwrap());
            kept += 1;
        }
    }
    assert!(kept > 0, "{target} has no corpus");
    let mut random = Random(1);
    for round in 0..2000 {
        let length = random.below(200);
        // Every second input of COCO's characters, most of them single.
        let input: Vec<u8> = (0..length)
            .map(|_| {
                if round % 2 == 0 {
                    random.below(256) as u8
                } else {
                    48 + random.below(20) as u8
                }
            })
            .collect();
        body(&input);
    }
}

#[test]
fn parsers_read_masks_or_fail() {
    replay("parsers", bodies::parsers::run);
}

#[test]
fn dialects_read_masks_or_fail() {
    replay("dialects", bodies::dialects::run);
}

#[test]
fn strings_are_accepted_as_pycocotools_reads_them_soundly() {
    replay("acceptance", bodies::acceptance::run);
}

#[test]
fn pixels_come_back_from_runs() {
    replay("round_trip", bodies::round_trip::run);
}

#[test]
fn set_algebra_is_that_of_pixels() {
    replay("algebra", bodies::algebra::run);
}

#[test]
fn polygons_are_traced_and_rasterised_again() {
    replay("polygons", bodies::polygons::run);
}

#[test]
fn regions_are_those_of_pixels() {
    replay("regions", bodies::regions::run);
}
