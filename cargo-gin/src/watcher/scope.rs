//! Which files count, and what for.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::cli::WatchOptions;
use crate::state::{Cause, Change, ChangedFiles, Effect};
use crate::watcher::ignored::Ignored;
use crate::workspace::Workspace;

/// What is watched: the package, its path dependencies, and what the last good build read.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    base: Arc<Base>,
    inputs: Inputs,
}

/// The files that builds read.
#[derive(Clone, Debug)]
enum Inputs {
    /// Nothing was built yet.
    Unknown,
    /// The last build failed. The last good one read these.
    Former(Arc<HashSet<PathBuf>>),
    /// The last build was good and read these.
    Current(Arc<HashSet<PathBuf>>),
}

/// What only a changed manifest changes.
#[derive(Debug)]
struct Base {
    root: PathBuf,
    packages: Vec<PathBuf>,
    scripted: BTreeSet<PathBuf>,
    /// The folders that cargo puts what it makes in.
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
            made: workspace.made().map(Path::to_owned).to_vec(),
            options: options.clone(),
        })
    }

    /// The scope of a folder whose manifest can't be read.
    pub(crate) fn unread(folder: &Path, options: &WatchOptions) -> Scope {
        Scope::of(Base {
            root: folder.to_owned(),
            packages: vec![folder.to_owned()],
            scripted: BTreeSet::new(),
            made: vec![folder.join("target")],
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
            // What is not there yet can't be resolved.
            if let Ok(resolved) = path.canonicalize().or_else(|_| std::path::absolute(&path)) {
                *path = resolved;
            }
        }
        Scope {
            base: Arc::new(base),
            inputs: Inputs::Unknown,
        }
    }

    /// The same scope after a build that read `inputs`, or after one that failed and told nothing.
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

    /// Do both speak of the same workspace, but for what its builds read?
    pub(super) fn has_base_of(&self, other: &Scope) -> bool {
        Arc::ptr_eq(&self.base, &other.base)
    }

    /// The folders that are watched with all that is in them.
    pub(super) fn roots(&self) -> impl Iterator<Item = &Path> {
        let extra = self.base.options.path.iter();
        self.base.packages.iter().chain(extra).map(PathBuf::as_path)
    }

    /// The folders that are watched for a few files in them.
    pub(super) fn single_folders(&self) -> BTreeSet<PathBuf> {
        let root = &self.base.root;
        // A package's own folder can be deleted and made anew: only its parent hears of that.
        let parents = self
            .base
            .packages
            .iter()
            .filter_map(|package| package.parent());
        let configured = (self.base.packages.iter()).map(|package| package.join(".cargo"));
        let mut folders: BTreeSet<PathBuf> = self
            .inputs()
            .filter_map(|input| input.parent())
            .chain(parents)
            .map(Path::to_owned)
            .chain([root.clone(), root.join(".cargo")])
            .chain(configured)
            .collect();
        folders.retain(|folder| folder.is_dir() && !self.is_made(folder));
        folders
    }

    /// Is this path below a watched root?
    pub(super) fn covers(&self, path: &Path) -> bool {
        self.roots().any(|root| path.starts_with(root)) && !self.excludes(path)
    }

    /// Is this path never watched?
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

    /// What must be done when this file changes.
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

    /// What must be done when this folder is gone.
    pub(super) fn effect_of_folder(&self, folder: &Path) -> Option<Effect> {
        if self.inputs().any(|input| input.starts_with(folder)) {
            return Some(Effect::Rebuild);
        }
        self.covers(folder).then_some(Effect::Reload)
    }

    /// The change that `path` stands for.
    pub(super) fn change(&self, path: &Path, effect: Effect) -> Change {
        let shown = path.strip_prefix(&self.base.root).unwrap_or(path);
        Change {
            cause: Cause::Changed(ChangedFiles::one(shown)),
            effect,
        }
    }

    /// May the next build read this file, although the last good one did not?
    fn may_be_read(&self, path: &Path) -> bool {
        let scripted = &self.base.scripted;
        let is_certain = matches!(self.inputs, Inputs::Current(_));
        self.base.options.all
            || scripted.iter().any(|package| path.starts_with(package))
            || is_new_target(path)
            // Broken code may ask for any file that is there: `include_str!` of one that was missing.
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
        self.base.made.iter().any(|folder| path.starts_with(folder))
    }

    /// cargo makes its target directory under a name like `target4Jr6qG` and then renames it.
    fn is_target_being_made(&self, path: &Path) -> bool {
        let mut made = self.base.made.iter();
        made.any(|folder| is_being_made(folder, path) == Some(true))
    }

    fn is_manifest(&self, path: &Path) -> bool {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|n| n.to_str()))
        else {
            return false;
        };
        let Base { root, packages, .. } = &*self.base;
        let is_ours =
            |folder: &Path| folder == root || packages.iter().any(|package| package == folder);
        match name {
            "Cargo.toml" => is_ours(folder),
            "Cargo.lock" | "rust-toolchain" | "rust-toolchain.toml" => folder == root,
            "config.toml" | "config" => {
                folder.ends_with(".cargo") && folder.parent().is_some_and(is_ours)
            }
            _ => false,
        }
    }

    fn is_of_package(&self, path: &Path) -> bool {
        path.parent() == self.base.packages.first().map(PathBuf::as_path)
    }
}

/// Is `path` below what will be called `folder`?
fn is_being_made(folder: &Path, path: &Path) -> Option<bool> {
    let (parent, name) = (folder.parent()?, folder.file_name()?);
    let first = path.strip_prefix(parent).ok()?.components().next()?;
    let first = first.as_os_str().as_encoded_bytes();
    let suffix = first.strip_prefix(name.as_encoded_bytes())?;
    Some(suffix.len() == 6 && suffix.is_ascii())
}

/// A file that cargo finds by its name: it changes what the package is.
fn is_new_target(path: &Path) -> bool {
    ["src/main.rs", "src/lib.rs", "build.rs"]
        .iter()
        .any(|name| path.ends_with(name))
}

/// A file that an editor keeps for itself beside the one it edits.
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
