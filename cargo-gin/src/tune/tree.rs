//! The crates that a program is built of, as `cargo tree` lists them.

use std::collections::HashSet;
use std::process::Stdio;

use tokio::io::AsyncReadExt as _;

use crate::cargo;
use crate::cli::{BuildOptions, Selection};
use crate::os::exit::ExitStatus;
use crate::os::process::Process;
use crate::os::reaper::Reaper;
use crate::workspace::Workspace;

/// Counts the crates, or returns `None` if cargo cannot list them.
pub(super) async fn crates(
    workspace: &Workspace,
    selection: &Selection,
    options: &BuildOptions,
    reaper: &Reaper,
) -> anyhow::Result<Option<usize>> {
    let mut command = cargo::command();
    command
        .args(["tree", "--edges=normal,build", "--prefix=none"])
        .args(["--format={p}", "--color=never"])
        .args(["--package", &workspace.package])
        .args(cargo::resolution(selection))
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if let Some(manifest) = &selection.manifest_path {
        command.arg("--manifest-path").arg(manifest);
    }
    if let Some(target) = &options.target {
        command.args(["--target", target]);
    }
    let mut cargo = Process::spawn(command, reaper).map_err(cargo::unstartable)?;
    let mut text = String::new();
    if let Some(mut stdout) = cargo.stdout() {
        stdout.read_to_string(&mut text).await?;
    }
    let status = cargo.wait().await?;
    Ok((status == ExitStatus::Code(0)).then(|| count(&text)))
}

/// Counts the different crates in a list. One that was listed before has a mark.
fn count(list: &str) -> usize {
    let lines = list.lines().map(|line| line.trim_end_matches(" (*)"));
    let crates: HashSet<&str> = lines.filter(|line| !line.is_empty()).collect();
    crates.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_counts_once() {
        let list = "app v0.1.0 (/app)\nserde v1.0.0\nserde_derive v1.0.0 (proc-macro)\n\nserde v1.0.0 (*)\nserde v0.9.0\n";
        assert_eq!(count(list), 4);
        assert_eq!(count(""), 0);
    }
}
