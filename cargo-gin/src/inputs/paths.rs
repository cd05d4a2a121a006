//! Paths in one spelling.

use std::path::{Component, Path, PathBuf};

/// Removes `.` and `..` as far as the path keeps its meaning: `..` after a link leads to the parent of the link's target.
pub(crate) fn without_dots(path: &Path) -> PathBuf {
    let has_dots = |part: Component<'_>| matches!(part, Component::CurDir | Component::ParentDir);
    if !path.components().any(has_dots) {
        // Trailing and doubled separators go.
        return path.components().collect();
    }
    let mut plain = PathBuf::new();
    for component in path.components() {
        match (component, plain.components().next_back()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) if !plain.is_symlink() => {
                plain.pop();
            }
            (component, _) => plain.push(component),
        }
    }
    plain
}

/// Returns the nearest directory above the path that exists.
pub(super) fn nearest_directory(path: &Path) -> Option<&Path> {
    let mut ancestors = path.ancestors().skip(1);
    ancestors.find(|ancestor| ancestor.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_removed() {
        for (path, plain) in [
            ("/a/b/../c", "/a/c"),
            ("/a/./c/", "/a/c"),
            ("/../a", "/a"),
            ("../a", "../a"),
            ("a/../../b", "../b"),
            ("/a//b", "/a/b"),
        ] {
            assert_eq!(without_dots(Path::new(path)), Path::new(plain));
        }
    }

    #[cfg(unix)]
    #[test]
    fn dots_after_a_link_stay() {
        let root = tempfile::tempdir().unwrap();
        let link = root.path().join("link");
        std::os::unix::fs::symlink("/usr/lib", &link).unwrap();
        let path = link.join("../x");
        assert_eq!(without_dots(&path), path);
    }
}
