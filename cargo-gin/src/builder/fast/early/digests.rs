//! The symbols around a base, by their digests.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The symbols around a base, by their digests. Each list is sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Digests {
    /// Those that it defines.
    pub(super) defined: Vec<u64>,
    /// Those of other languages that its libraries define in members which are not linked.
    pub(super) spare: Vec<u64>,
    /// Those of other languages that it needs, and that the complete program does not offer.
    pub(super) needed: Vec<u64>,
}

/// The numbers of digests, by which a file that is cut off is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    defined: usize,
    spare: usize,
    needed: usize,
}

impl Digests {
    /// Sorts the lists, and writes them.
    pub(super) fn write(mut self, path: &Path) -> io::Result<Counts> {
        let lists = [&mut self.defined, &mut self.spare, &mut self.needed];
        let mut bytes = Vec::new();
        for list in lists {
            list.sort_unstable();
            list.dedup();
            bytes.extend(list.iter().flat_map(|digest| digest.to_le_bytes()));
        }
        fs::write(path, bytes)?;
        Ok(Counts {
            defined: self.defined.len(),
            spare: self.spare.len(),
            needed: self.needed.len(),
        })
    }

    pub(super) fn read(path: &Path, counts: Counts) -> io::Result<Digests> {
        let data = fs::read(path)?;
        let numbers = data.chunks_exact(8);
        let numbers = numbers.map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap_or_default()));
        let mut defined: Vec<_> = numbers.collect();
        if defined.len() != counts.defined + counts.spare + counts.needed {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut spare = defined.split_off(counts.defined);
        let needed = spare.split_off(counts.spare);
        Ok(Digests {
            defined,
            spare,
            needed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_as_they_were_written_and_not_if_cut_off() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("base.symbols");
        let digests = Digests {
            defined: vec![3, 1, 3],
            spare: vec![7],
            needed: Vec::new(),
        };
        let counts = digests.write(&path).unwrap();
        let read = Digests::read(&path, counts).unwrap();
        assert_eq!(read.defined, [1, 3]);
        assert_eq!((read.spare, read.needed), (vec![7], vec![]));
        fs::write(&path, "12345678").unwrap();
        assert!(Digests::read(&path, counts).is_err());
    }
}
