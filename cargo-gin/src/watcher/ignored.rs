//! The files that git ignores.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// The files that git ignores, by the folders that were asked about. Each is looked into once, however many of its files
/// are asked about, unless files come into it afterwards.
#[derive(Debug, Default)]
pub(super) struct Ignored(HashMap<PathBuf, Folder>);

impl Ignored {
    /// Does git ignore this file? One that is gone is not ignored: it may have been read.
    pub(super) fn has(&mut self, path: &Path) -> bool {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return false;
        };
        if !path.exists() {
            return false;
        }
        let known = self.0.entry(folder.to_owned()).or_default();
        if !known.present.contains(name) {
            *known = Folder::read(folder);
        }
        known.present.contains(name) && !known.kept.contains(name)
    }
}

/// What a folder held when it was looked into.
#[derive(Debug, Default)]
struct Folder {
    present: HashSet<OsString>,
    /// What git does not ignore: those of `present`, and what has come since.
    kept: HashSet<OsString>,
}

impl Folder {
    fn read(folder: &Path) -> Folder {
        let entries = fs::read_dir(folder).into_iter().flatten();
        let present = entries.filter_map(|entry| Some(entry.ok()?.file_name()));
        Folder {
            // In this order: what is present is surely looked at.
            present: present.collect(),
            kept: kept(folder),
        }
    }
}

fn kept(folder: &Path) -> HashSet<OsString> {
    let walk = WalkBuilder::new(folder)
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
    fn files_count_by_what_git_says_whenever_they_come() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        fs::write(file(".gitignore"), "*.log\n").unwrap();
        let mut ignored = Ignored::default();
        for name in ["first", "second"] {
            let (log, page) = (format!("{name}.log"), format!("{name}.html"));
            assert!(!ignored.has(&file(&log)), "it is not there");
            fs::write(file(&log), "").unwrap();
            fs::write(file(&page), "").unwrap();
            assert!(ignored.has(&file(&log)), "{log}");
            assert!(!ignored.has(&file(&page)), "{page}");
        }
        fs::remove_file(file("first.log")).unwrap();
        assert!(!ignored.has(&file("first.log")), "it is gone");
    }

    #[test]
    fn a_folder_is_looked_into_once_for_all_that_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        for name in ["a.html", "b.html"] {
            fs::write(file(name), "").unwrap();
        }
        let mut ignored = Ignored::default();
        assert!(!ignored.has(&file("a.html")));
        fs::write(file(".gitignore"), "*.html\n").unwrap();
        assert!(!ignored.has(&file("b.html")), "nobody looked again");
        assert!(Ignored::default().has(&file("b.html")));
    }
}
