//! The files that git ignores.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// The files that git ignores, by directory. Each directory is read once for all its files, and again if a file is new.
#[derive(Debug, Default)]
pub(super) struct Ignored(HashMap<PathBuf, Directory>);

impl Ignored {
    /// Returns `true` if git ignores this file. A deleted file is not ignored: the last build may have read it.
    pub(super) fn has(&mut self, path: &Path) -> bool {
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
            return false;
        };
        if !path.exists() {
            return false;
        }
        let known = self.0.entry(directory.to_owned()).or_default();
        if !known.present.contains(name) {
            *known = Directory::read(directory);
        }
        known.present.contains(name) && !known.kept.contains(name)
    }
}

/// The content of a directory when it was read.
#[derive(Debug, Default)]
struct Directory {
    present: HashSet<OsString>,
    /// The files that git does not ignore: of those in `present`, and of those that came since.
    kept: HashSet<OsString>,
}

impl Directory {
    fn read(directory: &Path) -> Directory {
        let entries = fs::read_dir(directory).into_iter().flatten();
        let present = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
        Directory {
            // In this order: a file that comes between the two is kept, not ignored by mistake.
            present: present.collect(),
            kept: kept(directory),
        }
    }
}

fn kept(directory: &Path) -> HashSet<OsString> {
    let walk = WalkBuilder::new(directory)
        .require_git(false)
        .max_depth(Some(1))
        .build();
    walk.filter_map(|entry| Some(entry.ok()?.file_name().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_ignored_if_git_ignores_it_whenever_it_appears() {
        let directory = tempfile::tempdir().unwrap();
        let file = |name: &str| directory.path().join(name);
        fs::write(file(".gitignore"), "*.log\n").unwrap();
        let mut ignored = Ignored::default();
        for name in ["first", "second"] {
            let (log, page) = (format!("{name}.log"), format!("{name}.html"));
            assert!(!ignored.has(&file(&log)), "it does not exist yet");
            fs::write(file(&log), "").unwrap();
            fs::write(file(&page), "").unwrap();
            assert!(ignored.has(&file(&log)), "{log}");
            assert!(!ignored.has(&file(&page)), "{page}");
        }
        fs::remove_file(file("first.log")).unwrap();
        assert!(!ignored.has(&file("first.log")), "it was deleted");
    }

    #[test]
    fn a_directory_is_read_once_for_all_its_files() {
        let directory = tempfile::tempdir().unwrap();
        let file = |name: &str| directory.path().join(name);
        for name in ["a.html", "b.html"] {
            fs::write(file(name), "").unwrap();
        }
        let mut ignored = Ignored::default();
        assert!(!ignored.has(&file("a.html")));
        fs::write(file(".gitignore"), "*.html\n").unwrap();
        assert!(
            !ignored.has(&file("b.html")),
            "the directory was not read again"
        );
        assert!(Ignored::default().has(&file("b.html")));
    }
}
