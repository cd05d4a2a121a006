//! The minimum version of Rust: no dependency of a published crate declares a newer one.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn no_dependency_needs_a_newer_rust_than_we_declare() {
    let metadata = metadata();
    let packages: HashMap<&str, &Value> = list(&metadata["packages"])
        .map(|package| (text(&package["id"]), package))
        .collect();
    let published = packages.values().filter(|package| is_published(package));
    let published: Vec<&str> = published.map(|package| text(&package["id"])).collect();
    assert_eq!(published.len(), 4, "{published:?}");
    let ours = version(&packages[published[0]]["rust_version"]).expect("we declare a version");
    let newer: Vec<_> = below(&metadata, &published)
        .into_iter()
        .map(|id| packages[id])
        .filter(|package| version(&package["rust_version"]) > Some(ours))
        .map(|package| format!("{} {}", package["name"], package["rust_version"]))
        .collect();
    assert!(newer.is_empty(), "newer than {ours:?}: {newer:?}");
}

/// Reads the workspace's packages and their resolved dependencies, on all platforms.
fn metadata() -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked"])
        .current_dir(root)
        .output()
        .expect("cargo starts");
    let error = String::from_utf8_lossy(&cargo.stderr);
    assert!(cargo.status.success(), "{error}");
    serde_json::from_slice(&cargo.stdout).expect("cargo writes JSON")
}

/// Returns `true` for a member of the workspace without `publish = false`.
fn is_published(package: &Value) -> bool {
    package["source"].is_null() && package["publish"].is_null()
}

/// Collects `roots` and everything that they are built with, but not what only their tests use.
fn below<'m>(metadata: &'m Value, roots: &[&'m str]) -> HashSet<&'m str> {
    let nodes: HashMap<&str, &Value> = list(&metadata["resolve"]["nodes"])
        .map(|node| (text(&node["id"]), node))
        .collect();
    let mut found = HashSet::new();
    let mut next = roots.to_vec();
    while let Some(id) = next.pop() {
        if found.insert(id) {
            let used = list(&nodes[id]["deps"]).filter(|dependency| {
                list(&dependency["dep_kinds"]).any(|kind| kind["kind"] != "dev")
            });
            next.extend(used.map(|dependency| text(&dependency["pkg"])));
        }
    }
    found
}

/// Reads `1.89` or `1.89.0`.
fn version(declared: &Value) -> Option<(u32, u32)> {
    let mut numbers = declared.as_str()?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("it is text")
}
