//! The commands in the book and the README.

use crate::cli::book::pages;
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
    let mut found = Vec::new();
    for (place, text) in pages() {
        let text = text.replace("\\\n", "");
        let lines = text.lines().filter_map(|line| line.strip_prefix("$ "));
        for part in lines.flat_map(|line| line.split("&&")) {
            let part = part.split(['|', '>', '#', ')']).next().unwrap_or_default();
            let start = part.find("cargo gin ");
            found.extend(start.map(|start| (place.clone(), part[start..].trim().to_owned())));
        }
    }
    assert!(!found.is_empty(), "the book shows commands");
    found
}
