//! Lock files: those of the other workspaces know the dependencies of the crates that are published, so that `--locked` accepts them.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::metadata::{self, is_published, list, text};

/// The directories of the other workspaces.
const WORKSPACES: [&str; 4] = ["examples", "examples/bookmarks", "fuzz", "templates"];

#[test]
fn lock_files_have_the_dependencies_of_our_crates() {
    let metadata = metadata::read();
    let published: Vec<&Value> = list(&metadata["packages"])
        .filter(|package| is_published(package))
        .collect();
    let mut missing = Vec::new();
    for directory in WORKSPACES {
        let lock = lock_file(directory);
        let used: Vec<&&Value> = published
            .iter()
            .filter(|package| locked(&lock, text(&package["name"])).is_some())
            .collect();
        assert!(!used.is_empty(), "{directory} uses none of our crates");
        for package in used {
            let name = text(&package["name"]);
            let locked = locked(&lock, name).expect("it is in the file");
            let absent = needed(package).filter(|dependency| !locked.contains(dependency));
            missing.extend(absent.map(|absent| format!("{directory}: {absent} of {name}")));
        }
    }
    let remedy = "run `cargo metadata --format-version 1` in each of these directories";
    assert!(missing.is_empty(), "{remedy}: {missing:#?}");
}

fn lock_file(directory: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = root.join(directory).join("Cargo.lock");
    fs::read_to_string(path).expect("each workspace has a lock file")
}

/// Returns the names of the dependencies of a crate of ours, if the workspace uses it.
fn locked<'l>(lock: &'l str, name: &str) -> Option<HashSet<&'l str>> {
    let first = format!("name = \"{name}\"");
    let entry = lock.split("[[package]]").find(|entry| {
        let mut lines = entry.trim().lines();
        lines.next() == Some(first.as_str()) && !lines.any(|line| line.starts_with("source = "))
    })?;
    // A name may be followed by a version.
    let quoted = entry.lines().filter_map(|line| line.strip_prefix(" \""));
    let names = quoted.filter_map(|line| line.split(['"', ' ']).next());
    Some(names.collect())
}

/// Returns the names of the dependencies that a crate always has, on some platform at least.
fn needed(package: &Value) -> impl Iterator<Item = &str> {
    list(&package["dependencies"])
        .filter(|dependency| dependency["kind"] != "dev" && dependency["optional"] != true)
        .map(|dependency| text(&dependency["name"]))
}
