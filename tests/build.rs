//! Detects the optional requirements of tests: a browser, axe-core, certutil, libfaketime, nginx, nvim, openssl, strace, tmux, namespaces
//! of users and networks, the facts about routing, and a git repository.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The library that shifts the clock of a program, in Debian's package `libfaketime`.
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

fn main() {
    let target = env::var("TARGET").expect("cargo sets the target");
    println!("cargo::rustc-env=GIN_TESTS_HOST={target}");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PATH");
    println!("cargo::rustc-check-cfg=cfg(has_browser)");
    check_file("has_facts", "../../shared/data/router_cases.json");
    check_file("has_axe", "../target/axe-core/axe.min.js");
    check_file("has_faketime", FAKETIME);
    println!("cargo::rustc-check-cfg=cfg(has_repository)");
    if has("git") && Path::new("../.git").exists() {
        println!("cargo::rustc-cfg=has_repository");
    }
    println!("cargo::rustc-check-cfg=cfg(has_strace)");
    if has("strace") && can_trace() {
        println!("cargo::rustc-cfg=has_strace");
    }
    println!("cargo::rustc-check-cfg=cfg(has_namespaces)");
    if has("unshare") && can_limit() {
        println!("cargo::rustc-cfg=has_namespaces");
    }
    println!("cargo::rustc-check-cfg=cfg(has_networks)");
    if has("unshare") && has("ip") && can_isolate() {
        println!("cargo::rustc-cfg=has_networks");
    }
    for program in ["certutil", "nginx", "nvim", "openssl", "tmux"] {
        println!("cargo::rustc-check-cfg=cfg(has_{program})");
        if has(program) {
            println!("cargo::rustc-cfg=has_{program}");
        }
    }
    if has("chromium") && has("chromedriver") {
        println!("cargo::rustc-cfg=has_browser");
    }
}

/// Returns `true` if a process can be traced, which containers often forbid.
fn can_trace() -> bool {
    let mut strace = Command::new("strace");
    strace.args(["-DDD", "-f", "-qq", "-o", "/dev/null", "true"]);
    strace.output().is_ok_and(|output| output.status.success())
}

/// Returns `true` if a user namespace can have its own limits and mounts, which containers often forbid.
fn can_limit() -> bool {
    let limit = "/proc/sys/user/max_inotify_watches";
    let script = format!("cat {limit} > {limit} && mount -t tmpfs tmpfs /mnt");
    let mut shell = Command::new("unshare");
    shell.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
    shell.output().is_ok_and(|output| output.status.success())
}

/// Returns `true` if a user namespace can have a network of its own, which containers often forbid.
fn can_isolate() -> bool {
    let mut shell = Command::new("unshare");
    shell.args([
        "--user",
        "--map-root-user",
        "--net",
        "ip",
        "link",
        "set",
        "lo",
        "up",
    ]);
    shell.output().is_ok_and(|output| output.status.success())
}

/// Sets the cfg `name` if the file exists.
///
/// A missing file is not watched, because that would rebuild the tests every time. A script that creates it must touch
/// this one.
fn check_file(name: &str, path: &str) {
    println!("cargo::rustc-check-cfg=cfg({name})");
    if Path::new(path).is_file() {
        println!("cargo::rustc-cfg={name}");
        println!("cargo::rerun-if-changed={path}");
    }
}

/// Returns `true` if the program is in `PATH`. Watches its path, or else the last candidate.
fn has(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let candidates: Vec<PathBuf> = env::split_paths(&path)
        .map(|directory| directory.join(program))
        .collect();
    let found = candidates.iter().find(|candidate| candidate.is_file());
    if let Some(watched) = found.or(candidates.last()) {
        println!("cargo::rerun-if-changed={}", watched.display());
    }
    found.is_some()
}
