//! Cargo and rustc as commands.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use crate::cargo::environment::scrub;
use crate::cli::Selection;
use crate::os::exit::ExitStatus;
use crate::os::process::Process;
use crate::os::reaper::Reaper;

/// Returns the command `cargo`, ready for arguments.
pub(crate) fn command() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    scrub(&mut command);
    command
}

/// The compiler that cargo calls.
#[derive(Debug)]
pub(crate) struct Toolchain {
    /// The output of `rustc --version`. Empty if it fails.
    pub(crate) name: String,
    /// The directory of its shared libraries.
    pub(crate) libraries: Option<PathBuf>,
}

impl Toolchain {
    /// Queries the rustc that cargo would call for this manifest.
    pub(crate) async fn of(manifest: &Path, reaper: &Reaper) -> Toolchain {
        let (name, libraries) = tokio::join!(
            query(manifest, "--version", reaper),
            query(manifest, "--print=target-libdir", reaper)
        );
        Toolchain {
            name: name.unwrap_or_default(),
            libraries: libraries.map(PathBuf::from),
        }
    }
}

/// Returns the output of rustc with this argument, or `None` if it fails.
async fn query(manifest: &Path, arg: &str, reaper: &Reaper) -> Option<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    scrub(&mut command);
    command
        .arg(arg)
        // rustup searches for `rust-toolchain.toml` from the current directory upwards.
        .current_dir(manifest.parent().unwrap_or(manifest))
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = Process::spawn(command, reaper).ok()?;
    let mut text = String::new();
    process.stdout()?.read_to_string(&mut text).await.ok()?;
    let status = process.wait().await.ok()?;
    (status == ExitStatus::Code(0)).then(|| text.trim().to_owned())
}

/// Returns the selected features, `default` among them unless it was turned off.
pub(crate) fn features(selection: &Selection) -> Vec<String> {
    if selection.all_features {
        return vec!["all".to_owned()];
    }
    let default = (!selection.no_default_features).then(|| "default".to_owned());
    let named = selection
        .features
        .iter()
        .flat_map(|names| names.split([',', ' ']));
    let named = named.filter(|name| !name.is_empty()).map(str::to_owned);
    default.into_iter().chain(named).collect()
}

/// Returns the error for a cargo that cannot be started.
pub(crate) fn unstartable(error: io::Error) -> anyhow::Error {
    let context = match error.kind() {
        io::ErrorKind::NotFound => {
            "cannot start cargo; install Rust from https://rustup.rs, or point $CARGO to cargo"
        }
        _ => "cannot start cargo",
    };
    anyhow::Error::new(error).context(context)
}

/// Returns the options that decide which crates a build consists of. `cargo metadata` and `cargo build` must get the same.
pub(crate) fn resolution(selection: &Selection) -> Vec<OsString> {
    let mut args: Vec<OsString> = Vec::new();
    for features in &selection.features {
        args.extend(["--features".into(), features.into()]);
    }
    let switches = [
        (selection.all_features, "--all-features"),
        (selection.no_default_features, "--no-default-features"),
        (selection.locked, "--locked"),
        (selection.offline, "--offline"),
        (selection.frozen, "--frozen"),
    ];
    args.extend(
        switches
            .iter()
            .filter(|(is_on, _)| *is_on)
            .map(|(_, switch)| switch.into()),
    );
    args
}
