//! The files that a build spoke of, as they were when it ended.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Source files by the name that rustc gave them.
///
/// Only files below folders that hold sources are taken: `include!` makes a message name any file of the machine, and no
/// page shows it for that.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources(BTreeMap<String, Source>);

/// One file's text.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    text: Arc<str>,
    /// Where each line starts.
    starts: Arc<[usize]>,
}

impl Sources {
    /// How many files are taken.
    const FILES: usize = 64;
    /// The largest file that is taken, in octets.
    const SIZE: u64 = 1 << 20;

    /// Reads the named files. Relative names start at `root`; `folders` are what may be shown besides it and what cargo
    /// and rustup keep. A file that can't be read or shown is left out.
    pub(crate) fn read<'a>(
        names: impl IntoIterator<Item = &'a str>,
        root: &Path,
        folders: &[PathBuf],
    ) -> Sources {
        let own = [root.to_owned()];
        let folders: Vec<_> = own
            .iter()
            .chain(folders)
            .chain(&toolchain_folders())
            .filter_map(|folder| folder.canonicalize().ok())
            .collect();
        let mut sources = BTreeMap::new();
        for name in names {
            if sources.len() == Self::FILES {
                break;
            }
            if sources.contains_key(name) {
                continue;
            }
            if let Some(source) = read(&root.join(name), &folders) {
                sources.insert(name.to_owned(), source);
            }
        }
        Sources(sources)
    }

    /// The file that rustc calls `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&Source> {
        self.0.get(name)
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

fn read(path: &Path, folders: &[PathBuf]) -> Option<Source> {
    // Links are followed first, so that none leads out of the folders.
    let path = path.canonicalize().ok()?;
    let is_allowed = folders.iter().any(|folder| path.starts_with(folder));
    let metadata = fs::metadata(&path).ok()?;
    if !is_allowed || !metadata.is_file() || metadata.len() > Sources::SIZE {
        return None;
    }
    let mut text = String::new();
    // The file may grow while it is read.
    File::open(&path)
        .ok()?
        .take(Sources::SIZE)
        .read_to_string(&mut text)
        .ok()?;
    Some(Source::new(&text))
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
        let sources = Sources::read(names, root.path(), &[]);
        assert_eq!(sources.0.keys().collect::<Vec<_>>(), ["main.rs"]);

        let sources = Sources::read(names, root.path(), &[outside.path().to_owned()]);
        assert_eq!(sources.get(secret).unwrap().text(), "secret");
    }

    #[cfg(unix)]
    #[test]
    fn no_link_leads_out() {
        let outside = tempfile::NamedTempFile::new().unwrap();
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("link.rs")).unwrap();
        let sources = Sources::read(["link.rs"], root.path(), &[]);
        assert!(sources.get("link.rs").is_none());
    }
}
