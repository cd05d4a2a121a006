//! The presence of files, which alone decides what cargo finds by its name.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

/// The presence of a path: not its content, except the names of the directories in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Absent,
    File,
    /// A directory, with the names of those in it.
    Directory(BTreeSet<OsString>),
}

impl Presence {
    /// Looks at a path.
    pub(crate) fn of(path: &Path) -> Presence {
        match fs::read_dir(path) {
            Ok(entries) => {
                let directories = entries.flatten().filter(is_directory);
                Presence::Directory(directories.map(|entry| entry.file_name()).collect())
            }
            Err(_) if path.exists() => Presence::File,
            Err(_) => Presence::Absent,
        }
    }
}

/// Returns `true` for a directory, and for a link to one.
fn is_directory(entry: &fs::DirEntry) -> bool {
    match entry.file_type() {
        Ok(kind) if kind.is_symlink() => entry.path().is_dir(),
        Ok(kind) => kind.is_dir(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_presence_differs_with_existence_and_with_directories_only() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("build.rs");
        assert_eq!(Presence::of(&file), Presence::Absent);
        let before = Presence::of(root.path());
        fs::write(&file, "").unwrap();
        assert_eq!(Presence::of(&file), Presence::File);
        assert_eq!(Presence::of(root.path()), before);
        fs::write(&file, "fn main() {}").unwrap();
        assert_eq!(Presence::of(&file), Presence::File);
        fs::create_dir(root.path().join("member")).unwrap();
        assert_ne!(Presence::of(root.path()), before);
    }
}
