//! `maskrle_cli::run` within the caller's process, as the Python package calls it: it returns,
//! whatever happens, and may be called again.

use std::path::Path;

use maskrle_cli::run;

/// A logger of the caller's own, which the command leaves in place.
struct CallersLogger;

impl log::Log for CallersLogger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        false
    }

    fn log(&self, _: &log::Record<'_>) {}

    fn flush(&self) {}
}

#[test]
fn it_returns_its_status_and_may_be_called_again() {
    log::set_logger(&CallersLogger).expect("no logger is set yet");
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let output = folder.path().join("rows.jsonl");
    let output = output.to_str().expect("its name is text");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data");
    let masks = data.join("horse.npy");
    let masks = masks.to_str().expect("its name is text");

    for _ in 0..2 {
        assert_eq!(run(["maskrle", "--help"]), 0);
        assert_eq!(run(["maskrle", "--version"]), 0);
        assert_eq!(run(["maskrle", "encode", "--help"]), 0);
        // Usage that is wrong to clap, to the verb, and to `bench`.
        assert_eq!(run(["maskrle"]), 2);
        assert_eq!(run(["maskrle", "encode", "--nonsense"]), 2);
        assert_eq!(run(["maskrle", "encode", "--order", "row", masks]), 2);
        assert_eq!(
            run([
                "maskrle", "convert", masks, output, "--to", "coco", "--full"
            ]),
            2
        );
        assert_eq!(
            run(["maskrle", "bench", "--order", "row", "--output", "coco"]),
            2
        );
        assert_eq!(
            run(["maskrle", "encode", "--quiet", "there is no such file.npy"]),
            1
        );

        assert_eq!(
            run(["maskrle", "encode", "--quiet", masks, "-o", output]),
            0
        );
        let rows = std::fs::read_to_string(output).expect("it was written");
        assert!(rows.contains("\"counts\":"), "{rows}");
        std::fs::remove_file(output).expect("it is there");
    }
}
