//! The toolchain: the cargo that is called, and the compiler that it calls.
//!
//! rustup's `cargo` chooses a toolchain, pins it by `RUSTUP_TOOLCHAIN` for all that it starts, and says in
//! `RUSTUP_TOOLCHAIN_SOURCE` what it has chosen it by. A choice by files holds only until they change, so that it is left to
//! rustup again at each call. A choice of the user's, such as `cargo +nightly gin dev`, stays.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use crate::cargo::environment::{home, scrub};
use crate::os::exit::ExitStatus;
use crate::os::process::Process;
use crate::os::reaper::Reaper;

/// The variables by which rustup pins a toolchain.
pub(super) const PINS: [&str; 2] = ["RUSTUP_TOOLCHAIN", "RUSTUP_TOOLCHAIN_SOURCE"];

/// The compiler that cargo calls.
#[derive(Debug, Default)]
pub(crate) struct Toolchain {
    /// The output of `rustc --version`. Empty if it fails.
    pub(crate) name: String,
    /// The target triple of this machine. Empty if rustc fails.
    pub(crate) host: String,
    /// The directory of its shared libraries.
    pub(crate) libraries: Option<PathBuf>,
}

impl Toolchain {
    /// Queries the rustc that cargo would call from the current directory.
    pub(crate) async fn current(reaper: &Reaper) -> Toolchain {
        let (version, libraries) = tokio::join!(
            query(&["-vV"], reaper),
            query(&["--print=target-libdir"], reaper)
        );
        let version = version.unwrap_or_default();
        let mut lines = version.lines();
        let name = lines.next().unwrap_or_default().to_owned();
        let host = lines.find_map(|line| line.strip_prefix("host: "));
        Toolchain {
            name,
            host: host.unwrap_or_default().to_owned(),
            libraries: libraries.map(PathBuf::from),
        }
    }

    /// Returns the toolchain's own cargo, if it has one.
    pub(crate) fn cargo(&self) -> Option<PathBuf> {
        // The libraries are in `lib/rustlib/TARGET/lib`.
        let root = self.libraries.as_ref()?.ancestors().nth(4)?;
        let cargo = root.join("bin").join(executable("cargo"));
        cargo.is_file().then_some(cargo)
    }
}

/// Returns the output of rustc with these arguments, or `None` if it fails.
pub(super) async fn query(args: &[&str], reaper: &Reaper) -> Option<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| program("rustc"));
    let mut command = Command::new(rustc);
    scrub(&mut command);
    command
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = Process::spawn(command, reaper).ok()?;
    let mut text = String::new();
    process.stdout()?.read_to_string(&mut text).await.ok()?;
    let status = process.wait().await.ok()?;
    (status == ExitStatus::Code(0)).then(|| text.trim().to_owned())
}

/// Returns the cargo to call: the one that called us, or rustup's, if files have chosen that one.
pub(super) fn cargo() -> OsString {
    if Pin::current() == Pin::ByFiles {
        return program("cargo");
    }
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The way in which the toolchain was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pin {
    /// By files, or by rustup's settings. They may name another one by now.
    ByFiles,
    /// By the user, or not by rustup.
    ByUser,
}

impl Pin {
    /// Returns the choice that the variables of this process show.
    pub(super) fn current() -> Pin {
        let [toolchain, source] = PINS.map(std::env::var_os);
        let cargo = std::env::var_os("CARGO");
        Pin::of(toolchain.as_deref(), source.as_deref(), cargo.as_deref())
    }

    /// rustup before 1.29 does not say what it has chosen the toolchain by.
    fn of(toolchain: Option<&OsStr>, source: Option<&OsStr>, cargo: Option<&OsStr>) -> Pin {
        let by_files = ["default", "path-override", "toolchain-file"];
        let is_by_files =
            source.is_some_and(|source| by_files.iter().any(|by_file| source == *by_file));
        // A cargo of the user's own, in `CARGO`, is none of rustup's.
        let is_of_rustup = cargo.is_none_or(|cargo| {
            let mut parts = Path::new(cargo).components();
            parts.any(|part| Some(part.as_os_str()) == toolchain)
        });
        if toolchain.is_some() && is_by_files && is_of_rustup {
            Pin::ByFiles
        } else {
            Pin::ByUser
        }
    }
}

/// Returns a program of rustup's, which chooses the toolchain, if one has called us. Otherwise returns the program with this name
/// in `PATH`.
fn program(name: &str) -> OsString {
    let is_called_by_cargo = std::env::var_os("CARGO").is_some();
    let is_proxied = is_called_by_cargo && Pin::current() == Pin::ByFiles;
    let directory = home("CARGO_HOME", ".cargo").filter(|_| is_proxied);
    let proxy = directory.map(|home| home.join("bin").join(executable(name)));
    let proxy = proxy.filter(|proxy| proxy.is_file());
    proxy.map_or_else(|| name.into(), PathBuf::into_os_string)
}

fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toolchain_is_left_to_rustup_only_if_files_have_chosen_it() {
        const STABLE: &str = "stable-x86_64-unknown-linux-gnu";
        const CARGO: &str = "/rustup/toolchains/stable-x86_64-unknown-linux-gnu/bin/cargo";
        for (toolchain, source, cargo, expected) in [
            (STABLE, "toolchain-file", CARGO, Pin::ByFiles),
            (STABLE, "path-override", CARGO, Pin::ByFiles),
            (STABLE, "default", "", Pin::ByFiles),
            (STABLE, "cli", CARGO, Pin::ByUser),
            (STABLE, "env", CARGO, Pin::ByUser),
            (STABLE, "", CARGO, Pin::ByUser),
            (STABLE, "default", "/usr/bin/cargo", Pin::ByUser),
            ("", "default", CARGO, Pin::ByUser),
        ] {
            let set = |text: &'static str| (!text.is_empty()).then(|| OsStr::new(text));
            let pin = Pin::of(set(toolchain), set(source), set(cargo));
            assert_eq!(pin, expected, "{toolchain} {source} {cargo}");
        }
    }
}
