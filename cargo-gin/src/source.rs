//! The files that a build or a panic spoke of, as they were then.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cargo::home;

/// Source files by the name that rustc gave them, in the order they were taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources(Vec<Arc<Taken>>);

/// A file that was taken.
#[derive(Debug)]
pub(crate) struct Taken {
    /// What rustc calls it.
    pub(crate) name: String,
    /// What it held.
    pub(crate) source: Source,
    /// Where it lies: absolute and without links.
    pub(crate) path: PathBuf,
    /// Who writes it.
    pub(crate) author: Author,
}

/// Who writes a file, and so who may change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Author {
    /// The person: it is of the workspace or of a path dependency.
    Person,
    /// cargo, rustup or a build: whatever else is written to it is lost with their next one.
    Tool,
}

/// What some editors put before a file's text.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

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
    /// What persons write.
    own: Vec<PathBuf>,
    /// What cargo and rustup keep.
    kept: Vec<PathBuf>,
    /// What builds make, wherever it lies.
    made: Vec<PathBuf>,
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
            if self.find(name).is_some() {
                continue;
            }
            self.0.extend(library.read(name).map(Arc::new));
        }
    }

    /// What the file held that rustc calls `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&Source> {
        self.find(name).map(|taken| &taken.source)
    }

    /// The file that rustc calls `name`.
    pub(crate) fn find(&self, name: &str) -> Option<&Taken> {
        self.iter().find(|taken| taken.name == name)
    }

    /// All files. A file's place here stays the same while more are taken.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Taken> {
        self.0.iter().map(AsRef::as_ref)
    }
}

#[cfg(test)]
impl FromIterator<(String, Source)> for Sources {
    fn from_iter<T: IntoIterator<Item = (String, Source)>>(sources: T) -> Sources {
        let taken = |(name, source): (String, Source)| Taken {
            path: PathBuf::from(&name),
            name,
            source,
            author: Author::Person,
        };
        Sources(sources.into_iter().map(taken).map(Arc::new).collect())
    }
}

impl Library {
    /// What lies below `root`, where relative names start, below `folders`, and below what cargo and rustup keep.
    pub(crate) fn new(root: &Path, folders: &[PathBuf]) -> Library {
        let own = std::iter::once(root).chain(folders.iter().map(PathBuf::as_path));
        Library {
            root: root.to_owned(),
            own: own
                .filter_map(|folder| folder.canonicalize().ok())
                .collect(),
            kept: toolchain_folders()
                .filter_map(|folder| folder.canonicalize().ok())
                .collect(),
            made: Vec::new(),
        }
    }

    /// The same, where builds put what they make below `folders`.
    pub(crate) fn with_made<'a>(mut self, folders: impl IntoIterator<Item = &'a Path>) -> Library {
        let folders = folders.into_iter();
        self.made = folders
            .filter_map(|folder| folder.canonicalize().ok())
            .collect();
        self
    }

    fn read(&self, name: &str) -> Option<Taken> {
        // Links are followed first, so that none leads out of the folders.
        let path = self.root.join(name).canonicalize().ok()?;
        let author = self.author(&path)?;
        let metadata = fs::metadata(&path).ok()?;
        if !metadata.is_file() || metadata.len() > Sources::SIZE {
            return None;
        }
        let mut text = String::new();
        // The file may grow while it is read.
        let file = File::open(&path).ok()?;
        file.take(Sources::SIZE).read_to_string(&mut text).ok()?;
        Some(Taken {
            name: name.to_owned(),
            source: Source::new(&text),
            path,
            author,
        })
    }

    /// What rustc calls the file at `path`.
    pub(crate) fn name(&self, path: &Path) -> String {
        let name = path.strip_prefix(&self.root).unwrap_or(path);
        name.to_string_lossy().into_owned()
    }

    /// Who writes the file at `path`, if it is of the library at all.
    fn author(&self, path: &Path) -> Option<Author> {
        let is_below = |folder: &PathBuf| path.starts_with(folder);
        let is_own = self.own.iter().any(is_below);
        let is_kept = self.kept.iter().any(is_below);
        let is_made = self.made.iter().any(is_below);
        match (is_own, is_kept) {
            (false, false) => None,
            (true, false) if !is_made && !is_vendored(path, &self.root) => Some(Author::Person),
            _ => Some(Author::Tool),
        }
    }
}

/// Is the file of a crate that `cargo vendor` put below `root`? cargo then checks that nobody has touched it.
fn is_vendored(path: &Path, root: &Path) -> bool {
    let folders = path.ancestors().skip(1);
    folders
        .take_while(|folder| *folder != root)
        .any(|folder| folder.join(".cargo-checksum.json").is_file())
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

    /// The character past the word that character `column` of line `number` begins, and past itself if it begins none.
    pub(crate) fn word_end(&self, number: usize, column: usize) -> usize {
        let line = self.line(number).unwrap_or_default();
        let after = line.chars().skip(column.saturating_sub(1));
        let word = after
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .count();
        column + word.max(1)
    }

    /// The octet at which character `column` of line `number` starts, both counted from 1.
    ///
    /// A byte order mark is no character of its line.
    pub(crate) fn offset(&self, number: usize, column: usize) -> Option<usize> {
        let line = self.line(number)?;
        let text = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        let characters = text.char_indices().map(|(at, _)| at);
        let within = characters.chain([text.len()]).nth(column.checked_sub(1)?)?;
        Some(self.start(number)? + line.len() - text.len() + within)
    }
}

/// Where cargo and rustup keep the sources of dependencies and of the standard library.
fn toolchain_folders() -> impl Iterator<Item = PathBuf> {
    let cargo = home("CARGO_HOME", ".cargo")
        .into_iter()
        .flat_map(|cargo| [cargo.join("registry/src"), cargo.join("git/checkouts")]);
    let rustup = home("RUSTUP_HOME", ".rustup").map(|rustup| rustup.join("toolchains"));
    cargo.chain(rustup)
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
    fn characters_are_found_by_line_and_column() {
        let source = Source::new("\u{feff}é=1\r\nb");
        for (line, column, offset) in [
            (1, 1, Some(3)),
            (1, 2, Some(5)),
            (1, 4, Some(7)),
            (1, 5, None),
            (2, 1, Some(9)),
            (2, 2, Some(10)),
            (2, 0, None),
            (0, 1, None),
            (3, 1, None),
        ] {
            assert_eq!(source.offset(line, column), offset, "{line}:{column}");
        }
    }

    #[test]
    fn what_tools_make_is_not_the_person_s() {
        let root = tempfile::tempdir().unwrap();
        for (file, author) in [
            ("src/main.rs", Author::Person),
            ("target/debug/build/x/out/made.rs", Author::Tool),
            ("vendor/log/src/lib.rs", Author::Tool),
            ("vendored/src/lib.rs", Author::Person),
        ] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            if file.starts_with("vendor/") {
                fs::write(root.path().join("vendor/log/.cargo-checksum.json"), "{}").unwrap();
            }
            let library = Library::new(root.path(), &[]).with_made([&*root.path().join("target")]);
            assert_eq!(library.read(file).unwrap().author, author, "{file}");
        }
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
        let taken: Vec<_> = sources.iter().map(|taken| taken.name.as_str()).collect();
        assert_eq!(taken, ["main.rs"]);

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
