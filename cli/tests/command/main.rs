//! The command line's contract, line by line: what it writes, what it says, how it exits.

mod annotators;
mod archives;
mod bad_input;
mod bitmaps;
mod containers;
mod convert;
mod convert_documents;
mod convert_formats;
mod convert_limits;
mod convert_refused;
mod convert_summary;
mod csv;
mod csv_headers;
mod damaged;
mod dataset_completion;
mod dataset_measures;
mod datasets;
mod decode;
mod dialects;
mod drawn;
mod edited_documents;
mod edits;
mod encode;
#[cfg(unix)]
mod few_resources;
mod folders;
mod help;
mod hostile;
mod inputs;
mod json_files;
mod json_input;
mod json_spelling;
mod label_pngs;
mod metadata;
mod names_and_ids;
mod outputs;
mod packed;
mod panoptic;
mod pasted;
mod pictures;
#[cfg(unix)]
mod pipes;
mod pixel_limits;
#[cfg(unix)]
mod proportion;
mod relative_starts;
mod repeated;
mod resampled;
mod sheets;
mod show;
mod show_choice;
#[cfg(unix)]
mod signals;
mod skip_bad;
mod small_inputs;
mod standard_input;
mod stats;
mod thresholds;
mod unused_options;
mod videos;
mod words;
mod yolo_folders;

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Temporary folder of one test, in which the command runs.
struct TestDir {
    folder: TempDir,
}

/// Exit status and output of the command.
struct Outcome {
    status: i32,
    out: String,
    err: String,
}

impl TestDir {
    fn new() -> Self {
        TestDir {
            folder: TempDir::new().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), bytes).unwrap();
        self
    }

    fn read(&self, name: &str) -> String {
        String::from_utf8(std::fs::read(self.path(name)).unwrap()).unwrap()
    }

    /// Names of the files in the folder, sorted: none is to be left behind.
    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Runs `maskrle` with arguments separated by white space.
    fn run(&self, line: &str) -> Outcome {
        self.run_args(&line.split_whitespace().collect::<Vec<_>>())
    }

    fn run_args(&self, args: &[&str]) -> Outcome {
        Outcome::of(self.command().args(args).output().unwrap())
    }

    /// Runs `maskrle` with arguments separated by white space, and this on standard input.
    fn run_with(&self, line: &str, input: impl Into<Vec<u8>>) -> Outcome {
        let mut command = self.command();
        command.args(line.split_whitespace()).write_stdin(input);
        Outcome::of(command.output().unwrap())
    }

    /// Runs `maskrle`, which is to succeed, and counts the threads that are seen at any time.
    #[cfg(target_os = "linux")]
    fn threads(&self, line: &str) -> usize {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_maskrle"))
            .args(line.split_whitespace())
            .current_dir(self.folder.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // Each is known by its number.
        let mut threads = std::collections::HashSet::new();
        let tasks = format!("/proc/{}/task", child.id());
        while child.try_wait().unwrap().is_none() {
            let entries = std::fs::read_dir(&tasks).into_iter().flatten().flatten();
            threads.extend(entries.map(|entry| entry.file_name()));
        }
        assert!(child.wait().unwrap().success());
        threads.len()
    }

    /// The command, in this folder.
    fn command(&self) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_maskrle"));
        command.current_dir(self.folder.path());
        command
    }
}

impl Outcome {
    fn of(output: std::process::Output) -> Self {
        Outcome {
            status: output.status.code().expect("it exits, it is not killed"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Standard output of a run without errors.
    #[track_caller]
    fn ok(self) -> String {
        assert_eq!(
            (self.status, self.err.contains("error:")),
            (0, false),
            "{}",
            self.err
        );
        self.out
    }

    /// Asserts that nothing was written, and that the only line of error begins with `begins` and
    /// contains `contains`.
    #[track_caller]
    fn fails(self, begins: &str, contains: &str) {
        assert_eq!(self.err.lines().count(), 1, "{}", self.err);
        self.fails_first(begins, contains);
    }

    /// Asserts that nothing was written, and that the first line of error begins with `begins` and
    /// contains `contains`.
    #[track_caller]
    fn fails_first(self, begins: &str, contains: &str) {
        let line = self.err.lines().next().unwrap_or_default();
        assert_eq!(self.status, 1, "{}", self.err);
        assert!(
            line.starts_with(begins),
            "{line:?} should begin with {begins:?}"
        );
        assert!(
            line.contains(contains),
            "{line:?} should contain {contains:?}"
        );
        assert_eq!(self.out, "");
    }
}

/// A `.npy` file.
fn npy(descr: &str, is_fortran: bool, shape: &str, pixels: &[u8]) -> Vec<u8> {
    let order = if is_fortran { "True" } else { "False" };
    let mut header = format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}");
    header += &" ".repeat(63 - (header.len() + 10) % 64);
    header.push('\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(pixels);
    file
}

/// A C-order `.npy` file of bytes.
fn bytes(shape: &str, pixels: &[u8]) -> Vec<u8> {
    npy("'|u1'", false, shape, pixels)
}

/// A `.npy` file of `masks` label maps of one pixel, read some at a time. The last label does not
/// fit in 32 bits.
fn labels_that_end_too_large(masks: u64) -> Vec<u8> {
    let pixels: Vec<u8> = (0..masks)
        .flat_map(|i| (if i + 1 == masks { 1 << 40 } else { i }).to_le_bytes())
        .collect();
    npy("'<u8'", false, &format!("({masks}, 1, 1)"), &pixels)
}

/// A `.npz` file.
fn npz(arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, array) in arrays {
        archive
            .start_file(
                format!("{name}.npy"),
                zip::write::SimpleFileOptions::default(),
            )
            .unwrap();
        archive.write_all(array).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A PNG of packed rows.
fn png(
    color: png::ColorType,
    depth: png::BitDepth,
    [width, height]: [u32; 2],
    rows: &[u8],
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == png::ColorType::Indexed {
        encoder.set_palette(
            (0u8..8)
                .flat_map(|i| [i * 30, 255 - i * 30, 0])
                .collect::<Vec<_>>(),
        );
    }
    encoder
        .write_header()
        .unwrap()
        .write_image_data(rows)
        .unwrap();
    file
}

/// Path of a file that comes with the repository.
fn data(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join("tests/data")
        .join(name)
        .display()
        .to_string()
}
