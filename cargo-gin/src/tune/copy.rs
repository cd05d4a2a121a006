//! A copy of a directory of sources.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// Directories that cargo does not read.
const NAMES: [&str; 5] = [".git", ".hg", ".jj", ".svn", "node_modules"];

/// The mark of directories with files that can be made again, such as cargo's target directories.
///
/// <https://bford.info/cachedir/>
const CACHE: &str = "CACHEDIR.TAG";

/// Copies a directory, except version control, installed packages, caches and `excluded`.
///
/// Files that cannot be read are left out, because cargo cannot read them either.
pub(super) fn directory(from: &Path, to: &Path, excluded: &[PathBuf]) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        let copied = copy_entry(&entry, &copy, excluded);
        match copied {
            Err(error)
                if error.kind() == io::ErrorKind::PermissionDenied && is_unreadable(&source) => {}
            copied => copied?,
        }
    }
    Ok(())
}

fn copy_entry(entry: &DirEntry, copy: &Path, excluded: &[PathBuf]) -> io::Result<()> {
    let (source, kind) = (entry.path(), entry.file_type()?);
    if kind.is_symlink() {
        return link(&source, copy);
    }
    if kind.is_dir() {
        let is_named = NAMES.iter().any(|name| entry.file_name() == *name);
        if is_named || source.join(CACHE).is_file() || excluded.contains(&source) {
            return Ok(());
        }
        return directory(&source, copy, excluded);
    }
    if kind.is_file() {
        fs::copy(&source, copy)?;
    }
    // Cargo reads neither sockets nor devices.
    Ok(())
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
        directory(&root, &copy, &[root.join("target")]).unwrap();
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
        directory(&root, &copy, &[]).unwrap();
        assert_eq!(fs::read_to_string(copy.join("out")).unwrap(), "outside");
        fs::write(copy.join("inside"), "changed").unwrap();
        assert_eq!(fs::read_to_string(copy.join("in")).unwrap(), "changed");
    }
}
