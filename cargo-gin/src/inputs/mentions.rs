//! The paths that messages mention.

use std::path::{Component, Path, PathBuf, is_separator};

use crate::inputs::paths::{nearest_directory, without_dots};

/// Returns the words of a message that look like paths: any in quotation marks, and others if they have a separator.
pub(super) fn mentions(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in text.lines() {
        let quoted = ['`', '"', '\'']
            .into_iter()
            .flat_map(|mark| quoted(line, mark));
        found.extend(quoted.filter(|word| has_separator(word) || has_extension(word)));
        found.extend(
            line.split_whitespace()
                .map(bare)
                .filter(|word| has_separator(word)),
        );
    }
    found.retain(|word| is_path(word));
    found
}

/// Returns the files that `name` may stand for in these directories: those that exist, or all that could be created.
pub(super) fn candidates<'a>(
    name: &str,
    directories: impl IntoIterator<Item = &'a Path>,
) -> Vec<PathBuf> {
    let paths = directories
        .into_iter()
        .map(|directory| without_dots(&directory.join(name)));
    let mut paths: Vec<_> = paths.collect();
    paths.sort();
    paths.dedup();
    if paths.iter().any(|path| path.exists()) {
        paths.retain(|path| path.exists());
    } else {
        paths.retain(|path| could_appear(path));
    }
    paths
}

/// Returns `true` unless everything below a directory such as `/` or `/usr` would have to be watched for the path.
fn could_appear(path: &Path) -> bool {
    let Some(directory) = nearest_directory(path) else {
        return false;
    };
    let names = directory.components();
    names
        .filter(|part| matches!(part, Component::Normal(_)))
        .count()
        > 1
}

/// Returns the texts between two of these marks.
fn quoted(line: &str, mark: char) -> impl Iterator<Item = &str> {
    line.split(mark).skip(1).step_by(2)
}

/// Removes punctuation around a word, and a place in the file that it names.
fn bare(word: &str) -> &str {
    let word = word.trim_start_matches(['`', '"', '\'', '(', '[', '{', '<', '=']);
    let is_end = |c: char| c.is_ascii_digit() || "`\"'()[]{}<>,;:.!?".contains(c);
    let end = word.trim_end_matches(|c: char| is_end(c) && !c.is_ascii_digit());
    // `src/main.rs:3:5`
    match end.trim_end_matches(is_end) {
        file if end
            .strip_prefix(file)
            .is_some_and(|place| place.starts_with(':')) =>
        {
            file
        }
        _ => end,
    }
}

fn is_path(word: &str) -> bool {
    const LONGEST: usize = 4_096;
    let is_odd = |c: char| c.is_control() || "<>|*?\"`".contains(c);
    !word.is_empty() && word.len() <= LONGEST && !word.contains("://") && !word.contains(is_odd)
}

fn has_separator(word: &str) -> bool {
    word.contains(is_separator)
}

fn has_extension(word: &str) -> bool {
    let extension = Path::new(word)
        .extension()
        .and_then(|extension| extension.to_str());
    extension.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn paths_are_found_in_messages_of_cargo_and_rustc() {
        for (text, paths) in [
            (
                "couldn't read `src/../a b/x.html`: No such file",
                vec!["src/../a b/x.html"],
            ),
            (
                "to create the module `gone`, create file \"src/gone.rs\" or \"src/gone/mod.rs\"",
                vec!["src/gone.rs", "src/gone/mod.rs"],
            ),
            (
                "can't find lib `probe` at path `/x/../out/lib.rs`",
                vec!["/x/../out/lib.rs"],
            ),
            ("failed to read `Cargo.toml`", vec!["Cargo.toml"]),
            ("  unable to update /x/outside", vec!["/x/outside"]),
            (
                "  no ../proto/a.proto: Os { code: 2 }",
                vec!["../proto/a.proto"],
            ),
            ("panicked at (/x/build.rs:12:3):", vec!["/x/build.rs"]),
            ("package `app v0.0.0 (/x/app)`", vec!["/x/app"]),
            (
                "expected `u8`, found `Vec<u8>`, see https://doc.rust-lang.org/x",
                vec![],
            ),
            ("", vec![]),
        ] {
            let mut found = mentions(text);
            found.retain(|word| !word.contains("app v"));
            found.dedup();
            for path in paths {
                assert!(found.contains(&path), "{path} in {found:?} of {text}");
            }
            assert!(
                !found
                    .iter()
                    .any(|word| word.contains("://") || word.contains('<'))
            );
        }
    }

    #[test]
    fn a_name_stands_for_existing_files_or_for_all_that_could_be_created() {
        let root = tempfile::tempdir().unwrap();
        let directories = ["a", "b"].map(|name| root.path().join(name));
        for directory in &directories {
            fs::create_dir(directory).unwrap();
        }
        let of = |name: &str| candidates(name, directories.iter().map(PathBuf::as_path));
        assert_eq!(
            of("x/y.rs"),
            directories.each_ref().map(|dir| dir.join("x/y.rs"))
        );
        fs::write(directories[1].join("z.rs"), "").unwrap();
        assert_eq!(of("z.rs"), [directories[1].join("z.rs")]);
        assert_eq!(of("/nowhere/z.rs"), Vec::<PathBuf>::new());
    }
}
