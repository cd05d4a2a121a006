//! The book in `docs/`: its commands are ones of `cargo gin`, and its page of options is made from them.

mod commands;
mod options;

use std::path::{Path, PathBuf};

/// Returns the directory of the book's pages.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src")
}
