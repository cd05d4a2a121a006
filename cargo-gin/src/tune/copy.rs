//! A copy of a directory of sources.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Directories that cargo does not read.
const NAMES: [&str; 5] = [".git", ".hg", ".jj", ".svn", "node_modules"];

/// The mark of directories with files that can be made again, such as cargo's target directories.
///
/// <https://bford.info/cachedir/>
const CACHE: &str = "CACHEDIR.TAG";

/// A copy under way.
#[derive(Debug)]
pub(super) struct Copy {
    /// The directories that are not copied yet, each with its place.
    waiting: Vec<(PathBuf, PathBuf)>,
    excluded: Vec<PathBuf>,
}

impl Copy {
    /// Makes a copy that leaves out version control, installed packages, caches and `excluded`.
    pub(super) fn without(excluded: Vec<PathBuf>) -> Copy {
        Copy {
            waiting: Vec::new(),
            excluded,
        }
    }

    /// Adds a directory.
    pub(super) fn add(&mut self, from: &Path, to: PathBuf) {
        self.waiting.push((from.to_owned(), to));
    }

    /// Copies the files of one directory. Returns `false` if none is left.
    ///
    /// Files that cannot be read are left out, because cargo cannot read them either.
    pub(super) fn step(&mut self) -> anyhow::Result<bool> {
        let Some((from, to)) = self.waiting.pop() else {
            return Ok(false);
        };
        self.directory(&from, &to)
            .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
        Ok(true)
    }

    fn directory(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::create_dir_all(to)?;
        let entries = match fs::read_dir(from) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let copied = self.entry(&entry, to.join(entry.file_name()));
            match copied {
                Err(error)
                    if error.kind() == io::ErrorKind::PermissionDenied
                        && is_unreadable(&entry.path()) => {}
                copied => copied?,
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: &DirEntry, copy: PathBuf) -> io::Result<()> {
        let (source, kind) = (entry.path(), entry.file_type()?);
        if kind.is_symlink() {
            return link(&source, &copy);
        }
        if kind.is_dir() {
            let is_named = NAMES.iter().any(|name| entry.file_name() == *name);
            let is_left_out =
                is_named || source.join(CACHE).is_file() || self.excluded.contains(&source);
            if !is_left_out {
                self.waiting.push((source, copy));
            }
            return Ok(());
        }
        if kind.is_file() {
            fs::copy(&source, copy)?;
        }
        // Cargo reads neither sockets nor devices.
        Ok(())
    }
}

fn is_unreadable(path: &Path) -> bool {
    fs::File::open(path).is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
}

/// Copies a link. One that leads out of its directory by a relative path leads to the same file as before.
#[cfg(unix)]
fn link(source: &Path, copy: &Path) -> io::Result<()> {
    let target = fs::read_link(source)?;
    let is_inside = target.is_relative() && !target.starts_with("..");
    let target = match source.canonicalize() {
        Ok(absolute) if !is_inside => absolute,
        _ => target,
    };
    std::os::unix::fs::symlink(target, copy)
}

/// Copies the file that a link leads to. Windows lets few users make links.
#[cfg(not(unix))]
fn link(source: &Path, copy: &Path) -> io::Result<()> {
    if source.is_file() {
        fs::copy(source, copy)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy_all(from: &Path, to: &Path, excluded: &[PathBuf]) {
        let mut copy = Copy::without(excluded.to_vec());
        copy.add(from, to.to_owned());
        while copy.step().unwrap() {}
    }

    #[test]
    fn a_copy_has_all_that_cargo_reads() {
        let directory_of_test = tempfile::tempdir().unwrap();
        let root = directory_of_test.path().join("app");
        for path in [
            "Cargo.toml",
            ".cargo/config.toml",
            "src/main.rs",
            ".git/HEAD",
            "web/node_modules/x/index.js",
            "web/page.html",
            "target/debug/app",
            "other-target/CACHEDIR.TAG",
            "other-target/debug/app",
        ] {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        }
        let copy = directory_of_test.path().join("copy");
        copy_all(&root, &copy, &[root.join("target")]);
        for (path, is_copied) in [
            ("Cargo.toml", true),
            (".cargo/config.toml", true),
            ("src/main.rs", true),
            (".git", false),
            ("web/node_modules", false),
            ("web/page.html", true),
            ("target", false),
            ("other-target", false),
        ] {
            assert_eq!(copy.join(path).exists(), is_copied, "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_to_the_same_text() {
        let outer = tempfile::tempdir().unwrap();
        let (root, copy) = (outer.path().join("app"), outer.path().join("deep/copy"));
        fs::create_dir(&root).unwrap();
        fs::write(outer.path().join("outside"), "outside").unwrap();
        fs::write(root.join("inside"), "inside").unwrap();
        std::os::unix::fs::symlink("../outside", root.join("out")).unwrap();
        std::os::unix::fs::symlink("inside", root.join("in")).unwrap();
        copy_all(&root, &copy, &[]);
        assert_eq!(fs::read_to_string(copy.join("out")).unwrap(), "outside");
        fs::write(copy.join("inside"), "changed").unwrap();
        assert_eq!(fs::read_to_string(copy.join("in")).unwrap(), "changed");
    }
}
