//! The scope: the files that matter, and the effect of a change to each.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::cli::WatchOptions;
use crate::state::{Cause, Change, ChangedFiles, Effect};
use crate::watcher::ignored::Ignored;
use crate::workspace::Workspace;

/// The watched files: the package, its path dependencies, and the inputs of the last good build.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    base: Arc<Base>,
    inputs: Inputs,
}

/// The files that builds read.
#[derive(Clone, Debug)]
enum Inputs {
    /// There was no good build yet.
    Unknown,
    /// The last build failed. The last good one read these files.
    Former(Arc<HashSet<PathBuf>>),
    /// The last build was good and read these files.
    Current(Arc<HashSet<PathBuf>>),
}

/// The part of a scope that only a changed manifest changes.
#[derive(Debug)]
struct Base {
    root: PathBuf,
    packages: Vec<PathBuf>,
    scripted: BTreeSet<PathBuf>,
    /// The directories that cargo writes its output into.
    made: Vec<PathBuf>,
    options: WatchOptions,
}

impl Scope {
    /// The scope of a workspace that has not been built yet.
    pub(crate) fn new(workspace: &Workspace, options: &WatchOptions) -> Scope {
        Scope::of(Base {
            root: workspace.target.root.clone(),
            packages: workspace.target.packages.clone(),
            scripted: workspace.scripted.keys().cloned().collect(),
            made: workspace.output_dirs().map(Path::to_owned).to_vec(),
            options: options.clone(),
        })
    }

    /// The scope of a directory whose manifest cannot be read.
    pub(crate) fn unread(directory: &Path, options: &WatchOptions) -> Scope {
        Scope::of(Base {
            root: directory.to_owned(),
            packages: vec![directory.to_owned()],
            scripted: BTreeSet::new(),
            made: vec![directory.join("target")],
            options: options.clone(),
        })
    }

    fn of(mut base: Base) -> Scope {
        for path in base
            .options
            .path
            .iter_mut()
            .chain(&mut base.options.exclude_dir)
        {
            // A path that does not exist yet cannot be resolved.
            if let Ok(resolved) = path.canonicalize().or_else(|_| std::path::absolute(&path)) {
                *path = resolved;
            }
        }
        Scope {
            base: Arc::new(base),
            inputs: Inputs::Unknown,
        }
    }

    /// Returns the scope after a build that read `inputs`, or after a failed one, whose inputs are unknown.
    pub(crate) fn after(&self, inputs: Option<HashSet<PathBuf>>) -> Scope {
        let inputs = match (inputs, &self.inputs) {
            (Some(inputs), _) => Inputs::Current(Arc::new(inputs)),
            (None, Inputs::Current(former) | Inputs::Former(former)) => {
                Inputs::Former(former.clone())
            }
            (None, Inputs::Unknown) => Inputs::Unknown,
        };
        Scope {
            base: Arc::clone(&self.base),
            inputs,
        }
    }

    /// The interval of `--poll`.
    pub(super) fn poll(&self) -> Option<Duration> {
        self.base.options.poll
    }

    /// Returns `true` if the scopes differ at most in the inputs of builds.
    pub(super) fn has_base_of(&self, other: &Scope) -> bool {
        Arc::ptr_eq(&self.base, &other.base)
    }

    /// Returns the directories that are watched recursively.
    pub(super) fn roots(&self) -> impl Iterator<Item = &Path> {
        let extra = self.base.options.path.iter();
        self.base.packages.iter().chain(extra).map(PathBuf::as_path)
    }

    /// Returns the directories that are watched for a few files in them.
    pub(super) fn single_directories(&self) -> BTreeSet<PathBuf> {
        let root = &self.base.root;
        // A package's own directory can be deleted and created again. Only the watch on its parent reports that.
        let parents = self
            .base
            .packages
            .iter()
            .filter_map(|package| package.parent());
        let configured = (self.base.packages.iter()).map(|package| package.join(".cargo"));
        let mut directories: BTreeSet<PathBuf> = self
            .inputs()
            .filter_map(|input| input.parent())
            .chain(parents)
            .map(Path::to_owned)
            .chain([root.clone(), root.join(".cargo")])
            .chain(configured)
            .collect();
        directories.retain(|directory| directory.is_dir() && !self.is_made(directory));
        directories
    }

    /// Returns `true` if the path is below a watched root.
    pub(super) fn covers(&self, path: &Path) -> bool {
        self.roots().any(|root| path.starts_with(root)) && !self.excludes(path)
    }

    /// Returns `true` if the path is never watched.
    pub(super) fn excludes(&self, path: &Path) -> bool {
        self.is_made(path)
            || self.is_target_being_made(path)
            || self
                .base
                .options
                .exclude_dir
                .iter()
                .any(|dir| path.starts_with(dir))
    }

    /// Returns the effect of a change to this file, or `None` if the file does not matter.
    pub(super) fn effect(&self, path: &Path, ignored: &mut Ignored) -> Option<Effect> {
        if self.excludes(path) {
            return None;
        }
        if self.is_manifest(path) {
            return Some(Effect::Resolve);
        }
        if self.was_read(path) {
            return Some(Effect::Rebuild);
        }
        if path.file_name().is_some_and(|name| name == ".env") && self.is_of_package(path) {
            return Some(Effect::Restart);
        }
        if !self.covers(path) || is_scratch(path) || ignored.has(path) {
            return None;
        }
        Some(if self.may_be_read(path) {
            Effect::Rebuild
        } else {
            Effect::Reload
        })
    }

    /// Returns the effect of the deletion of this directory.
    pub(super) fn effect_of_directory(&self, directory: &Path) -> Option<Effect> {
        if self.inputs().any(|input| input.starts_with(directory)) {
            return Some(Effect::Rebuild);
        }
        self.covers(directory).then_some(Effect::Reload)
    }

    /// Returns the change with `path` as its cause.
    pub(super) fn change(&self, path: &Path, effect: Effect) -> Change {
        let shown = path.strip_prefix(&self.base.root).unwrap_or(path);
        Change::new(Cause::Changed(ChangedFiles::one(shown)), effect)
    }

    /// Returns `true` if the next build may read this file, although the last good one did not.
    fn may_be_read(&self, path: &Path) -> bool {
        let scripted = &self.base.scripted;
        let is_certain = matches!(self.inputs, Inputs::Current(_));
        self.base.options.all
            || scripted.iter().any(|package| path.starts_with(package))
            || is_new_target(path)
            // A build may have failed because of a missing file, such as one that `include_str!` names.
            || !is_certain && (path.exists() || path.extension().is_some_and(|extension| extension == "rs"))
    }

    fn was_read(&self, path: &Path) -> bool {
        match &self.inputs {
            Inputs::Current(inputs) | Inputs::Former(inputs) => inputs.contains(path),
            Inputs::Unknown => false,
        }
    }

    fn inputs(&self) -> impl Iterator<Item = &PathBuf> {
        let inputs = match &self.inputs {
            Inputs::Current(inputs) | Inputs::Former(inputs) => Some(inputs),
            Inputs::Unknown => None,
        };
        inputs.into_iter().flat_map(|inputs| inputs.iter())
    }

    fn is_made(&self, path: &Path) -> bool {
        self.base.made.iter().any(|made| path.starts_with(made))
    }

    /// Cargo creates its target directory under a name like `target4Jr6qG` and then renames it.
    fn is_target_being_made(&self, path: &Path) -> bool {
        let mut made = self.base.made.iter();
        made.any(|made| is_being_made(made, path) == Some(true))
    }

    fn is_manifest(&self, path: &Path) -> bool {
        let (Some(directory), Some(name)) =
            (path.parent(), path.file_name().and_then(|n| n.to_str()))
        else {
            return false;
        };
        let Base { root, packages, .. } = &*self.base;
        let is_ours = |directory: &Path| {
            directory == root || packages.iter().any(|package| package == directory)
        };
        match name {
            "Cargo.toml" => is_ours(directory),
            "Cargo.lock" | "rust-toolchain" | "rust-toolchain.toml" => directory == root,
            "config.toml" | "config" => {
                directory.ends_with(".cargo") && directory.parent().is_some_and(is_ours)
            }
            _ => false,
        }
    }

    fn is_of_package(&self, path: &Path) -> bool {
        path.parent() == self.base.packages.first().map(PathBuf::as_path)
    }
}

/// Returns `true` if `path` is below the temporary directory that cargo will rename to `made`.
fn is_being_made(made: &Path, path: &Path) -> Option<bool> {
    let (parent, name) = (made.parent()?, made.file_name()?);
    let first = path.strip_prefix(parent).ok()?.components().next()?;
    let first = first.as_os_str().as_encoded_bytes();
    let suffix = first.strip_prefix(name.as_encoded_bytes())?;
    Some(suffix.len() == 6 && suffix.is_ascii())
}

/// Returns `true` for a file that cargo finds by its name. A new one adds a target to the package.
fn is_new_target(path: &Path) -> bool {
    ["src/main.rs", "src/lib.rs", "build.rs"]
        .iter()
        .any(|name| path.ends_with(name))
}

/// Returns `true` for a file that an editor keeps beside the one it edits.
fn is_scratch(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_none_or(|name| {
            name.starts_with('.')
                || name.starts_with('#')
                || name.ends_with('~')
                || name.bytes().all(|b| b.is_ascii_digit())
        })
}
