//! The files that could mend a failed build: those that its messages mention, and those that its crates have read.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::cargo;
use crate::diagnostics::{Diagnostic, Diagnostics, Message, Origin};
use crate::inputs::build::Output;
use crate::inputs::dep_info::DepInfo;
use crate::inputs::mentions::{candidates, mentions};
use crate::inputs::scripts::declared;
use crate::inputs::{Inputs, ScriptRun};
use crate::state::Effect;
use crate::workspace::Workspace;

/// The number of mentioned files that are taken. A message may mention any number.
const MOST: usize = 1_000;

impl Inputs {
    /// Finds the files that could mend a failed build, which began at `began` and ran these scripts.
    ///
    /// Any file in a local package could as well. Those are not listed.
    pub(crate) fn of_failed_build(
        diagnostics: &Diagnostics,
        scripts: &[ScriptRun],
        workspace: &Workspace,
        began: SystemTime,
    ) -> Inputs {
        let output = Output::of(workspace);
        let root = workspace.target.root.as_path();
        let packages = workspace.target.packages.iter().map(PathBuf::as_path);
        let directories: Vec<_> = std::iter::once(root).chain(packages).collect();
        let mut inputs = Inputs::of_scripts(scripts, workspace);
        for diagnostic in diagnostics.iter() {
            inputs.add_mentioned(diagnostic, &directories, &output);
        }
        for dep_info in newest(&workspace.build_dir, began) {
            for file in &dep_info.files {
                inputs.add_read(root.join(file), &output);
            }
        }
        inputs
    }

    /// Finds the files that could mend a `cargo metadata` that failed with this text.
    pub(crate) fn of_failed_load(text: &str, manifest: &Path) -> Inputs {
        let mut inputs = Inputs::default();
        let mentioned = mentions(text);
        let manifests = mentioned
            .iter()
            .map(Path::new)
            .filter(|path| path.is_absolute());
        let packages = manifests.map(|path| match path.extension() {
            Some(_) => path.parent().unwrap_or(path),
            None => path,
        });
        let directories: Vec<_> = packages.chain(manifest.parent()).collect();
        for name in &mentioned {
            inputs.add_candidates(name, &directories, Effect::Resolve, |_| true);
        }
        let home = cargo::home("CARGO_HOME", ".cargo");
        for name in ["credentials", "credentials.toml"] {
            if let Some(home) = &home {
                inputs.add(home.join(name), Effect::Resolve);
            }
        }
        inputs
    }

    /// Adds the files that a diagnostic mentions, relative to one of these directories.
    fn add_mentioned(&mut self, diagnostic: &Diagnostic, directories: &[&Path], output: &Output) {
        let message = &diagnostic.message;
        let mut names = message.files();
        match diagnostic.origin {
            Origin::Rustc => names.extend(texts(message).into_iter().flat_map(mentions)),
            Origin::Linker | Origin::BuildScript | Origin::Cargo | Origin::Hook => {
                let text = diagnostic.printed();
                names.extend(mentions(text));
                for path in directories.iter().flat_map(|dir| declared(text, dir)) {
                    self.add_read(path, output);
                }
            }
            // Our own messages mention `.env` files, which are inputs anyway.
            Origin::Gin => {}
        }
        for name in names {
            self.add_candidates(name, directories, Effect::Rebuild, |path| {
                output.is_foreign(path)
            });
        }
    }

    /// Adds the files that a name may stand for. Of a directory, only its manifest counts.
    fn add_candidates(
        &mut self,
        name: &str,
        directories: &[&Path],
        effect: Effect,
        is_wanted: impl Fn(&Path) -> bool,
    ) {
        for path in candidates(name, directories.iter().copied()) {
            let path = if path.is_dir() {
                path.join("Cargo.toml")
            } else {
                path
            };
            if self.paths.len() < MOST && !is_dump(&path) && is_wanted(&path) {
                let effect = if decides_packages(&path) {
                    Effect::Resolve
                } else {
                    effect
                };
                self.add(path, effect);
            }
        }
    }
}

/// Returns `true` for a file that the compiler writes when it crashes: `rustc-ice-2026-11-28T15_07_41-1234.txt`.
pub(crate) fn is_dump(file: &Path) -> bool {
    let name = file.file_name().and_then(OsStr::to_str);
    let dump = name.and_then(|name| name.strip_prefix("rustc-ice-"));
    dump.is_some_and(|dump| dump.strip_suffix(".txt").is_some())
}

/// Returns the texts of a message and of those below it.
fn texts(message: &Message) -> Vec<&str> {
    let nested = message.children.iter().flat_map(texts);
    std::iter::once(message.message.as_str())
        .chain(nested)
        .collect()
}

/// Returns `true` for the files that decide the packages and their settings.
fn decides_packages(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    let names = [
        "Cargo.toml",
        "Cargo.lock",
        "rust-toolchain",
        "rust-toolchain.toml",
    ];
    names.iter().any(|known| name == *known)
        || path
            .parent()
            .is_some_and(|directory| directory.ends_with(".cargo"))
}

/// Reads the dep-info files that rustc has written since `began`. It writes one for a crate that fails, too, if it can be parsed.
fn newest(build_dir: &Path, began: SystemTime) -> Vec<DepInfo> {
    /// File systems may keep times in steps of two seconds.
    const STEP: Duration = Duration::from_secs(2);
    /// `TRIPLE/PROFILE/build/PACKAGE/HASH/out`
    const DEPTH: usize = 6;
    let began = began.checked_sub(STEP).unwrap_or(began);
    let mut found = Vec::new();
    let mut level = vec![build_dir.to_owned()];
    for _ in 0..=DEPTH {
        let entries = level.iter().flat_map(fs::read_dir).flatten();
        let (directories, files): (Vec<_>, Vec<_>) = entries
            .flatten()
            .partition(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        let files = files.iter().map(fs::DirEntry::path);
        let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "d"));
        let files = files.filter(|path| {
            let metadata = path.metadata();
            metadata
                .and_then(|metadata| metadata.modified())
                .is_ok_and(|time| time >= began)
        });
        found.extend(files.filter_map(|path| fs::read_to_string(path).ok()));
        let directories = directories
            .iter()
            .filter(|directory| may_have_dep_info(directory));
        level = directories.map(fs::DirEntry::path).collect();
    }
    let found = found.iter().map(|text| DepInfo::parse(text));
    found.filter(DepInfo::is_of_rustc).collect()
}

fn may_have_dep_info(directory: &fs::DirEntry) -> bool {
    let others = [
        ".fingerprint",
        "doc",
        "fingerprint",
        "incremental",
        "package",
        "run",
        "tmp",
    ];
    others.iter().all(|name| directory.file_name() != *name)
}
