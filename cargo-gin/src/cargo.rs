//! How cargo is called: with our options, and in the environment that the user's own call of it would have.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use tokio::process::Command;

use crate::cli::Selection;

/// cargo itself, ready for arguments.
pub(crate) fn command() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    scrub(&mut command);
    command
}

/// The compiler that cargo calls for this manifest, as it calls itself. Empty if it does not say.
pub(crate) async fn toolchain(manifest: &Path) -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    scrub(&mut command);
    command
        .arg("--version")
        // rustup looks for `rust-toolchain.toml` from there.
        .current_dir(manifest.parent().unwrap_or(manifest))
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true);
    match command.output().await {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        }
        _ => String::new(),
    }
}

/// The features that are asked for, `default` among them unless it was turned off.
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

/// The error for a cargo that can't be started.
pub(crate) fn missing(error: io::Error) -> anyhow::Error {
    anyhow::Error::new(error).context(
        "cannot start cargo; install Rust from https://rustup.rs, or point $CARGO to cargo",
    )
}

/// The options that decide what a build consists of. `cargo metadata` and `cargo build` must be given the same.
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

/// Removes what an outer `cargo run` set for us and the user did not: seen by the inner cargo it changes fingerprints,
/// and so everything would be built twice, and seen by the app it is wrong.
pub(crate) fn scrub(command: &mut Command) {
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_set_by_cargo(name)) {
        command.env_remove(name);
    }
    let (library_path, Some(value)) = (LIBRARY_PATH, std::env::var_os(LIBRARY_PATH)) else {
        return;
    };
    let mine = std::env::current_exe().ok();
    let kept: Vec<_> = std::env::split_paths(&value)
        .filter(|dir| !is_library_path_of_cargo(dir, mine.as_deref()))
        .collect();
    match std::env::join_paths(&kept) {
        Ok(paths) if !kept.is_empty() => command.env(library_path, paths),
        _ => command.env_remove(library_path),
    };
}

/// Where the system looks for shared libraries first.
const LIBRARY_PATH: &str = if cfg!(target_os = "macos") {
    "DYLD_FALLBACK_LIBRARY_PATH"
} else if cfg!(windows) {
    // On Windows that is PATH itself, and what cargo adds to it does no harm.
    ""
} else {
    "LD_LIBRARY_PATH"
};

fn is_set_by_cargo(name: &OsStr) -> bool {
    const NAMES: [&str; 12] = [
        "CARGO",
        "CARGO_BIN_NAME",
        "CARGO_CRATE_NAME",
        "CARGO_MAKEFLAGS",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_LINKS",
        "CARGO_MANIFEST_PATH",
        "CARGO_PRIMARY_PACKAGE",
        "CARGO_TARGET_TMPDIR",
        "OUT_DIR",
        "RUST_RECURSION_COUNT",
        "__CARGO_DEFAULT_LIB_METADATA",
    ];
    name.to_str().is_some_and(|name| {
        NAMES.contains(&name)
            || name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_BIN_EXE_")
    })
}

/// cargo adds its build scripts' folders, the folder of our own executable with its `deps`, and the toolchain's.
fn is_library_path_of_cargo(dir: &Path, executable: Option<&Path>) -> bool {
    let profile = executable.and_then(Path::parent);
    profile.is_some_and(|profile| dir.starts_with(profile))
        || dir.components().any(|part| part.as_os_str() == "rustlib")
        || dir.ends_with("lib")
            && dir
                .components()
                .any(|part| part.as_os_str() == "toolchains")
}
