//! The source of a directory's files: the disk or the program.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::files::content::{Content, OpenFile};
use crate::files::disk::{Opened, Root, is_absence};
use crate::files::embedded::Embedded;
use crate::files::validators::Validators;

/// The source of a directory's files.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    Disk(PathBuf),
    Embedded(Arc<Embedded>),
}

/// A source that is open for one request.
#[derive(Debug)]
pub(super) enum OpenTree<'a> {
    Disk(Root),
    Embedded(&'a Embedded),
}

/// An entry of a directory.
#[derive(Debug)]
pub(super) enum Entry {
    File(Content, Validators),
    Directory,
}

impl Tree {
    /// Opens the source. A directory that was removed since the start has no files.
    pub(super) fn open(&self) -> io::Result<Option<OpenTree<'_>>> {
        match self {
            Tree::Embedded(embedded) => Ok(Some(OpenTree::Embedded(embedded))),
            Tree::Disk(path) => match Root::open(path) {
                Ok(root) => Ok(Some(OpenTree::Disk(root))),
                Err(error) if is_absence(&error) => Ok(None),
                Err(error) => Err(error),
            },
        }
    }

    /// Returns the reason why the source cannot be read.
    pub(super) fn flaw(&self) -> Option<String> {
        let Tree::Disk(path) = self else {
            return None;
        };
        let reason = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return None,
            Ok(_) => ErrorKind::NotADirectory.to_string(),
            Err(error) => error.to_string(),
        };
        let shown = path.display();
        let place = match std::env::current_dir() {
            Ok(current) if path.is_relative() => format!(" in {}", current.display()),
            _ => String::new(),
        };
        Some(format!(
            "cannot read the directory `{shown}`{place}: {reason}; create it, or pass the path of another one"
        ))
    }
}

impl OpenTree<'_> {
    /// Returns the entry at `path`. `variant` distinguishes encodings of one resource.
    pub(super) fn entry(&self, path: &Path, variant: &str) -> io::Result<Option<Entry>> {
        match self {
            OpenTree::Embedded(embedded) => Ok(embedded.entry(path, variant)),
            OpenTree::Disk(root) => Ok(root.entry(path)?.map(|opened| match opened {
                Opened::Directory => Entry::Directory,
                Opened::File(file, metadata) => {
                    let validators = Validators::of_file(&metadata, variant);
                    Entry::File(on_disk(file, metadata.len()), validators)
                }
            })),
        }
    }

    /// Returns the names in the directory at `path`, those of directories with a slash at the end.
    pub(super) fn names(&self, path: &Path) -> io::Result<Vec<String>> {
        match self {
            OpenTree::Disk(root) => root.names(path),
            OpenTree::Embedded(_) => Ok(Vec::new()),
        }
    }
}

fn on_disk(file: File, length: u64) -> Content {
    Content::Disk(OpenFile::new(file), length)
}
