//! Signals that end the command, which leaves no temporary file behind.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::temporary::remove_named_and;

/// Has SIGINT, SIGTERM and SIGHUP remove the temporary files of this process before they end it,
/// and makes a file beyond the limit of `ulimit -f` an error.
///
/// The signals of a process are its owner's: [`run`](crate::run) leaves them as they are, and the
/// command's own `main` calls this first.
pub fn handle_signals() {
    let ending = signals_that_end();
    // The signal's own effect is to end the process; a handler, whatever it does, prevents that.
    let _ = flag::register(SIGXFSZ, Arc::default());
    let Ok(signals) = Signals::new(&ending) else {
        return;
    };
    let thread = thread::Builder::new().name("signals".into());
    if thread.spawn(|| wait(signals)).is_err() {
        // A file may stay then, but nobody is left with a process that does not end.
        for signal in ending {
            let _ = flag::register_conditional_default(signal, Arc::new(AtomicBool::new(true)));
        }
    }
}

/// Waits for a signal, and ends the process as that signal does.
fn wait(mut signals: Signals) {
    for signal in signals.forever() {
        remove_named_and(|| {
            let _ = emulate_default_handler(signal);
        });
    }
}

/// The signals that are to end the process: not those that whoever started it has it ignore, as
/// nohup does. Where that cannot be known, SIGHUP is left as it is.
fn signals_that_end() -> Vec<i32> {
    let ignored = ignored();
    let ends = |&signal: &i32| match ignored {
        Some(ignored) => ignored >> (signal - 1) & 1 == 0,
        None => signal != SIGHUP,
    };
    [SIGINT, SIGTERM, SIGHUP].into_iter().filter(ends).collect()
}

/// Signals that are ignored, one a bit, where Linux says it.
fn ignored() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}
