//! The trace of a linker: what it has taken of each library.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The number of times that a linker has taken a member of each name of each library.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Trace {
    libraries: BTreeMap<PathBuf, BTreeMap<String, usize>>,
}

impl Trace {
    /// Reads lines such as `/deps/libname.rlib(member.o)`. Others are files that are not libraries.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_counts_the_members_of_each_library() {
        let text = "/usr/lib/Scrt1.o\n/t/app-1.rcgu.o\n/t (x)/liba.rlib(a.1.o)\n/t (x)/liba.rlib(a.2.o)\n/s/libc.a(x.o)\n/s/libc.a(x.o)\n/lib/libc.so.6\n";
        let trace = Trace::parse(text);
        let libraries = ["/s/libc.a", "/t (x)/liba.rlib"];
        assert_eq!(
            trace.libraries().collect::<Vec<_>>(),
            libraries.map(Path::new)
        );
        let count = |library: &str, member| trace.count(Path::new(library), member);
        assert_eq!(count("/t (x)/liba.rlib", "a.2.o"), 1);
        assert_eq!(count("/s/libc.a", "x.o"), 2);
        assert_eq!(count("/s/libc.a", "y.o"), 0);
        assert_eq!(count("/s/libd.a", "x.o"), 0);
    }
}
