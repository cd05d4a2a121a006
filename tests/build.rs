//! Tells the tests which machine they are built for, whether it has a browser to test with, axe-core to judge pages with and
//! user namespaces to set limits in, whether the facts about routing are beside the repository, and whether that is one of git's.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let target = env::var("TARGET").expect("cargo tells the target");
    println!("cargo::rustc-env=GIN_TESTS_HOST={target}");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PATH");
    println!("cargo::rustc-check-cfg=cfg(has_browser)");
    tell_file("has_facts", "../../shared/data/router_cases.json");
    tell_file("has_axe", "../target/axe-core/axe.min.js");
    println!("cargo::rustc-check-cfg=cfg(has_repository)");
    if has("git") && Path::new("../.git").exists() {
        println!("cargo::rustc-cfg=has_repository");
    }
    println!("cargo::rustc-check-cfg=cfg(has_namespaces)");
    if has("unshare") && can_limit() {
        println!("cargo::rustc-cfg=has_namespaces");
    }
    if has("chromium") && has("chromedriver") {
        println!("cargo::rustc-cfg=has_browser");
    }
}

/// Can a user namespace have limits and mounts of its own? Containers often forbid it.
fn can_limit() -> bool {
    let limit = "/proc/sys/user/max_inotify_watches";
    let script = format!("cat {limit} > {limit} && mount -t tmpfs tmpfs /mnt");
    let mut shell = Command::new("unshare");
    shell.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
    shell.output().is_ok_and(|output| output.status.success())
}

/// Tells whether there is such a file. Where there is none, who brings it has this asked again: to watch a file that is
/// not there would be to build the tests anew each time.
fn tell_file(name: &str, path: &str) {
    println!("cargo::rustc-check-cfg=cfg({name})");
    if Path::new(path).is_file() {
        println!("cargo::rustc-cfg={name}");
        println!("cargo::rerun-if-changed={path}");
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
