//! A location in a file, which opens the editor.

use crate::page::html::markup::Html;
use crate::page::html::source::files::SourceFiles;

/// Adds a location, `src/main.rs:3:5`.
///
/// It has no href: without JavaScript it is plain text, and the script makes it a button that opens the editor.
pub(crate) fn location(
    html: &mut Html,
    files: &SourceFiles<'_>,
    file: &str,
    line: usize,
    column: usize,
) {
    let short = short(file);
    html.tag("a")
        .attribute("class", "at")
        .optional("data-open", files.spot(file, line, column))
        .optional("title", Some(file).filter(|file| *file != short))
        .around(|html| {
            html.text(short);
            html.leaf("b", "", format_args!(":{line}:{column}"));
        });
}

/// Returns the path without the directory in which cargo, rustup or rustc's own build keeps it: `axum-0.8.4/src/lib.rs`, `library/core/src/lib.rs`.
fn short(file: &str) -> &str {
    let is_kept = |marker: &str| file.split_once(marker).map(|(_, rest)| rest);
    let below = |rest: &'_ str| rest.find('/').map(|at| file.len() - rest.len() + at + 1);
    // The directory below these is named after a registry or a commit.
    let nested = ["/registry/src/", "/git/checkouts/", "/rustc/"];
    let start = nested
        .iter()
        .find_map(|marker| is_kept(marker))
        .and_then(below);
    let library = is_kept("/lib/rustlib/src/rust/");
    start
        .and_then(|start| file.get(start..))
        .or(library)
        .unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_dependencies_are_shortened() {
        for (file, shown) in [
            ("src/main.rs", "src/main.rs"),
            (
                "/home/ann/.cargo/registry/src/index-1949cf8c6b5b557f/axum-0.8.4/src/lib.rs",
                "axum-0.8.4/src/lib.rs",
            ),
            (
                "/home/ann/.cargo/git/checkouts/axum-1a2b/3c4d/src/lib.rs",
                "3c4d/src/lib.rs",
            ),
            (
                "/rustc/59807616e1fa/library/core/src/lib.rs",
                "library/core/src/lib.rs",
            ),
            (
                "/home/ann/.rustup/toolchains/x/lib/rustlib/src/rust/library/core/src/lib.rs",
                "library/core/src/lib.rs",
            ),
            ("/rustc/", "/rustc/"),
        ] {
            assert_eq!(short(file), shown);
        }
    }
}
