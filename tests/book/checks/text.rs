//! A page of the book: prose, headings, links and blocks.

use std::fs;
use std::path::{Path, PathBuf};

/// A page, or the summary.
#[derive(Debug)]
pub(crate) struct Page {
    /// Relative to `docs/src`.
    pub(crate) file: String,
    pub(crate) text: String,
}

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// The line of its fence.
    pub(crate) line: usize,
    /// The heading above it.
    pub(crate) heading: String,
    /// The words behind its fence: `rust,no_run`.
    pub(crate) kind: String,
    pub(crate) text: String,
}

/// Returns `docs/src`.
pub(crate) fn sources() -> PathBuf {
    root().join("docs/src")
}

/// Returns the directory of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reads all pages, sorted by file.
pub(crate) fn pages() -> Vec<Page> {
    let mut files = Vec::new();
    walk(&sources(), "", &mut files);
    files.sort();
    files.into_iter().map(Page::read).collect()
}

fn walk(directory: &Path, prefix: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(directory).expect("the directory can be read") {
        let entry = entry.expect("the directory can be read");
        let name = entry.file_name();
        let name = format!("{prefix}{}", name.to_str().expect("names are UTF-8"));
        if entry.path().is_dir() {
            walk(&entry.path(), &format!("{name}/"), files);
        } else if entry.path().extension().is_some_and(|end| end == "md") {
            files.push(name);
        }
    }
}

impl Page {
    fn read(file: String) -> Page {
        let text = fs::read_to_string(sources().join(&file)).expect("the page can be read");
        Page { file, text }
    }

    /// The lines outside of blocks, each with its number.
    pub(crate) fn prose(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut is_code = false;
        (1..).zip(self.text.lines()).filter(move |(_, line)| {
            let is_fence = line.trim_start().starts_with("```");
            is_code ^= is_fence;
            !is_code && !is_fence
        })
    }

    /// The headings, without their marks.
    pub(crate) fn headings(&self) -> impl Iterator<Item = &str> {
        self.prose().filter_map(|(_, line)| heading(line))
    }

    /// The fragments by which links find the headings, as mdBook makes them.
    pub(crate) fn anchors(&self) -> Vec<String> {
        self.headings().map(anchor).collect()
    }

    /// The targets of the links, each with its line.
    pub(crate) fn links(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (number, line) in self.prose() {
            let line = without_code(line);
            let links = line.split("](").skip(1);
            let targets = links.filter_map(|rest| rest.split_once(')'));
            found.extend(targets.map(|(target, _)| (number, target.to_owned())));
            let bare = line.split('<').skip(1);
            let bare = bare.filter_map(|rest| rest.split_once('>'));
            let bare = bare.filter(|(target, _)| target.starts_with("http"));
            found.extend(bare.map(|(target, _)| (number, target.to_owned())));
        }
        found
    }

    /// The fenced blocks.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut found: Vec<Block> = Vec::new();
        let (mut is_code, mut above) = (false, String::new());
        for (line, text) in (1..).zip(self.text.lines()) {
            if let Some(kind) = text.trim_start().strip_prefix("```") {
                is_code = !is_code;
                if is_code {
                    let (heading, kind) = (above.clone(), kind.to_owned());
                    let text = String::new();
                    found.push(Block {
                        line,
                        heading,
                        kind,
                        text,
                    });
                }
            } else if let Some(block) = found.last_mut().filter(|_| is_code) {
                block.text.push_str(text);
                block.text.push('\n');
            } else if let Some(heading) = heading(text) {
                heading.clone_into(&mut above);
            }
        }
        found
    }
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    let is_heading = line.starts_with('#') && text.starts_with(' ');
    is_heading.then(|| text.trim())
}

fn anchor(heading: &str) -> String {
    let characters = heading.chars().filter_map(|character| match character {
        '_' | '-' => Some(character),
        _ if character.is_alphanumeric() => Some(character.to_ascii_lowercase()),
        _ => character.is_whitespace().then_some('-'),
    });
    characters.collect()
}

/// Blanks out what stands between backticks.
fn without_code(line: &str) -> String {
    let parts = line.split('`').enumerate();
    let parts = parts.map(|(index, part)| if index % 2 == 0 { part } else { "·" });
    parts.collect()
}
