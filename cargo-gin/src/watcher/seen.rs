//! The content that files other than inputs had at their last event.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::watcher::stamp;

/// The content of files at their last event, as hashes. Editors and formatters often write a file without changing it.
#[derive(Debug, Default)]
pub(super) struct Seen(HashMap<PathBuf, Content>);

#[derive(Debug, PartialEq, Eq)]
enum Content {
    Missing,
    Hash(u64),
}

impl Seen {
    /// Returns `true` if the file has changed since the last call, and at the first one.
    pub(super) fn is_news(&mut self, path: &Path) -> bool {
        let content = match stamp::content(path) {
            Some(hash) => Content::Hash(hash),
            None if path.exists() => return true,
            None => Content::Missing,
        };
        match self.0.get_mut(path) {
            Some(known) if *known == content => false,
            Some(known) => {
                *known = content;
                true
            }
            None => {
                self.0.insert(path.to_owned(), content);
                true
            }
        }
    }
}
