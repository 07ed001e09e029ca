//! A system that refuses threads: each call is done on those that there are. A test runs itself as
//! a user who may have few of them.

mod support;

use std::process::{Command, ExitCode};
use std::thread;

use libtest_mimic::{Arguments, Failed, Trial};
use maskrle::{Backend, Encoder, Masks, Order, Runs};
use support::*;

fn main() -> ExitCode {
    if let Ok(threads) = std::env::var(THREADS) {
        // Any other text asks if it runs at all.
        if let Ok(threads) = threads.parse() {
            child(threads);
        }
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::from_args();
    let has_means = own_user(0).is_some();
    let trial = |threads: usize| {
        Trial::test(format!("threads::{threads}"), move || run(threads))
            .with_ignored_flag(!has_means)
    };
    libtest_mimic::run(&arguments, [0, 1, 2].map(trial).into()).exit_code()
}

/// Number of threads that the child may start.
const THREADS: &str = "MASKRLE_TEST_THREADS";

/// This program as a user of no other processes, or as our own where that is not root, whose
/// threads no system counts. None where there is no means to limit them.
fn own_user(threads: usize) -> Option<Command> {
    let is_good = |command: &mut Command| {
        let output = command.output();
        output.is_ok_and(|output| output.status.success())
    };
    if !cfg!(target_os = "linux") || !is_good(Command::new("prlimit").arg("--version")) {
        return None;
    }
    let own = std::env::current_exe().ok()?;
    let user = 100_000 + 4 * std::process::id() as usize + threads;
    let other = || {
        let mut command = Command::new("setpriv");
        command.args([&format!("--reuid={user}"), "--clear-groups"]);
        command.arg(&own);
        command
    };
    if is_good(other().env(THREADS, "none")) {
        return Some(other());
    }
    let id = Command::new("id").arg("-u").output().ok()?;
    (id.stdout != b"0\n").then(|| Command::new(&own))
}

fn run(threads: usize) -> Result<(), Failed> {
    let mut command = own_user(threads).ok_or("no means to limit threads")?;
    let output = command
        .env(THREADS, threads.to_string())
        .env("RAYON_NUM_THREADS", "8")
        .output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
    }
}

/// Lets this process start so many threads more.
fn limit(threads: usize) -> bool {
    let running = std::fs::read_dir("/proc/self/task").map_or(1, Iterator::count);
    let limit = format!("--nproc={}", running + threads);
    let id = std::process::id().to_string();
    let status = Command::new("prlimit")
        .args(["--pid", &id, &limit])
        .status();
    status.is_ok_and(|status| status.success())
}

/// True if so many threads can run at once.
fn can_start(threads: usize) -> bool {
    let (gate, closed) = std::sync::mpsc::channel::<()>();
    let closed = std::sync::Mutex::new(closed);
    let wait = || drop(closed.lock().map(|closed| closed.recv()));
    thread::scope(|scope| {
        let start = |_| thread::Builder::new().spawn_scoped(scope, wait).ok();
        let started = (0..threads).map_while(start).count();
        drop(gate);
        started == threads
    })
}

/// Compares what is done on few threads with what was done before on one.
fn child(threads: usize) {
    let wide = stack::<u8>([5, 700, 600], Pattern::Runs(30), 1);
    let large = stack::<u8>([1, 2500, 2000], Pattern::Runs(30), 2);
    let interleaved = stack::<u8>([700, 600, 5], Pattern::Runs(3), 3);
    let interleaved = interleaved.view().permuted_axes([2, 0, 1]);
    let stacks = [wide.view(), large.view(), interleaved];
    let masks = stacks.map(|stack| Masks::binary(stack).expect("small"));
    let gpu = || {
        let builder = Encoder::builder().backend(Backend::Auto);
        builder.share_from(1).share_always(true)
    };
    let one = Encoder::builder().backend(Backend::Cpu).threads(1).build();
    let all = |encoder: &Encoder| -> Vec<Runs> {
        let runs = |order| masks.each_ref().map(|masks| encoder.runs(masks, order));
        let runs = ORDERS.map(runs).into_iter().flatten();
        runs.map(|runs| runs.expect("binary")).collect()
    };
    let expected = all(&one.expect("one thread is there"));
    let open = gpu().allow_software(true).build().expect("Auto is there");
    let is_open = open.backend().backend == Backend::Gpu;

    assert!(limit(threads), "no limit of threads");
    // The system counts the threads of all programs of a user, and none of root's.
    assert!(!can_start(threads + 1), "threads are not refused");

    assert!(all(&Encoder::new()) == expected, "of rayon's pool");
    let none = gpu()
        .adapter("no such name")
        .build()
        .expect("Auto is there");
    assert!(all(&none) == expected, "of a GPU that is not there");
    assert!(all(&open) == expected, "of a GPU");
    assert!(threads > 0 || !is_open || open.tally().gpu == 0);
    ops(&expected);
    stream();
    let error = Encoder::builder().backend(Backend::Cpu).threads(9).build();
    let error = error.expect_err("there are fewer").to_string();
    assert!(error.contains("9 threads cannot be started"), "{error}");
}

/// Work on runs, of which there are many.
fn ops(all: &[Runs]) {
    for runs in all {
        let runs = &runs.to_order(Order::ColumnMajor).expect("few");
        let strings = runs.to_coco().expect("binary");
        assert!(Runs::read(&strings).expect("good") == *runs);
        let pixels = runs.decode::<u8>(Order::RowMajor).expect("one size");
        let area = pixels.iter().filter(|&&pixel| pixel != 0).count() as u64;
        assert_eq!(runs.iter().map(|mask| mask.area()).sum::<u64>(), area);
        let labels = runs
            .to_label_map(1..)
            .expect("one size")
            .decode::<u8>(Order::RowMajor);
        let labelled = labels.expect("small labels");
        assert!(labelled.indexed_iter().all(|((y, x), &label)| match label {
            0 => pixels.slice(ndarray::s![.., y, x]).sum() == 0,
            label => pixels[[usize::from(label) - 1, y, x]] == 1,
        }));
    }
}

fn stream() {
    let mut sizes = Vec::new();
    let chunks = (0..9usize).map(|size| if size < 7 { Ok(size) } else { Err(size) });
    let done = Encoder::new().stream(
        chunks,
        |_, size| Ok(2 * size),
        |size| {
            sizes.push(size);
            Ok(())
        },
    );
    assert_eq!(done, Err(7));
    assert_eq!(sizes, [0, 2, 4, 6, 8, 10, 12]);
}
