//! Files of the user that the user may not read or write.

use std::path::{Path, PathBuf};

use crate::remedies::remedy::{Action, Remedy, Then};
use crate::state::Status;

/// Returns a remedy for each file of the workspace, or of its target directory, that an error names and whose owner is this user.
pub(super) fn denied(status: &Status) -> Vec<Remedy> {
    let rendered = status
        .diagnostics
        .iter()
        .filter_map(|diagnostic| diagnostic.message.rendered.as_deref());
    let mut paths: Vec<PathBuf> = Vec::new();
    for text in rendered.filter(|text| text.contains("Permission denied")) {
        let named = named(text).filter(|path| is_of_build(path, status));
        for path in named.filter_map(nearest) {
            if is_locked(&path) && is_of_build(&path, status) && !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths
        .into_iter()
        .map(|path| unlock(&path, status))
        .collect()
}

/// Iterates over the absolute paths that a message names.
fn named(text: &str) -> impl Iterator<Item = &Path> {
    let is_edge = |c: char| c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '(' | ')');
    let words = text.split(is_edge);
    words
        .map(|word| word.trim_end_matches([':', ',', '.']))
        .map(Path::new)
        .filter(|path| path.is_absolute())
}

fn is_of_build(path: &Path, status: &Status) -> bool {
    let target = &status.target;
    path.starts_with(&target.root) || path.starts_with(&target.recipe.target_dir)
}

/// Returns the path, or the nearest directory above it that exists: a file is made in it.
fn nearest(path: &Path) -> Option<PathBuf> {
    let mut ancestors = path.ancestors();
    let found = ancestors.find(|ancestor| ancestor.symlink_metadata().is_ok());
    found.map(Path::to_owned)
}

/// Returns `true` if this user owns the file and lacks a permission that a build needs.
#[cfg(unix)]
fn is_locked(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let Ok(metadata) = path.symlink_metadata() else {
        return false;
    };
    let needed = if metadata.is_dir() { 0o700 } else { 0o600 };
    let is_ours = metadata.uid() == rustix::process::geteuid().as_raw();
    is_ours && !metadata.is_symlink() && metadata.mode() & needed != needed
}

/// Windows has no such bits.
#[cfg(not(unix))]
fn is_locked(_: &Path) -> bool {
    false
}

fn unlock(path: &Path, status: &Status) -> Remedy {
    let name = path.strip_prefix(&status.target.root).unwrap_or(path);
    Remedy {
        label: format!("Permit yourself {}", name.display()),
        action: Action::Run {
            argv: vec![
                "chmod".to_owned(),
                "u+rwX".to_owned(),
                path.display().to_string(),
            ],
            directory: status.target.root.clone(),
            then: Then::Build,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_are_found_in_a_message() {
        let text = "error: failed to write `/home/ann/blog/Cargo.lock`\n\nCaused by:\n  failed to open: /home/ann/blog/a b: \
                    Permission denied (os error 13) in ./x";
        let found: Vec<_> = named(text).collect();
        let expected = ["/home/ann/blog/Cargo.lock", "/home/ann/blog/a"];
        assert_eq!(found, expected.map(Path::new));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_locked_if_its_owner_lacks_a_permission() {
        use std::fs::{Permissions, set_permissions, write};
        use std::os::unix::fs::PermissionsExt as _;

        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("a");
        write(&file, "").unwrap();
        for (mode, expected) in [(0o600, false), (0o644, false), (0o444, true), (0o000, true)] {
            set_permissions(&file, Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_locked(&file), expected, "{mode:o}");
        }
        assert!(!is_locked(&directory.path().join("none")));
        assert_eq!(
            nearest(&directory.path().join("x/y")),
            Some(directory.path().to_owned())
        );
    }
}
