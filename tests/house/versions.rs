//! The minimum version of Rust: no dependency of a published crate declares a newer one.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::metadata::{self, is_published, list, text};

#[test]
fn no_dependency_needs_a_newer_rust_than_we_declare() {
    let metadata = metadata::read(".").expect("cargo knows the workspace");
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
