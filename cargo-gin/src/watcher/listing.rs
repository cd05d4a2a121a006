//! The paths in directories, as cargo and as git see them. Every walk is bounded.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::gitignore::gitconfig_excludes_path;
use ignore::{DirEntry, Walk, WalkBuilder};

use crate::watcher::attributes::Look;
use crate::watcher::scope::Scope;
use crate::watcher::stamp::Stamp;

/// The most paths that are listed in one directory.
const LIMIT: usize = 200_000;

/// The paths in a directory, and the stamps that show when they are to be listed again.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) members: Vec<PathBuf>,
    /// The members that are links.
    links: Vec<PathBuf>,
    /// The directories that were read, and the files that select their members, as they were just before.
    sources: Sources,
}

type Sources = Vec<(PathBuf, Stamp)>;

/// The sources of a listing while it is made: the filter of a walk may run on any thread.
#[derive(Clone, Default)]
struct Gathered(Arc<Mutex<Sources>>);

impl Gathered {
    fn add(&self, path: &Path) {
        let stamp = (path.to_owned(), Stamp::take(path));
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(stamp);
    }

    fn take(&self) -> Sources {
        let mut sources =
            std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        sources.sort_by(|(path, _), (other, _)| path.cmp(other));
        sources
    }
}

impl Listing {
    /// Returns `true` if the same paths would be listed now.
    pub(super) fn is_current(&self) -> bool {
        let mut look = Look::default();
        let mut sources = self.sources.iter();
        sources.all(|(path, stamp)| stamp.proves(look.at(path).as_ref()))
    }

    /// Returns the directories that were read.
    pub(super) fn directories(&self) -> impl Iterator<Item = &Path> {
        let directories = self
            .sources
            .iter()
            .filter(|(_, stamp)| stamp.is_directory());
        directories.map(|(path, _)| path.as_path())
    }

    /// Returns the files that select the members.
    pub(super) fn selectors(&self) -> impl Iterator<Item = &Path> {
        let files = self.sources.iter();
        let files = files.filter(|(_, stamp)| !stamp.is_directory());
        files.map(|(path, _)| path.as_path())
    }

    /// Returns the members that are links.
    pub(super) fn links(&self) -> impl Iterator<Item = &Path> {
        self.links.iter().map(PathBuf::as_path)
    }
}

/// Lists all paths in a directory that a build script declared, as cargo does: hidden and ignored ones, and behind links.
pub(super) fn all_in(directory: &Path, scope: &Scope) -> Listing {
    let sources = Gathered::default();
    sources.add(directory);
    let (gathered, scope, root) = (sources.clone(), scope.clone(), directory.to_owned());
    let mut walk = WalkBuilder::new(directory);
    walk.standard_filters(false)
        .follow_links(true)
        .filter_entry(move |entry| {
            let path = entry.path();
            let is_listed = !scope.excludes(path);
            // A link to a file may lead to a directory later, although the directory that it is in stays the same.
            let may_have_members = is_directory(entry) || entry.path_is_symlink();
            if is_listed && path != root && may_have_members {
                gathered.add(path);
            }
            is_listed && !leads_out_to_all(entry, &root)
        });
    let (mut members, mut links) = (Vec::new(), Vec::new());
    for entry in walk.build().take(LIMIT) {
        match entry {
            Ok(entry) => {
                links.extend(link(&entry));
                members.push(entry.into_path());
            }
            Err(error) => unlisted(&error)
                .into_iter()
                .for_each(|path| sources.add(path)),
        }
    }
    members.retain(|path| path != directory);
    Listing {
        members,
        links,
        sources: sources.take(),
    }
}

/// Returns the path that could not be listed: a link to nowhere or to a directory that it is in, or a directory that cannot be read.
fn unlisted(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::Loop { child, .. } => Some(child),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            unlisted(err)
        }
        _ => None,
    }
}

/// Returns `true` for a link to a directory above the declared one, or to what the kernel makes up. Cargo would walk for ever.
fn leads_out_to_all(entry: &DirEntry, root: &Path) -> bool {
    if !entry.path_is_symlink() || !is_directory(entry) {
        return false;
    }
    let Ok(target) = entry.path().canonicalize() else {
        return false;
    };
    let is_made_up = ["/proc", "/sys", "/dev"]
        .iter()
        .any(|made| target.starts_with(made));
    is_made_up
        || root
            .canonicalize()
            .is_ok_and(|root| root.starts_with(target))
}

/// Lists the files of a package whose build script declares nothing, as cargo does: those that git does not ignore, and those that
/// git tracks although it ignores them.
pub(super) fn package_files(package: &Path, scope: &Scope) -> Listing {
    let sources = Gathered::default();
    let (gathered, scope, root) = (sources.clone(), scope.clone(), package.to_owned());
    for path in ignore_files(package) {
        sources.add(&path);
    }
    let mut walk = WalkBuilder::new(package);
    walk.standard_filters(false)
        .parents(true)
        .git_ignore(true)
        .git_exclude(true)
        .git_global(true)
        .filter_entry(move |entry| {
            let path = entry.path();
            if entry.file_name() == ".git" || scope.excludes(path) {
                return false;
            }
            if is_directory(entry) || entry.file_name() == ".gitignore" {
                gathered.add(path);
            }
            path == root || !is_directory(entry) || !path.join("Cargo.toml").is_file()
        });
    let files = entries(walk.build()).filter(|entry| !is_directory(entry));
    let (mut members, mut links) = (Vec::new(), Vec::new());
    for file in files {
        links.extend(link(&file));
        members.push(file.into_path());
    }
    for file in tracked_although_ignored(package) {
        links.extend(Some(file.clone()).filter(|file| file.is_symlink()));
        members.push(file);
    }
    Listing {
        members,
        links,
        sources: sources.take(),
    }
}

/// Returns the files outside of a package from which git takes what it ignores in it, and its index.
fn ignore_files(package: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = gitconfig_excludes_path().into_iter().collect();
    files.push(package.to_owned());
    for directory in package.ancestors() {
        files.push(directory.join(".gitignore"));
        let git = directory.join(".git");
        if fs::symlink_metadata(&git).is_ok() {
            files.extend([git.join("info/exclude"), git.join("index")]);
            break;
        }
    }
    files
}

/// Lists the files of a package that git tracks although it ignores them. Cargo counts those as well.
fn tracked_although_ignored(package: &Path) -> Vec<PathBuf> {
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
    watched(root, scope)
        .filter(is_directory)
        .map(DirEntry::into_path)
}

/// Lists the watched files in a directory.
pub(super) fn files(directory: &Path, scope: &Scope) -> Vec<PathBuf> {
    let files = watched(directory, scope).filter(|entry| !is_directory(entry));
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

/// Returns the path of a link.
fn link(entry: &DirEntry) -> Option<PathBuf> {
    Some(entry.path().to_owned()).filter(|_| entry.path_is_symlink())
}

fn is_directory(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}
