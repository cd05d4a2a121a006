//! The workspace around a new project, which has to make sense to cargo before and after.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, anyhow, bail};

use crate::cargo;
use crate::new::members::with_member;

/// The surroundings of a new project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Surroundings {
    /// No workspace is around it.
    Alone,
    /// git ignores it, so it is none of the workspace's packages, although cargo would take it for one.
    Ignored,
    /// The manifest of the workspace's root.
    Workspace(PathBuf),
}

/// The place of a new project in the workspace around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is a member.
    Member,
    /// The workspace excludes it.
    Outside,
}

impl Surroundings {
    /// Finds the surroundings of a project at `path`. Fails if cargo cannot read the workspace.
    pub(super) fn of(path: &Path) -> anyhow::Result<Surroundings> {
        let above = path.ancestors().skip(1);
        let mut manifests = above.map(|directory| directory.join("Cargo.toml"));
        let Some(root) = manifests.find(|manifest| is_root(manifest)) else {
            return Ok(Surroundings::Alone);
        };
        if is_ignored(path) {
            return Ok(Surroundings::Ignored);
        }
        workspace_root(&root).map_err(|complaint| {
            anyhow!(
                "cargo cannot read the workspace of {}, which the project would be in; mend that, or choose a path outside of it. \
                 Nothing was written\n{complaint}",
                root.display()
            )
        })?;
        Ok(Surroundings::Workspace(root))
    }
}

/// Finds the place of the project at `path`, which was written as a member of the workspace of `root`, and adds it to the
/// workspace's list of members if cargo misses it there. If cargo then rejects either of them, the list is as it was.
pub(super) fn settle(path: &Path, root: &Path) -> anyhow::Result<Place> {
    let own = path.join("Cargo.toml");
    if let Ok(found) = workspace_root(&own) {
        workspace_root(root).map_err(anyhow::Error::msg)?;
        let is_own = is_same(&found, path);
        return Ok(if is_own {
            Place::Outside
        } else {
            Place::Member
        });
    }
    let before =
        fs::read_to_string(root).with_context(|| format!("cannot read {}", root.display()))?;
    let directory = root.parent().unwrap_or(root);
    let member = member(path, directory)?;
    let after = with_member(&before, &member)
        .with_context(|| format!("cannot add a member to {}", root.display()))?;
    write(root, &after)?;
    let checked = workspace_root(&own).and_then(|_| workspace_root(root));
    if let Err(complaint) = checked {
        write(root, &before)?;
        bail!("cargo rejects the project as a member of the workspace:\n{complaint}");
    }
    Ok(Place::Member)
}

/// Returns the path of a member, as a manifest in `directory` has it.
fn member(path: &Path, directory: &Path) -> anyhow::Result<String> {
    let inside = path
        .strip_prefix(directory)
        .context("the project is not in the workspace")?;
    let parts: Option<Vec<_>> = inside.iter().map(|part| part.to_str()).collect();
    let parts = parts.with_context(|| format!("{} is not UTF-8", inside.display()))?;
    Ok(parts.join("/"))
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Returns `true` for the manifest of a workspace's root.
fn is_root(manifest: &Path) -> bool {
    let text = fs::read_to_string(manifest).unwrap_or_default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    match text.parse::<toml::Table>() {
        Ok(table) => table.contains_key("workspace"),
        // Cargo stops at a manifest that it cannot read, and so says why.
        Err(_) => text.contains("[workspace"),
    }
}

/// Returns the root of the workspace that cargo finds for a manifest, or cargo's complaint.
fn workspace_root(manifest: &Path) -> Result<PathBuf, String> {
    let mut command = cargo::command().into_std();
    command
        .args([
            "metadata",
            "--format-version=1",
            "--no-deps",
            "--color=never",
        ])
        .arg("--manifest-path")
        .arg(manifest)
        .stdin(Stdio::null());
    let output = command.output();
    let output = output.map_err(|error| format!("{:#}", cargo::unstartable(error)))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    let json: serde_json::Value =
        serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let root = json.get("workspace_root").and_then(|root| root.as_str());
    root.map(PathBuf::from)
        .ok_or_else(|| "`cargo metadata` names no root of the workspace".to_owned())
}

fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(one) == real(other)
}

/// Returns `true` if git ignores the path. Without git it does not.
fn is_ignored(path: &Path) -> bool {
    let existing = path.ancestors().skip(1).find(|above| above.is_dir());
    let Some(existing) = existing else {
        return false;
    };
    let status = Command::new("git")
        .args(["check-ignore", "--quiet"])
        .arg(path)
        .current_dir(existing)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}
