//! The paths in directories, as cargo and as git see them. Every walk is bounded.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ignore::{DirEntry, Walk, WalkBuilder};

use crate::watcher::scope::Scope;

/// The most paths that are listed in one directory: a link to `/` is not followed to its end.
const LIMIT: usize = 20_000;

/// A path in a directory.
pub(super) struct Member {
    pub(super) path: PathBuf,
    pub(super) is_link: bool,
}

/// Lists all paths in a directory that a build script declared, itself first, as cargo does: hidden and ignored ones, and
/// behind links.
pub(super) fn all_in(directory: &Path, scope: &Scope) -> Vec<Member> {
    let scope = scope.clone();
    let mut walk = WalkBuilder::new(directory);
    walk.standard_filters(false)
        .follow_links(true)
        .filter_entry(move |entry| !scope.excludes(entry.path()));
    let all = entries(walk.build()).map(|entry| Member {
        is_link: entry.path_is_symlink(),
        path: entry.into_path(),
    });
    all.collect()
}

/// Lists the files of a package whose build script declares nothing, as cargo does: those that git does not ignore.
pub(super) fn package_files(package: &Path, scope: &Scope) -> Vec<PathBuf> {
    let scope = scope.clone();
    let root = package.to_owned();
    let mut walk = WalkBuilder::new(package);
    walk.standard_filters(false)
        .parents(true)
        .git_ignore(true)
        .git_exclude(true)
        .git_global(true)
        .filter_entry(move |entry| {
            let path = entry.path();
            let is_other_package = path != root && path.join("Cargo.toml").is_file();
            entry.file_name() != ".git" && !scope.excludes(path) && !is_other_package
        });
    let is_file = |entry: &DirEntry| !entry.file_type().is_some_and(|kind| kind.is_dir());
    let files = entries(walk.build()).filter(is_file);
    files.map(DirEntry::into_path).collect()
}

/// Lists the files of a package that git tracks although it ignores them. Cargo counts those as well.
pub(super) fn tracked_although_ignored(package: &Path) -> Vec<PathBuf> {
    let listed = Command::new("git")
        .arg("-C")
        .arg(package)
        .args([
            "ls-files",
            "--cached",
            "--ignored",
            "--exclude-standard",
            "-z",
        ])
        .stdin(Stdio::null())
        .output();
    // Without git, or outside of a repository, nothing is ignored.
    let names = listed.map(|listed| listed.stdout).unwrap_or_default();
    let names = String::from_utf8_lossy(&names).into_owned();
    let names = names.split('\0').filter(|name| !name.is_empty());
    names.map(|name| package.join(name)).collect()
}

/// Lists the watched directories of a root, itself first. Links are not followed.
///
/// Each directory is returned before it is read.
pub(super) fn directories(root: &Path, scope: &Scope) -> impl Iterator<Item = PathBuf> + use<> {
    let is_directory = |entry: &DirEntry| entry.file_type().is_some_and(|kind| kind.is_dir());
    watched(root, scope)
        .filter(is_directory)
        .map(DirEntry::into_path)
}

/// Lists the watched files in a directory.
pub(super) fn files(directory: &Path, scope: &Scope) -> Vec<PathBuf> {
    let is_file = |entry: &DirEntry| !entry.file_type().is_some_and(|kind| kind.is_dir());
    let files = watched(directory, scope).filter(is_file);
    files.map(DirEntry::into_path).collect()
}

fn watched(root: &Path, scope: &Scope) -> impl Iterator<Item = DirEntry> + use<> {
    let mut walk = WalkBuilder::new(root);
    if scope.is_certain() {
        walk.require_git(false);
    } else {
        // A file that git ignores may be the one that a failed build lacks.
        walk.standard_filters(false);
    }
    let scope = scope.clone();
    walk.filter_entry(move |entry| entry.file_name() != ".git" && !scope.excludes(entry.path()));
    entries(walk.build())
}

fn entries(walk: Walk) -> impl Iterator<Item = DirEntry> {
    walk.filter_map(Result::ok).take(LIMIT)
}
