//! Which content a file had when we last heard of it.

use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};

/// What files held when they were last heard of, as hashes.
#[derive(Debug, Default)]
pub(super) struct Seen(HashMap<PathBuf, Content>);

#[derive(Debug, PartialEq, Eq)]
enum Content {
    Missing,
    Hash(u64),
}

impl Seen {
    /// The largest file that is read to compare it: 1 MiB. Larger ones are news whenever they are written.
    const LIMIT: u64 = 1 << 20;

    /// Does the file hold something else than when it was last asked for? The first time it does.
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
