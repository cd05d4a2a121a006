//! Source files that diagnostics or panics name, as they were at that time.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cargo::home;

/// Source files by rustc's name for them, in the order in which they were read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources(Vec<Arc<Taken>>);

/// A source file, as it was when it was read.
#[derive(Debug)]
pub(crate) struct Taken {
    /// The name that rustc uses.
    pub(crate) name: String,
    pub(crate) source: Source,
    /// The absolute path, with links resolved.
    pub(crate) path: PathBuf,
    pub(crate) author: Author,
}

/// The author of a file, who may change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Author {
    /// The user: the file belongs to the workspace or to a path dependency.
    User,
    /// cargo, rustup or a build: their next run overwrites other changes.
    Tool,
}

/// The mark that some editors write at the start of a file.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text of a file, with an index of its lines.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    text: Arc<str>,
    /// The offset of each line.
    starts: Arc<[usize]>,
}

/// The directories from which source files may be read.
///
/// Other files are refused: `include!` can make a message name any file of the machine, and pages must not show it.
#[derive(Clone, Debug)]
pub(crate) struct Library {
    root: PathBuf,
    /// Directories with files of the user.
    own: Vec<PathBuf>,
    /// Directories of cargo and rustup.
    toolchain: Vec<PathBuf>,
    /// Directories with files that builds generate.
    generated: Vec<PathBuf>,
}

impl Sources {
    /// The largest number of files.
    const FILES: usize = 64;
    /// The size of the largest file, in bytes.
    const SIZE: u64 = 1 << 20;

    /// Reads the named files. Files that are known already, cannot be read or may not be shown are left out.
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

    /// Returns the text of the file that rustc calls `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&Source> {
        self.find(name).map(|taken| &taken.source)
    }

    /// Returns the file that rustc calls `name`.
    pub(crate) fn find(&self, name: &str) -> Option<&Taken> {
        self.iter().find(|taken| taken.name == name)
    }

    /// Iterates over all files. The index of a file stays the same when more are added.
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
            author: Author::User,
        };
        Sources(sources.into_iter().map(taken).map(Arc::new).collect())
    }
}

impl Library {
    /// Allows files below `root`, from which relative names start, below `directories`, and below those of cargo and rustup.
    pub(crate) fn new(root: &Path, directories: &[PathBuf]) -> Library {
        let own = std::iter::once(root).chain(directories.iter().map(PathBuf::as_path));
        Library {
            root: root.to_owned(),
            own: own
                .filter_map(|directory| directory.canonicalize().ok())
                .collect(),
            toolchain: toolchain_directories()
                .filter_map(|directory| directory.canonicalize().ok())
                .collect(),
            generated: Vec::new(),
        }
    }

    /// Marks `directories` as those of files that builds generate.
    pub(crate) fn with_generated<'a>(
        mut self,
        directories: impl IntoIterator<Item = &'a Path>,
    ) -> Library {
        let directories = directories.into_iter();
        self.generated = directories
            .filter_map(|directory| directory.canonicalize().ok())
            .collect();
        self
    }

    fn read(&self, name: &str) -> Option<Taken> {
        // Links are resolved before the check, so that no link leads out of the directories.
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

    /// Returns rustc's name for the file at `path`.
    pub(crate) fn name(&self, path: &Path) -> String {
        let name = path.strip_prefix(&self.root).unwrap_or(path);
        name.to_string_lossy().into_owned()
    }

    /// Returns the author of the file at `path`, or `None` for a file outside the directories.
    fn author(&self, path: &Path) -> Option<Author> {
        let is_below = |directory: &PathBuf| path.starts_with(directory);
        let is_own = self.own.iter().any(is_below);
        let is_toolchain = self.toolchain.iter().any(is_below);
        let is_generated = self.generated.iter().any(is_below);
        match (is_own, is_toolchain) {
            (false, false) => None,
            (true, false) if !is_generated && !is_vendored(path, &self.root) => Some(Author::User),
            _ => Some(Author::Tool),
        }
    }
}

/// Returns `true` if `cargo vendor` wrote the file below `root`. cargo refuses changes to such a file.
fn is_vendored(path: &Path, root: &Path) -> bool {
    let directories = path.ancestors().skip(1);
    directories
        .take_while(|directory| *directory != root)
        .any(|directory| directory.join(".cargo-checksum.json").is_file())
}

impl Source {
    /// Indexes the lines of `text`.
    pub(crate) fn new(text: &str) -> Source {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        Source {
            starts: starts.collect(),
            text: text.into(),
        }
    }

    /// Returns the whole text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the number of lines.
    pub(crate) fn lines(&self) -> usize {
        self.starts.len()
    }

    /// Returns the offset of line `number`, counted from 1.
    pub(crate) fn start(&self, number: usize) -> Option<usize> {
        self.starts.get(number.checked_sub(1)?).copied()
    }

    /// Returns line `number`, counted from 1, without its line break.
    pub(crate) fn line(&self, number: usize) -> Option<&str> {
        let start = self.start(number)?;
        let end = self.start(number + 1).unwrap_or(self.text.len());
        Some(self.text[start..end].trim_end_matches(['\n', '\r']))
    }

    /// Returns the column after the word that starts at `column` of line `number`, or after that character if no word starts there.
    pub(crate) fn word_end(&self, number: usize, column: usize) -> usize {
        let line = self.line(number).unwrap_or_default();
        let after = line.chars().skip(column.saturating_sub(1));
        let word = after
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .count();
        column + word.max(1)
    }

    /// Returns the offset of the byte at which character `column` of line `number` starts, both counted from 1.
    ///
    /// A byte order mark does not count as a character of its line.
    pub(crate) fn offset(&self, number: usize, column: usize) -> Option<usize> {
        let line = self.line(number)?;
        let text = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        let characters = text.char_indices().map(|(at, _)| at);
        let within = characters.chain([text.len()]).nth(column.checked_sub(1)?)?;
        Some(self.start(number)? + line.len() - text.len() + within)
    }
}

/// Returns the directories in which cargo and rustup keep sources of dependencies and of the standard library.
fn toolchain_directories() -> impl Iterator<Item = PathBuf> {
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
    fn generated_and_vendored_files_belong_to_tools() {
        let root = tempfile::tempdir().unwrap();
        for (file, author) in [
            ("src/main.rs", Author::User),
            ("target/debug/build/x/out/made.rs", Author::Tool),
            ("vendor/log/src/lib.rs", Author::Tool),
            ("vendored/src/lib.rs", Author::User),
        ] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            if file.starts_with("vendor/") {
                fs::write(root.path().join("vendor/log/.cargo-checksum.json"), "{}").unwrap();
            }
            let library =
                Library::new(root.path(), &[]).with_generated([&*root.path().join("target")]);
            assert_eq!(library.read(file).unwrap().author, author, "{file}");
        }
    }

    #[test]
    fn files_of_cargo_and_rustup_belong_to_tools() {
        let root = tempfile::tempdir().unwrap();
        let library = Library::new(root.path(), &[]);
        assert!(!library.toolchain.is_empty(), "cargo runs this test");
        for directory in &library.toolchain {
            let file = directory.join("log/src/lib.rs");
            assert_eq!(library.author(&file), Some(Author::Tool));
            // Also where such a directory is the workspace.
            let inside = Library::new(directory, &[]);
            assert_eq!(inside.author(&file), Some(Author::Tool));
        }
    }

    #[test]
    fn only_files_below_the_directories_are_read() {
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
    fn no_link_leads_out_of_the_directories() {
        let outside = tempfile::NamedTempFile::new().unwrap();
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("link.rs")).unwrap();
        let mut sources = Sources::default();
        sources.read(["link.rs"], &Library::new(root.path(), &[]));
        assert!(sources.get("link.rs").is_none());
    }
}
