//! The content that each file had at its last event.

use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};

/// The content of files at their last event, as hashes. Editors and formatters often write a file without changing it.
#[derive(Debug, Default)]
pub(super) struct Seen(HashMap<PathBuf, Content>);

#[derive(Debug, PartialEq, Eq)]
enum Content {
    Missing,
    Hash(u64),
}

impl Seen {
    /// The largest file whose content is compared: 1 MiB. Larger ones count as changed whenever they are written.
    const LIMIT: u64 = 1 << 20;

    /// Returns `true` if the file has changed since the last call, and at the first one.
    pub(super) fn is_news(&mut self, path: &Path) -> bool {
        let Some(content) = read(path) else {
            return true;
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

fn read(path: &Path) -> Option<Content> {
    let Ok(metadata) = fs::metadata(path) else {
        return Some(Content::Missing);
    };
    if !metadata.is_file() || metadata.len() > Seen::LIMIT {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    hasher.write(&fs::read(path).ok()?);
    Some(Content::Hash(hasher.finish()))
}
