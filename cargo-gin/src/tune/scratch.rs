//! The scratch directory: a copy of the sources, and target directories.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio::task::yield_now;

use crate::os::room;
use crate::tune::copy::Copy;
use crate::tune::size::bytes;
use crate::workspace::Workspace;

/// The name of the scratch directory in the target directory.
const NAME: &str = "gin-tune";

/// The space that is left to the rest of the machine, in bytes.
const RESERVE: u64 = 512 << 20;

/// A directory for one run. Dropping it deletes it.
#[derive(Debug)]
pub(super) struct Scratch {
    directory: PathBuf,
    /// The directory that the copies of sources correspond to: the one around all of them.
    base: PathBuf,
    /// Held by this run, so that another one does not delete the directory.
    lock: Option<File>,
}

impl Scratch {
    /// Makes the directory, after a check that no other run uses it. An earlier run that was killed may have left one.
    pub(super) fn create(workspace: &Workspace) -> anyhow::Result<Scratch> {
        let target = &workspace.target.recipe.target_dir;
        let advice = "the measurement needs a directory to write to; choose one with --target-dir";
        fs::create_dir_all(target)
            .with_context(|| format!("cannot create {}: {advice}", target.display()))?;
        let path = target.join(format!("{NAME}.lock"));
        let lock = File::create(&path)
            .with_context(|| format!("cannot write {}: {advice}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "another `cargo gin tune` uses {}; wait until it ends, or choose another directory with --target-dir",
                target.display()
            ),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        let directory = target.join(NAME);
        let scratch = Scratch {
            base: base(&roots(workspace)),
            directory,
            lock: Some(lock),
        };
        scratch.clear().with_context(|| {
            format!(
                "cannot delete {} of an earlier run",
                scratch.directory.display()
            )
        })?;
        fs::create_dir(&scratch.directory)
            .with_context(|| format!("cannot create {}", scratch.directory.display()))?;
        Ok(scratch)
    }

    /// Copies the sources of the workspace and of its path dependencies. It can be cancelled between directories.
    pub(super) async fn fill(&self, workspace: &Workspace) -> anyhow::Result<()> {
        let excluded = workspace.output_dirs().map(Path::to_owned).to_vec();
        let mut copy = Copy::without(excluded);
        let roots = roots(workspace);
        for root in &roots {
            let to = self.copy_of(root).context("a source is below all roots")?;
            copy.add(root, to);
        }
        while copy.step()? {
            yield_now().await;
        }
        // A package outside may take values from the manifest of its own workspace.
        for manifest in roots.iter().filter_map(|root| workspace_manifest(root)) {
            if let Some(to) = self.copy_of(&manifest)
                && !to.exists()
            {
                fs::copy(&manifest, &to)
                    .with_context(|| format!("cannot copy {}", manifest.display()))?;
            }
        }
        Ok(())
    }

    /// Returns the path of the copy of a file.
    pub(super) fn copy_of(&self, original: &Path) -> Option<PathBuf> {
        let path = original.strip_prefix(&self.base).ok()?;
        Some(self.directory.join("sources").join(path))
    }

    /// Returns the file that a copy was made of, or `None` for a file that is not a copy.
    pub(super) fn original_of(&self, copy: &Path) -> Option<PathBuf> {
        let path = copy.strip_prefix(self.directory.join("sources")).ok()?;
        Some(self.base.join(path))
    }

    /// Returns the target directory with this name.
    pub(super) fn target(&self, name: &str) -> PathBuf {
        self.directory.join("targets").join(name)
    }

    /// Deletes a target directory.
    pub(super) fn discard(&self, name: &str) -> anyhow::Result<()> {
        let target = self.target(name);
        remove(&target).with_context(|| format!("cannot delete {}", target.display()))
    }

    /// Fails if so many bytes are not free.
    pub(super) fn check_room(&self, needed: u64) -> anyhow::Result<()> {
        let Some(free) = room::free(&self.directory) else {
            return Ok(());
        };
        ensure!(
            free >= needed.saturating_add(RESERVE),
            "a second target directory needs about {}, and {} are free in {}; delete something, or choose another directory with --target-dir",
            bytes(needed.saturating_add(RESERVE)),
            bytes(free),
            self.directory.display()
        );
        Ok(())
    }

    fn clear(&self) -> io::Result<()> {
        remove(&self.directory)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The next run, or `cargo clean`, deletes a directory that we cannot.
        let _ = self.clear();
        self.lock = None;
        let _ = fs::remove_file(self.directory.with_file_name(format!("{NAME}.lock")));
    }
}

/// Deletes a directory, if it is there. Compilers that were just killed may still write to it.
fn remove(directory: &Path) -> io::Result<()> {
    const ATTEMPTS: usize = 200;
    /// No system announces the end of a process group.
    const PACE: Duration = Duration::from_millis(10);
    for _ in 1..ATTEMPTS {
        match fs::remove_dir_all(directory) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => sleep(PACE),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !directory.exists() => {
                return Ok(());
            }
            done => return done,
        }
    }
    fs::remove_dir_all(directory)
}

/// The directories that are copied: the workspace's, and those of path dependencies outside.
fn roots(workspace: &Workspace) -> Vec<PathBuf> {
    let manifests = workspace.manifests.iter();
    let directories = manifests.filter_map(|manifest| manifest.parent().map(Path::to_owned));
    let mut all: Vec<PathBuf> = directories.chain([workspace.target.root.clone()]).collect();
    all.sort();
    all.dedup();
    let mut roots: Vec<PathBuf> = Vec::new();
    for directory in all {
        // A directory sorts before those in it.
        if !roots.iter().any(|root| directory.starts_with(root)) {
            roots.push(directory);
        }
    }
    roots
}

/// Returns the innermost directory around all of these.
fn base(roots: &[PathBuf]) -> PathBuf {
    let first = roots.first().map_or(Path::new("/"), PathBuf::as_path);
    let is_around = |directory: &&Path| roots.iter().all(|root| root.starts_with(directory));
    let around = first.ancestors().find(is_around);
    around.unwrap_or(first).to_owned()
}

/// Returns the manifest of the workspace around a package, if there is one.
fn workspace_manifest(package: &Path) -> Option<PathBuf> {
    let mut manifests = package
        .ancestors()
        .skip(1)
        .map(|directory| directory.join("Cargo.toml"));
    manifests.find(|manifest| {
        let text = fs::read_to_string(manifest).unwrap_or_default();
        let table: Option<toml::Table> = toml::from_str(&text).ok();
        table.is_some_and(|table| table.contains_key("workspace"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_around_all_roots() {
        for (roots, expected) in [
            (vec!["/home/ann/app"], "/home/ann/app"),
            (vec!["/home/ann/app", "/home/ann/lib"], "/home/ann"),
            (vec!["/home/ann/app", "/opt/lib"], "/"),
            (vec!["/home/ann/app", "/home/ann/app2"], "/home/ann"),
        ] {
            let paths: Vec<PathBuf> = roots.iter().map(PathBuf::from).collect();
            assert_eq!(base(&paths), Path::new(expected), "{roots:?}");
        }
    }
}
