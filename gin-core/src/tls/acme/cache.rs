//! The directory of certificates and of the account's key.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// The files of one authority.
#[derive(Debug, Clone)]
pub(crate) struct Cache(PathBuf);

/// The right to request certificates. No other server that shares the cache has it until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _locked: File,
}

impl Cache {
    pub(crate) fn new(parent: &Path, directory: &str) -> Cache {
        let host = directory.trim_start_matches("https://");
        let plain = |char: char| match char {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' => char,
            _ => '-',
        };
        Cache(parent.join(host.chars().map(plain).collect::<String>()))
    }

    /// Returns the file of the certificate of `name`, the chain of its issuers and its key: one, as two could not be replaced at once.
    pub(crate) fn certificate(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.pem"))
    }

    /// Returns the file of the certificate that an authority looks at while it verifies `name`.
    pub(crate) fn challenge(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.challenge"))
    }

    pub(crate) fn account(&self) -> PathBuf {
        self.0.join("account.json")
    }

    /// Creates the directory, and checks that it can be written.
    pub(crate) fn create(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(&self.0)?;
        NamedTempFile::new_in(&self.0).map(drop)
    }

    /// Takes the turn, or returns `None` if another server has it.
    pub(crate) fn turn(&self) -> io::Result<Option<Turn>> {
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.0.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Turn { _locked: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Writes a file that only its owner can read. Others see the old one or the new one, never a part.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        // The crate gives it the mode 0600.
        let mut file = NamedTempFile::new_in(&self.0)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
