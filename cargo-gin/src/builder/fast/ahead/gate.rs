//! The gate before the link of a program: closed while its libraries are being compiled.
//!
//! It is a lock of a file, which opens as well if the dev server is killed.

use std::fs::File;
use std::io;
use std::path::Path;

const FILE: &str = "gate";

/// A closed gate. Dropping it opens it.
#[derive(Debug)]
pub(super) struct Gate {
    _lock: File,
}

impl Gate {
    /// Closes the gate in the directory of the linker.
    pub(super) fn close(directory: &Path) -> io::Result<Gate> {
        let file = File::create(directory.join(FILE))?;
        file.try_lock()?;
        Ok(Gate { _lock: file })
    }
}

/// Waits until the gate is open.
pub(in crate::builder::fast) fn pass(directory: &Path) -> io::Result<()> {
    match File::open(directory.join(FILE)) {
        Ok(file) => file.lock_shared(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn a_linker_passes_once_the_gate_is_open() {
        let directory = tempfile::tempdir().unwrap();
        pass(directory.path()).unwrap();
        let gate = Gate::close(directory.path()).unwrap();
        assert!(Gate::close(directory.path()).is_err());
        let (passed_tx, passed_rx) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                pass(directory.path()).unwrap();
                passed_tx.send(()).unwrap();
            });
            assert!(passed_rx.try_recv().is_err());
            drop(gate);
            passed_rx.recv().unwrap();
        });
        Gate::close(directory.path()).unwrap();
    }
}
