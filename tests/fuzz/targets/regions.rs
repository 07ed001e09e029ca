#![no_main]

#[path = "../bodies/mod.rs"]
#[allow(dead_code, reason = "each target has its own body")]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::regions::run(data));
