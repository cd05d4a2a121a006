//! Commands as a user's shell would start them, without the variables of `cargo test`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// Returns a command without the variables that `cargo test`, or the user who runs it, has set for cargo, `cargo gin` or an app.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    const NAMES: [&str; 10] = [
        "HOST",
        "LD_LIBRARY_PATH",
        "OUT_DIR",
        "PORT",
        "RUSTFLAGS",
        "RUST_BACKTRACE",
        "BIN_APP_PORT",
        "CARGO",
        "CARGO_INCREMENTAL",
        "CAROOT",
    ];
    const PREFIXES: [&str; 6] = [
        "CARGO_BIN_",
        "CARGO_BUILD_",
        "CARGO_MANIFEST_",
        "CARGO_PKG_",
        "CARGO_TARGET_",
        "GIN_",
    ];
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if NAMES.contains(&&*text) || PREFIXES.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Returns the cargo that runs the tests, with the user's target directory.
pub(crate) fn cargo() -> Command {
    let mut command = command(env!("CARGO"));
    if let Some(target) = std::env::var_os("CARGO_TARGET_DIR") {
        command.env("CARGO_TARGET_DIR", target);
    }
    command
}

/// Returns the cargo that builds this workspace, as all of it is built for the tests.
pub(crate) fn own_cargo() -> Command {
    let mut command = cargo();
    if let Some(value) = std::env::var_os("CARGO_INCREMENTAL") {
        command.env("CARGO_INCREMENTAL", value);
    }
    command
}

/// Returns the workspace's root directory.
pub(crate) fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the tests are in the workspace")
}

/// Returns the path of this workspace's `cargo-gin`, which the first call builds.
pub(crate) fn cargo_gin() -> &'static Path {
    static EXECUTABLE: OnceLock<PathBuf> = OnceLock::new();
    EXECUTABLE.get_or_init(|| {
        let mut build = own_cargo();
        build.args(["build", "--quiet", "--package", "cargo-gin"]);
        build.arg("--message-format=json");
        let output = build
            .current_dir(root())
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo can be started");
        assert!(output.status.success(), "cargo-gin does not build");
        let lines = String::from_utf8_lossy(&output.stdout);
        let messages = lines
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let executable = messages
            .filter(|message| message["target"]["name"] == "cargo-gin")
            .find_map(|message| message["executable"].as_str().map(PathBuf::from));
        executable.expect("cargo reports the path of cargo-gin")
    })
}

/// Returns this workspace's target directory.
pub(crate) fn target_directory() -> PathBuf {
    let profile = cargo_gin().parent().expect("a binary is in a directory");
    let target = profile
        .parent()
        .expect("a profile is in a target directory");
    target.to_owned()
}
