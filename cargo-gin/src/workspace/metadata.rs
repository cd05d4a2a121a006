//! A run of `cargo metadata`.

use std::collections::HashSet;
use std::path::Path;
use std::process::Stdio;

use anyhow::Context as _;
use cargo_metadata::camino::Utf8PathBuf;
use cargo_metadata::{Metadata, MetadataCommand, Package};
use tokio::io::AsyncReadExt as _;
use tokio::process::ChildStderr;
use tokio::time::sleep;

use crate::cargo::{self, Lines, StatusLine};
use crate::cli::Selection;
use crate::os::exit::ExitStatus;
use crate::os::locks;
use crate::os::process::Process;
use crate::os::reaper::Reaper;
use crate::state::Progress;
use crate::workspace::manifests::Unloadable;

/// The packages that `cargo metadata` reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Those of all dependencies, of all platforms and tests, which cargo downloads.
    All,
    /// The members of the workspace.
    Members,
}

/// Runs `cargo metadata`, which may wait for a lock or for a registry. Dropping the future kills it.
///
/// If cargo cannot download a dependency, only local packages are read: a build may well do without one that only tests or
/// other platforms need.
pub(super) async fn metadata(
    selection: &Selection,
    manifest: &Path,
    reaper: &Reaper,
    on_progress: impl Fn(Progress),
) -> Result<Metadata, Unloadable> {
    match run(Extent::All, selection, manifest, reaper, &on_progress).await {
        Err(Unloadable::Manifest(text)) if lacks_download(&text) => {
            let local = local(selection, manifest, reaper, &on_progress).await;
            local.map_err(|_| Unloadable::Manifest(text))
        }
        read => read,
    }
}

/// Returns `true` if cargo could not download a package.
fn lacks_download(complaint: &str) -> bool {
    complaint.contains("failed to download")
}

/// Reads the members of the workspace, and all their path dependencies.
async fn local(
    selection: &Selection,
    manifest: &Path,
    reaper: &Reaper,
    on_progress: &impl Fn(Progress),
) -> Result<Metadata, Unloadable> {
    let mut found = run(Extent::Members, selection, manifest, reaper, on_progress).await?;
    let mut known: HashSet<_> = manifests(&found).into_iter().collect();
    let mut waiting: Vec<_> = found.packages.iter().flat_map(path_dependencies).collect();
    while let Some(manifest) = waiting.pop() {
        if !known.insert(manifest.clone()) {
            continue;
        }
        // Cargo reports a dependency that is broken when it builds.
        let others = run(
            Extent::Members,
            selection,
            manifest.as_std_path(),
            reaper,
            on_progress,
        )
        .await;
        let others = others.map_or_else(|_| Vec::new(), |others| others.packages);
        for package in others
            .into_iter()
            .filter(|other| other.manifest_path == manifest)
        {
            waiting.extend(path_dependencies(&package));
            found.packages.push(package);
        }
    }
    Ok(found)
}

fn manifests(metadata: &Metadata) -> Vec<Utf8PathBuf> {
    let packages = metadata.packages.iter();
    packages
        .map(|package| package.manifest_path.clone())
        .collect()
}

/// Returns the manifests of the path dependencies of a package.
fn path_dependencies(package: &Package) -> Vec<Utf8PathBuf> {
    let paths = package
        .dependencies
        .iter()
        .filter_map(|one| one.path.as_ref());
    paths.map(|path| path.join("Cargo.toml")).collect()
}

async fn run(
    extent: Extent,
    selection: &Selection,
    manifest: &Path,
    reaper: &Reaper,
    on_progress: &impl Fn(Progress),
) -> Result<Metadata, Unloadable> {
    let mut command = cargo::command();
    command
        .args([
            "metadata",
            "--format-version=1",
            "--color=never",
            "--manifest-path",
        ])
        .arg(manifest)
        .args(cargo::resolution(selection))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if extent == Extent::Members {
        command.arg("--no-deps");
    }
    let mut cargo = Process::spawn(command, reaper).map_err(cargo::unstartable)?;
    let (Some(mut stdout), Some(stderr)) = (cargo.stdout(), cargo.stderr()) else {
        return Err(anyhow::anyhow!("cargo was started without pipes").into());
    };
    let start = format!("reading {} (cargo metadata)", manifest.display());
    on_progress(Progress::preparing(start.clone()));
    let mut json = Vec::new();
    let (read, remarks) = tokio::join!(
        stdout.read_to_end(&mut json),
        follow(stderr, cargo.id(), start, on_progress)
    );
    read.context("cannot read what `cargo metadata` printed")?;
    let status = cargo.wait().await.context("cannot wait for cargo")?;
    if status != ExitStatus::Code(0) {
        let text = match (complaint(&remarks?), status.lacked_terminal()) {
            (_, Some(reason)) => format!("`cargo metadata` exited with {status}\n{reason}"),
            ("", None) => format!("`cargo metadata` exited with {status}"),
            (complaint, None) => with_remedy(complaint),
        };
        return Err(Unloadable::Manifest(text));
    }
    let metadata = MetadataCommand::parse(String::from_utf8_lossy(&json))
        .context("cannot read what `cargo metadata` printed")?;
    Ok(metadata)
}

/// Reports the progress in cargo's standard error, and returns its text. `start` is the work that it begins with.
async fn follow(
    stderr: ChildStderr,
    cargo: u32,
    start: String,
    on_progress: impl Fn(Progress),
) -> anyhow::Result<String> {
    let mut lines = Lines::new(stderr, b"\r\n");
    let mut text = String::new();
    let mut progress = Progress::preparing(start);
    let mut reported = progress.clone();
    loop {
        tokio::select! {
            line = lines.next() => match line.context("cannot read cargo's progress")? {
                Some(line) => {
                    let line = String::from_utf8_lossy(line);
                    if let Some(line) = StatusLine::parse(&line) {
                        progress.advance(line);
                    }
                    text.push_str(&line);
                    text.push('\n');
                    if progress.blocked.is_some() {
                        // A lock is reported with its holder, once that is looked up.
                        continue;
                    }
                }
                None => return Ok(text),
            },
            () = sleep(locks::LOOKUP), if progress.blocked.is_some() => {
                progress.held_by(locks::describe_holder(cargo));
            }
        }
        if progress != reported {
            on_progress(progress.clone());
            reported.clone_from(&progress);
        }
    }
}

/// Returns cargo's output from its error on. Warnings and the update of an index may come before it.
fn complaint(stderr: &str) -> &str {
    let after_line = stderr.find("\nerror").map(|end| end + 1);
    match after_line {
        Some(start) if !stderr.starts_with("error") => &stderr[start..],
        _ => stderr,
    }
}

/// Adds a remedy to the complaint that gin-core is not where the manifest names it: `cargo gin new` may have named a checkout.
fn with_remedy(complaint: &str) -> String {
    let unread = complaint.split_once("failed to read `");
    let path = unread.and_then(|(_, rest)| Some(Path::new(rest.split_once('`')?.0)));
    match path.and_then(Path::parent) {
        Some(directory) if directory.ends_with("gin-core") && !directory.exists() => format!(
            "{complaint}\n\nCargo.toml takes gin-core from {}, which is gone. If its checkout was moved, change the path there; else \
             clone gin, or put a published version in place of the path.",
            directory.display()
        ),
        _ => complaint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gin_core_that_is_gone_has_a_remedy() {
        let complaint = |path: &str| {
            format!(
                "error: failed to get `gin-core` as a dependency\n\nCaused by:\n  failed to read `{path}`\n"
            )
        };
        let gone = with_remedy(&complaint("/nowhere/gin/gin-core/Cargo.toml"));
        assert!(gone.contains("takes gin-core from /nowhere/gin/gin-core, which is gone"));
        for other in ["/nowhere/other/Cargo.toml", "/nowhere"] {
            assert_eq!(with_remedy(&complaint(other)), complaint(other));
        }
    }
}
