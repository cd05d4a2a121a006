//! The record of changes that were written, so that they can be taken back.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::os::data::data_directory;
use crate::tune::offer::{self, FileChange};

/// The steps for one workspace, the last one at the end. Each is a set of files.
#[derive(Debug)]
pub(super) struct Record {
    path: PathBuf,
    steps: Vec<Vec<FileChange>>,
}

impl Record {
    /// Reads the record of the workspace with this root. It lies in the directory of this user's data, where `cargo clean` does
    /// not delete it.
    pub(super) fn open(root: &Path) -> anyhow::Result<Record> {
        let data = data_directory(|name| std::env::var_os(name).map(PathBuf::from)).context(
            "cannot find a directory for the record of changes, without which they could not be taken back; set HOME",
        )?;
        let name = root.file_name().unwrap_or_default().to_string_lossy();
        let file = format!("{name}-{:016x}.json", hash(root));
        Record::read(data.join("cargo-gin").join("tune").join(file))
    }

    fn read(path: PathBuf) -> anyhow::Result<Record> {
        let steps = match fs::read(&path) {
            Ok(json) => serde_json::from_slice(&json)
                .with_context(|| format!("cannot read {}; delete it", path.display()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        Ok(Record { path, steps })
    }

    /// Writes the files of a step, and records it before.
    pub(super) fn apply(&mut self, step: Vec<FileChange>) -> anyhow::Result<()> {
        self.steps.push(step);
        self.save()?;
        let written = self.steps.last().map_or(Ok(()), |step| offer::write(step));
        if written.is_err() {
            self.steps.pop();
            self.save()?;
        }
        written
    }

    /// Takes the last step back. Returns its files.
    pub(super) fn undo(&mut self) -> anyhow::Result<Vec<FileChange>> {
        let Some(step) = self.steps.last() else {
            bail!(
                "`cargo gin tune` has changed nothing in this workspace that could be taken back"
            );
        };
        let inverse: Vec<FileChange> = step.iter().map(FileChange::inverse).collect();
        offer::write(&inverse).context(
            "cannot take the changes back; the files may have edits of yours. `cargo gin tune` made these changes",
        )?;
        self.steps.pop();
        self.save()?;
        Ok(inverse)
    }

    /// Returns the last step.
    pub(super) fn last(&self) -> &[FileChange] {
        self.steps.last().map_or(&[], Vec::as_slice)
    }

    fn save(&self) -> anyhow::Result<()> {
        let path = &self.path;
        let saved = if self.steps.is_empty() {
            match fs::remove_file(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                removed => removed,
            }
        } else {
            let directory = path.parent().unwrap_or(path);
            let json = serde_json::to_vec(&self.steps)?;
            fs::create_dir_all(directory).and_then(|()| {
                let mut file = tempfile::NamedTempFile::new_in(directory)?;
                io::Write::write_all(&mut file, &json)?;
                file.persist(path)?;
                Ok(())
            })
        };
        saved.with_context(|| format!("cannot write {}, the record of changes", path.display()))
    }
}

/// Returns a number for a path that is the same in every version of this program.
fn hash(path: &Path) -> u64 {
    // FNV-1a.
    let bytes = path.as_os_str().as_encoded_bytes().iter();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &Path, before: &str, after: &str) -> FileChange {
        FileChange {
            path: path.to_owned(),
            before: Some(before.to_owned()),
            after: Some(after.to_owned()),
        }
    }

    #[test]
    fn steps_are_taken_back_from_the_last_one() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        let (file, record) = (root.join("Cargo.toml"), root.join("record/a.json"));
        fs::write(&file, "1").unwrap();
        let open = || Record::read(record.clone()).unwrap();
        open().apply(vec![change(&file, "1", "2")]).unwrap();
        open().apply(vec![change(&file, "2", "3")]).unwrap();
        open().apply(vec![change(&file, "2", "4")]).unwrap_err();
        for expected in ["2", "1"] {
            open().undo().unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), expected);
        }
        let error = open().undo().unwrap_err().to_string();
        assert!(error.contains("has changed nothing"), "{error}");
        assert!(!record.exists());
    }

    #[test]
    fn an_edit_since_is_not_lost() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        let (file, record) = (root.join("Cargo.toml"), root.join("record.json"));
        fs::write(&file, "1").unwrap();
        let mut record = Record::read(record).unwrap();
        record.apply(vec![change(&file, "1", "2")]).unwrap();
        fs::write(&file, "2 and mine").unwrap();
        record.undo().unwrap_err();
        assert_eq!(fs::read_to_string(&file).unwrap(), "2 and mine");
        assert_eq!(record.last().len(), 1);
    }
}
