//! Cargo's fingerprint of a unit, by which it knows whether the unit is up to date.
//!
//! | file | content |
//! |---|---|
//! | `lib-a` | a hash of everything but the sources; empty while the unit is compiled |
//! | `dep-lib-a` | the sources, in cargo's own encoding; its time is that at which the compiler was started |
//! | `output-lib-a` | the compiler's messages, which cargo shows again; absent if there are none |
//! | `invoked.timestamp` | nothing that counts; it takes the time of the file system's clock |
//!
//! A unit is stale for cargo if the hash differs, or a source is newer than `dep-lib-a`. The hash is withdrawn before rustc starts and
//! comes back once everything else is written. So however a build ends in between, cargo compiles the unit itself.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::builder::fast::unit::Unit;

/// Cargo's fingerprint of a unit, as it was after the last good build.
#[derive(Clone, Debug)]
pub(super) struct Fingerprint {
    directory: PathBuf,
    /// The name of the file with the hash.
    name: String,
    hash: Vec<u8>,
}

/// The state of a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FingerprintState {
    /// The unit is up to date, unless a source or a dependency is newer.
    Valid,
    /// The unit was being compiled, and that did not end.
    Withdrawn,
    /// Another cargo has compiled it, or the file is gone.
    Other,
}

impl Fingerprint {
    /// Reads that of a unit that is up to date. Returns `None` if it is not as it should be.
    pub(super) fn of(unit: &Unit) -> Option<Fingerprint> {
        const PREFIX: &str = "dep-";
        let package = unit.call.variables.get("CARGO_PKG_NAME")?;
        let directory = format!("{package}{}", unit.call.value("extra-filename")?);
        let directory = unit
            .profile_directory()?
            .join(".fingerprint")
            .join(directory);
        let names = fs::read_dir(&directory).ok()?.flatten();
        let names = names.filter_map(|entry| entry.file_name().into_string().ok());
        let names = names.filter_map(|name| Some(name.strip_prefix(PREFIX)?.to_owned()));
        // The directory is that of one unit.
        let [name] = <[String; 1]>::try_from(names.collect::<Vec<_>>()).ok()?;
        let hash = fs::read(directory.join(&name)).ok()?;
        let is_hash = hash.len() == 16 && hash.iter().all(u8::is_ascii_hexdigit);
        let fingerprint = Fingerprint {
            directory,
            name,
            hash,
        };
        let is_usual = fingerprint.path("invoked.timestamp").is_file();
        (is_hash && is_usual).then_some(fingerprint)
    }

    /// Looks at its present state.
    pub(super) fn state(&self) -> FingerprintState {
        match fs::read(self.path(&self.name)) {
            Ok(hash) if hash == self.hash => FingerprintState::Valid,
            Ok(hash) if hash.is_empty() => FingerprintState::Withdrawn,
            Ok(_) | Err(_) => FingerprintState::Other,
        }
    }

    /// Withdraws it, and returns the time by the file system's clock.
    pub(super) fn withdraw(&self) -> io::Result<SystemTime> {
        fs::write(self.path(&self.name), "")?;
        self.remove_output()?;
        let stamp = self.path("invoked.timestamp");
        let text = fs::read(&stamp)?;
        fs::write(&stamp, text)?;
        fs::metadata(&stamp)?.modified()
    }

    /// Makes it valid again for a compiler that has read the same files as before, was started after `began`, and reported this.
    pub(super) fn confirm(&self, began: SystemTime, messages: &[u8]) -> io::Result<()> {
        if messages.is_empty() {
            self.remove_output()?;
        } else {
            fs::write(self.output(), messages)?;
        }
        let dep_info = self.path(&format!("dep-{}", self.name));
        let dep_info = File::options().write(true).open(dep_info)?;
        dep_info.set_modified(began)?;
        fs::write(self.path(&self.name), &self.hash)
    }

    fn remove_output(&self) -> io::Result<()> {
        match fs::remove_file(self.output()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn output(&self) -> PathBuf {
        self.path(&format!("output-{}", self.name))
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(&self.directory).join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::fast::call::tests::call;

    #[test]
    fn a_fingerprint_is_withdrawn_until_all_is_written() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join(".fingerprint/my-app-1");
        fs::create_dir_all(&directory).unwrap();
        let write = |name: &str, text: &str| fs::write(directory.join(name), text).unwrap();
        let read = |name: &str| fs::read_to_string(directory.join(name)).ok();
        write("dep-bin-app", "encoded");
        write("bin-app", "0123456789abcdef");
        write("bin-app.json", "{}");
        write("output-bin-app", "old");
        write("invoked.timestamp", "text");
        let deps = root.path().join("deps").display().to_string();
        let mut call = call(&format!(
            "rustc --crate-name app --crate-type bin --emit=dep-info,link -C extra-filename=-1 --out-dir {deps}"
        ));
        call.variables
            .insert("CARGO_PKG_NAME".to_owned(), "my-app".to_owned());
        let unit = Unit::of(call).unwrap();
        let fingerprint = Fingerprint::of(&unit).unwrap();
        assert_eq!(fingerprint.state(), FingerprintState::Valid);
        let began = fingerprint.withdraw().unwrap();
        assert_eq!(fingerprint.state(), FingerprintState::Withdrawn);
        assert!(Fingerprint::of(&unit).is_none());
        assert_eq!(read("output-bin-app"), None);
        assert_eq!(read("invoked.timestamp").as_deref(), Some("text"));
        fingerprint.confirm(began, b"new").unwrap();
        assert_eq!(fingerprint.state(), FingerprintState::Valid);
        assert_eq!(read("output-bin-app").as_deref(), Some("new"));
        assert_eq!(read("dep-bin-app").as_deref(), Some("encoded"));
        let modified = fs::metadata(directory.join("dep-bin-app"))
            .unwrap()
            .modified();
        assert_eq!(modified.unwrap(), began);
        fingerprint.confirm(began, b"").unwrap();
        assert_eq!(read("output-bin-app"), None);
        write("bin-app", "0123456789abcde0");
        assert_eq!(fingerprint.state(), FingerprintState::Other);
    }
}
