//! Tells the tests which machine they are built for, whether it has a browser to test with, and whether the facts about
//! routing are beside the repository.

use std::env;
use std::path::{Path, PathBuf};

fn main() {
    let target = env::var("TARGET").expect("cargo tells the target");
    println!("cargo::rustc-env=GIN_TESTS_HOST={target}");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PATH");
    println!("cargo::rustc-check-cfg=cfg(has_browser)");
    println!("cargo::rustc-check-cfg=cfg(has_facts)");
    let facts = Path::new("../../shared/data/router_cases.json");
    if facts.is_file() {
        println!("cargo::rustc-cfg=has_facts");
        println!("cargo::rerun-if-changed={}", facts.display());
    }
    if has("chromium") && has("chromedriver") {
        println!("cargo::rustc-cfg=has_browser");
    }
}

/// Is there such a program? When it is gone, or comes to be where it was looked for last, this is asked again.
fn has(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let candidates: Vec<PathBuf> = env::split_paths(&path)
        .map(|folder| folder.join(program))
        .collect();
    let found = candidates.iter().find(|candidate| candidate.is_file());
    if let Some(watched) = found.or(candidates.last()) {
        println!("cargo::rerun-if-changed={}", watched.display());
    }
    found.is_some()
}
