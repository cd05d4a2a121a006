//! The file that a process runs from.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use tokio::task::spawn_blocking;

/// The file that a process runs from, open, so that it stays readable when cargo replaces it.
#[derive(Clone, Debug)]
pub(crate) struct Executable(
    // The lock is for a comparison that still runs in its thread after the attempt that wanted it was dropped.
    Arc<Mutex<File>>,
);

impl Executable {
    /// Opens the file.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Executable> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Executable(Arc::new(Mutex::new(file))))
    }

    /// Returns `true` if the file at `path` has the same bytes.
    pub(crate) async fn equals(&self, path: &Path) -> bool {
        let (old, new) = (Arc::clone(&self.0), path.to_owned());
        // Reading hundreds of megabytes on this thread would block all requests.
        let is_same = spawn_blocking(move || {
            let mut old = old.lock().unwrap_or_else(PoisonError::into_inner);
            same_bytes(&mut old, &new).unwrap_or(false)
        });
        is_same.await.unwrap_or(false)
    }
}

fn same_bytes(old: &mut File, new: &Path) -> io::Result<bool> {
    let mut new = File::open(new)?;
    if old.metadata()?.len() != new.metadata()?.len() {
        return Ok(false);
    }
    old.rewind()?;
    let (mut left, mut right) = (vec![0; 256 << 10], vec![0; 256 << 10]);
    loop {
        let read = old.read(&mut left)?;
        if read == 0 {
            return Ok(true);
        }
        new.read_exact(&mut right[..read])?;
        if left[..read] != right[..read] {
            return Ok(false);
        }
    }
}
