//! The trail of a path: every name that leads to its file, through directories and links.

use std::collections::{HashMap, VecDeque};
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The directories that paths lead through, each found once.
#[derive(Debug, Default)]
pub(super) struct Trails {
    /// The steps to each directory by its spelling.
    directories: HashMap<PathBuf, Trail>,
}

/// The steps from the file system's root to a path.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail {
    /// The name that is looked up at each step, in a directory that exists and has no link in its own path.
    pub(super) steps: Vec<PathBuf>,
    /// The end, without links. `None` if a step leads nowhere.
    end: Option<PathBuf>,
}

impl Trails {
    /// Follows a path, which is absolute.
    pub(super) fn follow(&mut self, path: &Path) -> Trail {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Trail::walk(path);
        };
        let parents = self.directories.entry(parent.to_owned());
        let mut trail = parents.or_insert_with(|| Trail::walk(parent)).clone();
        if let Some(directory) = trail.end.take() {
            let last = Trail::walk_from(directory, [name.to_owned()].into());
            trail.steps.extend(last.steps);
            trail.end = last.end;
        }
        trail
    }
}

impl Trail {
    /// The most links in a path, as on Linux.
    const MAX_LINKS: usize = 40;

    fn walk(path: &Path) -> Trail {
        let (root, names) = split(path);
        Trail::walk_from(root.unwrap_or_default(), names)
    }

    /// Looks up `names` one after the other, from a directory without links in its path.
    fn walk_from(mut directory: PathBuf, mut names: VecDeque<OsString>) -> Trail {
        let mut steps = Vec::new();
        let mut links = 0;
        while let Some(name) = names.pop_front() {
            if name == ".." {
                directory.pop();
                continue;
            }
            let step = directory.join(&name);
            let metadata = fs::symlink_metadata(&step);
            steps.push(step.clone());
            match metadata {
                Ok(metadata) if metadata.is_symlink() && links < Trail::MAX_LINKS => {
                    links += 1;
                    let (root, target) = split(&fs::read_link(&step).unwrap_or_default());
                    directory = root.unwrap_or(directory);
                    names = target.into_iter().chain(names).collect();
                }
                Ok(metadata) if metadata.is_symlink() => return Trail { steps, end: None },
                Ok(metadata) if metadata.is_dir() || names.is_empty() => directory = step,
                Ok(_) | Err(_) => return Trail { steps, end: None },
            }
        }
        Trail {
            steps,
            end: Some(directory),
        }
    }
}

/// Splits a path into its root, if it is absolute, and its names.
fn split(path: &Path) -> (Option<PathBuf>, VecDeque<OsString>) {
    let mut root = PathBuf::new();
    let mut names = VecDeque::new();
    for component in path.components() {
        match component {
            Component::Prefix(_) | Component::RootDir => root.push(component),
            Component::CurDir => {}
            Component::ParentDir | Component::Normal(_) => {
                names.push_back(component.as_os_str().to_owned());
            }
        }
    }
    (Some(root).filter(|root| root.has_root()), names)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// Returns the steps to `path` in a directory made by `make`, relative to it.
    fn steps(make: impl Fn(&Path), path: &str) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        make(&root);
        let trail = Trails::default().follow(&root.join(path));
        let inside = trail
            .steps
            .iter()
            .filter_map(|step| step.strip_prefix(&root).ok());
        let inside = inside.map(|step| step.display().to_string());
        inside.filter(|step| !step.is_empty()).collect()
    }

    #[test]
    fn each_directory_is_a_step() {
        let make = |root: &Path| fs::create_dir_all(root.join("a/b")).unwrap();
        assert_eq!(steps(make, "a/b/c.rs"), ["a", "a/b", "a/b/c.rs"]);
    }

    #[test]
    fn a_trail_ends_at_the_first_name_that_is_absent() {
        let make = |root: &Path| fs::create_dir(root.join("a")).unwrap();
        assert_eq!(steps(make, "a/b/c.rs"), ["a", "a/b"]);
    }

    #[test]
    fn links_are_steps_and_so_are_their_targets() {
        let make = |root: &Path| {
            fs::create_dir_all(root.join("v2/in")).unwrap();
            fs::write(root.join("v2/in/c.rs"), "").unwrap();
            symlink("v2", root.join("now")).unwrap();
            symlink("../now/in/c.rs", root.join("v2/d.rs")).unwrap();
        };
        assert_eq!(
            steps(make, "now/d.rs"),
            ["now", "v2", "v2/d.rs", "now", "v2", "v2/in", "v2/in/c.rs"]
        );
    }

    #[test]
    fn a_circle_of_links_has_an_end() {
        let make = |root: &Path| symlink("a", root.join("a")).unwrap();
        assert!(steps(make, "a/b").len() <= Trail::MAX_LINKS + 1);
    }
}
