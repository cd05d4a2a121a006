//! The book in `docs/`: its commands are ones of `cargo gin`, and its page of options is made from them.

mod commands;
mod options;

use std::fs;
use std::path::{Path, PathBuf};

/// Returns the directory of the book's pages.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src")
}

/// Reads the README and the pages of the book, each with its place.
pub(crate) fn pages() -> Vec<(String, String)> {
    let mut files = vec![sources().join("../../README.md")];
    collect(&sources(), &mut files);
    let read = |file: PathBuf| {
        let text = fs::read_to_string(&file).expect("the page can be read");
        (file.display().to_string(), text)
    };
    files.into_iter().map(read).collect()
}

/// Adds the pages below a directory.
fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("the directory can be read") {
        let path = entry.expect("the directory can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
