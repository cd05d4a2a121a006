//! The files that a build has read, from the dep-info file that cargo writes beside the binary.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the files that `executable` was built from, except those in `output_dirs`, which the build itself has written.
pub(super) fn read(executable: &Path, output_dirs: &[&Path]) -> Option<HashSet<PathBuf>> {
    let text = fs::read_to_string(executable.with_extension("d")).ok()?;
    let inputs = parse(&text);
    Some(
        inputs
            .into_iter()
            .filter(|input| !output_dirs.iter().any(|output| input.starts_with(output)))
            .flat_map(|input| [linked(&input), Some(input)])
            .flatten()
            .collect(),
    )
}

/// Returns the target of a link, since that is the file that editors write.
fn linked(input: &Path) -> Option<PathBuf> {
    let is_link = fs::symlink_metadata(input).is_ok_and(|metadata| metadata.is_symlink());
    is_link.then(|| input.canonicalize().ok())?
}

/// Parses make's rule `binary: file file…`, where a space in a name is `\ `.
fn parse(text: &str) -> Vec<PathBuf> {
    let Some((_, files)) = text.lines().next().and_then(|line| line.split_once(": ")) else {
        return Vec::new();
    };
    let mut paths = vec![String::new()];
    let mut chars = files.chars().peekable();
    while let Some(c) = chars.next() {
        let is_escape = c == '\\' && chars.peek() == Some(&' ');
        match (c, paths.last_mut()) {
            (' ', _) => paths.push(String::new()),
            (c, Some(path)) => path.push(if is_escape {
                chars.next().unwrap_or(c)
            } else {
                c
            }),
            (_, None) => {}
        }
    }
    paths.retain(|path| !path.is_empty());
    paths.into_iter().map(PathBuf::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_in_a_name_is_escaped_and_a_backslash_is_not() {
        let paths = parse("/t/app: /src/main.rs /src/my\\ page.html C:\\src\\lib.rs\n");
        let expected = ["/src/main.rs", "/src/my page.html", "C:\\src\\lib.rs"];
        assert_eq!(paths, expected.map(PathBuf::from));
    }

    #[test]
    fn a_binary_without_inputs_has_none() {
        assert_eq!(parse("/t/app:\n"), Vec::<PathBuf>::new());
    }
}
