//! The repository's text files.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Directories whose text is generated, or quoted from elsewhere.
const SKIPPED: [&str; 6] = [".git", "corpus", "fixtures", "snapshots", "target", "ui"];
const EXTENSIONS: [&str; 6] = ["js", "md", "rs", "sh", "toml", "yml"];
/// Directories of code that only runs in tests.
const TESTS: [&str; 3] = ["bench", "benches", "tests"];

/// A file and its text.
#[derive(Debug)]
pub(crate) struct File {
    /// Relative to the repository.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// All of it is only compiled for tests.
    pub(crate) is_test: bool,
}

impl File {
    /// Returns `""` for a file without one.
    pub(crate) fn extension(&self) -> &str {
        extension(&self.path)
    }
}

fn extension(path: &Path) -> &str {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.unwrap_or_default()
}

/// Reads the text files in a directory of the repository, sorted by path.
pub(crate) fn in_directory(directory: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let root = root.expect("the tests are a directory of the repository");
    let mut paths = Vec::new();
    walk(&root.join(directory), &mut paths);
    paths.sort();
    let texts: Vec<String> = paths.iter().map(|path| read(path)).collect();
    let modules: HashSet<PathBuf> = paths.iter().zip(&texts).flat_map(test_modules).collect();
    let files = paths.iter().zip(texts).map(|(path, text)| {
        let relative = path.strip_prefix(root).expect("the walk began there");
        let names = || relative.iter().filter_map(|name| name.to_str());
        let is_module = path.ancestors().any(|path| modules.contains(path));
        File {
            path: relative.to_owned(),
            text,
            is_test: is_module || names().any(|name| TESTS.contains(&name)),
        }
    });
    files.collect()
}

/// Collects the files of a directory. Links are left out: their targets are found under their own names.
fn walk(directory: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("the directory can be read") {
        let entry = entry.expect("the directory can be read");
        let (path, name) = (entry.path(), entry.file_name());
        let kind = entry.file_type().expect("an entry has a type");
        let is_skipped = SKIPPED.iter().any(|skipped| *skipped == name);
        if kind.is_dir() && !is_skipped {
            walk(&path, paths);
        }
        let is_text = EXTENSIONS.contains(&extension(&path));
        if kind.is_file() && (is_text || path.ends_with(".ci/run")) {
            paths.push(path);
        }
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The modules in files of their own that a file declares for tests only: `x.rs` or the directory `x`.
fn test_modules((path, text): (&PathBuf, &String)) -> Vec<PathBuf> {
    let declared = text.split("#[cfg(test)]\nmod ").skip(1);
    let names = declared.filter_map(|rest| rest.lines().next()?.strip_suffix(';'));
    names
        .flat_map(|name| {
            [
                path.with_file_name(name),
                path.with_file_name(format!("{name}.rs")),
            ]
        })
        .collect()
}
