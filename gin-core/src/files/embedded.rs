//! Files that are part of the program.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::path::{MAIN_SEPARATOR, Path};
use std::sync::{PoisonError, RwLock};

use bytes::Bytes;

use crate::files::content::Content;
use crate::files::tree::Entry;
use crate::files::validators::Validators;

type Find = Box<dyn Fn(&str) -> Option<Cow<'static, [u8]>> + Send + Sync>;

/// A function that finds the files of the program, and the hashes of those that it has found.
pub(super) struct Embedded {
    find: Find,
    /// By the address and the length of content that is a part of the program.
    hashes: RwLock<HashMap<(usize, usize), u64>>,
}

impl Embedded {
    pub(super) fn new(find: Find) -> Embedded {
        Embedded {
            find,
            hashes: RwLock::default(),
        }
    }

    /// Returns the entry at `path`. A directory is known by its page.
    pub(super) fn entry(&self, path: &Path, variant: &str) -> Option<Entry> {
        let path = path.to_str()?.replace(MAIN_SEPARATOR, "/");
        if path.is_empty() {
            return Some(Entry::Directory);
        }
        let Some(bytes) = (self.find)(&path) else {
            let index = (self.find)(&format!("{path}/index.html"));
            return index.map(|_| Entry::Directory);
        };
        let hash = match bytes {
            Cow::Borrowed(bytes) => self.hash(bytes),
            Cow::Owned(ref bytes) => hash(bytes),
        };
        let validators = Validators::of_hash(hash, bytes.len() as u64, variant);
        Some(Entry::File(Content::Memory(shared(bytes)), validators))
    }

    /// Returns the hash of content that never changes, which is computed once.
    fn hash(&self, bytes: &'static [u8]) -> u64 {
        let key = (bytes.as_ptr().addr(), bytes.len());
        let hashes = self.hashes.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(hash) = hashes.get(&key) {
            return *hash;
        }
        drop(hashes);
        let hash = hash(bytes);
        let mut hashes = self.hashes.write().unwrap_or_else(PoisonError::into_inner);
        hashes.insert(key, hash);
        hash
    }
}

/// Returns a hash that is the same in all processes of one program.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

fn shared(bytes: Cow<'static, [u8]>) -> Bytes {
    match bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Embedded")
    }
}
