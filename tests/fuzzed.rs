//! The fuzzers' bodies over what is kept of their corpus, and over the inputs that once made them
//! fail; and over made bytes.
#![cfg(feature = "serde")]

use std::fs;
use std::path::Path;

#[path = "fuzz/bodies.rs"]
mod bodies;

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
    let mut state = 1u64;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for round in 0..2000 {
        let length = random(200);
        // Every second input of COCO's characters, most of them single.
        let input: Vec<u8> = (0..length)
            .map(|_| {
                if round % 2 == 0 {
                    random(256) as u8
                } else {
                    48 + random(20) as u8
                }
            })
            .collect();
        body(&input);
    }
}

#[test]
fn parsers() {
    replay("parsers", bodies::parsers);
}

#[test]
fn acceptance() {
    replay("acceptance", bodies::acceptance);
}

#[test]
fn round_trip() {
    replay("round_trip", bodies::round_trip);
}

#[test]
fn algebra() {
    replay("algebra", bodies::algebra);
}

#[test]
fn polygons() {
    replay("polygons", bodies::polygons);
}
