//! Cargo as a command.

use std::ffi::OsString;
use std::io;

use tokio::process::Command;

use crate::cargo::environment::scrub;
use crate::cargo::toolchain;
use crate::cli::Selection;

/// Returns the command `cargo`, ready for arguments.
pub(crate) fn command() -> Command {
    let mut command = Command::new(toolchain::cargo());
    scrub(&mut command);
    refuse_prompts(&mut command);
    command
}

/// Makes git and ssh fail with a message where they would prompt for a password: they could not read it.
///
/// Variables that the user has set stay, such as a program that prompts in a window.
fn refuse_prompts(command: &mut Command) {
    for (name, value) in [
        ("GIT_TERMINAL_PROMPT", "0"),
        ("SSH_ASKPASS_REQUIRE", "force"),
        ("SSH_ASKPASS", "false"),
    ] {
        if std::env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
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
    for config in &selection.config {
        args.extend(["--config".into(), config.into()]);
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
