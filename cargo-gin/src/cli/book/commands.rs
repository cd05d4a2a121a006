//! The commands in the book and the README.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::book::sources;
use crate::cli::{Cli, Invocation};

#[test]
fn every_command_in_the_book_is_accepted() {
    let mut faults = Vec::new();
    for (place, command) in commands() {
        let words = shell_words::split(&command).expect("the quotes of a command are closed");
        let args = words.iter().map(Into::into).collect();
        let invocation = Invocation::new(args);
        if let Err(error) = Cli::parser().try_get_matches_from(&invocation.args) {
            faults.push(format!("{place}: {command}\n{error}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Finds the commands of `cargo gin` behind a prompt, each with its place.
fn commands() -> Vec<(String, String)> {
    let mut files = vec![sources().join("../../README.md")];
    collect(&sources(), &mut files);
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("the page can be read");
        let text = text.replace("\\\n", "");
        let lines = text.lines().filter_map(|line| line.strip_prefix("$ "));
        for part in lines.flat_map(|line| line.split("&&")) {
            let part = part.split(['|', '>', '#', ')']).next().unwrap_or_default();
            let start = part.find("cargo gin ");
            let place = file.display().to_string();
            found.extend(start.map(|start| (place, part[start..].trim().to_owned())));
        }
    }
    assert!(!found.is_empty(), "the book shows commands");
    found
}

/// Adds the pages below a directory.
fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("the directory can be read") {
        let path = entry.expect("the directory can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
