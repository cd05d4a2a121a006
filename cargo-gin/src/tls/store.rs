//! The places where the authorities of this user are kept.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::os::data::data_directory;

/// The files of an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Store {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

impl Store {
    /// Returns the files of our own authority, whether they exist or not.
    pub(super) fn own() -> anyhow::Result<Store> {
        let data = data_directory(|name| std::env::var_os(name).map(PathBuf::from)).context(
            "cannot find a directory for the certificates of --https; set HOME, or give --cert-file and --key-file",
        )?;
        let directory = data.join("cargo-gin").join("authority");
        Ok(Store {
            certificate: directory.join("ca.pem"),
            key: directory.join("ca-key.pem"),
        })
    }

    /// Returns the files of mkcert's authority, if there are any.
    pub(super) fn of_mkcert() -> anyhow::Result<Option<Store>> {
        let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let named = variable("CAROOT").filter(|path| !path.as_os_str().is_empty());
        let directory = named
            .clone()
            .or_else(|| Some(data_directory(variable)?.join("mkcert")));
        let Some(directory) = directory else {
            return Ok(None);
        };
        let store = Store {
            certificate: directory.join("rootCA.pem"),
            key: directory.join("rootCA-key.pem"),
        };
        if store.certificate.is_file() && store.key.is_file() {
            return Ok(Some(store));
        }
        if named.is_some() {
            bail!(
                "CAROOT names {}, which lacks rootCA.pem or rootCA-key.pem; make them with `mkcert -install`, or unset CAROOT",
                directory.display()
            );
        }
        Ok(None)
    }

    /// Returns the directory of both files.
    pub(super) fn directory(&self) -> &Path {
        self.certificate.parent().unwrap_or(&self.certificate)
    }

    /// Writes the files of a new authority, both or none. If another dev server was faster, its files stay.
    pub(super) fn write(&self, certificate: &str, key: &str) -> io::Result<()> {
        let directory = self.directory();
        let parent = directory.parent().unwrap_or(directory);
        private_directory(parent)?;
        let made = tempfile::Builder::new().prefix("new-").tempdir_in(parent)?;
        let staged = made.path().join("authority");
        private_directory(&staged)?;
        for (path, text) in [(&self.certificate, certificate), (&self.key, key)] {
            let name = path.file_name().unwrap_or_default();
            let mut file = private_file(&staged.join(name))?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
        }
        match fs::rename(&staged, directory) {
            Ok(()) => Ok(()),
            // It cannot replace a directory that has files.
            Err(_) if self.certificate.is_file() && self.key.is_file() => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(unix)]
fn private_directory(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(path)
}

/// Creates a file that only this user can read. On Windows the directory of the user's data is private already.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn an_authority_is_for_its_user_alone_and_never_replaced() {
        use std::os::unix::fs::PermissionsExt as _;
        let data = tempfile::tempdir().unwrap();
        let directory = data.path().join("cargo-gin/authority");
        let store = Store {
            certificate: directory.join("ca.pem"),
            key: directory.join("ca-key.pem"),
        };
        store.write("first", "first key").unwrap();
        store.write("second", "second key").unwrap();
        assert_eq!(fs::read_to_string(&store.key).unwrap(), "first key");
        for (path, mode) in [
            (store.key.as_path(), 0o600),
            (store.certificate.as_path(), 0o600),
            (store.directory(), 0o700),
        ] {
            let found = path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(found, mode, "{}", path.display());
        }
        let parent = directory.parent().unwrap();
        assert_eq!(fs::read_dir(parent).unwrap().count(), 1, "nothing is left");
    }
}
