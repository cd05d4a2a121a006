//! The trace of a linker: what it has taken of each library.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How often a linker has taken a member of each name of each library.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Trace {
    libraries: BTreeMap<PathBuf, BTreeMap<String, usize>>,
}

impl Trace {
    /// Reads lines such as `/deps/libname.rlib(member.o)`. Others are files that are no libraries.
    pub(super) fn parse(text: &str) -> Trace {
        let mut trace = Trace::default();
        let lines = text.lines().filter_map(|line| {
            let (library, member) = line.strip_suffix(')')?.rsplit_once('(')?;
            Some((PathBuf::from(library), member.to_owned()))
        });
        for (library, member) in lines {
            let members = trace.libraries.entry(library).or_default();
            *members.entry(member).or_default() += 1;
        }
        trace
    }

    /// Returns how often a member of this name was taken.
    pub(super) fn count(&self, library: &Path, member: &str) -> usize {
        let members = self.libraries.get(library);
        let count = members.and_then(|members| members.get(member));
        count.copied().unwrap_or_default()
    }

    /// Returns the libraries that it names.
    pub(super) fn libraries(&self) -> impl Iterator<Item = &Path> {
        self.libraries.keys().map(PathBuf::as_path)
    }
}
