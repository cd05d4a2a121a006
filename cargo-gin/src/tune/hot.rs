//! The source files that are edited: those that the user names, or the one that is committed most often.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::SystemTime;

use anyhow::{Context as _, ensure};
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use crate::inputs::DepInfo;
use crate::os::process::Process;
use crate::os::reaper::Reaper;
use crate::tune::edit::{Spot, spots};
use crate::tune::scratch::Scratch;

/// A source file in the copy, and the places that an edit may change.
#[derive(Clone, Debug)]
pub(super) struct HotFile {
    /// The user's file.
    pub(super) original: PathBuf,
    pub(super) copy: PathBuf,
    pub(super) text: String,
    pub(super) spots: Vec<Spot>,
}

impl HotFile {
    /// Restores the copy.
    pub(super) fn restore(&self) -> anyhow::Result<()> {
        fs::write(&self.copy, &self.text)
            .with_context(|| format!("cannot write {}", self.copy.display()))
    }
}

/// Returns the files that the user names.
pub(super) fn named(paths: &[PathBuf], scratch: &Scratch) -> anyhow::Result<Vec<HotFile>> {
    let file = |path: &PathBuf| {
        let original = path
            .canonicalize()
            .with_context(|| format!("cannot read {}", path.display()))?;
        let file = scratch
            .copy_of(&original)
            .and_then(|copy| hot_file(original, copy));
        file.with_context(|| {
            format!(
                "{} has no function of this project that an edit could change; name another file with --edit",
                path.display()
            )
        })
    };
    paths.iter().map(file).collect()
}

/// Returns the source files that a program was built of, the one that is committed most often first.
pub(super) async fn ranked(
    executable: &Path,
    root: &Path,
    scratch: &Scratch,
    reaper: &Reaper,
) -> anyhow::Result<Vec<HotFile>> {
    let dep_info = DepInfo::of_program(executable).with_context(|| {
        let path = executable.with_extension("d");
        format!("cannot read {}", path.display())
    })?;
    let commits = commits(root, reaper).await;
    let sources = dep_info.files.into_iter();
    let sources = sources.filter(|path| path.extension().is_some_and(|name| name == "rs"));
    let mut files: Vec<HotFile> = sources
        .filter_map(|copy| hot_file(scratch.original_of(&copy)?, copy))
        .collect();
    files.sort_by_cached_key(|file| {
        let count = commits.get(&file.original).copied().unwrap_or(0);
        std::cmp::Reverse((count, saved(&file.original)))
    });
    ensure!(
        !files.is_empty(),
        "no source file of this project has a function that an edit could change"
    );
    Ok(files)
}

fn hot_file(original: PathBuf, copy: PathBuf) -> Option<HotFile> {
    let text = fs::read_to_string(&copy).ok()?;
    let spots = spots(&text);
    // A link may lead to the user's own file.
    let is_copy =
        copy.canonicalize().ok()? == copy.parent()?.canonicalize().ok()?.join(copy.file_name()?);
    (is_copy && !spots.is_empty()).then_some(HotFile {
        original,
        copy,
        text,
        spots,
    })
}

fn saved(path: &Path) -> Option<SystemTime> {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok()
}

/// Counts the latest commits that changed each file. There are none without git.
async fn commits(root: &Path, reaper: &Reaper) -> HashMap<PathBuf, usize> {
    let mut counts = HashMap::new();
    let names = changed_names(root, reaper).await.unwrap_or_default();
    for name in names
        .split('\0')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        *counts.entry(root.join(name)).or_insert(0) += 1;
    }
    counts
}

async fn changed_names(root: &Path, reaper: &Reaper) -> Option<String> {
    let mut command = Command::new("git");
    command
        .args([
            "log",
            "-n",
            "200",
            "--no-merges",
            "--format=",
            "--name-only",
            "--relative",
            "-z",
        ])
        .args(["--", "*.rs"])
        .current_dir(root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut git = Process::spawn(command, reaper).ok()?;
    let mut names = Vec::new();
    git.stdout()?.read_to_end(&mut names).await.ok()?;
    git.wait().await.ok()?;
    String::from_utf8(names).ok()
}
