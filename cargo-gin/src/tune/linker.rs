//! The linkers of this machine.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use crate::cli::CandidateName;
use crate::os::exit::ExitStatus;
use crate::os::process::Process;
use crate::os::reaper::Reaper;
use crate::tune::today::Today;

/// A linker besides today's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Linker {
    /// It can be used, with these arguments of rustc.
    Usable {
        version: String,
        flags: Vec<String>,
        /// The program that starts it, in place of today's.
        driver: Option<String>,
    },
    /// It cannot, for this reason.
    Unusable(String),
}

/// Looks for a linker.
pub(super) async fn find(name: CandidateName, today: &Today, reaper: &Reaper) -> Linker {
    if !today.triple.contains("linux") {
        return Linker::Unusable(format!("it does not link for {}", today.triple));
    }
    if !today.is_for_host && today.linker().is_none() {
        let reason = format!("no linker for {} is configured", today.triple);
        return Linker::Unusable(reason);
    }
    if name == CandidateName::LinkerLld && is_default(today) {
        return Linker::Unusable("as today: rustc links with lld by itself".to_owned());
    }
    let (program, remedy) = match name {
        CandidateName::LinkerMold => (
            "mold",
            "install it by `apt install mold`, or from https://github.com/rui314/mold",
        ),
        CandidateName::LinkerWild => ("wild", "install it by `cargo install --locked wild-linker`"),
        _ => (
            "lld",
            "install it by `apt install lld`, or from https://lld.llvm.org",
        ),
    };
    let driver = today.linker().unwrap_or_else(|| PathBuf::from("cc"));
    let flag = format!("-fuse-ld={program}");
    if let Some(version) = version(driver.as_os_str(), &flag, reaper).await {
        let flags = vec![format!("-Clink-arg={flag}")];
        return Linker::Usable {
            version,
            flags,
            driver: None,
        };
    }
    let Some(path) = installed(program) else {
        return Linker::Unusable(format!("it is not installed; {remedy}"));
    };
    // GCC starts only the linkers that it knows, clang starts any.
    // clang searches `PATH` for a name.
    let flag = format!("--ld-path={program}");
    match version("clang".as_ref(), &flag, reaper).await {
        Some(version) => Linker::Usable {
            version,
            flags: vec![format!("-Clink-arg={flag}")],
            driver: Some("clang".to_owned()),
        },
        None => Linker::Unusable(format!(
            "{} is installed, but {} cannot start it; install clang",
            path.display(),
            driver.display()
        )),
    }
}

/// Returns `true` if rustc links with its own lld unless it gets other arguments: since 1.90 on this platform.
fn is_default(today: &Today) -> bool {
    today.triple == "x86_64-unknown-linux-gnu" && today.rustc >= 90 && today.linker().is_none()
}

/// Returns the version of the linker that a compiler starts with this argument, or `None` if it cannot start it.
async fn version(driver: &OsStr, flag: &str, reaper: &Reaper) -> Option<String> {
    let mut command = Command::new(driver);
    command
        .args([flag, "-Wl,--version"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = Process::spawn(command, reaper).ok()?;
    let mut text = String::new();
    process.stdout()?.read_to_string(&mut text).await.ok()?;
    let status = process.wait().await.ok()?;
    let first = text.lines().next()?.trim();
    (status == ExitStatus::Code(0)).then(|| first.to_owned())
}

/// Returns the path of a program in `PATH`. lld has a name for each kind of object files.
fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let name = if program == "lld" { "ld.lld" } else { program };
    let mut directories = std::env::split_paths(&path);
    directories.find_map(|directory| {
        let path = Path::new(&directory).join(name);
        path.is_file().then_some(path)
    })
}
