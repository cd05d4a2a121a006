//! Files that get another text: all of them, or none.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that is to get another text.
#[derive(Clone, Debug)]
pub(super) struct Rewrite {
    /// What rustc calls it.
    pub(super) name: String,
    /// Where it lies: absolute and without links.
    pub(super) path: PathBuf,
    /// What it has to hold.
    pub(super) before: String,
    /// What it will hold.
    pub(super) after: String,
}

/// Why a file was left as it is.
#[derive(Debug)]
pub(super) enum Fault {
    /// It does not hold what it has to.
    Changed,
    /// The system does not allow it.
    Unwritable(io::Error),
}

impl Rewrite {
    /// The way back.
    pub(super) fn back(&self) -> Rewrite {
        Rewrite {
            name: self.name.clone(),
            path: self.path.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
        }
    }

    /// How many octets it holds on to.
    pub(super) fn size(&self) -> usize {
        self.before.len() + self.after.len()
    }
}

/// Rewrites all the files, or none of them, and then tells which one is the reason.
pub(super) fn rewrite(rewrites: &[Rewrite]) -> Result<(), (&Rewrite, Fault)> {
    let mut staged = Vec::new();
    for rewrite in rewrites {
        staged.push(Staged::new(rewrite).map_err(|fault| (rewrite, fault))?);
    }
    for (index, stage) in staged.into_iter().enumerate() {
        let rewrite = &rewrites[index];
        if let Err(fault) = stage.commit(rewrite) {
            for done in &rewrites[..index] {
                // What was possible a moment ago; if it no longer is, there is nothing more to be done.
                let back = done.back();
                let _ = Staged::new(&back).map(|stage| stage.commit(&back));
            }
            return Err((rewrite, fault));
        }
    }
    Ok(())
}

/// A file of which everything is known to be well, up to the last step.
#[derive(Debug)]
enum Staged {
    /// A new file that takes the old one's place at once: whoever reads it meanwhile sees the one or the other.
    Replacing(NamedTempFile),
    /// The file itself, where a new one would not be the same: it has other names, or another owner than we.
    InPlace(File),
}

impl Staged {
    fn new(rewrite: &Rewrite) -> Result<Staged, Fault> {
        let file = open(&rewrite.path).map_err(Fault::Unwritable)?;
        let metadata = file.metadata().map_err(Fault::Unwritable)?;
        if metadata.permissions().readonly() {
            return Err(Fault::Unwritable(io::ErrorKind::PermissionDenied.into()));
        }
        if !holds(&file, &rewrite.before).map_err(Fault::Unwritable)? {
            return Err(Fault::Changed);
        }
        match replacement(rewrite, &metadata) {
            Ok(Some(replacement)) => Ok(Staged::Replacing(replacement)),
            Ok(None) => Ok(Staged::InPlace(file)),
            // A folder may be closed to us while the file in it is open.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                Ok(Staged::InPlace(file))
            }
            Err(error) => Err(Fault::Unwritable(error)),
        }
    }

    fn commit(self, rewrite: &Rewrite) -> Result<(), Fault> {
        // To prepare all files took its time, and a save that was made meanwhile is not to be lost.
        let file = open(&rewrite.path).map_err(Fault::Unwritable)?;
        if !holds(&file, &rewrite.before).map_err(Fault::Unwritable)? {
            return Err(Fault::Changed);
        }
        // Windows replaces no file that is open.
        drop(file);
        self.put(rewrite).map_err(Fault::Unwritable)
    }

    fn put(self, rewrite: &Rewrite) -> io::Result<()> {
        match self {
            Staged::Replacing(replacement) => {
                replacement.persist(&rewrite.path)?;
            }
            Staged::InPlace(mut file) => {
                file.rewind()?;
                file.write_all(rewrite.after.as_bytes())?;
                file.set_len(rewrite.after.len() as u64)?;
            }
        }
        Ok(())
    }
}

/// Opens the file to be written, unless the path has come to lead elsewhere.
fn open(path: &Path) -> io::Result<File> {
    if path.canonicalize()? != path {
        return Err(io::Error::other("its folder has been replaced by a link"));
    }
    OpenOptions::new().read(true).write(true).open(path)
}

fn holds(mut file: &File, text: &str) -> io::Result<bool> {
    let mut octets = Vec::with_capacity(text.len() + 1);
    file.take(text.len() as u64 + 1).read_to_end(&mut octets)?;
    file.rewind()?;
    Ok(octets == text.as_bytes())
}

/// A new file beside the old one that differs in its text only, if there can be one.
fn replacement(rewrite: &Rewrite, old: &Metadata) -> io::Result<Option<NamedTempFile>> {
    let folder = rewrite.path.parent().unwrap_or(Path::new("/"));
    // Whoever watches the folder takes a name with a dot for an editor's own.
    let mut file = NamedTempFile::with_prefix_in(".cargo-gin-", folder)?;
    if !is_twin(old, &file.as_file().metadata()?) {
        return Ok(None);
    }
    file.write_all(rewrite.after.as_bytes())?;
    file.as_file().set_permissions(old.permissions())?;
    file.as_file().sync_all()?;
    Ok(Some(file))
}

/// Can the new file stand for the old one? Not if the old one has a second name, or another owner.
#[cfg(unix)]
fn is_twin(old: &Metadata, new: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    old.nlink() == 1 && (old.uid(), old.gid()) == (new.uid(), new.gid())
}

#[cfg(not(unix))]
fn is_twin(_old: &Metadata, _new: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_save_that_comes_while_files_are_prepared_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("main.rs");
        fs::write(&path, "before").unwrap();
        let rewrite = Rewrite {
            name: "main.rs".to_owned(),
            path: path.clone(),
            before: "before".to_owned(),
            after: "after".to_owned(),
        };
        let staged = Staged::new(&rewrite).unwrap();
        fs::write(&path, "the person's").unwrap();
        assert!(matches!(staged.commit(&rewrite), Err(Fault::Changed)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "the person's");
    }
}
