//! The files that a build or a panic spoke of, as they were then.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Source files by the name that rustc gave them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources(BTreeMap<String, Source>);

/// One file's text.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    text: Arc<str>,
    /// Where each line starts.
    starts: Arc<[usize]>,
}

/// Where source files may be read from.
///
/// Only files below folders that hold sources are taken: `include!` makes a message name any file of the machine, and no
/// page shows it for that.
#[derive(Clone, Debug)]
pub(crate) struct Library {
    root: PathBuf,
    folders: Vec<PathBuf>,
}

impl Sources {
    /// How many files are taken.
    const FILES: usize = 64;
    /// The largest file that is taken, in octets.
    const SIZE: u64 = 1 << 20;

    /// Takes in the named files as they are now. Those that are known, can't be read or may not be shown are left out.
    pub(crate) fn read<'a>(&mut self, names: impl IntoIterator<Item = &'a str>, library: &Library) {
        for name in names {
            if self.0.len() == Self::FILES {
                return;
            }
            if self.0.contains_key(name) {
                continue;
            }
            if let Some(source) = library.read(name) {
                self.0.insert(name.to_owned(), source);
            }
        }
    }

    /// The file that rustc calls `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&Source> {
        self.0.get(name)
    }
}

#[cfg(test)]
impl FromIterator<(String, Source)> for Sources {
    fn from_iter<T: IntoIterator<Item = (String, Source)>>(sources: T) -> Sources {
        Sources(sources.into_iter().collect())
    }
}

impl Library {
    /// What lies below `root`, where relative names start, below `folders`, and below what cargo and rustup keep.
    pub(crate) fn new(root: &Path, folders: &[PathBuf]) -> Library {
        let own = [root.to_owned()];
        let kept = toolchain_folders();
        let all = own.iter().chain(folders).chain(&kept);
        Library {
            root: root.to_owned(),
            folders: all
                .filter_map(|folder| folder.canonicalize().ok())
                .collect(),
        }
    }

    fn read(&self, name: &str) -> Option<Source> {
        // Links are followed first, so that none leads out of the folders.
        let path = self.root.join(name).canonicalize().ok()?;
        let is_allowed = self.folders.iter().any(|folder| path.starts_with(folder));
        let metadata = fs::metadata(&path).ok()?;
        if !is_allowed || !metadata.is_file() || metadata.len() > Sources::SIZE {
            return None;
        }
        let mut text = String::new();
        // The file may grow while it is read.
        let file = File::open(&path).ok()?;
        file.take(Sources::SIZE).read_to_string(&mut text).ok()?;
        Some(Source::new(&text))
    }
}

impl Source {
    /// A file with this text.
    pub(crate) fn new(text: &str) -> Source {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        Source {
            starts: starts.collect(),
            text: text.into(),
        }
    }

    /// All of it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// How many lines it has.
    pub(crate) fn lines(&self) -> usize {
        self.starts.len()
    }

    /// Where line `number` starts, counted from 1.
    pub(crate) fn start(&self, number: usize) -> Option<usize> {
        self.starts.get(number.checked_sub(1)?).copied()
    }

    /// Line `number`, counted from 1, without its end.
    pub(crate) fn line(&self, number: usize) -> Option<&str> {
        let start = self.start(number)?;
        let end = self.start(number + 1).unwrap_or(self.text.len());
        Some(self.text[start..end].trim_end_matches(['\n', '\r']))
    }
}

/// Where cargo and rustup keep the sources of dependencies and of the standard library.
fn toolchain_folders() -> Vec<PathBuf> {
    let home = |variable: &str, default: &str| {
        std::env::var_os(variable)
            .map(PathBuf::from)
            .or_else(|| Some(std::env::home_dir()?.join(default)))
    };
    let cargo = home("CARGO_HOME", ".cargo")
        .into_iter()
        .flat_map(|cargo| [cargo.join("registry/src"), cargo.join("git/checkouts")]);
    let rustup = home("RUSTUP_HOME", ".rustup").map(|rustup| rustup.join("toolchains"));
    cargo.chain(rustup).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_number() {
        let source = Source::new("one\r\ntwo\n\nfour");
        let lines: Vec<_> = (0..=5).map(|number| source.line(number)).collect();
        assert_eq!(
            lines,
            [None, Some("one"), Some("two"), Some(""), Some("four"), None]
        );
    }

    #[test]
    fn only_files_below_the_folders_are_read() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.rs"), "secret").unwrap();
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("main.rs"), "fn main() {}").unwrap();
        let secret = outside.path().join("secret.rs");
        let secret = secret.to_str().unwrap();
        let sneaky = format!(
            "../{}/secret.rs",
            outside.path().file_name().unwrap().display()
        );

        let names = ["main.rs", "missing.rs", secret, &sneaky, "."];
        let mut sources = Sources::default();
        sources.read(names, &Library::new(root.path(), &[]));
        assert_eq!(sources.0.keys().collect::<Vec<_>>(), ["main.rs"]);

        sources.read(
            names,
            &Library::new(root.path(), &[outside.path().to_owned()]),
        );
        assert_eq!(sources.get(secret).unwrap().text(), "secret");
    }

    #[cfg(unix)]
    #[test]
    fn no_link_leads_out() {
        let outside = tempfile::NamedTempFile::new().unwrap();
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("link.rs")).unwrap();
        let mut sources = Sources::default();
        sources.read(["link.rs"], &Library::new(root.path(), &[]));
        assert!(sources.get("link.rs").is_none());
    }
}
