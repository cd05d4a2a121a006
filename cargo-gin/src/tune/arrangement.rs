//! The manifests and the lock file of the copy. Some settings are features of dependencies, which cargo takes from nowhere else.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::tune::change::Change;
use crate::tune::offer::{self, FileChange};

/// The changes of the copy's manifests that are in effect.
#[derive(Debug)]
pub(super) struct Arrangement {
    /// The root of the copied workspace.
    root: PathBuf,
    files: Vec<FileChange>,
    /// The changes as text, which is different for each arrangement.
    labels: Vec<String>,
    /// The lock file of each arrangement. Cargo removes from it what the next one may need again.
    locks: HashMap<Vec<String>, String>,
}

impl Arrangement {
    /// Returns the arrangement of today's settings, for a copy with this root.
    pub(super) fn of(root: PathBuf) -> Arrangement {
        Arrangement {
            root,
            files: Vec::new(),
            labels: Vec::new(),
            locks: HashMap::new(),
        }
    }

    /// Makes these changes in the manifests of the copy, and takes all others back.
    ///
    /// Those that cargo takes as arguments are left out.
    pub(super) fn switch(&mut self, changes: &[Change]) -> anyhow::Result<()> {
        let changes = changes.iter().filter(|change| change.argument().is_none());
        let changes: Vec<Change> = changes.cloned().collect();
        let labels: Vec<String> = changes.iter().map(Change::label).collect();
        if labels == self.labels {
            return Ok(());
        }
        let lock = self.root.join("Cargo.lock");
        if let Ok(text) = fs::read_to_string(&lock) {
            self.locks.insert(self.labels.clone(), text);
        }
        for file in &self.files {
            put(file.before.as_ref(), &file.path)?;
        }
        self.files = offer::files(&self.root, &changes)?;
        for file in &self.files {
            put(file.after.as_ref(), &file.path)?;
        }
        let today = self.locks.get(&[][..]);
        let own = self.locks.get(&labels).or(today);
        put(own, &lock)?;
        self.labels = labels;
        Ok(())
    }
}

/// Writes a text into a file that is there, and keeps the file's time: a build script may be run again for a later one.
fn put(text: Option<&String>, path: &Path) -> anyhow::Result<()> {
    let Some(text) = text else {
        return Ok(());
    };
    let write = || {
        let modified = fs::metadata(path)?.modified()?;
        fs::write(path, text)?;
        File::options()
            .write(true)
            .open(path)?
            .set_modified(modified)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use crate::tune::change::{self, Setting};

    use super::*;

    #[test]
    fn each_arrangement_has_its_manifests_and_its_lock_file() {
        let root = tempfile::tempdir().unwrap();
        let (manifest, lock) = (
            root.path().join("Cargo.toml"),
            root.path().join("Cargo.lock"),
        );
        let text = "[dependencies]\na = \"1\"\n";
        fs::write(&manifest, text).unwrap();
        fs::write(&lock, "two crates").unwrap();
        let modified = fs::metadata(&manifest).unwrap().modified().unwrap();
        let without = Setting::WithoutFeature("default".to_owned());
        let without = [Change::new(
            change::File::Manifest,
            &["dependencies", "a"],
            without,
        )];
        let mut arrangement = Arrangement::of(root.path().to_owned());
        let read = |path| fs::read_to_string(path).unwrap();

        arrangement.switch(&without).unwrap();
        assert!(read(&manifest).contains("default-features = false"));
        assert_eq!(read(&lock), "two crates");
        fs::write(&lock, "one crate").unwrap();

        arrangement.switch(&[]).unwrap();
        assert_eq!(read(&manifest), text);
        assert_eq!(read(&lock), "two crates");

        arrangement.switch(&without).unwrap();
        assert_eq!(read(&lock), "one crate");
        assert_eq!(
            fs::metadata(&manifest).unwrap().modified().unwrap(),
            modified
        );
    }
}
