//! Rewriting of several files: all of them, or none.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// The beginning of the names of files that take the place of others.
pub(crate) const TEMPORARY_FILE: &str = ".cargo-gin-";

/// A file and its new text.
#[derive(Clone, Debug)]
pub(crate) struct Rewrite {
    /// The name that rustc uses.
    pub(crate) name: String,
    /// The absolute path, with links resolved.
    pub(crate) path: PathBuf,
    /// The text that the file must have.
    pub(crate) before: String,
    /// The text that the file gets.
    pub(crate) after: String,
}

/// The reason why a file was not written.
#[derive(Debug)]
pub(crate) enum RewriteError {
    /// The file has other contents.
    Changed,
    /// The operating system refuses it.
    Unwritable(io::Error),
}

impl Rewrite {
    /// Returns the rewrite that undoes this one.
    pub(super) fn inverse(&self) -> Rewrite {
        Rewrite {
            name: self.name.clone(),
            path: self.path.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
        }
    }

    /// Returns the size of both texts, in bytes.
    pub(super) fn size(&self) -> usize {
        self.before.len() + self.after.len()
    }
}

/// Rewrites all files or none. On failure it returns the file that is the reason.
pub(crate) fn rewrite(rewrites: &[Rewrite]) -> Result<(), (&Rewrite, RewriteError)> {
    let mut staged = Vec::new();
    for rewrite in rewrites {
        staged.push(Staged::new(rewrite).map_err(|error| (rewrite, error))?);
    }
    for (index, stage) in staged.into_iter().enumerate() {
        let rewrite = &rewrites[index];
        if let Err(error) = stage.commit(rewrite) {
            for done in &rewrites[..index] {
                // These files were writable a moment ago. If that has changed, they keep the new text.
                let inverse = done.inverse();
                let _ = Staged::new(&inverse).map(|stage| stage.commit(&inverse));
            }
            return Err((rewrite, error));
        }
    }
    Ok(())
}

/// Returns the text of a file. `None` if it is not text any more.
pub(super) fn read(path: &Path) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(String::from_utf8(bytes).ok())
}

/// A rewrite that is prepared up to the last step.
#[derive(Debug)]
enum Staged {
    /// A new file that replaces the old one atomically, so that readers see either of the two.
    Replacing(NamedTempFile),
    /// The file itself, for a file with several names or with another owner.
    InPlace(File),
}

impl Staged {
    fn new(rewrite: &Rewrite) -> Result<Staged, RewriteError> {
        let file = open(&rewrite.path).map_err(RewriteError::Unwritable)?;
        let metadata = file.metadata().map_err(RewriteError::Unwritable)?;
        if metadata.permissions().readonly() {
            return Err(RewriteError::Unwritable(
                io::ErrorKind::PermissionDenied.into(),
            ));
        }
        if !has_text(&file, &rewrite.before).map_err(RewriteError::Unwritable)? {
            return Err(RewriteError::Changed);
        }
        match replacement(rewrite, &metadata) {
            Ok(Some(replacement)) => Ok(Staged::Replacing(replacement)),
            Ok(None) => Ok(Staged::InPlace(file)),
            // A file may be writable in a directory that is not.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                Ok(Staged::InPlace(file))
            }
            Err(error) => Err(RewriteError::Unwritable(error)),
        }
    }

    fn commit(self, rewrite: &Rewrite) -> Result<(), RewriteError> {
        // The preparation took time, and a save in the meantime must not be lost.
        let file = open(&rewrite.path).map_err(RewriteError::Unwritable)?;
        if !has_text(&file, &rewrite.before).map_err(RewriteError::Unwritable)? {
            return Err(RewriteError::Changed);
        }
        // Windows does not replace open files.
        drop(file);
        self.write(rewrite).map_err(RewriteError::Unwritable)
    }

    fn write(self, rewrite: &Rewrite) -> io::Result<()> {
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

/// Opens the file for writing, unless its path has come to lead elsewhere.
fn open(path: &Path) -> io::Result<File> {
    if path.canonicalize()? != path {
        return Err(io::Error::other(
            "its directory has been replaced by a link",
        ));
    }
    OpenOptions::new().read(true).write(true).open(path)
}

fn has_text(mut file: &File, text: &str) -> io::Result<bool> {
    let mut bytes = Vec::with_capacity(text.len() + 1);
    file.take(text.len() as u64 + 1).read_to_end(&mut bytes)?;
    file.rewind()?;
    Ok(bytes == text.as_bytes())
}

/// Creates a file next to the old one that differs only in its text, or returns `None` if that is impossible.
fn replacement(rewrite: &Rewrite, old: &Metadata) -> io::Result<Option<NamedTempFile>> {
    let directory = rewrite.path.parent().unwrap_or(Path::new("/"));
    // Watchers take a name that starts with a dot for a file of an editor.
    let mut file = NamedTempFile::with_prefix_in(TEMPORARY_FILE, directory)?;
    if !can_replace(old, &file.as_file().metadata()?) {
        return Ok(None);
    }
    file.write_all(rewrite.after.as_bytes())?;
    file.as_file().set_permissions(old.permissions())?;
    file.as_file().sync_all()?;
    Ok(Some(file))
}

/// Returns `true` if the new file can replace the old one, which must have one name and the same owner.
#[cfg(unix)]
fn can_replace(old: &Metadata, new: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    old.nlink() == 1 && (old.uid(), old.gid()) == (new.uid(), new.gid())
}

#[cfg(not(unix))]
fn can_replace(_old: &Metadata, _new: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_save_during_the_preparation_is_not_lost() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().canonicalize().unwrap().join("main.rs");
        fs::write(&path, "before").unwrap();
        let rewrite = Rewrite {
            name: "main.rs".to_owned(),
            path: path.clone(),
            before: "before".to_owned(),
            after: "after".to_owned(),
        };
        let staged = Staged::new(&rewrite).unwrap();
        fs::write(&path, "the user's").unwrap();
        assert!(matches!(
            staged.commit(&rewrite),
            Err(RewriteError::Changed)
        ));
        assert_eq!(fs::read_to_string(&path).unwrap(), "the user's");
    }
}
