//! The command of cargo that builds or checks.

use std::collections::BTreeSet;

use anyhow::Context as _;
use tokio::process::Command;

use crate::cargo;
use crate::cli::{BuildOptions, Selection};
use crate::workspace::{Kind, Workspace};

/// The command of cargo that compiles the workspace's target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subcommand {
    Build,
    /// Compiles it with more arguments for its own compiler, which follow `--`.
    Rustc,
    /// Checks it with more lints.
    Clippy,
}

/// Returns the command that builds or checks the workspace's target.
pub(crate) fn command(
    subcommand: Subcommand,
    workspace: &Workspace,
    selection: &Selection,
    options: &BuildOptions,
) -> anyhow::Result<Command> {
    let mut command = cargo::command();
    command.arg(match subcommand {
        Subcommand::Build => "build",
        Subcommand::Rustc => "rustc",
        Subcommand::Clippy => "clippy",
    });
    command.args([
        "--message-format=json-diagnostic-rendered-ansi",
        "--color=never",
        "--config=term.progress.when='always'",
        "--config=term.progress.width=200",
    ]);
    if let Some(manifest) = &selection.manifest_path {
        command.arg("--manifest-path").arg(manifest);
    }
    // An id, because a dependency may have the same name.
    let others = workspace.sides.iter().map(|side| &side.package);
    let packages: BTreeSet<&String> = others.chain([&workspace.package]).collect();
    for package in packages {
        command.args(["--package", package]);
    }
    for side in &workspace.sides {
        command.args(["--bin", &side.name]);
    }
    command.args([
        match workspace.kind {
            Kind::Bin => "--bin",
            Kind::Example => "--example",
        },
        &workspace.target.name,
    ]);
    command.args(cargo::resolution(selection));
    if options.release {
        command.arg("--release");
    }
    if let Some(profile) = &options.profile {
        command.args(["--profile", profile]);
    }
    if let Some(target) = &options.target {
        command.args(["--target", target]);
    }
    if let Some(dir) = &options.target_dir {
        command.arg("--target-dir").arg(dir);
    }
    if let Some(args) = &options.build_args {
        command.args(
            shell_words::split(args)
                .with_context(|| format!("cannot split --build-args {args:?}"))?,
        );
    }
    Ok(command)
}
