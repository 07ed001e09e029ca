//! An output that is an input too, which it would replace.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// Fails where `output` is one of the inputs, however the two are spelt and whatever links lead to
/// them. To be asked before any is read.
pub fn refuse_input<P: AsRef<Path>>(
    output: Option<&Path>,
    inputs: impl IntoIterator<Item = P>,
) -> Result<()> {
    let Some(path) = output.filter(|path| path.as_os_str() != "-") else {
        return Ok(());
    };
    let Some(file) = identity(path) else {
        return Ok(());
    };
    for input in inputs {
        let input = input.as_ref();
        if identity(&source(input)).as_ref() == Some(&file) {
            let (path, input) = (path.display(), input.display());
            bail!("{path}: is an input too ({input}), and would be replaced: name another file");
        }
    }
    Ok(())
}

/// The path of an input: `-` is standard input.
fn source(input: &Path) -> PathBuf {
    let path = match input.as_os_str() == "-" {
        true => Path::new("/dev/stdin"),
        false => input,
    };
    path.to_owned()
}

/// File that a path leads to, as the system tells it from others; None where it is no ordinary one.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path).ok()?;
    let file = (metadata.dev(), metadata.ino());
    metadata.is_file().then_some(file)
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok().filter(|path| path.is_file())
}
